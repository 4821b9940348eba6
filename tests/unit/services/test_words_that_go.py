"""From a booking to the words that leave: the patient's language, the clinic's own words, the day
on which it goes, and never a part of a text."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_desk.domain.messages import Channel, MessageStatus, MessageTemplate, Purpose
from clinic_desk.services.commands import CancelAppointment, EditPatient, MoveAppointment
from clinic_desk.services.message_commands import SaveTemplate
from tests.fakes.couriers import FakeTransport, FakeTransports, courier
from tests.fakes.messages import plan, plan_all, setting, stored
from tests.fakes.world import TODAY, World, actor, at

SOON = TODAY + timedelta(days=2)
pytestmark = pytest.mark.usefixtures("texting")


def speaks(world: World, language: str) -> None:
    world.run(EditPatient(patient_id=world.names["ana"], values={"language": language}))


def own(
    world: World, body: str, language: str = "en", purpose: Purpose = Purpose.CONFIRMATION
) -> None:
    world.run(
        SaveTemplate(
            template=MessageTemplate(
                id="", purpose=purpose, channel=Channel.SMS, language=language, body=body
            )
        )
    )


def goes(world: World, phone: FakeTransport) -> list[str]:
    """What goes four minutes from now."""
    world.clock.advance(minutes=4)
    courier(world, FakeTransports(phone)).run_once()
    return [one.body for one in phone.sent]


@pytest.mark.parametrize(
    ("language", "said", "code"),
    [
        ("", "your appointment with", "en"),
        ("tr", "Randevunuz oluşturuldu: 26 Kasım Perşembe 10:00", "tr"),
        ("tr_TR", "Randevunuz oluşturuldu", "tr"),
        ("de", "ist gebucht: Do., 26. Nov., 10:00 Uhr", "de"),
        ("fr", "your appointment with", "en"),
    ],
)
def test_a_patient_is_written_to_in_their_language(
    world: World, phone: FakeTransport, language: str, said: str, code: str
) -> None:
    speaks(world, language)
    world.book("10:00", day=SOON)
    (body,) = goes(world, phone)
    assert said in body
    assert phone.sent[0].language == code


def test_own_words_go_even_when_they_are_written_after_the_booking(
    world: World, phone: FakeTransport
) -> None:
    speaks(world, "fr")
    world.book("10:00", day=SOON)
    own(world, "Bonjour {{ first_name }} : {{ when }}", "fr")
    patient = world.store.queries.patient(world.names["ana"]).patient
    assert goes(world, phone) == [f"Bonjour {patient.first_name} : le jeudi 26 novembre à 10:00"]


def test_a_move_tells_what_was_and_what_is(world: World, phone: FakeTransport) -> None:
    own(world, "From {{ old_time }} to {{ time }} with {{ doctor }}.", purpose=Purpose.MOVED)
    visit = world.book("10:00", day=SOON)
    goes(world, phone)
    row = world.row(visit)
    world.run(
        MoveAppointment(
            appointment_id=visit,
            expected_revision=row.revision,
            start=at("14:30", SOON),
            end=at("15:00", SOON),
        )
    )
    doctor = world.store.queries.roster().doctors[world.names["wu"]]
    named = goes(world, phone)[-1]
    assert named.startswith("From 10:00 to 14:30 with ")
    assert doctor.name in named


def test_what_was_moved_and_cancelled_within_the_hold_is_called_off_as_the_patient_knows_it(
    world: World, phone: FakeTransport
) -> None:
    visit = world.book("10:00", day=SOON)
    goes(world, phone)
    world.move(visit, "14:00", day=SOON + timedelta(days=1), doctor="berg")
    world.run(CancelAppointment(appointment_id=visit, reason="Patient rang"))
    said = goes(world, phone)[-1]
    assert "cancelled" in said
    assert "Thu 26 Nov, 10:00" in said
    assert "Wu" in said
    assert "14:00" not in said
    assert "Berg" not in said


def test_a_reminder_that_quiet_hours_moved_to_the_evening_says_tomorrow(
    world: World, phone: FakeTransport
) -> None:
    """Two hours before 08:30 is night: it goes the evening before, and must not say today."""
    setting(world, "purposes", ["reminder"])
    setting(world, "quiet", "20:00-08:00")
    plan(world, "120:")
    own(world, "Visit {{ relative }} {{ time }}", purpose=Purpose.REMINDER)
    world.book("08:30", day=SOON)
    plan_all(world)
    (planned,) = [one for one in stored(world) if one.status is MessageStatus.PLANNED]
    assert planned.due_at == at("19:55", SOON - timedelta(days=1))
    world.clock.advance(seconds=int((planned.due_at - world.clock.now()).total_seconds()))
    assert goes(world, phone) == ["Visit tomorrow 08:30"]


def test_words_that_cannot_be_written_never_go_in_part(world: World, phone: FakeTransport) -> None:
    """As a newer version, or a hand in the file, may leave them."""
    own(world, "Hello {{ first_name }}, {{ when }}")
    with world.store.unit_of_work(actor()) as work:
        (kept,) = work.find(MessageTemplate)
        work.replace(
            kept, replace(kept, body="Hello {{ first_name }}, {{ unheard_of }}"), "changed"
        )
        work.commit()
    world.book("10:00", day=SOON)
    assert goes(world, phone) == []
    (message,) = [one for one in stored(world) if one.purpose is Purpose.CONFIRMATION]
    assert message.status is MessageStatus.FAILED
    assert "cannot be written" in message.reason
    assert "no placeholder “unheard_of”" in message.reason
    assert message.body == ""
