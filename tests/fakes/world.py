"""A small clinic on the real store, for tests of the use cases.

Tuesday 24 November 2026, 07:00 in London (= UTC): two doctors who work 08:00–17:00 with a break
at noon, one of them (Berg) with two visits side by side; two rooms of one visit, one of two.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from clinic_desk.app import paths
from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.catalogue import (
    AppointmentType,
    Doctor,
    Location,
    Mode,
    Practice,
    Room,
)
from clinic_desk.domain.events import Actor, Event
from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import Break, ScheduleTemplate
from clinic_desk.services.commands import (
    AddPatient,
    BookAppointment,
    Command,
    ImportBatch,
    MoveAppointment,
    Redo,
    SaveRecords,
    Undo,
)
from clinic_desk.services.desk import Desk
from clinic_desk.services.outcome import Outcome
from clinic_desk.store.opening import ClinicStore, open_store
from tests.fakes.clock import CountingIds, FixedClock

TODAY = date(2026, 11, 24)
ZONE = "Europe/London"


def at(clock: str, day: date = TODAY) -> datetime:
    """A London wall time of the winter half-year, in UTC."""
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def actor(name: str = "Maria", desk: str = "desk-1", session: str = "session-1") -> Actor:
    return Actor(staff_id=f"staff-{name}", name=name, desk_id=desk, session_id=session)


@dataclass
class World:
    store: ClinicStore
    clock: FixedClock
    ids: CountingIds
    names: dict[str, Id] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = Desk(self.store, self.clock, self.ids, actor())

    def other_desk(self, name: str = "Noor") -> Desk:
        return Desk(self.store, self.clock, self.ids, actor(name, f"desk-{name}", f"run-{name}"))

    def run(self, command: Command) -> Outcome:
        return self.desk.execute(command)

    def undo(self) -> Outcome:
        return self.run(Undo())

    def redo(self) -> Outcome:
        return self.run(Redo())

    def book(self, start: str = "10:00", *, day: date = TODAY, **more: Any) -> Id:
        return str(self.outcome(start, day=day, **more).value)

    def outcome(self, start: str = "10:00", *, day: date = TODAY, **more: Any) -> Outcome:
        fields: dict[str, Any] = {
            "patient_id": self.names["ana"],
            "doctor_id": self.names["wu"],
            "type_id": self.names["follow-up"],
            "start": at(start, day),
        }
        for key in ("patient", "doctor", "type"):
            if key in more:
                fields[f"{key}_id"] = self.names[more.pop(key)]
        return self.run(BookAppointment(**{**fields, **more}))

    def move(self, row_id: Id, start: str, *, day: date = TODAY, **more: Any) -> Outcome:
        row = self.row(row_id)
        begin = at(start, day)
        fields: dict[str, Any] = {
            "appointment_id": row_id,
            "expected_revision": row.revision,
            "start": begin,
            "end": begin + (row.end - row.start),
        }
        if "doctor" in more:
            fields["doctor_id"] = self.names[more.pop("doctor")]
        return self.run(MoveAppointment(**{**fields, **more}))

    def put_in(self, *rows: dict[str, Any]) -> list[Id]:
        """Visits as an import brings them: any status, any time."""
        made = []
        for row in rows:
            row_id = self.ids()
            start = row.get("start", at("10:00"))
            values: dict[str, Any] = {
                "id": row_id,
                "import_key": f"key-{row_id}",
                "doctor_id": self.names["wu"],
                "location_id": self.names["main"],
                "patient_id": self.names["ana"],
                "type_id": self.names["follow-up"],
                "status": Status.SCHEDULED,
                "start": start,
                "end": start + timedelta(minutes=30),
            }
            values.update(row)
            values.setdefault("blocked_start", values["start"])
            values.setdefault("blocked_end", values["end"])
            self.run(ImportBatch(appointments=(values,)))
            made.append(row_id)
        return made

    def row(self, row_id: Id) -> Appointment:
        with self.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
            return work.get(Appointment, row_id)

    def status(self, row_id: Id) -> Status:
        return self.row(row_id).status

    def history(self, row_id: Id) -> list[Event]:
        return list(self.store.queries.appointment(row_id).history)

    def actions(self, row_id: Id) -> list[str]:
        return [event.action for event in self.history(row_id)]

    def proven(self) -> bool:
        """Every row equals what its events say, nothing overlaps."""
        findings = self.store.maintenance.verify()
        assert not findings, findings
        return True


def make_template(folder: Path) -> tuple[Path, dict[str, Id]]:
    """The clinic's file, made once and copied for every test."""
    clock, ids = FixedClock(at("07:00")), CountingIds()
    path = folder / "template.db"
    store = open_store(path, paths.migrations(), clock, ids)
    names = _fill(Desk(store, clock, ids, actor("Setup", "desk-0", "run-0")), ids)
    names["next"] = str(int(ids().replace("-", "")[:12], 16))
    store.close()
    return path, names


def open_world(template: Path, names: dict[str, Id], folder: Path) -> World:
    path = folder / "clinic.db"
    shutil.copy(template, path)
    clock, ids = FixedClock(at("07:00")), CountingIds(1_000_000)
    return World(open_store(path, paths.migrations(), clock, ids), clock, ids, dict(names))


def _fill(desk: Desk, ids: CountingIds) -> dict[str, Id]:
    names: dict[str, Id] = {}

    def named(name: str, row: Any) -> Any:
        names[name] = row.id
        return row

    main = named("main", Location(id=ids(), name="Main Street", zone=ZONE, primary=True))
    branch = named("branch", Location(id=ids(), name="Elm Park", zone="Europe/Istanbul"))
    rooms = [
        named("room1", Room(id=ids(), location_id=main.id, name="Room 1")),
        named("room2", Room(id=ids(), location_id=main.id, name="Room 2")),
        named("wide", Room(id=ids(), location_id=main.id, name="Room 3", capacity=2)),
    ]
    wu = named("wu", Doctor(id=ids(), name="Dr Li Wu", title="Dr", code="LW", position=0))
    berg = named("berg", Doctor(id=ids(), name="Dr Ida Berg", title="Dr", code="IB", position=1))
    gone = named("gone", Doctor(id=ids(), name="Dr Al Gone", code="AG", active=False, position=2))
    types = [
        named(name, AppointmentType(id=ids(), slug=name, name=title, code=title[:3], **more))
        for name, title, more in (
            ("follow-up", "Follow-up", {"duration": 30, "price_minor": 4500}),
            ("new", "New patient", {"duration": 60}),
            ("needle", "Acupuncture", {"duration": 45, "buffer_before": 5, "buffer_after": 10}),
            ("asked", "Second opinion", {"duration": 30, "needs_acceptance": True}),
            ("strict", "Mole check", {"duration": 30, "min_notice": 120, "max_future_days": 30,
                                      "max_reschedules": 1}),
            ("call", "Phone call", {"duration": 15, "mode": Mode.PHONE}),
            ("bergs", "Allergy test", {"duration": 30, "doctor_id": berg.id}),
        )
    ]  # fmt: skip
    weeks = [
        ScheduleTemplate(
            id=ids(), doctor_id=doctor.id, location_id=main.id, weekday=weekday,
            work_start=480, work_end=1020, room_id=room, max_parallel=lanes,
            breaks=(Break(720, 780),),
        )
        for weekday in range(5)
        for doctor, room, lanes in ((wu, names["room1"], 1), (berg, names["wide"], 2))
    ]  # fmt: skip
    practice = Practice(id=ids(), name="Test clinic", zone=ZONE, currency="GBP")
    furniture = (practice, main, branch, *rooms, wu, berg, gone, *types, *weeks)
    desk.execute(SaveRecords(records=furniture))
    for name, first, last in (
        ("ana", "Ana", "Lee"), ("jon", "Jonathan", "Hall"), ("eve", "Eve", "Moss"),
        ("tom", "Tom", "Ash"),
    ):  # fmt: skip
        values = {"first_name": first, "last_name": last}
        names[name] = str(desk.execute(AddPatient(values=values)).value)
    return names
