"""A card of the shelf is taken up from whatever page is shown, and the calendar comes first."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.services.commands import ParkAppointment
from clinic_desk.ui.main_window import MainWindow
from tests.ui.test_shell_window import Clinic, clinic, visit, window

__all__ = ["clinic", "window"]


@pytest.mark.parametrize("page", ["flow", "billing", "month", "agenda"])
def test_enter_on_a_card_shows_the_calendar_first(
    window: MainWindow, clinic: Clinic, qtbot: QtBot, page: str
) -> None:
    cell = visit(window, Status.SCHEDULED)
    window.context.operations.run(ParkAppointment(appointment_id=cell.id))
    qtbot.waitUntil(lambda: window.shelf.model.rowCount() > 0, timeout=60_000)
    window.set_view(page)
    shelf = window.shelf
    shelf.focus_cards()
    qtbot.waitUntil(shelf.list.hasFocus, timeout=60_000)
    assert not window.page.grid().isVisible()
    QTest.keyClick(shelf.list, Qt.Key.Key_Return)
    grid, gestures = window.page.grid(), window.page.gestures
    qtbot.waitUntil(lambda: gestures.gesture.carrying, timeout=60_000)
    assert window.centre.page == "calendar"
    assert grid.isVisible()
    assert QApplication.focusWidget() is grid
    QTest.keyClick(grid, Qt.Key.Key_Down)
    qtbot.waitUntil(
        lambda: (
            not gestures.loading()
            and (carry := gestures.carry) is not None
            and carry.column is not None
            and carry.target is not None
        ),
        timeout=60_000,
    )
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not gestures.active, timeout=60_000)
