"""The clinic's panels in the real window: the calendar follows, nothing typed is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.roster.doctors import DoctorsPanel
from clinic_desk.ui.roster.panel import RecordPanel
from clinic_desk.ui.roster.types import TypesPanel
from clinic_desk.ui.settings.page import SettingsPage
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import CTRL, Clinic, opened

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key
PATIENCE = 30_000


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


def section(window: MainWindow, qtbot: QtBot, name: str) -> RecordPanel:
    assert window.show_page(f"settings:{name}")
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    panel = page.panel(name)
    assert isinstance(panel, RecordPanel)
    qtbot.waitUntil(lambda: panel.record is not None)
    return panel


def button(panel: RecordPanel, words: str) -> QPushButton:
    return next(b for b in panel.findChildren(QPushButton) if b.text() == words and b.isVisible())


def retype(panel: RecordPanel, name: str, text: str) -> None:
    line = panel.form.rows[name].target
    line.setFocus()
    line.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(line, text)


def test_the_calendar_follows_a_saved_doctor_at_once(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = section(window, qtbot, "doctors")
    assert isinstance(panel, DoctorsPanel)
    first = window.roster.doctors()[0]
    panel.choose(first.id)
    retype(panel, "code", "QQ")
    QTest.keyClick(panel.form.rows["code"].target, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: window.toast.text.endswith("saved: code QQ"))
    qtbot.waitUntil(lambda: window.roster.doctors()[0].code == "QQ")
    (undo,) = [b for b in window.toast.findChildren(QPushButton) if b.text() == "Undo"]
    qtbot.mouseClick(undo, LEFT)
    qtbot.waitUntil(lambda: window.roster.doctors()[0].code == first.code)
    qtbot.waitUntil(lambda: panel.form.rows["code"].raw_text() == first.code)


def test_a_doctors_buttons_open_the_doctors_hours_and_types(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = section(window, qtbot, "doctors")
    vogel = next(d for d in clinic.queries.roster().doctors.values() if "Vogel" in d.name)
    panel.choose(vogel.id)
    qtbot.mouseClick(button(panel, "Own visit types…"), LEFT)
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    types = page.panel("types")
    assert isinstance(types, TypesPanel)
    qtbot.waitUntil(lambda: types.heading.text() == "Mole check")
    assert page.section == "types"
    assert window.show_page("settings:doctors", vogel.id)
    qtbot.mouseClick(button(panel, "Weekly hours…"), LEFT)
    assert page.section == "hours"


def test_leaving_with_unsaved_changes_asks_and_then_goes_on(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = section(window, qtbot, "doctors")
    retype(panel, "specialty", "Hands")
    window.show_page("settings:types")
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    assert page.section == "doctors"
    assert "not saved" in panel.message.sentence
    qtbot.mouseClick(button(panel, "Keep editing"), LEFT)
    QTest.keyClick(panel.form.rows["specialty"].target, Qt.Key.Key_Escape)
    assert window.centre.page == "settings"
    qtbot.waitUntil(lambda: "not saved" in panel.message.sentence)
    qtbot.mouseClick(button(panel, "Save"), LEFT)
    qtbot.waitUntil(lambda: window.centre.page == "calendar")
    assert "Hands" in {d.specialty for d in clinic.queries.roster().doctors.values()}


def test_ctrl_z_in_the_field_takes_the_save_back(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    """First what is typed, as in any field; once it is saved, the save."""
    panel = section(window, qtbot, "sites")
    name = panel.form.rows["name"].target
    qtbot.waitUntil(name.isVisible, timeout=PATIENCE)
    name.setFocus()
    before = panel.form.rows["name"].field.value()
    QTest.keyClick(name, Key.Key_End)
    QTest.keyClicks(name, " North")
    QTest.keyClick(name, Key.Key_Z, CTRL)
    assert panel.form.rows["name"].field.value() == before
    QTest.keyClicks(name, " South")
    QTest.keyClick(name, Key.Key_S, CTRL)
    queries = clinic.front.store.queries

    def stored() -> set[str]:
        return {row.name for row in queries.roster().locations.values()}

    qtbot.waitUntil(lambda: f"{before} South" in stored(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not panel.saving and not panel.dirty, timeout=PATIENCE)
    qtbot.waitUntil(window.actions_["edit.undo"].isEnabled, timeout=PATIENCE)
    assert name.hasFocus()
    QTest.keyClick(name, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: before in stored(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: panel.form.rows["name"].field.value() == before, timeout=PATIENCE)
    assert not panel.dirty
