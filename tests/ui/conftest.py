"""What all tests of the interface share."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPalette, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_desk.ui.calendar.grid_surface import GridSurface
from clinic_desk.ui.widgets import toast


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


@pytest.fixture(autouse=True)
def _the_program_as_it_was() -> Iterator[None]:
    """Colours, style sheet, font and direction belong to the whole program: what a test puts on is
    taken off, or the next file's pictures are taken in the dark."""
    app = QApplication.instance()
    worn = _worn(app) if isinstance(app, QApplication) else None
    yield
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    sheet, palette, font, direction = worn or (
        "", app.style().standardPalette(), QFont(), Qt.LayoutDirection.LeftToRight,
    )  # fmt: skip
    if app.styleSheet() != sheet:
        app.setStyleSheet(sheet)
    if app.palette() != palette:
        app.setPalette(palette)
    if worn is not None and app.font() != font:
        app.setFont(font)
    if app.layoutDirection() is not direction:
        app.setLayoutDirection(direction)


def _worn(app: QApplication) -> tuple[str, QPalette, QFont, Qt.LayoutDirection]:
    return app.styleSheet(), app.palette(), app.font(), app.layoutDirection()
