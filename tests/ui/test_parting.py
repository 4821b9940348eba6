"""Closing the program while something typed waits behind the log-in page, at a real desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.main_window.parting_dialog import PartingDialog
from tests.fakes.log_in import CTRL, House, until

Key = Qt.Key


@pytest.fixture
def house(tmp_path: Path, qtbot: QtBot) -> Iterator[House]:
    made = House(tmp_path / "clinic")
    yield made
    made.close()


def typed(house: House, text: str) -> QLineEdit:
    """An open booking dialog in which somebody has typed."""
    house.press(Key.Key_N, CTRL)
    window = house.window
    until(lambda: window.doors.booking.isVisible(), "the booking")
    until(lambda: isinstance(QApplication.focusWidget(), QLineEdit), "the field")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    house.type(text)
    until(lambda: field.text() == text, "the words")
    return field


def question(window: MainWindow) -> PartingDialog:
    until(lambda: any(one.isVisible() for one in window.findChildren(PartingDialog)), "a question")
    return next(one for one in window.findChildren(PartingDialog) if one.isVisible())


def test_a_locked_screen_is_not_closed_over_what_was_typed(house: House) -> None:
    window = house.come_in("Maria")
    field = typed(house, "kim")
    house.lock()
    window.close()
    asked = question(window)
    assert "Maria Keller left something open" in asked.words.text()
    assert "kim" not in asked.words.text().casefold()
    gone: list[bool] = []
    asked.destroyed.connect(lambda: gone.append(True))
    until(asked.stay.hasFocus, "the button that harms nobody")
    QTest.keyClick(asked.stay, Key.Key_Return)
    until(lambda: gone, "the end of the question")
    assert window.isVisible()
    house.enter()
    until(lambda: not house.locking.on, "the unlocked window")
    until(field.isVisible, "the dialog")
    assert field.text() == "kim"
    window.doors.booking.reject()


def test_what_others_left_open_is_asked_for_by_name(house: House, qtbot: QtBot) -> None:
    hers = house.come_in("Maria")
    typed(house, "kim")
    house.lock()
    his = house.come_in("Tom")
    assert his is not hers
    his.close()
    asked = question(his)
    assert "Maria Keller left something open" in asked.words.text()
    his.close()
    assert len(his.findChildren(PartingDialog)) == 1, "one question is enough"
    assert his.isVisible()
    with qtbot.waitSignal(house.door.closed):
        QTest.mouseClick(asked.go, Qt.MouseButton.LeftButton)
    assert not his.isVisible()


def test_nothing_is_asked_where_nothing_is_open(house: House, qtbot: QtBot) -> None:
    house.come_in("Maria")
    house.lock()
    window = house.come_in("Tom")
    house.lock()
    with qtbot.waitSignal(house.door.closed):
        window.close()
    assert not window.findChildren(PartingDialog)


def test_an_unsaved_page_behind_the_log_in_page_is_asked_for_too(
    house: House, qtbot: QtBot
) -> None:
    from clinic_desk.ui.roster.panel import RecordPanel
    from clinic_desk.ui.settings.page import SettingsPage

    window = house.come_in("Maria")
    window.show_page("settings:doctors")
    page = window.centre.page_named("settings")
    assert isinstance(page, SettingsPage)
    panel = page.panel("doctors")
    assert isinstance(panel, RecordPanel)
    until(lambda: panel.record is not None and panel.form.isVisible(), "the doctor")
    field = panel.form.rows["specialty"].target
    QTest.keyClicks(field, "xx")
    until(lambda: panel.dirty, "the change")
    house.lock()
    window.close()
    asked = question(window)
    assert window.isVisible()
    with qtbot.waitSignal(house.door.closed):
        QTest.mouseClick(asked.go, Qt.MouseButton.LeftButton)
    assert not window.isVisible()
