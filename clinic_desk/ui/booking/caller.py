"""*Who* in the booking dialog: a known patient, or a new caller checked for duplicates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.domain.availability.model import Preferences
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.openings import preferences_of
from clinic_desk.services.views import PatientHit, PatientView
from clinic_desk.ui.models.knowing import hit_of
from clinic_desk.ui.models.typed_patient import NewPatient, comparison, question_of
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.duplicates import DuplicatePanel

if TYPE_CHECKING:
    from clinic_desk.ui.booking.dialog import BookingDialog


class Caller(QObject):
    """``habit`` is the doctor whom the patient usually sees; while ``asking``, kind and doctor
    are not settled yet."""

    def __init__(self, dialog: BookingDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self.asking = False
        self.sure_new = False
        self.habit: Id | None = None
        self.panel = DuplicatePanel(dialog.theme, dialog)
        self._then: Callable[[], None] = self._go_on
        self._settling: NewPatient | None = None
        self._ahead = 0
        who = dialog.who
        who.taken.connect(self.take)
        who.new_started.connect(self._start_new)
        who.new_completed.connect(lambda _patient: self.settle_new(self._go_on))
        who.new_row.edited.connect(self._edited)
        who.reopened.connect(self._reopened)
        self.panel.use_existing.connect(self._use_existing)
        self.panel.add_anyway.connect(self._add_anyway)

    def reset(self) -> None:
        self.asking, self.sure_new, self.habit = False, False, None
        self._settling = None
        self.stop_hurry()
        self.panel.hide()

    def stop_hurry(self) -> None:
        """Enters pressed ahead of the look for duplicates do not count any more."""
        self._ahead = 0

    @property
    def known(self) -> bool:
        draft = self._dialog.draft
        return draft.patient is not None or draft.new_patient is not None

    def ask(self, patient_id: Id) -> None:
        """Read this patient and take them."""
        dialog = self._dialog

        def found(view: PatientView) -> None:
            hit = hit_of(view, dialog.context.clock.now())
            dialog.who.show_patient(hit)
            self.take(hit)

        dialog.context.operations.ask(
            lambda queries: queries.patient(patient_id),
            done=found,
            failed=dialog.message.say_error,
            key=f"booking.patient:{id(dialog)}",
        )

    def take(self, hit: PatientHit) -> None:
        """A known patient: kind, doctor and openings follow from their habits."""
        self.reset()
        dialog = self._dialog
        dialog.draft.patient, dialog.draft.new_patient = hit, None
        dialog.openings.expect()
        self.asking = True
        self._go_on()

        def known(habits: Preferences) -> None:
            self.asking = False
            self.habit = habits.usual_doctor_id
            dialog.choices.after_who()
            dialog.book_if_waiting()

        def unknown(error: ClinicDeskError) -> None:
            self.asking = False
            dialog.openings.stop()
            dialog.stop_hurry()
            dialog.message.say_error(error)

        dialog.context.operations.ask(
            lambda queries: preferences_of(queries, hit.id),
            done=known,
            failed=unknown,
            key=f"booking.habits:{id(dialog)}",
        )

    def settle_new(self, then: Callable[[], None], enters: int = 1) -> None:
        """Read the new caller's fields; when they will do and nobody like that is on file,
        ``then`` follows, and then the Enters that were pressed meanwhile; this call is worth
        ``enters`` of them."""
        dialog = self._dialog
        patient = dialog.who.new_value()
        dialog.draft.new_patient = patient
        if not self._complete(patient):
            return
        if self._settling == patient:
            self._ahead += enters
            return
        self._then = then
        self._settling = patient
        self.stop_hurry()

        def answer(hits: list[PatientHit]) -> None:
            if self._settling != patient:
                return  # the fields were changed meanwhile, or the dialog was left
            ahead, self._ahead, self._settling = self._ahead, 0, None
            if hits and dialog.draft.new_patient is not None:
                self.panel.show_for(
                    question_of(patient, hits[0]),
                    comparison(patient, hits[0], dialog.source.zone, dialog.searcher.today()),
                    hits[0],
                )
            else:
                self.sure_new = True
                then()
                dialog.press_ahead(ahead)

        def failed(error: ClinicDeskError) -> None:
            self._settling = None
            self.stop_hurry()
            dialog.message.say_error(error)

        dialog.context.operations.ask(
            lambda queries: queries.similar_patients(
                last_name=patient.last_name,
                first_name=patient.first_name,
                birth_date=patient.birth_date,
                phone=patient.phone,
            ),
            done=answer,
            failed=failed,
            key=f"booking.similar:{id(dialog)}",
        )

    def _go_on(self) -> None:
        """The next stop: straight to Book when the place is settled, else the openings."""
        if self._dialog.waiting.open:
            self._dialog.waiting.go_on()
            return
        pinned = self._dialog.openings.pinned is not None
        if self._dialog.draft.new_patient is not None and self._dialog.hold.hold_id is not None:
            self._dialog.openings.hold_again()  # under the name as it reads now
        (self._dialog.book_button if pinned else self._dialog.list).setFocus()

    def continue_booking(self) -> None:
        """The waiting list was left: on with what is known."""
        if self.known:
            self._go_on()
        else:
            self._dialog.who.setFocus()

    def _complete(self, patient: NewPatient) -> bool:
        message, row = self._dialog.message, self._dialog.who.new_row
        if not patient.last_name:
            message.say(Tone.WARN, "A new patient needs at least a surname.")
            row.last_name.setFocus()
            return False
        if patient.birth_typed and patient.birth_date is None:
            message.say(
                Tone.WARN, "The birth date cannot be read: type day, month, year, such as 4.3.88."
            )
            row.birth.setFocus()
            return False
        if message.tone is Tone.WARN:
            message.clear()
        return True

    def _start_new(self, patient: NewPatient) -> None:
        self.reset()
        self._dialog.draft.new_patient, self._dialog.draft.patient = patient, None
        self._dialog.choices.after_who()

    def _edited(self) -> None:
        self._dialog.draft.new_patient = self._dialog.who.new_value()
        self.sure_new, self._settling = False, None
        self._dialog.choices.refresh()

    def _reopened(self) -> None:
        self.reset()
        self._dialog.draft.patient = self._dialog.draft.new_patient = None
        self._dialog.answers.end()
        self._dialog.choices.refresh()

    def _use_existing(self, hit: PatientHit) -> None:
        self._dialog.who.show_patient(hit)
        self.take(hit)

    def _add_anyway(self) -> None:
        self.sure_new = True
        self._then()
