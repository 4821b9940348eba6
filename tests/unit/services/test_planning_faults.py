"""When the machine fails in the middle of a planned step, nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.waitlist import WaitStatus, gap_key
from clinic_desk.services import absence
from clinic_desk.services.commands import BookAppointment, Command
from clinic_desk.services.planning_views import PlanWishes
from clinic_desk.services.roster_commands import RequestTimeOff
from clinic_desk.services.waitlist_commands import AddToWaitlist, BookFromWaitlist
from clinic_desk.store.writing import RowWriter
from tests.fakes.world import TODAY, World, at

DAY = timedelta(days=1)


def fail_at(monkeypatch: pytest.MonkeyPatch, write: int) -> None:
    """The disk is full at the so-manyeth row that is written."""
    done = [0]

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: RowWriter, *args: Any, **more: Any) -> Any:
            done[0] += 1
            if done[0] == write:
                raise Fault("disk_full", "The disk is full.")
            return real(self, *args, **more)

        return call

    for name in ("add", "replace"):
        monkeypatch.setattr(RowWriter, name, failing(getattr(RowWriter, name)))


def picture(world: World) -> tuple[object, ...]:
    queries = world.store.queries
    cells = queries.cells(TODAY, TODAY + 30 * DAY, include_cancelled=True)
    return (
        cells,
        queries.waitlist(list(WaitStatus)),
        queries.shelf(),
        queries.undo_state("session-1"),
        queries.roster().time_off,
    )


def fails_everywhere(world: World, monkeypatch: pytest.MonkeyPatch, command: Command) -> int:
    """Runs the command with a failure at its first, second … write; the number of writes."""
    before = picture(world)
    for write in range(1, 60):
        with monkeypatch.context() as patch:
            fail_at(patch, write)
            try:
                world.run(command)
            except Fault:
                assert picture(world) == before
                continue
        assert picture(world) != before
        world.proven()
        return write - 1
    raise AssertionError("it never came to an end")


def test_accepting_a_plan_is_all_of_it_or_nothing_when_the_disk_is_full(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, patient in enumerate(("ana", "jon", "eve", "tom")):
        world.book(f"{8 + n:02}:00", patient=patient)
    request = str(
        world.run(
            RequestTimeOff(
                doctor_id=world.names["wu"], start=at("00:00"), end=at("00:00", TODAY + DAY)
            )
        ).value
    )
    made = absence.plan(world.store.queries, request, PlanWishes(), world.clock.now())
    command = absence.accept_all_command(made.proposals, request)
    assert fails_everywhere(world, monkeypatch, command) >= 4


def test_booking_from_the_list_is_all_of_it_or_nothing_when_the_disk_is_full(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = world.book("10:00", day=TODAY + 9 * DAY)
    values = {
        "patient_id": world.names["ana"],
        "type_id": world.names["follow-up"],
        "appointment_id": later,
    }
    entry = str(world.run(AddToWaitlist(values=values)).value)
    command = BookFromWaitlist(
        entry_id=entry,
        booking=BookAppointment(
            patient_id=world.names["ana"],
            doctor_id=world.names["wu"],
            type_id=world.names["follow-up"],
            start=at("10:00"),
        ),
        gap=gap_key(world.names["wu"], at("10:00"), at("11:00")),
        give_up=True,
    )
    assert fails_everywhere(world, monkeypatch, command) >= 4
