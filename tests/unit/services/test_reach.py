"""Whose schedule a person changes: judged by the rows that were written, whatever wrote them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import DEFAULTS, Permission, Role
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.services import desk as desk_module
from clinic_desk.services.commands import (
    AddPatient,
    BlockTime,
    CancelAppointment,
    ChangeStatus,
    Command,
    CopyAppointment,
    EditAppointment,
    HoldSlot,
    ImportBatch,
    MoveAppointment,
    MoveTogether,
    ParkAppointment,
    Redo,
    RemoveBlock,
    StepBack,
    Undo,
    UnparkAppointment,
)
from clinic_desk.services.day_commands import AnswerVisit, MergePatients, RunningLate
from clinic_desk.services.roster_commands import OpenTime, RequestTimeOff, SaveWeek, Together
from clinic_desk.services.series_commands import BookSeries
from tests.fakes.world import TODAY, World, actor, at


@pytest.fixture
def seat(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Who sits at the world's desk, with no account and no setting in between."""
    monkeypatch.setattr(desk_module.Desk, "_seated", staticmethod(lambda _uow, asked: asked))

    def sit(world: World, role: Role | None, doctor: str = "", *more: Permission) -> None:
        if role is None:
            world.desk.become(actor())
            return
        person: Actor = replace(
            actor(),
            role=role,
            permissions=DEFAULTS[role] | set(more),
            doctor_id=world.names[doctor] if doctor else None,
        )
        world.desk.become(person)

    return sit


def refused(world: World, command: Command) -> str:
    before = events(world)
    with pytest.raises(Refusal) as caught:
        world.run(command)
    assert caught.value.code == "not_allowed", caught.value.sentence
    assert events(world) == before
    return caught.value.sentence


def events(world: World) -> int:
    return world.store.queries.info().counts["event"]


def visit(world: World, doctor: str, start: str = "10:00", patient: str = "ana") -> Id:
    return world.book(start, doctor=doctor, patient=patient)


def others(world: World, own: Id, other: Id) -> list[Command]:
    """What a doctor (Wu) may not do to Berg's schedule."""
    wu, berg = world.names["wu"], world.names["berg"]
    here, later = at("14:00"), at("14:30")
    move = MoveAppointment(appointment_id=other, expected_revision=None, start=here, end=later)
    return [
        move,
        replace(move, doctor_id=wu),  # to the own schedule, away from the other one
        replace(move, appointment_id=own, doctor_id=berg),
        MoveTogether(moves=(replace(move, appointment_id=own), move)),
        CancelAppointment(appointment_id=other, reason="Ill"),
        ChangeStatus(appointment_id=other, to=Status.CONFIRMED),
        EditAppointment(appointment_id=other, values={"notes": "Hello"}),
        CopyAppointment(appointment_id=own, start=here, end=later, doctor_id=berg),
        ParkAppointment(appointment_id=other),
        HoldSlot(doctor_id=berg, start=here, end=later, type_id=world.names["follow-up"]),
        BlockTime(doctor_id=berg, start=here, end=later),
        OpenTime(doctor_id=berg, start=at("18:00"), end=at("19:00")),
        RequestTimeOff(doctor_id=berg, start=at("00:00"), end=at("00:00") + timedelta(days=1)),
        RunningLate(doctor_id=berg, day=TODAY, minutes=15),
        BookSeries(
            patient_id=world.names["tom"], doctor_id=berg, type_id=world.names["follow-up"],
            rule="FREQ=WEEKLY;COUNT=2", local_start="2026-11-24T15:00",
        ),
        Together(commands=(BlockTime(doctor_id=berg, start=here, end=later),), label="Block"),
    ]  # fmt: skip


def test_a_doctor_changes_no_schedule_but_their_own(
    world: World, seat: Callable[..., None]
) -> None:
    own, other = visit(world, "wu"), visit(world, "berg", "11:00", "jon")
    seat(world, Role.DOCTOR, "wu")
    for command in others(world, own, other):
        told = refused(world, command)
        assert "Berg" in told, (command, told)
        assert "Wu" in told
        assert "Ask the front desk or a manager" in told
    assert world.proven()


def test_a_doctor_does_on_their_own_schedule_what_the_design_says(
    world: World, seat: Callable[..., None]
) -> None:
    wu = world.names["wu"]
    seat(world, Role.DOCTOR, "wu")
    own = visit(world, "wu")
    world.move(own, "10:30")
    world.run(ParkAppointment(appointment_id=own))
    world.run(UnparkAppointment(appointment_id=own))
    world.run(EditAppointment(appointment_id=own, values={"notes": "Hello"}))
    asked = world.book("11:00", type="asked", patient="jon")
    world.run(AnswerVisit(appointment_id=asked, accept=True))
    for status in (Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED):
        world.run(ChangeStatus(appointment_id=own, to=status))
    block = world.run(BlockTime(doctor_id=wu, start=at("15:00"), end=at("16:00"))).value
    world.run(RemoveBlock(exception_id=str(block)))
    world.run(RunningLate(doctor_id=wu, day=TODAY, minutes=20))
    start = at("00:00") + timedelta(days=7)
    world.run(RequestTimeOff(doctor_id=wu, start=start, end=start + timedelta(days=1)))
    world.run(Undo())
    world.run(Redo())
    assert world.status(own) is Status.COMPLETED
    assert world.proven()


def test_undo_and_redo_reach_no_further(world: World, seat: Callable[..., None]) -> None:
    """What a session may take back is judged by who it is now, not by who it was."""
    visit(world, "berg")
    seat(world, Role.DOCTOR, "wu")
    assert "Berg" in refused(world, Undo())
    seat(world, None)
    world.undo()
    seat(world, Role.DOCTOR, "wu")
    assert "Berg" in refused(world, Redo())
    seat(world, Role.DOCTOR, "berg")
    world.redo()


def test_an_account_without_a_doctor_has_no_schedule(
    world: World, seat: Callable[..., None]
) -> None:
    other = visit(world, "berg")
    seat(world, Role.DOCTOR)
    told = refused(world, CancelAppointment(appointment_id=other, reason="Ill"))
    assert "not tied to a doctor" in told
    assert "Settings › Staff" in told


def test_others_schedules_is_a_permission_like_any_other(
    world: World, seat: Callable[..., None]
) -> None:
    other = visit(world, "berg")
    seat(world, Role.DOCTOR, "wu", Permission.OTHERS_SCHEDULES)
    world.run(CancelAppointment(appointment_id=other, reason="Ill"))
    assert world.status(other) is Status.CANCELLED


def test_holds_that_ran_out_are_let_go_by_whoever_comes_next(
    world: World, seat: Callable[..., None]
) -> None:
    hold = HoldSlot(doctor_id=world.names["berg"], start=at("14:00"), end=at("14:30"), seconds=60)
    held = str(world.run(hold).value)
    seat(world, Role.DOCTOR, "wu")
    world.clock.advance(seconds=90)
    assert visit(world, "wu")
    assert world.status(held) is Status.RELEASED


def test_a_receptionist_neither_accepts_nor_starts(world: World, seat: Callable[..., None]) -> None:
    asked, own = world.book("11:00", type="asked", patient="jon"), visit(world, "wu")
    seat(world, Role.RECEPTIONIST)
    world.run(ChangeStatus(appointment_id=own, to=Status.ARRIVED))
    for command in (
        AnswerVisit(appointment_id=asked, accept=True),
        AnswerVisit(appointment_id=asked, accept=False, reason="Full"),
        ChangeStatus(appointment_id=asked, to=Status.SCHEDULED),
        ChangeStatus(appointment_id=asked, to=Status.DECLINED, reason="Full"),
    ):
        assert "accept or decline" in refused(world, command)
    started = ChangeStatus(appointment_id=own, to=Status.IN_PROGRESS)
    assert "start and complete visits" in refused(world, started)
    seat(world, Role.DOCTOR, "wu")
    world.run(started)
    seat(world, Role.RECEPTIONIST)
    assert "start and complete" in refused(world, StepBack(appointment_id=own))
    assert "start and complete" in refused(world, Undo())


def test_what_was_overbooked_comes_back_by_who_may_overbook(
    world: World, seat: Callable[..., None]
) -> None:
    visit(world, "wu")
    squeezed = world.book("10:00", patient="jon", overbook_reason="In pain")
    world.undo()
    seat(world, Role.RECEPTIONIST)
    assert "overbook" in refused(world, Redo())
    seat(world, Role.MANAGER)
    world.redo()
    assert world.row(squeezed).overbook_reason == "In pain"


def test_what_one_may_not_do_one_may_not_take_back(world: World, seat: Callable[..., None]) -> None:
    world.run(BlockTime(doctor_id=world.names["wu"], start=at("14:00"), end=at("15:00")))
    seat(world, Role.RECEPTIONIST)
    assert "block time" in refused(world, Undo())


def test_an_import_reaches_no_further(world: World, seat: Callable[..., None]) -> None:
    seat(world, Role.DOCTOR, "wu", Permission.IMPORT)
    start = at("14:00")
    visit_of_berg = {
        "id": "imported", "import_key": "key", "doctor_id": world.names["berg"],
        "location_id": world.names["main"], "patient_id": world.names["ana"],
        "type_id": world.names["follow-up"], "status": Status.SCHEDULED,
        "start": start, "end": start + timedelta(minutes=30),
        "blocked_start": start, "blocked_end": start + timedelta(minutes=30),
    }  # fmt: skip
    assert "Berg" in refused(world, ImportBatch(appointments=(visit_of_berg,)))
    mine = {**visit_of_berg, "doctor_id": world.names["wu"]}
    world.run(ImportBatch(appointments=(mine,), label="Import", run="run"))
    seat(world, Role.DOCTOR, "wu")
    assert "import files" in refused(world, Undo(run="run"))


def test_merging_changes_the_visits_that_go_over(world: World, seat: Callable[..., None]) -> None:
    twin = str(world.run(AddPatient(values={"first_name": "Ana", "last_name": "Lee"})).value)
    world.book("11:00", doctor="berg", patient_id=twin)
    merge = MergePatients(kept_id=world.names["ana"], other_id=twin, values={})
    seat(world, Role.DOCTOR, "wu")
    assert "Berg" in refused(world, merge)
    seat(world, Role.RECEPTIONIST)
    world.run(merge)


def test_what_is_parked_on_the_shelf_stays_its_doctors(
    world: World, seat: Callable[..., None]
) -> None:
    other = visit(world, "berg")
    world.run(ParkAppointment(appointment_id=other))
    seat(world, Role.DOCTOR, "wu")
    assert "Berg" in refused(world, UnparkAppointment(appointment_id=other))


def test_a_doctor_who_may_edit_hours_edits_the_own_ones_alone(
    world: World, seat: Callable[..., None]
) -> None:
    def week(doctor: str) -> SaveWeek:
        sunday = ScheduleTemplate(
            id=world.ids(), doctor_id=world.names[doctor], location_id=world.names["main"],
            weekday=6, work_start=540, work_end=720,
        )  # fmt: skip
        return SaveWeek(doctor_id=sunday.doctor_id, templates=(sunday,))

    seat(world, Role.DOCTOR, "wu")
    assert "may not edit sites, doctors, visit types and hours" in refused(world, week("wu"))
    seat(world, Role.DOCTOR, "wu", Permission.EDIT_ROSTER)
    assert "the schedule of Dr Berg; yours is that of Dr Wu" in refused(world, week("berg"))
    before = events(world)
    world.run(week("wu"))
    assert events(world) > before
