"""Search as you type: a short pause, off the main thread, stale answers dropped."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_desk.domain.ids import Clock
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.models import words
from clinic_desk.ui.models.patient_hits import LIMIT, PatientHits
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.operations import Operations

DEBOUNCE_MS = 60


class PatientSearcher(QObject):
    """``model`` shows the answer to the newest text. ``answered`` comes after each answer; until
    then ``settled`` is False. ``offer_add`` adds the "Add ‘…’" row."""

    answered = Signal()

    def __init__(
        self,
        operations: Operations,
        clock: Clock,
        source: RosterSource,
        parent: QObject | None = None,
        *,
        offer_add: bool = True,
    ) -> None:
        super().__init__(parent)
        self._operations = operations
        self._clock = clock
        self._source = source
        self._offer_add = offer_add
        self._text = ""
        self.settled = True
        self.model = PatientHits(source, self.today, self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(DEBOUNCE_MS)
        self._pause.timeout.connect(self._ask)

    def today(self) -> date:
        return words.local(self._clock.now(), self._source.zone).date()

    def type(self, text: str) -> None:
        self._text = " ".join(text.split())
        if not self._text:
            self._pause.stop()
            self.settled = True
            self.model.show([])
            return
        self.settled = False
        self._pause.start()

    def hurry(self) -> None:
        """Enter was pressed: do not wait for the pause."""
        if self._pause.isActive():
            self._pause.stop()
            self._ask()

    def _ask(self) -> None:
        text = self._text

        def show(hits: list[PatientHit]) -> None:
            if text != self._text:
                return
            self.model.show(hits, text if self._offer_add else "")
            self.settled = True
            self.answered.emit()

        self._operations.ask(
            lambda queries: queries.search_patients(text, LIMIT),
            done=show,
            key=f"patients:{id(self)}",
        )
