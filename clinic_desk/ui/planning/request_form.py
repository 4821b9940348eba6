"""The form of a request for time off: who, from when to when, what kind, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QDate, Qt, QTime, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QTimeEdit,
    QVBoxLayout,
)

from clinic_desk.domain.appointments import REASON_LIMIT
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local, zone
from clinic_desk.domain.templates import TimeOffKind, TimeOffRequest
from clinic_desk.services.time_off import doctor_zone
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.clock_field import ClockField
from clinic_desk.ui.widgets.forms.bits import ElidedInk, badge_icon, push
from clinic_desk.ui.widgets.worded import WordedCombo

KINDS: Sequence[tuple[TimeOffKind, str]] = (
    (TimeOffKind.LEAVE, "Leave"),
    (TimeOffKind.SICK, "Sick leave"),
    (TimeOffKind.COURSE, "Course"),
    (TimeOffKind.OTHER, "Other"),
)


@dataclass(frozen=True, slots=True)
class Wished:
    """What the form says; instants aware UTC. ``changes`` is the request that it changes."""

    doctor_id: Id
    start: datetime
    end: datetime
    kind: TimeOffKind
    reason: str
    changes: TimeOffRequest | None = None


class RequestForm(QFrame):
    """``edited`` whenever it says something else; ``sent`` carries a ``Wished``; ``left``: the
    change was given up. Times are those of the doctor's own site."""

    edited = Signal()
    sent = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, today: date) -> None:
        super().__init__()
        self._theme = theme
        self._roster: Roster | None = None
        self.request: TimeOffRequest | None = None
        self._quiet = False
        self.title = Label("Ask for time off")
        self.title.setProperty("role", "title")
        self.doctor, self.kind = WordedCombo(), WordedCombo()
        self.kind.setAccessibleName("Kind")
        self.doctor.setAccessibleName("Doctor")
        for box in (self.doctor, self.kind):  # a long name is cut, not its neighbour
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(5)
        for kind, words in KINDS:
            self.kind.addItem(words, kind.value)
        self.first = self._date("From", today)
        self.last = self._date("To", today)
        self.first_time = self._time("From what time", time(9))
        self.last_time = self._time("Until what time", time(17))
        self.whole = QCheckBox("Whole days")
        self.whole.setChecked(True)
        self.reason = QLineEdit()
        self.reason.setMaxLength(REASON_LIMIT)
        self.reason.setPlaceholderText("Reason (optional)")
        self.reason.setAccessibleName("Reason")
        self.fault = Label()
        self.fault.setProperty("role", "error")
        self.fault.setWordWrap(True)
        self.fault.hide()
        self.hits = ElidedInk(theme, "", ink="text2", role="grid")
        self.send = push("Ask", self, "primary")
        self.give_up = push("Leave as it is", self)
        self._lay_out()
        self._connect()
        self._follow_whole()

    def _date(self, name: str, day: date) -> QDateEdit:
        field = QDateEdit(QDate(day.year, day.month, day.day))
        field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        field.setDisplayFormat("ddd d MMM yyyy")
        field.setCalendarPopup(False)
        field.setKeyboardTracking(False)
        field.setAccessibleName(name)
        field.lineEdit().setTextMargins(6, 0, 0, 0)
        return field

    def _time(self, name: str, at: time) -> QTimeEdit:
        field = ClockField(QTime(at.hour, at.minute))
        field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # mirrored, it would read 30:16
        field.setDisplayFormat("HH:mm")
        field.setKeyboardTracking(False)
        field.setAccessibleName(name)
        field.lineEdit().setTextMargins(6, 0, 0, 0)
        return field

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for row, (words, field, beside) in enumerate(
            (
                ("Doctor", self.doctor, self.kind),
                ("From", self.first, self.first_time),
                ("To", self.last, self.last_time),
            )
        ):
            grid.addWidget(Label(words), row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(beside, row, 2)
        grid.addWidget(self.whole, 3, 1, 1, 2)
        grid.addWidget(Label("Reason"), 4, 0)
        grid.addWidget(self.reason, 4, 1, 1, 2)
        grid.setColumnStretch(1, 5)
        grid.setColumnStretch(2, 4)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.hits, 1)
        foot.addWidget(self.give_up)
        foot.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addLayout(grid)
        column.addWidget(self.fault)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.doctor.currentIndexChanged.connect(lambda _row: self._changed())
        self.kind.currentIndexChanged.connect(lambda _row: self._changed())
        self.first.dateChanged.connect(self._first_changed)
        self.last.dateChanged.connect(lambda _day: self._changed())
        self.first_time.timeChanged.connect(lambda _at: self._changed())
        self.last_time.timeChanged.connect(lambda _at: self._changed())
        self.whole.toggled.connect(lambda _on: self._follow_whole())
        self.reason.textEdited.connect(lambda _text: self.say(""))
        self.send.clicked.connect(self._send)
        self.give_up.clicked.connect(self.left)

    # -- content -----------------------------------------------------------------------------

    def know(self, roster: Roster, doctors: Sequence[Doctor]) -> None:
        """The doctors to choose from; whoever was chosen stays chosen."""
        self._roster = roster
        chosen = self.doctor.currentData()
        self._quiet = True
        self.doctor.clear()
        for doctor in doctors:
            self.doctor.addItem(badge_icon(self._theme, doctor), doctor.name, doctor.id)
        self.doctor.setCurrentIndex(max(0, self.doctor.findData(chosen)))
        self._quiet = False
        self._changed()

    def begin(
        self, doctor_id: Id | None = None, span: tuple[datetime, datetime] | None = None
    ) -> None:
        """A new request, over those instants if there are any."""
        self.request = None
        self.title.setText("Ask for time off")
        self.send.setText("Ask")
        self.give_up.hide()
        self.doctor.setEnabled(True)
        self.reason.clear()
        self.say("")
        if doctor_id is not None and self.doctor.findData(doctor_id) >= 0:
            self.doctor.setCurrentIndex(self.doctor.findData(doctor_id))
        if span is not None:
            self._put(*span)
        self._changed()

    def change(self, request: TimeOffRequest) -> None:
        """New dates for that request."""
        self._quiet = True
        if self.doctor.findData(request.doctor_id) < 0 and self._roster is not None:
            gone = self._roster.doctors.get(request.doctor_id)
            self.doctor.addItem(gone.name if gone is not None else "Doctor", request.doctor_id)
        self.doctor.setCurrentIndex(self.doctor.findData(request.doctor_id))
        self._quiet = False
        self.request = request
        self.title.setText("Change the time off")
        self.send.setText("Save")
        self.give_up.show()
        self.doctor.setEnabled(False)
        self.kind.setCurrentIndex(self.kind.findData(request.kind.value))
        self.reason.setText(request.reason)
        self._put(request.start, request.end)
        self.say("")
        self._changed()
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put(self, start: datetime, end: datetime) -> None:
        self._quiet = True
        where = zone(self.zone)
        first, last = start.astimezone(where), end.astimezone(where)
        whole = first.time() == time() and last.time() == time()
        final = last.date() - timedelta(days=1) if whole else last.date()
        self.whole.setChecked(whole)
        self.first.setDate(QDate(first.year, first.month, first.day))
        self.last.setDate(QDate(final.year, final.month, final.day))
        if not whole:
            self.first_time.setTime(QTime(first.hour, first.minute))
            self.last_time.setTime(QTime(last.hour, last.minute))
        self._quiet = False

    def put_days(self, first: date, last: date) -> None:
        """Days picked in the year."""
        self._quiet = True
        self.first.setDate(QDate(first.year, first.month, first.day))
        self.last.setDate(QDate(last.year, last.month, last.day))
        self._quiet = False
        self._changed()

    @property
    def zone(self) -> str:
        if self._roster is None:
            return "UTC"
        return doctor_zone(self._roster, str(self.doctor.currentData() or ""))

    @property
    def days(self) -> tuple[date, date]:
        return _day(self.first), _day(self.last)

    def wished(self) -> Wished | None:
        """None while there is no doctor."""
        doctor_id = self.doctor.currentData()
        if not isinstance(doctor_id, str):
            return None
        first, last = self.days
        if self.whole.isChecked():
            start = at_local(first, 0, self.zone)
            end = at_local(last + timedelta(days=1), 0, self.zone)
        else:
            start = at_local(first, _minute(self.first_time), self.zone)
            end = at_local(last, _minute(self.last_time), self.zone)
        kind = TimeOffKind(self.kind.currentData())
        return Wished(doctor_id, start, end, kind, self.reason.text().strip(), self.request)

    # -- saying ------------------------------------------------------------------------------

    def say(self, sentence: str, field: str = "") -> None:
        """A refusal at its field; empty takes it away."""
        self.fault.setText(sentence)
        self.fault.setVisible(bool(sentence))
        fields = {"start": self.first, "end": self.last, "doctor_id": self.doctor,
                  "reason": self.reason}  # fmt: skip
        if sentence and field in fields:
            fields[field].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_hits(self, number: int | None) -> None:
        """How many visits lie in it; None while that is not known."""
        if number is None:
            self.hits.setText("")
            return
        word = "visit is" if number == 1 else "visits are"
        self.hits.set_ink("warn" if number else "text2")
        self.hits.setText(
            f"{number} {word} booked then and must move" if number else "No visit is booked then"
        )

    # -- inside ------------------------------------------------------------------------------

    def _follow_whole(self) -> None:
        for field in (self.first_time, self.last_time):
            field.setEnabled(not self.whole.isChecked())
        self._changed()

    def _first_changed(self, _day: QDate) -> None:
        if not self._quiet and self.last.date() < self.first.date():
            self.last.setDate(self.first.date())
        self._changed()

    def _changed(self) -> None:
        if not self._quiet:
            self.say("")
            self.edited.emit()

    def _send(self) -> None:
        wished = self.wished()
        if wished is None:
            self.say("Choose a doctor.", "doctor_id")
        elif wished.end <= wished.start:
            self.say("The end must come after the start.", "end")
        else:
            self.sent.emit(wished)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.give_up.hasFocus():
                self.left.emit()
            else:
                self._send()
        elif event.key() == Qt.Key.Key_Escape and self.request is not None:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _day(field: QDateEdit) -> date:
    value = field.date()
    return date(value.year(), value.month(), value.day())


def _minute(field: QTimeEdit) -> int:
    return field.time().hour() * 60 + field.time().minute()
