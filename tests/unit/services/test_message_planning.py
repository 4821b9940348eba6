"""What is planned when something happens to a visit, an invoice, an offer or a patient."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.messages import Channel, MessageStatus, Purpose
from clinic_desk.services.commands import (
    BookAppointment,
    CancelAppointment,
    ChangeStatus,
    EditPatient,
    Reinstate,
)
from clinic_desk.services.message_commands import PlanMessages
from tests.fakes import messages as m
from tests.fakes.world import TODAY, World, at

FRIDAY = TODAY + timedelta(days=3)


def ready(world: World) -> None:
    m.switch_on(world, "sms", "email")
    m.reachable(world)


def test_nothing_is_planned_while_no_channel_is_on(world: World) -> None:
    m.reachable(world)
    world.book("10:00", day=FRIDAY)
    assert m.stored(world) == []


def test_a_booking_is_confirmed_after_the_hold_and_reminded_of(world: World) -> None:
    ready(world)
    visit = world.book("10:00", day=FRIDAY)
    assert m.waiting(world, visit) == [
        ("confirmation", "sms", at("07:03") + timedelta(minutes=57)),  # quiet until 08:00
        ("reminder 1440", "sms", at("10:00", FRIDAY) - timedelta(days=1)),
        ("reminder 120", "sms", at("08:00", FRIDAY)),
    ]
    planned = {one.id: one for one in m.stored(world)}
    assert {key: value[0] for key, value in m.outbox(world).items()} == dict.fromkeys(
        planned, visit
    )


def test_a_slip_that_is_undone_sends_nothing(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    world.book("10:00", day=FRIDAY)
    assert m.waiting(world)[0][2] == at("09:03")
    world.clock.advance(minutes=2)
    world.undo()
    assert m.waiting(world) == []
    world.redo()
    assert m.purposes(world) == ["confirmation", "reminder 1440", "reminder 120"]
    assert m.waiting(world)[0][2] == at("09:05")
    world.clock.advance(minutes=3)
    assert [one.purpose for one in m.send_due(world)] == [Purpose.CONFIRMATION]
    world.undo()
    assert m.purposes(world) == ["cancelled"]


def test_no_reminder_breaks_the_hold_of_a_booking(world: World) -> None:
    """Booked two minutes before its first reminder would come: the confirmation is enough."""
    ready(world)
    world.clock.set(at("09:58"))
    visit = world.book("10:00", day=TODAY + timedelta(days=1))
    first, second = m.waiting(world, visit)
    assert first == ("confirmation", "sms", at("10:01"))
    assert second == ("reminder 120", "sms", at("08:00", TODAY + timedelta(days=1)))
    world.clock.advance(minutes=2)
    assert m.send_due(world) == []
    world.undo()
    assert m.waiting(world) == []


def test_a_reminder_alone_is_held_as_a_notice_is(world: World) -> None:
    ready(world)
    m.setting(world, "purposes", ["reminder"])
    world.clock.set(at("09:58"))
    visit = world.book("10:00", day=TODAY + timedelta(days=1))
    assert m.waiting(world, visit)[0] == ("reminder 1440", "sms", at("10:01"))
    world.clock.advance(minutes=2)
    m.plan_all(world)
    m.reachable(world, email="other@example.org")
    assert m.waiting(world, visit)[0] == ("reminder 1440", "sms", at("10:01"))
    world.clock.advance(minutes=1)
    assert [one.rule for one in m.send_due(world)] == ["1440"]


def test_what_the_clinic_switched_off_says_so_and_waits_again_when_it_was_a_slip(
    world: World,
) -> None:
    ready(world)
    visit = world.book("10:00", day=TODAY + timedelta(days=3))
    before = m.waiting(world, visit)

    def why() -> set[str]:
        m.plan_all(world)
        assert m.waiting(world, visit) == []
        return {one.reason for one in m.stored(world)}

    m.setting(world, "purposes", ["payment"])
    assert why() == {"The clinic has switched such messages off"}
    m.setting(world, "purposes", [one.value for one in Purpose])
    m.plan_all(world)
    assert m.waiting(world, visit) == before
    m.setting(world, "sms.on", False)
    m.setting(world, "email.on", False)
    assert why() == {"No way to patients is in use"}
    m.switch_on(world, "sms")
    assert m.waiting(world, visit) == before


def test_whose_confirmation_was_overtaken_by_the_visit_is_told_of_a_booking(world: World) -> None:
    ready(world)
    visit = world.book("08:00", day=TODAY + timedelta(days=1))
    world.move(visit, "08:00")
    world.clock.advance(minutes=90)
    m.plan_all(world)
    world.undo()
    assert m.purposes(world, visit)[0] == "confirmation"


def test_who_would_come_too_early_tomorrow_is_told_of_the_move_tonight(world: World) -> None:
    ready(world)
    world.clock.set(at("15:00"))
    early = world.book("08:30", day=TODAY + timedelta(days=1))
    late = world.book("11:00", day=TODAY + timedelta(days=1))
    m.send_due(world)
    world.clock.advance(minutes=4)
    m.send_due(world)
    world.clock.set(at("21:00"))
    world.move(early, "10:00", day=FRIDAY)
    world.move(late, "11:00", day=FRIDAY)
    assert m.waiting(world, early)[0] == ("moved", "sms", at("21:03"))
    assert m.waiting(world, late)[0] == ("moved", "sms", at("08:00", TODAY + timedelta(days=1)))


def test_a_notice_that_went_over_to_another_way_and_back_is_one_notice(world: World) -> None:
    ready(world)
    m.reachable(world, consent_sms=False)
    visit = world.book("08:00")
    m.reachable(world)
    m.setting(world, "order", ["email", "sms", "whatsapp"])
    m.plan_all(world)
    assert [one[:2] for one in m.waiting(world, visit)] == [("confirmation", "email")]
    world.run(CancelAppointment(appointment_id=visit, reason="A slip"))
    world.clock.advance(minutes=90)
    world.run(Reinstate(appointment_id=visit, reason="A mistake"))
    world.move(visit, "10:00", day=FRIDAY)
    assert m.purposes(world, visit)[0] == "moved"


def test_a_confirmation_that_waits_for_the_morning_is_reminder_enough(world: World) -> None:
    ready(world)
    world.clock.set(at("21:00"))
    visit = world.book("10:00", day=TODAY + timedelta(days=1))
    morning = at("08:00", TODAY + timedelta(days=1))
    assert m.waiting(world, visit) == [("confirmation", "sms", morning)]


@pytest.mark.parametrize(
    ("now", "day", "clock", "wanted"),
    [
        # in ten minutes: only the confirmation, as soon as it is no slip
        ("10:50", 0, "11:00", [("confirmation", 0, "10:53")]),
        ("10:58", 0, "11:00", []),
        ("09:30", 0, "11:00", [("confirmation", 0, "09:33")]),
        ("09:00", 0, "11:00", [("confirmation", 0, "09:03")]),
        # two hours before an early visit is night: the evening before, and never after it
        ("17:00", 1, "08:00", [("confirmation", 0, "17:03"), ("reminder 120", 0, "19:55")]),
        ("19:54", 1, "08:00", [("confirmation", 0, "19:57")]),
        ("19:56", 1, "08:00", [("confirmation", 0, "19:59")]),
        ("20:30", 1, "08:00", [("confirmation", 0, "20:33")]),
        ("06:00", 0, "08:00", [("confirmation", 0, "06:03")]),
        ("20:30", 1, "11:00", [("confirmation", 1, "08:00"), ("reminder 120", 1, "09:00")]),
    ],
)  # fmt: skip
def test_a_visit_that_is_near(
    world: World, now: str, day: int, clock: str, wanted: list[tuple[str, int, str]]
) -> None:
    ready(world)
    world.clock.set(at(now))
    visit = world.book(clock, day=TODAY + timedelta(days=day))
    told = [(what, at(then, TODAY + timedelta(days=days))) for what, days, then in wanted]
    assert [(what, then) for what, _, then in m.waiting(world, visit)] == told


def test_a_move_is_told_once_and_only_where_it_ends(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    visit = world.book("10:00", day=FRIDAY)
    world.clock.advance(minutes=5)
    m.send_due(world)
    world.move(visit, "11:00", day=FRIDAY)
    world.clock.advance(minutes=1)
    world.move(visit, "14:00", day=FRIDAY)
    assert m.waiting(world, visit) == [
        ("moved", "sms", at("09:09")),
        ("reminder 1440", "sms", at("14:00", FRIDAY) - timedelta(days=1)),
        ("reminder 120", "sms", at("12:00", FRIDAY)),
    ]
    world.move(visit, "10:00", day=FRIDAY)
    assert m.purposes(world, visit) == ["reminder 1440", "reminder 120"]


def test_there_and_back_and_there_again_is_told_each_time(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    visit = world.book("10:00", day=FRIDAY)
    told = []
    for clock in ("10:00", "11:00", "10:00", "11:00"):
        world.move(visit, clock, day=FRIDAY)
        world.clock.advance(minutes=4)
        told += [one.purpose.value for one in m.send_due(world)]
    assert told == ["confirmation", "moved", "moved", "moved"]
    keys = [one.key for one in m.stored(world)]
    assert len(keys) == len(set(keys))


def test_a_cancelled_visit_is_told_and_reinstated_again(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    visit = world.book("10:00", day=FRIDAY)
    world.clock.advance(minutes=5)
    m.send_due(world)
    world.run(CancelAppointment(appointment_id=visit, reason="Patient rang"))
    assert m.purposes(world) == ["cancelled"]
    world.clock.advance(minutes=5)
    m.send_due(world)
    world.run(Reinstate(appointment_id=visit, reason="A mistake"))
    assert m.purposes(world) == ["confirmation", "reminder 1440", "reminder 120"]


def test_what_waits_for_acceptance_is_told_when_it_is_accepted(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    visit = world.book("10:00", day=FRIDAY, type="asked")
    assert m.waiting(world) == []
    world.run(ChangeStatus(appointment_id=visit, to=Status.SCHEDULED))
    assert "confirmation" in m.purposes(world)


def test_whoever_asked_for_a_visit_hears_that_it_was_declined(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    visit = world.book("11:00", day=FRIDAY, type="asked")
    world.clock.advance(minutes=30)
    done = world.run(ChangeStatus(appointment_id=visit, to=Status.DECLINED))
    assert m.waiting(world, visit) == [("cancelled", "sms", at("09:33"))]
    assert done.told == "SMS held 3 min"
    world.undo()
    assert m.waiting(world, visit) == []
    world.redo()
    world.clock.advance(minutes=5)
    m.send_due(world)
    world.run(PlanMessages())
    assert m.waiting(world, visit) == []
    world.run(Reinstate(appointment_id=visit, reason="There is time after all"))
    assert m.waiting(world, visit) == []
    world.run(ChangeStatus(appointment_id=visit, to=Status.SCHEDULED))
    assert m.purposes(world, visit) == ["confirmation", "reminder 1440", "reminder 120"]


def test_a_request_that_an_import_brought_is_answered_by_whoever_took_it(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    (visit,) = world.put_in({"status": Status.PENDING, "start": at("11:00", FRIDAY)})
    world.run(ChangeStatus(appointment_id=visit, to=Status.DECLINED))
    assert m.waiting(world, visit) == []


def test_who_was_checked_in_by_mistake_is_still_told_of_the_acceptance(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    visit = world.book("10:00", day=FRIDAY, type="asked")
    world.clock.advance(minutes=30)
    world.run(ChangeStatus(appointment_id=visit, to=Status.SCHEDULED))
    world.clock.advance(minutes=1)
    world.run(ChangeStatus(appointment_id=visit, to=Status.ARRIVED))
    assert m.waiting(world, visit) == []
    assert {one.reason for one in m.stored(world)} == {"There is no need for it any more"}
    world.undo()
    assert m.waiting(world, visit)[0] == ("confirmation", "sms", at("09:34"))


def test_what_waits_for_the_morning_outlives_a_slip_in_the_settings(world: World) -> None:
    ready(world)
    world.clock.set(at("21:00"))
    visit = world.book("10:00", day=FRIDAY)
    world.clock.advance(minutes=30)
    planned = m.waiting(world, visit)
    assert planned[0] == ("confirmation", "sms", at("08:00", TODAY + timedelta(days=1)))
    for name, slip, right in (
        ("purposes", ["reminder"], [str(one) for one in Purpose]),
        ("sms.on", False, True),
    ):
        m.setting(world, name, slip)
        m.plan_all(world)
        assert ("confirmation", "sms") not in [one[:2] for one in m.waiting(world, visit)]
        m.setting(world, name, right)
        m.plan_all(world)
        assert m.waiting(world, visit) == planned, name


def test_consent_address_and_order_decide_the_way(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    visit = world.book("10:00", day=FRIDAY)
    ana = world.names["ana"]
    world.run(EditPatient(patient_id=ana, values={"channels": ("email",)}))
    assert {one[1] for one in m.waiting(world, visit)} == {"email"}
    assert m.waiting(world, visit)[0][2] == at("09:03")
    world.run(EditPatient(patient_id=ana, values={"consent_email": False}))
    assert {one[1] for one in m.waiting(world, visit)} == {"sms"}
    world.run(EditPatient(patient_id=ana, values={"consent_sms": None}))
    assert m.waiting(world, visit) == []
    skipped = [one for one in m.stored(world) if one.status is MessageStatus.SKIPPED]
    assert {one.purpose for one in skipped} == {Purpose.CONFIRMATION, Purpose.REMINDER}
    assert skipped[0].reason == (
        "No way to reach the patient: E-mail – the patient said no; SMS – the patient was not asked"
    )
    world.run(EditPatient(patient_id=ana, values={"consent_sms": True}))
    assert m.purposes(world, visit) == ["confirmation", "reminder 1440", "reminder 120"]
    assert {one.channel for one in m.stored(world) if one.status is MessageStatus.PLANNED} == {
        Channel.SMS
    }
    world.run(EditPatient(patient_id=ana, values={"mobile": "07911 999999", "language": "tr"}))
    assert {
        (one.address, one.language)
        for one in m.stored(world)
        if one.status is MessageStatus.PLANNED
    } == {("+447911999999", "tr")}


def test_quiet_hours_bring_reminders_forward_and_let_notices_wait(world: World) -> None:
    ready(world)
    m.plan(world, "720:", "840:")
    world.clock.set(at("20:30"))
    visit = world.book("09:30", day=FRIDAY)
    assert m.waiting(world, visit) == [
        ("confirmation", "sms", at("08:00", TODAY + timedelta(days=1))),
        ("reminder 840", "sms", at("19:30", FRIDAY - timedelta(days=1))),
        ("reminder 720", "sms", at("19:55", FRIDAY - timedelta(days=1))),
    ]
    world.run(EditPatient(patient_id=world.names["ana"], values={"quiet": "19:00-09:00"}))
    # both would come at 18:55 now: one is enough
    assert m.waiting(world, visit)[1:] == [
        ("reminder 840", "sms", at("18:55", FRIDAY - timedelta(days=1)))
    ]
    world.run(EditPatient(patient_id=world.names["ana"], values={"quiet": "none"}))
    assert m.waiting(world, visit)[-1] == (
        "reminder 720", "sms", at("21:30", FRIDAY - timedelta(days=1)),
    )  # fmt: skip


def test_a_notice_about_an_early_visit_does_not_wait_for_the_morning(world: World) -> None:
    ready(world)
    world.clock.set(at("20:30"))
    tomorrow = TODAY + timedelta(days=1)
    visit = world.book("09:30", day=tomorrow)
    assert m.waiting(world, visit)[0] == ("confirmation", "sms", at("20:33"))


def test_a_visit_may_have_its_own_reminder_or_none(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    visit = world.book("10:00", day=FRIDAY, remind_before=2760)
    assert m.waiting(world, visit)[1:] == [
        ("reminder 2760", "sms", at("12:00", FRIDAY - timedelta(days=2)))
    ]
    other = world.book("11:00", day=FRIDAY, remind_channels=("email", "sms"))
    assert [one[:2] for one in m.waiting(world, other)[1:]] == [
        ("reminder 1440", "email"), ("reminder 1440", "sms"),
        ("reminder 120", "email"), ("reminder 120", "sms"),
    ]  # fmt: skip
    third = world.book("14:00", day=FRIDAY, remind_channels=("none",))
    assert m.purposes(world, third) == ["confirmation"]
    world.move(visit, "15:00", day=FRIDAY)
    assert m.waiting(world, visit)[-1] == (
        "reminder 2760", "sms", at("17:00", FRIDAY - timedelta(days=2)),
    )  # fmt: skip


def test_after_a_no_show_and_not_when_it_was_a_slip(world: World) -> None:
    ready(world)
    visit = world.book("10:00")
    world.clock.set(at("10:20"))
    m.send_due(world)
    world.run(ChangeStatus(appointment_id=visit, to=Status.NO_SHOW))
    assert m.waiting(world) == [("no_show", "sms", at("11:20"))]
    world.undo()
    assert m.waiting(world) == []
    world.clock.advance(minutes=10)
    world.redo()
    assert m.waiting(world)[0][2] == at("11:30")
    m.setting(world, "no_show_after", 15)
    m.plan_all(world)
    assert m.waiting(world)[0][2] == at("10:45"), "counted from when it was marked"
    m.reachable(world, quiet="10:40-12:00")
    assert m.waiting(world)[0][2] == at("12:00")
    m.reachable(world, consent_sms=False, consent_email=None)
    assert m.waiting(world) == []
    m.setting(world, "unknown_consent", "allow")
    m.plan_all(world)
    assert m.waiting(world) == [("no_show", "email", at("12:00"))]
    m.reachable(world, quiet="none")
    assert m.waiting(world) == [("no_show", "sms", at("10:45"))]


def test_changed_plans_are_taken_over_in_batches(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    for clock in ("10:00", "10:30", "11:00", "11:30", "14:00", "14:30", "15:00"):
        world.book(clock, day=FRIDAY)
    m.plan(world, "2880:email")
    assert "reminder 2880" not in m.purposes(world)
    m.plan_all(world)
    assert m.purposes(world) == ["confirmation"] * 7 + ["reminder 2880"] * 7
    m.setting(world, "purposes", ["reminder"])
    m.plan_all(world)
    assert m.purposes(world) == ["reminder 2880"] * 7
    m.setting(world, "sms.on", False)
    m.setting(world, "email.on", False)
    m.plan_all(world)
    assert m.waiting(world) == []
    assert world.store.queries.setting("messages.replan", "clinic") is None


def test_what_a_person_withdrew_stays_withdrawn(world: World) -> None:
    ready(world)
    world.clock.set(at("09:00"))
    visit = world.book("10:00", day=FRIDAY)
    first = m.stored(world)[0]
    with world.store.unit_of_work(world.desk.actor) as work:
        gone = replace(first, status=MessageStatus.WITHDRAWN, reason="Withdrawn by Maria")
        work.change_message(first, gone)
        work.commit()
    left = m.purposes(world, visit)
    m.reachable(world, email="other@example.org")
    m.plan_all(world)
    assert m.purposes(world, visit) == left
    assert len(left) == 2


def test_an_invented_patient_is_never_told(world: World) -> None:
    m.switch_on(world, "sms")
    world.run(
        BookAppointment(
            patient_id="", doctor_id=world.names["wu"], type_id=world.names["follow-up"],
            start=at("10:00", FRIDAY),
            new_patient={
                "record_number": "PRACTICE-", "first_name": "Pat", "last_name": "Practice",
                "mobile": "07911 123456", "consent_sms": True,
            },
        )
    )  # fmt: skip
    assert m.stored(world) == []
