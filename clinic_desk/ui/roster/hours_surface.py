"""The geometry of a painted week: days across, 15-minute cells downwards, cursor and selection.

Knows nothing about rosters: it shows ``Block``s and asks ``describe`` for the words of a cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from clinic_desk.services.hours_painting import days_words, span_words
from clinic_desk.services.wording import LONG_DAYS, clock_text
from clinic_desk.ui.look.theme import DoctorColour, Theme

CELL_MINUTES = 15
CELLS = 1440 // CELL_MINUTES
GUTTER, HEAD = 52, 30
NARROWEST, WIDE_ENOUGH = 58, 72
"""Pixels that a day has at least; the second for large type, that a week stays in sight."""
ZOOMS = (24, 12, 6)
"""Pixels of a quarter of an hour; the first gives targets of full size, the second, with which it
begins, shows a day at a glance (every time can be typed beside it as well)."""

_EDGE = 6


@dataclass(frozen=True, slots=True)
class Block:
    """A stroke as it is drawn. ``kind``: open, break, reserved; ``dim``: belongs to another site
    or to other weeks and cannot be touched here. ``inset`` steps to the inline end, so that what
    lies beneath stays visible; ``first`` and ``last`` are the edges of its window."""

    weekday: int
    start: int
    end: int
    kind: str
    lines: tuple[str, ...]
    colour: DoctorColour
    badge: str = ""
    dim: bool = False
    inset: int = 0
    first: bool = True
    last: bool = True
    window: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Cell:
    """``row`` counts quarters of an hour from midnight."""

    day: int
    row: int

    @property
    def minute(self) -> int:
        return self.row * CELL_MINUTES


@dataclass(frozen=True, slots=True)
class Area:
    """Weekdays inclusive, in a week that begins on ``begin``; minutes half-open."""

    first: int
    last: int
    start: int
    end: int
    begin: int = 0

    @property
    def days(self) -> list[int]:
        first, last = (self.first - self.begin) % 7, (self.last - self.begin) % 7
        return [(place + self.begin) % 7 for place in range(first, last + 1)]

    @property
    def words(self) -> str:
        """ "Mon–Wed 09:00–12:30" """
        return f"{days_words(self.days)} {span_words(self.start, self.end)}"


class WeekSurface(QAbstractScrollArea):
    """``cursor_moved`` whenever the cursor or the selection is another one."""

    cursor_moved = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.blocks: Sequence[Block] = ()
        self.describe: Callable[[Cell], str] = lambda _cell: ""
        self.cursor_cell = Cell(0, 36)
        self.anchor_cell = self.cursor_cell
        self.picked: tuple[int, int, int] | None = None
        """(weekday, start, end) of the window whose fields are shown."""
        self.painting: tuple[Area, str, QColor] | None = None
        """What the brush covers now, its words, its colour."""
        self.zoom = 1
        self.first_weekday = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumSize(QSize(theme.px(GUTTER) + 7 * 48, theme.px(180)))
        self._top = 0.0
        self.verticalScrollBar().valueChanged.connect(self._note_top)
        theme.changed.connect(self._rescaled)

    # geometry

    @property
    def cell_height(self) -> int:
        return self.theme.px(ZOOMS[self.zoom])

    @property
    def gutter(self) -> int:
        return self.theme.px(GUTTER)

    @property
    def head(self) -> int:
        return self.theme.px(HEAD)

    @property
    def column_width(self) -> float:
        room = (self.viewport().width() - self.gutter) / 7
        return max(room, float(min(self.theme.px(NARROWEST), WIDE_ENOUGH)))

    def y_of(self, minute: int) -> int:
        rows = minute * self.cell_height / CELL_MINUTES
        return self.head + round(rows) - self.verticalScrollBar().value()

    def place_of(self, day: int) -> int:
        """Which column a weekday has, as the clinic begins its week."""
        return (day - self.first_weekday) % 7

    def day_at(self, place: int) -> int:
        """The weekday of a column; the first or the last one for what lies beside them."""
        return (min(6, max(0, place)) + self.first_weekday) % 7

    def column(self, day: int) -> tuple[int, int]:
        """(left, width) in the viewport, mirrored where one reads from right to left."""
        offset, place = self.gutter - self.horizontalScrollBar().value(), self.place_of(day)
        left = round(offset + place * self.column_width)
        width = round(offset + (place + 1) * self.column_width) - left
        if self.isRightToLeft():
            left = self.viewport().width() - left - width
        return left, width

    def rect_of(self, day: int, start: int, end: int) -> QRect:
        left, width = self.column(day)
        top = self.y_of(start)
        return QRect(left, top, width, self.y_of(end) - top)

    def cell_rect(self, cell: Cell) -> QRect:
        return self.rect_of(cell.day, cell.minute, cell.minute + CELL_MINUTES)

    def minute_at(self, y: int, snap: int = CELL_MINUTES) -> int:
        """The nearest multiple of ``snap`` minutes."""
        dots = y - self.head + self.verticalScrollBar().value()
        minute = dots * CELL_MINUTES / self.cell_height
        return min(1440, max(0, round(minute / snap) * snap))

    def cell_at(self, spot: QPoint) -> Cell:
        """The nearest cell, for a drag may leave the grid."""
        x = self.viewport().width() - spot.x() if self.isRightToLeft() else spot.x()
        place = int((x - self.gutter + self.horizontalScrollBar().value()) // self.column_width)
        dots = spot.y() - self.head + self.verticalScrollBar().value()
        return Cell(self.day_at(place), min(CELLS - 1, max(0, dots // self.cell_height)))

    def on_cells(self, spot: QPoint) -> bool:
        x = self.viewport().width() - spot.x() if self.isRightToLeft() else spot.x()
        return x >= self.gutter and spot.y() >= self.head

    def edge_at(self, spot: QPoint) -> tuple[Block, bool] | None:
        """A window's edge under the pointer: (its block, whether it is the start)."""
        if not self.on_cells(spot):
            return None
        for block in reversed(self.blocks):
            if block.dim:
                continue
            rect = self.rect_of(block.weekday, block.start, block.end)
            if not rect.left() <= spot.x() <= rect.right():
                continue
            reach = min(_EDGE, max(2, rect.height() // 4))
            if block.first and abs(spot.y() - rect.top()) <= reach:
                return block, True
            if block.last and abs(spot.y() - rect.bottom() - 1) <= reach:
                return block, False
        return None

    @property
    def selection(self) -> Area:
        one, two = self.anchor_cell, self.cursor_cell
        return Area(
            min(one.day, two.day, key=self.place_of),
            max(one.day, two.day, key=self.place_of),
            min(one.minute, two.minute),
            max(one.minute, two.minute) + CELL_MINUTES,
            self.first_weekday,
        )

    @property
    def several(self) -> bool:
        return self.anchor_cell != self.cursor_cell

    # what is shown

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.name_cursor()
        self.viewport().update()

    def set_cursor_cell(self, cell: Cell, *, extend: bool = False, quiet: bool = False) -> None:
        self.cursor_cell = cell
        if not extend:
            self.anchor_cell = cell
        self.reveal(cell)
        self.name_cursor()
        self.viewport().update()
        if not quiet:
            self.cursor_moved.emit()

    def name_cursor(self) -> None:
        """The accessible name is the cell under the cursor, or the whole selection."""
        cell = self.cursor_cell
        where = f"{LONG_DAYS[cell.day]} {clock_text(cell.minute)}, {self.describe(cell)}"
        if self.several:
            where = f"{self.selection.words} selected. {where}"
        self.setAccessibleName(where)

    def reveal(self, cell: Cell) -> None:
        rect = self.cell_rect(cell)
        bar, margin = self.verticalScrollBar(), self.cell_height
        if rect.top() < self.head + margin:
            bar.setValue(bar.value() + rect.top() - self.head - margin)
        elif rect.bottom() > self.viewport().height() - margin:
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + margin)
        across = self.horizontalScrollBar()
        if across.maximum():
            left = self.gutter + self.place_of(cell.day) * self.column_width - across.value()
            if left < self.gutter:
                across.setValue(int(across.value() + left - self.gutter))
            elif left + self.column_width > self.viewport().width():
                beyond = left + self.column_width - self.viewport().width()
                across.setValue(int(across.value() + beyond + 1))

    def show_from(self, minute: int) -> None:
        """That time at the top."""
        self.verticalScrollBar().setValue(round(minute * self.cell_height / CELL_MINUTES))

    def _note_top(self, value: int) -> None:
        self._top = value * CELL_MINUTES / self.cell_height

    def _rescaled(self) -> None:
        """The type has another size: the same time stays at the top."""
        top = round(self._top)
        self._resized()
        self.show_from(top)

    def set_zoom(self, zoom: int) -> None:
        middle = self.minute_at(self.viewport().height() // 2, 1)
        self.zoom = min(len(ZOOMS) - 1, max(0, zoom))
        self._resized()
        half = (self.viewport().height() - self.head) // 2
        self.verticalScrollBar().setValue(round(middle * self.cell_height / CELL_MINUTES) - half)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._resized()

    def _resized(self) -> None:
        view = self.viewport().size()
        tall = CELLS * self.cell_height + self.head - view.height() + 1
        wide = round(7 * self.column_width) + self.gutter - view.width()
        for bar, most, page in (
            (self.verticalScrollBar(), tall, view.height() - self.head),
            (self.horizontalScrollBar(), wide, view.width() - self.gutter),
        ):
            bar.setRange(0, max(0, most))
            bar.setPageStep(max(1, page))
            bar.setSingleStep(self.cell_height)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.viewport().update()
