"""The opaque page over a locked window: nothing below it can be seen, heard, pressed or reached.

What was open stays as it was: dialogs are taken off the screen with whatever was typed in them and
come back in their places, and so does the keyboard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QWidget
from shiboken6 import isValid

from clinic_desk.ui.geometry.gesture_machine import CancelCause
from clinic_desk.ui.runtime.locked import LOCK
from clinic_desk.ui.widgets.sealed import Sealed

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow

TITLE = "Locked"
PUBLIC = "public"
"""The property of a window that may be read by anybody: the wall screen."""

MOST_POPUPS = 8


@dataclass(slots=True)
class Aside:
    """A dialog that waits until the window is unlocked."""

    dialog: QWidget
    place: QPoint


@dataclass(slots=True)
class Caret:
    """The field that had the keyboard, and what was marked in it."""

    widget: QWidget
    start: int = -1
    length: int = 0
    at: int = 0

    @staticmethod
    def of(widget: QWidget) -> Caret:
        if not isinstance(widget, QLineEdit):
            return Caret(widget)  # longer texts keep theirs by themselves
        chosen = widget.selectedText()
        return Caret(widget, widget.selectionStart(), len(chosen), widget.cursorPosition())

    def back(self) -> bool:
        """False when the field is gone, or not to be seen."""
        widget = self.widget
        if not isValid(widget) or not widget.isVisible():
            return False
        widget.window().activateWindow()
        widget.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        if isinstance(widget, QLineEdit):
            if self.length and self.at == self.start:
                widget.setSelection(self.start + self.length, -self.length)
            elif self.length:
                widget.setSelection(self.start, self.length)
            else:
                widget.setCursorPosition(self.at)
        return True


class Cover(QObject):
    def __init__(self, window: MainWindow, page: QWidget) -> None:
        super().__init__(window)
        self._window, self.page = window, page
        self._caret: Caret | None = None
        self._aside: list[Aside] = []
        self._title = ""
        self.on = False
        page.hide()
        window.installEventFilter(self)

    @property
    def dialogs(self) -> list[QWidget]:
        """What is open below it."""
        return [one.dialog for one in self._aside if isValid(one.dialog)]

    def draw(self) -> None:
        if self.on:
            return
        self.on = True
        window = self._window
        _let_go(window)
        focus = QApplication.focusWidget() or window.focusWidget()
        self._caret = Caret.of(focus) if focus is not None else None
        self._title = window.windowTitle()
        window.setWindowTitle(TITLE)
        self._content.sealed = True
        self._fit()
        self.page.show()
        self.page.raise_()
        # told as another window's, so that fields keep what is marked in them
        self.page.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        self._content.hide()
        if window.isVisible():
            self._engage()

    def _engage(self) -> None:
        """The covered window is on the screen: from now on nothing else opens, rings or speaks."""
        LOCK.close(self.page)
        for dialog in QApplication.topLevelWidgets():
            if not self._hides(dialog):
                continue
            if dialog.isVisible():
                self._put_aside(dialog)
            else:
                _unlist(dialog)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)
        self.page.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def _disengage(self) -> None:
        """Another window is on the screen; what lies below this page stays there."""
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        if LOCK.page is self.page:
            LOCK.open()

    def lift(self) -> None:
        if not self.on:
            return
        self.on = False
        window = self._window
        self._disengage()
        self._content.sealed = False
        self._content.show()
        self.page.hide()
        window.setWindowTitle(self._title)
        aside, self._aside = self._aside, []
        for one in aside:
            if isValid(one.dialog):
                one.dialog.show()
                one.dialog.move(one.place)
        caret, self._caret = self._caret, None
        if (caret is None or not caret.back()) and not aside:
            window.centre.focus_page()

    @property
    def _content(self) -> Sealed:
        content = self._window.centralWidget()
        assert isinstance(content, Sealed)
        return content

    # while it is on

    def eventFilter(self, one: QObject, event: QEvent) -> bool:  # noqa: N802
        kind = event.type()
        if one is self._window:
            if kind is QEvent.Type.Resize:
                self._fit()
            elif kind is QEvent.Type.Show and self.on and not event.spontaneous():
                self._engage()
                # the window gives the keyboard to its calendar when it comes
                QTimer.singleShot(0, self.page, self._take_keyboard)
            elif kind is QEvent.Type.Hide and self.on and not event.spontaneous():
                self._disengage()
            elif kind is QEvent.Type.WindowTitleChange and self.on:
                self._keep_title()
            return False
        if not self.on:
            return False
        if kind is QEvent.Type.Shortcut:
            return not self._ours(one)
        if kind is QEvent.Type.Show and isinstance(one, QWidget) and self._hides(one):
            # it is not drawn even once
            one.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
            QTimer.singleShot(0, one, lambda: self._put_aside(one))
        return False

    def _keep_title(self) -> None:
        """What the window would be called now waits until it is unlocked."""
        title = self._window.windowTitle()
        if title != TITLE:
            self._title = title
            self._window.setWindowTitle(TITLE)

    def _put_aside(self, dialog: QWidget) -> None:
        if not self.on:
            dialog.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
            return
        place = dialog.pos()
        dialog.hide()
        dialog.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
        _unlist(dialog)
        if all(one.dialog is not dialog for one in self._aside):
            self._aside.append(Aside(dialog, place))
        self._window.activateWindow()
        self.page.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def _hides(self, widget: QWidget) -> bool:
        kinds = (
            Qt.WindowType.Window,
            Qt.WindowType.Dialog,
            Qt.WindowType.Sheet,
            Qt.WindowType.Tool,
        )
        if not widget.isWindow() or widget.windowType() not in kinds or widget.property(PUBLIC):
            return False
        from clinic_desk.ui.main_window.window import MainWindow

        return not isinstance(widget, MainWindow) and not self._ours(widget)

    def _ours(self, one: QObject | None) -> bool:
        while one is not None:
            if one is self.page:
                return True
            one = one.parent()
        return False

    def _take_keyboard(self) -> None:
        """Unless somebody types on the page already: then it stays in their field."""
        if self.on and not self._ours(QApplication.focusWidget()):
            self.page.setFocus()

    def _fit(self) -> None:
        self.page.setGeometry(self._window.rect())
        if self.on:
            self.page.raise_()


def _unlist(dialog: QWidget) -> None:
    """Assistive technology is told of hidden windows too, with all their words, for as long as they
    have a place with the window system; they get a new one when they are shown again."""
    if dialog.windowHandle() is not None:
        dialog.destroy()


def _let_go(window: MainWindow) -> None:
    """Whatever is carried goes back to its place, menus and lists close, nothing is explained."""
    window.page.gestures.cancel(CancelCause.SCREEN_LOCKED)
    for _ in range(MOST_POPUPS):
        popup = QApplication.activePopupWidget()
        if popup is None:
            break
        popup.close()
    QToolTip.hideText()
