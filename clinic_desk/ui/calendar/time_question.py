"""A question about a stretch of a doctor's time: blocked or extra, from when to when, for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTimeEdit,
    QWidget,
)

from clinic_desk.domain.appointments import REASON_LIMIT
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local, zone
from clinic_desk.domain.templates import AvailabilityException, ExceptionKind
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.popover import Popup
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import day_words, doctor_name

LAST_MINUTE = 24 * 60 - 1
KINDS = ((ExceptionKind.BLOCKED, "Block"), (ExceptionKind.AVAILABLE, "Extra hours"))


@dataclass(frozen=True, slots=True)
class TimeWish:
    """Instants aware UTC. ``replaces`` is the row that it takes the place of."""

    doctor_id: Id
    start: datetime
    end: datetime
    kind: ExceptionKind
    reason: str = ""
    type_id: Id | None = None
    location_id: Id | None = None
    replaces: Id | None = None


class AskTime(Popup):
    """``answered`` carries a ``TimeWish``. Times are wall-clock times of the column's own day; an
    end of 00:00 or 23:59 means the end of the day."""

    answered = Signal(object)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        roster: Roster,
        doctor: Doctor,
        column: Column,
        span: tuple[datetime, datetime],
        kind: ExceptionKind,
        row: AvailabilityException | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._day_column, self._doctor, self._row = column, doctor, row
        title = QLabel(f"{doctor_name(doctor)}, {day_words(column.day)}")
        title.setFont(theme.font("body", bold=True))
        title.setWordWrap(True)
        self.kinds: dict[ExceptionKind, QPushButton] = {}
        segments = QHBoxLayout()
        segments.setSpacing(0)
        group = QButtonGroup(self)
        for one, words in (
            (ExceptionKind.BLOCKED, "Block"),
            (ExceptionKind.AVAILABLE, "Extra hours"),
        ):
            button = QPushButton(words)
            button.setCheckable(True)
            button.setChecked(one is kind)
            button.toggled.connect(lambda _on: self._show_kind())
            group.addButton(button)
            segments.addWidget(button, 1)
            self.kinds[one] = button
        self.first = self._time("From", span[0])
        self.last = self._time("To", span[1])
        self.reason = QLineEdit(row.reason if row is not None else "")
        self.reason.setPlaceholderText("Reason (optional)")
        self.reason.setMaxLength(REASON_LIMIT)
        self.reason.setAccessibleName("Reason")
        self.type = QComboBox()
        self.type.setAccessibleName("Only for a type of visit")
        self.type.addItem("All visit types", None)
        types = [t for t in roster.types.values() if t.active and t.doctor_id in (None, doctor.id)]
        for known in sorted(types, key=lambda t: (t.position, t.name)):
            self.type.addItem(known.name, known.id)
        self.site = QComboBox()
        self.site.setAccessibleName("Only at a site")
        self.site.addItem("All sites", None)
        for place in sorted(roster.locations.values(), key=lambda p: p.name):
            self.site.addItem(place.name, place.id)
        if row is not None:
            self.type.setCurrentIndex(max(0, self.type.findData(row.type_id)))
            self.site.setCurrentIndex(max(0, self.site.findData(row.location_id)))
        elif kind is ExceptionKind.AVAILABLE and column.location_id:
            self.site.setCurrentIndex(max(0, self.site.findData(column.location_id)))
        self.hint = QLabel()
        self.hint.setProperty("role", "error")
        self.hint.setWordWrap(True)
        self.hint.hide()
        self.button = QPushButton()
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._answer)
        form = QFormLayout()
        form.addRow("From", self.first)
        form.addRow("To", self.last)
        form.addRow("Reason", self.reason)
        form.addRow("For", self.type)
        form.addRow("At", self.site)
        self.column.addWidget(title)
        self.column.addLayout(segments)
        self.column.addLayout(form)
        self.column.addWidget(self.hint)
        self.column.addWidget(self.button)
        self.setMinimumWidth(theme.px(320))
        self._show_kind()

    @property
    def kind(self) -> ExceptionKind:
        blocked = self.kinds[ExceptionKind.BLOCKED].isChecked()
        return ExceptionKind.BLOCKED if blocked else ExceptionKind.AVAILABLE

    def _show_kind(self) -> None:
        words = "Block" if self.kind is ExceptionKind.BLOCKED else "Open this time"
        self.button.setText("Save" if self._row is not None else words)

    def _time(self, name: str, instant: datetime) -> QTimeEdit:
        column = self._day_column
        local = instant.astimezone(zone(column.zone))
        field = QTimeEdit(QTime(local.hour, local.minute))
        if local.date() != column.day:
            field.setTime(QTime(23, 59) if local.date() > column.day else QTime(0, 0))
        field.setDisplayFormat("HH:mm")
        field.setAccessibleName(name)
        return field

    def _answer(self) -> None:
        first, last = _minute(self.first), _minute(self.last)
        last = LAST_MINUTE + 1 if last in (0, LAST_MINUTE) else last
        if last <= first:
            self.hint.setText("The end must be later than the start.")
            self.hint.show()
            self.adjustSize()
            self.last.setFocus()
            return
        day, name = self._day_column.day, self._day_column.zone
        wish = TimeWish(
            doctor_id=self._doctor.id,
            start=at_local(day, first, name),
            end=at_local(day, last, name),
            kind=self.kind,
            reason=self.reason.text().strip(),
            type_id=self.type.currentData(),
            location_id=self.site.currentData(),
            replaces=self._row.id if self._row is not None else None,
        )
        self.close()
        self.answered.emit(wish)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._answer()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


def _minute(field: QTimeEdit) -> int:
    return field.time().hour() * 60 + field.time().minute()
