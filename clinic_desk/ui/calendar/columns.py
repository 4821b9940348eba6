"""The columns of a day or week: who, which day, and what their heads say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from clinic_desk.domain.availability.model import Band, BandKind, Load, Roster
from clinic_desk.domain.catalogue import Doctor, Room
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import CalendarSlice, Cell
from clinic_desk.ui.calendar.site_days import (
    Beside,
    SiteDays,
    clipped,
    load_at,
    site_parts,
)
from clinic_desk.ui.models.sites import live_sites
from clinic_desk.ui.models.words import WEEKDAYS, day_words, doctor_name, doctor_short

PATTERNS = ("solid", "dashed", "double")
MOST_SUB_LANES = 6
"""Doctors of a week that still get a lane each."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``zone`` is the IANA zone of its location; ``doctor_id`` is empty in a room's
    column, ``room_id`` None in a doctor's. ``sub_lane`` columns are the narrow lanes of a week
    with several doctors, ``by_date`` ones the wide days of a week with one, ``density`` ones the
    days of a week with more than can be told apart; ``group`` counts the days.

    In a clinic with several sites ``site`` names the column's, ``places`` are those whose visits
    it shows (empty: any) and ``beside`` what the doctor does at others. ``home_zone`` is the
    clinic's own."""

    key: str
    doctor_id: Id
    day: date
    room_id: Id | None
    title: str
    zone: str
    location_id: Id
    short_title: str = ""
    subtitle: str = ""
    code: str = ""
    colour: str = ""
    pattern: str = "solid"
    load: Load = field(default_factory=Load)
    bands: tuple[Band, ...] = ()
    closed_label: str = ""
    sub_lane: bool = False
    by_date: bool = False
    density: bool = False
    group: int = 0
    site: str = ""
    places: tuple[Id, ...] = ()
    beside: tuple[Beside, ...] = ()
    home_zone: str = ""

    def takes(self, doctor_id: Id, room_id: Id | None, location_id: Id | None) -> bool:
        """Whether a visit of that doctor in that room at that site belongs here, its day apart."""
        if not self.doctor_id:
            return self.room_id == room_id
        here = not self.places or not location_id or location_id in self.places
        return self.doctor_id == doctor_id and here

    @property
    def only_place(self) -> Id | None:
        """The one site that what is put here is at; None where the rules decide."""
        return self.places[0] if len(self.places) == 1 else None

    @property
    def serves(self) -> tuple[Id, Id | None]:
        """Whose column it is, whatever the day."""
        return self.doctor_id, self.room_id

    @property
    def open_bands(self) -> tuple[Band, ...]:
        return tuple(b for b in self.bands if b.kind is BandKind.OPEN)


def patterns(roster: Roster) -> dict[Id, str]:
    """Stripe patterns that tell doctors of one colour apart, in the order of the columns."""
    seen: dict[str, int] = {}
    result = {}
    for doctor in sorted(roster.doctors.values(), key=lambda d: (d.position, d.name, d.id)):
        count = seen.get(doctor.colour, 0)
        seen[doctor.colour] = count + 1
        result[doctor.id] = PATTERNS[count % len(PATTERNS)]
    return result


def shown_doctors(roster: Roster, doctor_ids: Sequence[Id] | None) -> list[Doctor]:
    """The wanted doctors in their own order; all active ones when None."""
    if doctor_ids is not None:
        return [roster.doctors[i] for i in doctor_ids if i in roster.doctors]
    active = [d for d in roster.doctors.values() if d.active and d.deleted_at is None]
    return sorted(active, key=lambda d: (d.position, d.name, d.id))


def _location(roster: Roster, doctor: Doctor | None, bands: Sequence[Band]) -> tuple[Id, str]:
    wanted = [b.location_id for b in bands if b.kind is BandKind.OPEN and b.location_id]
    wanted += list(doctor.location_ids) if doctor else []
    wanted += [loc.id for loc in roster.locations.values() if loc.primary]
    wanted += list(roster.locations)
    for location_id in wanted:
        if location_id in roster.locations:
            return location_id, roster.locations[location_id].zone
    return "", roster.practice.zone


def _subtitle(roster: Roster, doctor: Doctor, bands: Sequence[Band]) -> str:
    rooms = [b.room_id for b in bands if b.room_id]
    named = [roster.rooms[r].name for r in dict.fromkeys(rooms) if r in roster.rooms]
    return " · ".join(part for part in (", ".join(named), doctor.specialty) if part)


def doctor_column(
    data: CalendarSlice, doctor: Doctor, day: date, pattern: str, **extra: object
) -> Column:
    """``extra`` takes the place of any field."""
    roster = data.snapshot.roster
    about = data.days.get((doctor.id, day))
    bands = about.bands if about else ()
    location_id, zone = _location(roster, doctor, bands)
    if "bands" in extra:
        bands, zone = extra.pop("bands"), str(extra.pop("zone"))  # type: ignore[assignment]
        location_id = str(extra.pop("location_id"))
    key = str(extra.pop("key", f"{doctor.id}@{day.isoformat()}"))
    bands = tuple(_with_end(roster, doctor, band, day, zone) for band in bands)
    values: dict[str, object] = {
        "title": doctor_name(doctor),
        "short_title": doctor_short(doctor),
        "subtitle": _subtitle(roster, doctor, bands),
        "load": about.load if about else Load(),
        "closed_label": about.closed_label if about else "",
        "home_zone": roster.practice.zone,
    }
    values.update(extra)
    return Column(
        key=key,
        doctor_id=doctor.id,
        day=day,
        room_id=None,
        zone=zone,
        location_id=location_id,
        code=doctor.code,
        colour=doctor.colour,
        pattern=pattern,
        bands=bands,
        **values,  # type: ignore[arg-type]
    )


def _with_end(roster: Roster, doctor: Doctor, band: Band, day: date, zone: str) -> Band:
    """An absence says whose it is and how long it lasts: "Leave · Dr Vogel · until Fri"."""
    request = next((r for r in roster.time_off if r.id == band.row_id), None)
    if band.kind is not BandKind.TIME_OFF or request is None or "·" in band.label:
        return band
    parts = [band.label or request.reason or "Leave", doctor_short(doctor)]
    last = local_date(request.end - timedelta(seconds=1), zone)
    if last > day:
        near = (last - day).days < 7
        parts.append(f"until {WEEKDAYS[last.weekday()] if near else day_words(last)}")
    return replace(band, label=" · ".join(parts))


def day_columns(
    data: CalendarSlice,
    day: date,
    doctor_ids: Sequence[Id] | None = None,
    site: Id | None = None,
) -> list[Column]:
    """A column per doctor; in a clinic with several sites one for each site where the doctor is
    that day, grouped by site, or only those of one site."""
    roster = data.snapshot.roster
    stripes = patterns(roster)
    shown = shown_doctors(roster, doctor_ids)
    sites = live_sites(roster)
    if len(sites) < 2:
        return [doctor_column(data, doctor, day, stripes[doctor.id]) for doctor in shown]
    days = SiteDays(data, sites)
    return [
        doctor_column(data, d, day, stripes[d.id], **site_parts(days, d, day, (row.id,)))
        for row in sites
        if site in (None, row.id)
        for d in shown
        if row.id in (days.at(d, day) if site is None else days.known(d, day))
    ]


def room_columns(data: CalendarSlice, day: date, site: Id | None = None) -> list[Column]:
    """A column per room, site by site, with the hours of whoever works there."""
    roster = data.snapshot.roster
    sites = live_sites(roster)
    order = {row.id: place for place, row in enumerate(sites)}
    rooms = [r for r in roster.rooms.values() if r.deleted_at is None]
    if site is not None:
        rooms = [r for r in rooms if r.location_id == site]
    result = []
    for room in sorted(
        rooms, key=lambda r: (order.get(r.location_id, len(order)), r.position, r.name, r.id)
    ):
        location = roster.locations.get(room.location_id)
        zone = location.zone if location else roster.practice.zone
        result.append(
            Column(
                key=f"room:{room.id}@{day.isoformat()}",
                doctor_id="",
                day=day,
                room_id=room.id,
                title=room.name,
                short_title=room.name,
                subtitle=location.name if location else "",
                zone=zone,
                location_id=room.location_id,
                code=_room_code(room),
                bands=_location_hours(data, room.location_id, day, zone),
                site=location.name if location and len(sites) > 1 else "",
                home_zone=roster.practice.zone,
            )
        )
    return result


def _room_code(room: Room) -> str:
    """ "R2" for "Room 2", "ERA" for "Elm Room A"."""
    digits = "".join(ch for ch in room.name if ch.isdigit())
    if digits:
        return f"R{digits[:2]}"
    words = room.name.split()
    return "".join(word[0] for word in words[:3]).upper() if len(words) > 1 else room.name[:2]


def _location_hours(data: CalendarSlice, location_id: Id, day: date, zone: str) -> tuple[Band, ...]:
    found = [
        band
        for (_, when), about in data.days.items()
        if when == day
        for band in about.bands
        if band.kind is BandKind.OPEN and band.location_id in (None, location_id)
    ]
    kept = clipped(found, day, zone)
    return tuple(sorted(kept, key=lambda b: (b.start, b.end)))


def week_columns(
    data: CalendarSlice,
    days: Sequence[date],
    doctor_ids: Sequence[Id] | None = None,
    site: Id | None = None,
) -> list[Column]:
    """One doctor: a wide column per day. Up to six: a fixed lane per doctor within each day.
    More: a column per day that counts them all. A day that a doctor spends under two clocks has
    a column for each clock."""
    roster = data.snapshot.roster
    stripes = patterns(roster)
    shown = shown_doctors(roster, doctor_ids)
    sites = live_sites(roster)
    about = SiteDays(data, sites) if len(sites) > 1 else None
    if about is not None and site is not None and len(shown) > 1:
        shown = [d for d in shown if any(site in about.known(d, day) for day in days)]
    if len(shown) > MOST_SUB_LANES:
        return [
            _density(data, shown, day, group, site if about is not None else None)
            for group, day in enumerate(days)
        ]
    result = []
    for group, day in enumerate(days):
        label = f"{WEEKDAYS[day.weekday()]} {day.day}"
        for doctor in shown:
            parts = about.parts(doctor, day, site) if about is not None else ((),)
            for places in parts:
                extra = site_parts(about, doctor, day, places) if about is not None else {}
                if len(shown) == 1:
                    named = about.names(places) if about is not None else ""
                    extra |= {
                        "title": label,
                        "short_title": label,
                        "subtitle": named or _place(data, doctor, day),
                        "by_date": True,
                    }
                else:
                    extra["sub_lane"] = True
                extra["group"] = group
                result.append(doctor_column(data, doctor, day, stripes[doctor.id], **extra))
    return result


def _density(
    data: CalendarSlice, shown: Sequence[Doctor], day: date, group: int, site: Id | None
) -> Column:
    """The sum of all shown doctors' day: their hours, their load; of one site, what is there."""
    roster = data.snapshot.roster
    location_id, zone = _location(roster, None, ())
    place = roster.locations.get(site or "")
    if place is not None:
        location_id, zone = place.id, place.zone
    about = [found for d in shown if (found := data.days.get((d.id, day))) is not None]
    open_at = [
        [b for b in row.bands if b.kind is BandKind.OPEN and site in (None, b.location_id)]
        for row in about
    ]
    hours = clipped([b for bands in open_at for b in bands], day, zone)
    working = sum(1 for bands in open_at if bands)
    load = Load(sum(r.load.booked for r in about), sum(r.load.capacity for r in about))
    if place is not None:
        cells = [c for c in data.cells if c.location_id == place.id]
        loads = [load_at(data, d.id, day, place, cells) for d in shown]
        load = Load(sum(r.booked for r in loads), sum(r.capacity for r in loads))
    label = f"{WEEKDAYS[day.weekday()]} {day.day}"
    return Column(
        key=f"all@{day.isoformat()}" + (f"@{site}" if place is not None else ""),
        doctor_id="",
        day=day,
        room_id=None,
        title=label,
        short_title=label,
        subtitle=f"{working} of {len(shown)} doctors" if working else "",
        zone=zone,
        location_id=location_id,
        load=load,
        bands=tuple(sorted(hours, key=lambda b: (b.start, b.end))),
        closed_label="" if working else next((r.closed_label for r in about), "") or "Closed",
        by_date=True,
        density=True,
        group=group,
        places=(place.id,) if place is not None else (),
        home_zone=roster.practice.zone,
    )


def _place(data: CalendarSlice, doctor: Doctor, day: date) -> str:
    about = data.days.get((doctor.id, day))
    ids = [b.location_id for b in about.bands if b.location_id] if about else []
    ids = ids or list(doctor.location_ids)
    locations = data.snapshot.roster.locations
    return ", ".join(locations[i].name for i in dict.fromkeys(ids) if i in locations)


def cells_by_column(columns: Sequence[Column], cells: Sequence[Cell]) -> list[list[Cell]]:
    """Each column's own cells, in the order given. A cell that no column shows is left out."""
    by_doctor: dict[tuple[Id, date, Id | None], int] = {}
    by_room: Mapping[tuple[Id, date], int] = {
        (c.room_id, c.day): i for i, c in enumerate(columns) if c.room_id is not None
    }
    by_day: dict[tuple[date, Id | None], int] = {}
    zones: dict[Id, str] = {}
    for index, column in enumerate(columns):
        zones.setdefault(column.location_id, column.zone)
        for place in column.places:
            zones[place] = column.zone
        for spot in column.places or (None,):
            if column.doctor_id:
                by_doctor[column.doctor_id, column.day, spot] = index
            elif column.density:
                by_day[column.day, spot] = index
    usual = columns[0].zone if columns else "UTC"
    result: list[list[Cell]] = [[] for _ in columns]
    days: dict[tuple[object, str], date] = {}
    for cell in cells:
        zone = zones.get(cell.location_id, usual)
        stamp = (cell.start, zone)
        day = days.get(stamp)
        if day is None:
            day = days[stamp] = local_date(cell.start, zone)
        place_at: int | None = by_doctor.get((cell.doctor_id, day, None))
        if place_at is None:
            place_at = by_doctor.get((cell.doctor_id, day, cell.location_id))
        if place_at is None and cell.room_id is not None:
            place_at = by_room.get((cell.room_id, day))
        if place_at is None:
            place_at = by_day.get((day, None))
        if place_at is None:
            place_at = by_day.get((day, cell.location_id))
        if place_at is not None:
            result[place_at].append(cell)
    return result
