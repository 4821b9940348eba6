"""The demo clinic, written through the write gate only.

Same seed and moment, same clinic. What is over or under way comes by ``ImportBatch``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Protocol

from clinic_desk.app import demo_abroad, demo_messages, demo_money, demo_waiting
from clinic_desk.app.demo_clinic import DOCTORS, ZONE, Clinic, build, made_by, next_working_day
from clinic_desk.app.demo_people import fields_of, people
from clinic_desk.app.demo_plan import SERIES_MINUTE, Crowd, Plan, Planned, station_times
from clinic_desk.domain.appointments import Source, Status
from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock, Id, IdFactory
from clinic_desk.domain.people import age_on
from clinic_desk.domain.spans import at_local, local_date, zone
from clinic_desk.services.commands import (
    AddPatient,
    BookAppointment,
    CancelAppointment,
    ChangeStatus,
    Command,
    EditAppointment,
    HoldSlot,
    ImportBatch,
    MoveAppointment,
    ParkAppointment,
    ReleaseHold,
    SaveRecords,
)
from clinic_desk.services.desk import Desk
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.ports import Progress, Store

SEED = 20261124
PATIENTS, BATCH = 400, 400


class Gate(Protocol):
    def execute(self, command: Command) -> Outcome: ...


@dataclass(slots=True)
class Demo:
    """The work under way."""

    gate: Gate
    clinic: Clinic
    plan: Plan
    crowd: Crowd
    buffers: Mapping[str, tuple[int, int]]
    random: Random
    now: datetime
    new_id: IdFactory
    number: int = 0
    over: list[Mapping[str, Any]] = field(default_factory=list)

    def quarter(self) -> int:
        """The quarter of an hour that is running, in local minutes of the day."""
        local = self.now.astimezone(zone(ZONE))
        return local.hour * 60 + local.minute // 15 * 15

    def type_id(self, slug: str) -> Id:
        return self.clinic.types[slug].id

    def book(self, visit: Planned, **more: object) -> Id | None:
        """None when a rule says no: the place then stays free, as it would at a real desk."""
        try:
            outcome = self.gate.execute(
                BookAppointment(
                    patient_id=self.crowd.take(visit.day, visit.code),
                    doctor_id=self.clinic.doctors[visit.code],
                    type_id=self.type_id(visit.slug),
                    start=visit.start,
                    end=visit.end,
                    **more,  # type: ignore[arg-type]
                )
            )
        except Refusal:
            return None
        return str(outcome.value)


def create(
    store: Store,
    clock: Clock,
    new_id: IdFactory,
    progress: Progress | None = None,
    seed: int = SEED,
    abroad: bool = False,
    waiting: bool = False,
    money: demo_money.TurnedClock | None = None,
    messages: demo_messages.Telling | None = None,
    maker: Actor | None = None,
) -> bool:
    """Fills an empty store as ``maker`` (``demo_clinic.made_by``); ``abroad`` adds sites under
    other clocks, ``waiting`` a waiting list, ``money`` (the clock of the store) invoices of past
    days, ``messages`` what patients were told. False when ``progress`` stopped it: incomplete."""
    gate = Desk(store, clock, new_id, maker or made_by(new_id))
    demo = _begin(gate, clock.now(), new_id, Random(seed))
    steps: Sequence[tuple[str, Callable[[], Iterator[int]]]] = (
        ("Registering patients", lambda: _register(demo)),
        ("Writing past visits", lambda: _past(demo)),
        ("Filling today", lambda: _today(demo)),
        *((("Writing the books", lambda: demo_money.add(demo, money)),) if money else ()),
        ("Booking the coming weeks", lambda: _future(demo)),
        *((("Telling patients", lambda: demo_messages.add(demo, messages)),) if messages else ()),
        ("Adding what makes a day", lambda: _colour(demo)),
        *((("Opening sites abroad", lambda: demo_abroad.add(demo)),) if abroad else ()),
        *((("Filling the waiting list", lambda: demo_waiting.add(demo)),) if waiting else ()),
    )
    for index, (sentence, step) in enumerate(steps):
        for _ in step():
            if progress is not None and not progress(index, len(steps), sentence):
                return False
    if progress is not None:
        progress(len(steps), len(steps), "The demo clinic is ready")
    return True


def _begin(gate: Gate, now: datetime, new_id: IdFactory, random: Random) -> Demo:
    today = local_date(now, ZONE)
    clinic = build(new_id, today)
    gate.execute(SaveRecords(records=clinic.records))
    return Demo(
        gate=gate,
        clinic=clinic,
        plan=Plan(clinic, random, today),
        crowd=Crowd(random),
        buffers={work.code: work.buffers for work in DOCTORS},
        random=random,
        now=now,
        new_id=new_id,
    )


def _register(demo: Demo) -> Iterator[int]:
    """Most patients come from the former program; Ana Lee and a few more are typed in."""
    made = people(demo.random, PATIENTS, demo.plan.today)
    ids = [demo.new_id() for _ in made]
    typed = 8
    values = []
    for number, (row_id, person) in enumerate(zip(ids[typed:], made[typed:], strict=True), 1):
        values.append({"id": row_id, "record_number": f"{10000 + number}", **fields_of(person)})
        if demo.random.random() < 0.5:
            values[-1]["usual_doctor_id"] = demo.random.choice(list(demo.clinic.doctors.values()))
    demo.gate.execute(ImportBatch(file_digest="demo", batch=0, patients=tuple(values)))
    yield 1
    for index, person in enumerate(made[:typed]):
        fields = {key: value for key, value in fields_of(person).items() if "_typed" not in key}
        # Numbers of their own, so that a list imported into the demo finds its numbers free.
        fields["record_number"] = f"{10000 + len(values) + 1 + index}"
        ids[index] = str(demo.gate.execute(AddPatient(values=fields)).value)
        yield 1
    grown = [age_on(person.birth_date, demo.plan.today) >= 16 for person in made]
    demo.crowd.adults = [i for i, adult in zip(ids, grown, strict=True) if adult]
    demo.crowd.children = [i for i, adult in zip(ids, grown, strict=True) if not adult]


def _past(demo: Demo) -> Iterator[int]:
    _series(demo)
    yield 1
    rows = []
    for visit in demo.plan.past():
        chance = demo.random.random()
        status = (
            Status.NO_SHOW if chance < 0.05 else Status.CANCELLED if chance < 0.11
            else Status.DECLINED if chance < 0.12 else Status.COMPLETED
        )  # fmt: skip
        rows.append(_row(demo, visit, status))
    for batch, first in enumerate(range(0, len(rows), BATCH), 1):
        demo.gate.execute(
            ImportBatch(
                file_digest="demo", batch=batch, appointments=tuple(rows[first : first + BATCH])
            )
        )
        yield 1


def _series(demo: Demo) -> None:
    """Six weekly sessions of acupuncture, two of them over."""
    day = demo.plan.today - timedelta(days=14)
    while day.weekday() != 1:
        day -= timedelta(days=1)
    patient, series_id = demo.crowd.adults[9], demo.new_id()
    rows = []
    for week in range(6):
        on = day + timedelta(weeks=week)
        start = at_local(on, SERIES_MINUTE, ZONE)
        visit = Planned("LH", "acupuncture", on, start, start + timedelta(minutes=45))
        demo.plan.keep_free("LH", on, SERIES_MINUTE - 15, SERIES_MINUTE + 60)
        status = Status.COMPLETED if visit.end < demo.now else Status.SCHEDULED
        demo.crowd.reserve(on, patient)
        row = _row(demo, visit, status, patient)
        rows.append({**row, "series_id": series_id, "series_start": start})
    series = {
        "id": series_id, "rule": "FREQ=WEEKLY;COUNT=6", "zone": ZONE, "duration": 45,
        "local_start": f"{day.isoformat()}T14:00", "doctor_id": demo.clinic.doctors["LH"],
        "patient_id": patient, "type_id": demo.type_id("acupuncture"),
        "import_key": "demo-series",
    }  # fmt: skip
    demo.gate.execute(
        ImportBatch(file_digest="demo", batch=0, series=(series,), appointments=tuple(rows))
    )


def _today(demo: Demo) -> Iterator[int]:
    """The morning is history, the present has people in rooms and in the waiting room."""
    now, today = demo.now, demo.plan.today
    demo.plan.keep_free("PV", today, 900, 1080)
    rows, later = [], []
    quarter = demo.quarter()
    if demo.plan.is_open("AD", today, quarter - 15, quarter + 45):
        # Ana Lee is with Dr Demir this minute; the walk-in comes after her.
        demo.plan.keep_free("AD", today, quarter - 15, quarter + 45)
        ana = demo.crowd.adults[0]
        demo.crowd.reserve(today, ana)
        rows.append(
            _row(demo, _at(demo, "AD", "follow-up", today, quarter - 15), Status.IN_PROGRESS, ana)
        )
    waiting: set[str] = set()
    for visit in demo.plan.day(today, 0.66):
        if visit.end <= now:
            status = Status.NO_SHOW if demo.random.random() < 0.06 else Status.COMPLETED
        elif visit.start <= now:
            status = Status.IN_PROGRESS
        elif visit.start <= now + timedelta(minutes=35) and visit.code not in waiting:
            status = Status.ARRIVED
            waiting.add(visit.code)
        else:
            later.append(visit)
            continue
        rows.append(_row(demo, visit, status))
    demo.gate.execute(ImportBatch(file_digest="demo", batch=900, appointments=tuple(rows)))
    yield 1
    for visit in later:
        row_id = demo.book(visit)
        if row_id is not None and demo.random.random() < 0.6:
            demo.gate.execute(ChangeStatus(appointment_id=row_id, to=Status.CONFIRMED))
        yield 1


def _future(demo: Demo) -> Iterator[int]:
    for visit in demo.plan.future():
        row_id = demo.book(visit)
        chance = demo.random.random()
        soon = (visit.day - demo.plan.today).days <= 4
        if row_id is not None and soon and chance < 0.5:
            demo.gate.execute(ChangeStatus(appointment_id=row_id, to=Status.CONFIRMED))
        elif row_id is not None and chance > 0.97:
            demo.gate.execute(
                CancelAppointment(appointment_id=row_id, reason="Patient is on a business trip")
            )
        yield 1


def _colour(demo: Demo) -> Iterator[int]:
    """One of everything that a calendar must be able to show."""
    today = demo.plan.today
    coming = next_working_day(today, 1)
    quarter = demo.quarter()
    if demo.plan.is_open("AD", today, quarter - 15, quarter + 45):
        walk_in = _at(demo, "AD", "urgent", today, quarter + 15)
        demo.book(walk_in, walk_in=True, reason="Cut finger")
    yield 1
    booked = demo.book(_at(demo, "JC", "follow-up", coming, 600), outside_hours=True)
    squeezed = _at(demo, "JC", "urgent", coming, 600)
    demo.book(squeezed, overbook_reason="High fever since last night", reason="Fever")
    yield 1
    pending = _first(demo, "PV", "mole-check", next_working_day(today, 2))
    if pending is not None:
        demo.gate.execute(
            EditAppointment(
                appointment_id=pending,
                values={"notes": "Photo sent by e-mail; look before accepting."},
            )
        )
    yield 1
    on_leave = demo.book(_at(demo, "PV", "follow-up", coming, 930), outside_hours=True)
    parked = booked or _first(demo, "JC", "consultation", next_working_day(today, 3))
    for row_id in (on_leave, parked):
        if row_id is not None:
            demo.gate.execute(ParkAppointment(appointment_id=row_id))
    yield 1
    moved = _first(demo, "SO", "follow-up", next_working_day(today, 4))
    if moved is not None:
        _move_later(demo, moved, next_working_day(today, 5))
    yield 1
    _clash(demo, next_working_day(today, 2))
    _hold(demo, today, coming)
    yield 1


def _at(demo: Demo, code: str, slug: str, day: date, minute: int) -> Planned:
    start = at_local(day, minute, ZONE)
    length = demo.clinic.types[slug].duration
    return Planned(code, slug, day, start, start + timedelta(minutes=length))


def _first(demo: Demo, code: str, slug: str, day: date) -> Id | None:
    """Books the first place from that day on, within two weeks, that the rules allow."""
    for ahead in range(10):
        on = next_working_day(day, ahead)
        for minute in range(540, 1020, 15):
            row_id = demo.book(_at(demo, code, slug, on, minute))
            if row_id is not None:
                return row_id
    return None


def _move_later(demo: Demo, row_id: Id, day: date) -> None:
    """A visit that was rescheduled once, so that its history has something to tell."""
    for minute in range(900, 1000, 15):
        visit = _at(demo, "SO", "follow-up", day, minute)
        try:
            demo.gate.execute(
                MoveAppointment(
                    appointment_id=row_id,
                    expected_revision=None,
                    start=visit.start,
                    end=visit.end,
                )
            )
        except Refusal:
            continue
        return


def _clash(demo: Demo, day: date) -> None:
    """The former program allowed two visits in one place: the second waits in the clash list."""
    first = _at(demo, "SO", "consultation", day, 690)
    second = _at(demo, "SO", "follow-up", day, 705)
    rows = [_row(demo, visit, Status.SCHEDULED) for visit in (first, second)]
    demo.gate.execute(ImportBatch(file_digest="demo", batch=901, appointments=tuple(rows)))


def _hold(demo: Demo, today: date, coming: date) -> None:
    """Somebody at another desk is on the phone."""
    for day in (today, coming):
        for minute in range(540, 1065, 15):
            visit = _at(demo, "PV", "follow-up", day, minute)
            if visit.start <= demo.now:
                continue
            hold = HoldSlot(
                doctor_id=demo.clinic.doctors["PV"],
                start=visit.start,
                end=visit.end,
                type_id=demo.type_id("follow-up"),
                seconds=900,
            )
            try:
                outcome = demo.gate.execute(hold)
            except Refusal:
                continue
            if not outcome.warnings:
                return
            demo.gate.execute(ReleaseHold(hold_id=str(outcome.value)))


def _row(
    demo: Demo, visit: Planned, status: Status, patient_id: Id | None = None
) -> Mapping[str, object]:
    """A visit as a former program would hand it over, its times told in order."""
    demo.number += 1
    clinic, kind = demo.clinic, demo.clinic.types[visit.slug]
    before, after = demo.buffers.get(visit.code, (0, 0))
    row: dict[str, object] = {
        "id": demo.new_id(),
        "import_key": f"demo-{demo.number}",
        "doctor_id": clinic.doctors[visit.code],
        "location_id": clinic.main,
        "room_id": clinic.rooms[visit.code] if kind.mode is Mode.IN_PERSON else None,
        "patient_id": patient_id or demo.crowd.take(visit.day, visit.code),
        "type_id": kind.id,
        "start": visit.start,
        "end": visit.end,
        "blocked_start": visit.start - timedelta(minutes=max(before, kind.buffer_before)),
        "blocked_end": visit.end + timedelta(minutes=max(after, kind.buffer_after)),
        "lane": visit.lane,
        "room_lane": visit.lane,
        "status": status,
        "source": Source.FRONT_DESK,
        "mode": kind.mode,
        "price_minor": kind.price_minor,
        "currency": "GBP",
        "patient_zone": ZONE,
        "doctor_zone": ZONE,
    }
    row.update(station_times(demo.random, visit, status, demo.now))
    if status is Status.COMPLETED:
        demo.over.append(row)
    return row
