"""Frames of the painted grid against painting one pixmap of the same size (ux.md section 7)."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from clinic_desk.services.views import CalendarSlice
from clinic_desk.ui.calendar.columns import day_columns, week_columns
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.look.theme import Theme
from tests.benchmarks.results import Result, Turns, in_turns, within
from tests.fakes import calendar_data as data

ROUNDS = 60
SIZE = (1864, 1008)


def _floor(width: int, height: int) -> Callable[[int], None]:
    """Painting one opaque pixmap of the viewport's size."""
    source = QPixmap(width, height)
    source.fill(QColor("#FFFFFF"))
    target = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)

    def paint(_number: int) -> None:
        painter = QPainter(target)
        painter.drawPixmap(0, 0, source)
        painter.end()

    return paint


def _full_week(days: list[date]) -> CalendarSlice:
    """Six doctors, who still get a lane each, with a visit of 15 minutes every 5: 4,020 in all."""
    cells = [
        data.cell(
            f"{d}-{day:%d}-{n}",
            f"d{d}",
            f"{(480 + 5 * n) // 60:02}:{(480 + 5 * n) % 60:02}",
            15,
            day=day,
            name=f"Lindqvist, Astrid {n}",
        )
        for d in range(6)
        for day in days
        for n in range(134)
    ]
    return data.slice_of(cells, days[0], days[-1], 6)


def _view(week: bool) -> TimeGridView:
    view = TimeGridView(Theme.for_tests(), data.Clock())
    view.resize(*SIZE)
    view.show()
    if week:
        monday = data.TUESDAY - timedelta(days=1)
        days = [monday + timedelta(days=i) for i in range(5)]
        content = _full_week(days)
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


def _frames(view: TimeGridView, name: str) -> list[Result]:
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

    def drag(number: int) -> None:
        dirty = ghost.translated(40 + number * 9 % 900, 100 + number * 5 % 500)
        _render(view, target, dirty.adjusted(-8, -24, 8, 24))

    return [
        _judged(f"scroll frame, {name}", in_turns(whole, scroll, ROUNDS), 8.0),
        _judged(f"drag frame, {name}", in_turns(whole, drag, ROUNDS), 4.0),
    ]


def _judged(name: str, turns: Turns, limit: float) -> Result:
    return within(name, turns.measured, limit, at="p95", floor=turns.floor)


def run(_out: Path) -> list[Result]:
    application = QApplication.instance() or QApplication([])
    rows: list[Result] = []
    for week, name in ((False, "20 columns × 40 visits"), (True, "week of 4,000")):
        view = _view(week)
        area = view.viewport().rect()
        target = QImage(area.size(), QImage.Format.Format_ARGB32_Premultiplied)

        def cold(_number: int, view: TimeGridView = view, target: QImage = target) -> None:
            view.surface.tiles.clear()
            view.surface.stand_in.forget()
            _render(view, target, view.viewport().rect())

        # what comes at once: some columns complete, the others as plain shapes
        first = in_turns(_floor(area.width(), area.height()), cold, 15)
        view.surface.budget = math.inf
        whole = in_turns(_floor(area.width(), area.height()), cold, 15)
        rows += _frames(view, name)
        rows.append(_judged(f"first picture, {name}", first, 50.0))
        rows.append(_judged(f"complete picture, {name}", whole, 120.0 if week else 50.0))
        view.close()
    del application
    return rows
