"""Text as the search compares it: without accents, case, or the difference of the Turkish i's.

"İ", "I", "ı" and "i" all become "i". What is not Latin is spelt in Latin letters. The same rules
make the stored text and the query, so that they always meet.
"""

from __future__ import annotations

import re
from datetime import date

from clinic_desk.domain.people import Patient, only_digits

_DOTS = str.maketrans({"İ": "i", "I": "i", "ı": "i", "\u0307": None})
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘`´ʼ"))
_APART = str.maketrans(dict.fromkeys("'’‘`´ʼ", " "))
_WORD = re.compile(r"[a-z0-9]+")
_PHONE = re.compile(r"[\d+()\s./-]+")

ISO = re.compile(r"^(\d{4})-(\d{1,2})(?:-(\d{0,2}))?$")
DAY_FIRST = re.compile(r"^(\d{1,2})[./-](\d{1,2})(?:[./-](\d{0,4}))?$")


def fold(text: str) -> str:
    """Lower case ASCII of any text, punctuation kept."""
    if text.isascii():
        return text.lower()
    from anyascii import anyascii

    lowered = text.translate(_DOTS).lower().translate(_DOTS)
    return anyascii(lowered).lower()


def words(text: str) -> list[str]:
    """Folded words of a query; apostrophes do not part a word."""
    return _WORD.findall(fold(text.translate(_APOSTROPHES)))


def _both_ways(text: str) -> list[str]:
    """Words with apostrophes and hyphens closed up, and parted."""
    found = _WORD.findall(fold(text.translate(_APART)))
    for part in text.translate(_APOSTROPHES).split():
        closed = "".join(_WORD.findall(fold(part)))
        if closed:
            found.append(closed)
    return found


def closed(text: str) -> str:
    """All letters and digits of a folded text as one word."""
    return "".join(_WORD.findall(fold(text)))


def email_words(email: str) -> list[str]:
    """The words before the @, and the whole address as one word: the domain's words alone would
    find half the clinic."""
    local, at, _ = email.partition("@")
    return [*_WORD.findall(fold(local)), closed(email)] if at else _WORD.findall(fold(email))


def looks_like_phone(text: str) -> bool:
    """Only digits and what people write between them, at least three digits."""
    return bool(_PHONE.fullmatch(text)) and len(only_digits(text)) >= 3


def phone_tail(text: str) -> str:
    """Digits to look for: without the international 00 or the national 0, which one way of
    writing a number has and the other lacks ("0532 …" and "+90 532 …")."""
    return only_digits(text.replace("(0)", "")).lstrip("0")


def date_prefix(text: str) -> str | None:
    """The stored word that a date, or the beginning of one, must start with.

    1988-03-04 → 19880304; 4.3.1988, 04/03/1988 and 4-3-88 → 0403…: the day comes first.
    """
    iso = ISO.match(text)
    if iso:
        year, month, day = iso.group(1), iso.group(2), iso.group(3) or ""
        if not day:
            # A lone 1 may still become October; a lone 3 can only be March.
            whole = "-" in text[5:] or month in "23456789"
            return year + (month.zfill(2) if whole else month)
        return year + month.zfill(2) + (day.zfill(2) if len(day) == 2 else day)
    first = DAY_FIRST.match(text)
    if first:
        day, month, year = first.group(1), first.group(2), first.group(3) or ""
        if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
            return None
        return day.zfill(2) + month.zfill(2) + year
    return None


def _date_words(day: date) -> list[str]:
    text = f"{day:%d%m}{day.year:04}"
    short = f"{day:%d%m}{day.year % 100:02}"
    return [f"{day.year:04}{day:%m%d}", text, short]


def search_row(patient: Patient) -> tuple[str, str, str] | None:
    """(surname, words, digits) as stored; None for a patient that search must not find."""
    if patient.deleted_at is not None or patient.merged_into is not None:
        return None
    found = _both_ways(f"{patient.last_name} {patient.first_name}")
    for number in (patient.record_number, *patient.other_numbers):
        found += _both_ways(number)
        found.append("".join(words(number)))
    found += email_words(patient.email)
    if patient.birth_date is not None:
        found += _date_words(patient.birth_date)
    numbers: list[str] = []
    for phone in (patient.mobile, patient.mobile_typed, patient.phone, patient.phone_typed):
        number = only_digits(phone)
        if number and not any(number.lstrip("0") in kept for kept in numbers):
            numbers.append(number)
    surname = " ".join(words(patient.last_name)) or " ".join(words(patient.first_name))
    return surname, " ".join(dict.fromkeys(found)), " ".join(numbers)
