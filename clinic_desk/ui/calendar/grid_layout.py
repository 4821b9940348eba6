"""Where everything in a day or week stands: blocks, axes, columns. Arithmetic on plain data,
rebuilt when data, zoom or size change; painting and hit testing only look things up here."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.columns import Column, cells_by_column
from clinic_desk.ui.calendar.hours import open_stretches, stretches
from clinic_desk.ui.geometry.packing import Item, Placement, pack
from clinic_desk.ui.geometry.tiers import SMALLEST_BLOCK, hit_growth
from clinic_desk.ui.geometry.timegrid import FREE_STRIP, ColumnLayout, DayAxis, aligned

LEFT_MARGIN = 2
EDGE_ZONE = 6
EDGE_ZONE_TALL = 10
TALL = 44
MOVE_ZONE = 12


@dataclass(frozen=True, slots=True)
class Block:
    """A visit's place: ``x`` from its column's left, ``y`` from the top of the content, logical
    pixels. ``real_height`` is its true length, which the stripe shows. ``overflow`` are the
    visits folded into a "+n" block."""

    cell: Cell
    column: int
    x: float
    y: float
    width: float
    height: float
    real_height: float
    overflow: tuple[Id, ...] = ()

    @property
    def bottom(self) -> float:
        return self.y + self.height


class GridLayout:
    """One arrangement. ``per_minute`` pixels stand for a minute."""

    def __init__(
        self,
        columns: Sequence[Column],
        cells: Sequence[Cell],
        layout: ColumnLayout,
        per_minute: float,
        *,
        most_lanes: int | None = None,
        smallest: float = SMALLEST_BLOCK,
    ) -> None:
        self.columns = list(columns)
        self.layout = layout
        self.per_minute = per_minute
        self.axes = aligned([DayAxis.of(c.day, c.zone) for c in columns])
        longest = max((a.minutes + a.offset for a in self.axes), default=1440)
        self.height = round(longest * per_minute)
        self.cells = cells_by_column(columns, cells)
        self.by_id: dict[Id, Block] = {}
        pairs = list(zip(self.axes, self.columns, strict=True))
        self.opened = [open_stretches(axis, column) for axis, column in pairs]
        self.stretches = [tuple(stretches(axis, column)) for axis, column in pairs]
        self.blocks: list[list[Block]] = []
        shortest = smallest / per_minute
        for index, own in enumerate(self.cells):
            items = self._items(self.axes[index], own)
            placements = pack(items, shortest=shortest, most_lanes=most_lanes)
            found = {cell.id: cell for cell in own}
            blocks = [self._block(index, p, found) for p in placements]
            blocks.sort(key=lambda b: (b.y, b.x))
            self.blocks.append(blocks)
            for block in blocks:
                self.by_id[block.cell.id] = block
                for hidden in block.overflow:
                    self.by_id.setdefault(hidden, block)
        self.holds = [b for b in self.by_id.values() if b.cell.status is Status.HELD]
        self._tops = [[b.y for b in blocks] for blocks in self.blocks]
        self._tallest = [max((b.height for b in blocks), default=0.0) for blocks in self.blocks]

    def _items(self, axis: DayAxis, own: Sequence[Cell]) -> list[Item]:
        result = []
        for cell in own:
            start = axis.clipped(axis.minute_of(cell.start))
            end = axis.clipped(axis.minute_of(cell.end))
            result.append(Item(cell.id, start, max(end, start + 1)))
        return result

    def _block(self, index: int, place: Placement, found: dict[Id, Cell]) -> Block:
        cell = found[place.key]
        axis = self.axes[index]
        wide = self.layout.width_of(index)
        margin, strip = (LEFT_MARGIN, FREE_STRIP + 1) if wide >= 24 else (1, 2)
        room = max(3.0, wide - margin - strip)
        gap = 1 if room / place.lanes >= 16 else 0
        left = margin + round(room * place.lane / place.lanes)
        right = margin + round(room * (place.lane + place.span) / place.lanes)
        top = round(place.start * self.per_minute)
        bottom = round(place.end * self.per_minute)
        real_end = axis.clipped(axis.minute_of(cell.end))
        last = place.lane + place.span == place.lanes
        return Block(
            cell,
            index,
            left,
            top,
            max(2.0, right - left - (0 if last else gap)),
            max(2.0, bottom - top - 1),
            max(2.0, round(real_end * self.per_minute) - top - 1),
            place.overflow,
        )

    def in_range(self, column: int, top: float, bottom: float) -> list[Block]:
        """Blocks of a column that meet content pixels [top, bottom)."""
        tops = self._tops[column]
        first = bisect_left(tops, top - self._tallest[column] - 1)
        last = bisect_right(tops, bottom)
        return [b for b in self.blocks[column][first:last] if b.bottom > top and b.y < bottom]

    def block_at(self, column: int, x: float, y: float) -> Block | None:
        """The block under a content point (x from the column's left), with the grown hit area of
        low blocks."""
        near = self.in_range(column, y - 24, y + 24)
        inside = [b for b in near if b.x <= x < b.x + b.width]
        for block in reversed(inside):
            if block.y <= y < block.bottom + 1:
                return block
        for block in inside:
            above = max((b.bottom for b in inside if b.bottom <= block.y), default=0.0)
            below = min((b.y for b in inside if b.y >= block.bottom), default=float(self.height))
            up, down = hit_growth(block.y, block.bottom, above, below)
            if block.y - up <= y < block.bottom + down:
                return block
        return None

    def edge_at(self, block: Block, y: float) -> str | None:
        """ "top" or "bottom" when y is in a resize zone that leaves 12 px to move by."""
        if block.overflow:
            return None
        zone = EDGE_ZONE_TALL if block.height >= TALL else EDGE_ZONE
        if block.height < zone + MOVE_ZONE:
            return None
        if y >= block.bottom - zone:
            return "bottom"
        if block.height >= 2 * EDGE_ZONE + MOVE_ZONE and y < block.y + EDGE_ZONE:
            return "top"
        return None

    def y_of(self, column: int, instant: datetime) -> float:
        return self.axes[column].minute_of(instant) * self.per_minute

    def instant_at(self, column: int, y: float) -> datetime:
        axis = self.axes[column]
        return axis.instant_of(axis.clipped(y / self.per_minute))

    def index_of(self, column: Column) -> int | None:
        return next((i for i, c in enumerate(self.columns) if c.key == column.key), None)
