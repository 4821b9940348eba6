"""Which column of the file is which field: one choice for each heading."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from clinic_desk.services.import_report import PATIENT_FIELDS, Preview
from clinic_desk.ui.look.plain import Label

_PER_ROW = 4


class MappingRow(QWidget):
    """Emits ``changed`` when a person chooses; the guess itself is silent."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._boxes: dict[str, QComboBox] = {}

    def show_guess(self, preview: Preview) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._boxes.clear()
        if preview.kind != "patients":
            return
        for index, heading in enumerate(preview.headings):
            box = QComboBox()
            box.addItem("Leave out", "")
            for name, words in PATIENT_FIELDS.items():
                box.addItem(words, name)
            box.setCurrentIndex(max(0, box.findData(preview.mapping.get(heading, ""))))
            box.setAccessibleName(f"Column {heading} is")
            box.activated.connect(self.changed)
            label = Label(heading)
            label.setProperty("role", "caption")
            label.setBuddy(box)
            row, column = divmod(index, _PER_ROW)
            self._grid.addWidget(label, row * 2, column)
            self._grid.addWidget(box, row * 2 + 1, column)
            self._boxes[heading] = box

    def mapping(self) -> dict[str, str]:
        """Heading → field, "" for a column that is left out."""
        return {heading: str(box.currentData()) for heading, box in self._boxes.items()}
