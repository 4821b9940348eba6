"""What the absence planner does: reads how things stand, has places looked for, moves visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.availability.model import RankedSlot, Slot
from clinic_desk.domain.errors import ClinicDeskError, NotFound
from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services import absence
from clinic_desk.services.absence_standing import (
    Standing,
    standing,
    take_back_command,
    unlist_command,
)
from clinic_desk.services.commands import Command, UnparkAppointment
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.planning_views import AbsencePlan, Accepted, PlanWishes
from clinic_desk.ui.planning.plan_rows import PlanBook, PlanRow, RowState
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Ticket

INITIATOR = "absence-planner"
TOUCHING = frozenset(
    {
        "appointment", "shelf_item", "external", "time_off_request", "availability_exception",
        "schedule_template", "holiday", "doctor", "room", "location", "appointment_type",
        "waitlist_entry",
    }
)  # fmt: skip
EXTERNAL = frozenset({"external"})
UNDOING = "window"
"""Who asks for Undo and Redo."""
VISITS = frozenset({"appointment", "shelf_item", "waitlist_entry"})


class PlanWork(QObject):
    """``changed``: the book is to be shown anew; ``searched`` (looked at, of how many), 0 of 0
    when it is over; ``told`` a sentence and whether Undo belongs beside it; ``noted`` a result
    that the rows show by themselves; ``gone``: there is no such absence any more. One book for
    each absence is kept while the program runs."""

    changed = Signal()
    searched = Signal(int, int)
    told = Signal(str, bool)
    noted = Signal(str)
    refused = Signal(object)
    gone = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._books: dict[Id, PlanBook] = {}
        self._ticket: Ticket | None = None
        self._busy: set[Id] = set()
        self._look_anew = self._compared = self._quiet = False
        self._places: frozenset[datetime] = frozenset()
        self._around: frozenset[tuple[object, ...]] = frozenset()
        self.book: PlanBook | None = None
        self.wishes = PlanWishes()
        context.operations.changed.connect(self._on_changes)

    # -- reading -----------------------------------------------------------------------------

    def open(self, request_id: Id) -> None:
        """The absence to plan from now on."""
        self.stop()
        self.book = self._books.setdefault(request_id, PlanBook(request_id))
        self._look_anew = True
        self.stand()

    def leave(self) -> None:
        """Nobody looks any more: stop working, keep the book."""
        self.stop()
        self.book = None

    def stand(self) -> None:
        """Read how things are."""
        book = self.book
        if book is None:
            return
        request_id, known, now = book.request_id, book.known, self._context.clock.now()
        proposed = tuple(row.slot for row in book.rows if row.slot is not None)
        places = frozenset(slot.start for slot in proposed)

        def done(found: Standing) -> None:
            if self.book is not book:
                return
            fresh = book.stand(found)
            # the surroundings of the same places only can be compared
            if places <= self._places and not found.around <= self._around:
                fresh = True
            self._places, self._around = places, found.around
            self._compared = bool(places)
            self._busy.clear()
            self.changed.emit()
            if fresh or self._look_anew:
                self.find()

        def failed(error: ClinicDeskError) -> None:
            if self.book is not book:
                return
            if isinstance(error, NotFound):
                self._books.pop(request_id, None)
                self.stop()
                self.gone.emit()
            else:
                self.refused.emit(error)

        self._context.operations.ask(
            lambda queries: standing(queries, request_id, known, now, proposed),
            done=done,
            failed=failed,
            key="absence-standing",
        )

    def find(self) -> None:
        """Look for places anew, with the wishes in force."""
        book = self.book
        self._look_anew = self._compared = False
        if book is None or not any(row.to_place for row in book.rows):
            self._quiet = False
            self.stop()
            return
        request_id, wishes, now = book.request_id, self.wishes, self._context.clock.now()

        def piece(plan: AbsencePlan) -> None:
            if self.book is not book:
                return
            renewed = book.propose(plan)
            self.searched.emit(plan.searched, 0 if plan.finished else len(plan.proposals))
            self.changed.emit()
            if plan.finished:
                self.stand()  # what lies around these places, to compare with later
            quiet, self._quiet = self._quiet, self._quiet and not plan.finished
            if renewed and not quiet:
                names = "; ".join(row.visit.listed_name for row in renewed[:3])
                rest = f" and {len(renewed) - 3} more" if len(renewed) > 3 else ""
                verb = "has" if len(renewed) == 1 else "have"
                self.told.emit(
                    f"{names}{rest} {verb} a new proposal: the diary has changed.", False
                )

        def failed(error: ClinicDeskError) -> None:
            if self.book is book:
                self.searched.emit(0, 0)
                self.refused.emit(error)

        self.searched.emit(0, max(1, len(book.rows)))
        self._ticket = self._context.operations.stream(
            lambda queries, ticket: absence.plan_stream(
                queries, request_id, wishes, now, cancelled=lambda: ticket.cancelled
            ),
            piece=piece,
            finished=lambda: self.searched.emit(0, 0),
            failed=failed,
            key="absence-plan",
        )

    def look_for(self, wishes: PlanWishes) -> None:
        """Other wishes: nothing that was proposed counts any more."""
        self.wishes = wishes
        if self.book is not None:
            self.book.forget_proposals()
            self.changed.emit()
            self.find()

    def stop(self) -> None:
        """No more looking; what was found stays."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
        if self.book is not None:
            self.book.stop_looking()
        self.searched.emit(0, 0)
        self.changed.emit()

    def _on_changes(self, changes: Changes) -> None:
        if self.book is None or not changes.kinds & TOUCHING:
            return
        # what was undone says so itself; the new proposals of it are seen in their rows
        self._quiet = self._quiet or changes.initiator == UNDOING
        own = changes.initiator == INITIATOR and changes.kinds <= VISITS
        # what came from outside is compared with what lay around the proposals before
        if not own and (changes.kinds != EXTERNAL or not self._compared):
            self._look_anew = True
        self.stand()

    # -- doing -------------------------------------------------------------------------------

    @property
    def allowed(self) -> bool:
        """Whether the absence stands, so that visits may be moved for it."""
        found = self.book.standing if self.book is not None else None
        return found is not None and found.request.status is TimeOffStatus.APPROVED

    def approve(self) -> None:
        found = self.book.standing if self.book is not None else None
        if found is not None:
            self._run(absence.approve_command(found.request, initiator=INITIATOR))

    def accept(self, row: PlanRow, slot: Slot | None = None) -> bool:
        """Moves a visit to its proposal, or to a place chosen instead. False when there is
        nothing to do: no place, or it is on its way already."""
        book, place = self.book, slot or row.slot
        if book is None or place is None or row.proposal is None or row.id in self._busy:
            return False
        if place != row.slot:  # may be what another row was proposed
            self._look_anew = True
        proposal = row.proposal
        if proposal.proposed is None or proposal.proposed.slot != place:
            proposal = replace(proposal, proposed=RankedSlot(place, 0.0, ""))
        self._busy.add(row.id)
        command = absence.accept_command(proposal, book.request_id, initiator=INITIATOR)
        self._run(command, row.id)
        return True

    def accept_all(self) -> bool:
        book = self.book
        if book is None:
            return False
        rows = [row for row in book.acceptable() if row.id not in self._busy]
        if not rows:
            return False
        self._busy |= {row.id for row in rows}
        proposals = [row.proposal for row in rows if row.proposal is not None]
        command = absence.accept_all_command(proposals, book.request_id, initiator=INITIATOR)

        def done(outcome: Outcome) -> None:
            moved = outcome.value
            if isinstance(moved, Accepted) and moved.failed:
                self._look_anew = True
            self.told.emit(outcome.sentence or outcome.undo_label, True)

        self._context.operations.run(command, done=done, refused=self._not_done)
        return True

    def park(self, rows: Sequence[PlanRow]) -> bool:
        book = self.book
        wanted = [r for r in rows if r.state is RowState.OPEN and r.id not in self._busy]
        if book is None or not wanted:
            return False
        self._busy |= {row.id for row in wanted}
        self._run(
            absence.shelf_command([row.now for row in wanted], book.request_id, initiator=INITIATOR)
        )
        return True

    def wait(self, row: PlanRow) -> bool:
        """To the waiting list; the visit is cancelled."""
        book = self.book
        if book is None or book.standing is None or not row.to_place or row.id in self._busy:
            return False
        self._busy.add(row.id)
        found = book.standing
        self._run(
            absence.waitlist_command(row.now, found.request, found.roster, initiator=INITIATOR)
        )
        return True

    def take_back(self, row: PlanRow) -> bool:
        """One row as it was before: back into the absence, off the shelf, off the waiting list."""
        book = self.book
        if book is None or book.standing is None or row.id in self._busy:
            return False
        command: Command
        if row.state is RowState.MOVED:
            command = take_back_command(row.visit, row.now, book.request_id, INITIATOR)
        elif row.state is RowState.PARKED:
            command = UnparkAppointment(
                appointment_id=row.id,
                undo_run=absence.undo_run(book.request_id),
                initiator=INITIATOR,
            )
        elif row.state is RowState.LISTED and row.id in book.standing.listed:
            entry_id = book.standing.listed[row.id]
            command = unlist_command(row.now, entry_id, book.request_id, INITIATOR)
        else:
            return False
        self._busy.add(row.id)
        self._run(command)
        return True

    def _run(self, command: Command, row_id: Id = "") -> None:
        def done(outcome: Outcome) -> None:
            self.noted.emit(outcome.sentence or outcome.undo_label)

        def refused(error: ClinicDeskError) -> None:
            self._busy.discard(row_id)
            self._not_done(error)

        self._context.operations.run(command, done=done, refused=refused)

    def _not_done(self, error: ClinicDeskError) -> None:
        """Somebody was quicker, or a rule has changed: say so and look again."""
        self._look_anew = True
        self.refused.emit(error)
        self.stand()
