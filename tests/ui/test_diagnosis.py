"""The diagnostic report in the window: asked for by the menu's action, shown, copied, saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from clinic_desk.domain.errors import Fault
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.main_window.diagnosis import DiagnosisDialog


@dataclass
class Told:
    text: str = "Clinic Desk: diagnostic report\n  version: 1"
    fault: Fault | None = None

    def report(self) -> str:
        if self.fault is not None:
            raise self.fault
        return self.text

    def metrics(self) -> str:
        return "Off."


@pytest.fixture
def told(window: MainWindow) -> Told:
    made = Told()
    object.__setattr__(window.context, "diagnosis", lambda: made)
    return made


def dialog(window: MainWindow, qtbot: QtBot) -> DiagnosisDialog:
    window.actions_["help.report"].trigger()
    found: list[DiagnosisDialog] = []

    def there() -> bool:
        found[:] = window.findChildren(DiagnosisDialog)
        return bool(found) and found[0].isVisible()

    qtbot.waitUntil(there)
    return found[0]


def test_it_is_shown_whole_then_copied_by_one_key(
    window: MainWindow, told: Told, qtbot: QtBot
) -> None:
    shown = dialog(window, qtbot)
    qtbot.waitUntil(lambda: shown.ready)
    assert shown.text.toPlainText() == told.text
    qtbot.waitUntil(shown.copy_button.hasFocus)
    qtbot.keyClick(shown.copy_button, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == told.text
    assert "Copied" in shown.answer.text()
    shown.reject()


def test_it_is_saved_or_says_why_not(
    window: MainWindow, told: Told, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = dialog(window, qtbot)
    qtbot.waitUntil(lambda: shown.ready)
    chosen = tmp_path / "nowhere" / "report.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(chosen), ""))
    qtbot.mouseClick(shown.save_button, Qt.MouseButton.LeftButton)
    assert "could not be saved there" in shown.answer.text()
    chosen.parent.mkdir()
    qtbot.mouseClick(shown.save_button, Qt.MouseButton.LeftButton)
    assert chosen.read_text("utf-8") == told.text
    shown.reject()


def test_a_clinic_that_does_not_answer_is_told_in_words(
    window: MainWindow, told: Told, qtbot: QtBot
) -> None:
    told.fault = Fault("disk", "The clinic’s file does not answer.")
    shown = dialog(window, qtbot)
    qtbot.waitUntil(lambda: "does not answer" in shown.answer.text())
    assert not shown.copy_button.isEnabled()
    shown.reject()
