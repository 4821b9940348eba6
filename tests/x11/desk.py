"""The program as it runs at a desk, on a clock that starts at a fixed morning, in its own process.

``python -m tests.x11.desk DATA EYES``: everything is the program's own; added are the clock and a
timer that writes to the file EYES what a person would see: which visits stand where, which dialog
is open, where the focus is. Hands stay outside; nothing here presses anything.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from clinic_desk.app import logs, paths
from clinic_desk.app.clock import ShiftedClock
from clinic_desk.app.container import Container, build
from clinic_desk.app.start import MORNING
from clinic_desk.domain.spans import at_local
from clinic_desk.ui.application import application, run_opening
from clinic_desk.ui.booking.dialog import BookingDialog
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.main_window import MainWindow

GLANCE = 50
"""Milliseconds between two looks."""


class Eyes:
    """Positions are pixels of the screen: x, y, width, height."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._looks = 0

    def look(self) -> None:
        self._looks += 1
        seen = json.dumps({**self._seen(), "looks": self._looks})
        fresh = self._file.with_suffix(".new")
        fresh.write_text(seen, "utf-8")
        fresh.replace(self._file)

    def _seen(self) -> dict[str, Any]:
        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        booking = [self._booking(w) for w in shown if isinstance(w, BookingDialog)]
        focus = QApplication.focusWidget()
        return {
            "windows": {type(w).__name__: int(w.winId()) for w in shown},
            "active": [type(w).__name__ for w in shown if w.isActiveWindow()],
            "focus": type(focus).__name__ if focus is not None else "",
            "typed": focus.text() if isinstance(focus, QLineEdit) else None,
            "words": {type(w).__name__: self._words(w) for w in shown},
            "grid": next((self._grid(w) for w in shown if isinstance(w, MainWindow)), None),
            "month": next((self._month(w) for w in shown if isinstance(w, MainWindow)), None),
            "booking": booking[0] if booking else None,
        }

    @staticmethod
    def _words(window: QWidget) -> list[str]:
        return [w.text() for w in window.findChildren(QLabel) if w.isVisible() and w.text()]

    @staticmethod
    def _booking(dialog: BookingDialog) -> dict[str, Any]:
        patient = dialog.draft.patient
        return {
            "listed": dialog.who.popup.isVisible(),
            "patient": patient.id if patient is not None else "",
            "held": bool(dialog.hold.hold_id),
        }

    def _grid(self, window: MainWindow) -> dict[str, Any] | None:
        grids = [g for g in window.findChildren(TimeGridView) if g.isVisible() and g.columns]
        if not grids:
            return None
        grid = grids[0]
        cells = {}
        for cell_id, block in grid.arrangement.by_id.items():
            rect = grid.cell_rect(cell_id)
            cells[cell_id] = {
                "rect": self._on_screen(grid, rect) if rect is not None else None,
                "doctor": block.cell.doctor_id,
                "start": block.cell.start.isoformat(),
                "status": str(block.cell.status),
            }
        return {
            "day": grid.columns[0].day.isoformat(),
            "view": self._box(grid.viewport(), grid.viewport().rect()),
            "scroll": grid.verticalScrollBar().value(),
            "bottom": grid.verticalScrollBar().maximum(),
            "slot": grid.slot_minutes,
            "card": self._card(window),
            "cells": cells,
            "quarters": self._quarters(grid),
            "selected": [cell.id for cell in grid.selected_cells()],
        }

    def _card(self, window: MainWindow) -> list[int] | None:
        card = window.page.card
        return self._box(card, card.rect()) if card.isVisible() else None

    def _month(self, window: MainWindow) -> dict[str, Any] | None:
        month = window.page.month
        if not month.isVisible() or month.data is None:
            return None
        chips = {
            chip.cell.id: self._box(month.viewport(), box.toRect())
            for boxes in month._painter.chips.values()
            for box, chip in boxes
            if chip.cell is not None
        }
        days = {
            day.isoformat(): self._box(month.viewport(), month.day_rect(day)) for day in month.days
        }
        return {"chips": chips, "days": days, "mode": month.mode}

    def _quarters(self, grid: TimeGridView) -> dict[str, dict[str, list[int]]]:
        """Of each doctor, the quarters of an hour in view."""
        found: dict[str, dict[str, list[int]]] = {}
        quarter = timedelta(minutes=15)
        for column in grid.columns:
            start = at_local(column.day, 0, column.zone)
            places = found.setdefault(column.doctor_id, {})
            for _ in range(24 * 4):
                rect = grid.span_rect(column, start, start + quarter)
                place = self._on_screen(grid, rect)
                if place is not None:
                    places[start.isoformat()] = place
                start += quarter
        return found

    def _on_screen(self, grid: TimeGridView, rect: QRect) -> list[int] | None:
        view = grid.viewport()
        return self._box(view, rect) if view.rect().contains(rect) else None

    @staticmethod
    def _box(widget: QWidget, rect: QRect) -> list[int]:
        corner = widget.mapToGlobal(QPoint(0, 0)) + rect.topLeft()
        return [corner.x(), corner.y(), rect.width(), rect.height()]


def main(data: Path, eyes: Path) -> int:
    folder = paths.data_folder(data)
    logs.set_up(folder.logs, verbose=False)
    application(sys.argv[:1])
    seeing = Eyes(eyes)
    timer = QTimer(interval=GLANCE)
    timer.timeout.connect(seeing.look)
    timer.start()

    def opening() -> Container:
        return build(data, clock=ShiftedClock(MORNING))

    try:
        return run_opening(opening, paths.resources(), sys.argv[:1])
    finally:
        logs.tear_down()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
