"""Edit, withdraw, plan again, send now and send again: what a person may do to messages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clinic_desk.domain.errors import NotFound, Refusal, Stale
from clinic_desk.domain.message_planning import state_of
from clinic_desk.domain.messages import Channel, Delivery, MessageStatus, Notification, Purpose
from clinic_desk.services.commands import CancelAppointment, EditPatient, SaveSetting
from clinic_desk.services.message_commands import (
    EditMessage,
    PlanAgain,
    SendAgain,
    SendNow,
    WithdrawMessages,
)
from clinic_desk.services.message_ports import MessageCard, MessageWish
from clinic_desk.store.direct import run
from tests.fakes.message_rows import READER, message, put
from tests.fakes.world import World, at

HOUR = timedelta(hours=1)


def card(world: World, message_id: str) -> MessageCard:
    (found,) = world.store.queries.messages(MessageWish(message_id=message_id))
    return found


def reminder(world: World, row_id: str = "m", due: str = "09:00", **values: Any) -> Notification:
    visit = values.pop("visit", None) or world.book("10:00")
    given = {
        "key": f"visit:{visit}:{row_id}:reminder-60:sms",
        "appointment_id": visit,
        "patient_id": world.names["ana"],
        "useful_until": at("10:00"),
        "tells": state_of(world.row(visit)),
    }
    made = message(row_id, at(due), **(given | values))
    put(world.store, made)
    return made


def audit_actions(world: World) -> list[tuple[str, str, str]]:
    with world.store._reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT action, subject_id, patient_id, detail FROM audit_entry"
            " WHERE subject_kind = 'notification' ORDER BY seq"
        ).fetchall()
    assert all(json.loads(row[3])["what"] for row in rows)
    return [(row[0], row[1], row[2]) for row in rows]


def refused(world: World, command: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        world.run(command)
    return caught.value


def test_words_are_changed_before_it_goes(world: World) -> None:
    reminder(world)
    told = world.run(EditMessage(message_id="m", body="  Please come at ten.\r\nThank you. \x00"))
    assert told.sentence == "The reminder goes with your words"
    one = card(world, "m").message
    assert (one.body, one.subject) == ("Please come at ten.\nThank you.", "")
    assert one.written_by == "staff-Maria"
    assert audit_actions(world) == [("EditMessage", "m", world.names["ana"])]


@pytest.mark.parametrize(
    ("channel", "body", "subject", "field"),
    [
        (Channel.SMS, " \n ", "", "body"),
        (Channel.SMS, "x" * 671, "", "body"),
        (Channel.EMAIL, "words", "  ", "subject"),
        (Channel.EMAIL, "words", "s" * 201, "subject"),
        (Channel.EMAIL, "x" * 20_001, "subject", "body"),
    ],
)
def test_bad_words_are_refused_at_their_field(
    world: World, channel: Channel, body: str, subject: str, field: str
) -> None:
    reminder(world, channel=channel)
    assert refused(world, EditMessage(message_id="m", body=body, subject=subject)).field == field
    assert card(world, "m").message.body == ""


def test_what_has_gone_meanwhile_says_when(world: World) -> None:
    reminder(world, status=MessageStatus.SENT, sent_at=at("06:41"))
    told = refused(world, EditMessage(message_id="m", body="Too late"))
    assert told.sentence == "It was sent at 06:41. Its words cannot be changed."
    told = refused(world, WithdrawMessages(message_ids=("m",)))
    assert told.sentence == "It was sent at 06:41. It cannot be withdrawn."
    with pytest.raises(NotFound):
        world.run(EditMessage(message_id="nobody", body="words"))


def test_what_is_being_sent_is_left_alone(world: World) -> None:
    reminder(world)
    with world.store.unit_of_work(READER) as work:
        run(
            work._connection,  # type: ignore[attr-defined]
            "UPDATE outbox_message SET lease_by = 'run-2', lease_until = ? WHERE id = 'm'",
            (int(at("07:01").timestamp()),),
        )
        work.commit()
    for command in (
        EditMessage(message_id="m", body="Words"),
        WithdrawMessages(message_ids=("m",)),
        SendNow(message_ids=("m",)),
    ):
        assert refused(world, command).code == "being_sent"
    world.clock.advance(minutes=2)  # whoever took it up is gone
    world.run(WithdrawMessages(message_ids=("m",)))


def test_a_withdrawal_is_taken_back_by_planning_again(world: World) -> None:
    reminder(world)
    told = world.run(WithdrawMessages(message_ids=("m",)))
    assert (told.value, told.sentence) == (1, "1 message withdrawn")
    one = card(world, "m").message
    assert (one.status, one.reason) == (MessageStatus.WITHDRAWN, "Withdrawn by Maria")
    assert world.store.queries.next_message_due(world.clock.now()) is None
    again = refused(world, WithdrawMessages(message_ids=("m",)))
    assert again.sentence == "It was withdrawn: Withdrawn by Maria. It cannot be withdrawn."
    told = world.run(PlanAgain(message_ids=("m",)))
    assert told.sentence == "1 message planned again"
    assert card(world, "m").message.status is MessageStatus.PLANNED
    assert world.store.queries.next_message_due(world.clock.now()) == at("09:00")
    assert [action for action, *_ in audit_actions(world)] == ["WithdrawMessages", "PlanAgain"]


def test_words_by_hand_are_forgotten_again(world: World) -> None:
    reminder(world)
    world.run(EditMessage(message_id="m", body="Please come at ten."))
    assert card(world, "m").message.written_by
    told = world.run(EditMessage(message_id="m", by_template=True))
    assert told.sentence == "The reminder is written when it goes"
    one = card(world, "m").message
    assert (one.body, one.subject, one.written_by) == ("", "", "")
    world.run(WithdrawMessages(message_ids=("m",)))
    assert refused(world, EditMessage(message_id="m", by_template=True)).code == "not_planned"


def test_a_withdrawal_is_a_step_of_the_undo_stack(world: World) -> None:
    reminder(world)
    lost = reminder(
        world,
        "lost",
        visit=world.book("11:00"),
        status=MessageStatus.FAILED,
        reason="No such number.",
    )
    made = world.run(WithdrawMessages(message_ids=("m", "lost")))
    assert made.undo_label == "2 messages withdrawn"
    assert world.undo().sentence == "Undone: 2 messages withdrawn"
    assert (card(world, "m").message.status, card(world, "m").message.reason) == ("planned", "")
    assert card(world, "lost").message == lost
    assert world.store.queries.next_message_due(world.clock.now()) == at("09:00")
    world.redo()
    assert card(world, "m").message.reason == card(world, "lost").message.reason
    assert card(world, "m").message.status is MessageStatus.WITHDRAWN
    assert world.store.queries.next_message_due(world.clock.now()) is None
    assert {action for action, *_ in audit_actions(world)} >= {"WithdrawMessages", "Undo", "Redo"}


def test_what_somebody_has_touched_since_is_not_taken_back(world: World) -> None:
    reminder(world)
    world.run(WithdrawMessages(message_ids=("m",)))
    world.run(PlanAgain(message_ids=("m",)))
    with pytest.raises(Stale, match="changed again since"):
        world.undo()
    # such a step is gone, so that the one before it can be reached
    assert "message" not in world.undo().sentence


def test_what_is_of_no_use_any_more_is_not_taken_back(world: World) -> None:
    reminder(world, useful_until=at("09:30"))
    world.run(WithdrawMessages(message_ids=("m",)))
    world.clock.set(at("09:31"))
    with pytest.raises(Stale, match="nobody has use for it now"):
        world.undo()
    assert card(world, "m").message.status is MessageStatus.WITHDRAWN


def test_what_is_of_no_use_any_more_is_not_planned_again(world: World) -> None:
    one = reminder(world)
    world.run(WithdrawMessages(message_ids=("m",)))
    world.clock.set(at("10:00"))
    assert refused(world, PlanAgain(message_ids=("m",))).code == "too_late"
    world.clock.set(at("08:00"))
    world.run(CancelAppointment(appointment_id=one.appointment_id or "", reason="Ill"))
    told = refused(world, PlanAgain(message_ids=("m",)))
    assert "does not take place any more" in told.sentence


def test_what_tells_of_another_time_is_not_planned_again(world: World) -> None:
    one = reminder(world)
    world.run(WithdrawMessages(message_ids=("m",)))
    world.move(one.appointment_id or "", "14:00")
    told = refused(world, PlanAgain(message_ids=("m",)))
    assert told.sentence.startswith("The visit was changed since, so the reminder would be wrong")


def test_several_at_once_leave_out_what_does_not_fit(world: World) -> None:
    visit = reminder(world, "m1").appointment_id
    reminder(world, "m2", visit=visit)
    reminder(world, "m3", visit=visit, status=MessageStatus.SENT)
    told = world.run(WithdrawMessages(message_ids=("m1", "m2", "m3", "m1")))
    assert (told.value, told.sentence) == (2, "2 messages withdrawn")
    assert card(world, "m3").message.status is MessageStatus.SENT
    told = refused(world, SendNow(message_ids=("m1", "m2", "m3")))
    assert told.sentence == "None of these 3 messages can be sent now."


def test_send_now_ends_the_wait(world: World) -> None:
    reminder(world, held_until=at("07:03"))
    told = world.run(SendNow(message_ids=("m",)))
    assert told.sentence == "It goes now"
    one = card(world, "m")
    assert (one.message.due_at, one.message.held_until) == (at("07:00"), None)
    assert one.next_try_at == at("07:00")


def reachable(world: World, **more: Any) -> None:
    for name in ("sms", "email"):
        world.run(SaveSetting(key=f"messages.{name}.on", value=True, scope="clinic"))
    values = {
        "mobile": "+442079460182",
        "email": "ana@example.org",
        "consent_sms": True,
        "consent_email": True,
    }
    world.run(EditPatient(patient_id=world.names["ana"], values=values | more))


def test_a_failed_one_goes_again_under_a_new_key(world: World) -> None:
    reachable(world)
    old = reminder(world, status=MessageStatus.FAILED, reason="The number is not complete.")
    told = world.run(SendAgain(message_ids=("m",)))
    assert told.sentence == "It goes again"
    (new_id,) = told.value  # type: ignore[misc]
    one = card(world, new_id)
    assert one.message.key != old.key
    assert one.message.key.startswith(old.key)
    assert (one.message.status, one.next_try_at) == (MessageStatus.PLANNED, at("07:00"))
    assert (one.message.tells, one.message.address) == (old.tells, "+442079460182")
    assert card(world, "m").message.reason == "Sent again by Maria"
    assert world.store.queries.messages(MessageWish(needing=True)) == ()
    world.run(WithdrawMessages(message_ids=(new_id,)))
    (third,) = world.run(SendAgain(message_ids=(new_id,))).value  # type: ignore[misc]
    assert card(world, third).message.key.count(":again:") == 1


def test_another_way_takes_its_address_and_new_words(world: World) -> None:
    reachable(world)
    reminder(world, status=MessageStatus.FAILED, body="By hand", written_by="staff-Maria")
    told = world.run(SendAgain(message_ids=("m",), channel=Channel.EMAIL))
    assert told.sentence == "It goes again by E-mail"
    (new_id,) = told.value  # type: ignore[misc]
    one = card(world, new_id).message
    assert (one.channel, one.address, one.body) == (Channel.EMAIL, "ana@example.org", "")


def test_a_move_that_was_taken_back_is_not_told(world: World) -> None:
    """The patient would hear of a change that there is none of."""
    reachable(world)
    made = reminder(world, "gone", purpose=Purpose.MOVED, status=MessageStatus.WITHDRAWN,
                    reason="The change was taken back before it was sent", tells="elsewhere",
                    knew=state_of(world.row(world.book("11:00"))))  # fmt: skip
    stands = state_of(world.row(made.appointment_id or ""))
    put(world.store, replace(made, id="back", key="key:back", knew=stands))
    told = refused(world, SendAgain(message_ids=("back",)))
    assert told.sentence.startswith("The visit is back where it was")
    assert told.sentence.endswith("The notice of the move would be wrong.")
    assert world.run(SendAgain(message_ids=("gone",))).sentence == "It goes again"


def test_of_several_those_go_again_that_can(world: World) -> None:
    reachable(world)
    made = reminder(world, "good", status=MessageStatus.FAILED)
    for row_id in ("past", "past too"):
        put(world.store, replace(made, id=row_id, key=row_id, useful_until=at("06:00")))
    told = world.run(SendAgain(message_ids=("past", "good"))).sentence
    assert told.startswith("It goes again, 1 of 2 not: The reminder came to an end")
    assert card(world, "good").message.reason == "Sent again by Maria"
    assert card(world, "past").message.reason == ""
    none = refused(world, SendAgain(message_ids=("past", "past too")))
    assert none.sentence.startswith("None of these 2 messages can be sent again. The first: The ")


def test_own_words_go_again_only_for_the_time_they_were_written_for(world: World) -> None:
    reachable(world)
    words = {"body": "At ten.", "written_by": "staff-Maria", "status": MessageStatus.FAILED}
    made = reminder(world, "same", **words)
    put(world.store, replace(made, id="other", key="key:other", tells="elsewhere"))
    bodies = []
    for row_id in ("same", "other"):
        (new_id,) = world.run(SendAgain(message_ids=(row_id,))).value  # type: ignore[misc]
        bodies.append(card(world, new_id).message.body)
    assert bodies == ["At ten.", ""]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"email": ""}, "no e-mail address"),
        ({"consent_email": False}, "the patient said no"),
        ({"consent_email": None}, "the patient was not asked"),
    ],
)
def test_who_cannot_be_reached_that_way_is_said(
    world: World, values: dict[str, Any], why: str
) -> None:
    reachable(world, **values)
    reminder(world, status=MessageStatus.FAILED)
    told = refused(world, SendAgain(message_ids=("m",), channel=Channel.EMAIL))
    assert told.sentence == f"Lee, Ana cannot be reached by E-mail: {why}."
    assert told.field == "channel"


def test_what_did_not_arrive_needs_nobody_once_it_was_seen_to(world: World) -> None:
    reminder(world, status=MessageStatus.SENT, delivery=Delivery.UNDELIVERED)
    assert len(world.store.queries.messages(MessageWish(needing=True))) == 1
    told = world.run(WithdrawMessages(message_ids=("m",)))
    assert told.sentence == "1 message put aside"
    one = card(world, "m").message
    assert (one.status, one.reason) == (MessageStatus.SENT, "Seen to by Maria")
    assert world.store.queries.messages(MessageWish(needing=True)) == ()


def test_a_payment_reminder_is_of_use_whenever_it_is_sent_again(world: World) -> None:
    reachable(world)
    put(
        world.store,
        message(
            "p", at("06:00"), purpose=Purpose.PAYMENT, rule="", status=MessageStatus.SKIPPED,
            useful_until=at("06:30"), patient_id=world.names["ana"],
        ),
    )  # fmt: skip
    (new_id,) = world.run(SendAgain(message_ids=("p",))).value  # type: ignore[misc]
    useful = card(world, new_id).message.useful_until
    assert useful is not None
    assert useful > world.clock.now()


def test_nothing_chosen_and_too_much(world: World) -> None:
    assert refused(world, SendNow(message_ids=())).code == "nothing_chosen"
    many = tuple(f"m{n}" for n in range(1001))
    assert refused(world, WithdrawMessages(message_ids=many)).code == "too_many"
