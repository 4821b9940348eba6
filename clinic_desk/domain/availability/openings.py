"""*find*: every start that stands (domain.md section 3, steps 2 to 5).

Each doctor's range is one integer with a bit per tick. Busy time is painted once; a blocked
range of n ticks fits where n free ticks begin, which some ten shifts tell for all starts of all
days together; only then are the starts of each window read off, by slicing with its step.

A doctor's lanes are counted, not matched: a range is free when at every moment fewer visits than
the capacity are there. The booking service gives neighbours other lanes where that is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import compress
from math import gcd

from clinic_desk.domain.availability.asking import Ask, local_days
from clinic_desk.domain.availability.bits import (
    flags,
    paint,
    paint_depth,
    paint_free,
    starts_of_runs,
)
from clinic_desk.domain.availability.daily import is_limited, limits
from clinic_desk.domain.availability.index import Rows, chosen
from clinic_desk.domain.availability.needs import buffers_of, capacity_of
from clinic_desk.domain.availability.standing import Run, Standing
from clinic_desk.domain.availability.stretches import Window
from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import ScheduleTemplate

Key = Id | tuple[Id | None, Id]

_HOUR = 60


Piece = tuple[Window, int, int, ScheduleTemplate | None]
"""Part [start, end) of a window in which starts have the same owner."""


class Scan:
    """One look over local days ``first`` … ``last``; shares the rooms' masks among doctors."""

    def __init__(self, ask: Ask, first: date, last: date) -> None:
        self.ask = ask
        self.ix = ask.ix
        # Outside the snapshot nothing is known to be busy, so nothing can be offered there.
        self.first = max(first, ask.request.first, ask.ix.first)
        self.last = min(last, ask.request.last, ask.ix.last)
        self.base = self.length = 0
        self._rooms: dict[tuple[Id, int, int], int] = {}
        if self.last < self.first:
            return
        local = self.ix.hours.local
        zones = {row.zone for row in self.ix.hours.locations.values()} or {"UTC"}
        before, after = self.ix.hours.widest
        if ask.kind is not None:
            before, after = max(before, ask.kind.buffer_before), max(after, ask.kind.buffer_after)
        low = min(local.day(name, self.first)[0] for name in zones) - before
        high = max(local.day(name, self.last)[1] for name in zones) + ask.duration + after
        self.base = low // _HOUR * _HOUR
        self.length = high - self.base

    def doctor(self, doctor_id: Id) -> list[Run]:
        """The runs of one doctor, by window."""
        if self.last < self.first:
            return []
        ask, hours = self.ask, self.ix.hours
        windows = hours.windows(doctor_id, self.first, self.last, ask.type_id, ask.exception_step)
        pieces: list[Piece] = []
        for window in windows:
            if window.location_id not in ask.places:
                continue
            if window.template is not None:
                pieces.append((window, window.start, window.end, window.template))
            else:
                owners = hours.owners(doctor_id, window.start, window.end)
                pieces += [(window, *piece) for piece in owners]
        return _Line(self, doctor_id, pieces).runs() if pieces else []

    def room_free(self, room_id: Id, length: int, tick: int) -> int:
        """Where ``length`` ticks begin for which the room has a place left."""
        known = self._rooms.get((room_id, length, tick))
        if known is None:
            places = self.ix.rooms[room_id].capacity
            free = self.free(self.ix.room(room_id), places, tick, length)
            known = self._rooms[(room_id, length, tick)] = starts_of_runs(free[0], length)
        return known

    def ranges(self, rows: Rows) -> Iterable[tuple[int, int]]:
        """The blocked ranges that count, by start."""
        low, high = self.base * 60, (self.base + self.length) * 60
        counts = self.ask.counts
        if counts is None:
            return rows.ranges(low, high)
        return [(r.blocked_start, r.blocked_end) for r in rows.near(low, high) if counts(r)]

    def free(self, rows: Rows, places: int, tick: int, length: int) -> list[int]:
        """``[f1, f2, …]``: bit set where at least 1, 2, … of ``places`` are free. With one place
        gaps shorter than ``length`` ticks are left out."""
        base, unit, ticks = self.base * 60, tick * 60, self.length // tick + 1
        ranges = self.ranges(rows)
        if places == 1:
            return [paint_free(ranges, base, unit, ticks, length * unit)]
        everything = (1 << ticks) - 1
        depth = paint_depth(list(ranges), base, unit, ticks, places)
        return [everything & ~taken for taken in reversed(depth)]


class _Line:
    """One doctor's range as bits."""

    def __init__(self, scan: Scan, doctor_id: Id, pieces: list[Piece]) -> None:
        self.scan, self.ask, self.ix = scan, scan.ask, scan.ix
        self.doctor_id = doctor_id
        self.pieces = pieces
        self.cuts = self.ix.hours.cuts(doctor_id, self.ask.type_id)
        self.limited = is_limited(self.ask, doctor_id)
        self._full: dict[tuple[str, date], bool] = {}
        self.groups: dict[Key, Standing] = {}
        self._shared: dict[tuple[int, int, int, Id, tuple[Id, ...]], Standing] = {}
        self._free: dict[int, list[int]] = {}
        self._away: int | None = None
        self.owners: dict[Key, Piece] = {_key(p[0], p[3]): p for p in reversed(pieces)}
        self.needs = {
            key: buffers_of(self.ask.kind, owner, window.location_id)
            for key, (window, _low, _high, owner) in self.owners.items()
        }
        step = self.ask.request.step
        steps = {p[0].step for p in pieces} if step is None else {step}
        self.tick = gcd(
            _HOUR,
            self.ask.duration,
            *steps,
            *(minutes for pair in self.needs.values() for minutes in pair),
            *[p[0].start for p in pieces],
            *self._grains(self.owners.values()),
        )
        self.ticks = scan.length // self.tick + 1
        self.shortest = min(map(sum, self.needs.values())) + self.ask.duration

    def _grains(self, pieces: Iterable[Piece]) -> list[int]:
        """Where several may be side by side their number is counted per tick, so that rounding
        two neighbours into one tick would count both: the tick has to divide their edges."""
        found = []
        for window, _low, _high, owner in pieces:
            if capacity_of(owner) > 1:
                found.append(self.ix.doctor(self.doctor_id).grain)
            found += [
                self.ix.room(room_id).grain
                for room_id in self.ix.shared_rooms.intersection(
                    self.ask.rooms(owner, window.location_id) if self.ix.shared_rooms else ()
                )
            ]
        return found

    def runs(self) -> list[Run]:
        ask, tick, base = self.ask, self.tick, self.scan.base
        first, last = self.scan.first, self.scan.last
        duration, wanted_step, seconds = ask.duration, ask.request.step, tick * 60
        doctor_id, groups = self.doctor_id, self.groups
        found: list[Run] = []
        limited = self.limited
        zone_name, spans = "", ask.days("")
        for window, low, high, owner in self.pieces:
            place_start, place_end, _place, name, step, template, _exception, own = window
            # The common case spelt out: a template's own window goes by the template's id.
            key = template.id if template is not None else _key(window, owner)
            group = groups.get(key)
            if group is None:
                group = groups[key] = self._standing(key)
            if wanted_step is not None:
                step = wanted_step
            latest = place_end - duration
            if latest >= high:
                latest = high - 1
            if latest < low:
                continue
            if name != zone_name:
                zone_name, spans = name, ask.days(name)
            for day in (own,) if own is not None else local_days(low, high, first, last):
                if limited and self._is_full(name, day):
                    continue
                allowed = spans.get(day)
                if allowed is None:
                    allowed = ask.spans(name, day)
                for start, stop in allowed:
                    if start <= low:
                        start = low
                    if start != place_start:
                        start += (place_start - start) % step
                    if stop > latest:
                        stop = latest + 1
                    if start >= stop:
                        continue
                    position = (start - group.before - base) // tick
                    row = group.ok[
                        position : position + (stop - 1 - start) // tick + 1 : step // tick
                    ]
                    if 1 in row:
                        origin = start * 60
                        starts = list(compress(range(origin, stop * 60, step * 60), row))
                        found.append(
                            Run(doctor_id, day, window, starts, group, position, origin, seconds)
                        )
        return found

    def _standing(self, key: Key) -> Standing:
        """The group of an owner and a location; owners with the same needs share one."""
        window, _low, _high, owner = self.owners[key]
        before, after = self.needs[key]
        lanes, location_id = capacity_of(owner), window.location_id
        rooms = self.ask.rooms(owner, location_id)
        like = (before, after, lanes, location_id, rooms)
        made = self._shared.get(like)
        if made is None:
            made = self._shared[like] = self._stand(before, after, lanes, location_id, rooms)
        return made

    def _stand(
        self, before: int, after: int, lanes: int, location_id: Id, rooms: tuple[Id, ...]
    ) -> Standing:
        """Every start of one group at once."""
        tick, ticks = self.tick, self.ticks
        made = Standing(before, after, ticks)
        length = (before + self.ask.duration + after) // tick
        free = self._free.get(lanes)
        if free is None:
            rows = self.ix.doctor(self.doctor_id)
            shortest = self.shortest // tick
            free = self._free[lanes] = self.scan.free(rows, lanes, tick, shortest)
        here = ~self._blocked(location_id)
        allowed = starts_of_runs(free[0] & here, length)
        allowed &= (self._patient_free() & self._reachable(location_id)) >> (before // tick)
        if rooms:
            allowed &= self._rooms_free(rooms, lanes, allowed, length, made)
        elif self.ask.request.room_id is not None or self.ask.needs_room:
            allowed = 0
        made.ok = flags(allowed, ticks)
        made.levels = [starts_of_runs(more & here, length) for more in free[1:]]
        return made

    def _blocked(self, location_id: Id) -> int:
        """External busy times, and the blocked times that count here: buffers must not reach
        into these either."""
        scan, unit = self.scan, self.tick * 60
        if self._away is None:
            ranges = scan.ranges(self.ix.external(self.doctor_id))
            self._away = paint(ranges, scan.base * 60, unit, self.ticks)
        here = [
            (c.start * 60, c.end * 60)
            for c in self.cuts
            if c.location_id is None or c.location_id == location_id
        ]
        if not here:
            return self._away
        return self._away | paint(here, scan.base * 60, unit, self.ticks)

    def _is_full(self, zone_name: str, day: date) -> bool:
        """Whether a limit of visits per day leaves no place on a local day."""
        key = (zone_name, day)
        known = self._full.get(key)
        if known is None:
            found = limits(self.ask, self.doctor_id, zone_name, day)
            known = self._full[key] = any(limit.full for limit in found)
        return known

    def _patient_free(self) -> int:
        """Where the visit itself fits between the patient's other visits."""
        patient_id = self.ask.request.patient_id
        if patient_id is None or not self.ix.practice.one_visit_at_a_time:
            return -1
        scan = self.scan
        found = self.ix.patient(patient_id).near(scan.base * 60, (scan.base + scan.length) * 60)
        counts = self.ask.counts
        return self._fits((r.start, r.end) for r in found if counts is None or counts(r))

    def _reachable(self, location_id: Id) -> int:
        """Where the visit itself fits between what the doctor has at other sites."""
        travel, scan = self.ix.travel, self.scan
        if not travel.longest:
            return -1
        wide = travel.longest * 60
        rows = self.ix.doctor(self.doctor_id).near(
            scan.base * 60 - wide, (scan.base + scan.length) * 60 + wide
        )
        return self._fits(travel.away(chosen(rows, self.ask.counts), location_id))

    def _fits(self, taken: Iterable[tuple[int, int]]) -> int:
        """Where the visit itself, without buffers, fits between ranges of epoch seconds."""
        ranges = sorted(taken)
        if not ranges:
            return -1
        length = self.ask.duration // self.tick
        unit = self.tick * 60
        free = paint_free(ranges, self.scan.base * 60, unit, self.ticks, length * unit)
        return starts_of_runs(free, length)

    def _rooms_free(
        self, rooms: tuple[Id, ...], lanes: int, wanted: int, length: int, made: Standing
    ) -> int:
        """Where a room is left. Further rooms are looked at only while some start lacks one."""
        tick = self.tick
        free = 0
        bounded = False
        for room_id in rooms:
            if lanes == 1 and self.ix.only_used_by(room_id, self.doctor_id):
                here = (1 << self.ticks) - 1
            else:
                here = self.scan.room_free(room_id, length, tick)
            made.rooms.append((room_id, here))
            free |= here
            if not bounded and wanted & ~free:
                wanted &= self._hours(made.before)
                bounded = True
            if not wanted & ~free:
                break
        return free

    def _hours(self, before: int) -> int:
        """Where starts may lie at all, so that nobody looks for a room at night."""
        ranges = [((p[1] - before) * 60, (p[2] - before) * 60) for p in self.pieces]
        return paint(ranges, self.scan.base * 60, self.tick * 60, self.ticks)


def _key(window: Window, owner: ScheduleTemplate | None) -> Key:
    """An owner's own windows go by its id alone: the common case, and the cheapest to look up."""
    if window.template is not None:
        return window.template.id
    return (owner.id if owner is not None else None, window.location_id)


def runs(ask: Ask, first: date, last: date) -> Iterator[Run]:
    for doctor_id, scan in _scans(ask, first, last):
        yield from scan.doctor(doctor_id)


def _scans(ask: Ask, first: date, last: date) -> Iterator[tuple[Id, Scan]]:
    """The doctors to look at, those who do as the clinic does in one scan together."""
    common = Scan(ask, first, last) if ask.possible else None
    if ask.unknown_type:
        return
    for doctor_id in ask.doctors():
        own = ask.of(doctor_id)
        if own is not ask:
            if own.possible:
                yield doctor_id, Scan(own, first, last)
        elif common is not None:
            yield doctor_id, common


def starts_of(ask: Ask, first: date, last: date) -> Mapping[tuple[Id, date], list[int]]:
    """By doctor and local day, sorted, each start once."""
    result: dict[tuple[Id, date], list[int]] = {}
    for doctor_id, scan in _scans(ask, first, last):
        days: dict[date, list[int]] = {}
        mixed: set[date] = set()
        for run in scan.doctor(doctor_id):
            starts = days.get(run.day)
            if starts is None:
                days[run.day] = run.starts
                continue
            if run.starts[0] <= starts[-1]:
                mixed.add(run.day)
            starts += run.starts
        for day in mixed:
            days[day] = sorted(set(days[day]))
        for day, starts in days.items():
            result[(doctor_id, day)] = starts
    return result
