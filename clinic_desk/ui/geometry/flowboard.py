"""Where the cards of a board lie: five columns, in one piece or in a band for each lane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[int, int, int, int]
"""Left, top, width, height."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Pixels."""

    margin: int = 12
    gap: int = 10
    pad: int = 8
    between: int = 8
    lane_head: int = 30


@dataclass(frozen=True, slots=True)
class Placed:
    """``items``: the box of each item, by lane, column and place in the column. ``columns``: left
    and width of each column. ``lanes``: the box of each lane's heading (none without lanes), and
    ``bands`` the box of each lane as a whole."""

    columns: tuple[tuple[int, int], ...]
    items: tuple[tuple[tuple[Box, ...], ...], ...]
    lanes: tuple[Box, ...]
    bands: tuple[Box, ...]
    height: int


def column_edges(width: int, weights: Sequence[float], sizes: Sizes) -> list[tuple[int, int]]:
    """(left, width) of each column; together they fill the width to the pixel."""
    room = width - 2 * sizes.margin - (len(weights) - 1) * sizes.gap
    whole = sum(weights)
    edges, done = [], 0.0
    for place, weight in enumerate(weights):
        left = round(room * done / whole)
        done += weight
        right = round(room * done / whole)
        edges.append((sizes.margin + left + place * sizes.gap, right - left))
    return edges


def place(
    width: int,
    lanes: Sequence[Sequence[Sequence[int]]],
    weights: Sequence[float],
    sizes: Sizes,
    *,
    headed: bool,
    close: frozenset[int] = frozenset(),
) -> Placed:
    """``lanes``: per lane, per column, the height of each item. A lane is as high as its fullest
    column. In the columns of ``close`` items touch each other."""
    edges = column_edges(width, weights, sizes)
    top = 0
    items, heads, bands = [], [], []
    for lane in lanes:
        begin = top
        if headed:
            heads.append((sizes.margin, top, width - 2 * sizes.margin, sizes.lane_head))
            top += sizes.lane_head
        low = top + sizes.pad
        columns = []
        for number, ((left, wide), heights) in enumerate(zip(edges, lane, strict=True)):
            between = 0 if number in close else sizes.between
            y, boxes = top + sizes.pad, []
            for height in heights:
                boxes.append((left + sizes.pad, y, wide - 2 * sizes.pad, height))
                y += height + between
            low = max(low, y)
            columns.append(tuple(boxes))
        items.append(tuple(columns))
        top = low + sizes.pad
        bands.append((0, begin, width, top - begin))
    return Placed(tuple(edges), tuple(items), tuple(heads), tuple(bands), top)
