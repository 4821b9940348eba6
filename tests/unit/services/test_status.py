"""The status machine at work."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from clinic_desk.domain.appointments import TRANSITIONS, Status
from clinic_desk.domain.errors import Refusal, SlotTaken, Stale
from clinic_desk.services.commands import (
    CancelAppointment,
    CancelTogether,
    ChangeStatus,
    ChangeStatusTogether,
    ParkAppointment,
    ParkTogether,
    Reinstate,
    StepBack,
    StepBackTogether,
    UnparkAppointment,
)
from tests.fakes.world import TODAY, World, at

REAL = [s for s in Status if s not in (Status.HELD, Status.RELEASED)]


def change(world: World, row_id: str, to: Status, **more: object) -> tuple[str, ...]:
    return world.run(
        ChangeStatus(appointment_id=row_id, to=to, **more)  # type: ignore[arg-type]
    ).warnings


def extra(status: Status) -> dict[str, object]:
    return {"cancel_reason": "Ill"} if status is Status.CANCELLED else {}


@pytest.mark.parametrize("start", REAL)
@pytest.mark.parametrize("to", [s for s in REAL if s is not Status.CANCELLED])
def test_every_step_of_the_machine(world: World, start: Status, to: Status) -> None:
    (row_id,) = world.put_in({"status": start, **extra(start)})
    combined = start is Status.SCHEDULED and to in (Status.ARRIVED, Status.IN_PROGRESS)
    if to in TRANSITIONS[start] or combined:
        change(world, row_id, to)
        assert world.status(row_id) is to
        assert world.proven()
    else:
        with pytest.raises(Refusal) as caught:
            change(world, row_id, to)
        assert caught.value.code == "illegal_status"
        assert world.status(row_id) is start


def test_a_whole_day(world: World) -> None:
    row_id = world.book("10:00")
    path = [Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED]
    for minute, status in enumerate(path):
        world.clock.set(at("09:50") + timedelta(minutes=minute))
        change(world, row_id, status)
    row = world.row(row_id)
    times = [row.confirmed_at, row.arrived_at, row.started_at, row.completed_at]
    assert all(a is not None and b is not None and a < b for a, b in pairwise(times))
    staff = world.desk.actor.staff_id
    by = {row.confirmed_by, row.arrived_by, row.started_by, row.completed_by}
    assert by == {staff}
    assert world.actions(row_id) == ["booked", "confirmed", "arrived", "started", "completed"]


def test_checking_in_a_booked_patient_is_two_events_in_one_transaction(world: World) -> None:
    row_id = world.book("10:00")
    change(world, row_id, Status.ARRIVED)
    events = world.history(row_id)[-2:]
    assert [event.action for event in events] == ["confirmed", "arrived"]
    assert events[0].command_id == events[1].command_id
    world.undo()
    assert world.status(row_id) is Status.SCHEDULED
    assert world.row(row_id).confirmed_at is None
    world.redo()
    assert world.status(row_id) is Status.ARRIVED


def test_warnings_about_the_wrong_moment(world: World) -> None:
    row_id = world.book("10:00", day=TODAY + timedelta(days=1))
    assert change(world, row_id, Status.NO_SHOW) == ("This visit has not started yet.",)
    other = world.book("11:00", day=TODAY + timedelta(days=1), patient="jon")
    assert change(world, other, Status.ARRIVED) == ("This visit is on Wed 25 Nov, not today.",)


def test_a_no_show_frees_the_slot_and_the_shelf(world: World) -> None:
    row_id = world.book("10:00")
    world.run(ParkAppointment(appointment_id=row_id))
    world.clock.set(at("09:59"))
    change(world, row_id, Status.NO_SHOW)
    assert not world.store.queries.shelf()
    assert world.book("10:00", patient="jon")


def test_cancelling_wants_a_reason(world: World) -> None:
    row_id = world.book("10:00")
    for reason in ("", "   "):
        with pytest.raises(Refusal) as caught:
            world.run(CancelAppointment(appointment_id=row_id, reason=reason))
        assert caught.value.code == "reason_required"
    with pytest.raises(Refusal, match="2,000"):
        world.run(CancelAppointment(appointment_id=row_id, reason="x" * 2001))
    with pytest.raises(Refusal, match="needs a reason"):
        change(world, row_id, Status.CANCELLED)
    outcome = world.run(CancelAppointment(appointment_id=row_id, reason="x" * 2000))
    row = world.row(row_id)
    assert (row.status, row.cancelled_at) == (Status.CANCELLED, at("07:00"))
    assert outcome.undo_label == "Cancel Lee, Ana"
    assert world.book("10:00", patient="jon")


def test_a_completed_visit_cannot_be_cancelled(world: World) -> None:
    (row_id,) = world.put_in({"status": Status.COMPLETED})
    with pytest.raises(Refusal, match="already completed"):
        world.run(CancelAppointment(appointment_id=row_id, reason="Ill"))


def test_reinstating_a_late_patient(world: World) -> None:
    row_id = world.book("10:00")
    change(world, row_id, Status.CONFIRMED)
    world.clock.set(at("10:15"))
    change(world, row_id, Status.NO_SHOW)
    world.clock.set(at("10:40"))
    with pytest.raises(Refusal) as caught:
        world.run(StepBack(appointment_id=row_id))
    assert caught.value.ways_out[0].action == "reinstate"
    with pytest.raises(Refusal, match="needs a reason"):
        world.run(Reinstate(appointment_id=row_id, reason=" "))
    world.run(Reinstate(appointment_id=row_id, reason="Came twenty minutes late"))
    assert world.status(row_id) is Status.CONFIRMED
    event = world.history(row_id)[-1]
    assert (event.action, event.metadata["reason"]) == ("reinstated", "Came twenty minutes late")
    change(world, row_id, Status.ARRIVED)
    assert world.proven()


def test_reinstating_into_a_taken_slot(world: World) -> None:
    row_id = world.book("10:00")
    world.run(CancelAppointment(appointment_id=row_id, reason="Ill"))
    world.book("10:00", patient="jon")
    for command in (
        Reinstate(appointment_id=row_id, reason="Well again"),
        StepBack(appointment_id=row_id),
    ):
        with pytest.raises(SlotTaken, match="Hall"):
            world.run(command)
    assert world.status(row_id) is Status.CANCELLED


def test_only_a_final_status_is_reinstated(world: World) -> None:
    with pytest.raises(Refusal, match="only a finished one"):
        world.run(Reinstate(appointment_id=world.book("10:00"), reason="Why not"))


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ([Status.CONFIRMED], Status.SCHEDULED),
        ([Status.ARRIVED], Status.SCHEDULED),
        ([Status.CONFIRMED, Status.ARRIVED], Status.CONFIRMED),
        ([Status.IN_PROGRESS], Status.SCHEDULED),
        ([Status.CONFIRMED, Status.IN_PROGRESS], Status.CONFIRMED),
        ([Status.ARRIVED, Status.IN_PROGRESS], Status.ARRIVED),
        ([Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED], Status.IN_PROGRESS),
        ([Status.ARRIVED, Status.NO_SHOW], Status.ARRIVED),
        ([Status.NO_SHOW], Status.SCHEDULED),
    ],
)
def test_a_wrong_click_is_stepped_back(world: World, path: list[Status], back: Status) -> None:
    row_id = world.book("10:00")
    for minute, status in enumerate(path):
        world.clock.set(at("09:50") + timedelta(minutes=minute))
        change(world, row_id, status)
    outcome = world.run(StepBack(appointment_id=row_id))
    row = world.row(row_id)
    assert row.status is back
    stamps = {
        Status.SCHEDULED: (row.confirmed_at, row.arrived_at, row.started_at),
        Status.CONFIRMED: (row.arrived_at, row.started_at),
        Status.ARRIVED: (row.started_at,),
        Status.IN_PROGRESS: (row.completed_at,),
    }[back]
    assert not any(stamps)
    assert outcome.undo_label.startswith("Step back Lee, Ana")
    world.undo()
    assert world.status(row_id) is path[-1]
    assert world.proven()


def test_steps_of_one_instant_are_told_apart_by_their_events(world: World) -> None:
    """The clock stands still: confirmed by telephone and checked in have the same time."""
    row_id = world.book("10:00")
    world.clock.set(at("09:55"))
    change(world, row_id, Status.CONFIRMED)
    change(world, row_id, Status.ARRIVED)
    world.run(StepBack(appointment_id=row_id))
    assert world.status(row_id) is Status.CONFIRMED
    change(world, row_id, Status.ARRIVED)
    world.run(StepBack(appointment_id=row_id))
    world.run(StepBack(appointment_id=row_id))
    assert world.status(row_id) is Status.SCHEDULED
    change(world, row_id, Status.ARRIVED)
    world.run(StepBack(appointment_id=row_id))
    assert world.status(row_id) is Status.SCHEDULED


def test_ones_own_hurry_is_not_stale(world: World) -> None:
    """A then U, faster than the window can read the visit again."""
    row_id = world.book("10:00")
    seen = world.row(row_id).revision
    change(world, row_id, Status.ARRIVED, expected_revision=seen)
    world.run(StepBack(appointment_id=row_id, expected_revision=seen))
    assert world.status(row_id) is Status.SCHEDULED


def test_anothers_write_among_ones_own_is_stale(world: World) -> None:
    row_id = world.book("10:00")
    seen = world.row(row_id).revision
    world.other_desk().execute(ChangeStatus(appointment_id=row_id, to=Status.CONFIRMED))
    change(world, row_id, Status.ARRIVED)
    with pytest.raises(Stale):
        world.run(StepBack(appointment_id=row_id, expected_revision=seen))


def test_nothing_to_step_back(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        world.run(StepBack(appointment_id=world.book("10:00")))
    assert caught.value.code == "nothing_to_step_back"


def test_accepting_and_declining(world: World) -> None:
    row_id = world.book("10:00", type="asked")
    with pytest.raises(Refusal, match="awaiting acceptance"):
        change(world, row_id, Status.ARRIVED)
    change(world, row_id, Status.SCHEDULED)
    world.run(StepBack(appointment_id=row_id))
    assert world.status(row_id) is Status.PENDING
    change(world, row_id, Status.DECLINED, reason="Not my field")
    assert world.history(row_id)[-1].metadata == {"reason": "Not my field"}
    world.run(StepBack(appointment_id=row_id))
    assert world.status(row_id) is Status.PENDING


def test_a_stale_status_change(world: World) -> None:
    row_id = world.book("10:00")
    seen = world.row(row_id).revision
    world.other_desk().execute(ChangeStatus(appointment_id=row_id, to=Status.CONFIRMED))
    with pytest.raises(Stale):
        change(world, row_id, Status.NO_SHOW, expected_revision=seen)


def three(world: World) -> list[str]:
    starts = (("10:00", "ana"), ("10:30", "jon"), ("11:00", "eve"))
    return [world.book(start, patient=name) for start, name in starts]


def arriving(rows: list[str]) -> ChangeStatusTogether:
    changes = tuple(ChangeStatus(appointment_id=row, to=Status.ARRIVED) for row in rows)
    return ChangeStatusTogether(changes=changes)


def test_several_arrive_in_one_step(world: World) -> None:
    rows = three(world)
    outcome = world.run(arriving(rows))
    assert outcome.undo_label == outcome.sentence == "Arrived: 3 visits"
    assert {world.status(row) for row in rows} == {Status.ARRIVED}
    world.undo()
    assert {world.status(row) for row in rows} == {Status.SCHEDULED}
    world.redo()
    assert {world.status(row) for row in rows} == {Status.ARRIVED}
    steps = tuple(StepBack(appointment_id=row) for row in rows)
    assert world.run(StepBackTogether(steps=steps)).undo_label == "Stepped back: 3 visits"
    assert {world.status(row) for row in rows} == {Status.SCHEDULED}
    assert world.proven()


def test_one_that_cannot_arrive_keeps_all_where_they_are(world: World) -> None:
    rows = three(world)
    world.run(CancelAppointment(appointment_id=rows[2], reason="Ill"))
    with pytest.raises(Refusal, match=r"None of the 3 visits was changed\. Moss") as caught:
        world.run(arriving(rows))
    assert caught.value.ways_out[-1].data == {"appointment_id": rows[2]}
    assert world.status(rows[0]) is world.status(rows[1]) is Status.SCHEDULED
    assert world.actions(rows[0]) == ["booked"]
    with pytest.raises(Refusal):
        world.run(ChangeStatusTogether(changes=()))
    with pytest.raises(Refusal, match="twice"):
        world.run(arriving([rows[0], rows[0]]))


def test_several_are_cancelled_for_one_reason(world: World) -> None:
    rows = three(world)
    orders = tuple(CancelAppointment(appointment_id=row, reason="Doctor is away") for row in rows)
    assert world.run(CancelTogether(cancellations=orders)).sentence == "Cancelled: 3 visits"
    assert {world.row(row).cancel_reason for row in rows} == {"Doctor is away"}
    world.undo()
    assert {world.status(row) for row in rows} == {Status.SCHEDULED}
    assert world.proven()


def test_several_are_parked_in_one_step(world: World) -> None:
    rows = three(world)
    orders = tuple(ParkAppointment(appointment_id=row) for row in rows)
    assert world.run(ParkTogether(parkings=orders)).undo_label == "Parked: 3 visits"
    world.undo()
    with pytest.raises(Refusal, match="not on the shelf"):
        world.run(UnparkAppointment(appointment_id=rows[0]))
