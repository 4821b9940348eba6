"""A drag that begins outside the grid: a chip of the month, a row of a crowded place.

The widget where it began tells only that it began; from then on the pointer is followed
everywhere until the button goes up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from clinic_desk.domain.availability.model import Snapshot
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.geometry.gesture_machine import Means

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries
    from clinic_desk.ui.calendar.gestures import GestureController


class OutsideDrag(QObject):
    """Follows one such drag at a time."""

    def __init__(self, controller: GestureController) -> None:
        super().__init__(controller)
        self._controller = controller
        self._at = QPoint()
        self._on = False

    def begin(self, row_id: Id, global_pos: QPoint) -> None:
        """Reads the visit (and, when no grid was shown yet, its day) and takes it up if the
        button is still down by then."""
        app = QApplication.instance()
        if app is None or self._on:
            return
        self._at, self._on = global_pos, True
        app.installEventFilter(self)
        bare = self._controller.judge is None

        def read(queries: Queries) -> tuple[Cell, Snapshot | None]:
            cell = queries.appointment(row_id).cell
            day = cell.start.date()
            return cell, queries.snapshot(day, day, [cell.doctor_id]) if bare else None

        self._controller.context.operations.ask(
            read, done=self._taken, failed=lambda _error: self.end(), key=f"lift:{id(self)}"
        )

    def end(self) -> None:
        app = QApplication.instance()
        if self._on and app is not None:
            app.removeEventFilter(self)
        self._on = False

    def _taken(self, answer: tuple[Cell, Snapshot | None]) -> None:
        if not self._on:
            return
        cell, snapshot = answer
        if snapshot is not None:
            self._controller.judge_by(snapshot)
        self._controller.begin_drag(cell, self._at)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        del watched
        if not isinstance(event, QMouseEvent):
            return False
        self._at = event.globalPosition().toPoint()
        controller = self._controller
        carrying = controller.gesture.carrying and controller.gesture.means is Means.DRAG
        act: Callable[[], None] | None = None
        if event.type() is QEvent.Type.MouseMove and carrying:
            controller.point(self._at, event.modifiers())
            return True
        if event.type() is QEvent.Type.MouseButtonRelease:
            if event.button() is Qt.MouseButton.LeftButton:
                self.end()
                act = controller.drop
        elif event.type() is QEvent.Type.MouseButtonPress:
            self.end()
            act = controller.cancel
        if act is not None and carrying:
            if act == controller.drop:
                controller.point(self._at, event.modifiers())
            act()
            return True
        return False
