"""What the patient's page reads: the same number of statements for one visit and for hundreds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.people import Patient
from clinic_desk.services.patient_record import record_of
from tests.fakes.message_rows import message, put
from tests.store.clinic import MONDAY, Clinic, visit

BORN = date(1988, 3, 4)


def statements(clinic: Clinic, ask: Callable[[], object]) -> list[str]:
    ask()  # the roster and the first connection are there
    told: list[str] = []
    with clinic.store._reader.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(told.append)
    ask()
    driver.set_trace_callback(None)
    return [one for one in told if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]


def entry(row_id: str, last: str, first: str, **values: Any) -> Patient:
    return Patient(
        id=row_id, record_number=f"N-{row_id}", last_name=last, first_name=first, **values
    )


def test_the_page_costs_the_same_for_one_visit_and_for_many(clinic: Clinic) -> None:
    queries = clinic.store.queries
    clinic.add(visit("a", status=Status.COMPLETED))
    few = statements(clinic, lambda: record_of(queries, "hall"))
    clinic.add(*(visit(f"v{n}", 1440 * (n + 1)) for n in range(200)))
    many = statements(clinic, lambda: record_of(queries, "hall"))
    assert len(queries.patient("hall").visits) == 201
    assert len(many) == len(few) <= 16


def test_each_question_is_one_statement(clinic: Clinic) -> None:
    queries = clinic.store.queries
    clinic.add(*(visit(f"v{n}", 60 * n) for n in range(9)))
    for ask, most in (
        (lambda: queries.patient_facts("hall"), 1),
        (lambda: queries.patient_timeline("hall"), 1),
        (lambda: queries.merged_entries("hall"), 1),
        # the second asks whether the roster, which names the visits' zones, is still the one known
        (lambda: queries.patient_messages("hall"), 2),
        (lambda: queries.patient_rows(("hall", "lee")), 1),
        (lambda: queries.holdings(("hall", "lee")), 1),
        (lambda: queries.shared_times("hall", "lee"), 1),
        (lambda: queries.likely_twins("hall"), 3),
        (lambda: queries.possible_duplicates(), 2),
    ):
        assert 1 <= len(statements(clinic, ask)) <= most


def test_the_timeline_comes_in_pages_without_gap_or_double(clinic: Clinic) -> None:
    queries = clinic.store.queries
    clinic.add(*(visit(f"v{n}", 60 * n) for n in range(25)))
    whole = queries.patient_timeline("hall", limit=500)
    assert whole.before == 0
    seen: list[str] = []
    before, pages = 0, 0
    while True:
        page = queries.patient_timeline("hall", before, limit=7)
        seen += [event.id for event in page.events]
        pages += 1
        before = page.before
        if not before:
            break
    assert seen == [event.id for event in whole.events]
    assert len(seen) == len(set(seen)) == 26  # the visits, and putting the patient on file
    assert pages == 4


def test_messages_are_those_to_the_patient_and_no_others(clinic: Clinic) -> None:
    clinic.add(visit("a"))
    put(
        clinic.store,
        message("mine", MONDAY, appointment_id="a", patient_id="hall"),
        message("theirs", MONDAY, patient_id="lee"),
    )
    (card,) = clinic.store.queries.patient_messages("hall")
    assert (card.message.id, card.visit_start) == ("mine", MONDAY)


def test_second_entries_are_found_by_number_date_and_name(clinic: Clinic) -> None:
    clinic.add(
        entry("one", "Çağlayan", "Işıl", birth_date=BORN, mobile="+905321234567"),
        entry("same", "Caglayan", "Isil", birth_date=BORN),
        entry("phone", "Caglayan", "Isil", phone_typed="0532 123 45 67"),
        entry("swapped", "Işıl", "Çağlayan", birth_date=BORN),
        entry("child", "Çağlayan", "Bora", birth_date=date(2015, 1, 1), mobile="+905321234567"),
        entry("stranger", "Smith", "John", birth_date=BORN),
        entry("gone", "Çağlayan", "Işıl", birth_date=BORN, merged_into="one", active=False),
    )
    twins = clinic.store.queries.likely_twins("one")
    assert {one.patient.id for one in twins if one.strong} == {"same", "phone", "swapped"}
    assert {one.patient.id for one in twins} == {"same", "phone", "swapped", "child"}
    pairs = clinic.store.queries.possible_duplicates()
    found = {frozenset((one.one.id, one.other.id)) for one in pairs}
    assert frozenset(("one", "same")) in found
    assert frozenset(("one", "swapped")) in found
    assert not any("child" in pair or "stranger" in pair or "gone" in pair for pair in found)


def test_a_patient_without_anything_has_an_empty_page(clinic: Clinic) -> None:
    clinic.add(entry("blank", "Nobody", ""))
    record = record_of(clinic.store.queries, "blank")
    assert (record.visits, record.invoices, record.waits, record.owed) == ((), (), (), ())
    assert record.facts.finished == record.facts.no_show_share == 0
    with pytest.raises(NotFound):
        clinic.store.queries.likely_twins("who")


def test_a_deleted_entry_is_nobodys_twin(clinic: Clinic) -> None:
    first, second = clinic.add(
        entry("one", "Lee", "Mia", birth_date=BORN), entry("two", "Lee", "Mia", birth_date=BORN)
    )
    assert len(clinic.store.queries.likely_twins("one")) == 1
    clinic.change(second, deleted_at=clinic.clock.now())
    assert clinic.store.queries.likely_twins("one") == ()
    assert first == clinic.store.queries.patient_rows(("one", "two"))["one"]
