"""The real clock and the real source of ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic

from clinic_desk.domain.ids import Id


class SystemClock:
    """The computer's clock, aware UTC, to the microsecond."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """Runs on from a chosen instant, at the speed of the computer's clock: the tour finds the same
    clinic on the same morning whenever it is made."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=monotonic() - self._began)


class Uuid7:
    """Mints UUID version 7 text: time-ordered, so that rows sort by creation."""

    def __call__(self) -> Id:
        from uuid_utils import uuid7

        return str(uuid7())
