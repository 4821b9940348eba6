"""What the heads of columns do: select, open, reorder, show only, hide, block time.

Everything that the pointer does to a head is in a menu too: that of the head itself, and the
"Column" entry of the menu on empty time, which the keyboard reaches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_header import head_words
from clinic_desk.ui.runtime.allowed import shut_entries
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.worded_menu import WordedMenu, submenu

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.page_actions import PageActions
    from clinic_desk.ui.calendar.span_question import AskSpan


class ColumnActions(QObject):
    """Part of ``PageActions``. ``menu`` is the head's menu that was opened last."""

    def __init__(self, actions: PageActions) -> None:
        super().__init__(actions)
        self._actions = actions
        self._page = actions.page
        self.menu: QMenu | None = None

    def connect_all(self) -> None:
        grid = self._page.grid()
        grid.header_clicked.connect(self.select)
        grid.header_opened.connect(self.open)
        grid.header_menu_requested.connect(self.show_menu)
        grid.header_moved.connect(self.move)

    def select(self, column: Column) -> None:
        """Marks the column and brings the cursor into it, at the time where it was."""
        page, grid = self._page, self._page.grid()
        index = grid.arrangement.index_of(column)
        if index is None:
            return
        place = grid.cursor
        minute = 0.0
        if place is not None:
            before = grid.arrangement.index_of(place[0]) or 0
            minute = grid.arrangement.axes[before].minute_of(place[1])
        axis = grid.arrangement.axes[index]
        start = axis.instant_of(axis.clipped(minute)) if place else grid.instant_at(column, 0)
        grid.place_cursor(column, start)
        grid.select_column(column)
        words = head_words(grid.arrangement, index, page.context.clock.now())
        page.status_text.emit(words)
        announce(grid, words)
        grid.setFocus()

    def open(self, column: Column) -> None:
        """A double click: the day from a week, the doctor's week from a day."""
        if self._page.view == "week":
            self._open_day(column)
        elif column.doctor_id:
            self._week_of(column)

    def move(self, index: int, to: int) -> None:
        """Puts a column at another place among those shown; the window keeps the order."""
        grid = self._page.grid()
        group = [c for c in grid.columns if c.group == grid.columns[index].group]
        ids = [c.doctor_id or c.room_id or "" for c in group]
        moved = ids.pop(index)
        ids.insert(to, moved)
        self._page.order_requested.emit(ids)
        announce(grid, f"{grid.columns[index].title}, column {to + 1} of {len(ids)}")

    def shift(self, column: Column, step: int) -> None:
        """One place toward the end (1) or the beginning (-1)."""
        index = self._place(column)
        if 0 <= index + step < self._count(column):
            self.move(index, index + step)

    def _place(self, column: Column) -> int:
        """The column's place within its day."""
        mine = [c.key for c in self._page.grid().columns if c.group == column.group]
        return mine.index(column.key)

    def _count(self, column: Column) -> int:
        return sum(1 for c in self._page.grid().columns if c.group == column.group)

    # -- menus -----------------------------------------------------------------------------
    def show_menu(self, column: Column, global_pos: QPoint) -> None:
        self.menu = WordedMenu(self._page)
        self._fill(self.menu, column)
        mine = column.doctor_id
        shut_entries(self.menu, lambda name: self._actions.why_not(name, (), mine))
        self.menu.popup(global_pos)

    def add_submenu(self, menu: QMenu, column: Column) -> None:
        """The head's entries in a menu on empty time."""
        menu.addSeparator()
        name = column.short_title or column.title
        self._fill(submenu(menu, f"Column {name}"), column)

    def _fill(self, menu: QMenu, column: Column) -> None:
        page = self._page
        row_id = column.doctor_id or column.room_id or ""
        word = "doctor" if column.doctor_id else "room"
        if page.view == "week":
            menu.addAction("Open this day").triggered.connect(lambda: self._open_day(column))
        if column.doctor_id and not (page.view == "week" and column.by_date):
            week = menu.addAction(f"Week of {column.short_title}")
            week.triggered.connect(lambda: self._week_of(column))
        if not menu.isEmpty():
            menu.addSeparator()
        if row_id and not column.by_date:
            only = menu.addAction(f"Show only this {word}")
            only.triggered.connect(lambda: page.only_requested.emit(row_id))
            hide = menu.addAction(f"Hide this {word}")
            hide.triggered.connect(lambda: page.hide_requested.emit(row_id))
            menu.addSeparator()
            place, count = self._place(column), self._count(column)
            mirrored = page.grid().arrangement.layout.mirrored
            for words, step in (("Move left", -1), ("Move right", 1)):
                to = place + (-step if mirrored else step)
                action = menu.addAction(words)
                action.setEnabled(0 <= to < count)
                action.triggered.connect(
                    lambda _checked=False, step=to - place: self.shift(column, step)
                )
            menu.addSeparator()
        if row_id:
            block = menu.addAction(page.context.theme.qicon("lock"), "Block time…")
            block.setObjectName("block")
            block.triggered.connect(lambda: self.ask_block(column))
        menu.addAction("Fit the working day").triggered.connect(page.zoom_fit)

    # -- deeds -----------------------------------------------------------------------------
    def ask_block(self, column: Column) -> AskSpan | None:
        """From when to when, and why: the swept range or the working day to begin with."""
        page, grid, actions = self._page, self._page.grid(), self._actions
        span = grid.range
        if span is not None and span[0].key == column.key:
            start, end = span[1], span[2]
        elif column.open_bands:
            start = min(band.start for band in column.open_bands)
            end = max(band.end for band in column.open_bands)
        else:
            index = grid.arrangement.index_of(column) or 0
            axis = grid.arrangement.axes[index]
            start = axis.instant_of(axis.offset)
            end = axis.instant_of(axis.offset + axis.minutes)
        doctor = actions.doctor_at(column, start, end)
        if doctor is None or actions.barred("block", (), doctor.id):
            return None
        from clinic_desk.ui.calendar.span_question import AskSpan  # no part of the start

        ask = AskSpan(page.context.theme, page, doctor, column, start, end)
        ask.answered.connect(
            lambda first, last, reason: actions.visits.block(doctor, first, last, reason)
        )
        index = grid.arrangement.index_of(column) or 0
        head = grid.header.head_rect(index)
        ask.show_at(grid.header.mapToGlobal(head.bottomLeft() + QPoint(8, 4)))
        ask.first.setFocus()
        return ask

    def _open_day(self, column: Column) -> None:
        page = self._page
        page.show_day(column.day)
        page.view_requested.emit("day")
        page.set_view("day")

    def _week_of(self, column: Column) -> None:
        page = self._page
        page.week_doctor, page.week_all = column.doctor_id, False
        page.view_requested.emit("week")
        if page.view == "week":
            page.load()
        else:
            page.set_view("week")
