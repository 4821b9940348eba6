"""Holds, settings, people and roster as undo steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_desk.domain.appointments import HOLD_SECONDS, Status
from clinic_desk.domain.errors import NotFound, Refusal, SlotTaken, Stale
from clinic_desk.domain.people import Patient
from clinic_desk.services.commands import (
    BookAppointment,
    EditPatient,
    HoldSlot,
    ReleaseExpiredHolds,
    ReleaseHold,
    RenewHold,
    SaveRecords,
    SaveSetting,
    Undo,
)
from tests.fakes.world import World, at


def hold(world: World, *, kept: bool = True, **more: object) -> str:
    command = HoldSlot(
        doctor_id=world.names["wu"],
        start=at("10:00"),
        end=at("10:30"),
        kept=kept,
        **more,  # type: ignore[arg-type]
    )
    return str(world.run(command).value)


def steps(world: World) -> tuple[str, str]:
    state = world.store.queries.undo_state(world.desk.actor.session_id)
    return state.undo_label, state.redo_label


def book_there(world: World) -> None:
    world.other_desk().execute(
        BookAppointment(
            patient_id=world.names["jon"],
            doctor_id=world.names["wu"],
            type_id=world.names["follow-up"],
            start=at("10:00"),
        )
    )


# Holds


def test_a_hold_for_its_own_sake_is_released_by_undo_and_held_afresh_by_redo(world: World) -> None:
    hold_id = hold(world)
    label, _ = steps(world)
    assert label.startswith("Hold ")
    assert label.endswith("10:00, Dr Wu")
    assert world.undo().value == label
    with pytest.raises(NotFound):
        world.row(hold_id)
    world.clock.advance(seconds=900)
    assert world.redo().value == label
    row = world.row(hold_id)
    assert row.status is Status.HELD
    assert row.hold_until == world.clock.now() + timedelta(seconds=HOLD_SECONDS)
    assert world.proven()


def test_the_hold_of_a_dialog_is_no_step(world: World) -> None:
    hold_id = hold(world, kept=False)
    assert steps(world) == ("", "")
    world.run(ReleaseHold(hold_id=hold_id))
    assert steps(world) == ("", "")


def test_letting_go_on_purpose_is_a_step_and_undo_holds_again(world: World) -> None:
    hold_id = hold(world)
    held_label, _ = steps(world)
    world.run(ReleaseHold(hold_id=hold_id, on_purpose=True))
    label, _ = steps(world)
    assert label.startswith("Release ")
    world.clock.advance(seconds=60)
    world.undo()
    row = world.row(hold_id)
    assert row.status is Status.HELD
    assert row.hold_until == world.clock.now() + timedelta(seconds=HOLD_SECONDS)
    assert steps(world) == (held_label, label)
    world.redo()
    assert world.status(hold_id) is Status.RELEASED
    assert steps(world) == (label, "")
    world.undo()
    world.undo()
    assert steps(world) == ("", held_label)
    assert world.proven()


def test_redoing_a_hold_whose_place_was_taken_names_who_took_it(world: World) -> None:
    hold(world)
    world.undo()
    book_there(world)
    with pytest.raises(SlotTaken, match="10:00"):
        world.redo()
    assert world.proven()


def test_undoing_a_release_whose_place_was_taken_names_who_took_it(world: World) -> None:
    hold_id = hold(world)
    world.run(ReleaseHold(hold_id=hold_id, on_purpose=True))
    book_there(world)
    with pytest.raises(SlotTaken, match="10:00"):
        world.undo()
    assert world.status(hold_id) is Status.RELEASED


def test_a_hold_that_was_renewed_can_still_be_undone(world: World) -> None:
    hold_id = hold(world)
    world.clock.advance(seconds=100)
    world.run(RenewHold(hold_id=hold_id))
    world.undo()
    with pytest.raises(NotFound):
        world.row(hold_id)


def test_the_step_of_a_hold_goes_when_the_hold_runs_out(world: World) -> None:
    visit = world.book("14:00")
    before, _ = steps(world)
    hold(world)
    world.clock.advance(seconds=HOLD_SECONDS + 1)
    world.run(ReleaseExpiredHolds())
    assert steps(world) == (before, "")
    world.undo()
    with pytest.raises(NotFound):
        world.row(visit)


def test_undo_at_the_moment_a_hold_runs_out_says_so_and_takes_back_nothing_else(
    world: World,
) -> None:
    visit = world.book("14:00")
    hold(world)
    world.clock.advance(seconds=HOLD_SECONDS + 1)
    with pytest.raises(Stale, match="run out by itself"):
        world.undo()
    assert world.status(visit) is Status.SCHEDULED
    assert steps(world)[0].startswith("Book")
    world.undo()
    with pytest.raises(NotFound):
        world.row(visit)


def test_a_released_hold_brought_back_and_run_out_leaves_nothing_to_redo(world: World) -> None:
    hold_id = hold(world)
    world.run(ReleaseHold(hold_id=hold_id, on_purpose=True))
    world.undo()
    world.clock.advance(seconds=HOLD_SECONDS + 1)
    world.run(ReleaseExpiredHolds())
    assert steps(world) == ("", "")


def test_leaving_the_finder_takes_the_steps_of_its_holds_along(world: World) -> None:
    world.book("14:00")
    before = steps(world)
    hold_id = hold(world)
    world.run(ReleaseHold(hold_id=hold_id))
    assert steps(world) == before


def test_a_hold_that_became_a_booking_does_not_come_back(world: World) -> None:
    hold_id = hold(world)
    world.book("10:00", hold_id=hold_id)
    world.undo()
    assert world.status(hold_id) is Status.RELEASED
    assert steps(world)[0] == ""
    world.redo()
    assert world.status(hold_id) is Status.SCHEDULED
    assert world.proven()


def test_keeping_the_hold_of_a_selection_is_one_step(world: World) -> None:
    first = hold(world, kept=False)
    second = hold(world, replace_id=first)
    world.undo()
    assert world.status(first) is Status.RELEASED
    with pytest.raises(NotFound):
        world.row(second)
    assert steps(world)[0] == ""


def test_a_hold_whose_time_has_passed_is_not_held_again(world: World) -> None:
    hold(world)
    world.undo()
    world.clock.set(at("10:05"))
    with pytest.raises(Stale, match="time has passed"):
        world.redo()
    assert steps(world) == ("", "")


# Settings


def setting(world: World, key: str = "look.theme", scope: str = "desk") -> object | None:
    return world.store.queries.setting(key, scope)


def save(world: World, value: object, label: str = "Dark theme", scope: str = "desk") -> None:
    key = "look.theme" if scope == "desk" else "clinic.greeting"
    world.run(SaveSetting(key=key, value=value, scope=scope, label=label))


def test_a_setting_with_a_label_goes_back_to_what_it_was(world: World) -> None:
    save(world, "light", "")
    assert steps(world) == ("", "")
    save(world, "dark")
    outcome = world.undo()
    assert outcome.value == "Dark theme"
    assert "setting" in outcome.changes.kinds
    assert outcome.changes.ids == {f"desk/{world.desk.actor.desk_id}/look.theme"}
    assert setting(world) == "light"
    world.redo()
    assert setting(world) == "dark"


def test_a_setting_that_was_never_saved_is_gone_again(world: World) -> None:
    save(world, "dark")
    world.undo()
    assert setting(world) is None
    world.redo()
    assert setting(world) == "dark"


def test_a_labelled_setting_is_told_before_and_after(world: World) -> None:
    save(world, "light", "Light theme")
    save(world, "dark")
    world.undo()
    with world.store._reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT action, actor_name, changes FROM event WHERE subject_kind = 'setting'"
            " ORDER BY seq"
        ).fetchall()
    assert [(row[0], row[1]) for row in rows] == [
        ("saved", "Maria"),
        ("saved", "Maria"),
        ("undone", "Maria"),
    ]
    assert [row[2] for row in rows] == [
        '{"value":[null,"\\"light\\""]}',
        '{"value":["\\"light\\"","\\"dark\\""]}',
        '{"value":["\\"dark\\"","\\"light\\""]}',
    ]


def test_a_clinic_setting_that_somebody_changed_since_is_left_alone(world: World) -> None:
    save(world, "Good morning", "Change the greeting", "clinic")
    world.other_desk().execute(
        SaveSetting(key="clinic.greeting", value="Hello", scope="clinic", label="Change it")
    )
    with pytest.raises(Stale, match="changed again since"):
        world.undo()
    assert setting(world, "clinic.greeting", "clinic") == "Hello"
    assert steps(world) == ("", "")


def test_a_setting_saved_as_it_was_is_no_step(world: World) -> None:
    save(world, "dark", "")
    save(world, "dark")
    assert steps(world) == ("", "")


# People and roster


def test_an_edited_patient_and_a_saved_roster_row_are_steps(world: World) -> None:
    ana = world.names["ana"]
    with world.store.unit_of_work(world.desk.actor) as work:
        before = work.get(Patient, ana)
    world.run(EditPatient(patient_id=ana, values={"email": "ana@example.org"}))
    doctor = world.store.queries.roster().doctors[world.names["wu"]]
    world.run(SaveRecords(records=(replace(doctor, title="Prof"),), label="Edit Dr Wu"))
    assert steps(world)[0] == "Edit Dr Wu"
    world.undo()
    assert world.store.queries.roster().doctors[world.names["wu"]].title == doctor.title
    assert steps(world)[0].startswith("Edit ")
    world.undo()
    with world.store.unit_of_work(world.desk.actor) as work:
        assert work.get(Patient, ana).email == before.email


def test_an_added_roster_row_that_is_used_since_is_not_taken_back(world: World) -> None:
    doctor = replace(
        world.store.queries.roster().doctors[world.names["wu"]],
        id="new-doctor",
        name="Dr Grey",
        code="GR",
    )
    world.run(SaveRecords(records=(doctor,), label="Add Dr Grey"))
    world.other_desk().execute(
        BookAppointment(
            patient_id=world.names["jon"],
            doctor_id="new-doctor",
            type_id=world.names["follow-up"],
            location_id=world.names["main"],
            start=at("10:00"),
            outside_hours=True,
        )
    )
    with pytest.raises(Refusal, match="Dr Grey has visits by now"):
        world.undo()
    assert "new-doctor" in world.store.queries.roster().doctors


def test_a_run_that_is_unknown_is_refused(world: World) -> None:
    with pytest.raises(Refusal, match="taken back already"):
        world.run(Undo(run="nowhere"))
