"""A big clinic in memory: 50 doctors, 90 days, seven days in ten booked."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from clinic_desk.domain.availability.model import Busy, Request, Roster, Snapshot
from clinic_desk.domain.catalogue import AppointmentType, Doctor, Location, Practice, Room
from clinic_desk.domain.spans import at_local, epoch
from clinic_desk.domain.templates import Break, ScheduleTemplate

FIRST = date(2026, 11, 23)
ZONE = "Europe/Berlin"
LUNCH = (12 * 60 + 20, 12 * 60 + 50)
VISIT, BUFFER, STEP = 30, 5, 5
DAY_START, DAY_END = 9 * 60, 17 * 60 + 30


def clinic(
    doctors: int = 50, days: int = 90, filled: float = 0.7, *, rooms: bool = True
) -> Snapshot:
    """Every doctor works 09:00–17:30 with half an hour for lunch, seven days a week, in a room of
    their own; ``filled`` of the places of 40 minutes (visit and buffers) are taken at random."""
    chance = random.Random(7)
    names = [f"d{n:02}" for n in range(doctors)]
    roster = Roster(
        practice=Practice(id="p", name="Big clinic", zone=ZONE),
        locations={"l": Location(id="l", name="Main", zone=ZONE, primary=True)},
        rooms={f"r{d}": Room(id=f"r{d}", location_id="l", name=f"Room {d}") for d in names}
        if rooms
        else {},
        doctors={d: Doctor(id=d, name=f"Doctor {d}", code=d, location_ids=("l",)) for d in names},
        types={
            "t": AppointmentType(
                id="t",
                slug="t",
                name="Follow-up",
                code="FUP",
                duration=VISIT,
                buffer_before=BUFFER,
                buffer_after=BUFFER,
            )
        },
        templates=tuple(
            ScheduleTemplate(
                id=f"{d}-{weekday}",
                doctor_id=d,
                location_id="l",
                room_id=f"r{d}" if rooms else None,
                weekday=weekday,
                work_start=DAY_START,
                work_end=DAY_END,
                step=STEP,
                breaks=(Break(*LUNCH),),
            )
            for d in names
            for weekday in range(7)
        ),
    )
    busy = []
    for day in range(days):
        midnight = epoch(at_local(FIRST + timedelta(days=day), 0, ZONE))
        for name in names:
            for minute in range(DAY_START, DAY_END - VISIT, VISIT + 2 * BUFFER):
                lunch = minute < LUNCH[1] and LUNCH[0] < minute + VISIT + 2 * BUFFER
                if lunch or chance.random() >= filled:
                    continue
                start = midnight + (minute + BUFFER) * 60
                end = start + VISIT * 60
                busy.append(
                    Busy(
                        id=f"a{len(busy)}",
                        doctor_id=name,
                        start=start,
                        end=end,
                        blocked_start=start - BUFFER * 60,
                        blocked_end=end + BUFFER * 60,
                        room_id=f"r{name}" if rooms else None,
                        patient_id=f"p{len(busy) % 5000}",
                        label="J. Hall",
                    )
                )
    busy.sort(key=lambda row: row.blocked_start)
    return Snapshot(roster, tuple(busy), (), FIRST, FIRST + timedelta(days=days - 1))


def request(days: int = 90) -> Request:
    return Request(
        type_id="t",
        first=FIRST,
        last=FIRST + timedelta(days=days - 1),
        now=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )
