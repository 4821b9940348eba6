"""What stands in each column and beside what, in minutes: everything about a picture that no
pixel decides. Plain data from plain data, so a reader thread can work it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.columns import Column, cells_by_column
from clinic_desk.ui.calendar.hours import Stretch, open_stretches, stretches
from clinic_desk.ui.geometry.packing import Item, Placement, pack
from clinic_desk.ui.geometry.timegrid import DayAxis, aligned, gutter_axis
from clinic_desk.ui.models.sites import minutes_apart

CROWD = 60
"""Minutes that one block of a crowded week stands for."""


@dataclass(frozen=True, slots=True)
class Measure:
    """``shortest`` minutes stand for the smallest drawable block; ``most_lanes`` beside each
    other, None for all."""

    shortest: float
    most_lanes: int | None = None


@dataclass(frozen=True, slots=True)
class Crowd:
    """The visits of one stretch of a crowded column: axis minutes, and the share 0 … 1 of the
    open time that they take."""

    start: float
    end: float
    cells: tuple[Cell, ...]
    share: float


class GridPlan:
    """``cells`` per column as given; ``place_of`` tells each visit's column; ``marks`` differ
    when anything that is painted in a column differs. ``gutter`` is the clock at the side,
    ``far_zone`` the clinic's own when that is another, ``clocks`` are the columns at whose edge
    the hours of another clock are written, ``sites_named`` whether the heads say whose site."""

    def __init__(self, columns: Sequence[Column], cells: Sequence[Cell], measure: Measure) -> None:
        self.columns = list(columns)
        self.measure = measure
        self.source = cells
        home = columns[0].home_zone if columns else ""
        self.axes = aligned([DayAxis.of(c.day, c.zone) for c in columns], home)
        self.gutter = gutter_axis(self.axes, home)
        self.far_zone = _far_zone(self.gutter, home)
        self.sites_named = any(
            c.site and not (c.by_date or c.sub_lane or c.density) for c in columns
        )
        self.clocks = frozenset(_clock_begins(columns, self.gutter))
        self.longest = max((a.minutes + a.offset for a in self.axes), default=1440)
        self.cells = cells_by_column(columns, cells)
        self.places = {column.key: i for i, column in enumerate(self.columns)}
        pairs = list(zip(self.axes, self.columns, strict=True))
        self.opened = [open_stretches(axis, column) for axis, column in pairs]
        self.stretches: list[tuple[Stretch, ...]] = [
            tuple(stretches(axis, column)) for axis, column in pairs
        ]
        self.place_of: dict[Id, int] = {}
        self.held: list[Id] = []
        self.placements: list[list[Placement]] = []
        self.crowds: list[tuple[Crowd, ...]] = []
        self.marks: list[int] = []
        for index, own in enumerate(self.cells):
            for cell in own:
                self.place_of[cell.id] = index
                if cell.status is Status.HELD:
                    self.held.append(cell.id)
            column = self.columns[index]
            crowded = column.density
            self.crowds.append(_crowds(self.axes[index], column, own) if crowded else ())
            self.placements.append([] if crowded else self._packed(self.axes[index], own))
            self.marks.append(hash((*_ground(column), *own)))

    def _packed(self, axis: DayAxis, own: Sequence[Cell]) -> list[Placement]:
        items = []
        first, last, begin = axis.offset, axis.offset + axis.minutes, axis.start - axis.offset * 60
        for cell in own:
            start = min(max((cell.start.timestamp() - begin) / 60, first), last)
            end = min(max((cell.end.timestamp() - begin) / 60, first), last)
            items.append(Item(cell.id, start, max(end, start + 1)))
        return pack(items, shortest=self.measure.shortest, most_lanes=self.measure.most_lanes)

    def index_of(self, column: Column) -> int | None:
        return self.places.get(column.key)


def _ground(column: Column) -> tuple[object, ...]:
    """Everything but the visits that is painted in a column."""
    return column.bands, column.beside, column.colour, column.closed_label, column.zone


def _far_zone(gutter: DayAxis | None, home: str) -> str:
    """The clinic's own zone where the gutter follows another clock that shows other times."""
    if gutter is None or not home or gutter.zone == home:
        return ""
    apart = (minutes_apart(gutter.instant_of(m), gutter.zone, home) for m in (0, gutter.minutes))
    return home if any(apart) else ""


def _clock_begins(columns: Sequence[Column], gutter: DayAxis | None) -> Iterator[int]:
    """The columns at which a clock begins that the gutter does not show."""
    before = gutter.zone if gutter is not None else ""
    for index, column in enumerate(columns):
        if gutter is not None and column.zone != before and column.zone != gutter.zone:
            yield index
        before = column.zone


def _crowds(axis: DayAxis, column: Column, own: Sequence[Cell]) -> tuple[Crowd, ...]:
    """The visits by the hour in which they begin."""
    spans = [
        (c, axis.clipped(axis.minute_of(c.start)), axis.clipped(axis.minute_of(c.end))) for c in own
    ]
    result = []
    last = axis.offset + axis.minutes
    for start in range(axis.offset, last, CROWD):
        end = min(start + CROWD, last)
        inside = tuple(c for c, begin, _ in spans if start <= begin < end)
        if not inside:
            continue
        taken = sum(max(0.0, min(until, end) - max(begin, start)) for _, begin, until in spans)
        room = 0.0
        for band in column.open_bands:
            opens, closes = axis.minute_of(band.start), axis.minute_of(band.end)
            room += max(0.0, min(closes, end) - max(opens, start))
        result.append(Crowd(start, end, inside, min(1.0, taken / room) if room else 1.0))
    return tuple(result)
