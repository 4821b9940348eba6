"""What is known of a caller, read from the real store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import NotFound
from clinic_desk.services import caller
from clinic_desk.services.commands import CancelAppointment, ChangeStatus
from tests.fakes.world import TODAY, World, at


def facts(world: World) -> caller.CallerFacts:
    return caller.facts(world.store.queries, world.names["ana"], world.clock.now())


def test_next_and_last_leave_out_what_was_cancelled_or_missed(world: World) -> None:
    kept = world.book("08:00")
    missed = world.book("09:00")
    gone = world.book("11:00")
    following = world.book("13:00")
    later = world.book("10:00", day=TODAY + timedelta(days=1))
    world.run(CancelAppointment(appointment_id=gone, reason="Patient is ill"))
    for visit in (kept, missed):
        world.clock.set(at("08:00") if visit == kept else at("09:20"))
        to = Status.ARRIVED if visit == kept else Status.NO_SHOW
        world.run(ChangeStatus(appointment_id=visit, to=to))
    world.clock.set(at("10:30"))
    found = facts(world)
    assert found.last is not None
    assert found.last.id == kept
    assert found.next is not None
    assert [visit.id for visit in found.coming] == [following, later]
    assert found.view.no_shows == 1
    assert found.waits == ()


def test_a_visit_that_is_over_early_is_the_last_and_not_the_next_one(world: World) -> None:
    done = world.book("10:00")
    missed = world.book("11:00")
    following = world.book("13:00")
    world.clock.set(at("10:00"))
    for to in (Status.ARRIVED, Status.IN_PROGRESS):
        world.run(ChangeStatus(appointment_id=done, to=to))
    world.clock.set(at("10:10"))
    world.run(ChangeStatus(appointment_id=done, to=Status.COMPLETED))
    world.run(ChangeStatus(appointment_id=missed, to=Status.NO_SHOW))
    found = facts(world)
    assert found.last is not None
    assert found.last.id == done
    assert [visit.id for visit in found.coming] == [following]


def test_a_caller_who_is_not_on_file_is_told(world: World) -> None:
    with pytest.raises(NotFound):
        caller.facts(world.store.queries, "nobody", world.clock.now())


def test_the_same_statements_for_one_visit_and_for_many(world: World) -> None:
    world.book("10:00")
    facts(world)
    traced: list[str] = []
    with world.store._reader.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(traced.append)
    facts(world)
    few = [sql for sql in traced if sql.lstrip().startswith("SELECT")]
    for day in range(1, 12):
        world.book("10:00", day=TODAY + timedelta(days=7 * day))
    traced.clear()
    facts(world)
    many = [sql for sql in traced if sql.lstrip().startswith("SELECT")]
    driver.set_trace_callback(None)
    assert len(many) == len(few) <= 8
