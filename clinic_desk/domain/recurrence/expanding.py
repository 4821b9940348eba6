"""The dates of a rule: those of one that somebody wants to book are checked."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from dateutil import rrule as kernel

from clinic_desk.domain.recurrence.rule import (
    LAST_YEAR,
    MOST,
    Day,
    Freq,
    Rule,
    bad_rule,
)

_SIGHT = {"DAILY": 30, "WEEKLY": 101, "MONTHLY": LAST_YEAR, "YEARLY": LAST_YEAR}
"""Years in which occurrences are looked for, so that a rule without any is told at once. The
longest steps that a rule may take fit in."""


def check_new(rule: Rule, start: datetime, known: Rule | None = None) -> tuple[datetime, ...]:
    """The occurrences of a rule that somebody wants to book, 1 to 100. Raises ``Refusal``.
    ``known`` is the rule that it replaces: an imported yearly series may stay yearly."""
    if rule.freq is Freq.YEARLY and (known is None or known.freq is not Freq.YEARLY):
        raise bad_rule(
            "A new series repeats by day, week or month; for once a year choose every 12 months.",
            "freq",
        )
    if rule.endless:
        raise bad_rule(
            f"Say how many visits, or until when; a series has at most {MOST} visits.", "until"
        )
    if rule.count is not None and rule.count > MOST:
        raise bad_rule(
            f"A series has at most {MOST} visits; this one would have {rule.count}.", "count"
        )
    last = rule.last_moment
    if last is not None and last < start:
        raise bad_rule(
            f"The series would end on {last.day} {last:%b %Y}, before its first visit on "
            f"{start.day} {start:%b %Y}.",
            "until",
        )
    found = expand(rule, start, MOST + 1)
    if not found:
        raise bad_rule("This rule leads to no visit at all; check its days and its end.")
    if len(found) > MOST:
        edge = found[MOST - 1]
        raise bad_rule(
            f"A series has at most {MOST} visits; this one must end by {edge.day} {edge:%b %Y}.",
            "count" if rule.count is not None else "until",
        )
    return found


def expand(rule: Rule, start: datetime, limit: int = MOST) -> tuple[datetime, ...]:
    """The first ``limit`` occurrences from ``start`` on (naive wall clock), listed dates included.
    The start itself is one only when the rule says so."""
    found = set(islice(_dates(rule, start), limit))
    found.update(rule.also)
    return tuple(sorted(found)[:limit])


def by_rule(rule: Rule, start: datetime, limit: int = MOST) -> tuple[datetime, ...]:
    """As ``expand``, without the listed dates."""
    return tuple(islice(_dates(rule, start), limit))


def _dates(rule: Rule, start: datetime) -> Iterator[datetime]:
    far = start.replace(year=min(start.year + _SIGHT[rule.freq], LAST_YEAR), month=12, day=31)
    last = rule.last_moment
    until = far if last is None else min(far, last)
    if until < start or _never(rule, start, until.date()):
        return iter(())
    found = kernel.rrule(
        getattr(kernel, rule.freq.value),
        dtstart=start,
        interval=rule.interval,
        wkst=rule.week_start,
        until=until,
        byweekday=[kernel.weekday(day, n or None) for day, n in _same_kind(rule)] or None,
        bymonthday=rule.month_days or None,
        bymonth=rule.months or None,
        bysetpos=rule.positions or None,
        byyearday=rule.year_days or None,
        byweekno=rule.weeks or None,
    )
    return iter(found) if rule.count is None else islice(found, rule.count)


def _same_kind(rule: Rule) -> Iterator[Day]:
    """Numbered and plain weekdays of one rule add up; the kernel takes either kind alone, so the
    plain ones are numbered through."""
    if len({day.nth == 0 for day in rule.weekdays}) < 2:
        yield from rule.weekdays
        return
    most = 53 if rule.freq is Freq.YEARLY and not rule.months else 5
    for day in rule.weekdays:
        if day.nth:
            yield day
        else:
            yield from (Day(day.weekday, n) for n in range(1, most + 1))


def _never(rule: Rule, start: datetime, last: date) -> bool:
    """Whether no day up to ``last`` is meant, as with 30 February. The kernel would look for one
    until the year 9999, for many seconds."""
    if rule.bare or rule.year_days or rule.weeks:
        return False
    needed = min(map(abs, rule.positions), default=1)
    enough: dict[tuple[int, ...], bool] = {}
    for first, length in _periods(rule, start.date()):
        if first > last:
            break
        # months and years that look alike hold the same days
        alike: tuple[int, ...] = (first.month, length, first.weekday())
        if length < 28:
            alike = (first.toordinal(),)
        if alike not in enough:
            days = (first + timedelta(days=number) for number in range(length))
            meant = sum(_meant(rule, day, start) for day in days)
            enough[alike] = meant >= needed
        if enough[alike]:
            return False
    return True


def _periods(rule: Rule, start: date) -> Iterator[tuple[date, int]]:
    """(first day, days) of each day, week, month or year that the rule's beat meets."""
    step = rule.interval
    if rule.freq is Freq.DAILY or rule.freq is Freq.WEEKLY:
        length = 1 if rule.freq is Freq.DAILY else 7
        back = 0 if rule.freq is Freq.DAILY else (start.weekday() - rule.week_start) % 7
        first = start - timedelta(days=back)
        while first.year <= LAST_YEAR:
            yield first, length
            first += timedelta(days=step * length)
    elif rule.freq is Freq.MONTHLY:
        for number in range(start.month - 1, (LAST_YEAR - start.year + 1) * 12, step):
            year, month = start.year + number // 12, number % 12 + 1
            yield date(year, month, 1), monthrange(year, month)[1]
    else:
        for year in range(start.year, LAST_YEAR + 1, step):
            yield date(year, 1, 1), (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _meant(rule: Rule, day: date, start: datetime) -> bool:
    """Whether the rule names such a day, whatever its beat."""
    if rule.months and day.month not in rule.months:
        return False
    dates = rule.month_days
    if not dates and not rule.weekdays and rule.freq in (Freq.MONTHLY, Freq.YEARLY):
        dates = (start.day,)
    length = monthrange(day.year, day.month)[1]
    if dates and day.day not in dates and day.day - length - 1 not in dates:
        return False
    if rule.freq is Freq.YEARLY and not rule.months:
        place, length = day.timetuple().tm_yday, date(day.year, 12, 31).timetuple().tm_yday
    else:
        place = day.day
    nths = (0, (place - 1) // 7 + 1, -((length - place) // 7 + 1))
    return not rule.weekdays or any(
        one.weekday == day.weekday() and one.nth in nths for one in rule.weekdays
    )
