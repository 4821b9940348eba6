"""One message, one SMS, against a gateway as the provider runs it: while the disk is full, while
the computer's clock is set, and while a lease runs out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.messages import Channel, MessageStatus, Notification, Purpose
from clinic_desk.integrations.messaging.twilio import Account, TwilioTransport
from clinic_desk.services.couriers import Courier
from clinic_desk.services.message_ports import Envelope, Receipt, Transport
from clinic_desk.services.outbox_faults import Unreachable
from tests.fakes.certificates import trust
from tests.fakes.couriers import FakeTransport, FakeTransports, courier
from tests.fakes.gateway_server import SID, GatewayServer, gateway_server
from tests.fakes.messages import reachable, stored, switch_on
from tests.fakes.small_disk import SmallDisk
from tests.fakes.world import TODAY, World, open_world

SOON = TODAY + timedelta(days=2)


class Through(FakeTransports):
    """A real transport, with ``happens`` after the provider has said yes to the first message."""

    def __init__(self, world: World, server: GatewayServer) -> None:
        super().__init__(FakeTransport())
        account = Account(SID, "+442079460000", server.url)
        self.real = TwilioTransport(Channel.SMS, account, lambda: server.secret, world.clock, trust)
        self.happens: list[Callable[[Envelope], None]] = []

    def of(self, channel: Channel, settings: dict[str, object]) -> Transport:
        return self

    def ready(self) -> None:
        self.real.ready()

    def send(self, envelope: Envelope) -> Receipt:
        receipt = self.real.send(envelope)
        if self.happens:
            self.happens.pop()(envelope)
        return receipt

    poll = FakeTransport.poll
    test = FakeTransport.test


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    made = SmallDisk(tmp_path / "disk")
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[GatewayServer]:
    with gateway_server() as made:
        yield made


@pytest.fixture
def world(clinic_template: tuple[Path, dict[str, str]], disk: SmallDisk) -> Iterator[World]:
    folder = disk.folder / "clinic"
    folder.mkdir()
    made = open_world(*clinic_template, folder)
    disk.bound(made.store)
    switch_on(made, "sms")
    reachable(made)
    made.clock.advance(hours=4)  # out of the quiet hours, also an hour ago
    yield made
    made.store.close()


def later(world: World, server: GatewayServer, **time: int) -> None:
    world.clock.advance(**time)
    server.now = world.clock.now()


def booked(world: World, server: GatewayServer, *clocks: str) -> None:
    for clock in clocks:
        world.book(clock, day=SOON)
    later(world, server, minutes=4)


def confirmations(world: World) -> list[Notification]:
    return [one for one in stored(world) if one.purpose is Purpose.CONFIRMATION]


def post_of(world: World, server: GatewayServer) -> tuple[Courier, Through]:
    through = Through(world, server)
    return courier(world, through), through


def test_a_full_disk_after_the_yes_sends_nothing_twice(
    world: World, server: GatewayServer, disk: SmallDisk
) -> None:
    booked(world, server, "09:00", "10:00", "11:00")
    post, through = post_of(world, server)
    through.happens.append(lambda _: disk.fill())
    for _ in range(3):
        with pytest.raises(Fault) as told:
            post.run_once()
        assert told.value.code == "disk_full"
        assert len(server.sent()) == 1
        later(world, server, minutes=4)
    disk.make_room()
    post.run_once()
    assert [one.status for one in confirmations(world)] == [MessageStatus.SENT] * 3
    assert len(server.sent()) == len(set(server.sent())) == 3


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "not taken"])
@pytest.mark.parametrize(
    "jump",
    [{"hours": 1}, {"hours": -1}, {"minutes": 4}, {"days": -400}],
    ids=["an hour on", "an hour back", "the lease is over", "a year back"],
)
def test_the_clock_is_set_while_the_provider_hangs(
    world: World, server: GatewayServer, jump: dict[str, int], taken: bool
) -> None:
    booked(world, server, "09:00")
    (one, through), (other, _) = post_of(world, server), post_of(world, server)
    real = through.real.send

    def hangs(envelope: Envelope) -> Receipt:
        through.real.send = real  # type: ignore[method-assign]
        if taken:
            real(envelope)
        later(world, server, **jump)
        other.run_once()
        raise Unreachable("It hangs.", unknown=True)

    through.real.send = hangs  # type: ignore[method-assign]
    one.run_once()
    for _ in range(3):
        later(world, server, minutes=2)
        one.run_once()
        other.run_once()
    assert [message.status for message in confirmations(world)] == [MessageStatus.SENT]
    assert len(server.sent()) == 1
