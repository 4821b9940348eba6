"""Quick add (Ctrl+Shift+N) and editing of a patient, with a live check for duplicates."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal, Stale, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.services.commands import AddPatient, EditPatient
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.views import PatientHit, PatientView
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.typed_patient import NewPatient, comparison, question_of
from clinic_desk.ui.patients.fields import FULL, QUICK, PatientFields
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import HintButton, KeyHints, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.duplicates import DuplicatePanel
from clinic_desk.ui.widgets.forms.message import InlineMessage

CHECK_PAUSE_MS = 250
SIZE = QSize(520, 460)
EDIT_SIZE = QSize(560, 664)


class _PatientCard(CardDialog):
    """Fields, a message, Save. Enter saves, Esc leaves."""

    saved = Signal(str)
    toast_requested = Signal(str, bool)

    def __init__(
        self, context: Context, title: str, names: tuple[str, ...], parent: QWidget | None
    ) -> None:
        super().__init__(context.theme, title, parent)
        self.context = context
        self.source = RosterSource(context.operations, self)
        self.keep_size(SIZE)
        self.message = InlineMessage(context.theme, self)
        self.fields = PatientFields(context.theme, names, self.today, self)
        self.save_button = HintButton(context.theme, "Save", "Enter", self)
        self.cancel_button = push("Cancel", self)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        self.body.addWidget(self.message)
        self.body.addWidget(self.fields, 1)
        hints = KeyHints(
            context.theme,
            (("Enter", "save"), ("Alt+letter", "field"), ("Esc", "leave")),
            self,
        )
        self.footer_row.addWidget(hints, 1)
        self.footer_row.addWidget(self.cancel_button)
        self.footer_row.addWidget(self.save_button)
        self.busy = False

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.source.zone).date()

    def save(self) -> None:
        raise NotImplementedError

    def refused(self, error: ClinicDeskError) -> None:
        """Beside the field it is about, else on top; nothing typed is lost."""
        self.busy = False
        if isinstance(error, Refusal) and error.field in self.fields.faults:
            assert error.field is not None
            self.fields.show_faults({error.field: error.sentence})
            self.fields.focus(error.field)
        else:
            self.message.say_error(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.cancel_button.hasFocus():
                self.reject()
            else:
                self.save()
            return
        super().keyPressEvent(event)


class QuickAddDialog(_PatientCard):
    """``saved`` carries the new patient's id; ``existing_chosen`` that of somebody who was on
    file already."""

    existing_chosen = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "New patient", QUICK, parent)
        self._sure = False
        self._similar: PatientHit | None = None
        self.panel = DuplicatePanel(context.theme, self)
        self.panel.use_existing.connect(self._use)
        self.panel.add_anyway.connect(self._add_anyway)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(CHECK_PAUSE_MS)
        self._pause.timeout.connect(lambda: self._ask_similar(saving=False))
        self.fields.edited.connect(self._on_edit)
        self.message.chosen.connect(self._on_way_out)

    def open_with(self, text: str = "") -> None:
        """``text`` is what was searched for."""
        self._sure, self._similar, self.busy = False, None, False
        self.message.clear()
        self.panel.hide()
        self.fields.fill_text(text)
        self.show()
        self.raise_()
        self.activateWindow()
        named = bool(self.fields.lines["last_name"].text())
        self.fields.focus("birth_date" if named else "last_name")

    def _on_edit(self) -> None:
        self._sure = False
        self._pause.start()

    def _ask_similar(self, *, saving: bool) -> None:
        typed = self.fields.typed()
        if not (typed.birth_date and typed.last_name) and not typed.phone:
            self._answer(typed, [], saving=saving)
            return
        self.context.operations.ask(
            lambda queries: queries.similar_patients(
                last_name=typed.last_name,
                first_name=typed.first_name,
                birth_date=typed.birth_date,
                phone=typed.phone,
            ),
            done=lambda hits: self._answer(typed, hits, saving=saving),
            failed=self.message.say_error,
            key=f"quick.similar:{id(self)}",
        )

    def _answer(self, typed: NewPatient, hits: list[PatientHit], *, saving: bool) -> None:
        self._similar = hits[0] if hits else None
        if not hits:
            if self.message.tone is Tone.WARN:
                self.message.clear()
            if saving:
                self._write()
        elif saving:
            self.panel.show_for(
                question_of(typed, hits[0]),
                comparison(typed, hits[0], self.source.zone, self.today()),
                hits[0],
            )
        else:
            hit = hits[0]
            born = f", {words.date_words(hit.birth_date)}" if hit.birth_date else ""
            self.message.say(
                Tone.WARN,
                f"{hit.listed_name}{born}, No. {hit.record_number} is on file already.",
                [WayOut("Use existing", "use_existing")],
            )

    def save(self) -> None:
        """Checks, asks about a duplicate once, then writes."""
        if self.busy or not self.fields.check(empty_too=True):
            return
        self._pause.stop()
        if self._sure:
            self._write()
        else:
            self._ask_similar(saving=True)

    def _write(self) -> None:
        self.busy = True
        self.context.operations.run(
            AddPatient(values=self.fields.values(), initiator="quick_add"),
            done=self._done,
            refused=self.refused,
        )

    def _done(self, outcome: Outcome) -> None:
        self.busy = False
        self.hide()
        said = " ".join([f"{outcome.sentence or 'Patient added'}.", *outcome.warnings])
        self.toast_requested.emit(said, bool(outcome.undo_label))
        self.saved.emit(str(outcome.value))

    def _on_way_out(self, way: WayOut) -> None:
        if way.action == "use_existing" and self._similar is not None:
            self._use(self._similar)
        elif way.action == "retry":
            self.save()

    def _use(self, hit: PatientHit) -> None:
        self.hide()
        self.existing_chosen.emit(hit.id)

    def _add_anyway(self) -> None:
        self._sure = True
        self._write()

    def hideEvent(self, event: object) -> None:  # noqa: N802
        self._pause.stop()
        super().hideEvent(event)  # type: ignore[arg-type]


class EditPatientDialog(_PatientCard):
    """``saved`` carries the patient's id."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "Edit patient", FULL, parent)
        self.keep_size(EDIT_SIZE)
        self.patient: Patient | None = None
        self._first = "last_name"
        self.message.chosen.connect(self._on_way_out)

    def open_for(self, patient_id: Id, field: str = "last_name") -> None:
        """``field`` has the keyboard first."""
        self._first = field
        self.context.operations.ask(
            lambda queries: queries.patient(patient_id),
            done=self._show,
            failed=lambda error: self.toast_requested.emit(str(error), False),
            key=f"patient.edit:{id(self)}",
        )

    def _show(self, view: PatientView) -> None:
        self.patient, self.busy = view.patient, False
        self.message.clear()
        if self.fields.preferences is not None:
            self.fields.preferences.offer_doctors(
                [(one.id, words.doctor_name(one)) for one in self.source.doctors()]
            )
        self.fields.fill(view.patient)
        self.subtitle_label.setText(f"No. {view.patient.record_number}")
        self.show()
        self.raise_()
        self.activateWindow()
        self.fields.focus(self._first)

    def changed(self) -> dict[str, object]:
        """Only what differs from what is on file."""
        patient = self.patient
        if patient is None:
            return {}
        on_file = {
            "mobile": patient.mobile or patient.mobile_typed,
            "phone": patient.phone or patient.phone_typed,
        }
        return {
            name: value
            for name, value in self.fields.values().items()
            if value != on_file.get(name, getattr(patient, name, None))
        }

    def save(self) -> None:
        patient = self.patient
        if patient is None or self.busy or not self.fields.check(empty_too=True):
            return
        changed = self.changed()
        if not changed:
            self.hide()
            return
        self.busy = True
        self.context.operations.run(
            EditPatient(
                patient_id=patient.id,
                values=changed,
                expected_revision=patient.revision,
                initiator="edit_patient",
            ),
            done=self._done,
            refused=self._refused,
        )

    def _done(self, outcome: Outcome) -> None:
        self.busy = False
        self.hide()
        said = " ".join([f"{outcome.sentence or 'Saved'}.", *outcome.warnings])
        self.toast_requested.emit(said, bool(outcome.undo_label))
        self.saved.emit(str(outcome.value))

    def _refused(self, error: ClinicDeskError) -> None:
        if not isinstance(error, Stale) or self.patient is None:
            self.refused(error)
            return
        self.busy = False
        patient_id = self.patient.id

        def newer(view: PatientView) -> None:
            """What was typed stays; the next Save is judged against the newer record."""
            self.patient = view.patient
            self.message.say(
                Tone.WARN,
                f"{error.sentence} What you typed is kept; Save writes it.",
                [WayOut("Take theirs", "take_theirs")],
            )

        self.context.operations.ask(
            lambda queries: queries.patient(patient_id), done=newer, failed=self.message.say_error
        )

    def _on_way_out(self, way: WayOut) -> None:
        if way.action == "take_theirs" and self.patient is not None:
            self.fields.fill(self.patient)
        elif way.action == "retry":
            self.save()
