"""The words of the verdicts: times on the location's clock, British English, 24 h."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from clinic_desk.domain.catalogue import AppointmentType, Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import from_epoch, zone
from clinic_desk.domain.templates import Reserved

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def city(zone_name: str) -> str:
    """ "New York" for "America/New_York"."""
    return zone_name.rsplit("/", 1)[-1].replace("_", " ")


def clock(seconds: int, zone_name: str, home: str = "") -> str:
    """ "10:15"; "12:15 (10:15 London)" where the clock of ``home`` shows another time then, with
    the weekday where it is another day there."""
    local = from_epoch(seconds).astimezone(zone(zone_name))
    return f"{local.hour:02}:{local.minute:02}{bracket(_elsewhere(local, home))}"


def _elsewhere(local: datetime, home: str) -> str:
    there = local.astimezone(zone(home)) if home else local
    if there.utcoffset() == local.utcoffset():
        return ""
    day = "" if there.date() == local.date() else f"{DAYS[there.weekday()]} "
    return f"{day}{there.hour:02}:{there.minute:02} {city(home)}"


def day_of(seconds: int, zone_name: str) -> date:
    return from_epoch(seconds).astimezone(zone(zone_name)).date()


def range_text(start: int, end: int, zone_name: str, home: str = "", note: str = "") -> str:
    """ "10:00–10:30 (J. Hall)", naming the day of the end when it is another one; with the clock
    of ``home`` where that differs: "12:00–12:30 (10:00–10:30 London, J. Hall)"."""
    there = zone(zone_name)
    first, last = from_epoch(start).astimezone(there), from_epoch(end).astimezone(there)
    other = ""
    if home and _elsewhere(first, home):
        end_there = last.astimezone(zone(home))
        at = _elsewhere(first, home).removesuffix(f" {city(home)}")
        other = f"{at}–{end_there.hour:02}:{end_there.minute:02} {city(home)}"
    midnight = not (last.hour or last.minute)
    until = "24:00" if midnight else f"{last.hour:02}:{last.minute:02}"
    final = (last - timedelta(days=1)).date() if midnight else last.date()
    text = f"{first.hour:02}:{first.minute:02}–{until}"
    day = "" if first.date() == final else f" ({short(final)})"
    return f"{text}{day}{bracket(', '.join(part for part in (other, note.strip()) if part))}"


def short(day: date) -> str:
    """ "12 May"."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def long(day: date) -> str:
    """ "Tue 12 May"."""
    return f"{DAYS[day.weekday()]} {short(day)}"


def doctor_text(doctor: Doctor | None) -> str:
    """ "Dr Wu": the title and the last word of the name."""
    if doctor is None:
        return "This doctor"
    words = doctor.name.split()
    return f"{doctor.title or 'Dr'} {words[-1] if words else doctor.code}"


def length_text(minutes: int) -> str:
    """ "45 minutes", "2 hours", "1 hour 30 minutes", "2 days"."""
    if minutes and minutes % 1440 == 0:
        return count(minutes // 1440, "day")
    hours, rest = divmod(minutes, 60)
    parts = [count(hours, "hour")] if hours else []
    if rest or not hours:
        parts.append(count(rest, "minute"))
    return " ".join(parts)


def notice_text(minutes: int) -> str:
    """ "2 hours’ notice", "1 day’s notice"."""
    text = length_text(minutes)
    return f"{text}{'’' if text.endswith('s') else '’s'} notice"


def remaining(seconds: int) -> str:
    """ "2:10"."""
    return f"{max(0, seconds) // 60}:{max(0, seconds) % 60:02}"


def count(number: int, word: str) -> str:
    """ "1 day", "3 days"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def bracket(text: str) -> str:
    """ " (J. Hall)", or nothing."""
    return f" ({text})" if text.strip() else ""


def listed(parts: Sequence[str], word: str = "and") -> str:
    """ "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def kept_for(types: Mapping[Id, AppointmentType], part: Reserved) -> str:
    """ "New patient and Urgent": whom a reserved part is for."""
    names = [row.name for key in part.type_ids if (row := types.get(key)) is not None]
    return listed(names) or part.label or "other visits"
