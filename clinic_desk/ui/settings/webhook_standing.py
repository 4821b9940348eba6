"""What waits for the webhook, what its address refused, and the buttons that try that once more or
give it up."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.billing_ports import GatewayState
from clinic_desk.services.command import Command
from clinic_desk.services.outbox_commands import ForgetEvents, RetryEvents
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.webhook import SERVICE, TOPICS
from clinic_desk.services.wording import count_text
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import InkLabel, push


class WebhookStanding(QWidget):
    """Reads by itself while it is seen. ``told`` carries a sentence, ``failed`` an error; ``stood``
    when ``state`` was read."""

    told = Signal(str)
    failed = Signal(object)
    stood = Signal()

    def __init__(self, context: Context, parent: QWidget, *, may: bool) -> None:
        super().__init__(parent)
        self._context, self._may = context, may
        self.words = InkLabel(context.theme, "", ink="text2", wrap=True, parent=self)
        self.again = push("Send the refused ones a&gain", self)
        self.again.clicked.connect(lambda: self._settle(RetryEvents()))
        self.again.hide()
        self.forget = push("&Forget them", self)
        self.forget.setAccessibleName("Forget the refused events")
        self.forget.clicked.connect(lambda: self._settle(ForgetEvents()))
        self.forget.hide()
        self.state = GatewayState()
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 20, 0)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(self.again)
        row.addWidget(self.forget)
        context.operations.changed.connect(self._changed)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.read()

    def read(self) -> None:
        self._context.operations.ask(
            lambda queries: queries.gateway_state(SERVICE, TOPICS),
            done=self._take,
            failed=self.failed.emit,
            key=f"webhook:{id(self)}",
        )

    def _changed(self, _changes: Changes) -> None:
        if self.isVisible():
            self.read()

    def _take(self, state: GatewayState) -> None:
        self.state = state
        self.words.setText(words_of(state))
        for button in (self.again, self.forget):
            button.setVisible(state.set_aside > 0)
            button.setEnabled(self._may)
        self.stood.emit()

    def _settle(self, command: Command) -> None:
        def done(outcome: Outcome) -> None:
            self.told.emit(outcome.sentence)
            self.read()

        def refused(error: ClinicDeskError) -> None:
            self.failed.emit(error)

        self._context.operations.run(command, done=done, refused=refused)


def words_of(state: GatewayState) -> str:
    """ "3 events wait. 1 event was refused: …" """
    told = []
    if state.waiting:
        told.append(f"{count_text(state.waiting, 'event')} wait{'s' * (state.waiting == 1)}.")
    if state.set_aside:
        were = "was" if state.set_aside == 1 else "were"
        why = f": {state.refusal}".rstrip(".") if state.refusal else ""
        told.append(f"{count_text(state.set_aside, 'event')} {were} refused{why}.")
    if state.last_error and state.last_error != state.refusal:
        told.append(f"The last answer: {state.last_error}")
    return " ".join(told) or "Nothing waits."
