"""Visits on paper against the clock: a scale that gives way, so that no text is ever cut.

A day sheet is true to time where there is room. Where a visit is too short for its words, the
hours around it are stretched, in all columns alike; where the sheet is too short, it goes on on
the next one. Lengths are points, times are minutes of the local day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Block:
    """``start`` < ``end``; ``need`` is the height that its words take."""

    key: str
    start: int
    end: int
    need: float


@dataclass(frozen=True, slots=True)
class Part:
    """A block, or a piece of it, on one page: ``top`` and ``height`` from the page's own
    beginning. ``words``: here is room for them, and they stand here and nowhere else. ``begun``
    before this page, ``more`` after it."""

    key: str
    top: float
    height: float
    words: bool
    begun: bool
    more: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """One page: the marks it shows as (minute, y), and its blocks."""

    marks: tuple[tuple[int, float], ...]
    parts: tuple[Part, ...]

    @property
    def height(self) -> float:
        return self.marks[-1][1]

    def y(self, minute: int) -> float:
        """Between two marks a straight line; beyond the page its edge."""
        minutes = [mark for mark, _ in self.marks]
        place = bisect_right(minutes, minute) - 1
        if place < 0:
            return self.marks[0][1]
        if place >= len(self.marks) - 1:
            return self.marks[-1][1]
        (low, top), (high, bottom) = self.marks[place], self.marks[place + 1]
        return top + (bottom - top) * (minute - low) / (high - low)


def lay(
    blocks: Sequence[Block], first: int, last: int, page: float, *, step: int = 30, least: float
) -> list[Stretch]:
    """Pages of height ``page`` for the blocks between the minutes ``first`` and ``last``, which
    must hold them all. ``least`` is the smallest height of an hour. Every block's words stand on
    exactly one page, in a part at least ``need`` high."""
    marks = sorted(
        {first, last}
        | set(range(first + (-first) % step, last, step))
        | {minute for b in blocks for minute in (b.start, b.end)}
    )
    ordered = sorted(blocks, key=lambda b: (b.end, -b.start, b.key))
    fitted = _fitted(ordered, marks, page, least)
    heights = fitted or _heights(ordered, marks, least / 60)
    pages: list[Stretch] = []
    begin, told = 0, set[str]()
    while begin < len(marks) - 1:
        _hold(ordered, marks, heights, begin, told)
        end = _break(ordered, marks, heights, begin, page, told)
        pages.append(_page(ordered, marks, heights, begin, end, told))
        begin = end
    return pages


def _fitted(
    blocks: Sequence[Block], marks: Sequence[int], page: float, least: float
) -> list[float] | None:
    """The scale that fills one page exactly; None where even the smallest takes more."""
    low, high = least / 60, page / max(1, marks[-1] - marks[0])
    if low > high or sum(_heights(blocks, marks, low)) > page:
        return None
    best = _heights(blocks, marks, low)
    for _ in range(8):
        middle = (low + high) / 2
        tried = _heights(blocks, marks, middle)
        if sum(tried) <= page:
            low, best = middle, tried
        else:
            high = middle
    return best


def _heights(blocks: Sequence[Block], marks: Sequence[int], per_minute: float) -> list[float]:
    """Of the segments between the marks; widened until each block has what it needs."""
    heights = [(b - a) * per_minute for a, b in pairwise(marks)]
    _hold(blocks, marks, heights, 0, set())
    return heights


def _hold(
    blocks: Sequence[Block],
    marks: Sequence[int],
    heights: list[float],
    begin: int,
    told: set[str],
) -> None:
    """Widens the segments from ``begin`` on for blocks whose words still have to stand there."""
    for block in blocks:
        if block.key in told or block.end <= marks[begin]:
            continue
        at = max(begin, bisect_left(marks, block.start))
        until = bisect_left(marks, block.end)
        lacking = block.need - sum(heights[at:until])
        if lacking > 0:
            length = marks[until] - marks[at]
            for place in range(at, until):
                heights[place] += lacking * (marks[place + 1] - marks[place]) / length


def _break(
    blocks: Sequence[Block],
    marks: Sequence[int],
    heights: Sequence[float],
    begin: int,
    page: float,
    told: set[str],
) -> int:
    """The mark with which the page that starts at ``begin`` ends. Where it can be, one that no
    block's words would have to wait behind; a little paper is given for that."""
    end, filled = begin, 0.0
    while end < len(heights) and (end == begin or filled + heights[end] <= page + 0.01):
        filled += heights[end]
        end += 1
    if end == len(heights):
        return end
    wanted, left = end, filled
    while wanted > begin + 1 and left > page * 0.8:
        if not _waiting(blocks, marks, heights, begin, wanted, told):
            return wanted
        wanted -= 1
        left -= heights[wanted]
    return end


def _waiting(
    blocks: Sequence[Block],
    marks: Sequence[int],
    heights: Sequence[float],
    begin: int,
    end: int,
    told: set[str],
) -> bool:
    at = marks[end]
    return any(
        block.start < at < block.end
        and block.key not in told
        and sum(heights[max(begin, bisect_left(marks, block.start)) : end]) < block.need
        for block in blocks
    )


def _page(
    blocks: Sequence[Block],
    marks: Sequence[int],
    heights: Sequence[float],
    begin: int,
    end: int,
    told: set[str],
) -> Stretch:
    """Notes in ``told`` whose words stand on this page."""
    tops = [0.0]
    for height in heights[begin:end]:
        tops.append(tops[-1] + height)
    shown = tuple(zip(marks[begin : end + 1], tops, strict=True))
    low, high = marks[begin], marks[end]
    parts = []
    for block in blocks:
        if block.end <= low or block.start >= high:
            continue
        top = tops[max(begin, bisect_left(marks, block.start)) - begin]
        bottom = tops[min(end, bisect_left(marks, block.end)) - begin]
        words = block.key not in told and bottom - top >= block.need - 0.01
        if words:
            told.add(block.key)
        parts.append(Part(block.key, top, bottom - top, words, block.start < low, block.end > high))
    return Stretch(shown, tuple(parts))
