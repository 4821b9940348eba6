"""Guessing which column is what, from headings in several languages and from the values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from anyascii import anyascii

_WORDS: dict[str, tuple[str, ...]] = {
    "record_number": (
        "record no",
        "record number",
        "record",
        "patient no",
        "patient number",
        "patient id",
        "file no",
        "chart no",
        "mrn",
        "hasta no",
        "dosya no",
        "protokol no",
        "patientennummer",
        "patienten nr",
        "pat nr",
        "aktenzeichen",
        "id",
    ),
    "first_name": ("first name", "given name", "forename", "adi", "ad", "isim", "vorname"),
    "last_name": (
        "last name",
        "surname",
        "family name",
        "soyadi",
        "soyad",
        "nachname",
        "familienname",
    ),
    "full_name": (
        "name",
        "full name",
        "patient",
        "patient name",
        "ad soyad",
        "adi soyadi",
        "hasta adi",
    ),
    "birth_date": (
        "date of birth",
        "birth date",
        "dob",
        "born",
        "birthday",
        "dogum tarihi",
        "geburtsdatum",
        "geboren",
    ),
    "mobile": (
        "mobile",
        "mobile phone",
        "cell",
        "cell phone",
        "cep",
        "cep telefonu",
        "gsm",
        "telefon",
        "phone",
        "telephone",
        "handy",
        "mobil",
        "tel",
    ),
    "phone": (
        "home phone",
        "landline",
        "phone 2",
        "other phone",
        "ev telefonu",
        "festnetz",
        "telefon privat",
        "work phone",
        "is telefonu",
    ),
    "email": ("e mail", "email", "mail", "e posta", "eposta"),
    "language": ("language", "lang", "dil", "sprache"),
    "consent_sms": ("sms consent", "sms", "consent", "sms izni", "sms einwilligung"),
    "notes": (
        "notes",
        "note",
        "remarks",
        "comment",
        "notlar",
        "aciklama",
        "notizen",
        "bemerkung",
        "bemerkungen",
    ),
    "emergency_contact": (
        "emergency contact",
        "contact person",
        "acil durum kisisi",
        "yakini",
        "notfallkontakt",
    ),
    "alert": ("alert", "allergies", "allergy", "warning", "uyari", "alerji", "allergien"),
}
_BY_WORD = {word: field for field, words in _WORDS.items() for word in words}


def heading_key(heading: str) -> str:
    """Lower-case ASCII words, so that "Doğum Tarihi" and "DOGUM-TARIHI" are one."""
    plain = anyascii(heading.replace("İ", "I").replace("ı", "i")).lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def guess(headings: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, str]:
    """Heading → field for every heading that is understood; each field at most once.

    ``samples`` are rows of values; they settle headings that say nothing.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()

    def take(heading: str, field: str) -> None:
        if field not in taken and heading not in found:
            found[heading] = field
            taken.add(field)

    for heading in headings:
        field = _BY_WORD.get(heading_key(heading))
        if field:
            take(heading, field)
    for heading in headings:
        if heading in found:
            continue
        key = f" {heading_key(heading)} "
        for word, field in sorted(_BY_WORD.items(), key=lambda item: -len(item[0])):
            if len(word) > 3 and f" {word} " in key:
                take(heading, field)
                break
    for index, heading in enumerate(headings):
        if heading in found:
            continue
        values = [row[index].strip() for row in samples if index < len(row) and row[index].strip()]
        field = _by_values(values)
        if field:
            take(heading, field)
    return found


def _by_values(values: Sequence[str]) -> str:
    if len(values) < 3:
        return ""
    shapes: Mapping[str, str] = {
        "email": r"[^@\s]+@[^@\s]+\.\w+",
        "birth_date": r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}",
        "mobile": r"[+(]?[\d()\s/.-]{7,}(x\d+)?",
    }
    for field, shape in shapes.items():
        if sum(1 for value in values if re.fullmatch(shape, value)) > 0.8 * len(values):
            return field
    return ""
