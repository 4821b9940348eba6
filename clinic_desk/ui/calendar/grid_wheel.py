"""Wheel and pinch over a grid: Ctrl zooms around the pointer, Shift goes sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QNativeGestureEvent, QWheelEvent

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.grid_canvas import GridCanvas

NOTCH = 120
"""Eighths of a degree of one notch; fine wheels and touchpads send parts of it."""

PINCH = 0.25
"""How much a pinch must grow or shrink for one step of zoom."""


class Wheel:
    """Adds up the parts of a notch, so that a touchpad does not fly through the zoom steps."""

    def __init__(self, view: GridCanvas) -> None:
        self._view = view
        self._zoomed = 0
        self._pinched = 0.0

    def turned(self, event: QWheelEvent) -> bool:
        """Takes Ctrl+wheel and Shift+wheel; False leaves plain scrolling to the view."""
        modifiers, turn = event.modifiers(), event.angleDelta()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._zoomed += turn.y()
            steps = int(self._zoomed / NOTCH)
            self._zoomed -= steps * NOTCH
            for _ in range(abs(steps)):
                self._view.zoom_step(1 if steps > 0 else -1, event.position().y())
            event.accept()
            return True
        self._zoomed = 0
        if modifiers & Qt.KeyboardModifier.ShiftModifier and turn.y() and not turn.x():
            bar = self._view.horizontalScrollBar()
            pixels = event.pixelDelta().y() or round(turn.y() / NOTCH * bar.singleStep())
            bar.setValue(bar.value() - pixels)
            event.accept()
            return True
        return False

    def pinched(self, event: QNativeGestureEvent) -> bool:
        """A pinch on a touchpad zooms around the fingers."""
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._pinched += event.value()
        if abs(self._pinched) >= PINCH:
            direction = 1 if self._pinched > 0 else -1
            self._pinched = 0.0
            self._view.zoom_step(direction, event.position().y())
        return True
