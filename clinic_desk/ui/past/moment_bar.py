"""Which moment it is about: date and time, a slider along the changes, and a step either way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, QSignalBlocker, Qt, QTime, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDateEdit,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from clinic_desk.domain.spans import at_local
from clinic_desk.services.past import before
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.widgets.clock_field import ClockField
from clinic_desk.ui.widgets.forms.bits import field_label, push

ROOMY = 1000
"""Pixels at normal type from which there is room to count the moments in words."""


class MomentBar(QWidget):
    """``asked`` carries a moment (aware UTC) that was typed, ``slid`` how many changes shall have
    happened; ``stepped`` is −1 for the change before and 1 for the one after; ``now_asked`` wants
    the present."""

    asked = Signal(object)
    stepped = Signal(int)
    slid = Signal(int)
    now_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._zone = "UTC"
        self._stops: Sequence[datetime] = ()
        self.day = QDateEdit(self)
        self.day.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.day.setDisplayFormat("ddd d MMM yyyy")
        self.day.setCalendarPopup(True)
        self.day.setAccessibleName("Date of the moment")
        self.time = ClockField(self)
        self.time.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # mirrored: 05:30:16
        self.time.setDisplayFormat("HH:mm:ss")
        self.time.setAccessibleName("Time of the moment")
        for field in (self.day, self.time):
            field.setKeyboardTracking(False)
            field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.back = self._arrow("Change &before", -1, "[")
        self.forth = self._arrow("Change &after", 1, "]")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName("Along the changes of these days")
        self.slider.setMinimumWidth(96)
        self.slider.setPageStep(5)
        self.place = Label(self)
        self.place.setProperty("role", "muted")
        self.now = push("&Now", self)
        self.now.setToolTip("The calendar as it stands at present")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(field_label("&Moment", self.day, theme, self))
        row.addWidget(self.day)
        row.addWidget(self.time)
        row.addSpacing(8)
        row.addWidget(self.back)
        row.addWidget(self.slider, 1)
        row.addWidget(self.forth)
        row.addWidget(self.place)
        row.addWidget(self.now)
        self.day.dateChanged.connect(lambda _day: self._typed())
        self.time.timeChanged.connect(lambda _time: self._typed())
        self.slider.valueChanged.connect(self.slid)
        self.now.clicked.connect(self.now_asked)

    def _arrow(self, words_: str, step: int, key: str) -> QPushButton:
        button = push(words_, self)
        button.setToolTip(f"{words_.replace('&', '')} ({key})")
        button.clicked.connect(lambda: self.stepped.emit(step))
        return button

    def moment(self) -> datetime:
        """What the fields say, aware UTC."""
        chosen, clock = self.day.date(), self.time.time()
        day = date(chosen.year(), chosen.month(), chosen.day())
        minute = at_local(day, clock.hour() * 60 + clock.minute(), self._zone)
        return minute + timedelta(seconds=clock.second())

    def show_moment(self, moment: datetime, stops: Sequence[datetime], zone: str) -> None:
        """``stops``: the moments of the changes, oldest first."""
        self._zone, self._stops = zone, stops
        wall = words.local(moment, zone)
        passed = before(stops, moment)
        with (
            QSignalBlocker(self.day), QSignalBlocker(self.time), QSignalBlocker(self.slider),
        ):  # fmt: skip
            self.day.setDate(QDate(wall.year, wall.month, wall.day))
            self.time.setTime(QTime(wall.hour, wall.minute, wall.second))
            self.slider.setRange(0, len(stops))
            self.slider.setValue(passed)
        self.slider.setEnabled(bool(stops))
        self.back.setEnabled(passed > 0)
        self.forth.setEnabled(passed < len(stops))
        counted = words.plural(len(stops), "moment")
        self.place.setText(f"{passed:,} of {counted} passed" if stops else "Nothing was changed")
        self.mark_fault(False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.place.setVisible(self.width() >= self._theme.px(ROOMY))

    def mark_fault(self, faulty: bool) -> None:
        """Frames the fields of a moment that cannot be shown."""
        for field in (self.day, self.time):
            if bool(field.property("invalid")) is not faulty:
                field.setProperty("invalid", faulty)
                field.style().unpolish(field)
                field.style().polish(field)

    def _typed(self) -> None:
        self.asked.emit(self.moment())
