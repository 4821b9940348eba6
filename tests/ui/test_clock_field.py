"""A time is typed as people type it, whatever is selected in the field."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.ui.widgets.clock_field import ClockField

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def field(qtbot: QtBot) -> Iterator[ClockField]:
    window = QWidget()
    column = QVBoxLayout(window)
    made = ClockField(QTime(15, 15))
    column.addWidget(QLineEdit(window))
    column.addWidget(made)
    column.addWidget(QLineEdit(window))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitActive(window)
    yield made
    window.hide()


@pytest.mark.parametrize(
    ("typed", "told"),
    [("1300", "13:00"), ("13:00", "13:00"), ("930", "09:30"), ("9:30", "09:30"), ("0805", "08:05")],
)
def test_typing_over_the_whole_time(field: ClockField, typed: str, told: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, typed)
    assert field.time().toString("HH:mm") == told


@pytest.mark.parametrize("back", [False, True])
def test_whoever_comes_by_tab_begins_with_the_hours(field: ClockField, back: bool) -> None:
    window = field.window()
    first, last = window.findChildren(QLineEdit, options=Qt.FindChildOption.FindDirectChildrenOnly)
    start = last if back else first
    start.setFocus()
    QTest.keyClick(start, Key.Key_Tab, SHIFT if back else Qt.KeyboardModifier.NoModifier)
    assert field.hasFocus()
    QTest.keyClicks(field, "1245")
    assert field.time() == QTime(12, 45)


def test_a_time_that_cannot_be_stays_what_it_was(field: ClockField) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "soon")
    assert field.time() == QTime(15, 15)
