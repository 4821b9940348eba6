"""What somebody waits for, in one line: when it would suit, how urgent, a note."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from clinic_desk.domain.waitlist import NOTE_LIMIT, Urgency
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.waiting import URGENCIES, URGENCY_ICONS, told_back, values_of
from clinic_desk.ui.widgets.forms.bits import leading_icon
from clinic_desk.ui.widgets.forms.fields import ChoiceField


class WaitFields(QWidget):
    """``changed`` after every change by hand. ``today`` tells the clinic's local day."""

    changed = Signal()

    def __init__(self, theme: Theme, today: Callable[[], date], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._today = theme, today
        self.locale_name = "en_GB"
        self.when = QLineEdit(self)
        self.when.setPlaceholderText("any time · tue pm · before 12")
        self.when.setAccessibleName("When it would suit, for example tue pm, before 12, in 2w")
        leading_icon(self.when, theme, "clock")
        self.urgency = ChoiceField([(value, word) for value, word, _ in URGENCIES], widest=132)
        self.urgency.setMinimumContentsLength(8)
        self.urgency.setAccessibleName("Urgency")
        self.note = QLineEdit(self)
        self.note.setMaxLength(NOTE_LIMIT)
        self.note.setPlaceholderText("Note (optional)")
        self.note.setAccessibleName("Note")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.when, 4)
        row.addWidget(self.urgency, 0)
        row.addWidget(self.note, 3)
        self.setFocusProxy(self.when)
        self.when.textChanged.connect(lambda _text: self._on_when())
        self.urgency.edited.connect(self.changed)
        self.note.textEdited.connect(self.changed)
        theme.changed.connect(self.dress)
        self.dress()

    def start(self, when_text: str = "") -> None:
        """Empty but for what was said about the time already."""
        self.when.setText(when_text)
        self.note.clear()
        self.urgency.put(Urgency.NORMAL)

    def values(self) -> dict[str, object]:
        """As ``AddToWaitlist`` takes them. Raises ``Refusal`` with the field ``when``."""
        return {
            **values_of(self.when.text(), self._today(), self.locale_name),
            "urgency": self.urgency.value(),
            "note": self.note.text().strip(),
        }

    def told(self) -> str:
        """How the wish was understood; empty while it is not."""
        return told_back(self.when.text(), self._today(), self.locale_name)

    def _on_when(self) -> None:
        self.changed.emit()

    def dress(self) -> None:
        for row in range(self.urgency.count()):
            icon = URGENCY_ICONS[self.urgency.itemData(row)]
            self.urgency.setItemIcon(row, self._theme.qicon(icon))
