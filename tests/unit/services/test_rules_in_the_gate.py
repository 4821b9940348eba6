"""The rules of the roster at the gate: every booking and move is judged in the transaction that
writes it, refused in words with a way out, and let past by the override that is meant for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.catalogue import Location, TravelTime
from clinic_desk.domain.errors import Refusal, SlotTaken
from clinic_desk.domain.templates import Reserved
from clinic_desk.services.commands import (
    CancelAppointment,
    EditAppointment,
    HoldSlot,
    ReleaseHold,
    SaveRecords,
)
from clinic_desk.store.unit_of_work import SqlUnitOfWork
from tests.fakes.world import TODAY, World, at


def change(world: World, kind: str, name: str, **fields: Any) -> None:
    """Saves a roster row anew with these values."""
    rows = getattr(world.store.queries.roster(), kind)
    world.run(SaveRecords(records=(replace(rows[world.names[name]], **fields),)))


def keep_noon_for_new(world: World) -> None:
    roster = world.store.queries.roster()
    kept = (Reserved(660, 720, (world.names["new"],)),)
    week = [replace(t, reserved=kept) for t in roster.templates]
    world.run(SaveRecords(records=tuple(week)))


def refused(work: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as told:
        work()
    return told.value


def actions(refusal: Refusal) -> list[str]:
    return [way.action for way in refusal.ways_out]


def way_to_branch(world: World, minutes: int = 45) -> None:
    practice = world.store.queries.roster().practice
    world.run(SaveRecords(records=(replace(practice, travel_minutes=minutes),)))


def test_reserved_time_refuses_other_types_unless_booked_outside_hours(world: World) -> None:
    keep_noon_for_new(world)
    refusal = refused(lambda: world.book("11:00"))
    assert (refusal.code, refusal.field) == ("reserved", "start")
    assert refusal.sentence == "11:00–12:00 is kept for New patient."
    assert "outside_hours" in actions(refusal)
    assert world.row(world.book("11:00", type="new")).status is Status.SCHEDULED
    assert world.row(world.book("11:00", doctor="berg", patient="jon", outside_hours=True))
    assert world.proven()


def test_reserved_time_is_held_for_its_own_types_and_for_who_has_not_said_for_what(
    world: World,
) -> None:
    """Else somebody reads a time out to the caller, and only Book says that it is not theirs."""
    keep_noon_for_new(world)

    def held(type_id: str | None) -> str:
        return str(
            world.run(
                HoldSlot(
                    doctor_id=world.names["wu"], type_id=type_id, start=at("11:00"), end=at("11:30")
                )
            ).value
        )

    refusal = refused(lambda: held(world.names["follow-up"]))
    assert refusal.code == "reserved"
    assert refusal.sentence == "11:00–12:00 is kept for New patient."
    assert {"place_at", "outside_hours"} <= set(actions(refusal))
    for type_id in (world.names["new"], None):
        hold_id = held(type_id)
        assert world.row(hold_id).status is Status.HELD
        world.run(ReleaseHold(hold_id=hold_id))
    assert world.proven()


def test_the_way_from_another_site_is_kept_at_the_gate(world: World) -> None:
    way_to_branch(world)
    world.book("10:00", location_id=world.names["branch"], outside_hours=True, room_id=None)
    refusal = refused(lambda: world.book("11:00", patient="jon"))
    assert isinstance(refusal, SlotTaken)
    assert refusal.sentence == "Dr Wu is at Elm Park until 10:30 and needs 45 min to get here."
    assert {"place_at", "overbook"} <= set(actions(refusal))
    assert world.row(world.book("11:15", patient="jon"))
    assert world.row(world.book("08:45", patient="eve"))
    row = world.row(world.book("09:30", patient="tom", overbook_reason="Drives fast"))
    assert row.overbook_reason == "Drives fast"
    assert world.proven()


def test_no_travel_minutes_and_no_limit_read_no_rows_around(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    read = SqlUnitOfWork.busy

    def busy(work: SqlUnitOfWork, *span: Any, **whom: Any) -> Any:
        asked.append(span)
        return read(work, *span, **whom)

    monkeypatch.setattr(SqlUnitOfWork, "busy", busy)
    world.book("10:00")
    assert len(asked) == 1
    way_to_branch(world)
    asked.clear()
    world.book("14:00", patient="jon")
    assert asked[1:] == [(at("13:15"), at("15:15"))]
    change(world, "doctors", "wu", max_per_day=9)
    asked.clear()
    world.book("15:00", patient="eve")
    assert asked[1:] == [(at("00:00"), at("00:00") + timedelta(days=1))]


def test_two_desks_cannot_slip_past_the_way_between_two_sites(world: World) -> None:
    """Both look at a free diary; the second to write is judged with what the first has written."""
    way_to_branch(world)
    desks = [world.desk, world.other_desk()]
    start, told = Barrier(2), list[str]()

    def book(number: int) -> None:
        place = {"location_id": world.names["branch"], "outside_hours": True, "room_id": None}
        mine = World(world.store, world.clock, world.ids, world.names)
        mine.desk = desks[number]
        start.wait(120)
        try:
            mine.book(
                ("10:00", "10:45")[number],
                patient=("ana", "jon")[number],
                **(place if number == 0 else {}),
            )
            told.append("booked")
        except SlotTaken as error:
            told.append(error.sentence.split(" and needs ")[1])

    both = [Thread(target=book, args=(n,)) for n in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert told.count("booked") == 1
    (words,) = [t for t in told if t != "booked"]
    assert words.startswith("45 min to get")
    assert world.proven()


def test_the_doctors_visits_per_day_refuse_bookings_and_moves(world: World) -> None:
    change(world, "doctors", "wu", max_per_day=2)
    first = world.book("09:00")
    world.book("10:00", patient="jon")
    refusal = refused(lambda: world.book("14:00", patient="eve"))
    assert refusal.code == "day_limit"
    assert refusal.sentence == "Dr Wu sees 2 patients a day at most, and Tue 24 Nov has 2."
    assert actions(refusal) == ["place_at", "other_doctor", "override"]
    tomorrow = TODAY + timedelta(days=1)
    later = world.book("09:00", patient="eve", day=tomorrow)
    assert refused(lambda: world.move(later, "14:00")).code == "day_limit"
    assert world.move(first, "15:00").sentence.startswith("Moved")
    walked = refused(lambda: world.book("16:00", patient="tom", walk_in=True))
    assert walked.code == "day_limit"
    reason = {"override_reason": "Dr Wu agreed"}
    made = world.outcome("14:00", patient="tom", **reason)
    assert made.warnings == ("Dr Wu sees 2 patients a day at most, and Tue 24 Nov has 2.",)
    assert world.move(later, "16:00", **reason).sentence.startswith("Moved")
    # four on a day of two: a visit that stays there may still be moved
    assert world.move(first, "08:00").sentence.startswith("Moved")
    assert world.proven()


def test_a_types_visits_per_day_hold_for_each_doctor_and_for_a_change_of_type(
    world: World,
) -> None:
    change(world, "types", "new", max_per_day=1)
    world.book("09:00", type="new")
    refusal = refused(lambda: world.book("10:00", patient="jon", type="new"))
    assert refusal.sentence == "Dr Wu has 1 of 1 New patient visits on Tue 24 Nov."
    assert world.book("09:00", patient="jon", type="new", doctor="berg")
    other = world.book("11:00", patient="eve")
    edit = EditAppointment(appointment_id=other, values={"type_id": world.names["new"]})
    assert refused(lambda: world.run(edit)).code == "day_limit"
    world.run(replace(edit, override_reason="Asked by Dr Wu"))
    assert world.row(other).type_id == world.names["new"]


def test_a_cancelled_visit_makes_place_on_the_day(world: World) -> None:
    change(world, "doctors", "wu", max_per_day=1)
    first = world.book("09:00")
    assert refused(lambda: world.book("10:00", patient="jon")).code == "day_limit"
    row = world.row(first)
    world.run(
        CancelAppointment(
            appointment_id=first, expected_revision=row.revision, reason="Patient is ill"
        )
    )
    assert world.book("10:00", patient="jon")


def test_the_local_day_of_the_site_is_counted(world: World) -> None:
    """23:30 in London is the next day at Elm Park in Istanbul."""
    change(world, "doctors", "wu", max_per_day=1)
    elm = {"location_id": world.names["branch"], "outside_hours": True, "room_id": None}
    world.book("20:30", **elm)
    assert refused(lambda: world.book("20:00", patient="jon", **elm)).code == "day_limit"
    assert world.book("21:30", patient="jon", **elm)


def test_a_booking_takes_length_price_mode_and_acceptance_of_the_doctors_version(
    world: World,
) -> None:
    kind = world.store.queries.roster().types[world.names["follow-up"]]
    own = replace(
        kind,
        id=world.ids(),
        revision=0,
        doctor_id=world.names["wu"],
        duration=45,
        buffer_after=10,
        price_minor=9900,
        needs_acceptance=True,
    )
    world.run(SaveRecords(records=(own,)))
    row = world.row(world.book("10:00"))
    assert (row.minutes, row.price_minor, row.status) == (45, 9900, Status.PENDING)
    assert row.type_id == kind.id
    assert row.blocked_end == at("10:55")
    asked = world.row(world.book("11:00", patient="jon", type_id=own.id))
    assert asked.type_id == kind.id
    plain = world.row(world.book("10:00", patient="eve", doctor="berg"))
    assert (plain.minutes, plain.price_minor, plain.status) == (30, 4500, Status.SCHEDULED)
    world.run(
        SaveRecords(records=(replace(world.store.queries.roster().types[own.id], active=False),))
    )
    refusal = refused(lambda: world.book("14:00", patient="tom"))
    assert (refusal.code, refusal.field) == ("not_offered", "type_id")
    assert refusal.sentence == "Dr Wu does not offer Follow-up."


def test_a_type_goes_to_its_own_rooms_and_a_visit_may_stay_where_it_is(world: World) -> None:
    first = world.row(world.book("09:00"))
    assert first.room_id == world.names["room1"]
    change(world, "types", "follow-up", allowed_room_ids=(world.names["room2"],))
    assert world.row(world.book("10:00", patient="jon")).room_id == world.names["room2"]
    refusal = refused(lambda: world.book("11:00", patient="eve", room_id=world.names["room1"]))
    assert (refusal.code, refusal.field) == ("room", "room_id")
    assert refusal.sentence == "Follow-up does not take place in Room 1."
    assert "use_room" in actions(refusal)
    world.run(EditAppointment(appointment_id=first.id, values={"patient_id": world.names["tom"]}))
    assert world.row(first.id).room_id == world.names["room1"]
    world.move(first.id, "09:30")
    assert world.row(first.id).room_id == world.names["room2"]


def test_changing_the_type_changes_the_room_where_it_must(world: World) -> None:
    change(world, "types", "needle", allowed_room_ids=(world.names["room2"],))
    row_id = world.book("09:00")
    values = {"type_id": world.names["needle"]}
    world.run(EditAppointment(appointment_id=row_id, values=values))
    assert world.row(row_id).room_id == world.names["room2"]


def test_where_patients_may_be_in_two_places_a_booking_only_warns(world: World) -> None:
    practice = world.store.queries.roster().practice
    world.book("10:00")
    refusal = refused(lambda: world.book("10:00", doctor="berg"))
    assert refusal.sentence == "A. Lee already has Dr Wu 10:00 that day."
    world.run(SaveRecords(records=(replace(practice, one_visit_at_a_time=False),)))
    assert world.outcome("10:00", doctor="berg").warnings == (refusal.sentence,)


def test_a_third_site_with_a_longer_way_widens_what_the_gate_reads(world: World) -> None:
    far = Location(id=world.ids(), name="Harbour", zone="Europe/London")
    way = TravelTime(
        id=world.ids(),
        location_id=far.id,
        other_location_id=world.names["main"],
        minutes=120,
    )
    world.run(SaveRecords(records=(far, way)))
    world.book("08:00", location_id=far.id, outside_hours=True, room_id=None)
    refusal = refused(lambda: world.book("10:15", patient="jon"))
    assert refusal.sentence == "Dr Wu is at Harbour until 08:30 and needs 120 min to get here."
    assert world.book("10:30", patient="jon")


def test_the_calendar_knows_how_often_a_visit_was_moved(world: World) -> None:
    row_id = world.book("09:00")
    for clock in ("10:00", "11:00"):
        world.move(row_id, clock)
    (cell,) = [c for c in world.store.queries.calendar(TODAY, TODAY).cells if c.id == row_id]
    assert cell.moved == 2


def test_the_clinics_own_wish_moves_what_patients_may_not(world: World) -> None:
    change(world, "types", "follow-up", patient_may_reschedule=False)
    row_id = world.book("09:00")
    refusal = refused(lambda: world.move(row_id, "10:00"))
    assert refusal.code == "may_not_move"
    assert {"asked_by", "override"} <= set(actions(refusal))
    assert "place_at" not in actions(refusal), "every other time meets the same rule"
    assert world.move(row_id, "10:00", asked_by="clinic").sentence.startswith("Moved")
    assert world.row(row_id).reschedule_count == 0
