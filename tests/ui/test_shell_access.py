"""Names for assistive technology, order of Tab, target sizes, right-to-left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.messages.page import MessagesPage
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import Clinic, opened


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


def stops(window: MainWindow) -> list[QWidget]:
    """What Tab reaches, in its order."""
    found = []
    widget = window.nextInFocusChain()
    while widget is not window:
        wanted = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if wanted and widget.isVisibleTo(window) and widget.isEnabled():
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def test_everything_that_tab_reaches_has_a_name(window: MainWindow) -> None:
    nameless = []
    for widget in stops(window):
        face = QAccessible.queryAccessibleInterface(widget)
        name = face.text(QAccessible.Text.Name) if face is not None else widget.accessibleName()
        if not name.strip() and widget.focusProxy() is None:
            nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert nameless == []


def test_tab_goes_toolbar_sidebar_calendar_shelf(window: MainWindow) -> None:
    panes = [window.toolbar, window.sidebar, window.centre, window.shelf]
    order = []
    for widget in stops(window):
        pane = next((i for i, pane in enumerate(panes) if pane.isAncestorOf(widget)), None)
        if pane is not None and (not order or order[-1] != pane):
            order.append(pane)
    assert order == sorted(set(order))


@pytest.mark.parametrize("name", ["messages", "time_off", "duplicates"])
def test_tab_reaches_all_of_a_page(window: MainWindow, qtbot: QtBot, name: str) -> None:
    """The page begins at its list, and what stands above the list is on the way round as well."""
    window.show_page(name)
    page = window.centre.page_named(name)
    qtbot.waitUntil(lambda: page.isAncestorOf(focused()))
    for forward in (True, False):
        walked = set()
        # a field for a date stops at day, month and year
        for _step in range(3 * len(stops(window))):
            walked.add(focused())
            focused().focusNextPrevChild(forward)
        missed = [
            f"{type(one).__name__} {one.accessibleName()}"
            for one in stops(window)
            if page.isAncestorOf(one) and one.focusProxy() is None and one not in walked
        ]
        assert missed == []


def test_tab_takes_a_page_as_it_is_read(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("messages")
    page = window.centre.page_named("messages")
    assert isinstance(page, MessagesPage)
    qtbot.waitUntil(lambda: page.isAncestorOf(focused()))
    order = [one for one in stops(window) if page.isAncestorOf(one) and one is not page.empty]
    wanted = [
        page.lamps, page.templates_button, page.closer, page.tabs, page.filters.text,
        page.filters.period, page.filters.channel, page.filters.doctor,
    ]  # fmt: skip
    assert [one for one in order if one in wanted] == wanted
    wanted = [page.filters.doctor, page.again_button, page.withdraw_button, page.table]
    chain, widget = [], window.nextInFocusChain()
    while widget is not window:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    wanted += [page.side.buttons["confirm"], *page.side.by_buttons.values()]
    wanted += [page.side.buttons["patient"], page.side.buttons["visit"]]
    assert [one for one in chain if one in wanted] == wanted


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def test_targets_are_large_enough(window: MainWindow) -> None:
    small = [
        f"{type(button).__name__} {button.text() or button.accessibleName()} in "
        f"{type(button.parent()).__name__}: {button.width()}×{button.height()}"
        for button in window.findChildren(QAbstractButton)
        if button.isVisible()
        and button.isEnabled()
        and min(button.width(), button.height()) < 24
        and not isinstance(button.parent(), QLineEdit)  # decoration of a field
    ]
    assert small == []


def test_right_to_left_mirrors_the_window(window: MainWindow, qtbot: QtBot) -> None:
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    def left(widget: QWidget) -> int:
        return widget.mapTo(window, QPoint(0, 0)).x()

    qtbot.waitUntil(lambda: left(window.sidebar) > left(window.centre))
    assert left(window.sidebar) > left(window.centre) > left(window.shelf)
    assert left(window.toolbar.menu_button) > left(window.toolbar.new)


def test_the_card_says_what_is_selected(window: MainWindow, qtbot: QtBot) -> None:
    data = window.page.grid().slice
    assert data is not None
    cell = next(c for c in data.cells if c.patient_id)
    window.page.selection_changed.emit(cell)
    assert cell.listed_name in window.sidebar.card.accessibleName()
    window.page.selection_changed.emit(None)
    assert window.sidebar.card.isHidden()
