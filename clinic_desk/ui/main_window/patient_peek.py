"""A found patient at a glance: who, alert, coming and past visits, and *Book*."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QPushButton, QVBoxLayout, QWidget

from clinic_desk.domain.appointments import STATUS_WORDS
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.services.views import Cell, PatientView
from clinic_desk.ui.look.tokens import pattern_of
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import (
    age_text,
    birth_text,
    clock_text,
    day_text,
    local_day,
    phone_text,
)
from clinic_desk.ui.widgets.entries import Entry, EntryDelegate, EntryModel
from clinic_desk.ui.widgets.overlay import Overlay

_ROWS = 8


class PatientPeek(Overlay):
    """Enter books; ↓ goes to the visits, where Enter shows the visit in the calendar."""

    book_requested = Signal(str)
    visit_chosen = Signal(object)
    failed = Signal(object)

    def __init__(self, context: Context, roster: RosterSource, host: QWidget) -> None:
        super().__init__(context.theme, host, 560, top=72)
        self._context = context
        self._roster = roster
        self._patient_id: Id = ""
        self._name = _label("title")
        self._facts = _label("caption")
        self._alert = _label("error")
        self._alert.setWordWrap(True)
        self._none = _label("muted")
        self._none.setText("No visits yet.")
        self.book = QPushButton("Book a visit")
        self.book.setProperty("kind", "primary")
        self.book.clicked.connect(self._book)
        self._close = QPushButton("Close")
        self._close.clicked.connect(self.dismiss)
        self.model = EntryModel(self)
        self.visits = QListView()
        self.visits.setModel(self.model)
        self.visits.setItemDelegate(EntryDelegate(context.theme, self.visits))
        self.visits.setAccessibleName("Visits")
        self.visits.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.visits.setStyleSheet("QListView::item { padding: 0; }")
        self.visits.activated.connect(lambda index: self._run(index.row()))
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._name)
        head.addWidget(self._facts)
        top = QHBoxLayout()
        top.addLayout(head, 1)
        top.addWidget(self.book)
        top.addWidget(self._close)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self._alert)
        column.addWidget(self._none)
        column.addWidget(self.visits)

    def open_for(self, patient_id: Id) -> None:
        self._patient_id = patient_id
        self._context.operations.ask(
            lambda queries: queries.patient(patient_id),
            done=self._show_patient,
            failed=self._cannot,
            key="patient-peek",
        )

    def _cannot(self, error: ClinicDeskError) -> None:
        self.failed.emit(error)

    def _show_patient(self, view: PatientView) -> None:
        patient = view.patient
        now = self._context.clock.now()
        today = local_day(now, self._roster.zone)
        self._name.setText(patient.listed_name)
        self._facts.setText(_facts(patient, view.no_shows, today))
        self._alert.setText(patient.alert)
        self._alert.setVisible(bool(patient.alert))
        coming = sorted((c for c in view.visits if c.end > now), key=lambda c: c.start)
        past = sorted((c for c in view.visits if c.end <= now), key=lambda c: c.start, reverse=True)
        rows = [self._visit(cell, today, now) for cell in (*coming, *past)]
        self.model.show(rows)
        self.visits.setVisible(bool(rows))
        self.visits.setFixedHeight(min(len(rows), _ROWS) * self.theme.px(36) + 4)
        self._none.setVisible(not rows)
        self.open_card()
        self.book.setFocus(Qt.FocusReason.PopupFocusReason)

    def _visit(self, cell: Cell, today: date, now: datetime) -> Entry:
        zone = self._roster.zone_at(cell.location_id)
        doctor = self._roster.roster.doctors.get(cell.doctor_id) if self._roster.roster else None
        badge = None
        if doctor is not None:
            colour = self.theme.doctor_colour(doctor.colour, pattern_of("solid"))
            badge = (doctor.code, colour)
        day = local_day(cell.start, zone)
        return Entry(
            f"{day_text(day, today)} {clock_text(cell.start, zone)}",
            lambda: self.visit_chosen.emit(cell),
            detail=f"{cell.type_name} · {STATUS_WORDS[cell.status]}",
            badge=badge,
            group="coming" if cell.end > now else "",
        )

    def _run(self, row: int) -> None:
        entry = self.model.entry(row)
        if entry is not None:
            self.dismiss()
            entry.run()

    def _book(self) -> None:
        self.dismiss()
        self.book_requested.emit(self._patient_id)


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _facts(patient: Patient, no_shows: int, today: date) -> str:
    parts = [
        birth_text(patient.birth_date),
        age_text(patient.birth_date, today),
        phone_text(patient.mobile or patient.phone),
        patient.email,
        f"no. {patient.record_number}" if patient.record_number else "",
        f"{no_shows} no-show{'' if no_shows == 1 else 's'}" if no_shows else "",
    ]
    return " · ".join(part for part in parts if part)
