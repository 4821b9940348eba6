"""Fixtures for dialogs on the real store: import ``front_desk`` and ``keys`` into a test module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.ui.look.theme import Theme
from tests.fakes.front_desk import FrontDesk, open_desk
from tests.fakes.keyboard import focused


class Keys:
    """Presses keys on whatever has the focus and counts them."""

    def __init__(self, window: QWidget) -> None:
        self.window = window
        self.count = 0

    @property
    def target(self) -> QWidget:
        return focused()

    def press(
        self,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self.count += 1
        QTest.keyClick(self.target, key, modifiers)
        QApplication.processEvents()

    def type(self, text: str) -> None:
        """A name or a number: not counted as keys."""
        QTest.keyClicks(self.target, text)
        QApplication.processEvents()


@pytest.fixture
def front_desk(qapp: QApplication, tmp_path: Path) -> Iterator[FrontDesk]:
    assert qapp is not None
    desk = open_desk(tmp_path, Theme.for_tests())
    yield desk
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            window.hide()
    QApplication.processEvents()
    desk.close()


Keyboard = Callable[[QWidget], Keys]


@pytest.fixture
def keyboard() -> Keyboard:
    return Keys
