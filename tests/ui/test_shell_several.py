"""Several chosen visits, one key, one toast, one Undo: in the real window on the real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import CTRL, SHIFT, Clinic, cells, opened, press

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
BOOKED = (Status.SCHEDULED, Status.CONFIRMED)


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


def statuses(clinic: Clinic, ids: list[str]) -> list[Status]:
    return [clinic.queries.appointment(row_id).cell.status for row_id in ids]


def undo_by_toast(window: MainWindow, qtbot: QtBot) -> None:
    (button,) = [b for b in window.toast.findChildren(QPushButton) if b.text() == "Undo"]
    qtbot.mouseClick(button, LEFT)


def three_in_agenda(window: MainWindow, qtbot: QtBot) -> list[str]:
    """Three booked rows that follow one another, chosen by a click and a Shift-click."""
    press(qtbot, window, Qt.Key.Key_4, CTRL)
    agenda = window.page.agenda
    qtbot.waitUntil(lambda: agenda.isVisible() and agenda.model.visits > 3)
    model = agenda.model

    def booked(row: int) -> bool:
        cell = model.cell(row)
        return cell is not None and cell.status in BOOKED and bool(cell.patient_id)

    first = next(
        row for row in range(model.rowCount() - 2) if all(booked(row + step) for step in range(3))
    )
    agenda.table.scrollTo(model.index(first, 1))
    for row, keys in ((first, NONE), (first + 2, SHIFT)):
        spot = agenda.table.visualRect(model.index(row, 1)).center()
        QTest.mouseClick(agenda.table.viewport(), LEFT, keys, spot)
    chosen = [cell.id for cell in agenda.selected()]
    assert len(chosen) == 3
    return chosen


def test_three_arrive_by_one_key_and_go_back_by_one_undo(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    chosen = three_in_agenda(window, qtbot)
    before = statuses(clinic, chosen)
    press(qtbot, window, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: window.toast.text == "Arrived: 3 visits")
    assert statuses(clinic, chosen) == [Status.ARRIVED] * 3
    qtbot.waitUntil(lambda: "Arrived: 3 visits" in window.actions_["edit.undo"].text())
    undo_by_toast(window, qtbot)
    qtbot.waitUntil(lambda: statuses(clinic, chosen) == before)
    assert clinic.maintenance.verify() == []


def test_three_are_cancelled_for_one_reason(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    chosen = three_in_agenda(window, qtbot)
    before = statuses(clinic, chosen)
    press(qtbot, window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: bool(window.findChildren(ReasonDialog)))
    (card,) = window.findChildren(ReasonDialog)
    assert "Cancel 3 visits" in card.sentence.text()
    qtbot.keyClicks(card.reason, "Doctor is away")
    qtbot.keyClick(card.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.toast.text == "Cancelled: 3 visits")
    assert statuses(clinic, chosen) == [Status.CANCELLED] * 3
    undo_by_toast(window, qtbot)
    qtbot.waitUntil(lambda: statuses(clinic, chosen) == before)


def test_two_in_the_grid_are_parked_and_come_back_together(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    grid = window.page.grid()
    shown = grid.viewport().rect()

    def inside(cell: Cell) -> bool:
        area = grid.cell_rect(cell.id)
        return area is not None and shown.contains(area)

    booked = [c for c in cells(window) if c.status in BOOKED and c.patient_id]
    pair = [c for c in booked if inside(c)][:2]
    for cell, keys in zip(pair, (NONE, CTRL), strict=True):
        area = grid.cell_rect(cell.id)
        assert area is not None
        QTest.mouseClick(grid.viewport(), LEFT, keys, area.center())
    assert {cell.id for cell in grid.selected_cells()} == {cell.id for cell in pair}
    parked = len(clinic.queries.shelf())
    press(qtbot, window, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: window.toast.text == "Parked 2 visits")
    assert len(clinic.queries.shelf()) == parked + 2
    undo_by_toast(window, qtbot)
    qtbot.waitUntil(lambda: len(clinic.queries.shelf()) == parked)
