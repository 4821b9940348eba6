"""Reading what patients answered: what waits for somebody, and what was dealt with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch, local_day_bounds
from clinic_desk.store.direct import fetch, fetch_one

if TYPE_CHECKING:
    from clinic_desk.domain.messages import InboundMessage
    from clinic_desk.services.message_ports import MessageWish

MOST_PATIENTS = 200
"""Patients whose messages and answers a text finds by their names; it finds the words of all
others too."""

OPEN = "i.outcome IN ('asked', 'unknown')"
_SETTLED = "i.outcome IN ('confirmed', 'handled')"
_ANSWER = (
    "i.id, i.channel, i.provider_id, i.sender, i.text, i.received_at, i.outcome,"
    " i.notification_id, i.patient_id, i.appointment_id, i.handled_at, i.handled_by, i.note"
)


class AnswerReading(ABC):
    """See ``services.message_storing.MessageQueries``."""

    _rosters: Any

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _now(self) -> datetime: ...

    def open_answers(
        self, limit: int = 200, wish: MessageWish | None = None
    ) -> tuple[InboundMessage, ...]:
        with self._reading() as connection:
            where, values = answers_where(connection, wish, epoch(self._now()))
            rows = fetch(
                connection,
                f"SELECT {_ANSWER} FROM inbound_message i WHERE {OPEN} AND {where}"
                " ORDER BY i.received_at DESC, i.id DESC LIMIT ?",
                (*values, limit),
            )
        return tuple(map(answer_of, rows))

    def settled_answers(
        self, limit: int = 200, wish: MessageWish | None = None
    ) -> tuple[InboundMessage, ...]:
        with self._reading() as connection:
            where, values = answers_where(connection, wish, epoch(self._now()))
            zone = self._rosters.get(connection).practice.zone
            if wish is not None and wish.first is not None:
                where += " AND i.received_at >= ?"
                values.append(epoch(local_day_bounds(wish.first, wish.first, zone).start))
            if wish is not None and wish.last is not None:
                where += " AND i.received_at < ?"
                values.append(epoch(local_day_bounds(wish.last, wish.last, zone).end))
            rows = fetch(
                connection,
                f"SELECT {_ANSWER} FROM inbound_message i WHERE {_SETTLED} AND {where}"
                " ORDER BY i.received_at DESC, i.id DESC LIMIT ?",
                (*values, limit),
            )
        return tuple(map(answer_of, rows))


def count_open(connection: Connection, wish: MessageWish, now: int) -> int:
    where, values = answers_where(connection, wish, now)
    row = fetch_one(
        connection, f"SELECT count(*) FROM inbound_message i WHERE {OPEN} AND {where}", values
    )
    return 0 if row is None else int(row[0])


def answers_where(
    connection: Connection, wish: MessageWish | None, now: int
) -> tuple[str, list[object]]:
    """Answers that fit, whenever they came: one that waits is not lost because its day is over."""
    parts: list[str] = ["1"]
    values: list[object] = []
    if wish is None:
        return "1", values

    def add(condition: str, *given: object) -> None:
        parts.append(condition)
        values.extend(given)

    def marks(given: Sequence[object]) -> str:
        return ", ".join("?" * len(given))

    if wish.message_id is not None:
        add("i.notification_id = ?", wish.message_id)
    if wish.appointment_id is not None:
        add("i.appointment_id = ?", wish.appointment_id)
    if wish.patient_id is not None:
        add("i.patient_id = ?", wish.patient_id)
    if wish.channels:
        add(f"i.channel IN ({marks(wish.channels)})", *map(str, wish.channels))
    if wish.doctor_ids:
        add(
            "EXISTS (SELECT 1 FROM appointment a WHERE a.id = i.appointment_id"
            f" AND a.doctor_id IN ({marks(wish.doctor_ids)}))",
            *wish.doctor_ids,
        )
    if text := wish.text.strip():
        ids = found_by(connection, text, now)()
        among = f"i.patient_id IN ({marks(ids)}) OR " if ids else ""
        likes = like_any(("i.sender", "i.text"), text)
        add(f"({among}{likes[0]})", *ids, *likes[1])
    return " AND ".join(parts), values


def found_by(connection: Connection, text: str, now: int) -> Callable[[], list[Id]]:
    """Whom a text means by name or number."""

    def found() -> list[Id]:
        from clinic_desk.store import search

        return [hit.id for hit in search.search(connection, text, MOST_PATIENTS, now)]

    return found


def like_any(columns: Sequence[str], text: str) -> tuple[str, list[str]]:
    """A condition that one of the columns holds the text somewhere, and its values. A number is
    found however it is typed: "020 7946 0182" in "+442079460182"."""
    wanted = [text]
    digits = "".join(ch for ch in text if ch.isdecimal()).lstrip("0")
    spelt = text.strip("+").replace("(0)", "")
    if len(digits) >= 4 and not spelt.strip("0123456789 ()/.-\u00a0"):
        wanted.append(digits)
    told = " OR ".join(f"{name} LIKE ? ESCAPE '\\'" for name in columns for _ in wanted)
    return told, [f"%{_escaped(one)}%" for _ in columns for one in wanted]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def answer_of(row: Sequence[Any]) -> InboundMessage:
    """From the columns of an answer in the order of its fields."""
    from clinic_desk.domain.messages import Channel, InboundMessage, ReplyOutcome

    return InboundMessage(
        id=row[0], channel=Channel(row[1]), provider_id=row[2], sender=row[3], text=row[4],
        received_at=from_epoch(row[5]), outcome=ReplyOutcome(row[6]), notification_id=row[7],
        patient_id=row[8], appointment_id=row[9],
        handled_at=None if row[10] is None else from_epoch(row[10]),
        handled_by=row[11], note=row[12],
    )  # fmt: skip
