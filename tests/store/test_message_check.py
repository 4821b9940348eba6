"""What waits to be sent is proved, and put right by planning it anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desk.store.direct import run
from tests.fakes import messages as m
from tests.fakes.world import TODAY, World, actor, at, make_template, open_world

FRIDAY = TODAY + timedelta(days=3)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = open_world(*make_template(tmp_path), tmp_path)
    m.switch_on(made, "sms")
    m.reachable(made)
    made.clock.set(at("09:00"))
    yield made
    made.store.close()


def harm(world: World, sql: str) -> None:
    with world.store.unit_of_work(actor()) as work:
        assert run(work._connection, sql)
        work.commit()


def wrong(world: World) -> int:
    found = [one for one in world.store.maintenance.verify() if one.check == "messages"]
    assert len(found) == world.store.maintenance.wrong_messages()
    return len(found)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM outbox_message WHERE topic = 'message.sms'",
        "UPDATE outbox_message SET withdrawn_at = 1 WHERE topic = 'message.sms'",
        "UPDATE outbox_message SET next_try_at = 5 WHERE topic = 'message.sms'",
        "UPDATE notification SET status = 'failed'",
        "UPDATE notification SET tells = '5|somebody|somewhere' WHERE purpose = 'reminder'",
    ],
)
def test_each_harm_is_found_and_put_right(world: World, sql: str) -> None:
    visit = world.book("10:00", day=FRIDAY)
    before = m.waiting(world, visit)
    assert wrong(world) == 0
    assert len(before) == 3
    harm(world, sql)
    assert wrong(world) > 0
    m.plan_all(world)
    assert wrong(world) == 0
    if "failed" not in sql:
        assert m.waiting(world, visit) == before


def test_what_is_planned_for_a_visit_that_is_gone_is_found(world: World) -> None:
    world.book("10:00", day=FRIDAY)
    harm(world, "UPDATE notification SET appointment_id = 'nobody' WHERE rule = '120'")
    assert wrong(world) == 1
