"""The loop behind every way of moving: it feeds the drag state machine and does what it says.

Nothing here reads a key or a button; ``gestures.GestureController`` adds those. Positions that
cross widgets are global pixels.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.domain.spans import zone
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.gestures_carry import Placer
from clinic_desk.ui.calendar.gestures_scene import verdict_words
from clinic_desk.ui.calendar.gestures_state import GestureState
from clinic_desk.ui.calendar.gestures_status import status_of
from clinic_desk.ui.calendar.gestures_targets import DateTarget, shows
from clinic_desk.ui.calendar.proposals import Judge, Judgement, Proposal, Target
from clinic_desk.ui.geometry.gesture_machine import (
    Answer,
    Cancel,
    CancelCause,
    Changed,
    Deed,
    Effect,
    Event,
    Means,
    Move,
    Place,
    Release,
    Settled,
    State,
    step,
)
from clinic_desk.ui.geometry.gesture_math import far_enough

COPY_KEY = (
    Qt.KeyboardModifier.AltModifier
    if sys.platform == "darwin"
    else Qt.KeyboardModifier.ControlModifier
)
ON_TARGET = (State.OVER_SHELF, State.OVER_DATES, State.OVER_NAV)


class GestureLoop(GestureState):
    """Feeds the machine and performs its effects."""

    # Pointer and end

    def point(self, global_pos: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """The pointer is at a global position."""
        self._pointer = global_pos
        self._take_modifiers(modifiers)
        at = self.grid.viewport().mapFromGlobal(global_pos)
        over = self.place_under(global_pos)
        self.edges.moved(at, outside=over is not Place.GRID)
        if self._pin is not None:
            way = global_pos - self._pin
            if not far_enough(way.x(), way.y()):
                return
            self._pin = None
        self.feed(Move(at.x(), at.y(), over))

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
        if self.gesture.state is State.OVER_GRID:
            self.grid.setFocus()  # a card of the shelf has come: keys go on where it lies now
        self.desk.remember(self.targets.current, self._pointer)
        verdict = self.judgement
        allowed = verdict is None or verdict.allowed
        self.feed(Release(Answer.OK if allowed else Answer.REFUSE))

    def cancel(self, cause: CancelCause = CancelCause.ESCAPE) -> None:
        was = self.gesture.carrying
        if was or self.gesture.state is State.ARMED:
            self.feed(Cancel(cause))
        if was and cause is not CancelCause.TOGGLED:
            self.voice.now("Cancelled. It stays where it was.")

    def content_changed(self) -> None:
        """A newer slice is shown: stale drags stop, saved drops are really there now."""
        self.scene.slice_arrived()
        self.dates.forget()
        self.show_origins()
        carry = self.carry
        if not self.gesture.carrying or carry is None:
            return
        news = self.desk.news_about(carry)
        if news:
            self.scene.areas = []
            self.feed(Changed(news))
        elif self.gesture.state is not State.STALE:
            self._light_up()
            self.after_content()
            self.follow()

    def judge_again(self) -> None:
        """More is known about the same picture: what is carried may meet another verdict."""
        if self.gesture.carrying and self.gesture.state is not State.STALE:
            self._light_up()
            self.show_place()

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
                self.follow()
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
            case Effect.PAN:
                self.pan()
            case Effect.MENU:
                self.open_menu()
            case Effect.CLEAR:
                self._clear()

    def _lift(self) -> None:
        gesture = self.gesture
        if not self.by_hand:
            self.carry = self.take_armed() or self.carry
        carry = self.carry
        if carry is None:
            return
        self._pin = None
        self.dates.forget()
        self.placer = Placer(self.surface, carry)
        if carry.column is None and carry.cells:
            carry.column = self.home_column(carry.lead)
        self.show_origins()
        self.after_lift()
        if not self.by_hand:
            whole = carry.deed is Deed.MOVE
            at = self.grid.viewport().mapFromGlobal(self._pointer)
            pressed = (gesture.press_x, gesture.press_y)
            begin = pressed if any(pressed) else (float(at.x()), float(at.y()))
            self.edges.start(*begin, turns=whole)
            self.grid.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        if carry.cells:
            self._light_up()

    def follow(self) -> None:
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
            words, verdict = target.hover(self._pointer, proposal), Verdict.OK
            if isinstance(target, DateTarget) and target.day is not None:
                words, verdict = self.dates.words(target.day, proposal)
            elif barred := target.barred(proposal):
                words, verdict = barred.partition(". ")[0], Verdict.REFUSE
            self.scene.hide_live()
            self.scene.label.show_at(self._pointer, words, verdict)
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
        # what hangs on no pressed pointer is told on the grid alone, wherever the pointer was last
        if grey and not self.by_hand and not shows(self.grid, self._pointer):
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
        lead = carry.lead
        if home is None and self.grid.isVisible() and self.surface.columns:
            carry.column = self.guest_column(lead)
            wall = lead.start.astimezone(zone(carry.column.zone))
            placer.put(carry.column, wall.hour * 60 + wall.minute)
            if carry.target is not None:
                self.grid.ensure_visible(carry.column, carry.target.start, carry.target.end)
        elif home is None:
            carry.target = Target(lead.doctor_id, lead.start, lead.end)
        else:
            carry.column = home
            if carry.deed is Deed.MOVE:
                placer.put(home, self.surface.axis(home).minute_of(carry.lead.start))
            else:
                edge = carry.lead.start if carry.deed is Deed.RESIZE_TOP else carry.lead.end
                minute = self.surface.axis(home).minute_of(edge)
                placer.resize_to(minute, self.snap_step, self.judge)
        return placer.proposal()

    def guest_column(self, cell: Cell) -> Column:
        """For a visit of a day that is not shown: its doctor's column, else the cursor's."""
        for column in self.surface.columns:
            if column.doctor_id == cell.doctor_id or (
                not column.doctor_id and column.room_id == cell.room_id
            ):
                return column
        place = self.grid.cursor
        return place[0] if place is not None else self.surface.columns[0]

    def _keep_time(self, x: float) -> None:
        carry, placer = self.carry, self.placer
        if carry is None or placer is None:
            return
        column = self.surface.column_near(x, None)
        if column is not None:
            start = carry.target.start if carry.target is not None else carry.lead.start
            minute = self.surface.same_height(carry.column or column, column, start)
            placer.put(column, minute)

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
                self._light_up()

    def modifiers_changed(self, modifiers: Qt.KeyboardModifier) -> None:
        """Ctrl or Shift went down or up while the pointer rests."""
        if self.gesture.carrying and not self.by_hand:
            self._take_modifiers(modifiers)
            self.follow()

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
                    carry.lead, carry.minutes, doctors, min(days), max(days), copy=carry.copy
                )
                self.show_place()

        QTimer.singleShot(0, self, find)
