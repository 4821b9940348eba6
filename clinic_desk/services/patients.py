"""Adding and changing patients.

Phones arrive as typed in ``mobile`` and ``phone``; what can be read becomes E.164, what cannot is
kept as typed with a warning. Deduplication is shown by the query before; this layer only refuses
a record number that somebody else has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from clinic_desk.domain.appointments import NOTES_LIMIT
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.people import PRACTICE, Patient
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import local_date, zone
from clinic_desk.services.commands import AddPatient, EditPatient
from clinic_desk.services.reminding import checked_order, checked_quiet
from clinic_desk.services.wording import plain, quoted
from clinic_desk.services.work import Done, Work, check_revision

NAME_LIMIT = 100
ALERT_LIMIT = 200
OLDEST = 130
"""Years; an older birth date is a typing error."""

_BOOKKEEPING = frozenset(field.name for field in fields(Record))
_FIELDS = frozenset(field.name for field in fields(Patient)) - _BOOKKEEPING
_SETTABLE = _FIELDS - {"merged_into", "mobile_typed", "phone_typed"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def add(work: Work, command: AddPatient) -> Done:
    """Value: the patient's id."""
    patient, warnings = put_on_file(work, command.values)
    return Done(
        value=patient.id,
        label=f"Add {patient.listed_name}",
        sentence=f"Added {patient.listed_name}",
        warnings=warnings,
    )


def put_on_file(work: Work, given: Mapping[str, object]) -> tuple[Patient, tuple[str, ...]]:
    """The new patient and what to tell about the values. Raises ``Refusal`` for values that
    cannot be kept."""
    values, warnings = cleaned(work, given)
    number = str(values.pop("record_number", ""))
    if number == PRACTICE:
        number = f"{PRACTICE}{work.new_id()[-12:]}"
    elif number:
        _check_number(work, number, None)
    else:
        number = next_record_number(work)
    blank = Patient(id=work.new_id(), record_number=number, first_name="", last_name="")
    patient = replace(blank, **values)
    _check_name(patient)
    return work.uow.add(patient, "created"), warnings


def edit(work: Work, command: EditPatient) -> Done:
    """Value: the patient's id."""
    before = work.uow.get(Patient, command.patient_id)
    check_revision(work, before, command.expected_revision, "record")
    values, warnings = cleaned(work, command.values)
    number = values.get("record_number", before.record_number)
    if not number:
        raise Refusal("missing", "A patient needs a record number.", field="record_number")
    if number != before.record_number:
        _check_number(work, str(number), before)
    after = replace(before, **values)
    _check_name(after)
    if after == before:
        return Done(value=before.id, warnings=warnings)
    work.uow.replace(before, after, "edited")
    return Done(
        value=before.id,
        label=f"Edit {after.listed_name}",
        sentence=f"Saved {after.listed_name}",
        warnings=warnings,
    )


def next_record_number(work: Work) -> str:
    """ "P000123": the next free one; numbers that an import brought along are skipped."""
    while True:
        number = f"P{work.uow.next_number('patient'):06}"
        if not work.uow.find(Patient, record_number=number):
            return number


def read_phone(text: str, country: str) -> str:
    """E.164 of a number as typed, empty when it cannot be one. ``country`` is the ISO code in
    which numbers without a country code are read."""
    import phonenumbers  # heavy, and rarely needed: start-up time is a feature

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def cleaned(work: Work, values: Mapping[str, object]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Values as they are kept, and what to tell about them. Raises ``Refusal`` at their field."""
    unknown = set(values) - _SETTABLE
    if unknown:
        names = ", ".join(sorted(unknown))
        raise Refusal("unknown_field", f"A patient has no field called {names}.")
    clean: dict[str, Any] = {}
    warnings: list[str] = []
    for key, value in values.items():
        if key in ("mobile", "phone"):
            typed = " ".join(plain(value).split())
            clean[key] = read_phone(typed, work.roster.practice.phone_country) if typed else ""
            clean[f"{key}_typed"] = typed
            if typed and not clean[key]:
                warnings.append(
                    f"{quoted(typed)} cannot be dialled as it stands; it is kept as typed."
                )
        elif key == "birth_date":
            clean[key] = _birth_date(work, value)
        elif key == "email":
            clean[key] = _email(plain(value))
        elif key == "zone":
            clean[key] = _zone(plain(value).strip())
        elif key == "quiet":
            clean[key] = checked_quiet(value)
        elif key == "channels":
            clean[key] = checked_order(value)
        elif isinstance(value, str):
            text = plain(value)
            clean[key] = text.strip() if key == "notes" else " ".join(text.split())
        else:
            clean[key] = value
    _check_lengths(clean)
    return clean, tuple(warnings)


def _birth_date(work: Work, value: object) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise Refusal(
                "bad_birth_date",
                f"{quoted(str(value))} is no date; write it as day, month and year.",
                field="birth_date",
            ) from None
    if not isinstance(value, date):
        raise Refusal("bad_birth_date", "The date of birth is no date.", field="birth_date")
    today = local_date(work.now, work.roster.practice.zone)
    if value > today:
        raise Refusal(
            "bad_birth_date",
            f"A date of birth cannot be in the future; {value:%d.%m.%Y} is.",
            field="birth_date",
        )
    if today.year - value.year > OLDEST:
        raise Refusal(
            "bad_birth_date",
            f"Born in {value.year} would be more than {OLDEST} years old; check the year.",
            field="birth_date",
        )
    return value


def _zone(name: str) -> str:
    try:
        return zone(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError):
        raise Refusal(
            "bad_zone",
            f"{quoted(name)} is no time zone; use a name such as Europe/London.",
            field="zone",
        ) from None


def _email(text: str) -> str:
    text = text.strip()
    if text and not _EMAIL.fullmatch(text):
        raise Refusal(
            "bad_email",
            f"{quoted(text)} is no e-mail address; it needs a name, an @ and a domain.",
            field="email",
        )
    return text


def _check_lengths(values: Mapping[str, Any]) -> None:
    limits = {
        "first_name": NAME_LIMIT,
        "last_name": NAME_LIMIT,
        "alert": ALERT_LIMIT,
        "notes": NOTES_LIMIT,
        "email": 254,
        "emergency_contact": 500,
        "language": 35,
        "mobile_typed": 100,
        "phone_typed": 100,
    }
    for key, limit in limits.items():
        length = len(str(values.get(key) or ""))
        if length > limit:
            field = key.removesuffix("_typed")
            raise Refusal(
                "too_long",
                f"The {field.replace('_', ' ')} may have {limit:,} characters; "
                f"this one has {length:,}.",
                field=field,
            )


def _check_name(patient: Patient) -> None:
    seen = (char for char in patient.first_name + patient.last_name if char.isalnum())
    if not any(seen):  # marks of direction and spaces of no width are no name
        raise Refusal("missing", "A patient needs a first or a last name.", field="last_name")


def _check_number(work: Work, number: str, own: Patient | None) -> None:
    for other in work.uow.find(Patient, record_number=number):
        if own is None or other.id != own.id:
            raise Refusal(
                "number_taken",
                f"Record number {number} belongs to {other.listed_name}; "
                "leave it empty to get the next free one.",
                field="record_number",
            )
