"""The real clock and the real source of ids."""

from __future__ import annotations

from datetime import UTC, datetime

from clinic_desk.domain.ids import Id


class SystemClock:
    """The computer's clock, aware UTC, to the microsecond."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Uuid7:
    """Mints UUID version 7 text: time-ordered, so that rows sort by creation."""

    def __call__(self) -> Id:
        from uuid_utils import uuid7

        return str(uuid7())
