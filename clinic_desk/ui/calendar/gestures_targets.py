"""Where a drag may end besides the grid, and the one global hit test that finds it.

A ``DropTarget`` answers for a widget: the shelf, the mini-month, the month view, the ‹ ›
buttons. Positions are global pixels, so one test serves every widget of every window.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from PySide6.QtCore import QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtWidgets import QWidget

from clinic_desk.services.command import Command
from clinic_desk.ui.calendar.proposals import Proposal
from clinic_desk.ui.geometry.gesture_machine import Place
from clinic_desk.ui.geometry.gesture_math import HOVER_DELAY, HOVER_REPEAT


class DropTarget(Protocol):
    """``place`` says which state of the machine the pointer is in above this target."""

    place: Place

    def contains(self, global_pos: QPoint) -> bool: ...

    def hover(self, global_pos: QPoint, proposal: Proposal) -> str:
        """The pointer is above; answers what a release would do ("Park here")."""
        ...

    def barred(self, proposal: Proposal) -> str:
        """Why a release here would be refused to this person; empty when it would not."""
        ...

    def leave(self) -> None: ...

    def drop(self, global_pos: QPoint, proposal: Proposal) -> Command | None:
        """What to execute; None when the target has no command of its own."""
        ...


class TargetRegistry:
    """All drop targets of a window, in the order of their registration."""

    def __init__(self) -> None:
        self._targets: list[DropTarget] = []
        self._current: DropTarget | None = None

    def add(self, target: DropTarget) -> None:
        if target not in self._targets:
            self._targets.append(target)

    def remove(self, target: DropTarget) -> None:
        if target in self._targets:
            self._targets.remove(target)
        if self._current is target:
            self._current = None

    @property
    def current(self) -> DropTarget | None:
        return self._current

    def at(self, global_pos: QPoint) -> DropTarget | None:
        for target in self._targets:
            if target.contains(global_pos):
                return target
        return None

    def enter(self, target: DropTarget | None) -> None:
        if target is not self._current:
            if self._current is not None:
                self._current.leave()
            self._current = target

    def leave(self) -> None:
        self.enter(None)


def shows(widget: QWidget, global_pos: QPoint) -> bool:
    """Whether a visible widget lies under a global position."""
    if not widget.isVisible():
        return False
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size()).contains(global_pos)


class DateTarget(QObject):
    """A widget of dates (mini-month, month view). Resting 500 ms on a date shows that day and
    keeps the drag; dropping on one asks for that day at the same time of day."""

    rested = Signal(object)
    dropped = Signal(object)
    place = Place.DATES

    def __init__(
        self,
        widget: QWidget,
        date_at: Callable[[QPoint], date | None],
        words: Callable[[date], str],
        parent: QObject | None = None,
        *,
        rests: bool = True,
    ) -> None:
        """``rests`` False: resting on a date does not open it (the month view)."""
        super().__init__(parent or widget)
        self._rests = rests
        self._widget = widget
        self._date_at = date_at
        self._words = words
        self._day: date | None = None
        self._turn = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._rest)

    @property
    def day(self) -> date | None:
        """The date under the pointer, while it hovers."""
        return self._day

    def contains(self, global_pos: QPoint) -> bool:
        if not shows(self._widget, global_pos):
            return False
        return self._date_at(global_pos) is not None or self._turn_at(global_pos) != 0

    def hover(self, global_pos: QPoint, proposal: Proposal) -> str:
        day, turn = self._date_at(global_pos), self._turn_at(global_pos)
        if (day, turn) != (self._day, self._turn):
            self._day, self._turn = day, turn
            self._mark(day)
            if self._rests:
                self._timer.start(HOVER_DELAY)
        if day is None:
            return "Rest here to turn the month" if turn else ""
        verb = "Copy" if proposal.copy else "Move"
        return f"{verb} to {self._words(day)}, same time"

    def barred(self, proposal: Proposal) -> str:
        """Its days are judged one by one."""
        del proposal
        return ""

    def leave(self) -> None:
        self._timer.stop()
        self._day, self._turn = None, 0
        self._mark(None)

    def drop(self, global_pos: QPoint, proposal: Proposal) -> Command | None:
        del proposal
        day = self._date_at(global_pos)
        if day is not None:
            self.dropped.emit(day)
        return None

    def _rest(self) -> None:
        if self._day is not None:
            self.rested.emit(self._day)
        elif self._turn:
            self._widget.turn(self._turn)  # type: ignore[attr-defined]
            self._timer.start(HOVER_REPEAT)

    def _turn_at(self, global_pos: QPoint) -> int:
        """−1 or 1 above an arrow of a widget that can turn its months, else 0."""
        ask = getattr(self._widget, "turn_at", None)
        return int(ask(global_pos)) if callable(ask) else 0

    def _mark(self, day: date | None) -> None:
        """Views that can show a drop date have ``set_drop_date`` or ``set_drop_day``."""
        show = getattr(self._widget, "set_drop_date", None)
        show = show or getattr(self._widget, "set_drop_day", None)
        if callable(show):
            show(day)


class NavTarget(QObject):
    """A ‹ or › button: resting on it turns the page, again and again, and keeps the drag."""

    rested = Signal(int)
    place = Place.NAV

    def __init__(self, widget: QWidget, step: int, parent: QObject | None = None) -> None:
        super().__init__(parent or widget)
        self._widget = widget
        self._step = step
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._rest)

    def contains(self, global_pos: QPoint) -> bool:
        return shows(self._widget, global_pos)

    def hover(self, global_pos: QPoint, proposal: Proposal) -> str:
        del global_pos, proposal
        if not self._timer.isActive():
            self._timer.start(HOVER_DELAY)
        return "Rest here for the next days" if self._step > 0 else "Rest here for the days before"

    def barred(self, proposal: Proposal) -> str:
        del proposal
        return ""

    def leave(self) -> None:
        self._timer.stop()

    def drop(self, global_pos: QPoint, proposal: Proposal) -> Command | None:
        del global_pos, proposal
        return None

    def _rest(self) -> None:
        self._timer.setInterval(HOVER_REPEAT)
        self.rested.emit(self._step)
