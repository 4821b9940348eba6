"""The history on the patient's page: read a page at a time, told in words, searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.events import Event
from clinic_desk.services.patient_views import Timeline
from clinic_desk.ui.models.patient_history import PatientLine, Teller

if TYPE_CHECKING:
    from clinic_desk.ui.patients.page import PatientPage

NEAR_END = 240
"""Pixels above the end of the history at which older entries are asked for."""


class RecordHistory(QObject):
    def __init__(self, page: PatientPage) -> None:
        super().__init__(page)
        self._page = page
        self._events: list[Event] = []
        self._before = 0
        self._asking_older = False
        page.history.verticalScrollBar().valueChanged.connect(self._on_scroll)
        page.history.selectionModel().currentChanged.connect(
            lambda index, _before: self.older_at(index.row())
        )
        self._filling = QTimer(self, singleShot=True, interval=0)
        self._filling.timeout.connect(self._fill)

    def forget(self) -> None:
        """Somebody else is on display."""
        self._events, self._before, self._asking_older = [], 0, False
        self._page.timeline.show((), more=False)
        self._page.timeline.loaded = False

    def read(self, before: int = 0) -> None:
        """The newest page, or the one behind ``before``."""
        page, wanted = self._page, self._page.shown_id
        self._asking_older = bool(before)

        def done(answer: Timeline) -> None:
            self._asking_older = False
            self._before = answer.before
            page.timeline.loaded = True
            if not before:
                self._events = list(answer.events)
                self.tell()
            elif self._one_step(answer.events):
                self._events += answer.events
                self.tell()
            else:
                self._events += answer.events
                page.timeline.add(self._matching(answer.events), more=bool(answer.before))
            self._filling.start()

        def failed(error: ClinicDeskError) -> None:
            self._asking_older = False
            page.message.show_error(error)

        page.context.operations.ask(
            lambda queries: queries.patient_timeline(wanted, before),
            done=done,
            failed=failed,
            key=f"patient.history:{id(page)}",
        )

    def _one_step(self, older: Sequence[Event]) -> bool:
        """Whether a step of many events goes on across the end of what was read."""
        both = self._events and older
        return bool(both) and self._events[-1].command_id == older[0].command_id

    def _fill(self) -> None:
        """A view that is not full cannot be scrolled: what else there is comes by itself."""
        history = self._page.history
        if history.isVisible() and not history.verticalScrollBar().maximum():
            self.older()

    def older(self) -> None:
        if self._before and not self._asking_older:
            self.read(self._before)

    def older_at(self, row: int) -> bool:
        """Whether the row asks for older entries, which then are read."""
        asks = self._page.timeline.is_older(row)
        if asks:
            self.older()
        return asks

    def tell(self) -> None:
        """Anew, from the events that are there; the chosen line stays chosen by its place."""
        page = self._page
        if not page.timeline.loaded or page.record is None:
            return
        row = page.history.currentIndex().row()
        page.timeline.show(self._matching(self._events), more=bool(self._before))
        rows = page.timeline.rowCount()
        if rows:
            page.history.choose(max(0, min(row, rows - 1)))

    def _matching(self, events: Sequence[Event]) -> list[PatientLine]:
        record, roster = self._page.record, self._page.source.roster
        if record is None or roster is None:
            return []
        teller = Teller(
            roster=roster,
            zone=self._page.source.zone,
            today=self._page.today(),
            patient_id=record.patient.id,
            visits={cell.id: cell for cell in record.visits},
            others={one.patient.id: one.patient.record_number for one in record.merged},
        )
        typed = self._page.search.text().casefold().split()
        return [line for line in teller.lines(events) if _has(line, typed)]

    def _on_scroll(self, value: int) -> None:
        bar = self._page.history.verticalScrollBar()
        if bar.maximum() and value >= bar.maximum() - NEAR_END:
            self.older()


def _has(line: PatientLine, typed: list[str]) -> bool:
    text = f"{line.day} {line.title} {line.text}".casefold()
    return all(word in text for word in typed)
