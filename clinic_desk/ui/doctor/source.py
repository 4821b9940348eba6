"""Keeps the doctor's view true: reads it when something was written, and with every minute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services import doctor_figures, doctor_view
from clinic_desk.services.doctor_figures import PERIODS, DoctorFigures
from clinic_desk.services.doctor_view import DoctorDesk
from clinic_desk.services.outcome import Changes
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import PatientView
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import phone_text

MATTERS = frozenset(
    {
        "appointment", "patient", "doctor_delay", "doctor", "room", "location", "appointment_type",
        "schedule_template", "availability_exception", "time_off_request", "holiday", "practice",
        "external",
    }
)  # fmt: skip
COUNTED = MATTERS - {"patient", "doctor_delay", "room"}
"""What the numbers are made of."""

PAUSE = 30
"""Milliseconds: one command may announce itself twice."""

LATER = 400
"""Milliseconds that the numbers may wait for the day to be on the screen."""


class DoctorSource(QObject):
    """``read_done``: ``desk`` is new; ``patients_done``: ``patients`` has those wanted last;
    ``figures_done``: ``figures`` is new. It reads nothing while the page is hidden."""

    read_done = Signal()
    patients_done = Signal()
    figures_done = Signal()
    failed = Signal(object)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.doctor_id: Id = ""
        self.day: date | None = None
        self.weeks = PERIODS[0]
        self.missing_after = 15
        self.desk: DoctorDesk | None = None
        self.figures: DoctorFigures | None = None
        self.patients: Mapping[Id, PatientView] = {}
        self._looking = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.read)
        self._later = QTimer(self, singleShot=True, interval=LATER)
        self._later.timeout.connect(self.count)
        self._minute = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._minute.timeout.connect(self._tick)
        context.operations.changed.connect(self._on_changes)

    def look(self) -> None:
        self._looking = True
        self._arm()
        if self.doctor_id:
            self.read()
            self._later.start()

    def leave(self) -> None:
        self._looking = False
        for timer in (self._minute, self._pause, self._later):
            timer.stop()

    def show_doctor(self, doctor_id: Id) -> None:
        """Another doctor, today."""
        if doctor_id != self.doctor_id:
            self.doctor_id, self.desk, self.figures, self.patients = doctor_id, None, None, {}
        self.day = None
        self.read()
        self._later.start()

    def show_day(self, day: date | None) -> None:
        """None is today, whatever day that is."""
        self.day = day
        self.read()

    def look_back(self, weeks: int) -> None:
        self.weeks = weeks
        self.count()

    def read(self) -> None:
        self._pause.stop()
        if not self.doctor_id:
            return
        now, doctor_id, day = self._context.clock.now(), self.doctor_id, self.day
        patience = self.missing_after
        self._context.operations.ask(
            lambda queries: doctor_view.read(queries, doctor_id, now, day, missing_after=patience),
            done=self._take,
            failed=self.failed.emit,
            key=f"doctor:{id(self)}",
        )

    def _take(self, desk: DoctorDesk) -> None:
        self.desk = desk
        if self.day == desk.today:
            self.day = None
        self.read_done.emit()

    def want(self, patient_ids: Iterable[Id | None]) -> None:
        """Who they are, with their visits."""
        wanted = tuple(dict.fromkeys(one for one in patient_ids if one))

        def look(queries: Queries) -> dict[Id, PatientView]:
            found = {one: queries.patient(one) for one in wanted}
            for view in found.values():
                for number in (view.patient.mobile, view.patient.phone):
                    phone_text(number)  # slow the first time, and remembered
            return found

        self._context.operations.ask(
            look,
            done=self._take_patients,
            failed=self.failed.emit,
            key=f"doctor-patients:{id(self)}",
        )

    def _take_patients(self, patients: dict[Id, PatientView]) -> None:
        self.patients = patients
        self.patients_done.emit()

    def count(self) -> None:
        self._later.stop()
        desk, weeks = self.desk, self.weeks
        if desk is None:
            self._later.start()
            return
        if not self._context.actor.may(Permission.REPORTS):
            return  # the numbers say so in their place
        self._context.operations.ask(
            lambda queries: doctor_figures.read(queries, desk.doctor_id, desk.today, weeks),
            done=self._take_figures,
            failed=self.failed.emit,
            key=f"doctor-figures:{id(self)}",
        )

    def _take_figures(self, figures: DoctorFigures) -> None:
        self.figures = figures
        self.figures_done.emit()

    def _on_changes(self, changes: Changes) -> None:
        if not self._looking:
            return
        if changes.kinds & MATTERS:
            self._pause.start()
        if changes.kinds & COUNTED:
            self._later.start()

    def _tick(self) -> None:
        self._arm()
        self.read()

    def _arm(self) -> None:
        now = self._context.clock.now()
        into = now.second * 1000 + now.microsecond // 1000
        self._minute.start(60_000 - into + 5)
