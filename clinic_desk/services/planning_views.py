"""Read models of planning: series, time off and its planner, the waiting list.

Frozen rows that may cross threads. Instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from clinic_desk.domain.appointments import Appointment, AppointmentSeries
from clinic_desk.domain.availability.model import Explanation, RankedSlot, Slot
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.templates import TimeOffRequest
from clinic_desk.domain.waitlist import WaitlistEntry, WaitlistOffer
from clinic_desk.services.views import Cell, PatientHit


@dataclass(frozen=True, slots=True)
class OccurrencePreview:
    """One date of a rule before it is booked or changed. ``local_start`` is the rule's own
    wall-clock time; ``start`` where it would go. ``explanation`` None: the visit is there already
    and stays. ``nearest`` and ``other_doctor`` are the ways out; ``note`` says what a clock change
    or a short month did to the date."""

    local_start: str
    start: datetime
    end: datetime
    explanation: Explanation | None = None
    nearest: Slot | None = None
    other_doctor: Slot | None = None
    visit: Cell | None = None
    changed: bool = False
    note: str = ""
    skipped: bool = False
    """Left out on purpose: no visit is made."""
    dropped: bool = False
    """The new rule has no place for ``visit``: it is cancelled."""

    @property
    def stands(self) -> bool:
        return self.explanation is None or self.explanation.worst is None


@dataclass(frozen=True, slots=True)
class SeriesPreview:
    """``words`` is the rule in a sentence ("Every 2 weeks on Tuesday, 6 times"), ``notes`` what
    has to be said about it ("There is no 31st in April, June …: those months are left out")."""

    words: str
    occurrences: tuple[OccurrencePreview, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series and its visits by start, cancelled ones included; ``changed_ids`` were changed one
    by one. ``places`` maps each visit's id to the rule's own wall-clock time of it."""

    series: AppointmentSeries
    words: str
    visits: tuple[Cell, ...]
    changed_ids: frozenset[str]
    zone: str
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeriesRows:
    """A series as stored, with all its visits by start and as a calendar shows them."""

    series: AppointmentSeries
    visits: tuple[Appointment, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class DiaryRows:
    """Visits by start, with the series they belong to and the patients they are for."""

    visits: tuple[Appointment, ...]
    series: Mapping[Id, AppointmentSeries]
    patients: Mapping[Id, Patient]
    series_visits: Mapping[Id, tuple[Appointment, ...]]


@dataclass(frozen=True, slots=True)
class TimeOffCard:
    """``hits`` counts the visits that lie in it and must move."""

    request: TimeOffRequest
    doctor_name: str
    hits: int
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class TimeOffFacts:
    """What a request's own row does not say: the visits that it hits, and who decided."""

    hits: int = 0
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class PatientContact:
    """How somebody is reached. Numbers in E.164, or empty; ``language`` as an ISO code or empty."""

    id: Id
    last_name: str
    first_name: str
    mobile: str
    phone: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class PlanWishes:
    """What the absence planner looks for. ``days`` from the visit's own day."""

    same_doctor_first: bool = True
    same_time: bool = True
    other_doctors: bool = True
    days: int = 14


@dataclass(frozen=True, slots=True)
class Proposal:
    """A visit that must move. ``proposed`` None: nothing found, ``why`` then says what stands
    against it. ``others`` are further openings, best first. No two proposals of one plan take the
    same place. ``caution`` marks a proposal that changes the doctor or the site, or lies more than
    a week after the visit."""

    visit: Cell
    proposed: RankedSlot | None
    why: str
    others: tuple[RankedSlot, ...] = ()
    caution: bool = False


@dataclass(frozen=True, slots=True)
class AbsencePlan:
    """``loads`` maps each day of the four weeks after to (booked, capacity) of the doctor in
    half-hour units, and ``away`` names the days that are closed or leave. While a plan is made,
    ``finished`` is False and ``searched`` of the proposals have been looked at."""

    request: TimeOffRequest
    proposals: tuple[Proposal, ...]
    loads: Mapping[date, tuple[int, int]] = field(default_factory=dict)
    away: Mapping[date, str] = field(default_factory=dict)
    searched: int = 0
    finished: bool = True


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of accepting several proposals: those that were moved, and those whose place
    was taken meanwhile (the visit's id and the refusal's sentence), to be proposed anew."""

    moved: tuple[Id, ...] = ()
    failed: tuple[tuple[Id, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CallRow:
    """One line of the list of people to ring. Times are the site's wall clock, in words."""

    patient: str
    phones: tuple[str, ...]
    was: str
    proposed: str
    language: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CallerHolds:
    """The slots that one desk holds for one caller, by start. ``name`` is empty while nobody said
    whom they are for; ``until`` is when the first of them runs out."""

    patient_id: Id | None
    name: str
    holds: tuple[Cell, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class WaitlistCard:
    """``given_up`` is the later visit that an earlier one would replace."""

    entry: WaitlistEntry
    patient: PatientHit
    type_name: str
    doctor_name: str
    since: datetime
    offers: tuple[WaitlistOffer, ...] = ()
    given_up: Cell | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A freed stretch. ``key`` as of ``domain.waitlist.gap_key``."""

    key: str
    doctor_id: str
    start: datetime
    end: datetime
    location_id: str
    room_id: str | None = None


@dataclass(frozen=True, slots=True)
class WaitlistMatch:
    """Somebody who fits a gap: where in it the visit would go, and why they come at this rank
    ("urgent · waiting 12 days · fits exactly"). ``offered`` is their offer for this very gap."""

    card: WaitlistCard
    slot: Slot
    score: float
    why: str
    offered: WaitlistOffer | None = None
