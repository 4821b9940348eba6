"""Frames of the painted grid against painting one pixmap of the same size (ux.md section 7)."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from clinic_desk.ui.calendar.columns import day_columns, week_columns
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.look.theme import Theme
from tests.fakes import calendar_data as data

ROUNDS = 60
SIZE = (1864, 1008)


def _median(act: Callable[[int], None], rounds: int = ROUNDS) -> float:
    """Milliseconds."""
    taken = []
    for number in range(rounds):
        started = time.perf_counter()
        act(number)
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def _floor(width: int, height: int) -> float:
    """Painting one opaque pixmap of the viewport's size."""
    source = QPixmap(width, height)
    source.fill(QColor("#FFFFFF"))
    target = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)

    def paint(_number: int) -> None:
        painter = QPainter(target)
        painter.drawPixmap(0, 0, source)
        painter.end()

    return _median(paint)


def _view(week: bool) -> TimeGridView:
    view = TimeGridView(Theme.for_tests(), data.Clock())
    view.resize(*SIZE)
    view.show()
    if week:
        monday = data.TUESDAY - timedelta(days=1)
        content = data.crowd(20, 40, monday, 5)
        days = [monday + timedelta(days=i) for i in range(5)]
        view.set_content(content, week_columns(content, days), week=True)
    else:
        content = data.crowd(20, 40)
        view.set_content(content, day_columns(content, data.TUESDAY))
    QApplication.processEvents()
    return view


def _render(view: TimeGridView, target: QImage, dirty: QRect) -> None:
    """One frame of that part of the viewport."""
    painter = QPainter(target)
    view.viewport().render(painter, dirty.topLeft(), dirty)
    painter.end()


def _frames(view: TimeGridView, name: str) -> list[tuple[str, float, float, float]]:
    area = view.viewport().rect()
    target = QImage(area.size(), QImage.Format.Format_ARGB32_Premultiplied)
    bar = view.verticalScrollBar()
    start = bar.value()
    for value in range(start, min(bar.maximum(), start + 600), 100):
        bar.setValue(value)
        _render(view, target, area)
    whole = _floor(area.width(), area.height())

    def scroll(number: int) -> None:
        bar.setValue(start + number * 7 % 500)
        _render(view, target, area)

    ghost = QRect(
        QPoint(0, 0),
        view.span_rect(
            view.columns[0],
            data.at("09:00", view.columns[0].day),
            data.at("09:30", view.columns[0].day),
        ).size(),
    )
    ghost.setWidth(max(ghost.width(), 93))
    small = _floor(ghost.width() + 16, ghost.height() * 2)

    def drag(number: int) -> None:
        dirty = ghost.translated(40 + number * 9 % 900, 100 + number * 5 % 500)
        _render(view, target, dirty.adjusted(-8, -24, 8, 24))

    scrolled, dragged = _median(scroll), _median(drag)
    return [
        (f"scroll frame, {name}", scrolled / whole, scrolled, 8.0),
        (f"drag frame, {name}", dragged / small, dragged, 4.0),
    ]


def run() -> list[tuple[str, float, float, float]]:
    """(name, times the floor, milliseconds, goal in milliseconds)."""
    application = QApplication.instance() or QApplication([])
    rows: list[tuple[str, float, float, float]] = []
    for week, name in ((False, "20 columns × 40 visits"), (True, "week of 4,000")):
        view = _view(week)
        area = view.viewport().rect()
        target = QImage(area.size(), QImage.Format.Format_ARGB32_Premultiplied)

        def cold(_number: int, view: TimeGridView = view, target: QImage = target) -> None:
            view.surface.tiles.clear()
            _render(view, target, view.viewport().rect())

        first = _median(cold, 9)
        rows += _frames(view, name)
        floor = _floor(area.width(), area.height())
        rows.append((f"first picture, {name}", first / floor, first, 120.0 if week else 50.0))
        view.close()
    del application
    return rows


if __name__ == "__main__":
    for name, ratio, milliseconds, goal in run():
        print(f"{name:40} {ratio:7.1f} ×   {milliseconds:7.2f} ms   goal {goal:.0f} ms")
