"""What time does to a drag: scrolling at the edges, turning the day beyond them, and the pace at
which verdicts are spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QPoint, Qt, QTimer, Signal

from clinic_desk.ui.geometry.gesture_math import TURN_ZONE, AutoScroll
from clinic_desk.ui.widgets.announce import announce

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.grid_view import TimeGridView

FRAME = 16
QUIET = 300
"""Milliseconds between two spoken verdicts."""

TURN_DELAY = 700
"""Milliseconds that a drag rests at the view's edge before the day turns, and between turns."""


class EdgeScroller(QObject):
    """Scrolls the grid; ``turned`` carries ±1 when the day should change. Runs a timer
    only between ``start`` and ``stop``; ``paused`` while the pointer is over something else."""

    turned = Signal(int)

    def __init__(self, grid: TimeGridView, parent: QObject) -> None:
        super().__init__(parent)
        self._grid = grid
        self._scroll = AutoScroll()
        self._clock = QElapsedTimer()
        self._clock.start()
        self._at = QPoint()
        self._rest = (0.0, 0.0)
        self._last_turn = 0.0
        self._turns = False
        self.paused = False
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._frame)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def start(self, x: float, y: float, *, turns: bool) -> None:
        """The drag began at that viewport position; ``turns`` lets the edges change the day."""
        self._scroll.begin(x, y)
        self._turns = turns
        self._last_turn = self._now()
        self._timer.start()

    def moved(self, at: QPoint, *, outside: bool = False) -> None:
        """The pointer is there; ``outside`` the grid nothing scrolls, and no edge is rested at: who
        comes back from the month or from › passes an edge on the way."""
        self._at = at
        self.paused = outside
        if outside:
            self._scroll.left()
        else:
            self._scroll.moved(at.x(), at.y(), *self._extent(), self._now())

    def stop(self) -> None:
        self._timer.stop()

    def _extent(self) -> tuple[int, int]:
        size = self._grid.viewport().size()
        return size.width(), size.height()

    def _now(self) -> float:
        return float(self._clock.elapsed())

    def _frame(self) -> None:
        if self.paused:
            return
        now, at = self._now(), self._at
        speed = self._scroll.speed(at.x(), at.y(), *self._extent(), now)
        x = self._rest[0] + speed.x * FRAME / 1000
        y = self._rest[1] + speed.y * FRAME / 1000
        self._rest = (x - int(x), y - int(y))
        bars = (self._grid.horizontalScrollBar(), self._grid.verticalScrollBar())
        before = [bar.value() for bar in bars]
        self._grid.scroll_by(int(x), int(y))
        if self._turns and before == [bar.value() for bar in bars]:
            self._turn(now)

    def _turn(self, now: float) -> None:
        width = self._extent()[0]
        mirrored = self._grid.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for edge, inside, step in (
            ("left", self._at.x() < TURN_ZONE, -1),
            ("right", self._at.x() >= width - TURN_ZONE, 1),
        ):
            rested = min(self._scroll.resting(edge, now), now - self._last_turn)
            if inside and rested >= TURN_DELAY:
                self._last_turn = now
                self.turned.emit(-step if mirrored else step)


class Voice(QObject):
    """Announces the newest words, at most one in 300 ms and never the same twice in a row.
    ``said`` repeats each announcement for whoever shows it."""

    said = Signal(str)

    def __init__(self, source: QObject, parent: QObject) -> None:
        super().__init__(parent)
        self._source = source
        self._words = ""
        self._last = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET)
        self._timer.timeout.connect(self._speak)

    def say(self, words: str) -> None:
        self._words = words
        if words and words != self._last and not self._timer.isActive():
            self._timer.start()

    def now(self, words: str, *, urgent: bool = False) -> None:
        """Results and refusals do not wait."""
        self._timer.stop()
        self._last = words
        announce(self._source, words, urgent=urgent)
        self.said.emit(words)

    def hush(self) -> None:
        self._timer.stop()
        self._last = ""

    def _speak(self) -> None:
        if self._words and self._words != self._last:
            self.now(self._words)
