"""A WhatsApp text with the number of approved words: kept, sent by it, and what came of it told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import (
    Channel,
    Delivery,
    MessageStatus,
    MessageTemplate,
    Notification,
    Purpose,
)
from clinic_desk.services.couriers_upkeep import Upkeep
from clinic_desk.services.message_checking import BadText
from clinic_desk.services.message_commands import EditMessage, NoteDeliveries, SaveTemplate
from clinic_desk.services.message_ports import MessageWish, Polled
from clinic_desk.services.message_words import built_in
from clinic_desk.services.outbox_faults import Unreachable
from clinic_desk.ui.messages import saying
from tests.fakes.couriers import FakeTransport, FakeTransports, courier
from tests.fakes.messages import reachable, setting, stored, switch_on
from tests.fakes.world import TODAY, World

SOON = TODAY + timedelta(days=2)
NUMBER = "HX" + "0123456789abcdef" * 2
PLACE = (Purpose.CONFIRMATION, Channel.WHATSAPP, "en")
WHY = "WhatsApp takes free words only within a day of the patient’s last message."


@pytest.fixture
def world(world: World) -> World:
    """WhatsApp is the only way to the patient, and it is no quiet hour."""
    switch_on(world, "whatsapp")
    reachable(world, consent_whatsapp=True, consent_sms=False, consent_email=False)
    world.clock.advance(hours=2)
    return world


def save(world: World, number: str, body: str = "", way: Channel = Channel.WHATSAPP) -> None:
    place = (PLACE[0], way, PLACE[2])
    world.run(
        SaveTemplate(
            template=MessageTemplate(
                id="",
                purpose=place[0],
                channel=way,
                language=place[2],
                subject=number,
                body=body or built_in()[place].body,
            )
        )
    )


def confirmation(world: World) -> Notification:
    (found,) = (one for one in stored(world) if one.purpose is Purpose.CONFIRMATION)
    return found


def booked(world: World, phone: FakeTransport) -> None:
    world.book("10:00", day=SOON)
    world.clock.advance(minutes=4)
    courier(world, FakeTransports(phone)).run_once()


def test_the_number_is_kept_with_the_built_in_words_and_goes_with_its_values(world: World) -> None:
    phone = FakeTransport()
    save(world, f"  {NUMBER}\n")
    (kept,) = world.store.queries.message_templates()
    assert (kept.subject, kept.body) == (NUMBER, built_in()[PLACE].body)
    booked(world, phone)
    (sent,) = phone.sent
    assert sent.approved == NUMBER
    assert sent.subject == ""
    assert sent.values[0] == "Ana Lee"
    assert all(one and "\n" not in one for one in sent.values)
    assert confirmation(world).body == sent.body
    assert sent.body.startswith("Hello Ana Lee,")


def test_without_a_number_and_by_sms_free_words_go(world: World) -> None:
    phone = FakeTransport()
    save(world, "", "Booked {{ when }}.")
    booked(world, phone)
    assert (phone.sent[0].approved, phone.sent[0].values) == ("", ())
    save(world, NUMBER, "Booked {{ when }}.", Channel.SMS)
    (sms,) = (o for o in world.store.queries.message_templates() if o.channel is Channel.SMS)
    assert sms.subject == ""


def test_what_a_person_writes_instead_goes_as_free_words(world: World) -> None:
    phone = FakeTransport()
    save(world, NUMBER)
    world.book("10:00", day=SOON)
    one = confirmation(world)
    world.run(EditMessage(message_id=one.id, body="Do come, Ana."))
    world.clock.advance(minutes=4)
    courier(world, FakeTransports(phone)).run_once()
    assert (phone.sent[0].body, phone.sent[0].approved) == ("Do come, Ana.", "")


def test_a_number_that_is_none_is_refused_at_its_field(world: World) -> None:
    with pytest.raises(BadText) as told:
        save(world, "HX123")
    assert told.value.field == "subject"
    assert "Content Template Builder" in told.value.sentence
    setting(world, "whatsapp.kind", "generic")
    save(world, "visit_booked")
    with pytest.raises(Refusal):
        save(world, "visit booked")


def test_the_attempt_nobody_knows_of_is_looked_for_by_its_own_words(world: World) -> None:
    phone = FakeTransport()
    save(world, NUMBER)
    world.book("09:00", day=SOON)
    phone.plan.append(lambda _: None)
    world.clock.advance(minutes=4)
    post = courier(world, FakeTransports(phone))
    post.run_once()
    phone.plan.append(Unreachable("Gone.", unknown=True))
    world.book("10:00", day=SOON)
    world.clock.advance(minutes=4)
    post.run_once()
    before = phone.tried[-1]
    assert (before.unsure, before.earlier, before.others) == (False, "", frozenset())
    (known,) = world.store.queries.message_templates()
    world.run(
        SaveTemplate(
            template=MessageTemplate(
                id="", purpose=PLACE[0], channel=PLACE[1], language="en", body="At {{ time }}."
            ),
            expected_revision=known.revision,
        )
    )
    world.clock.advance(minutes=4)
    post.run_once()
    again = phone.tried[-1]
    assert again.unsure
    assert again.earlier == before.body
    assert again.body == "At 10:00."
    assert again.others == {"p-1"}


def test_why_it_did_not_arrive_stands_at_the_message(world: World) -> None:
    phone = FakeTransport()
    booked(world, phone)
    one = confirmation(world)
    assert one.status is MessageStatus.SENT
    now = world.clock.now()
    phone.polled.append(
        Polled(
            deliveries=((Channel.WHATSAPP, one.provider_id, Delivery.UNDELIVERED, now),),
            reasons={one.provider_id: WHY},
        )
    )
    assert Upkeep(courier(world, FakeTransports(phone)), world.clock).poll(Channel.WHATSAPP) == 1
    (card,) = world.store.queries.messages(MessageWish(message_id=one.id))
    assert card.error == WHY
    assert saying.trouble(card, None, now) == ("It did not arrive.", WHY, "refuse")
    assert saying.deeds(card, reachable=True)[0] == "again"
    assert world.store.queries.message_counts(MessageWish()).undelivered == 1
    world.run(NoteDeliveries(deliveries=((Channel.WHATSAPP, one.provider_id, Delivery.READ, now),)))
    (card,) = world.store.queries.messages(MessageWish(message_id=one.id))
    assert saying.trouble(card, None, now) is None
