"""Rules that random clinics touch too rarely, each by itself."""

from __future__ import annotations

from datetime import timedelta

from clinic_desk.domain.availability import find
from clinic_desk.domain.availability.model import Slot
from clinic_desk.domain.templates import AvailabilityException, ExceptionKind
from tests.unit.availability.small import (
    FRIDAY,
    NOW,
    at,
    busy,
    request,
    roster,
    snapshot,
    template,
)


def of(slots: list[Slot], doctor: str = "wu") -> list[Slot]:
    return [s for s in slots if s.doctor_id == doctor]


def test_a_start_is_past_as_soon_as_its_minute_has_begun() -> None:
    for late in (timedelta(seconds=17), timedelta(milliseconds=500)):
        slots = find(snapshot(), request(now=at("10:00") + late))
        assert of(slots)[0].start == at("10:15")
    assert of(find(snapshot(), request(now=at("10:00"))))[0].start == at("10:00")


def test_a_block_cuts_only_the_location_or_type_that_it_names() -> None:
    templates = (
        template("wu", "09:00", "12:00"),
        template("wu", "13:00", "16:00", location_id="north"),
    )

    def offered(**named: str) -> set[str]:
        block = AvailabilityException(
            id="e",
            doctor_id="wu",
            start=at("08:00"),
            end=at("18:00"),
            kind=ExceptionKind.BLOCKED,
            **named,  # type: ignore[arg-type]
        )
        made = snapshot(templates=templates, exceptions=(block,))
        return {s.location_id for s in find(made, request())}

    assert offered() == set()
    assert offered(location_id="north") == {"main"}
    assert offered(location_id="main") == {"north"}
    assert offered(type_id="acu") == {"main", "north"}
    assert offered(type_id="fup") == set()


def test_a_hold_is_in_the_way_of_every_desk_but_its_own() -> None:
    until = int(NOW.timestamp()) + 60
    named = snapshot(busy("wu", "10:00", "10:30", holder_desk="one", hold_until=until))
    nameless = snapshot(busy("wu", "10:00", "10:30", holder_desk="", hold_until=until))
    assert at("10:00") in [s.start for s in of(find(named, request(own_desk="one")))]
    assert at("10:00") not in [s.start for s in of(find(named, request(own_desk="two")))]
    assert at("10:00") not in [s.start for s in of(find(nameless, request(own_desk="")))]


def test_an_available_exception_steps_by_the_length_of_the_type() -> None:
    extra = AvailabilityException(
        id="e",
        doctor_id="wu",
        start=at("17:05"),
        end=at("18:40"),
        kind=ExceptionKind.AVAILABLE,
    )
    late = [
        s.start for s in of(find(snapshot(exceptions=(extra,)), request())) if s.start > at("16:00")
    ]
    assert late == [at("17:05"), at("17:35"), at("18:05")]


def test_several_doctors_at_once_need_rooms_for_all_of_them() -> None:
    asked = request(doctor_ids=("iyer", "wu"), together=True, earliest=600, latest=660)
    slots = find(snapshot(busy("wu", "10:15", "10:30")), asked)
    assert [(s.start, s.doctor_id, s.room_id) for s in slots] == [
        (at("10:30"), "iyer", "r3"),
        (at("10:30"), "wu", "r2"),
        (at("10:45"), "iyer", "r3"),
        (at("10:45"), "wu", "r2"),
    ]
    one_room = {"r2": roster().rooms["r2"]}
    assert find(snapshot(rooms=one_room), asked) == []


def test_days_outside_the_snapshot_are_not_offered() -> None:
    asked = request(first=FRIDAY - timedelta(days=7), last=FRIDAY + timedelta(days=70))
    days = {s.start.date() for s in find(snapshot(), asked)}
    assert days == {FRIDAY, FRIDAY + timedelta(days=7)}


def test_a_second_visit_of_the_same_doctor_needs_a_second_room() -> None:
    templates = (template("wu", "09:00", "12:00", room_id="r2", max_parallel=2),)
    first = busy("wu", "10:00", "10:30", room_id="r2")
    (slot,) = [
        s for s in find(snapshot(first, templates=templates), request()) if s.start == at("10:00")
    ]
    assert (slot.room_id, slot.capacity_left) == ("r3", 1)
    rooms = {"r2": roster().rooms["r2"]}
    slots = find(snapshot(first, templates=templates, rooms=rooms), request())
    assert at("10:00") not in [s.start for s in slots]


def test_neighbours_within_one_step_are_not_there_at_once() -> None:
    """10:02 and 10:03 lie in the same quarter of an hour, yet nobody meets anybody."""
    templates = (template("wu", "09:00", "12:00", max_parallel=2),)
    rows = (
        busy("wu", "09:00", "09:30"),
        busy("wu", "09:10", "10:02", lane=1),
        busy("wu", "10:03", "10:40"),
    )
    slots = find(snapshot(*rows, templates=templates, rooms={}), request())
    left = {s.start: s.capacity_left for s in slots}
    assert left[at("09:45")] == 1
    assert at("09:00") not in left


def test_rows_may_begin_on_any_second() -> None:
    row = busy("wu", "10:00", "10:30")
    row = row._replace(blocked_start=row.blocked_start + 1, blocked_end=row.blocked_end + 1)
    found = [s.start for s in of(find(snapshot(row), request()))]
    assert at("09:30") in found
    assert at("10:30") not in found


def test_a_buffer_may_reach_into_a_block_of_another_location() -> None:
    templates = (template("wu", "09:00", "12:00", buffer_after=10),)
    for place, offered in (("north", True), ("main", False)):
        block = AvailabilityException(
            id="e",
            doctor_id="wu",
            start=at("12:00"),
            end=at("13:00"),
            kind=ExceptionKind.BLOCKED,
            location_id=place,
        )
        slots = find(snapshot(templates=templates, exceptions=(block,)), request())
        assert (at("11:30") in [s.start for s in slots]) is offered


def test_rows_may_begin_and_end_between_two_steps() -> None:
    rows = (busy("wu", "10:10", "10:40"), busy("wu", "15:00", "15:30"))
    found = [s.start for s in of(find(snapshot(*rows), request()))]
    assert at("09:30") in found
    assert at("09:45") not in found
    assert at("10:30") not in found
    assert at("10:45") in found


def test_a_wanted_room_must_be_where_the_doctor_is() -> None:
    templates = (template("wu", "09:00", "12:00", location_id="north"),)
    assert find(snapshot(templates=templates), request(room_id="r2")) == []
    assert of(find(snapshot(), request(room_id="r3")))[0].room_id == "r3"
