"""A busy clinic for the absence planner and the waiting list: random, and lawful at the start."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability import find
from clinic_desk.domain.availability.model import Request
from clinic_desk.domain.catalogue import AppointmentType, Doctor, Mode, Room, effective_type
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local
from clinic_desk.domain.templates import Break, Reserved, ScheduleTemplate
from clinic_desk.services.absence import approve_command
from clinic_desk.services.commands import AddPatient, ImportBatch, SaveRecords
from clinic_desk.services.roster_commands import RequestTimeOff
from tests.fakes.world import TODAY, ZONE, World


@dataclass
class Busyness:
    """How the clinic is drawn: ``full`` of 1 is a diary without a hole."""

    doctors: int = 10
    visits: int = 40
    days: int = 15
    full: float = 0.6
    leave_days: int = 4
    patients: int = 60


@dataclass
class Planned:
    """The clinic with one request for time off over ``hits`` visits."""

    world: World
    request_id: Id
    hits: tuple[Id, ...]
    doctor_id: Id


def draw(world: World, rng: random.Random, how: Busyness) -> Planned:
    """Fills the world's diary and asks for leave for one of the doctors from tomorrow."""
    ids = world.ids
    main = world.names["main"]
    records: list[Any] = []
    doctors = [
        Doctor(
            id=ids(),
            name=f"Dr No {n:02}",
            code=f"D{n}",
            position=10 + n,
            max_per_day=rng.choice((None, None, 14)),
        )
        for n in range(how.doctors - 2)
    ]
    rooms = [
        Room(id=ids(), location_id=main, name=f"Cabin {n}", capacity=rng.choice((1, 1, 2)))
        for n in range(max(1, how.doctors - rng.randrange(3)))
    ]
    kinds = [
        AppointmentType(
            id=ids(),
            slug=slug,
            name=slug.title(),
            code=slug[:3].upper(),
            duration=minutes,
            buffer_after=rng.choice((0, 0, 5, 10)),
            mode=rng.choice((Mode.IN_PERSON, Mode.IN_PERSON, Mode.PHONE)),
            max_reschedules=rng.choice((None, 0, 1)),
            max_per_day=rng.choice((None, None, 5)),
            max_future_days=rng.choice((365, 365, 10)),
            min_notice=rng.choice((0, 0, 120)),
            patient_may_reschedule=rng.random() < 0.7,
        )
        for slug, minutes in (("urgent", 30), ("check", 30), ("long", 60), ("odd", 45))
    ]
    branch = world.names["branch"]
    rooms += [Room(id=ids(), location_id=branch, name=f"Branch {n}") for n in range(2)]
    # some do a type in their own time, or not at all
    kinds += [
        AppointmentType(
            id=ids(),
            slug=kind.slug,
            name=kind.name,
            code=kind.code,
            doctor_id=doctor.id,
            duration=rng.choice((kind.duration, kind.duration + 15)),
            buffer_after=kind.buffer_after,
            mode=kind.mode,
            active=rng.random() < 0.7,
        )
        for kind in kinds
        for doctor in doctors
        if rng.random() < 0.15
    ]
    main_rooms = [room.id for room in rooms if room.location_id == main]
    afar = {(doctor.id, rng.randrange(5)) for doctor in doctors if rng.random() < 0.4}
    weeks = [
        ScheduleTemplate(
            id=ids(),
            doctor_id=doctor.id,
            location_id=branch if (doctor.id, weekday) in afar else main,
            weekday=weekday,
            work_start=480 + 30 * rng.randrange(3),
            work_end=960 + 30 * rng.randrange(3),
            step=rng.choice((10, 15, 30)),
            max_parallel=rng.choice((1, 1, 1, 2)),
            room_id=None if (doctor.id, weekday) in afar else rng.choice([None, *main_rooms]),
            breaks=(Break(720, 720 + 15 * rng.randrange(1, 5)),),
            reserved=(
                (Reserved(540, 600, (rng.choice(kinds[:4]).id,)),) if rng.random() < 0.3 else ()
            ),
        )
        for doctor in doctors
        for weekday in range(5)
        if rng.random() < 0.9
    ]
    practice = world.store.queries.roster().practice
    records.append(replace(practice, travel_minutes=rng.choice((0, 30))))
    records += [*doctors, *rooms, *kinds, *weeks]
    world.run(SaveRecords(records=tuple(records)))
    patients = [
        str(
            world.run(
                AddPatient(values={"first_name": f"P{n}", "last_name": f"Person {n:03}"})
            ).value
        )
        for n in range(how.patients)
    ]
    away = doctors[0].id if doctors else world.names["wu"]
    clinic_wide = [kind for kind in kinds if kind.doctor_id is None]
    _fill(world, rng, how, [d.id for d in doctors], clinic_wide, patients)
    first = TODAY + timedelta(days=1)
    last = first + timedelta(days=how.leave_days - 1)
    made = world.run(
        RequestTimeOff(
            doctor_id=away,
            start=at_local(first, 0, ZONE),
            end=at_local(last + timedelta(days=1), 0, ZONE),
        )
    )
    queries = world.store.queries
    hit = tuple(
        cell.id for cell in queries.cells(first, last, (away,)) if cell.status is Status.SCHEDULED
    )
    return Planned(world, str(made.value), hit, away)


def _fill(
    world: World,
    rng: random.Random,
    how: Busyness,
    doctors: list[Id],
    kinds: list[AppointmentType],
    patients: list[Id],
) -> None:
    """Visits where the engine has room for them, in a random order."""
    queries = world.store.queries
    last = TODAY + timedelta(days=how.days)
    for day in (TODAY + timedelta(days=n) for n in range(how.days)):
        for doctor_id in doctors:
            for _ in range(2 if how.full < 0.9 else 4):
                _some(world, rng, how, doctor_id, day, kinds, patients)
    assert queries.cells(TODAY, last)


def _some(
    world: World,
    rng: random.Random,
    how: Busyness,
    doctor_id: Id,
    day: date,
    kinds: list[AppointmentType],
    patients: list[Id],
) -> None:
    kind = rng.choice(kinds)
    snapshot = world.store.queries.snapshot(day, day)
    slots = find(
        snapshot,
        Request(
            type_id=kind.id,
            first=day,
            last=day,
            now=world.clock.now(),
            doctor_ids=(doctor_id,),
            policy=False,
        ),
    )
    rows: list[dict[str, Any]] = []
    free_at = None
    for slot in slots:
        if free_at is not None and slot.start < free_at:
            continue
        if rng.random() > how.full:
            continue
        row_kind = effective_type(snapshot.roster.types, kind.id, doctor_id) or kind
        after = timedelta(minutes=row_kind.buffer_after)
        free_at = slot.end + after
        rows.append(
            {
                "id": world.ids(),
                "import_key": f"key-{world.ids()}",
                "doctor_id": doctor_id,
                "location_id": slot.location_id,
                "room_id": slot.room_id,
                "patient_id": rng.choice(patients),
                "type_id": kind.id,
                "status": Status.SCHEDULED,
                "start": slot.start,
                "end": slot.end,
                "blocked_start": slot.start,
                "blocked_end": slot.end + after,
                "mode": kind.mode,
            }
        )
    if rows:
        world.run(ImportBatch(appointments=tuple(rows)))


def approve(planned: Planned) -> None:
    """The request's approval, as the first step of its plan."""
    roster = planned.world.store.queries.roster()
    row = next(one for one in roster.time_off if one.id == planned.request_id)
    planned.world.run(approve_command(row))
