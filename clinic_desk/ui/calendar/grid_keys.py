"""Keyboard in the grid: what navigates and selects. Everything that writes goes to the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from clinic_desk.ui.calendar import grid_cursor
from clinic_desk.ui.calendar.grid_cursor import Cursor
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.calendar.keymap import BY_NAME, Keymap


class GridKeys:
    """Attached to a view as its ``key_handler``. ``perform`` runs every other named action and
    answers whether it did."""

    def __init__(self, view: TimeGridView, keymap: Keymap, perform: Callable[[str], bool]) -> None:
        self._view = view
        self.keymap = keymap
        self._perform = perform
        self._anchor: Cursor | None = None

    def __call__(self, event: QKeyEvent) -> bool:
        name = self.keymap.name_for(event)
        if name is None:
            return False
        if name in ("column_left", "column_right") and self._mirrored():
            name = "column_right" if name == "column_left" else "column_left"
        return self.run(name)

    def _mirrored(self) -> bool:
        return self._view.layoutDirection() is Qt.LayoutDirection.RightToLeft

    def run(self, name: str) -> bool:
        """Runs a named action of the table; False when it could do nothing."""
        if BY_NAME[name].group != "Move in the grid" and not name.startswith("range_"):
            return self._perform(name)
        cursor = self._view.ensure_cursor()
        if cursor is None:
            return False
        if name in ("day_before", "day_after"):
            return self._perform(name)
        if name.startswith("range_"):
            self._sweep(cursor, 1 if name == "range_down" else -1)
            return True
        self._anchor = None
        self._view.set_cursor(self._target(cursor, name))
        return True

    def _target(self, cursor: Cursor, name: str) -> Cursor:
        view, grid = self._view, self._view.arrangement
        minutes = view.slot_minutes
        if name in ("slot_up", "slot_down"):
            return grid_cursor.step(grid, cursor, 1 if name == "slot_down" else -1, minutes)
        if name in ("column_left", "column_right"):
            return grid_cursor.sideways(grid, cursor, 1 if name == "column_right" else -1)
        if name in ("visit_up", "visit_down"):
            return grid_cursor.neighbour(grid, cursor, 1 if name == "visit_down" else -1)
        if name in ("first_column", "last_column"):
            return grid_cursor.column_edge(grid, cursor, last=name == "last_column")
        if name in ("day_start", "day_end"):
            return grid_cursor.working_edge(grid, cursor, end=name == "day_end", minutes=minutes)
        page = max(1, int(view.viewport().height() / grid.per_minute / minutes) - 1) * minutes
        sign = 1 if name == "screen_down" else -1
        moved = cursor.instant + timedelta(minutes=page * sign)
        snapped = grid.axes[cursor.column].snapped(moved, minutes, down=True)
        return grid_cursor.at(grid, cursor.column, snapped)

    def _sweep(self, cursor: Cursor, direction: int) -> None:
        """Lengthens or shortens the range that begins where Shift was first pressed."""
        view, grid = self._view, self._view.arrangement
        column = view.columns[cursor.column]
        slot = timedelta(minutes=view.slot_minutes)
        if view.range is None or self._anchor is None or view.range[0].key != column.key:
            self._anchor = cursor
            start = grid.axes[cursor.column].snapped(cursor.instant, view.slot_minutes, down=True)
            end = start + slot
        else:
            _, start, end = view.range
        anchor = grid.axes[cursor.column].snapped(
            self._anchor.instant, view.slot_minutes, down=True
        )
        if direction > 0:
            start, end = (start + slot, end) if start < anchor else (start, end + slot)
        elif end > anchor + slot:
            end -= slot
        else:
            start -= slot
        axis = grid.axes[cursor.column]
        first, last = axis.instant_of(axis.offset), axis.instant_of(axis.offset + axis.minutes)
        start, end = max(start, first), min(end, last)
        view.set_range((column, start, end))
        view.select([])
        view.ensure_visible(column, end - slot if direction > 0 else start)
        view.cursor_changed.emit()
