"""The day's flow on the real store: what is read, what doctors say, what awaits them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.flow import DoctorDelay
from clinic_desk.domain.permissions import DEFAULTS, Permission, Role
from clinic_desk.services import flow_board
from clinic_desk.services.commands import ChangeStatus, HoldSlot
from clinic_desk.services.day_commands import AnswerVisit, RunningLate
from clinic_desk.services.gate import allowed
from tests.fakes.world import TODAY, World, at


def to(world: World, row_id: str, *statuses: Status) -> None:
    for status in statuses:
        world.run(ChangeStatus(appointment_id=row_id, to=status))


def late(world: World, minutes: int, doctor: str = "wu", note: str = "") -> Any:
    return world.run(
        RunningLate(doctor_id=world.names[doctor], day=TODAY, minutes=minutes, note=note)
    )


class TestReading:
    def test_a_day_has_every_visit_with_its_stamps_but_no_holds(self, world: World) -> None:
        first, second = world.book("10:00"), world.book("10:30", patient="jon")
        gone = world.book("11:00", patient="eve")
        world.book("10:00", day=TODAY + timedelta(days=1))
        world.run(
            HoldSlot(doctor_id=world.names["wu"], start=at("12:00"), end=at("12:30"),
                     location_id=world.names["main"])
        )  # fmt: skip
        world.clock.set(at("09:55"))
        to(world, first, Status.ARRIVED)
        world.clock.set(at("10:03"))
        to(world, first, Status.IN_PROGRESS)
        world.clock.set(at("11:20"))
        to(world, gone, Status.NO_SHOW)
        day = world.store.queries.flow_day(TODAY)
        assert [cell.id for cell in day.cells] == [first, second, gone]
        assert day.cells[2].status is Status.NO_SHOW
        assert (day.stamps[first].arrived, day.stamps[first].started) == (at("09:55"), at("10:03"))
        assert day.stamps[first].completed is None
        number = day.numbers[world.names["ana"]]
        assert number == world.store.queries.patient(world.names["ana"]).patient.record_number
        assert number

    def test_the_same_statements_for_one_visit_and_for_many(self, world: World) -> None:
        world.book("10:00")
        traced: list[str] = []
        world.store.queries.flow_day(TODAY)
        with world.store._reader.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.set_trace_callback(traced.append)
        world.store.queries.flow_day(TODAY)
        few = [sql for sql in traced if sql.lstrip().startswith("SELECT")]
        for hour in range(8, 12):
            for minute in ("00", "30"):
                world.put_in({"start": at(f"{hour}:{minute}"), "status": Status.CANCELLED,
                              "cancel_reason": "Ill"})  # fmt: skip
        late(world, 10)
        late(world, 10, "berg")
        world.store.queries.flow_day(TODAY)
        traced.clear()
        assert len(world.store.queries.flow_day(TODAY).cells) == 9
        many = [sql for sql in traced if sql.lstrip().startswith("SELECT")]
        assert len(many) == len(few)
        assert sum("FROM appointment a" in sql for sql in many) == 1
        assert sum("FROM doctor_delay" in sql for sql in many) == 1

    def test_the_day_is_that_of_the_site(self, world: World) -> None:
        (row_id,) = world.put_in(
            {"start": at("22:00"), "end": at("22:30"), "location_id": world.names["branch"]}
        )
        assert world.store.queries.flow_day(TODAY).cells == ()
        tomorrow = world.store.queries.flow_day(TODAY + timedelta(days=1))
        assert [cell.id for cell in tomorrow.cells] == [row_id]

    def test_the_board_forecasts_with_the_lanes_of_the_weekly_hours(self, world: World) -> None:
        rows = [world.book("10:00", doctor="berg", patient=who) for who in ("ana", "jon")] + [
            world.book("10:30", doctor="berg", patient="eve")
        ]
        world.clock.set(at("10:05"))
        to(world, rows[0], Status.ARRIVED, Status.IN_PROGRESS)
        world.clock.set(at("10:20"))
        to(world, rows[1], Status.ARRIVED, Status.IN_PROGRESS)
        board = flow_board.read(world.store.queries, TODAY, at("10:21"))
        assert board.forecast.starts == {rows[2]: at("10:35")}
        assert board.forecast.lateness == {world.names["berg"]: 5}


class TestRunningLate:
    def test_it_shifts_expectations_and_no_booking(self, world: World) -> None:
        row_id = world.book("10:00")
        world.clock.set(at("09:30"))
        done = late(world, 25, note="Traffic")
        assert done.sentence.startswith("Dr Wu runs 25 minutes late")
        assert world.row(row_id).start == at("10:00")
        board = flow_board.read(world.store.queries, TODAY, at("09:31"))
        assert board.forecast.starts[row_id] == at("10:25")
        assert board.forecast.call == (row_id,)
        said = board.flow.delays[world.names["wu"]]
        assert (said.minutes, said.note) == (25, "Traffic")

    def test_one_word_a_day_said_again_and_taken_back(self, world: World) -> None:
        world.clock.set(at("09:00"))
        first = late(world, 25)
        world.clock.set(at("09:20"))
        assert late(world, 40).value == first.value
        delays = world.store.queries.flow_day(TODAY).delays
        assert delays[world.names["wu"]].minutes == 40
        assert delays[world.names["wu"]].updated_at == at("09:20")
        world.undo()
        assert world.store.queries.flow_day(TODAY).delays[world.names["wu"]].minutes == 25
        world.undo()
        assert world.store.queries.flow_day(TODAY).delays == {}
        world.redo()
        assert world.store.queries.flow_day(TODAY).delays[world.names["wu"]].minutes == 25
        assert late(world, 0).sentence == "Dr Wu is on time again."
        assert world.proven()

    @pytest.mark.parametrize("minutes", [-1, 481])
    def test_bounds(self, world: World, minutes: int) -> None:
        with pytest.raises(Refusal) as caught:
            late(world, minutes)
        assert (caught.value.code, caught.value.field) == ("bad_delay", "minutes")
        with pytest.raises(Refusal):
            late(world, 5, note="x" * 501)

    def test_it_is_in_the_history(self, world: World) -> None:
        row_id = late(world, 15).value
        with world.store.unit_of_work(world.desk.actor) as work:
            assert work.get(DoctorDelay, str(row_id)).minutes == 15
        assert world.proven()


class TestAnswering:
    def test_accepting_books_and_undo_asks_again(self, world: World) -> None:
        row_id = world.book("10:00", type="asked")
        assert world.status(row_id) is Status.PENDING
        done = world.run(AnswerVisit(appointment_id=row_id, accept=True))
        assert world.status(row_id) is Status.SCHEDULED
        assert world.actions(row_id)[-1] == "accepted"
        assert done.sentence.endswith("accepted")
        world.undo()
        assert world.status(row_id) is Status.PENDING
        assert world.proven()

    def test_declining_takes_a_reason_and_frees_the_place(self, world: World) -> None:
        row_id = world.book("10:00", type="asked")
        with pytest.raises(Refusal) as caught:
            world.run(AnswerVisit(appointment_id=row_id, accept=False, reason="  "))
        assert (caught.value.code, caught.value.field) == ("reason_required", "reason")
        with pytest.raises(Refusal):
            world.run(AnswerVisit(appointment_id=row_id, accept=False, reason="x" * 2001))
        world.run(AnswerVisit(appointment_id=row_id, accept=False, reason="Not my field"))
        assert world.status(row_id) is Status.DECLINED
        last = world.history(row_id)[-1]
        assert last.metadata["reason"] == "Not my field"
        assert world.row(row_id).cancel_reason == "Not my field"
        world.undo()
        assert (world.status(row_id), world.row(row_id).cancel_reason) == (Status.PENDING, "")
        world.redo()
        world.book("10:00", patient="jon")
        assert world.proven()

    def test_only_what_waits_can_be_answered(self, world: World) -> None:
        row_id = world.book("10:00")
        with pytest.raises(Refusal) as caught:
            world.run(AnswerVisit(appointment_id=row_id, accept=True))
        assert caught.value.code == "illegal_status"

    def test_it_takes_the_permission(self, world: World) -> None:
        row_id = world.book("10:00", type="asked")
        answer = AnswerVisit(appointment_id=row_id, accept=True)
        may = DEFAULTS[Role.DOCTOR]
        allowed(replace(world.desk.actor, permissions=may), answer)
        with pytest.raises(Refusal) as caught:
            allowed(replace(world.desk.actor, permissions=may - {Permission.ACCEPT}), answer)
        assert caught.value.code == "not_allowed"
        assert RunningLate.needs in may & DEFAULTS[Role.RECEPTIONIST]
