"""Proving the trail from the page: with progress, to be stopped, the answer in one sentence."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import Finding
from clinic_desk.ui.audit.strip import Strip
from clinic_desk.ui.models import words
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Message, Tone

SHOWN = 3
"""Findings told in the message; all of them are in “clinic-desk verify”."""


class Prover(QObject):
    """``said`` carries a ``Message``; ``failed`` an error. The strip shows how far it is."""

    said = Signal(object)
    failed = Signal(object)
    finished = Signal()

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.working = False
        self.strip = Strip(
            context.theme, parent, "Proving the audit trail", "How much of the trail is proved"
        )

    def start(self) -> None:
        if self.working:
            return
        self.working = True
        self.strip.begin()
        heard = self.strip.heard

        def progress(done: int, total: int, _sentence: str) -> bool:
            return heard(done, total)

        def question(queries: Queries) -> tuple[tuple[Finding, ...], str]:
            head = queries.audit_head()
            return queries.audit_proof(progress), head

        self._context.operations.ask(question, done=self._done, failed=self._failed)

    def stop(self) -> None:
        self.strip.stop()

    def _end(self) -> None:
        self.working = False
        self.strip.hide()
        self.finished.emit()

    def _done(self, answer: tuple[tuple[Finding, ...], str]) -> None:
        findings, head = answer
        stopped = self.strip.stopped
        self._end()
        if findings:
            first = " ".join(one.sentence for one in findings[:SHOWN])
            more = len(findings) - SHOWN
            rest = f" And {words.plural(more, 'finding')} more." if more > 0 else ""
            advice = " Keep the clinic’s file as it is and ask whoever looks after it."
            self.said.emit(Message(f"{first}{rest}{advice}", Tone.REFUSE))
        elif stopped:
            self.said.emit(
                Message("The proof was stopped; nothing wrong was found so far.", Tone.WARN)
            )
        else:
            count = words.plural(int(head.partition(":")[0] or 0), "entry", "entries")
            told = (
                f"The audit trail is whole: {count}, each of which follows from the one before, "
                "and every change in the history is sealed in one of them."
            )
            self.said.emit(Message(told, Tone.OK))

    def _failed(self, error: ClinicDeskError) -> None:
        self._end()
        self.failed.emit(error)
