"""A doctor's list of sites and the weekly hours agree, whichever of them is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.services.commands import SaveRecords
from clinic_desk.services.roster_commands import SaveWeek
from tests.fakes.world import TODAY, World


def wu(world: World) -> Doctor:
    return world.store.queries.roster().doctors[world.names["wu"]]


def listed(world: World, *names: str) -> None:
    sites = tuple(world.names[name] for name in names)
    world.run(SaveRecords(records=(replace(wu(world), location_ids=sites),), label="Save"))


def saturday(world: World) -> ScheduleTemplate:
    return ScheduleTemplate(
        id="sat", doctor_id=world.names["wu"], location_id=world.names["branch"], weekday=5,
        work_start=480, work_end=720,
    )  # fmt: skip


@pytest.mark.parametrize("by_week", [True, False])
def test_hours_at_a_new_site_make_it_one_of_the_doctors(world: World, by_week: bool) -> None:
    listed(world, "main")
    row = saturday(world)
    command = (
        SaveWeek(doctor_id=world.names["wu"], templates=(row,))
        if by_week
        else SaveRecords(records=(row,), label="Save")
    )
    done = world.run(command)
    assert done.warnings == ("Elm Park now belongs to the sites of Dr Wu.",)
    assert wu(world).location_ids == (world.names["main"], world.names["branch"])
    world.undo()
    assert wu(world).location_ids == (world.names["main"],)
    assert all(t.id != "sat" for t in world.store.queries.roster().templates)
    world.redo()
    assert wu(world).location_ids == (world.names["main"], world.names["branch"])
    assert world.proven()


def test_a_doctor_of_every_site_and_old_hours_need_no_list(world: World) -> None:
    world.run(SaveRecords(records=(saturday(world),), label="Save"))
    assert wu(world).location_ids == ()
    world.undo()
    listed(world, "main")
    over = replace(saturday(world), id="over", valid_until=TODAY - timedelta(days=1))
    world.run(SaveRecords(records=(over,), label="Save"))
    assert wu(world).location_ids == (world.names["main"],)


def test_a_site_with_hours_is_not_taken_from_its_doctor(world: World) -> None:
    """With names; not when the hours are over, or end in the same command."""
    for before in ((), ("main", "branch")):
        listed(world, *before)
        with pytest.raises(Refusal) as caught:
            listed(world, "branch")
        assert (caught.value.code, caught.value.field) == ("site_in_use", "location_ids")
        assert caught.value.sentence == (
            "Main Street stays in the list: Dr Wu on Monday 08:00–17:00 at Main Street and 4 more "
            "parts of the week still hold there. Change those weekly hours first."
        )
    listed(world, "main")  # nobody works at Elm Park
    yesterday = TODAY - timedelta(days=1)
    ended = [
        replace(row, valid_until=yesterday)
        for row in world.store.queries.roster().templates
        if row.doctor_id == world.names["wu"]
    ]
    doctor = replace(wu(world), location_ids=(world.names["branch"],))
    world.run(SaveRecords(records=(doctor, *ended), label="Save"))
    assert wu(world).location_ids == (world.names["branch"],)
    assert world.proven()


def test_what_was_missing_before_does_not_stand_in_the_way(world: World) -> None:
    """Hours that an import left at another site: the doctor can still be renamed, and saving the
    hours puts the list right."""
    listed(world, "main")
    world.run(SaveRecords(records=(saturday(world),), label="Save"))
    with_branch = wu(world)
    assert world.names["branch"] in with_branch.location_ids
    renamed = replace(with_branch, specialty="GP")
    world.run(SaveRecords(records=(renamed, replace(saturday(world), work_end=700)), label="Save"))
    assert wu(world).specialty == "GP"
