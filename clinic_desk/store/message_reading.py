"""Reading messages: lists, counts, attempts, answers, and how the channels stand.

Everything is asked by due time, status, patient or visit, which have indexes: a hundred thousand
messages are no slower than a hundred. Names are joined for the rows that are shown alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch, local_day_bounds
from clinic_desk.store.answer_reading import (
    AnswerReading,
    count_open,
    found_by,
    like_any,
)
from clinic_desk.store.direct import fetch, fetch_one

if TYPE_CHECKING:
    from clinic_desk.domain.availability.model import Roster
    from clinic_desk.domain.messages import MessageTemplate, Notification
    from clinic_desk.services.message_ports import (
        Attempt,
        ChannelState,
        MessageCard,
        MessageCounts,
        MessageWish,
    )

NOTIFICATION = (
    "id", "key", "purpose", "channel", "due_at", "planned_at", "status", "rule", "appointment_id",
    "patient_id", "doctor_id", "invoice_id", "offer_id", "held_until", "useful_until", "language",
    "address", "knew", "tells", "subject", "body", "written_by", "reason", "sent_at",
    "provider_id", "delivery", "delivered_at", "reply", "replied_at",
)  # fmt: skip
"""Columns in the order of ``Notification``'s fields."""

_INSTANTS = frozenset(
    {"due_at", "planned_at", "held_until", "useful_until", "sent_at", "delivered_at", "replied_at"}
)
LATELY = 14 * 86400
"""Seconds for which a message that did not arrive still asks for somebody."""

MONTH = 30 * 86400
_OPEN = "done_at IS NULL AND withdrawn_at IS NULL"
_RETRYING = (
    "SELECT o.id FROM outbox_message o WHERE o.done_at IS NULL AND o.withdrawn_at IS NULL"
    " AND o.attempts > 0 AND o.last_error <> '' AND o.topic GLOB 'message.*'"
)
_UNDELIVERED = "n.status = 'sent' AND n.delivery = 'undelivered' AND n.reason = '' AND n.reply = ''"
"""As ``domain.messages.is_lost``."""

_NEEDING = f"""n.id IN (
 SELECT id FROM notification WHERE status = 'failed'
 UNION ALL SELECT id FROM notification WHERE status = 'planned' AND id IN ({_RETRYING})
 UNION ALL SELECT n.id FROM notification n WHERE {_UNDELIVERED} AND n.due_at > ?)
"""
_ATTEMPTED = (
    "EXISTS (SELECT 1 FROM outbox_message o WHERE o.id = n.id AND o.attempts > 0"
    " AND o.last_error <> '')"
)
_COUNTS = f"""
SELECT count(*) FILTER (WHERE n.status = 'planned' AND (n.held_until IS NULL OR n.held_until <= ?)),
 count(*) FILTER (WHERE n.status = 'planned' AND n.held_until > ?),
 count(*) FILTER (WHERE n.status = 'planned' AND {_ATTEMPTED}),
 count(*) FILTER (WHERE n.status = 'sent'),
 count(*) FILTER (WHERE n.status = 'failed'),
 count(*) FILTER (WHERE n.status = 'skipped'),
 count(*) FILTER (WHERE n.status = 'withdrawn'),
 count(*) FILTER (WHERE n.status = 'planned' AND n.due_at <= ?
  AND (n.held_until IS NULL OR n.held_until <= ?)),
 count(*) FILTER (WHERE {_UNDELIVERED})
FROM notification n
"""


class MessageReading(AnswerReading):
    """See ``services.message_storing.MessageQueries``."""

    def messages(
        self, wish: MessageWish, limit: int = 500, offset: int = 0
    ) -> tuple[MessageCard, ...]:
        from clinic_desk.domain.appointments import Status
        from clinic_desk.services.message_ports import MessageCard
        from clinic_desk.store.message_bundles import COVERS

        now = epoch(self._now())
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            where, values = _where(wish, roster, now, found_by(connection, wish.text, now))
            order = "ASC" if wish.soonest else "DESC"
            rows = fetch(
                connection,
                f"SELECT {', '.join(f'n.{name}' for name in NOTIFICATION)},"
                " o.attempts, o.next_try_at, p.last_name, p.first_name, a.start_at, a.location_id,"
                " o.last_error, (SELECT max(t.at) FROM notification_attempt t"
                " WHERE t.notification_id = n.id),"
                " iif(n.status = 'planned' AND (g.failures = 0 OR g.open_until > ?),"
                " g.last_error, ''),"
                f" {COVERS}, a.status"
                f" FROM (SELECT n.id AS chosen FROM notification n WHERE {where}"
                f" ORDER BY n.due_at {order}, n.id {order} LIMIT ? OFFSET ?)"
                " JOIN notification n ON n.id = chosen"
                " LEFT JOIN outbox_message o ON o.id = n.id"
                " LEFT JOIN gateway_state g ON g.name = n.channel"
                " LEFT JOIN patient p ON p.id = n.patient_id"
                " LEFT JOIN appointment a ON a.id = n.appointment_id"
                f" ORDER BY n.due_at {order}, n.id {order}",
                (now, *values, limit, offset),
            )
        width = len(NOTIFICATION)
        return tuple(
            MessageCard(
                message=notification_of(row[:width]),
                attempts=row[width] or 0,
                next_try_at=_instant(row[width + 1]),
                patient_name=", ".join(part for part in row[width + 2 : width + 4] if part),
                visit_start=_instant(row[width + 4]),
                zone=_zone(roster, row[width + 5]),
                error=row[width + 6] or "",
                tried_at=_instant(row[width + 7]),
                waits=row[width + 8] or "",
                more=row[width + 9],
                visit_status=None if row[width + 10] is None else Status(row[width + 10]),
            )
            for row in rows
        )

    def patient_messages(self, patient_id: Id, limit: int = 50) -> tuple[MessageCard, ...]:
        from clinic_desk.services.message_ports import MessageWish

        return self.messages(MessageWish(patient_id=patient_id), limit)

    def message_counts(self, wish: MessageWish) -> MessageCounts:
        from clinic_desk.services.message_ports import MessageCounts

        now = epoch(self._now())
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            where, values = _where(wish, roster, now, found_by(connection, wish.text, now))
            row = fetch_one(connection, f"{_COUNTS} WHERE {where}", (now, now, now, now, *values))
            answers = count_open(connection, wish, now)
        assert row is not None
        return MessageCounts(
            planned=row[0], held=row[1], retrying=row[2], sent=row[3], failed=row[4],
            skipped=row[5], withdrawn=row[6], due=row[7], undelivered=row[8], answers=answers,
        )  # fmt: skip

    def message_attempts(self, message_id: Id) -> tuple[Attempt, ...]:
        from clinic_desk.services.message_ports import Attempt

        with self._reading() as connection:
            rows = fetch(
                connection,
                "SELECT at, retry, outcome, detail, desk_id FROM notification_attempt"
                " WHERE notification_id = ? ORDER BY seq",
                (message_id,),
            )
        return tuple(
            Attempt(at=from_epoch(r[0]), retry=r[1], outcome=r[2], detail=r[3], desk_id=r[4])
            for r in rows
        )

    def message_templates(self) -> tuple[MessageTemplate, ...]:
        from clinic_desk.domain.messages import MessageTemplate
        from clinic_desk.store.mapping import mapper

        m = mapper(MessageTemplate)
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"{m.select} WHERE deleted_at IS NULL ORDER BY purpose, channel, language",
            )
        return tuple(map(m.from_row, rows))

    def channel_states(self) -> tuple[ChannelState, ...]:
        from clinic_desk.domain.messages import Channel
        from clinic_desk.services.message_ports import ChannelState

        now = epoch(self._now())
        with self._reading() as connection:
            gateways = {
                row[0]: row[1:]
                for row in fetch(
                    connection, "SELECT name, failures, open_until, last_error FROM gateway_state"
                )
            }
            waiting = dict(
                fetch(
                    connection,
                    "SELECT topic, count(*) FROM outbox_message"
                    f" WHERE {_OPEN} AND next_try_at <= ? GROUP BY topic",
                    (now,),
                )
            )
            settings = {
                row[0]: json.loads(row[1])
                for row in fetch(
                    connection,
                    "SELECT name, value FROM setting WHERE scope = 'clinic' AND desk_id = ''"
                    " AND name >= 'messages.' AND name < 'messages/'",
                )
            }
            found = []
            for channel in Channel:
                on = settings.get(f"messages.{channel}.on")
                used = channel is Channel.DESKTOP if on is None else bool(on)
                failures, until, error = gateways.get(str(channel), (0, None, ""))
                last = _last_sent(connection, str(channel), now) if used else None
                found.append(
                    ChannelState(
                        channel=channel,
                        on=used,
                        failures=failures,
                        open_until=_instant(until),
                        last_error=error,
                        waiting=waiting.get(f"message.{channel}", 0),
                        last_sent_at=_instant(last),
                        folder=settings.get(f"messages.{channel}.kind") == "folder",
                    )
                )
        return tuple(found)

    def next_message_due(self, now: datetime) -> datetime | None:
        """What is for a service that is left alone waits until that is over."""
        with self._reading() as connection:
            closed = dict(
                fetch(
                    connection,
                    "SELECT name, open_until FROM gateway_state WHERE open_until > ?",
                    (epoch(now),),
                )
            )
            if not closed:
                row = fetch_one(
                    connection, f"SELECT min(next_try_at) FROM outbox_message WHERE {_OPEN}"
                )
                return None if row is None else _instant(row[0])
            rows = fetch(
                connection,
                f"SELECT topic, min(next_try_at) FROM outbox_message WHERE {_OPEN} GROUP BY topic",
            )
        times = [max(due, closed.get(_service(topic), due)) for topic, due in rows]
        return from_epoch(min(times)) if times else None


def notification_of(row: Sequence[Any]) -> Notification:
    """From the columns ``NOTIFICATION`` in their order."""
    from clinic_desk.domain.messages import Channel, Delivery, MessageStatus, Notification, Purpose

    values: dict[str, Any] = {
        name: _instant(value) if name in _INSTANTS else value
        for name, value in zip(NOTIFICATION, row, strict=True)
    }
    values["purpose"] = Purpose(values["purpose"])
    values["channel"] = Channel(values["channel"])
    values["status"] = MessageStatus(values["status"])
    values["delivery"] = Delivery(values["delivery"])
    return Notification(**values)


def _instant(value: int | None) -> datetime | None:
    return None if value is None else from_epoch(value)


def _zone(roster: Roster, location_id: Id | None) -> str:
    location = roster.locations.get(location_id or "")
    return location.zone if location is not None else roster.practice.zone


def _service(topic: str) -> str:
    """ "message.email" → "email", "billing.issued" → "billing"."""
    first, _, rest = topic.partition(".")
    return rest if first == "message" else first


def _last_sent(connection: Connection, channel: str, now: int) -> int | None:
    """Of the last month. By the order of due times, which is nearly that of sending, so that an
    index finds it."""
    row = fetch_one(
        connection,
        "SELECT sent_at FROM notification WHERE status = 'sent' AND due_at > ? AND channel = ?"
        " ORDER BY due_at DESC LIMIT 1",
        (now - MONTH, channel),
    )
    return None if row is None else row[0]


def _where(
    wish: MessageWish, roster: Roster, now: int, named: Callable[[], list[Id]]
) -> tuple[str, list[object]]:
    from clinic_desk.store.message_bundles import ITSELF, SHOWN

    parts: list[str] = []
    values: list[object] = []

    def add(condition: str, *given: object) -> None:
        parts.append(condition)
        values.extend(given)

    def among(column: str, given: Sequence[str]) -> None:
        if given:
            add(f"{column} IN ({', '.join('?' * len(given))})", *map(str, given))

    zone = roster.practice.zone
    if wish.message_id is not None:
        add("n.id = ?", wish.message_id)
    elif wish.needing:
        add(ITSELF)
    elif wish.appointment_id is None:
        add(SHOWN)
    if wish.appointment_id is not None:
        add("n.appointment_id = ?", wish.appointment_id)
    if wish.patient_id is not None:
        add("n.patient_id = ?", wish.patient_id)
    if wish.first is not None:
        add("n.due_at >= ?", epoch(local_day_bounds(wish.first, wish.first, zone).start))
    if wish.last is not None:
        add("n.due_at < ?", epoch(local_day_bounds(wish.last, wish.last, zone).end))
    among("n.status", wish.statuses)
    among("n.channel", wish.channels)
    among("n.purpose", wish.purposes)
    among("n.doctor_id", wish.doctor_ids)
    if wish.needing:
        add(_NEEDING, now - LATELY)
    if wish.held:
        add("n.status = 'planned' AND n.held_until > ?", now)
    if wish.waiting:
        add(
            "n.status = 'planned' AND (n.held_until IS NULL OR n.held_until <= ?)"
            f" AND NOT {_ATTEMPTED}",
            now,
        )
    if text := wish.text.strip():
        ids = named()
        among_them = f"n.patient_id IN ({', '.join('?' * len(ids))}) OR " if ids else ""
        likes = like_any(("n.address", "n.subject", "n.body"), text)
        add(f"({among_them}{likes[0]})", *ids, *likes[1])
    return " AND ".join(parts) or "1", values
