"""Who has no hurry gives way to the window.

Python runs one thread at a time. A frame that takes twenty milliseconds takes sixty when two other
threads compute meanwhile, however short their turns are. What sends messages can wait for a moment
in which the event loop has nothing to do; somebody who drags a visit can not.
"""

from __future__ import annotations

from threading import Event

from PySide6.QtCore import QObject, Qt, QTimer, Signal

LONGEST = 0.1
"""Seconds that anybody waits: a window that is never idle holds nothing up for good."""


class Courtesy(QObject):
    """Lives on the thread of the window. ``give_way`` may be called from any other one, and returns
    at once when ``stop`` was called."""

    _asked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._stopped = False
        self._idle = Event()
        # comes when no other event waits; the signals of the event loop itself say that it rests
        # while it hands out what it has found
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._idle.set)
        self._asked.connect(self._rest.start, Qt.ConnectionType.QueuedConnection)

    def give_way(self) -> None:
        """Until the window has nothing to do, ``LONGEST`` at most."""
        if self._stopped:
            return
        self._idle.clear()
        try:
            self._asked.emit()
        except RuntimeError:
            return  # the window went
        self._idle.wait(LONGEST)

    def stop(self) -> None:
        self._stopped = True
        self._rest.stop()
        self._idle.set()
