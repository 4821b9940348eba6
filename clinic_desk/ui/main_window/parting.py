"""Closing the program while something typed waits at this desk: whoever closes it is asked first.

An open dialog keeps its own window from closing, and a page asks for what was typed in it. Behind
the log-in page neither can, and the windows of others are not to be seen at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from clinic_desk.ui.main_window.locking import locking_of

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow


class Parting(QObject):
    """Of one window. ``waiting`` names those who have something open at this desk that the window
    itself cannot ask for."""

    def __init__(self, window: MainWindow, waiting: Callable[[], list[str]]) -> None:
        super().__init__(window)
        self._window, self._waiting = window, waiting
        self._agreed = False
        window.installEventFilter(self)

    def eventFilter(self, one: QObject, event: QEvent) -> bool:  # noqa: N802
        if one is not self._window or event.type() is not QEvent.Type.Close or self._agreed:
            return False
        window = self._window
        if not _locked(window) and not window.centre.may_leave():
            window.centre.when_left(window.close)
            event.ignore()
            return True
        names = self._waiting()
        if not names:
            return False
        event.ignore()
        self._ask(names)
        return True

    def _ask(self, names: list[str]) -> None:
        from clinic_desk.ui.main_window.parting_dialog import PartingDialog  # seldom needed
        from clinic_desk.ui.widgets.announce import announce

        window, locking = self._window, locking_of(self._window)
        locked = locking is not None and locking.on
        # behind a locked screen nothing but what belongs to its page can be seen
        above: QWidget = locking.page if locking is not None and locked else window
        if above.findChildren(PartingDialog):
            return
        way_out = "Unlock it to go on." if locked else "They go on with it when they log in."
        sentence = (
            f"{_listed(names)} left something open at this desk that is not saved yet. {way_out} "
            "Closing the program drops it."
        )
        dialog = PartingDialog(window.context.theme, sentence, above)
        dialog.agreed.connect(self._close)
        dialog.open()
        announce(dialog, sentence, urgent=True)

    def _close(self) -> None:
        self._agreed = True
        self._window.centre.given_up = _locked(self._window)
        self._window.close()


def has_unsaved(window: MainWindow) -> bool:
    """Whether something is open in a locked window that would be lost with it."""
    locking = locking_of(window)
    if locking is None or not locking.entered or not locking.on:
        return False
    return bool(locking.cover.dialogs) or not window.centre.may_leave()


def _locked(window: MainWindow) -> bool:
    locking = locking_of(window)
    return locking is not None and locking.on


def _listed(names: Iterable[str]) -> str:
    """ "Maria", "Maria and Tom", "Maria, Tom and Lina"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
