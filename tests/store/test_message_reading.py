"""What the messages page reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from clinic_desk.domain.messages import Channel, Delivery, MessageStatus, Purpose
from clinic_desk.services.message_ports import MessageWish
from clinic_desk.ui.main_window.posting import read_post
from clinic_desk.ui.messages.reading import Asked, read_page
from tests.fakes.message_rows import answer, attempt, message, pause, put
from tests.store.clinic import MONDAY, NOW, Clinic, visit

HOUR = timedelta(hours=1)
TODAY = date(2026, 11, 20)


def ids(clinic: Clinic, wish: MessageWish, limit: int = 500, offset: int = 0) -> list[str]:
    return [card.message.id for card in clinic.store.queries.messages(wish, limit, offset)]


def fill(clinic: Clinic) -> None:
    clinic.add(visit("a"), visit("b", 60, patient_id="lee", doctor_id="roy"))
    put(
        clinic.store,
        message("sent", NOW - HOUR, status=MessageStatus.SENT, appointment_id="a",
                patient_id="hall", doctor_id="wu", body="Your visit is on Monday"),
        message("held", NOW, held_until=NOW + timedelta(minutes=2), purpose=Purpose.MOVED,
                rule="", appointment_id="a", patient_id="hall", channel=Channel.EMAIL),
        message("soon", NOW + HOUR, appointment_id="b", patient_id="lee", doctor_id="roy"),
        message("later", NOW + 30 * HOUR, appointment_id="b", patient_id="lee"),
        message("skipped", NOW - HOUR, status=MessageStatus.SKIPPED, reason="No consent"),
        message("gone", NOW - HOUR, status=MessageStatus.WITHDRAWN, reason="Withdrawn"),
        message("lost", NOW - 2 * HOUR, status=MessageStatus.SENT,
                delivery=Delivery.UNDELIVERED),
        message("lost-seen", NOW - 2 * HOUR, status=MessageStatus.SENT,
                delivery=Delivery.UNDELIVERED, reason="Sent again by Maria"),
    )  # fmt: skip
    put(clinic.store, message("retry", NOW - HOUR), attempts=2, error="busy")
    put(clinic.store, message("failed", NOW - HOUR, status=MessageStatus.FAILED), attempts=4)


def test_lists_by_what_they_ask(clinic: Clinic) -> None:
    fill(clinic)
    everything = ids(clinic, MessageWish())
    assert everything[0] == "later"
    assert len(everything) == 10
    assert ids(clinic, MessageWish(soonest=True)) == everything[::-1]
    assert ids(clinic, MessageWish(), 3, 2) == everything[2:5]
    assert ids(clinic, MessageWish(held=True)) == ["held"]
    assert ids(clinic, MessageWish(waiting=True, soonest=True)) == ["soon", "later"]
    assert set(ids(clinic, MessageWish(needing=True))) == {"retry", "failed", "lost"}
    assert ids(clinic, MessageWish(statuses=(MessageStatus.SKIPPED,))) == ["skipped"]
    assert ids(clinic, MessageWish(channels=(Channel.EMAIL,))) == ["held"]
    assert ids(clinic, MessageWish(purposes=(Purpose.MOVED,))) == ["held"]
    assert ids(clinic, MessageWish(doctor_ids=("roy",))) == ["soon"]
    assert ids(clinic, MessageWish(appointment_id="a")) == ["held", "sent"]
    assert set(ids(clinic, MessageWish(patient_id="lee"))) == {"soon", "later"}
    assert ids(clinic, MessageWish(message_id="soon")) == ["soon"]
    assert "later" not in ids(clinic, MessageWish(first=TODAY, last=TODAY))
    assert ids(clinic, MessageWish(first=TODAY + timedelta(days=1))) == ["later"]


def test_text_finds_names_numbers_and_words(clinic: Clinic) -> None:
    fill(clinic)
    assert set(ids(clinic, MessageWish(text="hall"))) == {"held", "sent"}
    assert set(ids(clinic, MessageWish(text="ana lee"))) == {"soon", "later"}
    assert ids(clinic, MessageWish(text="on Monday")) == ["sent"]
    assert len(ids(clinic, MessageWish(text="0182"))) == 10
    assert ids(clinic, MessageWish(text="%")) == []
    assert ids(clinic, MessageWish(text="nobody at all")) == []


def test_counts_are_those_of_the_lists(clinic: Clinic) -> None:
    fill(clinic)
    answer(clinic.store, "x", "maybe", NOW)
    answer(clinic.store, "y", "2", NOW, "asked", patient_id="hall")
    answer(clinic.store, "z", "1", NOW, "confirmed")
    counts = clinic.store.queries.message_counts(MessageWish())
    assert (counts.planned, counts.held, counts.retrying) == (3, 1, 1)
    assert (counts.sent, counts.failed, counts.skipped, counts.withdrawn) == (3, 1, 1, 1)
    assert (counts.answers, counts.due, counts.undelivered) == (2, 1, 1)
    today = clinic.store.queries.message_counts(MessageWish(first=TODAY, last=TODAY))
    assert today.planned == 2
    assert [one.id for one in clinic.store.queries.open_answers()] == ["y", "x"]


def test_answers_follow_what_is_looked_for_and_not_the_day(clinic: Clinic) -> None:
    fill(clinic)
    queries = clinic.store.queries
    answer(clinic.store, "old", "Can I come at four?", NOW - timedelta(days=3), patient_id="hall")
    answer(clinic.store, "visit", "maybe", NOW, "asked", appointment_id="b",
           notification_id="soon")  # fmt: skip
    answer(clinic.store, "stranger", "Who is this?", NOW, sender="+905321234567")
    answer(clinic.store, "done", "four", NOW - HOUR, "handled", patient_id="hall")
    answer(clinic.store, "earlier", "yes", NOW - timedelta(days=3), "confirmed")

    def found(**values: object) -> list[str]:
        wish = MessageWish(**values)  # type: ignore[arg-type]
        listed = [one.id for one in queries.open_answers(wish=wish)]
        assert queries.message_counts(wish).answers == len(listed)
        return listed

    assert found(first=TODAY, last=TODAY) == ["visit", "stranger", "old"]
    assert found(text="hall") == found(patient_id="hall") == found(text="four") == ["old"]
    assert found(text="0532 123 45 67") == ["stranger"]
    assert found(text="%") == []
    assert found(doctor_ids=("roy",)) == ["visit"]
    assert found(channels=(Channel.EMAIL,)) == []
    assert found(appointment_id="b") == found(message_id="soon") == ["visit"]
    settled = queries.settled_answers
    assert [one.id for one in settled()] == ["done", "earlier"]
    assert [one.id for one in settled(wish=MessageWish(first=TODAY, last=TODAY))] == ["done"]
    assert [one.id for one in settled(wish=MessageWish(text="hall"))] == ["done"]


def test_a_card_tells_the_rest(clinic: Clinic) -> None:
    fill(clinic)
    attempt(clinic.store, "retry", NOW - HOUR, 0, "retry", "time-out")
    attempt(clinic.store, "retry", NOW, 1, "retry", "busy")
    queries = clinic.store.queries
    (card,) = queries.messages(MessageWish(message_id="retry"))
    assert card.attempts == 2
    (card,) = queries.messages(MessageWish(message_id="soon"))
    assert (card.patient_name, card.visit_start) == ("Lee, Ana", MONDAY + HOUR)
    assert (card.zone, card.next_try_at) == ("Europe/Berlin", NOW + HOUR)
    assert card.message.purpose is Purpose.REMINDER
    told = [(one.retry, one.detail) for one in queries.message_attempts("retry")]
    assert told == [(0, "time-out"), (1, "busy")]
    assert [one.message.id for one in queries.patient_messages("hall")] == ["held", "sent"]


def test_the_next_due_leaves_a_service_that_is_left_alone(clinic: Clinic) -> None:
    queries = clinic.store.queries
    assert queries.next_message_due(NOW) is None
    put(clinic.store, message("one", NOW + HOUR), message("two", NOW + 3 * HOUR,
                                                          channel=Channel.EMAIL))  # fmt: skip
    assert queries.next_message_due(NOW) == NOW + HOUR
    pause(clinic.store, "sms", NOW + 5 * HOUR)
    assert queries.next_message_due(NOW) == NOW + 3 * HOUR


def test_channels_tell_how_they_stand(clinic: Clinic) -> None:
    fill(clinic)
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.save_setting("messages.sms.on", "clinic", True)
        work.save_setting("messages.email.kind", "clinic", "folder")
        work.commit()
    pause(clinic.store, "sms", NOW + HOUR)
    states = {one.channel: one for one in clinic.store.queries.channel_states()}
    assert {channel for channel, one in states.items() if one.on} == {
        Channel.SMS, Channel.DESKTOP,
    }  # fmt: skip
    sms = states[Channel.SMS]
    assert (sms.failures, sms.open_until, sms.last_error) == (5, NOW + HOUR, "down")
    assert (sms.waiting, sms.last_sent_at) == (1, NOW - HOUR)
    assert [channel for channel, one in states.items() if one.folder] == [Channel.EMAIL]


def test_each_question_is_a_few_statements_and_uses_an_index(clinic: Clinic) -> None:
    fill(clinic)
    many = [
        replace(message(f"m{n}", NOW + timedelta(minutes=n)), patient_id="hall") for n in range(300)
    ]
    put(clinic.store, *many)
    queries = clinic.store.queries
    told: list[str] = []
    with clinic.store._reader.connect() as connection:
        driver = connection.connection.driver_connection
        driver.set_trace_callback(told.append)
    assert len(queries.messages(MessageWish(needing=True))) == 3
    assert len(queries.messages(MessageWish(first=TODAY, last=TODAY), 100)) == 100
    driver.set_trace_callback(None)
    asked = [one for one in told if one.startswith("SELECT n.id")]
    assert len(asked) == 2
    plans = [" ".join(row[3] for row in clinic.sql(f"EXPLAIN QUERY PLAN {one}")) for one in asked]
    assert "SCAN n " not in f"{plans[0]} "
    assert "ix_notification_due_at" in plans[1]


def test_page_and_lamp_cost_the_same_for_few_and_for_many(clinic: Clinic) -> None:
    fill(clinic)
    queries = clinic.store.queries
    told: list[str] = []

    def counted() -> tuple[int, int]:
        told.clear()
        read_page(queries, Asked(MessageWish(first=TODAY, last=TODAY), "all", "today", {}))
        page = len(told)
        read_post(queries, NOW)
        return page, len(told) - page

    counted()  # the roster and the first connection are there
    with clinic.store._reader.connect() as connection:
        driver = connection.connection.driver_connection
    driver.set_trace_callback(
        lambda one: None if one.startswith(("BEGIN", "COMMIT", "ROLLBACK")) else told.append(one)
    )
    few = counted()
    put(clinic.store, *(message(f"m{n}", NOW + timedelta(seconds=n)) for n in range(400)))
    many = counted()
    driver.set_trace_callback(None)
    assert many == few
    assert few[0] <= 24
    assert few[1] <= 24


def test_what_did_not_arrive_stands_in_the_list_of_all_once(clinic: Clinic) -> None:
    fill(clinic)
    asked = Asked(MessageWish(), "all", "all", {})
    parts = read_page(clinic.store.queries, asked).parts
    shown = [card.message.id for _, cards in parts for card in cards]
    assert sorted(shown) == sorted(set(shown))
    assert [group.count for group, _ in parts] == [len(cards) for _, cards in parts]
