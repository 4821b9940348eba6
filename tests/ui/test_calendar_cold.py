"""A view that waits for its first answer, and heads and days that have few pixels."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter
from PySide6.QtWidgets import QApplication, QToolTip

from clinic_desk.domain.events import Actor
from clinic_desk.ui.calendar.head_paint import HeadPainter
from clinic_desk.ui.calendar.month_paint import ROW, MonthPainter
from clinic_desk.ui.calendar.page import CalendarPage
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Operations
from tests.fakes import calendar_data as data
from tests.ui.test_calendar_page import gate, page, queries, settled

__all__ = ["gate", "page", "queries"]


class SlowQueries(data.FakeQueries):
    """Answers when it is told to."""

    def __init__(self):
        super().__init__()
        self.go = threading.Event()

    def calendar(self, *given, **named):
        self.go.wait(60)
        return super().calendar(*given, **named)

    def month(self, *given, **named):
        self.go.wait(60)
        return super().month(*given, **named)


@pytest.fixture
def slow() -> SlowQueries:
    return SlowQueries()


@pytest.fixture
def cold(qtbot, slow, gate) -> Iterator[CalendarPage]:
    operations = Operations(gate, slow)
    context = Context(
        operations=operations,
        clock=data.Clock(),
        actor=Actor("staff", "M. Keller", "desk-2", "session"),
        new_id=lambda: "id",
        theme=Theme.for_tests(),
    )
    made = CalendarPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitExposed(made)
    yield made
    slow.go.set()
    operations.shutdown()


@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_a_slow_first_answer_shows_the_shape_of_the_view(qtbot, cold, slow, view):
    cold.set_view(view)
    cold.today()
    assert not cold.skeleton.isVisible()
    qtbot.waitUntil(cold.skeleton.isVisible)
    assert cold.skeleton.size() == cold.skeleton.parentWidget().size()
    shape = cold.skeleton.grab().toImage()
    inks = {
        shape.pixelColor(x, y).name()
        for x in range(0, shape.width(), 7)
        for y in range(0, shape.height(), 7)
    }
    assert len(inks) > 1
    with qtbot.waitSignal(cold.loaded):
        slow.go.set()
    assert not cold.skeleton.isVisible()


def test_a_quick_answer_shows_no_shape_and_later_ones_keep_the_old_picture(qtbot, cold, slow):
    slow.go.set()
    with qtbot.waitSignal(cold.loaded):
        cold.today()
    slow.go.clear()
    cold.step(1)
    qtbot.wait(150)
    assert not cold.skeleton.isVisible()
    cold.set_view("month")
    qtbot.waitUntil(cold.skeleton.isVisible)
    cold.set_view("day")
    assert not cold.skeleton.isVisible()


def test_a_low_day_of_the_month_says_more_and_keeps_its_rows_apart(qtbot, page, monkeypatch):
    rows: list[QPointF] = []
    paint = MonthPainter._load

    def note(self, painter, line, row, look):
        rows.append(line.topLeft())
        paint(self, painter, line, row, look)

    monkeypatch.setattr(MonthPainter, "_load", note)
    settled(qtbot, page, lambda: page.set_view("month"))
    page.resize(1000, 640)
    QApplication.processEvents()
    rows.clear()
    page.month.grab()
    for before, after in pairwise(rows):
        if before.x() == after.x() and after.y() > before.y():
            assert after.y() - before.y() >= ROW
    more = page.month._painter.more[data.TUESDAY]
    day = page.month.day_rect(data.TUESDAY)
    assert day.contains(more.toRect())
    assert all(not more.contains(spot + QPointF(9, 8)) for spot in rows)


def test_a_narrow_room_says_its_whole_name_under_its_badge(qtbot, page, monkeypatch):
    said: list[tuple[str, float]] = []
    write = HeadPainter._write

    def note(
        self: HeadPainter, painter: QPainter, text: str, font: QFont, left: float, line: float
    ) -> float:
        said.append((text, line))
        return write(self, painter, text, font, left, line)

    monkeypatch.setattr(HeadPainter, "_write", note)
    settled(qtbot, page, lambda: page.set_group("room"))
    grid = page.grid()
    page.resize(120 + 76 * len(grid.columns), 700)
    QApplication.processEvents()
    said.clear()
    grid.header.grab()
    names = {column.title for column in grid.columns}
    words = {text for text, _line in said}
    assert names <= words
    assert not any(text.endswith("…") for text in words)
    spot = grid.header.head_rect(2).center()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, spot, grid.header.mapToGlobal(spot))
    QApplication.sendEvent(grid.header, event)
    assert QToolTip.text().startswith(grid.columns[2].title)
    page.resize(1400, 900)
    QApplication.processEvents()
    said.clear()
    grid.header.grab()
    assert any(line < 40 for text, line in said if text in names)


def test_the_shape_lets_the_mouse_through(qtbot, cold):
    cold.today()
    qtbot.waitUntil(cold.skeleton.isVisible)
    under = cold.childAt(QPoint(cold.width() // 2, cold.height() // 2))
    assert under is not cold.skeleton
    assert cold.skeleton.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
