"""What a month shows, computed from plain rows: chips and loads per day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import overload

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services.views import Cell, DayLoad, MonthVisit
from clinic_desk.ui.calendar.block_words import GONE
from clinic_desk.ui.calendar.columns import shown_doctors
from clinic_desk.ui.calendar.visit_words import zone_for
from clinic_desk.ui.geometry.monthgrid import bar_parts
from clinic_desk.ui.models.sites import site_zone
from clinic_desk.ui.models.words import clock_words
from clinic_desk.ui.runtime.privacy import CURTAIN

SUNDAY = 6
Visit = Cell | MonthVisit


@dataclass(frozen=True, slots=True)
class Chip:
    """One line of a day. ``cell`` is None for a stretch of days (leave), which stands on the same
    ``line`` on all its days of a week; ``bar`` tells stretches apart."""

    text: str
    doctor_id: Id
    cell: Visit | None = None
    line: int = 0
    bar: int = -1


class Chips(Sequence[Chip]):
    """A day's stretches, then its visits; a chip is made when it is looked at, because of a day of
    four hundred visits a month shows a handful."""

    __slots__ = ("_roster", "bars", "visits")

    def __init__(self, bars: Sequence[Chip], visits: Sequence[Visit], roster: Roster) -> None:
        self.bars, self.visits, self._roster = tuple(bars), visits, roster

    def __len__(self) -> int:
        return len(self.bars) + len(self.visits)

    @overload
    def __getitem__(self, place: int) -> Chip: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Chip, ...]: ...
    def __getitem__(self, place: int | slice) -> Chip | tuple[Chip, ...]:
        if isinstance(place, slice):
            return tuple(self._chip(n) for n in range(*place.indices(len(self))))
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self._chip(place % len(self))

    def __iter__(self) -> Iterator[Chip]:
        return map(self._chip, range(len(self)))

    def _chip(self, place: int) -> Chip:
        if place < len(self.bars):
            return self.bars[place]
        visit = self.visits[place - len(self.bars)]
        return Chip(chip_text(visit, self._roster), visit.doctor_id, visit)


@dataclass(frozen=True, slots=True)
class MonthDay:
    """``closed`` when nobody works: its ``label`` says why."""

    day: date
    chips: Sequence[Chip] = ()
    loads: tuple[DayLoad, ...] = ()
    closed: bool = False
    label: str = ""

    @property
    def lines(self) -> tuple[Chip | None, ...]:
        """The chips from top to bottom: stretches on their own lines, visits on the others; None
        where a stretch of other days leaves a gap that no visit fills."""
        return self.first_lines(self.line_count)

    @property
    def line_count(self) -> int:
        return max(max(self._bars, default=-1) + 1, len(self.chips))

    def first_lines(self, count: int) -> tuple[Chip | None, ...]:
        """The upper ones of ``lines``."""
        bars = self._bars
        waiting = (chip for chip in self.chips if chip.cell is not None)
        deepest = max(bars, default=-1) + 1
        head = tuple(bars.get(n) or next(waiting, None) for n in range(min(deepest, count)))
        return (*head, *islice(waiting, count - len(head)))

    @property
    def visit_count(self) -> int:
        return len(self.chips) - len(self._bars)

    @property
    def _bars(self) -> dict[int, Chip]:
        chips = self.chips.bars if isinstance(self.chips, Chips) else self.chips
        return {chip.line: chip for chip in chips if chip.cell is None}

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
    """``zone`` is the clock that says which day is today: that of the one site shown, else the
    clinic's."""

    roster: Roster
    doctors: tuple[Doctor, ...]
    days: Mapping[date, MonthDay]
    zone: str


def month_data(
    roster: Roster,
    days: Sequence[date],
    cells: Sequence[Visit],
    loads: Sequence[DayLoad],
    doctor_ids: Sequence[Id] | None,
    site: Id | None = None,
) -> MonthData:
    """Pure: rows in, days out. Leave comes first, then visits by start. ``site`` is the one that
    is shown, None for all."""
    doctors = shown_doctors(roster, doctor_ids)
    order = {doctor.id: place for place, doctor in enumerate(doctors)}
    visits: dict[date, list[Visit]] = {}
    when: dict[tuple[datetime, Id], date] = {}
    for cell in cells:
        if cell.doctor_id in order and cell.status not in GONE:
            stamp = (cell.start, cell.location_id)
            day = when.get(stamp)
            if day is None:
                day = when[stamp] = local_date(cell.start, zone_for(cell, roster))
            visits.setdefault(day, []).append(cell)
    burdens: dict[date, list[DayLoad]] = {}
    for load in loads:
        if load.doctor_id in order and (load.load.capacity or load.away):
            burdens.setdefault(load.day, []).append(load)
    zone = site_zone(roster, site)
    away = _stretches(roster, doctors, days, zone)
    holidays = {
        row.day: row.name
        for row in roster.holidays
        if row.location_id is None and row.closed and row.whole_day
    }
    result = {}
    for day in days:
        own = sorted(burdens.get(day, ()), key=lambda row: order[row.doctor_id])
        ordered = sorted(visits.get(day, ()), key=lambda c: (c.start, order[c.doctor_id], c.id))
        chips = Chips(away.get(day, ()), ordered, roster)
        working = any(row.load.capacity for row in own)
        result[day] = MonthDay(
            day,
            chips,
            tuple(own),
            closed=not working and not visits.get(day),
            label=holidays.get(day, "" if working else "Closed"),
        )
    return MonthData(roster, tuple(doctors), result, zone)


def chip_text(cell: Visit, roster: Roster) -> str:
    """ "10:15 Lee"."""
    name = CURTAIN.surname(cell)
    if cell.status is Status.HELD:
        name = "Held"
    return f"{clock_words(cell.start, zone_for(cell, roster))} {name}"


def _stretches(
    roster: Roster, doctors: Sequence[Doctor], days: Sequence[date], zone: str
) -> dict[date, list[Chip]]:
    """Absences of more than one day, on lines that do not change within a week."""
    result: dict[date, list[Chip]] = {}
    shown = {doctor.id for doctor in doctors}
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
    if data.visit_count:
        parts.append(f"{data.visit_count} visits")
    return " · ".join(parts)
