"""A caller who is not on file: patient and visit are one step, there and back."""

from __future__ import annotations

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import NotFound, Refusal, SlotTaken
from clinic_desk.domain.people import Patient
from clinic_desk.services.commands import BookAppointment, HoldSlot
from tests.fakes.world import TODAY, World, actor, at

ZWACK = {"last_name": "Zwack", "first_name": "Ottilie", "mobile": "020 7946 0999"}


def patient(world: World, row_id: str) -> Patient:
    with world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
        return work.get(Patient, row_id)


def test_patient_and_visit_come_and_go_in_one_step(world: World) -> None:
    outcome = world.outcome("10:00", patient_id="", new_patient=ZWACK)
    row = world.row(str(outcome.value))
    person = patient(world, row.patient_id or "")
    assert person.listed_name == "Zwack, Ottilie"
    assert person.mobile == "+442079460999"
    assert outcome.undo_label == "Add Zwack, Ottilie and book Tue 10:00"
    assert {"patient", "appointment"} <= outcome.changes.kinds

    assert world.undo().value == outcome.undo_label
    assert world.store.queries.search_patients("zwack") == []
    with pytest.raises(NotFound):
        patient(world, person.id)
    assert len(world.store.queries.cells(TODAY, TODAY)) == 0

    world.redo()
    assert world.row(row.id).patient_id == person.id
    assert [hit.id for hit in world.store.queries.search_patients("zwack")] == [person.id]
    assert world.proven()


@pytest.mark.parametrize("redo", [False, True])
def test_the_same_with_a_hold_that_becomes_the_visit(world: World, redo: bool) -> None:
    held = world.run(
        HoldSlot(
            doctor_id=world.names["wu"],
            start=at("10:00"),
            end=at("10:30"),
            type_id=world.names["follow-up"],
            name="Zwack, Ottilie",
        )
    )
    hold_id = str(held.value)
    (cell,) = world.store.queries.cells(TODAY, TODAY)
    assert (cell.status, cell.listed_name, cell.note) == (Status.HELD, "Zwack, Ottilie", "")
    assert world.book("10:00", patient_id="", new_patient=ZWACK, hold_id=hold_id) == hold_id
    row = world.row(hold_id)
    assert row.title == ""
    world.undo()
    assert world.status(hold_id) is Status.RELEASED
    with pytest.raises(NotFound):
        patient(world, row.patient_id or "")
    if redo:
        world.redo()
        assert world.status(hold_id) is Status.SCHEDULED
        assert patient(world, row.patient_id or "").last_name == "Zwack"
    assert world.proven()


def test_a_refused_visit_leaves_nobody_on_file(world: World) -> None:
    world.book("10:00")
    with pytest.raises(SlotTaken):
        world.outcome("10:00", patient_id="", new_patient=ZWACK)
    assert world.store.queries.search_patients("zwack") == []
    with pytest.raises(Refusal, match="no e-mail address"):
        world.outcome("11:00", patient_id="", new_patient={**ZWACK, "email": "none"})
    assert len(world.store.queries.cells(TODAY, TODAY)) == 1


def test_undo_keeps_a_caller_who_was_booked_again_since(world: World) -> None:
    first = world.row(world.book("10:00", patient_id="", new_patient=ZWACK))
    again = world.other_desk()
    again.execute(
        BookAppointment(
            patient_id=first.patient_id or "",
            doctor_id=world.names["wu"],
            type_id=world.names["follow-up"],
            start=at("14:00"),
        )
    )
    with pytest.raises(Refusal, match="Zwack, Ottilie has visits by now"):
        world.undo()
    assert world.status(first.id) is Status.SCHEDULED
