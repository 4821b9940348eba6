"""A random morning at the desk, taken back step by step and done again: every state returns.

The days lie around the clock change of 28 March 2027; series, swaps, holds, the shelf and
squeezed-in visits take part. What a command left must come back field by field.
"""

from __future__ import annotations

import random
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic_desk.domain.appointments import Appointment, ShelfItem, Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.people import Patient
from clinic_desk.domain.templates import AvailabilityException
from clinic_desk.services.commands import (
    AddPatient,
    BlockTime,
    BookAppointment,
    CancelAppointment,
    ChangeStatus,
    Command,
    CopyAppointment,
    EditAppointment,
    HoldSlot,
    ImportBatch,
    MoveAppointment,
    MoveTogether,
    ParkAppointment,
    Reinstate,
    ReleaseHold,
    Scope,
    StepBack,
    UnparkAppointment,
)
from clinic_desk.store.mapping import BOOKKEEPING
from tests.fakes.world import ZONE, World, actor

LONDON = ZoneInfo(ZONE)
FIRST = date(2027, 3, 25)
SERIES = "22222222-0000-7000-8000-000000000001"
State = dict[str, dict[str, object]]
HOLDS = (Status.HELD, Status.RELEASED)


def state(world: World) -> State:
    """Every live row but holds, without its bookkeeping."""
    found: State = {}
    with world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
        for kind in (Appointment, ShelfItem, Patient, AvailabilityException):
            for row in work.find(kind):
                if isinstance(row, Appointment) and row.status in HOLDS:
                    continue
                values = asdict(row)
                found[row.id] = {k: v for k, v in values.items() if k not in BOOKKEEPING}
    return found


def weekly(world: World) -> None:
    """Four visits at 09:00 on the wall, two on each side of the clock change."""
    rows = []
    for number in range(4):
        start = datetime(2027, 3, 26, 9, tzinfo=LONDON) + timedelta(days=number)
        start = start.astimezone(UTC)
        end = start + timedelta(minutes=30)
        rows.append(
            {
                "id": world.ids(),
                "import_key": f"series/{number}",
                "doctor_id": world.names["wu"],
                "location_id": world.names["main"],
                "patient_id": world.names["tom"],
                "type_id": world.names["follow-up"],
                "status": Status.SCHEDULED,
                "start": start,
                "end": end,
                "blocked_start": start,
                "blocked_end": end,
                "series_id": SERIES,
                "series_start": start,
            }
        )
    series = {
        "id": SERIES,
        "rule": "FREQ=DAILY;COUNT=4",
        "local_start": "2027-03-26T09:00",
        "zone": ZONE,
        "duration": 30,
        "doctor_id": world.names["wu"],
        "patient_id": world.names["tom"],
        "import_key": "series",
    }
    world.run(ImportBatch(series=(series,), appointments=tuple(rows)))


class Morning:
    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)

    def span(self) -> tuple[datetime, datetime]:
        day = FIRST + timedelta(days=self.dice.randrange(6))
        wall = time(self.dice.randrange(8, 17), self.dice.choice((0, 15, 30, 45)))
        start = datetime.combine(day, wall, tzinfo=LONDON).astimezone(UTC)
        return start, start + timedelta(minutes=self.dice.choice((15, 30, 45, 60)))

    def visits(self) -> list[Appointment]:
        with self.world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
            return [row for row in work.find(Appointment) if row.status not in HOLDS]

    def command(self) -> Command:
        dice, names, rows = self.dice, self.world.names, self.visits()
        row = dice.choice(rows)
        start, end = self.span()
        doctor = names[dice.choice(("wu", "berg"))]
        rights: dict[str, object] = {
            "outside_hours": dice.random() < 0.5,
            "allow_patient_overlap": True,
            "override_reason": "x",
            "overbook_reason": dice.choice(("", "busy")),
        }

        def to(one: Appointment, a: datetime, b: datetime, who: str) -> MoveAppointment:
            return MoveAppointment(
                appointment_id=one.id, expected_revision=None, start=a, end=b, doctor_id=who,
                **rights,  # type: ignore[arg-type]
            )  # fmt: skip

        def book() -> Command:
            hold = None
            if dice.random() < 0.4:
                held = HoldSlot(doctor_id=doctor, start=start, end=end)
                hold = str(self.world.run(held).value)
            return BookAppointment(
                patient_id=names[dice.choice(("ana", "jon", "eve", "tom"))],
                doctor_id=doctor,
                type_id=names[dice.choice(("follow-up", "needle", "asked", "call"))],
                start=start,
                end=end,
                hold_id=hold,
                **rights,  # type: ignore[arg-type]
            )

        def together() -> Command:
            some = dice.sample(rows, min(3, len(rows)))
            if len(some) > 1 and dice.random() < 0.4:
                a, b = some[:2]
                moves = (to(a, b.start, b.end, b.doctor_id), to(b, a.start, a.end, a.doctor_id))
            else:
                by = timedelta(minutes=dice.choice((-30, 15, 60, 1440)))
                moves = tuple(to(r, r.start + by, r.end + by, r.doctor_id) for r in some)  # type: ignore[assignment]
            return MoveTogether(moves=moves)

        def series() -> Command:
            return MoveAppointment(
                appointment_id=row.id, expected_revision=row.revision, start=start, end=end,
                scope=dice.choice(list(Scope)), **rights,  # type: ignore[arg-type]
            )  # fmt: skip

        def edit() -> Command:
            values: tuple[dict[str, object], ...] = (
                {"notes": f"n{dice.randrange(9)}"},
                {"type_id": names["needle"]},
                {"patient_id": names["eve"]},
                {"room_id": names["room2"]},
            )
            return EditAppointment(appointment_id=row.id, values=dice.choice(values))

        def status() -> Command:
            wanted = [s for s in Status if s not in (*HOLDS, Status.CANCELLED, Status.PENDING)]
            return ChangeStatus(appointment_id=row.id, to=dice.choice(wanted))

        def cancel() -> Command:
            return CancelAppointment(
                appointment_id=row.id, reason="r", scope=dice.choice(list(Scope))
            )

        def back() -> Command:
            if dice.random() < 0.5:
                return StepBack(appointment_id=row.id)
            return Reinstate(appointment_id=row.id, reason="y")

        def shelf() -> Command:
            return dice.choice((ParkAppointment, UnparkAppointment))(appointment_id=row.id)

        def other() -> Command:
            if dice.random() < 0.5:
                return AddPatient(values={"last_name": f"Zed {dice.randrange(1000)}"})
            return BlockTime(doctor_id=doctor, start=start, end=end)

        def copy() -> Command:
            return CopyAppointment(
                appointment_id=row.id, start=start, end=end, doctor_id=doctor,
                **rights,  # type: ignore[arg-type]
            )  # fmt: skip

        makers = (book, book, book, series, series, together, status, cancel, back, shelf, edit,
                  other, copy)  # fmt: skip
        return dice.choice(makers)()

    def step(self) -> bool:
        """Whether something was done that can be taken back; refusals are part of a morning."""
        command: Command | None = None
        try:
            command = self.command()
            outcome = self.world.run(command)
        except Refusal:
            if isinstance(command, BookAppointment) and command.hold_id is not None:
                self.world.run(ReleaseHold(hold_id=command.hold_id))
            return False
        return bool(outcome.undo_label)


@pytest.mark.parametrize("seed", range(8))
def test_every_state_returns(world: World, seed: int) -> None:
    world.clock.set(datetime(2027, 3, 25, 7, tzinfo=UTC))
    weekly(world)
    morning, states = Morning(world, seed), [state(world)]
    for _ in range(55):
        if morning.step():
            states.append(state(world))
        world.clock.advance(seconds=morning.dice.randrange(1, 20))
    assert len(states) > 20
    codes = [row["confirmation_code"] for row in states[-1].values() if "lane" in row]
    assert len(codes) == len(set(codes))
    assert world.proven()
    for wanted in reversed(states[:-1]):
        world.undo()
        assert state(world) == wanted
    assert world.proven()
    for wanted in states[1:]:
        world.redo()
        assert state(world) == wanted
    assert world.proven()
