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
