"""A rule in plain English, and what has to be said about its dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from clinic_desk.domain.recurrence.rule import Day, Freq, Rule, instant
from clinic_desk.domain.spans import zone

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # fmt: skip
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last",
        -2: "second-to-last", -3: "third-to-last", -4: "fourth-to-last",
        -5: "fifth-to-last"}  # fmt: skip
_UNITS = {Freq.DAILY: "day", Freq.WEEKLY: "week", Freq.MONTHLY: "month", Freq.YEARLY: "year"}


def describe(rule: Rule, start: datetime | None = None) -> str:
    """ "Every 2 weeks on Tuesday and Thursday, 6 times"; ``start`` (wall clock) tells the day of a
    rule that names none."""
    words = _pattern(rule, start)
    if rule.also:
        listed = [f"{day.day} {day:%b %Y}" for day in rule.also]
        words += f", and on {_joined(listed)}"
    if rule.count is not None:
        return f"{words}, {'once' if rule.count == 1 else f'{rule.count} times'}"
    if rule.until is not None:
        return f"{words} until {rule.until.day} {MONTHS[rule.until.month - 1]} {rule.until.year}"
    return words


def _pattern(rule: Rule, start: datetime | None) -> str:
    every = f"Every {_UNITS[rule.freq]}"
    if rule.interval > 1:
        every = f"Every {rule.interval} {_UNITS[rule.freq]}s"
    months = f" in {_joined([MONTHS[m - 1] for m in rule.months])}" if rule.months else ""
    day = _day(rule, start)
    if not day:
        return every + months
    if rule.freq is Freq.MONTHLY and rule.interval == 1 and not months:
        return f"{day[0].upper()}{day[1:]} of every month"
    return f"{every} {day}{months}"


def _day(rule: Rule, start: datetime | None) -> str:
    """ "on Tuesday", "on the 15th", "on the last Friday"; empty for every day."""
    said: list[str] = []
    if rule.weekdays:
        said.append(_weekdays(rule.weekdays, bool(rule.positions)))
    if rule.month_days:
        numbers = f"the {_joined([_date_word(n) for n in rule.month_days])}"
        said.append(f"that is {numbers}" if said else numbers)
    if rule.weeks:
        said.append(f"of week {_joined([str(n) for n in rule.weeks])}")
    if rule.year_days:
        said.append(f"day {_joined([str(n) for n in rule.year_days])} of the year")
    if rule.positions:
        place = _joined([_NTH.get(n, ordinal(n)) for n in rule.positions])
        return f"on the {place} of {' '.join(said)}"
    if said:
        return f"on {' '.join(said)}"
    if start is None or rule.freq is Freq.DAILY:
        return ""
    if rule.freq is Freq.WEEKLY:
        return f"on {DAYS[start.weekday()]}"
    if rule.freq is Freq.YEARLY and not rule.months:
        return f"on {start.day} {MONTHS[start.month - 1]}"
    return f"on the {ordinal(start.day)}"


def _weekdays(days: Sequence[Day], picked: bool) -> str:
    plain = [day.weekday for day in days if not day.nth]
    if sorted(plain) == [0, 1, 2, 3, 4] and len(days) == 5 and not picked:
        return "weekdays"
    words = [
        DAYS[day.weekday] if not day.nth else f"the {_nth(day.nth)} {DAYS[day.weekday]}"
        for day in days
    ]
    return _joined(words)


def _nth(number: int) -> str:
    return _NTH.get(number) or ordinal(number)


def _date_word(number: int) -> str:
    if number == -1:
        return "last day"
    return ordinal(number) if number > 0 else f"{_nth(number)} day"


def ordinal(number: int) -> str:
    """ "1st", "22nd", "13th", "3rd-to-last"."""
    size = abs(number)
    tail = "th" if 10 < size % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(size % 10, "th")
    return f"{size}{tail}" + ("-to-last" if number < 0 else "")


def remarks(rule: Rule, occurrences: Sequence[datetime]) -> tuple[str, ...]:
    """What a short month does to the rule's dates; empty when nothing has to be said."""
    if not occurrences or rule.freq not in (Freq.MONTHLY, Freq.YEARLY):
        return ()
    first = occurrences[0]
    stretch = _stretch(rule, occurrences)
    wanted = list(rule.month_days)
    if rule.freq is Freq.YEARLY and (rule.bare or set(rule.months) == {2}):
        wanted = wanted or [first.day]
        if 29 in wanted and (first.month == 2 or rule.months):
            return ("There is a 29 February in leap years only: the other years are left out.",)
        return ()
    if not rule.weekdays and not rule.year_days and not rule.weeks:
        wanted = wanted or [first.day]
    said: list[str] = []
    for number in sorted({n for n in wanted if n > 28}):
        short = [month for month in stretch if _length(month) < number]
        if short:
            names, one = _months(short)
            left = "that month is left out" if one else "those months are left out"
            advice = "Choose the last day of the month to have one each month."
            said.append(f"There is no {ordinal(number)} in {names}: {left}. {advice}")
    for day in rule.weekdays:
        if abs(day.nth) != 5 or (rule.freq is Freq.YEARLY and not rule.months):
            continue
        short = [month for month in stretch if not _has_five(month, day.weekday)]
        if short:
            names, one = _months(short)
            left = "that month is left out" if one else "those months are left out"
            name = DAYS[day.weekday]
            advice = f"Choose the last {name} to have one each month."
            said.append(f"There is no fifth {name} in {names}: {left}. {advice}")
    return tuple(said)


def _stretch(rule: Rule, occurrences: Sequence[datetime]) -> list[date]:
    """The first of each month that the rule's beat meets, up to its last visit or its end."""
    month, last = occurrences[0].date().replace(day=1), occurrences[-1].date()
    if rule.until is not None:
        end = rule.last_moment
        last = max(last, end.date()) if end is not None else last
    step = rule.interval if rule.freq is Freq.MONTHLY else 1
    found: list[date] = []
    while month <= last and len(found) < 1200:
        if not rule.months or month.month in rule.months:
            found.append(month)
        year, index = divmod(month.month - 1 + step, 12)
        month = date(month.year + year, index + 1, 1)
    return found


def _length(month: date) -> int:
    return ((month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day


def _has_five(month: date, weekday: int) -> bool:
    return (weekday - month.weekday()) % 7 + 29 <= _length(month)


def _months(short: Sequence[date]) -> tuple[str, bool]:
    """Named once each, in the order of the year's first; a long list is cut."""
    names = list(dict.fromkeys(MONTHS[month.month - 1] for month in short))
    if len(names) > 6:
        return f"{', '.join(names[:5])} and {len(names) - 5} other months", False
    return _joined(names), len(short) == 1


def _joined(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def clock_note(local: datetime, zone_name: str) -> str:
    """What a clock change does to a wall-clock time; empty on every other day."""
    moment = instant(local, zone_name)
    read = moment.astimezone(zone(zone_name)).replace(tzinfo=None, fold=0)
    if read != local:
        return (
            f"The clocks go forward: there is no {local:%H:%M} that day, so it is at {read:%H:%M}."
        )
    second = local.replace(tzinfo=zone(zone_name), fold=1).astimezone(UTC)
    if second != moment:
        return f"The clocks go back: {local:%H:%M} comes twice that day, and the first is meant."
    return ""
