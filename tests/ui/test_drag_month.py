"""Dragging a chip of the month onto another date, on the real calendar page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.page import CalendarPage
from clinic_desk.ui.geometry.gesture_machine import State
from clinic_desk.ui.look.theme import Theme
from tests.fakes.drag_stage import DAY, ZONE, Stage, at

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def month(tmp_path: Path, qtbot: QtBot) -> Iterator[tuple[Stage, CalendarPage]]:
    stage = Stage(tmp_path, Theme.for_tests())
    qtbot.addWidget(stage)
    page = CalendarPage(stage.context)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.day = DAY
    page.set_view("month")
    page.month.set_mode("list")
    page.show()
    page.load()
    stage.settle(lambda: page.month.day_data(DAY) is not None and page.month.day_data(DAY).chips)
    page.month.viewport().grab()
    yield stage, page
    page.hide()
    stage.shut()


def chip(page: CalendarPage, row_id: str) -> QPoint:
    for boxes in page.month._painter.chips.values():
        for box, found in boxes:
            if found.cell is not None and found.cell.id == row_id:
                return box.center().toPoint()
    raise AssertionError(f"no chip for {row_id}")


def shown_id(page: CalendarPage) -> Cell:
    data = page.month.day_data(DAY)
    assert data is not None
    first = next(c.cell for c in data.chips if c.cell is not None and c.cell.patient_id == "lee")
    assert first is not None
    return first


def test_a_chip_goes_to_another_date_at_the_same_time(
    month: tuple[Stage, CalendarPage],
) -> None:
    stage, page = month
    cell = shown_id(page)
    view = page.month.viewport()
    start = chip(page, cell.id)
    goal = page.month.day_rect(DAY + timedelta(days=1)).center()
    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, start + QPoint(0, 12))
    stage.settle(lambda: page.gestures.gesture.carrying)
    QTest.mouseMove(view, goal)
    assert page.gestures.gesture.state is State.OVER_DATES
    stage.settle(lambda: page.gestures.label_text == "Wed 25 Nov 09:30 is free")
    QTest.mouseRelease(view, LEFT, pos=goal)
    stage.settle(lambda: local_date(stage.row(cell.id).start, ZONE) != DAY)
    assert stage.row(cell.id).start == at("09:30", DAY + timedelta(days=1))
    stage.settle(lambda: page.gestures.gesture.state is State.IDLE)


def test_a_closed_date_offers_its_free_slots(month: tuple[Stage, CalendarPage]) -> None:
    stage, page = month
    asked: list[tuple[Cell, date]] = []
    page.gestures.finder_requested.connect(lambda cell, day: asked.append((cell, day)))
    cell = shown_id(page)
    view = page.month.viewport()
    start = chip(page, cell.id)
    sunday = DAY + timedelta(days=5)
    goal = page.month.day_rect(sunday).center()
    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, start + QPoint(0, 12))
    stage.settle(lambda: page.gestures.gesture.carrying)
    QTest.mouseMove(view, goal)
    QTest.mouseRelease(view, LEFT, pos=goal)
    stage.settle(lambda: asked)
    assert asked[0][1] == sunday
    assert stage.gate.commands == []


def test_escape_lets_go(month: tuple[Stage, CalendarPage]) -> None:
    stage, page = month
    view = page.month.viewport()
    start = chip(page, shown_id(page).id)
    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, start + QPoint(0, 12))
    stage.settle(lambda: page.gestures.gesture.carrying)
    QTest.keyClick(page.month, Qt.Key.Key_Escape)
    stage.settle(lambda: page.gestures.gesture.state is State.IDLE)
    QTest.mouseRelease(view, LEFT, pos=start)
    assert stage.gate.commands == []


def test_letting_go_before_it_is_read_moves_nothing(month: tuple[Stage, CalendarPage]) -> None:
    stage, page = month
    view = page.month.viewport()
    start = chip(page, shown_id(page).id)
    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, start + QPoint(0, 12))
    QTest.mouseRelease(view, LEFT, pos=start + QPoint(0, 12))
    QTest.qWait(200)
    stage.settle(lambda: page.gestures.gesture.state is State.IDLE)
    assert stage.gate.commands == []
