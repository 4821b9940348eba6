"""The clinic that the soak's processes fight over: few places, many hands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uuid_utils
from sqlcipher3 import dbapi2

from clinic_desk.domain.catalogue import AppointmentType, Doctor, Location, Practice, Room
from clinic_desk.domain.events import Actor
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.services.commands import ImportBatch, SaveRecords
from clinic_desk.services.desk import Desk
from clinic_desk.store import keys
from clinic_desk.store.conversion import convert
from clinic_desk.store.engine import bare
from clinic_desk.store.opening import ClinicStore, open_store

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "migrations"
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
DAYS = 2
PATIENTS = 400
OCCUPYING = (
    "held", "pending", "scheduled", "confirmed", "arrived", "in_progress", "completed",
)  # fmt: skip


class StillClock:
    """All processes agree on now, whatever the machine does meanwhile."""

    def now(self) -> datetime:
        return NOW


def new_id() -> str:
    return str(uuid_utils.uuid7())


def open_clinic(folder: Path) -> ClinicStore:
    return open_store(folder / "clinic.db", MIGRATIONS, StillClock(), new_id)


def desk(store: ClinicStore, name: str) -> Desk:
    return Desk(store, StillClock(), new_id, Actor(name, name, f"desk-{name}", new_id()))


@dataclass(frozen=True, slots=True)
class Place:
    """A start on the grid all processes aim at."""

    doctor_id: str
    start: datetime


DOCTORS = ("doctor-a", "doctor-b", "doctor-c")
ROOMS = ("room-1", "room-2")
TYPE = "type-visit"


def build(folder: Path) -> None:
    """Three doctors, two rooms (so that doctors fight over rooms too), two days of half hours."""
    store = open_clinic(folder)
    records: list[object] = [
        Practice(id="practice", name="Soak", zone="UTC"),
        Location(id="site", name="Site", zone="UTC", primary=True),
        *(Room(id=room, location_id="site", name=room) for room in ROOMS),
        *(
            Doctor(id=doctor, name=doctor, code=doctor[-1].upper(), location_ids=("site",))
            for doctor in DOCTORS
        ),
        AppointmentType(id=TYPE, slug="visit", name="Visit", code="VIS", duration=30),
    ]
    records += [
        ScheduleTemplate(
            id=f"template-{doctor}-{weekday}",
            doctor_id=doctor,
            location_id="site",
            weekday=weekday,
            work_start=8 * 60,
            work_end=16 * 60,
        )
        for doctor in DOCTORS
        for weekday in range(7)
    ]
    keeper = desk(store, "keeper")
    keeper.execute(SaveRecords(records=tuple(records), label="soak clinic"))
    keeper.execute(
        ImportBatch(
            patients=tuple(
                {
                    "id": f"patient-{number}",
                    "record_number": f"S{number:05}",
                    "first_name": "Soak",
                    "last_name": f"Patient {number}",
                }
                for number in range(PATIENTS)
            )
        )
    )
    store.close()


def encrypt(folder: Path) -> None:
    """The same clinic under a key that this process keeps."""
    key = keys.StoreKey.made()
    keys.hold(key)
    convert(folder / "clinic.db", key)


def places() -> list[Place]:
    first = NOW.replace(hour=8)
    return [
        Place(doctor, first + timedelta(days=day, minutes=15 * quarter))
        for doctor in DOCTORS
        for day in range(DAYS)
        for quarter in range(31)
    ]


def rows(folder: Path) -> list[dict[str, object]]:
    """The appointment table by a plain connection, past every layer of the program."""
    path = folder / "clinic.db"
    connection = bare(f"file:{path}?mode=ro", keys.key_of(path), uri=True)
    try:
        connection.row_factory = dbapi2.Row
        found = connection.execute("SELECT * FROM appointment").fetchall()
        return [dict(zip(row.keys(), tuple(row), strict=True)) for row in found]
    finally:
        connection.close()


def overlaps(found: list[dict[str, object]]) -> list[str]:
    """Every pair in one doctor lane or room lane whose blocked ranges meet, by comparing all."""
    lanes: dict[tuple[object, ...], list[tuple[int, int, str]]] = defaultdict(list)
    for row in found:
        occupies = row["status"] in OCCUPYING and row["slot_state"] == "placed"
        if not occupies or row["deleted_at"] is not None:
            continue
        span = (int(str(row["blocked_start"])), int(str(row["blocked_end"])), str(row["id"]))
        lanes["doctor", row["doctor_id"], row["lane"]].append(span)
        if row["room_id"] is not None:
            lanes["room", row["room_id"], row["room_lane"]].append(span)
    return [
        f"{lane}: {one[2]} and {other[2]}"
        for lane, spans in lanes.items()
        for index, one in enumerate(spans)
        for other in spans[index + 1 :]
        if one[0] < other[1] and other[0] < one[1]
    ]
