"""A bug becomes a line of the log without patient detail and one plain dialog at a time."""

from __future__ import annotations

import logging
import sys
import threading
from traceback import clear_frames
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.ui.runtime.reporting import report

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

log = logging.getLogger("clinic_desk.ui.application")


class Unexpected(QObject):
    """On top of ``window``; ``remove`` it when the program ends."""

    _came = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.window: QWidget | None = None
        self._box: QMessageBox | None = None
        self._hook, self._thread_hook = sys.excepthook, threading.excepthook
        self._came.connect(self._show, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread

    def remove(self) -> None:
        sys.excepthook, threading.excepthook = self._hook, self._thread_hook

    def _caught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.exit(130)
            return
        report(log, "unexpected", error.with_traceback(trace))
        # What the broken call held is let go: a painter that outlives its paint event ends the
        # process.
        clear_frames(trace)
        self._came.emit(error)

    def _caught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            report(log, "unexpected in a thread", args.exc_value)
            self._came.emit(args.exc_value)

    def _show(self, _error: BaseException) -> None:
        if self._box is not None:
            return
        from PySide6.QtWidgets import QMessageBox

        box = QMessageBox(self.window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Clinic Desk")
        box.setText("Something went wrong inside the program.")
        box.setInformativeText(
            "What was saved is safe, and you can go on. If it happens again, restart the program "
            "and send its log file to whoever looks after it; the file holds no patient details."
        )
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.destroyed.connect(self._forget)
        self._box = box
        box.open()

    def _forget(self) -> None:
        self._box = None
