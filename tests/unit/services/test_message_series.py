"""A change of a series is told once: through the real commands, the real store and the courier."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.message_planning import state_of
from clinic_desk.domain.messages import (
    Channel,
    Delivery,
    MessageStatus,
    MessageTemplate,
    Notification,
    Purpose,
)
from clinic_desk.integrations.messaging.mail import Sender, built
from clinic_desk.services.commands import (
    CancelAppointment,
    EditPatient,
    HoldSlot,
    MoveAppointment,
    Reinstate,
    Scope,
)
from clinic_desk.services.couriers import Courier
from clinic_desk.services.day_commands import MergePatients
from clinic_desk.services.message_commands import (
    EditMessage,
    NoteAnswers,
    NoteDeliveries,
    SaveTemplate,
    SendAgain,
    SendNow,
    WithdrawMessages,
)
from clinic_desk.services.message_outlook import outlooks
from clinic_desk.services.message_ports import Answered, MessageCard, MessageWish
from clinic_desk.services.outbox_faults import Rejected, Unreachable
from clinic_desk.services.series_commands import BookSeries
from tests.fakes import messages as m
from tests.fakes.couriers import FakeTransport, FakeTransports, courier
from tests.fakes.world import TODAY, World, actor, at

FIRST = TODAY + timedelta(days=7)
"""A Tuesday; visits in the winter half-year."""


@pytest.fixture
def out(world: World) -> FakeTransport:
    m.reachable(world)
    m.switch_on(world, "sms")
    world.clock.set(at("09:00"))
    return FakeTransport()


@pytest.fixture
def sender(world: World, out: FakeTransport) -> Courier:
    return courier(world, FakeTransports(out))


def booked(world: World, count: int = 12, **more: Any) -> list[str]:
    given: dict[str, Any] = {
        "patient_id": world.names["ana"], "doctor_id": world.names["wu"],
        "type_id": world.names["follow-up"], "rule": f"FREQ=WEEKLY;COUNT={count}",
        "local_start": f"{FIRST}T10:00", "remind_channels": ("none",), **more,
    }  # fmt: skip
    return list(world.run(BookSeries(**given)).value.visit_ids)


def sent(world: World, sender: Courier, out: FakeTransport, minutes: int = 4) -> list[str]:
    """What goes within that time."""
    before = len(out.sent)
    world.clock.advance(minutes=minutes)
    sender.run_once()
    return [one.body for one in out.sent[before:]]


def visit(world: World, visit_id: str) -> Appointment:
    with world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
        return work.get(Appointment, visit_id)


def move(world: World, visit_id: str, clock: str, scope: Scope, **more: Any) -> None:
    one = visit(world, visit_id)
    start = at(clock, one.start.date())
    world.run(
        MoveAppointment(
            appointment_id=visit_id, expected_revision=None, start=start,
            end=start + (one.end - one.start), doctor_id=one.doctor_id, scope=scope, **more,
        )
    )  # fmt: skip


def cancel(world: World, visit_id: str, scope: Scope) -> None:
    world.run(CancelAppointment(appointment_id=visit_id, reason="Patient rang", scope=scope))


def told(world: World, visit_id: str) -> Notification:
    """The last message about the visit that went."""
    found = [
        one
        for one in m.stored(world)
        if one.appointment_id == visit_id and one.status is MessageStatus.SENT
    ]
    return max(found, key=lambda one: (one.sent_at, one.planned_at, one.id))


def wrong(world: World) -> list[str]:
    """What *verify* says of messages, by their ids."""
    return [one.subject for one in world.store.maintenance.verify() if one.check == "messages"]


def cards(world: World, **wish: Any) -> tuple[MessageCard, ...]:
    return world.store.queries.messages(MessageWish(**wish))


def test_a_series_is_confirmed_once_and_every_visit_counts_as_told(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world)
    assert [card.more for card in cards(world)] == [11]
    (body,) = sent(world, sender, out)
    assert "Tue 1 Dec, 10:00" in body
    assert "and 11 more until 16 Feb 2027" in body
    assert [told(world, one).tells for one in visits] == [
        state_of(visit(world, one)) for one in visits
    ]
    assert {told(world, one).body for one in visits} == {body}
    assert [card.more for card in cards(world)] == [11]
    assert m.waiting(world) == []
    assert wrong(world) == []
    assert sent(world, sender, out, 600) == []


def test_a_moved_and_a_cancelled_series_are_told_once_each(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 5)
    sent(world, sender, out)
    move(world, visits[1], "14:00", Scope.FOLLOWING)
    (body,) = sent(world, sender, out)
    assert "The first is now Tue 8 Dec, 14:00" in body
    assert "and 3 more until 29 Dec" in body
    cancel(world, visits[0], Scope.ALL)
    bodies = sent(world, sender, out)
    assert sum("cancelled" in one for one in bodies) == len(bodies)
    assert {told(world, one).tells for one in visits} == {"off"}
    assert wrong(world) == []


def test_a_whole_series_is_cancelled_by_one_notice_and_comes_back_by_one(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 3)
    sent(world, sender, out)
    cancel(world, visits[0], Scope.ALL)
    (body,) = sent(world, sender, out)
    assert "your appointments with Dr Li Wu, Tue 1 Dec, 10:00 and 2 more until 15 Dec, are" in body
    world.undo()
    (body,) = sent(world, sender, out)
    assert "are booked: Tue 1 Dec, 10:00" in body
    assert {told(world, one).purpose for one in visits} == {Purpose.CONFIRMATION}


def test_a_series_in_two_parts_is_cancelled_by_one_notice(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 5)
    sent(world, sender, out)
    move(world, visits[2], "14:00", Scope.FOLLOWING)
    sent(world, sender, out)
    assert len({visit(world, one).series_id for one in visits}) == 2
    cancel(world, visits[3], Scope.ALL)
    (body,) = sent(world, sender, out)
    assert "Tue 1 Dec, 10:00 and 4 more until 29 Dec, are cancelled" in body
    assert wrong(world) == []


def test_one_visit_changed_alone_keeps_its_own_notice(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 4)
    sent(world, sender, out)
    move(world, visits[2], "15:00", Scope.ONLY_THIS)
    (body,) = sent(world, sender, out)
    assert "It is now Tue 15 Dec, 15:00" in body
    assert "more" not in body
    cancel(world, visits[0], Scope.ONLY_THIS)
    (body,) = sent(world, sender, out)
    assert "Tue 1 Dec, 10:00, is cancelled" in body


def test_a_series_undone_after_it_was_told_is_called_off_by_one_notice(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    booked(world, 4)
    assert len(sent(world, sender, out)) == 1
    world.undo()
    (off,) = sent(world, sender, out)
    assert "cancel" in off.lower()
    assert "10:00" in off


def test_so_is_one_whose_first_visit_was_held_before(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    """As the booking dialog does: with the undo that visit is a hold again, of no series."""
    wu, kind = world.names["wu"], world.names["follow-up"]
    start = at("10:00", FIRST)
    held = world.run(
        HoldSlot(doctor_id=wu, start=start, end=start + timedelta(minutes=30), type_id=kind)
    )
    booked(world, 4, hold_id=held.value)
    assert len(sent(world, sender, out)) == 1
    assert world.undo().told == "SMS held 3 min"
    assert wrong(world) == []
    (off,) = sent(world, sender, out)
    assert "and 3 more until" in off
    assert wrong(world) == []


@pytest.mark.parametrize("what", ["book", "move", "cancel"])
def test_what_is_undone_within_the_hold_sends_nothing(
    world: World, sender: Courier, out: FakeTransport, what: str
) -> None:
    visits = booked(world, 6)
    if what != "book":
        sent(world, sender, out)
    if what == "move":
        move(world, visits[0], "14:00", Scope.ALL)
    elif what == "cancel":
        cancel(world, visits[2], Scope.FOLLOWING)
    world.clock.advance(minutes=2)
    assert world.undo().sentence.endswith("nothing was sent")
    assert sent(world, sender, out, 30) == []
    assert wrong(world) == []


def test_what_was_cancelled_meanwhile_is_left_out_and_the_next_is_named_first(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 5)
    world.clock.advance(minutes=1)
    cancel(world, visits[0], Scope.ONLY_THIS)
    cancel(world, visits[3], Scope.ONLY_THIS)
    (body,) = sent(world, sender, out)
    assert "Tue 8 Dec, 10:00" in body
    assert "and 2 more until 29 Dec" in body
    assert sent(world, sender, out, 30) == []
    gone = [one for one in m.stored(world) if one.appointment_id in (visits[0], visits[3])]
    assert {one.status for one in gone} == {MessageStatus.WITHDRAWN}


def test_all_of_them_gone_and_nothing_is_sent(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    for one in booked(world, 3):
        cancel(world, one, Scope.ONLY_THIS)
    assert sent(world, sender, out, 30) == []


def test_one_that_is_cancelled_while_it_is_on_its_way_is_told_again(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 3)
    out.plan.append(lambda _envelope: cancel(world, visits[1], Scope.ONLY_THIS))
    assert len(sent(world, sender, out)) == 1
    (body,) = sent(world, sender, out)
    assert "Tue 8 Dec, 10:00, is cancelled" in body
    assert wrong(world) == []


def test_a_dead_line_is_tried_for_the_bundle_and_not_for_each_visit(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 6)
    out.plan.extend([Unreachable("Nobody answers.")] * 4)
    world.clock.advance(minutes=4)
    for _ in range(40):
        sender.run_once()
        world.clock.advance(minutes=5)
    assert len(out.tried) == 4
    assert len({one.key for one in out.tried}) == 1
    rows = [one for one in m.stored(world) if one.appointment_id in visits]
    assert {one.status for one in rows} == {MessageStatus.FAILED}
    (card,) = cards(world, needing=True)
    assert card.more == 5
    assert world.store.queries.message_counts(MessageWish()).failed == 1
    assert wrong(world) == []
    world.run(SendAgain(message_ids=(card.message.id,)))
    (body,) = sent(world, sender, out)
    assert "and 5 more" in body
    assert {told(world, one).tells for one in visits} == {
        state_of(visit(world, one)) for one in visits
    }


def test_while_it_is_tried_again_the_next_stands_in_for_the_first(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 3)
    out.plan.append(Unreachable("Nobody answers."))
    assert sent(world, sender, out) == []
    assert sent(world, sender, out, 0) == []
    cancel(world, visits[0], Scope.ONLY_THIS)
    (body,) = sent(world, sender, out)
    assert "Tue 8 Dec, 10:00" in body
    assert "and 1 more on Tue 15 Dec" in body
    assert sent(world, sender, out, 30) == []


def test_what_is_refused_for_good_has_failed_for_all_of_it(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    booked(world, 4)
    out.plan.append(Rejected("This number does not exist."))
    sent(world, sender, out)
    assert sent(world, sender, out, 60) == []
    assert len(out.tried) == 1
    assert {one.status for one in m.stored(world)} == {MessageStatus.FAILED}
    (card,) = cards(world)
    world.run(WithdrawMessages(message_ids=(card.message.id,)))
    assert {one.status for one in m.stored(world)} == {MessageStatus.WITHDRAWN}


def test_people_deal_with_it_as_one_message(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    booked(world, 4)
    (card,) = cards(world)
    assert world.run(WithdrawMessages(message_ids=(card.message.id,))).sentence == (
        "1 message withdrawn"
    )
    assert sent(world, sender, out, 30) == []
    (card,) = cards(world)
    assert card.more == 3
    world.run(SendAgain(message_ids=(card.message.id,)))
    assert len(sent(world, sender, out)) == 1


def test_sent_now_all_of_it_goes_now(world: World, sender: Courier, out: FakeTransport) -> None:
    booked(world, 4)
    (card,) = cards(world)
    world.run(SendNow(message_ids=(card.message.id,)))
    (body,) = sent(world, sender, out, 0)
    assert "and 3 more" in body


def test_words_by_hand_go_while_they_are_true(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 4)
    (card,) = cards(world)
    world.run(EditMessage(message_id=card.message.id, body="See you four times."))
    world.clock.advance(minutes=1)
    cancel(world, visits[3], Scope.ONLY_THIS)
    (body,) = sent(world, sender, out)
    assert "and 2 more until 15 Dec" in body
    move(world, visits[0], "14:00", Scope.ALL)
    (card,) = cards(world, held=True)
    world.run(EditMessage(message_id=card.message.id, body="See you at two."))
    assert sent(world, sender, out) == ["See you at two."]


def test_in_quiet_hours_all_of_it_goes_with_the_first(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    world.clock.set(at("22:00"))
    tomorrow = TODAY + timedelta(days=1)
    booked(world, 3, local_start=f"{tomorrow}T08:30")
    (body,) = sent(world, sender, out)
    assert "and 2 more" in body
    assert sent(world, sender, out, 1200) == []


def test_what_the_provider_says_of_it_is_so_for_all_of_it(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    booked(world, 3)
    sent(world, sender, out)
    for state in (Delivery.QUEUED, Delivery.UNDELIVERED):
        news = ((Channel.SMS, "p-1", state, world.clock.now()),)
        world.run(NoteDeliveries(deliveries=news))
        assert {one.delivery for one in m.stored(world)} == {state}
    (card,) = cards(world, needing=True)
    assert world.store.queries.message_counts(MessageWish()).undelivered == 1
    world.run(WithdrawMessages(message_ids=(card.message.id,)))
    assert cards(world, needing=True) == ()
    assert {one.reason for one in m.stored(world)} == {"Seen to by Maria"}


def test_an_answer_confirms_the_visit_whose_reminder_asked(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 3, remind_channels=(), remind_before=120)
    sent(world, sender, out)
    world.run(NoteAnswers(answers=(answer(world, "a"),)))
    assert visit(world, visits[0]).status is Status.SCHEDULED
    world.clock.set(at("08:01", FIRST))
    sender.run_once()
    world.run(NoteAnswers(answers=(answer(world, "b"),)))
    assert [visit(world, one).status for one in visits] == [
        Status.CONFIRMED, Status.SCHEDULED, Status.SCHEDULED,
    ]  # fmt: skip


def answer(world: World, name: str) -> Answered:
    return Answered(
        channel=Channel.SMS, provider_id=name, sender="+447911123456", text="1",
        received_at=world.clock.now(),
    )  # fmt: skip


def test_an_email_lists_all_of_them_and_brings_them_as_one_file(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    world.run(EditPatient(patient_id=world.names["ana"], values={"channels": ("email",)}))
    m.switch_on(world, "email")
    visits = booked(world, 3)
    (body,) = sent(world, sender, out)
    assert "And 2 more: every Tuesday until 15 December." in body
    assert "Tuesday 1 December, 10:00\nTuesday 8 December, 10:00\nTuesday 15 December" in body
    mail = built(out.sent[-1], Sender("desk@clinic.example"), world.clock.now())
    (file,) = list(mail.iter_attachments())
    assert file.get_filename() == "visits.ics"
    read = Calendar.from_ical(file.get_content())
    assert read["METHOD"] == "PUBLISH"
    assert [str(one["UID"]) for one in read.walk("VEVENT")] == [
        f"{one}@clinic-desk" for one in visits
    ]
    move(world, visits[1], "16:00", Scope.ONLY_THIS)
    sent(world, sender, out)
    cancel(world, visits[0], Scope.ALL)
    (body,) = sent(world, sender, out)[:1]
    read = Calendar.from_ical(
        next(built(out.sent[-1], Sender("d@c.example"), world.clock.now()).iter_attachments())
        .get_content()
    )  # fmt: skip
    assert {str(one["STATUS"]) for one in read.walk("VEVENT")} == {"CANCELLED"}
    assert wrong(world) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "and 2 more until 15 Dec"),
        ("tr", "ve 2 randevu daha (son: 15 Ara)"),
        ("de", "und 2 weitere bis 15. Dez."),
    ],
)
def test_it_is_told_in_the_patients_language(
    world: World, sender: Courier, out: FakeTransport, language: str, words: str
) -> None:
    world.run(EditPatient(patient_id=world.names["ana"], values={"language": language}))
    booked(world, 3)
    (body,) = sent(world, sender, out)
    assert words in body


def test_a_patient_merged_meanwhile_is_told_once(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    m.reachable(world, "jon", mobile="07911 222333")
    booked(world, 3)
    world.run(MergePatients(kept_id=world.names["jon"], other_id=world.names["ana"], values={}))
    assert len(sent(world, sender, out)) == 1
    assert out.sent[-1].address == "+447911222333"


def test_who_takes_the_consent_back_meanwhile_is_not_told(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    booked(world, 3)
    world.run(EditPatient(patient_id=world.names["ana"], values={"consent_sms": False}))
    assert sent(world, sender, out, 30) == []
    (card,) = cards(world)
    assert (card.message.status, card.more) == (MessageStatus.SKIPPED, 2)


def test_own_words_that_know_of_no_series_keep_nothing_back(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    words = MessageTemplate(
        id="", purpose=Purpose.CONFIRMATION, channel=Channel.SMS, language="en",
        body="See you {{ short_when }}.",
    )  # fmt: skip
    world.run(SaveTemplate(template=words))
    booked(world, 3)
    assert sent(world, sender, out) == [
        "See you Tue 1 Dec, 10:00. (Tue 1 Dec, 10:00 and 2 more until 15 Dec)"
    ]


def test_a_reinstated_visit_is_told_alone(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 3)
    sent(world, sender, out)
    cancel(world, visits[1], Scope.ALL)
    sent(world, sender, out)
    world.run(Reinstate(appointment_id=visits[1], reason="A mistake"))
    (body,) = sent(world, sender, out)
    assert "appointment with Dr Li Wu is booked: Tue 8 Dec, 10:00" in body


def test_what_it_will_say_can_be_read_before(world: World, sender: Courier) -> None:
    booked(world, 3)
    (card,) = cards(world)
    found = outlooks(world.store.queries, (card.message.id,), world.clock.now())
    assert "and 2 more until 15 Dec" in found[card.message.id].body


def test_verify_finds_what_goes_with_the_wrong_series(world: World, out: FakeTransport) -> None:
    booked(world, 2)
    one = m.stored(world)[0]
    with world.store.unit_of_work(actor("P", "d", "r")) as work:
        work.change_message(one, replace(one, rule="series-old"))
        work.commit()
    assert wrong(world) == [one.id]
    m.setting(world, "order", ["sms"])
    m.plan_all(world)
    assert wrong(world) == []


def test_two_processes_send_it_once(world: World, sender: Courier, out: FakeTransport) -> None:
    booked(world, 5)
    other = courier(world, FakeTransports(out))
    out.plan.append(lambda _envelope: other.run_once() and None)
    assert len(sent(world, sender, out)) == 1
    assert len(out.tried) == 1
    assert sent(world, other, out) == []


def test_who_died_after_the_providers_yes_sends_the_same_message_again(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    visits = booked(world, 5)

    def die(_envelope: object) -> None:
        raise KeyboardInterrupt

    out.plan.append(die)
    world.clock.advance(minutes=4)
    with pytest.raises(KeyboardInterrupt):
        sender.run_once()
    other = courier(world, FakeTransports(out))
    assert sent(world, other, out, 0) == []
    (body,) = sent(world, other, out)
    assert "and 4 more" in body
    first, again = out.tried
    assert (first.key, first.body) == (again.key, again.body)
    assert again.unsure
    assert {told(world, one).body for one in visits} == {body}
    assert wrong(world) == []


def test_a_visit_moved_while_the_words_are_made_is_told_as_it_is(
    world: World, sender: Courier, out: FakeTransport
) -> None:
    """What was read is looked at once more in the transaction that begins the attempt."""
    visits = booked(world, 3)
    world.clock.advance(minutes=4)
    real, moved = world.store.queries.message_ground, []

    def ground(message_id: str) -> Any:
        found = real(message_id)
        if not moved:
            moved.append(cancel(world, visits[2], Scope.ONLY_THIS))
        return found

    sender.queries = replace_ground(sender.queries, ground)
    sender.run_once()
    assert ["and 1 more on Tue 8 Dec" in one.body for one in out.sent] == [True]
    assert wrong(world) == []


def replace_ground(queries: Any, ground: Any) -> Any:
    class Looking:
        message_ground = staticmethod(ground)

        def __getattr__(self, name: str) -> Any:
            return getattr(queries, name)

    return Looking()
