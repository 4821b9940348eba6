"""Freed slots and whom to ring for them: follows what this window does, books, writes calls down.

A slot is on offer until somebody takes it, nobody who fits is left, its time has come, or it is
put away. What another desk or an undo takes is withdrawn by itself; when the booking that took it
is undone, it is on offer again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import ExceptionKind
from clinic_desk.domain.waitlist import OfferResult
from clinic_desk.services.commands import BookAppointment
from clinic_desk.services.freed import Freed, Offering, survey
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.planning_views import Gap, WaitlistMatch
from clinic_desk.services.waitlist_commands import BookFromWaitlist, RecordOffer
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context

INITIATOR = "offers"
STAYS = frozenset({OfferResult.OPEN, OfferResult.CALL_BACK})
"""After these the person stays on offer: the answer is still to come."""

MATTERS = frozenset(
    {
        "appointment", "waitlist_entry", "waitlist_offer", "availability_exception", "patient",
        "schedule_template", "time_off_request", "holiday", "external", "doctor",
        "appointment_type", "external_busy_time",
    }
)  # fmt: skip


class OfferDesk(QObject):
    """``changed`` whenever what is on offer may look different; ``arrived`` when a slot has come
    that was not there before; ``refused`` the error of a booking or a call."""

    changed = Signal()
    arrived = Signal()
    refused = Signal(object)
    toast_requested = Signal(str, bool)

    def __init__(self, context: Context, source: RosterSource, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._source = context, source
        self.offerings: tuple[Offering, ...] = ()
        self.place = 0
        self.booking = False
        self._news: list[Freed] = []
        self._asking = self._again = False
        self._sold: dict[Id, Gap] = {}
        """What was booked here, by the entry of the waiting list that it was booked for."""
        self._back: list[Gap] = []
        """Of that, what an undo may have freed again."""
        self._said: set[tuple[str, Id]] = set()
        """(gap, entry) of calls on their way to the store, or not yet read back from it."""
        self._written: set[tuple[str, Id]] = set()
        context.operations.committed.connect(self._on_commit)
        context.operations.changed.connect(self._on_changes)

    # what is on offer

    @property
    def current(self) -> Offering | None:
        return self.offerings[self.place] if self.place < len(self.offerings) else None

    def matches(self, offering: Offering) -> tuple[WaitlistMatch, ...]:
        """Who may be rung, without those whose answer is just being written down."""
        return tuple(
            match
            for match in offering.matches
            if (offering.gap.key, match.card.entry.id) not in self._said
        )

    def turn(self, step: int) -> None:
        """To the next freed slot, or the one before."""
        if self.offerings:
            self.place = (self.place + step) % len(self.offerings)
            self.changed.emit()

    def put_away(self, gap: Gap) -> None:
        """Not offered any more; whoever waits goes on waiting."""
        self._take(tuple(one for one in self.offerings if one.gap.key != gap.key))

    def minute(self) -> None:
        """Time has passed: a slot that begins now is offered to nobody any more."""
        if self.offerings:
            self._look()

    # deeds

    def book(self, offering: Offering, match: WaitlistMatch) -> None:
        """Books the visit and gives up the later one, in one step."""
        if self.booking:
            return
        self.booking = True
        entry, slot = match.card.entry, match.slot

        def done(outcome: Outcome) -> None:
            self.booking = False
            self._sold[entry.id] = offering.gap
            told = " ".join([outcome.sentence, *outcome.warnings])
            self.toast_requested.emit(told, bool(outcome.undo_label))
            self.changed.emit()

        def refused(error: ClinicDeskError) -> None:
            self.booking = False
            self.refused.emit(error)
            self._look()

        self._context.operations.run(
            BookFromWaitlist(
                entry_id=entry.id,
                booking=BookAppointment(
                    patient_id=entry.patient_id,
                    doctor_id=slot.doctor_id,
                    type_id=entry.type_id,
                    start=slot.start,
                    end=slot.end,
                    location_id=slot.location_id or None,
                    initiator=INITIATOR,
                ),
                gap=offering.gap.key,
                give_up=entry.appointment_id is not None,
                initiator=INITIATOR,
            ),
            done=done,
            refused=refused,
        )

    def record(
        self,
        offering: Offering,
        match: WaitlistMatch,
        result: OfferResult,
        note: str,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Writes down what the call came to; the next best moves up at once. OPEN tells the
        patient by a message; they stay on offer, as does whoever calls back. ``then`` when it is
        written."""
        said = (offering.gap.key, match.card.entry.id)
        if result not in STAYS:
            self._said.add(said)

        def done(outcome: Outcome) -> None:
            self._written.add(said)  # asked anew by the change, which has come just before
            self._look()
            self.toast_requested.emit(outcome.sentence, bool(outcome.undo_label))
            then()

        def refused(error: ClinicDeskError) -> None:
            self._said.discard(said)
            self.refused.emit(error)
            self._look()

        slot = match.slot
        self._context.operations.run(
            RecordOffer(
                entry_id=match.card.entry.id,
                gap=offering.gap.key,
                doctor_id=slot.doctor_id,
                start=slot.start,
                end=slot.end,
                location_id=slot.location_id or None,
                room_id=slot.room_id,
                result=result,
                note=note,
                by_message=result is OfferResult.OPEN,
                initiator=INITIATOR,
            ),
            done=done,
            refused=refused,
        )
        self.changed.emit()

    # following

    def _on_commit(self, outcome: Outcome) -> None:
        """Everything that this window writes comes by; what frees nothing is sorted out later."""
        changes = outcome.changes
        self._back += [gap for entry_id, gap in self._sold.items() if entry_id in changes.ids]
        if not changes.kinds & {"appointment", "availability_exception"}:
            return
        spans = self._unblocked(outcome) if outcome.undo_label else ()
        if "appointment" in changes.kinds or spans:
            self._news.append(Freed(outcome.command_id, tuple(changes.ids), spans))

    def _unblocked(self, outcome: Outcome) -> tuple[tuple[Id, datetime, datetime], ...]:
        """The blocks among the rows, as they were: the roster read before still has them, and
        whether they are gone the gaps themselves will tell."""
        roster = self._source.roster
        if roster is None or "availability_exception" not in outcome.changes.kinds:
            return ()
        return tuple(
            (row.doctor_id, row.start, row.end)
            for row in roster.exceptions
            if row.id in outcome.changes.ids and row.kind is ExceptionKind.BLOCKED
        )

    def _on_changes(self, changes: Changes) -> None:
        if self._news or self._back or (self.offerings and changes.kinds & MATTERS):
            self._look()

    def _look(self) -> None:
        if self._asking:
            self._again = True
            return
        self._asking = True
        news, self._news = self._news, []
        back, self._back = self._back, []
        known = (*(one.gap for one in self.offerings), *back)
        written = frozenset(self._written)
        now = self._context.clock.now()

        def failed(_error: ClinicDeskError) -> None:
            self._news = [*news, *self._news]  # the next change asks again
            self._back = [*back, *self._back]
            self._over()

        self._context.operations.ask(
            lambda queries: survey(queries, known, news, now),
            done=lambda found: self._found(found, written),
            failed=failed,
        )

    def _found(self, found: Sequence[Offering], written: frozenset[tuple[str, Id]]) -> None:
        """``written`` were in the store before the question."""
        self._said -= written
        self._written -= written
        self._take(tuple(found))
        self._over()

    def _over(self) -> None:
        self._asking = False
        if self._again:
            self._again = False
            self._look()

    def _take(self, found: tuple[Offering, ...]) -> None:
        before = self.current
        fresh = [one for one in found if not any(_same(one.gap, old.gap) for old in self.offerings)]
        self.offerings = found
        self.place = 0
        for place, one in enumerate(found):
            if before is not None and _same(one.gap, before.gap):
                self.place = place
                break
        self.changed.emit()
        if fresh:
            self.arrived.emit()


def _same(one: Gap, other: Gap) -> bool:
    return one.doctor_id == other.doctor_id and one.start < other.end and other.start < one.end
