"""The provider has taken a message, and the store cannot write it down; and what trips the program
up while it sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.messages import MessageStatus, Purpose
from clinic_desk.services.command import Command
from clinic_desk.services.couriers import Courier, Drained
from clinic_desk.services.couriers_upkeep import Upkeep
from clinic_desk.services.message_ports import Polled
from clinic_desk.services.outbox_commands import EndMessage
from clinic_desk.services.outbox_faults import Unreachable
from clinic_desk.services.outcome import Outcome
from tests.fakes.couriers import FakeTransport, FakeTransports, courier
from tests.fakes.messages import by_sms, setting, stored
from tests.fakes.world import TODAY, World


class Desk:
    """Passes commands on, but those that the disk has no room for."""

    def __init__(self, execute: Callable[[Command], Outcome]) -> None:
        self.execute_all = execute
        self.full: tuple[type[Command], ...] = ()

    def execute(self, command: Command) -> Outcome:
        if isinstance(command, self.full):
            raise Fault("disk_full", "The disk is full.")
        return self.execute_all(command)


@pytest.fixture
def world(world: World) -> World:
    """Two confirmations by SMS are due."""
    by_sms(world)
    for clock in ("09:00", "10:00"):
        world.book(clock, day=TODAY.replace(day=TODAY.day + 2))
    world.clock.advance(minutes=4)
    return world


def sender(world: World, phone: FakeTransport) -> tuple[Courier, Desk]:
    post = courier(world, FakeTransports(phone))
    desk = Desk(post._gate.execute)
    post._gate = desk
    return post, desk


def states(world: World) -> list[MessageStatus]:
    found = [one for one in stored(world) if one.purpose is Purpose.CONFIRMATION]
    return sorted((one.status for one in found), key=str)


def test_it_is_written_before_anything_else_goes_and_never_sent_twice(world: World) -> None:
    phone = FakeTransport()
    post, desk = sender(world, phone)
    desk.full = (EndMessage,)
    with pytest.raises(Fault):
        post.run_once()
    for _ in range(3):
        world.clock.advance(minutes=4)  # the lease is over
        with pytest.raises(Fault):
            post.run_once()
    assert len(phone.tried) == 1
    assert states(world) == [MessageStatus.PLANNED] * 2
    desk.full = ()
    assert post.run_once() == Drained(sent=1)
    assert len(phone.tried) == 2
    assert states(world) == [MessageStatus.SENT] * 2
    assert {one.provider_id for one in stored(world) if one.provider_id} == {"p-1", "p-2"}


def test_it_is_written_though_nothing_more_is_due(world: World) -> None:
    phone = FakeTransport()
    post, desk = sender(world, phone)
    post.run_once(1)
    desk.full = (EndMessage,)
    with pytest.raises(Fault):
        post.run_once()
    desk.full = ()
    assert post.services() == ()
    assert states(world) == [MessageStatus.SENT] * 2


def test_a_failure_that_was_not_noted_counts_as_a_try_all_the_same(world: World) -> None:
    phone = FakeTransport()
    phone.plan.append(Unreachable("No answer."))
    post, desk = sender(world, phone)
    desk.full = (EndMessage,)
    with pytest.raises(Fault):
        post.run_once()
    desk.full = ()
    assert post.run_once() == Drained()
    world.clock.advance(minutes=4)
    assert post.run_once() == Drained(sent=2)
    assert [one.unsure for one in phone.tried] == [False, False, False]


def test_another_process_has_sent_it_meanwhile_and_it_stays_sent(world: World) -> None:
    phone, other = FakeTransport(), FakeTransport()
    post, desk = sender(world, phone)
    desk.full = (EndMessage,)
    with pytest.raises(Fault):
        post.run_once()
    world.clock.advance(minutes=4)
    assert courier(world, FakeTransports(other)).run_once() == Drained(sent=2)
    assert [one.unsure for one in other.tried].count(True) == 1
    desk.full = ()
    assert post.run_once() == Drained()
    assert states(world) == [MessageStatus.SENT] * 2


def test_what_trips_the_program_up_is_not_quoted_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    phone = FakeTransport()
    phone.plan.append(ValueError("Ana Lee, +447911123456"))
    post, _ = sender(world, phone)
    assert post.run_once() == Drained(sent=1, failed=1)
    assert "was not sent: ValueError at send (couriers.py" in caplog.text
    assert "Ana" not in caplog.text
    assert "4479" not in caplog.text


def test_news_that_cannot_be_read_keep_no_others_from_coming(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    class Odd(FakeTransport):
        def poll(self, since: str, sent: Sequence[str]) -> Polled:
            super().poll(since, sent)
            raise OverflowError("Ana Lee")

    phone = Odd()
    setting(world, "whatsapp.on", True)
    assert Upkeep(sender(world, phone)[0], world.clock).turn() == 0
    assert len(phone.asked) == 2
    assert "news from sms cannot be read: OverflowError" in caplog.text
    assert "Ana" not in caplog.text
