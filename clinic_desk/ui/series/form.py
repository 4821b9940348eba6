"""The fields of the series page: which visits, the rule, time, length, doctor, and shifts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from PySide6.QtCore import QSignalBlocker, Qt, QTime, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.recurrence import Rule, local_text, parse, parse_local
from clinic_desk.services.commands import AUTO, Scope
from clinic_desk.services.series_preview import SeriesDraft
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.series_asking import include_words
from clinic_desk.ui.widgets.clock_field import ClockField
from clinic_desk.ui.widgets.forms.bits import (
    BADGE,
    InkLabel,
    LengthStepper,
    badge_icon,
    field_label,
    push,
)
from clinic_desk.ui.widgets.forms.rule_line import RuleLine

LABEL = 56
WEEK = timedelta(weeks=1)


class SeriesForm(QWidget):
    """``edited`` when a field says something else; ``scope_changed`` when other visits are meant.
    ``wanted()`` is what the fields say, of the series ``base`` that was shown; it raises
    ``Refusal`` for a rule that says nothing."""

    edited = Signal()
    scope_changed = Signal()

    def __init__(self, theme: Theme, today: Callable[[], date], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._base: SeriesDraft | None = None
        self._shown: Rule | None = None
        self._shift = timedelta()
        self.scope = QComboBox(self)
        self.scope.setAccessibleName("Which visits")
        self.scope.addItem("", Scope.FOLLOWING)
        self.scope.addItem("All visits still to come", Scope.ALL)
        self.include = QCheckBox(self)
        self.include.hide()
        self.rule = RuleLine(theme, today, self)
        self.time = ClockField(self)
        self.time.setLayoutDirection(
            Qt.LayoutDirection.LeftToRight
        )  # mirrored, it would read 30:16
        self.time.setDisplayFormat("HH:mm")
        self.time.lineEdit().setTextMargins(6, 0, 0, 0)
        self.time.setAccessibleName("Time of the visits")
        self.length = LengthStepper(theme, self)
        self.doctor = QComboBox(self)
        self.doctor.setAccessibleName("Doctor")
        self.doctor.setIconSize(BADGE)
        for box in (self.scope, self.doctor):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.time.setFixedWidth(theme.px(92))
        self.earlier = push("Week earlier", self)
        self.later = push("Week later", self)
        self.earlier.setToolTip("All of these visits a week earlier")
        self.later.setToolTip("All of these visits a week later")
        self.shifted = InkLabel(theme, "", ink="text2", parent=self)
        self._lay_out()
        self.scope.currentIndexChanged.connect(lambda _i: self.scope_changed.emit())
        self.include.toggled.connect(lambda _on: self.edited.emit())
        self.rule.edited.connect(self.edited)
        self.time.timeChanged.connect(lambda _t: self.edited.emit())
        self.length.changed.connect(lambda _m: self.edited.emit())
        self.doctor.activated.connect(lambda _i: self.edited.emit())
        self.earlier.clicked.connect(lambda: self._move(-WEEK))
        self.later.clicked.connect(lambda: self._move(WEEK))
        self.setFocusProxy(self.rule)

    def _lay_out(self) -> None:
        rows: list[tuple[str, QWidget, Sequence[QWidget]]] = [
            ("&Which", self.scope, (self.scope, self.include)),
            ("&Rule", self.rule.interval, (self.rule,)),
            (
                "&Time",
                self.time,
                (self.time, self.length, self.doctor, self.earlier, self.later, self.shifted),
            ),
        ]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for text, buddy, widgets in rows:
            row = QHBoxLayout()
            row.setSpacing(12)
            label = field_label(text, buddy, self._theme, self)
            label.setFixedWidth(self._theme.px(LABEL))
            row.addWidget(label)
            for widget in widgets:
                row.addWidget(widget, int(widget is self.rule))
            if self.rule not in widgets:
                row.addStretch(1)
            column.addLayout(row)

    # What is shown

    def show_draft(
        self, base: SeriesDraft, doctors: Sequence[Doctor], first: str, changed: int
    ) -> None:
        """``first`` names the visit that *this and following* begins with; ``changed`` counts the
        visits that were changed by hand."""
        self._base, self._shift = base, timedelta()
        start = parse_local(base.local_start)
        shown = parse(base.rule)
        blocked = [
            QSignalBlocker(w) for w in (self.scope, self.include, self.time, self.doctor, self.rule)
        ]
        self.scope.setItemText(0, f"From {first} on")
        self.scope.setCurrentIndex(self.scope.findData(base.scope))
        self.include.setText(include_words(changed))
        self.include.setVisible(changed > 0)
        self.include.setChecked(base.include_changed and changed > 0)
        self.rule.show_rule(shown, start)
        self.time.setTime(QTime(start.hour, start.minute))
        self.length.set_quietly(base.minutes or 30)
        self._fill_doctors(doctors, base.doctor_id)
        for blocker in blocked:
            blocker.unblock()
        self._shown = self.rule.rule()
        self._tell_shift()

    def _fill_doctors(self, doctors: Sequence[Doctor], doctor_id: str) -> None:
        self.doctor.clear()
        for doctor in doctors:
            self.doctor.addItem(
                badge_icon(self._theme, doctor), words.doctor_name(doctor), doctor.id
            )
        self.doctor.setCurrentIndex(self.doctor.findData(doctor_id))

    # What it says

    def wanted(self) -> SeriesDraft | None:
        """None while the fields say what stands."""
        base, shown = self._base, self._shown
        if base is None or shown is None:
            return None
        before = parse_local(base.local_start)
        clock = self.time.time()
        start = before.replace(hour=clock.hour(), minute=clock.minute()) + self._shift
        rule = self.rule.rule()
        text = base.rule
        if rule != shown:
            text = str(rule)
        elif start != before:
            text = ""  # the rule goes along with its start
        doctor_id = str(self.doctor.currentData() or base.doctor_id)
        minutes = self.length.value()
        wanted = replace(
            base,
            rule=text,
            local_start=local_text(start),
            minutes=minutes,
            doctor_id=doctor_id,
            room_id=base.room_id if doctor_id == base.doctor_id else AUTO,
            include_changed=self.include.isVisible() and self.include.isChecked(),
        )
        quiet = replace(wanted, include_changed=base.include_changed)
        return None if quiet == base else wanted

    def moved_start(self) -> datetime | None:
        """The first wall-clock time as the fields say it."""
        base = self._base
        return None if base is None else parse_local(base.local_start) + self._shift

    def _move(self, by: timedelta) -> None:
        self._shift += by
        self._tell_shift()
        self.edited.emit()

    def _tell_shift(self) -> None:
        weeks = self._shift.days // 7
        later = "later" if weeks > 0 else "earlier"
        self.shifted.setText(f"{words.plural(abs(weeks), 'week')} {later}" if weeks else "")
