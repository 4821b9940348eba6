"""A drag leaves the grid: to the shelf, to the month in the sidebar, over the ‹ › buttons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import TODAY, Clinic, cells, opened

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


class Hand:
    """One pointer: pressed on the grid, it stays with the grid until it is released."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._area = window.page.grid().viewport()

    def take(self, cell: Cell) -> None:
        grid = self._window.page.grid()
        assert grid.focus_cell(cell.id)
        rect = grid.cell_rect(cell.id)
        assert rect is not None
        self._at = self._area.mapToGlobal(rect.center())
        QTest.mousePress(self._area, LEFT, NONE, rect.center())

    def to(self, goal: QPoint, steps: int = 8) -> None:
        """``goal`` in global pixels."""
        start = self._at
        for step in range(1, steps + 1):
            self._at = start + (goal - start) * (step / steps)
            QTest.mouseMove(self._area, self._area.mapFromGlobal(self._at))
            QApplication.processEvents()

    def let_go(self) -> None:
        QTest.mouseRelease(self._area, LEFT, NONE, self._area.mapFromGlobal(self._at))


@pytest.fixture
def hand(window: MainWindow) -> Hand:
    return Hand(window)


def movable(window: MainWindow) -> Cell:
    """A booked visit of the afternoon that stands alone in its column."""
    now = window.context.clock.now()
    return next(
        cell
        for cell in cells(window)
        if cell.status is Status.SCHEDULED and cell.start > now and "parked" not in cell.flags
    )


def spot(window: MainWindow, day: date) -> QPoint:
    month = window.sidebar.month
    for y in range(0, month.height(), 5):
        for x in range(0, month.width(), 5):
            at = month.mapToGlobal(QPoint(x, y))
            if month.date_at(at) == day:
                return at + QPoint(3, 3)
    raise AssertionError(f"{day} is not shown")


def test_dropped_on_the_shelf_it_is_parked(
    window: MainWindow, hand: Hand, clinic: Clinic, qtbot: QtBot
) -> None:
    cell = movable(window)
    hand.take(cell)
    hand.to(window.shelf.mapToGlobal(window.shelf.rect().center()))
    assert window.page.gestures.active
    hand.let_go()
    qtbot.waitUntil(lambda: any(c.cell.id == cell.id for c in clinic.queries.shelf()))
    qtbot.waitUntil(lambda: bool(window.toast.text))


def test_resting_on_a_date_shows_that_day_and_keeps_the_drag(
    window: MainWindow, hand: Hand, qtbot: QtBot
) -> None:
    cell = movable(window)
    hand.take(cell)
    goal = TODAY + timedelta(days=7)
    hand.to(spot(window, goal))
    qtbot.waitUntil(lambda: window.day == goal)
    assert window.page.gestures.active
    assert window.toolbar.date.shown == "Tue 1 Dec 2026"
    QTest.keyClick(window.page.grid(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.page.gestures.active)


def test_the_finder_begins_with_the_day_that_was_dropped_on(
    window: MainWindow, qtbot: QtBot
) -> None:
    goal = TODAY + timedelta(days=7)
    window.page.gestures.finder_requested.emit(movable(window), goal)
    finder = window.centre.finder
    qtbot.waitUntil(lambda: window.centre.page == "finder" and bool(finder.rows.found()))
    assert finder.rows.found()[0].slot.start.date() >= goal
    assert finder.when.text() == "in 7 days"


def test_resting_on_the_next_button_turns_the_day(
    window: MainWindow, hand: Hand, qtbot: QtBot
) -> None:
    hand.take(movable(window))
    forward = window.toolbar.forward
    hand.to(forward.mapToGlobal(forward.rect().center()))
    qtbot.waitUntil(lambda: window.day > TODAY)
    assert window.page.gestures.active
    QTest.keyClick(window.page.grid(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.page.gestures.active)


def test_the_status_bar_tells_the_verdict_while_dragging(
    window: MainWindow, hand: Hand, qtbot: QtBot
) -> None:
    cell = movable(window)
    hand.take(cell)
    grid = window.page.grid()
    rect = grid.cell_rect(cell.id)
    assert rect is not None
    hand.to(grid.viewport().mapToGlobal(rect.center() + QPoint(0, 40)))
    qtbot.waitUntil(lambda: cell.listed_name in window.status.accessibleName())
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "All saved" in window.status.accessibleName())
