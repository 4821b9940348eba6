"""What a doctor's day looks like from one site: own hours, hours elsewhere, the way between.

Plain data from plain data; a reader thread works it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from clinic_desk.domain.appointments import OCCUPYING, Status
from clinic_desk.domain.availability.model import Band, BandKind, Load
from clinic_desk.domain.availability.travel import Travel
from clinic_desk.domain.catalogue import Doctor, Location
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, local_date, local_day_bounds
from clinic_desk.services.views import CalendarSlice, Cell
from clinic_desk.ui.models.sites import both_spans, site_zone


@dataclass(frozen=True, slots=True)
class Beside:
    """Time of a doctor's day that belongs to another site (``kind`` "elsewhere") or to the way
    between two ("travel"), aware UTC."""

    kind: str
    start: datetime
    end: datetime
    label: str


class SiteDays:
    """Answers, for one slice, at which sites a doctor is on a day."""

    def __init__(self, data: CalendarSlice, sites: Sequence[Location]) -> None:
        self.data = data
        self.sites = {row.id: row for row in sites}
        self.travel = Travel(data.snapshot.roster)
        self._visits: dict[tuple[Id, date], dict[Id, list[Cell]]] = {}
        days: dict[tuple[datetime, Id], date] = {}
        for cell in data.cells:
            place = self.sites.get(cell.location_id)
            if place is None:
                continue
            stamp = (cell.start, place.id)
            day = days.get(stamp)
            if day is None:
                day = days[stamp] = local_date(cell.start, place.zone)
            here = self._visits.setdefault((cell.doctor_id, day), {})
            here.setdefault(place.id, []).append(cell)

    def bands(self, doctor_id: Id, day: date) -> tuple[Band, ...]:
        about = self.data.days.get((doctor_id, day))
        return about.bands if about is not None else ()

    def visits(self, doctor_id: Id, day: date, place: Id) -> list[Cell]:
        return self._visits.get((doctor_id, day), {}).get(place, [])

    def open_at(self, doctor_id: Id, day: date, place: Id) -> list[Band]:
        """Working time at a site on that site's own day, by start."""
        found = [
            b
            for b in self.bands(doctor_id, day)
            if b.kind is BandKind.OPEN and b.location_id == place
        ]
        return clipped(found, day, self.sites[place].zone)

    def at(self, doctor: Doctor, day: date) -> tuple[Id, ...]:
        """The sites where the doctor works or has visits that day, in the sites' order; the
        usual one when there is neither."""
        here = self._visits.get((doctor.id, day), {})
        found = [
            place for place in self.sites if place in here or self.open_at(doctor.id, day, place)
        ]
        if found:
            return tuple(found)
        return tuple(p for p in (*doctor.location_ids, *self.sites) if p in self.sites)[:1]

    def known(self, doctor: Doctor, day: date) -> tuple[Id, ...]:
        """Also the sites that the doctor belongs to and is not at that day."""
        own = [place for place in doctor.location_ids if place in self.sites]
        return tuple(dict.fromkeys((*self.at(doctor, day), *own)))

    def parts(self, doctor: Doctor, day: date, site: Id | None) -> tuple[tuple[Id, ...], ...]:
        """The sites of a day, those that share a clock together; only ``site`` when one is set."""
        if site is not None:
            return ((site,),)
        by_zone: dict[str, list[Id]] = {}
        for place in self.at(doctor, day):
            by_zone.setdefault(self.sites[place].zone, []).append(place)
        return tuple(tuple(places) for places in by_zone.values())

    def names(self, places: Iterable[Id]) -> str:
        return ", ".join(self.sites[place].name for place in places)


def clipped(bands: Iterable[Band], day: date, zone: str) -> list[Band]:
    """What lies in that local day, by start."""
    span = local_day_bounds(day, day, zone)
    cut = [
        replace(b, start=max(b.start, span.start), end=min(b.end, span.end))
        for b in bands
        if b.start < span.end and span.start < b.end
    ]
    return sorted(cut, key=lambda b: (b.start, b.end))


def site_parts(
    about: SiteDays, doctor: Doctor, day: date, places: tuple[Id, ...]
) -> dict[str, Any]:
    """The fields of a column that shows a doctor's day at ``places``, which share a clock."""
    first = about.sites[places[0]]
    zone = first.zone
    own, others = [], []
    for band in about.bands(doctor.id, day):
        if band.location_id is None or band.location_id in places:
            own.append(_named(about, band, places))
        elif band.kind is BandKind.OPEN and band.location_id in about.sites:
            others.append(band)
    bands = tuple(clipped(own, day, zone))
    whole = about.at(doctor, day)
    fields: dict[str, Any] = {
        "key": f"{doctor.id}@{day.isoformat()}@{'+'.join(places)}",
        "bands": bands,
        "zone": zone,
        "location_id": first.id,
        "site": about.names(places),
        "places": places,
    }
    if set(whole) <= set(places):
        return fields
    beside = _elsewhere(about, day, others, zone)
    mine = [b for b in bands if b.kind is BandKind.OPEN]
    fields["beside"] = (*beside, *_ways(about, mine, clipped(others, day, zone), first))
    cells = [c for place in places for c in about.visits(doctor.id, day, place)]
    loads = [load_at(about.data, doctor.id, day, about.sites[p], cells) for p in places]
    fields["load"] = Load(sum(r.booked for r in loads), sum(r.capacity for r in loads))
    if not mine:
        names = about.names([place for place in whole if place not in places])
        label = about.data.days[doctor.id, day].closed_label if about.bands(doctor.id, day) else ""
        fields["closed_label"] = f"At {names}" if beside else label or "Closed"
    return fields


def _named(about: SiteDays, band: Band, places: tuple[Id, ...]) -> Band:
    """Blocked time of one site says so where the column is of several."""
    limited = band.kind in (BandKind.BLOCKED, BandKind.LIMITED) and band.location_id is not None
    if not limited or len(places) == 1:
        return band
    words = band.label or "Blocked"
    return replace(band, label=f"{words} at {about.names([str(band.location_id)])}")


def _elsewhere(about: SiteDays, day: date, others: Sequence[Band], zone: str) -> list[Beside]:
    """One stretch for each stay at another site, its breaks included."""
    roster, stays = about.data.snapshot.roster, list[Band]()
    for band in clipped(others, day, zone):
        last = stays[-1] if stays else None
        if last is not None and last.location_id == band.location_id:
            stays[-1] = replace(last, end=max(last.end, band.end))
        else:
            stays.append(band)
    result = []
    for stay in stays:
        place = str(stay.location_id)
        there = site_zone(roster, place)
        words = f"At {about.sites[place].name} {both_spans(stay.start, stay.end, zone, there)}"
        result.append(Beside("elsewhere", stay.start, stay.end, words))
    return result


def _ways(
    about: SiteDays, own: Sequence[Band], others: Sequence[Band], here: Location
) -> list[Beside]:
    """The last minutes before hours elsewhere, the first after them."""
    order = sorted([*own, *others], key=lambda b: (b.start, b.end))
    result = []
    for before, after in pairwise(order):
        if (before.location_id in (None, here.id)) == (after.location_id in (None, here.id)):
            continue
        leaves = before.location_id in (None, here.id)
        place = about.sites[str((after if leaves else before).location_id)]
        minutes = about.travel.minutes(here.id, place.id)
        if not minutes:
            continue
        way = timedelta(minutes=minutes)
        start, end = (after.start - way, after.start) if leaves else (before.end, before.end + way)
        word = "to" if leaves else "from"
        result.append(Beside("travel", start, end, f"{word} {place.name} {minutes} min"))
    return result


def load_at(
    data: CalendarSlice, doctor_id: Id, day: date, place: Location, cells: Iterable[Cell]
) -> Load:
    """A doctor's load of a day at one site, in half hours: of the whole day's own visits those in
    ``cells``."""
    from clinic_desk.domain.availability.days import offered, units_of

    covered, units = offered(data.snapshot.roster, doctor_id, day, place.id)
    booked = 0
    for cell in cells:
        counts = cell.status in OCCUPYING and cell.status is not Status.HELD
        if cell.doctor_id != doctor_id or cell.location_id != place.id or not counts:
            continue
        start, end = epoch(cell.start), epoch(cell.end)
        booked += sum(max(0, min(end, b) - max(start, a)) for a, b in covered)
    return Load(units_of(booked), units)
