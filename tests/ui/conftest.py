"""What all tests of the interface share."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.ui.application import shut
from clinic_desk.ui.calendar.grid_surface import GridSurface
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.widgets import toast
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import Clinic, opened


@pytest.fixture(autouse=True)
def complete_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture taken in a test is complete at once, however busy the machine is. The tests of
    the frame's budget set their own."""
    monkeypatch.setattr(GridSurface, "budget", math.inf)


@pytest.fixture(autouse=True)
def _toasts_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a toast says is there until the test has looked, however long its machine takes. The
    tests of a toast's own time set theirs."""
    monkeypatch.setattr(toast, "STAY", 3_600_000)


@pytest.fixture(autouse=True)
def _no_button_stays_down() -> Iterator[None]:
    """A test that ends with a button held (Esc in a drag, an error) would hold it in all others:
    the pressed buttons belong to the program, not to a window."""
    yield
    if QGuiApplication.instance() is None:
        return
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
        if QGuiApplication.mouseButtons() & button:
            window = QWindow()
            window.resize(20, 20)
            window.show()
            QTest.mouseRelease(window, button, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
            window.destroy()


@pytest.fixture
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes its time; what never comes still fails."""
    monkeypatch.setattr(QtBot, "waitUntil", partialmethod(QtBot.waitUntil, timeout=60_000))


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """A clinic of its own; files with another one have a fixture of this name."""
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    """The main window upon it; files with another one have a fixture of this name."""
    made = opened(clinic, qtbot)
    yield made
    shut(made)
    QApplication.processEvents()
