"""What a change of the hours does to visits that are booked: which would lie outside.

Judged by the engine's own windows on the roster as it would be, so priorities, breaks, reserved
parts, closures, leave and clock changes count as they do when a visit is booked. A visit that
lies outside the hours already is somebody's decision and is not told again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from clinic_desk.domain import availability
from clinic_desk.domain.appointments import OCCUPYING, SlotState, Status
from clinic_desk.domain.availability.model import Roster, WorkWindow
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import from_epoch, local_date
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import Cell

AHEAD = timedelta(days=3 * 366)
"""How far visits to come are looked at; no type can be booked further ahead in practice."""


class Visit(NamedTuple):
    """A booked visit, as far as hours are concerned. Aware UTC."""

    id: Id
    doctor_id: Id
    type_id: Id | None
    location_id: Id
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class NewWeek:
    """What saving a week writes: ``ended`` rows stop the day before, ``removed`` ones go, and
    ``written`` are the rows that hold from then on (an id of an existing row changes it)."""

    ended: tuple[ScheduleTemplate, ...]
    removed: tuple[ScheduleTemplate, ...]
    written: tuple[ScheduleTemplate, ...]


def outside(
    queries: Queries,
    doctor_id: Id,
    templates: Sequence[ScheduleTemplate],
    replaced_ids: Sequence[Id],
    valid_from: date | None,
    now: datetime,
) -> tuple[Cell, ...]:
    """The visits to come that would fall outside the doctor's hours, or into a part reserved for
    others, if the week were saved so; by start. The arguments are those of ``SaveWeek``."""
    roster = queries.roster()
    week = new_week(roster.templates, templates, replaced_ids, valid_from)
    after = with_week(roster, week)
    first = local_date(now, roster.practice.zone) - timedelta(days=1)
    cells = {
        cell.id: cell
        for cell in queries.cells(first, first + AHEAD, [doctor_id])
        if cell.start >= now and cell.status in OCCUPYING and cell.status is not Status.HELD
        # one on the shelf or in the clash list waits for another place as it is
        if cell.slot_state is SlotState.PLACED and "parked" not in cell.flags
    }
    visits = [
        Visit(c.id, c.doctor_id, c.type_id, c.location_id, c.start, c.end) for c in cells.values()
    ]
    found = newly_outside(roster, after, visits)
    return tuple(sorted((cells[v.id] for v in found), key=lambda c: (c.start, c.id)))


def new_week(
    known: Iterable[ScheduleTemplate],
    templates: Sequence[ScheduleTemplate],
    replaced_ids: Iterable[Id],
    valid_from: date | None,
) -> NewWeek:
    """Splits the replaced rows at ``valid_from``. A row that is given back as it was, or that
    begins no earlier, keeps its id; one that ran before ends the day before, and its successor is
    a row of its own (an empty id is the caller's to fill)."""
    stored = {row.id: row for row in known}
    given = {row.id: row for row in templates if row.id in stored}
    replaced = {row_id for row_id in replaced_ids if row_id in stored} | set(given)
    ended: list[ScheduleTemplate] = []
    removed: list[ScheduleTemplate] = []
    kept: set[Id] = set()
    for row_id in sorted(replaced):
        old = stored[row_id]
        wanted = given.get(row_id)
        if wanted is not None and _same(old, wanted):
            kept.add(row_id)
        elif valid_from is None or (old.valid_from is not None and old.valid_from >= valid_from):
            if wanted is None:
                removed.append(old)
            else:
                kept.add(row_id)
        elif old.valid_until is None or old.valid_until >= valid_from:
            ended.append(replace(old, valid_until=valid_from - timedelta(days=1)))
    written = []
    for row in templates:
        if row.id in kept and _same(stored[row.id], row):
            continue
        start = row.valid_from
        if valid_from is not None and (start is None or start < valid_from):
            start = valid_from
        row_id = row.id if row.id in kept or row.id not in stored else ""
        written.append(replace(row, id=row_id, valid_from=start))
    return NewWeek(tuple(ended), tuple(removed), tuple(written))


def _same(one: ScheduleTemplate, other: ScheduleTemplate) -> bool:
    """Equal in all that a person can set."""
    return one == replace(
        other,
        revision=one.revision,
        created_at=one.created_at,
        created_by=one.created_by,
        updated_at=one.updated_at,
        updated_by=one.updated_by,
        created_op=one.created_op,
        updated_op=one.updated_op,
        deleted_at=one.deleted_at,
    )


def with_week(roster: Roster, week: NewWeek) -> Roster:
    """The roster as it would be."""
    gone = {row.id for row in (*week.ended, *week.removed)} | {row.id for row in week.written}
    fresh = tuple(
        row if row.id else replace(row, id=f"new {number}")
        for number, row in enumerate(week.written)
    )
    left = tuple(row for row in roster.templates if row.id not in gone)
    return replace(roster, templates=(*left, *week.ended, *fresh))


def newly_outside(before: Roster, after: Roster, visits: Iterable[Visit]) -> list[Visit]:
    """The visits that lie within the hours of one roster and outside those of the other."""
    old, new = _Windows(before), _Windows(after)
    return [visit for visit in visits if not new.hold(visit) and old.hold(visit)]


class _Windows:
    """A roster's windows, looked up once for each doctor, day and type."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.known: dict[tuple[Id, date, Id | None], tuple[WorkWindow, ...]] = {}

    def hold(self, visit: Visit) -> bool:
        place = self.roster.locations.get(visit.location_id)
        if place is None:
            return False
        key = (visit.doctor_id, local_date(visit.start, place.zone), visit.type_id)
        windows = self.known.get(key)
        if windows is None:
            windows = self.known[key] = availability.windows(self.roster, *key)
        return any(
            window.start <= visit.start
            and visit.end <= window.end
            and window.location_id == visit.location_id
            for window in windows
        )


def visit_at(
    row_id: Id, doctor_id: Id, type_id: Id | None, location_id: Id, start: int, end: int
) -> Visit:
    """Of a busy row's epoch seconds."""
    return Visit(row_id, doctor_id, type_id, location_id, from_epoch(start), from_epoch(end))
