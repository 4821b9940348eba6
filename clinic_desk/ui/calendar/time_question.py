"""A question about a stretch of a doctor's time: blocked or extra, from when to when, for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTimeEdit,
    QWidget,
)

from clinic_desk.domain.appointments import REASON_LIMIT
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local, zone
from clinic_desk.domain.templates import AvailabilityException, ExceptionKind
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.popover import Popup
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import day_words, doctor_name
from clinic_desk.ui.widgets.clock_field import ClockField

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
    """``answered`` carries a ``TimeWish``; the popover stays until it is closed from outside, or
    told with ``refuse`` why not. Times are wall-clock times of the column's own day, or of the
    days on which ``row`` begins and ends; an end of 00:00 or 23:59 means the end of the day."""

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
        self._zone, self._doctor, self._row = column.zone, doctor, row
        self._days = _days(column, span) if row is not None else (column.day, column.day)
        self._busy = False
        title = Label(f"{doctor_name(doctor)}, {day_words(column.day)}")
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
        self.first = self._time("From", span[0], self._days[0])
        self.last = self._time("To", span[1], self._days[1])
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
        self.hint = Label()
        self.hint.setProperty("role", "error")
        self.hint.setWordWrap(True)
        self.hint.hide()
        self.button = QPushButton()
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._answer)
        form = QFormLayout()
        own = self._days == (column.day, column.day)
        for word, field, day in zip(
            ("From", "To"), (self.first, self.last), self._days, strict=True
        ):
            form.addRow(word if own else f"{word} {day_words(day)}", field)
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

    def _time(self, name: str, instant: datetime, day: date) -> QTimeEdit:
        local = instant.astimezone(zone(self._zone))
        field = ClockField(QTime(local.hour, local.minute))
        if local.date() != day:
            field.setTime(QTime(23, 59) if local.date() > day else QTime(0, 0))
        field.lineEdit().setTextMargins(6, 0, 0, 0)
        field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # mirrored, it would read 30:16
        field.setDisplayFormat("HH:mm")
        field.setAccessibleName(name)
        return field

    def refuse(self, error: ClinicDeskError) -> None:
        """It cannot be written so; what was typed stays."""
        self._busy = False
        fields: dict[str | None, QWidget] = {
            "start": self.first, "end": self.last, "type_id": self.type, "location_id": self.site,
        }  # fmt: skip
        field = error.field if isinstance(error, Refusal) else None
        self._say(str(error), fields.get(field, self.reason))

    def _say(self, sentence: str, field: QWidget) -> None:
        self.hint.setText(sentence)
        self.hint.show()
        self.adjustSize()
        field.setFocus()

    def _answer(self) -> None:
        if self._busy:
            return
        first, last = _minute(self.first), _minute(self.last)
        last = LAST_MINUTE + 1 if last in (0, LAST_MINUTE) else last
        if (self._days[1], last) <= (self._days[0], first):
            self._say("The end must be later than the start.", self.last)
            return
        wish = TimeWish(
            doctor_id=self._doctor.id,
            start=at_local(self._days[0], first, self._zone),
            end=at_local(self._days[1], last, self._zone),
            kind=self.kind,
            reason=self.reason.text().strip(),
            type_id=self.type.currentData(),
            location_id=self.site.currentData(),
            replaces=self._row.id if self._row is not None else None,
        )
        self._busy = True
        self.hint.hide()
        self.answered.emit(wish)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._answer()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


def _days(column: Column, span: tuple[datetime, datetime]) -> tuple[date, date]:
    """The wall-clock days on which it begins and ends; one that ends at midnight ends on the day
    before."""
    place = zone(column.zone)
    last = (span[1] - timedelta(microseconds=1)).astimezone(place).date()
    return span[0].astimezone(place).date(), last


def _minute(field: QTimeEdit) -> int:
    return field.time().hour() * 60 + field.time().minute()
