"""Times as people say them: "tue pm", "after 4", "in 2w", "10:15", "tomorrow", "12.5".

"every 2 weeks x6" says that a visit repeats.

Two readers of one small language: ``parse_when`` for the *When* field of booking and finder,
``parse_day`` for *go to date*. Dates are day first (12.5 is 12 May) unless the locale is
American; a day without a year is the next one to come. Nothing here knows the clock: ``today`` is
the local date of whoever asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from clinic_desk.services.when_repeats import EVERY, rule_of

NOON = 720
EVENING = 1020
MORNING_END = NOON
LAST_YEAR = 2999
LONGEST = 200
"""Characters that are read: a pasted letter is no time."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_UNITS = {"d": "days", "w": "weeks", "m": "months", "y": "years"}
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}

_CLOCK = r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|o'?clock)?"


@dataclass(frozen=True, slots=True)
class When:
    """Pieces of a search, None or empty where nothing was said. ``first``/``last`` are local
    days, inclusive; ``weekdays`` 0 Monday … 6 Sunday; ``earliest``/``latest`` bound the start in
    local minutes of the day (start ≥ earliest, start < latest); ``minute`` is one exact time;
    ``length`` in minutes. ``repeats`` is an RRULE value without the day, which the opening tells
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=6"; no COUNT when none was said). ``unread`` are the words that
    meant nothing."""

    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = frozenset()
    earliest: int | None = None
    latest: int | None = None
    minute: int | None = None
    length: int | None = None
    repeats: str = ""
    unread: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return self == When(unread=self.unread)


def parse_when(text: str, today: date, locale: str = "en_GB") -> When:
    """What the words say; never raises. "tue pm after 4" narrows step by step."""
    rest = " ".join(text[:LONGEST].lower().replace(",", " ").split())
    found = When()
    unread: list[str] = []
    while rest:
        for pattern, read in _RULES:
            match = pattern.match(rest)
            if match is None:
                continue
            changed = read(match, found, today, locale)
            if changed is None:
                continue
            found = changed
            rest = rest[match.end() :].strip()
            break
        else:
            word, _, rest = rest.partition(" ")
            if word not in _FILLERS:
                unread.append(word)
    return replace(found, unread=tuple(unread))


def parse_day(text: str, today: date, locale: str = "en_GB") -> date | None:
    """The day that was meant, or None when the text is no day. A weekday is the next such day
    (today excluded), "-1w" looks back."""
    words = " ".join(text[:LONGEST].lower().replace(",", " ").split())
    if not words:
        return None
    signed = re.fullmatch(r"([+-])\s*(\d{1,3})\s*([dwmy]?)\w*", words)
    if signed:
        amount = int(signed.group(2)) * (1 if signed.group(1) == "+" else -1)
        return _shift(today, amount, signed.group(3) or "d")
    if words == "yesterday":
        return today - timedelta(days=1)
    if re.fullmatch(r"\d{1,2}", words):
        return _day_of_month(int(words), today)
    last = re.fullmatch(r"last (\w+)", words)
    if last and (weekday := _weekday(last.group(1))) is not None:
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    when = parse_when(words, today, locale)
    if when.unread or when.minute is not None or when.earliest is not None:
        return None
    if when.first is None and len(when.weekdays) == 1:
        (weekday,) = when.weekdays
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if when.first is not None and len(when.weekdays) == 1:
        (weekday,) = when.weekdays
        return when.first + timedelta(days=(weekday - when.first.weekday()) % 7)
    return when.first


_FILLERS = frozenset({"on", "at", "the", "of", "please", "a", "an", "and", "or", "any", "for", "o"})

Reader = Callable[["re.Match[str]", When, date, str], "When | None"]


def _weekday(word: str) -> int | None:
    if len(word) < 2:
        return None
    singular = word[:-1] if word.endswith("s") and len(word) > 4 else word
    for index, name in enumerate(_WEEKDAYS):
        if name.startswith(singular) and (len(singular) >= 3 or word in _SHORT):
            return index
        if singular in ("tues", "thur", "thurs", "weds") and name.startswith(singular[:3]):
            return index
    return None


_SHORT = frozenset({"mo", "tu", "we", "th", "fr", "sa", "su"})


def _month(word: str) -> int | None:
    if len(word) < 3:
        return None
    return next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(word)), None)


def _shift(day: date, amount: int, unit: str) -> date | None:
    try:
        return day + relativedelta(**{_UNITS[unit[0]]: amount})  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None


def _made(year: int, month: int, day: int) -> date | None:
    if year > LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(month: int, day: int, today: date) -> date | None:
    """That day this year, or next year when it is over; 29 February waits for a leap year."""
    for year in range(today.year, today.year + 9):
        made = _made(year, month, day)
        if made is not None and made >= today:
            return made
    return None


def _day_of_month(day: int, today: date) -> date | None:
    for months in range(13):
        first = today.replace(day=1) + relativedelta(months=months)
        made = _made(first.year, first.month, day)
        if made is not None and made >= today:
            return made
    return None


def _minute(match: re.Match[str], group: int, *, afternoon: bool = False) -> int | None:
    """Minutes of the day of a clock time; a bare 1–7 is the afternoon in a clinic."""
    hour, minute = int(match.group(group)), int(match.group(group + 1) or 0)
    half = match.group(group + 2) or ""
    if hour > 24 or minute > 59 or (half in ("am", "pm") and not 1 <= hour <= 12):
        return None
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    elif (
        half not in ("am", "pm")
        and 1 <= hour <= 7
        and (afternoon or match.group(group + 1))
        and not match.group(group).startswith("0")
    ):
        hour += 12  # nobody books at four in the morning; "07:30" says its zero
    total = hour * 60 + minute
    return total if total <= 1440 else None


def _read_range(m: re.Match[str], w: When, _t: date, _l: str) -> When | None:
    low, high = _minute(m, 1, afternoon=True), _minute(m, 4, afternoon=True)
    if low is None or high is None:
        return None
    if low >= high and low >= NOON and not m.group(3):
        low -= NOON  # "between 9 and 11" never means the evening
    return replace(w, earliest=low, latest=high) if low < high else None


def _read_after(m: re.Match[str], w: When, _t: date, _l: str) -> When | None:
    minute = _minute(m, 1, afternoon=True)
    return None if minute is None else replace(w, earliest=minute)


def _read_before(m: re.Match[str], w: When, _t: date, _l: str) -> When | None:
    minute = _minute(m, 1, afternoon=True)
    return None if minute is None else replace(w, latest=minute)


def _read_minute(m: re.Match[str], w: When, _t: date, _l: str) -> When | None:
    minute = _minute(m, 1, afternoon=True)
    return None if minute is None else replace(w, minute=minute)


def _read_in(m: re.Match[str], w: When, today: date, _l: str) -> When | None:
    amount = _NUMBERS.get(m.group(1)) or int(m.group(1))
    first = _shift(today, amount, m.group(2))
    return None if first is None else replace(w, first=first, last=w.last)


def _read_within(m: re.Match[str], w: When, today: date, _l: str) -> When | None:
    amount = int(m.group(1)) if m.group(1) else 1
    last = _shift(today, amount, m.group(2))
    return None if last is None else replace(w, first=w.first or today, last=last)


def _read_length(m: re.Match[str], w: When, _t: date, _l: str) -> When | None:
    amount = int(m.group(1)) * (60 if m.group(2).startswith("h") else 1)
    return replace(w, length=amount)


def _read_every(m: re.Match[str], w: When, _t: date, _l: str) -> When | None:
    """ "every 2 weeks x6", "every other tue 4 times": a weekday is a wish for the day as well."""
    rule, day = rule_of(m.groupdict())
    weekday = _weekday(day) if day else None
    if not rule or (day and weekday is None):
        return None
    days = w.weekdays if weekday is None else w.weekdays | {weekday}
    return replace(w, repeats=rule, weekdays=days)


def _read_today(_m: re.Match[str], w: When, today: date, _l: str) -> When:
    return replace(w, first=today, last=today)


def _read_tomorrow(m: re.Match[str], w: When, today: date, _l: str) -> When:
    day = today + timedelta(days=2 if m.group(1) else 1)
    return replace(w, first=day, last=day)


def _read_next_period(m: re.Match[str], w: When, today: date, _l: str) -> When:
    step = 0 if m.group(1) == "this" else 1
    if m.group(2) == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return replace(w, first=max(monday, today), last=monday + timedelta(days=6))
    if m.group(2) == "year":
        first = date(today.year + step, 1, 1)
        return replace(w, first=max(first, today), last=date(today.year + step, 12, 31))
    first = today.replace(day=1) + relativedelta(months=step)
    last = first + relativedelta(months=1) - timedelta(days=1)
    return replace(w, first=max(first, today), last=last)


def _read_next_weekday(m: re.Match[str], w: When, today: date, _l: str) -> When | None:
    """ "next Tue" is Tuesday of next week, as most receptionists mean it; "this Tue" the coming."""
    weekday = _weekday(m.group(2))
    if weekday is None:
        return None
    if m.group(1) == "next":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=1)
        day = monday + timedelta(days=weekday)
    else:
        day = today + timedelta(days=(weekday - today.weekday()) % 7)
    return replace(w, first=day, last=day)


def _read_weekday(m: re.Match[str], w: When, _t: date, _l: str) -> When | None:
    weekday = _weekday(m.group(1))
    return None if weekday is None else replace(w, weekdays=w.weekdays | {weekday})


def _read_part(m: re.Match[str], w: When, _t: date, _l: str) -> When:
    part = m.group(1)
    if part in ("am", "morning"):
        return replace(w, latest=NOON)
    if part in ("evening",):
        return replace(w, earliest=EVENING)
    if part in ("noon", "midday"):
        return replace(w, earliest=NOON, latest=NOON + 120)
    return replace(w, earliest=NOON)


def _read_workdays(m: re.Match[str], w: When, _t: date, _l: str) -> When:
    days = {5, 6} if m.group(1).startswith("weekend") else range(5)
    return replace(w, weekdays=w.weekdays | frozenset(days))


def _read_iso(m: re.Match[str], w: When, _t: date, _l: str) -> When | None:
    day = _made(int(m.group(1)), int(m.group(2)), int(m.group(3)))
    return None if day is None else replace(w, first=day, last=day)


def _read_date(m: re.Match[str], w: When, today: date, locale: str) -> When | None:
    day_number, month = int(m.group(1)), int(m.group(2))
    if locale.endswith("_US"):
        day_number, month = month, day_number
    if m.group(3):
        year = int(m.group(3)) + (2000 if len(m.group(3)) == 2 else 0)
        day = _made(year, month, day_number)
    else:
        day = _coming(month, day_number, today)
    return None if day is None else replace(w, first=day, last=day)


def _read_named_date(m: re.Match[str], w: When, today: date, _l: str) -> When | None:
    words = m.groupdict()
    month = _month(words["month"])
    if month is None:
        return None
    day_number = int(words["day"])
    if words["year"]:
        day = _made(int(words["year"]), month, day_number)
    else:
        day = _coming(month, day_number, today)
    return None if day is None else replace(w, first=day, last=day)


def _read_month(m: re.Match[str], w: When, today: date, _l: str) -> When | None:
    month = _month(m.group(1))
    if month is None:
        return None
    year = today.year + (month < today.month)
    first = date(year, month, 1)
    last = first + relativedelta(months=1) - timedelta(days=1)
    return replace(w, first=max(first, today), last=last)


_UNIT = r"(d|w|m|y|days?|weeks?|wks?|months?|years?)"
_AMOUNT = r"(\d{1,3}|an?|one|two|three|four|five|six)"
_YEAR = r"(?:\s+(?P<year>\d{4}))?"

_RULES: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(rf"(?:{pattern})(?=\s|$)"), read)
    for pattern, read in (
        *((pattern, _read_every) for pattern in EVERY),
        (rf"(?:between|from)?\s*{_CLOCK}\s*(?:-|–|to|and|until)\s*{_CLOCK}", _read_range),
        (rf"(?:after|from|since|>)\s*{_CLOCK}", _read_after),
        (rf"(?:before|until|till|by|<)\s*{_CLOCK}", _read_before),
        (rf"(?:in|\+)\s*{_AMOUNT}\s*{_UNIT}", _read_in),
        (rf"{_AMOUNT}\s*{_UNIT}\s+(?:from now|ahead|later)", _read_in),
        (rf"(?:within|next)\s+(\d{{1,3}})\s*{_UNIT}", _read_within),
        (r"(\d{1,3})\s*(min|mins|minutes?|h|hours?)", _read_length),
        (r"today|now|asap|soon", _read_today),
        (r"(day after |overmorrow)?(?:tomorrow|tmrw|tom)", _read_tomorrow),
        (r"(next|this|coming)\s+(week|month|year)", _read_next_period),
        (r"(next|this|coming)\s+(\w+)", _read_next_weekday),
        (r"(weekdays?|weekends?|workdays?)", _read_workdays),
        (r"(morning|afternoon|evening|lunch|noon|midday|am|pm)s?", _read_part),
        (r"(\d{4})-(\d{1,2})-(\d{1,2})", _read_iso),
        (r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?\.?", _read_date),
        (
            rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>[a-z]{{3,9}}){_YEAR}",
            _read_named_date,
        ),
        (
            rf"(?P<month>[a-z]{{3,9}})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_YEAR}",
            _read_named_date,
        ),
        (r"([a-z]{2,9})", _read_weekday),
        (r"(?:in\s+)?([a-z]{3,9})", _read_month),
        (rf"(?:at|around|@|~)?\s*{_CLOCK}", _read_minute),
    )
)
