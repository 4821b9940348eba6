"""What can be done to visits and free time from any calendar view. Views name an action; this
builds the command and hands it to the operations."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.appointments import SHORTEST, STATUS_WORDS, TRANSITIONS, Status
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.command import AUTO, Command
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.visit_words import spoken_cell
from clinic_desk.ui.models.sites import both_clocks
from clinic_desk.ui.models.words import day_words, doctor_name
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


def nobody_works(column: Column, start: datetime) -> str:
    """Why a room's column has nobody to book at that time, and the way out."""
    when = f"{day_words(column.day)} {both_clocks(start, column.zone, column.home_zone)}"
    place = column.subtitle or column.title
    return f"Nobody works at {place} on {when}. Choose a time within the hours, or a doctor."


def may_become(cell: Cell, wanted: Status) -> bool:
    """Whether the status machine, with its two-step short cuts, allows it."""
    return wanted in TRANSITIONS[cell.status] or (cell.status, wanted) in _TWO_STEPS


class VisitActions(QObject):
    """``done`` carries a sentence for the status bar, ``failed`` the refusal or fault,
    ``blocked`` the ``Outcome`` of blocking time. The commands are loaded with the first that is
    run: they are no part of the start."""

    done = Signal(str)
    failed = Signal(object)
    blocked = Signal(object)

    def __init__(self, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations

    def change_status(self, name: str, cells: Sequence[Cell]) -> bool:
        """One command for all chosen visits, so that one Undo takes all of it back."""
        from clinic_desk.services.commands import ChangeStatus, ChangeStatusTogether

        wanted = STATUS_ACTIONS[name]
        changes = tuple(
            ChangeStatus(
                appointment_id=cell.id,
                to=wanted,
                expected_revision=cell.revision,
                initiator=INITIATOR,
            )
            for cell in cells
        )
        if len(changes) == 1:
            self._run(changes[0], f"{spoken_cell(cells[0])}: {name.replace('_', ' ')}.")
        elif changes:
            words = f"{STATUS_WORDS[wanted].capitalize()}: {len(changes)} visits"
            self._run(ChangeStatusTogether(changes=changes, initiator=INITIATOR), words)
        return bool(cells)

    def step_back(self, cells: Sequence[Cell]) -> bool:
        from clinic_desk.services.commands import StepBack, StepBackTogether

        steps = tuple(
            StepBack(appointment_id=cell.id, expected_revision=cell.revision, initiator=INITIATOR)
            for cell in cells
        )
        if len(steps) == 1:
            self._run(steps[0], f"{spoken_cell(cells[0])}: last step taken back.")
        elif steps:
            words = f"Stepped back: {len(steps)} visits"
            self._run(StepBackTogether(steps=steps, initiator=INITIATOR), words)
        return bool(cells)

    def hold(self, column: Column, doctor: Doctor, start: datetime, end: datetime | None) -> None:
        """Holds the doctor's time for three minutes, in a room's column that room too."""
        from clinic_desk.services.commands import HoldSlot

        until = end or start + timedelta(minutes=USUAL_HOLD)
        until = max(until, start + timedelta(minutes=SHORTEST))
        command = HoldSlot(
            doctor_id=doctor.id,
            start=start,
            end=until,
            location_id=column.location_id or None,
            room_id=column.room_id or AUTO,
            kept=True,
            initiator=INITIATOR,
        )
        place = f" in {column.title}" if column.room_id else ""
        self._run(command, f"Held for 3 minutes, {doctor_name(doctor)}{place}.")

    def let_go(self, holds: Sequence[Cell]) -> None:
        """Frees held times, each a step of its own: they were held one by one."""
        from clinic_desk.services.commands import ReleaseHold

        for cell in holds:
            self._run(
                ReleaseHold(hold_id=cell.id, on_purpose=True, initiator=INITIATOR),
                "No longer held.",
            )

    def block(self, doctor: Doctor, start: datetime, end: datetime, reason: str) -> None:
        from clinic_desk.services.commands import BlockTime

        command = BlockTime(
            doctor_id=doctor.id, start=start, end=end, reason=reason, initiator=INITIATOR
        )
        self._operations.run(command, done=self.blocked.emit, refused=self._refused)

    def unblock(self, exception_id: Id) -> None:
        from clinic_desk.services.commands import RemoveBlock

        self._run(RemoveBlock(exception_id=exception_id, initiator=INITIATOR), "Block removed.")

    def release_expired(self) -> None:
        """A countdown has reached zero: the gate frees what has run out. Silent either way, for
        the next command of any desk would do the same."""
        from clinic_desk.services.commands import ReleaseExpiredHolds

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
