"""The top of the patient's page: who it is, numbers to copy, and the alert below it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.people import Patient
from clinic_desk.services.patient_views import PatientRecord
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.runtime.formatting import age_text, phone_text
from clinic_desk.ui.widgets.forms.bits import ElidedInk

HEIGHT = 84
HERE = {Status.ARRIVED: "here now", Status.IN_PROGRESS: "in room now"}


class Initials(QWidget):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._letters = ""
        theme.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.setFixedSize(self._theme.px(48), self._theme.px(48))

    def tell(self, patient: Patient) -> None:
        first, last = patient.first_name.strip()[:1], patient.last_name.strip()[:1]
        self._letters = (first + last).upper()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens = self._theme.tokens
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(tokens.selected)
        p.drawRoundedRect(QRectF(self.rect()), 6, 6)
        p.setPen(tokens.accent)
        p.setFont(QFont(self._theme.font("date", bold=True)))
        p.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._letters)


class CopyLine(QWidget):
    """A number or an address with a button that copies it; ``copied`` carries the text."""

    copied = Signal(str)

    def __init__(self, theme: Theme, icon: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._icon_name, self._name = theme, icon, name
        self._icon = Label(self)
        self.text = ElidedInk(theme, "", role="body", parent=self)
        self.text.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.button = QToolButton(self)
        self.button.setAutoRaise(True)
        self.button.setAccessibleName(f"Copy {name}")
        self.button.clicked.connect(self.copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._icon)
        row.addWidget(self.text)
        row.addWidget(self.button)
        row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.dress)
        self.dress()

    def tell(self, text: str, about: str = "") -> None:
        self.setVisible(bool(text))
        shown = f"{text} {about}".strip()
        # digits and signs stand in their own order in a mirrored window too
        self.text.setText(f"\u2066{shown}\u2069" if text[:1] in "+0123456789" else shown)
        self._what = text
        self._fit()
        self.button.setToolTip(as_text(f"Copy {self._name} {text}"))

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self._what)
        self.copied.emit(self._what)

    def _fit(self) -> None:
        if self.whole:
            self.text.setMinimumWidth(self.text.sizeHint().width())

    def dress(self) -> None:
        self._fit()
        self.button.setFixedSize(self._theme.px(24), self._theme.px(24))
        self._icon.setPixmap(
            self._theme.icon(self._icon_name, self._theme.px(14), self._theme.tokens.text2)
        )
        self.button.setIcon(self._theme.qicon("copy"))

    _what = ""
    whole = True
    """Never cut: a number of which the end is missing is none."""


class Head(QWidget):
    """``copied`` carries what went to the clipboard."""

    copied = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.initials = Initials(theme, self)
        self.name = ElidedInk(theme, "", role="date", bold=True, parent=self)
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.about = ElidedInk(theme, "", ink="text2", parent=self)
        self.about.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.here_icon = Label(self)
        self.here = ElidedInk(theme, "", role="grid", bold=True, parent=self)
        self.here.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.lines = {
            "mobile": CopyLine(theme, "phone", "mobile number", self),
            "phone": CopyLine(theme, "phone", "phone number", self),
            "email": CopyLine(theme, "mail", "e-mail address", self),
        }
        self.lines["email"].whole = False
        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self.name, 5)
        first.addWidget(self.about, 3)
        first.addWidget(self.here_icon)
        first.addWidget(self.here)
        first.addStretch(0)
        second = QHBoxLayout()
        second.setSpacing(14)
        for name, line in self.lines.items():
            second.addWidget(line, int(name == "email"))
            line.copied.connect(self.copied)
        second.addStretch(0)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addStretch(1)
        column.addLayout(first)
        column.addLayout(second)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.initials)
        row.addLayout(column, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def tell(self, record: PatientRecord, today: date) -> None:
        patient = record.patient
        self.initials.tell(patient)
        self.name.setText(patient.listed_name)
        self.about.setText(about_text(patient, today))
        now = next((cell for cell in record.visits if cell.status in HERE), None)
        self.here.setVisible(now is not None)
        self.here_icon.setVisible(now is not None)
        if now is not None:
            self.here.setText(HERE[now.status])
            name = f"status-{now.status.value}"
            self.here_icon.setPixmap(self._theme.icon(name, self._theme.px(14)))
        self.lines["mobile"].tell(phone_text(patient.mobile or patient.mobile_typed), "mobile")
        self.lines["phone"].tell(phone_text(patient.phone or patient.phone_typed))
        self.lines["email"].tell(patient.email)


def about_text(patient: Patient, today: date) -> str:
    """ "38 y · 4 Mar 1988 · No. P000127 (also No. 77) · no longer a patient"."""
    born = (
        [age_text(patient.birth_date, today), words.date_words(patient.birth_date)]
        if (patient.birth_date)
        else ["no birth date"]
    )
    number = f"No. {patient.record_number}"
    if patient.other_numbers:
        number += f" (also {', '.join(patient.other_numbers[:3])}"
        more = len(patient.other_numbers) - 3
        number += f" and {more} more)" if more > 0 else ")"
    parts = [*born, number, "" if patient.active else "no longer a patient"]
    return " · ".join(part for part in parts if part)
