"""Undo and redo against the real file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.errors import NotFound, Refusal, SlotTaken, Stale
from clinic_desk.domain.people import Patient
from tests.store.clinic import Clinic, moved, visit


def test_undoing_a_booking_removes_it_and_redoing_brings_it_back(clinic: Clinic) -> None:
    clinic.add(visit("a"), label="Book Hall, Jane")
    assert clinic.undo() == "Book Hall, Jane"
    with pytest.raises(NotFound):
        clinic.get(Appointment, "a")
    assert clinic.redo() == "Book Hall, Jane"
    assert clinic.get(Appointment, "a").status is Status.SCHEDULED
    assert clinic.store.maintenance.verify() == []


def test_undo_goes_back_step_by_step_and_redo_forward(clinic: Clinic) -> None:
    (a,) = clinic.add(visit("a"), label="Book")
    b = clinic.change(a, "moved", **moved(a, 60))
    c = clinic.change(b, "noted", notes="Brings X-rays")
    assert [clinic.undo(), clinic.undo()] == ["noted", "moved"]
    now = clinic.get(Appointment, "a")
    assert (now.start, now.notes) == (a.start, "")
    assert [clinic.redo(), clinic.redo()] == ["moved", "noted"]
    now = clinic.get(Appointment, "a")
    assert (now.start, now.notes) == (c.start, "Brings X-rays")
    state = clinic.store.queries.undo_state("session-1")
    assert (state.undo_label, state.redo_label) == ("noted", "")


def test_a_new_command_drops_what_could_be_redone(clinic: Clinic) -> None:
    (a,) = clinic.add(visit("a"), label="Book")
    clinic.change(a, "noted", notes="x")
    clinic.undo()
    clinic.change(clinic.get(Appointment, "a"), "noted", notes="y")
    with pytest.raises(Refusal, match="nothing to redo"):
        clinic.redo()


def test_nothing_to_undo_says_so(clinic: Clinic) -> None:
    with pytest.raises(Refusal) as refused:
        clinic.undo()
    assert refused.value.code == "nothing_to_undo"


def test_sessions_do_not_undo_each_other(clinic: Clinic) -> None:
    clinic.add(visit("a"), label="Book", actor=clinic.jon)
    with pytest.raises(Refusal, match="nothing to undo"):
        clinic.undo(clinic.maria)


def test_what_someone_else_changed_is_not_undone_and_the_step_is_dropped(clinic: Clinic) -> None:
    (a,) = clinic.add(visit("a"), label="Book")
    b = clinic.change(a, "moved", **moved(a, 60))
    c = clinic.change(b, "moved again", actor=clinic.jon, **moved(b, 60))
    with pytest.raises(Stale) as refused:
        clinic.undo()
    # 10:42 UTC is 11:42 in Berlin.
    assert refused.value.sentence == "Can't undo: Jon changed this at 11:42."
    assert refused.value.changed_by == "Jon"
    assert clinic.get(Appointment, "a") == c
    # The booking itself was changed by Jon as well, so that step goes too.
    assert clinic.store.queries.undo_state("session-1").undo_label == "Book"
    with pytest.raises(Stale):
        clinic.undo()
    assert clinic.store.queries.undo_state("session-1").undo_label == ""


def test_a_row_that_someone_else_wrote_to_since_refuses_whatever_they_changed(
    clinic: Clinic,
) -> None:
    (a,) = clinic.add(visit("a"))
    b = clinic.change(a, "moved", **moved(a, 60))
    clinic.change(b, "noted", actor=clinic.jon, notes="Allergic to latex")
    with pytest.raises(Stale, match="Can't undo: Jon changed this at"):
        clinic.undo()
    now = clinic.get(Appointment, "a")
    assert (now.start, now.notes) == (b.start, "Allergic to latex")


def test_steps_of_one_session_on_one_row_are_undone_in_turn_after_redo_and_new_work(
    clinic: Clinic,
) -> None:
    a, z = clinic.add(visit("a"), visit("z", 600))
    b = clinic.change(a, "moved", **moved(a, 60))
    clinic.change(b, "noted", notes="First")
    clinic.undo()
    clinic.redo()
    clinic.undo()
    clinic.change(z, "noted", notes="Second")
    clinic.undo()
    clinic.undo()
    assert clinic.get(Appointment, "a").start == a.start


def test_undo_of_a_move_into_a_place_taken_since_names_the_clash(clinic: Clinic) -> None:
    (a,) = clinic.add(visit("a"))
    b = clinic.change(a, "moved", **moved(a, 60))
    clinic.add(visit("z", patient_id="lee"), actor=clinic.jon)
    with pytest.raises(SlotTaken) as refused:
        clinic.undo()
    assert refused.value.clashing_id == "z"
    assert "A. Lee, Mon 23 Nov 10:00–10:30" in refused.value.sentence
    assert clinic.get(Appointment, "a") == b
    assert clinic.store.maintenance.verify() == []


def test_a_swap_is_written_and_undone_in_one_step(clinic: Clinic) -> None:
    a, b = clinic.add(
        visit("a", 0, room_id="room-1"),
        visit("b", 30, doctor_id="roy", room_id="room-2", patient_id="lee"),
    )
    place = ("start", "end", "blocked_start", "blocked_end", "doctor_id", "room_id")
    to_b = {name: getattr(b, name) for name in place}
    to_a = {name: getattr(a, name) for name in place}
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.replace_together([(a, replace(a, **to_b)), (b, replace(b, **to_a))], "moved")
        work.record_undo("Swap Hall and Lee")
        work.commit()
    assert clinic.get(Appointment, "a").doctor_id == "roy"
    assert clinic.undo() == "Swap Hall and Lee"
    assert clinic.get(Appointment, "a").start == a.start
    assert clinic.get(Appointment, "b").room_id == "room-2"
    assert clinic.redo() == "Swap Hall and Lee"
    assert clinic.get(Appointment, "b").start == a.start
    assert clinic.store.maintenance.verify() == []


def test_a_chain_in_one_lane_moves_forward_and_back(clinic: Clinic) -> None:
    rows = clinic.add(*(visit(f"v{i}", 30 * i) for i in range(4)))
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.replace_together([(r, replace(r, **moved(r, 30))) for r in rows], "moved")
        work.record_undo("Move four visits")
        work.commit()
    clinic.undo()
    assert [clinic.get(Appointment, f"v{i}").start for i in range(4)] == [r.start for r in rows]
    clinic.redo()
    assert clinic.get(Appointment, "v0").start == rows[1].start
    assert clinic.store.maintenance.verify() == []


def test_an_undo_of_several_rows_is_all_or_nothing(clinic: Clinic) -> None:
    rows = clinic.add(*(visit(f"v{i}", 30 * i) for i in range(2)))
    with clinic.store.unit_of_work(clinic.maria) as work:
        pairs = [(r, replace(r, **moved(r, 120))) for r in rows]
        after = work.replace_together(pairs, "moved")
        work.record_undo("Move two visits")
        work.commit()
    clinic.add(visit("z", 30, patient_id="lee"), actor=clinic.jon)
    with pytest.raises(SlotTaken):
        clinic.undo()
    assert [clinic.get(Appointment, f"v{i}") for i in range(2)] == after
    assert clinic.store.maintenance.verify() == []


def test_undo_takes_a_final_status_back_and_the_store_lets_it(clinic: Clinic) -> None:
    (a,) = clinic.add(visit("a"))
    clinic.change(
        a,
        "cancelled",
        status=Status.CANCELLED,
        cancel_reason="Ill",
        cancelled_at=clinic.clock.now(),
    )
    clinic.undo()
    assert clinic.get(Appointment, "a").status is Status.SCHEDULED
    clinic.redo()
    assert clinic.get(Appointment, "a").status is Status.CANCELLED
    assert clinic.store.maintenance.verify() == []


def test_undoing_a_booking_made_from_a_hold_frees_the_place(clinic: Clinic) -> None:
    until = clinic.clock.now() + timedelta(minutes=3)
    (held,) = clinic.add(
        visit("a", status=Status.HELD, hold_until=until, patient_id=None, held_by_desk="desk-1")
    )
    clinic.change(held, "booked", status=Status.SCHEDULED, hold_until=None, patient_id="hall")
    clinic.undo()
    row = clinic.get(Appointment, "a")
    assert (row.status, row.hold_until, row.patient_id) == (Status.RELEASED, None, None)
    clinic.add(visit("b", patient_id="lee"), label="Book Lee")
    clinic.undo()
    clinic.redo()
    assert clinic.store.maintenance.verify() == []


def test_redo_of_a_booking_made_from_a_hold(clinic: Clinic) -> None:
    until = clinic.clock.now() + timedelta(minutes=3)
    (held,) = clinic.add(visit("a", status=Status.HELD, hold_until=until, patient_id=None))
    clinic.change(held, "booked", status=Status.SCHEDULED, hold_until=None, patient_id="hall")
    clinic.undo()
    clinic.redo()
    row = clinic.get(Appointment, "a")
    assert (row.status, row.patient_id) == (Status.SCHEDULED, "hall")


def test_messages_are_withdrawn_by_undo_and_sent_again_by_redo(clinic: Clinic) -> None:
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.add(visit("a"), "booked")
        work.send("confirmation", "a", {"to": "a@example.org"})
        work.record_undo("Book")
        work.commit()
    waiting = "SELECT count(*) FROM outbox_message WHERE withdrawn_at IS NULL AND done_at IS NULL"
    assert clinic.sql(waiting) == [(1,)]
    clinic.undo()
    assert clinic.sql(waiting) == [(0,)]
    clinic.redo()
    assert clinic.sql(waiting) == [(1,)]


def test_a_message_already_sent_stays_sent(clinic: Clinic) -> None:
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.add(visit("a"), "booked")
        work.send("confirmation", "a", {})
        work.record_undo("Book")
        work.commit()
    clinic.sql("UPDATE outbox_message SET done_at = 1")
    clinic.undo()
    assert clinic.sql("SELECT withdrawn_at FROM outbox_message") == [(None,)]


def test_fifty_steps_are_kept(clinic: Clinic) -> None:
    (row,) = clinic.add(visit("a"), label="Book")
    for i in range(60):
        row = clinic.change(row, f"note {i}", notes=str(i))
    labels = [clinic.undo() for _ in range(50)]
    assert labels[0] == "note 59"
    assert labels[-1] == "note 10"
    with pytest.raises(Refusal, match="nothing to undo"):
        clinic.undo()


def test_a_patient_who_was_booked_since_is_not_undone(clinic: Clinic) -> None:
    person = Patient(id="new", record_number="P9", first_name="New", last_name="Person")
    clinic.add(person, label="Add Person")
    clinic.add(visit("a", patient_id="new"), actor=clinic.jon)
    with pytest.raises(Refusal, match="has visits by now"):
        clinic.undo()
    assert clinic.get(Patient, "new").last_name == "Person"


def test_undo_is_in_the_history_with_the_command_it_undid(clinic: Clinic) -> None:
    (a,) = clinic.add(visit("a"))
    b = clinic.change(a, "moved", **moved(a, 60))
    clinic.undo()
    last = clinic.store.queries.appointment("a").history[-1]
    assert last.action == "undone"
    assert last.metadata == {"command": b.updated_op, "label": "moved"}
    assert last.changes["start"] == (int(b.start.timestamp()), int(a.start.timestamp()))
