"""A large clinic, written fast: rows in bulk with triggers and indexes off, and both made after.

    clinic = build(path, appointments=1_000_000, patients=200_000)

The clinic works Monday to Friday, 08:00 to 17:00 local time with an hour of lunch, in half-hour
visits; ``booked`` of the slots are taken. Days are filled from ``last`` backwards until there are
enough visits, so the present has the density of the past. What comes out is an ordinary file of
this program with its guards in force; with ``history`` it also passes *verify*.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.catalogue import AppointmentType, Doctor, Location, Practice, Room
from clinic_desk.domain.events import Actor
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import at_local, epoch
from clinic_desk.domain.templates import Break, ScheduleTemplate
from clinic_desk.store import guards, searchable
from clinic_desk.store.audit_chain import EVENTS, Fold, Head, Note, append, heads, keep_head
from clinic_desk.store.direct import driver_of
from clinic_desk.store.engine import writer_engine
from clinic_desk.store.folding import search_row
from clinic_desk.store.history import INSERT as INSERT_EVENT
from clinic_desk.store.history import event_row, first_diff
from clinic_desk.store.mapping import mapper
from clinic_desk.store.opening import open_store
from tests.fakes.clock import CountingIds, FixedClock

MIGRATIONS = Path(__file__).parents[2] / "migrations"
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
TODAY = NOW.date()
ZONE = "Europe/Berlin"
BUILDER = Actor("staff-0", "Builder", "desk-0", "session-0")

_STARTS = tuple(m for m in range(480, 1020, 30) if not 720 <= m < 780)
_SYLLABLES = (
    *("an", "ber", "cas", "del", "en", "fer", "gü", "hal", "is", "jo", "kaz", "len", "mar"),
    *("nor", "öz", "pet", "qui", "ros", "şen", "tor", "ul", "ver", "wal", "xan", "yıl", "zor"),
)
_BULK = 5000
Row = tuple[Any, ...]


@dataclass(frozen=True)
class LargeClinic:
    """What was built. ``today`` is the local day of ``NOW``."""

    path: Path
    doctor_ids: tuple[str, ...]
    patient_count: int
    appointment_count: int
    today: date = TODAY


def build(
    path: Path,
    *,
    appointments: int = 1_000_000,
    patients: int = 200_000,
    doctors: int = 50,
    booked: float = 0.7,
    history: bool = False,
    days_ahead: int = 120,
    seed: int = 1,
) -> LargeClinic:
    """Writes a new file at ``path``; the same arguments give the same clinic."""
    rng = random.Random(seed)
    ids = CountingIds()
    store = open_store(path, MIGRATIONS, FixedClock(NOW), ids)
    doctor_ids = tuple(f"doctor-{i:03}" for i in range(doctors))
    with store.unit_of_work(BUILDER) as work:
        for record in _furniture(doctor_ids):
            work.add(record, "created")
        work.commit()
    store.close()
    engine = writer_engine(path)
    with engine.begin() as connection:
        indexes = _drop_indexes(connection)
        guards.drop_all(connection)
        _write_records(connection, mapper(Patient), _patient_rows(rng, patients), history)
        _write(connection, searchable.INSERT, _search_rows(connection))
        visits = _visit_rows(rng, appointments, patients, doctor_ids, booked, days_ahead)
        count = _write_records(connection, mapper(Appointment), visits, history)
        for table in ("patient_words", "patient_digits"):
            connection.exec_driver_sql(f"INSERT INTO {table}({table}) VALUES ('rebuild')")
        for sql in indexes:
            connection.exec_driver_sql(sql)
        _seal(connection)
        guards.recreate(connection)
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    engine.dispose()
    return LargeClinic(path, doctor_ids, patients, count)


def _seal(connection: Connection) -> None:
    """The events written in bulk stand in one entry of the audit trail, as an import's would."""
    head, _ = heads(connection, Head(0, ""))
    assert head is not None
    found = "SELECT max(last_event) FROM audit_entry"
    sealed = int(connection.exec_driver_sql(found).scalar() or 0)
    fold = Fold()
    rows = driver_of(connection).execute(f"{EVENTS} WHERE seq > ? ORDER BY seq", (sealed,))
    fold.read(iter(rows.fetchone, None))
    if fold.first:
        note = Note("ImportBatch")
        keep_head(connection, append(connection, head, BUILDER, NOW, "bulk", note, fold))


def patient_id(number: int) -> str:
    return f"patient-{number:07}"


def _furniture(doctor_ids: tuple[str, ...]) -> Iterator[Any]:
    yield Practice(id="practice", name="Large Clinic", zone=ZONE)
    yield Location(id="site", name="Main", zone=ZONE, primary=True)
    yield AppointmentType(
        id="fup",
        slug="follow-up",
        name="Follow-up",
        code="FUP",
        duration=30,
        max_future_days=730,
    )
    for i, doctor_id in enumerate(doctor_ids):
        yield Room(id=f"room-{i:03}", location_id="site", name=f"Room {i + 1}")
        yield Doctor(
            id=doctor_id,
            name=f"Dr {_name(random.Random(i))}",
            code=f"D{i:02}",
            location_ids=("site",),
            position=i,
        )
        for weekday in range(5):
            yield ScheduleTemplate(
                id=f"template-{i:03}-{weekday}",
                doctor_id=doctor_id,
                location_id="site",
                weekday=weekday,
                work_start=480,
                work_end=1020,
                room_id=f"room-{i:03}",
                step=5,
                breaks=(Break(720, 780, "Lunch"),),
            )


def _name(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=rng.choice((2, 2, 3)))).capitalize()


def _patient_rows(rng: random.Random, count: int) -> Iterator[Row]:
    m = mapper(Patient)
    now = epoch(NOW)
    for i in range(count):
        born = date(1930, 1, 1) + timedelta(days=rng.randrange(34_000))
        national = f"5{rng.randrange(10**8, 10**9)}"
        patient = Patient(
            id=patient_id(i),
            record_number=f"P{i:06}",
            first_name=_name(rng),
            last_name=_name(rng),
            birth_date=born,
            mobile=f"+90{national}",
            mobile_typed=f"0{national}",
            email=f"p{i}@example.org" if i % 3 else "",
            alert="Penicillin" if i % 50 == 0 else "",
        )
        yield _stamped(m.to_row(patient), m.position, now)


def _search_rows(connection: Any) -> Iterator[Row]:
    for patient in searchable.patients(connection):
        row = search_row(patient)
        if row is not None:
            yield (patient.id, *row)


def _stamped(row: Row, position: dict[str, int], when: int) -> Row:
    values = list(row)
    values[position["revision"]] = 1
    for name in ("created", "updated"):
        values[position[f"{name}_at"]] = when
        values[position[f"{name}_by"]] = BUILDER.staff_id
        values[position[f"{name}_op"]] = "bulk"
    return tuple(values)


def _visit_rows(
    rng: random.Random,
    count: int,
    patients: int,
    doctor_ids: tuple[str, ...],
    booked: float,
    days_ahead: int,
) -> Iterator[Row]:
    m = mapper(Appointment)
    at = m.position
    template = list(_stamped(m.to_row(_sample()), at, epoch(NOW)))
    places = [at[n] for n in ("id", "doctor_id", "patient_id", "room_id")]
    spans = [at[n] for n in ("start", "end", "blocked_start", "blocked_end")]
    status, code = at["status"], at["confirmation_code"]
    day = NOW.date() + timedelta(days=days_ahead)
    made, now = 0, epoch(NOW)
    while made < count:
        day -= timedelta(days=1)
        if day.weekday() > 4:
            continue
        midnight = epoch(at_local(day, 0, ZONE))
        shift = epoch(at_local(day, 720, ZONE)) - midnight - 720 * 60
        for i, doctor_id in enumerate(doctor_ids):
            for minute in _STARTS:
                if made >= count or rng.random() >= booked:
                    continue
                made += 1
                row = template.copy()
                who = patient_id(rng.randrange(patients))
                start = midnight + shift + minute * 60
                for position, value in zip(
                    places, (f"visit-{made:08}", doctor_id, who, f"room-{i:03}"), strict=True
                ):
                    row[position] = value
                for position, value in zip(
                    spans, (start, start + 1800, start, start + 1800), strict=True
                ):
                    row[position] = value
                row[status] = "completed" if start < now else "scheduled"
                row[code] = f"APT-{day.year}-{made:08}"
                yield tuple(row)


def _sample() -> Appointment:
    return Appointment(
        id="",
        doctor_id="",
        location_id="site",
        patient_id="",
        type_id="fup",
        start=NOW,
        end=NOW,
        blocked_start=NOW,
        blocked_end=NOW,
        status=Status.SCHEDULED,
        reason="Check",
    )


def _write_records(connection: Any, m: Any, rows: Iterator[Row], history: bool) -> int:
    count = 0
    for batch in _batches(rows):
        connection.exec_driver_sql(m.insert, batch)
        if history:
            connection.exec_driver_sql(INSERT_EVENT, [_event(m, row) for row in batch])
        count += len(batch)
    return count


def _event(m: Any, row: Row) -> Row:
    return event_row(
        f"event-{row[0]}",
        m.table,
        row[0],
        "booked",
        epoch(NOW),
        BUILDER,
        "bulk",
        first_diff(m, row),
        None,
    )


def _write(connection: Any, sql: str, rows: Iterator[Row]) -> None:
    for batch in _batches(rows):
        connection.exec_driver_sql(sql, batch)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= _BULK:
            yield batch
            batch = []
    if batch:
        yield batch


def _drop_indexes(connection: Any) -> list[str]:
    found = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN ('appointment', 'patient', 'event', 'patient_search')"
    ).fetchall()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    return [row[1] for row in found]
