"""The grid of the calendar at another moment: it can be walked and read, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desk.domain.ids import Clock, Id
from clinic_desk.services.views import CalendarSlice, Cell
from clinic_desk.ui.calendar.columns import day_columns, week_columns
from clinic_desk.ui.calendar.grid_canvas import Hit
from clinic_desk.ui.calendar.grid_keys import GridKeys
from clinic_desk.ui.calendar.grid_marks import beside_cursor
from clinic_desk.ui.calendar.grid_plan import GridPlan, Measure
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.calendar.keymap import Keymap
from clinic_desk.ui.calendar.popover import VisitList
from clinic_desk.ui.calendar.visit_card import CardCloser, VisitCard, rect_in
from clinic_desk.ui.calendar.visit_words import crowd_words, short_line
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.worded_menu import WordedMenu

FRAME = 3
WASH = 10
"""How much of the band's colour, of 255, lies over the picture."""


class Standstill:
    """A clock that shows the moment looked at."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.moment: datetime | None = None

    def now(self) -> datetime:
        return self.moment or self._clock.now()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be shown; ``week`` in days, 0 for one day."""

    first: date
    last: date
    moment: datetime
    week: bool
    doctor_id: Id | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A moment of the calendar, worked out on the reader's thread."""

    wish: Wish
    data: CalendarSlice
    plan: GridPlan


def taken(data: CalendarSlice, wish: Wish, measure: Measure) -> Taken:
    """Pure: columns and places of everything."""
    ids: Sequence[Id] | None = None
    if wish.doctor_id is not None:
        ids = (wish.doctor_id,)
    if wish.week:
        count = (wish.last - wish.first).days + 1
        days = [wish.first + timedelta(days=n) for n in range(count)]
        columns = week_columns(data, days, ids)
    else:
        columns = day_columns(data, wish.first, ids)
    return Taken(wish, data, GridPlan(columns, data.cells, measure))


class PastPicture(QWidget):
    """``opened`` asks for the card of a visit as it is at present, ``day_stepped`` for the day
    before or after, ``refused`` tells that something was to be written, ``series_wanted`` a visit
    of a series, ``pointed`` the visit that was chosen."""

    opened = Signal(str)
    day_stepped = Signal(int)
    refused = Signal()
    series_wanted = Signal(str)
    pointed = Signal(str)

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.clock = Standstill(clock)
        self.grid = TimeGridView(theme, self.clock)
        self.grid.setAccessibleName("The calendar as it stood, read only")
        self.card = VisitCard(theme, self.clock, self)
        self._closer = CardCloser(self.card, self.grid)
        self.keys = GridKeys(self.grid, Keymap(), self._perform)
        self.shown: Taken | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.grid)
        self.setFocusProxy(self.grid)
        grid = self.grid
        grid.key_handler = self.keys
        grid.overlay_painters.append(self._frame)
        grid.open_requested.connect(self.opened)
        grid.book_requested.connect(lambda _wish: self.refused.emit())
        grid.overflow_requested.connect(self._crowd)
        grid.menu_requested.connect(self._menu)
        grid.hovered.connect(self._hovered)
        grid.selection_changed.connect(self._chosen)
        self.card.opened.connect(self.opened)
        self.card.series_wanted.connect(lambda cell: self.series_wanted.emit(cell.id))
        self.card.closed.connect(lambda inside: self.grid.setFocus() if inside else None)

    def show_picture(self, made: Taken) -> None:
        self.shown = made
        self.clock.moment = made.wish.moment
        self.card.know(made.data.snapshot.roster)
        self.grid.set_private(CURTAIN.on)
        # a line that tells the time and lateness belong to the moment, not to the columns
        for column in made.plan.columns:
            self.grid.surface.outdate(column.key)
        self.grid.set_content(made.data, made.plan.columns, week=made.wish.week, plan=made.plan)
        if self.card.isVisible() and self.card.cell is not None:
            block = self.grid.arrangement.by_id.get(self.card.cell.id)
            self.card.refresh(block.cell if block else None)
        self.grid.update_all()

    def highlight(self, visit_id: Id) -> bool:
        """Puts the cursor on a visit; False when it did not stand there at that moment."""
        return self.grid.focus_cell(visit_id)

    def cells(self) -> tuple[Cell, ...]:
        return self.shown.data.cells if self.shown is not None else ()

    # -- keys and pointer ----------------------------------------------------------------------
    def _perform(self, name: str) -> bool:
        cell = self.grid.current_cell()
        block = self.grid.current_block()
        if name in ("day_before", "day_after"):
            self.day_stepped.emit(1 if name == "day_after" else -1)
        elif name == "activate" and block is not None and block.overflow:
            self._crowd(block.overflow, self._beside())
        elif name == "activate" and cell is not None:
            self.opened.emit(cell.id)
        elif name == "card" and cell is not None:
            self._pin(cell)
        elif name == "series" and cell is not None and cell.series_id is not None:
            self.series_wanted.emit(cell.id)
        elif name == "menu":
            area = self.grid.cursor_rect()
            if area is not None:
                spot = area.center().toPoint()
                self._menu(self.grid.hit(spot), self.grid.viewport().mapToGlobal(spot))
        elif name not in ("card", "series"):
            self.refused.emit()
        return True

    def _pin(self, cell: Cell) -> None:
        area = self.grid.cell_rect(cell.id)
        if area is not None:
            self.card.pin(cell, rect_in(self, self.grid.viewport(), area))

    def _beside(self) -> QPoint:
        return beside_cursor(self.grid) or self.mapToGlobal(QPoint(80, 80))

    def _hovered(self, cell: Cell | None, at: QPoint) -> None:
        grid = self.grid
        area = grid.cell_rect(cell.id) if cell is not None else None
        place = rect_in(self, grid.viewport(), area) if area is not None else None
        here = self.mapFromGlobal(at) if not at.isNull() else None
        self.card.rest(cell, place, here)

    def _chosen(self, cells: list[Cell]) -> None:
        if len(cells) == 1:
            self.pointed.emit(cells[0].id)

    def _crowd(self, ids: Sequence[Id], at: QPoint) -> None:
        if self.shown is None:
            return
        roster, arrangement = self.shown.data.snapshot.roster, self.grid.arrangement
        rows = [
            (cell.id, f"status-{cell.status.value}", short_line(cell, roster))
            for i in ids
            if (cell := arrangement.cell_of(i)) is not None
        ]
        block = arrangement.by_id[ids[0]]
        title = crowd_words(block, self.grid.columns[block.column])
        made = VisitList(self._theme, self, title, rows)
        made.opened.connect(self.opened)
        made.show_at(at)

    def _menu(self, found: Hit, at: QPoint) -> None:
        cell = found.cell if not found.overflow else None
        if cell is None:
            return
        menu = WordedMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        steps: list[tuple[str, Callable[[], object]]] = [
            ("&Open its present card\tEnter", lambda: self.opened.emit(cell.id)),
            ("&Card as it stood\tSpace", lambda: self._pin(cell)),
        ]
        if cell.series_id is not None:
            steps.append(("Its &series\tE", lambda: self.series_wanted.emit(cell.id)))
        for text, act in steps:
            menu.addAction(text).triggered.connect(act)
        menu.popup(at)

    def _frame(self, painter: QPainter) -> None:
        """A wash and a frame in the band's colour: nobody takes this for today's calendar."""
        area = QRectF(self.grid.viewport().rect())
        colour = QColor(self._theme.tokens.warn)
        wash = QColor(colour)
        wash.setAlpha(WASH)
        painter.fillRect(area, wash)
        painter.setPen(QPen(colour, FRAME))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = FRAME / 2
        painter.drawRect(area.adjusted(inset, inset, -inset, -inset))
