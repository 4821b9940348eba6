"""Holds and the shelf."""

from __future__ import annotations

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Refusal, SlotTaken
from clinic_desk.services.commands import (
    BookAppointment,
    CancelAppointment,
    ChangeStatus,
    HoldSlot,
    ParkAppointment,
    ReleaseExpiredHolds,
    ReleaseHold,
    RenewHold,
    UnparkAppointment,
)
from clinic_desk.services.shelf import CROWDED
from tests.fakes.world import World, at


def hold(world: World, start: str = "10:00", **more: object) -> str:
    begin = at(start)
    end = at(f"{int(start[:2]):02}:{int(start[3:]) + 30:02}")
    outcome = world.run(
        HoldSlot(
            doctor_id=world.names["wu"],
            start=begin,
            end=end,
            type_id=world.names["follow-up"],
            **more,  # type: ignore[arg-type]
        )
    )
    return str(outcome.value)


def book_held(world: World, hold_id: str, start: str = "10:00") -> str:
    return world.book(start, hold_id=hold_id)


def test_a_hold_keeps_others_out(world: World) -> None:
    hold(world)
    with pytest.raises(SlotTaken, match="Slot held by") as caught:
        world.other_desk().execute(
            BookAppointment(
                patient_id=world.names["jon"],
                doctor_id=world.names["wu"],
                type_id=world.names["follow-up"],
                start=at("10:00"),
            )
        )
    assert "3:00" in caught.value.sentence
    assert caught.value.ways_out[0].label == "Next free 10:30"


def test_a_hold_becomes_the_booking(world: World) -> None:
    hold_id = hold(world)
    assert book_held(world, hold_id) == hold_id
    row = world.row(hold_id)
    assert row.status is Status.SCHEDULED
    assert (row.hold_until, row.held_by_desk) == (None, "")
    assert row.confirmation_code
    assert world.actions(hold_id) == ["held", "booked"]
    assert world.proven()


def test_undoing_a_booking_from_a_hold_frees_the_slot(world: World) -> None:
    row_id = book_held(world, hold(world))
    world.undo()
    other = world.book("10:00", patient="jon")
    with pytest.raises(Refusal):
        world.redo()
    world.run(CancelAppointment(appointment_id=other, reason="Ill"))
    assert world.proven()
    assert row_id not in {cell.id for cell in world.store.queries.shelf()}


def test_redoing_a_booking_from_a_hold(world: World) -> None:
    row_id = book_held(world, hold(world))
    code = world.row(row_id).confirmation_code
    world.undo()
    world.clock.advance(minutes=10)
    world.redo()
    assert world.status(row_id) is Status.SCHEDULED
    assert world.row(row_id).confirmation_code == code
    assert world.proven()


def test_a_hold_runs_out(world: World) -> None:
    hold_id = hold(world)
    world.clock.advance(seconds=181)
    assert world.run(ReleaseExpiredHolds()).value == 1
    assert world.status(hold_id) is Status.RELEASED
    assert world.run(ReleaseExpiredHolds()).value == 0


def test_the_gate_releases_before_it_looks(world: World) -> None:
    hold(world)
    world.clock.advance(seconds=181)
    outcome = world.outcome("10:00", patient="jon")
    assert outcome.value
    assert world.undo().sentence == "Undone: Book Hall, Jonathan on Tue 10:00"


def test_a_booking_whose_hold_ran_out_takes_the_place_if_it_is_still_free(world: World) -> None:
    hold_id = hold(world)
    world.clock.advance(seconds=181)
    row_id = book_held(world, hold_id)
    assert row_id != hold_id
    taken = hold(world, "11:00")
    world.clock.advance(seconds=181)
    world.book("11:00", patient="jon")
    with pytest.raises(SlotTaken):
        book_held(world, taken, "11:00")


def test_renewing(world: World) -> None:
    hold_id = hold(world)
    world.clock.advance(seconds=170)
    world.run(RenewHold(hold_id=hold_id))
    world.clock.advance(seconds=170)
    assert world.status(hold_id) is Status.HELD
    world.clock.advance(seconds=11)
    with pytest.raises(Refusal) as caught:
        world.run(RenewHold(hold_id=hold_id))
    assert caught.value.code == "hold_expired"


def test_choosing_another_opening_releases_the_first(world: World) -> None:
    first = hold(world)
    second = hold(world, "11:00", replace_id=first)
    assert world.status(first) is Status.RELEASED
    assert world.status(second) is Status.HELD
    third = hold(world, "11:00", replace_id=second)
    assert world.status(third) is Status.HELD


def test_a_refused_replacement_keeps_the_first(world: World) -> None:
    world.book("11:00", patient="jon")
    first = hold(world)
    with pytest.raises(SlotTaken):
        hold(world, "11:00", replace_id=first)
    assert world.status(first) is Status.HELD


def test_a_booking_may_end_elsewhere_than_its_hold(world: World) -> None:
    hold_id = hold(world)
    assert book_held(world, hold_id, "10:15") == hold_id
    assert world.row(hold_id).start == at("10:15")


def test_letting_go_twice_is_no_error(world: World) -> None:
    hold_id = hold(world)
    world.run(ReleaseHold(hold_id=hold_id))
    world.run(ReleaseHold(hold_id=hold_id))
    world.run(ReleaseHold(hold_id="never-there"))
    assert world.book("10:00")


def test_a_hold_belongs_to_its_desk(world: World) -> None:
    hold_id = hold(world)
    noor = world.other_desk()
    for command in (RenewHold(hold_id=hold_id), ReleaseHold(hold_id=hold_id)):
        with pytest.raises(Refusal, match="another desk"):
            noor.execute(command)


@pytest.mark.parametrize("seconds", [0, -1, 3601])
def test_hold_bounds(world: World, seconds: int) -> None:
    with pytest.raises(Refusal) as caught:
        hold(world, seconds=seconds)
    assert caught.value.code == "bad_hold"


def test_no_hold_in_the_past(world: World) -> None:
    world.clock.set(at("10:01"))
    with pytest.raises(Refusal) as caught:
        hold(world)
    assert caught.value.code == "past"
    assert caught.value.sentence == "This time has passed; choose a later one."


def test_holds_are_no_undo_steps(world: World) -> None:
    world.book("11:00")
    world.run(ReleaseHold(hold_id=hold(world)))
    assert world.store.queries.undo_state("session-1").undo_label == "Book Lee, Ana on Tue 11:00"


def test_the_shelf_keeps_the_origin(world: World) -> None:
    row_id = world.book("10:00")
    outcome = world.run(ParkAppointment(appointment_id=row_id))
    (card,) = world.store.queries.shelf()
    assert (card.item_id, card.cell.id) == (outcome.value, row_id)
    with pytest.raises(SlotTaken):
        world.book("10:00", patient="jon")
    again = world.run(ParkAppointment(appointment_id=row_id))
    assert again.value == outcome.value
    assert again.undo_label == ""
    world.run(UnparkAppointment(appointment_id=row_id))
    assert not world.store.queries.shelf()
    with pytest.raises(Refusal) as caught:
        world.run(UnparkAppointment(appointment_id=row_id))
    assert caught.value.code == "not_parked"


def test_parking_is_undone_and_redone(world: World) -> None:
    row_id = world.book("10:00")
    world.run(ParkAppointment(appointment_id=row_id))
    world.undo()
    assert not world.store.queries.shelf()
    world.redo()
    assert len(world.store.queries.shelf()) == 1
    world.run(UnparkAppointment(appointment_id=row_id))
    world.undo()
    assert len(world.store.queries.shelf()) == 1


def test_cancelling_empties_the_shelf(world: World) -> None:
    row_id = world.book("10:00")
    world.run(ParkAppointment(appointment_id=row_id))
    world.run(CancelAppointment(appointment_id=row_id, reason="Ill"))
    assert not world.store.queries.shelf()
    with pytest.raises(Refusal):
        world.run(ParkAppointment(appointment_id=row_id))


def test_a_visit_under_way_is_not_parked(world: World) -> None:
    row_id = world.book("10:00")
    for step in (Status.ARRIVED, Status.IN_PROGRESS):
        world.run(ChangeStatus(appointment_id=row_id, to=step))
    with pytest.raises(Refusal) as caught:
        world.run(ParkAppointment(appointment_id=row_id))
    assert caught.value.code == "locked"
    assert "under way" in caught.value.sentence
    assert not world.store.queries.shelf()


def test_a_crowded_shelf_warns(world: World) -> None:
    warnings = []
    for number in range(CROWDED):
        minute = 480 + 15 * number
        start = f"{minute // 60:02}:{minute % 60:02}"
        end = at(f"{(minute + 15) // 60:02}:{(minute + 15) % 60:02}")
        row_id = world.book(start, end=end, outside_hours=True)
        warnings.append(world.run(ParkAppointment(appointment_id=row_id)).warnings)
    assert not any(warnings[:-1])
    assert "30 visits" in warnings[-1][0]
