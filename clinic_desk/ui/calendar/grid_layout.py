"""Where everything in a day or week stands: blocks, axes, columns. Arithmetic on plain data,
rebuilt when data, zoom or size change; painting and hit testing only look things up here."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import overload

from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_plan import Crowd, GridPlan, Measure
from clinic_desk.ui.geometry.packing import Placement
from clinic_desk.ui.geometry.tiers import SMALLEST_BLOCK, hit_growth
from clinic_desk.ui.geometry.timegrid import FREE_STRIP, ColumnLayout

LEFT_MARGIN = 2
EDGE_ZONE = 6
EDGE_ZONE_TALL = 10
TALL = 44
MOVE_ZONE = 12


@dataclass(frozen=True, slots=True)
class Block:
    """A visit's place: ``x`` from its column's left, ``y`` from the top of the content, logical
    pixels. ``real_height`` is its true length, which the stripe shows. ``overflow`` are the
    visits folded into a "+n" block, or all those of a crowded hour, which has a ``share`` of its
    open time taken; ``start`` and ``end`` (aware UTC) bound them all."""

    cell: Cell
    column: int
    x: float
    y: float
    width: float
    height: float
    real_height: float
    overflow: tuple[Id, ...] = ()
    share: float | None = None
    bounds: tuple[datetime, datetime] | None = None

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def start(self) -> datetime:
        return self.bounds[0] if self.bounds else self.cell.start

    @property
    def end(self) -> datetime:
        return self.bounds[1] if self.bounds else self.cell.end


class GridLayout:
    """One arrangement. ``per_minute`` pixels stand for a minute; ``insets`` are the pixels that a
    column's own clock takes at its inline start. The blocks of a column are made when somebody
    first asks for them."""

    def __init__(
        self,
        plan: GridPlan,
        layout: ColumnLayout,
        per_minute: float,
        insets: Mapping[int, float] | None = None,
    ) -> None:
        self.plan = plan
        self.insets = insets or {}
        self.columns, self.axes, self.cells = plan.columns, plan.axes, plan.cells
        self.opened, self.stretches = plan.opened, plan.stretches
        self.layout = layout
        self.per_minute = per_minute
        self.height = round(plan.longest * per_minute)
        self.blocks = _Blocks(self)
        self.by_id: Mapping[Id, Block] = _ById(self)
        self._made: dict[int, _Made] = {}

    @classmethod
    def of(
        cls,
        columns: Sequence[Column],
        cells: Sequence[Cell],
        layout: ColumnLayout,
        per_minute: float,
        *,
        most_lanes: int | None = None,
        smallest: float = SMALLEST_BLOCK,
    ) -> GridLayout:
        """Plan and places in one."""
        plan = GridPlan(columns, cells, Measure(smallest / per_minute, most_lanes))
        return cls(plan, layout, per_minute)

    @property
    def holds(self) -> list[Block]:
        """Blocks that are held slots."""
        found = (self.by_id[i] for i in self.plan.held)
        return [block for block in found if not block.overflow]

    def cell_of(self, cell_id: Id) -> Cell | None:
        """A shown visit, also one that is folded into a block of several."""
        index = self.plan.place_of.get(cell_id)
        if index is None:
            return None
        return next(cell for cell in self.cells[index] if cell.id == cell_id)

    def room_of(self, index: int) -> tuple[float, float]:
        """Where a column's visits stand, its own clock apart: from its left, and how wide."""
        inset = self.insets.get(index, 0.0)
        return 0.0 if self.layout.mirrored else inset, self.layout.width_of(index) - inset

    def made(self, index: int) -> _Made:
        """The blocks of a column with what makes looking them up fast."""
        found = self._made.get(index)
        if found is None:
            cells = {cell.id: cell for cell in self.cells[index]}
            blocks = [self._block(index, p, cells) for p in self.plan.placements[index]]
            blocks += [self._crowd(index, crowd) for crowd in self.plan.crowds[index]]
            blocks.sort(key=lambda b: (b.y, b.x))
            found = self._made[index] = _Made(blocks)
        return found

    def _block(self, index: int, place: Placement, found: dict[Id, Cell]) -> Block:
        cell = found[place.key]
        axis = self.axes[index]
        begin, wide = self.room_of(index)
        margin, strip = (LEFT_MARGIN, FREE_STRIP + 1) if wide >= 24 else (1, 2)
        if self.layout.mirrored:
            margin, strip = strip, margin
        room = max(3.0, wide - margin - strip)
        gap = 1 if room / place.lanes >= 16 else 0
        lane = place.lane
        if self.layout.mirrored:
            lane = place.lanes - place.lane - place.span
        left = begin + margin + round(room * lane / place.lanes)
        right = begin + margin + round(room * (lane + place.span) / place.lanes)
        top = round(place.start * self.per_minute)
        bottom = round(place.end * self.per_minute)
        last = lane + place.span == place.lanes
        real_end = axis.clipped(axis.minute_of(cell.end))
        bounds = None
        if place.overflow:
            folded = [found[i] for i in place.overflow]
            bounds = min(c.start for c in folded), max(c.end for c in folded)
        return Block(
            cell,
            index,
            left,
            top,
            max(2.0, right - left - (0 if last else gap)),
            max(2.0, bottom - top - 1),
            max(2.0, round(real_end * self.per_minute) - top - 1),
            place.overflow,
            None,
            bounds,
        )

    def _crowd(self, index: int, crowd: Crowd) -> Block:
        axis, (begin, wide) = self.axes[index], self.room_of(index)
        top, bottom = round(crowd.start * self.per_minute), round(crowd.end * self.per_minute)
        high = max(2.0, bottom - top - 1)
        return Block(
            crowd.cells[0],
            index,
            begin + LEFT_MARGIN,
            top,
            max(3.0, wide - LEFT_MARGIN - FREE_STRIP - 1),
            high,
            high,
            tuple(cell.id for cell in crowd.cells),
            crowd.share,
            (axis.instant_of(crowd.start), axis.instant_of(crowd.end)),
        )

    def in_range(self, column: int, top: float, bottom: float) -> list[Block]:
        """Blocks of a column that meet content pixels [top, bottom)."""
        made = self.made(column)
        first = bisect_left(made.tops, top - made.tallest - 1)
        last = bisect_right(made.tops, bottom)
        return [b for b in made.blocks[first:last] if b.bottom > top and b.y < bottom]

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
        return self.plan.index_of(column)


class _Made:
    """The blocks of one column."""

    __slots__ = ("blocks", "by_id", "tallest", "tops")

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        self.tops = [b.y for b in blocks]
        self.tallest = max((b.height for b in blocks), default=0.0)
        self.by_id: dict[Id, Block] = {}
        for block in blocks:
            for cell_id in block.overflow or (block.cell.id,):
                self.by_id[cell_id] = block


class _Blocks(Sequence[list[Block]]):
    """Each column's blocks from top to bottom."""

    def __init__(self, grid: GridLayout) -> None:
        self._grid = grid

    def __len__(self) -> int:
        return len(self._grid.columns)

    @overload
    def __getitem__(self, index: int) -> list[Block]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[Block]]: ...
    def __getitem__(self, index: int | slice) -> list[Block] | list[list[Block]]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._grid.made(index % len(self)).blocks


class _ById(Mapping[Id, Block]):
    """Each shown visit's block; a folded visit's is the one that it is folded into."""

    def __init__(self, grid: GridLayout) -> None:
        self._grid = grid

    def __getitem__(self, cell_id: Id) -> Block:
        return self._grid.made(self._grid.plan.place_of[cell_id]).by_id[cell_id]

    def __contains__(self, cell_id: object) -> bool:
        return cell_id in self._grid.plan.place_of

    def __iter__(self) -> Iterator[Id]:
        return iter(self._grid.plan.place_of)

    def __len__(self) -> int:
        return len(self._grid.plan.place_of)
