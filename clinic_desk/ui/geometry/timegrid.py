"""Time against pixels in a day or week grid.

Vertical positions are elapsed minutes of the column's own local day, so a visit of 30 minutes
is as tall on a day of 23 or 25 hours as on any other. Columns whose clock changes are shifted
so that noon stands on one line in all of them (the clinic's hours line up; only the small hours
before the change are displaced). Columns of several zones are shifted so that one moment stands on
one line: noon is then that of the clinic's own zone. All instants are aware UTC; pixels are
logical.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from clinic_desk.domain.spans import at_local, epoch, zone

ZOOM_STEPS: tuple[int, ...] = (5, 10, 15, 30)
SLOT_HEIGHTS: dict[int, int] = {5: 20, 10: 22, 15: 24, 30: 24}
"""Slot minutes → slot height in pixels (240, 132, 96 and 48 px per hour)."""

DEFAULT_ZOOM = 15
FREE_STRIP = 4
"""Pixels kept free at the inline end of every column."""


def pixels_per_minute(zoom: int) -> float:
    """Raises ``KeyError`` for a zoom that is not in ``ZOOM_STEPS``."""
    return SLOT_HEIGHTS[zoom] / zoom


def fitting_zoom(minutes: int, height: int) -> int:
    """The finest zoom at which that many minutes fit into ``height`` pixels, else the coarsest."""
    for step in ZOOM_STEPS:
        if minutes * pixels_per_minute(step) <= height:
            return step
    return ZOOM_STEPS[-1]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the time gutter. ``minute`` is the axis minute, ``label`` "08:00" or ":30"."""

    minute: int
    label: str
    hour: bool


@dataclass(frozen=True, slots=True)
class DayAxis:
    """One local day: ``start`` is the epoch second of its first moment, ``minutes`` its length
    (1,440 except when a clock changes), ``offset`` minutes of blank before it."""

    day: date
    zone: str
    start: int
    minutes: int
    offset: int = 0

    @classmethod
    def of(cls, day: date, zone_name: str) -> DayAxis:
        begin = epoch(at_local(day, 0, zone_name))
        finish = epoch(at_local(day + timedelta(days=1), 0, zone_name))
        return cls(day, zone_name, begin, (finish - begin) // 60)

    def minute_of(self, instant: datetime) -> float:
        """Axis minute of an instant; outside 0 … ``minutes`` for other days."""
        return (instant.timestamp() - self.start) / 60 + self.offset

    def instant_of(self, minute: float) -> datetime:
        return datetime.fromtimestamp(self.start + round((minute - self.offset) * 60), UTC)

    def clipped(self, minute: float) -> float:
        return min(max(minute, self.offset), self.offset + self.minutes)

    def wall(self, minute: float) -> str:
        """Wall-clock "HH:MM" at an axis minute."""
        return self.instant_of(minute).astimezone(zone(self.zone)).strftime("%H:%M")

    def ticks(self, every: int) -> list[Tick]:
        """Hour and part-hour lines of the day, wall-clock labelled, at multiples of ``every``."""
        result = []
        # a clock that is half an hour apart has its full hours between those of the others
        first = -self._past_hour() % every
        for elapsed in range(first, self.minutes, every):
            minute = elapsed + self.offset
            text = self.wall(minute)
            whole = text.endswith(":00")
            result.append(Tick(minute, text if whole else text[2:], whole))
        return result

    def _past_hour(self) -> int:
        """Minutes of the hour at which the axis begins."""
        return self.instant_of(self.offset).astimezone(zone(self.zone)).minute

    def snapped(self, instant: datetime, step: int, *, down: bool = False) -> datetime:
        """The nearest (or, with ``down``, the preceding) multiple of ``step`` minutes of the
        day; never outside it."""
        elapsed = (instant.timestamp() - self.start) / 60
        slot = elapsed // step if down else (elapsed + step / 2) // step
        return self.instant_of(min(max(int(slot) * step, 0), self.minutes) + self.offset)


def aligned(axes: Sequence[DayAxis], home: str = "") -> list[DayAxis]:
    """The same axes with offsets that put their noons on one line, the least offset being 0. Of
    several zones it is the noon of ``home``, and every moment stands on one line."""
    if not axes:
        return []
    common = home if home and len({axis.zone for axis in axes}) > 1 else ""
    lags = []
    for axis in axes:
        noon = epoch(at_local(axis.day, 720, common or axis.zone))
        lags.append(720 - (noon - axis.start) // 60)
    least = min(lags)
    return [replace(a, offset=lag - least) for a, lag in zip(axes, lags, strict=True)]


def gutter_axis(axes: Sequence[DayAxis], home: str) -> DayAxis | None:
    """The clock at the side of aligned columns: theirs when they share one, else that of ``home``.
    It runs over all that is shown, before and after its own day too."""
    if not axes:
        return None
    first = axes[0]
    if not home or len({axis.zone for axis in axes}) == 1:
        return first
    longest = max(axis.minutes + axis.offset for axis in axes)
    return DayAxis(first.day, home, first.start - first.offset * 60, longest)


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """Where columns stand, in logical pixels of the content. ``edges`` has one entry more than
    there are columns and ascends; ``mirrored`` puts the first column at the right."""

    edges: tuple[float, ...]
    mirrored: bool = False

    @property
    def count(self) -> int:
        return max(0, len(self.edges) - 1)

    @property
    def width(self) -> float:
        return self.edges[-1] if self.edges else 0.0

    def _place(self, index: int) -> int:
        return self.count - 1 - index if self.mirrored else index

    def left(self, index: int) -> float:
        return self.edges[self._place(index)]

    def width_of(self, index: int) -> float:
        place = self._place(index)
        return self.edges[place + 1] - self.edges[place]

    def index_at(self, x: float) -> int | None:
        """The column under a content x; None outside all of them."""
        if not self.count or x < 0 or x >= self.width:
            return None
        return self._place(min(bisect_right(self.edges, x) - 1, self.count - 1))

    def snap_scroll(self, x: float, view_width: float) -> float:
        """The scroll position nearest to x at which a column begins at the view's edge, or the
        far end; 0 when everything fits."""
        end = max(0.0, self.width - view_width)
        candidates = [edge for edge in self.edges if edge <= end] + [end]
        return min(candidates, key=lambda edge: abs(edge - x))


def minimum_width(available: float, count: int, *, lanes_per_day: int = 1) -> int:
    """96 px for a comfortable column, 64 when that lets all columns fit, 12 for the many narrow
    lanes of a week with several doctors."""
    if lanes_per_day > 1:
        return 12 if lanes_per_day > 6 else 24
    if count and available / count < 96:
        return 64
    return 96


def layout_columns(
    count: int,
    available: float,
    minimum: float,
    ratio: float = 1.0,
    *,
    mirrored: bool = False,
    extra: Mapping[int, float] | None = None,
) -> ColumnLayout:
    """Equal columns that fill ``available``, or ``minimum`` wide ones that overflow it. Edges lie
    on whole device pixels at the device-pixel ``ratio``. ``extra`` widens single columns."""
    if count <= 0:
        return ColumnLayout((0.0,))
    more = extra or {}
    width = max(available - sum(more.values()), minimum * count)
    device = round(width * ratio)
    edges, added = [0.0], 0.0
    for i in range(count):
        index = count - 1 - i if mirrored else i
        added += round(more.get(index, 0.0) * ratio) / ratio
        edges.append(round((i + 1) * device / count) / ratio + added)
    return ColumnLayout(tuple(edges), mirrored)
