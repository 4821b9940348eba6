"""The few words that labels, toasts and refusals share. British English, 24 h clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from clinic_desk.domain.availability.phrases import clock, range_text
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import epoch, zone

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: object) -> str:
    """Text without control characters; line ends and tabs stay. None becomes empty."""
    whole = "" if text is None else str(text)
    return _CONTROL.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))


MOST_QUOTED = 40


def quoted(text: str) -> str:
    """What was typed, in quotation marks; a page of text pasted into a field is told by its
    beginning."""
    whole = " ".join(text.split())
    return f"“{whole}”" if len(whole) <= MOST_QUOTED else f"“{whole[:MOST_QUOTED]}…”"


def time_text(instant: datetime, zone_name: str, home: str = "") -> str:
    """ "10:15" on the wall of that zone; "12:15 (10:15 London)" where the wall of ``home`` shows
    another time then."""
    return clock(epoch(instant), zone_name, home)


def span_text(start: int, end: int, zone_name: str, home: str = "", note: str = "") -> str:
    """ "10:00–10:30 (J. Hall)" of epoch seconds, with the time at ``home`` where that differs."""
    return range_text(start, end, zone_name, home, note)


def clock_text(minute: int) -> str:
    """ "08:30" of a wall-clock minute of the day; 1440 is "24:00"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def day_text(day: date, today: date | None = None) -> str:
    """ "Tue 24 Nov", with the year when it is not this one's."""
    text = f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    if today is not None and day.year != today.year:
        text += f" {day.year}"
    return text


def when_text(instant: datetime, zone_name: str, now: datetime, home: str = "") -> str:
    """ "Tue 10:15" within a week of now, else "Tue 1 Dec 10:15"; ``home`` as in time_text."""
    local = instant.astimezone(zone(zone_name))
    today = now.astimezone(zone(zone_name)).date()
    if 0 <= (local.date() - today).days < 7:
        return f"{DAYS[local.weekday()]} {time_text(instant, zone_name, home)}"
    return f"{day_text(local.date(), today)} {time_text(instant, zone_name, home)}"


def doctor_text(doctor: Doctor) -> str:
    """ "Dr Demir": the title and the last word of the name."""
    family = doctor.name.split()[-1] if doctor.name.split() else doctor.code
    return f"{doctor.title or 'Dr'} {family}"


def patient_text(patient: Patient | None) -> str:
    return patient.listed_name if patient is not None else "visit"


def count_text(number: int, one: str, many: str = "") -> str:
    """ "1 visit", "3 visits"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def unit_text(number: int, unit: str) -> str:
    """The unit of a figure: "days", "copies", and "day", "copy" of one."""
    if number != 1:
        return unit
    return unit[:-3] + "y" if unit.endswith("ies") else unit.removesuffix("s")


def joined(parts: Sequence[str], word: str = "and") -> str:
    """ "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"
