"""One booking through the gate against inserting its one row bare, on 1,000,000 visits.

The floor is what nobody can leave out: BEGIN IMMEDIATE, one INSERT of the same row under the same
triggers, checks and indexes with the same full synchronisation, COMMIT, straight on the driver.
The measured booking judges the place, writes the row, its event, the undo record, the outbox
message and the confirmation code's counter, in one transaction.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.events import Actor
from clinic_desk.domain.spans import at_local
from clinic_desk.services.commands import (
    BookAppointment,
    CancelAppointment,
    EditPatient,
    MoveAppointment,
    SaveSetting,
    Undo,
)
from clinic_desk.services.desk import Desk
from clinic_desk.store import unit_of_work
from clinic_desk.store.engine import connect
from clinic_desk.store.mapping import mapper
from clinic_desk.store.opening import ClinicStore
from clinic_desk.store.unit_of_work import SqlUnitOfWork
from tests.benchmarks import data, stores
from tests.benchmarks.results import Result, Turns, against_floor, in_turns, within

ROUNDS = 150
DAYS = 30
STARTS = tuple(minute for minute in range(480, 1020, 30) if not 720 <= minute < 780)
Slot = tuple[str, datetime]
Clock = Callable[[], float]
ACTOR = Actor("staff-1", "Reception", "desk-0", "session-1")


def free_slots(store: ClinicStore, count: int) -> list[Slot]:
    """Free half hours of the coming days, in no order."""
    found: list[Slot] = []
    day = data.TODAY
    last = day + timedelta(days=DAYS)
    taken = {(b.doctor_id, b.start) for b in store.queries.snapshot(day, last).busy}
    doctors = list(store.queries.roster().doctors)
    while day < last:
        day += timedelta(days=1)
        if day.weekday() > 4:
            continue
        for minute in STARTS:
            start = at_local(day, minute, data.ZONE).astimezone(UTC)
            seconds = int(start.timestamp())
            found += [(d, start) for d in doctors if (d, seconds) not in taken]
    random.Random(5).shuffle(found)
    assert len(found) >= count, f"only {len(found)} of {count} slots are free"
    return found


def bare_insert(
    path: Path, slots: list[Slot], clock: Callable[[], float]
) -> Callable[[int], float]:
    """Answers how long the floor's transaction took on that clock, in seconds."""
    m = mapper(Appointment)
    connection = connect(path, write=True)
    now = int(data.NOW.timestamp())

    def row(number: int) -> tuple[object, ...]:
        doctor_id, start = slots.pop()
        visit = Appointment(
            id=f"floor-{clock.__name__}-{number:06}",
            revision=1,
            created_by="staff-1",
            updated_by="staff-1",
            created_op="floor",
            updated_op="floor",
            doctor_id=doctor_id,
            location_id="site",
            room_id=f"room-{doctor_id[-3:]}",
            patient_id=data.patient_id(number * 37 % 150_000),
            type_id="fup",
            start=start,
            end=start + timedelta(minutes=30),
            blocked_start=start,
            blocked_end=start + timedelta(minutes=30),
            status=Status.SCHEDULED,
            reason="Check",
            patient_zone=data.ZONE,
            doctor_zone=data.ZONE,
            confirmation_code=f"FLOOR-{clock.__name__}-{number:06}",
        )
        values = list(m.to_row(visit))
        values[m.position["created_at"]] = values[m.position["updated_at"]] = now
        return tuple(values)

    def work(number: int) -> float:
        values = row(number)
        started = clock()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(m.insert, values)
        connection.execute("COMMIT")
        return clock() - started

    return work


def booked(desk: Desk, slots: list[Slot], clock: Callable[[], float]) -> Callable[[int], float]:
    def work(number: int) -> float:
        doctor_id, start = slots.pop()
        command = BookAppointment(
            patient_id=data.patient_id(150_000 + number * 37 % 50_000),
            doctor_id=doctor_id,
            type_id="fup",
            start=start,
            reason="Check",
        )
        started = clock()
        desk.execute(command)
        return clock() - started

    return work


def timed(work: Callable[[int], float], into: list[float]) -> Callable[[int], None]:
    def act(number: int) -> None:
        into.append(work(number) * 1000)

    return act


def compare(path: Path, store: ClinicStore, clock: Callable[[], float], rounds: int) -> Turns:
    slots = free_slots(store, 2 * rounds + 20)
    desk = Desk(store, data_clock(), ids(), ACTOR)
    floors: list[float] = []
    taken: list[float] = []
    floor = timed(bare_insert(path, slots, clock), floors)
    in_turns(floor, timed(booked(desk, slots, clock), taken), rounds, warm=5)
    return Turns(tuple(floors[5:]), tuple(taken[5:]))


def audited(store: ClinicStore, clock: Clock, rounds: int, first: int) -> Turns:
    """Bookings without an entry in the audit trail, in turns with bookings as they are; each of
    another patient, from the ``first`` on."""
    slots = free_slots(store, 2 * rounds + 20)
    desk = Desk(store, data_clock(), ids(), ACTOR)
    bare: list[float] = []
    whole: list[float] = []
    book = booked(desk, slots, clock)

    def unsealed(number: int) -> float:
        kept = unit_of_work.seal
        unit_of_work.seal = lambda *_: None
        try:
            return book(first + 2 * number)
        finally:
            unit_of_work.seal = kept

    def sealed(number: int) -> float:
        return book(first + 2 * number + 1)

    in_turns(timed(unsealed, bare), timed(sealed, whole), rounds, warm=5)
    return Turns(tuple(bare[5:]), tuple(whole[5:]))


def messaged(store: ClinicStore, clock: Clock, rounds: int, first: int) -> Turns:
    """Bookings without a message planned, in turns with bookings of which three are; each of
    another patient, who has a number and said yes, from the ``first`` on."""
    desk = Desk(store, data_clock(), ids(), ACTOR)
    slots = free_slots(store, 2 * rounds + 20)
    for number in range(2 * rounds + 20):
        values = {"mobile": "07911 123456", "consent_sms": True}
        patient_id = data.patient_id(150_000 + (first + number) * 37 % 50_000)
        desk.execute(EditPatient(patient_id=patient_id, values=values))
    bare: list[float] = []
    whole: list[float] = []
    book = booked(desk, slots, clock)
    none: dict[str, object] = {"messages.sms.on": False}

    def silent(number: int) -> float:
        kept = SqlUnitOfWork.message_settings
        SqlUnitOfWork.message_settings = lambda _self: none  # type: ignore[method-assign]
        try:
            return book(first + 2 * number)
        finally:
            SqlUnitOfWork.message_settings = kept  # type: ignore[method-assign]

    def told(number: int) -> float:
        return book(first + 2 * number + 1)

    desk.execute(SaveSetting(key="messages.sms.on", value=True, scope="clinic"))
    try:
        in_turns(timed(silent, bare), timed(told, whole), rounds, warm=5)
    finally:
        desk.execute(SaveSetting(key="messages.sms.on", value=False, scope="clinic"))
    return Turns(tuple(bare[5:]), tuple(whole[5:]))


def data_clock() -> stores.FixedClock:
    return stores.FixedClock(data.NOW)


def ids() -> Callable[[], str]:
    from clinic_desk.app.clock import Uuid7

    return Uuid7()


def others(store: ClinicStore) -> list[Result]:
    """The other daily writes, as milliseconds until they are acknowledged."""
    desk = Desk(store, data_clock(), ids(), ACTOR)
    slots = free_slots(store, 400)
    taken: dict[str, list[float]] = {"move": [], "undo": [], "cancel": []}
    for number in range(60):
        doctor_id, start = slots.pop()
        patient_id = data.patient_id(number * 53)
        book = BookAppointment(
            patient_id=patient_id, doctor_id=doctor_id, type_id="fup", start=start
        )
        visit_id = str(desk.execute(book).value)
        to_doctor, to_start = slots.pop()
        acts = (
            ("move", _move(visit_id, to_start, to_doctor)),
            ("undo", Undo()),
            ("cancel", CancelAppointment(appointment_id=visit_id, reason="Patient rang")),
        )
        for name, command in acts:
            started = time.perf_counter()
            desk.execute(command)
            taken[name].append((time.perf_counter() - started) * 1000)
    return [within(f"{name} acknowledged", taken[name], 150, at="p95") for name in taken]


def run(out: Path) -> list[Result]:
    with stores.copied(stores.large(out), out) as path, stores.opened(path) as store:
        wall = compare(path, store, time.perf_counter, ROUNDS)
        processor = compare(path, store, time.thread_time, ROUNDS)
        sealed = audited(store, time.perf_counter, ROUNDS, 300)
        sealed_processor = audited(store, time.thread_time, ROUNDS, 700)
        told = messaged(store, time.perf_counter, ROUNDS, 1100)
        told_processor = messaged(store, time.thread_time, ROUNDS, 1500)
        return [
            against_floor("one booking, until it is on the disk", wall, times=4),
            against_floor("one booking, processor time alone", processor, times=4),
            against_floor("one booking, against one without the audit trail", sealed, times=1.5),
            against_floor("… processor time alone", sealed_processor, times=1.5),
            against_floor("one booking with its messages, against one without", told, times=1.5),
            against_floor("… of messages, processor time alone", told_processor, times=1.5),
            within("booking acknowledged", wall.measured, 150, at="p95"),
            *others(store),
        ]


def _move(visit_id: str, start: datetime, doctor_id: str) -> MoveAppointment:
    return MoveAppointment(
        appointment_id=visit_id,
        expected_revision=None,
        start=start,
        end=start + timedelta(minutes=30),
        doctor_id=doctor_id,
    )
