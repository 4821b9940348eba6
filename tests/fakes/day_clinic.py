"""A clinic of six doctors with 120 visits booked for one Tuesday, made through the write gate.

Two sites in Berlin (an hour ahead of UTC, so that no hour of the clock is one of UTC), seven rooms,
prices, a no-show fee. The visits were booked over the three weeks before; some of the neighbouring
days have visits, too, and Monday's are over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from clinic_desk.app.clock import Uuid7
from clinic_desk.domain.appointments import Status
from clinic_desk.domain.catalogue import (
    AppointmentType,
    Doctor,
    Location,
    Mode,
    Practice,
    Room,
)
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local
from clinic_desk.domain.templates import Break, ScheduleTemplate
from clinic_desk.services.commands import (
    AddPatient,
    BookAppointment,
    CancelAppointment,
    ChangeStatus,
    SaveRecords,
    SaveSetting,
)
from clinic_desk.services.desk import Desk
from clinic_desk.store.opening import open_store
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Operations
from tests.fakes.clock import FixedClock
from tests.fakes.front_desk import MIGRATIONS, FrontDesk

ZONE = "Europe/Berlin"
DAY = date(2026, 11, 24)
"""A Tuesday."""

OPENS, CLOSES = 540, 1080
VISITS = 20
"""Of each doctor."""

NO_SHOW_FEE = 1500

FIRST = (
    "Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gina", "Hugo", "Ines", "Jan", "Kira", "Leo",
)  # fmt: skip
LAST = (
    "Abel", "Brandt", "Clausen", "Dietz", "Ebert", "Franke", "Gross", "Hartmann", "Ilse",
    "Junker", "Keller", "Lorenz",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Work:
    """``break_at``: its start, minutes of the day; it lasts half an hour."""

    code: str
    name: str
    site: str
    colour: str
    break_at: int
    usual: tuple[str, ...]
    parallel: int = 1


DOCTORS = (
    Work("AB", "Dr Anna Berg", "main", "teal", 750, ("check-up", "consultation", "follow-up")),
    Work("CF", "Dr Carl Frey", "main", "crimson", 780, ("follow-up", "check-up", "video")),
    Work("DK", "Dr Dora Kern", "main", "orchid", 750, ("consultation", "check-up", "check-up")),
    Work("EM", "Dr Emil Moor", "main", "lime", 780, ("check-up", "pressure", "consultation"), 2),
    Work("GN", "Dr Gerd Nolte", "harbour", "clay", 765, ("check-up", "follow-up", "consultation")),
    Work("HP", "Dr Hanna Pohl", "harbour", "plum", 735, ("consultation", "follow-up", "pressure")),
)
ILL = "DK"


def local(minute: int, day: date = DAY, seconds: int = 0) -> datetime:
    """Aware UTC of a minute of the clinic's wall clock."""
    return at_local(day, minute, ZONE) + timedelta(seconds=seconds)


@dataclass(slots=True)
class DayClinic:
    """``visits`` are the ids of the 120, ``names`` those of doctors (code), types (slug), sites;
    ``free`` the patients without a visit that day."""

    front: FrontDesk
    path: Path
    names: dict[str, Id] = field(default_factory=dict)
    visits: list[Id] = field(default_factory=list)
    patients: list[Id] = field(default_factory=list)
    free: list[tuple[Id, str]] = field(default_factory=list)


def open_clinic(folder: Path, theme: Theme) -> DayClinic:
    """On Tuesday, ten to nine. Close ``front`` after use."""
    path = folder / "clinic.db"
    clock, new_id = FixedClock(local(600, DAY - timedelta(days=24))), Uuid7()
    actor = Actor(
        staff_id=new_id(), name="M. Keller", desk_id=new_id(), session_id=new_id(), kind="staff"
    )
    store = open_store(path, MIGRATIONS, clock, new_id, desk_id=actor.desk_id)
    desk = Desk(store, clock, new_id, actor)
    operations = Operations(desk, store.queries)
    front = FrontDesk(
        store, clock, desk, operations, Context(operations, clock, actor, new_id, theme)
    )
    made = DayClinic(front, path)
    _furnish(made)
    _register(made)
    _book(made)
    clock.set(local(530))
    return made


def _furnish(clinic: DayClinic) -> None:
    new_id, names = clinic.front.context.new_id, clinic.names
    main = Location(id=new_id(), name="Main Street", zone=ZONE, primary=True)
    harbour = Location(id=new_id(), name="Harbour", zone=ZONE, position=1)
    names |= {"main": main.id, "harbour": harbour.id}
    rooms = {
        work.code: Room(
            id=new_id(), location_id=names[work.site], name=f"Room {number}",
            capacity=work.parallel, position=number,
        )
        for number, work in enumerate(DOCTORS, 1)
    }  # fmt: skip
    video = Room(id=new_id(), location_id=main.id, name="Video", capacity=3, virtual=True)
    doctors = [
        Doctor(
            id=new_id(), name=work.name, title="Dr", code=work.code, colour=work.colour,
            position=number, location_ids=(names[work.site],),
        )
        for number, work in enumerate(DOCTORS)
    ]  # fmt: skip
    names |= {row.code: row.id for row in doctors}
    types = [
        AppointmentType(
            id=new_id(), slug=slug, name=name, code=code, duration=minutes, price_minor=price,
            mode=mode, default_room_id=video.id if mode is Mode.VIDEO else None, position=number,
        )
        for number, (slug, name, code, minutes, price, mode) in enumerate(
            (
                ("check-up", "Check-up", "CHK", 20, 4000, Mode.IN_PERSON),
                ("consultation", "Consultation", "CON", 30, 6550, Mode.IN_PERSON),
                ("follow-up", "Follow-up", "FUP", 15, 2500, Mode.IN_PERSON),
                ("video", "Video follow-up", "VID", 15, 1995, Mode.VIDEO),
                ("pressure", "Blood pressure", "BPR", 15, 0, Mode.IN_PERSON),
            )
        )
    ]  # fmt: skip
    names |= {row.slug: row.id for row in types}
    weeks = [
        ScheduleTemplate(
            id=new_id(), doctor_id=names[work.code], location_id=names[work.site],
            weekday=weekday, work_start=OPENS, work_end=CLOSES, room_id=rooms[work.code].id,
            step=5, max_parallel=work.parallel,
            breaks=(Break(work.break_at, work.break_at + 30),),
        )
        for work in DOCTORS
        for weekday in range(5)
    ]  # fmt: skip
    practice = Practice(id=new_id(), name="Harbour Clinic", zone=ZONE, currency="EUR")
    run = clinic.front.desk.execute
    run(SaveRecords(records=(
        practice, main, harbour, *rooms.values(), video, *doctors, *types, *weeks
    )))  # fmt: skip
    run(SaveSetting(key="billing.no_show_fee", value=NO_SHOW_FEE, scope="clinic"))


def _register(clinic: DayClinic) -> None:
    """One patient for each visit of the day, and twelve more."""
    for last in LAST:
        for first in FIRST:
            values = {"first_name": first, "last_name": last, "birth_date": date(1970, 5, 17)}
            row_id = str(clinic.front.desk.execute(AddPatient(values=values)).value)
            if len(clinic.patients) < VISITS * len(DOCTORS):
                clinic.patients.append(row_id)
            else:
                clinic.free.append((row_id, f"{last} {first}"))


@dataclass(frozen=True, slots=True)
class Plan:
    code: str
    slug: str
    day: date
    minute: int
    length: int
    patient: Id


def _book(clinic: DayClinic) -> None:
    """In the order in which people rang, one to twenty days ahead."""
    random = Random(20261124)
    patients = iter(clinic.patients)
    plans = [plan for work in DOCTORS for plan in _day_of(clinic, work, patients)]
    others = _other_days(clinic)
    calls = [
        (local(random.randrange(485, 1000), DAY - timedelta(days=random.randint(1, 20)),
               random.randrange(60)), plan)
        for plan in plans
    ]  # fmt: skip
    calls += [(local(500 + n, DAY - timedelta(days=22)), plan) for n, plan in enumerate(others)]
    run, clock = clinic.front.desk.execute, clinic.front.clock
    monday: list[Id] = []
    for moment, plan in sorted(calls, key=lambda call: call[0]):
        clock.set(moment)
        start = local(plan.minute, plan.day)
        made = run(
            BookAppointment(
                patient_id=plan.patient,
                doctor_id=clinic.names[plan.code],
                type_id=clinic.names[plan.slug],
                start=start,
                end=start + timedelta(minutes=plan.length),
            )
        )
        if plan.day == DAY:
            clinic.visits.append(str(made.value))
        elif plan.day < DAY:
            monday.append(str(made.value))
        if random.random() < 0.4 and plan.day == DAY:
            run(ChangeStatus(appointment_id=str(made.value), to=Status.CONFIRMED))
    _work_off(clinic, monday)


def _day_of(clinic: DayClinic, work: Work, patients: object) -> list[Plan]:
    """Twenty visits one after the other, with a gap after every third; side by side where the
    doctor sees two at once."""
    lengths = {row.slug: row.duration for row in clinic.front.store.queries.roster().types.values()}
    plans: list[Plan] = []
    for lane in range(work.parallel):
        minute, number = OPENS + 10 * lane, 0
        share = VISITS // work.parallel
        while number < share:
            slug = work.usual[(number + lane) % len(work.usual)]
            length = lengths[slug]
            if minute < work.break_at + 30 and minute + length > work.break_at:
                minute = work.break_at + 30
            plans.append(Plan(work.code, slug, DAY, minute, length, next(patients)))  # type: ignore[call-overload]
            number += 1
            minute += length + (5 if number % 3 == 0 else 0)
        assert minute <= CLOSES, work.code
    return plans


def _other_days(clinic: DayClinic) -> list[Plan]:
    """The day before and the day after."""
    found = []
    for step in (-1, 1):
        day = DAY + timedelta(days=step)
        for number, work in enumerate(DOCTORS):
            for hour in (9, 11, 14):
                patient = clinic.patients[(number * 7 + hour * 3) % len(clinic.patients)]
                found.append(Plan(work.code, "check-up", day, hour * 60, 20, patient))
    return found


def _work_off(clinic: DayClinic, visits: list[Id]) -> None:
    """Monday: every sixth is missed, every seventh cancelled, the others come and are seen."""
    run, clock = clinic.front.desk.execute, clinic.front.clock
    cells = {row: clinic.front.store.queries.appointment(row).cell for row in visits}
    steps: list[tuple[datetime, Id, Status]] = []
    for number, row in enumerate(visits):
        start = cells[row].start
        if number % 6 == 5:
            steps.append((start + timedelta(minutes=20), row, Status.NO_SHOW))
        elif number % 7 == 6:
            steps.append((start - timedelta(hours=2), row, Status.CANCELLED))
        else:
            for to, minutes in (
                (Status.ARRIVED, number % 9 - 6),
                (Status.IN_PROGRESS, number % 11 + 3),
                (Status.COMPLETED, 22 + number % 8),
            ):
                at = start + timedelta(minutes=minutes, seconds=number * 7 % 60)
                steps.append((at, row, to))
    for at, row, to in sorted(steps):
        clock.set(at)
        if to is Status.CANCELLED:
            run(CancelAppointment(appointment_id=row, reason="Has a cold"))
        else:
            run(ChangeStatus(appointment_id=row, to=to))
