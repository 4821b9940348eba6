"""Removing rows, saving a week, extra hours, and the look of a new doctor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from clinic_desk.domain.catalogue import AppointmentType, Doctor, Room, TravelTime
from clinic_desk.domain.errors import Refusal, Stale
from clinic_desk.domain.templates import Break, Holiday, Reserved, ScheduleTemplate
from clinic_desk.services.commands import BlockTime, RecordKind, RemoveBlock, SaveRecords
from clinic_desk.services.hours_preview import outside
from clinic_desk.services.roster_commands import OpenTime, RemoveRecords, SaveWeek
from clinic_desk.services.roster_editing import propose_code, propose_doctor_look
from tests.fakes.world import TODAY, World, at

NEXT_MONTH = date(2026, 12, 24)


def roster(world: World) -> Any:
    return world.store.queries.roster()


def week(world: World, doctor: str = "wu") -> list[ScheduleTemplate]:
    rows = [r for r in roster(world).templates if r.doctor_id == world.names[doctor]]
    return sorted(rows, key=lambda r: (r.weekday, r.work_start, r.valid_from or date.min))


def save_week(world: World, *rows: ScheduleTemplate, **more: Any) -> Any:
    return world.run(SaveWeek(doctor_id=world.names["wu"], templates=rows, **more))


def refused(world: World, command: Any) -> Refusal:
    before = roster(world)
    with pytest.raises(Refusal) as caught:
        world.run(command)
    assert roster(world) == before
    return caught.value


def test_a_week_from_a_day_on_ends_the_old_rows_the_day_before(world: World) -> None:
    old = week(world)
    tuesday = replace(old[1], work_start=600)
    made = save_week(
        world, *old[:1], tuesday, *old[2:4], replaced_ids=[r.id for r in old], valid_from=NEXT_MONTH
    )
    assert made.value == 3  # Tuesday split in two, Friday ended; the others are as they were
    assert made.undo_label == "Save hours of Dr Wu from Thu 24 Dec"
    rows = {(r.weekday, r.work_start): r for r in week(world)}
    assert rows[1, 480].valid_until == NEXT_MONTH - timedelta(days=1)
    assert rows[1, 480].id == old[1].id
    assert rows[1, 600].valid_from == NEXT_MONTH
    assert rows[4, 480].valid_until == NEXT_MONTH - timedelta(days=1)
    assert rows[0, 480].valid_until is None
    world.undo()
    spans = [(r.id, r.work_start, r.valid_from, r.valid_until) for r in old]
    assert [(r.id, r.work_start, r.valid_from, r.valid_until) for r in week(world)] == spans
    world.redo()
    assert len(week(world)) == 6
    assert world.proven()


def test_a_week_from_ever_changes_in_place_and_removes_what_is_left(world: World) -> None:
    old = week(world)
    made = save_week(world, replace(old[0], work_end=900), replaced_ids=[r.id for r in old])
    assert made.value == 5
    assert [(r.id, r.work_end) for r in week(world)] == [(old[0].id, 900)]
    fresh = replace(old[2], id="", revision=0, work_start=540)
    save_week(world, *week(world), fresh)
    assert [r.work_start for r in week(world)] == [480, 540]
    assert save_week(world, *week(world)).undo_label == ""


def test_a_week_that_cannot_be_is_told_at_its_templates(world: World) -> None:
    old = week(world)
    twice = replace(old[0], id="", revision=0, work_start=600)
    command = SaveWeek(doctor_id=world.names["wu"], templates=(*old, twice))
    told = refused(world, command)
    assert (told.code, told.field) == ("overlapping_hours", "templates")
    late = replace(old[0], breaks=(Break(1000, 1100, "Tea"),))
    assert refused(world, replace(command, templates=(late,))).field == "breaks"
    gone = replace(command, templates=(), replaced_ids=("nowhere",))
    assert refused(world, gone).code == "not_found"
    theirs = replace(command, templates=(), replaced_ids=(week(world, "berg")[0].id,))
    assert refused(world, theirs).code == "other_doctor"
    past = replace(old[0], valid_until=date(2026, 1, 1), work_start=500)
    split = replace(command, templates=(past,), valid_from=NEXT_MONTH)
    assert refused(world, split).field == "valid_until"


def test_a_week_that_somebody_else_changed_meanwhile(world: World) -> None:
    old = week(world)
    other = SaveRecords(records=(replace(old[0], work_end=960),))
    world.other_desk().execute(other)
    with pytest.raises(Stale, match="Noor changed this"):
        save_week(world, replace(old[0], work_start=540))


def test_visits_that_fall_outside_are_listed_before_and_counted_after(world: World) -> None:
    inside = world.book("10:00")
    late = world.book("16:00", patient="jon")
    far = world.book("16:30", patient="eve", day=TODAY + timedelta(days=35))
    told = world.book("18:00", patient="tom", outside_hours=True)
    old = week(world)
    shorter = [replace(r, work_end=960) for r in old]
    queries, now = world.store.queries, world.clock.now()

    def hit(rows: list[ScheduleTemplate], since: date | None) -> list[str]:
        ids = [r.id for r in old]
        return [c.id for c in outside(queries, world.names["wu"], rows, ids, since, now)]

    assert hit(shorter, None) == [late, far]
    assert hit(shorter, NEXT_MONTH) == [far]
    assert hit(old, None) == []
    kept = Reserved(600, 660, (world.names["new"],), "New patients")
    assert hit([replace(r, reserved=(kept,)) for r in old], None) == [inside]
    elsewhere = [replace(r, location_id=world.names["branch"], room_id=None) for r in old]
    assert hit(elsewhere, None) == [inside, late, far]
    made = save_week(world, *shorter)
    assert made.warnings == (
        "2 visits to come of Dr Wu are outside the hours now (the first on Tue 16:00); "
        "they stay as booked.",
    )
    assert world.row(told).start == at("18:00")
    assert world.proven()


def remove(world: World, *rows: tuple[RecordKind, str], **more: Any) -> RemoveRecords:
    return RemoveRecords(rows=tuple((k, world.names.get(n, n)) for k, n in rows), **more)


def test_what_is_needed_is_not_removed(world: World) -> None:
    visit = world.book("10:00", doctor="berg")
    wide, main = (RecordKind.ROOM, "wide"), (RecordKind.LOCATION, "main")
    assert (
        "1 visit to come (on Tue 10:00 with Dr Berg)"
        in refused(world, remove(world, wide)).sentence
    )
    world.move(visit, "10:00", doctor="wu")
    assert "room of Dr Berg on Monday" in refused(world, remove(world, wide)).sentence
    hours = [(RecordKind.TEMPLATE, r.id) for r in week(world, "berg")]
    needs = replace(
        roster(world).types[world.names["call"]], allowed_room_ids=(world.names["wide"],)
    )
    world.run(SaveRecords(records=(needs,)))
    assert "Phone call" in refused(world, remove(world, wide, *hours)).sentence
    world.run(SaveRecords(records=(replace(needs, allowed_room_ids=(), revision=0),)))
    done = world.run(remove(world, wide, *hours, label="Tidy up"))
    assert (done.value, done.undo_label) == (6, "Tidy up")
    world.undo()
    assert world.names["wide"] in roster(world).rooms
    assert "primary site" in refused(world, remove(world, main)).sentence
    for kind, name in ((RecordKind.DOCTOR, "gone"), (RecordKind.TYPE, "call")):
        assert refused(world, remove(world, (kind, name))).code == "keep_history"
    assert refused(world, remove(world, (RecordKind.ROOM, "nowhere"))).code == "not_found"
    assert refused(world, RemoveRecords(rows=())).code == "nothing_chosen"
    assert world.proven()


def test_a_site_goes_with_what_belongs_to_it_alone(world: World) -> None:
    branch, main = world.names["branch"], world.names["main"]
    wu = roster(world).doctors[world.names["wu"]]
    world.run(
        SaveRecords(
            records=(
                Room(id="r", location_id=branch, name="Elm 1"),
                TravelTime(id="t", location_id=main, other_location_id=branch, minutes=20),
                Holiday(id="h", day=TODAY, name="Fair", location_id=branch),
                replace(wu, location_ids=(main, branch)),
            )
        )
    )
    assert (
        "1 room (Elm 1)" in refused(world, remove(world, (RecordKind.LOCATION, "branch"))).sentence
    )
    both = remove(world, (RecordKind.ROOM, "r"), (RecordKind.LOCATION, "branch"))
    world.run(both)
    known = roster(world)
    assert (known.travel, known.holidays) == ((), ())
    assert known.doctors[wu.id].location_ids == (main,)
    world.undo()
    assert (len(roster(world).travel), len(roster(world).holidays)) == (1, 1)
    assert world.proven()


def test_an_override_is_taken_back(world: World) -> None:
    kind = roster(world).types[world.names["follow-up"]]
    own = AppointmentType(
        id="own", slug=kind.slug, name="Follow-up", code=kind.code, duration=45,
        doctor_id=world.names["wu"],
    )  # fmt: skip
    world.run(SaveRecords(records=(own,)))
    assert world.row(world.book("10:00")).minutes == 45
    world.run(remove(world, (RecordKind.TYPE, "own")))
    assert world.row(world.book("11:00", patient="jon")).minutes == 30


def test_hours_that_go_tell_whose_visits_are_left(world: World) -> None:
    world.book("10:00")
    tuesday = week(world)[1]
    done = world.run(RemoveRecords(rows=((RecordKind.TEMPLATE, tuesday.id),)))
    assert done.undo_label == "Remove hours of Dr Wu on Tuesday 08:00–17:00 at Main Street"
    assert done.warnings == (
        "The visit of Dr Wu on Tue 10:00 is outside the hours now; it stays as booked.",
    )


def test_extra_hours_for_one_type_at_one_site(world: World) -> None:
    saturday = date(2026, 11, 28)
    start, end = at("09:00", saturday), at("12:00", saturday)
    command = OpenTime(
        doctor_id=world.names["wu"], start=start, end=end, reason="Flu clinic",
        type_id=world.names["new"], location_id=world.names["main"],
    )  # fmt: skip
    done = world.run(command)
    what = "Sat 09:00, Dr Wu, New patient only, Main Street only"
    assert done.undo_label == f"Open extra hours {what}"
    with pytest.raises(Refusal):
        world.book("09:00", day=saturday)
    assert world.book("09:00", day=saturday, type="new")
    gone = world.run(RemoveBlock(exception_id=str(done.value)))
    assert gone.undo_label == "Remove extra hours Sat 09:00, Dr Wu"
    assert "outside the hours now" in gone.warnings[0]
    for bad, field in (
        ({"end": start}, "end"),
        ({"doctor_id": "nobody"}, "doctor_id"),
        ({"type_id": "none"}, "type_id"),
        ({"location_id": "nowhere"}, "location_id"),
        ({"reason": "x" * 2001}, "reason"),
    ):
        with pytest.raises(Refusal) as caught:
            world.run(replace(command, **bad))  # type: ignore[arg-type]
        assert caught.value.field in (field, None)
        assert caught.value.code in ("bad_span", "not_found", "too_long")


def test_a_block_for_one_type_stops_that_type_alone(world: World) -> None:
    world.book("09:00")
    block = BlockTime(
        doctor_id=world.names["wu"], start=at("09:00"), end=at("12:00"),
        type_id=world.names["new"], reason="No new patients",
    )  # fmt: skip
    done = world.run(block)
    assert done.warnings == ()
    assert done.undo_label == "Block Tue 09:00, Dr Wu, New patient only"
    with pytest.raises(Refusal):
        world.book("10:00", type="new", patient="jon")
    assert world.book("10:00", patient="jon")


def test_the_look_least_used_and_a_code_of_the_initials(world: World) -> None:
    known = roster(world)
    look = propose_doctor_look(known, "Dr Aylin Demir")
    assert (look.pattern, look.code) == ("solid", "AD")
    assert look.colour != "teal"  # both doctors have it
    seen = set()
    for number in range(24):
        look = propose_doctor_look(known, f"Dr Test {number}")
        assert (look.colour, look.pattern) not in seen or number > 22
        seen.add((look.colour, look.pattern))
        row = Doctor(
            id=f"d{number}", name=f"Dr Test {number}", code=look.code, colour=look.colour,
            pattern=look.pattern,
        )  # fmt: skip
        known = replace(known, doctors={**known.doctors, row.id: row})
    codes = [row.code.casefold() for row in known.doctors.values()]
    assert len(set(codes)) == len(codes)
    assert all(1 <= len(code) <= 3 for code in codes)


@pytest.mark.parametrize(
    ("name", "taken", "code"),
    [
        ("Dr Aylin Demir", (), "AD"),
        ("Dr Aylin Demir", ("ad",), "ADE"),
        ("Prof. Dr. Öykü Şahin", (), "OS"),
        ("Cher", (), "CH"),
        ("", (), "DR"),
        ("李 明", (), "LM"),
        ("Anna-Maria von Berg", (), "AB"),
        ("🦷", (), "TO"),
    ],
)
def test_codes(name: str, taken: tuple[str, ...], code: str) -> None:
    assert propose_code(name, taken) == code
