"""The guided booking of the set-up: three marks in the real window, and nothing left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import AddPatient
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.practising import PATIENT
from clinic_desk.services.setup_commands import EndPractice
from clinic_desk.ui.widgets.coach import CoachMark

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from clinic_desk.ui.main_window.window import MainWindow

INITIATOR = "wizard"

SENTENCES = (
    "Press Ctrl+N, or this button: a new booking, wherever you are.",
    "Type “practice”. When the patient is found, Enter takes them.",
    "The best openings stand in the list. Enter takes the chosen one, and Enter once more books.",
)


class Guiding(QObject):
    """``began`` carries the practice patient's id, ``ended`` whether a visit was booked; both
    patient and visit are gone by then."""

    began = Signal(str)
    ended = Signal(bool)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._mark: CoachMark | None = None
        self._patient: Id = ""
        self._linked = False

    @property
    def active(self) -> bool:
        return bool(self._patient)

    @property
    def mark(self) -> CoachMark | None:
        """The one on display."""
        return self._mark

    def start(self) -> None:
        if self.active:
            return
        values = {**PATIENT, "notes": "Made by the guided booking."}
        self._window.context.operations.run(
            AddPatient(values=values, initiator=INITIATOR),
            done=self._begin,
            refused=self._window.telling.refused,
        )

    def clear(self, patient_id: Id) -> None:
        """After a guide that was cut short: whoever is left of it goes."""
        self._patient = patient_id
        self._end(booked=False)

    def stop(self) -> None:
        """Skipped."""
        dialog = self._window.doors.booking
        if dialog.isVisible():
            dialog.reject()
        self._end(booked=False)

    # inside

    def _begin(self, outcome: Outcome) -> None:
        window = self._window
        self._patient = str(outcome.value)
        self.began.emit(self._patient)
        dialog = window.doors.booking
        if not self._linked:
            self._linked = True
            dialog.installEventFilter(self)
            dialog.who.taken.connect(lambda _hit: self._taken())
            window.doors.booked.connect(lambda _visit: self._booked())
        window.show_calendar()
        window.page.focus_grid()
        self._first()

    def _first(self) -> None:
        self._show(0, self._window.centralWidget() or self._window, self._window.toolbar.new)

    def _opened(self) -> None:
        dialog = self._window.doors.booking
        if self.active and dialog.isVisible() and not dialog.caller.known:
            self._show(1, dialog, dialog.who)

    def _taken(self) -> None:
        dialog = self._window.doors.booking
        if self.active and dialog.isVisible():
            self._show(2, dialog, dialog.book_button)

    def _booked(self) -> None:
        if self.active:
            self._end(booked=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if self.active and event.type() is QEvent.Type.Show:
            # when the dialog has laid itself out
            QTimer.singleShot(0, self, self._opened)
        elif self.active and event.type() is QEvent.Type.Hide and not self._window.isHidden():
            self._hide()
            self._first()
        return super().eventFilter(watched, event)

    def _show(self, number: int, host: QWidget, target: QWidget) -> None:
        self._hide()
        step = f"{number + 1} of {len(SENTENCES)}"
        self._mark = CoachMark(self._window.context.theme, host, target, step, SENTENCES[number])
        self._mark.skipped.connect(self.stop)

    def _hide(self) -> None:
        mark, self._mark = self._mark, None
        if mark is not None:
            mark.hide()
            mark.deleteLater()

    def _end(self, *, booked: bool) -> None:
        patient, self._patient = self._patient, ""
        self._hide()

        def gone(_outcome: Outcome) -> None:
            self.ended.emit(booked)

        def refused(error: ClinicDeskError) -> None:
            self._window.telling.refused(error)
            self.ended.emit(booked)

        self._window.context.operations.run(
            EndPractice(patient_id=patient, initiator=INITIATOR), done=gone, refused=refused
        )
