"""What roster rows must be beside each other: known, unique, apart, and fit for what is booked.

Judged on the roster as it would be after the whole command, so that rows of one command may
refer to each other. A row that is not part of the command is never the reason by itself: what an
import left behind does not stand in the way of a correction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from math import gcd
from typing import Any, TypeVar

from clinic_desk.domain.catalogue import (
    AppointmentType,
    Doctor,
    Location,
    Room,
    TravelTime,
)
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import at_local
from clinic_desk.domain.templates import (
    AvailabilityException,
    ExternalBusyTime,
    Holiday,
    ScheduleTemplate,
    TimeOffRequest,
)
from clinic_desk.services.hours_checks import range_text
from clinic_desk.services.roster_uses import (
    FAR,
    crowd_text,
    crowded,
    first_of,
    live_hours,
    to_come,
    today,
)
from clinic_desk.services.wording import DAYS, LONG_DAYS, day_text, doctor_text, joined
from clinic_desk.services.work import Work

R = TypeVar("R", bound=Record)

WEEK = timedelta(days=7)
SAMPLES = (1, 4, 7, 10)
"""Months in which the clocks of two zones are compared."""


class After:
    """The rows of each kind as they will be: what is stored, under what is to be written."""

    def __init__(self, work: Work, written: Iterable[Record], removed: Iterable[Id] = ()) -> None:
        self.work = work
        self.written = {row.id: row for row in written}
        self.removed = set(removed)
        self._known: dict[type[Record], dict[Id, Record]] = {}
        self._stored: dict[type[Record], dict[Id, Record]] = {}

    def stored(self, kind: type[R]) -> Mapping[Id, R]:
        known: Any = self._stored.get(kind)
        if known is None:
            known = self._stored[kind] = {row.id: row for row in self.work.uow.find(kind)}
        return known  # type: ignore[no-any-return]

    def rows(self, kind: type[R]) -> Mapping[Id, R]:
        known: Any = self._known.get(kind)
        if known is None:
            known = {k: r for k, r in self.stored(kind).items() if k not in self.removed}
            known |= {k: r for k, r in self.written.items() if type(r) is kind}
            self._known[kind] = known
        return known  # type: ignore[no-any-return]


def check_together(after: After, *, hours_field: str = "work_start") -> None:
    """Raises ``Refusal`` whose ``field`` names the field at fault. ``hours_field`` is what
    overlapping hours are told at."""
    for row in after.written.values():
        match row:
            case Location():
                _same_name(row, after.rows(Location).values(), "site")
            case Room():
                _room(after, row)
            case Doctor():
                _doctor(after, row)
            case AppointmentType():
                _type(after, row)
            case ScheduleTemplate():
                _template(after, row)
            case Holiday():
                _holiday(after, row)
            case TravelTime():
                _travel(after, row)
            case AvailabilityException():
                _known(after, Doctor, row.doctor_id, "doctor_id", "doctor")
                _known(after, AppointmentType, row.type_id, "type_id", "visit type")
                _known(after, Location, row.location_id, "location_id", "site")
            case TimeOffRequest() | ExternalBusyTime():
                _known(after, Doctor, row.doctor_id, "doctor_id", "doctor")
            case _:
                pass
    _apart(after, hours_field)


def _known(after: After, kind: type[R], row_id: Id | None, field: str, noun: str) -> R | None:
    if row_id is None:
        return None
    row = after.rows(kind).get(row_id)
    if row is None:
        raise Refusal(
            "not_found", f"The {noun} is no longer there; choose another one.", field=field
        )
    return row


def _same_name(row: Location | Room, others: Iterable[Location | Room], noun: str) -> None:
    for other in others:
        if other.id != row.id and other.name.casefold() == row.name.casefold():
            raise Refusal(
                "same_name",
                f"There is a {noun} called {other.name} already; give this one another name.",
                field="name",
            )


def _room(after: After, row: Room) -> None:
    place = _known(after, Location, row.location_id, "location_id", "site")
    here = [r for r in after.rows(Room).values() if r.location_id == row.location_id]
    _same_name(row, here, f"room at {place.name}" if place is not None else "room")
    before = after.stored(Room).get(row.id)
    if before is None:
        return
    work = after.work
    moved = before.location_id != row.location_id
    if not moved and row.capacity >= before.capacity:
        return
    visits = to_come(work, room_ids=(row.id,))
    if moved:
        if visits:
            raise Refusal(
                "room_in_use",
                f"{before.name} cannot move to another site while it has "
                f"{first_of(work, visits)}. Move those first, or make a new room there.",
                field="location_id",
            )
        for template in live_hours(work.roster, today(work)):
            now = after.rows(ScheduleTemplate).get(template.id)
            if now is not None and now.room_id == row.id and now.location_id != row.location_id:
                raise Refusal(
                    "room_in_use",
                    f"{before.name} is the room of {hours_text(after, now)}; give those hours "
                    "another room first.",
                    field="location_id",
                )
    if row.capacity >= before.capacity:
        return
    there = work.uow.busy(work.now, FAR, room_ids=(row.id,))
    crowd = crowded(
        work,
        [one for one in there if one.room_id == row.id],
        row.capacity,
        work.zone_of(before.location_id),
    )
    if crowd is not None:
        raise Refusal(
            "room_in_use", crowd_text(work, crowd, before, row.capacity), field="capacity"
        )


def _doctor(after: After, row: Doctor) -> None:
    for place in row.location_ids:
        _known(after, Location, place, "location_ids", "site")
    for other in after.rows(Doctor).values():
        if other.id != row.id and other.code.casefold() == row.code.casefold():
            gone = "" if other.active else " (no longer active)"
            raise Refusal(
                "code_taken",
                f"The code {other.code} belongs to {other.name}{gone}; choose another one.",
                field="code",
            )


def _type(after: After, row: AppointmentType) -> None:
    _known(after, Doctor, row.doctor_id, "doctor_id", "doctor")
    for place in row.allowed_location_ids:
        _known(after, Location, place, "allowed_location_ids", "site")
    for room_id in row.allowed_room_ids:
        _known(after, Room, room_id, "allowed_room_ids", "room")
    _known(after, Location, row.default_location_id, "default_location_id", "site")
    room = _known(after, Room, row.default_room_id, "default_room_id", "room")
    if (
        room is not None
        and row.default_location_id is not None
        and room.location_id != row.default_location_id
    ):
        raise Refusal(
            "bad_place",
            f"{room.name} is at another site than the usual one; choose a room there.",
            field="default_room_id",
        )
    for other in after.rows(AppointmentType).values():
        if other.id == row.id:
            continue
        whose = _whose(after, other)
        gone = ", which is not offered at present" if not other.active else ""
        same_name = other.name.casefold() == row.name.casefold()
        if other.doctor_id == row.doctor_id and (other.slug == row.slug or same_name):
            raise Refusal(
                "slug_taken",
                f"“{other.name}”{whose}{gone} has the short name {other.slug} already; "
                "give this one another name, or change that one instead.",
                field="name" if same_name else "slug",
            )
        # an override and what it overrides are one type under one code
        if other.slug != row.slug and other.code.casefold() == row.code.casefold():
            raise Refusal(
                "code_taken",
                f"The code {other.code} belongs to “{other.name}”{whose}{gone}; "
                "choose another one.",
                field="code",
            )


def _whose(after: After, row: AppointmentType) -> str:
    doctor = after.rows(Doctor).get(row.doctor_id or "")
    return f" of {doctor_text(doctor)}" if doctor is not None else ""


def _template(after: After, row: ScheduleTemplate) -> None:
    _known(after, Doctor, row.doctor_id, "doctor_id", "doctor")
    place = _known(after, Location, row.location_id, "location_id", "site")
    room = _known(after, Room, row.room_id, "room_id", "room")
    if room is not None and place is not None and room.location_id != place.id:
        raise Refusal(
            "bad_place",
            f"{DAYS[row.weekday]}: {room.name} is not at {place.name}; choose a room there.",
            field="room_id",
        )
    types = after.rows(AppointmentType)
    for part in row.reserved:
        if any(type_id not in types for type_id in part.type_ids):
            raise Refusal(
                "not_found",
                f"{DAYS[row.weekday]}: the part reserved {range_text(part.start, part.end)} names "
                "a visit type that is no longer there; choose another one.",
                field="reserved",
            )


def _holiday(after: After, row: Holiday) -> None:
    place = _known(after, Location, row.location_id, "location_id", "site")
    for other in after.rows(Holiday).values():
        if other.id == row.id or (other.day, other.location_id) != (row.day, row.location_id):
            continue
        if row.closed and other.closed and not row.meets(other.start_minute, other.until):
            continue  # another part of that day
        if row.closed != other.closed and not (row.whole_day and other.whole_day):
            continue  # it works on a public holiday, but not all day
        where = place.name if place is not None else "the clinic"
        what = "closes" if other.closed else "works"
        raise Refusal(
            "same_day",
            f"{day_text(row.day)} {row.day.year} is in the list already: {where} {what} on "
            f"{other.name}. Change that entry instead.",
            field="day",
        )


def _travel(after: After, row: TravelTime) -> None:
    one = _known(after, Location, row.location_id, "location_id", "site")
    two = _known(after, Location, row.other_location_id, "other_location_id", "site")
    pair = {row.location_id, row.other_location_id}
    for other in after.rows(TravelTime).values():
        if other.id != row.id and {other.location_id, other.other_location_id} == pair:
            names = [row.name for row in (one, two) if row is not None]
            raise Refusal(
                "same_pair",
                f"The way between {joined(names)} has its {other.minutes} minutes already; "
                "change those instead.",
                field="other_location_id",
            )


def hours_text(after: After, row: ScheduleTemplate) -> str:
    """ "Dr Wu on Monday 08:00–12:00 at Elm Park"."""
    doctor = after.rows(Doctor).get(row.doctor_id)
    who = doctor_text(doctor) if doctor is not None else "a doctor"
    return f"{who} on {LONG_DAYS[row.weekday]} {_where(after, row)}"


def _where(after: After, row: ScheduleTemplate) -> str:
    place = after.rows(Location).get(row.location_id)
    at = f" at {place.name}" if place is not None else ""
    return f"{range_text(row.work_start, row.work_end)}{at}"


def _apart(after: After, field: str) -> None:
    """No two windows of one doctor overlap with the same priority in weeks that both hold."""
    fresh = [row for row in after.written.values() if isinstance(row, ScheduleTemplate)]
    if not fresh:
        return
    by_doctor: dict[Id, list[ScheduleTemplate]] = {}
    for row in after.rows(ScheduleTemplate).values():
        by_doctor.setdefault(row.doctor_id, []).append(row)
    places = after.rows(Location)
    for row in fresh:
        for other in by_doctor[row.doctor_id]:
            if other.id != row.id and overlap(row, other, places):
                first, second = sorted((row, other), key=lambda r: (r.weekday, r.work_start))
                raise Refusal(
                    "overlapping_hours",
                    f"{hours_text(after, first)} and {LONG_DAYS[second.weekday]} "
                    f"{_where(after, second)} overlap with the same priority; change one of the "
                    "times, or give one of them a higher priority.",
                    field=field,
                )


def overlap(one: ScheduleTemplate, two: ScheduleTemplate, places: Mapping[Id, Location]) -> bool:
    """Whether two windows of a doctor with the same priority ever meet."""
    if one.priority != two.priority or not _valid_together(one, two):
        return False
    zones = [
        places[row.location_id].zone if row.location_id in places else "" for row in (one, two)
    ]
    if zones[0] == zones[1]:
        return (
            one.weekday == two.weekday
            and one.work_start < two.work_end
            and two.work_start < one.work_end
            and _weeks_meet(one, two, 0)
        )
    return _meet_across_zones(one, two, zones)


def _valid_together(one: ScheduleTemplate, two: ScheduleTemplate) -> bool:
    """With a day to spare, for the same moment may be two dates in two zones."""
    first = max((d for d in (one.valid_from, two.valid_from) if d), default=None)
    last = min((d for d in (one.valid_until, two.valid_until) if d), default=None)
    return first is None or last is None or first <= last


def _weeks_meet(one: ScheduleTemplate, two: ScheduleTemplate, shift: int) -> bool:
    """Whether some week of the one is ``shift`` weeks before some week of the other."""
    if one.anchor is None or two.anchor is None or 1 in (one.every_weeks, two.every_weeks):
        return True
    apart = (_monday(two.anchor) - _monday(one.anchor)).days // 7 - shift
    return apart % gcd(one.every_weeks, two.every_weeks) == 0


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _meet_across_zones(one: ScheduleTemplate, two: ScheduleTemplate, zones: list[str]) -> bool:
    """Compared in weeks of all seasons, for the two clocks may change on different days."""
    if not all(zones):
        return False
    year = max((d.year for d in (one.valid_from, two.valid_from) if d), default=2026)
    for month in SAMPLES:
        monday = _monday(date(year, month, 15))
        a = monday + timedelta(days=one.weekday)
        span = at_local(a, one.work_start, zones[0]), at_local(a, one.work_end, zones[0])
        for shift in (-1, 0, 1):
            b = monday + timedelta(days=two.weekday) + shift * WEEK
            other = at_local(b, two.work_start, zones[1]), at_local(b, two.work_end, zones[1])
            if span[0] < other[1] and other[0] < span[1] and _weeks_meet(one, two, shift):
                return True
    return False
