"""The appointment, its bounds and its status machine (domain.md section 2).

The machine is enforced here with a message for people, and again by the store's triggers,
which are generated from the same tables below.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record


class Status(StrEnum):
    """``held`` is a reserved slot, ``released`` a hold that was let go or ran out."""

    HELD = "held"
    RELEASED = "released"
    PENDING = "pending"
    SCHEDULED = "scheduled"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    NO_SHOW = "no_show"


class SlotState(StrEnum):
    """``contested`` rows lost their slot at the hub or wait in the clash list;
    they occupy nothing."""

    PLACED = "placed"
    CONTESTED = "contested"


class Source(StrEnum):
    FRONT_DESK = "front_desk"
    DOCTOR = "doctor"
    PATIENT = "patient"
    IMPORT = "import"
    API = "api"


OCCUPYING: frozenset[Status] = frozenset(
    {
        Status.HELD,
        Status.PENDING,
        Status.SCHEDULED,
        Status.CONFIRMED,
        Status.ARRIVED,
        Status.IN_PROGRESS,
        Status.COMPLETED,
    }
)
"""A row occupies its place when its status is here, it is ``placed`` and not deleted. Expired
holds are released by the write gate before it looks, so the store needs no clock."""

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.HELD: frozenset({Status.PENDING, Status.SCHEDULED, Status.RELEASED}),
    Status.RELEASED: frozenset(),
    Status.PENDING: frozenset({Status.SCHEDULED, Status.DECLINED, Status.CANCELLED}),
    Status.SCHEDULED: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.NO_SHOW}),
    Status.CONFIRMED: frozenset(
        {Status.ARRIVED, Status.IN_PROGRESS, Status.CANCELLED, Status.NO_SHOW}
    ),
    Status.ARRIVED: frozenset({Status.IN_PROGRESS, Status.CANCELLED, Status.NO_SHOW}),
    Status.IN_PROGRESS: frozenset({Status.COMPLETED}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.DECLINED: frozenset(),
    Status.NO_SHOW: frozenset(),
}

FINAL: frozenset[Status] = frozenset(
    {Status.COMPLETED, Status.CANCELLED, Status.DECLINED, Status.NO_SHOW}
)

SHORTEST = 15
LONGEST = 480
"""Bounds of a visit's length, minutes."""

WALK_IN_GRACE = timedelta(minutes=15)
"""A walk-in may start this long ago; every other new booking starts in the future."""

HOLD_SECONDS = 180
LONGEST_HOLD = 3600
"""Seconds; a place for longer is a block, not a hold."""

REASON_LIMIT = 2000
NOTES_LIMIT = 5000
CANCEL_REASON_LIMIT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment(Record):
    """A visit, or a hold on the way to one. Instants are aware UTC.

    ``blocked_start``/``blocked_end`` are start − buffer before and end + buffer after: the range
    that must not overlap another in the same doctor lane or room lane. ``series_start`` is the
    occurrence's original start. ``hold_until`` is set while ``held``.
    """

    doctor_id: Id
    location_id: Id
    start: datetime
    end: datetime
    blocked_start: datetime
    blocked_end: datetime
    status: Status
    slot_state: SlotState = SlotState.PLACED
    patient_id: Id | None = None
    room_id: Id | None = None
    type_id: Id | None = None
    series_id: Id | None = None
    series_start: datetime | None = None
    lane: int = 0
    room_lane: int = 0
    hold_until: datetime | None = None
    held_by_desk: Id = ""
    title: str = ""
    reason: str = ""
    notes: str = ""
    mode: Mode = Mode.IN_PERSON
    source: Source = Source.FRONT_DESK
    price_minor: int = 0
    currency: str = ""
    patient_zone: str = ""
    doctor_zone: str = ""
    confirmation_code: str | None = None
    confirmed_at: datetime | None = None
    confirmed_by: Id = ""
    arrived_at: datetime | None = None
    arrived_by: Id = ""
    started_at: datetime | None = None
    started_by: Id = ""
    completed_at: datetime | None = None
    completed_by: Id = ""
    cancelled_at: datetime | None = None
    cancelled_by: Id = ""
    cancel_reason: str = ""
    reschedule_count: int = 0
    walk_in: bool = False
    overbook_reason: str = ""
    remind_at: datetime | None = None
    remind_channels: tuple[str, ...] = ()
    import_key: str | None = None

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds() // 60)

    @property
    def occupies(self) -> bool:
        return (
            self.status in OCCUPYING
            and self.slot_state is SlotState.PLACED
            and self.deleted_at is None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentSeries(Record):
    """Parent of repeating visits: an RFC 5545 RRULE expanded in wall-clock time of ``zone``.

    ``local_start`` is naive wall-clock ISO text ("2026-03-02T09:00"), ``duration`` in minutes.
    ``excluded`` are occurrences of the rule that were left out on purpose, in the same form.
    ``follows_id`` is the series of which this one is the changed end ("this and following")."""

    rule: str
    local_start: str
    zone: str
    duration: int
    doctor_id: Id
    patient_id: Id | None = None
    type_id: Id | None = None
    excluded: tuple[str, ...] = ()
    import_key: str | None = None
    location_id: Id | None = None
    room_id: Id | None = None
    title: str = ""
    reason: str = ""
    notes: str = ""
    follows_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfItem(Record):
    """A parked appointment: its origin stays softly held until it is placed (ux.md 2.5)."""

    appointment_id: Id
    staff_id: Id = ""
    parked_at: datetime | None = None


STATUS_WORDS: dict[Status, str] = {
    Status.HELD: "held",
    Status.RELEASED: "released",
    Status.PENDING: "awaiting acceptance",
    Status.SCHEDULED: "booked",
    Status.CONFIRMED: "confirmed",
    Status.ARRIVED: "arrived",
    Status.IN_PROGRESS: "in room",
    Status.COMPLETED: "completed",
    Status.CANCELLED: "cancelled",
    Status.DECLINED: "declined",
    Status.NO_SHOW: "no-show",
}


def check_transition(current: Status, wanted: Status) -> None:
    """Raises ``Refusal("illegal_status")`` when the machine has no such step."""
    if wanted in TRANSITIONS[current]:
        return
    if current in FINAL:
        sentence = (
            f"This visit is already {STATUS_WORDS[current]}. "
            "Reinstate it first if that was a mistake."
        )
    else:
        possible = " or ".join(
            sorted(STATUS_WORDS[s] for s in TRANSITIONS[current] if s is not Status.RELEASED)
        )
        sentence = (
            f"A visit that is {STATUS_WORDS[current]} cannot become {STATUS_WORDS[wanted]}; "
            f"it can become {possible}."
        )
    raise Refusal("illegal_status", sentence)


def check_length(start: datetime, end: datetime) -> None:
    """Raises ``Refusal`` unless start < end and the length is 15–480 minutes."""
    if start >= end:
        raise Refusal("bad_span", "A visit must end after it starts.", field="end")
    minutes = int((end - start).total_seconds() // 60)
    if not SHORTEST <= minutes <= LONGEST:
        raise Refusal(
            "bad_length",
            f"A visit lasts between {SHORTEST} and {LONGEST} minutes; this one has {minutes}.",
            field="duration",
        )
