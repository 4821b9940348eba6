"""The hands of the week grid: what mouse and keys do to it.

Everything asked for goes out as a signal; the panel changes the week and shows it anew.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.services.hours_painting import span_words
from clinic_desk.services.wording import DAYS
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.roster.hours_paint import PaintedWeek
from clinic_desk.ui.roster.hours_surface import CELLS, Area, Block, Cell
from clinic_desk.ui.widgets.announce import announce

LETTERS = {
    Qt.Key.Key_1: 0, Qt.Key.Key_2: 1, Qt.Key.Key_3: 2, Qt.Key.Key_4: 3,
    Qt.Key.Key_O: 0, Qt.Key.Key_B: 1, Qt.Key.Key_R: 2, Qt.Key.Key_E: 3,
}  # fmt: skip
"""Keys of the brushes: open, break, reserved, erase."""

NUDGE = 5
"""Minutes that a key moves a window's edge."""

_SCROLL_ZONE = 32
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier


class WeekGrid(PaintedWeek):
    """``stroked`` (Area, wipe) when a brush has covered something; ``edge_moved`` (weekday, start
    and end of the window, whether its start moves, minute) when an edge was dropped there, and
    ``edge_nudged`` (whether the start, minutes) for the window at the cursor; ``brush_chosen`` a
    brush's number; ``fields_wanted`` when the exact figures are to be typed."""

    stroked = Signal(object, bool)
    edge_moved = Signal(int, int, int, bool, int)
    edge_nudged = Signal(bool, int)
    brush_chosen = Signal(int)
    copy_wanted = Signal()
    paste_wanted = Signal()
    fields_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.brush_words = "Open"
        self.brush_colour = theme.tokens.accent
        self._pressed: QPoint | None = None
        self._carried: tuple[Block, bool] | None = None
        self._dragging = False
        self._spot = QPoint()
        self._scroller = QTimer(self, interval=30)
        self._scroller.timeout.connect(self._scroll_on)

    def set_brush(self, words: str, colour: QColor) -> None:
        self.brush_words, self.brush_colour = words, colour

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        spot = event.position().toPoint()
        if event.button() is not Qt.MouseButton.LeftButton:
            if self._dragging:
                self._let_go()
            return
        if not self.on_cells(spot):
            self._press_head(spot)
            return
        self._pressed = self._spot = spot
        self._carried = None if event.modifiers() & _SHIFT else self.edge_at(spot)
        if self._carried is None:
            self.set_cursor_cell(self.cell_at(spot), extend=bool(event.modifiers() & _SHIFT))

    def _press_head(self, spot: QPoint) -> None:
        """A day's name selects its column, or the cursor's time of day in it."""
        if spot.y() < self.head and self.on_cells(QPoint(spot.x(), self.head)):
            day = self.cell_at(QPoint(spot.x(), self.head)).day
            self.set_cursor_cell(Cell(day, self.cursor_cell.row))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        spot = event.position().toPoint()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            shape = (
                Qt.CursorShape.SizeVerCursor
                if self.edge_at(spot)
                else (
                    Qt.CursorShape.CrossCursor
                    if self.on_cells(spot)
                    else Qt.CursorShape.ArrowCursor
                )
            )
            self.viewport().setCursor(shape)
            return
        self._spot = spot
        far = (spot - self._pressed).manhattanLength()
        if not self._dragging and far < QApplication.startDragDistance():
            return
        self._dragging = True
        self._follow(bool(event.modifiers() & _SHIFT))
        near = min(spot.y() - self.head, self.viewport().height() - spot.y())
        if near < _SCROLL_ZONE:
            self._scroller.start()
        else:
            self._scroller.stop()

    def _follow(self, fine: bool) -> None:
        if self._carried is not None:
            block, at_start = self._carried
            minute = self.minute_at(self._spot.y(), NUDGE if fine else 15)
            start, end = block.window
            start, end = (min(minute, end - NUDGE), end) if at_start else (
                start, max(minute, start + NUDGE)
            )  # fmt: skip
            area = Area(block.weekday, block.weekday, start, end)
            words = f"{DAYS[block.weekday]} {span_words(start, end)}"
            self.painting = area, words, self.theme.tokens.accent
            self.viewport().update()
            return
        self.set_cursor_cell(self.cell_at(self._spot), extend=True, quiet=True)
        area = self.selection
        self.painting = area, f"{area.words} · {self.brush_words}", self.brush_colour
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed is None:
            return
        covered, carried, dragged = self.painting, self._carried, self._dragging
        self._let_go()
        if not dragged or covered is None:
            self.cursor_moved.emit()
            return
        area = covered[0]
        if carried is not None:
            block, at_start = carried
            minute = area.start if at_start else area.end
            if minute != (block.window[0] if at_start else block.window[1]):
                self.edge_moved.emit(block.weekday, *block.window, at_start, minute)
            return
        self.stroked.emit(area, False)

    def _let_go(self) -> None:
        self._pressed = self._carried = None
        self._dragging = False
        self.painting = None
        self._scroller.stop()
        self.viewport().update()

    def _scroll_on(self) -> None:
        bar = self.verticalScrollBar()
        above = self._spot.y() - self.head - _SCROLL_ZONE
        below = self._spot.y() - self.viewport().height() + _SCROLL_ZONE
        by = above if above < 0 else max(0, below)
        if not by or not self._dragging:
            self._scroller.stop()
            return
        bar.setValue(bar.value() + max(-24, min(24, by)))
        self._follow(fine=False)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if event.modifiers() & _CTRL:
            self.set_zoom(self.zoom + (-1 if event.angleDelta().y() > 0 else 1))
            event.accept()
            return
        super().wheelEvent(event)

    # keys

    def event(self, event: QEvent) -> bool:
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._action(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        action = self._action(event)
        if action is None:
            event.ignore()
            return
        name, value = action
        if name == "move":
            assert isinstance(value, tuple)
            day, row = value
            here = self.cursor_cell
            there = Cell(
                self.day_at(self.place_of(here.day) + day), min(CELLS - 1, max(0, here.row + row))
            )
            self.set_cursor_cell(there, extend=bool(event.modifiers() & _SHIFT))
            announce(self, self.accessibleName())
        elif name == "brush":
            assert isinstance(value, int)
            self.brush_chosen.emit(value)
        elif name in ("paint", "wipe"):
            self.stroked.emit(self.selection, name == "wipe")
        elif name == "nudge":
            assert isinstance(value, tuple)
            self.edge_nudged.emit(bool(value[0]), value[1])
        elif name == "zoom":
            assert isinstance(value, int)
            self.set_zoom(self.zoom + value)
        elif name == "escape":
            if self._dragging:
                self._let_go()
            self.set_cursor_cell(self.cursor_cell)
        elif name == "copy":
            self.copy_wanted.emit()
        elif name == "paste":
            self.paste_wanted.emit()
        else:
            self.fields_wanted.emit()

    def _action(self, event: QKeyEvent) -> tuple[str, object] | None:
        """What a key means here; None leaves it to the window."""
        key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        arrows = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1), Qt.Key.Key_Home: (-6, 0), Qt.Key.Key_End: (6, 0),
            Qt.Key.Key_PageUp: (0, -8), Qt.Key.Key_PageDown: (0, 8),
        }  # fmt: skip
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and held in (_CTRL | _SHIFT, _ALT | _SHIFT):
            by = NUDGE if key == Qt.Key.Key_Down else -NUDGE
            return "nudge", (held == _ALT | _SHIFT, by)
        if key in arrows and held in (Qt.KeyboardModifier.NoModifier, _SHIFT):
            day, row = arrows[Qt.Key(key)]
            return "move", (-day if self.isRightToLeft() and abs(day) == 1 else day, row)
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End) and held in (_CTRL, _CTRL | _SHIFT):
            return "move", (0, -CELLS if key == Qt.Key.Key_Home else CELLS)
        if held == _CTRL:
            named: dict[int, tuple[str, object]] = {
                Qt.Key.Key_C: ("copy", None),
                Qt.Key.Key_V: ("paste", None),
                Qt.Key.Key_Minus: ("zoom", 1),
                Qt.Key.Key_Plus: ("zoom", -1),
                Qt.Key.Key_Equal: ("zoom", -1),
            }
            return named.get(key)
        if held != Qt.KeyboardModifier.NoModifier:
            return None
        if key in LETTERS:
            return "brush", LETTERS[Qt.Key(key)]
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            return "paint", None
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return "wipe", None
        if key == Qt.Key.Key_F2:
            return "fields", None
        if key == Qt.Key.Key_Escape and (self._dragging or self.several):
            return "escape", None
        return None
