"""Work that waits for a keyring or for another computer: a thread of its own for each, so that
neither the window nor what it reads has to wait."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.ui.runtime.reporting import report

T = TypeVar("T")
log = logging.getLogger(__name__)


class Errand(QObject):
    """One at a time counts: the answer of one that was dropped is not heard."""

    _posted = Signal(int, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._number = 0
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[ClinicDeskError], None],
    ) -> None:
        """``done`` or ``failed`` on the main thread."""
        self._number += 1
        number = self._number

        def go() -> None:
            try:
                answer = work()
            except ClinicDeskError as error:
                spoken = error  # the name of an exception is gone after its clause
                self._post(number, lambda: failed(spoken))
            except Exception as error:
                report(log, "bug in an errand of the settings", error)
                bug = Fault("bug", "Something went wrong inside the program.")
                self._post(number, lambda: failed(bug))
            else:
                self._post(number, lambda: done(answer))

        Thread(target=go, name="settings-errand", daemon=True).start()

    def drop(self) -> None:
        self._number += 1

    def _post(self, number: int, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the window may have gone
            self._posted.emit(number, call)

    @Slot(int, object)
    def _deliver(self, number: int, call: Callable[[], None]) -> None:
        if number == self._number:
            call()
