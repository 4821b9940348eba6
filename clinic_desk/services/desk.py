"""The write gate: the one way in which anything is changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.errors import ClinicDeskError, Fault, Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock, IdFactory
from clinic_desk.services.command import Command
from clinic_desk.services.gate import Handler, allowed, handler_of, limited
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.work import Work

if TYPE_CHECKING:
    from clinic_desk.services.ports import Store, UnitOfWork

NOT_ALLOWED = "not_allowed"
"""The code of a refusal for want of a permission."""

WEBHOOK = "webhook.on"
"""Clinic setting: somebody outside is told what becomes of visits."""

BUSY = "busy"
"""The fault code of a store that another process keeps locked."""

PAUSES = (0.05, 0.2, 0.5)
"""Seconds between attempts when the store is busy; its own timeout comes on top."""


measured: list[Callable[[str, float, str], None]] = []
"""Told (class of the command, seconds, "done", "refused" or "fault") by the thread that executed
it. Nobody listens unless metrics are on."""


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
        self._turn = Lock()

    def become(self, actor: Actor) -> None:
        """From the next command on somebody else acts here, or the same person with other
        permissions. May be called from any thread; a command under way stays that of whoever it
        was, and leaves the desk to the one who came meanwhile."""
        with self._turn:
            self.actor = actor

    def _goes_on(self, before: Actor, now: Actor) -> None:
        with self._turn:
            if self.actor is before:
                self.actor = now

    def execute(self, command: Command) -> Outcome:
        """Raises ``Refusal`` (a rule says no), ``Fault`` (the machine failed), or ``TypeError``
        for a command that nobody handles."""
        if not measured:
            return self._execute(command)
        began, result = time.perf_counter(), "fault"
        try:
            outcome = self._execute(command)
            result = "done"
        except Refusal:
            result = "refused"
            raise
        finally:
            took = time.perf_counter() - began
            for listener in tuple(measured):
                listener(type(command).__name__, took, result)
        return outcome

    def _execute(self, command: Command) -> Outcome:
        handler = handler_of(type(command))
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
        except Refusal as refusal:
            if refusal.code == NOT_ALLOWED:
                self._note_refusal(command, refusal)
            raise

    def _note_refusal(self, command: Command, refusal: Refusal) -> None:
        """That somebody tried what they may not is told in the audit trail, though nothing of it
        was done."""
        with suppress(ClinicDeskError), self._store.unit_of_work(self.actor) as uow:
            from clinic_desk.services.audit import spelt  # no part of the start

            detail = {"what": spelt(type(command).__name__), "why": refusal.sentence}
            uow.audit("refused", "command", type(command).__name__, detail=detail)
            uow.commit()

    def _transaction(self, handler: Handler, command: Command) -> Outcome:
        # no part of the start
        from clinic_desk.services.commands import Redo, ReleaseExpiredHolds, Undo

        asked = self.actor
        with self._store.unit_of_work(asked, command.initiator) as uow:
            uow.actor = actor = after = self._seated(uow, asked)
            self._goes_on(asked, actor)
            uow.action = type(command).__name__
            allowed(actor, command)
            released = uow.release_expired_holds()
            let_go = {row.id for row in uow.written(Appointment)} if released else frozenset()
            work = Work(uow, self._new_id)
            done = handler(work, command)
            if isinstance(command, ReleaseExpiredHolds):
                done = replace(done, value=released)
            visits = uow.written(Appointment)
            if visits:
                from clinic_desk.services import billing  # no part of the start

                billing.follow(work, visits)
                if uow.message_settings().get(WEBHOOK) is True:
                    from clinic_desk.services import webhook  # no part of the start

                    webhook.follow(work, visits)
            told = ""
            if uow.concerns_messages():
                from clinic_desk.services import message_planning  # no part of the start

                told = message_planning.follow(work)
                if told and done.sentence:
                    done = replace(done, sentence=f"{done.sentence} · {told}")
            back = isinstance(command, Undo | Redo)
            if limited(actor, back=back):
                from clinic_desk.services import reach  # no part of the start

                reach.check(work, back=back, let_go=let_go)
            if done.label:
                uow.record_undo(done.label, done.run or command.undo_run)
            outcome = Outcome(
                command_id=uow.command_id,
                value=done.value,
                changes=uow.changes(),
                warnings=done.warnings,
                undo_label=done.label,
                sentence=done.sentence,
                told=told,
            )
            if not outcome.changes.kinds.isdisjoint(("setting", "staff")):
                if back:
                    from clinic_desk.services import roles  # no part of the start

                    roles.check_taken_back(work, outcome.changes.ids)
                after = self._seated(uow, actor)
            uow.commit()
        self._goes_on(actor, after)
        return outcome

    @staticmethod
    def _seated(uow: UnitOfWork, asked: Actor) -> Actor:
        """The person with the role and permissions that hold now, whoever changed them. Raises
        ``Refusal("logged_out")`` when the session does not count any more. Jobs of the program
        itself have no list of permissions, and need none."""
        if asked.permissions is None:
            return asked
        from clinic_desk.services import sessions  # no part of the start

        seat = uow.seat(asked.session_id)
        if seat.session is not None and sessions.to_be_noted(seat.session, uow.now):
            uow.sessions.seen(seat.session.id, uow.now)
        return sessions.seated_by(asked, seat, uow.now, uow.setting)
