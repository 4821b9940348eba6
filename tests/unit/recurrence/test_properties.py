"""Rules drawn at random, against an independent reading of them day by day."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.recurrence import (
    Day,
    Freq,
    Rule,
    describe,
    ended_before,
    expand,
    instant,
    parse,
    shifted,
    starting_at,
)

ZONES = ("Europe/London", "America/New_York", "Europe/Istanbul", "Australia/Lord_Howe", "UTC")
PROPER = settings(max_examples=150, deadline=None)


def naive(rule: Rule, start: datetime, limit: int) -> list[datetime]:
    """Every day from the start on, asked whether the rule means it. At most 30 years."""
    found: list[datetime] = []
    for day in _meant(rule, start):
        if len(found) == (limit if rule.count is None else min(limit, rule.count)):
            break
        moment = datetime.combine(day, start.time())
        if rule.last_moment is not None and moment > rule.last_moment:
            break
        found.append(moment)
    return found


def _meant(rule: Rule, start: datetime) -> Iterator[date]:
    first = start.date()
    week = first - timedelta(days=(first.weekday() - rule.week_start) % 7)
    for number in range(366 * 30):
        day = first + timedelta(days=number)
        if rule.freq is Freq.DAILY:
            meant = number % rule.interval == 0 and _weekday(rule, day)
        elif rule.freq is Freq.WEEKLY:
            wanted = [d.weekday for d in rule.weekdays] or [first.weekday()]
            beat = (day - week).days // 7 % rule.interval == 0
            meant = beat and day.weekday() in wanted
        else:
            months = (day.year - first.year) * 12 + day.month - first.month
            meant = months % rule.interval == 0 and _in_month(rule, day, first)
        if meant:
            yield day


def _weekday(rule: Rule, day: date) -> bool:
    return not rule.weekdays or day.weekday() in [d.weekday for d in rule.weekdays]


def _in_month(rule: Rule, day: date, first: date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    if rule.month_days:
        return any(day.day == (n if n > 0 else length + 1 + n) for n in rule.month_days)
    if rule.weekdays:
        nth, last = (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1)
        return any(d.weekday == day.weekday() and d.nth in (0, nth, last) for d in rule.weekdays)
    return day.day == first.day


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    freq = draw(st.sampled_from([Freq.DAILY, Freq.WEEKLY, Freq.MONTHLY]))
    weekday = st.integers(0, 6)
    weekdays: tuple[Day, ...] = ()
    month_days: tuple[int, ...] = ()
    if freq is Freq.MONTHLY:
        kind = draw(st.sampled_from(["bare", "days", "nth"]))
        if kind == "days":
            number = st.integers(1, 31) | st.sampled_from([-1, -2])
            month_days = tuple(draw(st.lists(number, min_size=1, max_size=3, unique=True)))
        elif kind == "nth":
            nth = st.sampled_from([0, 1, 2, 3, 4, 5, -1, -2])
            pairs = st.lists(st.tuples(weekday, nth), min_size=1, max_size=3, unique=True)
            weekdays = tuple(Day(*pair) for pair in draw(pairs))
    else:
        some = draw(st.lists(weekday, max_size=4, unique=True))
        weekdays = tuple(Day(day) for day in some)
    rule = Rule(
        freq,
        draw(st.integers(1, 6)),
        weekdays,
        month_days,
        week_start=draw(st.sampled_from([0, 0, 6])),
    )
    if draw(st.booleans()):
        return Rule(**{**_fields(rule), "count": draw(st.integers(1, 30))})
    until = date(2027, 1, 1) + timedelta(days=draw(st.integers(0, 700)))
    return Rule(**{**_fields(rule), "until": until})


def _fields(rule: Rule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in Rule.__dataclass_fields__}


starts = st.builds(
    lambda day, minute: datetime.combine(day, time(minute // 60, minute % 60)),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.integers(0, 1439),
)


@PROPER
@given(rules(), starts)
def test_a_rule_expands_as_read_day_by_day(rule: Rule, start: datetime) -> None:
    assert list(expand(rule, start, 40)) == naive(rule, start, 40)


@PROPER
@given(rules(), starts, st.sampled_from(ZONES))
def test_the_wall_clock_is_kept_in_every_zone(rule: Rule, start: datetime, zone: str) -> None:
    for local in expand(rule, start, 40):
        moment = instant(local, zone)
        there = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        if there.replace(fold=0) != local:
            # A skipped time is read with the offset before the gap (RFC 5545, 3.3.5).
            before = local.replace(tzinfo=ZoneInfo(zone)) - timedelta(days=1)
            offset = before.utcoffset()
            assert offset is not None
            assert moment == (local - offset).replace(tzinfo=UTC)
        assert there.replace(fold=0) >= local


@PROPER
@given(rules(), starts)
def test_a_rule_is_written_and_read_without_loss(rule: Rule, start: datetime) -> None:
    assert parse(str(rule)) == rule
    assert describe(rule, start)


@PROPER
@given(rules(), starts, st.integers(0, 40))
def test_a_rule_cut_in_two_is_the_same_dates(rule: Rule, start: datetime, at: int) -> None:
    found = expand(rule, start, 30)
    if not found or len(found) == 30:
        return
    cut = found[at % len(found)]
    before, after = ended_before(rule, start, cut), starting_at(rule, start, cut)
    assert after is not None
    dates = (*(expand(*before) if before is not None else ()), *expand(*after))
    assert dates == found


FIRST_MONDAYS = Rule(Freq.MONTHLY, weekdays=(Day(0, 1),), until=date(2027, 1, 1))


@PROPER
@given(rules(), starts, st.integers(0, 40), st.integers(-3, 3), st.integers(-120, 120))
# It begins after the first Monday of its own month.
@example(FIRST_MONDAYS, datetime.combine(date(2026, 2, 3), time()), 0, 0, 0)
@example(FIRST_MONDAYS, datetime.combine(date(2026, 2, 3), time(9)), 2, 0, 45)
@example(FIRST_MONDAYS, datetime.combine(date(2026, 2, 3), time(9)), 2, 1, 0)
def test_a_moved_rule_moves_every_date(
    rule: Rule, start: datetime, at: int, days: int, minutes: int
) -> None:
    """Where the move can be said at all, the rule gives exactly the places it promised, the
    asked date is where it was put, and no other is a week off."""
    found = expand(rule, start, 30)
    if not found or len(found) == 30:
        return
    here = found[at % len(found)]
    there = here + timedelta(days=days, minutes=minutes)
    by = there - here
    try:
        shift = shifted(rule, start, here, there)
    except Refusal:
        assert there.date() != here.date()
        return
    assert expand(shift.rule, shift.start) == tuple(shift.places[day] for day in found)
    assert shift.places[here] == there
    assert all(abs(new - old - by) < timedelta(days=7) for old, new in shift.places.items())
    if rule.freq is not Freq.MONTHLY:
        assert all(new - old == by for old, new in shift.places.items())
