"""Watches the main thread: how long the event loop was away, and what it was doing then."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer

BEAT = 5
"""Milliseconds between two beats of the heart."""

LOOK = 0.01
"""Seconds between two looks of the sampling thread."""

SUSPICIOUS = 0.03
"""Seconds without a beat after which the stacks are written down."""


@dataclass(slots=True)
class Gap:
    """A stretch without a beat, in milliseconds beyond the beat itself. ``own`` is the processor
    time that this process spent in it: what is missing to ``wall``, the machine gave to others.
    ``main`` is the main thread's share."""

    wall: float
    own: float
    main: float
    doing: str = ""
    stack: tuple[str, ...] = ()

    @property
    def ours(self) -> float:
        """The part that this program can have caused."""
        return min(self.wall, self.own)


@dataclass
class Watchdog:
    """``start`` and ``stop`` on the main thread. ``doing`` names what is being driven.

    The beats are kept as plain tuples, which the garbage collector leaves alone: tens of thousands
    of objects would have it stop the program that is measured."""

    doing: str = ""
    rows: list[tuple[float, float, float, str, tuple[str, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._main = threading.main_thread().ident
        self._owner = QObject()
        self._timer = QTimer(self._owner)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self._beat)
        self._last = self._times()
        self._seen: tuple[str, ...] = ()
        self._running = False
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)

    def start(self) -> None:
        self._running = True
        self._last = self._times()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        self._running = False
        self._timer.stop()
        self._thread.join()

    def say(self, doing: str) -> None:
        self.doing = doing

    def _times(self) -> tuple[float, float, float]:
        return time.perf_counter(), time.process_time(), time.thread_time()

    def _beat(self) -> None:
        now = self._times()
        wall, own, main = ((a - b) * 1000 for a, b in zip(now, self._last, strict=True))
        self.rows.append((max(0.0, wall - BEAT), own, main, self.doing, self._seen))
        self._last, self._seen = now, ()

    def _look(self) -> None:
        while self._running:
            time.sleep(LOOK)
            if not self._seen and time.perf_counter() - self._last[0] > SUSPICIOUS:
                self._seen = self._stacks()

    def _stacks(self) -> tuple[str, ...]:
        """In one go and without keeping a frame: a frame that is held keeps its painter from
        ending with its paint event, which ends the process."""
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        own = threading.get_ident()
        found = []
        for ident, frame in sys._current_frames().items():
            if ident != own and (ident == self._main or _busy(frame)):
                name = "main" if ident == self._main else names.get(ident, "?")
                found.append(f"{name}: {_words(frame)}")
            del frame
        return tuple(sorted(found, key=lambda text: not text.startswith("main")))

    @property
    def beats(self) -> int:
        return len(self.rows)

    @property
    def gaps(self) -> list[Gap]:
        return [Gap(*row) for row in self.rows]


def _busy(frame: FrameType) -> bool:
    return frame.f_code.co_name not in ("wait", "_worker", "accept", "select")


def _words(frame: FrameType | None) -> str:
    """The innermost calls, innermost first."""
    calls = []
    while frame is not None and len(calls) < 6:
        code = frame.f_code
        calls.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return " < ".join(calls)
