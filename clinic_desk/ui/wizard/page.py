"""The set-up of a clinic: a list of steps, the step beside it, and the way on.

Next saves a step in the background and shows the following one at once, so that nobody who types
ahead is stopped; a refusal leads back to its field.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.first_week import Hours, active, common_hours
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.ui.models.roster_source import ROSTER_KINDS
from clinic_desk.ui.runtime.allowed import shut, why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Message, Tone, message_for
from clinic_desk.ui.wizard import keeping
from clinic_desk.ui.wizard.account import AccountStep
from clinic_desk.ui.wizard.clinic import ClinicStep
from clinic_desk.ui.wizard.data import DataStep
from clinic_desk.ui.wizard.doctors import DoctorsStep
from clinic_desk.ui.wizard.frame import Frame
from clinic_desk.ui.wizard.hours import HoursStep
from clinic_desk.ui.wizard.keeping import Draft, Keeper
from clinic_desk.ui.wizard.lines import ENTER
from clinic_desk.ui.wizard.offers import OffersStep
from clinic_desk.ui.wizard.owning import owned
from clinic_desk.ui.wizard.region import RegionStep
from clinic_desk.ui.wizard.step import INITIATOR, Ground, Step, Unread
from clinic_desk.ui.wizard.trying import TryingStep

DONE = "setup.done"
RESTORED = "restored"
"""What the page is opened with when a backup has taken the place of what it knew."""


class WizardPage(Frame):
    """``guide_requested`` asks the window to show a booking; ``import_requested`` and the others
    of step 6 to open what they name; ``manager_made`` carries the ``LoggedIn`` of the first
    account. ``ready`` once the clinic's rows and the draft are shown."""

    guide_requested = Signal()
    import_requested = Signal()
    restore_requested = Signal()
    practice_requested = Signal()
    manager_made = Signal(object)
    ready = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        theme = context.theme
        self.data, self.trying, self.hours = DataStep(theme), TryingStep(theme), HoursStep(theme)
        self.account = AccountStep(context)
        super().__init__(
            theme,
            (RegionStep(theme), ClinicStep(theme), self.hours, DoctorsStep(theme),
             OffersStep(theme), self.data, self.account, self.trying),
            parent,
        )  # fmt: skip
        self.context = context
        self.roster: Roster | None = None
        self.draft = Draft()
        self._pending: Step | None = None
        self._target: Step | None = None
        self._again = False
        self._saved_last = ""
        self._asked = self._heard = 0
        self.why_not = why_not(context.actor, Permission.EDIT_ROSTER)
        if self.why_not:  # looked at only: the fields rest, Back and Next turn the pages
            shut(self.steps, self.why_not)
        self._ended = False
        self.keeper = Keeper(context.operations, self._refused_elsewhere, self)
        self.named = {step.name: step for step in self.steps}
        self._connect()

    @property
    def busy(self) -> bool:
        """A step is being saved."""
        return self._pending is not None

    def hours_for_new(self) -> Hours | None:
        """What a new doctor begins with; None while the hours were passed over or are not right."""
        if "hours" in self.draft.skipped and "hours" not in self.draft.done:
            return None
        try:
            return self.hours.read()
        except Unread:
            return None

    # opening and leaving

    def open(self, what: object = None) -> None:
        """``what``: the name of a step to begin with."""
        wanted = what if isinstance(what, str) else ""
        if wanted == RESTORED:
            self.roster, self.draft, self._ended = None, Draft(), False
            return
        if self.roster is not None:
            self._show(self.named.get(wanted, self.current))
            return

        def take(found: tuple[Roster, Draft, bool]) -> None:
            roster, draft, accounts = found
            self.account.know(accounts)
            # what was forgotten a moment ago may not have left the file yet
            self._begin(roster, Draft() if self._ended else draft, wanted)

        self.context.operations.ask(
            lambda queries: (queries.roster(), keeping.read(queries), queries.has_accounts()),
            done=take,
            failed=self._refused_elsewhere,
            key=f"wizard:{id(self)}",
        )

    def leave(self) -> bool:
        """Nothing holds anybody up: what was typed is kept."""
        if self.roster is not None:
            self._keep()
            self.keeper.flush()
        return True

    def _begin(self, roster: Roster, draft: Draft, wanted: str) -> None:
        self.draft = draft
        if not draft.step:
            draft.done = set(_there(roster)) | ({"account"} if self.account.there else set())
        self._take_roster(roster)
        for name, raws in draft.typed.items():
            if name in self.named:
                self.named[name].put_raws(raws)
        if self.why_not:
            self.message.show_message(Message(self.why_not, Tone.INFO))
        self._show(self.named.get(wanted or draft.step, self.steps[0]))
        self.ready.emit()

    # the way on

    def go_on(self) -> None:
        """Next, or Finish."""
        if self.roster is None:
            return
        place = self.steps.index(self.current)
        last = place == len(self.steps) - 1
        self._commit(None if last else self.steps[place + 1])

    def go_back(self) -> None:
        place = self.steps.index(self.current)
        if place:
            self._keep()
            self._show(self.steps[place - 1])

    def pass_over(self) -> None:
        """Skip: what was typed stays there, and is not saved."""
        step = self.current
        if step.skippable and not self.busy:
            if step.name not in self.draft.done and not self.why_not:
                self.draft.skipped.add(step.name)
            self._show(self.steps[self.steps.index(step) + 1])

    def _commit(self, target: Step | None) -> None:
        """Save the step on display and show ``target``; None finishes."""
        if self.busy:
            self._again, self._target = True, target
            return
        step = self.current
        if self.why_not:
            if target is None:
                self.close_requested.emit()
            else:
                self._show(target)
            return
        self.message.clear()
        if step is self.account and self.account.waits:
            self.account.go_on()
            return
        command = None
        if step.dirty or step.name not in self.draft.done:
            try:
                command = step.command(self._ground())
            except Unread:
                return
            except Refusal as refusal:
                self._told(step, refusal)
                return
        if command is None:
            self._finished(step)
            self._go_to(target)
            return
        self._pending = step
        self.context.operations.run(
            command,
            done=lambda outcome: self._saved(step, outcome),
            refused=lambda error: self._refused(step, error),
        )
        self._go_to(target)

    def _saved(self, step: Step, outcome: Outcome) -> None:
        step.settle()
        self._finished(step)
        if outcome.undo_label:
            self._saved_last = outcome.undo_label
        # in a clinic without doctors there are no visits that a warning could be about
        if outcome.warnings and self.roster is not None and self.roster.doctors:
            self._say(" ".join(outcome.warnings))
        self._read(self._free)

    def _free(self) -> None:
        """The rows that the save has left are known."""
        self._pending = None
        self._follow()
        again, self._again = self._again, False
        if again:
            self._commit(self._target)

    def _finished(self, step: Step) -> None:
        self.draft.done.add(step.name)
        self.draft.skipped.discard(step.name)
        self._keep()
        self._follow()

    def _refused(self, step: Step, error: ClinicDeskError) -> None:
        self._pending, self._again = None, False
        self._show(step)
        self._told(step, error)

    def _told(self, step: Step, error: ClinicDeskError) -> None:
        """At the field it is about, else above the step."""
        if not (isinstance(error, Refusal) and step.show_fault(error)):
            self.message.show_message(message_for(error))

    def _refused_elsewhere(self, error: ClinicDeskError) -> None:
        self.message.show_message(message_for(error))

    def _go_to(self, target: Step | None) -> None:
        if target is not None:
            self._show(target)
            return
        left = next((s for s in self.steps if s.dirty and s.name not in self.draft.skipped), None)
        if left is not None and left is not self.trying:
            self._show(left)
            self._say(
                f"{left.title}: what you typed is not saved yet. Next saves it, Skip does not."
            )
            return
        if self.account.waits:
            self.ask_for_account()
            return
        self._end()

    def ask_for_account(self) -> None:
        """What was wanted is for people with an account."""
        self._show(self.account)
        self._say("Make your account first: nobody works here without logging in.")

    def _end(self) -> None:
        """Finish: the wizard does not open by itself again."""
        self.context.operations.run(
            SaveSetting(key=DONE, value=True, scope="clinic", initiator=INITIATOR),
            done=lambda _outcome: None,
            refused=self._refused_elsewhere,
        )
        self.keeper.forget()
        self.roster, self.draft, self._ended = None, Draft(), True
        self.trying.show_done(False)
        self.close_requested.emit()
        self.toast_requested.emit("The clinic is ready. Ctrl+N books the first visit.", False)

    # the guided booking

    def guided(self, patient_id: str) -> None:
        """The practice patient of a booking under way, empty when it is over."""
        self.draft.practice_id = patient_id
        self._keep()
        self.keeper.flush()

    def show_ready(self) -> None:
        """Back from the guided booking."""
        self.trying.show_done(True)
        self._show(self.trying)
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    # following

    def _ground(self) -> Ground:
        assert self.roster is not None
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        hours = self.hours_for_new() if self.hours.ground is not None else None
        return Ground(self.roster, self.context.new_id, hours, mirrored)

    def _read(self, then: object = None) -> None:
        self._asked += 1
        number = self._asked

        def take(roster: Roster) -> None:
            if number > self._heard:  # an older answer may come after a newer one
                self._heard = number
                self._take_roster(roster)
            if callable(then):
                then()

        self.context.operations.ask(
            lambda queries: queries.roster(), done=take, failed=self._refused_elsewhere
        )

    def _take_roster(self, roster: Roster) -> None:
        self.roster = roster
        ground = self._ground()
        for step in self.steps:
            if step is not self._pending:
                step.stand_on(ground)
        self._follow()

    def _on_changes(self, changes: Changes) -> None:
        if changes.initiator != INITIATOR:  # an undo, perhaps
            self._saved_last = ""
        if self.roster is not None and not self.busy and changes.kinds & ROSTER_KINDS:
            self._read()

    def _keep(self) -> None:
        if self.roster is None or self.why_not:
            return
        self.draft.step = self.current.name
        kept = {step.name: step.raws() for step in self.steps if step.dirty}
        kept |= {"hours": self.hours.raws(), "account": self.account.raws()}
        self.draft.typed = kept
        self.keeper.save(self.draft)

    # showing

    def _show(self, step: Step) -> None:
        self.show_step(step)
        step.entered()
        self._follow()
        if not step.begin():
            self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        self._keep()

    def _follow(self) -> None:
        self.show_list(self.draft.done, self.draft.skipped)
        last = f"Saved: {self._saved_last}. Ctrl+Z takes it back." if self._saved_last else ""
        self.state.setText("Saving …" if self.busy else last)

    def _say(self, sentence: str) -> None:
        self.message.show_message(Message(sentence, Tone.WARN))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() not in ENTER:
            super().keyPressEvent(event)
            return
        focus = QApplication.focusWidget()
        if isinstance(focus, QPushButton):
            focus.click()
        else:
            self.go_on()

    # building

    def _connect(self) -> None:
        self.next.clicked.connect(self.go_on)
        self.back.clicked.connect(self.go_back)
        self.skip.clicked.connect(self.pass_over)
        self.list.chosen.connect(self._chosen)
        for step in self.steps:
            step.edited.connect(self._keep)
            step.next_requested.connect(self.go_on)
            step.said.connect(self._say)
        self.account.made.connect(self.manager_made)
        self.data.import_requested.connect(lambda: owned(self, self.import_requested.emit))
        self.data.restore_requested.connect(self.restore_requested)
        self.data.practice_requested.connect(self.practice_requested)
        self.trying.guide_requested.connect(lambda: owned(self, self.guide_requested.emit))
        self.trying.step_requested.connect(lambda name: self._show(self.named[name]))
        self.context.operations.changed.connect(self._on_changes)

    def _chosen(self, name: str) -> None:
        """A step of the list: what was typed on the one before is saved first."""
        target = self.named[name]
        if self.roster is None or target is self.current:
            return
        if self.current.dirty and self.current.name not in self.draft.skipped:
            self._commit(target)
            self.list.mark(self.current.name)
        else:
            self.message.clear()
            self._show(target)


def _there(roster: Roster) -> list[str]:
    """The steps of which a clinic that was not set up here has the rows already."""
    if not active(roster) and roster.practice.revision <= 1:
        return []
    return [
        *(["region", "clinic", "offers"]),
        *(["hours"] if common_hours(roster) else []),
        *(["doctors"] if active(roster) else []),
    ]
