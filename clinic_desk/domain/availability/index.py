"""The busy rows of a snapshot, arranged by doctor, room and patient; kept while it lives."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import gcd
from operator import attrgetter, sub

from clinic_desk.domain.availability.hours import Hours, hours_of
from clinic_desk.domain.availability.keeping import Kept
from clinic_desk.domain.availability.model import Busy, Request, Snapshot
from clinic_desk.domain.ids import Id

EXTERNAL = "external"

_by_start = attrgetter("blocked_start")


class Rows:
    """Busy rows of one owner, sorted by blocked start, with the longest length for look-ups."""

    __slots__ = ("_grain", "ends", "longest", "rows", "starts")

    def __init__(self, rows: list[Busy]) -> None:
        rows.sort(key=_by_start)
        self.rows = rows
        self.starts = [row.blocked_start for row in rows]
        self.ends = [row.blocked_end for row in rows]
        self.longest = max(map(sub, self.ends, self.starts), default=0)
        self._grain: int | None = None

    @property
    def grain(self) -> int:
        """The largest number of minutes on which every row begins and ends (0 without rows)."""
        if self._grain is None:
            edges = gcd(*self.starts, *self.ends)
            self._grain = max(1, edges // 60) if edges else 0
        return self._grain

    def between(self, start: int, end: int) -> list[Busy]:
        """Rows whose blocked range meets [start, end), epoch seconds."""
        return [
            row
            for row in self.near(start, end)
            if row.blocked_start < end and start < row.blocked_end
        ]

    def near(self, start: int, end: int) -> Sequence[Busy]:
        """All rows that ``between`` finds, and perhaps a few around them."""
        low, high = self._near(start, end)
        return self.rows[low:high]

    def ranges(self, start: int, end: int) -> Iterable[tuple[int, int]]:
        """The blocked ranges of ``near``, by start."""
        low, high = self._near(start, end)
        return zip(self.starts[low:high], self.ends[low:high], strict=True)

    def _near(self, start: int, end: int) -> tuple[int, int]:
        return bisect_left(self.starts, start - self.longest), bisect_right(self.starts, end)


_NONE = Rows([])


class Index:
    """What *find* and *explain* look things up in. Build with ``index``; it never changes."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.hours: Hours = hours_of(snapshot.roster)
        self.practice = snapshot.roster.practice
        self.travel = self.hours.travel
        self.first, self.last = snapshot.first, snapshot.last
        self.rooms, self.rooms_at = self.hours.rooms, self.hours.rooms_at
        self.shared_rooms = {key for key, row in self.rooms.items() if row.capacity > 1}
        doctors: dict[Id, list[Busy]] = defaultdict(list)
        self._room_rows: dict[Id, list[Busy]] = defaultdict(list)
        self._patient_rows: dict[Id, list[Busy]] | None = None
        external: dict[Id, list[Busy]] = defaultdict(list)
        self._busy = snapshot.busy
        rooms = self._room_rows
        self.holds = False
        for row in snapshot.busy:
            if row.kind == EXTERNAL:
                external[row.doctor_id].append(row)
                continue
            doctors[row.doctor_id].append(row)
            if row.room_id is not None:
                rooms[row.room_id].append(row)
            if row.hold_until is not None:
                self.holds = True
        for row in snapshot.external:
            external[row.doctor_id].append(row)
        self._doctor_rows = doctors
        self._external_rows = external
        self._doctors: dict[Id, Rows] = {}
        self._rooms: dict[Id, Rows] = {}
        self._external: dict[Id, Rows] = {}
        self._patients: dict[Id, Rows] = {}

    def doctor(self, doctor_id: Id) -> Rows:
        """Visits and holds of a doctor."""
        return _arranged(self._doctors, self._doctor_rows, doctor_id)

    def room(self, room_id: Id) -> Rows:
        return _arranged(self._rooms, self._room_rows, room_id)

    def only_used_by(self, room_id: Id, doctor_id: Id) -> bool:
        """Whether every visit in the room is this doctor's, so that where the doctor is free the
        room is too."""
        return {row.doctor_id for row in self._room_rows.get(room_id, ())} <= {doctor_id}

    def external(self, doctor_id: Id) -> Rows:
        """What the doctor's own calendar says."""
        return _arranged(self._external, self._external_rows, doctor_id)

    def patient(self, patient_id: Id) -> Rows:
        if self._patient_rows is None:
            found: dict[Id, list[Busy]] = defaultdict(list)
            for row in self._busy:
                if row.patient_id is not None and row.kind != EXTERNAL:
                    found[row.patient_id].append(row)
            self._patient_rows = found
        return _arranged(self._patients, self._patient_rows, patient_id)


def _arranged(known: dict[Id, Rows], source: dict[Id, list[Busy]], key: Id) -> Rows:
    rows = known.get(key)
    if rows is None:
        found = source.get(key)
        rows = known[key] = Rows(found) if found else _NONE
    return rows


def counting(request: Request, now: int, holds: bool = True) -> Callable[[Busy], bool] | None:
    """Tells which rows count as busy, or None when all of them do: not the ignored ones, not
    this desk's own holds, not holds that have run out at ``now`` (epoch seconds)."""
    ignored, desk = request.ignore_ids, request.own_desk
    if not ignored and not holds:
        return None

    def counts(row: Busy) -> bool:
        if row.id in ignored:
            return False
        if row.hold_until is None:
            return True
        return row.hold_until > now and not (desk and row.holder_desk == desk)

    return counts


def chosen(rows: Sequence[Busy], counts: Callable[[Busy], bool] | None) -> Sequence[Busy]:
    return rows if counts is None else [row for row in rows if counts(row)]


def deepest(rows: Iterable[Busy], start: int, end: int) -> int:
    """The largest number of rows whose blocked ranges share a moment of [start, end)."""
    return most_at_once([(row.blocked_start, row.blocked_end) for row in rows], start, end)


def most_at_once(ranges: Iterable[tuple[int, int]], start: int, end: int) -> int:
    """The largest number of half-open ranges that share a moment of [start, end)."""
    edges = []
    for first, last in ranges:
        low, high = max(first, start), min(last, end)
        if low < high:
            edges += [(low, 1), (high, -1)]
    depth = most = 0
    for _at, change in sorted(edges):
        depth += change
        most = max(most, depth)
    return most


_kept = Kept(Index)


def index(snapshot: Snapshot) -> Index:
    """The arranged form of a snapshot, built once and kept for as long as the snapshot lives.

    Safe from any thread: at worst two threads build the same index."""
    return _kept(snapshot)
