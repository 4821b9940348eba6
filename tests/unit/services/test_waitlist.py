"""The waiting list: entries, calls, and the booking that comes of one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import NotFound, Refusal, Stale
from clinic_desk.domain.waitlist import (
    OfferResult,
    Urgency,
    WaitlistEntry,
    WaitlistOffer,
    WaitStatus,
    gap_key,
)
from clinic_desk.services.commands import BookAppointment, CancelAppointment, EditPatient
from clinic_desk.services.waitlist_commands import (
    AddToWaitlist,
    BookFromWaitlist,
    EditWaitlist,
    RecordOffer,
    WithdrawFromWaitlist,
)
from tests.fakes.world import TODAY, World, at


def add(world: World, patient: str = "ana", type_: str = "follow-up", **values: Any) -> str:
    given = {"patient_id": world.names[patient], "type_id": world.names[type_], **values}
    return str(world.run(AddToWaitlist(values=given)).value)


def entry(world: World, entry_id: str) -> WaitlistEntry:
    return world.store.queries.waitlist_entry(entry_id).entry


def offers(world: World, entry_id: str) -> tuple[WaitlistOffer, ...]:
    return world.store.queries.waitlist_entry(entry_id).offers


def offer(
    world: World,
    entry_id: str,
    result: OfferResult = OfferResult.REFUSED,
    start: str = "10:00",
    end: str = "10:30",
    **more: Any,
) -> str:
    doctor = world.names["wu"]
    return str(
        world.run(
            RecordOffer(
                entry_id=entry_id,
                gap=gap_key(doctor, at(start), at(end)),
                doctor_id=doctor,
                start=at(start),
                end=at(end),
                result=result,
                **more,
            )
        ).value
    )


def booking(world: World, patient: str = "ana", start: str = "10:00") -> BookAppointment:
    return BookAppointment(
        patient_id=world.names[patient],
        doctor_id=world.names["wu"],
        type_id=world.names["follow-up"],
        start=at(start),
    )


def test_an_entry_keeps_every_wish(world: World) -> None:
    made = add(
        world,
        doctor_id=world.names["wu"],
        location_id=world.names["main"],
        minutes=45,
        weekdays="420",
        earliest=480,
        latest=720,
        first=TODAY,
        last=TODAY + timedelta(days=20),
        urgency="soon",
        note=" rings at\x07 work ",
    )
    kept = entry(world, made)
    assert (kept.weekdays, kept.urgency, kept.note) == ("024", Urgency.SOON, "rings at work")
    assert (kept.minutes, kept.earliest, kept.latest) == (45, 480, 720)
    card = world.store.queries.waitlist()[0]
    assert (card.type_name, card.doctor_name) == ("Follow-up", "Dr Li Wu")
    assert (card.patient.listed_name, card.since) == ("Lee, Ana", world.clock.now())
    world.undo()
    assert not world.store.queries.waitlist()
    world.redo()
    assert world.store.queries.waitlist()[0].entry.minutes == 45
    assert world.proven()


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"earliest": 600, "latest": 600}, "latest", "after the earliest"),
        ({"earliest": 1440}, "latest", "after the earliest"),
        ({"earliest": -5}, "earliest", "00:00 and 24:00"),
        ({"latest": 1500}, "latest", "00:00 and 24:00"),
        ({"first": date(2026, 12, 5), "last": date(2026, 12, 4)}, "last", "before the first"),
        ({"last": date(2026, 11, 23)}, "last", "has passed"),
        ({"weekdays": "07"}, "weekdays", "Monday"),
        ({"minutes": 10}, "minutes", "between 15 and 480"),
        ({"minutes": 481}, "minutes", "between 15 and 480"),
        ({"minutes": "half an hour"}, "minutes", "no number"),
        ({"first": "tomorrow"}, "first", "no day"),
        ({"note": "x" * 501}, "note", "500 characters"),
        ({"urgency": "very"}, "urgency", "urgent"),
        ({"colour": "red"}, "colour", "no field"),
        ({"status": "booked"}, "status", "no field"),
        ({"type_id": ""}, "type_id", "what kind"),
        ({"patient_id": ""}, "patient_id", "who waits"),
    ],
)
def test_what_cannot_be_says_why_at_its_field(
    world: World, values: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Refusal, match=words) as caught:
        add(world, **values)
    assert caught.value.field == field
    assert not world.store.queries.waitlist()


def test_doctors_sites_and_types_are_checked(world: World) -> None:
    with pytest.raises(Refusal, match="does not offer Allergy test") as caught:
        add(world, type_="bergs", doctor_id=world.names["wu"])
    assert caught.value.field == "doctor_id"
    with pytest.raises(Refusal, match="no longer sees patients"):
        add(world, doctor_id=world.names["gone"])
    with pytest.raises(NotFound):
        add(world, location_id="nowhere")
    world.run(EditPatient(patient_id=world.names["ana"], values={"active": False}))
    with pytest.raises(Refusal, match="no longer an active patient") as caught:
        add(world)
    assert caught.value.field == "patient_id"


def test_nobody_waits_twice_for_one_type(world: World) -> None:
    first = add(world)
    with pytest.raises(
        Refusal, match="Lee, Ana has been waiting for Follow-up since Tue 24 Nov"
    ) as caught:
        add(world)
    assert caught.value.field == "type_id"
    assert caught.value.ways_out[0].data == {"entry_id": first}
    second = add(world, type_="new")
    with pytest.raises(Refusal, match="has been waiting"):
        world.run(EditWaitlist(entry_id=second, values={"type_id": world.names["follow-up"]}))
    add(world, patient="jon")
    world.run(WithdrawFromWaitlist(entry_id=first, reason="Went elsewhere"))
    add(world)


def test_somebody_new_is_put_on_file_in_the_same_step(world: World) -> None:
    outcome = world.run(
        AddToWaitlist(
            values={"type_id": world.names["new"]},
            new_patient={"first_name": "Nia", "last_name": "Okoro", "mobile": "020 7946 0018"},
        )
    )
    card = world.store.queries.waitlist_entry(str(outcome.value))
    assert card.patient.listed_name == "Okoro, Nia"
    contact = world.store.queries.contacts([card.patient.id])[card.patient.id]
    assert contact.mobile == "+442079460018"
    world.undo()
    assert world.store.queries.search_patients("okoro") == []
    assert world.proven()


def test_entries_are_edited_and_withdrawn(world: World) -> None:
    made = add(world)
    seen = entry(world, made).revision
    world.run(EditWaitlist(entry_id=made, values={"urgency": "urgent", "latest": 720}))
    assert entry(world, made).urgency is Urgency.URGENT
    world.other_desk().execute(EditWaitlist(entry_id=made, values={"note": "mornings"}))
    with pytest.raises(Stale, match="Noor"):
        world.run(EditWaitlist(entry_id=made, values={"note": "x"}, expected_revision=seen))
    with pytest.raises(Refusal, match="no field") as caught:
        world.run(EditWaitlist(entry_id=made, values={"patient_id": world.names["jon"]}))
    assert caught.value.field == "patient_id"
    world.run(WithdrawFromWaitlist(entry_id=made, reason="Moved away"))
    assert entry(world, made).withdrawn_reason == "Moved away"
    with pytest.raises(Refusal, match="taken off the list"):
        world.run(WithdrawFromWaitlist(entry_id=made))
    assert world.store.queries.waitlist([WaitStatus.WITHDRAWN])[0].entry.id == made
    world.undo()
    assert entry(world, made).status is WaitStatus.WAITING
    assert world.proven()


def test_a_call_is_written_down_once_for_each_gap(world: World) -> None:
    made = add(world)
    first = offer(world, made, OfferResult.NO_ANSWER)
    again = offer(world, made, OfferResult.REFUSED, note="on holiday")
    assert again == first
    wider = offer(world, made, OfferResult.CALL_BACK, start="09:30", end="11:00")
    assert wider == first, "a stretch that overlaps one offered before is the same gap"
    (kept,) = offers(world, made)
    assert (kept.result, kept.note, kept.answered_at) == (
        OfferResult.CALL_BACK,
        "",
        world.clock.now(),
    )
    other = offer(world, made, start="14:00", end="14:30")
    assert other != first
    assert (
        len(world.store.queries.waitlist_offers(world.names["wu"], at("09:00"), at("12:00"))) == 1
    )
    world.undo()
    assert len(offers(world, made)) == 1
    with pytest.raises(Refusal, match="Book the visit"):
        offer(world, made, OfferResult.BOOKED)
    with pytest.raises(Refusal) as caught:
        offer(world, made, start="14:30", end="14:00")
    assert caught.value.field == "end"
    assert world.proven()


def test_booking_gives_the_later_visit_up_in_the_same_step(world: World) -> None:
    later = world.book("10:00", day=TODAY + timedelta(days=9))
    made = add(world, appointment_id=later)
    assert world.store.queries.waitlist()[0].given_up is not None
    gap = gap_key(world.names["wu"], at("10:00"), at("11:00"))
    outcome = world.run(
        BookFromWaitlist(entry_id=made, booking=booking(world), gap=gap, give_up=True)
    )
    assert outcome.undo_label == "Book Lee, Ana from the waiting list on Tue 10:00"
    visit = str(outcome.value)
    assert world.status(visit) is Status.SCHEDULED
    given_up = world.row(later)
    assert (given_up.status, given_up.cancel_reason) == (Status.CANCELLED, "Earlier slot taken")
    kept = entry(world, made)
    assert (kept.status, kept.booked_id) == (WaitStatus.BOOKED, visit)
    assert offers(world, made)[0].result is OfferResult.BOOKED
    with pytest.raises(Refusal, match="booked already"):
        world.run(BookFromWaitlist(entry_id=made, booking=booking(world, start="14:00")))
    world.undo()
    assert world.status(later) is Status.SCHEDULED
    assert entry(world, made).status is WaitStatus.WAITING
    assert not offers(world, made)
    assert not [c for c in world.store.queries.cells(TODAY, TODAY) if c.id == visit]
    world.redo()
    assert entry(world, made).status is WaitStatus.BOOKED
    assert world.proven()


def test_a_booking_that_is_refused_leaves_everything_as_it_was(world: World) -> None:
    later = world.book("10:00", day=TODAY + timedelta(days=9))
    made = add(world, appointment_id=later)
    world.book("10:00", patient="jon")
    with pytest.raises(Refusal, match="is booked"):
        world.run(BookFromWaitlist(entry_id=made, booking=booking(world), give_up=True))
    assert world.status(later) is Status.SCHEDULED
    assert entry(world, made).status is WaitStatus.WAITING
    with pytest.raises(Refusal, match="another patient"):
        world.run(BookFromWaitlist(entry_id=made, booking=booking(world, "eve", "14:00")))
    world.run(CancelAppointment(appointment_id=later, reason="Ill"))
    world.run(BookFromWaitlist(entry_id=made, booking=booking(world, start="14:00"), give_up=True))
    assert world.row(later).cancel_reason == "Ill"
    assert world.proven()


def test_only_a_visit_of_their_own_that_is_to_come_can_be_given_up(world: World) -> None:
    theirs = world.book("10:00", patient="jon")
    with pytest.raises(Refusal, match="another patient") as caught:
        add(world, appointment_id=theirs)
    assert caught.value.field == "appointment_id"
    own = world.book("11:00")
    world.run(CancelAppointment(appointment_id=own, reason="Ill"))
    with pytest.raises(Refusal, match="nothing to give up"):
        add(world, appointment_id=own)
    with pytest.raises(NotFound):
        world.run(WithdrawFromWaitlist(entry_id="nobody"))
