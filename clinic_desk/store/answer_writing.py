"""What patients answer, which message they answer to, and which messages go as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch
from clinic_desk.store.answer_reading import answer_of
from clinic_desk.store.direct import fetch, fetch_one, run
from clinic_desk.store.message_reading import NOTIFICATION, notification_of
from clinic_desk.store.writing import RowWriter

if TYPE_CHECKING:
    from clinic_desk.domain.messages import (
        Channel,
        InboundMessage,
        MessageStatus,
        Notification,
    )
    from clinic_desk.services.message_ports import Receipt
    from clinic_desk.services.outbox_ports import Words

_SELECT = "SELECT " + ", ".join(f'"{name}"' for name in NOTIFICATION) + " FROM notification"


class AnswerWriting:
    """See ``services.message_storing.MessageWork``."""

    actor: Actor
    now: datetime
    messages_written: bool
    _connection: Connection
    _writer: RowWriter

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[None]:
        asked, wrote = self.actor, self._writer.actor
        self.actor = self._writer.actor = actor
        try:
            yield
        finally:
            self.actor, self._writer.actor = asked, wrote

    def keep_answer(self, answer: InboundMessage) -> bool:
        names = [field.name for field in fields(answer)]
        self.messages_written = True
        return bool(
            run(
                self._connection,
                f"INSERT INTO inbound_message ({', '.join(names)})"
                f" VALUES ({', '.join('?' * len(names))})"
                " ON CONFLICT (channel, provider_id) DO NOTHING",
                [_stored(getattr(answer, name)) for name in names],
            )
        )

    def change_answer(self, answer: InboundMessage) -> None:
        self.messages_written = True
        run(
            self._connection,
            "UPDATE inbound_message SET outcome = ?, note = ?, handled_at = ?, handled_by = ?"
            " WHERE id = ?",
            [
                str(answer.outcome), answer.note, _stored(answer.handled_at), answer.handled_by,
                answer.id,
            ],
        )  # fmt: skip

    def answer(self, answer_id: Id) -> InboundMessage | None:
        from clinic_desk.domain.messages import InboundMessage

        names = ", ".join(field.name for field in fields(InboundMessage))
        row = fetch_one(
            self._connection, f"SELECT {names} FROM inbound_message WHERE id = ?", (answer_id,)
        )
        return None if row is None else answer_of(row)

    def note_undelivered(self, message_id: Id, why: str) -> None:
        run(
            self._connection,
            "UPDATE outbox_message SET last_error = ? WHERE id = ?",
            (why, message_id),
        )

    def message_of_provider(self, channel: Channel, provider_id: str) -> Notification | None:
        row = fetch_one(
            self._connection,
            f"{_SELECT} WHERE provider_id = ? AND provider_id <> '' AND channel = ?",
            (provider_id, str(channel)),
        )
        return None if row is None else notification_of(row)

    def bundle(self, message: Notification) -> list[Notification]:
        if not message.rule or message.rule.isdigit():
            return [message]
        from clinic_desk.store import message_bundles

        return message_bundles.bundle(self._connection, message)

    def keep_words(self, message_ids: Sequence[Id], words: Words) -> None:
        if message_ids:
            from clinic_desk.store import message_bundles

            message_bundles.keep_words(self._connection, message_ids, words)

    def end_with(
        self,
        carrier: Id,
        others: Sequence[tuple[Id, str]],
        status: MessageStatus,
        reason: str,
        receipt: Receipt | None = None,
    ) -> None:
        if others:
            from clinic_desk.store import message_bundles

            message_bundles.end_with(
                self._connection, epoch(self.now), carrier, others, status, reason, receipt
            )

    def asked_lately(
        self, channel: Channel, address: str, since: datetime
    ) -> tuple[Notification, ...]:
        rows = fetch(
            self._connection,
            f"{_SELECT} WHERE status = 'sent' AND due_at >= ? AND channel = ? AND address = ?"
            " AND appointment_id IS NOT NULL"
            " AND purpose IN ('reminder', 'confirmation', 'moved')"
            # what tells of many visits asks about none of them
            " AND rule <> 'series' AND rule NOT GLOB 'with-*'"
            " ORDER BY sent_at DESC, id DESC",
            (epoch(since), str(channel), address),
        )
        return tuple(map(notification_of, rows))


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return epoch(value)
    return str(value) if isinstance(value, str) else value
