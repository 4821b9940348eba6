"""The demo clinic's furniture: six doctors, two locations, their rooms, types and weeks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from clinic_desk.domain.catalogue import (
    BUILT_IN_TYPES,
    AppointmentType,
    Doctor,
    Location,
    Mode,
    Practice,
    Room,
)
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id, IdFactory
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import at_local
from clinic_desk.domain.templates import (
    AvailabilityException,
    Break,
    ExceptionKind,
    ExternalBusyTime,
    Holiday,
    Reserved,
    ScheduleTemplate,
    TimeOffRequest,
    TimeOffStatus,
)

ZONE = "Europe/London"


@dataclass(frozen=True, slots=True)
class Work:
    """A doctor's usual day: wall-clock minutes, and what sets it apart."""

    name: str
    code: str
    colour: str
    specialty: str
    start: int
    end: int
    pause: tuple[int, int]
    usual: tuple[str, ...]
    parallel: int = 1
    buffers: tuple[int, int] = (0, 0)
    saturday: bool = False
    sunday: bool = False


DOCTORS: tuple[Work, ...] = (
    Work("Dr Aylin Demir", "AD", "teal", "GP", 480, 1020, (750, 795),
         ("follow-up", "follow-up", "new-patient", "consultation", "routine-check-up"),
         saturday=True, sunday=True),
    Work("Dr James Carter", "JC", "indigo", "GP", 510, 1065, (750, 780),
         ("follow-up", "follow-up", "new-patient", "routine-check-up", "urgent"),
         saturday=True, sunday=True),
    Work("Dr Petra Vogel", "PV", "orchid", "Dermatology", 480, 1080, (750, 795),
         ("follow-up", "consultation", "new-patient", "follow-up")),
    Work("Dr Sam Okafor", "SO", "lime", "Internal", 480, 990, (750, 780),
         ("follow-up", "routine-check-up", "follow-up", "consultation"), saturday=True),
    Work("Dr Lina Haddad", "LH", "clay", "Acupuncture", 480, 1020, (795, 825),
         ("acupuncture",), buffers=(5, 10)),
    Work("Dr Marta Ruiz", "MR", "plum", "Paediatrics", 570, 1050, (780, 825),
         ("follow-up", "follow-up", "routine-check-up", "consultation"), parallel=2,
         saturday=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clinic:
    """Ids of what was made, by the names that the diary uses."""

    records: tuple[Record, ...]
    main: Id
    branch: Id
    doctors: dict[str, Id]
    rooms: dict[str, Id]
    types: dict[str, AppointmentType]
    weekend: dict[str, tuple[int, ...]]


def build(new_id: IdFactory, today: date) -> Clinic:
    practice = Practice(
        id=new_id(), name="Main Street Clinic", zone=ZONE, currency="GBP", travel_minutes=30
    )
    main = Location(
        id=new_id(), name="Main Street", zone=ZONE, address="12 Main Street", city="London",
        country="GB", phone="+442079460100", primary=True,
    )  # fmt: skip
    branch = Location(
        id=new_id(), name="Elm Park", zone=ZONE, address="3 Elm Park Road", city="Hornchurch",
        country="GB", phone="+442079460150",
    )  # fmt: skip
    rooms = {
        work.code: Room(
            id=new_id(), location_id=main.id, name=f"Room {number}", capacity=work.parallel
        )
        for number, work in enumerate(DOCTORS, 1)
    }
    rooms["E1"] = Room(id=new_id(), location_id=branch.id, name="Elm Room A")
    rooms["E2"] = Room(id=new_id(), location_id=branch.id, name="Elm Room B")
    rooms["7"] = Room(id=new_id(), location_id=main.id, name="Room 7", capacity=2)
    video = Room(id=new_id(), location_id=main.id, name="Video room", capacity=3, virtual=True)
    doctors = {
        work.code: Doctor(
            id=new_id(), name=work.name, title="Dr", code=work.code, specialty=work.specialty,
            colour=work.colour, position=position,
            location_ids=(main.id, branch.id) if work.code in ("JC", "SO") else (main.id,),
            max_per_day=10 if work.code == "LH" else None,
        )
        for position, work in enumerate(DOCTORS)
    }  # fmt: skip
    types = _types(new_id, doctors, video.id)
    templates = [
        template
        for work in DOCTORS
        for template in _week(new_id, work, doctors[work.code].id, main.id, branch.id, rooms)
    ]
    # Dr Vogel keeps the last hour of the week for people she does not know yet
    last_hour = Reserved(1020, 1080, (types["new-patient"].id,), "New patients")
    templates = [
        replace(row, reserved=(last_hour,))
        if (row.doctor_id, row.weekday) == (doctors["PV"].id, 4)
        else row
        for row in templates
    ]
    extras = _one_offs(new_id, {code: row.id for code, row in doctors.items()}, today)
    return Clinic(
        records=(
            practice, main, branch, *rooms.values(), video, *doctors.values(), *types.values(),
            *templates, *extras,
        ),
        main=main.id,
        branch=branch.id,
        doctors={code: row.id for code, row in doctors.items()},
        rooms={key: row.id for key, row in rooms.items()},
        types=types,
        weekend={
            work.code: tuple(d for d, on in ((5, work.saturday), (6, work.sunday)) if on)
            for work in DOCTORS
        },
    )  # fmt: skip


def _types(
    new_id: IdFactory, doctors: dict[str, Doctor], video_room: Id
) -> dict[str, AppointmentType]:
    prices = {"new-patient": 9500, "consultation": 7000, "acupuncture": 5500, "urgent": 6500}
    types = {
        slug: AppointmentType(
            id=new_id(), slug=slug, name=name, code=code, duration=minutes, position=position,
            price_minor=prices.get(slug, 4500), max_reschedules=None,
        )
        for position, (slug, name, code, minutes) in enumerate(BUILT_IN_TYPES)
    }  # fmt: skip
    types["video"] = AppointmentType(
        id=new_id(), slug="video", name="Video follow-up", code="VID", duration=15,
        mode=Mode.VIDEO, default_room_id=video_room, price_minor=3500, position=6,
    )  # fmt: skip
    types["mole-check"] = AppointmentType(
        id=new_id(), slug="mole-check", name="Mole check", code="MOL", duration=30,
        doctor_id=doctors["PV"].id, needs_acceptance=True, buffer_after=5, price_minor=8000,
        min_notice=120, max_future_days=180, max_reschedules=3, position=7,
    )  # fmt: skip
    return types


def _week(
    new_id: IdFactory, work: Work, doctor_id: Id, main: Id, branch: Id, rooms: dict[str, Room]
) -> list[ScheduleTemplate]:
    """Monday to Friday at Main Street; two doctors spend Thursday afternoon at Elm Park; short
    Saturdays, and an urgent Sunday morning, so that the demo is alive on any day."""
    rows = []
    for weekday in range(5):
        end = work.end
        elm = weekday == 3 and work.code in ("JC", "SO")
        if elm:
            end = work.pause[0]
            rows.append(
                ScheduleTemplate(
                    id=new_id(), doctor_id=doctor_id, location_id=branch, weekday=weekday,
                    work_start=840, work_end=1050, priority=1,
                    room_id=rooms["E1" if work.code == "JC" else "E2"].id,
                )
            )  # fmt: skip
        pauses = () if elm else (Break(work.pause[0], work.pause[1], "Break"),)
        rows.append(
            _template(new_id, work, doctor_id, main, rooms, weekday, work.start, end, pauses)
        )
    for weekday, on, end in ((5, work.saturday, 840), (6, work.sunday, 780)):
        if on:
            rows.append(_template(new_id, work, doctor_id, main, rooms, weekday, 540, end, ()))
    return rows


def _template(
    new_id: IdFactory, work: Work, doctor_id: Id, location_id: Id, rooms: dict[str, Room],
    weekday: int, start: int, end: int, pauses: tuple[Break, ...],
) -> ScheduleTemplate:  # fmt: skip
    return ScheduleTemplate(
        id=new_id(), doctor_id=doctor_id, location_id=location_id, weekday=weekday,
        work_start=start, work_end=end, room_id=rooms[work.code].id, step=15,
        buffer_before=work.buffers[0], buffer_after=work.buffers[1],
        max_parallel=work.parallel, breaks=pauses,
    )  # fmt: skip


def _one_offs(new_id: IdFactory, doctors: dict[str, Id], today: date) -> list[Record]:
    """Leave, an open evening, blocked time, the doctors' own calendars and a closure."""
    coming = next_working_day(today, 1)
    far = next_working_day(today, 7)
    return [
        _time_off(new_id, doctors["PV"], today, 900, 1080, "Leave", TimeOffStatus.APPROVED),
        _time_off(new_id, doctors["PV"], coming, 900, 1080, "Leave", TimeOffStatus.APPROVED),
        _time_off(new_id, doctors["LH"], far, 0, 1440, "Course", TimeOffStatus.APPROVED),
        _time_off(new_id, doctors["JC"], next_working_day(today, 5), 780, 1065, "School play",
                  TimeOffStatus.REQUESTED),
        _time_off(new_id, doctors["AD"], next_working_day(today, 3), 0, 1440, "Family wedding",
                  TimeOffStatus.REQUESTED, last=next_working_day(today, 4)),
        AvailabilityException(
            id=new_id(), doctor_id=doctors["AD"], kind=ExceptionKind.AVAILABLE,
            start=at_local(coming, 1050, ZONE), end=at_local(coming, 1170, ZONE),
            reason="Evening surgery",
        ),
        AvailabilityException(
            id=new_id(), doctor_id=doctors["JC"], kind=ExceptionKind.BLOCKED,
            start=at_local(coming, 930, ZONE), end=at_local(coming, 990, ZONE),
            reason="Staff meeting",
        ),
        _busy(new_id, doctors["SO"], today, 780, 840),
        _busy(new_id, doctors["SO"], coming, 570, 630),
        _busy(new_id, doctors["MR"], next_working_day(today, 2), 900, 945),
        Holiday(id=new_id(), day=today + timedelta(days=45), name="Clinic closed: stocktaking"),
    ]  # fmt: skip


def made_by(new_id: IdFactory) -> Actor:
    """Who fills a demo clinic; one person for all of it."""
    return Actor(new_id(), "M. Keller", new_id(), new_id(), kind="program")


def next_working_day(day: date, steps: int) -> date:
    """``steps`` working days (Monday to Friday) after ``day``."""
    while steps:
        day += timedelta(days=1)
        steps -= day.weekday() < 5
    return day


def _time_off(
    new_id: IdFactory, doctor_id: Id, day: date, start: int, end: int, reason: str,
    status: TimeOffStatus, last: date | None = None,
) -> TimeOffRequest:  # fmt: skip
    """``end`` is a minute of ``last``, or of the day itself."""
    decided: datetime | None = None
    if status is TimeOffStatus.APPROVED:
        decided = at_local(day - timedelta(days=20), 600, ZONE)
    return TimeOffRequest(
        id=new_id(), doctor_id=doctor_id, start=at_local(day, start, ZONE),
        end=at_local(last or day, end, ZONE), reason=reason, status=status, decided_at=decided,
    )  # fmt: skip


def _busy(new_id: IdFactory, doctor_id: Id, day: date, start: int, end: int) -> ExternalBusyTime:
    row_id = new_id()
    return ExternalBusyTime(
        id=row_id, doctor_id=doctor_id, external_id=f"demo-{row_id}",
        start=at_local(day, start, ZONE), end=at_local(day, end, ZONE), title="Own calendar",
    )  # fmt: skip
