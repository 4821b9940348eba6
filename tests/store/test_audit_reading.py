"""What the audit page reads: numbers, lines and entries, by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import NotFound
from clinic_desk.services.audit import Kind
from clinic_desk.services.audit_views import AuditWish
from tests.store.clinic import MONDAY, Clinic, moved, visit


@pytest.fixture
def told(clinic: Clinic) -> Clinic:
    """3: Ana's visit booked by Jon; 4: Jane's; 5: both moved by one command of Maria's; 6: a view
    of Jane by Jon, an hour later; 7: a log-in."""
    (a,) = clinic.add(visit("a", patient_id="lee"), actor=clinic.jon)
    (b,) = clinic.add(visit("b", 60))
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.action = "MoveTogether"
        for row in (a, b):
            work.replace(row, _moved(row), "moved", {"asked_by": "clinic"})
        work.commit()
    clinic.clock.advance(hours=1)
    with clinic.store.unit_of_work(clinic.jon) as work:
        work.audit("view", "patient", "hall", "hall")
        work.commit()
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.audit("log_in", "staff", "staff-maria", detail={"with": "recovery code"})
        work.commit()
    return clinic


def _moved(row: Any) -> Any:
    from dataclasses import replace

    return replace(row, **moved(row, 300))


def found(clinic: Clinic, **wish: Any) -> list[int]:
    return list(clinic.store.queries.audit_index(AuditWish(**wish)))


def test_numbers_are_found_by_whatever_is_asked(told: Clinic) -> None:
    now = told.clock.now()
    assert found(told) == [7, 6, 5, 4, 3, 2, 1]
    assert found(told, actor_id="staff-jon") == [6, 3]
    assert found(told, patient_id="hall") == [6, 5, 4, 2]
    assert found(told, patient_id="lee") == [5, 3, 2]
    assert found(told, subject_id="b") == [4]
    assert found(told, desk_id="desk-2") == [6, 3]
    assert found(told, kind=Kind.VIEWS) == [6]
    assert found(told, kind=Kind.ACCESS) == [7]
    assert found(told, kind=Kind.CHANGES) == [5, 4, 3, 2]
    assert found(told, kind=Kind.PROGRAM) == [1]
    assert found(told, first=now) == [7, 6]
    assert found(told, last=now) == [5, 4, 3, 2, 1]
    assert found(told, first=now, kind=Kind.VIEWS, actor_id="staff-maria") == []
    assert found(told, patient_id="nobody") == []


def test_lines_name_who_where_and_whom(told: Clinic) -> None:
    lines = told.store.queries.audit_lines((7, 6, 99, 4))
    assert [line.seq for line in lines] == [7, 6, 4]
    assert lines[1].actor_name == "Jon"
    assert (lines[1].about, lines[1].patient_id) == ("Hall, Jane", "hall")
    assert lines[2].visit_start == MONDAY + timedelta(minutes=360)
    assert lines[2].zone == "Europe/Berlin"


def test_an_entry_tells_its_changes_and_what_they_speak_of(told: Clinic) -> None:
    entry = told.store.queries.audit_entry(5)
    assert entry.event_count == len(entry.events) == 2
    assert [one.subject_id for one in entry.events] == ["a", "b"]
    made = told.store.queries.audit_entry(4)
    assert made.names["hall"] == "Hall, Jane"
    assert made.names["wu"] == "Dr Wu"
    log_in = told.store.queries.audit_entry(7)
    assert log_in.detail == {"with": "recovery code"}
    assert not log_in.blanked
    with pytest.raises(NotFound):
        told.store.queries.audit_entry(99)


def test_a_merged_patients_entries_are_found_under_the_one_that_stands(told: Clinic) -> None:
    told.sql("UPDATE patient SET merged_into = 'hall' WHERE id = 'lee'")
    assert found(told, patient_id="hall") == [6, 5, 4, 3, 2]


def test_people_and_desks_are_named_once(told: Clinic) -> None:
    assert [one.name for one in told.store.queries.audit_people()] == ["Jon", "Maria"]
    with told.store.unit_of_work(told.maria) as work:
        work.audit("lock")
        work.commit()
    assert ("staff-maria", "Maria") in [one[:2] for one in told.store.queries.audit_people()]


def test_the_proof_is_read_as_verify_reads_it(told: Clinic) -> None:
    heard: list[tuple[int, int]] = []

    def listen(done: int, total: int, _: str) -> bool:
        heard.append((done, total))
        return True

    assert told.store.queries.audit_proof(listen) == ()
    assert heard[-1] == (7, 7)
    head = told.store.queries.audit_head()
    assert head.startswith("7:")
    assert told.store.queries.audit_proof(head=head) == ()
    (wrong,) = told.store.queries.audit_proof(head=f"7:{'0' * 64}")
    assert wrong.subject == "entry 7"


def statements(clinic: Clinic, read: Callable[[], object]) -> int:
    count = 0

    def listen(*_: object) -> None:
        nonlocal count
        count += 1

    with clinic.store._reader.connect() as connection:
        driver = connection.connection.driver_connection
    driver.set_trace_callback(listen)
    read()
    driver.set_trace_callback(None)
    return count


def test_more_lines_cost_no_more_statements(told: Clinic) -> None:
    queries = told.store.queries
    few = statements(told, lambda: queries.audit_lines((4,)))
    for number in range(30):
        told.add(visit(f"v{number}", 2000 + 30 * number))
    many = statements(told, lambda: queries.audit_lines(tuple(range(1, 37))))
    assert few == many
    assert 0 < few <= 6
    assert statements(told, lambda: queries.audit_index(AuditWish())) <= 4
    assert statements(told, lambda: queries.audit_index(AuditWish(kind=Kind.VIEWS))) <= 4


def test_what_is_cancelled_stands_with_its_reason(told: Clinic) -> None:
    row = told.get(type(visit()), "b")
    told.change(row, "cancelled", status=Status.CANCELLED, cancel_reason="Ill")
    (event_,) = told.store.queries.audit_entry(8).events
    assert event_.changes["status"] == ("scheduled", "cancelled")
