"""What is put on paper: the wish, and everything that the sheets need to say it, read at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import local_date
from clinic_desk.services.planning_views import CallRow, PatientContact, WaitlistCard
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import Cell, DayLoad, DoctorDay

GONE = frozenset({Status.CANCELLED, Status.DECLINED, Status.RELEASED})


class SheetKind(StrEnum):
    """Kinds of paper."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    AGENDA = "agenda"
    CALLS = "calls"
    RINGING = "ringing"
    WAITING = "waiting"
    SLIP = "slip"
    PATIENT = "patient"


SHEET_WORDS: Mapping[SheetKind, str] = {
    SheetKind.DAY: "Day sheet",
    SheetKind.WEEK: "Week",
    SheetKind.MONTH: "Month",
    SheetKind.AGENDA: "Agenda",
    SheetKind.CALLS: "Call list",
    SheetKind.RINGING: "Calls of the plan",
    SheetKind.WAITING: "Waiting list",
    SheetKind.SLIP: "Appointment slip",
    SheetKind.PATIENT: "Patient’s appointments",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperWish:
    """``first`` to ``last`` are local days of the sites, inclusive. ``doctor_ids`` and
    ``room_ids`` in the order of their columns; None means everybody, all rooms. ``location_id``
    keeps one site. ``only`` keeps these visits alone, ``what`` says which they are. ``visit_id``
    is that of a slip, ``patient_id`` whose appointments are listed. ``calls`` are the lines of a
    planner's list under the heading ``what``: it is not kept anywhere."""

    sheet: SheetKind
    first: date
    last: date
    doctor_ids: tuple[Id, ...] | None = None
    room_ids: tuple[Id, ...] | None = None
    by_room: bool = False
    location_id: Id | None = None
    only: frozenset[Id] | None = None
    what: str = ""
    visit_id: Id | None = None
    patient_id: Id | None = None
    calls: tuple[CallRow, ...] = ()
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperData:
    """What one wish found. ``cells`` by start, holds and released rows left out; ``days`` the
    backgrounds of a day or week sheet, ``loads`` those of a month."""

    wish: PaperWish
    roster: Roster
    cells: tuple[Cell, ...] = ()
    days: Mapping[tuple[Id, date], DoctorDay] = field(default_factory=dict)
    loads: tuple[DayLoad, ...] = ()
    patient: Patient | None = None
    contacts: Mapping[Id, PatientContact] = field(default_factory=dict)
    waiting: tuple[WaitlistCard, ...] = ()

    def zone_of(self, location_id: Id | None) -> str:
        place = self.roster.locations.get(location_id or "")
        return place.zone if place is not None else self.roster.practice.zone

    def day_of(self, cell: Cell) -> date:
        """The date on which the visit starts, on the clock of its site."""
        return local_date(cell.start, self.zone_of(cell.location_id))


def gather(queries: Queries, wish: PaperWish) -> PaperData:
    """Raises ``NotFound`` for a visit or patient that is not there."""
    roster = queries.roster()
    match wish.sheet:
        case SheetKind.SLIP:
            view = queries.appointment(wish.visit_id or "")
            return PaperData(wish=wish, roster=roster, cells=(view.cell,), patient=view.patient)
        case SheetKind.PATIENT:
            found = queries.patient(wish.patient_id or "")
            cells = _wanted(found.visits, roster, wish, every_day=True)
            return PaperData(wish=wish, roster=roster, cells=cells, patient=found.patient)
        case SheetKind.RINGING:
            return PaperData(wish=wish, roster=roster)
        case SheetKind.WAITING:
            return PaperData(wish=wish, roster=roster, waiting=_waiting(queries, wish))
        case SheetKind.DAY | SheetKind.WEEK:
            read = queries.calendar(
                wish.first,
                wish.last,
                None if wish.by_room else wish.doctor_ids,
                include_cancelled=wish.cancelled,
                rooms=False,
            )
            cells = _wanted(read.cells, roster, wish)
            return PaperData(wish=wish, roster=roster, cells=cells, days=read.days)
        case SheetKind.MONTH:
            rows = queries.cells(wish.first, wish.last, wish.doctor_ids)
            loads = queries.loads(wish.first, wish.last, wish.doctor_ids)
            return PaperData(
                wish=wish, roster=roster, cells=_wanted(rows, roster, wish), loads=loads
            )
    rows = queries.cells(wish.first, wish.last, wish.doctor_ids, include_cancelled=wish.cancelled)
    cells = _wanted(rows, roster, wish)
    contacts: Mapping[Id, PatientContact] = {}
    if wish.sheet is SheetKind.CALLS:
        cells = tuple(cell for cell in cells if cell.patient_id is not None)
        contacts = queries.contacts(tuple({cell.patient_id or "": None for cell in cells}))
    return PaperData(wish=wish, roster=roster, cells=cells, contacts=contacts)


def _wanted(
    rows: Iterable[Cell], roster: Roster, wish: PaperWish, *, every_day: bool = False
) -> tuple[Cell, ...]:
    data = PaperData(wish=wish, roster=roster)
    kept = []
    for cell in rows:
        if cell.status in (Status.HELD, Status.RELEASED):
            continue
        if not wish.cancelled and cell.status in GONE:
            continue
        if wish.only is not None and cell.id not in wish.only:
            continue
        if wish.location_id is not None and cell.location_id != wish.location_id:
            continue
        if not every_day and not wish.first <= data.day_of(cell) <= wish.last:
            continue
        kept.append(cell)
    return tuple(sorted(kept, key=lambda cell: (cell.start, cell.doctor_id, cell.id)))


def _waiting(queries: Queries, wish: PaperWish) -> tuple[WaitlistCard, ...]:
    cards = queries.waitlist()
    if wish.only is not None:
        cards = tuple(card for card in cards if card.entry.id in wish.only)
    if wish.location_id is not None:
        cards = tuple(c for c in cards if c.entry.location_id in (None, wish.location_id))
    return cards


def month_days(first: date, last: date, first_weekday: int) -> list[list[date]]:
    """The weeks that hold ``first`` to ``last``, whole ones, from ``first_weekday`` (0 Monday)."""
    start = first - timedelta(days=(first.weekday() - first_weekday) % 7)
    weeks = []
    while start <= last:
        weeks.append([start + timedelta(days=number) for number in range(7)])
        start += timedelta(days=7)
    return weeks


def initials(cell_or_person: Cell | Patient | PatientContact) -> str:
    """ "L. A." for Lee, Ana: what stands for a name where names are not wanted."""
    names = (cell_or_person.last_name, cell_or_person.first_name)
    return " ".join(f"{name.strip()[0].upper()}." for name in names if name.strip()) or "–"
