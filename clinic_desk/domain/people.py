"""Patients, and how their names and numbers are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record

PRACTICE = "PRACTICE-"
"""How the numbers begin that practice gets instead of the clinic's own: record numbers and
confirmation codes. As a record number by itself it asks for such a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient(Record):
    """``mobile`` and ``phone`` are E.164 when they could be read, and empty otherwise;
    ``mobile_typed`` and ``phone_typed`` keep what was typed. ``alert`` is shown wherever the
    patient is. ``merged_into`` points at the surviving row after a merge;
    ``other_numbers`` are record numbers under which the person was also listed. ``channels`` is
    the order in which the patient would be told things, empty for the clinic's; ``quiet`` the
    hours of the patient's day in which nothing comes ("20:00-08:00"), empty for the clinic's,
    "none" for no such hours."""

    record_number: str
    first_name: str
    last_name: str
    birth_date: date | None = None
    mobile: str = ""
    mobile_typed: str = ""
    phone: str = ""
    phone_typed: str = ""
    email: str = ""
    language: str = ""
    zone: str = ""
    consent_sms: bool | None = None
    consent_email: bool | None = None
    emergency_contact: str = ""
    alert: str = ""
    notes: str = ""
    usual_doctor_id: Id | None = None
    merged_into: Id | None = None
    other_numbers: tuple[str, ...] = ()
    active: bool = True
    consent_whatsapp: bool | None = None
    channels: tuple[str, ...] = ()
    quiet: str = ""

    @property
    def listed_name(self) -> str:
        """ "Surname, First", the order of lists and blocks."""
        return ", ".join(part for part in (self.last_name, self.first_name) if part)

    @property
    def spoken_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)


def only_digits(text: str) -> str:
    """The digits of a number as people type it."""
    return re.sub(r"\D", "", text)


def age_on(birth_date: date, day: date) -> int:
    """Full years; 29 February counts from 1 March in common years."""
    before = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before
