"""What a provider has refused is not asked again at once, unless something was put right."""

from __future__ import annotations

import pytest

from clinic_desk.domain.messages import Channel
from clinic_desk.integrations.messaging.transports import KeyringTransports
from clinic_desk.services.message_ports import Envelope, Transport
from clinic_desk.services.outbox_faults import Unsettled
from tests.fakes.certificates import trust
from tests.fakes.clock import FixedClock
from tests.fakes.gateway_server import SID, GatewayServer, gateway_server
from tests.fakes.keeper import MemoryKeeper

MESSAGE = Envelope(
    id="0190", key="visit:1:sms", channel=Channel.SMS, address="+447700900123", body="See you."
)


def made(
    keeper: MemoryKeeper, clock: FixedClock, server: GatewayServer, **more: object
) -> Transport:
    settings: dict[str, object] = {"account": SID, "from": "+442079460000", "url": server.url}
    return KeyringTransports(keeper, clock, trust).of(Channel.SMS, settings | more)


def test_a_refused_password_is_left_alone_until_it_is_another() -> None:
    keeper, clock = MemoryKeeper(), FixedClock()
    keeper.kept["sms"] = "wrong"
    with gateway_server() as server:
        sending = made(keeper, clock, server)
        sending.ready()
        with pytest.raises(Unsettled, match="set them anew"):
            sending.send(MESSAGE)
        with pytest.raises(Unsettled, match="set them anew"):
            sending.ready()
        with pytest.raises(Unsettled, match="set them anew"):
            made(keeper, clock, server).ready()  # whoever sends from this computer
        made(keeper, clock, server, **{"from": "+442079460001"}).ready()
        KeyringTransports(keeper, clock, trust).keep_secret(Channel.SMS, server.secret)
        sending.ready()
        sending.send(MESSAGE)
        assert len(server.requests) == 2


def test_it_is_asked_again_after_longer_and_longer_pauses() -> None:
    keeper, clock = MemoryKeeper(), FixedClock()
    keeper.kept["sms"] = "not yet"
    with gateway_server() as server:
        sending = made(keeper, clock, server)
        for minutes in (1, 2, 4):
            sending.ready()
            with pytest.raises(Unsettled):
                sending.send(MESSAGE)
            clock.advance(minutes=minutes, seconds=-1)
            with pytest.raises(Unsettled):
                sending.ready()
            clock.advance(seconds=1)
        server.secret = "not yet"
        sending.send(MESSAGE)
        sending.ready()


def test_a_test_that_works_lets_the_messages_go() -> None:
    keeper, clock = MemoryKeeper(), FixedClock()
    keeper.kept["sms"] = "not yet"
    with gateway_server() as server:
        sending = made(keeper, clock, server)
        with pytest.raises(Unsettled):
            sending.send(MESSAGE)
        server.secret = "not yet"
        assert "took the test" in made(keeper, clock, server).test("+447700900124")
        sending.ready()


def test_a_locked_keyring_makes_it_wait() -> None:
    from clinic_desk.services.secrets import KeyringState

    keeper = MemoryKeeper()
    keeper.standing = KeyringState.LOCKED
    with gateway_server() as server, pytest.raises(Unsettled, match="locked"):
        made(keeper, FixedClock(), server).ready()


def test_news_are_not_asked_for_with_what_was_refused() -> None:
    keeper, clock = MemoryKeeper(), FixedClock()
    keeper.kept["sms"] = "wrong"
    with gateway_server() as server:
        sending = made(keeper, clock, server)
        for _ in range(3):
            with pytest.raises(Unsettled, match="set them anew"):
                sending.poll("", [])
        assert len(server.requests) == 1
