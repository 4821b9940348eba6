"""Turning pages with the wheel: one notch, one page, and no flying through the year."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

NOTCH = 120
"""Eighths of a degree of one notch."""

SWIPE = 360
"""The same for what comes in crumbs: two fingers on a touchpad cover a notch by merely resting."""


class Notches:
    """Adds up the parts of a turn; another direction, or another stroke, begins anew."""

    def __init__(self) -> None:
        self._sum = 0

    def pages(self, event: QWheelEvent) -> int:
        """How many pages to turn for this event, forward when positive; mostly 0 on a touchpad."""
        turn = -event.angleDelta().y()
        if event.phase() is Qt.ScrollPhase.ScrollBegin or turn * self._sum < 0:
            self._sum = 0
        if event.phase() is Qt.ScrollPhase.ScrollMomentum:
            return 0
        self._sum += turn
        step = NOTCH if turn % NOTCH == 0 else SWIPE
        pages = int(self._sum / step)
        self._sum -= pages * step
        return pages
