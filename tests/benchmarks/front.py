"""The real window on a real demo clinic, driven as a person would drive it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_desk.app import demo_store
from clinic_desk.app.clock import ShiftedClock
from clinic_desk.app.container import Container, build
from clinic_desk.app.start import MORNING
from clinic_desk.domain.appointments import Status
from clinic_desk.services.views import Cell
from clinic_desk.ui import application
from clinic_desk.ui.look import style
from clinic_desk.ui.look.assets import Assets
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.runtime.collecting import Collecting

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


class Front:
    """One window and the hands on it."""

    def __init__(self, window: MainWindow, container: Container) -> None:
        self.window = window
        self.container = container

    def wait(self, until: Callable[[], object], seconds: float = 30.0) -> float:
        """Milliseconds until it was so; the event loop runs meanwhile."""
        started = time.perf_counter()
        while not until():
            QApplication.processEvents()
            time.sleep(0.0002)
            assert time.perf_counter() - started < seconds, "it never came"
        return (time.perf_counter() - started) * 1000

    def pause(self, milliseconds: int) -> None:
        """The event loop runs as it does in the program: it sleeps when there is nothing to do.
        ``QTest.qWait`` would itself stay away from it for up to ten milliseconds."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def cells(self) -> list[Cell]:
        data = self.window.page.grid().slice
        return list(data.cells) if data is not None else []

    def movable(self) -> Cell:
        """A booked visit of the afternoon."""
        now = self.container.clock.now()
        return next(c for c in self.cells() if c.status is Status.SCHEDULED and c.start > now)

    def type(self, text: str, pause: int, after: Callable[[], None] = lambda: None) -> None:
        """Into the search field, key by key, ``pause`` milliseconds apart."""
        search = self.window.search
        search.start()
        for letter in text:
            QTest.keyClicks(search.edit, letter)
            after()
            self.pause(pause)
        QTest.keyClick(search.edit, Qt.Key.Key_Escape)

    def drag(self, steps: int, pause: int) -> None:
        """A visit to the columns beside it, up and down, and Esc: nothing is changed."""
        grid = self.window.page.grid()
        cell = self.movable()
        grid.focus_cell(cell.id)
        self.pause(pause)
        rect = grid.cell_rect(cell.id)
        assert rect is not None
        area, at = grid.viewport(), rect.center()
        QTest.mousePress(area, LEFT, PLAIN, at)
        wide, high = area.width() - 60, area.height() - 60
        for step in range(steps):
            spot = QPoint(30 + (at.x() + step * 23) % wide, 30 + (at.y() + step * 11) % high)
            QTest.mouseMove(area, spot)
            self.pause(pause)
        QTest.keyClick(grid, Qt.Key.Key_Escape)
        QTest.mouseRelease(area, LEFT, PLAIN, at)


@contextmanager
def opened(folder: Path, size: tuple[int, int] = (1366, 768)) -> Iterator[Front]:
    """A fresh demo clinic on the morning of the tour, its day painted."""
    app = application.application(["clinic-desk"])
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        clock = ShiftedClock(MORNING)
        demo_store.make(Path(scratch), None, clock)
        container = build(Path(scratch), clock=clock)
        theme = Theme(Assets(container.resources), "light")
        style.apply(app, theme)
        window = application.build_window(container, theme)
        front = Front(window, container)
        collecting = Collecting(window)
        try:
            window.resize(*size)
            window.show()
            window.activateWindow()
            front.wait(lambda: front.cells() and len(window.page.grid().surface.tiles))
            collecting.start()  # as the program does when it has settled
            yield front
        finally:
            application.shut(window)
            QApplication.processEvents()
            container.close()
            collecting.stop()
