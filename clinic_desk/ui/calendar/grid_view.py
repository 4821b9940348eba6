"""The day and week grid: one scroll area, painted from tiles, that shows cursor and selection
and hands gestures to its controller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.ids import Clock, Id
from clinic_desk.services.views import CalendarSlice, Cell
from clinic_desk.ui.calendar import grid_cursor
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_canvas import GridCanvas, Hit
from clinic_desk.ui.calendar.grid_controller import Controller
from clinic_desk.ui.calendar.grid_cursor import Cursor
from clinic_desk.ui.calendar.grid_layout import Block
from clinic_desk.ui.calendar.grid_marks import paint_selection
from clinic_desk.ui.calendar.grid_plan import GridPlan
from clinic_desk.ui.calendar.grid_timers import GridTimers
from clinic_desk.ui.calendar.grid_wheel import Wheel
from clinic_desk.ui.calendar.paint_overlay import block_rect
from clinic_desk.ui.calendar.room_doctor import booking_of
from clinic_desk.ui.look.theme import Theme

__all__ = ["Controller", "Hit", "TimeGridView"]


ADDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class TimeGridView(GridCanvas):
    """An attached controller sees every event first; what it leaves, ``click`` and the key
    handler take. ``overlay_painters`` are called last in each paint, in viewport coordinates.
    ``book_requested`` carries a dict with doctor_id, start, end, room_id, location_id."""

    selection_changed = Signal(object)
    cursor_changed = Signal()
    book_requested = Signal(object)
    range_changed = Signal()
    open_requested = Signal(str)
    overflow_requested = Signal(object, QPoint)
    menu_requested = Signal(object, QPoint)
    header_clicked = Signal(object)
    header_opened = Signal(object)
    header_moved = Signal(int, int)
    header_menu_requested = Signal(object, QPoint)
    hovered = Signal(object, QPoint)
    arranged = Signal()
    focused = Signal()
    hold_ended = Signal()

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(theme, clock, parent)
        self.selected_ids: list[Id] = []
        self.range: tuple[Column, datetime, datetime] | None = None
        self.overlay_painters: list[Callable[[QPainter], None]] = []
        self.key_handler: Callable[[QKeyEvent], bool] | None = None
        self._controller: Controller | None = None
        self._cursor: Cursor | None = None
        self._first_show = True
        self._pressed_in_many: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Calendar")
        self.viewport().setMouseTracking(True)
        self.header.column_clicked.connect(lambda i: self.header_clicked.emit(self.columns[i]))
        self.header.column_opened.connect(lambda i: self.header_opened.emit(self.columns[i]))
        self.header.moved.connect(self.header_moved)
        self.header.menu_requested.connect(
            lambda i, pos: self.header_menu_requested.emit(self.columns[i], pos)
        )
        self.timers = GridTimers(self)
        self.wheel = Wheel(self)
        theme.changed.connect(self._restyle)

    # -- data ------------------------------------------------------------------------------
    def set_content(
        self,
        data: CalendarSlice,
        columns: Sequence[Column],
        *,
        week: bool = False,
        plan: GridPlan | None = None,
    ) -> None:
        """Shows data; cursor, selection and scroll position stay where they can. ``plan``, made
        elsewhere by ``measure`` from the same columns, spares the main thread the work."""
        before, place = self._cursor, self.cursor
        known = self.selected_cells()
        frame, heads = self.frame_mark(), self.columns
        self.slice, self._week = data, week
        self.columns = plan.columns if plan is not None else list(columns)
        self.surface.learn(data)
        self._arrange(plan or GridPlan(columns, data.cells, self.measure(week=week)))
        changed = self.surface.compare(self.arrangement)
        self._cursor = grid_cursor.carried(self.arrangement, before, place)
        self._reselect(known)
        self._show_opening_once()
        self.timers.arm()
        self.update_columns(changed, heads, frame if before == self._cursor else None)
        self.arranged.emit()

    def selected_cells(self) -> list[Cell]:
        """The chosen visits as the shown data has them, in the order of choosing."""
        found = self.arrangement.cell_of
        cells = (found(i) for i in self.selected_ids)
        return [cell for cell in cells if cell is not None]

    def _reselect(self, known: list[Cell]) -> None:
        """Keeps what is still there; says so again when one of them has changed."""
        self.selected_ids = [i for i in self.selected_ids if i in self.arrangement.by_id]
        cells = self.selected_cells()
        if cells != known:
            self.selection_changed.emit(cells)

    def _show_opening_once(self) -> None:
        if self._first_show and self.columns and self.isVisible():
            self._first_show = False
            self.scroll_to_opening()

    def set_dragged(self, ids: Iterable[Id], parked: bool = False) -> None:
        """Dims these visits at their origin (nothing else moves); ``parked`` keeps the dashed
        outline after the drag is over."""
        wanted = frozenset(ids)
        self.surface.set_dimmed(self.arrangement, wanted)
        self.setProperty("parked", parked)
        self.viewport().update()

    def set_private(self, private: bool) -> None:
        """Initials only."""
        self.surface.private = private
        self.viewport().update()

    # -- cursor and selection --------------------------------------------------------------
    @property
    def cursor(self) -> tuple[Column, datetime] | None:  # type: ignore[override]
        """Column and slot start of the keyboard's cursor."""
        if self._cursor is None or self._cursor.column >= len(self.columns):
            return None
        return self.columns[self._cursor.column], self._cursor.instant

    @property
    def position(self) -> Cursor | None:
        return self._cursor

    def current_cell(self) -> Cell | None:
        """The visit that has the focus; None on empty time and on a block of several."""
        block = self.current_block()
        return block.cell if block and not block.overflow else None

    def current_block(self) -> Block | None:
        """The block that has the focus, which may stand for several visits."""
        return self.arrangement.by_id.get(self._cursor.cell_id or "") if self._cursor else None

    def set_cursor(self, cursor: Cursor | None, *, select: bool = True) -> None:
        """Moves the cursor, scrolls to it and, with ``select``, selects the visit there."""
        self._cursor = cursor
        self.range = None
        if cursor is None or self.columns[cursor.column].key != self.selected_column:
            self.select_column(None)
        if cursor is not None:
            block = self.current_block()
            self.ensure_visible(
                self.columns[cursor.column], cursor.instant, block.end if block else None
            )
            if select:
                alone = block is not None and not block.overflow
                self.select([cursor.cell_id] if cursor.cell_id and alone else [])
        self.viewport().update()
        self.cursor_changed.emit()

    def place_cursor(self, column: Column, instant: datetime) -> None:
        index = self.arrangement.index_of(column)
        if index is not None:
            self.set_cursor(grid_cursor.at(self.arrangement, index, instant))

    def focus_cell(self, cell_id: Id) -> bool:
        """Puts the cursor on a visit; False when it is not shown."""
        block = self.arrangement.by_id.get(cell_id)
        if block is None:
            return False
        self.set_cursor(grid_cursor.on(block), select=False)
        self.select([cell_id])
        return True

    def ensure_cursor(self) -> Cursor | None:
        """A cursor, made at now or at the first opening when there is none."""
        if self._cursor is None and self.columns:
            grid, now = self.arrangement, self.clock.now()
            for index, axis in enumerate(grid.axes):
                if axis.start <= now.timestamp() < axis.start + axis.minutes * 60:
                    snapped = axis.snapped(now, self.slot_minutes, down=True)
                    self._cursor = grid_cursor.at(grid, index, snapped)
                    return self._cursor
            first = Cursor(0, grid.instant_at(0, 0))
            self._cursor = grid_cursor.working_edge(
                grid, first, end=False, minutes=self.slot_minutes
            )
        return self._cursor

    def select(self, ids: Iterable[Id]) -> None:
        wanted = [i for i in dict.fromkeys(ids) if i in self.arrangement.by_id]
        if wanted != self.selected_ids:
            self.selected_ids = wanted
            self.viewport().update()
            self.selection_changed.emit(self.selected_cells())

    def select_column(self, column: Column | None) -> None:
        """Marks a column's head; the mark goes when the cursor leaves the column."""
        key = column.key if column is not None else None
        if key != self.selected_column:
            self.selected_column = key
            self.header.update()

    def set_range(self, span: tuple[Column, datetime, datetime] | None) -> None:
        self.range = span
        self.viewport().update()
        self.range_changed.emit()

    def set_controller(self, controller: Controller | None) -> None:
        self._controller = controller

    def click(self, pos: QPoint, modifiers: Qt.KeyboardModifier) -> Hit:
        """What a plain click does: cursor and selection; Ctrl or Shift adds to the selection."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        found = self.hit(pos)
        if found.column is None or found.instant is None:
            return found
        index = self.arrangement.index_of(found.column) or 0
        if found.cell is not None and found.overflow:
            self.set_cursor(grid_cursor.on(self.arrangement.by_id[found.cell.id]))
            self.overflow_requested.emit(found.overflow, self.viewport().mapToGlobal(pos))
        elif found.cell is not None:
            wanted = [found.cell.id]
            if modifiers & ADDING:
                others = [i for i in self.selected_ids if i != found.cell.id]
                wanted = others if found.cell.id in self.selected_ids else [*others, found.cell.id]
            self.set_cursor(Cursor(index, found.cell.start, found.cell.id), select=False)
            self.select(wanted)
        else:
            axis = self.arrangement.axes[index]
            slot = axis.snapped(found.instant, self.slot_minutes, down=True)
            self.set_cursor(Cursor(index, slot))
        return found

    def booking_at_cursor(self) -> dict[str, object] | None:
        """What a booking from the cursor or the swept range would begin with."""
        if self.range is not None:
            return booking_of(self.slice, *self.range)
        if self.cursor is not None:
            return booking_of(self.slice, *self.cursor, None)
        return None

    # -- painting --------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self.viewport())
        grid, window = self.arrangement, self.window_part
        ratio, now = self.devicePixelRatioF(), self.clock.now()
        if grid.layout.width < window.width or not self.columns:
            painter.fillRect(event.rect(), self.theme.tokens.window)
        self.surface.paint_tiles(
            painter, grid, window, self.slot_minutes, ratio, now, QRectF(event.rect())
        )
        overlay = self.surface.overlay
        overlay.sticky_labels(painter, grid, window, ratio)
        overlay.countdowns(painter, grid, window, now)
        paint_selection(painter, self)
        overlay.now_line(painter, grid, window, now, ratio)
        for paint in self.overlay_painters:
            paint(painter)
        painter.end()
        self.timers.painted()

    def cursor_rect(self) -> QRectF | None:
        """The cursor's visit or slot, viewport pixels."""
        place = self.cursor
        if place is None or self._cursor is None:
            return None
        if self._cursor.cell_id is not None:
            return block_rect(self.arrangement, self.window_part, self._cursor.cell_id)
        column, start = place
        end = start + timedelta(minutes=self.slot_minutes)
        return QRectF(self.span_rect(column, start, end))

    def anchor(self) -> float:
        rect, height = self.cursor_rect(), self.viewport().height()
        middle = rect.center().y() if rect else height / 2
        return middle if 0 <= middle <= height else height / 2

    # -- events ----------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._arrange()
        self._show_opening_once()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        self.viewport().update()
        if dx:
            self.header.update()
        if dy or self.arrangement.plan.clocks:
            self.gutter.update()
            self.far_gutter.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._controller is not None and self._controller.mouse_press(event):
            return
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        pos = event.position().toPoint()
        cell = self.hit(pos).cell
        several = cell is not None and cell.id in self.selected_ids and len(self.selected_ids) > 1
        if several and not event.modifiers() & ADDING:
            # a press on one of several may begin a drag of all: it is a click when released there
            self._pressed_in_many = pos
            return
        self.click(pos, event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._controller is not None and self._controller.mouse_move(event):
            return
        if not event.buttons():
            pos = event.position().toPoint()
            self.hovered.emit(self.hit(pos).cell, event.globalPosition().toPoint())

    def leaveEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: N802
        super().leaveEvent(event)
        self.hovered.emit(None, QPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        pressed, self._pressed_in_many = self._pressed_in_many, None
        taken = self._controller is not None and self._controller.mouse_release(event)
        if not taken and pressed == event.position().toPoint():
            self.click(pressed, event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._controller is not None and self._controller.double_click(event):
            return
        found = self.click(event.position().toPoint(), Qt.KeyboardModifier.NoModifier)
        if found.cell is not None and not found.overflow:
            self.open_requested.emit(found.cell.id)
        elif found.kind == "empty":
            self.book_requested.emit(self.booking_at_cursor())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        if self._controller is not None and self._controller.context_menu(event):
            return
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            pos = event.pos()
            found = self.hit(pos)
            if found.cell is None or found.cell.id not in self.selected_ids:
                found = self.click(pos, Qt.KeyboardModifier.NoModifier)
            self.menu_requested.emit(found, event.globalPos())
            return
        area = self.cursor_rect()
        if area is not None:
            spot = area.center().toPoint()
            self.menu_requested.emit(self.hit(spot), self.viewport().mapToGlobal(spot))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        controller, handler = self._controller, self.key_handler
        # at rest the key table decides, so that a clinic's own keys hold; while something is
        # carried every key is the gesture's
        resting = handler is not None and not (controller is not None and controller.active)
        if resting and handler is not None and event.key() != Qt.Key.Key_Escape:
            if handler(event):
                return
        elif controller is not None and controller.key_press(event):
            return
        event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if not self.wheel.turned(event):
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QNativeGestureEvent) and self.wheel.pinched(event):
            return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.ensure_cursor()
        self.viewport().update()
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.viewport().update()
