"""Garbage is collected on the main thread alone.

Python collects on whichever thread happens to reach the threshold. A store thread that found a
closed dialog in a cycle would destroy its widgets and timers there, while the main thread paints:
now and then that ends the process.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY = 400
"""Milliseconds between two looks."""

YOUNG = 2000
"""Objects that have come to stay, as far as one knows; fewer are not worth a look."""

GROWTH = 4
"""Everything is looked through when a quarter has been added to it."""


class Collecting(QObject):
    """From its making to ``stop`` no other thread collects; from ``start`` on this one does."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._kept = self._added = 0
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """What is loaded by now is never garbage and is not looked at: looking through all of it
        takes fifty milliseconds, through the rest a few."""
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        gc.enable()

    def look(self) -> None:
        """As Python would by itself, the younger the oftener."""
        young, middle, old = gc.get_count()
        if young < YOUNG:
            return
        _, often, seldom = gc.get_threshold()
        self._added += young
        if middle < often:
            gc.collect(0)
        elif old < seldom or self._added * GROWTH < self._kept:
            gc.collect(1)
        else:
            gc.collect()
            self._kept, self._added = tracked(), 0


def tracked() -> int:
    """How many objects the collector knows. Counted without a step of the interpreter in between:
    while the list of them stands, a tuple that another thread is just building has a second owner,
    and that thread would fail with a ``SystemError``."""
    return next(map(len, map(gc.get_objects, (None,))))
