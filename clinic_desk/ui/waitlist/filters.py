"""The row above the list: text, visit, doctor, site, urgency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox

from clinic_desk.domain.waitlist import Urgency
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import waiting, words
from clinic_desk.ui.models.filter_row import SearchedRow, choice_box, offer_rows, turn
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import InkLabel

TYPED = 190
LETTERS = 10


class FilterRow(SearchedRow):
    def __init__(self, theme: Theme, source: RosterSource) -> None:
        super().__init__(theme, source, "Name, number, note", "Filter by name, number or note")
        self._theme = theme
        self.type_box = choice_box(self, "Kind of visit", LETTERS)
        self.doctor_box = choice_box(self, "Doctor", LETTERS)
        self.site_box = choice_box(self, "Site", LETTERS)
        self.urgency_box = choice_box(self, "Urgency", LETTERS)
        self.count = InkLabel(theme, "", ink="text2", parent=self)
        row = FlowLayout(self)
        for widget in (self.text, *self.boxes, self.count):
            row.addWidget(widget)
        theme.changed.connect(self._dress)
        self._dress()
        self.listen(*self.boxes)
        source.changed.connect(self.offer)
        self.offer()

    @property
    def boxes(self) -> Sequence[QComboBox]:
        return (self.type_box, self.doctor_box, self.site_box, self.urgency_box)

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
            offer_rows(box, first, rows)
        self.site_box.setVisible(len(sites) > 1)

    def values(self) -> dict[str, Any]:
        """As ``services.waiting.waitlist`` takes them."""
        urgency = self.urgency_box.currentData()
        return {
            "type_id": self.type_box.currentData(),
            "doctor_id": self.doctor_box.currentData(),
            "location_id": self.site_box.currentData(),
            "urgency": Urgency(urgency) if urgency else None,
            "text": self.typed(),
        }

    @property
    def on(self) -> bool:
        """Somebody may be hidden by it."""
        return bool(self.text.text().strip()) or any(box.currentIndex() > 0 for box in self.boxes)

    def clear(self) -> None:
        """Without ``changed``."""
        for box in self.boxes:
            turn(box, None)
        self.wipe()
