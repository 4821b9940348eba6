"""Where the keyboard's cursor goes in a grid: plain steps over a layout, no widget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic_desk.domain.ids import Id
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_layout import Block, GridLayout


@dataclass(frozen=True, slots=True)
class Cursor:
    """``instant`` is the slot's start (aware UTC); ``cell_id`` the visit that has the focus, or
    None on empty time."""

    column: int
    instant: datetime
    cell_id: Id | None = None


def covering(grid: GridLayout, column: int, instant: datetime) -> Block | None:
    """The visit of the column that is going on at an instant, the earliest first."""
    for block in grid.blocks[column]:
        if block.start <= instant < block.end:
            return block
    return None


def at(grid: GridLayout, column: int, instant: datetime) -> Cursor:
    """A cursor at that place, on the visit there if there is one."""
    axis = grid.axes[column]
    first = axis.instant_of(axis.offset)
    last = axis.instant_of(axis.offset + axis.minutes - 1)
    bounded = min(max(instant, first), last)
    block = covering(grid, column, bounded)
    if block is not None:
        return Cursor(column, block.start, block.cell.id)
    return Cursor(column, bounded)


def on(block: Block) -> Cursor:
    return Cursor(block.column, block.start, block.cell.id)


def carried(
    grid: GridLayout, before: Cursor | None, place: tuple[Column, datetime] | None
) -> Cursor | None:
    """The last picture's cursor in a new one: on its visit, else at its time of day in the column
    of the same doctor or room. ``place`` is the old column and instant."""
    if not grid.columns or before is None or place is None:
        return None
    kept = grid.by_id.get(before.cell_id) if before.cell_id is not None else None
    if kept is not None:
        return on(kept)
    column, instant = place
    index = grid.index_of(column)
    if index is None:
        same = (i for i, c in enumerate(grid.columns) if c.serves == column.serves)
        index = next(same, min(before.column, len(grid.columns) - 1))
        instant += timedelta(days=(grid.columns[index].day - column.day).days)
    return at(grid, index, instant)


def step(grid: GridLayout, cursor: Cursor, direction: int, minutes: int) -> Cursor:
    """One slot up or down. From a visit to the slot after its end or before its start."""
    axis = grid.axes[cursor.column]
    block = grid.by_id.get(cursor.cell_id) if cursor.cell_id else None
    span = timedelta(minutes=minutes)
    if direction > 0:
        if block is not None:
            return at(grid, cursor.column, block.end)
        return at(grid, cursor.column, axis.snapped(cursor.instant, minutes, down=True) + span)
    base = block.start if block is not None else cursor.instant
    down = axis.snapped(base, minutes, down=True)
    target = down if down < base else down - span
    first = axis.instant_of(axis.offset)
    found = covering(grid, cursor.column, max(target, first))
    if found is None:
        # a visit may end inside the slot above: it is the nearest thing upward
        inside = [b for b in grid.blocks[cursor.column] if target < b.end <= base and b != block]
        found = inside[-1] if inside else None
    return on(found) if found is not None else at(grid, cursor.column, target)


def sideways(grid: GridLayout, cursor: Cursor, direction: int) -> Cursor:
    """The same wall-clock time in the next column; stays at the ends."""
    index = cursor.column + direction
    if not 0 <= index < len(grid.columns):
        return cursor
    return _across(grid, cursor, index)


def neighbour(grid: GridLayout, cursor: Cursor, direction: int) -> Cursor:
    """The next or previous visit of the column, by start; stays at the ends."""
    blocks = sorted(grid.blocks[cursor.column], key=lambda b: (b.start, b.x, b.cell.id))
    ids = [b.cell.id for b in blocks]
    if cursor.cell_id in ids:
        index = ids.index(cursor.cell_id) + direction
        return on(blocks[index]) if 0 <= index < len(blocks) else cursor
    if direction > 0:
        later = [b for b in blocks if b.start >= cursor.instant]
        return on(later[0]) if later else cursor
    earlier = [b for b in blocks if b.start <= cursor.instant]
    return on(earlier[-1]) if earlier else cursor


def working_edge(grid: GridLayout, cursor: Cursor, *, end: bool, minutes: int) -> Cursor:
    """Start of the column's working day, or its last slot; the day's own when it is closed."""
    axis = grid.axes[cursor.column]
    opened = grid.opened[cursor.column]
    first = opened[0][0] if opened else float(axis.offset)
    last = opened[-1][1] if opened else float(axis.offset + axis.minutes)
    return at(grid, cursor.column, axis.instant_of(last - minutes if end else first))


def column_edge(grid: GridLayout, cursor: Cursor, *, last: bool) -> Cursor:
    return _across(grid, cursor, len(grid.columns) - 1 if last else 0)


def _across(grid: GridLayout, cursor: Cursor, index: int) -> Cursor:
    minute = grid.axes[cursor.column].minute_of(cursor.instant)
    axis = grid.axes[index]
    return at(grid, index, axis.instant_of(axis.clipped(minute)))
