"""The waiting list: who wants a visit sooner, and whom a freed slot was offered to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record

NOTE_LIMIT = 500


class WaitStatus(StrEnum):
    WAITING = "waiting"
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"


class Urgency(StrEnum):
    """In the order in which a gap is offered, the last one first."""

    LOW = "low"
    NORMAL = "normal"
    SOON = "soon"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitlistEntry(Record):
    """``doctor_id`` and ``location_id`` None mean any. ``minutes`` None takes the type's length.

    Windows: ``weekdays`` as digits ("024": Monday, Wednesday, Friday; empty: any day),
    ``earliest``/``latest`` bound the local start in minutes of the day (start ≥ earliest,
    start < latest), ``first``/``last`` the local day, both inclusive. ``appointment_id`` is a
    visit that they have already and would give up for an earlier one, and ``booked_id`` the visit
    that came of it."""

    patient_id: Id
    type_id: Id
    doctor_id: Id | None = None
    location_id: Id | None = None
    minutes: int | None = None
    weekdays: str = ""
    earliest: int | None = None
    latest: int | None = None
    first: date | None = None
    last: date | None = None
    urgency: Urgency = Urgency.NORMAL
    note: str = ""
    status: WaitStatus = WaitStatus.WAITING
    appointment_id: Id | None = None
    booked_id: Id | None = None
    withdrawn_reason: str = ""

    def wants_day(self, day: date) -> bool:
        if self.first is not None and day < self.first:
            return False
        if self.last is not None and day > self.last:
            return False
        return not self.weekdays or str(day.weekday()) in self.weekdays

    def wants_minute(self, minute: int) -> bool:
        """``minute`` of the local day at which the visit would start."""
        return (self.earliest is None or minute >= self.earliest) and (
            self.latest is None or minute < self.latest
        )


class OfferResult(StrEnum):
    """What became of an offer. ``open`` until somebody says."""

    OPEN = "open"
    BOOKED = "booked"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    CALL_BACK = "call_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitlistOffer(Record):
    """A freed slot, offered to one entry. One live offer for each entry and gap: ``gap`` names
    the freed slot (doctor, start and end, see ``gap_key``), so that nobody is called twice for
    it."""

    entry_id: Id
    gap: str
    doctor_id: Id
    start: datetime
    end: datetime
    location_id: Id | None = None
    room_id: Id | None = None
    result: OfferResult = OfferResult.OPEN
    note: str = ""
    answered_at: datetime | None = None


def gap_key(doctor_id: Id, start: datetime, end: datetime) -> str:
    """Names a freed stretch of one doctor; ``start`` and ``end`` aware UTC."""
    return f"{doctor_id}:{int(start.timestamp())}-{int(end.timestamp())}"
