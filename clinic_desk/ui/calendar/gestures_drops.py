"""The end of a drag: series question, command, optimistic paint, toast, or the refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.domain.errors import ClinicDeskError, Stale, WayOut
from clinic_desk.domain.spans import local_date
from clinic_desk.services.command import Command, Scope
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.views import AppointmentView, Cell
from clinic_desk.ui.calendar.gestures_carry import Carry
from clinic_desk.ui.calendar.gestures_commit import (
    NO_INSISTENCE,
    Committer,
    Insistence,
    command_for,
    done_words,
    refusal_of,
)
from clinic_desk.ui.calendar.gestures_message import RefusalCard
from clinic_desk.ui.calendar.gestures_refusal import RefusalFlow
from clinic_desk.ui.calendar.gestures_scene import Drop
from clinic_desk.ui.calendar.gestures_targets import DropTarget
from clinic_desk.ui.calendar.proposals import Judge, Judgement, Proposal
from clinic_desk.ui.calendar.target_words import place_words, span_text
from clinic_desk.ui.geometry.gesture_machine import (
    Cancel,
    CancelCause,
    Changed,
    Declined,
    Deed,
    Saved,
    State,
)
from clinic_desk.ui.models.words import clock_words
from clinic_desk.ui.runtime.privacy import CURTAIN

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.gestures_state import GestureState
    from clinic_desk.ui.widgets.series_scope import SeriesScopePopover


class DropDesk(QObject):
    """Sends what was dropped and tells how it went."""

    def __init__(self, controller: GestureState) -> None:
        super().__init__(controller)
        self._controller = controller
        self._committer = Committer(controller.context)
        self.card = RefusalCard(controller.context.theme, controller.grid)
        self.refusals = RefusalFlow(
            self.card,
            lambda: controller.judge,
            self.newest,
            self.send,
            controller.context.actor,
            self,
        )
        self.refusals.show_requested.connect(controller.show_requested)
        self.refusals.find_requested.connect(controller.finder_requested)
        controller.context.operations.committed.connect(self._acted)
        self.popover: SeriesScopePopover | None = None
        self._target: DropTarget | None = None
        self._at = QPoint()
        self._declined: tuple[str, tuple[WayOut, ...]] | None = None
        self._insist = NO_INSISTENCE

    def _acted(self, outcome: Outcome) -> None:
        """Something else was done meanwhile; what a timer writes is nobody's step."""
        if outcome.undo_label:
            self.card.dismiss()

    def remember(self, target: DropTarget | None, at: QPoint) -> None:
        """Where the button went up, for the effects that follow."""
        self._target, self._at, self._declined = target, at, None
        self._insist = NO_INSISTENCE

    def commit(self) -> None:
        controller = self._controller
        proposal, judgement = controller.proposal, controller.judgement
        if proposal is None or judgement is None:
            controller.feed(Cancel(CancelCause.TOGGLED))
            return
        self.settle(proposal, judgement)

    def settle(self, proposal: Proposal, judgement: Judgement) -> None:
        """Sends an allowed proposal, after the one question that a series needs."""
        series = proposal.lead.cell.series_id is not None and len(proposal.moves) == 1
        if series and not proposal.copy and not proposal.parked:
            self._ask_scope(proposal, judgement)
        else:
            self.send(proposal, judgement)

    def send(
        self,
        proposal: Proposal,
        judgement: Judgement,
        *,
        insist: Insistence = NO_INSISTENCE,
    ) -> None:
        """Executes a proposal; painted at its new place until the store has answered."""
        command = command_for(proposal, judgement, insist)
        if command is None:
            self._controller.feed(Cancel(CancelCause.TOGGLED))
            return
        self._insist = insist
        self._run(command, proposal, judgement)

    def park(self) -> None:
        controller = self._controller
        proposal = controller.proposal
        target = self._target
        barred = target.barred(proposal) if proposal is not None and target is not None else ""
        if barred:
            self.decline(barred, ())
            return
        if proposal is None or (target is not None and target.drop(self._at, proposal) is None):
            controller.feed(Cancel(CancelCause.TOGGLED))
            return
        self.park_cells(proposal)

    def park_cells(self, proposal: Proposal) -> None:
        """Puts the proposal's visits onto the shelf."""

        def saved(outcome: Outcome) -> None:
            count = len(proposal.moves)
            name = CURTAIN.name(proposal.lead.cell)
            words = f"Parked {name}" if count == 1 else f"Parked {count} visits"
            self._tell(words, outcome)
            self._controller.feed(Saved())

        self._committer.park(proposal, saved=saved, declined=self._refused(proposal, None))

    def drop_on_target(self) -> None:
        """A date, or another target that has a command of its own."""
        controller = self._controller
        proposal, target = controller.proposal, self._target
        command = None
        if proposal is not None and target is not None:
            command = target.drop(self._at, proposal)
        if command is not None and proposal is not None:
            judgement = controller.judgement
            assert judgement is not None
            self._run(command, proposal, judgement)
        elif proposal is None or target is None:
            controller.feed(Cancel(CancelCause.TOGGLED))

    def decline(self, sentence: str, ways: tuple[WayOut, ...]) -> None:
        """The drop under way is refused with these words."""
        self._declined = (sentence, ways)
        self._controller.feed(Declined(sentence))

    def explain(self) -> None:
        """The message beside the place that was refused, with its ways out."""
        controller = self._controller
        proposal, judgement = controller.proposal, controller.judgement
        if proposal is None or judgement is None:
            return
        if self._declined is not None:
            sentence, ways = self._declined
        else:
            sentence, ways = judgement.sentence, judgement.ways_out
        at = controller.grid.mapFromGlobal(self._at) + QPoint(12, 12)
        self.refusals.explain(proposal, judgement, sentence, ways, at, self._insist)
        controller.voice.now(sentence, urgent=True)

    def explain_here(self, proposal: Proposal, judgement: Judgement, at: QPoint) -> None:
        """The same for a change without a drag (nudge, −/+ buttons, paste)."""
        self._declined, self._insist = None, NO_INSISTENCE
        place = self._controller.grid.mapFromGlobal(at)
        self.refusals.explain(proposal, judgement, judgement.sentence, judgement.ways_out, place)
        self._controller.voice.now(judgement.sentence, urgent=True)

    def news_about(self, carry: Carry) -> str:
        """ "Changed by Maria 10:42" when a carried row is another one now; empty when not."""
        data = self._controller.grid.slice
        judge = self._controller.judge
        if data is None or judge is None or carry.parked:
            return ""
        found = {cell.id: cell for cell in data.cells}
        for cell in carry.cells:
            now = found.get(cell.id)
            if now is not None and now.revision != cell.revision:
                return changed_words(now, judge)
            day = local_date(cell.start, self._zone(cell, judge))
            if now is None and (cell.doctor_id, day) in data.days:
                self._ask_who(cell, judge)
                return "Changed by someone else"
        return ""

    def _ask_who(self, cell: Cell, judge: Judge) -> None:
        def answered(view: AppointmentView) -> None:
            self._controller.feed(Changed(changed_words(view.cell, judge)))
            self._controller.show_place()

        self._controller.context.operations.ask(
            lambda queries: queries.appointment(cell.id),
            done=answered,
            failed=lambda _error: None,
            key=f"who-changed:{id(self)}",
        )

    def _name_the_other(self, cell: Cell) -> None:
        """Who it was is in the row itself: the message says so as soon as it is read."""

        def answered(view: AppointmentView) -> None:
            judge = self._controller.judge
            if judge is not None and self.card.isVisible():
                words = changed_words(view.cell, judge)
                self.card.reword(f"{words}. Look at the new version, or repeat your move.")

        self._controller.context.operations.ask(
            lambda queries: queries.appointment(cell.id),
            done=answered,
            failed=lambda _error: None,
            key=f"who-was-it:{id(self)}",
        )

    def newest(self, cell: Cell) -> Cell:
        data = self._controller.grid.slice
        for other in data.cells if data is not None else ():
            if other.id == cell.id:
                return other
        return cell

    def _zone(self, cell: Cell, judge: Judge) -> str:
        return judge.zone_of(cell.location_id)

    def _ask_scope(self, proposal: Proposal, judgement: Judgement) -> None:
        # with the first visit of a series that is dropped: no part of the start
        from clinic_desk.ui.models.series_asking import ask_changed, include_words
        from clinic_desk.ui.widgets.series_scope import SeriesScopePopover

        controller = self._controller
        verb = "Move" if proposal.deed is Deed.MOVE else "Change"
        sentence = f"{CURTAIN.name(proposal.lead.cell)} has a series of visits. {verb}:"
        popover = SeriesScopePopover(controller.context.theme, sentence, controller.grid)
        popover.chosen.connect(lambda scope: self._scoped(proposal, judgement, popover, scope))
        popover.cancelled.connect(lambda: controller.feed(Cancel(CancelCause.TOGGLED)))
        popover.destroyed.connect(self._popover_gone)
        self.popover = popover
        popover.ask_at(self._at)

        def offer(count: int) -> None:
            if self.popover is popover:
                popover.offer_include(include_words(count))

        ask_changed(controller.context, proposal.lead.cell, offer, f"series-scope:{id(self)}")

    def _scoped(
        self, proposal: Proposal, judgement: Judgement, popover: SeriesScopePopover, scope: Scope
    ) -> None:
        """What was chosen goes along with every way out of a refusal."""
        include = popover.include_changed
        self.send(proposal, judgement, insist=Insistence(scope=scope, include_changed=include))

    def _popover_gone(self) -> None:
        self.popover = None

    def _run(self, command: Command, proposal: Proposal, judgement: Judgement) -> None:
        controller = self._controller
        drop = Drop(proposal, judgement)
        gesture = controller.gesture
        controller.scene.add_drop(drop)

        several = self._insist.scope is not Scope.ONLY_THIS

        def saved(outcome: Outcome) -> None:
            series_words = outcome.sentence if several else ""
            controller.scene.drop_saved(drop)
            self._tell(series_words or self._words(proposal), outcome)
            for text in outcome.warnings:
                controller.voice.now(text)
            if controller.gesture == gesture:
                controller.feed(Saved())

        refused = self._refused(proposal, judgement)

        def declined(error: ClinicDeskError) -> None:
            if controller.gesture == gesture:
                controller.scene.take_back(drop)
            else:
                controller.scene.remove_drop(drop)
            refused(error)

        self._committer.run(command, saved=saved, declined=declined)

    def _refused(
        self, proposal: Proposal, judgement: Judgement | None
    ) -> Callable[[ClinicDeskError], None]:
        controller = self._controller
        gesture = controller.gesture

        def declined(error: ClinicDeskError) -> None:
            sentence, ways = refusal_of(error)
            if isinstance(error, Stale):
                self._name_the_other(proposal.lead.cell)
            if controller.gesture == gesture and gesture.state is State.COMMITTING:
                self.decline(sentence, ways)
                return
            spoken = judgement or Judgement(Verdict.REFUSE, sentence, ways_out=ways)
            at = controller.grid.mapFromGlobal(self._at) + QPoint(12, 12)
            self.refusals.explain(proposal, spoken, sentence, ways, at, self._insist)
            controller.voice.now(sentence, urgent=True)

        return declined

    def _words(self, proposal: Proposal) -> str:
        judge = self._controller.judge
        if judge is None:
            return "Saved"
        target = proposal.lead.target
        zone_name = judge.zone_at(proposal.lead)
        today = local_date(self._controller.context.clock.now(), zone_name)
        place = place_words(target, judge.roster, zone_name, today)
        return done_words(proposal, place, span_text(target, zone_name, judge.roster.practice.zone))

    def _tell(self, words: str, outcome: Outcome) -> None:
        if outcome.told and not words.endswith(outcome.told):
            words = f"{words} · {outcome.told}"
        self._controller.voice.now(words)
        self._controller.toast_requested.emit(words, bool(outcome.undo_label))


def changed_words(cell: Cell, judge: Judge) -> str:
    """ "Changed by Maria 10:42"."""
    who = f" by {cell.updated_by}" if cell.updated_by else " by someone else"
    when = ""
    if cell.updated_at is not None:
        when = f" {clock_words(cell.updated_at, judge.zone_of(cell.location_id))}"
    return f"Changed{who}{when}"
