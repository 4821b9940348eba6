"""Blocking a stretch of one's own day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, Qt, QTime, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDateEdit,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from clinic_desk.domain.appointments import REASON_LIMIT
from clinic_desk.domain.spans import at_local
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import local
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.clock_field import ClockField
from clinic_desk.ui.widgets.forms.bits import InkLabel, KeyHints, field_label, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage

LENGTH = 30
STEP = 15
"""Minutes."""


class BlockForm(CardDialog):
    """``given``: start and end (aware UTC) and the reason. It stays open until ``accept``, or says
    why not by ``refuse``."""

    given = Signal(object, object, str)

    def __init__(
        self, theme: Theme, who: str, day: date, now: datetime, zone: str, parent: QWidget
    ) -> None:
        super().__init__(theme, "Block time", parent)
        self._zone = zone
        self.subtitle_label.setText(who)
        self.setFixedWidth(theme.px(520))
        wall = local(now, zone)
        start = wall.replace(minute=0, second=0, microsecond=0) + timedelta(
            minutes=-(-wall.minute // STEP) * STEP
        )
        if wall.date() != day:
            start = start.replace(hour=9, minute=0)
        self.day = QDateEdit(QDate(day.year, day.month, day.day), self)
        self.day.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.day.setDisplayFormat("ddd d MMM yyyy")
        self.day.setCalendarPopup(True)
        self.first = ClockField(QTime(start.hour, start.minute), self)
        self.last = ClockField(self.first.time().addSecs(LENGTH * 60), self)
        if self.last.time() <= self.first.time():
            self.last.setTime(QTime(23, 59))
        for field, name in ((self.first, "From"), (self.last, "To")):
            field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # mirrored: 30:16
            field.setDisplayFormat("HH:mm")
            field.setAccessibleName(name)
        self.day.setAccessibleName("Day")
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(REASON_LIMIT)
        self.reason.setPlaceholderText("Reason (optional)")
        self.reason.setAccessibleName("Reason")
        self.message = InlineMessage(theme, self)
        row = QHBoxLayout()
        row.setSpacing(8)
        boxes: tuple[tuple[str, QWidget], ...] = (
            ("&Day", self.day), ("&From", self.first), ("&To", self.last),
        )  # fmt: skip
        for label, box in boxes:
            row.addWidget(field_label(label, box, theme, self))
            box.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            row.addWidget(box, 1)
        self.body.addWidget(self.message)
        self.body.addLayout(row)
        self.body.addWidget(self.reason)
        self.body.addWidget(
            InkLabel(
                theme,
                "Nothing new is booked in it. Visits that are there stay, and are named after.",
                role="grid",
                ink="text2",
                wrap=True,
                parent=self,
            )
        )
        self.save = push("Block", self, "primary")
        self.leave_button = push("Leave it open", self)
        self.save.clicked.connect(self._give)
        self.leave_button.clicked.connect(self.reject)
        self.footer_row.addWidget(KeyHints(theme, (("Enter", "block"), ("Esc", "leave")), self), 1)
        self.footer_row.addWidget(self.leave_button)
        self.footer_row.addWidget(self.save)
        self.first.setFocus()

    def _give(self) -> None:
        chosen = self.day.date()
        day = date(chosen.year(), chosen.month(), chosen.day())
        first, last = (one.time().hour() * 60 + one.time().minute() for one in
                       (self.first, self.last))  # fmt: skip
        last = 24 * 60 if last in (0, 24 * 60 - 1) else last
        if last <= first:
            self.message.say(Tone.WARN, "The end must be later than the start.")
            self.last.setFocus()
            return
        self.save.setEnabled(False)
        self.given.emit(
            at_local(day, first, self._zone), at_local(day, last, self._zone),
            self.reason.text().strip(),
        )  # fmt: skip

    def refuse(self, error: BaseException) -> None:
        self.save.setEnabled(True)
        self.message.say_error(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.leave_button.hasFocus():
                self.reject()
            elif self.save.isEnabled():
                self._give()
            return
        super().keyPressEvent(event)
