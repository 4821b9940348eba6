"""What the hands wait for in the real window (ux.md section 7), on the demo clinic, offscreen.

Each figure is the time from the key or the changed data to the painted picture, event loop and
reader threads included. The floor of the switches is painting one pixmap of the window's size.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtTest import QTest

from clinic_desk.services.commands import EditAppointment
from tests.benchmarks.front import LEFT, PLAIN, Front, opened
from tests.benchmarks.results import Result, within

ROUNDS = 25
SIZE = (1366, 768)


def painted(front: Front) -> None:
    """Everything that waits to be drawn, drawn now."""
    front.window.grab()


def floor() -> list[float]:
    source = QPixmap(*SIZE)
    source.fill(QColor("#FFFFFF"))
    target = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        painter = QPainter(target)
        painter.drawPixmap(0, 0, source)
        painter.end()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def verdicts(front: Front) -> list[float]:
    """One mouse move of a drag onto another cell, handled: state, judge, ghost's words."""
    grid = front.window.page.grid()
    cell = front.movable()
    grid.focus_cell(cell.id)
    QTest.qWait(50)
    rect = grid.cell_rect(cell.id)
    assert rect is not None
    area, at = grid.viewport(), rect.center()
    QTest.mousePress(area, LEFT, PLAIN, at)
    taken = []
    for step in range(80):
        spot = QPoint(60 + step * 37 % (area.width() - 80), 40 + step * 29 % (area.height() - 80))
        started = time.perf_counter()
        QTest.mouseMove(area, spot)
        taken.append((time.perf_counter() - started) * 1000)
        QTest.qWait(4)
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    QTest.mouseRelease(area, LEFT, PLAIN, at)
    QTest.qWait(300)
    return taken[3:]


def edited(front: Front) -> tuple[list[float], list[float]]:
    """From new data in hand to pixels, and from the command to pixels."""
    window, grid = front.window, front.window.page.grid()
    pixels, whole = [], []
    seen = Drawn()
    grid.viewport().installEventFilter(seen)
    for number in range(ROUNDS):
        cell = front.movable()
        text = f"Round {number}"
        command = EditAppointment(appointment_id=cell.id, values={"title": text})
        started = time.perf_counter()
        window.context.operations.run(command)
        front.wait(partial(_newer, front, cell.id, cell.revision))
        painted(front)
        whole.append((time.perf_counter() - started) * 1000)
        data, columns = grid.slice, grid.columns
        assert data is not None
        old = tuple(replace(c, note="") if c.id == cell.id else c for c in data.cells)
        grid.set_content(replace(data, cells=old), columns)
        QTest.qWait(10)
        seen.take()
        started = time.perf_counter()
        grid.set_content(data, columns)
        front.wait(seen.take)
        pixels.append((time.perf_counter() - started) * 1000)
    return pixels, whole


class Drawn(QObject):
    """``take`` tells whether the watched widget has been drawn since the last time."""

    def __init__(self) -> None:
        super().__init__()
        self._drawn = False

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        self._drawn = self._drawn or event.type() is QEvent.Type.Paint
        return False

    def take(self) -> bool:
        """The paint event has been delivered, and with it the whole update of the window."""
        drawn, self._drawn = self._drawn, False
        return drawn


def _newer(front: Front, visit_id: str, revision: int) -> bool:
    return any(c.id == visit_id and c.revision > revision for c in front.cells())


def switched(front: Front, act: Callable[[int], None], there: Callable[[], object]) -> list[float]:
    taken = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        act(number)
        front.wait(there)
        painted(front)
        taken.append((time.perf_counter() - started) * 1000)
        QTest.qWait(160)
    return taken


def dialog(front: Front) -> tuple[float, list[float]]:
    """Ctrl+N to the painted dialog: the first time, and then."""
    doors, taken = front.window.doors, []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        doors.book()
        doors.booking.grab()
        taken.append((time.perf_counter() - started) * 1000)
        QTest.qWait(60)
        QTest.keyClick(doors.booking, Qt.Key.Key_Escape)
        doors.booking.close()
        QTest.qWait(60)
    return taken[0], taken[1:]


def run(out: Path) -> list[Result]:
    with opened(out, SIZE) as front:
        window, page = front.window, front.window.page
        window.doors.prepare_later(100)
        QTest.qWait(3000)
        one = floor()
        judged = verdicts(front)
        pixels, whole = edited(front)
        zooms = (10, 15, 5, 15)
        zoomed = switched(
            front,
            lambda n: page.set_zoom(zooms[n % 4]),
            lambda: not page.loader.waiting,
        )
        page.set_zoom(15)
        today = window.day
        days = switched(
            front,
            lambda n: window.go_to(today + timedelta(days=7 * (n % 2))),
            lambda: not page.loader.waiting,
        )
        window.go_to(today)
        views = ("week", "day", "month", "day", "agenda", "day")
        changed = switched(
            front,
            lambda n: window.choices.set_view(views[n % 6]),
            lambda: not page.loader.waiting,
        )
        theme = window.context.theme
        dressed = switched(
            front,
            lambda n: theme.set_theme("dark" if n % 2 == 0 else "light"),
            lambda: True,
        )
        _first, opened_again = dialog(front)
    base = [statistics.median(one)] * ROUNDS
    return [
        within("one pixmap of the window (floor)", one, None),
        within("drag step: verdict and ghost", judged, 4, at="p95"),
        within("edit, from data to pixels", pixels, 16, at="p95", floor=base),
        within("edit, from command to pixels", whole, 150, at="p95", floor=base),
        within("zoom switch", zoomed, 50, at="p95", floor=base),
        within("another day, with its query", days, 150, at="p95", floor=base),
        within("view switch, with its query", changed, 150, at="p95", floor=base),
        within("theme switch", dressed, 50, at="p95", floor=base),
        within("booking dialog open", opened_again, 100, at="p95"),
    ]
