"""Random small clinics for the comparison with the reference, and plain builders for the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from clinic_desk.domain.availability.model import (
    Busy,
    MovingVisit,
    Request,
    Roster,
    Snapshot,
)
from clinic_desk.domain.catalogue import (
    AppointmentType,
    Doctor,
    Location,
    Mode,
    Practice,
    Room,
    TravelTime,
)
from clinic_desk.domain.templates import (
    AvailabilityException,
    Break,
    ExceptionKind,
    Holiday,
    Reserved,
    ScheduleTemplate,
    TimeOffRequest,
    TimeOffStatus,
)

DAY = timedelta(days=1)

CHANGES = (
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Sao_Paulo", date(2018, 2, 17)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("Asia/Kolkata", date(2026, 6, 3)),
)
"""Zones and the local days on which their clocks change; Kolkata's never do."""

OTHERS = ("Europe/London", "Asia/Kathmandu", "America/Los_Angeles", "Pacific/Auckland", "UTC")

EDGES = (0, 30, 60, 90, 105, 120, 150, 180, 240, 480, 540, 720, 735, 780, 1020, 1380, 1410, 1440)
"""Template edges: the small hours where clocks change, the working day, both midnights."""


@dataclass
class Drawn:
    """A clinic and a question about it."""

    snapshot: Snapshot
    request: Request


def draw(rnd: Random, zone: str | None = None, change: date | None = None) -> Drawn:
    """One random clinic around a clock change, with everything that step 1 to 5 speak of."""
    if zone is None or change is None:
        zone, change = rnd.choice(CHANGES)
    grain = rnd.choice((5, 5, 5, 1))
    first = change - rnd.randrange(3) * DAY
    last = first + rnd.randrange(3) * DAY
    locations = {"A": Location(id="A", name="Main", zone=zone, primary=True)}
    if rnd.random() < 0.6:
        other = rnd.choice((zone, *OTHERS))
        locations["B"] = Location(id="B", name="North", zone=other)
    places = list(locations)
    rooms = {
        f"r{n}": Room(
            id=f"r{n}",
            location_id=rnd.choice(places),
            name=f"Room {n}",
            capacity=rnd.choice((1, 1, 2)),
            virtual=rnd.random() < 0.2,
        )
        for n in range(rnd.choice((0, 0, 1, 2, 3)))
    }
    doctors = {
        f"d{n}": Doctor(
            id=f"d{n}",
            name=f"Doctor {n}",
            code=f"D{n}",
            location_ids=(rnd.choice(places),),
            active=rnd.random() < 0.95,
            max_per_day=rnd.choice((None, None, None, 0, 1, 2, 3)),
        )
        for n in range(rnd.choice((1, 1, 2, 3)))
    }
    types = {key: _type(rnd, key, places, list(rooms), list(doctors)) for key in ("t", "u")}
    for doctor_id in doctors:
        if rnd.random() < 0.3:
            own = _type(rnd, "t", places, list(rooms), [])
            types[f"t-{doctor_id}"] = replace(
                own, id=f"t-{doctor_id}", doctor_id=doctor_id, active=rnd.random() < 0.8
            )
    span = (datetime.combine(first, datetime.min.time(), UTC), (last - first).days + 1)
    roster = Roster(
        practice=Practice(
            id="p",
            name="Clinic",
            zone=zone,
            travel_minutes=rnd.choice((0, 0, 20, 45)),
            one_visit_at_a_time=rnd.random() < 0.8,
        ),
        locations=locations,
        rooms=rooms,
        doctors=doctors,
        types=types,
        templates=tuple(
            _template(rnd, n, grain, first, list(doctors), places, list(rooms))
            for n in range(rnd.randrange(3, 11))
        ),
        exceptions=tuple(
            _exception(rnd, n, grain, span, list(doctors), places)
            for n in range(rnd.choice((0, 1, 2, 3, 4)))
        ),
        time_off=tuple(
            _time_off(rnd, n, grain, span, list(doctors)) for n in range(rnd.choice((0, 0, 0, 1)))
        ),
        holidays=tuple(
            Holiday(
                id=f"h{n}",
                day=first + rnd.randrange(3) * DAY,
                name="Closed",
                location_id=rnd.choice((None, *places)),
                closed=rnd.random() < 0.7,
                start_minute=begin,
                end_minute=end,
            )
            for n in range(rnd.choice((0, 0, 0, 1, 2)))
            for begin, end in (rnd.choice(((0, 0), (0, 0), (720, 0), (0, 615), (600, 840))),)
        ),
        travel=tuple(
            TravelTime(
                id="way",
                location_id=places[-1],
                other_location_id=places[0],
                minutes=rnd.choice((0, 7, 60, 130)),
            )
            for _ in range(rnd.randrange(2) if len(places) > 1 else 0)
        ),
    )
    now = _moment(rnd, (span[0] - DAY, 2), 1) + timedelta(seconds=rnd.choice((0, 0, 17)))
    if rnd.random() < 0.75:
        now = span[0] - 3 * DAY
    snapshot = Snapshot(
        roster,
        tuple(_busy(rnd, n, grain, span, roster, now) for n in range(rnd.randrange(9))),
        tuple(_external(rnd, n, span, list(doctors)) for n in range(rnd.choice((0, 0, 1, 2)))),
        first,
        last,
    )
    return Drawn(snapshot, _request(rnd, grain, snapshot, now))


def _type(
    rnd: Random, key: str, places: list[str], rooms: list[str], doctors: list[str]
) -> AppointmentType:
    return AppointmentType(
        id=key,
        slug=key,
        name="Follow-up" if key == "t" else "Acupuncture",
        code=key,
        duration=rnd.choice((15, 20, 30, 30, 45)),
        doctor_id=rnd.choice((*[None] * 8, *doctors)),
        buffer_before=rnd.choice((0, 0, 5, 10)),
        buffer_after=rnd.choice((0, 0, 5, 15)),
        mode=rnd.choice((Mode.IN_PERSON, Mode.IN_PERSON, Mode.PHONE, Mode.VIDEO)),
        default_room_id=rnd.choice((None, None, *rooms)),
        allowed_location_ids=rnd.choice(((), (), (), (places[0],), (places[-1],))),
        allowed_room_ids=tuple(rnd.sample(rooms, rnd.randrange(1, len(rooms) + 1)))
        if rooms and rnd.random() < 0.25
        else (),
        max_per_day=rnd.choice((None, None, None, None, 0, 1, 2)),
        min_notice=rnd.choice((0, 0, 45, 600)),
        max_future_days=rnd.choice((365, 365, 365, 365, 2, 4)),
    )


def _template(
    rnd: Random,
    n: int,
    grain: int,
    first: date,
    doctors: list[str],
    places: list[str],
    rooms: list[str],
) -> ScheduleTemplate:
    start, end = sorted((rnd.choice(EDGES), rnd.choice(EDGES)))
    if grain == 1 and rnd.random() < 0.5:
        start = min(end, start + rnd.randrange(60))
    breaks = []
    for _ in range(rnd.choice((0, 0, 1, 2))):
        low = rnd.randrange(0, 1440, grain)
        breaks.append(Break(low, min(1440, low + rnd.choice((15, 30, 60)))))
    reserved = []
    for _ in range(rnd.choice((0, 0, 0, 1, 2))):
        low = rnd.randrange(start // grain * grain, max(start + 1, end), grain)
        types = rnd.choice((("t",), ("u",), ("t", "u")))
        reserved.append(Reserved(low, min(1440, low + rnd.choice((20, 60, 120))), types))
    return ScheduleTemplate(
        id=f"w{n}",
        doctor_id=rnd.choice(doctors),
        location_id=rnd.choice(places),
        weekday=(first + rnd.choice((-1, 0, 0, 0, 1, 1, 2)) * DAY).weekday(),
        work_start=start,
        work_end=end,
        room_id=rnd.choice((None, None, *rooms)),
        step=rnd.choice((10, 15, 15, 20, 30)) if grain == 5 else rnd.choice((7, 15, 30)),
        buffer_before=rnd.choice((0, 0, 5, 15)),
        buffer_after=rnd.choice((0, 0, 10)),
        max_parallel=rnd.choice((1, 1, 1, 2, 3)),
        priority=rnd.choice((0, 0, 1, 2)),
        valid_from=rnd.choice((None, None, None, first, first + DAY)),
        valid_until=rnd.choice((None, None, None, first, first + DAY)),
        breaks=tuple(breaks),
        reserved=tuple(reserved),
        every_weeks=rnd.choice((1, 1, 1, 1, 2, 3)),
        anchor=rnd.choice((None, first - 7 * DAY, first, first + 700 * DAY)),
    )


def _moment(rnd: Random, span: tuple[datetime, int], grain: int) -> datetime:
    return span[0] + timedelta(minutes=rnd.randrange(-600, span[1] * 1440 + 600, grain))


def _exception(
    rnd: Random,
    n: int,
    grain: int,
    span: tuple[datetime, int],
    doctors: list[str],
    places: list[str],
) -> AvailabilityException:
    start = _moment(rnd, span, grain) + timedelta(seconds=rnd.choice((0, 0, 0, 30)))
    return AvailabilityException(
        id=f"e{n}",
        doctor_id=rnd.choice(doctors),
        start=start,
        end=start
        + timedelta(minutes=rnd.choice((20, 60, 180, 420, 1500)), seconds=rnd.choice((0, 0, 20))),
        kind=rnd.choice(tuple(ExceptionKind)),
        type_id=rnd.choice((None, None, "t", "u")),
        location_id=rnd.choice((None, None, *places)),
        reason="Meeting",
    )


def _time_off(
    rnd: Random, n: int, grain: int, span: tuple[datetime, int], doctors: list[str]
) -> TimeOffRequest:
    start = _moment(rnd, span, grain)
    return TimeOffRequest(
        id=f"o{n}",
        doctor_id=rnd.choice(doctors),
        start=start,
        end=start + timedelta(minutes=rnd.choice((60, 300, 1440))),
        status=rnd.choice(tuple(TimeOffStatus)),
    )


def _busy(
    rnd: Random, n: int, grain: int, span: tuple[datetime, int], roster: Roster, now: datetime
) -> Busy:
    start = int(_moment(rnd, span, grain).timestamp())
    if rnd.random() < 0.7:
        # Mostly where somebody works, or the rows would miss each other.
        template = rnd.choice(roster.templates)
        day = span[0].date() + rnd.randrange(span[1]) * DAY
        minute = rnd.randrange(template.work_start, template.work_end + 1, grain)
        wall = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("UTC"))
        zone = ZoneInfo(roster.locations[template.location_id].zone)
        offset = wall.astimezone(zone).utcoffset() or timedelta(0)
        start = int((wall + timedelta(minutes=minute) - offset).timestamp()) // 60 * 60
    end = start + rnd.choice((15, 30, 60, 90)) * 60
    held = rnd.random() < 0.25
    return Busy(
        id=f"b{n}",
        doctor_id=rnd.choice(list(roster.doctors)),
        start=start,
        end=end,
        blocked_start=start - rnd.choice((0, 5, 10)) * 60,
        blocked_end=end + rnd.choice((0, 5, 15)) * 60,
        lane=rnd.choice((0, 0, 1)),
        room_id=rnd.choice((None, *roster.rooms)),
        patient_id=rnd.choice((None, "x", "y")),
        kind="hold" if held else rnd.choice(("appointment", "appointment", "external")),
        label="J. Hall",
        location_id=rnd.choice(("", *roster.locations, *roster.locations)),
        type_id=rnd.choice((None, *roster.types, "t")),
        holder_desk=rnd.choice(("desk-1", "desk-2", "")) if held else "",
        hold_until=int(now.timestamp()) + rnd.choice((-5, 0, 90)) if held else None,
    )


def _external(rnd: Random, n: int, span: tuple[datetime, int], doctors: list[str]) -> Busy:
    start = int(_moment(rnd, span, 1).timestamp()) + rnd.choice((0, 0, 25))
    end = start + rnd.choice((600, 3600, 7200, 3605))
    return Busy(
        id=f"x{n}",
        doctor_id=rnd.choice(doctors),
        start=start,
        end=end,
        blocked_start=start,
        blocked_end=end,
        kind="external",
    )


def _request(rnd: Random, grain: int, snapshot: Snapshot, now: datetime) -> Request:
    doctors = list(snapshot.roster.doctors)
    asked = rnd.choice(((), tuple(doctors), tuple(doctors), (doctors[0],)))
    wish = rnd.random() < 0.3
    return Request(
        type_id=rnd.choice(("t", "t", "t", "t", "u", None, *snapshot.roster.types)),
        first=snapshot.first + rnd.choice((0, 0, 0, -1, 1)) * DAY,
        last=snapshot.last + rnd.choice((0, 0, 0, 1)) * DAY,
        now=now,
        doctor_ids=asked,
        location_id=rnd.choice((None, None, None, *snapshot.roster.locations)),
        room_id=rnd.choice((*[None] * 9, *snapshot.roster.rooms)),
        patient_id=rnd.choice((None, None, "x")),
        duration=rnd.choice((None, None, 25, 60)) if grain == 5 else rnd.choice((None, 17)),
        ignore_ids=frozenset(rnd.choice(((), (), ("b0",), ("b1", "x0")))),
        own_desk=rnd.choice(("", "desk-1")),
        weekdays=frozenset({snapshot.first.weekday()})
        if wish and rnd.random() < 0.5
        else frozenset(),
        earliest=rnd.choice((None, 60, 125, 540)) if wish else None,
        latest=rnd.choice((None, 120, 150, 1000)) if wish else None,
        together=len(asked) > 1 and rnd.random() < 0.4,
        step=rnd.choice((None, None, None, 10)) if grain == 5 else None,
        policy=rnd.random() < 0.8,
        moving=MovingVisit(
            rnd.randrange(3),
            datetime.combine(snapshot.first, time(rnd.randrange(24)), UTC),
            rnd.choice(doctors),
            type_id=rnd.choice((None, "t", "u")),
        )
        if rnd.random() < 0.2
        else None,
    )
