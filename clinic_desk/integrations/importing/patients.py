"""One row of a patient list → the values of a patient, or the reason why not.

What identifies a person (name, date of birth, record number) must be right, so a row that has it
wrong is rejected to be corrected. Everything else is taken in as typed; what could not be read
is kept word for word in the notes and remarked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import phonenumbers

from clinic_desk.domain.appointments import NOTES_LIMIT
from clinic_desk.domain.people import only_digits
from clinic_desk.integrations.importing.columns import heading_key
from clinic_desk.services.patients import ALERT_LIMIT, NAME_LIMIT

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}")
_YES = {"y", "yes", "j", "ja", "e", "evet", "true", "1", "x"}
_NO = {"n", "no", "nein", "h", "hayir", "false", "0"}
_REGION_OF_LANGUAGE = {"tr": "TR", "de": "DE", "en": "GB", "fr": "FR", "nl": "NL", "es": "ES"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
OLDEST = date(1900, 1, 1)
LONGEST_PHONE = 100
_LIMITS = {
    "record_number": 64,
    "first_name": NAME_LIMIT,
    "last_name": NAME_LIMIT,
    "mobile": LONGEST_PHONE,
    "phone": LONGEST_PHONE,
    "email": 254,
    "emergency_contact": 500,
    "alert": ALERT_LIMIT,
}
"""Characters. A longer cell is rejected rather than cut: an allergy cut in half is dangerous."""


@dataclass(slots=True)
class ReadPatient:
    """``problem`` non-empty: the row is rejected for that reason (``code`` groups reasons)."""

    values: dict[str, object] = field(default_factory=dict)
    code: str = ""
    problem: str = ""
    remarks: list[tuple[str, str]] = field(default_factory=list)


def day_first(samples: Sequence[str]) -> bool:
    """Whether 05/10/1979 is 5 October: unless only the second part ever exceeds 12."""
    parts = [
        match.groups()
        for text in samples
        if (match := re.match(r"\s*(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}\s*$", text))
    ]
    first = any(int(a) > 12 for a, _ in parts)
    second = any(int(b) > 12 for _, b in parts)
    return first or not second


def read_date(text: str, *, dayfirst: bool, today: date) -> date | None:
    """ISO, or day/month/year in either order. Two-digit years are the latest past ones. None when
    the text is no date of the calendar."""
    text = text.strip()
    if match := re.fullmatch(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?:[T ].*)?", text):
        year, month, day = (int(part) for part in match.groups())
    elif match := re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})", text):
        first, second, year = (int(part) for part in match.groups())
        day, month = (first, second) if dayfirst else (second, first)
        if len(match.group(3)) == 2:
            year += 2000 if 2000 + year <= today.year else 1900
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_phone(text: str, region: str) -> str:
    """E.164 when the number is one that exists in its country's plan, otherwise empty. An
    extension is left to what was typed."""
    if len(text) > LONGEST_PHONE:
        return ""
    try:
        number = phonenumbers.parse(re.split(r"(?i)\s*(?:x|ext\.?)\s*\d+\s*$", text)[0], region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def tidy_name(text: str, language: str) -> str:
    """Stray spaces removed; a name wholly in capitals becomes ordinary writing, by the rules of
    Turkish where the language says so (I → ı, İ → i)."""
    text = " ".join(text.split())
    if len(text) < 3 or not text.isupper():
        return text
    turkish = language == "tr" or any(char in "ĞİŞ" for char in text)
    words = []
    for word in re.split(r"([ '-])", text):
        rest = word[1:]
        if turkish:
            rest = rest.replace("I", "ı").replace("İ", "i")
        words.append(word[:1] + rest.lower())
    return "".join(words)


def name_key(first: str, last: str) -> str:
    """How two writings of one name are compared."""
    return heading_key(f"{first} {last}")


def known_region(code: str) -> bool:
    """Whether phone numbers of that ISO country can be read."""
    return code in phonenumbers.SUPPORTED_REGIONS


def read_patient(
    cells: Mapping[str, str], *, region: str, dayfirst: bool, today: date
) -> ReadPatient:
    """``cells`` maps patient fields (``import_report.PATIENT_FIELDS``) to the text of this row."""
    got = ReadPatient()
    text = {name: _unguarded(value.strip()) for name, value in cells.items()}
    language = text.get("language", "")[:2].lower()
    first, last = _names(text, language)
    if not first and not last:
        return _reject(got, "no name", "The row has no name.")
    born = None
    if typed := text.get("birth_date"):
        born = read_date(typed, dayfirst=dayfirst, today=today)
        if born is None or born < OLDEST:
            return _reject(
                got, "impossible date of birth", f"“{typed}” is not a possible date of birth."
            )
        if born > today:
            return _reject(
                got,
                "date of birth in the future",
                f"The date of birth {born:%d/%m/%Y} is in the future.",
            )
    notes = text.get("notes", "").replace("\r\n", "\n").replace("\r", "\n")
    if len(notes) > NOTES_LIMIT:
        return _reject(
            got,
            "note too long",
            f"The note has {len(notes)} characters; at most {NOTES_LIMIT} are kept. Shorten it.",
        )
    for name, cell in {**text, "first_name": first, "last_name": last}.items():
        if len(cell) > _LIMITS.get(name, NOTES_LIMIT):
            what = name.replace("_", " ")
            return _reject(
                got,
                f"{what} too long",
                f"The {what} has {len(cell)} characters; at most {_LIMITS.get(name, NOTES_LIMIT)} "
                "are kept. Shorten it.",
            )
    kept: list[str] = []
    if notes.startswith(_FORMULA):
        got.remarks.append(
            ("formula-like text", "The note looks like a spreadsheet formula; kept as plain text.")
        )
    got.values = {
        "record_number": text.get("record_number", ""),
        "first_name": first,
        "last_name": last,
        "birth_date": born,
        "language": language,
        "emergency_contact": text.get("emergency_contact", ""),
        "alert": text.get("alert", ""),
    }
    region = _REGION_OF_LANGUAGE.get(language, region)
    for name in ("mobile", "phone"):
        _take_phone(got, name, text.get(name, ""), region)
    _take_email(got, text.get("email", ""), kept)
    got.values["consent_sms"] = _yes_no(text.get("consent_sms", ""))
    extra = "\n".join(kept)
    got.values["notes"] = "\n".join(part for part in (notes, extra) if part)[:NOTES_LIMIT]
    return got


def _names(text: Mapping[str, str], language: str) -> tuple[str, str]:
    first = tidy_name(text.get("first_name", ""), language)
    last = tidy_name(text.get("last_name", ""), language)
    whole = tidy_name(text.get("full_name", ""), language)
    if whole and not first and not last:
        if "," in whole:
            last, _, first = (part.strip() for part in whole.partition(","))
        else:
            first, _, last = whole.rpartition(" ")
    return first, last


def _take_phone(got: ReadPatient, name: str, typed: str, region: str) -> None:
    number = read_phone(typed, region) if typed else ""
    got.values[name] = number
    got.values[f"{name}_typed"] = typed
    if typed and not number:
        if len(only_digits(typed)) < 5:
            got.remarks.append(
                ("phone that is no number", f"“{typed}” is no phone number; kept as typed.")
            )
        else:
            got.remarks.append(
                (
                    "phone not valid for its country",
                    f"{typed} is not a number of the plan of {region}; kept as typed.",
                )
            )


def _take_email(got: ReadPatient, typed: str, kept: list[str]) -> None:
    if not typed or _EMAIL.fullmatch(typed):
        got.values["email"] = typed.lower()
        return
    got.values["email"] = ""
    kept.append(f"E-mail in the former program: {typed}")
    got.remarks.append(("malformed e-mail", f"“{typed}” is no e-mail address; kept in the notes."))


def _yes_no(text: str) -> bool | None:
    key = heading_key(text)
    return True if key in _YES else False if key in _NO else None


def _unguarded(value: str) -> str:
    """Takes back the apostrophe that a reject file puts before formula-like text."""
    return value[1:] if value.startswith("'") and value[1:].startswith(_FORMULA) else value


def _reject(got: ReadPatient, code: str, sentence: str) -> ReadPatient:
    got.code, got.problem = code, sentence
    return got
