"""Leaving a section with unsaved work: wherever one wanted to go, the answer leads there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.roster.hours import HoursPanel
from clinic_desk.ui.roster.hours_brushes import BREAK
from clinic_desk.ui.roster.panel import RecordPanel
from clinic_desk.ui.settings.page import SettingsPage
from tests.ui.test_shell_window import Clinic

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key
PATIENCE = 30_000


def page_of(window: MainWindow) -> SettingsPage:
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    return page


def edited(window: MainWindow, qtbot: QtBot) -> tuple[RecordPanel, QLineEdit]:
    """The doctors' section with something typed in the middle of a field."""
    assert window.show_page("settings:doctors")
    panel = page_of(window).panel("doctors")
    assert isinstance(panel, RecordPanel)
    qtbot.waitUntil(lambda: panel.record is not None and panel.form.isVisible(), timeout=PATIENCE)
    line = panel.form.rows["specialty"].target
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.setText("Hand")
    line.setCursorPosition(2)
    QTest.keyClicks(line, "xx")
    assert panel.dirty
    return panel, line


def answer(panel: RecordPanel, qtbot: QtBot, words: str) -> None:
    def there() -> bool:
        names = [b.text() for b in panel.message.buttons()]
        return words in names and panel.message.isVisible()

    qtbot.waitUntil(there, timeout=PATIENCE)
    button = next(b for b in panel.message.buttons() if b.text() == words)
    qtbot.mouseClick(button, LEFT)


def by_esc(window: MainWindow) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Key.Key_Escape)


def by_tree(window: MainWindow) -> None:
    tree = page_of(window).tree
    item = next(i for i in tree._items() if i.text(0) == "Closures")
    tree.list.setFocus()
    tree.list.setCurrentItem(item)


WAYS: dict[str, tuple[Callable[[MainWindow], object], Callable[[MainWindow], bool]]] = {
    "esc": (by_esc, lambda w: w.centre.page == "calendar" and w.page.grid().hasFocus()),
    "another section": (
        by_tree,
        lambda w: page_of(w).section == "closures" and page_of(w).tree.list.hasFocus(),
    ),
    "another page": (lambda w: w.show_page("time_off"), lambda w: w.centre.page == "time_off"),
    "a section by its name": (
        lambda w: w.show_page("settings:types"),
        lambda w: page_of(w).section == "types",
    ),
    "a day": (
        lambda w: w.go_to(date(2026, 12, 1)),
        lambda w: w.centre.page == "calendar" and w.day == date(2026, 12, 1),
    ),
    "the finder": (lambda w: w.visits.find(), lambda w: w.centre.page == "finder"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("word", ["Discard changes", "Save"])
def test_the_answer_leads_where_one_wanted_to_go(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, way: str, word: str
) -> None:
    panel, _ = edited(window, qtbot)
    go, arrived = WAYS[way]
    by_esc(window)  # refused first, and the wish is another one then
    qtbot.waitUntil(lambda: panel.message.buttons()[0].hasFocus(), timeout=PATIENCE)
    assert window.centre.page == "settings"
    if way == "esc":
        by_esc(window)  # the question is waved away
    go(window)
    assert window.centre.page == "settings"
    assert page_of(window).section == "doctors"
    answer(panel, qtbot, word)
    qtbot.waitUntil(lambda: arrived(window), timeout=PATIENCE)
    stored = {d.specialty for d in clinic.queries.roster().doctors.values()}
    assert ("Haxxnd" in stored) is (word == "Save")


@pytest.mark.parametrize("how", ["button", "esc"])
@pytest.mark.parametrize("way", ["esc", "another section", "another page"])
def test_who_stays_goes_on_typing_at_the_cursor(
    window: MainWindow, qtbot: QtBot, way: str, how: str
) -> None:
    panel, line = edited(window, qtbot)
    WAYS[way][0](window)
    if how == "button":
        answer(panel, qtbot, "Keep editing")
    else:
        qtbot.waitUntil(lambda: panel.message.buttons()[0].hasFocus(), timeout=PATIENCE)
        QTest.keyClick(panel.message.buttons()[0], Key.Key_Escape)
    qtbot.waitUntil(line.hasFocus, timeout=PATIENCE)
    assert page_of(window).section == "doctors"
    QTest.keyClicks(line, "yy")
    assert line.text() == "Haxxyynd"


def test_a_wish_that_was_given_up_is_not_done_later(window: MainWindow, qtbot: QtBot) -> None:
    panel, _ = edited(window, qtbot)
    window.show_page("time_off")
    answer(panel, qtbot, "Keep editing")
    assert panel.bar.discard.isEnabled()
    qtbot.mouseClick(panel.bar.discard, LEFT)
    qtbot.waitUntil(lambda: not panel.dirty, timeout=PATIENCE)
    assert window.centre.page == "settings"
    assert window.show_page("settings:types")
    assert page_of(window).section == "types"


def test_painted_hours_are_dropped_and_the_section_left(window: MainWindow, qtbot: QtBot) -> None:
    assert window.show_page("settings:hours")
    panel = page_of(window).panel("hours")
    assert isinstance(panel, HoursPanel)
    qtbot.waitUntil(lambda: panel.sheet is not None and panel.grid.isVisible(), timeout=PATIENCE)
    panel.grid.setFocus()
    for _ in range(3):
        QTest.keyClick(panel.grid, Key.Key_Down)
    panel.brushes.choose(BREAK)
    panel.grid.setFocus()
    QTest.keyClick(panel.grid, Key.Key_Return)
    assert panel.sheet is not None
    qtbot.waitUntil(lambda: panel.sheet is not None and panel.sheet.dirty, timeout=PATIENCE)
    panel.grid.setFocus()
    by_esc(window)
    qtbot.waitUntil(lambda: "not saved" in panel.message.sentence, timeout=PATIENCE)
    stay = next(b for b in panel.message.buttons() if b.text() == "Stay")
    qtbot.mouseClick(stay, LEFT)
    qtbot.waitUntil(panel.grid.hasFocus, timeout=PATIENCE)
    window.show_page("time_off")
    qtbot.waitUntil(lambda: bool(panel.message.buttons()), timeout=PATIENCE)
    drop = next(b for b in panel.message.buttons() if b.text() == "Discard them")
    qtbot.mouseClick(drop, LEFT)
    qtbot.waitUntil(lambda: window.centre.page == "time_off", timeout=PATIENCE)
