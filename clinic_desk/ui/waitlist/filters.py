"""The row above the list: text, visit, doctor, site, urgency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from clinic_desk.domain.waitlist import Urgency
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import waiting, words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import InkLabel, leading_icon

TYPED = 190


class FilterRow(QWidget):
    """``changed`` when another choice was made, a moment later while somebody is typing."""

    changed = Signal()

    def __init__(self, theme: Theme, source: RosterSource) -> None:
        super().__init__()
        self._source, self._theme = source, theme
        self.text = QLineEdit(self)
        self.text.setPlaceholderText("Name, number, note")
        self.text.setClearButtonEnabled(True)
        self.text.setAccessibleName("Filter by name, number or note")
        leading_icon(self.text, theme, "search")
        self.type_box = self._box("Kind of visit")
        self.doctor_box = self._box("Doctor")
        self.site_box = self._box("Site")
        self.urgency_box = self._box("Urgency")
        self.count = InkLabel(theme, "", ink="text2", parent=self)
        row = FlowLayout(self)
        for widget in (self.text, *self.boxes, self.count):
            row.addWidget(widget)
        theme.changed.connect(self._dress)
        self._dress()
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(self.changed)
        self.text.textChanged.connect(lambda _text: self._pause.start())
        for box in self.boxes:
            box.currentIndexChanged.connect(lambda _row: self.changed.emit())
        source.changed.connect(self.offer)
        self.offer()

    @property
    def boxes(self) -> Sequence[QComboBox]:
        return (self.type_box, self.doctor_box, self.site_box, self.urgency_box)

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(10)
        return box

    def _dress(self) -> None:
        high = self._theme.px(32)
        self.text.setFixedSize(self._theme.px(TYPED), high)
        self.count.setFixedHeight(high)

    def offer(self) -> None:
        """What there is to choose from; what was chosen stays."""
        source, roster = self._source, self._source.roster
        sites = list(roster.locations.values()) if roster is not None else []
        doctors = [(doctor.id, words.doctor_name(doctor)) for doctor in source.doctors()]
        urgencies = [(value.value, word) for value, word, _ in waiting.URGENCIES]
        for box, first, rows in (
            (self.type_box, "All visits", [(k.id, k.name) for k in source.types_for(None)]),
            (self.doctor_box, "All doctors", doctors),
            (self.site_box, "All sites", [(place.id, place.name) for place in sites]),
            (self.urgency_box, "Any urgency", urgencies),
        ):
            kept = box.currentData()
            with QSignalBlocker(box):
                box.clear()
                box.addItem(first, None)
                for value, word in rows:
                    box.addItem(word, value)
                box.setCurrentIndex(max(0, box.findData(kept)))
        self.site_box.setVisible(len(sites) > 1)

    def values(self) -> dict[str, Any]:
        """As ``services.waiting.waitlist`` takes them."""
        self._pause.stop()
        urgency = self.urgency_box.currentData()
        return {
            "type_id": self.type_box.currentData(),
            "doctor_id": self.doctor_box.currentData(),
            "location_id": self.site_box.currentData(),
            "urgency": Urgency(urgency) if urgency else None,
            "text": self.text.text().strip(),
        }

    @property
    def on(self) -> bool:
        """Somebody may be hidden by it."""
        return bool(self.text.text().strip()) or any(box.currentIndex() > 0 for box in self.boxes)

    def clear(self) -> None:
        """Without ``changed``."""
        for box in self.boxes:
            with QSignalBlocker(box):
                box.setCurrentIndex(0)
        with QSignalBlocker(self.text):
            self.text.clear()
        self._pause.stop()
