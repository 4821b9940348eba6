"""The public side of *find*: slots from runs, the first few, several doctors at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from clinic_desk.domain.availability.asking import Ask
from clinic_desk.domain.availability.index import Index, chosen, index, most_at_once
from clinic_desk.domain.availability.model import Request, Slot, Snapshot
from clinic_desk.domain.availability.needs import buffers_of
from clinic_desk.domain.availability.openings import runs, starts_of
from clinic_desk.domain.availability.standing import Run
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import from_epoch

Found = tuple[int, Id, Id, Id | None, int]
"""(start in epoch seconds, doctor, location, room, capacity left)."""


def find(snapshot: Snapshot, request: Request) -> list[Slot]:
    """Every slot of the asked local days, sorted, each unique."""
    ix = index(snapshot)
    ask = Ask(ix, request)
    return _slots(_found(ix, ask, request.first, request.last), ask)


def find_starts(snapshot: Snapshot, request: Request) -> Mapping[tuple[Id, date], list[int]]:
    """The starts alone, epoch seconds by (doctor, local day), sorted: the kernel of ``find``
    without building slots. ``together`` is not looked at; days without a start are absent."""
    ix = index(snapshot)
    ask = Ask(ix, request)
    return starts_of(ask, request.first, request.last)


def find_first(snapshot: Snapshot, request: Request, count: int) -> list[Slot]:
    """The first ``count`` slots of ``find``, looking at no more days than needed."""
    ix = index(snapshot)
    ask = Ask(ix, request)
    if count < 1:
        return []
    zones = [row.zone for row in ix.hours.locations.values()]
    found: list[Found] = []
    day, width = request.first, 1
    while day <= request.last:
        until = min(day + timedelta(days=width - 1), request.last)
        found += _found(ix, ask, day, until)
        day, width = until + timedelta(days=1), width * 2
        if len(found) >= count and zones:
            # A day further on may already have begun elsewhere: only what is earlier is sure.
            sure = min(ix.hours.local.day(name, day)[0] for name in zones) * 60
            if sum(1 for row in found if row[0] < sure) >= count:
                break
    return _slots(found, ask)[:count]


def _found(ix: Index, ask: Ask, first: date, last: date) -> Iterable[Found]:
    if ask.request.together and len(ask.request.doctor_ids) > 1:
        return _together(ix, ask, first, last)
    return (row for run in runs(ask, first, last) for row in _rows(run))


def _rows(run: Run) -> Iterator[Found]:
    group, doctor_id, location_id = run.standing, run.doctor_id, run.window.location_id
    if not group.levels and len(group.rooms) < 2:
        room = group.rooms[0][0] if group.rooms else None
        return ((start, doctor_id, location_id, room, 1) for start in run.starts)
    return (
        (start, doctor_id, location_id, group.room(at), group.capacity_left(at))
        for start in run.starts
        for at in (run.position(start),)
    )


def _slots(found: Iterable[Found], ask: Ask) -> list[Slot]:
    """Sorted and unique; an ``available`` exception over a template may find a start twice.
    Each doctor's slots are as long as the type is with that doctor."""
    best: dict[tuple[int, Id, Id], Found] = {}
    for row in found:
        best.setdefault(row[:3], row)
    length = timedelta(minutes=ask.duration)
    own = {
        doctor_id: timedelta(minutes=minutes)
        for doctor_id in {key[1] for key in best}
        if (minutes := ask.of(doctor_id).duration) != ask.duration
    }
    slots = []
    at, start, end = -1, from_epoch(0), from_epoch(0)
    for key in sorted(best):
        seconds, doctor_id, location_id, room_id, left = best[key]
        if seconds != at:
            at, start = seconds, from_epoch(seconds)
            end = start + length
        until = start + own[doctor_id] if doctor_id in own else end
        slots.append(Slot(start, until, doctor_id, location_id, room_id, left))
    return slots


def _together(ix: Index, ask: Ask, first: date, last: date) -> list[Found]:
    """Starts that every listed doctor can do at one location, with rooms for all of them."""
    wanted = list(dict.fromkeys(ask.request.doctor_ids))
    if not all(ask.offers(doctor_id) for doctor_id in wanted):
        return []
    common: dict[tuple[int, Id], dict[Id, Found]] = defaultdict(dict)
    for run in runs(ask, first, last):
        for row in _rows(run):
            common[(row[0], row[2])].setdefault(row[1], row)
    result: list[Found] = []
    for key in sorted(common):
        rows = common[key]
        if len(rows) == len(wanted):
            result += _with_rooms(ix, ask, [rows[doctor_id] for doctor_id in wanted])
    return result


def _with_rooms(ix: Index, ask: Ask, rows: list[Found]) -> list[Found]:
    """The same rows with rooms that hold all of them at once, or nothing. Rooms are given in the
    order of the doctors, each the first of theirs that still has a place."""
    given: list[tuple[Id, int, int]] = []
    result: list[Found] = []
    for start, doctor_id, location_id, room_id, left in rows:
        if room_id is None:
            result.append((start, doctor_id, location_id, room_id, left))
            continue
        own = ask.of(doctor_id)
        owner = ix.hours.owner(doctor_id, start // 60)
        before, after = buffers_of(own.kind, owner, location_id)
        low, high = start - before * 60, start + (own.duration + after) * 60
        rooms = own.rooms(owner, location_id)
        room = next((r for r in rooms if _has_place(ix, ask, r, low, high, given)), None)
        if room is None:
            return []
        given.append((room, low, high))
        result.append((start, doctor_id, location_id, room, left))
    return result


def _has_place(
    ix: Index, ask: Ask, room_id: Id, low: int, high: int, given: list[tuple[Id, int, int]]
) -> bool:
    rows = chosen(ix.room(room_id).between(low, high), ask.counts)
    ranges = [(row.blocked_start, row.blocked_end) for row in rows]
    ranges += [(first, last) for room, first, last in given if room == room_id]
    return most_at_once(ranges, low, high) < ix.rooms[room_id].capacity


def find_in(ask: Ask, first: date, last: date, *, later_than: int, count: int) -> list[Slot]:
    """The first ``count`` slots of the given days that start after an instant (epoch seconds)."""
    rows = [
        row
        for run in runs(ask, first, last)
        if run.starts[-1] > later_than
        for row in _rows(run)
        if row[0] > later_than
    ]
    rows.sort(key=lambda row: row[:3])
    return _slots(rows[: count * 2], ask)[:count]
