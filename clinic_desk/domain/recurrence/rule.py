"""A rule as data: parsed, and written back without loss.

What a clinic's series can say: every so many days, weeks, months or (imported ones) years; on
weekdays, numbered or not, on days of the month, in months. BYSETPOS, BYYEARDAY, BYWEEKNO and WKST
of other programs are kept and obeyed. A series has one time of the day, so hours and shorter
steps are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.spans import zone

MOST = 100
"""Visits of one series at most."""
WIDEST_INTERVAL = 52
LAST_YEAR = 2999
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Freq(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class Day(NamedTuple):
    """``weekday`` 0 Monday … 6 Sunday; ``nth`` of the month (of the year in a yearly rule without
    months), −1 the last, 0 every one."""

    weekday: int
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """``until`` is inclusive, on the wall clock; a bare day counts in full. ``also`` are dates
    listed beside the rule (RDATE). ``str(rule)`` is the text that ``parse`` reads."""

    freq: Freq
    interval: int = 1
    weekdays: tuple[Day, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    week_start: int = 0
    until: date | None = None
    count: int | None = None
    also: tuple[datetime, ...] = ()

    @property
    def endless(self) -> bool:
        return self.until is None and self.count is None

    @property
    def bare(self) -> bool:
        """Whether the day comes from the start alone."""
        return not (self.weekdays or self.month_days or self.months or self.year_days or self.weeks)

    @property
    def last_moment(self) -> datetime | None:
        if self.until is None or isinstance(self.until, datetime):
            return self.until
        return datetime.combine(self.until, time(23, 59, 59))

    def __str__(self) -> str:
        parts = [f"FREQ={self.freq}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        for name, numbers in (
            ("BYMONTH", self.months),
            ("BYWEEKNO", self.weeks),
            ("BYYEARDAY", self.year_days),
            ("BYMONTHDAY", self.month_days),
        ):
            if numbers:
                parts.append(f"{name}={','.join(map(str, numbers))}")
        if self.weekdays:
            days = (f"{nth or ''}{WEEKDAYS[weekday]}" for weekday, nth in self.weekdays)
            parts.append(f"BYDAY={','.join(days)}")
        if self.positions:
            parts.append(f"BYSETPOS={','.join(map(str, self.positions))}")
        if self.week_start:
            parts.append(f"WKST={WEEKDAYS[self.week_start]}")
        if self.until is not None:
            parts.append(f"UNTIL={_stamp(self.until)}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.also:
            parts.append(f"RDATE={','.join(map(_stamp, self.also))}")
        return ";".join(parts)


def parse(text: str, zone_name: str = "UTC") -> Rule:
    """The rule of an RRULE value ("FREQ=WEEKLY;BYDAY=TU;COUNT=6"). An UNTIL in UTC is read on the
    wall of ``zone_name``. Raises ``Refusal`` whose ``field`` names the part at fault: freq,
    interval, weekdays, month_day, months, until, count, or rule."""
    return _parsed(text, zone_name)


@lru_cache(maxsize=512)
def _parsed(text: str, zone_name: str) -> Rule:
    words: dict[str, str] = {}
    for part in text.strip().strip(";").split(";"):
        name, equals, value = part.partition("=")
        name = name.strip().upper()
        if not equals or not value.strip():
            raise bad_rule(f"“{part[:40]}” is no part of a rule for repeating.")
        if name in words:
            raise bad_rule(f"The rule says {name} twice.")
        words[name] = value.strip().upper()
    freq = _freq(words.pop("FREQ", ""))
    for name, what in (("BYHOUR", "hours"), ("BYMINUTE", "minutes"), ("BYSECOND", "seconds")):
        if name in words:
            raise bad_rule(f"A series has one time of the day; this rule lists {what} ({name}).")
    rule = Rule(
        freq=freq,
        interval=_interval(words.pop("INTERVAL", "1")),
        weekdays=_weekdays(words.pop("BYDAY", "")),
        month_days=_numbers(words.pop("BYMONTHDAY", ""), 31, "month_day", "a day of the month"),
        months=_numbers(words.pop("BYMONTH", ""), 12, "months", "a month", negative=False),
        positions=_numbers(words.pop("BYSETPOS", ""), 366, "rule", "a place in the set"),
        year_days=_numbers(words.pop("BYYEARDAY", ""), 366, "rule", "a day of the year"),
        weeks=_numbers(words.pop("BYWEEKNO", ""), 53, "rule", "a week of the year"),
        week_start=_week_start(words.pop("WKST", "MO")),
        until=_until(words.pop("UNTIL", ""), zone_name),
        count=_count(words.pop("COUNT", "")),
        also=_also(words.pop("RDATE", "")),
    )
    if words:
        raise bad_rule(f"A rule for repeating has no part called {min(words)}.")
    _check_parts(rule)
    return rule


def _check_parts(rule: Rule) -> None:
    """What RFC 5545 says does not go together."""
    if rule.until is not None and rule.count is not None:
        raise bad_rule("A series ends after a number of visits or on a day, not both.", "until")
    numbered = any(day.nth for day in rule.weekdays)
    if numbered and rule.freq not in (Freq.MONTHLY, Freq.YEARLY):
        raise bad_rule("Only a monthly series has a first, second or last weekday.", "weekdays")
    if numbered and rule.weeks:
        raise bad_rule("A rule by week of the year takes plain weekdays.", "weekdays")
    if numbered and rule.freq is Freq.MONTHLY and any(abs(d.nth) > 5 for d in rule.weekdays):
        raise bad_rule("A month has at most five of each weekday.", "weekdays")
    if rule.month_days and rule.freq is Freq.WEEKLY:
        raise bad_rule(
            "A weekly series repeats on weekdays, not on days of the month.", "month_day"
        )
    if rule.weeks and rule.freq is not Freq.YEARLY:
        raise bad_rule("Only a yearly series repeats by week of the year.")
    if rule.year_days and rule.freq is not Freq.YEARLY:
        raise bad_rule("Only a yearly series repeats by day of the year.")
    if rule.positions and rule.bare:
        raise bad_rule("The rule picks from a set (BYSETPOS) that it does not name.")


def instant(local: datetime, zone_name: str) -> datetime:
    """Aware UTC of a naive wall-clock time; a skipped one is read with the offset before the gap,
    one that occurs twice is its first occurrence."""
    return local.replace(tzinfo=zone(zone_name), fold=0).astimezone(UTC)


def local_of(moment: datetime, zone_name: str) -> datetime:
    """The naive wall-clock time of an instant."""
    return moment.astimezone(zone(zone_name)).replace(tzinfo=None, fold=0)


def local_text(local: datetime) -> str:
    """ "2026-03-02T09:00", the form in which series keep their times."""
    return local.isoformat(timespec="minutes")


def parse_local(text: str, field: str = "local_start") -> datetime:
    """Raises ``Refusal`` on that field unless the text is a naive wall-clock minute."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise bad_rule(
            f"“{text[:40]}” is no date and time such as 2026-03-02T09:00.", field
        ) from None
    if local.tzinfo is not None or local.second or local.microsecond:
        raise bad_rule("A series starts on a whole minute of the wall clock.", field)
    if not 1900 <= local.year <= LAST_YEAR:
        raise bad_rule(f"A series lies before the year {LAST_YEAR + 1}; check the date.", field)
    return local


def bad_rule(sentence: str, field: str = "rule") -> Refusal:
    """``field`` names the part at fault, as ``parse`` does."""
    return Refusal("bad_rule", sentence, field=field)


def _stamp(day: date) -> str:
    return f"{day:%Y%m%dT%H%M%S}" if isinstance(day, datetime) else f"{day:%Y%m%d}"


def _freq(text: str) -> Freq:
    if text in ("SECONDLY", "MINUTELY", "HOURLY"):
        raise bad_rule("A series repeats by day, week, month or year, not within a day.", "freq")
    try:
        return Freq(text)
    except ValueError:
        said = f", not “{text[:20]}”" if text else ""
        raise bad_rule(f"A series repeats by day, week, month or year{said}.", "freq") from None


def _interval(text: str) -> int:
    number = int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else 0
    if not 1 <= number <= WIDEST_INTERVAL:
        raise bad_rule(
            f"A series repeats every 1 to {WIDEST_INTERVAL} days, weeks or months, "
            f"not every {text[:20]}.",
            "interval",
        )
    return number


def _count(text: str) -> int | None:
    if not text:
        return None
    number = int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else 0
    if number < 1:
        raise bad_rule(f"A series has 1 to {MOST} visits, not {text[:20]}.", "count")
    return number


def _weekdays(text: str) -> tuple[Day, ...]:
    days = []
    for part in text.split(",") if text else ():
        match = re.fullmatch(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", part.strip(), re.ASCII)
        nth = int(match[1] or 0) if match else 0
        if match is None or (match[1] and not 1 <= abs(nth) <= 53):
            raise bad_rule(f"“{part[:20]}” is no weekday of a rule; write MO or 2TU.", "weekdays")
        days.append(Day(WEEKDAYS.index(match[2]), nth))
    return tuple(dict.fromkeys(days))


def _numbers(
    text: str, most: int, field: str, what: str, *, negative: bool = True
) -> tuple[int, ...]:
    found = []
    for part in text.split(",") if text else ():
        match = re.fullmatch(r"[+-]?\d{1,3}", part.strip(), re.ASCII)
        number = int(part) if match else 0
        if not 1 <= abs(number) <= most or (number < 0 and not negative):
            raise bad_rule(f"“{part[:20]}” is not {what}.", field)
        found.append(number)
    return tuple(dict.fromkeys(found))


def _week_start(text: str) -> int:
    if text not in WEEKDAYS:
        raise bad_rule(f"“{text[:20]}” is no day on which a week begins.")
    return WEEKDAYS.index(text)


def _until(text: str, zone_name: str) -> date | None:
    if not text:
        return None
    try:
        if len(text) == 8:
            return _moment(f"{text}T000000").date()
        moment = _moment(text.removesuffix("Z"))
    except ValueError:
        raise bad_rule(f"“{text[:20]}” is no day on which a series ends.", "until") from None
    return local_of(moment.replace(tzinfo=UTC), zone_name) if text.endswith("Z") else moment


def _also(text: str) -> tuple[datetime, ...]:
    try:
        return tuple(sorted({_moment(part) for part in text.split(",")})) if text else ()
    except ValueError:
        raise bad_rule(f"“{text[:40]}” lists no dates of a series.") from None


def _moment(text: str) -> datetime:
    if not re.fullmatch(r"\d{8}T\d{6}", text, re.ASCII):
        raise ValueError(text)
    day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    if not 1900 <= day.year <= LAST_YEAR:
        raise ValueError(text)
    # 23:59:60 is a leap second; the wall clock of a series knows none
    second = min(int(text[13:15]), 59)
    return datetime.combine(day, time(int(text[9:11]), int(text[11:13]), second))
