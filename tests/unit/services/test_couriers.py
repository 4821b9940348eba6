"""The courier on the real store: what is due goes once, and what cannot go says why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.messages import Channel, Delivery, MessageStatus, Notification, Purpose
from clinic_desk.services.attempts import AttemptNote, listeners
from clinic_desk.services.commands import (
    CancelAppointment,
    EditPatient,
    MoveAppointment,
)
from clinic_desk.services.couriers import NOBODY_KNOWS, RAN_OUT, Courier, Drained
from clinic_desk.services.couriers_upkeep import Upkeep
from clinic_desk.services.message_commands import EditMessage
from clinic_desk.services.message_ports import Answered, Attempt, Envelope, Polled
from clinic_desk.services.outbox import LEASE
from clinic_desk.services.outbox_commands import BeginMessage, ClaimMessages, CloseBreaker
from clinic_desk.services.outbox_faults import Rejected, Unreachable
from clinic_desk.services.outbox_ports import Begun, Words
from tests.fakes.couriers import FakeTransport, FakeTransports, courier
from tests.fakes.messages import setting, stored
from tests.fakes.world import TODAY, World

SOON = TODAY + timedelta(days=2)
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("texting")


def sender(world: World, phone: FakeTransport) -> Courier:
    return courier(world, FakeTransports(phone))


def booked(world: World, *starts: str) -> list[str]:
    """Visits of the day after tomorrow whose confirmations are due."""
    visits = [world.book(start, day=SOON) for start in starts or ("10:00",)]
    world.clock.advance(minutes=4)
    return visits


def confirmation(world: World, visit: str) -> Notification:
    (one,) = [
        one
        for one in stored(world)
        if one.appointment_id == visit and one.purpose is Purpose.CONFIRMATION
    ]
    return one


def tries(world: World, message: Notification) -> tuple[Attempt, ...]:
    return world.store.queries.message_attempts(message.id)


def outcomes(world: World, message: Notification) -> list[str]:
    return [one.outcome for one in tries(world, message)]


def test_a_confirmation_goes_once_when_its_hold_is_over(world: World, phone: FakeTransport) -> None:
    visit = world.book("10:00", day=SOON)
    post = sender(world, phone)
    assert post.run_once() == Drained()
    world.clock.advance(minutes=4)
    assert post.run_once() == Drained(sent=1)
    assert post.run_once() == Drained()
    (went,) = phone.sent
    assert went.address == "+447911123456"
    assert "Dr Li Wu" in went.body
    row = confirmation(world, visit)
    assert (row.status, row.body, row.provider_id) == (MessageStatus.SENT, went.body, "p-1")
    assert row.sent_at == world.clock.now()
    assert outcomes(world, row) == ["sent"]


def test_what_goes_its_way_makes_no_desk_read_its_calendar_again(
    world: World, phone: FakeTransport
) -> None:
    queries = world.store.queries
    booked(world, "10:00", "11:00")
    visits, post = queries.data_version(), queries.post_version()
    assert sender(world, phone).run_once() == Drained(sent=2)
    assert queries.data_version() == visits
    assert queries.post_version() != post
    post = queries.post_version()
    world.book("11:30", day=SOON)
    assert queries.data_version() != visits
    assert queries.post_version() == post


def test_it_gives_way_before_each_message_and_never_between_its_way_and_its_note(
    world: World, phone: FakeTransport
) -> None:
    visit, other = booked(world, "10:00", "11:00")
    post, seen = sender(world, phone), []

    def look() -> None:
        noted = [confirmation(world, one).status for one in (visit, other)]
        seen.append((len(phone.sent), noted.count(MessageStatus.SENT)))

    post.give_way = look
    assert post.run_once() == Drained(sent=2)
    assert {sent for sent, _ in seen} >= {0, 1}
    assert all(sent == noted for sent, noted in seen)


def test_a_slip_that_is_undone_sends_nothing(world: World, phone: FakeTransport) -> None:
    world.book("10:00", day=SOON)
    world.undo()
    world.clock.advance(hours=30)
    assert sender(world, phone).run_once() == Drained()
    assert not phone.tried


def test_it_is_tried_three_times_again_and_then_seen(world: World, phone: FakeTransport) -> None:
    (visit,) = booked(world)
    post = sender(world, phone)
    phone.plan.extend([Unreachable("The gateway cannot be reached.")] * 4)
    pauses = []
    for _ in range(3):
        assert post.run_once() == Drained(retried=1)
        assert post.run_once() == Drained()
        now = world.clock.now()
        due = world.store.queries.next_outbox_due(now)
        assert due is not None
        pauses.append((due - now).total_seconds())
        world.clock.set(due)
    assert post.run_once() == Drained(failed=1)
    world.clock.advance(hours=2)
    assert post.run_once().sent == 0
    assert pauses == [45, 90, 180]  # 60, 120, 240, of which half of the half is chance
    row = confirmation(world, visit)
    assert row.status is MessageStatus.FAILED
    assert row.reason == "The gateway cannot be reached."
    assert outcomes(world, row) == ["retry", "retry", "retry", "failed"]
    assert [one.retry for one in tries(world, row)] == [0, 1, 2, 3]


def test_what_will_never_be_taken_has_failed_at_once_and_stops_no_other(
    world: World, phone: FakeTransport
) -> None:
    first, second = booked(world, "10:00", "11:00")
    phone.plan.append(Rejected("The number does not exist."))
    assert sender(world, phone).run_once() == Drained(sent=1, failed=1)
    assert confirmation(world, first).status is MessageStatus.FAILED
    assert confirmation(world, first).reason == "The number does not exist."
    assert confirmation(world, second).status is MessageStatus.SENT


def test_a_bug_in_one_message_stops_no_other(world: World, phone: FakeTransport) -> None:
    first, second = booked(world, "10:00", "11:00")
    phone.plan.append(ZeroDivisionError())
    assert sender(world, phone).run_once() == Drained(sent=1, failed=1)
    assert "inside the program" in confirmation(world, first).reason
    assert confirmation(world, second).status is MessageStatus.SENT


def test_a_retry_after_is_obeyed_by_the_whole_channel(world: World, phone: FakeTransport) -> None:
    booked(world, "10:00", "11:00")
    phone.plan.append(Unreachable("Too many.", after=timedelta(minutes=20), counts=True))
    post = sender(world, phone)
    assert post.run_once() == Drained(retried=1)
    world.clock.advance(minutes=19)
    assert post.run_once() == Drained()
    world.clock.advance(minutes=2)
    assert post.run_once() == Drained(sent=2)


def test_a_dead_provider_is_left_alone_also_after_a_restart(
    world: World, phone: FakeTransport
) -> None:
    booked(world, *(f"{hour:02}:00" for hour in (8, 9, 10, 11, 13, 14, 15)))
    phone.plan.extend([Unreachable("No answer.")] * 6)
    assert sender(world, phone).run_once() == Drained(retried=5)
    again = sender(world, phone)  # as after a restart
    assert again.run_once() == Drained()
    world.clock.advance(seconds=61)
    assert again.run_once() == Drained(retried=1)  # one finds out
    assert again.run_once() == Drained()
    assert world.store.queries.gateway_state("sms", "message.sms").failures == 6
    world.clock.advance(minutes=10)
    assert again.run_once() == Drained(sent=7)
    assert world.store.queries.gateway_state("sms", "message.sms").failures == 0


def test_only_one_of_two_processes_finds_out_whether_a_provider_is_back(
    world: World, phone: FakeTransport
) -> None:
    booked(world, *(f"{hour:02}:00" for hour in (8, 9, 10, 11, 13, 14, 15)))
    phone.plan.extend([Unreachable("No answer.")] * 5)
    one, other = sender(world, phone), sender(world, phone)
    one.run_once()
    world.clock.advance(seconds=61)
    seen: list[Drained] = []
    phone.plan.append(lambda _: seen.append(other.run_once()))
    one.run_once(limit=1)
    assert seen == [Drained()]


def test_a_person_who_has_put_it_right_need_not_wait(world: World, phone: FakeTransport) -> None:
    booked(world)
    phone.plan.append(Unreachable("Wrong password.", after=timedelta(hours=5)))
    post = sender(world, phone)
    post.run_once()
    world.run(CloseBreaker(service="sms"))
    (state,) = (one for one in world.store.queries.channel_states() if one.channel == "sms")
    assert (state.failures, state.last_error, state.open_until) == (0, "", None)
    world.book("11:00", day=SOON)
    world.clock.advance(minutes=4)
    assert post.run_once() == Drained(sent=2)


def test_nobody_knows_whether_it_arrived_and_the_provider_is_asked_first(
    world: World, phone: FakeTransport
) -> None:
    (visit,) = booked(world)
    phone.plan.append(Unreachable("It broke off.", unknown=True))
    post = sender(world, phone)
    assert post.run_once() == Drained(retried=1, unknown=1)
    world.clock.advance(minutes=2)
    assert post.run_once() == Drained(sent=1)
    first, second = phone.tried
    assert (first.key, first.unsure) == (second.key, False)
    assert second.unsure
    row = confirmation(world, visit)
    assert outcomes(world, row) == ["unknown", "sent"]
    assert NOBODY_KNOWS in tries(world, row)[0].detail


def claim(world: World, holder: str = "killed") -> None:
    world.run(
        ClaimMessages(
            service="sms",
            topics=("message.sms",),
            holder=holder,
            until=world.clock.now() + LEASE,
            by_due=True,
        )
    )


def begin(world: World, row: Notification, holder: str = "killed") -> object:
    ground = world.store.queries.message_ground(row.id)
    assert ground is not None
    assert ground.visit is not None
    return world.run(
        BeginMessage(
            service="sms",
            seen=row,
            holder=holder,
            until=world.clock.now() + LEASE,
            words=Words(subject="", body="Hello", address="+44", language="en"),
            visit_revision=ground.visit.revision,
        )
    ).value


def test_killed_after_the_claim_it_goes_when_the_lease_is_over(
    world: World, phone: FakeTransport
) -> None:
    (visit,) = booked(world)
    claim(world)
    post = sender(world, phone)
    assert post.run_once() == Drained()
    world.clock.set(world.clock.now() + LEASE)
    assert post.run_once() == Drained(sent=1)
    assert not phone.sent[0].unsure
    assert outcomes(world, confirmation(world, visit)) == ["sent"]


def test_killed_after_the_words_were_kept_the_log_says_that_nobody_knows(
    world: World, phone: FakeTransport
) -> None:
    (visit,) = booked(world)
    row = confirmation(world, visit)
    claim(world)
    assert begin(world, row) is Begun.YES
    post = sender(world, phone)
    assert post.run_once() == Drained()
    assert outcomes(world, row) == ["unknown"]
    assert confirmation(world, visit).body == "Hello"
    world.clock.set(world.clock.now() + LEASE)
    assert post.run_once() == Drained(sent=1)
    assert phone.sent[0].unsure
    assert outcomes(world, row) == ["unknown", "sent"]


def test_a_program_that_dies_with_it_each_time_is_not_asked_for_ever(
    world: World, phone: FakeTransport
) -> None:
    (visit,) = booked(world)
    for number in range(4):
        claim(world, f"killed-{number}")
        assert begin(world, confirmation(world, visit), f"killed-{number}") is Begun.YES
        world.clock.set(world.clock.now() + LEASE)
    assert sender(world, phone).run_once() == Drained(failed=1)
    assert confirmation(world, visit).reason == RAN_OUT
    assert not phone.tried


def test_who_has_lost_the_lease_changes_nothing(world: World, phone: FakeTransport) -> None:
    (visit,) = booked(world)
    row = confirmation(world, visit)
    slow, quick = sender(world, phone), sender(world, FakeTransport())

    def overtaken(_envelope: Envelope) -> None:
        world.clock.set(world.clock.now() + LEASE + MINUTE)
        assert quick.run_once() == Drained(sent=1)
        raise Unreachable("It took too long.")

    phone.plan.append(overtaken)
    slow.run_once()
    assert confirmation(world, visit).status is MessageStatus.SENT
    assert slow.run_once() == Drained()
    assert outcomes(world, row) == ["retry", "sent"]


def test_one_that_went_after_all_is_not_sent_by_the_next_one(
    world: World, phone: FakeTransport
) -> None:
    booked(world)
    slow, other = sender(world, phone), FakeTransport()

    def overtaken(_envelope: Envelope) -> None:
        world.clock.set(world.clock.now() + LEASE + MINUTE)
        claim(world, "other")  # taken over, not yet begun

    phone.plan.append(overtaken)
    assert slow.run_once() == Drained(sent=1)
    assert sender(world, other).run_once() == Drained()
    world.clock.advance(hours=1)
    assert sender(world, other).run_once() == Drained()


def test_the_clock_of_a_computer_that_slept_sends_nothing_late(
    world: World, phone: FakeTransport
) -> None:
    visit = world.book("10:00", day=SOON)
    world.clock.set(world.row(visit).start + MINUTE)
    assert sender(world, phone).run_once().sent == 0
    assert not phone.tried
    assert {one.status for one in stored(world)} == {MessageStatus.SKIPPED}
    assert "too late" in confirmation(world, visit).reason


def test_a_clock_put_back_sends_nothing_twice(world: World, phone: FakeTransport) -> None:
    booked(world)
    post = sender(world, phone)
    assert post.run_once() == Drained(sent=1)
    world.clock.set(world.clock.now() - timedelta(hours=5))
    assert post.run_once() == Drained()
    world.clock.set(world.clock.now() + timedelta(hours=5))
    assert post.run_once() == Drained()
    assert len(phone.sent) == 1


def test_consent_withdrawn_behind_the_planning_is_honoured(
    world: World, phone: FakeTransport
) -> None:
    (visit,) = booked(world)
    post = sender(world, phone)
    with world.store.unit_of_work(world.desk.actor) as work:
        from clinic_desk.store.direct import run

        run(work._connection, "UPDATE patient SET consent_sms = 0")
        work.commit()
    assert post.run_once() == Drained(skipped=1)
    assert confirmation(world, visit).reason == "SMS: the patient said no"
    assert not phone.tried


def test_the_address_of_now_counts(world: World, phone: FakeTransport) -> None:
    booked(world)
    world.run(EditPatient(patient_id=world.names["ana"], values={"mobile": "07911 999999"}))
    world.clock.advance(minutes=4)
    sender(world, phone).run_once()
    assert [one.address for one in phone.sent] == ["+447911999999"]


def test_a_visit_moved_while_its_message_is_written_sends_the_new_time(
    world: World, phone: FakeTransport
) -> None:
    """Between reading and beginning: what was written is thrown away and written anew."""
    (visit,) = booked(world)
    post = sender(world, phone)
    ground, moved = world.store.queries.message_ground, []

    class Moving:
        def __getattr__(self, name: str) -> object:
            return getattr(world.store.queries, name)

        def message_ground(self, message_id: str) -> object:
            found = ground(message_id)
            if not moved:
                moved.append(world.move(visit, "11:00", day=SOON))
            return found

    post.queries = Moving()  # type: ignore[assignment]
    post.run_once()
    world.clock.advance(minutes=4)
    post.run_once()
    assert "11:00" in phone.sent[-1].body
    assert not any("10:00" in one.body for one in phone.sent)


def test_a_visit_moved_while_its_message_is_on_the_way_is_told_again(
    world: World, phone: FakeTransport
) -> None:
    (visit,) = booked(world)
    phone.plan.append(lambda _: world.move(visit, "11:00", day=SOON))
    post = sender(world, phone)
    assert post.run_once() == Drained(sent=1)
    world.clock.advance(minutes=4)
    assert post.run_once() == Drained(sent=1)
    first, second = phone.sent
    assert "10:00" in first.body
    assert "11:00" in second.body


def test_a_booking_undone_after_its_patient_was_told_is_called_off(
    world: World, phone: FakeTransport
) -> None:
    (visit,) = booked(world)
    post = sender(world, phone)
    assert post.run_once() == Drained(sent=1)
    world.undo()
    world.clock.advance(minutes=4)
    assert post.run_once() == Drained(sent=1)
    told, off = phone.sent
    assert "cancel" in off.body.lower()
    assert "10:00" in off.body
    assert off.address == told.address
    assert {one.status for one in stored(world) if one.appointment_id == visit} <= {
        MessageStatus.SENT, MessageStatus.WITHDRAWN, MessageStatus.SKIPPED,
    }  # fmt: skip
    world.redo()
    world.clock.advance(minutes=4)
    assert post.run_once() == Drained(sent=1), "it stands again, and they are told so"
    assert "10:00" in phone.sent[-1].body


def test_a_visit_cancelled_while_its_confirmation_is_on_the_way_is_told_again(
    world: World, phone: FakeTransport
) -> None:
    (visit,) = booked(world)
    phone.plan.append(lambda _: world.run(CancelAppointment(appointment_id=visit, reason="Ill")))
    post = sender(world, phone)
    post.run_once()
    world.clock.advance(minutes=4)
    post.run_once()
    statuses = {one.purpose: one.status for one in stored(world)}
    assert statuses[Purpose.CONFIRMATION] is MessageStatus.SENT
    assert statuses[Purpose.CANCELLED] is MessageStatus.SENT
    assert len(phone.sent) == 2


def test_what_a_person_has_written_goes_as_it_is(world: World, phone: FakeTransport) -> None:
    (visit,) = booked(world)
    world.run(EditMessage(message_id=confirmation(world, visit).id, body="Bring the letter."))
    sender(world, phone).run_once()
    assert [one.body for one in phone.sent] == ["Bring the letter."]


def test_a_reminder_for_tomorrow_holds_up_nothing_of_today(
    world: World, phone: FakeTransport
) -> None:
    (visit,) = booked(world, "16:00")
    assert sender(world, phone).run_once() == Drained(sent=1)
    row = world.row(visit)
    world.run(
        MoveAppointment(
            appointment_id=visit,
            expected_revision=row.revision,
            start=row.start - timedelta(hours=1),
            end=row.end - timedelta(hours=1),
        )
    )
    world.clock.advance(minutes=4)
    assert sender(world, phone).run_once() == Drained(sent=1)


def test_a_channel_that_cannot_be_used_says_why_once_and_goes_when_it_can(
    world: World, phone: FakeTransport
) -> None:
    booked(world)
    transports = FakeTransports(phone)
    transports.refused = "Type the gateway’s address."
    post = courier(world, transports)
    assert post.run_once() == Drained(stuck=1)
    assert post.run_once() == Drained()
    assert transports.made == 1
    state = world.store.queries.gateway_state("sms", "message.sms")
    assert state.last_error == "Type the gateway’s address."
    assert state.waiting >= 1
    transports.refused = ""
    setting(world, "sms.url", "https://example.org")
    world.clock.advance(minutes=1)
    assert post.run_once() == Drained(sent=1)


def test_stopping_gives_back_what_was_claimed(world: World, phone: FakeTransport) -> None:
    booked(world, "10:00", "11:00", "13:00")
    flag: list[bool] = []
    post = courier(world, FakeTransports(phone), stopping=lambda: bool(flag))
    phone.plan.append(lambda _: flag.append(True))
    assert post.run_once() == Drained(sent=1)
    assert sender(world, phone).run_once() == Drained(sent=2)


def test_every_attempt_is_one_line_without_the_patient(
    world: World, phone: FakeTransport, caplog: pytest.LogCaptureFixture
) -> None:
    (visit,) = booked(world)
    notes: list[AttemptNote] = []
    listeners.append(notes.append)
    try:
        with caplog.at_level("INFO", "clinic_desk.attempts"):
            phone.plan.append(Unreachable("No answer."))
            post = sender(world, phone)
            post.run_once()
            world.clock.advance(minutes=3)
            post.run_once()
    finally:
        listeners.remove(notes.append)
    row = confirmation(world, visit)
    assert [(one.outcome, one.retry) for one in notes] == [("retry", 0), ("sent", 1)]
    assert {one.notification_id for one in notes} == {row.id}
    assert {one.appointment_id for one in notes} == {visit}
    lines = [vars(one) for one in caplog.records if one.name == "clinic_desk.attempts"]
    names = ("task_name", "notification_id", "appointment_id", "channel", "retry", "outcome")
    assert [tuple(line[name] for name in names) for line in lines] == [
        ("send_message", row.id, visit, "sms", 0, "retry"),
        ("send_message", row.id, visit, "sms", 1, "sent"),
    ]
    told = caplog.text + str(lines)
    assert "7911" not in told
    assert "Lee" not in told


def test_notices_for_the_desks_wait_for_a_screen(world: World) -> None:
    setting(world, "sms.on", False)
    screen = FakeTransport()
    from tests.fakes.messages import plan, plan_all

    plan(world, "60:desktop")
    world.run(EditPatient(patient_id=world.names["ana"], values={"language": "de"}))
    visit = world.book("16:00", day=TODAY)
    plan_all(world)
    world.clock.set(world.row(visit).start - timedelta(minutes=59))
    assert courier(world).run_once() == Drained()
    assert courier(world, desktop=screen).run_once() == Drained(sent=1)
    (shown,) = screen.sent
    assert shown.channel is Channel.DESKTOP
    assert shown.language == "en"  # whoever works at the desks reads it, not the patient
    assert "Lee" not in shown.body


def test_what_was_due_before_a_backup_was_restored_waits_for_a_person(
    world: World, phone: FakeTransport
) -> None:
    """It may have gone after the backup was made; nobody can know."""
    (visit,) = booked(world)
    backups = world.store.maintenance.backups
    copy = world.store.maintenance.backup()
    post = sender(world, phone)
    assert post.run_once() == Drained(sent=1)
    backups.restore(backups.described(copy), "a test", world.desk.actor)
    assert post.run_once() == Drained()
    assert "may have gone" in confirmation(world, visit).reason
    later = world.book("11:00", day=SOON)
    world.clock.advance(minutes=4)
    assert post.run_once() == Drained(sent=1)
    assert confirmation(world, later).status is MessageStatus.SENT


def test_what_the_provider_says_of_deliveries_and_answers_is_kept_once(
    world: World, phone: FakeTransport
) -> None:
    (visit,) = booked(world)
    post = sender(world, phone)
    upkeep = Upkeep(post, world.clock)
    upkeep.turn()
    assert post.run_once() == Drained(sent=1)
    now = world.clock.now()
    answer = Answered(
        channel=Channel.SMS,
        provider_id="in-1",
        sender="+447911123456",
        text="1",
        received_at=now,
    )
    told = ((Channel.SMS, "p-1", Delivery.DELIVERED, now),)
    phone.polled.extend([Polled(deliveries=told, answers=(answer,), cursor="c-1"), Polled()])
    assert upkeep.turn() == 0  # not twice within a minute
    world.clock.advance(seconds=61)
    assert upkeep.turn() == 2
    row = confirmation(world, visit)
    assert (row.delivery, row.reply) == (Delivery.DELIVERED, "1")
    assert world.row(visit).status is Status.CONFIRMED
    world.clock.advance(seconds=61)
    upkeep.turn()
    assert [asked[0] for asked in phone.asked] == ["", "", "c-1"]
    assert [asked[1] for asked in phone.asked] == [(), ("p-1",), ()]


def test_a_provider_that_gives_no_news_is_no_matter(world: World, phone: FakeTransport) -> None:
    upkeep = Upkeep(sender(world, phone), world.clock)

    def silent(since: str, sent: object) -> Polled:
        raise Unreachable(f"No answer to {since}{sent}.")

    phone.poll = silent  # type: ignore[method-assign, assignment]
    assert upkeep.turn() == 0


def test_a_changed_plan_is_worked_through_by_whoever_sends(
    world: World, phone: FakeTransport
) -> None:
    visit = world.book("10:00", day=SOON)
    setting(world, "purposes", ["confirmation"])
    assert world.store.queries.setting("messages.replan", "clinic")
    Upkeep(sender(world, phone), world.clock).plan_anew()
    assert not world.store.queries.setting("messages.replan", "clinic")
    waiting = [one.purpose for one in stored(world) if one.status is MessageStatus.PLANNED]
    assert waiting == [Purpose.CONFIRMATION]
    assert confirmation(world, visit)
