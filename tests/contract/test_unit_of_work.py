"""What every adapter of ``services.ports.UnitOfWork`` must do, whatever it is made of.

``adapters`` names those that there are; each opens a clinic with two patients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.errors import NotFound, Refusal, SlotTaken, Stale
from clinic_desk.domain.people import Patient
from clinic_desk.services.ports import Queries, Store, UnitOfWork
from tests.fakes.world import actor, at, make_template, open_world

WHO = actor()


class Opened:
    """A store under test, its reading side, and the ids of its furniture."""

    def __init__(
        self, store: Store, queries: Queries, names: dict[str, str], close: Callable[[], None]
    ):
        self.store, self.queries, self.names, self.close = store, queries, names, close
        self.number = 0

    def visit(self, start: str = "10:00", **more: object) -> Appointment:
        self.number += 1
        begin = at(start)
        values: dict[str, object] = {
            "id": f"visit-{self.number}",
            "doctor_id": self.names["wu"],
            "location_id": self.names["main"],
            "patient_id": self.names["ana"],
            "start": begin,
            "end": begin + timedelta(minutes=30),
            "blocked_start": begin,
            "blocked_end": begin + timedelta(minutes=30),
            "status": Status.SCHEDULED,
            **more,
        }
        return Appointment(**values)  # type: ignore[arg-type]


def sqlite(folder: Path) -> Opened:
    world = open_world(*make_template(folder), folder)
    return Opened(world.store, world.store.queries, world.names, world.store.close)


adapters = {"sqlite": sqlite}


@pytest.fixture(params=sorted(adapters))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    made = adapters[request.param](tmp_path)
    yield made
    made.close()


def kept(opened: Opened, row: Appointment) -> Appointment:
    with opened.store.unit_of_work(WHO) as work:
        made = work.add(row, "booked")
        work.commit()
    return made


def read(opened: Opened, row_id: str) -> Appointment:
    with opened.store.unit_of_work(WHO) as work:
        return work.get(Appointment, row_id)


def test_left_without_commit_nothing_stays(opened: Opened) -> None:
    with opened.store.unit_of_work(WHO) as work:
        row = work.add(opened.visit(), "booked")
        assert work.get(Appointment, row.id) == row
        work.next_number("APT-2026")
    with opened.store.unit_of_work(WHO) as work:
        with pytest.raises(NotFound):
            work.get(Appointment, row.id)
        assert work.next_number("APT-2026") == 1
        assert work.next_number("APT-2026") == 2
        assert work.next_number("other") == 1


def test_an_error_rolls_back(opened: Opened) -> None:
    row = opened.visit()

    def fail() -> None:
        with opened.store.unit_of_work(WHO) as work:
            work.add(row, "booked")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with pytest.raises(NotFound):
        read(opened, row.id)


def test_what_is_written_is_stamped_and_remembered(opened: Opened) -> None:
    with opened.store.unit_of_work(WHO, "window-1") as work:
        row = work.add(opened.visit(), "booked", {"why": "test"})
        changes = work.changes()
        command = work.command_id
        work.commit()
    assert (row.revision, row.created_by, row.created_op) == (1, WHO.staff_id, command)
    assert changes.initiator == "window-1"
    assert row.id in changes.ids
    assert row.doctor_id in changes.doctor_ids
    assert at("10:00").date() in changes.days
    assert "appointment" in changes.kinds
    with opened.store.unit_of_work(WHO) as work:
        after = work.replace(row, replace(row, notes="Tall"), "edited")
        work.commit()
    assert after.revision == 2
    events = opened.queries.appointment(row.id).history
    assert [event.action for event in events] == ["booked", "edited"]
    assert events[0].metadata == {"why": "test"}
    assert events[1].changes["notes"] == ("", "Tall")


def test_compare_and_set(opened: Opened) -> None:
    row = kept(opened, opened.visit())
    with opened.store.unit_of_work(WHO) as work:
        work.replace(row, replace(row, notes="First"), "edited")
        work.commit()
    with pytest.raises(Stale), opened.store.unit_of_work(WHO) as work:
        work.replace(row, replace(row, notes="Second"), "edited")
    assert read(opened, row.id).notes == "First"


@pytest.mark.parametrize("start", ["09:31", "09:45", "10:00", "10:15", "10:29"])
def test_the_guard_has_the_last_word(opened: Opened, start: str) -> None:
    first = kept(opened, opened.visit())
    with pytest.raises(SlotTaken) as caught:
        kept(opened, opened.visit(start, patient_id=opened.names["jon"]))
    assert caught.value.subject == "doctor"
    assert caught.value.clashing_id == first.id


def test_touching_other_lanes_and_freed_places_are_fine(opened: Opened) -> None:
    first = kept(opened, opened.visit())
    kept(opened, opened.visit("10:30"))
    kept(opened, opened.visit("09:30"))
    kept(opened, opened.visit(lane=1))
    with opened.store.unit_of_work(WHO) as work:
        gone = replace(first, status=Status.NO_SHOW)
        work.replace(first, gone, "no_show")
        work.commit()
    kept(opened, opened.visit())


def test_a_room_beyond_its_capacity(opened: Opened) -> None:
    room = opened.names["room1"]
    kept(opened, opened.visit(room_id=room))
    with pytest.raises(SlotTaken) as caught:
        kept(opened, opened.visit(room_id=room, doctor_id=opened.names["berg"]))
    assert caught.value.subject == "room"


def test_illegal_status_steps(opened: Opened) -> None:
    row = kept(opened, opened.visit())
    done = replace(row, status=Status.COMPLETED)
    with pytest.raises(Refusal), opened.store.unit_of_work(WHO) as work:
        work.replace(row, done, "completed")
    assert read(opened, row.id).status is Status.SCHEDULED


def test_a_savepoint_gives_up_only_its_own(opened: Opened) -> None:
    first, second, third = opened.visit(), opened.visit("10:15"), opened.visit("11:00")

    def both(work: UnitOfWork) -> None:
        with work.savepoint():
            work.add(third, "booked")
            work.add(second, "booked")

    with opened.store.unit_of_work(WHO) as work:
        work.add(first, "booked")
        with pytest.raises(SlotTaken):
            both(work)
        work.commit()
    assert read(opened, first.id)
    for lost in (second, third):
        with pytest.raises(NotFound):
            read(opened, lost.id)


def test_rows_change_places_together(opened: Opened) -> None:
    first, second = kept(opened, opened.visit()), kept(opened, opened.visit("10:30"))
    spans = ("start", "end", "blocked_start", "blocked_end")
    pairs = [
        (a, replace(a, **{name: getattr(b, name) for name in spans}))
        for a, b in ((first, second), (second, first))
    ]
    with opened.store.unit_of_work(WHO) as work:
        work.replace_together(pairs, "moved")
        work.commit()
    assert read(opened, first.id).start == second.start
    assert read(opened, second.id).start == first.start


def test_busy_is_the_union_of_what_meets_the_range(opened: Opened) -> None:
    mine = kept(opened, opened.visit())
    hers = kept(opened, opened.visit("10:00", doctor_id=opened.names["berg"],
                                     patient_id=opened.names["jon"],
                                     room_id=opened.names["room2"]))  # fmt: skip
    kept(opened, opened.visit("10:30"))
    with opened.store.unit_of_work(WHO) as work:

        def ids(**who: object) -> set[str]:
            return {b.id for b in work.busy(at("09:30"), at("10:30"), **who)}  # type: ignore[arg-type]

        assert ids(doctor_ids=[opened.names["wu"]]) == {mine.id}
        assert ids(room_ids=[opened.names["room2"]]) == {hers.id}
        assert ids(patient_id=opened.names["jon"]) == {hers.id}
        assert ids(doctor_ids=[opened.names["wu"]], patient_id=opened.names["jon"]) == {
            mine.id,
            hers.id,
        }
        assert ids() == set()


def test_holds_run_out_by_the_clock_alone(opened: Opened) -> None:
    held = kept(
        opened,
        opened.visit(status=Status.HELD, hold_until=at("06:59"), held_by_desk="desk-1"),
    )
    with opened.store.unit_of_work(WHO) as work:
        assert work.release_expired_holds() == 1
        assert work.get(Appointment, held.id).status is Status.RELEASED
        assert work.release_expired_holds() == 0


def test_removed_rows_are_not_found(opened: Opened) -> None:
    with opened.store.unit_of_work(WHO) as work:
        patient = work.get(Patient, opened.names["tom"])
        work.remove(patient, "removed")
        assert work.find(Patient, id=patient.id) == []
        with pytest.raises(NotFound):
            work.get(Patient, patient.id)
        work.commit()


def test_settings_by_scope(opened: Opened) -> None:
    with opened.store.unit_of_work(WHO) as work:
        work.save_setting("a.b", "desk", [1, {"c": None}])
        work.save_setting("a.b", "clinic", "all")
        work.commit()
    with opened.store.unit_of_work(actor("Noor", "desk-2", "run-2")) as work:
        assert work.setting("a.b", "desk") is None
        assert work.setting("a.b", "clinic") == "all"
    with opened.store.unit_of_work(WHO) as work:
        assert work.setting("a.b", "desk") == [1, {"c": None}]


@contextmanager
def step(opened: Opened, label: str) -> Iterator[list[Appointment]]:
    made: list[Appointment] = []
    with opened.store.unit_of_work(WHO) as work:
        made.append(work.add(opened.visit(), "booked"))
        work.record_undo(label)
        work.commit()
    yield made


def test_undo_and_redo_by_label(opened: Opened) -> None:
    with step(opened, "Book Lee") as (row,):
        with opened.store.unit_of_work(WHO) as work:
            assert work.undo() == "Book Lee"
            work.commit()
        with pytest.raises(NotFound):
            read(opened, row.id)
        assert opened.queries.undo_state(WHO.session_id).redo_label == "Book Lee"
        with opened.store.unit_of_work(WHO) as work:
            assert work.redo() == "Book Lee"
            work.commit()
        assert read(opened, row.id).status is Status.SCHEDULED
