"""The gate itself: one transaction per command, retries, undo and redo of everything."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desk.app import paths
from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Fault, Refusal, Stale
from clinic_desk.domain.events import Actor
from clinic_desk.services import (
    commands,
    roster_commands,
    series_commands,
    waitlist_commands,
)
from clinic_desk.services.commands import (
    AddPatient,
    BlockTime,
    BookAppointment,
    CancelAppointment,
    CancelTogether,
    ChangeStatus,
    ChangeStatusTogether,
    Command,
    CopyAppointment,
    EditAppointment,
    EditPatient,
    MoveAppointment,
    MoveTogether,
    ParkAppointment,
    ParkTogether,
    Redo,
    Reinstate,
    RemoveBlock,
    SaveRecords,
    SaveSetting,
    StepBack,
    Undo,
    UnparkAppointment,
)
from clinic_desk.services.desk import Desk
from clinic_desk.services.gate import handler_of
from clinic_desk.services.ports import UnitOfWork
from clinic_desk.store.opening import open_store
from tests.fakes.clock import FixedClock
from tests.fakes.world import World, actor, at

COMMANDS = sorted(
    {
        item
        for module in (commands, roster_commands, series_commands, waitlist_commands)
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Command) and item is not Command
    },
    key=lambda item: item.__name__,
)


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_every_command_has_its_handler(kind: type[Command]) -> None:
    assert callable(handler_of(kind))


def test_an_unknown_command_is_a_bug(world: World) -> None:
    class Unheard(Command):
        pass

    with pytest.raises(TypeError, match="Unheard"):
        world.run(Unheard())


class Stubborn:
    """A store that another program keeps locked ``times`` times."""

    def __init__(self, world: World, times: int, code: str = "busy") -> None:
        self.world, self.times, self.code = world, times, code

    @contextmanager
    def unit_of_work(self, who: Actor, initiator: str = "") -> Iterator[UnitOfWork]:
        if self.times:
            self.times -= 1
            raise Fault(self.code, "Locked.")
        with self.world.store.unit_of_work(who, initiator) as work:
            yield work


def test_a_busy_store_is_asked_again(world: World) -> None:
    pauses: list[float] = []
    desk = Desk(Stubborn(world, 2), world.clock, world.ids, actor(), pauses.append)
    assert desk.execute(AddPatient(values={"last_name": "Hern"})).value
    assert pauses == [0.05, 0.2]


@pytest.mark.parametrize(("times", "code"), [(9, "busy"), (1, "disk_full")])
def test_what_waiting_does_not_help(world: World, times: int, code: str) -> None:
    pauses: list[float] = []
    desk = Desk(Stubborn(world, times, code), world.clock, world.ids, actor(), pauses.append)
    with pytest.raises(Fault) as caught:
        desk.execute(AddPatient(values={"last_name": "Hern"}))
    assert caught.value.code == code
    assert len(pauses) == (3 if code == "busy" else 0)


Step = Callable[[World], tuple[Command, str]]


def _book(w: World) -> tuple[Command, str]:
    return (
        BookAppointment(
            patient_id=w.names["jon"], doctor_id=w.names["wu"], type_id=w.names["follow-up"],
            start=at("15:00"),
        ),
        "Book Hall, Jonathan on Tue 15:00",
    )  # fmt: skip


def _walk_in(w: World) -> tuple[Command, str]:
    w.clock.set(at("09:05"))
    return (
        BookAppointment(
            patient_id=w.names["jon"], doctor_id=w.names["berg"], type_id=w.names["follow-up"],
            start=at("09:00"), walk_in=True,
        ),
        "Book Hall, Jonathan on Tue 09:00",
    )  # fmt: skip


def _move(w: World) -> tuple[Command, str]:
    row = w.book("10:00")
    return (
        MoveAppointment(
            appointment_id=row, expected_revision=None, start=at("11:00"), end=at("12:00"),
            doctor_id=w.names["berg"],
        ),
        "Move Lee, Ana to Tue 11:00",
    )  # fmt: skip


def _together(w: World) -> tuple[Command, str]:
    rows = [w.book("10:00"), w.book("10:30", patient="jon")]
    moves = tuple(
        MoveAppointment(
            appointment_id=row, expected_revision=None, start=at(start),
            end=at(start) + timedelta(minutes=30),
        )
        for row, start in zip(rows, ("10:30", "10:00"), strict=True)
    )  # fmt: skip
    return MoveTogether(moves=moves), "Move 2 visits"


def _copy(w: World) -> tuple[Command, str]:
    row = w.book("10:00")
    copy = CopyAppointment(appointment_id=row, start=at("16:00"), end=at("16:30"))
    return copy, "Copy Lee, Ana on Tue 16:00"


def _edit(w: World) -> tuple[Command, str]:
    values = {"notes": "Bring X-rays", "type_id": w.names["needle"]}
    return EditAppointment(appointment_id=w.book("10:00"), values=values), "Edit visit of Lee, Ana"


def _confirm(w: World) -> tuple[Command, str]:
    return ChangeStatus(appointment_id=w.book("10:00"), to=Status.CONFIRMED), "Confirm Lee, Ana"


def _check_in(w: World) -> tuple[Command, str]:
    return ChangeStatus(appointment_id=w.book("10:00"), to=Status.ARRIVED), "Check in Lee, Ana"


def _no_show(w: World) -> tuple[Command, str]:
    command = ChangeStatus(appointment_id=w.book("10:00"), to=Status.NO_SHOW)
    return command, "Mark no-show: Lee, Ana"


def _cancel(w: World) -> tuple[Command, str]:
    return CancelAppointment(appointment_id=w.book("10:00"), reason="Ill"), "Cancel Lee, Ana"


def _step_back(w: World) -> tuple[Command, str]:
    row = w.book("10:00")
    w.run(ChangeStatus(appointment_id=row, to=Status.CONFIRMED))
    return StepBack(appointment_id=row), "Step back Lee, Ana to booked"


def _reinstate(w: World) -> tuple[Command, str]:
    row = w.book("10:00")
    w.run(CancelAppointment(appointment_id=row, reason="Ill"))
    return Reinstate(appointment_id=row, reason="Well"), "Reinstate Lee, Ana to booked"


def _park(w: World) -> tuple[Command, str]:
    return ParkAppointment(appointment_id=w.book("10:00")), "Park Lee, Ana"


def _pair(w: World) -> list[str]:
    return [w.book("10:00"), w.book("10:30", patient="jon")]


def _arrive_together(w: World) -> tuple[Command, str]:
    changes = tuple(ChangeStatus(appointment_id=row, to=Status.ARRIVED) for row in _pair(w))
    return ChangeStatusTogether(changes=changes), "Arrived: 2 visits"


def _cancel_together(w: World) -> tuple[Command, str]:
    orders = tuple(CancelAppointment(appointment_id=row, reason="Ill") for row in _pair(w))
    return CancelTogether(cancellations=orders), "Cancelled: 2 visits"


def _park_together(w: World) -> tuple[Command, str]:
    orders = tuple(ParkAppointment(appointment_id=row) for row in _pair(w))
    return ParkTogether(parkings=orders), "Parked: 2 visits"


def _unpark(w: World) -> tuple[Command, str]:
    row = w.book("10:00")
    w.run(ParkAppointment(appointment_id=row))
    return UnparkAppointment(appointment_id=row), "Return Lee, Ana"


def _add(_w: World) -> tuple[Command, str]:
    return AddPatient(values={"last_name": "Hern"}), "Add Hern"


def _edit_patient(w: World) -> tuple[Command, str]:
    edit = EditPatient(patient_id=w.names["ana"], values={"alert": "Pacemaker"})
    return edit, "Edit Lee, Ana"


def _block(w: World) -> tuple[Command, str]:
    block = BlockTime(doctor_id=w.names["wu"], start=at("09:00"), end=at("10:00"))
    return block, "Block Tue 09:00, Dr Wu"


def _unblock(w: World) -> tuple[Command, str]:
    return RemoveBlock(exception_id=str(w.run(_block(w)[0]).value)), "Unblock Tue 09:00, Dr Wu"


def _save(w: World) -> tuple[Command, str]:
    from dataclasses import replace

    room = w.store.queries.roster().rooms[w.names["room1"]]
    renamed = replace(room, name="Blue room")
    return SaveRecords(records=(renamed,), label="Rename Room 1"), "Rename Room 1"


STEPS: tuple[Step, ...] = (
    _book, _walk_in, _move, _together, _copy, _edit, _confirm, _check_in, _no_show, _cancel,
    _step_back, _reinstate, _park, _unpark, _add, _edit_patient, _block, _unblock, _save,
    _arrive_together, _cancel_together, _park_together,
)  # fmt: skip


def picture(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Everything a person could see, bookkeeping left out."""
    hidden = {"revision", "updated_at", "updated_by", "updated_op"}
    tables = ("appointment", "patient", "shelf_item", "availability_exception", "room")
    found: dict[str, list[tuple[object, ...]]] = {}
    with world.store._reader.connect() as connection:
        for table in tables:
            columns = [
                row[1]
                for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")
                if row[1] not in hidden
            ]
            rows = connection.exec_driver_sql(
                f"SELECT {', '.join(columns)} FROM {table} WHERE deleted_at IS NULL ORDER BY id"
            ).fetchall()
            found[table] = [tuple(row) for row in rows]
    return found


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__.strip("_"))
def test_every_write_is_undone_and_redone(world: World, step: Step) -> None:
    command, label = step(world)
    before = picture(world)
    outcome = world.run(command)
    after = picture(world)
    assert outcome.undo_label == label
    assert before != after
    assert world.store.queries.undo_state("session-1").undo_label == label
    undone = world.undo()
    assert (undone.value, undone.sentence) == (label, f"Undone: {label}")
    assert picture(world) == before
    assert world.store.queries.undo_state("session-1").redo_label == label
    assert world.redo().sentence == f"Done again: {label}"
    assert picture(world) == after
    world.undo()
    assert picture(world) == before
    assert world.proven()


def test_nothing_to_undo(world: World) -> None:
    for command in (Undo(), Redo()):
        with pytest.raises(Refusal):
            world.run(command)


def test_undo_is_refused_when_somebody_changed_the_row_since(world: World) -> None:
    earlier = world.book("09:00", patient="jon")
    row = world.book("10:00")
    world.move(row, "11:00")
    world.other_desk().execute(
        MoveAppointment(
            appointment_id=row, expected_revision=None, start=at("14:00"), end=at("14:30")
        )
    )
    with pytest.raises(Stale, match="Noor changed this"):
        world.undo()
    assert world.row(row).start == at("14:00")
    assert world.row(earlier).start == at("09:00")


def test_undo_belongs_to_the_session(world: World) -> None:
    world.book("10:00")
    with pytest.raises(Refusal):
        world.other_desk().execute(Undo())


def test_undoing_into_a_place_taken_meanwhile(world: World) -> None:
    row = world.book("10:00")
    world.move(row, "11:00")
    world.other_desk().execute(
        BookAppointment(
            patient_id=world.names["jon"], doctor_id=world.names["wu"],
            type_id=world.names["follow-up"], start=at("10:00"),
        )
    )  # fmt: skip
    with pytest.raises(Refusal):
        world.undo()
    assert world.row(row).start == at("11:00")
    assert world.proven()


def test_a_new_command_forgets_what_could_be_redone(world: World) -> None:
    world.book("10:00")
    world.undo()
    world.book("11:00")
    with pytest.raises(Refusal):
        world.redo()


def test_undo_withdraws_messages_not_yet_sent(world: World) -> None:
    world.run(SaveSetting(key="webhook.on", value=True, scope="clinic"))
    world.book("10:00")
    world.undo()
    with world.store._reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT topic FROM outbox_message WHERE withdrawn_at IS NULL AND done_at IS NULL"
        ).fetchall()
        count = connection.exec_driver_sql("SELECT count(*) FROM outbox_message").scalar()
    assert count == 1  # the booking's; taking it back needs no word when nobody heard of it
    assert not rows


def _attack(arguments: tuple[str, dict[str, str], int]) -> tuple[int, int]:
    """One process that books and moves around the same few slots; (booked, refused)."""
    file, names, seed = arguments
    dice, clock = random.Random(seed), FixedClock(at("07:00"))
    from clinic_desk.app.clock import Uuid7

    ids = Uuid7()
    store = open_store(Path(file), paths.migrations(), clock, ids)
    desk = Desk(store, clock, ids, actor(f"P{seed}", f"desk-{seed}", f"run-{seed}"))
    done = refused = 0
    mine: list[str] = []
    for _ in range(60):
        start = at("09:00") + timedelta(minutes=15 * dice.randrange(10))
        doctor = names[dice.choice(("wu", "berg"))]
        patient = names[dice.choice(("ana", "jon", "eve", "tom"))]
        end = start + timedelta(minutes=30)
        command: Command
        if mine and dice.random() < 0.3:
            command = MoveAppointment(
                appointment_id=dice.choice(mine), expected_revision=None, start=start, end=end,
                doctor_id=doctor,
            )  # fmt: skip
        elif mine and dice.random() < 0.3:
            command = CancelAppointment(appointment_id=dice.choice(mine), reason="Test")
        else:
            command = BookAppointment(
                patient_id=patient, doctor_id=doctor, type_id=names["follow-up"], start=start,
                end=end, allow_patient_overlap=True,
            )  # fmt: skip
        try:
            outcome = desk.execute(command)
        except Refusal:
            refused += 1
            continue
        done += 1
        if isinstance(command, BookAppointment):
            mine.append(str(outcome.value))
    store.close()
    return done, refused


def test_several_desks_at_once_never_meet_in_one_place(world: World) -> None:
    jobs = [(str(world.store.path), world.names, seed) for seed in range(3)]
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        results = pool.map(_attack, jobs)
    assert sum(done for done, _ in results) > 20
    assert sum(refused for _, refused in results) > 20
    assert world.proven()
