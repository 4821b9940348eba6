"""One row of a patient list: what is read, what is rejected, what is remarked."""

from __future__ import annotations

from datetime import date

import pytest

from clinic_desk.integrations.importing.columns import guess
from clinic_desk.integrations.importing.patients import (
    ReadPatient,
    day_first,
    read_date,
    read_patient,
    read_phone,
    tidy_name,
)

TODAY = date(2026, 11, 20)


def read(**cells: str) -> ReadPatient:
    whole = {"first_name": "Ana", "last_name": "Lee", **cells}
    return read_patient(whole, region="GB", dayfirst=True, today=TODAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("05/10/1979", date(1979, 10, 5)),
        ("1961-07-31", date(1961, 7, 31)),
        ("02.01.1934", date(1934, 1, 2)),
        ("4.3.88", date(1988, 3, 4)),
        ("4.3.25", date(2025, 3, 4)),
        ("31/02/1980", None),
        ("soon", None),
    ],
)
def test_dates(text: str, expected: date | None) -> None:
    assert read_date(text, dayfirst=True, today=TODAY) == expected


def test_order_of_day_and_month_is_read_from_the_column() -> None:
    assert day_first(["05/10/1979", "23/01/1950"])
    assert not day_first(["05/10/1979", "01/23/1950"])
    assert day_first(["05/10/1979"])


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"first_name": " ", "last_name": ""}, "no name"),
        ({"birth_date": "31/02/1980"}, "impossible date of birth"),
        ({"birth_date": "01/01/1850"}, "impossible date of birth"),
        ({"birth_date": "01/01/2031"}, "date of birth in the future"),
        ({"notes": "x" * 5001}, "note too long"),
    ],
)
def test_rejected_with_a_reason(cells: dict[str, str], code: str) -> None:
    got = read(**cells)
    assert got.code == code
    assert got.problem.endswith(".")


def test_unreadable_phone_is_kept_as_typed_and_remarked() -> None:
    got = read(mobile="ask daughter")
    assert got.values["mobile"] == ""
    assert got.values["mobile_typed"] == "ask daughter"
    assert [code for code, _ in got.remarks] == ["phone that is no number"]


def test_valid_phone_becomes_e164_in_the_region_of_the_language() -> None:
    got = read(mobile="0532 123 45 67", language="tr")
    assert got.values["mobile"] == "+905321234567"
    assert got.remarks == []


def test_extension_stays_in_what_was_typed() -> None:
    assert read_phone("+44 20 7946 0142 x489", "GB") == read_phone("+44 20 7946 0142", "GB")


def test_malformed_email_is_kept_in_the_notes() -> None:
    got = read(email="no@mail@x", notes="Slow stairs")
    assert got.values["email"] == ""
    assert got.values["notes"] == "Slow stairs\nE-mail in the former program: no@mail@x"


def test_formula_like_note_is_plain_text_with_a_remark() -> None:
    got = read(notes='=HYPERLINK("http://example.invalid","x")')
    assert got.values["notes"] == '=HYPERLINK("http://example.invalid","x")'
    assert [code for code, _ in got.remarks] == ["formula-like text"]


def test_the_apostrophe_of_a_reject_file_is_taken_back() -> None:
    assert read(notes="'=1+1").values["notes"] == "=1+1"


@pytest.mark.parametrize(
    ("typed", "language", "expected"),
    [
        ("  AYŞAN  ", "tr", "Ayşan"),
        ("  DONALD  ", "en", "Donald"),
        ("IŞIN", "tr", "Işın"),
        ("JEAN-LUC D'ARC", "fr", "Jean-Luc D'Arc"),
        ("McKay", "en", "McKay"),
        ("AL", "en", "AL"),
    ],
)
def test_capitals_and_stray_spaces(typed: str, language: str, expected: str) -> None:
    assert tidy_name(typed, language) == expected


def test_headings_in_turkish_and_german_are_understood() -> None:
    assert guess(["Hasta No", "Adı", "Soyadı", "Doğum Tarihi", "Telefon", "E-posta"], []) == {
        "Hasta No": "record_number",
        "Adı": "first_name",
        "Soyadı": "last_name",
        "Doğum Tarihi": "birth_date",
        "Telefon": "mobile",
        "E-posta": "email",
    }
    assert guess(["Pat.-Nr.", "Nachname", "Vorname", "Geburtsdatum"], [])["Geburtsdatum"] == (
        "birth_date"
    )


def test_values_settle_headings_that_say_nothing() -> None:
    rows = [["Lee", "04/03/1988", "ana@example.org"]] * 5
    assert guess(["A", "B", "C"], rows) == {"B": "birth_date", "C": "email"}
