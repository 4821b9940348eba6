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

from clinic_desk.domain.templates import DAY_END
from clinic_desk.services.closure_ranges import WHOLE, Closure, Time
from clinic_desk.services.hours_painting import parse_clock
from clinic_desk.services.when import parse_day
from clinic_desk.services.wording import clock_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.roster.typed import FieldGrid, TypedField
from clinic_desk.ui.runtime.formatting import short_day
from clinic_desk.ui.widgets.forms.bits import push


class ClosureList(QListWidget):
    """``remove_requested`` by Delete, ``edit_requested`` by Enter or F2."""

    remove_requested = Signal()
    edit_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAccessibleName("Closures")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Delete:
            self.remove_requested.emit()
        elif event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_requested.emit()
        else:
            super().keyPressEvent(event)


class AddForm(QWidget):
    """One day or a range, its name, and for whom: a new closure, or one that is changed. ``left``
    when Esc leaves it."""

    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.first, self.last, self.name = TypedField(), TypedField(), TypedField()
        self.start, self.end = TypedField(), TypedField()
        self.first.setPlaceholderText("24.12. or fri")
        self.last.setPlaceholderText("same day")
        self.last.setAccessibleName("Last day")
        for field, words in ((self.start, "Closed from"), (self.end, "Closed until")):
            field.setPlaceholderText("all day")
            field.setAccessibleName(f"{words} what time; empty for the whole day")
            field.setToolTip("A time closes a part of the day: 12:00. Empty closes all of it.")
        self.name.setPlaceholderText("What people read: Christmas")
        self.place = QComboBox()
        self.go = push("Add", self, "primary")
        self.go.setAccessibleName("Close these days")
        self.stop = push("Cancel", self, "ghost")
        self.stop.setToolTip("Leave the closure as it is (Esc)")
        self.stop.hide()
        self.grid = FieldGrid(theme, self)
        self.grid.add("day", "&From", self.first, ("start", "at", self.start))
        self.grid.add("last", "&Until", self.last, ("end", "at", self.end))
        self.grid.add("name", "&Name", self.name)
        self.grid.add("location_id", "F&or", self.place, ("", "", self.stop), ("go", "", self.go))
        for button in (self.go, self.stop):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self.grid)
        for field in self._fields:
            field.returnPressed.connect(self.go.click)

    @property
    def _fields(self) -> tuple[TypedField, ...]:
        return self.first, self.start, self.last, self.end, self.name

    def read(self, today: date) -> tuple[date, date, str, Time] | None:
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
        time = list(WHOLE)
        for place, (name, field) in enumerate((("start", self.start), ("end", self.end))):
            minute = parse_clock(field.text()) if field.text().strip() else time[place]
            if minute is None:
                sentence = "This is no time; type it like 12:00, or leave it empty for all day."
                self._day(name, field, sentence)
                return None
            time[place] = minute
        if not self.name.text().strip():
            self._day("name", self.name, "Give the closure a name that people understand.")
            return None
        return first, last, self.name.text(), (time[0], time[1])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.stop.isVisible():
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _day(self, name: str, field: TypedField, sentence: str) -> None:
        self.grid.refuse(name, sentence)
        field.setFocus()

    def texts(self) -> tuple[str, ...]:
        return tuple(field.text() for field in self._fields)

    def done(self, saved: tuple[str, ...]) -> None:
        """Ready for the next one; what was typed while ``saved`` was written stays."""
        if self.texts() == saved:
            self.empty()

    def show_closure(self, closure: Closure) -> None:
        """To be changed."""
        self.grid.clear()
        self.first.show_value(short_day(closure.first))
        last = "" if closure.last == closure.first else short_day(closure.last)
        self.last.show_value(last)
        begin, over = closure.time
        self.start.show_value(clock_text(begin) if begin else "")
        self.end.show_value("" if over == DAY_END else clock_text(over))
        self.name.show_value(closure.name)
        self._mode(editing=True)
        self.name.setFocus()
        self.name.selectAll()

    def _mode(self, *, editing: bool) -> None:
        self.go.setText("Save" if editing else "Add")
        self.go.setAccessibleName("Save the closure" if editing else "Close these days")
        self.stop.setVisible(editing)

    def empty(self) -> None:
        """For a new closure."""
        self.grid.clear()
        self._mode(editing=False)
        for field in self._fields:
            field.show_value("")
        self.first.setFocus()
