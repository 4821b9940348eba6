"""The loop behind every way of moving: it feeds the drag state machine and does what it says.

Nothing here reads a key or a button; ``gestures.GestureController`` adds those. Positions that
cross widgets are global pixels.
"""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.gestures_carry import Carry, Placer, Surface
from clinic_desk.ui.calendar.gestures_drops import DropDesk
from clinic_desk.ui.calendar.gestures_edges import EdgeScroller, Voice
from clinic_desk.ui.calendar.gestures_scene import Scene, verdict_words
from clinic_desk.ui.calendar.gestures_status import status_of
from clinic_desk.ui.calendar.gestures_targets import DateTarget, NavTarget, TargetRegistry, shows
from clinic_desk.ui.calendar.proposals import Judge, Judgement, Proposal
from clinic_desk.ui.geometry.gesture_machine import (
    Answer,
    Cancel,
    CancelCause,
    Changed,
    Deed,
    Effect,
    Event,
    Gesture,
    Means,
    Move,
    Place,
    Release,
    Settled,
    State,
    step,
)
from clinic_desk.ui.geometry.gesture_math import FINE_STEP, far_enough
from clinic_desk.ui.runtime.context import Context

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.grid_view import TimeGridView

COPY_KEY = (
    Qt.KeyboardModifier.AltModifier
    if sys.platform == "darwin"
    else Qt.KeyboardModifier.ControlModifier
)
ON_TARGET = (State.OVER_SHELF, State.OVER_DATES, State.OVER_NAV)


class GestureLoop(QObject):
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
        self.edges.scrolled.connect(self._follow)
        self.edges.turned.connect(self.step_requested)
        self.carry: Carry | None = None
        self.placer: Placer | None = None
        self.desk = DropDesk(self)
        self._judge: Judge | None = None
        self._pointer = QPoint()
        self._pin: QPoint | None = None
        self._fine = False
        grid.overlay_painters.append(self._paint)
        grid.arranged.connect(self.content_changed)

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
            return None
        if self._judge is None or self._judge.snapshot is not data.snapshot:
            self._judge = Judge(data.snapshot, self.context.clock.now, self.context.actor.desk_id)
        return self._judge

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
        target.dropped.connect(self.desk.drop_on_date)

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

    # Pointer and end

    def point(self, global_pos: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """The pointer is at a global position."""
        self._pointer = global_pos
        self._take_modifiers(modifiers)
        at = self.grid.viewport().mapFromGlobal(global_pos)
        self.edges.moved(at)
        if self._pin is not None:
            way = global_pos - self._pin
            if not far_enough(way.x(), way.y()):
                return
            self._pin = None
        self.feed(Move(at.x(), at.y(), self.place_under(global_pos)))

    def pin(self) -> None:
        """The target was set by key: small movements of the pointer leave it alone."""
        self._pin = self._pointer

    def drop(self) -> None:
        """The button went up, or Enter was pressed."""
        carry = self.carry
        if carry is not None and carry.cells and self.gesture.state is State.OVER_GRID:
            proposal = self.proposal
            if proposal is None or proposal.unchanged:
                self.cancel(CancelCause.TOGGLED)
                return
        self.desk.remember(self.targets.current, self._pointer)
        verdict = self.judgement
        allowed = verdict is None or verdict.allowed
        self.feed(Release(Answer.OK if allowed else Answer.REFUSE))

    def cancel(self, cause: CancelCause = CancelCause.ESCAPE) -> None:
        if self.gesture.carrying or self.gesture.state is State.ARMED:
            self.feed(Cancel(cause))

    def content_changed(self) -> None:
        """A newer slice is shown: stale drags stop, saved drops are really there now."""
        self.scene.slice_arrived()
        self.show_origins()
        carry = self.carry
        if not self.gesture.carrying or carry is None:
            return
        news = self.desk.news_about(carry)
        if news:
            self.feed(Changed(news))
        elif self.gesture.state is not State.STALE:
            self._light_up()
            self.after_content()
            self._follow()

    def after_content(self) -> None:
        """For subclasses: the columns may be others now."""

    def after_lift(self) -> None:
        """For subclasses: something was just taken up."""

    def take_armed(self) -> Carry | None:
        """For subclasses: what the press that became a drag had under it."""
        return None

    def arm_cleared(self) -> None:
        """For subclasses: the press came to nothing."""

    # The machine

    def feed(self, event: Event) -> None:
        before = self.gesture.carrying
        distance = QApplication.startDragDistance()
        self.gesture, effects = step(self.gesture, event, distance=distance)
        for effect in effects:
            self._perform(effect)
        if before != self.gesture.carrying:
            self.active_changed.emit(self.gesture.carrying)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Effect.LIFT:
                self._lift()
            case Effect.ENTER | Effect.FOLLOW:
                self._follow()
            case Effect.STOP:
                self._stop()
            case Effect.COMMIT:
                self.desk.commit()
            case Effect.PARK:
                self.desk.park()
            case Effect.DROP_ON_TARGET:
                self.desk.drop_on_target()
            case Effect.BOOK:
                self._book()
            case Effect.RETURN:
                self._return()
            case Effect.EXPLAIN:
                self.desk.explain()
            case Effect.TOAST:
                self.feed(Settled())
            case Effect.MENU:
                self.open_menu()
            case Effect.CLEAR:
                self._clear()

    def open_menu(self) -> None:
        """For subclasses: a finger rested and was lifted."""

    def _lift(self) -> None:
        gesture = self.gesture
        if not self.by_hand:
            self.carry = self.take_armed() or self.carry
        carry = self.carry
        if carry is None:
            return
        self._pin = None
        self.placer = Placer(self.surface, carry)
        if carry.column is None and carry.cells:
            carry.column = self.home_column(carry.lead)
        self.show_origins()
        self.after_lift()
        if not self.by_hand:
            whole = carry.deed is Deed.MOVE
            self.edges.start(gesture.press_x, gesture.press_y, turns=whole)
            self.grid.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        if carry.cells:
            self._light_up()

    def home_column(self, cell: Cell) -> Column | None:
        """The column that shows a visit now."""
        for column in self.surface.columns:
            own = (
                column.doctor_id == cell.doctor_id
                if column.doctor_id
                else column.room_id == cell.room_id
            )
            if own and column.day == local_date(cell.start, column.zone):
                return column
        return None

    def _follow(self) -> None:
        """The place under the pointer, judged when it is another one."""
        carry, placer, judge = self.carry, self.placer, self.judge
        if carry is None or placer is None or judge is None:
            return
        state = self.gesture.state
        over = self.targets.at(self._pointer) if state is not State.STALE else None
        if state in ON_TARGET and over is not None:
            self.targets.enter(over)
        else:
            self.targets.leave()
        if state is State.OVER_GRID and self.gesture.means is not Means.KEYS and self._pin is None:
            at = self.grid.viewport().mapFromGlobal(self._pointer)
            if at.y() < 0 and self.gesture.means is Means.PICK and carry.deed is Deed.MOVE:
                self._keep_time(at.x())
            else:
                placer.follow(at, self.snap_step, judge)
        self.show_place()

    def show_place(self) -> None:
        """Paints, speaks and reports what is proposed now."""
        carry, placer, judge = self.carry, self.placer, self.judge
        if carry is None or placer is None or judge is None:
            return
        if carry.deed is Deed.SWEEP:
            if carry.target is not None and carry.column is not None:
                self.scene.show_sweep(carry.target, carry.column, carry.column.zone)
            return
        proposal = placer.proposal() or self._at_home()
        if proposal is None:
            return
        judgement = judge.judge(proposal)
        state, target = self.gesture.state, self.targets.current
        if state in ON_TARGET and target is not None:
            words = target.hover(self._pointer, proposal)
            self.scene.hide_live()
            self.scene.label.show_at(self._pointer, words, Verdict.OK)
        else:
            words = self._show_ghost(proposal, judgement, judge)
        self.voice.say(words)
        self.status_changed.emit(status_of(self.gesture, carry, judgement, judge))

    def _show_ghost(self, proposal: Proposal, judgement: Judgement, judge: Judge) -> str:
        """Paints the ghost on the grid; answers the words of its verdict."""
        carry, state = self.carry, self.gesture.state
        assert carry is not None
        grey = state in (State.OUTSIDE, State.STALE)
        sentence = self.gesture.sentence if state is State.STALE else "Release to cancel"
        self.scene.show(
            proposal,
            judgement,
            judge,
            column=carry.column,
            bump=carry.bump,
            grey=grey,
            sentence=sentence,
        )
        if grey and not shows(self.grid, self._pointer):
            self.scene.label.show_at(self._pointer, sentence, Verdict.REFUSE)
        else:
            self.scene.label.hide()
        if grey:
            return sentence
        if carry.bump is not None:
            return f"Stops here: {carry.bump.sentence}"
        return ". ".join(part for part in verdict_words(proposal, judgement, judge) if part)

    def _at_home(self) -> Proposal | None:
        """The place where a lifted visit stands now."""
        carry, placer = self.carry, self.placer
        if carry is None or placer is None or not carry.cells:
            return None
        home = self.home_column(carry.lead) or carry.column
        if home is None and self.surface.columns:
            home = self.surface.columns[0]
        if home is not None:
            carry.column = home
            if carry.deed is Deed.MOVE:
                placer.put(home, self.surface.axis(home).minute_of(carry.lead.start))
            else:
                edge = carry.lead.start if carry.deed is Deed.RESIZE_TOP else carry.lead.end
                minute = self.surface.axis(home).minute_of(edge)
                placer.resize_to(minute, self.snap_step, self.judge)
        return placer.proposal()

    def _keep_time(self, x: float) -> None:
        carry, placer = self.carry, self.placer
        if carry is None or placer is None:
            return
        column = self.surface.column_near(x, None)
        if column is not None:
            start = carry.target.start if carry.target is not None else carry.lead.start
            home = self.surface.axis(carry.column or column)
            placer.put(column, home.minute_of(start))

    def _book(self) -> None:
        """A swept range becomes the grid's range, from which a booking begins."""
        carry = self.carry
        swept = None
        if carry is not None and carry.target is not None and carry.column is not None:
            swept = (carry.column, carry.target.start, carry.target.end)
        self.feed(Settled())
        if swept is not None:
            self.grid.set_range(swept)
            self.grid.book_requested.emit(self.grid.booking_at_cursor())

    def _return(self) -> None:
        carry = self.carry
        origin = None
        if carry is not None and carry.cells and not carry.copy and not carry.parked:
            origin = self.grid.cell_rect(carry.lead.id)
        self.scene.glide_home(origin, lambda: self.feed(Settled()))

    def _stop(self) -> None:
        self.edges.stop()
        self.voice.hush()
        self.arm_cleared()
        self.targets.leave()
        self.scene.areas = []
        self.scene.label.hide()
        self.grid.viewport().unsetCursor()
        self.status_changed.emit(None)

    def _clear(self) -> None:
        if self.gesture.carrying or self.gesture.state is State.ARMED:
            return
        self._stop()
        self.carry = None
        self.placer = None
        self.scene.clear()
        self.show_origins()

    # Details

    def _take_modifiers(self, modifiers: Qt.KeyboardModifier) -> None:
        self._fine = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        carry = self.carry
        if carry is not None and carry.deed is Deed.MOVE and not self.by_hand:
            copy = bool(modifiers & COPY_KEY) and not carry.parked
            if copy != carry.copy:
                carry.copy = copy
                self.show_origins()

    def modifiers_changed(self, modifiers: Qt.KeyboardModifier) -> None:
        """Ctrl or Shift went down or up while the pointer rests."""
        if self.gesture.carrying and not self.by_hand:
            self._take_modifiers(modifiers)
            self._follow()

    def place_under(self, global_pos: QPoint) -> Place:
        """The one hit test."""
        target = self.targets.at(global_pos)
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

    def _light_up(self) -> None:
        """Finds the areas in which the dragged visit fits (after the first painted frame)."""
        carry, judge = self.carry, self.judge
        if carry is None or judge is None or carry.deed is not Deed.MOVE or len(carry.cells) != 1:
            return
        doctors = tuple(dict.fromkeys(c.doctor_id for c in self.surface.columns if c.doctor_id))
        days = [c.day for c in self.surface.columns]
        if not doctors or not judge.covers(min(days)) or not judge.covers(max(days)):
            return

        def find() -> None:
            if self.carry is carry and self.gesture.carrying:
                self.scene.areas = judge.open_areas(
                    carry.lead, carry.minutes, doctors, min(days), max(days)
                )
                self.show_place()

        QTimer.singleShot(0, self, find)

    def _paint(self, painter: QPainter) -> None:
        self.scene.paint(painter)
