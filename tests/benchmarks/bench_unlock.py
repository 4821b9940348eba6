"""From Enter behind the right PIN to a usable day, beside the hash, which is slow on purpose.

The real window on a demo clinic with accounts; a hasher that counts its own time is laid around
the program's. Usable: the day's visits are painted and the grid has the keyboard.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.results import Result, within

ROUNDS, FRESH = 20, 6
BUDGET = 300.0
PIN = "2580"
TYPING = 600
"""Milliseconds in which somebody types a PIN."""


class Timed:
    """The program's hasher, and how long it took."""

    def __init__(self) -> None:
        from clinic_desk.integrations.passwords import Argon2Passwords

        self._inner = Argon2Passwords()
        self.seconds = 0.0

    def _timed(self, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds += time.perf_counter() - began

    def hash(self, secret: Any) -> str:
        return str(self._timed(lambda: self._inner.hash(secret)))

    def verify(self, phc: str, secret: Any) -> bool:
        return bool(self._timed(lambda: self._inner.verify(phc, secret)))

    def outdated(self, phc: str) -> bool:
        return self._inner.outdated(phc)


class Desk:
    """One start of the window on the clinic in ``data``."""

    def __init__(self, data: Path) -> None:
        from clinic_desk.app.container import build
        from clinic_desk.ui import application
        from clinic_desk.ui.front_door import FrontDoor
        from clinic_desk.ui.look import style
        from clinic_desk.ui.look.assets import Assets
        from clinic_desk.ui.look.theme import Theme
        from clinic_desk.ui.main_window.locking import locking_of
        from clinic_desk.ui.runtime.starting import Read

        self.app = application.application(["bench"])
        self.hasher = Timed()
        self.clinic = build(data, hasher=self.hasher)
        theme = Theme(Assets(self.clinic.resources))
        style.apply(self.app, theme)
        self.door = FrontDoor(
            self.clinic,
            lambda seat, values, roster: application.build_window(seat, theme, values, roster),
            Read.of(self.clinic),
        )
        self.window = self.door.open()
        self.window.resize(1366, 768)
        self.window.show()
        locking = locking_of(self.window)
        assert locking is not None
        self.locking = locking

    def usable(self) -> bool:
        grid = self.window.page.grid()
        return not self.locking.on and grid.hasFocus() and bool(len(grid.surface.tiles))

    def unlocked(self) -> float:
        """Milliseconds from Enter on, without the hash."""
        self.hasher.seconds = 0.0
        self.locking.page.secret.setText(PIN)
        began = time.perf_counter()
        self.locking.page.log_in()
        while not self.usable():
            self.app.processEvents()
        return (time.perf_counter() - began - self.hasher.seconds) * 1000

    def close(self) -> None:
        from clinic_desk.ui.application import shut

        self.door.end(shut)
        self.clinic.close()


def run(out: Path) -> list[Result]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtTest import QTest

    from clinic_desk.app import demo_store

    fresh: list[float] = []
    again: list[float] = []
    with tempfile.TemporaryDirectory(dir=out) as made:
        data = Path(made) / "clinic"
        demo_store.make(data, accounts=True)
        for number in range(FRESH):
            desk = Desk(data)
            while desk.window.page.grid().slice is None:
                QTest.qWait(10)
            QTest.qWait(TYPING)
            fresh.append(desk.unlocked())
            for _ in range(ROUNDS if number == FRESH - 1 else 0):
                desk.locking.lock()
                QTest.qWait(100)
                again.append(desk.unlocked())
            desk.close()
    return [
        within("first log-in to a usable day, beside the hash", fresh, BUDGET, at="p95"),
        within("unlock to a usable day, beside the hash", again, BUDGET, at="p95"),
    ]
