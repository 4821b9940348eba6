"""The heads of the columns: who, where, how full; click, drag to reorder, menu."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from clinic_desk.domain.spans import local_date
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_frame import HEADER, Framed
from clinic_desk.ui.calendar.grid_layout import GridLayout
from clinic_desk.ui.calendar.head_paint import HeadPainter, clock_note
from clinic_desk.ui.calendar.paint_overlay import minutes_behind
from clinic_desk.ui.look.tokens import faded
from clinic_desk.ui.models.words import day_words


class HeaderStrip(QWidget):
    """All signals carry the column's index; ``moved`` also the index it should have."""

    column_clicked = Signal(int)
    column_opened = Signal(int)
    moved = Signal(int, int)
    menu_requested = Signal(int, QPoint)

    def __init__(self, view: Framed, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self._painter = HeadPainter(view)
        self._pressed: tuple[int, QPoint] | None = None
        self._carried: int | None = None
        self._pointer = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Heads of the columns")

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, HEADER)

    def index_at(self, x: float) -> int | None:
        return self._view.arrangement.layout.index_at(x + self._view.window_part.x)

    def head_rect(self, index: int) -> QRect:
        """A head's place in this strip, which may be scrolled out of sight."""
        layout = self._view.arrangement.layout
        left = layout.left(index) - self._view.window_part.x
        return QRectF(left, 0, layout.width_of(index), self.height()).toRect()

    @property
    def view(self) -> Framed:
        return self._view

    @property
    def carried(self) -> int | None:
        """The column that is being dragged."""
        return self._carried

    # -- painting --------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        self._painter.paint(painter, QRectF(self.rect()), QRectF(event.rect()))
        if self._carried is not None:
            self._paint_drag(painter, self._carried)
        painter.end()

    def _paint_drag(self, painter: QPainter, index: int) -> None:
        """The lifted head is dimmed; a line shows where it would go."""
        tokens = self._view.theme.tokens
        painter.fillRect(self.head_rect(index), faded(tokens.accent, 0.18))
        gap = self._gap_at(self._pointer)
        if self._target(index, gap) != index:
            painter.fillRect(QRectF(self._gap_x(gap) - 1.5, 0, 3, self.height()), tokens.accent)

    # -- pointer ---------------------------------------------------------------------------
    def _gap_at(self, x: float) -> int:
        """The gap between columns that is nearest, 0 before the first."""
        index = self.index_at(x)
        count = len(self._view.arrangement.columns)
        mirrored = self._view.arrangement.layout.mirrored
        if index is None:
            before = x + self._view.window_part.x < 0
            return 0 if before is not mirrored else count
        rect = self.head_rect(index)
        return index + int((x > rect.center().x()) is not mirrored)

    def _gap_x(self, gap: int) -> float:
        layout, count = self._view.arrangement.layout, len(self._view.arrangement.columns)
        index = min(gap, count - 1)
        left = layout.left(index) - self._view.window_part.x
        at_right = (gap == count) is not layout.mirrored
        return left + (layout.width_of(index) if at_right else 0)

    @staticmethod
    def _target(index: int, gap: int) -> int:
        return gap - 1 if gap > index else gap

    def _may_move(self, index: int) -> bool:
        columns = self._view.arrangement.columns
        return len(columns) > 1 and not (columns[index].by_date or columns[index].sub_lane)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._carried is not None:
            self._let_go()
            return
        index = self.index_at(event.position().x())
        if index is not None and event.button() is Qt.MouseButton.LeftButton:
            self._pressed = (index, event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        here = event.position().toPoint()
        if self._carried is None:
            if self._pressed is None or not self._may_move(self._pressed[0]):
                return
            if abs(here.x() - self._pressed[1].x()) < QApplication.startDragDistance():
                return
            self._carried = self._pressed[0]
            self.grabKeyboard()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._pointer = here.x()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        pressed, carried = self._pressed, self._carried
        self._let_go()
        if event.button() is not Qt.MouseButton.LeftButton or pressed is None:
            return
        if carried is None:
            if self.index_at(event.position().x()) == pressed[0]:
                self.column_clicked.emit(pressed[0])
            return
        wanted = self._target(carried, self._gap_at(event.position().x()))
        near = -HEADER < event.position().y() < self.height() + 2 * HEADER
        if near and wanted != carried and carried < len(self._view.arrangement.columns):
            self.moved.emit(carried, wanted)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        index = self.index_at(event.position().x())
        if index is not None and event.button() is Qt.MouseButton.LeftButton:
            self.column_opened.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self._carried is not None:
            self._let_go()

    def _let_go(self) -> None:
        self._pressed = None
        if self._carried is not None:
            self._carried = None
            self.releaseKeyboard()
            self.unsetCursor()
            self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        index = self.index_at(event.pos().x())
        if index is not None:
            self._let_go()
            self.menu_requested.emit(index, event.globalPos())

    def event(self, event) -> bool:  # type: ignore[no-untyped-def]
        if isinstance(event, QHelpEvent):
            index = self.index_at(event.pos().x())
            if index is None or self._carried is not None:
                QToolTip.hideText()
            else:
                words = head_words(self._view.arrangement, index, self._view.clock.now())
                QToolTip.showText(event.globalPos(), words)
            return True
        return super().event(event)


def head_words(grid: GridLayout, index: int, now: datetime) -> str:
    """A head in one sentence: full name, room, day, load and how late."""
    column = grid.columns[index]
    load = column.load
    count = f"{load.booked} of {load.capacity} booked" if load.capacity else _hours(column)
    behind = minutes_behind(grid.cells[index], now) if column.doctor_id and _is(column, now) else 0
    site = column.site if column.site != column.subtitle else ""
    parts = [column.title, column.subtitle, site, clock_note(column), day_words(column.day), count]
    if behind:
        parts.append(f"{behind} minutes behind")
    return " · ".join(part for part in parts if part)


def _is(column: Column, now: datetime) -> bool:
    return column.day == local_date(now, column.zone)


def _hours(column: Column) -> str:
    if not column.doctor_id:
        return "" if column.open_bands else "nobody works here"
    return "" if column.open_bands else column.closed_label or "no working hours"
