"""Time and identity under the test's control."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: Tuesday 24 November 2026, 08:00 in Berlin.
MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


class FixedClock:
    """Stands still until it is told to move. Always aware, always UTC."""

    def __init__(self, now: datetime = MORNING) -> None:
        self._now = self._utc(now)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = self._utc(now)

    def advance(self, **step: float) -> datetime:
        """Keywords as of ``timedelta``: ``advance(minutes=5)``. Returns the new now."""
        self._now += timedelta(**step)
        return self._now

    @staticmethod
    def _utc(moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("a clock tells aware instants")
        return moment.astimezone(UTC)


class CountingIds:
    """Ids in the form of the real ones (version 7, canonical text), sorted by creation."""

    def __init__(self, first: int = 1) -> None:
        self._next = first

    def __call__(self) -> str:
        number, self._next = self._next, self._next + 1
        digits = f"{number:024x}"
        # 12 digits of time, the version, then the variant: ours counts in the time's place too.
        return f"{digits[:8]}-{digits[8:12]}-7{digits[12:15]}-8{digits[15:18]}-{digits[18:]:0>12}"
