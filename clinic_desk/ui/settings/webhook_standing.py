"""What waits for the webhook, what its address refused, and the button that tries it once more."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.billing_ports import GatewayState
from clinic_desk.services.outbox_commands import RetryEvents
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.webhook import SERVICE, TOPICS
from clinic_desk.services.wording import count_text
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import InkLabel, push


class WebhookStanding(QWidget):
    """Reads by itself while it is seen. ``told`` carries a sentence, ``failed`` an error."""

    told = Signal(str)
    failed = Signal(object)

    def __init__(self, context: Context, parent: QWidget, *, may: bool) -> None:
        super().__init__(parent)
        self._context, self._may = context, may
        self.words = InkLabel(context.theme, "", ink="text2", wrap=True, parent=self)
        self.again = push("Send the refused ones a&gain", self)
        self.again.clicked.connect(self._retry)
        self.again.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 20, 0)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(self.again)
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
        self.words.setText(words_of(state))
        self.again.setVisible(state.set_aside > 0)
        self.again.setEnabled(self._may)

    def _retry(self) -> None:
        def done(outcome: Outcome) -> None:
            self.told.emit(outcome.sentence)
            self.read()

        def refused(error: ClinicDeskError) -> None:
            self.failed.emit(error)

        self._context.operations.run(RetryEvents(), done=done, refused=refused)


def words_of(state: GatewayState) -> str:
    """ "3 events wait. 1 event was refused: …" """
    told = []
    if state.waiting:
        told.append(f"{count_text(state.waiting, 'event')} wait{'s' * (state.waiting == 1)}.")
    if state.set_aside:
        were = "was" if state.set_aside == 1 else "were"
        told.append(f"{count_text(state.set_aside, 'event')} {were} refused.")
    if state.last_error:
        told.append(f"The last answer: {state.last_error}")
    return " ".join(told) or "Nothing waits."
