"""A doctor's day for the calendar: what lies behind the column, its load, its windows.

A column's local day is that of the location where the doctor's templates place them, otherwise
of their first location, otherwise of the practice. What lies behind it covers the local days of
every site that the doctor works at that day: whoever draws a site's column clips it to its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TypedDict

from clinic_desk.domain.availability.hours import DEFAULT_STEP, Hours, hours_of
from clinic_desk.domain.availability.index import EXTERNAL
from clinic_desk.domain.availability.model import Band, BandKind, Busy, Load, Roster, WorkWindow
from clinic_desk.domain.availability.needs import capacity_of
from clinic_desk.domain.availability.phrases import kept_for
from clinic_desk.domain.availability.recurring import EVERYONE
from clinic_desk.domain.availability.stretches import Cut, Window
from clinic_desk.domain.availability.wall import outwards, subtract
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import from_epoch
from clinic_desk.domain.templates import TimeOffRequest


class _Extra(TypedDict, total=False):
    location_id: Id | None
    room_id: Id | None
    step: int
    row_id: Id | None
    type_ids: tuple[Id, ...]


_Piece = tuple[BandKind, int, int, str, _Extra]

UNIT = 30
"""Minutes of one unit of load."""

_ONE_DAY = timedelta(days=1)


def windows(
    roster: Roster, doctor_id: Id, day: date, type_id: Id | None = None
) -> tuple[WorkWindow, ...]:
    """The doctor's working windows of a local day, by start. With a type, what is limited to
    that type counts; without one, nothing that is limited to a type or kept for some does. A
    window of an ``available`` exception across midnight is told whole."""
    hours = hours_of(roster)
    kind = hours.offers.effective(type_id, doctor_id)
    step = kind.duration if kind is not None else DEFAULT_STEP
    base = hours.offers.base(type_id)
    return tuple(_work_window(w) for w in hours.windows(doctor_id, day, day, base, step))


def _work_window(window: Window) -> WorkWindow:
    template = window.template
    return WorkWindow(
        start=from_epoch(window.start * 60),
        end=from_epoch(window.end * 60),
        location_id=window.location_id,
        room_id=template.room_id if template is not None else None,
        step=window.step,
        buffer_before=template.buffer_before if template is not None else 0,
        buffer_after=template.buffer_after if template is not None else 0,
        max_parallel=capacity_of(template),
        template_id=template.id if template is not None else None,
        exception_id=window.exception.id if window.exception is not None else None,
    )


def column_place(hours: Hours, doctor_id: Id, day: date) -> Id | None:
    """The location whose clock a doctor's column follows on that day."""
    templates = sorted(hours.templates(doctor_id, day), key=lambda t: (t.work_start, t.id))
    if templates:
        return templates[0].location_id
    return next(iter(hours.first_location(doctor_id)), None)


def _bounds(hours: Hours, roster: Roster, doctor_id: Id, day: date) -> tuple[int, int]:
    place = column_place(hours, doctor_id, day)
    name = hours.locations[place].zone if place is not None else roster.practice.zone
    start, end, _plain = hours.local.day(name, day)
    return start, end


def _reach(hours: Hours, roster: Roster, doctor_id: Id, day: date) -> tuple[int, int]:
    """The local days of all the doctor's sites together, epoch minutes."""
    first, last = _bounds(hours, roster, doctor_id, day)
    for place in {t.location_id for t in hours.templates(doctor_id, day)}:
        start, end, _plain = hours.local.day(hours.locations[place].zone, day)
        first, last = min(first, start), max(last, end)
    return first, last


def bands(
    roster: Roster, doctor_id: Id, day: date, external: Iterable[Busy] = ()
) -> tuple[Band, ...]:
    """What lies behind a column, clipped to the local day and sorted by start, open time first.

    Open time has breaks, closures, leave and blocked time cut out already. A window that one type
    alone may use is open and says so in its label; a block for one type alone leaves the time open
    and is a ``LIMITED`` band over it. What is reserved is open time with a second band over it, as
    much of it as is open."""
    hours = hours_of(roster)
    start, end = _reach(hours, roster, doctor_id, day)
    found: list[_Piece] = [
        *_open(hours, roster, doctor_id, day),
        *_reserved(hours, doctor_id, day),
        *_breaks(hours, doctor_id, day),
        *_closures(hours, doctor_id, day),
        *(_cut_band(roster, c) for c in hours.all_cuts(doctor_id)),
    ]
    for request in hours.requests.get(doctor_id, ()):
        low, high = outwards(request.start, request.end)
        found.append((BandKind.REQUESTED, low, high, request.reason, {"row_id": request.id}))
    for row in external:
        if row.doctor_id == doctor_id and row.kind == EXTERNAL:
            low, high = row.start // 60, -(-row.end // 60)
            found.append((BandKind.EXTERNAL, low, high, row.label or "Busy", {"row_id": row.id}))
    made = [
        Band(kind, from_epoch(max(a, start) * 60), from_epoch(min(b, end) * 60), label, **extra)
        for kind, a, b, label, extra in found
        if max(a, start) < min(b, end)
    ]
    order = list(BandKind)
    return tuple(sorted(made, key=lambda b: (b.start, order.index(b.kind), b.end)))


def _open(hours: Hours, roster: Roster, doctor_id: Id, day: date) -> Iterator[_Piece]:
    seen: set[tuple[int, int, Id, Id | None]] = set()
    limited = {t for t in hours.limited_types(doctor_id) if t in roster.types}
    for type_id in (EVERYONE, *sorted(limited)):
        only = type_id != EVERYONE
        label = f"{roster.types[type_id].name} only" if only else ""
        for w in hours.windows(doctor_id, day - _ONE_DAY, day + _ONE_DAY, type_id):
            if only and (w.exception is None or w.exception.type_id != type_id):
                continue
            row_id = w.template.id if w.template is not None else None
            if w.exception is not None:
                row_id = w.exception.id
            key = (w.start, w.end, w.location_id, row_id)
            if key in seen:
                continue
            seen.add(key)
            extra: _Extra = {
                "location_id": w.location_id,
                "room_id": w.template.room_id if w.template is not None else None,
                "step": w.step,
                "row_id": row_id,
            }
            yield BandKind.OPEN, w.start, w.end, label, extra


def _breaks(hours: Hours, doctor_id: Id, day: date) -> Iterator[_Piece]:
    """Where the break's own template rules the moment and its location is open."""
    for near in (day - _ONE_DAY, day, day + _ONE_DAY):
        for raw in hours.raw(doctor_id, near):
            template = raw.template
            if not template.breaks or hours.closing.whole(template.location_id, near):
                continue
            name = hours.locations[template.location_id].zone
            mine = [
                (a, b)
                for a, b, owner in hours.owners(doctor_id, raw.start, raw.end)
                if owner is template
            ]
            for pause in template.breaks:
                low = hours.local.minute(name, near, pause.start)
                high = hours.local.minute(name, near, pause.end)
                for a, b in mine:
                    if max(a, low) < min(b, high):
                        extra: _Extra = {"location_id": template.location_id, "row_id": template.id}
                        start, end = max(a, low), min(b, high)
                        yield BandKind.BREAK, start, end, pause.reason, extra


def _reserved(hours: Hours, doctor_id: Id, day: date) -> Iterator[_Piece]:
    """Parts kept for some types, where their own template's windows are open."""
    for w in hours.windows(doctor_id, day - _ONE_DAY, day + _ONE_DAY, EVERYONE):
        if w.template is None or w.day is None:
            continue
        for part in w.template.reserved:
            low = hours.local.minute(w.zone, w.day, part.start)
            high = hours.local.minute(w.zone, w.day, part.end)
            if max(w.start, low) < min(w.end, high):
                label = part.label or f"{kept_for(hours.types, part)} only"
                extra: _Extra = {
                    "location_id": w.location_id,
                    "row_id": w.template.id,
                    "type_ids": part.type_ids,
                }
                yield BandKind.RESERVED, max(w.start, low), min(w.end, high), label, extra


def _closures(hours: Hours, doctor_id: Id, day: date) -> Iterator[_Piece]:
    places = [t.location_id for t in hours.templates(doctor_id, day)]
    for place in dict.fromkeys(places or hours.first_location(doctor_id)):
        for row in hours.closing.at(place, day):
            extra: _Extra = {"location_id": place, "row_id": row.id}
            yield BandKind.HOLIDAY, *hours.closed(row, place), row.name, extra


def _cut_band(roster: Roster, cut: Cut) -> _Piece:
    """A cut for one type alone says for which; one for a site alone belongs to that site."""
    kind = BandKind.TIME_OFF if isinstance(cut.row, TimeOffRequest) else BandKind.BLOCKED
    extra: _Extra = {"row_id": cut.row.id, "location_id": cut.location_id}
    if cut.type_id is None:
        return kind, cut.start, cut.end, cut.row.reason, extra
    row = roster.types.get(cut.type_id)
    label = f"Blocked for {row.name if row is not None else 'one type'}"
    if cut.row.reason:
        label = f"{label} · {cut.row.reason}"
    extra["type_ids"] = (cut.type_id,)
    return BandKind.LIMITED, cut.start, cut.end, label, extra


def day_load(roster: Roster, doctor_id: Id, day: date, busy: Iterable[Busy]) -> Load:
    """How much of a doctor's offered time of a local day is booked, in half hours.

    Offered time counts once per place side by side, what is reserved for some types too. Visits
    count with the part of their own time (buffers apart) that lies inside a window; holds and
    external busy times do not count."""
    covered, units = offered(roster, doctor_id, day)
    booked = 0
    for row in busy:
        if row.doctor_id != doctor_id or row.kind == EXTERNAL or row.hold_until is not None:
            continue
        booked += sum(max(0, min(row.end, b) - max(row.start, a)) for a, b in covered)
    return Load(booked=units_of(booked), capacity=units)


def units_of(seconds: int) -> int:
    return round(seconds / 60 / UNIT)


def offered(
    roster: Roster, doctor_id: Id, day: date, location_id: Id | None = None
) -> tuple[tuple[tuple[int, int], ...], int]:
    """The stretches of a doctor's local day that can be booked (epoch seconds, disjoint), and how
    many units they hold, places side by side counted. With a site, those there, on its own day."""
    hours = hours_of(roster)
    start, end = _bounds(hours, roster, doctor_id, day)
    if location_id is not None:
        start, end, _plain = hours.local.day(hours.locations[location_id].zone, day)
    covered: list[tuple[int, int]] = []
    minutes = 0
    for w in hours.windows(doctor_id, day - _ONE_DAY, day + _ONE_DAY, EVERYONE):
        low, high = max(w.start, start), min(w.end, end)
        if location_id not in (None, w.location_id):
            continue
        for a, b in subtract(low, high, covered) if low < high else ():
            minutes += (b - a) * capacity_of(w.template)
            covered.append((a, b))
    return tuple((a * 60, b * 60) for a, b in covered), minutes // UNIT
