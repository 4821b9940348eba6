"""Another day has begun: what marks today marks the new one, though nothing was read anew."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clinic_desk.ui.calendar.year_page import YearPage
from clinic_desk.ui.main_window import MainWindow
from tests.ui.test_shell_window import CTRL, TODAY, Clinic, clinic, press, window

__all__ = ["clinic", "window"]


def test_month_and_year_mark_the_new_day(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, Qt.Key.Key_3, CTRL)
    month = window.page.month
    qtbot.waitUntil(lambda: month.isVisible() and month.data is not None)
    qtbot.waitUntil(lambda: not window.context.operations._pending)
    tomorrow = TODAY + timedelta(days=1)
    before = {
        day: month.viewport().grab(month.day_rect(day)).toImage() for day in (TODAY, tomorrow)
    }
    clinic.front.clock.advance(days=1)
    window.freshness.minute.emit(clinic.clock.now())
    for day, picture in before.items():
        assert month.viewport().grab(month.day_rect(day)).toImage() != picture
    press(qtbot, window, Qt.Key.Key_6, CTRL)
    page = window.centre.shown_page
    assert isinstance(page, YearPage)
    assert page.view.today == tomorrow
    clinic.front.clock.advance(days=1)
    window.freshness.minute.emit(clinic.clock.now())
    assert page.view.today == tomorrow + timedelta(days=1)
