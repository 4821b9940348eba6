"""The calendar of any past moment, rebuilt from the events, is the calendar of that moment."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from clinic_desk.domain.appointments import Appointment, SlotState, Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.commands import (
    BlockTime,
    CancelAppointment,
    ImportBatch,
    RecordKind,
    Redo,
    SaveRecords,
    Undo,
)
from clinic_desk.services.past_views import Story
from clinic_desk.services.roster_commands import RemoveRecords
from clinic_desk.services.views import CalendarSlice, Cell
from tests.fakes.world import TODAY, World, actor, at
from tests.unit.services.test_planning_costs import statements
from tests.unit.services.test_undo_walk import FIRST, Morning, weekly

LAST = FIRST + timedelta(days=6)


def bare(cells: tuple[Cell, ...]) -> list[Cell]:
    """Without the marks that other tables decide: a parked, a first, an unpaid visit."""
    rest = frozenset({"parked", "new", "unpaid"})
    return [replace(cell, flags=cell.flags - rest) for cell in cells]


def seen(cells: tuple[Cell, ...]) -> list[Cell]:
    """Without what the time alone decides, and who last renewed a hold."""
    rest: dict[str, Any] = {"hold_until": None, "updated_at": None, "revision": 0}
    return [replace(cell, flags=cell.flags - {"late"}, **rest) for cell in bare(cells)]


def rows(world: World) -> dict[str, Appointment]:
    with world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
        return {row.id: row for row in work.find(Appointment)}


def stand(found: dict[str, Appointment], story: Any) -> dict[str, Appointment]:
    """Those of the story's days."""
    start, end = (datetime.fromtimestamp(x, UTC) for x in story._bounds)
    return {i: r for i, r in found.items() if r.start < end and r.end > start}


def imported(world: World, number: int, morning: Morning) -> None:
    """Three visits of another program in one step that can be taken back."""
    made = []
    for place in range(3):
        start, end = morning.span()
        made.append(
            {
                "id": world.ids(), "import_key": f"batch/{number}/{place}",
                "doctor_id": world.names["berg"], "location_id": world.names["main"],
                "patient_id": world.names["eve"], "status": Status.SCHEDULED,
                "start": start, "end": end, "blocked_start": start, "blocked_end": end,
                "slot_state": SlotState.CONTESTED if place == 2 else SlotState.PLACED,
            }
        )  # fmt: skip
    world.run(ImportBatch(appointments=tuple(made), undo_run=f"run-{number}"))


@pytest.mark.parametrize("seed", range(6))
def test_every_moment_of_a_random_history_is_rebuilt(world: World, seed: int) -> None:
    world.clock.set(datetime(2027, 3, 24, 7, tzinfo=UTC))
    weekly(world)
    morning, dice = Morning(world, seed), random.Random(seed)
    kept: list[tuple[datetime, dict[str, Appointment], CalendarSlice]] = []
    for number in range(70):
        world.clock.advance(seconds=dice.randrange(1, 4000))
        try:
            match dice.randrange(12):
                case 0 | 1:
                    world.run(Undo())
                case 2:
                    world.run(Redo())
                case 3:
                    imported(world, number, morning)
                case _:
                    morning.step()
        except Refusal:
            pass  # refusals are part of a morning
        found = world.store.queries.calendar(FIRST, LAST, include_cancelled=True)
        kept.append((world.clock.now(), rows(world), found))
    assert world.proven()
    story = world.store.queries.past(FIRST, LAST)
    narrow = world.store.queries.past(FIRST + timedelta(days=2), FIRST + timedelta(days=2))
    for moment, table, calendar in kept:
        for then in (moment, moment + timedelta(microseconds=999_999)):
            assert story.visits_at(then) == stand(table, story)  # type: ignore[attr-defined]
            assert narrow.visits_at(then) == stand(table, narrow)  # type: ignore[attr-defined]
        shown = story.at(moment, include_cancelled=True)
        assert bare(shown.cells) == bare(calendar.cells)
        assert shown.days == calendar.days
    moments = [change.moment for change in story.changes]
    assert moments == sorted(moments)
    assert len(moments) > 40
    for earlier, later in pairwise(kept):
        told = [c for c in story.changes if earlier[0] < c.moment <= later[0]]
        if not told:  # only the time went on
            assert seen(story.at(earlier[0]).cells) == seen(story.at(later[0]).cells)


def past(world: World, day: date = TODAY) -> Story:
    return world.store.queries.past(day, day)


def names(story: Story, moment: datetime) -> list[str]:
    return [cell.listed_name for cell in story.at(moment).cells]


def test_the_age_of_a_moment_and_a_day_that_was_left(world: World) -> None:
    world.clock.advance(minutes=10)
    row = world.book("10:00", patient="ana")
    first = world.clock.now()
    world.clock.advance(minutes=10)
    world.move(row, "11:00", day=TODAY + timedelta(days=3))
    second = world.clock.now()
    world.clock.advance(minutes=10)
    world.move(row, "13:00", day=TODAY + timedelta(days=9))
    story = past(world)
    assert [c.start for c in story.at(first).cells] == [at("10:00")]
    assert story.at(second).cells == ()
    assert story.at(first - timedelta(seconds=1)).cells == ()
    # the second move never touched this day
    assert [c.event.action for c in story.changes] == ["booked", "moved"]
    between = past(world, TODAY + timedelta(days=3))
    assert [c.event.action for c in between.changes] == ["moved", "moved"]
    assert [c.start for c in between.at(second).cells] == [at("11:00", TODAY + timedelta(days=3))]


def test_hours_blocks_and_doctors_are_those_of_the_moment(world: World) -> None:
    early = world.clock.now()
    world.clock.advance(hours=1)
    block = str(
        world.run(
            BlockTime(doctor_id=world.names["wu"], start=at("14:00"), end=at("15:00"), reason="Tea")
        ).value
    )
    blocked = world.clock.now()
    world.clock.advance(hours=1)
    roster = world.store.queries.roster()
    doctor = roster.doctors[world.names["berg"]]
    world.run(SaveRecords(records=(replace(doctor, name="Dr Ida Mountain", active=False),)))
    then = world.store.queries.calendar(TODAY, TODAY)
    late = world.clock.now()
    story = past(world)
    key = (world.names["wu"], TODAY)
    assert "Tea" not in {band.label for band in story.at(early).days[key].bands}
    assert "Tea" in {band.label for band in story.at(blocked).days[key].bands}
    before = story.at(blocked).snapshot.roster.doctors[doctor.id]
    assert before.name == "Dr Ida Berg"
    assert before.active
    assert story.at(late).days == then.days
    assert [c.event.subject_id for c in story.changes] == [block]
    world.clock.advance(hours=1)
    world.run(RemoveRecords(rows=((RecordKind.EXCEPTION, block),)))
    story = past(world)
    assert [c.event.subject_kind for c in story.changes] == ["availability_exception"] * 2
    assert "Tea" not in {b.label for b in story.at(world.clock.now()).days[key].bands}


def test_what_was_taken_back_stood_until_then_and_has_no_card(world: World) -> None:
    row = world.book("10:00")
    booked = world.clock.now()
    world.clock.advance(minutes=1)
    world.undo()
    story = past(world)
    assert len(story.at(booked).cells) == 1
    assert story.at(world.clock.now()).cells == ()
    assert story.gone == {row}
    world.clock.advance(minutes=1)
    world.redo()
    assert past(world).gone == frozenset()


def test_a_cancelled_visit_is_off_the_calendar_unless_asked_for(world: World) -> None:
    row = world.book("10:00")
    world.clock.advance(minutes=1)
    world.run(CancelAppointment(appointment_id=row, reason="Ill"))
    story, now = past(world), world.clock.now()
    assert story.at(now).cells == ()
    assert [c.cancel_reason for c in story.at(now, include_cancelled=True).cells] == ["Ill"]


def test_a_clock_that_was_put_back_breaks_nothing(world: World) -> None:
    world.clock.advance(hours=2)
    world.book("10:00", patient="ana")
    high = world.clock.now()
    world.clock.advance(hours=-1)
    world.book("11:00", patient="jon")
    assert len(past(world).at(high).cells) == 2
    assert past(world).at(high - timedelta(seconds=1)).cells == ()


def test_before_the_clinic_there_is_a_sentence(world: World) -> None:
    story = past(world)
    assert story.born is not None
    with pytest.raises(Refusal, match="no clinic in this program yet"):
        story.at(story.born - timedelta(seconds=1))


def test_the_same_statements_for_one_visit_and_for_many(world: World) -> None:
    queries = world.store.queries
    world.book("08:00")
    one = statements(world, lambda: queries.past(TODAY, TODAY))
    for hour in range(9, 12):
        for minute in (0, 30):
            row = world.book(f"{hour:02}:{minute:02}", patient="tom")
            world.clock.advance(seconds=5)
            world.run(CancelAppointment(appointment_id=row, reason="Ill"))
    assert statements(world, lambda: queries.past(TODAY, TODAY + timedelta(days=6))) == one <= 5


def test_nobody_waits_for_an_answer_that_is_not_wanted(world: World) -> None:
    world.book("10:00")
    asked = []

    def stopped() -> bool:
        asked.append(1)
        return True

    story = world.store.queries.past(TODAY, TODAY, stopped=stopped)
    assert asked
    assert story.changes == ()


def test_moved_visits_are_found_by_an_index(world: World) -> None:
    from clinic_desk.store.past_reading import _TOLD

    with world.store.queries._reading() as connection:
        plan = [
            row[3]
            for row in connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {_TOLD}", {"near": 0, "far": 1}
            ).fetchall()
        ]
    assert any("ix_event_moved" in line for line in plan), plan
    assert any("ix_appointment_start" in line for line in plan), plan
    assert any("ix_event_subject_id" in line for line in plan), plan
    assert not any(line.startswith("SCAN e") for line in plan), plan
