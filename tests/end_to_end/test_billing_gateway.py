"""Invoices to a real HTTP server that fails in every way; a killed program sends none twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.integrations.billing import HttpBilling
from clinic_desk.services import outbox
from clinic_desk.services.billing_messages import GATEWAY, SERVICE, TOPICS
from clinic_desk.services.billing_ports import GatewayState
from clinic_desk.services.commands import CancelAppointment, ChangeStatus, SaveSetting, StepBack
from clinic_desk.services.outbox_commands import RetryMessage
from tests.fakes.billing_server import BillingServer, billing_server
from tests.fakes.world import World, make_template, open_world

GRACE = timedelta(minutes=4)
HALF = 0.5
ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = open_world(*make_template(tmp_path), tmp_path)
    made.run(SaveSetting(key=GATEWAY, scope="clinic", value="http"))
    yield made
    made.store.close()


@pytest.fixture
def server() -> Iterator[BillingServer]:
    with billing_server() as made:
        yield made


def drain(world: World, server: BillingServer, holder: str = "desk-1", silence: float = 5.0) -> int:
    gateway = HttpBilling(server.url, lambda: "secret", (5.0, silence))
    return outbox.drain(world.desk, gateway, SERVICE, TOPICS, holder, world.clock, lambda: HALF)


def pass_time(world: World, span: timedelta = GRACE) -> None:
    world.clock.set(world.clock.now() + span)


def completed(world: World, start: str = "10:00") -> str:
    visit = world.book(start)
    for status in (Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED):
        world.run(ChangeStatus(appointment_id=visit, to=status))
    return visit


def state(world: World) -> GatewayState:
    return world.store.queries.gateway_state(SERVICE, TOPICS)


def until_sent(world: World, server: BillingServer, tries: int = 30) -> None:
    for _ in range(tries):
        pass_time(world, timedelta(hours=1, minutes=1))
        drain(world, server)
        if not state(world).waiting:
            return
    raise AssertionError(f"still waiting: {state(world)}")


def test_an_issued_invoice_arrives_once_and_nothing_leaves_before_its_time(
    world: World, server: BillingServer
) -> None:
    completed(world)
    assert drain(world, server) == 0
    pass_time(world)
    assert drain(world, server) == 1
    (told,) = server.invoices.values()
    assert (told["number"], told["status"], told["total_minor"]) == (
        "INV-2026-0001",
        "issued",
        4500,
    )
    assert "Lee" not in str(told)
    assert server.tokens == ["Bearer secret"]
    assert drain(world, server) == 0
    assert state(world) == GatewayState()


def test_taken_back_within_the_grace_nothing_is_sent(world: World, server: BillingServer) -> None:
    completed(world)
    world.undo()
    pass_time(world)
    assert drain(world, server) == 0
    assert not server.requests


@pytest.mark.parametrize(
    "how", ["500", "429", "401", "twice", "dies_after", "dies_before", "other"]
)
def test_whatever_it_answers_it_has_one_invoice_in_the_end(
    world: World, server: BillingServer, how: str
) -> None:
    server.plan.extend([how, "ok", how])
    completed(world, "09:00")
    completed(world, "11:00")
    until_sent(world, server)
    assert len(server.invoices) == 2
    assert {one["number"] for one in server.invoices.values()} == {
        "INV-2026-0001",
        "INV-2026-0002",
    }
    assert len(server.keys) == 2


def test_one_that_hangs_is_left_after_a_while_and_asked_again(
    world: World, server: BillingServer
) -> None:
    server.plan.append("hang")
    completed(world)
    pass_time(world)
    assert drain(world, server, silence=0.2) == 1
    assert "in time" in state(world).last_error
    assert not server.invoices
    until_sent(world, server)
    assert len(server.open_invoices()) == 1


def test_a_service_that_is_down_is_left_alone_and_ends_without_an_open_invoice(
    world: World, server: BillingServer
) -> None:
    visit = completed(world)
    pass_time(world)
    assert drain(world, server) == 1
    assert len(server.open_invoices()) == 1
    server.plan.extend(["dies_before"] * 8)
    world.run(StepBack(appointment_id=visit))
    world.run(ChangeStatus(appointment_id=visit, to=Status.COMPLETED))
    world.run(StepBack(appointment_id=visit))
    until_sent(world, server)
    assert not server.open_invoices()
    assert world.proven()


def test_cancelled_while_the_other_side_is_down(world: World, server: BillingServer) -> None:
    from clinic_desk.services.billing_commands import IssueInvoice
    from clinic_desk.services.billing_ports import InvoiceWish

    visit = world.book("10:00")
    (card,) = world.store.queries.invoices(InvoiceWish(appointment_id=visit))
    world.run(IssueInvoice(invoice_id=card.invoice.id))
    server.plan.append("dies_after")  # it has the invoice; nobody here knows
    pass_time(world)
    drain(world, server)
    assert len(server.open_invoices()) == 1
    world.run(CancelAppointment(appointment_id=visit, reason="Ill"))
    server.plan.extend(["500", "dies_before"])
    until_sent(world, server)
    assert not server.open_invoices()
    assert [status for _, status in server.requests][-1] == "void"


def test_the_breaker_opens_and_one_message_finds_out(world: World, server: BillingServer) -> None:
    for start in ("08:00", "08:30", "09:00", "09:30", "10:00", "10:30"):
        completed(world, start)
    server.plan.extend(["dies_before"] * 6)
    pass_time(world)
    drain(world, server)
    found = state(world)
    assert found.failures == 6
    assert found.open_until is not None
    assert found.open_until > world.clock.now()
    tried = len(server.requests)
    assert drain(world, server) == 0
    assert len(server.requests) == tried
    until_sent(world, server)
    assert len(server.open_invoices()) == 6
    assert state(world).failures == 0


def test_poison_is_set_aside_seen_and_retried(world: World, server: BillingServer) -> None:
    server.plan.append("400")
    completed(world, "09:00")
    completed(world, "10:00")
    pass_time(world)
    drain(world, server)
    assert len(server.open_invoices()) == 1
    (message,) = world.store.queries.outbox(TOPICS)
    assert message.set_aside
    assert "refuses" in message.last_error
    assert state(world).set_aside == 1
    world.run(RetryMessage(message_id=message.id))
    drain(world, server)
    assert len(server.open_invoices()) == 2
    with pytest.raises(Refusal):
        world.run(RetryMessage(message_id=message.id))


def test_messages_about_one_invoice_go_in_order(world: World, server: BillingServer) -> None:
    visit = completed(world)
    server.plan.append("500")
    pass_time(world)
    drain(world, server)
    world.run(StepBack(appointment_id=visit))
    until_sent(world, server)
    assert [status for _, status in server.requests] == ["issued", "issued", "void"]


def test_two_programs_do_not_send_the_same(world: World, server: BillingServer) -> None:
    completed(world)
    pass_time(world)
    claimed = world.run(outbox.claiming(SERVICE, TOPICS, "other", world.clock)).value
    assert len(claimed) == 1  # type: ignore[arg-type]
    assert drain(world, server) == 0
    pass_time(world, outbox.LEASE + timedelta(seconds=1))
    assert drain(world, server) == 1
    assert len(server.open_invoices()) == 1


def test_pauses_grow_and_have_an_end() -> None:
    pauses = [outbox.pause_after(n, 1.0).total_seconds() for n in range(1, 40)]
    assert pauses[:3] == [15, 30, 60]
    assert pauses == sorted(pauses)
    assert max(pauses) == 3600
    assert outbox.pause_after(1, 0.0).total_seconds() == 8


@pytest.mark.parametrize("url", ["", "billing", "http://example.org", "https://a:b@example.org"])
def test_only_a_safe_address_is_taken(url: str) -> None:
    with pytest.raises(Refusal):
        HttpBilling(url, lambda: "")


SENDER = """
import sys
from datetime import timedelta
from pathlib import Path
from clinic_desk.integrations.billing import HttpBilling
from clinic_desk.services import outbox
from tests.fakes.world import open_world, World
from clinic_desk.app import paths
from clinic_desk.store.opening import open_store
from tests.fakes.clock import CountingIds, FixedClock
from datetime import datetime
clock, ids = FixedClock(datetime.fromisoformat(sys.argv[3])), CountingIds(9_000_000)
world = World(open_store(Path(sys.argv[1]), paths.migrations(), clock, ids), clock, ids)
gateway = HttpBilling(sys.argv[2], lambda: "", (5.0, 60.0))
outbox.drain(world.desk, gateway, "billing", "billing.", "killed", clock, lambda: 0.5)
"""


def test_killed_between_sending_and_noting_it_there_is_one_invoice(
    world: World, server: BillingServer
) -> None:
    completed(world)
    pass_time(world)
    server.plan.append("accept_and_hang")
    path, now = str(world.store.path), world.clock.now().isoformat()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER, path, server.url, now], env=environment, cwd=ROOT
    )
    try:
        assert server.taken.wait(120)
    finally:
        sender.send_signal(signal.SIGKILL)
        sender.wait()
    assert state(world).waiting == 1
    assert drain(world, server) == 0  # the dead program's lease still runs
    pass_time(world)
    assert drain(world, server) == 1
    assert len(server.open_invoices()) == 1
    assert len(server.requests) == 2
    assert state(world).waiting == 0
    assert world.proven()
