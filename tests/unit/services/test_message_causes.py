"""What is planned after imports, merges, offers, invoices, odd days and other zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import MessageStatus, Purpose
from clinic_desk.domain.waitlist import OfferResult
from clinic_desk.services.billing_commands import RecordPayment
from clinic_desk.services.commands import (
    CancelAppointment,
    ChangeStatus,
    EditAppointment,
    EditPatient,
    ImportBatch,
    SaveRecords,
)
from clinic_desk.services.day_commands import MergePatients, SeparatePatients
from clinic_desk.services.message_outlook import outlooks
from clinic_desk.services.series_commands import BookSeries
from clinic_desk.services.waitlist_commands import AddToWaitlist, RecordOffer, WithdrawFromWaitlist
from tests.fakes import messages as m
from tests.fakes.world import TODAY, World, actor, at

FRIDAY = TODAY + timedelta(days=3)


def ready(world: World) -> None:
    m.switch_on(world, "sms", "email")
    m.reachable(world)
    world.clock.set(at("09:00"))


def planned_for(world: World) -> set[str | None]:
    return {one.patient_id for one in m.stored(world) if one.status is MessageStatus.PLANNED}


def test_an_import_is_reminded_of_but_not_confirmed_and_taking_it_back_tells_nobody(
    world: World,
) -> None:
    ready(world)
    rows = []
    for number in range(12):
        start = at("10:00", FRIDAY + timedelta(days=7 * number))
        row_id = world.ids()
        rows.append(
            {
                "id": row_id, "import_key": f"key-{row_id}", "doctor_id": world.names["wu"],
                "location_id": world.names["main"], "patient_id": world.names["ana"],
                "type_id": world.names["follow-up"], "status": Status.SCHEDULED, "start": start,
                "end": start + timedelta(minutes=30), "blocked_start": start,
                "blocked_end": start + timedelta(minutes=30),
            }
        )  # fmt: skip
    world.run(ImportBatch(appointments=tuple(rows), run="run", label="Import"))
    assert set(m.purposes(world)) == {"reminder 1440", "reminder 120"}
    assert len(m.waiting(world)) == 24
    world.clock.advance(days=1)
    world.undo()
    assert m.waiting(world) == []
    world.redo()
    assert len(m.waiting(world)) == 24
    world.move(rows[3]["id"], "11:00", day=FRIDAY + timedelta(days=21))  # type: ignore[arg-type]
    assert m.purposes(world).count("moved") == 1


def test_a_series_is_held_as_one_and_reminded_visit_by_visit(world: World) -> None:
    ready(world)
    made = world.run(
        BookSeries(
            patient_id=world.names["ana"], doctor_id=world.names["wu"],
            type_id=world.names["follow-up"], rule="FREQ=WEEKLY;COUNT=4",
            local_start=f"{FRIDAY}T10:00", remind_before=600,
        )
    )  # fmt: skip
    assert made.sentence.endswith(" · SMS held 3 min")
    assert m.purposes(world).count("reminder 600") == 4
    assert m.waiting(world)[-1][2] == at("00:00", FRIDAY + timedelta(days=21)) - timedelta(
        hours=4, minutes=5
    )
    world.undo()
    assert m.waiting(world) == []


def test_merged_and_separated_patients_take_their_messages_along(world: World) -> None:
    ready(world)
    m.reachable(world, "jon", mobile="07911 222333")
    visit = world.book("10:00", day=FRIDAY)
    world.clock.advance(minutes=5)
    m.send_due(world)
    kept, gone = world.names["jon"], world.names["ana"]
    world.run(MergePatients(kept_id=kept, other_id=gone, values={}))
    assert planned_for(world) == {kept}
    assert m.purposes(world, visit) == ["reminder 1440", "reminder 120"]
    assert {one.address for one in m.stored(world) if one.status is MessageStatus.PLANNED} == {
        "+447911222333"
    }
    world.run(SeparatePatients(other_id=gone))
    assert planned_for(world) == {gone}
    assert {one.patient_id for one in m.stored(world)} == {gone}
    assert m.purposes(world, visit) == ["reminder 1440", "reminder 120"]


def test_a_visit_given_to_the_right_patient_tells_both(world: World) -> None:
    ready(world)
    m.reachable(world, "jon", mobile="07911 222333")
    visit = world.book("10:00", day=FRIDAY)
    jon = world.names["jon"]
    world.run(EditAppointment(appointment_id=visit, values={"patient_id": jon}))
    assert planned_for(world) == {jon}
    assert "cancelled" not in m.purposes(world)
    world.clock.advance(minutes=5)
    m.send_due(world)
    world.run(EditAppointment(appointment_id=visit, values={"patient_id": world.names["ana"]}))
    told = {
        (one.purpose, one.patient_id)
        for one in m.stored(world)
        if one.status is MessageStatus.PLANNED and one.purpose is not Purpose.REMINDER
    }
    assert told == {(Purpose.CANCELLED, jon), (Purpose.CONFIRMATION, world.names["ana"])}


def test_an_offer_is_told_until_it_is_answered(world: World) -> None:
    ready(world)
    entry = str(
        world.run(
            AddToWaitlist(
                values={"patient_id": world.names["ana"], "type_id": world.names["follow-up"]}
            )
        ).value
    )
    start = at("11:00", FRIDAY)
    offer = RecordOffer(
        entry_id=entry, gap="gap", doctor_id=world.names["wu"], start=start,
        end=start + timedelta(minutes=30), result=OfferResult.OPEN,
    )  # fmt: skip
    world.run(offer)
    assert m.waiting(world) == [("waitlist_offer", "sms", at("09:03"))]
    world.run(replace(offer, result=OfferResult.REFUSED))
    assert m.waiting(world) == []
    world.run(offer)
    assert m.purposes(world) == ["waitlist_offer"]
    world.run(WithdrawFromWaitlist(entry_id=entry))
    assert m.waiting(world) == []


def offered(world: World, **more: object) -> RecordOffer:
    wish = {"patient_id": world.names["ana"], "type_id": world.names["follow-up"]}
    entry = str(world.run(AddToWaitlist(values=wish)).value)
    start = at("11:00", FRIDAY)
    offer = RecordOffer(
        entry_id=entry, gap="gap", doctor_id=world.names["wu"], start=start,
        end=start + timedelta(minutes=30), result=OfferResult.OPEN, by_message=True,
    )  # fmt: skip
    return replace(offer, **more)  # type: ignore[arg-type]


def test_an_offer_by_message_is_held_and_can_be_taken_back(world: World) -> None:
    ready(world)
    offer = offered(world)
    assert world.run(offer).sentence == "Lee, Ana: offered · SMS held 3 min"
    assert world.undo().sentence.endswith(" · nothing was sent")
    assert m.waiting(world) == []
    assert world.redo().sentence.endswith(" · SMS held 3 min")
    answered = replace(offer, result=OfferResult.REFUSED, by_message=False)
    assert world.run(answered).sentence.endswith("does not want it · nothing was sent")


def test_nobody_is_offered_a_slot_by_a_message_that_could_not_go(world: World) -> None:
    offer = offered(world)
    with pytest.raises(Refusal, match="No way to patients is in use"):
        world.run(offer)
    m.switch_on(world, "sms")
    with pytest.raises(Refusal, match=r"cannot be told by a message: SMS – no mobile number\."):
        world.run(offer)
    m.reachable(world, consent_sms=False)
    with pytest.raises(Refusal, match="the patient said no"):
        world.run(offer)
    m.setting(world, "purposes", ["reminder"])
    with pytest.raises(Refusal, match="sends no waiting-list offers"):
        world.run(offer)
    assert m.stored(world) == []


def test_a_slot_that_was_taken_meanwhile_is_not_offered(world: World) -> None:
    ready(world)
    world.run(offered(world))
    (message,) = m.stored(world)

    def why() -> str:
        return outlooks(world.store.queries, [message.id], world.clock.now())[message.id].why

    assert why() == ""
    visit = world.book("11:15", day=FRIDAY, patient="jon")
    assert why() == "The time is no longer free"
    world.run(CancelAppointment(appointment_id=visit, reason="Rang"))
    assert why() == ""


def test_an_overdue_invoice_is_asked_for_until_it_is_paid(world: World) -> None:
    ready(world)
    visit = world.book("09:30")
    for step in (Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED):
        world.run(ChangeStatus(appointment_id=visit, to=step))
    due = at("10:00", TODAY + timedelta(days=14 + 3))
    assert m.waiting(world) == [("payment", "sms", due)]
    m.setting(world, "payment_after", 5)
    m.plan_all(world)
    assert m.waiting(world) == [("payment", "sms", due + timedelta(days=2))]
    invoice = next(one for one in m.stored(world) if one.purpose is Purpose.PAYMENT).invoice_id
    world.run(RecordPayment(invoice_id=str(invoice), amount_minor=1000))
    assert len(m.waiting(world)) == 1
    world.run(EditPatient(patient_id=world.names["ana"], values={"channels": ("email",)}))
    assert m.waiting(world)[0][1] == "email"
    world.run(RecordPayment(invoice_id=str(invoice), amount_minor=3500))
    assert m.waiting(world) == []


def test_quiet_hours_are_those_of_the_patients_own_zone(world: World) -> None:
    ready(world)
    m.plan(world, "1440:")
    m.reachable(world, zone="Asia/Tokyo")  # 10:00 in London is 19:00 there, 12:00 is 21:00
    early = world.book("10:00", day=FRIDAY)
    late = world.book("13:00", day=FRIDAY)
    assert m.waiting(world, early)[-1][2] == at("10:00", FRIDAY) - timedelta(days=1)
    assert m.waiting(world, late)[-1][2] == at("10:55", FRIDAY) - timedelta(days=1)


def test_reminders_around_a_clock_change(world: World) -> None:
    """In London the clocks go forward on 28 March 2027: the 24 hours are hours."""
    ready(world)
    m.plan(world, "1440:", "780:")
    visit = world.put_in({"start": datetime(2027, 3, 29, 8, 30, tzinfo=UTC)})[0]
    assert m.waiting(world, visit) == [
        ("reminder 1440", "sms", datetime(2027, 3, 28, 8, 30, tzinfo=UTC)),
        # 780 minutes before is 20:30 of the summer's clock: 19:55 it is, which is 18:55 UTC
        ("reminder 780", "sms", datetime(2027, 3, 28, 18, 55, tzinfo=UTC)),
    ]
    night = world.put_in({"start": datetime(2027, 3, 28, 9, 0, tzinfo=UTC)})[0]
    m.plan(world, "480:")
    m.plan_all(world)
    # eight hours before is 01:00 UTC, the hour that is skipped; before quiet hours: 19:55 UTC
    assert m.waiting(world, night) == [
        ("reminder 480", "sms", datetime(2027, 3, 27, 19, 55, tzinfo=UTC))
    ]


def test_a_site_in_another_zone_and_a_doctor_of_another_name(world: World) -> None:
    ready(world)
    m.plan(world, "840:")
    branch = world.names["branch"]
    start = at("07:00", FRIDAY)  # 10:00 in Istanbul; 840 minutes before it is 20:00 there
    visit = world.put_in({"start": start, "location_id": branch})[0]
    assert m.waiting(world, visit) == [
        ("reminder 840", "sms", at("16:55", FRIDAY - timedelta(days=1)))
    ]
    with world.store.unit_of_work(actor()) as work:
        roster = work.roster()
    site = replace(roster.locations[branch], zone="Europe/London")
    doctor = replace(roster.doctors[world.names["wu"]], name="Dr Li Chen")
    world.run(SaveRecords(records=(site, doctor)))
    m.plan_all(world)
    assert m.waiting(world, visit) == [
        ("reminder 840", "sms", at("17:00", FRIDAY - timedelta(days=1)))
    ]


def test_the_toast_says_what_becomes_of_the_message(world: World) -> None:
    ready(world)
    outcome = world.outcome("10:00", day=FRIDAY)
    assert outcome.sentence.endswith(" · SMS held 3 min")
    assert world.undo().sentence.endswith(" · nothing was sent")
    assert world.redo().sentence.endswith(" · SMS held 3 min")
    cancelled = world.run(CancelAppointment(appointment_id=str(outcome.value), reason="Rang"))
    assert cancelled.sentence.endswith(" · nothing was sent")
    world.clock.set(at("21:00"))
    evening = world.outcome("10:00", day=FRIDAY, patient="ana")
    assert evening.sentence.endswith(" · SMS waits until Wed 08:00 (quiet hours)")


def test_a_desk_notice_needs_no_patient_who_can_be_reached(world: World) -> None:
    world.clock.set(at("09:00"))
    visit = world.book("10:00", day=FRIDAY, remind_channels=("desktop",))
    assert m.waiting(world, visit) == [
        ("reminder 1440", "desktop", at("10:00", FRIDAY) - timedelta(days=1)),
        ("reminder 120", "desktop", at("08:00", FRIDAY)),
    ]
    other = world.book("11:00", day=FRIDAY)
    assert m.waiting(world, other) == []
    m.plan(world, "60:desktop")
    m.plan_all(world)
    assert m.purposes(world, other) == ["reminder 60"]


def test_a_desk_notice_of_one_visit_goes_with_the_wish_for_it(world: World) -> None:
    """The desks are the only way that is on."""
    world.clock.set(at("09:00"))
    visit = world.book("10:00", day=FRIDAY)
    wish = {"remind_channels": ("desktop",)}
    world.run(EditAppointment(appointment_id=visit, values=wish))
    assert m.purposes(world) == ["reminder 1440", "reminder 120"]
    world.undo()
    assert m.waiting(world) == []


def test_quiet_hours_that_cover_the_day_of_the_visit_leave_no_reminder(world: World) -> None:
    ready(world)
    m.plan(world, "120:")
    world.run(EditPatient(patient_id=world.names["ana"], values={"quiet": "09:01-08:01"}))
    visit = world.book("10:00", day=date(2026, 11, 25))
    # 08:00 tomorrow is quiet since 09:01 today, and 08:56 has passed; the visit is too near to wait
    assert m.waiting(world, visit) == [("confirmation", "sms", at("09:03"))]
