"""When a backup is due, through sleep and clocks that are put right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clinic_desk.services.backup_ports import BackupPlan
from clinic_desk.services.backup_schedule import Age, age_of, due, pause_after

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HOURLY = BackupPlan(minutes=60)


def test_due_by_the_age_of_the_last_copy() -> None:
    assert due(HOURLY, None, NOW, 0)
    assert not due(HOURLY, NOW - timedelta(minutes=59), NOW, 0)
    assert due(HOURLY, NOW - timedelta(minutes=60), NOW, 0)
    assert not due(BackupPlan(minutes=0), None, NOW, 10**9)


def test_a_clock_put_back_an_hour_does_not_stop_the_plan() -> None:
    last, back = NOW, NOW - timedelta(hours=1)
    assert not due(HOURLY, last, back, 60)
    assert due(HOURLY, last, back, 3600)


def test_a_clock_put_back_less_than_the_copy_is_old_only_delays_it_once() -> None:
    last = NOW - timedelta(minutes=50)
    back = NOW - timedelta(minutes=45)
    assert not due(HOURLY, last, back, 3599)
    assert due(HOURLY, last, back, 7200)


def test_after_a_year_forward_one_copy_is_due_and_then_the_plan_goes_on() -> None:
    later = NOW + timedelta(days=365)
    assert due(HOURLY, NOW, later, 0)
    assert not due(HOURLY, later, later + timedelta(minutes=1), 60)


@given(
    minutes=st.integers(1, 24 * 60),
    last=st.integers(-(10**8), 10**8),
    waited=st.floats(0, 10**6),
)
def test_no_clock_keeps_a_copy_from_being_made_for_long(
    minutes: int, last: int, waited: float
) -> None:
    """Whatever the wall clock says: after two intervals of real time a copy is due."""
    plan = BackupPlan(minutes=minutes)
    if waited >= 2 * minutes * 60:
        assert due(plan, NOW + timedelta(seconds=last), NOW, waited)


def test_words_for_the_age() -> None:
    ages = {0: Age.FRESH, 119: Age.FRESH, 121: Age.LATE, 2 * 1440: Age.LATE, 2 * 1440 + 1: Age.OLD}
    for minutes, age in ages.items():
        assert age_of(HOURLY, NOW - timedelta(minutes=minutes), NOW, 2) is age
    assert age_of(HOURLY, None, NOW, 2) is Age.NONE
    assert age_of(BackupPlan(minutes=0), NOW - timedelta(hours=9), NOW, 2) is Age.FRESH


def test_failures_are_tried_again_more_and_more_seldom() -> None:
    assert [pause_after(n) for n in (1, 2, 3, 9)] == [60, 300, 900, 900]
