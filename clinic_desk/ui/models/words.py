"""How instants, people and money are written for people: British English, 24 hour clock.

Instants are aware UTC and are written in the zone that is passed in.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor, Mode
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient, age_on
from clinic_desk.domain.spans import zone as zone_of
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.runtime.privacy import CURTAIN

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MODE_WORDS = {Mode.IN_PERSON: "In person", Mode.VIDEO: "Video", Mode.PHONE: "Phone"}


def local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(zone_of(zone))


def day_words(day: date, today: date | None = None) -> str:
    """ "Tue 24 Nov", with the year when it is not ``today``'s."""
    words = f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    return words if today is None or today.year == day.year else f"{words} {day.year}"


def long_day(day: date) -> str:
    return f"{LONG_WEEKDAYS[day.weekday()]} {day.day} {LONG_MONTHS[day.month - 1]}"


def date_words(day: date) -> str:
    """ "4 Mar 1988": birth dates."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date, today: date) -> str:
    """ "3 Nov", or "3 Nov 2025" in another year."""
    words = f"{day.day} {MONTHS[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


def clock_words(instant: datetime, zone: str) -> str:
    """ "09:45"."""
    return local(instant, zone).strftime("%H:%M")


def span_words(start: datetime, end: datetime, zone: str) -> str:
    return f"{clock_words(start, zone)}–{clock_words(end, zone)}"


def moment_words(instant: datetime, zone: str, today: date | None = None) -> str:
    """ "Tue 24 Nov 09:45"."""
    wall = local(instant, zone)
    return f"{day_words(wall.date(), today)} {wall:%H:%M}"


def countdown(seconds: int) -> str:
    """ "2:52"."""
    seconds = max(0, seconds)
    return f"{seconds // 60}:{seconds % 60:02d}"


def last_four(phone: str) -> str:
    digits = "".join(c for c in phone if c.isdigit())
    return f"…{digits[-4:]}" if len(digits) >= 4 else digits


def doctor_name(doctor: Doctor) -> str:
    """ "Dr Aylin Demir"."""
    title = doctor.title or "Dr"
    return doctor.name if doctor.name.startswith(title) else f"{title} {doctor.name}"


def doctor_short(doctor: Doctor) -> str:
    """ "Dr Demir": what is said on the phone."""
    family = doctor.name.split()[-1] if doctor.name.split() else doctor.code
    return f"{doctor.title or 'Dr'} {family}"


def doctor_of(roster: Roster, doctor_id: Id | None, *, short: bool = True) -> str:
    doctor = roster.doctors.get(doctor_id or "")
    if doctor is None:
        return "any doctor"
    return doctor_short(doctor) if short else doctor_name(doctor)


def hit_details(hit: PatientHit, roster: Roster | None, zone: str, today: date) -> str:
    """ "4 Mar 1988 · …0182 · last visit 3 Nov, Dr Demir"."""
    parts = [CURTAIN.hidden(date_words(hit.birth_date)) if hit.birth_date else "no birth date"]
    if hit.phone:
        parts.append(CURTAIN.hidden(last_four(hit.phone)))
    if hit.last_visit is not None:
        words = f"last visit {short_date(local(hit.last_visit, zone).date(), today)}"
        doctor = roster.doctors.get(hit.last_doctor_id or "") if roster else None
        if doctor is not None:
            words += f", {doctor_short(doctor)}"
        parts.append(words)
    else:
        parts.append("no visit yet")
    return " · ".join(parts)


def spoken_name(hit: PatientHit) -> str:
    return " ".join(part for part in (hit.first_name, hit.last_name) if part)


def age_words(patient: Patient, today: date) -> str:
    if patient.birth_date is None:
        return "no birth date"
    return f"{age_on(patient.birth_date, today)} y · {date_words(patient.birth_date)}"


def price_words(minor: int, currency: str) -> str:
    """ "€60.00"; minor units follow the currency (JPY has none)."""
    from babel.numbers import format_currency, get_currency_precision

    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return str(format_currency(amount, currency, locale="en_GB"))


def since_words(then: datetime, now: datetime, zone: str) -> str:
    """ "since 10:17" today, "since 3 Nov" before."""
    wall, today = local(then, zone), local(now, zone).date()
    if wall.date() == today:
        return f"since {wall:%H:%M}"
    return f"since {short_date(wall.date(), today)}"


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count} {one}" if count == 1 else f"{count:,} {many or one + 's'}"
