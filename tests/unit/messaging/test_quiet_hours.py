"""Quiet hours as they are typed, and around the days on which clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from clinic_desk.domain.message_changes import after_quiet, before_quiet
from clinic_desk.domain.message_rules import Rules, quiet_fault
from clinic_desk.domain.people import Patient
from tests.fakes import message_oracle as oracle

CHANGES = (
    ("Europe/London", "2026-10-25"), ("Europe/London", "2027-03-28"),
    ("Europe/Istanbul", "2026-10-25"), ("America/New_York", "2026-11-01"),
    ("America/New_York", "2027-03-14"), ("America/Santiago", "2026-09-06"),
    ("America/Havana", "2027-03-14"), ("Australia/Lord_Howe", "2026-10-04"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("20:00-08:00", ""), ("8:00 – 9:30", ""), ("none", ""), ("None ", ""),
        ("25:00-08:00", "Type two times such as 20:00-08:00, or none."),
        ("abc", "Type two times such as 20:00-08:00, or none."),
        ("20:00", "Type two times such as 20:00-08:00, or none."),
        ("-20:00-08:00", "Type two times such as 20:00-08:00, or none."),
        ("08:00-08:00", "They end when they begin; type none for no quiet hours."),
        ("00:00-23:59",
         "They leave less than an hour of the day in which a message could come."),
        ("08:00-07:01",
         "They leave less than an hour of the day in which a message could come."),
    ],
)  # fmt: skip
def test_what_may_be_typed(typed: str, fault: str) -> None:
    assert quiet_fault(typed) == fault


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize("hours", ["20:00-08:00", "23:00-04:30", "00:00-05:00", "03:30-04:30"])
def test_around_a_clock_change_as_somebody_with_a_watch_would(
    zone: str, day: str, hours: str
) -> None:
    """A reminder comes five minutes before the hours, a notice at their end."""
    rules, clinic = Rules(zone=zone), oracle.Clinic()
    patient = Patient(id="p", record_number="1", first_name="A", last_name="B", quiet=hours)
    asked = SimpleNamespace(quiet=hours, zone="")
    first = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=14)
    for step in range(0, 42 * 60, 13):
        due = first + timedelta(minutes=step)
        minute = oracle.minute_of(due)
        before = oracle.minute_of(before_quiet(rules, patient, zone, due))
        assert before == oracle.earlier(clinic, asked, zone, minute), due
        after = oracle.minute_of(after_quiet(rules, patient, zone, due))
        assert after == oracle.later(clinic, asked, zone, minute, None), due
