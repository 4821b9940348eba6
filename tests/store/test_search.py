"""Patient search: whatever way a person is typed, the right row is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.people import Patient
from clinic_desk.store.folding import date_prefix, fold
from tests.store.clinic import Clinic, visit

PEOPLE = (
    ("isil", "Işıl", "Çağlayan", "TR-77", date(1988, 3, 4), "+905321234567", "0532 123 45 67"),
    ("irem", "İrem", "IŞIK", "1001", date(1990, 12, 31), "", "0212 555 01 99"),
    ("obrien", "Seán", "O’Brien", "A-12/9", date(1975, 1, 9), "+442071234567", "020 7123 4567"),
    ("mueller", "Anne-Marie", "Müller-Weiß", "M5", None, "+4915112345678", "+49 (0)151 12345678"),
    ("wang", "小明", "王", "K1", date(2001, 2, 3), "", ""),
    ("smith", "John", "Smith", "2002", date(1960, 6, 7), "+12025550143", "(202) 555-0143"),
    ("smithson", "Jane", "Smithson", "2003", date(1961, 6, 7), "", ""),
    ("noughts", "Ada", "Lovelace", "2004", date(1962, 7, 8), "+447700900071", "07700 900071"),
)


@pytest.fixture
def people(clinic: Clinic) -> Clinic:
    clinic.add(
        *(
            Patient(
                id=key,
                record_number=number,
                first_name=first,
                last_name=last,
                birth_date=born,
                mobile=mobile,
                mobile_typed=typed,
                email=f"{key}.private@mail.example.org",
            )
            for key, first, last, number, born, mobile, typed in PEOPLE
        )
    )
    return clinic


def found(clinic: Clinic, text: str) -> list[str]:
    return [hit.id for hit in clinic.store.queries.search_patients(text)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("isil", "isil"),
        ("IŞIL", "isil"),
        ("ışıl", "isil"),
        ("İŞİL", "isil"),
        ("işil çağ", "isil"),
        ("cag isi", "isil"),
        ("çaglayan", "isil"),
        ("irem", "irem"),
        ("İREM", "irem"),
        ("Irem ısık", "irem"),
        ("ışık", "irem"),
        ("isik", "irem"),
        ("IŞIK", "irem"),
        ("i̇rem", "irem"),
        ("o'brien", "obrien"),
        ("O’Brien", "obrien"),
        ("obrien sean", "obrien"),
        ("brien", "obrien"),
        ("SEÁN", "obrien"),
        ("muller weiss", "mueller"),
        ("annemarie", "mueller"),
        ("anne-marie", "mueller"),
        ("marie müller", "mueller"),
        ("wang", "wang"),
        ("王", "wang"),
        ("xiao", "wang"),
        ("tr-77", "isil"),
        ("TR77", "isil"),
        ("a-12/9", "obrien"),
        ("1001", "irem"),
        ("1988-03-04", "isil"),
        ("1988-03", "isil"),
        ("04031988", "isil"),
        ("4.3.1988", "isil"),
        ("04/03/1988", "isil"),
        ("04.03.", "isil"),
        ("4.3.88", "isil"),
        ("19880304", "isil"),
        ("ışıl 4.3.1988", "isil"),
        ("0532 123", "isil"),
        ("05321234567", "isil"),
        ("+90532", "isil"),
        ("+90 532 123 45 67", "isil"),
        ("0090532", "isil"),
        ("4567 ", "isil"),
        ("123 45 67", "isil"),
        ("555 01 99", "irem"),
        ("2125550199", "irem"),
        ("0151 1234", "mueller"),
        ("+49 (0)151 123", "mueller"),
        ("(202) 555-01", "smith"),
        ("smith 0143", "smith"),
        ("0071", "noughts"),
        ("007", "noughts"),
        ("900 071", "noughts"),
        ("00 71", "noughts"),
        ("lovelace 0071", "noughts"),
        ("0044 7700", "noughts"),
        ("+44 (0)7700 900071", "noughts"),
        ("irem.private@mail", "irem"),
        ("irem.private@mail.example.org", "irem"),
    ],
)
def test_found(people: Clinic, text: str, key: str) -> None:
    assert key in found(people, text)


@pytest.mark.parametrize(
    "text",
    ["zzz", "smith brown", "1988-03-05", "0532 999", "4.3.1989", '"', "' OR zz=zz --", "zz* OR b"],
)
def test_not_found(people: Clinic, text: str) -> None:
    assert found(people, text) == []


@pytest.mark.parametrize(
    "text", ["", " ", "*", "-", "(", "+", "AND", "NEAR(", "\x00", "%", "_", "ş"]
)
def test_odd_text_never_fails(people: Clinic, text: str) -> None:
    people.store.queries.search_patients(text)


def test_every_prefix_on_the_way_finds_the_person(people: Clinic) -> None:
    for text in ("çağlayan", "smithson", "irem işik", "1001", "+90 532 123"):
        for length in range(1, len(text) + 1):
            part = text[:length]
            if text.startswith("+") and length < 6:
                continue
            assert found(people, part), part


def test_an_exact_record_number_comes_first_then_the_nearest_name(people: Clinic) -> None:
    assert found(people, "2002")[0] == "smith"
    assert found(people, "smith")[:2] == ["smith", "smithson"]


def test_the_recently_seen_come_first(people: Clinic) -> None:
    past = people.clock.now() - timedelta(days=1)
    start = {"start": past, "end": past + timedelta(minutes=30)}
    row = visit("a", patient_id="smithson", status=Status.COMPLETED)
    people.add(_at(row, **start))
    hits = people.store.queries.search_patients("smi")
    assert [h.id for h in hits] == ["smithson", "smith"]
    assert (hits[0].last_visit, hits[0].last_doctor_id, hits[0].last_type_id) == (past, "wu", "fup")
    assert found(people, "")[0] == "smithson"


def _at(row: object, **values: object) -> object:
    return replace(
        row,  # type: ignore[type-var]
        blocked_start=values["start"],
        blocked_end=values["end"],
        **values,
    )


def test_edits_and_removals_are_searched_at_once(people: Clinic) -> None:
    person = people.get(Patient, "smith")
    with people.store.unit_of_work(people.maria) as work:
        changed = work.replace(person, replace(person, last_name="Schmidt"), "edited")
        work.commit()
    assert "smith" in found(people, "schmidt")
    assert [h.listed_name for h in people.store.queries.search_patients("john")] == [
        "Schmidt, John"
    ]
    with people.store.unit_of_work(people.maria) as work:
        work.remove(changed, "removed")
        work.commit()
    assert found(people, "schmidt") == []
    assert people.store.maintenance.verify() == []


@pytest.mark.parametrize(
    ("last", "first", "born", "phone", "keys"),
    [
        ("Smith", "Jon", date(1960, 6, 7), "", ["smith"]),
        ("Smyth", "John", date(1960, 6, 7), "", ["smith"]),
        ("Caglayan", "Isil", date(1988, 3, 4), "", ["isil"]),
        ("Işıl", "Çağlayan", date(1988, 3, 4), "", ["isil"]),
        ("Other", "Person", None, "0532 123 45 67", ["isil"]),
        ("Other", "Person", None, "+905321234567", ["isil"]),
        ("SMITH", "JOHN", None, "", ["smith"]),
        ("Brown", "Eve", date(1960, 6, 7), "", []),
        ("", "", None, "", []),
    ],
)
def test_likely_duplicates(
    people: Clinic, last: str, first: str, born: date | None, phone: str, keys: list[str]
) -> None:
    hits = people.store.queries.similar_patients(
        last_name=last, first_name=first, birth_date=born, phone=phone
    )
    assert [h.id for h in hits] == keys


def test_folding() -> None:
    assert fold("ÇĞİIÖŞÜçğıiöşü ÅØæß") == "cgiiosucgiiosu aoaess"


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("1988-03-04", "19880304"),
        ("1988-3", "198803"),
        ("1988-1", "19881"),
        ("1988-03", "198803"),
        ("4.3.1988", "04031988"),
        ("31/12", "3112"),
        ("32.1.1988", None),
        ("1.13.1988", None),
        ("12", None),
    ],
)
def test_dates_as_typed(text: str, prefix: str | None) -> None:
    assert date_prefix(text) == prefix
