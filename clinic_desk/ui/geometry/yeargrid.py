"""Twelve months on one surface: where each day is, and which day is at a point. No Qt."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 6
GAP = 20
"""Pixels between two months."""


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True, slots=True)
class YearGrid:
    """``head`` is the height of a month's name and its weekdays together. ``first_weekday`` 0 is
    Monday. ``mirrored``: right to left."""

    year: int
    width: float
    height: float
    head: float
    first_weekday: int = 0
    mirrored: bool = False

    @property
    def across(self) -> int:
        """Months beside each other: the number with the squarest days."""
        return min((6, 4, 3, 2), key=lambda n: abs(self._slope(n)))

    def _slope(self, across: int) -> float:
        down = 12 // across
        wide = (self.width - GAP * (across - 1)) / across / 7
        high = ((self.height - GAP * (down - 1)) / down - self.head) / WEEKS
        return wide - 1.35 * high

    def month(self, number: int) -> Box:
        """1 … 12, its name included."""
        across = self.across
        down = 12 // across
        row, column = divmod(number - 1, across)
        if self.mirrored:
            column = across - 1 - column
        wide = (self.width - GAP * (across - 1)) / across
        high = (self.height - GAP * (down - 1)) / down
        return Box(column * (wide + GAP), row * (high + GAP), wide, high)

    def column_of(self, weekday: int) -> int:
        """From the left, of a weekday (0 Monday)."""
        column = (weekday - self.first_weekday) % 7
        return 6 - column if self.mirrored else column

    def day(self, day: date) -> Box:
        month = self.month(day.month)
        lead = (day.replace(day=1).weekday() - self.first_weekday) % 7
        row = (lead + day.day - 1) // 7
        wide, high = month.width / 7, (month.height - self.head) / WEEKS
        x = month.x + self.column_of(day.weekday()) * wide
        return Box(x, month.y + self.head + row * high, wide, high)

    def at(self, x: float, y: float) -> date | None:
        for number in range(1, 13):
            if not self.month(number).holds(x, y):
                continue
            for one in range(1, monthrange(self.year, number)[1] + 1):
                day = date(self.year, number, one)
                if self.day(day).holds(x, y):
                    return day
        return None


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]
