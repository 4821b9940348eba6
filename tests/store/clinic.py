"""A clinic in a file of its own, and short ways to fill it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.catalogue import AppointmentType, Doctor, Location, Practice, Room
from clinic_desk.domain.events import Actor
from clinic_desk.domain.people import Patient
from clinic_desk.domain.templates import Break, ScheduleTemplate
from clinic_desk.store.opening import ClinicStore, open_store
from tests.fakes.clock import CountingIds, FixedClock

MIGRATIONS = Path(__file__).parents[2] / "migrations"
NOW = datetime(2026, 11, 20, 10, 42, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MARIA = Actor("staff-maria", "Maria", "desk-1", "session-1")
JON = Actor("staff-jon", "Jon", "desk-2", "session-2")


@dataclass
class Clinic:
    """The open store, and who acts in it."""

    path: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    ids: CountingIds = field(default_factory=CountingIds)
    store: ClinicStore = field(init=False)
    maria: Actor = MARIA
    jon: Actor = JON

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.store = open_store(self.path, MIGRATIONS, self.clock, self.ids)

    def add(self, *records: Any, actor: Actor | None = None, label: str = "") -> list[Any]:
        """Adds rows in one command; with a label it can be undone."""
        with self.store.unit_of_work(actor or self.maria) as work:
            made = [work.add(record, "created") for record in records]
            if label:
                work.record_undo(label)
            work.commit()
        return made

    def change(
        self, before: Any, action: str = "changed", actor: Actor | None = None, **values: Any
    ) -> Any:
        """Changes one row in one undoable command."""
        with self.store.unit_of_work(actor or self.maria) as work:
            after = work.replace(before, replace(before, **values), action)
            work.record_undo(action)
            work.commit()
        return after

    def get(self, kind: Any, row_id: str) -> Any:
        with self.store.unit_of_work(self.maria) as work:
            return work.get(kind, row_id)

    def undo(self, actor: Actor | None = None) -> str:
        with self.store.unit_of_work(actor or self.maria) as work:
            label = work.undo()
            work.commit()
        return label

    def redo(self, actor: Actor | None = None) -> str:
        with self.store.unit_of_work(actor or self.maria) as work:
            label = work.redo()
            work.commit()
        return label

    def sql(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Goes around the program: a bare connection, as another program would have."""
        connection = dbapi2.connect(str(self.path), isolation_level=None, timeout=60)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def settle(self) -> None:
        """The clinic's furniture: one site, two doctors, two rooms, one type, two patients."""
        self.add(
            Practice(id="practice", name="Test Clinic", zone="Europe/Berlin"),
            Location(id="site", name="Main", zone="Europe/Berlin", primary=True),
            Doctor(id="wu", name="Dr Wu", code="WU", location_ids=("site",)),
            Doctor(id="roy", name="Dr Roy", code="RO", location_ids=("site",), position=1),
            Room(id="room-1", location_id="site", name="Room 1"),
            Room(id="room-2", location_id="site", name="Room 2", capacity=2),
            AppointmentType(id="fup", slug="follow-up", name="Follow-up", code="FUP", duration=30),
            *(
                ScheduleTemplate(
                    id=f"week-{doctor}-{weekday}",
                    doctor_id=doctor,
                    location_id="site",
                    weekday=weekday,
                    work_start=480,
                    work_end=1020,
                    breaks=(Break(720, 780, "Lunch"),),
                )
                for doctor in ("wu", "roy")
                for weekday in range(5)
            ),
            Patient(
                id="hall",
                record_number="P1",
                first_name="Jane",
                last_name="Hall",
                birth_date=date(1988, 3, 4),
            ),
            Patient(id="lee", record_number="P2", first_name="Ana", last_name="Lee"),
        )


def visit(
    row_id: str = "",
    at: int = 0,
    minutes: int = 30,
    *,
    before: int = 0,
    after: int = 0,
    **values: Any,
) -> Appointment:
    """A visit ``at`` minutes after Monday 09:00 UTC."""
    start = MONDAY + timedelta(minutes=at)
    end = start + timedelta(minutes=minutes)
    given: dict[str, Any] = {
        "doctor_id": "wu",
        "location_id": "site",
        "status": Status.SCHEDULED,
        "patient_id": "hall",
        "type_id": "fup",
        "blocked_start": start - timedelta(minutes=before),
        "blocked_end": end + timedelta(minutes=after),
        **values,
    }
    return Appointment(id=row_id, start=start, end=end, **given)


def moved(row: Appointment, minutes: int) -> dict[str, Any]:
    by = timedelta(minutes=minutes)
    return {
        "start": row.start + by,
        "end": row.end + by,
        "blocked_start": row.blocked_start + by,
        "blocked_end": row.blocked_end + by,
    }
