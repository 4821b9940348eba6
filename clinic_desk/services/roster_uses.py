"""Who still needs a row of the roster: visits to come, hours, visit types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.availability.model import Busy, Roster
from clinic_desk.domain.catalogue import Room
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch, local_date
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.services.hours_preview import newly_outside, visit_at
from clinic_desk.services.wording import count_text, day_text, doctor_text, joined, when_text
from clinic_desk.services.work import Work

FAR = datetime(2999, 12, 31, tzinfo=UTC)

NAMED = 4
"""Patients, or days, that a refusal names."""


def to_come(
    work: Work, *, doctor_ids: Iterable[Id] = (), room_ids: Iterable[Id] = ()
) -> list[Busy]:
    """Booked visits (no holds) of any of the doctors or rooms that are not over, by start."""
    found = work.uow.busy(work.now, FAR, doctor_ids=doctor_ids, room_ids=room_ids)
    now = epoch(work.now)
    visits = [row for row in found if row.kind == "appointment" and row.end > now]
    return sorted(visits, key=lambda row: (row.start, row.id))


def at_site(work: Work, location_id: Id) -> list[Busy]:
    """Visits to come at one site."""
    return [row for row in everyone(work) if row.location_id == location_id]


def everyone(work: Work) -> list[Busy]:
    """Visits to come of the whole clinic."""
    return to_come(work, doctor_ids=list(work.roster.doctors))


def first_of(work: Work, rows: list[Busy], *, whom: bool = True) -> str:
    """ "3 visits to come (the first on Tue 10:00 with Dr Wu)"."""
    row = rows[0]
    when = when_text(from_epoch(row.start), work.zone_of(row.location_id), work.now)
    doctor = work.roster.doctors.get(row.doctor_id)
    who = f" with {doctor_text(doctor)}" if doctor is not None and whom else ""
    lead = "the first " if len(rows) > 1 else ""
    return f"{count_text(len(rows), 'visit')} to come ({lead}on {when}{who})"


class Crowd(NamedTuple):
    """The most visits that are in a room in one moment: how many, when (epoch seconds), and
    which; ``days`` are the local days on which there are more than asked about."""

    most: int
    moment: int
    rows: tuple[Busy, ...]
    days: tuple[date, ...]


def crowded(work: Work, rows: Sequence[Busy], capacity: int, zone_name: str) -> Crowd | None:
    """Where the blocked ranges of ``rows`` meet in more than ``capacity`` at once; None when they
    never do."""
    soon = epoch(work.now)
    edges = sorted(
        edge
        for row in rows
        for edge in ((row.blocked_end, -1), (max(soon, row.blocked_start), 1))
        if row.blocked_end > soon
    )
    most, moment, depth = 0, 0, 0
    days: dict[date, None] = {}
    for when, step in edges:
        depth += step
        if step > 0 and depth > capacity:
            days[local_date(from_epoch(when), zone_name)] = None
            if depth > most:
                most, moment = depth, when
    if not most:
        return None
    there = tuple(row for row in rows if max(soon, row.blocked_start) <= moment < row.blocked_end)
    return Crowd(most, moment, there, tuple(days))


def crowd_text(work: Work, crowd: Crowd, room: Room, capacity: int) -> str:
    """ "2 visits are booked in Room 3 at once on Tue 10:00 (J. Hall, A. Lee)."."""
    zone_name = work.zone_of(room.location_id)
    start = from_epoch(max(row.start for row in crowd.rows))
    names = [row.label for row in crowd.rows if row.label]
    who = f" ({', '.join(names[:NAMED])}{' …' if len(names) > NAMED else ''})" if names else ""
    told = (
        f"{crowd.most} visits are booked in {room.name} at once on "
        f"{when_text(start, zone_name, work.now)}{who}, so it must hold at least {crowd.most}."
    )
    first = local_date(start, zone_name)
    others = [day for day in crowd.days if day != first]
    if others:
        shown = joined([day_text(day, today(work)) for day in others[:NAMED]])
        more = f" and {count_text(len(others) - NAMED, 'more day')}" if len(others) > NAMED else ""
        told += f" There are more than {capacity} at once on {shown}{more} too."
    return f"{told} Move {'one of ' if crowd.most == capacity + 1 else 'some of '}them first."


def lower_lanes(work: Work, room: Room) -> None:
    """Visits to come in a room that becomes smaller take the places that are left; that there is
    one for each was judged before."""
    rows = work.uow.busy(work.now, FAR, room_ids=(room.id,))
    rows = [row for row in rows if row.room_id == room.id]
    if all(row.room_lane < room.capacity for row in rows):
        return
    until = [0] * room.capacity
    lanes: dict[Id, int] = {}
    for row in sorted(rows, key=lambda row: (row.blocked_start, row.id)):
        free = [lane for lane in range(room.capacity) if until[lane] <= row.blocked_start]
        lane = row.room_lane if row.room_lane in free else next(iter(free), row.room_lane)
        if lane < room.capacity:
            until[lane] = row.blocked_end
        if lane != row.room_lane:
            lanes[row.id] = lane
    pairs = []
    for row_id, lane in lanes.items():
        visit = work.uow.get(Appointment, row_id)
        pairs.append((visit, replace(visit, room_lane=lane)))
    if pairs:
        work.uow.replace_together(pairs, "relaned")


def live_hours(roster: Roster, today: date) -> list[ScheduleTemplate]:
    """Weekly hours that hold today or later."""
    return [row for row in roster.templates if row.valid_until is None or row.valid_until >= today]


def today(work: Work) -> date:
    return local_date(work.now, work.roster.practice.zone)


def outside_warnings(work: Work, before: Roster, doctor_ids: Iterable[Id]) -> tuple[str, ...]:
    """Called after the write: which visits to come lie outside the hours now. They stay."""
    wanted = [one for one in dict.fromkeys(doctor_ids) if one in before.doctors]
    rows = to_come(work, doctor_ids=wanted)
    if not rows:
        return ()
    visits = [visit_at(r.id, r.doctor_id, r.type_id, r.location_id, r.start, r.end) for r in rows]
    hit = newly_outside(before, work.uow.roster(), visits)
    if not hit:
        return ()
    names = joined(
        [
            doctor_text(before.doctors[one])
            for one in dict.fromkeys(visit.doctor_id for visit in hit)
        ]
    )
    first = hit[0]
    when = when_text(first.start, work.zone_of(first.location_id), work.now)
    if len(hit) == 1:
        return (f"The visit of {names} on {when} is outside the hours now; it stays as booked.",)
    return (
        f"{len(hit)} visits to come of {names} are outside the hours now (the first on {when}); "
        "they stay as booked.",
    )
