"""What the painted views say of their items: names, places, states."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRect, QRectF

from clinic_desk.domain.appointments import Status
from clinic_desk.ui.calendar.block_words import GONE
from clinic_desk.ui.calendar.grid_header import HeaderStrip, head_words
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.calendar.month_data import spoken_day
from clinic_desk.ui.calendar.month_view import MonthView
from clinic_desk.ui.calendar.visit_words import accessible_name, crowd_words
from clinic_desk.ui.models.sites import both_clocks
from clinic_desk.ui.models.words import clock_words, day_words, doctor_of, long_day

CURSOR = "cursor"
"""The key of the empty cell under the cursor, which is a child too."""


class GridVoice:
    """Visits column by column, then the empty cell under the cursor."""

    def __init__(self, view: TimeGridView) -> None:
        self._view = view
        self._known: object = None
        self._keys: list[str] = []
        self._places: dict[str, str] = {}

    def _learn(self) -> None:
        grid = self._view.arrangement
        if grid is self._known:
            return
        self._known = grid
        self._keys, self._places = [], {}
        for column, cells in enumerate(grid.cells):
            for number, cell in enumerate(cells):
                self._keys.append(cell.id)
                self._places[cell.id] = (
                    f"column {column + 1} of {len(grid.columns)}, {number + 1} of {len(cells)}"
                )

    def title(self) -> str:
        columns = self._view.columns
        if not columns:
            return "Calendar, no columns"
        first, last = columns[0].day, columns[-1].day
        days = day_words(first) if first == last else f"{day_words(first)} to {day_words(last)}"
        word = "column" if len(columns) == 1 else "columns"
        return f"Calendar, {days}, {len(columns)} {word}"

    def keys(self) -> list[str]:
        self._learn()
        position = self._view.position
        if position is not None and position.cell_id is None:
            return [*self._keys, CURSOR]
        return self._keys

    def has(self, key: str) -> bool:
        if key == CURSOR:
            return self.focus() == CURSOR
        return key in self._view.arrangement.by_id

    def name(self, key: str) -> str:
        view = self._view
        data = view.slice
        if data is None:
            return ""
        if key == CURSOR:
            place = view.cursor
            if place is None:
                return ""
            column, start = place
            who = doctor_of(data.snapshot.roster, column.doctor_id) if column.doctor_id else ""
            when = both_clocks(start, column.zone, column.home_zone)
            if view.range is not None:
                when = f"{when} to {clock_words(view.range[2], column.zone)}"
            free = "free" if self._open() else "closed"
            return f"{when} {free}, {who or column.title}"
        block = view.arrangement.by_id[key]
        if block.overflow and block.cell.id == key and self.focus() == key:
            words = crowd_words(block, view.columns[block.column])
            return f"{words}, Enter lists them".replace(" · ", ", ")
        cell = view.arrangement.cell_of(key)
        return accessible_name(cell, data.snapshot.roster, view.clock.now()) if cell else ""

    def _open(self) -> bool:
        place = self._view.cursor
        if place is None:
            return False
        return any(band.start <= place[1] < band.end for band in place[0].open_bands)

    def place(self, key: str) -> str:
        self._learn()
        if key == CURSOR:
            position = self._view.position
            columns = len(self._view.columns)
            return f"column {position.column + 1} of {columns}" if position else ""
        return self._places.get(key, "")

    def rect(self, key: str) -> QRect:
        if key == CURSOR:
            return (self._view.cursor_rect() or QRectF()).toRect()
        return self._view.cell_rect(key) or QRect()

    def focus(self) -> str | None:
        position = self._view.position
        return None if position is None else position.cell_id or CURSOR

    def selected(self, key: str) -> bool:
        return key in self._view.selected_ids

    def unavailable(self, key: str) -> bool:
        cell = self._view.arrangement.cell_of(key)
        return cell is not None and cell.status in (*GONE, Status.NO_SHOW)


class HeadVoice:
    """The heads of the columns. Keys are those of the columns."""

    def __init__(self, strip: HeaderStrip) -> None:
        self._strip = strip

    def _index(self, key: str) -> int | None:
        columns = self._strip.view.arrangement.columns
        return next((i for i, c in enumerate(columns) if c.key == key), None)

    def title(self) -> str:
        return "Heads of the columns"

    def keys(self) -> list[str]:
        return [column.key for column in self._strip.view.arrangement.columns]

    def has(self, key: str) -> bool:
        return self._index(key) is not None

    def name(self, key: str) -> str:
        index, view = self._index(key), self._strip.view
        if index is None:
            return ""
        return head_words(view.arrangement, index, view.clock.now()).replace(" · ", ", ")

    def place(self, key: str) -> str:
        return f"column {(self._index(key) or 0) + 1} of {len(self.keys())}"

    def rect(self, key: str) -> QRect:
        index = self._index(key)
        return QRect() if index is None else self._strip.head_rect(index)

    def focus(self) -> str | None:
        """The strip takes no focus: its deeds are in the grid's menu."""
        return None

    def selected(self, key: str) -> bool:
        return key == self._strip.view.selected_column

    def unavailable(self, key: str) -> bool:
        index = self._index(key)
        return index is not None and not self._strip.view.arrangement.columns[index].open_bands


class MonthVoice:
    """The days of the month."""

    def __init__(self, view: MonthView) -> None:
        self._view = view

    def title(self) -> str:
        return f"Month, {self._view.month_words()}"

    def keys(self) -> list[str]:
        return [day.isoformat() for day in self._view.days]

    def has(self, key: str) -> bool:
        return date.fromisoformat(key) in self._view.days

    def name(self, key: str) -> str:
        day = date.fromisoformat(key)
        data, whole = self._view.day_data(day), self._view.data
        if data is None or whole is None:
            return long_day(day)
        return f"{long_day(day)}, {spoken_day(data, whole.doctors)}"

    def place(self, key: str) -> str:
        index = self._view.days.index(date.fromisoformat(key))
        return f"week {index // 7 + 1} of 6, day {index % 7 + 1} of 7"

    def rect(self, key: str) -> QRect:
        return self._view.day_rect(date.fromisoformat(key))

    def focus(self) -> str | None:
        day = self._view.cursor_day
        return day.isoformat() if day in self._view.days else None

    def selected(self, key: str) -> bool:
        return key == self._view.cursor_day.isoformat()

    def unavailable(self, key: str) -> bool:
        data = self._view.day_data(date.fromisoformat(key))
        return data is not None and data.closed
