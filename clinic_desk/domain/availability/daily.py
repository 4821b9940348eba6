"""Visits per day: what a doctor takes altogether, and of one type."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from clinic_desk.domain.availability.asking import Ask
from clinic_desk.domain.availability.hours import hours_of
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import from_epoch, local_date


class Daily(NamedTuple):
    """A limit that applies and how much of it is used; ``of_type``: the type's, not the
    doctor's."""

    most: int
    has: int
    of_type: bool

    @property
    def full(self) -> bool:
        return self.has >= self.most


def is_limited(ask: Ask, doctor_id: Id) -> bool:
    """Whether any limit could apply; ``ask`` is the doctor's own."""
    doctor = ask.ix.hours.doctors.get(doctor_id)
    mine = doctor is not None and doctor.max_per_day is not None
    return mine or (ask.kind is not None and ask.kind.max_per_day is not None)


def sight(
    roster: Roster,
    type_id: Id | None,
    doctor_id: Id,
    location_id: Id,
    start: datetime,
    end: datetime,
) -> tuple[datetime, datetime] | None:
    """How far around a visit (aware UTC) the rules look at what else the doctor does, beyond the
    rows that meet it: the way between sites, the visits of the local day. None: not at all."""
    hours = hours_of(roster)
    doctor, kind = hours.doctors.get(doctor_id), hours.offers.effective(type_id, doctor_id)
    limited = (doctor is not None and doctor.max_per_day is not None) or (
        kind is not None and kind.max_per_day is not None
    )
    way = timedelta(minutes=hours.travel.longest)
    if not limited and not way:
        return None
    low, high = start - way, end + way
    if limited:
        place = hours.locations.get(location_id)
        name = place.zone if place is not None else roster.practice.zone
        first, last, _plain = hours.local.day(name, local_date(start, name))
        low, high = min(low, from_epoch(first * 60)), max(high, from_epoch(last * 60))
    return low, high


def limits(ask: Ask, doctor_id: Id, zone_name: str, day: date) -> list[Daily]:
    """The limits of a doctor's local day, the doctor's own first."""
    doctor = ask.ix.hours.doctors.get(doctor_id)
    moving = ask.request.moving
    stays = (
        moving is not None
        and moving.placed
        and moving.doctor_id == doctor_id
        and local_date(moving.start, zone_name) == day
    )
    start, end, _plain = ask.ix.hours.local.day(zone_name, day)
    low, high = start * 60, end * 60
    found: list[Daily] = []
    mine = doctor.max_per_day if doctor is not None else None
    kinds = ask.kind.max_per_day if ask.kind is not None else None
    if stays:
        mine = None
        if moving is not None and moving.type_id in (None, ask.type_id):
            kinds = None
    if mine is None and kinds is None:
        return found
    rows = [
        row
        for row in ask.ix.doctor(doctor_id).near(low, high)
        if low <= row.start < high and (ask.counts is None or ask.counts(row))
    ]
    if mine is not None:
        found.append(Daily(mine, len(rows), of_type=False))
    if kinds is not None:
        base = ask.ix.hours.offers.base
        same = sum(1 for row in rows if base(row.type_id) == ask.type_id)
        found.append(Daily(kinds, same, of_type=True))
    return found
