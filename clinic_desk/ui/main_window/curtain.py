"""F12: the curtain over every name on the screen, drawn by hand or when nobody is at the desk.

Drawn by hand it is lifted by the same key, in any window or dialog. Drawn by itself it is lifted
by the first key or click, which does nothing else: nobody presses what they cannot read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.services.outcome import Changes
from clinic_desk.services.views import PatientIdentity
from clinic_desk.ui.runtime.locked import LOCK
from clinic_desk.ui.runtime.privacy import CURTAIN, KnownPeople
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.masking import Masking, Sheet

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries
    from clinic_desk.ui.main_window.window import MainWindow

LOOK_MS = 5000
"""How often it is looked at whether somebody is at the desk."""

WORDS = "Curtain on – F12"
TITLE = " – curtain on"

_USE = frozenset(
    {
        QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove,
        QEvent.Type.Wheel, QEvent.Type.TouchBegin,
    }
)  # fmt: skip


def toggle(window: MainWindow) -> None:
    curtain_of(window).toggle()


def curtain_of(window: MainWindow) -> Curtain:
    """The window's; made when first asked for."""
    found = window.findChild(Curtain)
    return found if found is not None else Curtain(window)


class Curtain(QObject):
    """``seconds`` is a clock that only goes forward, whatever the wall clock does."""

    def __init__(self, window: MainWindow, seconds: Callable[[], float] = time.monotonic) -> None:
        super().__init__(window)
        self._window, self.seconds = window, seconds
        self._masking = Masking(window.context.theme, self._pressed, self)
        self._sheets: list[Sheet] = []
        self._used = seconds()
        self._watched: list[QWindow] = []
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.look)
        CURTAIN.changed.connect(self._changed)
        window.context.operations.changed.connect(self._on_changes)
        window.closed.connect(self.stop)
        window.roster.changed.connect(self._mark)
        # an open menu counts as a window of its own and has no handle that is known beforehand
        key = window.actions_["privacy.curtain"]
        key.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._watch)
        self._watch(window.windowHandle())
        self._watch(QGuiApplication.focusWindow())
        self._look.start()
        self._mark()

    def toggle(self) -> None:
        if CURTAIN.on:
            CURTAIN.lift()
        else:
            CURTAIN.draw()

    def look(self) -> None:
        """Draws it when nobody has touched a key or the mouse for the minutes of this desk."""
        minutes = self._window.settings.get("curtain.minutes")
        idle = self.seconds() - self._used
        if minutes and not CURTAIN.on and not LOCK.on and idle >= minutes * 60:
            CURTAIN.draw(by_itself=True)

    def stop(self) -> None:
        """The window has gone."""
        if not self._look.isActive():
            return
        self._look.stop()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.disconnect(self._watch)
        for handle in self._watched:
            if _alive(handle):  # a menu's or a dialog's has gone with it
                handle.removeEventFilter(self)
        self._watched.clear()
        CURTAIN.lift()
        CURTAIN.changed.disconnect(self._changed)

    # who is at the desk

    def _watch(self, handle: QWindow | None) -> None:
        """Keys and clicks come through these few objects: nothing else is slowed."""
        if handle is not None and handle not in self._watched:
            self._watched = [one for one in self._watched if _alive(one)]
            self._watched.append(handle)
            handle.installEventFilter(self)

    def eventFilter(self, handle: QObject, event: QEvent) -> bool:  # noqa: N802, ARG002
        if event.type() not in _USE:
            return False
        self._used = self.seconds()
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and self._is_own(event)
            and QApplication.activeWindow() is not self._window
        ):
            # the window's own shortcut does not reach a dialog that has the keys to itself
            if not event.isAutoRepeat():
                self.toggle()
            return True
        return False

    def _is_own(self, event: QKeyEvent) -> bool:
        pressed = QKeySequence(event.keyCombination())
        return pressed in self._window.actions_["privacy.curtain"].shortcuts()

    def _pressed(self, event: QEvent) -> bool:
        """While it is on: what lifts it does nothing else."""
        self._used = self.seconds()
        if not CURTAIN.by_itself:
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # so that the key itself comes and not what it would have opened
        elif event.type() is not QEvent.Type.MouseButtonRelease:
            # a shortcut comes behind its key: it is kept off as well
            QTimer.singleShot(0, self, CURTAIN.lift)
        return True

    # drawing and lifting

    def _changed(self, on: bool) -> None:
        self._mark()
        if on:
            _close_popups()
            self._sheets = [
                Sheet(self._window.context.theme, one, WORDS)
                for one in QApplication.topLevelWidgets()
                if one.isVisible() and _covered(one)
            ]
            self._read()
        else:
            self._masking.end()
            self._clear()
            self._redraw()
        announce(self._window, "Curtain on. F12 lifts it." if on else "Curtain lifted.")

    def _read(self) -> None:
        def known(people: KnownPeople) -> None:
            if CURTAIN.on:
                first = not CURTAIN.knows
                CURTAIN.know(people)
                self._masking.begin()
                if first:
                    self._redraw()
                self._clear()

        # whose names are not known cannot be found in words: everything stays covered then
        self._window.context.operations.ask(
            _everybody, done=known, failed=lambda _error: None, key="curtain"
        )

    def _clear(self) -> None:
        for sheet in self._sheets:
            if _alive(sheet):
                sheet.hide()
                sheet.deleteLater()
        self._sheets = []

    def _redraw(self) -> None:
        """Everything is told anew from the store; what is painted is painted anew."""
        window = self._window
        window.page.grid().set_private(CURTAIN.on)
        window.page.month.redraw()
        window.context.operations.announce_external()
        window.undoing.refresh()
        for widget in QApplication.allWidgets():
            widget.update()

    def _mark(self) -> None:
        window = self._window
        window.actions_["privacy.curtain"].setChecked(CURTAIN.on)
        window.status.show_curtain(WORDS if CURTAIN.on else "")
        title = window.windowTitle().removesuffix(TITLE)
        window.setWindowTitle(f"{title}{TITLE}" if CURTAIN.on else title)

    def _on_changes(self, changes: Changes) -> None:
        if CURTAIN.on and "patient" in changes.kinds:
            self._read()


def _everybody(queries: Queries) -> KnownPeople:
    people: list[PatientIdentity] = queries.patient_identities()
    return KnownPeople(
        ((one.last_name, one.first_name, one.birth_date) for one in people),
        (number for one in people for number in (one.record_number, *one.other_numbers)),
    )


def _close_popups() -> None:
    """A menu's submenus first: each lies over the one it came from."""
    popup = QApplication.activePopupWidget()
    while popup is not None:
        popup.close()
        below = QApplication.activePopupWidget()
        popup = below if below is not popup else None


def _covered(window: QWidget) -> bool:
    kinds = (Qt.WindowType.Window, Qt.WindowType.Dialog, Qt.WindowType.Sheet, Qt.WindowType.Tool)
    return window.windowType() in kinds


def _alive(one: QObject) -> bool:
    from shiboken6 import isValid

    return isValid(one)
