"""The patient card: who it is, alert, contact, notes, visits past and coming."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QListView,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.services.exporting import Exported, ExportWish
from clinic_desk.services.outcome import Changes
from clinic_desk.services.views import Cell, PatientView
from clinic_desk.ui.models import calendar_saving, words
from clinic_desk.ui.models.languages import language_words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.visits import VISIT_ROLE, VisitDelegate, VisitRows
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import phone_text
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.alert import AlertBar
from clinic_desk.ui.widgets.forms.bits import ElidedInk, InkLabel, KeyHints, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage

SIZE = QSize(820, 600)
SIDE = 264
FACTS = ("Mobile", "Phone", "E-mail", "Language", "Emergency", "Usual doctor", "Consent")
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PatientDialog(CardDialog):
    """``visit_requested`` carries a visit's id; ``book_requested``, ``edit_requested`` and
    ``wait_requested`` and ``page_requested`` the patient's id."""

    visit_requested = Signal(str)
    book_requested = Signal(str)
    edit_requested = Signal(str)
    wait_requested = Signal(str)
    page_requested = Signal(str)
    toast_requested = Signal(str, bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Patient", parent)
        self.context = context
        self.source = RosterSource(context.operations, self)
        self.view: PatientView | None = None
        self._patient_id: Id | None = None
        theme = context.theme
        self.keep_size(SIZE)
        self.message = InlineMessage(theme, self)
        self.name = ElidedInk(theme, "", role="date", bold=True, parent=self)
        self.about = InkLabel(theme, "", role="grid", ink="text2", parent=self)
        self.alert = AlertBar(theme, self)
        self.rows = VisitRows(self.source, self)
        self.list = QListView(self)
        self.list.setModel(self.rows)
        self.list.setItemDelegate(VisitDelegate(theme, self.source, self.list))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Visits, coming and earlier")
        self.none_yet = InkLabel(
            theme, "No visit yet. Book one with B.", ink="text2", parent=self.list.viewport()
        )
        self.none_yet.move(16, 14)
        self.counts = InkLabel(theme, "", role="grid", ink="text2", wrap=True)
        self.facts: dict[str, InkLabel] = {}
        self.copy_buttons: dict[str, QToolButton] = {}
        self.notes = InkLabel(theme, "", wrap=True)
        self.notes.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.page_button = push("&Page…", self)
        self.page_button.setToolTip("Everything about the patient on a page of its own (P)")
        self.wait_button = push("&Waiting list", self)
        self.export_button = push("E&xport visits…", self)
        self.export_button.setToolTip("All visits of this patient as a calendar file (.ics)")
        self.export_button.setVisible(context.exporter is not None)
        self.edit_button = push("&Edit…", self)
        self.book_button = push("&Book", self, "primary")
        self._lay_out()
        self.page_button.clicked.connect(self._page)
        self.wait_button.clicked.connect(self._wait)
        self.export_button.clicked.connect(self._export)
        self.edit_button.clicked.connect(self._edit)
        self.book_button.clicked.connect(self._book)
        self.list.doubleClicked.connect(self._open)
        self.list.installEventFilter(self)
        context.operations.changed.connect(self._on_changes)
        self.source.changed.connect(self._refill)
        self.restyle()

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.name)
        names.addWidget(self.about)
        self.body.addWidget(self.message)
        self.body.addLayout(names)
        self.body.addWidget(self.alert)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for number, title in enumerate(FACTS):
            grid.addWidget(InkLabel(self.theme, title, role="grid", ink="text2"), number, 0)
            label = InkLabel(self.theme, "")
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.facts[title] = label
            grid.addWidget(label, number, 1)
            if title in ("Mobile", "Phone", "E-mail"):
                button = QToolButton(self)
                button.setAutoRaise(True)
                button.setFixedSize(24, 24)
                button.setAccessibleName(f"Copy {title.lower()}")
                button.setToolTip("Copy")
                button.clicked.connect(lambda _on=False, title=title: self._copy(title))
                self.copy_buttons[title] = button
                grid.addWidget(button, number, 2)
        side = QVBoxLayout()
        side.setSpacing(10)
        side.addWidget(self.counts)
        side.addLayout(grid)
        side.addWidget(InkLabel(self.theme, "Notes", role="grid", ink="text2"))
        notes = QScrollArea(self)
        notes.setWidgetResizable(True)
        notes.setFrameShape(QFrame.Shape.NoFrame)
        notes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        notes.setAccessibleName("Notes")
        notes.setWidget(self.notes)
        notes.setMinimumHeight(self.theme.px(48))
        notes.setStyleSheet("QScrollArea, QScrollArea > QWidget { background: transparent; }")
        side.addWidget(notes, 1)
        side_box = QWidget(self)
        side_box.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        side_box.setFixedWidth(round(SIDE * self.theme.scale))
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self.list, 1)
        columns.addWidget(side_box)
        self.body.addLayout(columns, 1)
        hints = KeyHints(
            self.theme,
            (("Enter", "open visit"), ("B", "book"), ("W", "waits"), ("E", "edit"), ("P", "page"),
             ("Esc", "close")),
            self,
        )  # fmt: skip
        self.footer_row.addWidget(hints, 1)
        self.footer_row.addWidget(self.export_button)
        self.footer_row.addWidget(self.page_button)
        self.footer_row.addWidget(self.wait_button)
        self.footer_row.addWidget(self.edit_button)
        self.footer_row.addWidget(self.book_button)

    def open_for(self, patient_id: Id) -> None:
        """Shows the card as soon as it is read."""
        self._patient_id, self.view = patient_id, None
        self.message.clear()
        self._read()

    def _read(self) -> None:
        wanted = self._patient_id
        if wanted is not None:
            self.context.operations.ask(
                lambda queries: queries.patient(wanted),
                done=self._take,
                failed=self._failed,
                key=f"patient.card:{id(self)}",
            )

    def _failed(self, error: ClinicDeskError) -> None:
        if self.isVisible():
            self.message.say_error(error)
        else:
            self.toast_requested.emit(str(error), False)

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.source.zone).date()

    def _take(self, view: PatientView) -> None:
        if self._patient_id is None:
            return  # read before the card was closed: it stays closed
        if view.patient.merged_into is not None:
            self._patient_id = view.patient.merged_into
            self._read()
            return
        self.view = view
        self._refill()
        if not self.isVisible():
            self.show()
            self.raise_()
            self.activateWindow()
            self.list.setFocus()

    def _refill(self) -> None:
        view = self.view
        if view is None:
            return
        patient, today = view.patient, self.today()
        self.name.setText(patient.listed_name)
        inactive = "" if patient.active else " · no longer a patient"
        about = f"{words.age_words(patient, today)} · No. {patient.record_number}{inactive}"
        self.about.setText(about)
        self.alert.show_alert(patient.alert)
        kept = self.list.currentIndex().row()
        self.rows.show(view.visits, today)
        self.none_yet.setVisible(not view.visits)
        first = self.rows.first_row()
        if first >= 0:
            self.list.setCurrentIndex(self.rows.index(kept if kept > 0 else first))
        self.counts.setText(self._counted(view))
        for title, text in self._facts_of(patient).items():
            self.facts[title].setText(text or "–")
            self.facts[title].setToolTip(text)
            if title in self.copy_buttons:
                self.copy_buttons[title].setVisible(bool(text))
        self.notes.setText(patient.notes or "none")

    def _counted(self, view: PatientView) -> str:
        done = sum(visit.status is Status.COMPLETED for visit in view.visits)
        cancelled = sum(visit.status is Status.CANCELLED for visit in view.visits)
        kept_or_missed = done + view.no_shows
        share = round(100 * view.no_shows / kept_or_missed) if kept_or_missed else 0
        return (
            f"{words.plural(done, 'visit')} done · "
            f"{words.plural(view.no_shows, 'no-show')} ({share} %) · {cancelled} cancelled"
        )

    def _facts_of(self, patient: Patient) -> dict[str, str]:
        roster = self.source.roster
        usual = ""
        if roster is not None and patient.usual_doctor_id in roster.doctors:
            usual = words.doctor_of(roster, patient.usual_doctor_id, short=False)
        said = {True: "yes", False: "no", None: "not asked"}
        return {
            "Mobile": phone_text(patient.mobile or patient.mobile_typed),
            "Phone": phone_text(patient.phone or patient.phone_typed),
            "E-mail": patient.email,
            "Language": language_words(patient.language),
            "Emergency": patient.emergency_contact,
            "Usual doctor": usual,
            "Consent": f"SMS {said[patient.consent_sms]}\ne-mail {said[patient.consent_email]}"
            f"\nWhatsApp {said[patient.consent_whatsapp]}",
        }

    def _copy(self, title: str) -> None:
        QGuiApplication.clipboard().setText(self.facts[title].text())

    def _open(self, index: QModelIndex) -> None:
        visit = index.data(VISIT_ROLE)
        if isinstance(visit, Cell):
            self.reject()
            self.visit_requested.emit(visit.id)

    def _export(self) -> None:
        if self.view is not None:
            person = self.view.patient
            who = person.record_number if CURTAIN.on else person.listed_name
            name = calendar_saving.file_name(who, "visits")
            calendar_saving.ask_path(self, name, self.export_to)

    def export_to(self, path: Path) -> None:
        """All visits of this patient, coming and past."""
        if self.view is None:
            return

        def done(made: Exported) -> None:
            self.message.say(Tone.OK, f"{calendar_saving.told(made)}.")

        wish = ExportWish(patient_id=self.view.patient.id)
        calendar_saving.write(self.context, path, wish, done=done, failed=self.message.say_error)

    def _edit(self) -> None:
        if self.view is not None:
            self.edit_requested.emit(self.view.patient.id)

    def _wait(self) -> None:
        if self.view is not None:
            patient_id = self.view.patient.id
            self.reject()
            self.wait_requested.emit(patient_id)

    def _page(self) -> None:
        if self.view is not None:
            patient_id = self.view.patient.id
            self.reject()
            self.page_requested.emit(patient_id)

    def _book(self) -> None:
        if self.view is not None:
            patient_id = self.view.patient.id
            self.reject()
            self.book_requested.emit(patient_id)

    def _on_changes(self, changes: Changes) -> None:
        touched = {"patient", "appointment", "external"} & changes.kinds
        if self.isVisible() and touched:
            self._read()

    def reject(self) -> None:
        self.view = self._patient_id = None
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.list and isinstance(event, QKeyEvent):
            if event.type() is not QEvent.Type.KeyPress or event.modifiers():
                return False
            if event.key() in ENTER:
                self._open(self.list.currentIndex())
                return True
            if event.key() == Qt.Key.Key_B:
                self._book()
                return True
            if event.key() == Qt.Key.Key_E:
                self._edit()
                return True
            if event.key() == Qt.Key.Key_W:
                self._wait()
                return True
            if event.key() == Qt.Key.Key_P:
                self._page()
                return True
        return super().eventFilter(watched, event)

    def restyle(self) -> None:
        if hasattr(self, "copy_buttons"):
            for button in self.copy_buttons.values():
                button.setIcon(self.theme.qicon("copy"))
