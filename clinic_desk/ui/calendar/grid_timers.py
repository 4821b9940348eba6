"""The moments at which a grid must change by itself: each minute, each second while a hold
counts down, and idle time in which the next tiles are painted ahead."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QTimer

from clinic_desk.domain.ids import Id
from clinic_desk.ui.calendar.paint_overlay import seconds_left

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.grid_view import TimeGridView

IDLE = 40


class GridTimers(QObject):
    """Milliseconds everywhere. The minute timer is armed to the next boundary each time, so that
    a sleep or a changed clock costs one late tick at most."""

    def __init__(self, view: TimeGridView) -> None:
        super().__init__(view)
        self._view = view
        self._minute = QTimer(self)
        self._minute.setSingleShot(True)
        self._minute.timeout.connect(self._tick)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._ended: set[tuple[Id, datetime | None]] = set()
        self._second.timeout.connect(self._count)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(view.viewport().update)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE)
        self._idle.timeout.connect(self._build_ahead)

    def arm(self) -> None:
        now = self._view.clock.now()
        rest = 60_000 - now.second * 1000 - now.microsecond // 1000
        self._minute.start(max(50, rest + 20))
        if self._view.arrangement.holds:
            self._second.start()
        else:
            self._second.stop()

    def painted(self) -> None:
        """After each paint: there may be tiles that had to wait, or idle time to use."""
        if self._view.surface.late:
            self._next.start()
        elif not self._idle.isActive():
            self._idle.start()

    def _tick(self) -> None:
        view = self._view
        view.surface.minute_passed(view.arrangement, view.clock.now())
        view.update_all()
        self.arm()

    def _count(self) -> None:
        """Repaints held blocks only, and tells once when one has run out."""
        view, now = self._view, self._view.clock.now()
        ended = False
        for block in view.arrangement.holds:
            cell = block.cell
            rect = view.cell_rect(cell.id)
            if rect is not None:
                view.viewport().update(QRect(rect.topLeft(), rect.size()))
            if seconds_left(cell, now) == 0 and (cell.id, cell.hold_until) not in self._ended:
                self._ended.add((cell.id, cell.hold_until))
                ended = True
        if ended:
            view.hold_ended.emit()

    def _build_ahead(self) -> None:
        view = self._view
        if not view.isVisible():
            return
        more = view.surface.prebuild(
            view.arrangement,
            view.window_part,
            view.slot_minutes,
            view.devicePixelRatioF(),
            view.clock.now(),
        )
        if more:
            self._idle.start()
