"""The columns of a day or week: who, which day, and what their heads say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from clinic_desk.domain.availability.model import Band, BandKind, Load, Roster
from clinic_desk.domain.catalogue import Doctor, Room
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import CalendarSlice, Cell, DoctorDay
from clinic_desk.ui.models.words import WEEKDAYS, day_words, doctor_name, doctor_short

PATTERNS = ("solid", "dashed", "double")
MOST_SUB_LANES = 6
"""Doctors of a week that still get a lane each."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``zone`` is the IANA zone of its location; ``doctor_id`` is empty in a room's
    column, ``room_id`` None in a doctor's. ``sub_lane`` columns are the narrow lanes of a week
    with several doctors, ``by_date`` ones the wide days of a week with one, ``density`` ones the
    days of a week with more than can be told apart; ``group`` counts the days."""

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


def _subtitle(roster: Roster, doctor: Doctor, day: DoctorDay | None) -> str:
    rooms = [b.room_id for b in day.bands if b.room_id] if day else []
    named = [roster.rooms[r].name for r in dict.fromkeys(rooms) if r in roster.rooms]
    return " · ".join(part for part in (", ".join(named), doctor.specialty) if part)


def doctor_column(
    data: CalendarSlice, doctor: Doctor, day: date, pattern: str, **extra: object
) -> Column:
    roster = data.snapshot.roster
    about = data.days.get((doctor.id, day))
    bands = about.bands if about else ()
    location_id, zone = _location(roster, doctor, bands)
    bands = tuple(_with_end(roster, doctor, band, day, zone) for band in bands)
    values: dict[str, object] = {
        "title": doctor_name(doctor),
        "short_title": doctor_short(doctor),
        "subtitle": _subtitle(roster, doctor, about),
    }
    values.update(extra)
    return Column(
        key=f"{doctor.id}@{day.isoformat()}",
        doctor_id=doctor.id,
        day=day,
        room_id=None,
        zone=zone,
        location_id=location_id,
        code=doctor.code,
        colour=doctor.colour,
        pattern=pattern,
        load=about.load if about else Load(),
        bands=bands,
        closed_label=about.closed_label if about else "",
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
    data: CalendarSlice, day: date, doctor_ids: Sequence[Id] | None = None
) -> list[Column]:
    """A column per doctor."""
    roster = data.snapshot.roster
    stripes = patterns(roster)
    return [
        doctor_column(data, doctor, day, stripes[doctor.id])
        for doctor in shown_doctors(roster, doctor_ids)
    ]


def room_columns(data: CalendarSlice, day: date) -> list[Column]:
    """A column per room, with the hours of whoever works at its location."""
    roster = data.snapshot.roster
    rooms = [r for r in roster.rooms.values() if r.deleted_at is None]
    result = []
    for room in sorted(rooms, key=lambda r: (r.location_id, r.name, r.id)):
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
                bands=_location_hours(data, room.location_id, day),
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


def _location_hours(data: CalendarSlice, location_id: Id, day: date) -> tuple[Band, ...]:
    found = [
        band
        for (_, when), about in data.days.items()
        if when == day
        for band in about.bands
        if band.kind is BandKind.OPEN and band.location_id in (None, location_id)
    ]
    return tuple(sorted(found, key=lambda b: (b.start, b.end)))


def week_columns(
    data: CalendarSlice, days: Sequence[date], doctor_ids: Sequence[Id] | None = None
) -> list[Column]:
    """One doctor: a wide column per day. Up to six: a fixed lane per doctor within each day.
    More: a column per day that counts them all."""
    roster = data.snapshot.roster
    stripes = patterns(roster)
    shown = shown_doctors(roster, doctor_ids)
    if len(shown) > MOST_SUB_LANES:
        return [_density(data, shown, day, group) for group, day in enumerate(days)]
    result = []
    for group, day in enumerate(days):
        label = f"{WEEKDAYS[day.weekday()]} {day.day}"
        for doctor in shown:
            if len(shown) == 1:
                column = doctor_column(
                    data,
                    doctor,
                    day,
                    stripes[doctor.id],
                    title=label,
                    short_title=label,
                    subtitle=_place(data, doctor, day),
                    group=group,
                    by_date=True,
                )
            else:
                column = doctor_column(
                    data, doctor, day, stripes[doctor.id], sub_lane=True, group=group
                )
            result.append(column)
    return result


def _density(data: CalendarSlice, shown: Sequence[Doctor], day: date, group: int) -> Column:
    """The sum of all shown doctors' day: their hours, their load."""
    roster = data.snapshot.roster
    location_id, zone = _location(roster, None, ())
    about = [found for d in shown if (found := data.days.get((d.id, day))) is not None]
    hours = [b for row in about for b in row.bands if b.kind is BandKind.OPEN]
    working = sum(1 for row in about if any(b.kind is BandKind.OPEN for b in row.bands))
    load = Load(sum(r.load.booked for r in about), sum(r.load.capacity for r in about))
    label = f"{WEEKDAYS[day.weekday()]} {day.day}"
    return Column(
        key=f"all@{day.isoformat()}",
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
    )


def _place(data: CalendarSlice, doctor: Doctor, day: date) -> str:
    about = data.days.get((doctor.id, day))
    ids = [b.location_id for b in about.bands if b.location_id] if about else []
    ids = ids or list(doctor.location_ids)
    locations = data.snapshot.roster.locations
    return ", ".join(locations[i].name for i in dict.fromkeys(ids) if i in locations)


def cells_by_column(columns: Sequence[Column], cells: Sequence[Cell]) -> list[list[Cell]]:
    """Each column's own cells, in the order given. A cell that no column shows is left out."""
    by_doctor: Mapping[tuple[Id, date], int] = {
        (c.doctor_id, c.day): i for i, c in enumerate(columns) if c.doctor_id
    }
    by_room: Mapping[tuple[Id, date], int] = {
        (c.room_id, c.day): i for i, c in enumerate(columns) if c.room_id is not None
    }
    by_day: Mapping[date, int] = {c.day: i for i, c in enumerate(columns) if c.density}
    zones = {c.location_id: c.zone for c in columns}
    usual = columns[0].zone if columns else "UTC"
    result: list[list[Cell]] = [[] for _ in columns]
    days: dict[tuple[object, str], date] = {}
    for cell in cells:
        zone = zones.get(cell.location_id, usual)
        stamp = (cell.start, zone)
        day = days.get(stamp)
        if day is None:
            day = days[stamp] = local_date(cell.start, zone)
        index = by_doctor.get((cell.doctor_id, day))
        if index is None and cell.room_id is not None:
            index = by_room.get((cell.room_id, day))
        if index is None:
            index = by_day.get(day)
        if index is not None:
            result[index].append(cell)
    return result
