"""What a grid's gestures know: the machine's state, what is carried, and who listens.

``GestureLoop`` moves it on; ``GestureController`` reads mouse, finger and keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QPainter

from clinic_desk.domain.availability.model import Snapshot
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.gestures_carry import Carry, Placer, Surface
from clinic_desk.ui.calendar.gestures_dates import DateDrops
from clinic_desk.ui.calendar.gestures_drops import DropDesk
from clinic_desk.ui.calendar.gestures_edges import EdgeScroller, Voice
from clinic_desk.ui.calendar.gestures_scene import Scene
from clinic_desk.ui.calendar.gestures_targets import DateTarget, NavTarget, TargetRegistry, shows
from clinic_desk.ui.calendar.proposals import Judge, Judgement, Proposal
from clinic_desk.ui.geometry.gesture_machine import (
    CancelCause,
    Deed,
    Event,
    Gesture,
    Means,
    Place,
    State,
)
from clinic_desk.ui.geometry.gesture_math import FINE_STEP
from clinic_desk.ui.runtime.context import Context

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.grid_view import TimeGridView


class GestureState(QObject):
    """One per grid. ``active_changed`` tells when something is taken up or let go.

    ``finder_requested`` carries (Cell, date), ``day_requested`` a date, ``step_requested`` ±1 (the
    page turns and the drag goes on), ``status_changed`` a ``DragStatus`` or None,
    ``toast_requested`` (text, undo), ``menu_requested`` (Hit, global position),
    ``show_requested`` the id of a row, ``announced`` every spoken sentence.
    """

    toast_requested = Signal(str, bool)
    status_changed = Signal(object)
    finder_requested = Signal(object, object)
    day_requested = Signal(object)
    step_requested = Signal(int)
    menu_requested = Signal(object, QPoint)
    show_requested = Signal(object)
    active_changed = Signal(bool)
    announced = Signal(str)

    def __init__(self, context: Context, grid: TimeGridView, parent: QObject | None = None) -> None:
        super().__init__(parent or grid)
        self.context, self.grid = context, grid
        self.gesture = Gesture()
        self.targets = TargetRegistry()
        self.surface = Surface(grid)
        self.scene = Scene(self.surface, context.theme, self)
        self.voice = Voice(grid, self)
        self.voice.said.connect(self.announced)
        self.edges = EdgeScroller(grid, self)
        for bar in (grid.verticalScrollBar(), grid.horizontalScrollBar()):
            bar.valueChanged.connect(self._scrolled)
        grid.zoom_changed.connect(self._scrolled)
        self.edges.turned.connect(self.step_requested)
        self.carry: Carry | None = None
        self.placer: Placer | None = None
        self.desk = DropDesk(self)
        self.dates = DateDrops(self)
        self.loading: Callable[[], bool] = lambda: False
        """Whether the day that was asked for is still on its way, and another one shown."""
        self.bring_grid: Callable[[Callable[[], None]], bool] = lambda _again: True
        """Shows the grid where something else is on display. False when that has to wait: what it
        is given is done as soon as the other page can be left."""
        self._judge: Judge | None = None
        self._pointer = QPoint()
        self._pin: QPoint | None = None
        self._fine = False
        grid.overlay_painters.append(self._paint)
        grid.arranged.connect(self.content_changed)
        grid.completed.connect(self.judge_again)

    # State

    @property
    def active(self) -> bool:
        return self.gesture.carrying

    @property
    def label_text(self) -> str:
        """What the tag at the pointer says outside the grid ("Park here"); empty when hidden."""
        return self.scene.label.text

    @property
    def judge(self) -> Judge | None:
        data = self.grid.slice
        if data is None:
            return self._judge
        if self._judge is None or self._judge.snapshot is not data.snapshot:
            self._judge = Judge(data.snapshot, self.context.clock.now, self.context.actor)
        return self._judge

    def judge_by(self, snapshot: Snapshot) -> None:
        """What to judge by until a grid is shown."""
        self._judge = Judge(snapshot, self.context.clock.now, self.context.actor)

    @property
    def proposal(self) -> Proposal | None:
        return self.placer.proposal() if self.placer is not None else None

    @property
    def judgement(self) -> Judgement | None:
        proposal, judge = self.proposal, self.judge
        return None if proposal is None or judge is None else judge.judge(proposal)

    @property
    def by_hand(self) -> bool:
        """Carried without a pressed button."""
        return self.gesture.means in (Means.PICK, Means.KEYS)

    @property
    def snap_step(self) -> int:
        return FINE_STEP if self._fine else self.grid.slot_minutes

    # Targets

    def add_dates(self, target: DateTarget) -> None:
        """Registers a widget of dates: the mini-month, the month view."""
        self.targets.add(target)
        target.rested.connect(self._show_day)
        target.dropped.connect(self.dates.drop)

    def add_step(self, target: NavTarget) -> None:
        """Registers a ‹ or › button."""
        self.targets.add(target)
        target.rested.connect(self.step_requested)

    def droppable(self, global_pos: QPoint) -> bool:
        """Whether a placing click there means something."""
        return self.targets.at(global_pos) is not None or shows(self.grid, global_pos)

    def _show_day(self, day: date) -> None:
        if self.gesture.carrying:
            self.day_requested.emit(day)

    def after_content(self) -> None:
        """For subclasses: the columns may be others now."""

    def after_lift(self) -> None:
        """For subclasses: something was just taken up."""

    def take_armed(self) -> Carry | None:
        """For subclasses: what the press that became a drag had under it."""
        return None

    def arm_cleared(self) -> None:
        """For subclasses: the press came to nothing."""

    def pan(self) -> None:
        """For subclasses: a finger moved at once."""

    def open_menu(self) -> None:
        """For subclasses: a finger rested and was lifted."""

    def home_column(self, cell: Cell) -> Column | None:
        """The column that shows a visit now."""
        for column in self.surface.columns:
            own = column.takes(cell.doctor_id, cell.room_id, cell.location_id)
            if own and column.day == local_date(cell.start, column.zone):
                return column
        return None

    def place_under(self, global_pos: QPoint) -> Place:
        """The one hit test. Only what moves may end elsewhere: a length stays on its day."""
        moves = self.carry is None or self.carry.deed is Deed.MOVE
        target = self.targets.at(global_pos) if moves else None
        if target is not None:
            return target.place
        return Place.GRID if shows(self.grid, global_pos) else Place.NOTHING

    def show_origins(self) -> None:
        """Dims what is carried or being saved, at the place where it still stands."""
        carry = self.carry
        ids = self.scene.waiting_ids
        if carry is not None and self.gesture.state not in (State.IDLE, State.ARMED):
            ids |= frozenset() if carry.copy else carry.ids
        self.grid.set_dragged(ids, parked=False)

    def _scrolled(self) -> None:
        """The ground moved under the pointer (wheel, edge, zoom): the place is another one."""
        if self.gesture.carrying:
            self.follow()
        self.scene.refresh()

    # What the loop adds

    def feed(self, event: Event) -> None:
        raise NotImplementedError

    def follow(self) -> None:
        raise NotImplementedError

    def show_place(self) -> None:
        raise NotImplementedError

    def content_changed(self) -> None:
        raise NotImplementedError

    def judge_again(self) -> None:
        raise NotImplementedError

    def cancel(self, cause: CancelCause = CancelCause.ESCAPE) -> None:
        raise NotImplementedError

    def lift(
        self,
        cells: Sequence[Cell],
        means: Means = Means.PICK,
        *,
        deed: Deed = Deed.MOVE,
        copy: bool = False,
        parked: bool = False,
    ) -> bool:
        raise NotImplementedError

    def _paint(self, painter: QPainter) -> None:
        self.scene.paint(painter)
