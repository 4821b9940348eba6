"""The row of brushes over the week grid, and the two small forms for copying."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import AppointmentType, Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.services.hours_editing import BrushKind
from clinic_desk.services.hours_painting import Touch
from clinic_desk.services.wording import DAYS, LONG_DAYS
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.roster.hours_fields import TypesButton
from clinic_desk.ui.roster.hours_words import type_names
from clinic_desk.ui.widgets.chips import Wrapping
from clinic_desk.ui.widgets.forms.bits import badge_icon, push
from clinic_desk.ui.widgets.forms.yielding import YieldingLine
from clinic_desk.ui.widgets.worded import WordedCombo

BRUSHES = (("Open", "1"), ("Break", "2"), ("Reserved", "3"), ("Erase", "4"))
OPEN, BREAK, RESERVED, ERASE = range(4)
LONGEST = 40
"""Letters of a doctor's name in the line for copying."""
LONGEST_LABEL = 200
"""Characters of a break's reason."""


class BrushBar(Wrapping):
    """``changed`` when another brush, reason or type is chosen."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._roster: Roster | None = None
        self._group = QButtonGroup(self)
        segments = QFrame()
        segments.setObjectName("segments")
        row = QHBoxLayout(segments)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, (word, key) in enumerate(BRUSHES):
            button = QPushButton(word)
            button.setCheckable(True)
            button.setProperty("kind", "segment")
            button.setToolTip(f"{word} ({key} or {word[0]} on the grid)")
            button.setAccessibleName(f"Brush: {word}")
            button.setAutoDefault(False)
            self._group.addButton(button, number)
            row.addWidget(button)
        self.reason = YieldingLine("Lunch")
        self.reason.setPlaceholderText("Reason of the break")
        self.reason.setAccessibleName("Reason of the break")
        self.reason.setFixedWidth(theme.px(110))
        self.types = TypesButton()
        self.types.setFixedWidth(theme.px(128))
        across = self.across
        across.addWidget(segments)
        across.addWidget(self.reason)
        across.addWidget(self.types)
        self._group.idClicked.connect(lambda _: self._choose())
        self.reason.textChanged.connect(lambda _: self.changed.emit())
        self.types.chosen.connect(lambda _: self.changed.emit())
        self.choose(OPEN)

    def add(self, button: QWidget) -> None:
        """Behind the brushes."""
        self.across.addWidget(button)

    @property
    def number(self) -> int:
        return self._group.checkedId()

    def button(self, number: int) -> QPushButton:
        found = self._group.button(number)
        assert isinstance(found, QPushButton)
        return found

    def choose(self, number: int) -> None:
        self.button(number).setChecked(True)
        self._choose()

    def _choose(self) -> None:
        self.reason.setVisible(self.number == BREAK)
        self.types.setVisible(self.number == RESERVED)
        self.changed.emit()

    def offer(self, roster: Roster, types: Sequence[AppointmentType]) -> None:
        kept = self.types.type_ids
        self._roster = roster
        self.types.offer(types)
        known = {kind.id for kind in types}
        kept = tuple(one for one in kept if one in known)
        self.types.show_types(kept or tuple(kind.id for kind in types[:1]))

    @property
    def touch(self) -> Touch:
        if self.number == BREAK:
            return Touch(BrushKind.BREAK, " ".join(self.reason.text().split()) or "Break")
        if self.number == RESERVED:
            return Touch(BrushKind.RESERVED, "", self.types.type_ids)
        return Touch(BrushKind.OPEN if self.number == OPEN else None)

    @property
    def fault(self) -> tuple[str, QWidget] | None:
        """Why the brush cannot paint, and the field at fault."""
        if self.number == RESERVED and not self.types.type_ids:
            return "Say first for which visits the time is reserved.", self.types
        long = len(self.touch.label)
        if long > LONGEST_LABEL:
            return (
                f"The reason of a break has at most {LONGEST_LABEL} characters; this one has "
                f"{long:,}."
            ), self.reason
        return None

    @property
    def words(self) -> str:
        """ "Reserved for Urgent" """
        if self.number == BREAK:
            return f"Break ({self.touch.label})"
        if self.number == RESERVED and self._roster is not None:
            return f"Reserved for {type_names(self._roster, self.types.type_ids) or '…'}"
        return BRUSHES[self.number][0]

    @property
    def colour(self) -> QColor:
        tokens = self._theme.tokens
        if self.number == RESERVED and self._roster is not None and self.types.type_ids:
            kind = self._roster.types[self.types.type_ids[0]]
            if kind.colour:
                return self._theme.doctor_colour(kind.colour).stripe
        return {BREAK: tokens.control_border, ERASE: tokens.refuse}.get(self.number, tokens.accent)


class CopyBar(Wrapping):
    """One line in which to say where a day or a week goes. ``days_chosen`` (source, days) and
    ``doctor_chosen`` an id."""

    days_chosen = Signal(int, object)
    doctor_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._source = self._first = 0
        self.words = Label()
        self.days = [QCheckBox(name) for name in DAYS]
        self.doctor = WordedCombo()
        self.doctor.setAccessibleName("Doctor who gets the week")
        self.doctor.setMinimumWidth(theme.px(200))
        self.go = push("Copy", self, "primary")
        self.stop = push("Cancel", self, "ghost")
        row = self.across
        self.words.setMinimumHeight(theme.px(30))
        row.addWidget(self.words)
        for day, box in enumerate(self.days):
            box.setAccessibleName(f"To {LONG_DAYS[day]}")
            box.setMinimumHeight(theme.px(30))
            row.addWidget(box)
        row.addWidget(self.doctor)
        row.addWidget(self.go)
        row.addWidget(self.stop)
        self.go.clicked.connect(self._go)
        self.stop.clicked.connect(self.hide)
        self.hide()

    def begin_week(self, first: int) -> None:
        """The days in the clinic's order."""
        if first == self._first:
            return
        self._first = first
        while self.across.count():
            self.across.takeAt(0)
        week = (*self.days[first:], *self.days[:first])
        for part in (self.words, *week, self.doctor, self.go, self.stop):
            self.across.addWidget(part)
        for before, after in pairwise(week):
            QWidget.setTabOrder(before, after)

    def ask_days(self, source: int) -> None:
        self._source = source
        self.words.setToolTip("")
        self.words.setText(f"Copy {LONG_DAYS[source]} to")
        self.doctor.hide()
        for day, box in enumerate(self.days):
            box.setVisible(day != source)
            box.setChecked(False)
        self.show()
        week = (*self.days[self._first :], *self.days[: self._first])
        next(box for box in week if box is not self.days[source]).setFocus(
            Qt.FocusReason.ShortcutFocusReason
        )

    def ask_doctor(self, whose: str, doctors: Sequence[Doctor]) -> None:
        short = whose if len(whose) <= LONGEST else f"{whose[:LONGEST]}…"
        self.words.setText(f"Copy the week of {short} to")
        self.words.setToolTip(whose)
        for box in self.days:
            box.hide()
        self.doctor.clear()
        for doctor in doctors:
            self.doctor.addItem(badge_icon(self._theme, doctor), doctor.name, doctor.id)
        self.doctor.show()
        self.show()
        self.doctor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go(self) -> None:
        self.hide()
        if not self.doctor.isHidden():
            chosen: Id | None = self.doctor.currentData()
            if chosen:
                self.doctor_chosen.emit(chosen)
            return
        days = tuple(d for d, box in enumerate(self.days) if box.isChecked() and d != self._source)
        if days:
            self.days_chosen.emit(self._source, days)
