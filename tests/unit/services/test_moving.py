"""Moving, resizing, swapping, series."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic_desk.domain.appointments import AppointmentSeries, SlotState, Status
from clinic_desk.domain.errors import Refusal, SlotTaken, Stale
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local
from clinic_desk.services.commands import (
    AUTO,
    CancelAppointment,
    ChangeStatus,
    ImportBatch,
    MoveAppointment,
    MoveTogether,
    ParkAppointment,
    SaveRecords,
    Scope,
    StepBack,
)
from tests.fakes.world import TODAY, World, at

TOMORROW = TODAY + timedelta(days=1)


def order(world: World, row_id: Id, start: str, **more: object) -> MoveAppointment:
    row = world.row(row_id)
    begin = at(start)
    return MoveAppointment(
        appointment_id=row_id,
        expected_revision=row.revision,
        start=begin,
        end=begin + (row.end - row.start),
        **more,  # type: ignore[arg-type]
    )


def test_a_move_counts_and_keeps_the_old_time(world: World) -> None:
    row_id = world.book("10:00")
    outcome = world.move(row_id, "10:15", day=TOMORROW, doctor="berg")
    row = world.row(row_id)
    assert (row.start, row.doctor_id) == (at("10:15", TOMORROW), world.names["berg"])
    assert row.room_id == world.names["wide"]
    assert row.reschedule_count == 1
    assert outcome.undo_label == "Move Lee, Ana to Wed 10:15"
    assert outcome.sentence == "Moved to Wed 10:15, Dr Berg"
    assert {TODAY, TOMORROW} <= outcome.changes.days
    event = world.history(row_id)[-1]
    assert event.action == "moved"
    assert event.metadata["from_start"] == at("10:00").isoformat()
    assert world.proven()


def test_a_far_move_says_the_date(world: World) -> None:
    outcome = world.move(world.book("10:00"), "10:15", day=date(2026, 12, 8))
    assert outcome.undo_label == "Move Lee, Ana to Tue 8 Dec 10:15"


def test_a_visit_does_not_stand_in_its_own_way(world: World) -> None:
    row_id = world.book("10:00")
    world.move(row_id, "10:15")
    assert world.row(row_id).start == at("10:15")


def test_a_taken_place_refuses_and_nothing_changes(world: World) -> None:
    world.book("11:00", patient="jon")
    row_id = world.book("10:00")
    before = world.row(row_id)
    with pytest.raises(SlotTaken, match=r"Dr Wu is booked 11:00–11:30 \(J. Hall\)") as caught:
        world.move(row_id, "11:00")
    assert caught.value.ways_out[0].label == "Next free 11:30"
    assert world.row(row_id) == before


def test_a_resize_is_no_reschedule(world: World) -> None:
    row_id = world.book("10:00")
    outcome = world.move(row_id, "10:00", end=at("10:50"))
    row = world.row(row_id)
    assert (row.minutes, row.reschedule_count) == (50, 0)
    assert outcome.undo_label == "Resize Lee, Ana to 50 min"
    assert world.actions(row_id)[-1] == "resized"


def test_a_resize_stops_at_the_neighbour_and_at_closing(world: World) -> None:
    world.book("10:30", patient="jon")
    row_id = world.book("10:00")
    with pytest.raises(SlotTaken):
        world.move(row_id, "10:00", end=at("10:45"))
    late = world.book("16:30", patient="eve")
    with pytest.raises(Refusal, match="works until 17:00"):
        world.move(late, "16:30", end=at("17:15"))


def test_a_visit_under_way_may_only_grow(world: World) -> None:
    row_id = world.book("10:00")
    world.clock.set(at("10:05"))
    world.run(ChangeStatus(appointment_id=row_id, to=Status.IN_PROGRESS))
    with pytest.raises(Refusal, match="under way"):
        world.move(row_id, "11:00")
    world.move(row_id, "10:00", end=at("10:45"))
    assert world.row(row_id).minutes == 45


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW])
def test_finished_visits_stay(world: World, status: Status) -> None:
    more = {"cancel_reason": "Ill"} if status is Status.CANCELLED else {}
    (row_id,) = world.put_in({"status": status, **more})
    with pytest.raises(Refusal, match="cannot be moved") as caught:
        world.move(row_id, "11:00")
    assert caught.value.code == "locked"
    assert caught.value.ways_out[0].action == "copy"


def test_moving_within_the_notice_only_warns(world: World) -> None:
    row_id = world.book("08:00", type="strict", override_reason="Bleeding")
    outcome = world.move(row_id, "08:30")
    assert any("notice" in warning for warning in outcome.warnings)


def test_the_maximum_of_reschedules(world: World) -> None:
    row_id = world.book("15:00", type="strict")
    world.move(row_id, "15:30")
    with pytest.raises(Refusal, match="may be moved 1 time") as caught:
        world.move(row_id, "16:00")
    assert caught.value.code == "max_reschedules"
    world.move(row_id, "15:30", end=at("16:15"))
    world.move(row_id, "16:00", override_reason="The doctor is ill")
    assert world.row(row_id).reschedule_count == 2
    assert world.history(row_id)[-1].metadata["override_reason"] == "The doctor is ill"


def test_stale_data_stops(world: World) -> None:
    row_id = world.book("10:00")
    world.clock.set(at("07:42"))
    noor = world.other_desk()
    noor.execute(order(world, row_id, "11:00"))
    with pytest.raises(Stale) as caught:
        world.run(
            MoveAppointment(
                appointment_id=row_id, expected_revision=1, start=at("12:00"), end=at("12:30")
            )
        )
    assert "07:42" in caught.value.sentence


def test_moving_into_the_past_or_a_break(world: World) -> None:
    row_id = world.book("10:00")
    world.clock.set(at("09:30"))
    with pytest.raises(Refusal) as caught:
        world.move(row_id, "09:00")
    assert caught.value.code == "past"
    with pytest.raises(Refusal):
        world.move(row_id, "12:00")
    world.move(row_id, "12:00", outside_hours=True)


def test_the_room_stays_when_it_can(world: World) -> None:
    row_id = world.book("10:00", room_id=world.names["room2"])
    world.move(row_id, "11:00")
    assert world.row(row_id).room_id == world.names["room2"]
    world.book("14:00", patient="jon", doctor="berg", room_id=world.names["room2"])
    world.move(row_id, "14:00")
    assert world.row(row_id).room_id == world.names["room1"]
    world.move(row_id, "15:00", room_id=None)
    assert world.row(row_id).room_id is None


def test_two_visits_swap(world: World) -> None:
    first, second = world.book("10:00"), world.book("10:30", patient="jon")
    outcome = world.run(
        MoveTogether(moves=(order(world, first, "10:30"), order(world, second, "10:00")))
    )
    assert world.row(first).start == at("10:30")
    assert world.row(second).start == at("10:00")
    assert outcome.undo_label == "Move 2 visits"
    assert world.actions(first) == ["booked", "moved"]
    assert world.proven()
    world.undo()
    assert world.row(first).start == at("10:00")
    assert world.row(second).start == at("10:30")
    world.redo()
    assert world.row(first).start == at("10:30")
    assert world.proven()


def test_a_chain_moves_up(world: World) -> None:
    rows = [
        world.book(start, patient=name)
        for start, name in (("10:00", "ana"), ("10:30", "jon"), ("11:00", "eve"))
    ]
    starts = ("10:30", "11:00", "11:30")
    world.run(
        MoveTogether(moves=tuple(order(world, row, s) for row, s in zip(rows, starts, strict=True)))
    )
    assert [world.row(row).start for row in rows] == [at(s) for s in starts]
    assert world.proven()


def test_together_means_all_or_nothing(world: World) -> None:
    first, second = world.book("10:00"), world.book("10:30", patient="jon")
    world.book("14:00", patient="eve")
    with pytest.raises(Refusal) as caught:
        world.run(MoveTogether(moves=(order(world, first, "11:00"), order(world, second, "14:00"))))
    assert caught.value.code == "not_together"
    assert "1 of 2 visits" in caught.value.sentence
    assert "Dr Wu is booked 14:00–14:30 (E. Moss)" in caught.value.sentence
    assert world.row(first).start == at("10:00")
    assert world.actions(first) == ["booked"]
    with pytest.raises(Refusal):
        world.run(MoveTogether(moves=()))
    with pytest.raises(Refusal):
        world.run(MoveTogether(moves=(order(world, first, "11:00"), order(world, first, "14:00"))))


def test_two_targets_in_one_place_are_refused(world: World) -> None:
    first, second = world.book("10:00"), world.book("10:30", patient="jon")
    with pytest.raises(Refusal):
        world.run(MoveTogether(moves=(order(world, first, "15:00"), order(world, second, "15:15"))))


def series(world: World, first: date, weeks: int = 4) -> list[Id]:
    """Weekly at 09:00 on the London wall."""
    series_id, rows = world.ids(), []
    base = {
        "id": series_id, "rule": f"FREQ=WEEKLY;COUNT={weeks}", "zone": "Europe/London",
        "local_start": f"{first}T09:00", "duration": 30, "doctor_id": world.names["wu"],
        "patient_id": world.names["ana"], "import_key": f"series-{series_id}",
    }  # fmt: skip
    world.run(ImportBatch(series=(base,)))
    for week in range(weeks):
        start = at_local(first + timedelta(weeks=week), 540, "Europe/London")
        rows.append({"start": start, "series_id": series_id, "series_start": start})
    made = world.put_in(*rows)
    with world.store.unit_of_work(world.desk.actor) as work:
        assert work.find(AppointmentSeries, id=series_id)
    return made


def test_a_series_keeps_its_wall_time_across_the_clock_change(world: World) -> None:
    rows = series(world, date(2027, 3, 16))  # the clocks go forward on 28 March
    outcome = world.move(rows[0], "11:00", day=date(2027, 3, 17), scope=Scope.ALL)
    walls = [world.row(row).start for row in rows]
    wednesdays = [date(2027, 3, 17) + timedelta(weeks=n) for n in range(4)]
    assert walls == [at_local(day, 660, "Europe/London") for day in wednesdays]
    assert walls[1].hour == 11
    assert walls[2].hour == 10
    assert outcome.undo_label == "Move 4 visits of Lee, Ana"
    world.undo()
    assert world.row(rows[3]).start == at_local(date(2027, 4, 6), 540, "Europe/London")
    assert world.proven()


def test_a_series_may_move_onto_its_own_places(world: World) -> None:
    rows = series(world, date(2026, 12, 1))
    world.move(rows[0], "09:00", day=date(2026, 12, 8), scope=Scope.ALL)
    days = [world.row(row).start.date() for row in rows]
    assert days == [date(2026, 12, 8) + timedelta(weeks=n) for n in range(4)]


def test_following_and_only_this(world: World) -> None:
    rows = series(world, date(2026, 12, 1))
    world.move(rows[2], "10:00", day=date(2026, 12, 15), scope=Scope.FOLLOWING)
    assert [world.row(row).start.hour for row in rows] == [9, 9, 10, 10]
    world.move(rows[0], "11:00", day=date(2026, 12, 1))
    assert [world.row(row).start.hour for row in rows] == [11, 9, 10, 10]


def test_a_series_that_cannot_go_names_the_dates(world: World) -> None:
    rows = series(world, date(2026, 12, 1))
    world.book("14:00", day=date(2026, 12, 8), patient="jon")
    with pytest.raises(Refusal, match="1 of 4 visits") as caught:
        world.move(rows[0], "14:00", day=date(2026, 12, 1), scope=Scope.ALL)
    assert "Tue 8 Dec 14:00" in caught.value.sentence
    assert caught.value.ways_out[0].action == "only_this"


def test_cancelling_a_series_leaves_the_past(world: World) -> None:
    rows = series(world, date(2026, 11, 17))
    world.run(CancelAppointment(appointment_id=rows[2], reason="Moved away", scope=Scope.FOLLOWING))
    assert [world.status(row) for row in rows] == [
        Status.SCHEDULED,
        Status.SCHEDULED,
        Status.CANCELLED,
        Status.CANCELLED,
    ]
    outcome = world.run(
        CancelAppointment(appointment_id=rows[1], reason="Moved away", scope=Scope.ALL)
    )
    assert outcome.undo_label == "Cancel Lee, Ana"
    assert world.status(rows[0]) is Status.SCHEDULED


def test_a_clash_is_placed_by_hand(world: World) -> None:
    world.book("10:00", patient="jon")
    (row_id,) = world.put_in({"start": at("10:00")})
    assert world.row(row_id).slot_state is SlotState.CONTESTED
    world.move(row_id, "11:00", room_id=AUTO)
    row = world.row(row_id)
    assert row.slot_state is SlotState.PLACED
    assert row.reschedule_count == 0
    assert world.actions(row_id)[-1] == "placed"
    assert not world.store.queries.clashes()


def test_a_clash_of_the_past_finds_a_place_in_the_past(world: World) -> None:
    yesterday = TODAY - timedelta(days=1)
    start = at("10:00", yesterday)
    rows = world.put_in(
        {"start": start, "status": Status.COMPLETED, "patient_id": world.names["jon"]},
        {"start": start, "status": Status.COMPLETED},
    )
    assert world.row(rows[1]).slot_state is SlotState.CONTESTED
    world.move(rows[1], "11:00", day=yesterday)
    assert world.row(rows[1]).slot_state is SlotState.PLACED


def test_moving_takes_a_visit_off_the_shelf(world: World) -> None:
    row_id = world.book("10:00")
    world.run(ParkAppointment(appointment_id=row_id))
    assert len(world.store.queries.shelf()) == 1
    world.move(row_id, "11:00")
    assert not world.store.queries.shelf()
    world.undo()
    assert len(world.store.queries.shelf()) == 1
    assert world.row(row_id).start == at("10:00")


def test_dropping_a_parked_visit_on_its_origin_unparks_it(world: World) -> None:
    row_id = world.book("10:00")
    world.run(ParkAppointment(appointment_id=row_id))
    outcome = world.move(row_id, "10:00")
    assert not world.store.queries.shelf()
    assert outcome.undo_label
    assert world.row(row_id).reschedule_count == 0


def test_a_squeezed_in_visit_moves_to_a_free_place_and_is_ordinary_again(world: World) -> None:
    world.book("10:00", patient="jon")
    row_id = world.book("10:00", overbook_reason="Fever")
    world.move(row_id, "10:00", end=at("10:45"), overbook_reason="Fever")
    assert world.row(row_id).overbook_reason == "Fever"
    world.move(row_id, "11:00")
    row = world.row(row_id)
    assert (row.lane, row.overbook_reason) == (0, "")


def test_a_visit_of_a_retired_type_still_moves(world: World) -> None:
    row_id = world.book("10:00")
    kind = world.store.queries.roster().types[world.names["follow-up"]]
    world.run(SaveRecords(records=(replace(kind, active=False),)))
    with pytest.raises(Refusal, match="no longer offered"):
        world.book("14:00", patient="jon")
    world.move(row_id, "11:00")
    assert world.row(row_id).start == at("11:00")
    world.run(CancelAppointment(appointment_id=row_id, reason="Ill"))
    world.run(StepBack(appointment_id=row_id))
    assert world.status(row_id) is Status.SCHEDULED


def test_stepping_back_a_moved_visit(world: World) -> None:
    row_id = world.book("10:00")
    world.run(ChangeStatus(appointment_id=row_id, to=Status.CONFIRMED))
    world.move(row_id, "11:00")
    world.run(StepBack(appointment_id=row_id))
    assert world.status(row_id) is Status.SCHEDULED


def test_a_neighbour_may_take_the_lane_that_the_moved_visit_leaves(world: World) -> None:
    """Berg sees two at once. At 09:30 the visit needs the second place, and the one who has it
    goes to the first, where the visit still is."""
    world.book("09:00", doctor="berg", type="new")
    visit = world.book("10:00", doctor="berg", patient="jon", type="new")
    neighbour = world.book("10:15", doctor="berg", patient="eve")
    assert (world.row(visit).lane, world.row(neighbour).lane) == (0, 1)
    world.move(visit, "09:30")
    assert (world.row(visit).lane, world.row(neighbour).lane) == (1, 0)
    assert world.actions(visit) == ["booked", "moved"]
    assert world.actions(neighbour) == ["booked", "relaned"]
    assert world.proven()
    world.undo()
    assert (world.row(visit).lane, world.row(neighbour).lane) == (0, 1)
    assert world.proven()
