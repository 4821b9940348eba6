"""A small clinic with names, to talk about in tests: Dr Wu and Dr Iyer at Main, two rooms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from clinic_desk.domain.availability.model import Busy, Request, Roster, Snapshot
from clinic_desk.domain.catalogue import AppointmentType, Doctor, Location, Practice, Room
from clinic_desk.domain.spans import at_local, epoch
from clinic_desk.domain.templates import Break, ScheduleTemplate

ZONE = "Europe/Berlin"
FRIDAY = date(2026, 5, 8)
NOW = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)


def at(clock: str, day: date = FRIDAY, zone: str = ZONE) -> datetime:
    """The instant of a wall-clock time."""
    hours, minutes = clock.split(":")
    return at_local(day, int(hours) * 60 + int(minutes), zone)


def minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def template(doctor: str, start: str, end: str, **fields: Any) -> ScheduleTemplate:
    values: dict[str, Any] = {
        "id": f"{doctor}-{fields.get('weekday', FRIDAY.weekday())}-{start}",
        "doctor_id": doctor,
        "location_id": "main",
        "weekday": FRIDAY.weekday(),
        "work_start": minute(start),
        "work_end": minute(end),
    }
    return ScheduleTemplate(**(values | fields))


def roster(**fields: Any) -> Roster:
    made = Roster(
        practice=Practice(id="p", name="Linden Clinic", zone=ZONE),
        locations={
            "main": Location(id="main", name="Main", zone=ZONE, primary=True),
            "north": Location(id="north", name="North", zone=ZONE),
        },
        rooms={
            "r2": Room(id="r2", location_id="main", name="Room 2"),
            "r3": Room(id="r3", location_id="main", name="Room 3"),
        },
        doctors={
            "wu": Doctor(id="wu", name="Mei Wu", code="MW", location_ids=("main",)),
            "iyer": Doctor(id="iyer", name="Anand Iyer", code="AI", location_ids=("main",)),
        },
        types={
            "fup": AppointmentType(id="fup", slug="fup", name="Follow-up", code="FUP", duration=30),
            "acu": AppointmentType(
                id="acu", slug="acu", name="Acupuncture", code="ACU", duration=45, doctor_id="iyer"
            ),
        },
        templates=(
            template("wu", "09:00", "16:00", room_id="r2", breaks=(Break(750, 780, "Lunch"),)),
            template("iyer", "09:00", "17:00", room_id="r3"),
        ),
    )
    return replace(made, **fields)


def busy(
    doctor: str, start: str, end: str, *, before: int = 0, after: int = 0, **fields: Any
) -> Busy:
    low, high = epoch(at(start)), epoch(at(end))
    values: dict[str, Any] = {
        "id": f"{doctor}-{start}",
        "doctor_id": doctor,
        "start": low,
        "end": high,
        "blocked_start": low - before * 60,
        "blocked_end": high + after * 60,
        "label": "J. Hall",
    }
    return Busy(**(values | fields))


def snapshot(*rows: Busy, external: tuple[Busy, ...] = (), **fields: Any) -> Snapshot:
    return Snapshot(roster(**fields), rows, external, FRIDAY, FRIDAY + timedelta(days=7))


def request(**fields: Any) -> Request:
    values: dict[str, Any] = {"type_id": "fup", "first": FRIDAY, "last": FRIDAY, "now": NOW}
    return Request(**(values | fields))
