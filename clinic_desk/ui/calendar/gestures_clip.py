"""Copy, cut, paste, park and the − and + buttons: changes without carrying anything about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.proposals import Placed, Proposal, Target
from clinic_desk.ui.geometry.gesture_machine import Deed
from clinic_desk.ui.runtime.privacy import CURTAIN

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.gestures import GestureController


@dataclass(frozen=True, slots=True)
class Clip:
    """What Ctrl+C or Ctrl+X took. A cut visit waits on the shelf."""

    cell: Cell
    cut: bool


class Clipboard:
    """Works on the focused visit and the selection of the controller's grid."""

    def __init__(self, controller: GestureController) -> None:
        self._c = controller
        self.clip: Clip | None = None

    def chosen(self) -> list[Cell]:
        """The focused visit first, then the rest of the selection."""
        grid = self._c.grid
        focused, data = grid.current_cell(), grid.slice
        picked = [c for c in data.cells if c.id in grid.selected_ids] if data is not None else []
        if focused is None:
            return picked
        if focused.id not in grid.selected_ids:
            return [focused]
        return [focused, *(c for c in picked if c.id != focused.id)]

    def copy(self) -> bool:
        cells = self.chosen()
        if not cells:
            return False
        self.clip = Clip(cells[0], cut=False)
        self._c.voice.now(f"Copied {CURTAIN.name(cells[0])}. Paste with Control V.")
        return True

    def cut(self) -> bool:
        cells = self.chosen()
        if not cells:
            return False
        self.clip = Clip(cells[0], cut=True)
        return self.park()

    def park(self) -> bool:
        cells = self.chosen()
        if not cells:
            return False
        moves = tuple(Placed(c, Target(c.doctor_id, c.start, c.end, c.room_id)) for c in cells)
        self._c.desk.park_cells(Proposal(moves))
        return True

    def paste(self) -> bool:
        """At the cursor: a copy, or the visit that was cut to the shelf."""
        clip, place, judge = self.clip, self._c.grid.cursor, self._c.judge
        if clip is None or place is None or judge is None:
            return False
        column, start = place
        target = Target(
            column.doctor_id or clip.cell.doctor_id,
            start,
            start + (clip.cell.end - clip.cell.start),
            column.room_id,
            column.only_place,
        )
        cell = self._c.desk.newest(clip.cell) if clip.cut else clip.cell
        self._commit(Proposal((Placed(cell, target),), copy=not clip.cut, parked=clip.cut))
        if clip.cut:
            self.clip = None
        return True

    def resize_by(self, cell: Cell, minutes: int) -> None:
        """The − and + buttons: longer or shorter by that much, by the same rules."""
        start, end = cell.start, cell.end + timedelta(minutes=minutes)
        target = Target(cell.doctor_id, start, end)
        self._commit(Proposal((Placed(cell, target),), Deed.RESIZE_BOTTOM))

    def _commit(self, proposal: Proposal) -> None:
        c = self._c
        judge = c.judge
        if judge is None:
            return
        judgement = judge.judge(proposal)
        rect = c.grid.cell_rect(proposal.lead.cell.id)
        at = rect.bottomLeft() if rect is not None else c.grid.viewport().rect().center()
        place = c.grid.viewport().mapToGlobal(at + QPoint(0, 4))
        c.desk.remember(None, place)
        if judgement.allowed:
            c.desk.settle(proposal, judgement)
        else:
            c.desk.explain_here(proposal, judgement, place)
