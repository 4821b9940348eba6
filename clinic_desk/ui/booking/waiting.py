"""Alt+W in the booking dialog: who and what is typed already goes onto the waiting list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.waitlist_commands import AddToWaitlist
from clinic_desk.ui.booking.draft import Draft
from clinic_desk.ui.models import words
from clinic_desk.ui.runtime.wording import Tone

if TYPE_CHECKING:
    from clinic_desk.ui.booking.dialog import BookingDialog

INITIATOR = "booking-waitlist"


class Waiting(QObject):
    """The line with when, urgency and note. While it is ``open`` nothing is held, Enter saves it,
    and Esc closes it; who, what and where stay the dialog's own fields."""

    def __init__(self, dialog: BookingDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._busy = False
        self.open = False
        self.pressed_ahead = False
        """Save was pressed while the patient's habits were on their way."""
        dialog.wait_button.clicked.connect(self.begin)
        # a button's own key presses it for a moment first, and the next key would overtake it
        dialog.wait_button.setShortcut(QKeySequence())
        QShortcut(QKeySequence("Alt+W"), dialog).activated.connect(self.begin)
        dialog.wait_save.clicked.connect(self.save)
        dialog.wait_fields.changed.connect(dialog.choices.refresh)

    def begin(self) -> None:
        """Opens the line, with what the When field says; a name that was typed is taken first,
        as Enter would."""
        dialog = self._dialog
        if self.open:
            return
        self.open = True
        dialog.stop_hurry()
        dialog.hold.release()
        if dialog.message.tone is not Tone.REFUSE:
            dialog.message.clear()
        said = dialog.when.text().strip()
        if dialog.mornings_chip.isChecked() and "morning" not in said:
            said = f"{said} mornings".strip()
        if dialog.source.roster is not None:
            dialog.wait_fields.locale_name = dialog.source.roster.practice.locale
        dialog.wait_fields.start(said)
        dialog.open_waiting(True)
        dialog.choices.refresh()
        if dialog.caller.known:
            self.go_on()
        elif dialog.who.edit.text().strip():
            enter = QKeyEvent(
                QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier
            )
            dialog.who.edit.setFocus()
            QApplication.sendEvent(dialog.who.edit, enter)
        else:
            self._ask_who()

    def _ask_who(self) -> None:
        self._dialog.message.say(Tone.INFO, "Who waits? Type a name, phone or birth date.")
        self._dialog.who.setFocus()

    def close(self) -> None:
        self.pressed_ahead = False
        if self.open:
            self.open = False
            self._dialog.open_waiting(False)
            self._dialog.choices.refresh()

    def leave(self) -> bool:
        """Esc; False when the line was not open. The chosen opening is held again."""
        if not self.open:
            return False
        self.close()
        dialog = self._dialog
        dialog.message.clear()
        dialog.openings.hold_again()
        dialog.caller.continue_booking()
        return True

    def go_on(self) -> None:
        """Who it is is known: the next Enter saves."""
        dialog = self._dialog
        if dialog.who.adding and not dialog.who.new_row.last_name.text().strip():
            dialog.who.new_row.last_name.setFocus()
            return
        if dialog.message.tone is Tone.INFO:
            dialog.message.clear()
        dialog.choices.refresh()
        dialog.wait_fields.setFocus()

    def enter(self) -> None:
        """Enter in the line saves; anywhere else it comes to the line."""
        dialog = self._dialog
        focus = QApplication.focusWidget()
        here = focus is dialog.wait_save or (
            focus is not None and dialog.wait_row.isAncestorOf(focus)
        )
        if here:
            self.save()
        else:
            self.go_on()

    def sentence(self) -> str:
        """ "Ana Lee waits for follow-up 30 min, any doctor · Tue · before 12:00"."""
        dialog, draft = self._dialog, self._dialog.draft
        who = ""
        if draft.patient is not None:
            who = words.spoken_name(draft.patient)
        elif draft.new_patient is not None:
            who = draft.new_patient.spoken_name
        kind, roster = dialog.choices.kind(), dialog.source.roster
        what = f"{kind.name[:1].lower()}{kind.name[1:]}" if kind is not None else "a visit"
        doctor = words.doctor_of(roster, dialog.choices.doctor_id()) if roster else "any doctor"
        told = f"{who or 'The caller'} waits for {what} {dialog.choices.minutes()} min, {doctor}"
        return " · ".join(part for part in (told, dialog.wait_fields.told()) if part)

    def save(self) -> None:
        dialog, draft = self._dialog, self._dialog.draft
        if self._busy:
            return
        if not dialog.caller.known:
            self._ask_who()
            return
        if dialog.caller.asking:
            self.pressed_ahead = True
            return
        self.pressed_ahead = False
        if draft.patient is None and not dialog.caller.sure_new:
            dialog.caller.settle_new(self.save)
            return
        try:
            values = dialog.wait_fields.values()
        except Refusal as refusal:
            self._refused(refusal)
            return
        if draft.minutes is not None:
            values.setdefault("minutes", draft.minutes)
        values |= {"type_id": draft.type_id or "", "doctor_id": dialog.choices.doctor_id()}
        new = draft.new_patient
        if draft.patient is not None:
            values["patient_id"] = draft.patient.id
        self._busy = True
        dialog.wait_save.set_word("Saving…")
        dialog.context.operations.run(
            AddToWaitlist(
                values=values,
                new_patient=new.values() if new is not None and draft.patient is None else None,
                initiator=INITIATOR,
            ),
            done=self._saved,
            refused=self._refused,
        )

    def _saved(self, outcome: Outcome) -> None:
        dialog = self._dialog
        self._over()
        dialog.openings.stop()
        dialog.hold.release()
        dialog.draft, dialog.kept = Draft(), None
        self.close()
        dialog.hide()
        told = " ".join([outcome.sentence, *outcome.warnings])
        dialog.toast_requested.emit(told, bool(outcome.undo_label))

    def _refused(self, error: ClinicDeskError) -> None:
        dialog = self._dialog
        self._over()
        dialog.message.say_error(error)
        field = error.field if isinstance(error, Refusal) else None
        fields = {
            "type_id": dialog.type_box,
            "doctor_id": dialog.doctor_box,
            "birth_date": dialog.who.new_row.birth,
            "minutes": dialog.length.box,
        }
        if dialog.message.buttons():
            dialog.message.buttons()[0].setFocus()
        else:
            fields.get(field or "", dialog.wait_fields.when).setFocus()

    def _over(self) -> None:
        self._busy = False
        self._dialog.wait_save.set_word("Save to the list")
