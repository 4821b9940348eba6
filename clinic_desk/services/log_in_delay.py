"""The growing delay after wrong attempts: arithmetic alone.

Every attempt is noted before it is judged, so that ending the program, or asking from two places
at once, buys no attempt. The delay is kept in the store, on the wall clock of the desks.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

from clinic_desk.services.staff_ports import StoredSecret

DELAYS = (0, 0, 1, 2, 5, 15, 30, 60, 120, 300, 600, 900)
"""Seconds to wait after the first, second, … wrong attempt in a row; the last from then on."""


def delay_after(failures: int) -> int:
    return DELAYS[min(failures, len(DELAYS)) - 1] if failures > 0 else 0


def noted(secret: StoredSecret, now: datetime) -> StoredSecret:
    """With one attempt more."""
    failures = secret.failures + 1
    return replace(
        secret,
        failures=failures,
        failed_at=now,
        wait_until=now + timedelta(seconds=delay_after(failures)),
    )


def cleared(secret: StoredSecret) -> StoredSecret:
    return replace(secret, failures=0, failed_at=None, wait_until=None)


def turned_back(secret: StoredSecret, now: datetime) -> StoredSecret | None:
    """The secret with its delay counted anew from ``now``, when the clock was put back behind the
    last attempt; None otherwise. So a clock that jumps back neither shortens the
    delay nor makes it last until the jump is made up."""
    failed = secret.failed_at
    if failed is None or secret.wait_until is None or now >= failed:
        return None
    return replace(
        secret, failed_at=now, wait_until=now + timedelta(seconds=delay_after(secret.failures))
    )


def seconds_left(secret: StoredSecret, now: datetime) -> int:
    """Whole seconds, rounded up, until the next attempt counts."""
    if secret.wait_until is None:
        return 0
    left = (turned_back(secret, now) or secret).wait_until
    assert left is not None
    return max(0, math.ceil((left - now).total_seconds()))
