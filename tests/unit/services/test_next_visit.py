"""Which visit the desk opens for a patient who is looked up."""

from __future__ import annotations

from clinic_desk.domain.appointments import Status
from clinic_desk.services.commands import ChangeStatus
from clinic_desk.ui.models.knowing import next_visit
from tests.fakes.world import World, at


def test_a_visit_that_was_done_or_missed_before_its_end_is_not_the_next(world: World) -> None:
    done, missed, following = world.book("10:00"), world.book("11:00"), world.book("13:00")
    world.clock.set(at("10:00"))
    for to in (Status.ARRIVED, Status.IN_PROGRESS):
        world.run(ChangeStatus(appointment_id=done, to=to))
    now = at("10:10")
    world.clock.set(now)
    under_way = next_visit(world.store.queries.patient(world.names["ana"]), now)
    world.run(ChangeStatus(appointment_id=done, to=Status.COMPLETED))
    world.run(ChangeStatus(appointment_id=missed, to=Status.NO_SHOW))
    coming = next_visit(world.store.queries.patient(world.names["ana"]), now)
    assert under_way is not None
    assert coming is not None
    assert (under_way.id, coming.id) == (done, following)
