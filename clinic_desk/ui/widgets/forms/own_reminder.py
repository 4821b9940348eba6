"""One visit's own reminder: as usual, none, or how long before, and which way."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinic_desk.ui.widgets.forms.reminder_plan import CHANNELS, lead_text
from clinic_desk.ui.widgets.worded import WordedCombo

USUAL, NONE = "usual", "none"
LEADS = (60, 120, 240, 1440, 2880, 4320, 10080)
"""Minutes before the visit that are offered; any other is shown where a visit has it."""

Value = tuple[int | None, tuple[str, ...]]
"""(minutes before, None as usual; ways, "none" alone for no reminder, empty for the patient's)."""


class OwnReminder(QWidget):
    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.when, self.way = WordedCombo(), WordedCombo()
        self.when.setAccessibleName("Reminder of this visit: when")
        self.way.setAccessibleName("Reminder of this visit: which way")
        self.when.setToolTip("As usual: by the plan of the kind of visit, or the clinic’s")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for box in (self.when, self.way):
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            box.currentIndexChanged.connect(self._on_choice)
            row.addWidget(box, 1)
        self.setFocusProxy(self.when)
        self.show_value((None, ()))

    def show_value(self, value: Value) -> None:
        lead, channels = value
        with QSignalBlocker(self.when), QSignalBlocker(self.way):
            self.when.clear()
            self.when.addItem("Reminders as usual", USUAL)
            self.when.addItem("No reminder", NONE)
            leads = sorted({*LEADS, *([lead] if lead is not None else [])})
            for minutes in leads:
                self.when.addItem(f"Reminder {lead_text(minutes)} before", minutes)
            none = channels == (NONE,)
            wanted = NONE if none else USUAL if lead is None else lead
            self.when.setCurrentIndex(self.when.findData(wanted))
            self.way.clear()
            self.way.addItem("the patient’s way", "")
            for name, words in CHANNELS:
                self.way.addItem(words, name)
            if len(channels) > 1:
                named = ", ".join(dict(CHANNELS).get(one, one) for one in channels)
                self.way.addItem(named, ",".join(channels))
            chosen = "" if none else ",".join(channels)
            self.way.setCurrentIndex(max(0, self.way.findData(chosen)))
        self._tell()

    @property
    def value(self) -> Value:
        when = self.when.currentData()
        if when == NONE:
            return None, (NONE,)
        channels = tuple(one for one in str(self.way.currentData() or "").split(",") if one)
        return (when if isinstance(when, int) else None), channels

    @property
    def words(self) -> str:
        """ "no reminder", "reminder 2 h before by SMS"; empty as usual."""
        lead, channels = self.value
        if channels == (NONE,):
            return "no reminder"
        if lead is None and not channels:
            return ""
        when = f" {lead_text(lead)} before" if lead is not None else ""
        way = f" by {self.way.currentText()}" if channels else ""
        return f"reminder{when}{way}"

    def _on_choice(self) -> None:
        self._tell()
        self.edited.emit()

    def _tell(self) -> None:
        self.way.setEnabled(self.when.currentData() != NONE)
