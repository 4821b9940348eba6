"""What comes back: deliveries, and the answers of patients."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.message_planning import state_of
from clinic_desk.domain.messages import (
    Channel,
    Delivery,
    InboundMessage,
    MessageStatus,
    Notification,
    Purpose,
    ReplyOutcome,
)
from clinic_desk.services.answer_words import Meaning, meaning
from clinic_desk.services.commands import AddPatient, CancelAppointment
from clinic_desk.services.desk import Desk
from clinic_desk.services.message_commands import HandleAnswer, NoteAnswers, NoteDeliveries
from clinic_desk.services.message_ports import Answered, MessageWish
from tests.fakes import messages as m
from tests.fakes.message_rows import message, put
from tests.fakes.world import TODAY, World, at

TOMORROW = TODAY + timedelta(days=1)
PROGRAM = Actor("program", "", "desk-1", "run-program", kind="program")


@pytest.fixture
def asked(world: World) -> World:
    """Ana, who can be reached; nothing is on, so that nothing is planned beside."""
    m.reachable(world)
    return world


def ask(world: World, visit: Id, **values: Any) -> Notification:
    """A reminder of the visit that went an hour ago."""
    row = world.row(visit)
    given: dict[str, Any] = {
        "key": f"visit:{visit}:{values.get('at', '06:00')}",
        "address": m.MOBILE,
        "status": MessageStatus.SENT,
        "appointment_id": visit,
        "patient_id": row.patient_id,
        "tells": state_of(row),
        "provider_id": f"SM{visit}",
    }
    due = at(values.pop("at", "06:00"))
    made = message(world.ids(), due, **(given | values))
    put(world.store, made)
    return made


def come_in(world: World, *texts: str, sender: str = m.MOBILE, number: int = 0) -> tuple[Any, ...]:
    program = Desk(world.store, world.clock, world.ids, PROGRAM)
    answers = tuple(
        Answered(
            channel=Channel.SMS,
            provider_id=f"IN{number + count}{text}",
            sender=sender,
            text=text,
            received_at=world.clock.now(),
        )
        for count, text in enumerate(texts)
    )
    outcomes = program.execute(NoteAnswers(answers=answers)).value
    assert isinstance(outcomes, tuple)
    return outcomes


def waiting(world: World) -> InboundMessage:
    (answer,) = world.store.queries.open_answers()
    return answer


def sent(world: World, message_id: Id) -> Notification:
    (card,) = world.store.queries.messages(MessageWish(message_id=message_id))
    return card.message


@pytest.mark.parametrize(
    "text",
    ["1", " 1. ", "1️⃣", "１", "Yes!", "yes please", "OK", "Ja, danke", "EVET", "Evet.", "👍🏽",
     "tamam", "Bestätigt", "Evet teşekkürler"],
)  # fmt: skip
def test_words_that_confirm(text: str) -> None:
    assert meaning(text) is Meaning.YES


@pytest.mark.parametrize("text", ["2", "no", "Nein", "HAYIR", "Hayır", "hayir.", "İPTAL", "Cancel"])
def test_words_that_do_not(text: str) -> None:
    assert meaning(text) is Meaning.NO


@pytest.mark.parametrize("text", ["STOP", "Dur", "stopp.", "Unsubscribe please"])
def test_words_that_end_it(text: str) -> None:
    assert meaning(text) is Meaning.STOP


@pytest.mark.parametrize(
    "text",
    ["", "?", "12", "1 2", "yes but later", "no problem", "Ja nein", "11:00", "thanks", "1" * 900],
)
def test_words_for_a_person_to_read(text: str) -> None:
    assert meaning(text) is Meaning.UNCLEAR


def test_a_yes_confirms_the_visit_as_the_patient(asked: World) -> None:
    visit = asked.book("10:00", day=TOMORROW)
    reminder = ask(asked, visit)
    assert come_in(asked, "Evet, teşekkürler") == (ReplyOutcome.CONFIRMED,)
    row = asked.row(visit)
    assert (row.status, row.confirmed_by) == (Status.CONFIRMED, "patient")
    event = asked.history(visit)[-1]
    assert (event.action, event.actor_kind) == ("confirmed", "patient")
    assert event.actor_name == "The patient (SMS)"
    assert sent(asked, reminder.id).reply == "Evet, teşekkürler"
    assert asked.store.queries.open_answers() == ()
    assert asked.proven()


def test_who_answers_a_later_message_needs_nobody_for_the_lost_one(asked: World) -> None:
    visit = asked.book("10:00", day=TOMORROW)
    lost = ask(asked, visit, at="05:00", provider_id="lost", delivery=Delivery.UNDELIVERED)
    ask(asked, visit)
    needing = MessageWish(needing=True)
    assert [one.message.id for one in asked.store.queries.messages(needing)] == [lost.id]
    assert come_in(asked, "1") == (ReplyOutcome.CONFIRMED,)
    assert asked.store.queries.messages(needing) == ()
    assert asked.store.queries.message_counts(needing).undelivered == 0
    assert "answered another message" in sent(asked, lost.id).reason


def test_what_is_answered_all_the_same_needs_nobody(asked: World) -> None:
    visit = asked.book("10:00", day=TOMORROW)
    lost = ask(asked, visit, delivery=Delivery.UNDELIVERED)
    assert come_in(asked, "Who is this?") == (ReplyOutcome.UNKNOWN,)
    assert sent(asked, lost.id).reply == "Who is this?"
    assert asked.store.queries.messages(MessageWish(needing=True)) == ()
    assert asked.store.queries.message_counts(MessageWish()).undelivered == 0


def test_the_same_answer_polled_twice_is_one(asked: World) -> None:
    ask(asked, asked.book("10:00", day=TOMORROW))
    assert come_in(asked, "2") == (ReplyOutcome.ASKED,)
    assert come_in(asked, "2") == ()
    assert len(asked.store.queries.open_answers()) == 1


def test_a_no_asks_reception_and_leaves_the_visit(asked: World) -> None:
    visit = asked.book("10:00", day=TOMORROW)
    ask(asked, visit)
    assert come_in(asked, "1", "hayır") == (ReplyOutcome.CONFIRMED, ReplyOutcome.ASKED)
    answer = waiting(asked)
    assert (answer.appointment_id, answer.patient_id) == (visit, asked.names["ana"])
    assert asked.status(visit) is Status.CONFIRMED


def test_anything_else_lands_in_the_list_with_its_visit(asked: World) -> None:
    visit = asked.book("10:00", day=TOMORROW)
    ask(asked, visit)
    assert come_in(asked, "Can I come at 11?") == (ReplyOutcome.UNKNOWN,)
    assert (waiting(asked).appointment_id, waiting(asked).text) == (visit, "Can I come at 11?")
    assert asked.status(visit) is Status.SCHEDULED


def test_a_yes_to_what_is_no_longer_so_is_told(asked: World) -> None:
    visit = asked.book("10:00", day=TOMORROW)
    ask(asked, visit)
    asked.move(visit, "14:00", day=TOMORROW)
    assert come_in(asked, "1") == (ReplyOutcome.ASKED,)
    assert waiting(asked).note == "The visit was changed after the patient was asked."
    assert asked.status(visit) is Status.SCHEDULED


def test_a_yes_to_a_cancelled_visit_is_told(asked: World) -> None:
    visit = asked.book("10:00", day=TOMORROW)
    ask(asked, visit)
    asked.run(CancelAppointment(appointment_id=visit, reason="Ill"))
    assert come_in(asked, "1") == (ReplyOutcome.ASKED,)
    assert "does not take place" in waiting(asked).note
    assert asked.status(visit) is Status.CANCELLED


def test_a_yes_that_comes_too_late_is_told(asked: World) -> None:
    visit = asked.book("10:00")
    ask(asked, visit)
    asked.clock.set(at("10:01"))
    assert come_in(asked, "1") == (ReplyOutcome.ASKED,)
    assert "begun" in waiting(asked).note


def test_a_yes_when_two_visits_were_asked_about_is_for_a_person(asked: World) -> None:
    first, second = (asked.book(start, day=TOMORROW) for start in ("10:00", "15:00"))
    ask(asked, first)
    ask(asked, second)
    assert come_in(asked, "1", "1", number=5)[0] is ReplyOutcome.ASKED
    assert {asked.status(one) for one in (first, second)} == {Status.SCHEDULED}
    waits = asked.store.queries.open_answers()[0]
    assert "Several visits were asked about (Wed 25 Nov 10:00, Wed 25 Nov 15:00)" in waits.note
    assert waits.patient_id == asked.names["ana"]


def test_of_a_shared_number_nobody_says_whose_answer_it_is(asked: World) -> None:
    other = asked.run(AddPatient(values={"last_name": "Lee", "first_name": "Ben",
                                         "mobile": m.MOBILE})).value  # fmt: skip
    ask(asked, asked.book("10:00", day=TOMORROW))
    ask(asked, asked.book("15:00", day=TOMORROW, patient_id=other))
    assert come_in(asked, "yes") == (ReplyOutcome.ASKED,)
    assert waiting(asked).patient_id is None
    assert "15:00" in waiting(asked).note


def test_two_reminders_of_one_visit_are_one_question(asked: World) -> None:
    visit = asked.book("10:00", day=TOMORROW)
    ask(asked, visit, at="06:00")
    ask(asked, visit, at="06:30", purpose=Purpose.MOVED, provider_id="SMx")
    assert come_in(asked, "ok") == (ReplyOutcome.CONFIRMED,)
    other = asked.book("15:00", day=TOMORROW)
    ask(asked, other, provider_id="SMy")
    assert come_in(asked, "ok", number=7) == (ReplyOutcome.CONFIRMED,)
    assert asked.status(other) is Status.CONFIRMED


def test_an_answer_of_nobody_known_is_kept(world: World) -> None:
    assert come_in(world, "1", "hello", sender="+4915112345678") == (ReplyOutcome.UNKNOWN,) * 2
    answers = world.store.queries.open_answers()
    assert {one.patient_id for one in answers} == {None}
    assert sorted(one.note for one in answers) == ["", "Nobody asked this number about a visit."]


def test_stop_takes_the_consent_back_of_all_with_that_number(asked: World) -> None:
    asked.run(
        AddPatient(
            values={
                "first_name": "Bo", "last_name": "Reis", "mobile": "07911 123456",
                "consent_sms": True,
            }
        )
    )  # fmt: skip
    assert come_in(asked, "STOP") == (ReplyOutcome.HANDLED,)
    ana = m.patient_of(asked, "ana")
    assert (ana.consent_sms, ana.consent_email) == (False, True)
    found = asked.store.queries.search_patients("Reis", 1)[0]
    assert asked.store.queries.patient(found.id).patient.consent_sms is False
    assert asked.store.queries.open_answers() == ()
    assert come_in(asked, "stop", sender="+4915112345678") == (ReplyOutcome.UNKNOWN,)
    assert asked.proven()


def test_what_was_planned_by_sms_goes_another_way_after_stop(asked: World) -> None:
    m.switch_on(asked, "sms", "email")
    asked.book("10:00", day=TOMORROW)
    assert {one[1] for one in m.waiting(asked)} == {"sms"}
    come_in(asked, "DUR")
    assert {one[1] for one in m.waiting(asked)} == {"email"}


def test_an_answer_is_dealt_with_once(asked: World) -> None:
    come_in(asked, "hello")
    answer = waiting(asked)
    asked.run(HandleAnswer(answer_id=answer.id))
    assert asked.store.queries.open_answers() == ()
    with pytest.raises(Refusal, match="already"):
        asked.run(HandleAnswer(answer_id=answer.id))
    with pytest.raises(NotFound):
        asked.run(HandleAnswer(answer_id="nobody"))


def test_deliveries_only_go_forward(asked: World) -> None:
    one = ask(asked, asked.book("10:00", day=TOMORROW))
    now = asked.clock.now()

    def tell(*states: Delivery) -> object:
        told = tuple((Channel.SMS, one.provider_id, state, now) for state in states)
        return asked.run(NoteDeliveries(deliveries=told)).value

    assert tell(Delivery.QUEUED, Delivery.DELIVERED, Delivery.QUEUED, Delivery.UNDELIVERED) == 2
    assert sent(asked, one.id).delivery is Delivery.DELIVERED
    assert sent(asked, one.id).delivered_at == now
    assert tell(Delivery.READ) == 1
    stranger = (Channel.EMAIL, one.provider_id, Delivery.READ, now)
    assert asked.run(NoteDeliveries(deliveries=(stranger,))).value == 0
