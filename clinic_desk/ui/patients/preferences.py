"""Language, zone, consent, ways and hours of messages, usual doctor: the choices of the patient's
form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.languages import LANGUAGES, language_code, language_words
from clinic_desk.ui.widgets.forms.bits import InkLabel, field_label

CONSENTS: tuple[tuple[str, bool | None], ...] = (
    ("not asked", None), ("allowed", True), ("not allowed", False),
)  # fmt: skip
ORDERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("First: the clinic’s way", ()),
    ("First by SMS", ("sms",)),
    ("First by e-mail", ("email",)),
    ("First by WhatsApp", ("whatsapp",)),
)
"""The way that is tried first; the others follow in the clinic's order."""

NAMES = (
    "language", "zone", "consent_sms", "consent_email", "consent_whatsapp", "channels", "quiet",
    "usual_doctor_id",
)  # fmt: skip
SAID = {"consent_sms": "SMS", "consent_email": "E-mail", "consent_whatsapp": "WhatsApp"}
LONGEST_LANGUAGE = 35


class Preferences(QWidget):
    """``edited`` after each change by the person. ``faults`` hold a sentence by field."""

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.language = QComboBox(self)
        self.language.setEditable(True)
        self.language.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for name in sorted(LANGUAGES.values()):
            self.language.addItem(name)
        line = self.language.lineEdit()
        assert line is not None
        line.setMaxLength(LONGEST_LANGUAGE)
        line.setPlaceholderText("Not known")
        self.language.setAccessibleName("Language")
        self.zone = QLineEdit(self)
        self.zone.setPlaceholderText("As the clinic’s, or Europe/Paris")
        self.zone.setMaxLength(60)
        self.zone.setAccessibleName("Time zone, when the patient lives in another one")
        self.consents = {name: QComboBox(self) for name in SAID}
        for name, box in self.consents.items():
            said = SAID[name]
            box.setAccessibleName(f"Reminders by {said}")
            for text, value in CONSENTS:
                box.addItem(f"{said} {text}", value)
            box.activated.connect(lambda _row: self.edited.emit())
        self.order = QComboBox(self)
        self.order.setAccessibleName("Way of messages that is tried first")
        for text, _ in ORDERS:
            self.order.addItem(text)
        self.order.activated.connect(lambda _row: self.edited.emit())
        self.quiet = QLineEdit(self)
        self.quiet.setPlaceholderText("Quiet hours: the clinic’s")
        self.quiet.setToolTip("When no message comes: 20:00-08:00, or none. Empty: the clinic’s.")
        self.quiet.setMaxLength(20)
        self.quiet.setAccessibleName("Quiet hours, such as 20:00-08:00, or none")
        self.quiet.textEdited.connect(lambda _text: self.edited.emit())
        self.doctor = QComboBox(self)
        self.doctor.setAccessibleName("Usual doctor")
        self.doctor.activated.connect(lambda _row: self.edited.emit())
        self.language.editTextChanged.connect(lambda _text: self.edited.emit())
        self.zone.textEdited.connect(lambda _text: self.edited.emit())
        self.faults: dict[str, InkLabel] = {}
        self._channels: tuple[str, ...] = ()
        self._language = self._spoken = ""
        self._doctors: tuple[tuple[Id, str], ...] = ()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        zone = field_label("&Zone", self.zone, theme, self)
        for row, first, label, second in (
            (0, self.language, zone, self.zone),
            (2, self.consents["consent_sms"], None, self.consents["consent_email"]),
            (3, self.consents["consent_whatsapp"], None, self.order),
            (4, self.doctor, None, self.quiet),
        ):
            grid.addWidget(first, row, 0, 1, 1 if second is not None else 3)
            if label is not None:
                grid.addWidget(label, row, 1)
            if second is not None:
                grid.addWidget(second, row, 2)
        for name in NAMES:
            fault = InkLabel(theme, "", role="caption", ink="refuse", wrap=True, parent=self)
            fault.hide()
            self.faults[name] = fault
        grid.addWidget(self.faults["language"], 1, 0)
        grid.addWidget(self.faults["zone"], 1, 2)
        grid.addWidget(self.faults["quiet"], 5, 2)
        self.setFocusProxy(self.language)
        for box in (self.language, *self.consents.values(), self.order, self.doctor):
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def offer_doctors(self, doctors: Sequence[tuple[Id, str]]) -> None:
        self._doctors = tuple(doctors)

    def fill(self, patient: Patient) -> None:
        for fault in self.faults.values():
            fault.hide()
        self._language, self._spoken = patient.language, language_words(patient.language)
        self.language.setEditText(self._spoken)
        self.zone.setText(patient.zone)
        for name, box in self.consents.items():
            wanted = getattr(patient, name)
            box.setCurrentIndex(next(n for n, one in enumerate(CONSENTS) if one[1] is wanted))
        self.quiet.setText(patient.quiet)
        self._channels = patient.channels
        first = next((n for n, one in enumerate(ORDERS) if one[1] == patient.channels[:1]), 0)
        self.order.setCurrentIndex(first)
        self.doctor.clear()
        self.doctor.addItem("Usual doctor: none", "")
        for doctor_id, name in self._doctors:
            self.doctor.addItem(f"Usual doctor: {name}", doctor_id)
        usual = patient.usual_doctor_id or ""
        if self.doctor.findData(usual) < 0:
            # whoever is on file stays until somebody else is chosen
            self.doctor.addItem("Usual doctor: no longer here", usual)
        self.doctor.setCurrentIndex(self.doctor.findData(usual))

    def values(self) -> dict[str, object]:
        typed = self.language.currentText().strip()
        # a region that nobody touched stays
        language = self._language if typed == self._spoken else language_code(typed)
        values: dict[str, object] = {
            name: CONSENTS[box.currentIndex()][1] for name, box in self.consents.items()
        }
        return values | {
            "language": language,
            "zone": self.zone.text().strip(),
            "channels": self._order(),
            "quiet": self.quiet.text().strip(),
            "usual_doctor_id": self.doctor.currentData() or None,
        }

    def _order(self) -> tuple[str, ...]:
        """The whole order of somebody who has one stays while the first way does."""
        first = ORDERS[self.order.currentIndex()][1]
        return self._channels if self._channels[:1] == first else first

    def check(self) -> dict[str, str]:
        """Sentences by field for what cannot be taken."""
        found = {}
        zone, quiet = self.zone.text().strip(), self.quiet.text().strip()
        if zone and not _is_zone(zone):
            found["zone"] = "Use a name such as Europe/London, or leave it empty."
        if quiet:
            from clinic_desk.domain.message_rules import quiet_fault  # seldom typed

            fault = quiet_fault(quiet)
            if fault:
                found["quiet"] = fault
        return found

    def field(self, name: str) -> QWidget:
        fields: dict[str, QWidget] = {
            "language": self.language, "zone": self.zone, "usual_doctor_id": self.doctor,
            "channels": self.order, "quiet": self.quiet, **self.consents,
        }  # fmt: skip
        return fields[name]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return "/" in name or name.upper() == str(UTC)
