"""A patient's fields with a clear sentence under each that cannot be taken as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from clinic_desk.domain.people import Patient
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.dates import birth_date_fault, read_birth_date
from clinic_desk.ui.models.typed_patient import NewPatient, split_name
from clinic_desk.ui.patients.preferences import NAMES as PREFERRED
from clinic_desk.ui.patients.preferences import Preferences
from clinic_desk.ui.widgets.forms.bits import InkLabel, field_label

PREFERENCES = "preferences"
QUICK = ("last_name", "first_name", "birth_date", "mobile", "email", "notes")
FULL = (
    "last_name", "first_name", "birth_date", "mobile", "phone", "email", "alert",
    "emergency_contact", PREFERENCES, "notes",
)  # fmt: skip
LABELS = {
    "last_name": ("&Surname", "Surname", 100),
    "first_name": ("&First name", "First name", 100),
    "birth_date": ("&Born", "4.3.88 or 04/03/1988", 20),
    "mobile": ("&Mobile", "Mobile phone", 40),
    "phone": ("&Phone", "Other phone", 40),
    "email": ("&E-mail", "name@example.org", 200),
    "alert": ("&Alert", "Shown wherever the patient is, such as an allergy", 200),
    "emergency_contact": ("In e&mergency", "Name and phone", 200),
    PREFERENCES: ("&Language", "", 0),
    "notes": ("&Notes", "Notes", 5000),
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
NOTES_LIMIT = 5000


class PatientFields(QWidget):
    """``edited`` after each change by the person."""

    edited = Signal()

    def __init__(
        self, theme: Theme, names: Sequence[str], today: Callable[[], date], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._today = today
        self.lines: dict[str, QLineEdit] = {}
        self.faults: dict[str, InkLabel] = {}
        self.preferences: Preferences | None = None
        self.notes = QPlainTextEdit(self)
        self.notes.setTabChangesFocus(True)
        self.notes.setAccessibleName(f"Notes, at most {NOTES_LIMIT:,} characters")
        self.notes.textChanged.connect(self._on_edit)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for number, name in enumerate(names):
            label, prompt, limit = LABELS[name]
            field: QWidget
            if name == PREFERENCES:
                field = self.preferences = Preferences(theme, self)
                self.preferences.edited.connect(self._on_edit)
            elif name == "notes":
                field = self.notes
                self.notes.setPlaceholderText(prompt)
                grid.setRowStretch(2 * number, 1)
            else:
                line = QLineEdit(self)
                line.setProperty("person", True)
                line.setPlaceholderText(prompt)
                line.setMaxLength(limit)
                line.setAccessibleName(label.replace("&", ""))
                line.textEdited.connect(self._on_edit)
                self.lines[name] = line
                field = line
            fault = InkLabel(theme, "", role="caption", ink="refuse", wrap=True, parent=self)
            fault.hide()
            self.faults[name] = fault
            caption = field_label(label, field, theme, self)
            if name == PREFERENCES:
                self.faults |= self.preferences.faults if self.preferences is not None else {}
                caption.setContentsMargins(0, theme.px(7), 0, 0)
                grid.addWidget(caption, 2 * number, 0, Qt.AlignmentFlag.AlignTop)
            else:
                grid.addWidget(caption, 2 * number, 0)
            grid.addWidget(field, 2 * number, 1)
            grid.addWidget(fault, 2 * number + 1, 1)

    def clear(self) -> None:
        for line in self.lines.values():
            line.clear()
        self.notes.clear()
        for fault in self.faults.values():
            fault.hide()

    def fill_text(self, text: str) -> None:
        """What was searched for, as a name, a phone or a birth date."""
        self.clear()
        if read_birth_date(text, self._today()) is not None:
            self.lines["birth_date"].setText(text)
        elif sum(c.isdigit() for c in text) >= 5:
            self.lines["mobile"].setText(text)
        else:
            last, first = split_name(text)
            self.lines["last_name"].setText(last)
            self.lines["first_name"].setText(first)

    def fill(self, patient: Patient) -> None:
        """Show what is on file; phones as typed where they could not be read."""
        self.clear()
        shown = {
            "mobile": patient.mobile or patient.mobile_typed,
            "phone": patient.phone or patient.phone_typed,
            "birth_date": words.date_words(patient.birth_date) if patient.birth_date else "",
        }
        for name, line in self.lines.items():
            line.setText(shown.get(name) or str(getattr(patient, name, "") or ""))
            line.setCursorPosition(0)
        self.notes.setPlainText(patient.notes)
        if self.preferences is not None:
            self.preferences.fill(patient)

    def values(self) -> dict[str, object]:
        """For the commands; the birth date as a date."""
        values: dict[str, object] = {n: line.text().strip() for n, line in self.lines.items()}
        if "birth_date" in self.lines:
            values["birth_date"] = read_birth_date(self.lines["birth_date"].text(), self._today())
        values["notes"] = self.notes.toPlainText().strip()
        return values | (self.preferences.values() if self.preferences is not None else {})

    def typed(self) -> NewPatient:
        values = self.values()
        born = values.get("birth_date")
        return NewPatient(
            last_name=str(values.get("last_name", "")),
            first_name=str(values.get("first_name", "")),
            phone=str(values.get("mobile") or values.get("phone") or ""),
            birth_date=born if isinstance(born, date) else None,
            birth_typed=self.lines["birth_date"].text(),
            email=str(values.get("email", "")),
            notes=str(values.get("notes", "")),
        )

    def check(self, *, empty_too: bool) -> bool:
        """Shows the sentences; True when everything can be taken. ``empty_too`` asks for what is
        missing as well (before saving, not while typing)."""
        values = {name: line.text().strip() for name, line in self.lines.items()}
        found = {
            "birth_date": birth_date_fault(values.get("birth_date", ""), self._today()),
            "email": self._email_fault(values.get("email", "")),
            "mobile": self._phone_fault(values.get("mobile", "")),
            "phone": self._phone_fault(values.get("phone", "")),
        }
        if empty_too and not values.get("last_name"):
            found["last_name"] = "A patient needs at least a surname."
        over = len(self.notes.toPlainText()) - NOTES_LIMIT
        if over > 0:
            found["notes"] = f"{over:,} characters too many; notes may have {NOTES_LIMIT:,}."
        if self.preferences is not None:
            found |= self.preferences.check()
        return self.show_faults(found)

    def show_faults(self, found: dict[str, str]) -> bool:
        """Sentences by field name; focuses the first when there is one."""
        first = ""
        for name, label in self.faults.items():
            sentence = found.get(name, "")
            label.setText(sentence)
            label.setVisible(bool(sentence))
            field = self.field(name)
            field.setAccessibleDescription(sentence)
            first = first or (name if sentence else "")
        if first and self.isVisible() and not self._typing(first):
            self.field(first).setFocus()
        return not first

    def _typing(self, name: str) -> bool:
        return any(line.hasFocus() for n, line in self.lines.items() if n != name)

    def field(self, name: str) -> QWidget:
        """What holds that value; the notes for a name that no field has."""
        if self.preferences is not None and name in PREFERRED:
            return self.preferences.field(name)
        return self.lines.get(name, self.notes)

    def focus(self, name: str) -> None:
        self.field(name).setFocus()

    def _on_edit(self) -> None:
        for name, label in self.faults.items():
            if label.isVisible() and self.field(name).hasFocus():
                label.hide()
        self.edited.emit()

    @staticmethod
    def _email_fault(text: str) -> str:
        if not text or _EMAIL.fullmatch(text):
            return ""
        return "An e-mail address looks like name@example.org."

    @staticmethod
    def _phone_fault(text: str) -> str:
        digits = sum(c.isdigit() for c in text)
        if not text or 5 <= digits <= 15:
            return ""
        return "A phone number has 5 to 15 digits; write + and the country code from abroad."
