"""How the program ends: with a last backup, also where the computer asks for the end.

A log-off of the desktop and a shutdown come as ``commitDataRequest``, before which nobody's
programs are ended, or as SIGTERM. Neither leaves time for questions: the copy is made within a
limit, and what is typed in open forms goes with the window, as drafts do that are never saved.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QSocketNotifier, Signal
from PySide6.QtGui import QGuiApplication

from clinic_desk.ui.main_window.locking import locking_of
from clinic_desk.ui.runtime.system_bus import SystemBus

if TYPE_CHECKING:
    from clinic_desk.ui.backup.leaving import Leaving
    from clinic_desk.ui.main_window.window import MainWindow

LOG_OFF = 20_000
"""Milliseconds that a log-off waits for the last backup: systems give half a minute."""

Shown = Callable[[], "MainWindow | None"]


def leave(
    window: MainWindow | None, then: Callable[[], None], limit: int | None = None
) -> Leaving | None:
    """The last backup is made where the clinic wants one, then ``then`` is called, at the latest
    after ``limit`` milliseconds; without one after as long as somebody may like to wait. Answers
    what makes it."""
    if window is None or window.maintenance is None or not window.settings.get("backup.at_exit"):
        then()
        return None
    from clinic_desk.ui.backup.leaving import LIMIT, Leaving
    from clinic_desk.ui.backup.plan import plan_of

    for one in window.findChildren(Leaving):
        if one.begun and not one.over:  # the window was closed already
            one.hurry(limit or LIMIT, then)
            return one
    backups = window.maintenance.backups
    leaving = Leaving(
        window.context.theme,
        backups,
        plan_of(window.settings),
        then,
        limit or LIMIT,
        window.context.operations.written,
    )
    leaving.setParent(window)
    leaving.start()
    return leaving


def close(window: MainWindow | None, then: Callable[[], None], limit: int | None = None) -> None:
    """The program ends: what is due is sent, for seconds at most, then ``leave``."""
    finish = window.sending.finish(window) if window is not None else None
    if window is None or finish is None:
        leave(window, then, limit)
        return
    from clinic_desk.ui.main_window import last_messages

    def sent() -> None:
        leave(window, then, limit)

    last_messages.begin(window.context.theme, finish, sent)


def end(app: QCoreApplication) -> None:
    """Whatever a window would still like to ask: who ends the program from outside cannot
    answer."""
    app.quit()  # the windows close as always, and what one refuses ends with it
    app.exit(0)


class Endings(QObject):
    """Listens to the computer until ``stop``. ``quit_`` ends the program."""

    def __init__(self, shown: Shown, quit_: Callable[[], None]) -> None:
        super().__init__()
        self._shown, self._quit = shown, quit_
        self.bus = SystemBus(self)
        self.bus.away.connect(self.lock)
        self.bus.listen()
        self._terminated = Terminated(self)
        self._terminated.asked.connect(self.terminate)
        self._app = app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.commitDataRequest.connect(self.log_off)

    def stop(self) -> None:
        if isinstance(self._app, QGuiApplication):
            self._app.commitDataRequest.disconnect(self.log_off)
        self._terminated.stop()
        self.deleteLater()

    def lock(self, why: str) -> None:
        """The computer sleeps, or its screen is locked (why: "sleep", "key")."""
        window = self._shown()
        locking = locking_of(window) if window is not None else None
        if locking is not None and locking.entered:
            locking.lock(why)

    def log_off(self, _manager: Any = None) -> None:
        """The desktop waits until this returns. It may change its mind afterwards, so the window
        stays."""
        loop, over = QEventLoop(), []

        def then() -> None:
            over.append(True)
            loop.quit()

        leave(self._shown(), then, LOG_OFF)
        if not over:
            loop.exec()

    def terminate(self) -> None:
        close(self._shown(), self._quit, LOG_OFF)


class Terminated(QObject):
    """``asked`` when the process is sent SIGTERM, SIGHUP or Ctrl+C. Python's own handler would come
    to its turn only with the next thing that Qt has Python do, and end it in the middle of that; it
    is left to a second Ctrl+C, whoever sends one knows why."""

    asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before: dict[int, Any] = {}
        if os.name != "posix":
            return
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._look)
        try:
            self._wakeup = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        except ValueError:  # not the main thread, whose business signals are
            return
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as "nohup" has it
                self._before[number] = signal.signal(number, self._heard)

    def stop(self) -> None:
        """Whoever answered before does so again."""
        if os.name != "posix":
            return
        if self._before:
            signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    def _heard(self, number: int, _frame: object) -> None:
        if number == signal.SIGINT:
            signal.signal(number, self._before[number])

    def _look(self) -> None:
        with suppress(BlockingIOError):
            if set(self._read.recv(64)) & set(self._before):
                self.asked.emit()
