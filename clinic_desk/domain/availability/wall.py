"""Wall clocks and plain arithmetic on minutes since the epoch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from clinic_desk.domain.spans import at_local, epoch, zone


def subtract(start: int, end: int, cuts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of [start, end); ``cuts`` in any order, overlapping or not."""
    left: list[tuple[int, int]] = []
    at = start
    for low, high in sorted(cuts):
        if high <= at or low >= end:
            continue
        if low > at:
            left.append((at, low))
        at = max(at, high)
        if at >= end:
            return left
    if at < end:
        left.append((at, end))
    return left


class LocalTime:
    """Wall clock to epoch minutes, remembering the days it has seen."""

    def __init__(self) -> None:
        self._days: dict[str, dict[date, tuple[int, int, bool]]] = {}

    def day(self, zone_name: str, day: date) -> tuple[int, int, bool]:
        """(start, end, plain) of a local day; plain when no clock change falls into it."""
        days = self._days.get(zone_name)
        if days is None:
            days = self._days.setdefault(zone_name, {})
        known = days.get(day)
        if known is None:
            first, last = at_local(day, 0, zone_name), at_local(day, 1440, zone_name)
            start, end = epoch(first) // 60, epoch(last) // 60
            here = zone(zone_name)
            same = first.astimezone(here).utcoffset() == last.astimezone(here).utcoffset()
            known = days[day] = (start, end, same and end - start == 1440)
        return known

    def minute(self, zone_name: str, day: date, minute: int) -> int:
        start, _end, plain = self.day(zone_name, day)
        if plain and minute <= 1440:
            return start + minute
        return epoch(at_local(day, minute, zone_name)) // 60


def outwards(start: datetime, end: datetime) -> tuple[int, int]:
    return epoch(start) // 60, -(-epoch(end) // 60)


def inwards(start: datetime, end: datetime) -> tuple[int, int]:
    return -(-epoch(start) // 60), epoch(end) // 60


def utc_day(minute: int) -> date:
    return datetime.fromtimestamp(minute * 60, UTC).date()


def days_between(first: date, last: date) -> list[date]:
    """Both ends included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
