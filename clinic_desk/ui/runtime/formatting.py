"""Dates, times, ages and numbers as a British receptionist reads them.

Instants are aware UTC and are shown on the wall clock of the zone that is passed in.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from clinic_desk.domain.people import age_on
from clinic_desk.domain.spans import zone
from clinic_desk.services.wording import DAYS, LONG_DAYS, MONTHS, day_text
from clinic_desk.ui.geometry.monthgrid import week_of

LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

__all__ = ["DAYS", "LONG_DAYS", "LONG_MONTHS", "MONTHS", "day_text"]


def clock_text(instant: datetime, zone_name: str) -> str:
    """ "10:15" """
    return f"{instant.astimezone(zone(zone_name)):%H:%M}"


def span_text(start: datetime, end: datetime, zone_name: str) -> str:
    """ "10:15–10:45" """
    return f"{clock_text(start, zone_name)}–{clock_text(end, zone_name)}"


def local_day(instant: datetime, zone_name: str) -> date:
    return instant.astimezone(zone(zone_name)).date()


def long_day(day: date) -> str:
    """ "Tuesday 24 November 2026" """
    return f"{LONG_DAYS[day.weekday()]} {day.day} {LONG_MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """ "Tue 24 Nov 2026" """
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def month_text(day: date) -> str:
    """ "November 2026" """
    return f"{LONG_MONTHS[day.month - 1]} {day.year}"


def week_text(day: date, rule: str = "iso", first_weekday: int = 0) -> str:
    """ "W48"; empty when no week numbers are wanted. See ``monthgrid.week_of``."""
    number = week_of(day, rule, first_weekday)
    return "" if number is None else f"W{number}"


def range_text(first: date, last: date) -> str:
    """ "23–29 Nov 2026", "30 Nov – 6 Dec 2026", "28 Dec 2026 – 3 Jan 2027"."""
    month, last_month = MONTHS[first.month - 1], MONTHS[last.month - 1]
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {month} {first.year}"
    if first.year == last.year:
        return f"{first.day} {month} – {last.day} {last_month} {first.year}"
    return f"{first.day} {month} {first.year} – {last.day} {last_month} {last.year}"


def length_text(span: timedelta) -> str:
    """ "30 min", "1 h", "1 h 15 min"."""
    minutes = round(span.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return f"{rest} min"
    return f"{hours} h" if rest == 0 else f"{hours} h {rest} min"


def since_text(then: datetime, now: datetime) -> str:
    """ "just now", "4 min", "2 h", "3 days": how long ago, without the word."""
    seconds = max(0.0, (now - then).total_seconds())
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min"
    if seconds < 86400:
        return f"{int(seconds // 3600)} h"
    days = int(seconds // 86400)
    return "1 day" if days == 1 else f"{days} days"


def age_text(birth_date: date | None, today: date) -> str:
    """ "38 y"; months below two years, as clinics say it: "7 mo". Empty when unknown."""
    if birth_date is None or birth_date > today:
        return ""
    years = age_on(birth_date, today)
    if years >= 2:
        return f"{years} y"
    months = (today.year - birth_date.year) * 12 + today.month - birth_date.month
    return f"{months - (today.day < birth_date.day)} mo"


def birth_text(birth_date: date | None) -> str:
    """ "8 Mar 1988" """
    if birth_date is None:
        return ""
    return f"{birth_date.day} {MONTHS[birth_date.month - 1]} {birth_date.year}"


def left_to_right(text: str) -> str:
    """A number that keeps its order in a line that reads from right to left."""
    return f"\u2066{text}\u2069" if text else ""


@lru_cache(maxsize=4096)
def phone_text(number: str) -> str:
    """E.164 grouped for reading aloud: "+44 20 7946 0182". What cannot be read stays as it is."""
    if not number.startswith("+"):
        return number
    # imported late: the metadata takes longer to load than the window to appear
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
