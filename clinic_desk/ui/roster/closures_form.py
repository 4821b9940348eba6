"""The list of closures, and the form that adds one."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QListWidget,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.services.when import parse_day
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.roster.typed import FieldGrid, TypedField
from clinic_desk.ui.widgets.forms.bits import push


class ClosureList(QListWidget):
    """``remove_requested`` by Delete."""

    remove_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAccessibleName("Closures")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Delete:
            self.remove_requested.emit()
        else:
            super().keyPressEvent(event)


class AddForm(QWidget):
    """One day or a range, its name, and for whom."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.first, self.last, self.name = TypedField(), TypedField(), TypedField()
        self.first.setPlaceholderText("24.12. or fri")
        self.last.setPlaceholderText("same day")
        self.last.setAccessibleName("Last day")
        self.name.setPlaceholderText("What people read: Christmas")
        self.place = QComboBox()
        self.go = push("Add", self, "primary")
        self.go.setAccessibleName("Close these days")
        self.grid = FieldGrid(theme, self)
        self.grid.add("day", "&From", self.first, ("last", "until", self.last))
        self.grid.add("name", "&Name", self.name)
        self.grid.add("location_id", "F&or", self.place, ("", "", self.go))
        self.go.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self.grid)
        for field in (self.first, self.last, self.name):
            field.returnPressed.connect(self.go.click)

    def read(self, today: date) -> tuple[date, date, str] | None:
        """None when a field cannot be read, which it then says."""
        self.grid.clear()
        first = parse_day(self.first.text(), today)
        if first is None:
            self._day("day", self.first, "Type the day that is closed, for example 24.12.")
            return None
        last = parse_day(self.last.text(), first) if self.last.text().strip() else first
        if last is None:
            self._day("last", self.last, "This is no day; leave it empty for a single one.")
            return None
        if not self.name.text().strip():
            self._day("name", self.name, "Give the closure a name that people understand.")
            return None
        return first, last, self.name.text()

    def _day(self, name: str, field: TypedField, sentence: str) -> None:
        self.grid.refuse(name, sentence)
        field.setFocus()

    def texts(self) -> tuple[str, str, str]:
        return self.first.text(), self.last.text(), self.name.text()

    def done(self, saved: tuple[str, str, str]) -> None:
        """Ready for the next one; what was typed while ``saved`` was written stays."""
        if self.texts() != saved:
            return
        for field in (self.first, self.last, self.name):
            field.show_value("")
        self.first.setFocus()
