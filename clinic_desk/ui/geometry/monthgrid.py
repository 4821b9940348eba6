"""Six weeks of seven days: dates, week numbers, and what stands where. Pixels are logical."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 6
DAYS = 7
CHIP = 18
"""Height of a chip and of a load bar's row."""

DAY_HEAD = 26
"""Height of the line with the day's figure."""


def month_days(year: int, month: int, first_weekday: int = 0) -> tuple[date, ...]:
    """42 days that begin on ``first_weekday`` (0 Monday … 6 Sunday) on or before the 1st."""
    first = date(year, month, 1)
    start = first - timedelta(days=(first.weekday() - first_weekday) % DAYS)
    return tuple(start + timedelta(days=i) for i in range(WEEKS * DAYS))


def week_number(start: date, first_weekday: int = 0) -> int:
    """The number of the week that begins on ``start``: ISO where weeks begin on Monday, else the
    week that holds 1 January is number 1."""
    if first_weekday == 0:
        return start.isocalendar().week
    end = start + timedelta(days=6)
    new_year = date(end.year, 1, 1)
    first = new_year - timedelta(days=(new_year.weekday() - first_weekday) % DAYS)
    return (start - first).days // DAYS + 1


def week_of(day: date, rule: str = "auto", first_weekday: int = 0) -> int | None:
    """The number of the week that holds ``day``; None when no numbers are wanted. ``rule``: "iso",
    "auto" (``week_number``) or "off"."""
    if rule == "off":
        return None
    start = day - timedelta(days=(day.weekday() - first_weekday) % DAYS)
    if rule == "iso":  # a week that begins on Sunday has most of its days in the next ISO week
        return (start + timedelta(days=(3 - first_weekday) % DAYS)).isocalendar().week
    return week_number(start, first_weekday)


def months_later(day: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(1))


@dataclass(frozen=True, slots=True)
class MonthGrid:
    """Cells of the month in an area of ``width`` × ``height`` that begins at (0, 0)."""

    width: int
    height: int
    mirrored: bool = False

    def rect(self, index: int) -> tuple[int, int, int, int]:
        """(left, top, width, height) of day ``index`` 0 … 41."""
        row, place = divmod(index, DAYS)
        column = DAYS - 1 - place if self.mirrored else place
        left = column * self.width // DAYS
        right = (column + 1) * self.width // DAYS
        top = row * self.height // WEEKS
        bottom = (row + 1) * self.height // WEEKS
        return left, top, right - left, bottom - top

    def index_at(self, x: float, y: float) -> int | None:
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        for index in range(WEEKS * DAYS):
            left, top, width, height = self.rect(index)
            if left <= x < left + width and top <= y < top + height:
                return index
        return None


@dataclass(frozen=True, slots=True)
class BarPart:
    """The part of bar number ``bar`` within one week: places ``first`` … ``last`` of 0 … 41, on
    ``line`` 0 … below the day's figure."""

    bar: int
    first: int
    last: int
    line: int


def bar_parts(spans: Sequence[tuple[int, int]]) -> list[BarPart]:
    """Cuts bars (first and last place, inclusive, perhaps outside 0 … 41) at the ends of weeks.
    Within a week a bar keeps its line; the earlier and the longer stand higher."""
    result = []
    for row in range(WEEKS):
        start, end = row * DAYS, row * DAYS + DAYS - 1
        inside = [
            (max(first, start), min(last, end), bar)
            for bar, (first, last) in enumerate(spans)
            if first <= end and last >= start
        ]
        ends: list[int] = []
        for first, last, bar in sorted(inside, key=lambda e: (e[0], e[0] - e[1], e[2])):
            line = next((n for n, taken in enumerate(ends) if taken < first), len(ends))
            if line == len(ends):
                ends.append(last)
            else:
                ends[line] = last
            result.append(BarPart(bar, first, last, line))
    return result


def chips_that_fit(height: int, count: int) -> tuple[int, int]:
    """(chips shown, hidden) in a cell of that height; a "+n more" line takes one chip's place."""
    room = max(0, (height - DAY_HEAD - 2) // CHIP)
    if count <= room:
        return count, 0
    shown = max(0, room - 1)
    return shown, count - shown


def heat(share: float) -> int:
    """0 empty, 1 below half, 2 below three quarters, 3 below 95 %, 4 full."""
    for level, limit in enumerate((0.0, 0.5, 0.75, 0.95)):
        if share <= 0 if level == 0 else share < limit:
            return level
    return 4
