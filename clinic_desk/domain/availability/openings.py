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
from typing import NamedTuple

from clinic_desk.domain.availability.asking import Ask, local_days
from clinic_desk.domain.availability.bits import flags, free_runs, paint, paint_depth
from clinic_desk.domain.availability.hours import Window
from clinic_desk.domain.availability.index import Rows
from clinic_desk.domain.availability.needs import buffers_of, capacity_of, rooms_for
from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import ScheduleTemplate

_HOUR = 60


class Standing:
    """The starts that stand for one combination of buffers, capacity, rooms and location; one
    flag per tick, at the tick where the blocked range begins."""

    __slots__ = ("after", "before", "levels", "ok", "rooms")

    def __init__(self, before: int, after: int) -> None:
        self.before = before
        self.after = after
        self.ok = b""
        self.levels: list[bytes] = []
        self.rooms: list[tuple[Id, bytes]] = []

    def capacity_left(self, position: int) -> int:
        return 1 + sum(level[position] for level in self.levels)

    def room(self, position: int) -> Id | None:
        return next((room for room, free in self.rooms if free[position]), None)


class Run(NamedTuple):
    """Starts (epoch seconds) of one doctor in one window on one local day. ``first`` is the
    position of the first candidate in the flags, ``step`` in ticks, ``seconds`` between two."""

    doctor_id: Id
    day: date
    window: Window
    starts: list[int]
    standing: Standing
    first: int
    origin: int
    tick: int

    def position(self, start: int) -> int:
        return self.first + (start - self.origin) // self.tick


class Piece(NamedTuple):
    """Part of a window in which starts have the same owner."""

    window: Window
    start: int
    end: int
    owner: ScheduleTemplate | None


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

    def doctor(self, doctor_id: Id) -> Iterator[Run]:
        """The runs of one doctor, by window."""
        if self.last < self.first:
            return
        ask, hours = self.ask, self.ix.hours
        windows = [
            w
            for w in hours.windows(
                doctor_id, self.first, self.last, ask.request.type_id, ask.exception_step
            )
            if ask.wanted_here(w.location_id)
        ]
        if not windows:
            return
        pieces: list[Piece] = []
        for w in windows:
            if w.template is not None:
                pieces.append(Piece(w, w.start, w.end, w.template))
            else:
                pieces += [Piece(w, *p) for p in hours.owners(doctor_id, w.start, w.end)]
        line = _Line(self, doctor_id, pieces)
        yield from line.runs()

    def room_free(self, room_id: Id, length: int, tick: int) -> int:
        """Where ``length`` ticks begin for which the room has a place left."""
        known = self._rooms.get((room_id, length, tick))
        if known is None:
            ticks = self.length // tick + 1
            room = self.ix.rooms[room_id]
            depth = self.depth(self.ix.room(room_id), room.capacity, tick)
            known = self._rooms[(room_id, length, tick)] = free_runs(depth[-1], length, ticks)
        return known

    def ranges(self, rows: Rows) -> list[tuple[int, int]]:
        found = rows.near(self.base * 60, (self.base + self.length) * 60)
        counts = self.ask.counts
        if counts is None:
            return [(r.blocked_start, r.blocked_end) for r in found]
        return [(r.blocked_start, r.blocked_end) for r in found if counts(r)]

    def depth(self, rows: Rows, levels: int, tick: int) -> list[int]:
        ticks = self.length // tick + 1
        return paint_depth(self.ranges(rows), self.base * 60, tick * 60, ticks, levels)


class _Line:
    """One doctor's range as bits."""

    def __init__(self, scan: Scan, doctor_id: Id, pieces: list[Piece]) -> None:
        self.scan, self.ask, self.ix = scan, scan.ask, scan.ix
        self.doctor_id = doctor_id
        self.pieces = pieces
        self.cuts = self.ix.hours.cuts(doctor_id, self.ask.request.type_id)
        self.groups: dict[tuple[Id | None, Id], Standing] = {}
        self._depth: dict[int, list[int]] = {}
        self._away: int | None = None
        owners = {(p.owner.id if p.owner else None, p.window.location_id): p for p in pieces}
        self.needs = {
            key: buffers_of(self.ask.kind, p.owner, p.window.location_id)
            for key, p in owners.items()
        }
        step = self.ask.request.step
        steps = {p.window.step for p in pieces} if step is None else {step}
        self.tick = gcd(
            _HOUR,
            self.ask.duration,
            *steps,
            *(minutes for pair in self.needs.values() for minutes in pair),
            *[p.window.start for p in pieces],
            *self._grains(owners.values()),
        )
        self.ticks = scan.length // self.tick + 1
        self.owners = owners

    def _grains(self, pieces: Iterable[Piece]) -> list[int]:
        """Where several may be side by side their number is counted per tick, so that rounding
        two neighbours into one tick would count both: the tick has to divide their edges."""
        found = []
        for piece in pieces:
            if capacity_of(piece.owner) > 1:
                found.append(self.ix.doctor(self.doctor_id).grain)
            found += [
                self.ix.room(room_id).grain
                for room_id in self._room_ids(piece)
                if self.ix.rooms[room_id].capacity > 1
            ]
        return found

    def _room_ids(self, piece: Piece) -> tuple[Id, ...]:
        asked = self.ask.request.room_id
        if asked is None:
            return rooms_for(self.ix, self.ask.kind, piece.owner, piece.window.location_id)
        room = self.ix.rooms.get(asked)
        here = room is not None and room.location_id == piece.window.location_id
        return (asked,) if here else ()

    def runs(self) -> Iterator[Run]:
        ask, tick, base = self.ask, self.tick, self.scan.base
        first, last = self.scan.first, self.scan.last
        duration, wanted_step = ask.duration, ask.request.step
        for window, low, high, owner in self.pieces:
            key = (owner.id if owner is not None else None, window.location_id)
            group = self.groups.get(key)
            if group is None:
                group = self.groups[key] = self._standing(key)
            step = max(1, wanted_step or window.step)
            latest = min(high - 1, window.end - duration)
            if latest < low:
                continue
            days = (window.day,) if window.day is not None else local_days(low, high, first, last)
            for day in days:
                for span_low, span_high in ask.spans(window.zone, day):
                    start = max(low, span_low)
                    start += (window.start - start) % step
                    stop = min(latest, span_high - 1)
                    if start > stop:
                        continue
                    position = (start - group.before - base) // tick
                    width = step // tick
                    end = position + (stop - start) // step * width + 1
                    row = group.ok[position:end:width]
                    starts = list(compress(range(start * 60, stop * 60 + 1, step * 60), row))
                    if starts:
                        origin = start * 60
                        yield Run(
                            self.doctor_id, day, window, starts, group, position, origin, tick * 60
                        )

    def _standing(self, key: tuple[Id | None, Id]) -> Standing:
        """Every start of one group at once."""
        piece = self.owners[key]
        tick, ticks = self.tick, self.ticks
        before, after = self.needs[key]
        made = Standing(before, after)
        length = (before + self.ask.duration + after) // tick
        lanes = capacity_of(piece.owner)
        depth = self._depth.get(lanes)
        if depth is None:
            rows = self.ix.doctor(self.doctor_id)
            depth = self._depth[lanes] = self.scan.depth(rows, lanes, tick)
        away = self._blocked(piece.window.location_id)
        allowed = free_runs(depth[lanes - 1] | away, length, ticks)
        allowed &= self._patient_free() >> (before // tick)
        allowed &= self._rooms_free(piece, allowed, before, length, made)
        made.ok = flags(allowed, ticks)
        made.levels = [
            flags(free_runs(depth[lanes - more] | away, length, ticks), ticks)
            for more in range(2, lanes + 1)
        ]
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

    def _patient_free(self) -> int:
        """Where the visit itself fits between the patient's other visits."""
        patient_id = self.ask.request.patient_id
        if patient_id is None:
            return -1
        scan = self.scan
        found = self.ix.patient(patient_id).near(scan.base * 60, (scan.base + scan.length) * 60)
        counts = self.ask.counts
        ranges = [(r.start, r.end) for r in found if counts is None or counts(r)]
        busy = paint(ranges, scan.base * 60, self.tick * 60, self.ticks)
        return free_runs(busy, self.ask.duration // self.tick, self.ticks)

    def _rooms_free(
        self, piece: Piece, wanted: int, before: int, length: int, made: Standing
    ) -> int:
        """Where a room is left. Further rooms are looked at only while some start lacks one."""
        location_id = piece.window.location_id
        rooms = self._room_ids(piece)
        if not rooms:
            return -1 if self.ask.request.room_id is None else 0
        tick = self.tick
        if len(rooms) > 1:
            mine = [
                ((p.start - before) * 60, (p.end - before) * 60)
                for p in self.pieces
                if p.owner is piece.owner and p.window.location_id == location_id
            ]
            wanted &= paint(mine, self.scan.base * 60, tick * 60, self.ticks)
        free = 0
        for room_id in rooms:
            here = self.scan.room_free(room_id, length, tick)
            made.rooms.append((room_id, flags(here, self.ticks)))
            free |= here
            if not wanted & ~free:
                break
        return free


def runs(ask: Ask, first: date, last: date) -> Iterator[Run]:
    if ask.possible:
        scan = Scan(ask, first, last)
        for doctor_id in ask.doctors():
            yield from scan.doctor(doctor_id)


def starts_of(found: Iterator[Run]) -> Mapping[tuple[Id, date], list[int]]:
    """By doctor and local day, sorted, each start once."""
    result: dict[tuple[Id, date], list[int]] = {}
    mixed = set()
    for run in found:
        key = (run.doctor_id, run.day)
        known = result.get(key)
        if known is None:
            result[key] = run.starts
        else:
            if run.starts[0] <= known[-1]:
                mixed.add(key)
            known += run.starts
    for key in mixed:
        result[key] = sorted(set(result[key]))
    return result
