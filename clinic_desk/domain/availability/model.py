"""What the availability engine reads and answers.

No database, no clock: ``Request.now`` is passed in. Busy rows carry epoch seconds because the
kernel works on integers; everything else uses aware UTC datetimes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from clinic_desk.domain.catalogue import (
    AppointmentType,
    Doctor,
    Location,
    Practice,
    Room,
    TravelTime,
)
from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import (
    AvailabilityException,
    Holiday,
    ScheduleTemplate,
    TimeOffRequest,
)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Roster:
    """Everything about the clinic that decides when someone may be booked."""

    practice: Practice
    locations: Mapping[Id, Location]
    rooms: Mapping[Id, Room]
    doctors: Mapping[Id, Doctor]
    types: Mapping[Id, AppointmentType]
    templates: tuple[ScheduleTemplate, ...] = ()
    exceptions: tuple[AvailabilityException, ...] = ()
    time_off: tuple[TimeOffRequest, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    travel: tuple[TravelTime, ...] = ()


class Busy(NamedTuple):
    """An occupied range. A named tuple, because a search over a quarter reads forty thousand.

    ``start``/``end`` are the visit's own, ``blocked_*`` with buffers: epoch seconds, half-open.
    ``label`` is what a receptionist may read ("J. Hall"), ``holder`` who holds a held slot."""

    id: Id
    doctor_id: Id
    start: int
    end: int
    blocked_start: int
    blocked_end: int
    lane: int = 0
    room_id: Id | None = None
    room_lane: int = 0
    patient_id: Id | None = None
    kind: str = "appointment"
    label: str = ""
    holder_desk: Id = ""
    hold_until: int | None = None
    holder: str = ""
    location_id: Id = ""
    type_id: Id | None = None


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Snapshot:
    """Roster plus the busy rows of the asked range (``first`` … ``last`` inclusive local days).

    ``busy`` holds appointments and holds of status ``held``; ``external`` the doctors' own
    calendars, kind "external".
    """

    roster: Roster
    busy: tuple[Busy, ...]
    external: tuple[Busy, ...]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class MovingVisit:
    """A visit on its way to another place, and what its type's rules ask about it.

    ``count`` how often it was moved so far. ``start`` (aware UTC) and ``doctor_id`` say where it
    is now: what keeps both is no move (a new end, a new room), and what stays with the doctor on
    the same local day fills no day anew. ``type_id`` is its type so far, None when that does not
    change. ``asked_by`` as in ``MoveAppointment``: "clinic" leaves *patient may reschedule*,
    *max reschedules*, min notice and max future out of account. ``placed`` False is a visit of the
    clash list: it fills no day yet, and giving it a place is no reschedule."""

    count: int
    start: datetime
    doctor_id: Id
    asked_by: str = ""
    type_id: Id | None = None
    placed: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted. ``doctor_ids`` empty means any active doctor. ``duration`` overrides the
    type's length (minutes). ``ignore_ids`` are rows that do not count as busy (the visit that is
    being moved, the holds of this dialog). ``weekdays`` 0 Monday … 6 Sunday, empty means all;
    ``earliest``/``latest`` bound the local start, minutes of the day (start ≥ earliest,
    start < latest). ``together`` asks for a start that every listed doctor can do at once.
    ``step`` overrides the template's slot step. ``policy`` False leaves min notice and max future
    out of account (``explain`` still warns), each unless ``moving`` leaves a place that keeps it.
    ``moving`` names the visit that is to be moved: ``explain`` then also judges *may not move* and
    *max reschedules*, which do not depend on the place and so leave ``find`` alone."""

    type_id: Id | None
    first: date
    last: date
    now: datetime
    doctor_ids: tuple[Id, ...] = ()
    location_id: Id | None = None
    room_id: Id | None = None
    patient_id: Id | None = None
    duration: int | None = None
    ignore_ids: frozenset[Id] = frozenset()
    own_desk: Id = ""
    weekdays: frozenset[int] = frozenset()
    earliest: int | None = None
    latest: int | None = None
    together: bool = False
    step: int | None = None
    policy: bool = True
    moving: MovingVisit | None = None


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A start that stands. ``room_id`` is the room that would be used (None: no room needed)."""

    start: datetime
    end: datetime
    doctor_id: Id
    location_id: Id
    room_id: Id | None
    capacity_left: int


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's answer about a start. ``code``: permission, locked, past, hours, break, closed,
    time_off, exception, doctor_busy, buffer, room_busy, patient_busy, not_offered, location,
    external_busy, held, notice, horizon, length, step, reserved (kept for other types), travel
    (no time to get from or to another site), day_limit (the doctor's or the type's visits per
    day), may_not_move (asked by a patient for a type that patients may not reschedule),
    max_reschedules, room (the type does not take place in it). ``passed`` rules are told too, for
    *why not*; ``sentence`` is complete English, ``detail`` a second line."""

    code: str
    verdict: Verdict
    sentence: str
    detail: str = ""
    blocker_id: Id | None = None
    ways_out: tuple[WayOut, ...] = ()

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.OK


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every reason about one start, worst first in the order of ux.md 2.4. ``location_id`` is the
    site whose clock the sentences are told on, None for the clinic's own."""

    start: datetime
    end: datetime
    doctor_id: Id
    room_id: Id | None
    reasons: tuple[Reason, ...]
    next_free: Slot | None = None
    location_id: Id | None = None

    @property
    def verdict(self) -> Verdict:
        if any(r.verdict is Verdict.REFUSE for r in self.reasons):
            return Verdict.REFUSE
        if any(r.verdict is Verdict.WARN for r in self.reasons):
            return Verdict.WARN
        return Verdict.OK

    @property
    def worst(self) -> Reason | None:
        """The reason to show in one line; None when everything passed."""
        for wanted in (Verdict.REFUSE, Verdict.WARN):
            for reason in self.reasons:
                if reason.verdict is wanted:
                    return reason
        return None


@dataclass(frozen=True, slots=True)
class Preferences:
    """What *rank* weighs (ux.md 3.3): usual doctor, same weekday and time habit, least
    fragmentation, soonest."""

    usual_doctor_id: Id | None = None
    usual_weekday: int | None = None
    usual_minute: int | None = None


@dataclass(frozen=True, slots=True)
class RankedSlot:
    """``why`` is short: "usual doctor · flush after 09:15"."""

    slot: Slot
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class WorkWindow:
    """A stretch in which a doctor can be booked, aware UTC; breaks, closures, leave and blocked
    times are already cut out. ``step`` and the template's buffers in minutes; ``template_id`` is
    None for an ``available`` exception, whose ``step`` is the type's duration."""

    start: datetime
    end: datetime
    location_id: Id
    room_id: Id | None
    step: int
    buffer_before: int
    buffer_after: int
    max_parallel: int
    template_id: Id | None
    exception_id: Id | None = None


class BandKind(StrEnum):
    """What lies behind the appointments of a column. Everything not ``open`` is closed, but for
    what is ``reserved`` or ``limited``: it lies over open time."""

    OPEN = "open"
    BREAK = "break"
    TIME_OFF = "time_off"
    REQUESTED = "requested"
    HOLIDAY = "holiday"
    BLOCKED = "blocked"
    EXTERNAL = "external"
    RESERVED = "reserved"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a doctor's day, aware UTC, clipped to the local day. ``type_ids`` are those for
    which time is reserved, or the one for which alone it is blocked (``LIMITED``)."""

    kind: BandKind
    start: datetime
    end: datetime
    label: str = ""
    location_id: Id | None = None
    room_id: Id | None = None
    step: int = 15
    row_id: Id | None = None
    type_ids: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """``booked`` of ``capacity`` in half-hour units, counted inside working windows."""

    booked: int = 0
    capacity: int = 0
    extra: Mapping[str, int] = field(default_factory=dict)

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.booked)
