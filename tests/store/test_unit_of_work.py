"""One transaction: rows with their history, refusals, savepoints, what it says it changed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.errors import NotFound, Refusal, SlotTaken, Stale
from clinic_desk.domain.events import Actor
from tests.store.clinic import MONDAY, Clinic, moved, visit

DAY = date(2026, 11, 23)


def test_busy_of_the_unit_of_work_is_the_union(clinic: Clinic) -> None:
    clinic.add(
        visit("doctor"),
        visit("room", 0, doctor_id="roy", patient_id="lee", room_id="room-1"),
        visit("patient", 30, doctor_id="roy", lane=1, room_id="room-2"),
        visit("before", -30, after=10, lane=1),
        visit("none", 30, doctor_id="roy", patient_id="lee"),
    )
    with clinic.store.unit_of_work(clinic.maria) as work:
        found = work.busy(
            MONDAY,
            MONDAY + timedelta(minutes=60),
            doctor_ids=["wu"],
            room_ids=["room-1"],
            patient_id="hall",
        )
    assert sorted(b.id for b in found) == ["before", "doctor", "patient", "room"]


def test_settings_per_desk_and_for_the_clinic(clinic: Clinic) -> None:
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.save_setting("zoom", "desk", 15)
        work.save_setting("colours", "clinic", {"by": "doctor"})
        assert work.changes().kinds == {"setting"}
        work.commit()
    with clinic.store.unit_of_work(clinic.jon) as work:
        assert work.setting("zoom", "desk") is None
        assert work.setting("colours", "clinic") == {"by": "doctor"}
    assert clinic.store.queries.setting("zoom") == 15
    assert clinic.store.queries.setting("colours", "clinic") == {"by": "doctor"}


def test_counters_have_no_gaps(clinic: Clinic) -> None:
    with clinic.store.unit_of_work(clinic.maria) as work:
        assert [work.next_number("APT-2026") for _ in range(2)] == [1, 2]
    with clinic.store.unit_of_work(clinic.maria) as work:
        assert [work.next_number("APT-2026"), work.next_number("patient")] == [1, 1]
        work.commit()
    with clinic.store.unit_of_work(clinic.maria) as work:
        assert work.next_number("APT-2026") == 2


def test_without_commit_nothing_happened(clinic: Clinic) -> None:
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.add(visit("a"), "booked")
    with pytest.raises(NotFound):
        clinic.get(Appointment, "a")


def test_a_savepoint_takes_rows_history_and_undo_back(clinic: Clinic) -> None:
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.add(visit("a"), "booked")
        try:
            with work.savepoint():
                work.add(visit("b", 60), "booked")
                work.add(visit("c", 60), "booked")
        except SlotTaken as refusal:
            refused = refusal
        work.record_undo("Book")
        assert work.changes().ids == {"a"}
        work.commit()
    assert refused.clashing_id == "b"
    assert [c.id for c in clinic.store.queries.cells(DAY, DAY)] == ["a"]
    assert clinic.store.maintenance.verify() == []
    clinic.undo()
    assert clinic.store.queries.cells(DAY, DAY) == ()


def test_changes_tell_kinds_days_and_doctors(clinic: Clinic) -> None:
    (a,) = clinic.add(visit("a"))
    with clinic.store.unit_of_work(clinic.maria, "calendar") as work:
        by = {**moved(a, 1440), "doctor_id": "roy"}
        work.replace(a, replace(a, **by), "moved")
        changes = work.changes()
    assert changes.kinds == {"appointment"}
    assert changes.days == {DAY, DAY + timedelta(days=1)}
    assert changes.doctor_ids == {"wu", "roy"}
    assert changes.initiator == "calendar"


def test_a_row_changed_meanwhile_is_stale_and_says_by_whom(clinic: Clinic) -> None:
    (a,) = clinic.add(visit("a"))
    clinic.change(a, "noted", actor=clinic.jon, notes="x")
    with pytest.raises(Stale, match=r"Jon changed this at 11:42") as refused:
        clinic.change(a, "noted", notes="y")
    assert refused.value.changed_by == "Jon"


def test_expired_holds_are_released(clinic: Clinic) -> None:
    until = clinic.clock.now() + timedelta(minutes=3)
    clinic.add(visit("h", status=Status.HELD, patient_id=None, hold_until=until))
    with pytest.raises(Refusal):
        clinic.add(visit("a"))
    clinic.clock.set(until)
    with clinic.store.unit_of_work(clinic.maria) as work:
        assert work.release_expired_holds() == 1
        work.add(visit("a"), "booked")
        work.record_undo("Book")
        work.commit()
    clinic.undo()
    assert clinic.get(Appointment, "h").status is Status.RELEASED
    assert clinic.store.maintenance.verify() == []


def test_a_roster_that_was_rolled_back_is_forgotten(clinic: Clinic) -> None:
    doctor = clinic.store.queries.roster().doctors["wu"]
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.replace(doctor, replace(doctor, name="Dr Nobody"), "edited")
        assert work.roster().doctors["wu"].name == "Dr Nobody"
    clinic.change(doctor, "edited", name="Dr Real")
    assert clinic.store.queries.roster().doctors["wu"].name == "Dr Real"


def test_threads_share_the_store(clinic: Clinic) -> None:
    refused: list[str] = []
    booked: list[str] = []

    def work(desk: int) -> None:
        actor = Actor(f"staff-{desk}", f"Desk {desk}", f"desk-{desk}", f"session-{desk}")
        for i in range(12):
            try:
                clinic.add(visit(f"{desk}-{i}", 30 * i), actor=actor)
                booked.append(f"{desk}-{i}")
            except Refusal as refusal:
                refused.append(refusal.code)
            clinic.store.queries.cells(DAY, DAY)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(booked) == 12
    assert set(refused) == {"slot_taken"}
    assert len(clinic.store.queries.cells(DAY, DAY)) == 12
    assert clinic.store.maintenance.verify() == []
