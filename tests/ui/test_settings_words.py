"""What the settings say of themselves: results, faults in cells, the way to a field by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.ui.application import shut
from clinic_desk.ui.billing.panel import BillingPanel
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.roster.panel import RecordPanel
from clinic_desk.ui.roster.policies import DAY_RULES, TYPE_RULES, PoliciesPanel
from clinic_desk.ui.roster.results import done_words, listed
from clinic_desk.ui.runtime.page_table import OWN_SECTIONS
from clinic_desk.ui.settings.fields import FIELDS
from clinic_desk.ui.settings.page import SettingsPage
from clinic_desk.ui.settings.shortcuts_panel import ShortcutsPanel
from clinic_desk.ui.widgets.page import AT_ONCE, SAVED
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import CTRL, Clinic, opened

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


def page_of(window: MainWindow) -> SettingsPage:
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    return page


def section(window: MainWindow, qtbot: QtBot, name: str) -> RecordPanel:
    assert window.show_page(f"settings:{name}")
    panel = page_of(window).panel(name)
    assert isinstance(panel, RecordPanel)
    qtbot.waitUntil(lambda: panel.record is not None and panel.form.isVisible(), timeout=PATIENCE)
    return panel


def policies(window: MainWindow, qtbot: QtBot) -> PoliciesPanel:
    panel = section(window, qtbot, "policies")
    assert isinstance(panel, PoliciesPanel)
    return panel


def test_a_saved_rule_is_told_as_a_result_and_taken_back(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = policies(window, qtbot)
    types = panel.rules.types
    row = next(i for i, (_, name) in enumerate(types.rules.rows) if name == "Follow-up")
    types.setFocus()
    types.setCurrentIndex(types.rules.index(row, 0))
    for letter in "2 h":
        QTest.keyClicks(QApplication.focusWidget() or types, letter)
    QTest.keyClick(QApplication.focusWidget() or types, Key.Key_S, CTRL)
    said = "Booking rules saved: Follow-up at least 2 h notice"
    qtbot.waitUntil(lambda: window.toast.text.startswith("Booking rules saved"), timeout=PATIENCE)
    assert window.toast.text == said
    undo = next(b for b in window.toast.findChildren(QPushButton) if b.text() == "Undo")
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)

    def taken_back() -> bool:
        rows = clinic.queries.roster().types.values()
        return all(not r.min_notice for r in rows if r.name == "Follow-up")

    qtbot.waitUntil(taken_back, timeout=PATIENCE)


def test_a_bad_figure_is_marked_while_it_is_typed(window: MainWindow, qtbot: QtBot) -> None:
    panel = policies(window, qtbot)
    types = panel.rules.types
    types.setFocus()
    types.setCurrentIndex(types.rules.index(0, 1))
    cell = types.rules.cell(types.currentIndex())
    QTest.keyClicks(types, "x")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "y")
    name = types.rules.rows[0][1]
    assert "no whole number" in types.rules.faults[cell]
    assert panel.rules.heard.text() == types.rules.faults[cell]
    assert panel.form.fault_of("types") == f"{name}: {types.rules.faults[cell]}"
    assert field.property("invalid") == "true"
    field.selectAll()
    QTest.keyClicks(field, "99999")  # a number, but none that a type can have
    assert "between" in panel.form.fault_of("types")
    field.selectAll()
    QTest.keyClicks(field, "30")
    assert not types.rules.faults
    assert panel.form.fault_of("types") == ""
    assert field.property("invalid") == "false"


def test_each_section_says_when_its_changes_count(window: MainWindow, qtbot: QtBot) -> None:
    for name in ("practice", "sites", "doctors", "types", "hours", "policies"):
        assert window.show_page(f"settings:{name}")
        assert page_of(window).subtitle.text() == SAVED
    for name in ("closures", *OWN_SECTIONS):
        assert window.show_page(f"settings:{name}")
        assert page_of(window).subtitle.text() == AT_ONCE
    panel = policies(window, qtbot)
    assert page_of(window).heading.text() == "Booking rules"
    assert not panel.heading.isVisible()


@pytest.mark.parametrize(
    ("word", "place", "name"),
    [
        ("price", "types", "price_minor"),
        ("notice", "types", "min_notice"),
        ("buffer", "types", "buffer_before"),
        ("capacity", "sites", "capacity"),
        ("specialty", "doctors", "specialty"),
        ("travel", "practice", "travel_minutes"),
        ("one patient", "policies", "one_visit_at_a_time"),
    ],
)
def test_the_search_goes_to_the_field(
    window: MainWindow, qtbot: QtBot, word: str, place: str, name: str
) -> None:
    assert window.show_page("settings")
    page = page_of(window)
    QTest.keyClicks(page.tree.field, word)
    QTest.keyClick(page.tree.field, Key.Key_Return)
    assert page.section == place
    panel = page.panel(place)
    assert isinstance(panel, RecordPanel)

    def there() -> bool:
        if panel.record is None or name not in panel.form.rows:
            return False
        target = panel.form.rows[name].target
        return target.hasFocus() and not target.visibleRegion().isEmpty()

    qtbot.waitUntil(there, timeout=PATIENCE)


def test_the_search_goes_to_a_rule_of_the_table(window: MainWindow, qtbot: QtBot) -> None:
    assert window.show_page("settings")
    page = page_of(window)
    QTest.keyClicks(page.tree.field, "patient may move")
    QTest.keyClick(page.tree.field, Key.Key_Return)
    panel = page.panel("policies")
    assert isinstance(panel, PoliciesPanel)
    types = panel.rules.types
    qtbot.waitUntil(lambda: types.hasFocus() and types.currentIndex().isValid(), timeout=PATIENCE)
    assert types.rules.cell(types.currentIndex())[1] == "patient_may_reschedule"


@pytest.mark.parametrize(
    ("words", "section", "name"),
    [
        ("last day of a closure", "closures", "last"),
        ("one site closed", "closures", "location_id"),
        ("country of the public", "closures", "country"),
        ("christmas", "closures", "holidays"),
        ("no-show fee", "billing", "fee"),
        ("due after", "billing", "days"),
        ("token", "billing", "gateway"),
        ("slot step", "hours", "step"),
        ("buffer after each", "hours", "buffer_after"),
        ("valid until", "hours", "valid_until"),
        ("room of the hours", "hours", "room_id"),
        ("side by side", "hours", "max_parallel"),
        ("lunch", "hours", "break"),
        ("reserved for", "hours", "reserved"),
        ("start of the hours", "hours", "work_start"),
        ("colleague", "hours", "copy_week"),
    ],
)
def test_the_search_goes_to_a_field_of_closures_billing_and_hours(
    window: MainWindow, qtbot: QtBot, words: str, section: str, name: str
) -> None:
    assert window.show_page("settings")
    page = page_of(window)
    QTest.keyClicks(page.tree.field, words)
    QTest.keyClick(page.tree.field, Key.Key_Return)
    assert page.section == section
    field = page.panel(section).sought()[name]
    qtbot.waitUntil(
        lambda: field.hasFocus() and not field.visibleRegion().isEmpty(), timeout=PATIENCE
    )


def test_the_search_goes_to_the_keys_of_an_action(window: MainWindow, qtbot: QtBot) -> None:
    assert window.show_page("settings")
    page = page_of(window)
    QTest.keyClicks(page.tree.field, "keys of walk-in")
    QTest.keyClick(page.tree.field, Key.Key_Return)
    panel = page.panel("shortcuts")
    assert isinstance(panel, ShortcutsPanel)
    qtbot.waitUntil(panel.table.hasFocus, timeout=PATIENCE)
    chosen = panel.chosen()
    assert chosen is not None
    assert chosen.text == "Walk-in"


@pytest.mark.parametrize("answer", ["Save", "Discard changes", "Keep editing"])
def test_billing_asks_before_it_is_left(window: MainWindow, qtbot: QtBot, answer: str) -> None:
    assert window.show_page("settings:billing")
    page = page_of(window)
    panel = page.panel("billing")
    assert isinstance(panel, BillingPanel)
    qtbot.waitUntil(lambda: bool(panel.unit.text()), timeout=PATIENCE)
    was = panel.days.value()
    panel.days.setFocus()
    panel.days.setValue(was + 3)
    page.open("closures")
    assert page.section == "billing"
    button = next(b for b in panel.message.buttons() if b.text() == answer)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    if answer == "Keep editing":
        assert page.section == "billing"
        assert panel.days.value() == was + 3
        panel.days.setValue(was)
        return
    qtbot.waitUntil(lambda: page.section == "closures", timeout=PATIENCE)
    wanted = was + 3 if answer == "Save" else was
    assert panel.days.value() == wanted
    assert not panel.dirty


def test_every_field_that_the_search_knows_is_there(window: MainWindow) -> None:
    for name, fields in FIELDS.items():
        panel = page_of(window).panel(name) if window.show_page(f"settings:{name}") else None
        assert panel is not None
        there = set(panel.sought())
        if isinstance(panel, RecordPanel):
            there |= {row for editor in panel._editors for row in editor.form.rows}
        if name == "policies":
            there |= {one.name for one in (*TYPE_RULES, *DAY_RULES)}
        assert {key for key, _, _ in fields} <= there


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_a_toast_lies_on_no_button(window: MainWindow, qtbot: QtBot, size: tuple[int, int]) -> None:
    window.resize(*size)
    panel = policies(window, qtbot)
    window.toast.show_text("Follow-up saved: length 20 minutes, notice 2 h", "Undo")
    qtbot.waitUntil(lambda: panel.bar.save.isVisible(), timeout=PATIENCE)
    for button in (panel.bar.save, panel.bar.discard):
        assert not _place(window, button).intersects(_place(window, window.toast))
    # a bar that comes later: the toast goes out of its way
    late = QPushButton("Late", window.toast.parentWidget())
    late.setGeometry(window.toast.geometry())
    late.show()
    late.lower()
    window.toast.parentWidget().raise_()
    qtbot.waitUntil(
        lambda: not late.geometry().intersects(window.toast.geometry()), timeout=PATIENCE
    )
    others = [b for b in window.findChildren(QAbstractButton) if b.isVisible()]
    for button in others:
        if not window.toast.isAncestorOf(button) and not button.visibleRegion().isEmpty():
            seen = button.visibleRegion().boundingRect()
            seen.moveTopLeft(button.mapTo(window, seen.topLeft()))
            assert not seen.intersects(_place(window, window.toast)), button.text()


def _place(window: MainWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize(
    ("label", "result"),
    [
        ("Edit Follow-up", "Follow-up saved"),
        ("Edit room 3", "Room 3 saved"),
        ("Add Dr Quist", "Dr Quist added"),
        ("No longer offer Mole check", "Mole check is no longer offered"),
        ("Close on Christmas, Fri 25 Dec 2026", "Closed on Christmas, Fri 25 Dec 2026"),
        ("Order of the doctors", "Order of the doctors saved"),
        ("Removed room 3", "Removed room 3"),
    ],
)
def test_steps_become_results(label: str, result: str) -> None:
    assert done_words(label) == result


def test_many_changes_are_counted() -> None:
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c, 2 more"
