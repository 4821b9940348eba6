"""Lists and days that were shown: one entry each, found by everybody who stood on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from clinic_desk.services.audit import Kind, day_key
from clinic_desk.services.audit_views import AuditWish
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.desk import Desk
from clinic_desk.services.viewing import DAYS, LIST_AGAIN, Viewing
from tests.fakes.clock import CountingIds
from tests.store.clinic import MONDAY, Clinic, moved, visit
from tests.store.test_audit_chain import audited, forge


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def found(clinic: Clinic, **wish: str) -> list[int]:
    numbers = clinic.store.queries.audit_index(
        AuditWish(kind=Kind.VIEWS, **wish)  # type: ignore[arg-type]  # ids alone
    )
    return list(numbers)


def listing(clinic: Clinic, *patients: str) -> int:
    with clinic.store.unit_of_work(clinic.jon) as work:
        work.audit("search", "patient", detail={"searches": 2, "found": 3}, shown=patients)
        work.commit()
    return newest(clinic)


def newest(clinic: Clinic) -> int:
    return int(clinic.sql("SELECT max(seq) FROM audit_entry")[0][0])


def test_one_entry_for_a_list_is_found_by_each_of_its_patients(clinic: Clinic) -> None:
    number = listing(clinic, "hall", "lee", "hall")
    assert found(clinic, patient_id="hall") == [number]
    assert found(clinic, patient_id="lee") == [number]
    assert found(clinic, patient_id="nobody") == []
    entry = clinic.store.queries.audit_entry(number)
    assert entry.detail["shown"] == ["hall", "lee", "hall"]
    assert entry.names["lee"].startswith("Lee")
    assert audited(clinic) == []


def test_whoever_looked_at_a_day_has_seen_the_visits_that_stood_there_then(clinic: Clinic) -> None:
    (a,) = clinic.add(visit("a"))
    clock = Seconds()
    viewing = Viewing(clinic.store, clock)
    monday = MONDAY.date()

    def look(doctor: str, days: int = 0) -> int:
        clinic.clock.advance(minutes=1)
        clock.now += DAYS
        viewing.days(clinic.jon, monday, monday + timedelta(days=days), (doctor,))
        viewing.flush()
        return newest(clinic)

    seen = look(a.doctor_id)
    look("another")
    week = look(a.doctor_id, 4)
    clinic.clock.advance(minutes=1)
    a = clinic.change(a, "moved", **moved(a, 7 * 24 * 60))
    look(a.doctor_id)
    assert found(clinic, subject_id="a") == [week, seen], "not who looked there after it had gone"
    assert found(clinic, patient_id="hall") == [week, seen]
    assert audited(clinic) == []


def test_the_same_days_are_told_once_in_a_quarter_of_an_hour(clinic: Clinic) -> None:
    clock = Seconds()
    viewing = Viewing(clinic.store, clock)
    day = MONDAY.date()
    before = newest(clinic)
    for _ in range(5):
        viewing.days(clinic.jon, day, day + timedelta(days=6), ("d1", "d2"))
        viewing.days(clinic.jon, day, day, ("d1",))
    viewing.flush()
    assert newest(clinic) == before + 1, "scrolling there and back is one look"
    viewing.days(clinic.jon, day, day, ("d3",))
    clock.now += DAYS
    viewing.days(clinic.jon, day, day, ("d1",))
    viewing.flush()
    assert newest(clinic) == before + 3
    assert clinic.sql("SELECT count(*) FROM audit_shown WHERE subject_id = ?", (day_key(day),)) == [
        (3,)
    ]


def test_a_list_of_a_page_is_one_entry_in_a_quarter_of_an_hour(clinic: Clinic) -> None:
    clock = Seconds()
    viewing = Viewing(clinic.store, clock)
    before = newest(clinic)
    for _ in range(3):
        viewing.listed(clinic.jon, "Invoices", ["hall", "lee", "hall", ""])
        clock.now += 60
    viewing.listed(clinic.jon, "Messages", [])
    viewing.flush()
    assert newest(clinic) == before + 1
    assert found(clinic, patient_id="lee") == [before + 1]
    entry = clinic.store.queries.audit_entry(before + 1)
    assert (entry.detail["list"], entry.detail["found"]) == ("Invoices", 2)
    clock.now += LIST_AGAIN
    viewing.listed(clinic.jon, "Invoices", ["hall", "lee"])
    viewing.flush()
    assert newest(clinic) == before + 2
    assert audited(clinic) == []


def test_what_is_taken_out_of_the_index_or_put_into_it_is_named(clinic: Clinic) -> None:
    number = listing(clinic, "hall", "lee")
    taken = forge(clinic, "DELETE FROM audit_shown WHERE subject_id = 'lee'")
    assert [one.subject for one in taken] == [f"entry {number}"]
    assert "was taken out of the index" in taken[0].sentence
    put = forge(
        clinic,
        f"INSERT INTO audit_shown VALUES ('lee', {number}), ('someone', {number})",
    )
    assert "showed what it did not" in put[0].sentence
    put = forge(
        clinic,
        "DELETE FROM audit_shown WHERE subject_id = 'someone'",
        "INSERT INTO audit_shown VALUES ('lee', 999)",
    )
    assert [one.subject for one in put] == ["shown"]


def test_whom_old_lists_showed_goes_with_the_details(clinic: Clinic) -> None:
    listing(clinic, "hall", "lee")
    before = clinic.clock.now() + timedelta(days=1)
    with clinic.store.unit_of_work(clinic.maria) as work:
        assert work.empty_details({"search"}, before, 100)[0] == 1
        work.commit()
    assert clinic.sql("SELECT count(*) FROM audit_shown") == [(0,)]
    assert found(clinic, patient_id="lee") == []


def test_who_was_here_last_is_told_by_the_log_in_alone(clinic: Clinic) -> None:
    desk = Desk(clinic.store, clinic.clock, CountingIds(900_000), replace(clinic.maria))
    before = newest(clinic)
    desk.execute(SaveSetting(key="login.last", value="staff-jon", initiator="t"))
    assert newest(clinic) == before
    desk.execute(SaveSetting(key="look.theme", value="dark", initiator="t"))
    assert newest(clinic) == before + 1
