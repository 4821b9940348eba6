"""While the channel's own settings or its password are at fault, messages wait and no try counts;
they go as soon as that is put right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic_desk.app.reminders import told
from clinic_desk.domain.messages import Channel, Delivery, MessageStatus, Notification
from clinic_desk.services.couriers import Courier, Drained
from clinic_desk.services.message_ports import ChannelState, MessageWish, Receipt
from clinic_desk.services.outbox_commands import CloseBreaker
from clinic_desk.services.outbox_faults import Rejected, Unreachable, Unsettled
from tests.fakes.couriers import FakeTransport, FakeTransports, courier
from tests.fakes.messages import by_sms, stored
from tests.fakes.world import TODAY, World

SOON = TODAY + timedelta(days=2)
WRONG = "The gateway does not accept the account and its secret; set them anew."


@pytest.fixture
def world(world: World) -> World:
    """Two confirmations by SMS are due."""
    by_sms(world)
    world.book("10:00", day=SOON)
    world.book("11:00", day=SOON)
    world.clock.advance(minutes=4)
    return world


@pytest.fixture
def phone() -> FakeTransport:
    return FakeTransport()


def sender(world: World, phone: FakeTransport) -> Courier:
    return courier(world, FakeTransports(phone))


def due(world: World) -> list[Notification]:
    return [one for one in stored(world) if one.due_at <= world.clock.now()]


def state(world: World) -> ChannelState:
    return next(one for one in world.store.queries.channel_states() if one.channel == "sms")


def test_a_missing_password_costs_no_try(world: World, phone: FakeTransport) -> None:
    phone.fault = "The password is not in the keyring."
    post = sender(world, phone)
    for _ in range(6):
        assert not post.run_once().total
        world.clock.advance(minutes=2)
    assert not phone.tried
    assert state(world).fault == phone.fault
    assert state(world).waiting == 2
    card = world.store.queries.messages(MessageWish(message_id=due(world)[0].id), 1)[0]
    assert (card.attempts, card.waits, card.error) == (0, phone.fault, "")
    phone.fault = ""
    assert post.run_once() == Drained(sent=2)
    assert not state(world).fault


def test_a_wrong_password_costs_no_try_and_stops_all_behind_it(
    world: World, phone: FakeTransport
) -> None:
    post = sender(world, phone)
    for _ in range(6):
        phone.plan.append(Unsettled(WRONG))
        assert not post.run_once().total
        assert len(phone.tried) == 1
        phone.tried.clear()
        world.clock.advance(minutes=2)
    for one in due(world):
        assert one.status is MessageStatus.PLANNED
        assert world.store.queries.message_attempts(one.id) == ()
    assert (state(world).fault, state(world).failures) == (WRONG, 0)
    assert post.run_once() == Drained(sent=2)
    assert [one.outcome for one in world.store.queries.message_attempts(due(world)[0].id)] == [
        "sent"
    ]


def test_tries_made_before_it_still_count(world: World, phone: FakeTransport) -> None:
    post = sender(world, phone)
    phone.plan.extend([Unreachable("No answer."), Unreachable("No answer.")])
    assert post.run_once() == Drained(retried=2)
    world.clock.advance(minutes=2)
    phone.plan.append(Unsettled(WRONG))
    post.run_once()
    for one in due(world):
        assert [t.outcome for t in world.store.queries.message_attempts(one.id)] == ["retry"]
        assert world.store.queries.message_ground(one.id).attempts == 1  # type: ignore[union-attr]


def test_a_refused_patient_is_no_fault_of_the_channel(world: World, phone: FakeTransport) -> None:
    phone.plan.append(Rejected("The number is not complete."))
    assert sender(world, phone).run_once() == Drained(sent=1, failed=1)
    assert state(world).fault == ""


def test_what_waits_too_long_has_failed_and_says_why(world: World, phone: FakeTransport) -> None:
    phone.fault = WRONG
    post = sender(world, phone)
    post.run_once()
    world.clock.advance(days=5)
    assert post.run_once().failed == len(stored(world))
    for one in stored(world):
        assert one.status is MessageStatus.FAILED
        assert one.reason == f"It could not go in time. {WRONG}"
    phone.fault = ""
    assert not post.run_once().total


def test_another_computer_with_the_password_sends(world: World, phone: FakeTransport) -> None:
    phone.fault = "The password is not in the keyring."
    assert not sender(world, phone).run_once().total
    assert sender(world, FakeTransport()).run_once() == Drained(sent=2)
    assert not state(world).fault


def test_who_puts_a_service_right_need_not_wait_for_the_next_try(
    world: World, phone: FakeTransport
) -> None:
    post = sender(world, phone)
    phone.plan.extend([Unreachable("No answer."), Unreachable("No answer.")])
    assert post.run_once() == Drained(retried=2)
    assert post.run_once() == Drained()
    world.run(CloseBreaker(service="sms"))
    assert post.run_once() == Drained(sent=2)


def test_into_a_folder_is_not_sent(
    world: World, phone: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        phone, "send", lambda _one: Receipt(provider_id="a.txt", delivery=Delivery.FOLDER)
    )
    done = sender(world, phone).run_once()
    assert done == Drained(sent=2, written=2)
    assert told(done) == "Sent 0 messages; 2 written to a folder."
    assert {one.delivery for one in due(world)} == {Delivery.FOLDER}
    assert world.store.queries.awaiting_delivery(Channel.SMS, world.clock.now()) == ()
