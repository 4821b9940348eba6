"""Side-by-side placement of overlapping visits: a pure function without recursion.

Sort by start, longer first; split into connected clusters; give each item the lowest free lane;
then widen it over the lanes that stay free beside it. Numbers are any consistent unit (minutes).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """``start`` < ``end``. ``key`` breaks ties, so that a picture never depends on luck."""

    key: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Placement:
    """``lane`` of ``lanes``, ``span`` lanes wide. ``overflow`` names the items folded into a
    "+n" block (its own key is then the first of them)."""

    key: str
    start: float
    end: float
    lane: int
    lanes: int
    span: int = 1
    overflow: tuple[str, ...] = ()


def pack(
    items: Sequence[Item], *, shortest: float = 0.0, most_lanes: int | None = None
) -> list[Placement]:
    """Places every item exactly once. ``shortest`` is the length that the smallest drawable block
    stands for: shorter items occupy that much. With ``most_lanes`` a crowded cluster keeps that
    many lanes and folds the rest into "+n" blocks in the last one (``overflow``)."""
    queue = sorted(
        ((i.start, max(i.end, i.start + shortest), i) for i in items),
        key=lambda e: (e[0], e[0] - e[1], e[2].key),
    )
    result: list[Placement] = []
    cluster: list[tuple[float, float, Item]] = []
    reach = float("-inf")
    for entry in queue:
        if cluster and entry[0] >= reach:
            _settle(cluster, most_lanes, result)
            cluster = []
            reach = float("-inf")
        cluster.append(entry)
        reach = max(reach, entry[1])
    if cluster:
        _settle(cluster, most_lanes, result)
    return result


def _settle(
    cluster: list[tuple[float, float, Item]], most_lanes: int | None, result: list[Placement]
) -> None:
    if len(cluster) == 1:
        start, end, item = cluster[0]
        result.append(Placement(item.key, start, end, 0, 1))
        return
    starts: list[list[float]] = []
    ends: list[list[float]] = []
    lane_of: list[int] = []
    for start, end, _ in cluster:
        lane = next((n for n, taken in enumerate(ends) if taken[-1] <= start), len(ends))
        if lane == len(ends):
            starts.append([])
            ends.append([])
        starts[lane].append(start)
        ends[lane].append(end)
        lane_of.append(lane)
    lanes = len(ends)
    if most_lanes is not None and lanes > most_lanes:
        _fold(cluster, lane_of, most_lanes, result)
        return
    for (start, end, item), lane in zip(cluster, lane_of, strict=True):
        span = 1
        while lane + span < lanes and _free(starts[lane + span], ends[lane + span], start, end):
            span += 1
        result.append(Placement(item.key, start, end, lane, lanes, span))


def _free(starts: list[float], ends: list[float], start: float, end: float) -> bool:
    before = bisect_left(starts, end)
    return before == 0 or ends[before - 1] <= start


def _fold(
    cluster: list[tuple[float, float, Item]],
    lane_of: list[int],
    most_lanes: int,
    result: list[Placement],
) -> None:
    last = most_lanes - 1
    folded: list[tuple[float, float, list[str]]] = []
    for (start, end, item), lane in zip(cluster, lane_of, strict=True):
        if lane < last:
            result.append(Placement(item.key, start, end, lane, most_lanes))
        elif folded and start < folded[-1][1]:
            group_start, group_end, keys = folded[-1]
            keys.append(item.key)
            folded[-1] = (group_start, max(group_end, end), keys)
        else:
            folded.append((start, end, [item.key]))
    for start, end, keys in folded:
        overflow = tuple(keys) if len(keys) > 1 else ()
        result.append(Placement(keys[0], start, end, last, most_lanes, 1, overflow))
