"""Times as people say them. Today is Tuesday 24 November 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desk.services.when import When, parse_day, parse_when

TODAY = date(2026, 11, 24)
D = date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", When()),
        ("tue pm", When(weekdays=frozenset({1}), earliest=720)),
        ("after 4", When(earliest=960)),
        ("after 4pm", When(earliest=960)),
        ("after 16:30", When(earliest=990)),
        ("after 9", When(earliest=540)),
        ("before 11", When(latest=660)),
        ("before 11 after 9", When(earliest=540, latest=660)),
        ("between 9 and 11", When(earliest=540, latest=660)),
        ("9-11:30", When(earliest=540, latest=690)),
        ("2 to 4", When(earliest=840, latest=960)),
        ("in 2 weeks", When(first=D(2026, 12, 8))),
        ("in 2w", When(first=D(2026, 12, 8))),
        ("+2w", When(first=D(2026, 12, 8))),
        ("in a week", When(first=D(2026, 12, 1))),
        ("two weeks from now", When(first=D(2026, 12, 8))),
        ("in 3 months", When(first=D(2027, 2, 24))),
        ("within 2 weeks", When(first=TODAY, last=D(2026, 12, 8))),
        ("next 3 days", When(first=TODAY, last=D(2026, 11, 27))),
        ("10:15", When(minute=615)),
        ("10.15", When(minute=615)),
        ("at 9", When(minute=540)),
        ("4", When(minute=960)),
        ("07:30", When(minute=450)),
        ("7:30", When(minute=1170)),
        ("12am", When(minute=0)),
        ("12pm", When(minute=720)),
        ("4 o'clock", When(minute=960)),
        ("today", When(first=TODAY, last=TODAY)),
        ("tomorrow", When(first=D(2026, 11, 25), last=D(2026, 11, 25))),
        ("day after tomorrow", When(first=D(2026, 11, 26), last=D(2026, 11, 26))),
        ("tomorrow 10:15", When(first=D(2026, 11, 25), last=D(2026, 11, 25), minute=615)),
        ("fri", When(weekdays=frozenset({4}))),
        ("mon or wed morning", When(weekdays=frozenset({0, 2}), latest=720)),
        ("thursdays", When(weekdays=frozenset({3}))),
        ("this fri after 3pm", When(first=D(2026, 11, 27), last=D(2026, 11, 27), earliest=900)),
        ("next tue", When(first=D(2026, 12, 1), last=D(2026, 12, 1))),
        ("next fri", When(first=D(2026, 12, 4), last=D(2026, 12, 4))),
        ("mornings", When(latest=720)),
        ("afternoon", When(earliest=720)),
        ("evenings", When(earliest=1020)),
        ("weekdays", When(weekdays=frozenset(range(5)))),
        ("weekend", When(weekdays=frozenset({5, 6}))),
        ("next week", When(first=D(2026, 11, 30), last=D(2026, 12, 6))),
        ("this week", When(first=TODAY, last=D(2026, 11, 29))),
        ("next month", When(first=D(2026, 12, 1), last=D(2026, 12, 31))),
        ("this month", When(first=TODAY, last=D(2026, 11, 30))),
        ("december", When(first=D(2026, 12, 1), last=D(2026, 12, 31))),
        ("in march", When(first=D(2027, 3, 1), last=D(2027, 3, 31))),
        ("12.5", When(first=D(2027, 5, 12), last=D(2027, 5, 12))),
        ("12/5/2028", When(first=D(2028, 5, 12), last=D(2028, 5, 12))),
        ("2027-01-05", When(first=D(2027, 1, 5), last=D(2027, 1, 5))),
        ("5 dec", When(first=D(2026, 12, 5), last=D(2026, 12, 5))),
        ("dec 5th", When(first=D(2026, 12, 5), last=D(2026, 12, 5))),
        ("3rd of march 2027", When(first=D(2027, 3, 3), last=D(2027, 3, 3))),
        ("30 min tue", When(weekdays=frozenset({1}), length=30)),
        ("1h", When(length=60)),
        ("xyzzy fri", When(weekdays=frozenset({4}), unread=("xyzzy",))),
        ("31.2", When(unread=("31.2",))),
        ("25:00", When(unread=("25:00",))),
    ],
)
def test_what_was_said(text: str, expected: When) -> None:
    assert parse_when(text, TODAY) == expected


def test_american_dates_are_month_first() -> None:
    assert parse_when("5/12", TODAY, "en_US").first == D(2027, 5, 12)
    assert parse_when("5/12", TODAY, "en_GB").first == D(2026, 12, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fri", D(2026, 11, 27)),
        ("tue", D(2026, 12, 1)),
        ("tuesday", D(2026, 12, 1)),
        ("next fri", D(2026, 12, 4)),
        ("last fri", D(2026, 11, 20)),
        ("last tue", D(2026, 11, 17)),
        ("+2w", D(2026, 12, 8)),
        ("-1w", D(2026, 11, 17)),
        ("+3", D(2026, 11, 27)),
        ("-1", D(2026, 11, 23)),
        ("+1m", D(2026, 12, 24)),
        ("today", TODAY),
        ("yesterday", D(2026, 11, 23)),
        ("tomorrow", D(2026, 11, 25)),
        ("12.5", D(2027, 5, 12)),
        ("12.5.26", D(2026, 5, 12)),
        ("24.11", TODAY),
        ("29.2", D(2028, 2, 29)),
        ("31", D(2026, 12, 31)),
        ("24", TODAY),
        ("5 dec", D(2026, 12, 5)),
        ("next month", D(2026, 12, 1)),
        ("in 2 weeks fri", D(2026, 12, 11)),
        ("2026-12-01", D(2026, 12, 1)),
        ("", None),
        ("heute", None),
        ("10:15", None),
        ("after 4", None),
        ("31.2.2027", None),
        ("99", None),
        ("+999y", D(3025, 11, 24)),
    ],
)
def test_go_to_date(text: str, expected: date | None) -> None:
    assert parse_day(text, TODAY) == expected


@given(st.text(alphabet="0123456789 :.,-+/abdefhimnoprstuwyı'–", max_size=30))
def test_nothing_that_is_typed_raises(text: str) -> None:
    found = parse_when(text, TODAY)
    for minute in (found.earliest, found.latest, found.minute):
        assert minute is None or 0 <= minute <= 1440
    if found.first is not None and found.last is not None:
        assert found.first <= found.last
    assert set("".join(found.unread)) <= set(text.lower())
    parse_day(text, TODAY)


@given(st.dates(min_value=date(2026, 11, 24), max_value=date(2031, 1, 1)))
def test_dates_read_back(day: date) -> None:
    for text in (
        f"{day}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day}/{day.month}/{day.year}",
    ):
        assert parse_day(text, TODAY) == day


def test_a_pasted_letter_is_read_no_further_than_a_line() -> None:
    when = parse_when("tue " * 500_000, date(2026, 11, 24))
    assert when.weekdays == frozenset({1})
    assert parse_day("x" * 1_000_000, date(2026, 11, 24)) is None


@pytest.mark.parametrize(
    ("text", "rule", "weekdays"),
    [
        ("every 2 weeks x6", "FREQ=WEEKLY;INTERVAL=2;COUNT=6", set()),
        ("tue pm every 2 weeks x6", "FREQ=WEEKLY;INTERVAL=2;COUNT=6", {1}),
        ("every other tue 4 times", "FREQ=WEEKLY;INTERVAL=2;COUNT=4", {1}),
        ("weekly x6", "FREQ=WEEKLY;COUNT=6", set()),
        ("fortnightly", "FREQ=WEEKLY;INTERVAL=2", set()),
        ("every month for 3 visits", "FREQ=MONTHLY;COUNT=3", set()),
        ("every 3 days x5 after 4", "FREQ=DAILY;INTERVAL=3;COUNT=5", set()),
        ("10:15", "", set()),
    ],
)
def test_that_a_visit_repeats(text: str, rule: str, weekdays: set[int]) -> None:
    found = parse_when(text, date(2026, 11, 24))
    assert (found.repeats, set(found.weekdays), found.unread) == (rule, weekdays, ())


@pytest.mark.parametrize("text", ["every 2 parsecs x6", "every 200 weeks", "every week x999"])
def test_what_no_series_can_be_is_unread(text: str) -> None:
    found = parse_when(text, date(2026, 11, 24))
    assert found.repeats == ""
    assert found.unread
