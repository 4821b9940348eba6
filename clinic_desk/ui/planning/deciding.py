"""What is done to a request for time off: asked, changed, approved, declined, withdrawn."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.templates import TimeOffRequest
from clinic_desk.services import absence
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.roster_commands import (
    ChangeTimeOff,
    DecideTimeOff,
    RequestTimeOff,
    WithdrawTimeOff,
)
from clinic_desk.ui.planning.request_form import Wished
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.reason import ReasonDialog

INITIATOR = "time-off"
USUAL = ("Too many are away then", "Please choose other dates", "Let us talk first")


class Deciding(QObject):
    """``told`` a sentence and whether Undo belongs beside it; ``hit`` the id of a request whose
    approval hits visits; ``refused`` the error."""

    told = Signal(str, bool)
    hit = Signal(str)
    refused = Signal(object)

    def __init__(self, context: Context, host: QWidget) -> None:
        super().__init__(host)
        self._context, self._host = context, host
        self.dialog: ReasonDialog | None = None

    def approve(self, request: TimeOffRequest) -> None:
        def done(outcome: Outcome) -> None:
            self.told.emit(outcome.sentence, True)
            if isinstance(outcome.value, int) and outcome.value:
                self.hit.emit(request.id)

        command = absence.approve_command(request, initiator=INITIATOR)
        self._context.operations.run(command, done=done, refused=self.refused.emit)

    def decline(self, request: TimeOffRequest, words: str) -> None:
        """Asks what the doctor should read; ``words`` say whose time off when."""
        dialog = ReasonDialog(
            self._context.theme,
            "Decline the time off",
            f"{words}. What should the doctor read?",
            USUAL,
            "Decline",
            self._host,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog = dialog

        def done(outcome: Outcome) -> None:
            dialog.accept()
            self.told.emit(outcome.sentence, True)

        def given(note: str, _scope: object) -> None:
            command = DecideTimeOff(
                request_id=request.id,
                approve=False,
                note=note,
                expected_revision=request.revision,
                initiator=INITIATOR,
            )
            self._context.operations.run(command, done=done, refused=dialog.refuse)

        dialog.given.connect(given)
        dialog.open()

    def withdraw(self, request: TimeOffRequest) -> None:
        command = WithdrawTimeOff(
            request_id=request.id, expected_revision=request.revision, initiator=INITIATOR
        )
        self._context.operations.run(
            command,
            done=lambda outcome: self.told.emit(outcome.sentence, True),
            refused=self.refused.emit,
        )

    def send(
        self,
        wished: Wished,
        done: Callable[[Outcome], None],
        refused: Callable[[ClinicDeskError], None],
    ) -> None:
        """A new request, or the change of one."""
        changes = wished.changes
        command: RequestTimeOff | ChangeTimeOff
        if changes is None:
            command = RequestTimeOff(
                doctor_id=wished.doctor_id,
                start=wished.start,
                end=wished.end,
                kind=wished.kind,
                reason=wished.reason,
                initiator=INITIATOR,
            )
        else:
            command = ChangeTimeOff(
                request_id=changes.id,
                start=wished.start,
                end=wished.end,
                kind=wished.kind,
                reason=wished.reason,
                expected_revision=changes.revision,
                initiator=INITIATOR,
            )
        self._context.operations.run(command, done=done, refused=refused)
