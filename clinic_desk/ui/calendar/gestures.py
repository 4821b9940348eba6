"""Moving things with mouse, finger, keys and clicks on a time grid.

One controller per grid, on the events that the grid forwards (no native drag), so a drag crosses
grid, shelf, mini-month and buttons with one global hit test. It never asks whether somebody is
sure: it commits, and Undo is offered in the toast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QInputDevice, QKeyEvent, QMouseEvent

from clinic_desk.domain.appointments import Status
from clinic_desk.services.views import Cell, ShelfCard
from clinic_desk.ui.calendar.gestures_carry import Carry
from clinic_desk.ui.calendar.gestures_input import InputWatch
from clinic_desk.ui.calendar.gestures_loop import GestureLoop
from clinic_desk.ui.calendar.gestures_outside import OutsideDrag
from clinic_desk.ui.calendar.move_mode import MoveMode
from clinic_desk.ui.geometry.gesture_machine import (
    Cancel,
    CancelCause,
    Deed,
    HoldElapsed,
    Lift,
    Means,
    Press,
    Release,
    State,
    grip_deed,
)
from clinic_desk.ui.geometry.gesture_math import LONG_PRESS, Grip
from clinic_desk.ui.runtime.context import Context

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.grid_view import Hit, TimeGridView
    from clinic_desk.ui.calendar.shelf_panel import ShelfPanel


@dataclass(frozen=True, slots=True)
class Armed:
    """What lay under the press. ``grab`` is minutes from the visit's start to the pointer."""

    hit: Hit
    cells: tuple[Cell, ...]
    grab: float
    deed: Deed
    means: Means


class GestureController(GestureLoop):
    """The grid's controller. ``modes`` are the keyboard's ways of moving."""

    def __init__(self, context: Context, grid: TimeGridView, parent: QObject | None = None) -> None:
        super().__init__(context, grid, parent)
        self.modes = MoveMode(self)
        self._watch = InputWatch(self)
        self._outside = OutsideDrag(self)
        self._armed: Armed | None = None
        self._kinds: set[tuple[date, bool]] = set()
        self._panning: QPoint | None = None
        self._no_menu = False
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(LONG_PRESS)
        self._hold.timeout.connect(self._held)
        self.active_changed.connect(self._let_go)
        grid.set_controller(self)

    # What the grid asks

    def mouse_press(self, event: QMouseEvent) -> bool:
        self._pointer = event.globalPosition().toPoint()
        self._panning = None
        self._no_menu = False
        if self.gesture.carrying:
            if event.button() is Qt.MouseButton.RightButton:
                self._no_menu = True
                self.cancel(CancelCause.RIGHT_BUTTON)
            elif self.by_hand and event.button() is Qt.MouseButton.LeftButton:
                self.place_at(self._pointer, event.modifiers())
            return True
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        self.desk.card.dismiss()
        self.scene.stop_motion()
        self._arm(event)
        return False

    def mouse_move(self, event: QMouseEvent) -> bool:
        state = self.gesture.state
        if self._panning is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._pan(event.position().toPoint())
            return True
        if not event.buttons() and not self.gesture.carrying:
            self._show_grip(event.position().toPoint())
        if state is State.ARMED and not event.buttons() & Qt.MouseButton.LeftButton:
            self.feed(Cancel())
            return False
        if state is State.ARMED or (self.gesture.carrying and self.gesture.means is not Means.KEYS):
            self.point(event.globalPosition().toPoint(), event.modifiers())
        return self.gesture.carrying or self.gesture.state is State.ARMED

    def pan(self) -> None:
        """A finger that moved at once scrolls; the visit beneath it stays where it is."""
        self._panning = self.grid.viewport().mapFromGlobal(self._pointer)

    def _pan(self, at: QPoint) -> None:
        assert self._panning is not None
        way, self._panning = self._panning - at, at
        self.grid.scroll_by(way.x(), way.y())

    def _show_grip(self, at: QPoint) -> None:
        """The pointer's shape says what a drag from here would do."""
        hit = self.grid.hit(at)
        view = self.grid.viewport()
        wanted = Qt.CursorShape.ArrowCursor
        if hit.edge is not None:
            wanted = Qt.CursorShape.SizeVerCursor
        elif hit.kind == "block":
            wanted = Qt.CursorShape.PointingHandCursor
        if view.cursor().shape() is not wanted:
            view.setCursor(wanted)

    def mouse_release(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return self.gesture.carrying
        self._hold.stop()
        if self._panning is not None:
            self._panning = None
            return True
        if self.gesture.state is State.ARMED:
            self.feed(Release())
            return False
        if self.gesture.carrying and not self.by_hand:
            self.point(event.globalPosition().toPoint(), event.modifiers())
            self.drop()
            return True
        return self.gesture.carrying

    def double_click(self, event: QMouseEvent) -> bool:
        del event
        return self.gesture.carrying

    def key_press(self, event: QKeyEvent) -> bool:
        return self.modes.key_press(event)

    def context_menu(self, event: QContextMenuEvent) -> bool:
        """No menu at the end of a drag that the right button has just cancelled."""
        del event
        swallow, self._no_menu = self._no_menu, False
        return self.gesture.carrying or swallow

    # What pages and panels ask

    def lift(
        self,
        cells: Sequence[Cell],
        means: Means = Means.PICK,
        *,
        deed: Deed = Deed.MOVE,
        copy: bool = False,
        parked: bool = False,
    ) -> bool:
        """Takes appointments up without a press: the Move button (``Means.PICK``), move mode
        (``KEYS``), a card of the shelf. Asking again for the same one puts it back. True when
        something is now carried."""
        if self.gesture.carrying:
            same = self.carry is not None and bool(cells) and self.carry.cells[:1] == (cells[0],)
            self.cancel(CancelCause.TOGGLED)
            self.scene.stop_motion()
            if same:
                return False
        if not cells:
            return False
        self.desk.card.dismiss()
        self.scene.stop_motion()
        self.carry = Carry(tuple(cells), deed, means, copy=copy, parked=parked)
        self.feed(Lift(deed, means))
        return True

    def place_at(self, global_pos: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """The placing click of pick-and-place."""
        if self.gesture.means is Means.KEYS:
            self.gesture = replace(self.gesture, means=Means.PICK)
        self.point(global_pos, modifiers)
        self.drop()

    def add_shelf(self, shelf: ShelfPanel) -> None:
        """Makes the shelf a drop target, and its cards things that can be dragged or placed."""
        self.targets.add(shelf)
        shelf.place_requested.connect(self.place_card)
        shelf.card_drag_began.connect(self.begin_card_drag)
        shelf.card_drag_moved.connect(self.move_card_drag)
        shelf.card_drag_ended.connect(self.end_card_drag)

    def place_card(self, card: ShelfCard) -> None:
        """Place mode for a card of the shelf: arrows or a click say where."""
        if not self.bring_grid(lambda: self.place_card(card)):
            return
        if self.lift((card.cell,), Means.KEYS, parked=True):
            self.grid.setFocus()

    def begin_card_drag(self, card: ShelfCard, global_pos: QPoint) -> None:
        self.begin_drag(card.cell, global_pos, parked=True)

    def begin_drag(self, cell: Cell, global_pos: QPoint, *, parked: bool = False) -> None:
        """Hangs a visit on the pressed pointer; ``point`` and ``drop`` follow."""
        self._pointer = global_pos
        self.lift((cell,), Means.DRAG, parked=parked)

    def lift_id(self, row_id: str, global_pos: QPoint) -> None:
        """A visit is dragged out of the month or of a list of visits."""
        self._outside.begin(row_id, global_pos)

    def move_card_drag(self, global_pos: QPoint) -> None:
        from PySide6.QtGui import QGuiApplication

        if self.gesture.carrying:
            self.point(global_pos, QGuiApplication.keyboardModifiers())

    def end_card_drag(self, global_pos: QPoint) -> None:
        if self.gesture.carrying:
            self.move_card_drag(global_pos)
            self.drop()

    # The loop's questions

    def take_armed(self) -> Carry | None:
        armed, self._armed = self._armed, None
        if armed is None:
            return None
        column = armed.hit.column
        carry = Carry(armed.cells, armed.deed, armed.means, armed.grab, column=column)
        if not armed.cells and column is not None and armed.hit.instant is not None:
            carry.anchor = self.surface.axis(column).minute_of(armed.hit.instant)
        return carry

    def arm_cleared(self) -> None:
        self._hold.stop()
        self._armed = None
        self._watch.stop()

    def after_lift(self) -> None:
        self._watch.start()

    def after_content(self) -> None:
        self.modes.content_changed()

    def content_changed(self) -> None:
        super().content_changed()
        self.modes.drops_landed()
        kinds = {(c.day, bool(c.room_id)) for c in self.grid.columns}
        if kinds != self._kinds and not self.active:
            self.desk.card.dismiss()
        self._kinds = kinds

    def open_menu(self) -> None:
        if self._armed is not None:
            self.menu_requested.emit(self._armed.hit, self._pointer)

    def _let_go(self, active: bool) -> None:
        if not active:
            self.modes.let_go()
            self._outside.end()

    def _held(self) -> None:
        self.feed(HoldElapsed())

    def _arm(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        hit = self.grid.hit(at)
        touch = event.deviceType() is QInputDevice.DeviceType.TouchScreen
        means = Means.TOUCH if touch else Means.DRAG
        if hit.column is None or hit.instant is None:
            return
        if hit.kind == "block" and hit.cell is not None and not hit.overflow:
            cell = hit.cell
            if cell.status is Status.HELD or cell.id in self.scene.waiting_ids:
                return
            deed = grip_deed(Grip(hit.edge)) if hit.edge else Deed.MOVE
            cells = self._group(cell) if deed is Deed.MOVE else (cell,)
            grab = (hit.instant - cell.start).total_seconds() / 60
            self._armed = Armed(hit, cells, grab, deed, means)
        elif hit.kind == "empty":
            self._armed = Armed(hit, (), 0.0, Deed.SWEEP, means)
        else:
            return
        self.feed(Press(at.x(), at.y(), self._armed.deed, touch=touch))
        if touch:
            self._hold.start()

    def _group(self, cell: Cell) -> tuple[Cell, ...]:
        """The grabbed visit first, then the rest of a multi-selection that contains it."""
        chosen, data = self.grid.selected_ids, self.grid.slice
        if cell.id not in chosen or len(chosen) < 2 or data is None:
            return (cell,)
        return (cell, *(c for c in data.cells if c.id in chosen and c.id != cell.id))
