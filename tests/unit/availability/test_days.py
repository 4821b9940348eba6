"""Bands, load, windows, rooms and lanes for the rest of the program; the order of *rank*."""

from __future__ import annotations

from datetime import date, timedelta

from clinic_desk.domain.availability import (
    bands,
    buffers,
    capacity,
    choose_room,
    day_load,
    find,
    free_lane,
    rank,
    windows,
)
from clinic_desk.domain.availability.model import BandKind, Preferences
from clinic_desk.domain.templates import (
    AvailabilityException,
    Break,
    ExceptionKind,
    Holiday,
    TimeOffRequest,
    TimeOffStatus,
)
from tests.unit.availability.small import FRIDAY, at, busy, request, roster, snapshot, template


def shown(made: object, doctor: str = "wu", day: date = FRIDAY) -> list[tuple[str, str, str, str]]:
    return [
        (b.kind.value, f"{b.start:%H:%M}", f"{b.end:%H:%M}", b.label)
        for b in bands(made, doctor, day)  # type: ignore[arg-type]
    ]


def test_bands_tell_open_time_and_breaks() -> None:
    assert shown(roster()) == [
        ("open", "07:00", "10:30", ""),
        ("break", "10:30", "11:00", "Lunch"),
        ("open", "11:00", "14:00", ""),
    ]
    first = bands(roster(), "wu", FRIDAY)[0]
    assert (first.location_id, first.room_id, first.step) == ("main", "r2", 15)


def test_bands_tell_leave_wishes_blocks_closures_and_the_own_calendar() -> None:
    made = roster(
        templates=(template("wu", "09:00", "16:00"),),
        exceptions=(
            AvailabilityException(
                id="e",
                doctor_id="wu",
                start=at("10:00"),
                end=at("11:00"),
                kind=ExceptionKind.BLOCKED,
                reason="Meeting",
            ),
            AvailabilityException(
                id="f",
                doctor_id="wu",
                start=at("18:00"),
                end=at("19:00"),
                kind=ExceptionKind.AVAILABLE,
                type_id="fup",
            ),
        ),
        time_off=(
            TimeOffRequest(
                id="o",
                doctor_id="wu",
                start=at("14:00"),
                end=at("14:00", FRIDAY + timedelta(days=2)),
                reason="Leave",
                status=TimeOffStatus.APPROVED,
            ),
            TimeOffRequest(id="q", doctor_id="wu", start=at("12:00"), end=at("13:00")),
        ),
    )
    assert shown(made) == [
        ("open", "07:00", "08:00", ""),
        ("blocked", "08:00", "09:00", "Meeting"),
        ("open", "09:00", "12:00", ""),
        ("requested", "10:00", "11:00", ""),
        ("time_off", "12:00", "22:00", "Leave"),
    ]
    outside = busy("wu", "09:00", "09:30", kind="external", label="")
    found = [b for b in bands(made, "wu", FRIDAY, (outside,)) if b.kind is BandKind.EXTERNAL]
    assert [b.label for b in found] == ["Busy"]


def test_a_window_for_one_type_alone_says_so() -> None:
    extra = AvailabilityException(
        id="f",
        doctor_id="wu",
        start=at("18:00"),
        end=at("19:00"),
        kind=ExceptionKind.AVAILABLE,
        type_id="fup",
    )
    assert ("open", "16:00", "17:00", "Follow-up only") in shown(roster(exceptions=(extra,)))
    assert len(windows(roster(exceptions=(extra,)), "wu", FRIDAY)) == 2
    (last,) = windows(roster(exceptions=(extra,)), "wu", FRIDAY, "fup")[2:]
    assert (last.exception_id, last.template_id, last.step) == ("f", None, 30)


def test_a_closed_day_has_its_closure_and_nothing_open() -> None:
    made = roster(holidays=(Holiday(id="h", day=FRIDAY, name="Holiday"),))
    assert shown(made) == [("holiday", "22:00", "22:00", "Holiday")]


def test_load_counts_half_hours_inside_the_windows() -> None:
    rows = [
        busy("wu", "10:00", "11:00"),
        busy("wu", "15:30", "17:00"),
        busy("wu", "09:00", "09:30", hold_until=9**10),
        busy("iyer", "10:00", "11:00"),
        busy("wu", "11:00", "12:00", kind="external"),
    ]
    load = day_load(roster(), "wu", FRIDAY, rows)
    assert (load.booked, load.capacity, load.free) == (3, 13, 10)
    double = roster(templates=(template("wu", "09:00", "12:00", max_parallel=2),))
    assert day_load(double, "wu", FRIDAY, ()).capacity == 12


def test_the_larger_buffer_of_type_and_template_counts_at_its_own_location() -> None:
    made = roster(templates=(template("wu", "09:00", "16:00", buffer_after=10, max_parallel=3),))
    assert buffers(made, "fup", "wu", "main", at("10:00")) == (0, 10)
    assert buffers(made, "fup", "wu", "north", at("10:00")) == (0, 0)
    assert buffers(made, "fup", "wu", "main", at("16:00")) == (0, 0)
    assert capacity(made, "wu", at("10:00"), at("10:30")) == 3
    assert capacity(made, "wu", at("17:00"), at("17:30")) == 1


def test_rooms_are_chosen_by_template_then_type_then_the_order_of_the_location() -> None:
    assert choose_room(snapshot(), "wu", "fup", "main", at("10:00"), at("10:30")) == "r2"
    taken = busy("iyer", "10:00", "10:30", room_id="r2")
    shot = snapshot(taken)
    assert choose_room(shot, "wu", "fup", "main", at("10:00"), at("10:30")) == "r3"
    ignored = frozenset({taken.id})
    assert choose_room(shot, "wu", "fup", "main", at("10:00"), at("10:30"), ignored) == "r2"
    both = snapshot(taken, busy("iyer", "10:00", "10:30", id="x", room_id="r3"))
    assert choose_room(both, "wu", "fup", "main", at("10:00"), at("10:30")) is None
    assert choose_room(shot, "wu", "fup", "north", at("10:00"), at("10:30")) is None


def test_the_lowest_free_lane() -> None:
    rows = [busy("wu", "10:00", "10:30"), busy("wu", "10:30", "11:00", lane=1)]
    assert free_lane(rows, "wu", at("10:00"), at("10:30"), 2) == 1
    assert free_lane(rows, "wu", at("10:15"), at("10:45"), 2) is None
    assert free_lane(snapshot(*rows), "wu", at("10:30"), at("11:00"), 2) == 0
    assert free_lane(rows, "iyer", at("10:15"), at("10:45"), 1) == 0
    assert free_lane(rows, "wu", at("10:15"), at("10:45"), 2, frozenset({"wu-10:00"})) == 0


def test_a_break_shows_nobody_elses_window_and_a_cut_begins_a_window_of_its_own() -> None:
    made = roster(
        templates=(
            template("wu", "09:00", "12:00", priority=1, breaks=(Break(600, 610),)),
            template("wu", "08:00", "13:00", id="low", location_id="north"),
        )
    )
    found = [
        (f"{w.start:%H:%M}", f"{w.end:%H:%M}", w.location_id) for w in windows(made, "wu", FRIDAY)
    ]
    assert found == [
        ("06:00", "07:00", "north"),
        ("07:00", "08:00", "main"),
        ("08:10", "10:00", "main"),
        ("10:00", "11:00", "north"),
    ]
    shot = snapshot(templates=made.templates)
    at_main = [s.start for s in find(shot, request(location_id="main"))]
    assert at("10:10") in at_main
    assert at("10:15") not in at_main


def test_rank_prefers_the_usual_doctor_then_neat_places() -> None:
    shot = snapshot(
        busy("wu", "09:00", "09:15"), busy("wu", "10:45", "11:15"), busy("wu", "11:45", "12:30")
    )
    slots = find(shot, request())
    ranked = rank(slots, shot, Preferences(usual_doctor_id="wu"), "fup")
    assert sorted(slots, key=id) == sorted((r.slot for r in ranked), key=id)
    best = ranked[0]
    assert (best.slot.doctor_id, best.slot.start) == ("wu", at("11:15"))
    assert best.why == "usual doctor · leaves no gap"
    words = {(r.slot.doctor_id, r.slot.start): r.why for r in ranked}
    assert words[("wu", at("09:15"))] == "usual doctor · flush after 09:15"
    assert words[("wu", at("10:15"))] == "usual doctor · flush before 10:45"
    assert words[("wu", at("13:00"))] == "usual doctor · right after the break"
    assert words[("wu", at("15:30"))] == "usual doctor · last of the day"
    assert words[("iyer", at("09:00"))] == "soonest · first of the day · other doctor"
    assert rank([], shot, Preferences()) == []


def test_rank_follows_the_habit_of_the_patient() -> None:
    shot = snapshot()
    slots = [s for s in find(shot, request()) if s.doctor_id == "iyer"]
    habit = Preferences(usual_weekday=4, usual_minute=14 * 60)
    best = rank(slots, shot, habit, "fup")[0]
    assert best.slot.start == at("14:00")
    assert best.why == "usual weekday · usual time"


def test_only_one_slot_is_called_the_soonest() -> None:
    shot = snapshot()
    slots = find(shot, request())
    first = min(slot.start for slot in slots)
    assert len([slot for slot in slots if slot.start == first]) > 1
    ranked = rank(slots, shot, Preferences(usual_doctor_id="iyer"), "fup")
    called = [r.slot for r in ranked if "soonest" in r.why]
    assert [(slot.start, slot.doctor_id) for slot in called] == [(first, "iyer")]
    later = rank(slots, shot, Preferences(), "fup", soonest=first - timedelta(days=1))
    assert not [r for r in later if "soonest" in r.why]
