"""Reason, notes and reminder in the booking dialog: how much there is, and what is too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker

from clinic_desk.ui.models import words
from clinic_desk.ui.runtime.wording import Tone

if TYPE_CHECKING:
    from clinic_desk.ui.booking.dialog import BookingDialog


class Texts(QObject):
    def __init__(self, dialog: BookingDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        dialog.fold.toggled.connect(self._on_fold)
        dialog.reason.textChanged.connect(self.tell)
        dialog.notes.textChanged.connect(self.tell)
        dialog.remind.edited.connect(self.tell)

    def reset(self) -> None:
        dialog = self._dialog
        with QSignalBlocker(dialog.reason), QSignalBlocker(dialog.notes):
            dialog.reason.clear()
            dialog.notes.clear()
        dialog.remind.show_value((None, ()))
        dialog.fold.setChecked(False)
        self.tell()

    def tell(self) -> None:
        """Keeps the draft, and the words beside the fold."""
        dialog = self._dialog
        dialog.draft.reason, dialog.draft.notes = dialog.reason.text, dialog.notes.text
        dialog.draft.remind = dialog.remind.value
        parts = [
            f"{name} {len(field.text):,} of {field.limit:,}"
            for name, field in (("reason", dialog.reason), ("notes", dialog.notes))
            if field.text
        ]
        if dialog.remind.words:
            parts.append(dialog.remind.words)
        dialog.fold_summary.setText(" · ".join(parts) or "no note")
        over = dialog.reason.over or dialog.notes.over
        dialog.fold_summary.set_ink("refuse" if over else "text2")

    def say_too_long(self) -> None:
        dialog = self._dialog
        field = dialog.reason if dialog.reason.over else dialog.notes
        name = "reason" if field is dialog.reason else "note"
        dialog.fold.setChecked(True)
        field.setFocus()
        dialog.message.say(
            Tone.WARN,
            f"The {name} is {words.plural(field.over, 'character')} too long; "
            f"it may have {field.limit:,}.",
        )

    def _on_fold(self, on: bool) -> None:
        self._dialog.unfold(on)
        if on:
            self._dialog.reason.setFocus()
