"""Every rule of the roster by itself: what is offered, and the sentence that says why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from clinic_desk.domain.availability import (
    bands,
    choosable_types,
    choose_room,
    day_load,
    explain,
    find,
    rank,
    windows,
)
from clinic_desk.domain.availability.model import (
    BandKind,
    Explanation,
    MovingVisit,
    Preferences,
    Reason,
    Roster,
    Slot,
    Snapshot,
    Verdict,
)
from clinic_desk.domain.catalogue import AppointmentType, Mode, Room, TravelTime
from clinic_desk.domain.spans import at_local
from clinic_desk.domain.templates import Holiday, Reserved
from tests.unit.availability.small import (
    FRIDAY,
    ZONE,
    at,
    busy,
    minute,
    request,
    roster,
    snapshot,
    template,
)

NEW = AppointmentType(id="new", slug="new", name="New patient", code="NEW", duration=60)


def types(**fields: Any) -> dict[str, AppointmentType]:
    """The small clinic's types and *New patient*; ``fup`` with these values."""
    known = dict(roster().types)
    return {**known, "fup": replace(known["fup"], **fields), "new": NEW}


def told(shot: Snapshot, clock: str, doctor: str = "wu", **asked: Any) -> Explanation:
    room = asked.pop("room", None)
    return explain(shot, request(**asked), doctor, at(clock), room_id=room)


def reason(explanation: Explanation, code: str) -> Reason:
    found = [r for r in explanation.reasons if r.code == code]
    assert len(found) == 1, explanation
    return found[0]


def labels(one: Reason) -> list[str]:
    return [way.label for way in one.ways_out]


def starts(shot: Snapshot, doctor: str = "wu", **asked: Any) -> list[datetime]:
    return [s.start for s in find(shot, request(doctor_ids=(doctor,), **asked))]


# -- reserved ----------------------------------------------------------------------------------


def reserving(*parts: Reserved, **fields: Any) -> Snapshot:
    kept = parts or (Reserved(minute("12:00"), minute("13:00"), ("new",)),)
    made = template("wu", "09:00", "16:00", reserved=kept, **fields)
    return snapshot(templates=(made,), types=types(), rooms={})


def test_reserved_time_is_closed_for_other_types_and_says_for_whom_it_is_kept() -> None:
    shot = reserving()
    found = starts(shot)
    assert at("11:30") in found
    assert not [s for s in found if at("11:30") < s < at("13:00")]
    assert at("13:00") in found
    for clock in ("11:45", "12:00", "12:30"):
        one = reason(told(shot, clock), "reserved")
        assert one.verdict is Verdict.REFUSE
        assert one.sentence == "12:00–13:00 is kept for New patient."
        assert labels(one) == ["Next free 13:00", "Book outside hours"]
        assert not [r for r in told(shot, clock).reasons if r.code == "hours"]


def test_reserved_time_is_whole_for_its_own_type_whose_visits_may_cross_its_edge() -> None:
    found = starts(reserving(), type_id="new")
    assert {at("11:15"), at("12:00"), at("12:45")} <= set(found)


def test_two_types_may_share_what_is_kept_for_them() -> None:
    shot = reserving(Reserved(720, 780, ("new", "acu"), "Mornings"))
    assert (
        told(shot, "12:00").worst.sentence == "12:00–13:00 is kept for New patient and Acupuncture."
    )  # type: ignore[union-attr]


def test_without_a_type_nothing_is_kept_for_the_visit() -> None:
    shot = reserving()
    open_hours = [(w.start, w.end) for w in windows(shot.roster, "wu", FRIDAY)]
    assert open_hours == [(at("09:00"), at("12:00")), (at("13:00"), at("16:00"))]
    whole = [(w.start, w.end) for w in windows(shot.roster, "wu", FRIDAY, "new")]
    assert whole == [(at("09:00"), at("16:00"))]


def test_the_calendar_draws_reserved_time_over_open_time_and_its_load_counts_it() -> None:
    shot = reserving()
    drawn = [(b.kind, b.start, b.end, b.label) for b in bands(shot.roster, "wu", FRIDAY)]
    assert drawn == [
        (BandKind.OPEN, at("09:00"), at("16:00"), ""),
        (BandKind.RESERVED, at("12:00"), at("13:00"), "New patient only"),
    ]
    assert day_load(shot.roster, "wu", FRIDAY, ()).capacity == 14
    named = reserving(Reserved(720, 780, ("new",), "Newcomers"))
    assert [b.label for b in bands(named.roster, "wu", FRIDAY)] == ["", "Newcomers"]


def test_a_reserved_part_follows_the_wall_clock_over_a_clock_change() -> None:
    sunday = date(2026, 10, 25)
    made = template("wu", "01:00", "06:00", weekday=6, reserved=(Reserved(180, 240, ("new",)),))
    shot = Snapshot(roster(templates=(made,), types=types(), rooms={}), (), (), sunday, sunday)
    asked = request(first=sunday, last=sunday)
    found = [s.start for s in find(shot, asked)]
    assert at_local(sunday, 180, ZONE) not in found
    assert at_local(sunday, 240, ZONE) in found
    # 02:00 occurs twice: two hours of starts before what is kept
    assert len([s for s in found if s < at_local(sunday, 180, ZONE)]) == 11


# -- every n weeks ------------------------------------------------------------------------------


def days_worked(first: date, last: date, **fields: Any) -> list[date]:
    made = template("wu", "09:00", "10:00", **fields)
    shot = Snapshot(roster(templates=(made,), rooms={}), (), (), first, last)
    asked = request(first=first, last=last, policy=False)
    return sorted({s.start.date() for s in find(shot, asked)})


def test_every_second_week_counts_monday_weeks_from_the_anchor_either_way() -> None:
    # the anchor is a Sunday: it belongs to the week of the Monday before
    anchor = FRIDAY + timedelta(days=2)
    found = days_worked(
        FRIDAY - timedelta(days=3), FRIDAY + timedelta(days=35), every_weeks=2, anchor=anchor
    )
    assert found == [FRIDAY, FRIDAY + timedelta(days=14), FRIDAY + timedelta(days=28)]
    early = days_worked(
        FRIDAY, FRIDAY + timedelta(days=30), every_weeks=2, anchor=FRIDAY + timedelta(days=371)
    )
    assert early == [FRIDAY + timedelta(days=7), FRIDAY + timedelta(days=21)]


def test_every_third_week_runs_on_through_the_turn_of_a_year_with_53_weeks() -> None:
    anchor = date(2026, 12, 18)
    found = days_worked(date(2026, 12, 1), date(2027, 2, 28), every_weeks=3, anchor=anchor)
    assert found == [anchor + timedelta(days=n) for n in (0, 21, 42, 63)]


def test_a_week_off_says_how_often_the_doctor_works() -> None:
    made = template("wu", "09:00", "16:00", every_weeks=2, anchor=FRIDAY + timedelta(days=7))
    one = reason(told(snapshot(templates=(made,), rooms={}), "10:00"), "hours")
    assert one.sentence == "Dr Wu works every 2 weeks on Fridays, not on Fri 8 May."
    assert labels(one)[0] == "Next free Fri 15 May 09:00"


# -- a doctor's own version of a type -------------------------------------------------------------


def own(doctor: str, **fields: Any) -> AppointmentType:
    return replace(types()["fup"], id=f"fup-{doctor}", doctor_id=doctor, **fields)


def test_each_doctor_gives_a_type_their_own_length_and_buffers() -> None:
    shot = snapshot(
        types=types() | {"fup-iyer": own("iyer", duration=45, buffer_after=10)}, rooms={}
    )
    found = find(shot, request(earliest=600, latest=601))
    assert [(s.doctor_id, s.end) for s in found] == [("iyer", at("10:45")), ("wu", at("10:30"))]
    together = find(
        shot, request(doctor_ids=("wu", "iyer"), together=True, earliest=600, latest=601)
    )
    assert [(s.doctor_id, s.end) for s in together] == [("iyer", at("10:45")), ("wu", at("10:30"))]
    taken = snapshot(
        busy("iyer", "10:50", "11:20"),
        types=types() | {"fup-iyer": own("iyer", duration=45, buffer_after=10)},
        rooms={},
    )
    assert at("10:00") not in starts(taken, "iyer")
    assert told(taken, "10:00", "iyer").worst.code == "buffer"  # type: ignore[union-attr]
    ranked = rank(found, shot, Preferences(usual_doctor_id="iyer"), "fup")
    assert [r.slot.doctor_id for r in ranked] == ["iyer", "wu"]


def test_a_slot_is_ranked_with_the_buffers_it_has_with_its_doctor() -> None:
    row = busy("iyer", "09:00", "09:30")
    shot = snapshot(row, types=types() | {"fup-iyer": own("iyer", buffer_before=15)}, rooms={})
    slots = find(shot, request(doctor_ids=("iyer",), earliest=585, latest=586))
    (ranked,) = rank(slots, shot, Preferences(), "fup")
    assert "flush after 09:30" in ranked.why


def test_other_doctor_takes_the_visit_at_the_length_it_has_with_them() -> None:
    shot = snapshot(
        busy("wu", "10:00", "10:30"), types=types() | {"fup-iyer": own("iyer", duration=45)}
    )
    (way,) = [
        w for w in reason(told(shot, "10:00"), "doctor_busy").ways_out if w.action == "other_doctor"
    ]
    assert (way.data["doctor_id"], way.data["end"]) == ("iyer", at("10:45"))


def test_a_doctor_whose_version_is_switched_off_does_not_offer_the_type() -> None:
    shot = snapshot(types=types() | {"fup-wu": own("wu", active=False)})
    assert starts(shot) == []
    assert starts(shot, "iyer")
    one = reason(told(shot, "10:00"), "not_offered")
    assert one.sentence == "Dr Wu does not offer Follow-up."
    assert labels(one) == ["Other doctor: Dr Iyer"]


def test_notice_horizon_and_sites_are_those_of_the_doctors_version() -> None:
    version = own("wu", min_notice=5 * 1440, max_future_days=3, allowed_location_ids=("north",))
    shot = snapshot(types=types() | {"fup-wu": version})
    answer = told(shot, "10:00")
    assert {r.code for r in answer.reasons if not r.passed} == {"notice", "horizon", "location"}
    assert reason(answer, "location").sentence == "Follow-up is not offered at Main."
    assert told(shot, "10:00", "iyer").verdict is Verdict.OK


def test_a_doctors_version_is_no_type_of_its_own() -> None:
    made = roster(types=types() | {"fup-wu": own("wu", duration=45, active=False)})
    assert [t.id for t in choosable_types(made)] == ["acu", "fup", "new"]
    assert [t.id for t in choosable_types(made, "wu")] == ["new"]
    assert [t.id for t in choosable_types(made, "iyer")] == ["acu", "fup", "new"]


def test_asked_for_by_its_own_id_a_version_stands_for_the_clinics_type() -> None:
    shot = snapshot(types=types() | {"fup-wu": own("wu", duration=45)})
    assert find(shot, request(type_id="fup-wu")) == find(shot, request(type_id="fup"))


# -- rooms --------------------------------------------------------------------------------------


def test_a_type_takes_place_in_its_own_rooms_only() -> None:
    shot = snapshot(types=types(allowed_room_ids=("r3",)))
    assert {s.room_id for s in find(shot, request())} == {"r3"}
    one = reason(told(shot, "10:00", room="r2"), "room")
    assert one.sentence == "Follow-up does not take place in Room 2."
    assert one.detail == "It takes place in Room 3 (Main)."
    assert labels(one)[0] == "Use Room 3"
    taken = snapshot(
        busy("iyer", "10:00", "10:30", room_id="r3"), types=types(allowed_room_ids=("r3",))
    )
    assert at("10:00") not in starts(taken)
    assert told(taken, "10:00").worst.sentence == "Room 3 is used by Dr Iyer until 10:30."  # type: ignore[union-attr]


def test_a_site_without_any_of_the_types_rooms_says_where_they_are() -> None:
    shot = snapshot(
        types=types(allowed_room_ids=("r2", "r3")),
        templates=(template("wu", "09:00", "16:00", location_id="north"),),
    )
    assert starts(shot) == []
    one = reason(told(shot, "10:00"), "room")
    assert one.sentence == "Follow-up takes place in Room 2 (Main) or Room 3 (Main), not at North."


def test_rooms_for_several_doctors_at_once_are_those_of_each_doctors_version() -> None:
    shot = snapshot(
        types=types() | {"fup-iyer": own("iyer", allowed_room_ids=("r3",))},
        templates=(template("wu", "09:00", "16:00"), template("iyer", "09:00", "16:00")),
    )
    asked = request(doctor_ids=("iyer", "wu"), together=True, earliest=600, latest=601)
    assert [(s.doctor_id, s.room_id) for s in find(shot, asked)] == [("iyer", "r3"), ("wu", "r2")]


def test_a_colleague_without_the_types_rooms_is_no_way_out() -> None:
    weeks = (
        template("wu", "09:00", "16:00"),
        template("iyer", "09:00", "16:00", location_id="north"),
    )
    row = busy("wu", "10:00", "10:30")
    for rooms, offered in (((), True), (("r2", "r3"), False)):
        shot = snapshot(row, types=types(allowed_room_ids=rooms), templates=weeks)
        ways = reason(told(shot, "10:00"), "doctor_busy").ways_out
        assert ("other_doctor" in [way.action for way in ways]) is offered


def test_a_colleague_with_a_full_day_or_too_far_away_is_no_way_out() -> None:
    taken = busy("wu", "10:00", "10:30")
    early = busy("iyer", "09:00", "09:15")
    doctors = dict(roster().doctors)
    doctors["iyer"] = replace(doctors["iyer"], max_per_day=1)
    far = two_sites(taken, busy("iyer", "09:00", "09:45", location_id="north"))
    for shot, offered in (
        (snapshot(taken, early), True),
        (snapshot(taken, early, doctors=doctors), False),
        (far, False),
    ):
        ways = reason(told(shot, "10:00"), "doctor_busy").ways_out
        assert ("other_doctor" in [way.action for way in ways]) is offered


def test_a_visit_by_video_prefers_a_virtual_room() -> None:
    rooms = {
        "r2": roster().rooms["r2"],
        "v": Room(id="v", location_id="main", name="Video 1", virtual=True),
    }
    kinds = types(mode=Mode.VIDEO)
    shot = snapshot(types=kinds, rooms=rooms)
    assert told(shot, "10:00").room_id == "v"
    taken = snapshot(busy("iyer", "10:00", "10:30", room_id="v"), types=kinds, rooms=rooms)
    assert told(taken, "10:00").room_id == "r2"
    chosen = choose_room(taken, "wu", "fup", "main", at("10:00"), at("10:30"))
    assert chosen == "r2"
    assert told(snapshot(types=types(mode=Mode.PHONE), rooms=rooms), "10:00").room_id == "r2"


# -- travel -------------------------------------------------------------------------------------


def two_sites(*rows: Any, minutes: int = 30, pair: int | None = None, **fields: Any) -> Snapshot:
    practice = replace(roster().practice, travel_minutes=minutes)
    ways = (
        (TravelTime(id="w", location_id="north", other_location_id="main", minutes=pair),)
        if pair is not None
        else ()
    )
    return snapshot(*rows, practice=practice, travel=ways, rooms={}, **fields)


def test_the_way_from_another_site_keeps_the_doctor_from_starting() -> None:
    shot = two_sites(busy("wu", "10:30", "11:00", location_id="north"))
    found = starts(shot)
    assert at("11:15") not in found
    assert at("11:30") in found
    one = reason(told(shot, "11:15"), "travel")
    assert one.sentence == "Dr Wu is at North until 11:00 and needs 30 min to get here."
    assert one.blocker_id == "wu-10:30"
    assert labels(one) == ["Place at 11:30", "Next free 11:30", "Other doctor: Dr Iyer", "Overbook"]


def test_the_way_to_another_site_ends_the_visit_in_time() -> None:
    shot = two_sites(busy("wu", "11:00", "11:30", location_id="north"))
    found = starts(shot)
    assert at("10:00") in found
    assert at("10:15") not in found
    one = reason(told(shot, "10:15"), "travel")
    assert one.sentence == "Dr Wu is at North from 11:00 and needs 30 min to get there."
    assert labels(one)[0] == "Place at 10:00"


def test_a_pair_of_sites_has_its_own_way_and_a_buffer_runs_beside_it() -> None:
    far = two_sites(busy("wu", "10:30", "11:00", location_id="north"), pair=60)
    assert at("11:45") not in starts(far)
    assert at("12:00") in starts(far)
    near = two_sites(busy("wu", "10:30", "11:00", location_id="north"), pair=0)
    assert at("11:00") in starts(near)
    # 45 minutes of buffer and 30 of travel: 45, not 75
    both = two_sites(busy("wu", "10:30", "11:00", after=45, location_id="north"))
    assert min(s for s in starts(both) if s > at("10:30")) == at("11:45")


def test_a_hold_elsewhere_counts_and_places_side_by_side_do_not_shorten_the_way() -> None:
    until = int(request().now.timestamp()) + 60
    held = busy("wu", "10:30", "11:00", location_id="north", hold_until=until, holder_desk="two")
    assert at("11:15") not in starts(two_sites(held), own_desk="one")
    assert at("11:15") in starts(two_sites(held), own_desk="two")
    twice = (template("wu", "09:00", "16:00", max_parallel=2),)
    there = busy("wu", "10:30", "11:00", location_id="north")
    assert at("10:30") not in starts(two_sites(there, templates=twice))


def test_one_site_or_no_minutes_means_no_travel_at_all() -> None:
    row = busy("wu", "10:30", "11:00", location_id="north")
    assert at("11:00") in starts(two_sites(row, minutes=0))
    alone = two_sites(row, locations={"main": roster().locations["main"]})
    assert at("11:00") in starts(alone)
    assert not [r for r in told(alone, "11:00").reasons if r.code == "travel"]


# -- visits per day -----------------------------------------------------------------------------


def limited(most: int, *rows: Any, **fields: Any) -> Snapshot:
    doctors = dict(roster().doctors)
    doctors["wu"] = replace(doctors["wu"], max_per_day=most)
    return snapshot(*rows, doctors=doctors, rooms={}, **fields)


MORNING = (busy("wu", "09:00", "09:30"), busy("wu", "09:30", "10:00"))


def test_a_full_day_of_the_doctor_is_not_offered_and_says_the_number() -> None:
    shot = limited(2, *MORNING)
    assert {s.date() for s in starts(shot, last=FRIDAY + timedelta(days=7))} == {
        FRIDAY + timedelta(days=7)
    }
    one = reason(told(shot, "11:00"), "day_limit")
    assert one.verdict is Verdict.REFUSE
    assert one.sentence == "Dr Wu sees 2 patients a day at most, and Fri 8 May has 2."
    assert labels(one) == ["Next free Fri 15 May 09:00", "Other doctor: Dr Iyer", "Book anyway"]
    assert reason(told(limited(3, *MORNING), "11:00"), "day_limit").sentence == (
        "Dr Wu has 2 of 3 patients on Fri 8 May."
    )
    assert told(limited(1, *MORNING[:1]), "11:00").worst.sentence == (  # type: ignore[union-attr]
        "Dr Wu sees 1 patient a day at most, and Fri 8 May has 1."
    )


def test_the_limit_of_a_type_counts_that_type_alone_with_that_doctor() -> None:
    kinds = types() | {"new": replace(NEW, max_per_day=2)}
    rows = [row._replace(type_id="new") for row in MORNING]
    shot = snapshot(*rows, busy("iyer", "09:00", "09:30"), types=kinds, rooms={})
    one = reason(told(shot, "11:00", type_id="new"), "day_limit")
    assert one.sentence == "Dr Wu has 2 of 2 New patient visits on Fri 8 May."
    assert starts(shot, type_id="new") == []
    assert starts(shot, type_id="fup")
    assert starts(shot, "iyer", type_id="new")


def test_others_holds_fill_the_day_and_own_ones_do_not() -> None:
    until = int(request().now.timestamp()) + 60
    held = MORNING[1]._replace(hold_until=until, holder_desk="two")
    shot = limited(2, MORNING[0], held)
    assert starts(shot, own_desk="one") == []
    assert starts(shot, own_desk="two")


def test_a_visit_at_midnight_belongs_to_the_day_it_starts_on() -> None:
    late = busy("wu", "23:30", "23:45")
    length = late.end - late.start
    midnight = late.end + 15 * 60
    next_day = late._replace(
        start=midnight,
        end=midnight + length,
        blocked_start=midnight,
        blocked_end=midnight + length,
    )
    assert starts(limited(1, next_day))
    assert starts(limited(1, late)) == []


def test_a_visit_that_stays_on_its_day_fills_it_no_further() -> None:
    shot = limited(1, *MORNING)
    ignored = frozenset({"wu-09:00"})
    moving = MovingVisit(0, at("09:00"), "wu")
    assert starts(shot, ignore_ids=ignored) == []
    assert at("11:00") in starts(shot, ignore_ids=ignored, moving=moving)
    assert told(shot, "11:00", ignore_ids=ignored, moving=moving).verdict is Verdict.OK
    other_day = replace(moving, start=at("09:00", FRIDAY + timedelta(days=7)))
    assert told(shot, "11:00", ignore_ids=ignored, moving=other_day).worst.code == "day_limit"  # type: ignore[union-attr]


# -- moving, closures, patients -------------------------------------------------------------------


def test_a_type_that_patients_may_not_move_says_who_may() -> None:
    shot = snapshot(types=types(patient_may_reschedule=False))
    moving = MovingVisit(0, at("09:00"), "wu")
    one = reason(told(shot, "11:00", moving=moving), "may_not_move")
    assert one.verdict is Verdict.REFUSE
    assert one.sentence == "Follow-up visits are not moved at a patient’s wish."
    assert labels(one) == ["The clinic asks for it", "Move with a reason"]
    for stays in (replace(moving, asked_by="clinic"), replace(moving, start=at("11:00"))):
        assert told(shot, "11:00", moving=stays).verdict is Verdict.OK


def test_a_visit_moved_often_enough_says_how_often() -> None:
    shot = snapshot(types=types(max_reschedules=2))
    moving = MovingVisit(2, at("09:00"), "wu")
    one = reason(told(shot, "11:00", moving=moving), "max_reschedules")
    assert one.verdict is Verdict.REFUSE
    assert one.sentence == (
        "Follow-up may be moved 2 times, and this visit has been moved 2 times. "
        "Give a reason to move it once more, or book a new visit."
    )
    for fine in (replace(moving, count=1), replace(moving, asked_by="clinic")):
        assert told(shot, "11:00", moving=fine).verdict is Verdict.OK


def test_how_often_a_visit_may_move_is_said_by_the_doctor_who_has_it() -> None:
    shot = snapshot(types=types() | {"fup-wu": own("wu", max_reschedules=1)})
    moving = MovingVisit(1, at("09:00"), "wu")
    assert told(shot, "11:00", "iyer", moving=moving).worst.code == "max_reschedules"  # type: ignore[union-attr]
    assert told(shot, "11:00", "wu", moving=replace(moving, doctor_id="iyer")).worst is None


@pytest.mark.parametrize(("closed", "offered"), [(True, False), (False, True)])
def test_a_public_holiday_on_which_the_clinic_works_closes_nothing(
    closed: bool, offered: bool
) -> None:
    day = Holiday(id="h", day=FRIDAY, name="Liberation Day", closed=closed)
    shot = snapshot(holidays=(day,))
    assert bool(starts(shot)) is offered
    kinds = {b.kind for b in bands(shot.roster, "wu", FRIDAY)}
    assert (BandKind.HOLIDAY in kinds) is closed
    assert (told(shot, "10:00").verdict is Verdict.OK) is offered


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(660, 0, "11:00–24:00"), (0, 630, "00:00–10:30"), (600, 690, "10:00–11:30")],
)
def test_what_closes_a_part_of_a_day_leaves_the_rest_open(start: int, end: int, words: str) -> None:
    day = Holiday(id="h", day=FRIDAY, name="Party", start_minute=start, end_minute=end)
    free, shut = snapshot(), snapshot(holidays=(day,))
    begin = at("00:00")
    left = []
    for slot in starts(free):
        minute_of_day = int((slot - begin).total_seconds()) // 60
        if not day.meets(minute_of_day, minute_of_day + 30):
            left.append(slot)
    assert starts(shut) == left
    assert 0 < len(left) < len(starts(free))
    inside = "11:00" if start == 660 else "10:00"
    one = reason(told(shut, inside), "closed")
    assert one.sentence == f"Main is closed on Fri 8 May {words} (Party)."
    (band,) = [b for b in bands(shut.roster, "wu", FRIDAY) if b.kind is BandKind.HOLIDAY]
    assert (band.end - band.start).total_seconds() / 60 == day.until - start


def test_where_patients_may_have_two_visits_at_once_it_is_only_said() -> None:
    made: Roster = roster()
    row = busy("iyer", "10:00", "10:30", patient_id="ana", label="Ana Lee")
    strict = snapshot(row)
    lenient = snapshot(row, practice=replace(made.practice, one_visit_at_a_time=False))
    words = "Ana Lee already has Dr Iyer 10:00 that day."
    for shot, verdict, offered in (
        (strict, Verdict.REFUSE, False),
        (lenient, Verdict.WARN, True),
    ):
        one = reason(told(shot, "10:00", patient_id="ana"), "patient_busy")
        assert (one.verdict, one.sentence) == (verdict, words)
        assert (at("10:00") in starts(shot, patient_id="ana")) is offered


def test_slots_of_one_search_are_sorted_whatever_their_lengths() -> None:
    shot = snapshot(types=types() | {"fup-iyer": own("iyer", duration=90)}, rooms={})
    found: list[Slot] = find(shot, request())
    assert found == sorted(found, key=lambda s: (s.start, s.doctor_id))
    assert {(s.end - s.start) for s in found if s.doctor_id == "iyer"} == {timedelta(minutes=90)}
