"""Watches the whole application while something is carried: Esc anywhere, Ctrl and Shift while
the pointer rests, focus lost, and for pick-and-place the clicks on other widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.ui.geometry.gesture_machine import CancelCause, Means

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.gestures import GestureController

_HELD = frozenset({Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta})


class InputWatch(QObject):
    """An event filter on the application, installed only between ``start`` and ``stop``."""

    def __init__(self, controller: GestureController) -> None:
        super().__init__(controller)
        self._controller = controller
        self._on = False

    def start(self) -> None:
        app = QApplication.instance()
        if app is not None and not self._on:
            app.installEventFilter(self)
            self._on = True

    def stop(self) -> None:
        app = QApplication.instance()
        if app is not None and self._on:
            app.removeEventFilter(self)
            self._on = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        controller, kind = self._controller, event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            return False
        if kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return isinstance(event, QKeyEvent) and self._key(event, kind)
        if kind == QEvent.Type.ApplicationStateChange:
            if QApplication.applicationState() is not Qt.ApplicationState.ApplicationActive:
                self._lost()
            return False
        if kind in (QEvent.Type.WindowDeactivate, QEvent.Type.Hide):
            window = controller.grid.window()
            if watched is window or (kind == QEvent.Type.Hide and watched is controller.grid):
                self._lost()
            return False
        if isinstance(event, QMouseEvent) and isinstance(watched, QWidget):
            return self._mouse(watched, event, kind)
        return False

    def _key(self, event: QKeyEvent, kind: QEvent.Type) -> bool:
        controller = self._controller
        if event.key() == Qt.Key.Key_Escape and kind == QEvent.Type.KeyPress:
            controller.cancel(CancelCause.ESCAPE)
            return True
        if event.key() in _HELD:
            now = event.modifiers()
            flag = {
                Qt.Key.Key_Control: Qt.KeyboardModifier.ControlModifier,
                Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
                Qt.Key.Key_Alt: Qt.KeyboardModifier.AltModifier,
                Qt.Key.Key_Meta: Qt.KeyboardModifier.MetaModifier,
            }[Qt.Key(event.key())]
            # The event of the modifier itself carries the state before it on some platforms.
            now = now | flag if kind == QEvent.Type.KeyPress else now & ~flag
            controller.modifiers_changed(now)
        return False

    def _lost(self) -> None:
        if self._controller.gesture.means in (Means.DRAG, Means.TOUCH):
            self._controller.cancel(CancelCause.FOCUS_LOST)

    def _mouse(self, watched: QWidget, event: QMouseEvent, kind: QEvent.Type) -> bool:
        """Pick-and-place outside the viewport: hover and the placing click."""
        controller = self._controller
        if controller.gesture.means not in (Means.PICK, Means.KEYS):
            return False
        if watched is controller.grid.viewport() or watched.window() is not (
            controller.grid.window()
        ):
            return False
        at = event.globalPosition().toPoint()
        droppable = controller.droppable(at)
        if kind == QEvent.Type.MouseMove and controller.gesture.means is Means.PICK:
            if droppable:
                controller.point(at, event.modifiers())
            return False
        if kind == QEvent.Type.MouseButtonPress and droppable:
            if event.button() is Qt.MouseButton.LeftButton:
                controller.place_at(at, event.modifiers())
                return True
            if event.button() is Qt.MouseButton.RightButton:
                controller.cancel(CancelCause.RIGHT_BUTTON)
                return True
        return False
