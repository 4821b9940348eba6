"""What the window tells, and that it never gets in the way: message, toast, refusal, shelf."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Refusal, WayOut
from clinic_desk.services.commands import ChangeStatus
from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_drag import Hand
from tests.ui.test_shell_window import CTRL, Clinic, cells, opened, press, visit

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


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


@pytest.fixture
def hand(window: MainWindow) -> Hand:
    return Hand(window)


def top_of_grid(window: MainWindow) -> QPoint:
    return window.page.grid().viewport().mapToGlobal(QPoint(0, 0))


def test_a_message_moves_nothing_and_goes_by_escape(window: MainWindow, qtbot: QtBot) -> None:
    grid, bar = window.page.grid(), window.centre.message
    before, size = top_of_grid(window), grid.size()
    error = Refusal("x", "This visit is completed. " * 3, ways_out=(WayOut("Show", "show"),))
    window.telling.refused(error)
    QApplication.processEvents()
    assert bar.isVisible()
    assert (top_of_grid(window), grid.size()) == (before, size)
    assert window.centre.rect().contains(bar.geometry())
    assert bar.height() >= bar.heightForWidth(bar.width())
    narrow = window.width() - 260
    window.resize(narrow, window.height())
    QApplication.processEvents()
    assert window.centre.rect().contains(bar.geometry())
    window.page.focus_grid()
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not bar.isVisible()


def arrived(window: MainWindow, qtbot: QtBot) -> Cell:
    cell = visit(window, Status.CONFIRMED)
    window.page.select_visit(cell.id)
    window.page.focus_grid()
    press(qtbot, window, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: bool(window.toast.text))
    return cell


def test_the_toast_goes_with_an_undo_that_was_refused(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    cell = arrived(window, qtbot)
    other = clinic.front.other_desk()
    other.execute(ChangeStatus(appointment_id=cell.id, to=Status.IN_PROGRESS))
    qtbot.waitUntil(lambda: window.actions_["edit.undo"].isEnabled())
    assert window.toast.isVisible()
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: window.centre.message.message is not None)
    assert not window.toast.isVisible()


def test_the_toast_stands_aside_while_a_visit_is_dragged(
    window: MainWindow, hand: Hand, qtbot: QtBot
) -> None:
    arrived(window, qtbot)
    words = window.toast.text
    assert words
    carried = next(c for c in cells(window) if c.status is Status.SCHEDULED and c.patient_id)
    hand.take(carried)
    corner = window.toast.geometry().center()
    host = window.toast.parentWidget()
    assert host is not None
    hand.to(host.mapToGlobal(corner))
    assert window.page.gestures.active
    assert not window.toast.isVisible()
    QTest.keyClick(window.page.grid(), Qt.Key.Key_Escape)
    hand.let_go()
    qtbot.waitUntil(lambda: window.toast.text == words)


def test_a_refused_drop_is_explained_until_the_next_action(
    window: MainWindow, hand: Hand, qtbot: QtBot
) -> None:
    grid, card = window.page.grid(), window.page.gestures.desk.card
    done = visit(window, Status.COMPLETED)
    hand.take(done)
    area = grid.cell_rect(done.id)
    assert area is not None
    hand.to(grid.viewport().mapToGlobal(area.center() + QPoint(0, 90)))
    hand.let_go()
    qtbot.waitUntil(card.isVisible)
    assert not any(timer.isActive() for timer in card.findChildren(QTimer))
    QTest.mouseMove(grid.viewport(), QPoint(5, 5))
    qtbot.wait(100)
    assert card.isVisible()
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not card.isVisible()


@pytest.mark.parametrize("act", ["press", "day", "write"])
def test_the_next_action_closes_the_explanation(
    act: str, clinic: Clinic, window: MainWindow, hand: Hand, qtbot: QtBot
) -> None:
    grid, card = window.page.grid(), window.page.gestures.desk.card
    done = visit(window, Status.COMPLETED)
    hand.take(done)
    area = grid.cell_rect(done.id)
    assert area is not None
    hand.to(grid.viewport().mapToGlobal(area.center() + QPoint(0, 90)))
    hand.let_go()
    qtbot.waitUntil(card.isVisible)
    if act == "press":
        QTest.mouseClick(grid.viewport(), LEFT, NONE, QPoint(5, 5))
    elif act == "day":
        press(qtbot, window, Qt.Key.Key_PageDown, CTRL)
    else:
        cell = visit(window, Status.CONFIRMED)
        window.context.operations.run(
            ChangeStatus(appointment_id=cell.id, to=Status.ARRIVED), done=lambda _outcome: None
        )
    qtbot.waitUntil(lambda: not card.isVisible())


def test_a_card_on_the_shelf_is_marked_only_with_the_keyboard_there(
    window: MainWindow, qtbot: QtBot
) -> None:
    shelf = window.shelf.list
    qtbot.waitUntil(lambda: shelf.model().rowCount() > 0)

    def picture() -> object:
        QApplication.processEvents()
        return shelf.grab().toImage()

    window.page.focus_grid()
    plain = picture()
    index = shelf.model().index(0, 0)
    QTest.mouseClick(shelf.viewport(), LEFT, NONE, shelf.visualRect(index).center())
    assert shelf.hasFocus()
    assert picture() != plain
    grid = window.page.grid()
    QTest.mouseClick(grid.viewport(), LEFT, NONE, QPoint(5, 5))
    assert grid.hasFocus()
    assert picture() == plain
