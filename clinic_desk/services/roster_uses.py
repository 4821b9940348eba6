"""Who still needs a row of the roster: visits to come, hours, visit types."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from clinic_desk.domain.availability.model import Busy, Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch, local_date
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.services.hours_preview import newly_outside, visit_at
from clinic_desk.services.wording import count_text, doctor_text, joined, when_text
from clinic_desk.services.work import Work

FAR = datetime(2999, 12, 31, tzinfo=UTC)


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


def at_once(rows: Iterable[Busy]) -> tuple[int, int]:
    """The most rows whose blocked ranges meet in one moment, and that moment (epoch seconds)."""
    edges = sorted(edge for row in rows for edge in ((row.blocked_end, -1), (row.blocked_start, 1)))
    deepest, moment, depth = 0, 0, 0
    for when, step in edges:
        depth += step
        if depth > deepest:
            deepest, moment = depth, when
    return deepest, moment


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
