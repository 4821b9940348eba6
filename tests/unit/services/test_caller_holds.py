"""Several slots held for one caller, on one desk and seen from others."""

from __future__ import annotations

import multiprocessing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clinic_desk.app import paths
from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Refusal, SlotTaken
from clinic_desk.services import caller_holds
from clinic_desk.services.commands import BookAppointment, HoldSlot, ReleaseExpiredHolds
from clinic_desk.services.desk import Desk
from clinic_desk.services.hold_commands import ReleaseHolds, RenewHolds
from clinic_desk.store.opening import open_store
from tests.fakes.clock import CountingIds, FixedClock
from tests.fakes.world import World, actor, at

FORK = multiprocessing.get_context("fork")


def hold(world: World, start: str, patient: str = "", name: str = "", **more: Any) -> str:
    begin = at(start)
    return str(
        world.run(
            HoldSlot(
                doctor_id=world.names["wu"],
                start=begin,
                end=begin + timedelta(minutes=30),
                type_id=world.names["follow-up"],
                patient_id=world.names[patient] if patient else None,
                name=name,
                **more,
            )
        ).value
    )


def test_what_is_held_is_told_by_caller(world: World) -> None:
    first = hold(world, "10:00", "ana")
    world.clock.advance(seconds=30)
    second = hold(world, "11:00", "ana")
    third = hold(world, "14:00", name="Nia Okoro")
    queries = world.store.queries
    ana, nia = caller_holds.for_callers(queries, "desk-1")
    assert (ana.name, [cell.id for cell in ana.holds]) == ("Lee, Ana", [first, second])
    assert ana.until == at("07:03")
    assert (nia.name, nia.patient_id, nia.holds[0].id) == ("Nia Okoro", None, third)
    assert caller_holds.for_callers(queries, "desk-2") == ()
    assert caller_holds.next_end(queries) == at("07:03")


def test_one_key_extends_all_of_them(world: World) -> None:
    ids = (hold(world, "10:00", "ana"), hold(world, "11:00", "ana"))
    world.clock.advance(seconds=170)
    outcome = world.run(RenewHolds(hold_ids=ids))
    assert outcome.value == ids
    (ana,) = caller_holds.for_callers(world.store.queries)
    assert ana.until == world.clock.now() + timedelta(seconds=180)
    world.clock.advance(seconds=100)
    late = hold(world, "14:00", "ana")
    world.clock.advance(seconds=90)
    outcome = world.run(RenewHolds(hold_ids=(*ids, late)))
    assert outcome.value == (late,)
    assert outcome.warnings == ("2 held slots ran out and were let go.",)
    world.clock.advance(seconds=181)
    with pytest.raises(Refusal, match="ran out"):
        world.run(RenewHolds(hold_ids=(late,)))
    with pytest.raises(Refusal, match="Nothing is held"):
        world.run(RenewHolds(hold_ids=()))
    assert world.proven()


def test_another_desk_can_neither_extend_nor_release(world: World) -> None:
    made = hold(world, "10:00")
    other = world.other_desk()
    for command in (RenewHolds(hold_ids=(made,)), ReleaseHolds(hold_ids=(made,))):
        with pytest.raises(Refusal, match="another desk"):
            other.execute(command)
    assert world.status(made) is Status.HELD


def test_all_are_let_go_in_one_step(world: World) -> None:
    ids = (hold(world, "10:00", kept=True), hold(world, "11:00", kept=True))
    outcome = world.run(ReleaseHolds(hold_ids=(*ids, "nobody"), on_purpose=True))
    assert outcome.undo_label == "Release 2 held slots"
    assert caller_holds.for_callers(world.store.queries) == ()
    world.undo()
    (group,) = caller_holds.for_callers(world.store.queries)
    assert [cell.id for cell in group.holds] == list(ids)
    assert world.run(ReleaseHolds(hold_ids=ids)).undo_label == ""
    assert world.proven()


def test_they_end_by_themselves_with_the_timer_and_at_the_next_write(world: World) -> None:
    first, second = hold(world, "10:00"), hold(world, "11:00")
    end = caller_holds.next_end(world.store.queries)
    assert end is not None
    world.clock.set(end)
    assert caller_holds.for_callers(world.store.queries) == (), "over, though nobody wrote"
    assert caller_holds.next_end(world.store.queries) is None
    assert world.run(ReleaseExpiredHolds()).value == 2
    assert {world.status(first), world.status(second)} == {Status.RELEASED}
    third = hold(world, "14:00")
    world.clock.advance(seconds=180)
    world.book("14:00")
    assert world.status(third) is Status.RELEASED
    assert world.proven()


def other_program(path: str, names: dict[str, str], asked: Any, said: Any) -> None:
    """A desk in a program of its own: does what it is asked, one thing after the other."""
    clock = FixedClock(at("07:00"))
    store = open_store(Path(path), paths.migrations(), clock, CountingIds(9_000_000))
    desk = Desk(store, clock, CountingIds(8_000_000), actor("Noor", "desk-2", "run-2"))
    held: tuple[str, ...] = ()
    while (word := asked.get(timeout=200)) != "end":
        if word == "hold":
            for start in ("10:00", "11:00"):
                begin = at(start)
                command = HoldSlot(
                    doctor_id=names["wu"],
                    start=begin,
                    end=begin + timedelta(minutes=30),
                    type_id=names["follow-up"],
                    patient_id=names["eve"],
                )
                held = (*held, str(desk.execute(command).value))
            said.put(held)
        elif word == "extend":
            clock.advance(seconds=120)
            said.put(desk.execute(RenewHolds(hold_ids=held)).value)
        elif word == "release":
            said.put(desk.execute(ReleaseHolds(hold_ids=held)).value)
        else:
            found = caller_holds.for_callers(store.queries)
            said.put([(group.name, len(group.holds)) for group in found])
    store.close()


def test_two_programs_on_one_file_see_each_others_holds(world: World) -> None:
    asked, said = FORK.Queue(), FORK.Queue()
    path = world.store.queries.info().path
    world.store.close()  # an open database must not be inherited
    child = FORK.Process(target=other_program, args=(path, world.names, asked, said))
    child.start()
    world.store = open_store(Path(path), paths.migrations(), world.clock, world.ids)
    world.desk = Desk(world.store, world.clock, world.ids, actor())
    queries = world.store.queries

    def ask(word: str) -> Any:
        asked.put(word)
        return said.get(timeout=200)

    version = queries.data_version()
    ids = ask("hold")
    assert queries.data_version() != version, "the other windows are told"
    (eve,) = caller_holds.for_callers(queries)
    assert (eve.name, [cell.id for cell in eve.holds]) == ("Moss, Eve", list(ids))
    assert eve.holds[0].held_by == "Noor"
    with pytest.raises(SlotTaken, match="Slot held by Noor"):
        world.book("10:00")
    own = hold(world, "14:00", "jon")
    assert ask("look") == [("Hall, Jonathan", 1), ("Moss, Eve", 2)]
    world.clock.advance(seconds=120)
    assert ask("extend") == ids
    world.run(RenewHolds(hold_ids=(own,)))
    world.clock.advance(seconds=120)
    with pytest.raises(SlotTaken, match="Slot held by Noor"):
        world.book("10:00")
    world.clock.advance(seconds=61)
    visit = world.book("10:00")
    assert world.status(ids[0]) is Status.RELEASED, "released by the next write of any program"
    assert world.status(ids[1]) is Status.RELEASED
    assert ask("release") == ids
    asked.put("end")
    child.join(60)
    assert child.exitcode == 0
    assert world.status(visit) is Status.SCHEDULED
    assert world.proven()


def test_a_booking_from_one_of_several_leaves_the_others(world: World) -> None:
    first, second = hold(world, "10:00", "ana"), hold(world, "11:00", "ana")
    world.run(
        BookAppointment(
            patient_id=world.names["ana"],
            doctor_id=world.names["wu"],
            type_id=world.names["follow-up"],
            start=at("10:00"),
            hold_id=first,
        )
    )
    (ana,) = caller_holds.for_callers(world.store.queries)
    assert [cell.id for cell in ana.holds] == [second]
