"""Lanes: which of a doctor's parallel places, or of a room's, a blocked range may take.

A lane is a number 0 … capacity − 1; the rows of one lane never overlap. A lane at or above the
capacity is an intentional overbooking. Times are epoch seconds, half-open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clinic_desk.domain.ids import Id


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that occupies ``lane`` from ``start`` to ``end`` (buffers included)."""

    id: Id
    start: int
    end: int
    lane: int


@dataclass(frozen=True, slots=True)
class LaneChoice:
    """``lane`` for the newcomer; ``moved`` are neighbours that have to change lane for it.
    ``above`` marks a lane at or above the capacity."""

    lane: int
    moved: dict[Id, int] = field(default_factory=dict)
    above: bool = False


def overlapping(rows: Iterable[Taken], start: int, end: int) -> list[Taken]:
    return [row for row in rows if row.start < end and start < row.end]


def free_lane(rows: Iterable[Taken], start: int, end: int, capacity: int) -> int | None:
    """The lowest lane below ``capacity`` that nobody uses in the range, or None."""
    used = {row.lane for row in overlapping(rows, start, end)}
    return next((lane for lane in range(capacity) if lane not in used), None)


def lane_above(rows: Iterable[Taken], start: int, end: int, capacity: int) -> int:
    """The lowest free lane at or above ``capacity``: an overbooking's place."""
    used = {row.lane for row in overlapping(rows, start, end)}
    lane = capacity
    while lane in used:
        lane += 1
    return lane


def cluster(rows: Sequence[Taken], start: int, end: int) -> list[Taken]:
    """Every row that is connected to the range by a chain of overlaps."""
    low, high = start, end
    while True:
        found = overlapping(rows, low, high)
        reach = (min([low, *(r.start for r in found)]), max([high, *(r.end for r in found)]))
        if reach == (low, high):
            return found
        low, high = reach


def recolour(rows: Sequence[Taken], start: int, end: int, capacity: int) -> LaneChoice | None:
    """A place below the capacity after giving neighbours other lanes, or None when at some
    moment more than ``capacity`` rows would be active.

    ``rows`` must hold the whole cluster around the range. Overbooked rows (lane ≥ capacity) stay
    where they are. Assigning intervals in the order of their starts always succeeds when the
    depth allows it, so every row may keep its own lane whenever that is free.
    """
    newcomer = Taken("", start, end, -1)
    inside = [row for row in cluster(rows, start, end) if row.lane < capacity]
    ends = [0] * capacity
    assigned: dict[Id, int] = {}
    for row in sorted([*inside, newcomer], key=lambda r: (r.start, r.id)):
        open_lanes = [lane for lane in range(capacity) if ends[lane] <= row.start]
        if not open_lanes:
            return None
        lane = row.lane if row.lane in open_lanes else open_lanes[0]
        ends[lane] = row.end
        assigned[row.id] = lane
    moved = {row.id: assigned[row.id] for row in inside if assigned[row.id] != row.lane}
    return LaneChoice(assigned[""], moved)
