"""Moving by keyboard alone: move, copy and resize mode, nudges, copy, cut, paste, park.

M takes the focused visit up, arrows carry it, PgUp and PgDn by a screen, with Ctrl by a day,
N jumps to the next free place, Enter drops, Esc puts it back. The verdict is the same as under
the mouse and is spoken. Nudges (Ctrl+Shift+arrows) that follow each other become one move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent

from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.gestures_carry import Carry, Placer
from clinic_desk.ui.calendar.gestures_clip import Clipboard
from clinic_desk.ui.calendar.gestures_keys import ARROWS, MODIFIERS, letter
from clinic_desk.ui.geometry.gesture_machine import CancelCause, Deed, Means, State
from clinic_desk.ui.geometry.gesture_math import FINE_STEP
from clinic_desk.ui.runtime.privacy import CURTAIN

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.gestures import GestureController

Key = Qt.Key
AHEAD = frozenset(
    {*ARROWS, Key.Key_Return, Key.Key_Enter, Key.Key_Space, Key.Key_PageUp, Key.Key_PageDown,
     Key.Key_N, Key.Key_P}
)  # fmt: skip
"""Keys that say where a carried visit goes: behind another day they wait until it is shown."""

NUDGE_PAUSE = 450
"""Milliseconds after the last nudge until it is saved: a row of nudges is one move."""


class MoveMode(Clipboard):
    """Reads keys for a controller. ``key_press`` answers whether a key was meant for it."""

    def __init__(self, controller: GestureController) -> None:
        super().__init__(controller)
        self._wanted: tuple[Id, Id | None, Id | None, date, float] | None = None
        self._ahead: list[QKeyEvent] = []
        """Keys pressed since another day was asked for; they are meant for that day."""
        self._nudging = False
        self._queue: list[tuple[int, int]] = []
        self._pause = QTimer(controller)
        self._pause.setSingleShot(True)
        self._pause.setInterval(NUDGE_PAUSE)
        self._pause.timeout.connect(self._nudge_over)

    def key_press(self, event: QKeyEvent) -> bool:
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt:
            return False
        if self._c.gesture.carrying:
            if self._turning and event.key() in AHEAD and self._c.gesture.state is not State.STALE:
                self._ahead.append(
                    QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
                )
                return True
            return self._carrying(event, ctrl=ctrl, shift=shift)
        return self._resting(event, ctrl=ctrl, shift=shift)

    # Nothing is carried

    def _resting(self, event: QKeyEvent, *, ctrl: bool, shift: bool) -> bool:
        key = event.key()
        if key == Key.Key_Escape and self._c.desk.card.isVisible():
            self._c.desk.card.dismiss()
            return True
        if ctrl and shift and key in ARROWS:
            self.nudge(*ARROWS[key])
            return True
        name = letter(event)
        if ctrl and not shift:
            action = {"C": self.copy, "X": self.cut, "V": self.paste}.get(name)
        elif ctrl:
            action = None
        elif shift:
            action = {"M": self.start_copy}.get(name)
        else:
            action = {"M": self.start_move, "S": self.start_resize, "P": self.park}.get(name)
        return action is not None and action()

    def start_move(self) -> bool:
        return self._start(Deed.MOVE, self.chosen())

    def start_copy(self) -> bool:
        return self._start(Deed.MOVE, self.chosen()[:1], copy=True)

    def start_resize(self) -> bool:
        return self._start(Deed.RESIZE_BOTTOM, self.chosen()[:1])

    def _start(self, deed: Deed, cells: Sequence[Cell], *, copy: bool = False) -> bool:
        if not cells:
            self._c.voice.now("Choose an appointment first.")
            return True
        self._c.lift(cells, Means.KEYS, deed=deed, copy=copy)
        name = CURTAIN.name(cells[0]) if len(cells) == 1 else f"{len(cells)} visits"
        word = {Deed.MOVE: "Copying" if copy else "Moving"}.get(deed, "Resizing")
        self._c.voice.now(f"{word} {name}. Arrows place, Enter drops, Escape cancels.")
        return True

    # Something is carried

    def _carrying(self, event: QKeyEvent, *, ctrl: bool, shift: bool) -> bool:
        key = event.key()
        if key == Key.Key_Escape:
            self._c.cancel(CancelCause.ESCAPE)
            return True
        if key in MODIFIERS:
            return True
        if self._nudging and not (ctrl and shift and key in ARROWS):
            self._nudge_over()
            return key in (Key.Key_Return, Key.Key_Enter)
        if self._nudging:
            self._step(*ARROWS[key], self._c.grid.slot_minutes)
            self._pause.start()
            return True
        if letter(event) == "N" and not ctrl:
            self._next_free()
        elif not self._c.by_hand:
            return True
        elif key in (Key.Key_Return, Key.Key_Enter, Key.Key_Space):
            self._c.drop()
        elif key in ARROWS:
            step = FINE_STEP if shift else self._c.grid.slot_minutes
            self._step(*ARROWS[key], step)
        elif key in (Key.Key_PageUp, Key.Key_PageDown):
            direction = 1 if key == Key.Key_PageDown else -1
            if ctrl:
                self._day(direction)
            else:
                self._screen(direction)
        elif letter(event) == "M" and not ctrl:
            self._c.cancel(CancelCause.TOGGLED)
        elif letter(event) == "P" and not ctrl and self._whole:
            self._park_carried()
        elif key in (Key.Key_Tab, Key.Key_Backtab, Key.Key_F1, Key.Key_F6, Key.Key_F8):
            return False
        return not ctrl or key in ARROWS or key in (Key.Key_PageUp, Key.Key_PageDown)

    def let_go(self) -> None:
        """Nothing is carried any more."""
        self._pause.stop()
        self._nudging = False
        self._wanted = None
        self._ahead.clear()

    @property
    def _turning(self) -> bool:
        return self._wanted is not None or bool(self._ahead) or self._c.loading()

    def _go_on(self) -> None:
        """The day that was asked for is there: the keys pressed meanwhile count for it."""
        while self._ahead and self._wanted is None and self._c.gesture.carrying:
            if self._c.loading():
                return
            event = self._ahead.pop(0)
            held = event.modifiers()
            self._carrying(
                event,
                ctrl=bool(held & Qt.KeyboardModifier.ControlModifier),
                shift=bool(held & Qt.KeyboardModifier.ShiftModifier),
            )

    @property
    def _whole(self) -> bool:
        return self._c.carry is not None and self._c.carry.deed is Deed.MOVE

    def _take(self) -> tuple[Carry, Placer, Column] | None:
        """What is carried, under the rule of the keys from now on."""
        c = self._c
        carry, placer = c.carry, c.placer
        if c.gesture.state is State.STALE or carry is None or placer is None:
            return None
        c.gesture = replace(c.gesture, means=Means.KEYS, state=State.OVER_GRID)
        if placer.proposal() is None:
            c.show_place()
        if carry.column is None or carry.target is None:
            return None
        return carry, placer, carry.column

    def _step(self, across: int, down: int, minutes: int) -> None:
        held = self._take()
        if held is None:
            return
        carry, placer, column = held
        c = self._c
        if carry.deed is not Deed.MOVE:
            if down:
                self._stretch(carry, placer, column, down * minutes)
            return
        assert carry.target is not None
        minute = c.surface.axis(column).minute_of(carry.target.start)
        if across:
            mirrored = c.grid.layoutDirection() is Qt.LayoutDirection.RightToLeft
            beside = c.surface.beside(column, -across if mirrored else across)
            if beside is None:
                c.voice.now("No column on that side.")
                return
            minute = c.surface.same_height(column, beside, carry.target.start)
            column = beside
        elif down > 0:
            minute = (minute // minutes + 1) * minutes
        elif down < 0:
            minute = (-(-minute // minutes) - 1) * minutes
        placer.put(column, minute)
        self._shown()

    def _stretch(self, carry: Carry, placer: Placer, column: Column, minutes: int) -> None:
        assert carry.target is not None
        axis = self._c.surface.axis(column)
        top = carry.deed is Deed.RESIZE_TOP
        edge = axis.minute_of(carry.target.start if top else carry.target.end)
        step = abs(minutes)
        wanted = (edge // step + 1) * step if minutes > 0 else (-(-edge // step) - 1) * step
        placer.resize_to(wanted, step, self._c.judge)
        self._shown()

    def _screen(self, direction: int) -> None:
        grid = self._c.grid
        minutes = grid.viewport().height() / grid.arrangement.per_minute
        slots = max(1, int(minutes // grid.slot_minutes) - 1)
        held = self._take()
        if held is None or held[0].deed is not Deed.MOVE:
            return
        carry, placer, column = held
        assert carry.target is not None
        minute = self._c.surface.axis(column).minute_of(carry.target.start)
        placer.put(column, minute + direction * slots * grid.slot_minutes)
        self._shown()

    def _day(self, direction: int) -> None:
        held = self._take()
        if held is None or held[0].deed is not Deed.MOVE:
            return
        carry, placer, column = held
        assert carry.target is not None
        minute = self._c.surface.axis(column).minute_of(carry.target.start)
        day = column.day + timedelta(days=direction)
        other = self._c.surface.find(column.doctor_id, day, column.room_id, column.only_place)
        if other is not None:
            placer.put(other, minute)
            self._shown()
            return
        self._wanted = (column.doctor_id, column.room_id, column.only_place, day, minute)
        self._c.day_requested.emit(day)

    def content_changed(self) -> None:
        """Other columns are shown: the carried visit goes to the day that was asked for."""
        carry, placer = self._c.carry, self._c.placer
        if carry is None or placer is None:
            return
        if self._c.gesture.means is Means.KEYS:
            self._follow_columns(carry, placer)
        if self._ahead and self._wanted is None:
            QTimer.singleShot(0, self._c, self._go_on)

    def _follow_columns(self, carry: Carry, placer: Placer) -> None:
        if self._wanted is not None:
            doctor_id, room_id, place, day, minute = self._wanted
            column = self._c.surface.find(doctor_id, day, room_id, place)
            if column is not None:
                self._wanted = None
                placer.put(column, minute)
                self._shown()
            elif any(other.day == day for other in self._c.surface.columns):
                self._wanted = None  # the doctor has no column on that day
        elif carry.column is None and carry.deed is Deed.MOVE and self._c.surface.columns:
            carry.target = None  # taken up before there was a grid: it begins on what is shown
            self._shown()
        elif carry.column is not None and carry.target is not None:
            same = self._c.surface.find(
                carry.column.doctor_id,
                carry.column.day,
                carry.column.room_id,
                carry.column.only_place,
            )
            if same is not None:
                carry.column = same
            elif carry.deed is Deed.MOVE and self._c.surface.columns:
                # somebody turned to another day: what is carried comes along, at its hour
                minute = self._c.surface.axis(carry.column).minute_of(carry.target.start)
                placer.put(self._c.guest_column(carry.lead), minute)
                self._shown()

    def _next_free(self) -> None:
        held, judge = self._take_for_jump(), self._c.judge
        if held is None or judge is None:
            return
        carry, placer = held
        proposal = placer.proposal()
        slot = judge.next_free(proposal) if proposal is not None else None
        if slot is None:
            day = local_date(carry.lead.start, judge.zone_of(carry.lead.location_id))
            self._c.voice.now("Nothing free in the days that are shown; the finder looks further.")
            lead = carry.lead
            self._c.cancel(CancelCause.TOGGLED)
            self._c.finder_requested.emit(lead, day)
            return
        day = local_date(slot.start, judge.zone_of(slot.location_id))
        column = self._c.surface.find(slot.doctor_id, day, slot.room_id, slot.location_id)
        if column is None:
            home = carry.column or self._c.surface.columns[0]
            minute = (slot.start - self._c.surface.axis(home).instant_of(0)).total_seconds() / 60
            self._c.gesture = replace(self._c.gesture, means=Means.KEYS)
            self._wanted = (slot.doctor_id, slot.room_id, slot.location_id, day, minute % 1440)
            self._c.day_requested.emit(day)
            return
        placer.put(column, self._c.surface.axis(column).minute_of(slot.start))
        self._c.pin()
        self._shown()

    def _take_for_jump(self) -> tuple[Carry, Placer] | None:
        carry, placer = self._c.carry, self._c.placer
        if carry is None or placer is None or carry.deed is not Deed.MOVE:
            return None
        if self._c.by_hand:
            held = self._take()
            return (held[0], held[1]) if held is not None else None
        return carry, placer

    def _park_carried(self) -> None:
        proposal = self._c.proposal
        parked = self._c.carry is not None and self._c.carry.parked
        self._c.cancel(CancelCause.TOGGLED)
        if proposal is not None and not parked:
            self._c.desk.park_cells(proposal)

    def _shown(self) -> None:
        carry = self._c.carry
        if carry is not None and carry.column is not None and carry.target is not None:
            self._c.grid.ensure_visible(carry.column, carry.target.start, carry.target.end)
        self._c.show_place()

    # Without a mode

    def nudge(self, across: int, down: int) -> None:
        """One slot or column in that direction; saved after a short pause."""
        if self._c.scene.waiting_ids & {c.id for c in self.chosen()}:
            self._queue.append((across, down))
            return
        cells = self.chosen()
        if not cells:
            self._c.voice.now("Choose an appointment first.")
            return
        if self._c.lift(cells, Means.KEYS):
            self._nudging = True
            self._c.show_place()
            self._step(across, down, self._c.grid.slot_minutes)
            self._pause.start()

    def drops_landed(self) -> None:
        """Nudges that waited for the row to come back."""
        queue, self._queue = self._queue, []
        for across, down in queue:
            if self._nudging:
                self._step(across, down, self._c.grid.slot_minutes)
                self._pause.start()
            else:
                self.nudge(across, down)

    def _nudge_over(self) -> None:
        self._pause.stop()
        if self._nudging:
            self._nudging = False
            self._c.drop()
