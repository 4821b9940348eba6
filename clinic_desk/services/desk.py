"""The write gate: the one way in which anything is changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock, IdFactory
from clinic_desk.services import (
    booking,
    history,
    holds,
    importing,
    moving,
    patients,
    roster,
    settings,
    shelf,
    status,
    together,
)
from clinic_desk.services.commands import (
    AddPatient,
    BlockTime,
    BookAppointment,
    CancelAppointment,
    CancelTogether,
    ChangeStatus,
    ChangeStatusTogether,
    Command,
    CopyAppointment,
    EditAppointment,
    EditPatient,
    HoldSlot,
    ImportBatch,
    MoveAppointment,
    MoveTogether,
    ParkAppointment,
    ParkTogether,
    Redo,
    Reinstate,
    ReleaseExpiredHolds,
    ReleaseHold,
    RemoveBlock,
    RenewHold,
    SaveRecords,
    SaveSetting,
    StepBack,
    StepBackTogether,
    Undo,
    UnparkAppointment,
)
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.ports import Store
from clinic_desk.services.work import Done, Work

Handler = Callable[[Work, Any], Done]

HANDLERS: Mapping[type[Command], Handler] = {
    BookAppointment: booking.book,
    CopyAppointment: booking.copy,
    EditAppointment: booking.edit,
    MoveAppointment: moving.move,
    MoveTogether: moving.move_together,
    ChangeStatus: status.change_status,
    ChangeStatusTogether: together.change_status,
    StepBack: status.step_back,
    StepBackTogether: together.step_back,
    CancelAppointment: status.cancel,
    CancelTogether: together.cancel,
    Reinstate: status.reinstate,
    HoldSlot: holds.hold,
    RenewHold: holds.renew,
    ReleaseHold: holds.release,
    ReleaseExpiredHolds: holds.release_expired,
    ParkAppointment: shelf.park,
    ParkTogether: together.park,
    UnparkAppointment: shelf.unpark,
    AddPatient: patients.add,
    EditPatient: patients.edit,
    BlockTime: roster.block_time,
    RemoveBlock: roster.remove_block,
    SaveRecords: roster.save_records,
    SaveSetting: settings.save,
    ImportBatch: importing.import_batch,
    Undo: history.undo,
    Redo: history.redo,
}

BUSY = "busy"
"""The fault code of a store that another process keeps locked."""

PAUSES = (0.05, 0.2, 0.5)
"""Seconds between attempts when the store is busy; its own timeout comes on top."""


class Desk:
    """Executes commands for one person at one desk.

    Safe to call from any one thread at a time (the store's worker thread). Each command is one
    transaction: expired holds are released, the handler works, its undo step is recorded, and it
    is committed; when anything raises, nothing of it stays.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        new_id: IdFactory,
        actor: Actor,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self.clock = clock
        self._new_id = new_id
        self.actor = actor
        self._pause = pause

    def execute(self, command: Command) -> Outcome:
        """Raises ``Refusal`` (a rule says no), ``Fault`` (the machine failed), or ``TypeError``
        for a command that nobody handles."""
        handler = HANDLERS.get(type(command))
        if handler is None:
            raise TypeError(f"no handler for {type(command).__name__}")
        for seconds in PAUSES:
            try:
                return self._once(handler, command)
            except Fault as fault:
                if fault.code != BUSY:
                    raise
            self._pause(seconds)
        return self._once(handler, command)

    def _once(self, handler: Handler, command: Command) -> Outcome:
        try:
            return self._transaction(handler, command)
        except UnicodeEncodeError as error:
            raise Refusal(
                "bad_text",
                f"The text holds a character that cannot be kept ({error.object[error.start]!a}). "
                "Delete it and try again.",
            ) from error

    def _transaction(self, handler: Handler, command: Command) -> Outcome:
        with self._store.unit_of_work(self.actor, command.initiator) as uow:
            released = uow.release_expired_holds()
            done = handler(Work(uow, self._new_id), command)
            if isinstance(command, ReleaseExpiredHolds):
                done = replace(done, value=released)
            if done.label:
                uow.record_undo(done.label)
            outcome = Outcome(
                command_id=uow.command_id,
                value=done.value,
                changes=uow.changes(),
                warnings=done.warnings,
                undo_label=done.label,
                sentence=done.sentence,
            )
            uow.commit()
        return outcome
