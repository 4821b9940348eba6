"""What a month shows, computed from plain rows: chips and loads per day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services.views import Cell, DayLoad
from clinic_desk.ui.calendar.block_words import GONE
from clinic_desk.ui.calendar.columns import shown_doctors
from clinic_desk.ui.calendar.visit_words import zone_for
from clinic_desk.ui.geometry.monthgrid import bar_parts
from clinic_desk.ui.models.words import clock_words

SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Chip:
    """One line of a day. ``cell`` is None for a stretch of days (leave), which stands on the same
    ``line`` on all its days of a week; ``bar`` tells stretches apart."""

    text: str
    doctor_id: Id
    cell: Cell | None = None
    line: int = 0
    bar: int = -1


@dataclass(frozen=True, slots=True)
class MonthDay:
    """``closed`` when nobody works: its ``label`` says why."""

    day: date
    chips: tuple[Chip, ...] = ()
    loads: tuple[DayLoad, ...] = ()
    closed: bool = False
    label: str = ""

    @property
    def lines(self) -> tuple[Chip | None, ...]:
        """The chips from top to bottom: stretches on their own lines, visits on the others; None
        where a stretch of other days leaves a gap that no visit fills."""
        bars = {chip.line: chip for chip in self.chips if chip.cell is None}
        visits = [chip for chip in self.chips if chip.cell is not None]
        waiting = iter(visits)
        deepest = max(bars, default=-1) + 1
        head = tuple(bars.get(n) or next(waiting, None) for n in range(deepest))
        return (*head, *waiting)

    @property
    def booked(self) -> int:
        return sum(load.load.booked for load in self.loads if not load.away)

    @property
    def capacity(self) -> int:
        return sum(load.load.capacity for load in self.loads if not load.away)

    @property
    def free(self) -> int:
        return sum(load.load.free for load in self.loads if not load.away)

    @property
    def share(self) -> float:
        return self.booked / self.capacity if self.capacity else 0.0


@dataclass(frozen=True, slots=True)
class MonthData:
    roster: Roster
    doctors: tuple[Doctor, ...]
    days: Mapping[date, MonthDay] = field(default_factory=dict)


def month_data(
    roster: Roster,
    days: Sequence[date],
    cells: Sequence[Cell],
    loads: Sequence[DayLoad],
    doctor_ids: Sequence[Id] | None,
) -> MonthData:
    """Pure: rows in, days out. Leave comes first, then visits by start."""
    doctors = shown_doctors(roster, doctor_ids)
    order = {doctor.id: place for place, doctor in enumerate(doctors)}
    visits: dict[date, list[Cell]] = {}
    for cell in cells:
        if cell.doctor_id in order and cell.status not in GONE:
            visits.setdefault(local_date(cell.start, zone_for(cell, roster)), []).append(cell)
    burdens: dict[date, list[DayLoad]] = {}
    for load in loads:
        if load.doctor_id in order and (load.load.capacity or load.away):
            burdens.setdefault(load.day, []).append(load)
    away = _stretches(roster, doctors, days)
    holidays = {h.day: h.name for h in roster.holidays if h.location_id is None}
    result = {}
    for day in days:
        own = sorted(burdens.get(day, ()), key=lambda row: order[row.doctor_id])
        chips = list(away.get(day, ()))
        ordered = sorted(visits.get(day, ()), key=lambda c: (c.start, order[c.doctor_id], c.id))
        chips += [Chip(chip_text(cell, roster), cell.doctor_id, cell) for cell in ordered]
        working = any(row.load.capacity for row in own)
        result[day] = MonthDay(
            day,
            tuple(chips),
            tuple(own),
            closed=not working and not visits.get(day),
            label=holidays.get(day, "" if working else "Closed"),
        )
    return MonthData(roster, tuple(doctors), result)


def chip_text(cell: Cell, roster: Roster) -> str:
    """ "10:15 Lee"."""
    name = cell.last_name or cell.first_name
    if cell.status is Status.HELD:
        name = "Held"
    return f"{clock_words(cell.start, zone_for(cell, roster))} {name}"


def _stretches(
    roster: Roster, doctors: Sequence[Doctor], days: Sequence[date]
) -> dict[date, list[Chip]]:
    """Absences of more than one day, on lines that do not change within a week."""
    result: dict[date, list[Chip]] = {}
    shown = {doctor.id for doctor in doctors}
    zone = roster.practice.zone
    found = []
    for row in roster.time_off:
        if row.doctor_id not in shown or row.status is TimeOffStatus.DECLINED:
            continue
        first = local_date(row.start, zone)
        last = local_date(row.end - timedelta(seconds=1), zone)
        if first == last or last < days[0] or first > days[-1]:
            continue
        word = row.reason or "Leave"
        if row.status is TimeOffStatus.REQUESTED:
            word = f"{word} (requested)"
        found.append((word, row.doctor_id, (first - days[0]).days, (last - days[0]).days))
    for part in bar_parts([(first, last) for _, _, first, last in found]):
        word, doctor_id, _, _ = found[part.bar]
        for place in range(part.first, part.last + 1):
            chip = Chip(word, doctor_id, None, part.line, part.bar)
            result.setdefault(days[place], []).append(chip)
    return result


def spoken_day(data: MonthDay, doctors: Sequence[Doctor]) -> str:
    """ "22 of 71 slots free · Dr Vogel on leave": the status bar and the accessible name."""
    if data.closed:
        return data.label or "Closed"
    parts = [f"{data.free} of {data.capacity} slots free"]
    names = {doctor.id: doctor.name for doctor in doctors}
    parts += [f"{names[row.doctor_id]} on {row.away}" for row in data.loads if row.away]
    visits = sum(1 for chip in data.chips if chip.cell is not None)
    if visits:
        parts.append(f"{visits} visits")
    return " · ".join(parts)
