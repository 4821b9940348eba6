"""Periods that people name: this month, last quarter, the last twelve months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

ONE = timedelta(days=1)

Period = tuple[date, date]
"""First and last day."""


def today(day: date) -> Period:
    return day, day


def week(day: date) -> Period:
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6)


def month(day: date) -> Period:
    return _months(day.replace(day=1), 1)


def quarter(day: date) -> Period:
    return _months(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1), 3)


def year(day: date) -> Period:
    return date(day.year, 1, 1), date(day.year, 12, 31)


def last_twelve(day: date) -> Period:
    """Twelve whole months that end with the one of the day."""
    number = day.year * 12 + day.month - 12
    return _months(date(number // 12, number % 12 + 1, 1), 12)


def _months(first: date, count: int) -> Period:
    number = first.year * 12 + first.month - 1 + count
    return first, date(number // 12, number % 12 + 1, 1) - ONE


def before(period: Callable[[date], Period]) -> Callable[[date], Period]:
    """The same kind of period, one earlier."""
    return lambda day: period(period(day)[0] - ONE)


PERIODS: tuple[tuple[str, Callable[[date], Period]], ...] = (
    ("Today", today),
    ("This week", week),
    ("This month", month),
    ("This quarter", quarter),
    ("This year", year),
    ("Last week", before(week)),
    ("Last month", before(month)),
    ("Last quarter", before(quarter)),
    ("Last year", before(year)),
    ("Last 12 months", last_twelve),
)
OWN = "From … to"
