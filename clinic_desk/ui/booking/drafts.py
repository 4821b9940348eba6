"""What was typed into the booking dialog, put away by Esc and brought back by Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker

if TYPE_CHECKING:
    from clinic_desk.ui.booking.dialog import BookingDialog


def put_away(dialog: BookingDialog) -> None:
    """Keeps what is worth it for ten minutes."""
    draft = dialog.draft
    if dialog.who.adding:
        draft.new_patient = dialog.who.new_value()
    elif draft.patient is None:
        draft.search_text = dialog.who.edit.text()
    if draft.worth_keeping:
        draft.when_text = dialog.when.text()
        draft.mornings = dialog.mornings_chip.isChecked()
        draft.repeat = dialog.repeating.kept()
        draft.kept_at = dialog.context.clock.now()
        dialog.kept = draft


def bring_back(dialog: BookingDialog) -> None:
    """Everything as it was left; the opening is looked for again."""
    kept = dialog.kept
    if kept is None or not kept.alive(dialog.context.clock.now()):
        return
    dialog.kept, dialog.draft = None, kept
    dialog.message.clear()
    dialog.when.setText(kept.when_text)
    dialog.choices.reset()
    with QSignalBlocker(dialog.mornings_chip):
        dialog.mornings_chip.setChecked(kept.mornings)
    reason, notes, remind = kept.reason, kept.notes, kept.remind
    dialog.reason.setPlainText(reason)
    dialog.notes.setPlainText(notes)
    dialog.remind.show_value(remind)
    dialog.texts_told.tell()
    dialog.fold.setChecked(bool(reason or notes or dialog.remind.words))
    dialog.repeating.restore(kept.repeat)
    dialog.openings.prefer(kept.start, kept.start_doctor_id)
    if kept.patient is not None:
        dialog.who.show_patient(kept.patient)
        dialog.caller.take(kept.patient)
    elif kept.new_patient is not None:
        dialog.who.show_new(kept.new_patient)
        dialog.choices.after_who()
        dialog.who.new_row.phone.setFocus()
    else:
        dialog.who.start(kept.search_text)
