"""Booking: every rule once, with its refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.errors import NotFound, Refusal, SlotTaken
from clinic_desk.domain.templates import ExternalBusyTime
from clinic_desk.services.commands import (
    AddPatient,
    BlockTime,
    BookAppointment,
    CancelAppointment,
    CopyAppointment,
    EditAppointment,
    EditPatient,
    SaveRecords,
    SaveSetting,
)
from tests.fakes.world import TODAY, World, at

SATURDAY = date(2026, 11, 28)


def refused(world: World, start: str = "10:00", **more: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        world.outcome(start, **more)  # type: ignore[arg-type]
    return caught.value


def actions(refusal: Refusal) -> list[str]:
    return [way.action for way in refusal.ways_out]


def test_a_booking_fills_what_belongs_to_it(world: World) -> None:
    outcome = world.outcome("10:00", reason="Cough", notes="Tall")
    row = world.row(str(outcome.value))
    assert (row.start, row.end) == (at("10:00"), at("10:30"))
    assert row.status is Status.SCHEDULED
    assert row.confirmation_code == "APT-2026-0001"
    assert (row.price_minor, row.currency) == (4500, "GBP")
    assert row.room_id == world.names["room1"]
    assert row.doctor_zone == "Europe/London"
    assert (row.lane, row.room_lane, row.reschedule_count) == (0, 0, 0)
    assert outcome.undo_label == "Book Lee, Ana on Tue 10:00"
    assert outcome.sentence == "Booked Tue 10:00, Dr Wu"
    assert TODAY in outcome.changes.days
    assert world.names["wu"] in outcome.changes.doctor_ids
    assert world.actions(row.id) == ["booked"]
    assert world.proven()


def test_codes_count_per_year_of_the_visit(world: World) -> None:
    new_year = date(2027, 1, 5)
    first, second = world.book("10:00"), world.book("10:00", day=new_year)
    third = world.book("11:00", patient="jon")
    codes = [world.row(row).confirmation_code for row in (first, second, third)]
    assert codes == ["APT-2026-0001", "APT-2027-0001", "APT-2026-0002"]


def test_codes_grow_past_four_digits(world: World) -> None:
    with world.store.unit_of_work(world.desk.actor) as work:
        for _ in range(9999):
            work.next_number("APT-2026")
        work.commit()
    assert world.row(world.book("10:00")).confirmation_code == "APT-2026-10000"


def test_the_doctor_is_taken(world: World) -> None:
    world.book("10:00", patient="jon")
    refusal = refused(world, "10:15")
    assert isinstance(refusal, SlotTaken)
    assert refusal.subject == "doctor"
    assert refusal.sentence == "Dr Wu is booked 10:00–10:30 (J. Hall)."
    assert actions(refusal)[:1] == ["place_at"]
    assert refusal.ways_out[0].label == "Next free 10:30"
    assert refusal.ways_out[0].data["start"] == at("10:30")
    assert "overbook" in actions(refusal)
    other = next(way for way in refusal.ways_out if way.action == "other_doctor")
    assert other.data["doctor_id"] == world.names["berg"]


def test_a_colleague_who_is_busy_is_not_offered(world: World) -> None:
    world.book("10:00", patient="jon")
    world.book("10:00", patient="eve", doctor="berg")
    world.book("10:00", patient="tom", doctor="berg")
    assert "other_doctor" not in actions(refused(world, "10:15"))


def test_overbooking_takes_a_lane_above(world: World) -> None:
    world.book("10:00", patient="jon")
    row = world.row(world.book("10:00", overbook_reason="High fever"))
    assert row.lane == 1
    assert row.overbook_reason == "High fever"
    assert row.room_id == world.names["room2"]
    third = world.row(world.book("10:15", patient="eve", overbook_reason="Also fever"))
    assert third.lane == 2
    assert world.proven()


def test_an_unneeded_overbooking_reason_marks_nothing(world: World) -> None:
    assert world.row(world.book("10:00", overbook_reason="Just in case")).overbook_reason == ""


def test_parallel_sessions_fill_lanes_then_refuse(world: World) -> None:
    lanes = [
        world.row(world.book("10:00", doctor="berg", patient=name)).lane for name in ("jon", "eve")
    ]
    assert lanes == [0, 1]
    assert refused(world, "10:00", doctor="berg").code == "slot_taken"


def test_neighbours_change_lanes_when_that_makes_room(world: World) -> None:
    """10:00–10:30 in lane 0 and 10:30–11:00 in lane 1 leave a place for 10:15–10:45 once the
    second goes to lane 0."""
    first = world.book("10:00", doctor="berg", patient="jon")
    filler = world.book("10:30", doctor="berg", patient="tom")
    second = world.book("10:30", doctor="berg", patient="eve")
    world.run(CancelAppointment(appointment_id=filler, reason="Feels better"))
    assert world.row(second).lane == 1
    third = world.book("10:15", doctor="berg")
    lanes = {world.row(row).lane for row in (first, second)}
    assert lanes == {0}
    assert world.row(third).lane == 1
    assert world.proven()


def test_buffers_keep_their_distance(world: World) -> None:
    row = world.row(world.book("10:00", type="needle"))
    assert (row.blocked_start, row.blocked_end) == (at("09:55"), at("10:55"))
    refusal = refused(world, "10:45", patient="jon")
    assert refusal.sentence == "Needs 10 min cleaning after 10:45."
    assert refusal.ways_out[0].label == "Place at 10:55"
    assert world.book("10:55", patient="jon")


def test_two_buffered_neighbours_keep_the_sum(world: World) -> None:
    world.book("10:00", type="needle")
    assert refused(world, "10:55", type="needle", patient="jon").code == "slot_taken"
    assert world.book("11:00", type="needle", patient="jon")


def test_a_patient_is_not_in_two_places(world: World) -> None:
    world.book("10:00")
    refusal = refused(world, "10:15", doctor="berg")
    assert isinstance(refusal, SlotTaken)
    assert refusal.subject == "patient"
    assert refusal.sentence == "A. Lee already has Dr Wu 10:00 that day."
    assert "allow_patient_overlap" in actions(refusal)
    outcome = world.outcome("10:15", doctor="berg", allow_patient_overlap=True)
    assert outcome.warnings == ("A. Lee already has Dr Wu 10:00 that day.",)


def test_a_chosen_room_that_is_taken(world: World) -> None:
    world.book("10:00", patient="jon", room_id=world.names["room2"])
    refusal = refused(world, "10:00", doctor="berg", room_id=world.names["room2"])
    assert isinstance(refusal, SlotTaken)
    assert refusal.subject == "room"
    assert refusal.sentence == "Room 2 is used by Dr Wu until 10:30."
    use = next(way for way in refusal.ways_out if way.action == "use_room")
    assert use.data["room_id"] in (world.names["room1"], world.names["wide"])


def test_the_room_is_chosen_template_first_then_any_free_one(world: World) -> None:
    assert world.row(world.book("10:00", patient="jon")).room_id == world.names["room1"]
    world.book("11:00", patient="jon", doctor="berg", room_id=world.names["room1"])
    assert world.row(world.book("11:00")).room_id == world.names["room2"]
    assert world.row(world.book("14:00", type="call")).room_id == world.names["room1"]


def test_a_room_of_two_takes_two(world: World) -> None:
    wide = world.names["wide"]
    first = world.row(world.book("10:00", patient="jon", room_id=wide))
    second = world.row(world.book("10:00", doctor="berg", room_id=wide))
    assert {first.room_lane, second.room_lane} == {0, 1}
    with pytest.raises(SlotTaken):
        world.book("10:00", doctor="berg", patient="eve", room_id=wide)


def test_closed_hours_need_a_word(world: World) -> None:
    refusal = refused(world, "17:00")
    assert refusal.code == "hours"
    assert refusal.sentence == "Dr Wu works until 17:00 on Tuesdays."
    assert {"place_at", "outside_hours"} <= set(actions(refusal))
    outcome = world.outcome("17:00", outside_hours=True)
    assert outcome.warnings == (refusal.sentence,)


def test_breaks_and_days_off_are_closed(world: World) -> None:
    assert refused(world, "12:15").code in ("break", "hours")
    assert refused(world, "10:00", day=SATURDAY).code == "hours"


def test_blocked_time_is_closed(world: World) -> None:
    world.run(
        BlockTime(doctor_id=world.names["wu"], start=at("09:00"), end=at("11:00"), reason="Meeting")
    )
    assert refused(world, "10:00").code == "exception"
    assert world.book("10:00", outside_hours=True)


def test_the_doctors_own_calendar(world: World) -> None:
    busy = ExternalBusyTime(
        id=world.ids(), doctor_id=world.names["wu"], external_id="x", start=at("10:00"),
        end=at("11:00"),
    )  # fmt: skip
    world.run(SaveRecords(records=(busy,)))
    refusal = refused(world, "10:15")
    assert isinstance(refusal, SlotTaken)
    assert "own calendar" in refusal.sentence
    assert world.row(world.book("10:15", overbook_reason="Agreed with her")).overbook_reason


def test_a_new_visit_starts_in_the_future(world: World) -> None:
    world.clock.set(at("10:01"))
    refusal = refused(world, "10:00")
    assert refusal.code == "past"
    assert "walk-in" in refusal.sentence


def test_a_walk_in_may_have_started_a_quarter_of_an_hour_ago(world: World) -> None:
    world.clock.set(at("10:15"))
    row_id = world.book("10:00", walk_in=True)
    row = world.row(row_id)
    assert row.walk_in
    assert row.status is Status.ARRIVED
    assert row.confirmed_at == row.arrived_at == at("10:15")
    assert world.actions(row_id) == ["booked", "confirmed", "arrived"]
    world.clock.set(at("11:16"))
    refusal = refused(world, "11:00", walk_in=True, patient="jon")
    assert refusal.code == "past"
    assert "15 minutes" in refusal.sentence


@pytest.mark.parametrize(
    ("minutes", "stands"), [(14, False), (15, True), (480, True), (481, False)]
)
def test_length_bounds(world: World, minutes: int, stands: bool) -> None:
    end = at("08:00") + timedelta(minutes=minutes)
    if stands:
        assert world.book("08:00", end=end, outside_hours=True)
    else:
        refusal = refused(world, "08:00", end=end, outside_hours=True)
        assert refusal.code == "bad_length"
        assert f"{minutes}" in refusal.sentence


def test_the_end_comes_after_the_start(world: World) -> None:
    assert refused(world, "10:00", end=at("10:00")).code == "bad_span"


def test_visits_lie_on_whole_minutes(world: World) -> None:
    with pytest.raises(Refusal, match="whole minutes"):
        world.book("10:00", end=at("10:30") + timedelta(seconds=20))


def test_notice_refuses_a_new_visit_unless_overridden(world: World) -> None:
    refusal = refused(world, "08:00", type="strict")
    assert refusal.code == "notice"
    assert "notice" in refusal.sentence
    assert "override" in actions(refusal)
    outcome = world.outcome("08:00", type="strict", override_reason="Doctor asked for it")
    assert outcome.warnings
    assert world.history(str(outcome.value))[0].metadata["override_reason"] == "Doctor asked for it"


def test_the_last_day_of_the_horizon_counts(world: World) -> None:
    last = TODAY + timedelta(days=30)
    assert world.book("10:00", type="strict", day=last)
    too_far = last + timedelta(days=1)
    assert refused(world, "10:00", type="strict", day=too_far).code == "horizon"


def test_a_type_of_one_doctor(world: World) -> None:
    refusal = refused(world, "10:00", type="bergs")
    assert refusal.code == "not_offered"
    assert refusal.sentence == "Allergy test is offered by Dr Berg only."
    assert world.book("10:00", type="bergs", doctor="berg")


def test_what_the_doctor_must_accept_waits(world: World) -> None:
    assert world.status(world.book("10:00", type="asked")) is Status.PENDING


def test_an_inactive_doctor_or_patient(world: World) -> None:
    assert refused(world, "10:00", doctor="gone").code == "doctor_inactive"
    world.run(EditPatient(patient_id=world.names["ana"], values={"active": False}))
    assert refused(world, "10:00").code == "patient_inactive"


def test_unknown_ids_are_not_found(world: World) -> None:
    for field in ("patient_id", "doctor_id", "type_id", "location_id", "room_id"):
        with pytest.raises(NotFound):
            world.book("10:00", **{field: "nobody"})


@pytest.mark.parametrize(
    ("field", "limit"), [("reason", 2000), ("notes", 5000), ("overbook_reason", 2000)]
)
def test_texts_have_limits(world: World, field: str, limit: int) -> None:
    assert world.book("10:00", **{field: "x" * limit})
    assert refused(world, "11:00", **{field: "x" * (limit + 1)}).code == "too_long"


def test_a_refused_booking_leaves_nothing(world: World) -> None:
    before = world.store.queries.info().counts
    refused(world, "17:00")
    assert world.store.queries.info().counts == before
    assert world.row(world.book("10:00")).confirmation_code == "APT-2026-0001"


def test_a_copy_keeps_the_words_and_gets_its_own_code(world: World) -> None:
    first = world.book("10:00", reason="Cough", notes="Tall")
    outcome = world.run(CopyAppointment(appointment_id=first, start=at("11:00"), end=at("11:45")))
    row = world.row(str(outcome.value))
    assert (row.reason, row.notes, row.minutes) == ("Cough", "Tall", 45)
    assert row.confirmation_code == "APT-2026-0002"
    assert outcome.undo_label == "Copy Lee, Ana on Tue 11:00"
    assert world.history(row.id)[0].metadata["copy_of"] == first


def test_a_copy_may_be_insisted_on(world: World) -> None:
    first = world.book("15:00", type="strict")
    copy = CopyAppointment(appointment_id=first, start=at("08:00"), end=at("08:30"))
    with pytest.raises(Refusal, match="notice"):
        world.run(copy)
    assert world.run(replace(copy, override_reason="Doctor asked")).warnings
    beside = replace(copy, start=at("15:00"), end=at("15:30"), doctor_id=world.names["berg"])
    with pytest.raises(SlotTaken):
        world.run(beside)
    assert world.run(replace(beside, allow_patient_overlap=True)).value


def test_editing_texts_needs_no_place(world: World) -> None:
    row_id = world.book("10:00")
    outcome = world.run(EditAppointment(appointment_id=row_id, values={"notes": "Bring X-rays"}))
    assert world.row(row_id).notes == "Bring X-rays"
    assert outcome.undo_label == "Edit visit of Lee, Ana"


def test_another_type_brings_its_buffers(world: World) -> None:
    row_id = world.book("10:00")
    values = {"type_id": world.names["needle"], "mode": "video"}
    world.run(EditAppointment(appointment_id=row_id, values=values))
    row = world.row(row_id)
    assert (row.blocked_start, row.blocked_end) == (at("09:55"), at("10:40"))
    assert row.mode is Mode.VIDEO
    world.book("11:00", patient="jon", room_id=world.names["room2"])
    with pytest.raises(SlotTaken):
        world.run(
            EditAppointment(
                appointment_id=world.book("11:00", patient="eve", doctor="berg"),
                values={"room_id": world.names["room2"]},
            )
        )


def test_another_patient_must_be_free(world: World) -> None:
    world.book("10:00", patient="jon")
    row_id = world.book("10:00", doctor="berg")
    with pytest.raises(SlotTaken):
        world.run(EditAppointment(appointment_id=row_id, values={"patient_id": world.names["jon"]}))


def test_editing_what_does_not_exist(world: World) -> None:
    row_id = world.book("10:00")
    with pytest.raises(Refusal, match="no field called lane"):
        world.run(EditAppointment(appointment_id=row_id, values={"lane": 3}))


def test_messages_leave_only_after_the_commit(world: World) -> None:
    for key, value in (("webhook.on", True), ("webhook.url", "https://example.org")):
        world.run(SaveSetting(key=key, value=value, scope="clinic"))
    row_id = world.book("10:00")
    refused(world, "10:00", patient="jon")
    with world.store._reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT topic, subject_id, payload FROM outbox_message WHERE topic GLOB 'webhook.*'"
        ).fetchall()
    assert [(row[0], row[1]) for row in rows] == [("webhook.booked", row_id)]
    assert "Lee" not in rows[0][2]


def test_booking_for_a_patient_added_just_now(world: World) -> None:
    patient = world.run(AddPatient(values={"last_name": "Hern", "mobile": "07700 900123"})).value
    row_id = world.run(
        BookAppointment(
            patient_id=str(patient),
            doctor_id=world.names["wu"],
            type_id=world.names["new"],
            start=at("10:00"),
        )
    ).value
    assert world.row(str(row_id)).minutes == 60
