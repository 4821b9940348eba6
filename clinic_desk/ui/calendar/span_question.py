"""A question of two times and a reason, beside the head of a column."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFormLayout, QLineEdit, QPushButton, QTimeEdit, QWidget

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.spans import at_local, zone
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.popover import Popup
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import day_words, doctor_name
from clinic_desk.ui.widgets.clock_field import ClockField

LAST_MINUTE = 24 * 60 - 1


class AskSpan(Popup):
    """``answered`` carries start, end (aware UTC) and the reason. Times are wall-clock times of
    the column's own day; an end of 00:00 or 23:59 means the end of the day."""

    answered = Signal(object, object, str)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        doctor: Doctor,
        column: Column,
        start: datetime,
        end: datetime,
    ) -> None:
        super().__init__(theme, parent)
        self._column = column
        title = Label(f"Block time, {doctor_name(doctor)}, {day_words(column.day)}")
        title.setFont(theme.font("body", bold=True))
        title.setWordWrap(True)
        self.first = self._time("From", start)
        self.last = self._time("To", end)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Reason (optional)")
        self.reason.setAccessibleName("Reason")
        self.hint = Label()
        self.hint.setWordWrap(True)
        self.hint.hide()
        self.button = QPushButton("Block")
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._answer)
        form = QFormLayout()
        form.addRow("From", self.first)
        form.addRow("To", self.last)
        form.addRow("Reason", self.reason)
        self.column.addWidget(title)
        self.column.addLayout(form)
        self.column.addWidget(self.hint)
        self.column.addWidget(self.button)
        self.setMinimumWidth(theme.px(300))

    def _time(self, name: str, instant: datetime) -> QTimeEdit:
        local = instant.astimezone(zone(self._column.zone))
        field = ClockField(QTime(local.hour, local.minute))
        if name == "To" and local.date() != self._column.day:
            field.setTime(QTime(23, 59))
        field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # mirrored, it would read 30:16
        field.setDisplayFormat("HH:mm")
        field.setAccessibleName(name)
        return field

    def _minute(self, field: QTimeEdit) -> int:
        return field.time().hour() * 60 + field.time().minute()

    def _answer(self) -> None:
        first, last = self._minute(self.first), self._minute(self.last)
        last = LAST_MINUTE + 1 if last in (0, LAST_MINUTE) else last
        if last <= first:
            self.hint.setText("The end must be later than the start.")
            self.hint.show()
            self.adjustSize()
            self.last.setFocus()
            return
        day, name = self._column.day, self._column.zone
        self.close()
        self.answered.emit(
            at_local(day, first, name), at_local(day, last, name), self.reason.text().strip()
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._answer()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
