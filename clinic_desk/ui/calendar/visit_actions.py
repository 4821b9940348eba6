"""What can be done to visits and free time from any calendar view. Views name an action; this
builds the command and hands it to the operations."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.appointments import SHORTEST, TRANSITIONS, Status
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import (
    BlockTime,
    ChangeStatus,
    Command,
    HoldSlot,
    ReleaseExpiredHolds,
    RemoveBlock,
    StepBack,
)
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.visit_words import spoken_cell
from clinic_desk.ui.runtime.operations import Operations

STATUS_ACTIONS: Mapping[str, Status] = {
    "confirmed": Status.CONFIRMED,
    "arrived": Status.ARRIVED,
    "in_room": Status.IN_PROGRESS,
    "done": Status.COMPLETED,
    "no_show": Status.NO_SHOW,
}
log = logging.getLogger(__name__)

INITIATOR = "calendar"
USUAL_HOLD = 30

# ChangeStatus takes these two steps at once and writes both events
_TWO_STEPS = {(Status.SCHEDULED, Status.ARRIVED), (Status.SCHEDULED, Status.IN_PROGRESS)}


def may_become(cell: Cell, wanted: Status) -> bool:
    """Whether the status machine, with its two-step short cuts, allows it."""
    return wanted in TRANSITIONS[cell.status] or (cell.status, wanted) in _TWO_STEPS


class VisitActions(QObject):
    """``done`` carries a sentence for the status bar, ``failed`` the refusal or fault."""

    done = Signal(str)
    failed = Signal(object)

    def __init__(self, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations

    def change_status(self, name: str, cells: Sequence[Cell]) -> bool:
        """One command per visit; each refusal is told by itself."""
        wanted = STATUS_ACTIONS[name]
        for cell in cells:
            command = ChangeStatus(
                appointment_id=cell.id,
                to=wanted,
                expected_revision=cell.revision,
                initiator=INITIATOR,
            )
            self._run(command, f"{spoken_cell(cell)}: {name.replace('_', ' ')}.")
        return bool(cells)

    def step_back(self, cells: Sequence[Cell]) -> bool:
        for cell in cells:
            self._run(
                StepBack(
                    appointment_id=cell.id, expected_revision=cell.revision, initiator=INITIATOR
                ),
                f"{spoken_cell(cell)}: last step taken back.",
            )
        return bool(cells)

    def hold(self, column: Column, start: datetime, end: datetime | None) -> bool:
        """Holds a doctor's time for three minutes; a room's column has no doctor to hold."""
        if not column.doctor_id:
            self.done.emit("Choose a doctor's column to hold time.")
            return False
        until = end or start + timedelta(minutes=USUAL_HOLD)
        until = max(until, start + timedelta(minutes=SHORTEST))
        command = HoldSlot(
            doctor_id=column.doctor_id,
            start=start,
            end=until,
            location_id=column.location_id or None,
            initiator=INITIATOR,
        )
        self._run(command, f"Held for 3 minutes, {column.title}.")
        return True

    def block(self, column: Column, start: datetime, end: datetime, reason: str) -> bool:
        if not column.doctor_id:
            self.done.emit("Choose a doctor's column to block time.")
            return False
        command = BlockTime(
            doctor_id=column.doctor_id, start=start, end=end, reason=reason, initiator=INITIATOR
        )
        self._run(command, f"Blocked, {column.title}.")
        return True

    def unblock(self, exception_id: Id) -> None:
        self._run(RemoveBlock(exception_id=exception_id, initiator=INITIATOR), "Block removed.")

    def release_expired(self) -> None:
        """A countdown has reached zero: the gate frees what has run out. Silent either way, for
        the next command of any desk would do the same."""
        self._operations.run(
            ReleaseExpiredHolds(initiator=INITIATOR),
            refused=lambda error: log.warning("holds were not released: %s", type(error).__name__),
        )

    def _run(self, command: Command, sentence: str) -> None:
        self._operations.run(
            command,
            done=lambda outcome: self.done.emit(outcome.sentence or sentence),
            refused=self._refused,
        )

    def _refused(self, error: ClinicDeskError) -> None:
        self.failed.emit(error)
