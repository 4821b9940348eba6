"""Figures of settings with their units, as undo and the toast tell them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from clinic_desk.ui.runtime.declared import TABLE
from clinic_desk.ui.widgets.forms.counting import count_in


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("lock.minutes", 1, "1 minute"),
        ("lock.minutes", 5, "5 minutes"),
        ("backup.daily", 1, "1 copy"),
        ("backup.daily", 7, "7 copies"),
    ],
)
def test_one_of_a_unit_is_one(key: str, value: int, words: str) -> None:
    assert TABLE[key].value_words(value) == words


def test_the_field_of_a_number_says_one_of_a_unit_too(qtbot: QtBot) -> None:
    box = QSpinBox()
    qtbot.addWidget(box)
    count_in(box, "years")
    assert box.text() == "0 years"
    box.setValue(1)
    assert box.text() == "1 year"
    box.setValue(10)
    assert box.text() == "10 years"
