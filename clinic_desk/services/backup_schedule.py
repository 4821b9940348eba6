"""When the next backup is due, and how old the last may be. The wall clock may jump: a computer
sleeps, a battery is empty, somebody puts the clock right."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from clinic_desk.services.backup_ports import BackupPlan

AHEAD = timedelta(minutes=2)
"""A copy may carry a time so far after now: two clocks are seldom one."""

AGAIN = (60.0, 300.0, 900.0)
"""Seconds after which a backup that failed is tried again, the last from then on."""


class Age(StrEnum):
    """FRESH within the plan, LATE when a copy is overdue, OLD when it is too old to live with,
    NONE when there is none."""

    FRESH = "fresh"
    LATE = "late"
    OLD = "old"
    NONE = "none"


def due(plan: BackupPlan, last: datetime | None, now: datetime, waited: float) -> bool:
    """Whether the plan wants a copy now. ``last`` is when the newest good one was made (UTC),
    ``waited`` the seconds since this program last made or found one, by a clock that is never
    put right. A last copy of the future says nothing: then the waiting counts alone."""
    if not plan.minutes:
        return False
    if last is None:
        return True
    every = timedelta(minutes=plan.minutes)
    if last > now + AHEAD:
        return waited >= every.total_seconds()
    return now - last >= every or waited >= 2 * every.total_seconds()


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row (≥ 1)."""
    return AGAIN[min(failures, len(AGAIN)) - 1]


def age_of(plan: BackupPlan, last: datetime | None, now: datetime, warn_days: int) -> Age:
    """How the last good copy stands against the plan. Twice the interval is allowed before it is
    late: a copy takes its time, and a busy computer too."""
    if last is None:
        return Age.NONE
    age = now - last
    if age > timedelta(days=warn_days):
        return Age.OLD
    if plan.minutes and age > 2 * timedelta(minutes=plan.minutes):
        return Age.LATE
    return Age.FRESH
