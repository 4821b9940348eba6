"""The settings have the window to themselves, and all of it stays readable: large type, a small
screen, long names, a mirrored window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.domain.records import Record
from clinic_desk.services.commands import SaveRecords
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.roster.hours import HoursPanel
from clinic_desk.ui.roster.panel import RecordPanel
from clinic_desk.ui.roster.site_editors import TRAVEL_ID
from clinic_desk.ui.settings.page import SettingsPage
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.page import Panel
from clinic_desk.ui.widgets.worded import WordedButton, WordedCheck, WordedCombo
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import Clinic, opened

LONG = ("Wolfeschlegelsteinhausenbergerdorff " * 4)[:119] + "n"
LTR, RTL = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
PATIENCE = 30_000
SECTIONS = ("practice", "sites", "doctors", "types", "hours")


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


def panel_of(window: MainWindow, qtbot: QtBot, name: str) -> Panel:
    assert window.show_page(f"settings:{name}")
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    panel = page.panel(name)

    def there() -> bool:
        if isinstance(panel, RecordPanel):
            return panel.record is not None and panel.form.isVisible()
        return isinstance(panel, HoursPanel) and panel.sheet is not None

    qtbot.waitUntil(there, timeout=PATIENCE)
    return panel


def place(window: MainWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def sideways(panel: Panel) -> list[QScrollArea]:
    """What can be scrolled sideways, which nobody should have to."""
    areas = [area for area in panel.findChildren(QScrollArea) if area.isVisible()]
    return [area for area in areas if area.horizontalScrollBar().maximum() > 0]


def test_settings_have_the_window_to_themselves(window: MainWindow) -> None:
    assert not window.sidebar.isHidden()
    for name, aside in (
        ("settings", True), ("billing", True), ("time_off", False), ("settings", True),
        ("billing", True), ("settings", True),
    ):  # fmt: skip
        assert window.show_page(name)
        assert window.sidebar.isHidden() is aside, name
        assert window.shelf.isHidden() is aside, name
    window.show_calendar()
    assert not window.sidebar.isHidden()
    assert not window.shelf.isHidden()


@pytest.mark.parametrize("name", SECTIONS)
def test_large_type_on_a_small_screen_covers_nothing(
    window: MainWindow, qtbot: QtBot, name: str
) -> None:
    window.resize(1366, 768)
    window.settings.put("look.scale", 150)
    panel = panel_of(window, qtbot, name)
    qtbot.waitUntil(lambda: not sideways(panel), timeout=PATIENCE)
    assert window.width() == 1366
    if isinstance(panel, RecordPanel) and panel.side is not None:
        face = place(window, panel.form.rows["name"].target)
        assert not place(window, panel.side).intersects(face)
        for button in (panel.bar.save, panel.bar.discard, panel.side.remove):
            assert button.width() >= button.minimumSizeHint().width()


@pytest.mark.parametrize("name", SECTIONS)
def test_names_of_120_letters_push_nothing_out_of_sight(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, name: str
) -> None:
    roster = clinic.front.store.queries.roster()
    rows: list[Record] = [replace(roster.practice, name=LONG)]
    families = (roster.locations, roster.rooms, roster.doctors, roster.types)
    rows += [
        replace(row, name=f"{number}{LONG[1:]}"[:120])
        for family in families
        for number, row in enumerate(list(family.values())[:3])
    ]
    for row in rows:
        clinic.front.desk.execute(SaveRecords(records=(row,), label="Long names"))
    window.resize(1366, 768)
    panel = panel_of(window, qtbot, name)
    qtbot.waitUntil(lambda: not sideways(panel), timeout=PATIENCE)


def test_the_travel_times_are_not_to_be_removed(window: MainWindow, qtbot: QtBot) -> None:
    panel = panel_of(window, qtbot, "sites")
    assert isinstance(panel, RecordPanel)
    assert panel.side is not None
    assert panel.side.remove.isEnabled()
    panel.choose(TRAVEL_ID)
    qtbot.waitUntil(
        lambda: panel.record is not None and panel.record.id == TRAVEL_ID, timeout=PATIENCE
    )
    assert not panel.side.remove.isEnabled()


def test_a_page_that_is_no_view_leaves_the_choice_of_views_named(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1366, 768)
    window.settings.put("look.scale", 150)
    panel_of(window, qtbot, "types")
    assert window.toolbar.view_box.currentIndex() < 0
    assert window.toolbar.view_box.placeholderText() == "View"


def picture(widget: QWidget, direction: Qt.LayoutDirection) -> QImage:
    widget.setLayoutDirection(direction)
    widget.resize(widget.sizeHint())
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    widget.render(image)
    return image


def test_words_keep_their_order_in_a_mirrored_window(qtbot: QtBot) -> None:
    button = WordedButton("Copy 15 min to …")
    qtbot.addWidget(button)
    assert picture(button, RTL) == picture(button, LTR)
    line = [QImage(120, 20, QImage.Format.Format_RGB32) for _ in range(2)]
    side = Qt.AlignmentFlag
    for image, direction, flag in zip(
        line, (LTR, RTL), (side.AlignRight, side.AlignLeft), strict=True
    ):
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.setLayoutDirection(direction)
        paint.line(painter, image.rect(), "30 min · £45.00", flag | side.AlignVCenter)
        painter.end()
    assert line[0] == line[1]


def test_what_is_too_long_ends_in_dots_and_is_told_in_full(qtbot: QtBot) -> None:
    box, check = WordedCombo(), WordedCheck(LONG)
    box.addItem(LONG)
    short = WordedCombo()
    short.addItem("15 min")
    for widget in (box, check, short):
        qtbot.addWidget(widget)
        widget.resize(160 if widget is not short else 120, 30)
        widget.show()
        QTest.qWaitForWindowExposed(widget)
    assert check.minimumSizeHint().width() < 160 < check.sizeHint().width()
    for widget in (box, check):
        whole = widget.grab().toImage()
        widget.resize(2400, 30)
        assert widget.grab().toImage() != whole
        widget.resize(160, 30)
    assert box.shown().endswith("…")
    assert check.shown().endswith("…")
    assert short.shown() == "15 min"
