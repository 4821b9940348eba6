"""The row above the list: text, state, period, doctor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from clinic_desk.domain.billing import OWED, InvoiceStatus
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.widgets.forms.bits import InkLabel, leading_icon

STATES = (
    ("all", "All invoices"), ("open", "Open"), ("overdue", "Overdue"), ("paid", "Paid"),
    ("draft", "Drafts"), ("void", "Void"),
)  # fmt: skip
PERIODS = (
    ("today", "Today"), ("week", "This week"), ("month", "This month"),
    ("last_month", "Last month"), ("year", "This year"), ("all", "All time"),
)  # fmt: skip


def period(name: str, today: date, first_weekday: int = 0) -> tuple[date | None, date | None]:
    """First and last day of a period by its name, inclusive; None is open."""
    match name:
        case "today":
            return today, today
        case "week":
            first = today - timedelta(days=(today.weekday() - first_weekday) % 7)
            return first, first + timedelta(days=6)
        case "month":
            first = today.replace(day=1)
            return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        case "last_month":
            last = today.replace(day=1) - timedelta(days=1)
            return last.replace(day=1), last
        case "year":
            return date(today.year, 1, 1), date(today.year, 12, 31)
    return None, None


class FilterRow(QWidget):
    """``changed`` when another choice was made, a moment later while somebody is typing."""

    changed = Signal()

    def __init__(self, theme: Theme, source: RosterSource) -> None:
        super().__init__()
        self._source = source
        self.text = QLineEdit(self)
        self.text.setPlaceholderText("Number or patient")
        self.text.setClearButtonEnabled(True)
        self.text.setAccessibleName("Filter by number or patient")
        leading_icon(self.text, theme, "search")
        self._leaving = False
        self.text.returnPressed.connect(self._leave)
        down = QShortcut(Qt.Key.Key_Down, self.text, context=Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self._leave)
        self.state = self._box("State")
        self.period = self._box("Period")
        self.doctor = self._box("Doctor")
        for box, rows in ((self.state, STATES), (self.period, PERIODS)):
            for name, word in rows:
                box.addItem(word, name)
        self.count = InkLabel(theme, "", ink="text2", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        for box in (self.state, self.period, self.doctor):
            row.addWidget(box)
        row.addWidget(self.count)
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(self.changed)
        self.text.textChanged.connect(lambda _text: self._pause.start())
        for box in (self.state, self.period, self.doctor):
            box.currentIndexChanged.connect(lambda _row: self.changed.emit())
        source.changed.connect(self.offer)
        self.offer()

    def _leave(self) -> None:
        """To the list, once it holds what was typed: a key must not meet an older row."""
        self._leaving = True
        self._pause.stop()
        self.changed.emit()

    def left(self) -> bool:
        """Whether the list shall have the keyboard; says so once."""
        leaving, self._leaving = self._leaving, False
        return leaving

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(8)
        return box

    def offer(self) -> None:
        """The doctors there are; the one chosen stays."""
        kept = self.doctor.currentData()
        with QSignalBlocker(self.doctor):
            self.doctor.clear()
            self.doctor.addItem("All doctors", None)
            for row in self._source.doctors():
                self.doctor.addItem(words.doctor_name(row), row.id)
            self.doctor.setCurrentIndex(max(0, self.doctor.findData(kept)))

    def wish(self, today: date) -> InvoiceWish:
        self._pause.stop()
        roster = self._source.roster
        weekday = roster.practice.first_weekday if roster is not None else 0
        first, last = period(str(self.period.currentData()), today, weekday)
        wish = InvoiceWish(
            first=first,
            last=last,
            doctor_id=self.doctor.currentData(),
            text=self.text.text().strip(),
        )
        match self.state.currentData():
            case "open":
                return replace(wish, statuses=tuple(sorted(OWED)))
            case "overdue":
                return replace(wish, overdue_on=today)
            case "all":
                return wish
            case name:
                return replace(wish, statuses=(InvoiceStatus(name),))

    @property
    def on(self) -> bool:
        """Something else than all invoices of all time is shown."""
        chosen = (self.state.currentData(), self.period.currentData(), self.doctor.currentData())
        return chosen != ("all", "all", None) or bool(self.text.text().strip())

    def choose(self, state: str = "all", span: str = "all") -> None:
        """Without ``changed``; text and doctor are cleared."""
        for box, name in ((self.state, state), (self.period, span)):
            with QSignalBlocker(box):
                box.setCurrentIndex(max(0, box.findData(name)))
        with QSignalBlocker(self.doctor):
            self.doctor.setCurrentIndex(0)
        with QSignalBlocker(self.text):
            self.text.clear()
        self._pause.stop()
