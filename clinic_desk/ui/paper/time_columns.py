"""The columns of a day sheet and a week: whose, which visits, and what lies behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from clinic_desk.domain.availability.model import Band, BandKind
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import zone
from clinic_desk.services.paper import PaperData
from clinic_desk.services.views import Cell
from clinic_desk.ui.models.words import doctor_name
from clinic_desk.ui.paper.parts import Look, site_of, wall

DAY = 1440
AWAY = frozenset({BandKind.TIME_OFF, BandKind.HOLIDAY, BandKind.BLOCKED})
USUAL = (8 * 60, 18 * 60)
"""What a day without hours and visits shows."""


@dataclass(slots=True)
class Column:
    """``key`` is the id of the doctor or room, ``group`` the name over a week. Minutes are those of
    the local ``day``."""

    key: Id
    title: str
    day: date
    below: str = ""
    group: str = ""
    cells: list[Cell] = field(default_factory=list)
    open: list[tuple[int, int]] = field(default_factory=list)
    away: list[tuple[int, int, str]] = field(default_factory=list)
    closed: str = ""


def doctor_columns(data: PaperData, day: date) -> list[Column]:
    """Those who were asked for, in their order, and whoever else has a visit that day."""
    roster, wish = data.roster, data.wish
    cells: dict[Id, list[Cell]] = defaultdict(list)
    for cell in data.cells:
        if data.day_of(cell) == day:
            cells[cell.doctor_id].append(cell)
    if wish.doctor_ids is None:
        asked = sorted(
            (row.id for row in roster.doctors.values() if row.active and row.deleted_at is None),
            key=lambda i: (roster.doctors[i].position, roster.doctors[i].name, i),
        )
    else:
        asked = list(wish.doctor_ids)
    columns = []
    for doctor_id in [*asked, *(one for one in cells if one not in asked)]:
        doctor = roster.doctors.get(doctor_id)
        column = Column(doctor_id, doctor_name(doctor) if doctor else "Doctor", day)
        column.below = doctor.specialty if doctor else ""
        column.cells = cells.get(doctor_id, [])
        behind = data.days.get((doctor_id, day))
        if behind is not None:
            column.closed = behind.closed_label
            _bands(data, column, behind.bands)
        met = [band.location_id for band in behind.bands if band.location_id] if behind else []
        met += [cell.location_id for cell in column.cells]
        places = dict.fromkeys(site_of(one, data) for one in met)
        column.below = " · ".join(text for text in (column.below, *places) if text)
        columns.append(column)
    if wish.location_id is not None:  # who neither works nor has a visit there is left out
        columns = [one for one in columns if one.cells or one.open] or columns[:1]
    return columns


def room_columns(data: PaperData, day: date) -> list[Column]:
    roster, wish = data.roster, data.wish
    cells: dict[Id, list[Cell]] = defaultdict(list)
    for cell in data.cells:
        if data.day_of(cell) == day:
            cells[cell.room_id or ""].append(cell)
    rooms = [
        row
        for row in roster.rooms.values()
        if row.deleted_at is None and wish.location_id in (None, row.location_id)
    ]
    order = {key: place for place, key in enumerate(wish.room_ids or ())}
    rooms.sort(key=lambda r: (order.get(r.id, len(order)), r.location_id, r.position, r.name))
    if wish.room_ids is not None:
        rooms = [row for row in rooms if row.id in order or row.id in cells]
    columns = [
        Column(row.id, row.name, day, site_of(row.location_id, data), cells=cells.get(row.id, []))
        for row in rooms
    ]
    known = {row.id for row in rooms}
    beside = [cell for key, found in cells.items() if key not in known for cell in found]
    if beside:
        columns.append(Column("", "No room", day, cells=beside))
    return columns


def _bands(data: PaperData, column: Column, bands: Sequence[Band]) -> None:
    for band in bands:
        local = zone(data.zone_of(band.location_id))
        if data.wish.location_id is not None and band.location_id not in (
            None,
            data.wish.location_id,
        ):
            continue
        low, high = _minutes(band.start.astimezone(local), band.end.astimezone(local), column.day)
        if high <= low:
            continue
        if band.kind is BandKind.OPEN:
            column.open.append((low, high))
        elif band.kind is BandKind.BREAK:
            column.away.append((low, high, band.label or "Break"))
        elif band.kind in AWAY:
            column.away.append((low, high, band.label or "Away"))


def _minutes(start: datetime, end: datetime, day: date) -> tuple[int, int]:
    """Of the local day; what reaches over midnight ends with the day."""
    midnight = datetime.combine(day, time(), start.tzinfo)

    def minute(moment: datetime) -> int:
        days = (moment.date() - midnight.date()).days
        return max(0, min(DAY, days * DAY + moment.hour * 60 + moment.minute))

    return minute(start), minute(end)


def visit_minutes(cell: Cell, data: PaperData, day: date) -> tuple[int, int]:
    """At least five, also where a clock was put back meanwhile."""
    low, high = _minutes(wall(cell.start, data, cell), wall(cell.end, data, cell), day)
    low = min(low, DAY - 5)
    return low, max(high, low + 5)


def span(data: PaperData, look: Look, columns: Sequence[Column]) -> tuple[int, int]:
    """Whole hours that hold the working hours and every visit, or what was asked for."""
    ends = [edge for column in columns for edge in column.open]
    ends += [visit_minutes(c, data, column.day) for column in columns for c in column.cells]
    low = min((start for start, _ in ends), default=USUAL[0])
    high = max((end for _, end in ends), default=USUAL[1])
    low = low // 60 * 60 if look.opens is None else look.opens
    high = -(-high // 60) * 60 if look.closes is None else look.closes
    return low, max(high, low + 60)


def without_empty_weekend(columns: list[Column]) -> list[Column]:
    def quiet(column: Column) -> bool:
        return column.day.weekday() > 4 and not column.cells and not column.open

    return [column for column in columns if not quiet(column)] or columns
