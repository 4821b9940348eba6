"""Half-open spans of instants, and the reading of wall-clock times.

Instants are aware datetimes in UTC. A wall-clock time that a clock change skips is read with
the offset before the gap; one that occurs twice is its first occurrence (RFC 5545, 3.3.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``start`` ≤ t < ``end``; both aware UTC, start < end."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span needs aware instants")
        if self.start >= self.end:
            raise ValueError("a span must end after it starts")

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds() // 60)

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def shifted(self, by: timedelta) -> Span:
        return Span(self.start + by, self.end + by)


def epoch(instant: datetime) -> int:
    """Whole seconds since 1970-01-01T00:00Z of an aware instant."""
    return int(instant.timestamp())


def from_epoch(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; raises ``zoneinfo.ZoneInfoNotFoundError`` for whatever is none,
    the folder "Europe" and a path out of the zones' folder included."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError) as error:
        raise ZoneInfoNotFoundError(name) from error


def at_local(day: date, minute_of_day: int, zone_name: str) -> datetime:
    """The UTC instant of a wall-clock minute (0 … 1440 and beyond: next day's midnight).

    In a gap the offset before the gap is used, in a fold the first occurrence: both are what
    ``fold=0`` means (PEP 495, RFC 5545 3.3.5).
    """
    whole, minute = divmod(minute_of_day, 1440)
    wall = datetime.combine(
        day + timedelta(days=whole), time(minute // 60, minute % 60), tzinfo=zone(zone_name)
    )
    return wall.astimezone(UTC)


def local_day_bounds(first: date, last: date, zone_name: str) -> Span:
    """From local midnight of ``first`` to local midnight after ``last`` (inclusive)."""
    return Span(at_local(first, 0, zone_name), at_local(last + timedelta(days=1), 0, zone_name))


def local_date(instant: datetime, zone_name: str) -> date:
    return instant.astimezone(zone(zone_name)).date()


@lru_cache(maxsize=512)
def shifts(first: date, last: date, zone_name: str) -> tuple[tuple[int, int, int], ...]:
    """The local days ``first`` … ``last`` as stretches on which the zone keeps its offset:
    (start, end, offset), the first two in epoch seconds, half-open, the offset in seconds east of
    UTC. Start + offset read as UTC is the wall clock."""
    local = zone(zone_name)

    def offset(seconds: int) -> int:
        found = from_epoch(seconds).astimezone(local).utcoffset()
        return int((found or timedelta()).total_seconds())

    span = local_day_bounds(first, last, zone_name)
    at, end = epoch(span.start), epoch(span.end)
    found: list[tuple[int, int, int]] = []
    begun, kept = at, offset(at)
    while at < end:
        then = min(end, at + 86_400)
        if offset(then) != kept:
            low, high = at, then
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == kept else (low, middle)
            if high < end:
                found.append((begun, high, kept))
                begun, kept = high, offset(high)
            then = high
        at = then
    found.append((begun, end, kept))
    return tuple(found)
