"""The short way of reading: ``services.ports.Queries`` over the read-only engine.

Every call takes a connection of its own and one snapshot of the file. Statements only SELECT;
what comes back is frozen and may cross threads. Local days are read in every zone the clinic has
locations in, so a range covers the first to the last of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine

from clinic_desk.domain.appointments import OCCUPYING, Appointment
from clinic_desk.domain.availability.model import Busy, Roster, Snapshot
from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.ids import Clock, Id
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.services.views import (
    NOTED_KEY,
    AppointmentView,
    CalendarSlice,
    Cell,
    DayLoad,
    MonthSlice,
    PatientHit,
    PatientIdentity,
    PatientView,
    ShelfCard,
    StoreInfo,
    UndoState,
)
from clinic_desk.store import people, search
from clinic_desk.store.audit_reading import AuditReading
from clinic_desk.store.billing_reading import BillingReading
from clinic_desk.store.cells import CellMaker, away_spans, cell_rows, month_rows, range_rows
from clinic_desk.store.days import Days, bounds, taken_of
from clinic_desk.store.engine import Door, connect
from clinic_desk.store.faults import translated
from clinic_desk.store.flow_reading import FlowReading
from clinic_desk.store.history import read_history
from clinic_desk.store.keys import id_in
from clinic_desk.store.mapping import TABLES, mapper
from clinic_desk.store.message_reading import MessageReading
from clinic_desk.store.occupancy import (
    AHEAD,
    busy_in_rooms,
    busy_rows,
    external_rows,
    short_name,
)
from clinic_desk.store.outbox_reading import OutboxReading
from clinic_desk.store.past_reading import PastReading
from clinic_desk.store.patient_reading import PatientReading
from clinic_desk.store.pulse import Pulse
from clinic_desk.store.rosters import RosterCache
from clinic_desk.store.series_reading import SeriesReading
from clinic_desk.store.setting_rows import read_setting
from clinic_desk.store.staff_reading import StaffReading
from clinic_desk.store.statistics import StatisticsReading
from clinic_desk.store.undo_steps import next_step

_OCCUPYING = frozenset(str(status) for status in OCCUPYING)
NAMED_DAYS = 14
"""Snapshots up to this long carry the names that a refusal tells."""


class SqlQueries(
    SeriesReading,
    FlowReading,
    StatisticsReading,
    BillingReading,
    OutboxReading,
    PatientReading,
    PastReading,
    StaffReading,
    AuditReading,
    MessageReading,
):
    """See the port. ``desk_id`` answers whose settings scope "desk" means."""

    def __init__(
        self,
        engine: Engine,
        path: Path,
        clock: Clock,
        rosters: RosterCache,
        desk_id: Callable[[], Id],
        backups: Callable[[], datetime | None],
        door: Door | None = None,
    ) -> None:
        self._engine = engine
        self._path = path
        self._clock = clock
        self._rosters = rosters
        self._desk_id = desk_id
        self._last_backup = backups
        self._days = Days()
        self._pin_lock = Lock()
        self._pinned: Any = None
        self._door, self._pulse = door or Door(), Pulse()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with (
            translated(self._path.parent),
            self._engine.connect() as connection,
            connection.begin(),
        ):
            yield connection

    def _now(self) -> datetime:
        return self._clock.now()

    def _here(self) -> Id:
        return self._desk_id()

    def close(self) -> None:
        with self._pin_lock:
            if self._pinned is not None:
                self._pinned.close()
                self._pinned = None
                self._pulse.forget()

    def data_version(self) -> int:
        """See ``Pulse``; while the file is replaced it is as it was."""
        with translated(), self._pin_lock:
            if self._pinned is None and self._door.is_open:
                self._pinned = connect(self._path, write=False)
            return self._pulse.told if self._pinned is None else self._pulse.look(self._pinned)

    def post_version(self) -> int:
        """As ``data_version`` last saw it."""
        return self._pulse.post

    def roster(self) -> Roster:
        with self._reading() as connection:
            return self._rosters.get(connection)

    # The calendar

    def calendar(
        self,
        first: date,
        last: date,
        doctor_ids: Sequence[Id] | None = None,
        *,
        include_cancelled: bool = False,
        rooms: bool = True,
    ) -> CalendarSlice:
        version = self.data_version()
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            wanted = _doctors(roster, doctor_ids)
            start, end = bounds(roster, first, last)
            near, far = start - AHEAD, end + AHEAD
            rows = range_rows(connection, near, far, wanted, include_cancelled)
            maker = self._maker(connection, roster)
            external = external_rows(connection, near, far, wanted)
            others = busy_in_rooms(connection, roster, near, far, wanted) if rooms else ()
        busy = tuple(_busy_of_cell(r, maker.name) for r in rows if r[11] in _OCCUPYING) + others
        snapshot = Snapshot(roster, busy, tuple(external), first, last)
        cells = tuple(maker.make(r) for r in rows if r[2] < end and r[3] > start)
        taken = [(r[6], r[2], r[3]) for r in rows if r[29] is None and r[11] in _OCCUPYING]
        days = self._days.doctor_days(roster, wanted, first, last, taken, external)
        return CalendarSlice(first, last, cells, days, snapshot, version)

    def room_use(
        self, first: date, last: date, doctor_ids: Sequence[Id] | None = None
    ) -> tuple[Busy, ...]:
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            start, end = bounds(roster, first, last)
            wanted = _doctors(roster, doctor_ids)
            return busy_in_rooms(connection, roster, start - AHEAD, end + AHEAD, wanted)

    def month(self, first: date, last: date, doctor_ids: Sequence[Id] | None = None) -> MonthSlice:
        """Visits and loads from one statement: a load is counted from the same rows."""
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            wanted = _doctors(roster, doctor_ids)
            start, end = bounds(roster, first, last)
            rows, visits = month_rows(connection, start, end, wanted)
            external = external_rows(connection, start, end, wanted)
        taken = [(r[3], r[1], r[2]) for r in rows if r[9] is None and r[5] in _OCCUPYING]
        loads = self._days.loads(roster, wanted, first, last, taken, external)
        return MonthSlice(roster, visits, loads)

    def cells(
        self,
        first: date,
        last: date,
        doctor_ids: Sequence[Id] | None = None,
        *,
        include_cancelled: bool = False,
    ) -> tuple[Cell, ...]:
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            start, end = bounds(roster, first, last)
            rows = range_rows(
                connection, start, end, _doctors(roster, doctor_ids), include_cancelled
            )
            maker = self._maker(connection, roster)
        return tuple(map(maker.make, rows))

    def loads(
        self, first: date, last: date, doctor_ids: Sequence[Id] | None = None
    ) -> tuple[DayLoad, ...]:
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            wanted = _doctors(roster, doctor_ids)
            start, end = bounds(roster, first, last)
            busy = busy_rows(connection, start, end, doctor_ids=wanted, named=False)
            external = external_rows(connection, start, end, wanted)
        return self._days.loads(roster, wanted, first, last, taken_of(busy), external)

    def snapshot(self, first: date, last: date, doctor_ids: Sequence[Id] | None = None) -> Snapshot:
        """Busy rows of the doctors, and of whoever else uses a room in that range; longest buffer
        included on both sides. Over more than ``NAMED_DAYS`` days the labels are left empty."""
        named = (last - first).days < NAMED_DAYS
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            wanted = _doctors(roster, doctor_ids)
            start, end = bounds(roster, first, last)
            near, far = start - AHEAD, end + AHEAD
            busy = busy_rows(connection, near, far, doctor_ids=None, named=named)
            external = external_rows(connection, near, far, wanted)
        chosen = frozenset(wanted)
        if len(chosen) < len(roster.doctors):
            busy = [b for b in busy if b.doctor_id in chosen or b.room_id is not None]
        return Snapshot(roster, tuple(busy), tuple(external), first, last)

    def clashes(self) -> tuple[Cell, ...]:
        return self._cells("a.slot_state = 'contested' AND a.deleted_at IS NULL", ())

    def shelf(self) -> tuple[ShelfCard, ...]:
        with self._reading() as connection:
            items = connection.exec_driver_sql(
                "SELECT id, appointment_id, parked_at, created_at FROM shelf_item"
                " WHERE deleted_at IS NULL ORDER BY parked_at, id"
            ).fetchall()
            rows = cell_rows(
                connection,
                "a.id IN (SELECT appointment_id FROM shelf_item WHERE deleted_at IS NULL)"
                " AND a.deleted_at IS NULL",
                (),
            )
            maker = self._maker(connection, self._rosters.get(connection))
        made = {r[0]: maker.make(r) for r in rows}
        return tuple(
            ShelfCard(item[0], from_epoch(item[2] or item[3]), made[item[1]])
            for item in items
            if item[1] in made
        )

    # One thing

    def appointment(self, appointment_id: Id) -> AppointmentView:
        """Raises ``NotFound``."""
        m = mapper(Appointment)
        with self._reading() as connection:
            row = connection.exec_driver_sql(m.select_one, (appointment_id,)).fetchone()
            if row is None or row[m.position["deleted_at"]] is not None:
                raise NotFound("appointment", appointment_id)
            visit = m.from_row(row)
            roster = self._rosters.get(connection)
            cell = self._maker(connection, roster).make(
                cell_rows(connection, "a.id = ?", (appointment_id,))[0]
            )
            patient = people.patient(connection, visit.patient_id)
            history = read_history(connection, appointment_id)
        doctor = roster.doctors.get(visit.doctor_id)
        room = roster.rooms.get(visit.room_id or "")
        location = roster.locations.get(visit.location_id)
        return AppointmentView(
            cell=cell,
            values=m.as_mapping(visit),
            patient=patient,
            history=history,
            doctor_name=doctor.name if doctor else "",
            room_name=room.name if room else "",
            location_name=location.name if location else "",
            zone=location.zone if location else roster.practice.zone,
        )

    def appointment_by_code(self, code: str) -> Id | None:
        if not code.isascii():
            return None
        with self._reading() as connection:
            found = connection.exec_driver_sql(
                "SELECT id FROM appointment WHERE confirmation_code = ? AND deleted_at IS NULL",
                (code.strip().upper(),),
            ).scalar()
        return None if found is None else str(found)

    def patient(self, patient_id: Id) -> PatientView:
        """Visits newest first. Raises ``NotFound``."""
        with self._reading() as connection:
            found = people.patient(connection, patient_id)
            if found is None or found.deleted_at is not None:
                raise NotFound("patient", patient_id)
            rows = cell_rows(
                connection,
                "a.patient_id = ? AND a.deleted_at IS NULL"
                " AND a.status NOT IN ('held', 'released')",
                (patient_id,),
                "a.start_at DESC, a.id DESC",
            )
            maker = self._maker(connection, self._rosters.get(connection))
        missed = sum(r[11] == "no_show" for r in rows)
        return PatientView(found, tuple(map(maker.make, rows)), missed)

    # Finding people

    def search_patients(self, text: str, limit: int = 20) -> list[PatientHit]:
        with self._reading() as connection:
            return search.search(connection, text, limit, epoch(self._clock.now()))

    def similar_patients(
        self, *, last_name: str, first_name: str, birth_date: date | None, phone: str
    ) -> list[PatientHit]:
        now = epoch(self._clock.now())
        with self._reading() as connection:
            return search.similar(connection, last_name, first_name, birth_date, phone, now)

    def patient_identities(self) -> list[PatientIdentity]:
        with self._reading() as connection:
            return people.identities(connection)

    def import_keys(self) -> frozenset[str]:
        with self._reading() as connection:
            return people.import_keys(connection)

    # The file

    def undo_state(self, session_id: Id) -> UndoState:
        with self._reading() as connection:
            undo = next_step(connection, session_id, "done")
            redo = next_step(connection, session_id, "undone")
            return UndoState(undo.label if undo else "", redo.label if redo else "")

    def setting(self, key: str, scope: str = "desk") -> object | None:
        with self._reading() as connection:
            return read_setting(connection, key, scope, self._desk_id())

    def info(self) -> StoreInfo:
        with self._reading() as connection:
            run = connection.exec_driver_sql
            counts = {}
            for table in TABLES:
                sql = f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL"
                counts[table] = int(run(sql).scalar() or 0)
            counts["event"] = int(run("SELECT count(*) FROM event").scalar() or 0)
            revision = str(run("SELECT version_num FROM alembic_version").scalar())
            runtime = str(run("SELECT sqlite_version()").scalar())
            key_id, noted = id_in(self._path), read_setting(connection, NOTED_KEY, "clinic", "")
        return StoreInfo(
            str(self._path),
            self._path.stat().st_size,
            revision,
            runtime,
            counts,
            self._last_backup(),
            "plain" if key_id is None else "sealed" if noted == key_id else "unnoted",
        )

    # Helpers

    def _cells(self, where: str, values: Sequence[object]) -> tuple[Cell, ...]:
        with self._reading() as connection:
            rows = cell_rows(connection, where, values)
            maker = self._maker(connection, self._rosters.get(connection))
        return tuple(map(maker.make, rows))

    def _maker(self, connection: Connection, roster: Roster) -> CellMaker:
        rows = connection.exec_driver_sql("SELECT id, name FROM actor").fetchall()
        names = {row[0]: row[1] for row in rows}
        return CellMaker(self._clock.now(), away_spans(roster), lambda key: names.get(key, key))


def _doctors(roster: Roster, doctor_ids: Sequence[Id] | None) -> tuple[Id, ...]:
    if doctor_ids is not None:
        return tuple(doctor_ids)
    return tuple(d.id for d in roster.doctors.values() if d.active)


def _busy_of_cell(r: Sequence[Any], name: Callable[[Id], str]) -> Busy:
    held = r[11] == "held"
    short = short_name(r[15], r[14]) or ("Held" if held else "")
    return Busy(
        r[0], r[6], r[2], r[3], r[4], r[5], r[9], r[8], r[10], r[13],
        "hold" if held else "appointment", short, r[30], r[29], name(r[43]) if held else "",
        r[7], r[20],
    )  # fmt: skip
