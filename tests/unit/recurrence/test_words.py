"""Rules in English, the bounds of a rule, and what is said about short months."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.recurrence import (
    check_new,
    clock_note,
    describe,
    expand,
    expanding,
    parse,
    parse_local,
    remarks,
)


def on(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(date(year, month, day), time(hour, minute))


TUESDAY = on(2027, 3, 2)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY;COUNT=10", "Every day, 10 times"),
        ("FREQ=DAILY;INTERVAL=3;UNTIL=20270512", "Every 3 days until 12 May 2027"),
        ("FREQ=WEEKLY;COUNT=6", "Every week on Tuesday, 6 times"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=6",
            "Every 2 weeks on Tuesday and Thursday, 6 times",
        ),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=5", "Every week on weekdays, 5 times"),
        (
            "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270512",
            "On the last Friday of every month until 12 May 2027",
        ),
        (
            "FREQ=MONTHLY;BYDAY=2TU;INTERVAL=3;COUNT=4",
            "Every 3 months on the second Tuesday, 4 times",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4", "On the last day of every month, 4 times"),
        ("FREQ=MONTHLY;COUNT=4", "On the 2nd of every month, 4 times"),
        (
            "FREQ=MONTHLY;BYDAY=MO,2TU;COUNT=4",
            "On Monday and the second Tuesday of every month, 4 times",
        ),
        ("FREQ=YEARLY", "Every year on 2 March"),
        ("FREQ=DAILY;COUNT=1", "Every day, once"),
        (
            "FREQ=WEEKLY;COUNT=2;RDATE=20270305T110000",
            "Every week on Tuesday, and on 5 Mar 2027, 2 times",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3",
            "On the last of Monday, Tuesday, Wednesday, Thursday and Friday of every month, "
            "3 times",
        ),
    ],
)  # fmt: skip
def test_a_rule_in_english(rule: str, words: str) -> None:
    assert describe(parse(rule), TUESDAY) == words


@pytest.mark.parametrize(
    ("rule", "field", "words"),
    [
        ("FREQ=WEEKLY;INTERVAL=53;COUNT=2", "interval", "1 to 52"),
        ("FREQ=WEEKLY;INTERVAL=0;COUNT=2", "interval", "1 to 52"),
        ("FREQ=WEEKLY;COUNT=0", "count", "1 to 100"),
        ("FREQ=WEEKLY;COUNT=101", "count", "at most 100"),
        ("FREQ=WEEKLY", "until", "how many visits"),
        ("FREQ=DAILY;UNTIL=20280101", "until", "must end by 9 Jun 2027"),
        ("FREQ=WEEKLY;UNTIL=20270301", "until", "before its first visit"),
        ("FREQ=WEEKLY;UNTIL=20270230", "until", "no day"),
        ("FREQ=WEEKLY;UNTIL=20270330;COUNT=3", "until", "not both"),
        ("FREQ=YEARLY;COUNT=3", "freq", "every 12 months"),
        ("FREQ=FORTNIGHTLY;COUNT=3", "freq", "not “FORTNIGHTLY”"),
        ("COUNT=3", "freq", "repeats by day"),
        ("FREQ=WEEKLY;BYDAY=2TU;COUNT=3", "weekdays", "Only a monthly"),
        ("FREQ=MONTHLY;BYDAY=6TU;COUNT=3", "weekdays", "at most five"),
        ("FREQ=MONTHLY;BYDAY=XX;COUNT=3", "weekdays", "no weekday"),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=3", "month_day", "no day|not a day"),
        ("FREQ=WEEKLY;BYMONTHDAY=3;COUNT=3", "month_day", "weekdays"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "rule", "no visit at all"),
        ("FREQ=WEEKLY;COUNT=3;COUNT=4", "rule", "twice"),
        ("FREQ=WEEKLY;BYEASTER=1;COUNT=3", "rule", "BYEASTER"),
        ("every Tuesday", "rule", "no part"),
        ("", "rule", "no part"),
    ],
)
def test_what_a_series_cannot_be_is_said_at_its_field(rule: str, field: str, words: str) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        check_new(parse(rule), TUESDAY)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=DAILY;BYDAY=MO;BYSETPOS=2;COUNT=3",
        "FREQ=WEEKLY;BYMONTH=2;BYDAY=MO;BYSETPOS=3;COUNT=3",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=MONTHLY;BYMONTHDAY=-31;BYMONTH=4,6,9,11;UNTIL=20351231",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=4;COUNT=3",
        "FREQ=MONTHLY;INTERVAL=24;BYMONTH=2;BYMONTHDAY=29;COUNT=3",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31;COUNT=3",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=-5SU;INTERVAL=2;COUNT=3",
    ],
)
def test_a_day_that_never_comes_is_not_looked_for(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel would look for it until the year 9999."""

    def asked(*_arguments: object, **_more: object) -> None:
        raise AssertionError("the kernel was asked")

    monkeypatch.setattr(expanding.kernel, "rrule", asked)
    assert expand(parse(rule), TUESDAY) == ()
    with pytest.raises(Refusal, match="no visit at all"):
        check_new(parse(rule), TUESDAY, known=parse(rule))


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;COUNT=3", on(2028, 2, 29)),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;COUNT=3", on(2044, 2, 29)),
        ("FREQ=MONTHLY;BYMONTH=2;BYDAY=5SU;COUNT=3", on(2032, 2, 29)),
        ("FREQ=MONTHLY;BYMONTHDAY=-31;COUNT=3", on(2027, 5, 1)),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=23;COUNT=3", on(2027, 3, 31)),
        ("FREQ=YEARLY;BYDAY=53SU;COUNT=3", on(2028, 12, 31)),
        ("FREQ=YEARLY;INTERVAL=52;BYMONTH=2;BYMONTHDAY=29;COUNT=3", None),
        ("FREQ=YEARLY;INTERVAL=49;BYMONTH=2;BYMONTHDAY=29;COUNT=3", on(2076, 2, 29)),
    ],
)
def test_a_day_that_comes_seldom_is_found(rule: str, first: datetime | None) -> None:
    found = expand(parse(rule), TUESDAY, 1)
    assert found == (() if first is None else (first,))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2027-02-30T09:00",
        "2027-03-02T09:00Z",
        "2027-03-02T09:00:30",
        "0001-01-01T00:00",
        "soon",
    ],
)
def test_a_start_that_is_none(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_local(text)
    assert refused.value.field == "local_start"


def test_the_31st_is_handled_and_said() -> None:
    rule, start = parse("FREQ=MONTHLY;COUNT=5"), on(2027, 1, 31)
    found = expand(rule, start)
    assert [day.month for day in found] == [1, 3, 5, 7, 8]
    assert remarks(rule, found) == (
        "There is no 31st in February, April and June: those months are left out. "
        "Choose the last day of the month to have one each month.",
    )
    assert describe(rule, start) == "On the 31st of every month, 5 times"
    last = parse("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=5")
    days = [(day.month, day.day) for day in expand(last, start)]
    assert days == [(1, 31), (2, 28), (3, 31), (4, 30), (5, 31)]
    assert remarks(last, expand(last, start)) == ()


def test_a_month_left_out_at_the_very_end_is_said_too() -> None:
    rule = parse("FREQ=MONTHLY;BYMONTHDAY=30;UNTIL=20270228")
    said = remarks(rule, expand(rule, on(2026, 12, 30)))
    assert said[0].startswith("There is no 30th in February: that month is left out.")


def test_the_fifth_friday_is_handled_and_said() -> None:
    rule = parse("FREQ=MONTHLY;BYDAY=5FR;COUNT=3")
    found = expand(rule, on(2027, 1, 29))
    assert [(day.month, day.day) for day in found] == [(1, 29), (4, 30), (7, 30)]
    assert remarks(rule, found) == (
        "There is no fifth Friday in February, March, May and June: those months are left out. "
        "Choose the last Friday to have one each month.",
    )
    last = parse("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3")
    assert remarks(last, expand(last, on(2027, 1, 29))) == ()


def test_the_29th_of_february() -> None:
    rule = parse("FREQ=YEARLY;COUNT=3")
    found = expand(rule, on(2028, 2, 29))
    assert [day.year for day in found] == [2028, 2032, 2036]
    assert remarks(rule, found) == (
        "There is a 29 February in leap years only: the other years are left out.",
    )


def test_clock_changes_are_said() -> None:
    assert clock_note(on(2027, 3, 28, 1, 30), "Europe/London") == (
        "The clocks go forward: there is no 01:30 that day, so it is at 02:30."
    )
    assert "comes twice" in clock_note(on(2027, 10, 31, 1, 30), "Europe/London")
    assert clock_note(on(2027, 3, 28, 9), "Europe/London") == ""
