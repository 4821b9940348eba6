"""One doctor's day and numbers on the real store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import NotFound
from clinic_desk.services import doctor_figures, doctor_view
from clinic_desk.services.commands import ChangeStatus
from clinic_desk.services.day_commands import RunningLate
from tests.fakes.world import TODAY, World, at


def to(world: World, row_id: str, *statuses: Status) -> None:
    for status in statuses:
        world.run(ChangeStatus(appointment_id=row_id, to=status))


def desk_of(world: World, doctor: str = "wu") -> doctor_view.DoctorDesk:
    return doctor_view.read(world.store.queries, world.names[doctor], world.clock.now())


def test_who_is_next_is_who_can_be_seen_first(world: World) -> None:
    first, second = world.book("10:00"), world.book("10:30", patient="jon")
    third = world.book("11:00", patient="eve")
    world.clock.set(at("09:55"))
    to(world, first, Status.ARRIVED, Status.IN_PROGRESS)
    desk = desk_of(world)
    assert [cell.id for cell in desk.in_room] == [first]
    assert [cell.id for cell in desk.queue] == [second, third]
    world.clock.set(at("10:50"))  # the second is twenty minutes late, the third sits there
    to(world, first, Status.COMPLETED)
    to(world, third, Status.ARRIVED)
    assert [cell.id for cell in desk_of(world).queue] == [third, second]


def test_another_day_has_no_queue_and_no_lateness(world: World) -> None:
    tomorrow = TODAY + timedelta(days=1)
    row_id = world.book("10:00", day=tomorrow)
    world.run(RunningLate(doctor_id=world.names["wu"], day=TODAY, minutes=20))
    desk = doctor_view.read(world.store.queries, world.names["wu"], world.clock.now(), tomorrow)
    assert [cell.id for cell in desk.cells] == [row_id]
    assert (desk.queue, desk.behind, desk.said) == ((), 0, 0)


def test_what_awaits_an_answer_is_ones_own_and_to_come(world: World) -> None:
    wu, other = world.names["wu"], next(
        row.id for row in world.store.queries.roster().doctors.values()
        if row.id != world.names["wu"]
    )  # fmt: skip
    soon, _past, _others, _booked = world.put_in(
        {"status": Status.PENDING, "start": at("15:00", TODAY + timedelta(days=3))},
        {"status": Status.PENDING, "start": at("15:00", TODAY - timedelta(days=3))},
        {"status": Status.PENDING, "start": at("16:00"), "doctor_id": other},
        {"status": Status.SCHEDULED, "start": at("16:00")},
    )
    waiting = world.store.queries.awaiting(wu, world.clock.now())
    assert [cell.id for cell in waiting] == [soon]


def test_a_doctor_whom_nobody_knows(world: World) -> None:
    with pytest.raises(NotFound):
        doctor_view.read(world.store.queries, "nobody", world.clock.now())


def test_the_numbers_are_counted_from_the_visits(world: World) -> None:
    first, second = world.book("10:00"), world.book("10:30", patient="jon")
    world.book("11:00", patient="eve")
    world.clock.set(at("09:50"))
    to(world, first, Status.ARRIVED)
    world.clock.set(at("10:06"))
    to(world, first, Status.IN_PROGRESS)
    world.clock.set(at("10:30"))
    to(world, first, Status.COMPLETED)
    world.clock.set(at("10:50"))
    to(world, second, Status.NO_SHOW)
    found = doctor_figures.read(world.store.queries, world.names["wu"], TODAY, 4)
    assert (found.visits, found.done, found.to_come, found.missed) == (3, 1, 1, 1)
    assert dict(found.week)[TODAY] == 3
    assert found.week_visits == 3
    assert found.no_shows == pytest.approx(1 / 2)
    assert (found.delay, found.waiting) == (6, 16)
    assert found.on_time == 0
    assert len(found.delay_line) == 4
    assert found.delay_line[-1][1] == 6
    assert sum(number for _name, number in found.types) == 3


def test_numbers_of_a_doctor_without_visits_divide_by_nothing(world: World) -> None:
    found = doctor_figures.read(world.store.queries, world.names["wu"], TODAY, 12)
    assert (found.visits, found.week_visits, found.week_before) == (0, 0, 0)
    assert (found.no_shows, found.delay, found.waiting, found.types) == (None, None, None, ())


def test_the_same_statements_for_one_visit_and_for_many(world: World) -> None:
    traced: list[str] = []

    def statements() -> int:
        traced.clear()
        desk_of(world)
        return sum(sql.lstrip().startswith("SELECT") for sql in traced)

    world.book("10:00")
    desk_of(world)
    with world.store._reader.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(traced.append)
    few = statements()
    for hour in range(8, 12):
        world.put_in(
            {"start": at(f"{hour}:30"), "status": Status.CANCELLED, "cancel_reason": "Ill"},
            {"start": at("15:00", TODAY + timedelta(days=hour)), "status": Status.PENDING},
        )
    desk_of(world)  # the roster is read again once, after a write
    many = statements()
    desk = desk_of(world)
    assert (len(desk.cells), len(desk.awaiting)) == (5, 4)
    assert 0 < many <= few
