"""Read models: frozen rows that the queries answer and the interface paints.

Nothing here is an ORM row; all of it may cross threads. Instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from clinic_desk.domain.appointments import SlotState, Status
from clinic_desk.domain.availability.model import Band, Load, RankedSlot, Roster, Snapshot
from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.events import Event
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient


@dataclass(frozen=True, slots=True)
class Cell:
    """One appointment or hold as a calendar shows it. ``flags`` ⊆ {"new", "alert", "interpreter",
    "unpaid", "series", "note", "online", "unsynced", "walk_in", "video", "phone", "parked",
    "overbooked", "late", "must_move"}. ``moved``: how often so far; ``overbook_reason``: why it was
    squeezed in, for one that has the flag."""

    id: Id
    revision: int
    start: datetime
    end: datetime
    blocked_start: datetime
    blocked_end: datetime
    doctor_id: Id
    location_id: Id
    room_id: Id | None
    lane: int
    status: Status
    slot_state: SlotState
    patient_id: Id | None
    last_name: str
    first_name: str
    birth_date: date | None
    phone: str
    alert: str
    type_id: Id | None
    type_name: str
    type_code: str
    mode: Mode
    note: str
    flags: frozenset[str]
    status_since: datetime | None
    series_id: Id | None
    hold_until: datetime | None
    held_by: str
    held_by_desk: Id
    confirmation_code: str
    cancel_reason: str
    created_by: str
    created_at: datetime | None
    updated_by: str
    updated_at: datetime | None
    moved: int = 0
    overbook_reason: str = ""

    @property
    def listed_name(self) -> str:
        return ", ".join(part for part in (self.last_name, self.first_name) if part)


@dataclass(frozen=True, slots=True)
class DoctorDay:
    """What lies behind one doctor's column on one day."""

    doctor_id: Id
    day: date
    bands: tuple[Band, ...]
    load: Load
    closed_label: str = ""


@dataclass(frozen=True, slots=True)
class CalendarSlice:
    """A visible range: cells sorted by start, the backgrounds, and the snapshot with which the
    live verdict is judged. ``version`` is the store's data version when it was read."""

    first: date
    last: date
    cells: tuple[Cell, ...]
    days: Mapping[tuple[Id, date], DoctorDay]
    snapshot: Snapshot
    version: int = 0


@dataclass(frozen=True, slots=True)
class DayLoad:
    """One doctor's load on one day. ``away`` is a word ("leave", "course") when hatched."""

    doctor_id: Id
    day: date
    load: Load
    away: str = ""


class MonthVisit(NamedTuple):
    """What a month shows of one visit. A named tuple, because a month of fifty doctors has
    seventeen thousand. Instants are aware UTC."""

    id: Id
    start: datetime
    doctor_id: Id
    location_id: Id
    status: Status
    patient_id: Id | None
    last_name: str
    first_name: str

    @property
    def listed_name(self) -> str:
        return ", ".join(part for part in (self.last_name, self.first_name) if part)


@dataclass(frozen=True, slots=True)
class MonthSlice:
    """A range of whole days in little: visits by start (neither cancelled nor declined), and every
    doctor's load of every day."""

    roster: Roster
    visits: tuple[MonthVisit, ...]
    loads: tuple[DayLoad, ...]


@dataclass(frozen=True, slots=True)
class PatientHit:
    """One row of the patient search, best first."""

    id: Id
    record_number: str
    last_name: str
    first_name: str
    birth_date: date | None
    phone: str
    email: str
    alert: str
    usual_doctor_id: Id | None = None
    last_visit: datetime | None = None
    last_doctor_id: Id | None = None
    last_type_id: Id | None = None

    @property
    def listed_name(self) -> str:
        return ", ".join(part for part in (self.last_name, self.first_name) if part)


@dataclass(frozen=True, slots=True)
class PatientIdentity:
    """What tells one person from another. Phones as typed and in E.164, where there are any."""

    id: Id
    record_number: str
    other_numbers: tuple[str, ...]
    first_name: str
    last_name: str
    birth_date: date | None
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """Everything about one visit, with its history, newest event last."""

    cell: Cell
    values: Mapping[str, object]
    patient: Patient | None
    history: tuple[Event, ...]
    doctor_name: str
    room_name: str
    location_name: str
    zone: str


@dataclass(frozen=True, slots=True)
class PatientView:
    patient: Patient
    visits: tuple[Cell, ...]
    no_shows: int = 0


@dataclass(frozen=True, slots=True)
class ShelfCard:
    item_id: Id
    parked_at: datetime
    cell: Cell


@dataclass(frozen=True, slots=True)
class UndoState:
    """The menu's labels, empty when there is nothing to undo or redo."""

    undo_label: str = ""
    redo_label: str = ""


@dataclass(frozen=True, slots=True)
class Openings:
    """One answer of the finder (a chunk when streamed)."""

    ranked: tuple[RankedSlot, ...]
    finished: bool = True
    searched_until: date | None = None


NOTED_KEY = "encryption.noted"
"""Setting of the clinic: the id of the key whose recovery key somebody has put on paper."""


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """For *doctor* and the status bar. ``protection``: "plain", "sealed", or "unnoted" while
    nobody has the recovery key on paper; empty where nobody looked."""

    path: str
    size_bytes: int
    schema_revision: str
    sqlite_version: str
    counts: Mapping[str, int] = field(default_factory=dict)
    last_backup: datetime | None = None
    protection: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference that *verify* found. ``check``: integrity, foreign_keys, overlaps, replay,
    series, billing, messages, full_text, triggers."""

    check: str
    subject: str
    sentence: str
