"""What becomes of a rule when a series is cut in two, or moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.recurrence.expanding import by_rule
from clinic_desk.domain.recurrence.rule import MOST, Day, Freq, Rule

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Shift:
    """A moved rule, its start, and where each occurrence of the old one went."""

    rule: Rule
    start: datetime
    places: Mapping[datetime, datetime]


def ended_before(rule: Rule, start: datetime, local: datetime) -> tuple[Rule, datetime] | None:
    """The rule with only its occurrences before ``local``, and its start; None when there is
    none."""
    kept = [day for day in by_rule(rule, start) if day < local]
    also = tuple(day for day in rule.also if day < local)
    if not kept:
        return _listed(also)
    if rule.count is not None:
        return replace(rule, count=len(kept), also=also), start
    return replace(rule, until=kept[-1], also=also), start


def starting_at(rule: Rule, start: datetime, local: datetime) -> tuple[Rule, datetime] | None:
    """The rule with only its occurrences from ``local`` on, and its start; None when there is
    none. Steps of several weeks or months stay on their beat."""
    found = by_rule(rule, start)
    rest = [day for day in found if day >= local]
    also = tuple(day for day in rule.also if day >= local)
    if not rest:
        return _listed(also)
    if rule.count is not None:
        rule = replace(rule, count=len(rest))
    return replace(rule, also=also), rest[0]


def _listed(days: tuple[datetime, ...]) -> tuple[Rule, datetime] | None:
    """A rule that is its list alone."""
    return (Rule(Freq.DAILY, count=1, also=days[1:]), days[0]) if days else None


def shifted(rule: Rule, start: datetime, before: datetime, after: datetime) -> Shift:
    """The rule of which the occurrence ``before`` becomes ``after``, all others going along: a
    Tuesday series becomes one of Wednesdays, the second Tuesday the second Wednesday. Raises
    ``Refusal`` when no rule says that, as when the 28th would become the 29th in February."""
    by = after - before
    days = (after.date() - before.date()).days
    old = by_rule(rule, start)
    for wanted in _candidates(rule, days, after):
        anchor = start + by
        if days and old and any(day.nth for day in wanted.weekdays):
            # From the month of the first visit on, not of the start: that one may lie after the
            # month's only such day.
            first = old[0] + by
            anchor = datetime.combine(first.date().replace(day=1), after.time())
        new = by_rule(replace(wanted, until=None, count=len(old) or None), anchor)
        pairs = dict(zip(old, new, strict=False))
        if len(new) != len(old) or pairs.get(before, after) != after:
            continue
        if any(abs(there - (here + by)) >= WEEK for here, there in pairs.items()):
            continue
        also = tuple(sorted(day + by for day in rule.also))
        moved = replace(wanted, until=_until(rule, wanted, new, days), also=also)
        places = {**{day: day + by for day in rule.also}, **pairs}
        return Shift(moved, new[0] if new else anchor, places)
    raise Refusal(
        "rule_cannot_move",
        "The series cannot go along: its rule has no such day in every month. Change the rule of "
        "the series instead, or move only this visit.",
        field="start",
    )


def _candidates(rule: Rule, days: int, after: datetime) -> list[Rule]:
    if days == 0:
        return [rule]
    turned = tuple(Day((day.weekday + days) % 7, day.nth) for day in rule.weekdays)
    if rule.freq is Freq.WEEKLY:
        if not rule.weekdays or (rule.interval == 1 and not rule.positions):
            return [replace(rule, weekdays=turned)]
        # Which days are of one week decides the beat: the week begins as much later.
        return [replace(rule, weekdays=turned, week_start=(rule.week_start + days) % 7)]
    later = tuple(number + days for number in rule.month_days)
    if any(not 1 <= abs(new) <= 31 or (new > 0) != (old > 0)
           for new, old in zip(later, rule.month_days, strict=True)):  # fmt: skip
        return []
    found = [replace(rule, weekdays=turned, month_days=later)]
    if len(rule.weekdays) == 1 and rule.weekdays[0].nth and rule.freq is Freq.MONTHLY:
        found = [
            replace(rule, weekdays=(Day(after.weekday(), nth),))
            for nth in _nths(after.date(), rule.weekdays[0].nth)
        ]
    return found


def _nths(day: date, was: int) -> list[int]:
    """The numbers that a weekday's date answers to, the kind that the rule had first."""
    first = (day.day - 1) // 7 + 1
    next_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = -(((next_month - day).days - 1) // 7 + 1)
    return [last, first] if was < 0 else [first, last]


def _until(rule: Rule, wanted: Rule, new: tuple[datetime, ...], days: int) -> date | None:
    """The same last day, so many days on, where that ends the series at the same visit."""
    if rule.until is None or not new:
        return rule.until
    until = rule.until + timedelta(days=days)
    if isinstance(until, datetime):
        until = datetime.combine(until.date(), time(23, 59, 59))
    if by_rule(replace(wanted, until=until), new[0], MOST + 1) == new:
        return until
    return new[-1]
