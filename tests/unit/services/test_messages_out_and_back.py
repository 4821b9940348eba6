"""From a booking to the patient and back: the real courier, the real adapters, and servers on this
computer that play the providers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from icalendar import Calendar

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.messages import Channel, Delivery, MessageStatus, Purpose
from clinic_desk.integrations.messaging.transports import KeyringTransports
from clinic_desk.services.commands import CancelAppointment
from clinic_desk.services.couriers import Courier
from clinic_desk.services.couriers_upkeep import Upkeep
from tests.fakes import messages as m
from tests.fakes.certificates import trust
from tests.fakes.couriers import courier
from tests.fakes.gateway_server import SID, GatewayServer, gateway_server
from tests.fakes.keeper import MemoryKeeper
from tests.fakes.smtp_server import smtp_server
from tests.fakes.world import TODAY, World, at

FRIDAY = TODAY + timedelta(days=3)


@pytest.fixture
def transports(world: World) -> Iterator[KeyringTransports]:
    keeper = MemoryKeeper()
    keeper.kept |= {"sms": "open sesame", "email": "open sesame"}
    made = KeyringTransports(keeper, world.clock, trust)
    yield made
    made.close()


@pytest.fixture
def gateway(world: World) -> Iterator[GatewayServer]:
    with gateway_server(certificate="good") as server:
        for name, value in {"url": server.url, "account": SID, "from": "+442079460000"}.items():
            m.setting(world, f"sms.{name}", value)
        m.switch_on(world, "sms")
        m.reachable(world)
        world.clock.set(at("09:00"))
        server.now = world.clock.now()
        yield server


@pytest.fixture
def sender(world: World, transports: KeyringTransports) -> Courier:
    return courier(world, transports)


def later(world: World, gateway: GatewayServer, **step: float) -> None:
    world.clock.advance(**step)
    gateway.now = world.clock.now()


def test_a_patient_is_asked_answers_and_the_visit_is_confirmed(
    world: World, gateway: GatewayServer, sender: Courier
) -> None:
    visit = world.book("10:00", day=FRIDAY)
    later(world, gateway, minutes=4)
    assert sender.run_once().sent == 1
    ((to, words),) = gateway.sent()
    assert to == m.MOBILE
    assert "10:00" in words
    gateway.mark(gateway.rows[0]["sid"], "delivered")
    gateway.arrive(m.MOBILE, "Yes please")
    gateway.arrive("+447700900999", "Who is this?")
    later(world, gateway, minutes=2)
    upkeep = Upkeep(sender, world.clock)
    assert upkeep.turn() == 3
    assert world.status(visit) is Status.CONFIRMED
    (answer,) = world.store.queries.open_answers()
    assert (answer.sender, answer.patient_id) == ("+447700900999", None)
    sent = next(one for one in m.stored(world) if one.status is MessageStatus.SENT)
    assert (sent.delivery, sent.reply) == (Delivery.DELIVERED, "Yes please")
    later(world, gateway, minutes=2)
    upkeep.turn()
    assert len(world.store.queries.open_answers()) == 1
    assert world.proven()


def test_taken_but_never_told_so_is_not_sent_twice(
    world: World, gateway: GatewayServer, sender: Courier
) -> None:
    world.book("10:00", day=FRIDAY)
    later(world, gateway, minutes=4)
    gateway.plan.append("takes_and_dies")
    done = sender.run_once()
    assert (done.sent, done.unknown) == (0, 1)
    later(world, gateway, minutes=5)
    assert sender.run_once().sent == 1
    assert len(gateway.sent()) == 1
    sent = next(one for one in m.stored(world) if one.status is MessageStatus.SENT)
    assert sent.provider_id == gateway.rows[0]["sid"]


def test_the_gateway_is_left_alone_for_as_long_as_it_asks(
    world: World, gateway: GatewayServer, sender: Courier
) -> None:
    world.book("10:00", day=FRIDAY)
    later(world, gateway, minutes=4)
    gateway.plan.append("429")
    gateway.retry_after = "600"
    assert sender.run_once().retried == 1
    later(world, gateway, minutes=9)
    assert sender.run_once().total == 0
    later(world, gateway, minutes=2)
    assert sender.run_once().sent == 1


def test_the_patients_calendar_follows_the_visit(
    world: World, transports: KeyringTransports
) -> None:
    with smtp_server("starttls", user="desk", password="open sesame") as server:
        for name, value in {
            "host": "localhost", "port": server.port, "user": "desk", "from": "desk@clinic.example",
        }.items():  # fmt: skip
            m.setting(world, f"email.{name}", value)
        m.switch_on(world, "email")
        m.reachable(world)
        world.clock.set(at("09:00"))
        sender = courier(world, transports)
        visit = world.book("10:00", day=FRIDAY)
        world.clock.advance(minutes=4)
        sender.run_once()
        world.move(visit, "14:00", day=FRIDAY)
        world.clock.advance(minutes=4)
        sender.run_once()
        world.run(CancelAppointment(appointment_id=visit, reason="Ill"))
        world.clock.advance(minutes=4)
        sender.run_once()
    told = []
    for mail in server.parsed():
        (file,) = mail.iter_attachments()
        (event,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
        told.append((str(event["UID"]), event["SEQUENCE"], event["DTSTART"].dt, event["STATUS"]))
    assert {one[0] for one in told} == {f"{visit}@clinic-desk"}
    sequences = [one[1] for one in told]
    assert sequences == sorted(set(sequences))
    assert [(one[2], str(one[3])) for one in told] == [
        (at("10:00", FRIDAY), "CONFIRMED"),
        (at("14:00", FRIDAY), "CONFIRMED"),
        (at("14:00", FRIDAY), "CANCELLED"),
    ]
    purposes = [one.purpose for one in m.stored(world) if one.status is MessageStatus.SENT]
    assert purposes == [Purpose.CONFIRMATION, Purpose.MOVED, Purpose.CANCELLED]
    assert {one.channel for one in m.stored(world)} == {Channel.EMAIL}
