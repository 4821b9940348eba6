"""Closures as runs of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.templates import Holiday
from clinic_desk.services import absence, call_list
from clinic_desk.services.absence_standing import standing
from clinic_desk.services.closure_ranges import (
    change,
    close,
    grouped,
    plan_of,
    reopen,
    visits_of_plan,
)
from clinic_desk.services.commands import SaveRecords
from clinic_desk.services.planning_views import Accepted, PlanWishes
from tests.fakes.world import TODAY, World


def holiday(day: int, name: str = "Christmas", site: str | None = None, **more: bool) -> Holiday:
    return Holiday(
        id=f"{day}{name}{site}", day=date(2026, 12, day), name=name, location_id=site, **more
    )


def test_days_in_a_row_are_one_closure() -> None:
    rows = [holiday(26), holiday(24), holiday(25), holiday(28), holiday(25, site="elm")]
    found = [(c.first.day, c.last.day, c.location_id) for c in grouped(rows)]
    assert found == [(24, 26, None), (25, 25, "elm"), (28, 28, None)]


def test_another_name_or_answer_is_another_closure() -> None:
    rows = [holiday(24), holiday(25, "Boxing Day"), holiday(26, closed=False)]
    assert [(c.name, c.closed) for c in grouped(rows)] == [
        ("Christmas", True), ("Boxing Day", True), ("Christmas", False),
    ]  # fmt: skip


def test_a_closure_covers_its_own_site_alone() -> None:
    (one,) = grouped([holiday(24, site="elm")])
    assert one.covers(date(2026, 12, 24), "elm")
    assert not one.covers(date(2026, 12, 24), "main")
    (open_day,) = grouped([holiday(24, closed=False)])
    assert not open_day.covers(date(2026, 12, 24), "main")


def test_a_range_becomes_a_row_a_day_and_one_label() -> None:
    command = close(date(2026, 12, 24), date(2026, 12, 31), "Between the years")
    assert len(command.records) == 8
    assert command.label.endswith("2026: Between the years")
    assert len(reopen(grouped([holiday(24), holiday(25)])).rows) == 2


@pytest.mark.parametrize("last", [date(2026, 12, 23), date(2028, 1, 1)])
def test_what_cannot_be_closed_is_told_at_the_last_day(last: date) -> None:
    with pytest.raises(Refusal) as told:
        close(date(2026, 12, 24), last, "x")
    assert told.value.field == "last"


def test_a_closure_gets_other_days_a_name_and_a_site_in_one_step(world: World) -> None:
    world.run(close(date(2026, 12, 24), date(2026, 12, 28), "Between", new_id=world.ids))
    (closure,) = grouped(world.store.queries.roster().holidays)
    command, _ = change(
        closure, date(2026, 12, 23), date(2026, 12, 25), "Christmas", world.names["main"], world.ids
    )
    done = world.run(command)
    assert done.undo_label == "Change closure Wed 23 Dec – Fri 25 Dec 2026: Christmas"
    (after,) = grouped(world.store.queries.roster().holidays)
    assert (after.first, after.last) == (date(2026, 12, 23), date(2026, 12, 25))
    assert (after.name, after.location_id) == ("Christmas", world.names["main"])
    assert {row.id for row in after.rows} <= {row.id for row in closure.rows}
    world.undo()
    (back,) = grouped(world.store.queries.roster().holidays)
    assert (back.first, back.last, back.name) == (closure.first, closure.last, "Between")
    world.redo()
    assert grouped(world.store.queries.roster().holidays)[0].name == "Christmas"
    assert world.proven()


@pytest.mark.parametrize(
    ("last", "name", "field"),
    [
        (date(2026, 12, 20), "Xmas", "last"),
        (date(2028, 12, 20), "Xmas", "last"),
        (date(2026, 12, 25), "  ", "name"),
        (date(2026, 12, 25), "🎄" * 10_000, "name"),
    ],
)
def test_a_closure_is_not_changed_into_what_it_cannot_be(
    world: World, last: date, name: str, field: str
) -> None:
    world.run(close(date(2026, 12, 24), date(2026, 12, 25), "Christmas", new_id=world.ids))
    before = world.store.queries.roster().holidays
    (closure,) = grouped(before)
    with pytest.raises(Refusal) as caught:
        world.run(change(closure, date(2026, 12, 24), last, name, None, world.ids)[0])
    assert caught.value.field == field
    assert world.store.queries.roster().holidays == before


def test_a_closure_moved_onto_another_is_refused_with_its_name(world: World) -> None:
    world.run(close(date(2026, 12, 24), date(2026, 12, 24), "Christmas Eve", new_id=world.ids))
    world.run(close(date(2026, 12, 31), date(2026, 12, 31), "Old Year", new_id=world.ids))
    first, _ = grouped(world.store.queries.roster().holidays)
    with pytest.raises(Refusal, match="Old Year"):
        world.run(change(first, date(2026, 12, 31), date(2026, 12, 31), "X", None, world.ids)[0])


@pytest.mark.parametrize("edited", [False, True])
def test_what_a_closure_hits_is_planned_and_one_undo_takes_all_back(
    world: World, edited: bool
) -> None:
    """Visits of all doctors, at the closed site alone; a place for each, the closure and the moves
    one step, another desk's step between them left alone."""
    day = TODAY + timedelta(days=7)
    rows = [
        world.book("10:00", day=day),
        world.book("10:00", day=day, doctor="berg", patient="jon"),
        world.book("11:00", day=day, patient="tom"),
    ]
    before = {row_id: world.row(row_id).start for row_id in rows}
    if edited:
        world.run(
            close(day - timedelta(days=1), day - timedelta(days=1), "Works", new_id=world.ids)
        )
        (closure,) = grouped(world.store.queries.roster().holidays)
        command, plan_id = change(closure, day, day, "Water damage", world.names["main"], world.ids)
        world.run(command)
    else:
        order = close(day, day, "Water damage", world.names["main"], world.ids)
        plan_id = order.records[0].id
        world.run(order)
    queries, now = world.store.queries, world.clock.now()
    assert visits_of_plan(queries, plan_id, now) == 3
    plan = absence.plan(queries, plan_id, PlanWishes(), now)
    assert {one.visit.id for one in plan.proposals} == set(rows)
    assert all(one.proposed is not None for one in plan.proposals)
    assert plan.away[day] == "closed"
    assert call_list.title(queries.roster(), plan) == "Calls: closed Tue 1 Dec, Water damage"
    done = world.run(absence.accept_all_command(plan.proposals[:2], plan_id))
    assert done.value == Accepted(tuple(one.visit.id for one in plan.proposals[:2]), ())
    last = plan.proposals[2].visit
    stands = standing(queries, plan_id, rows, now)
    assert [cell.id for cell in stands.hits] == [last.id]
    request = stands.request
    world.run(absence.waitlist_command(last, request, queries.roster()))
    (card,) = queries.waitlist()
    assert card.entry.note == "Closed Tue 1 Dec: Water damage"
    assert visits_of_plan(queries, plan_id, now) == 0
    world.undo()
    assert {row_id: world.row(row_id).start for row_id in rows} == before
    assert {world.row(row_id).status for row_id in rows} == {Status.SCHEDULED}
    assert all(row.name != "Water damage" for row in queries.roster().holidays)
    assert len(queries.roster().holidays) == int(edited)
    assert queries.waitlist() == ()
    assert world.proven()
    if not edited:
        with pytest.raises(NotFound):
            standing(queries, plan_id, rows, now)


def test_a_closure_of_an_afternoon_hits_what_lies_behind_it_alone(world: World) -> None:
    day = TODAY + timedelta(days=7)
    world.book("10:00", day=day)
    across = world.book("13:45", day=day, patient="jon", doctor="berg")
    later = world.book("14:15", day=day, patient="tom")
    order = close(day, day, "Staff party", None, world.ids, time=(840, 1440))
    assert order.label == "Close Tue 1 Dec 2026 14:00–24:00: Staff party"
    world.run(order)
    (row,) = world.store.queries.roster().holidays
    assert (row.start_minute, row.end_minute, row.until) == (840, 0, 1440)
    plan_id, queries, now = order.records[0].id, world.store.queries, world.clock.now()
    plan = absence.plan(queries, plan_id, PlanWishes(), now)
    assert {one.visit.id for one in plan.proposals} == {across, later}
    assert (
        call_list.title(queries.roster(), plan)
        == "Calls: closed Tue 1 Dec 14:00–24:00, Staff party"
    )
    with pytest.raises(
        Refusal, match=r"Main Street is closed on Tue 1 Dec 14:00–24:00 \(Staff party\)\."
    ):
        world.book("15:00", day=day, patient="ana")
    world.book("09:00", day=day, patient="ana")
    world.run(absence.accept_all_command(plan.proposals, plan_id))
    assert visits_of_plan(queries, plan_id, now) == 0
    assert world.proven()


def test_a_closure_of_days_may_begin_and_end_in_the_middle_of_one(world: World) -> None:
    first, last = date(2026, 12, 24), date(2026, 12, 26)
    world.run(close(first, last, "Move", None, world.ids, time=(780, 600)))
    rows = world.store.queries.roster().holidays
    assert [(r.start_minute, r.until) for r in rows] == [(780, 1440), (0, 1440), (0, 600)]
    (closure,) = grouped(rows)
    assert closure.time == (780, 600)
    command, _ = change(closure, first, first, "Move", None, world.ids, time=(600, 720))
    assert world.run(command).undo_label == "Change closure Thu 24 Dec 2026 10:00–12:00: Move"
    (only,) = world.store.queries.roster().holidays
    assert (only.start_minute, only.until) == (600, 720)
    # another part of that day is a closure of its own, the same hours are not
    world.run(close(first, first, "Eve", None, world.ids, time=(840, 1440)))
    with pytest.raises(Refusal, match="Move"):
        world.run(close(first, first, "Again", None, world.ids, time=(690, 800)))
    assert len(grouped(world.store.queries.roster().holidays)) == 2
    assert world.proven()


@pytest.mark.parametrize("time", [(720, 720), (720, 600)])
def test_a_closure_does_not_end_before_it_begins(time: tuple[int, int]) -> None:
    with pytest.raises(Refusal, match="before it begins at 12:00") as told:
        close(date(2026, 12, 24), date(2026, 12, 24), "x", time=time)
    assert told.value.field == "end"


def test_several_closures_are_planned_as_one(world: World) -> None:
    """As when every public holiday is accepted at once."""
    days = [TODAY + timedelta(days=n) for n in (3, 8, 15)]
    rows = [world.book("10:00", day=days[0]), world.book("10:00", day=days[2], patient="jon")]
    kept = world.book("10:00", day=days[0] + timedelta(days=4), patient="tom")
    holidays = tuple(
        Holiday(id=world.ids(), day=day, name=f"Feast {n}", source=f"GB:{day}")
        for n, day in enumerate(days)
    )
    plan_id = plan_of(holidays)
    world.run(SaveRecords(records=holidays, label="Close", undo_run=absence.undo_run(plan_id)))
    queries, now = world.store.queries, world.clock.now()
    assert visits_of_plan(queries, plan_id, now) == 2
    plan = absence.plan(queries, plan_id, PlanWishes(), now)
    assert {one.visit.id for one in plan.proposals} == set(rows)
    assert plan.request.reason == "Feast 0 and 2 more"
    moved = {one.proposed.slot.start.date() for one in plan.proposals if one.proposed}
    assert len(plan.proposals) == 2
    assert not moved & set(days)
    world.run(absence.accept_all_command(plan.proposals, plan_id))
    assert visits_of_plan(queries, plan_id, now) == 0
    world.undo()
    assert world.store.queries.roster().holidays == ()
    assert {world.row(row_id).start.date() for row_id in rows} == {days[0], days[2]}
    assert world.row(kept).status is Status.SCHEDULED
    assert world.proven()


def test_a_site_that_is_closed_hits_no_visit_of_another(world: World) -> None:
    day = TODAY + timedelta(days=7)
    world.book("10:00", day=day)
    order = close(day, day, "Painters", world.names["branch"], world.ids)
    world.run(order)
    assert visits_of_plan(world.store.queries, order.records[0].id, world.clock.now()) == 0
    assert visits_of_plan(world.store.queries, "nothing", world.clock.now()) == 0


def test_a_site_that_works_while_the_clinic_is_closed_keeps_its_visits(world: World) -> None:
    day = TODAY + timedelta(days=7)
    world.book("10:00", day=day)
    order = close(day, day, "Outing", None, world.ids)
    world.run(order)
    plan_id, queries, now = order.records[0].id, world.store.queries, world.clock.now()
    assert len(absence.plan(queries, plan_id, PlanWishes(), now).proposals) == 1
    works = Holiday(
        id="works", day=day, name="Outing", location_id=world.names["main"], closed=False
    )
    world.run(SaveRecords(records=(works,), label="Work"))
    assert visits_of_plan(queries, plan_id, now) == 0
    assert absence.plan(queries, plan_id, PlanWishes(), now).proposals == ()
