"""Parts of the line that says how a visit repeats."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from clinic_desk.domain.recurrence import Freq, Rule
from clinic_desk.domain.recurrence.words import DAYS, ordinal
from clinic_desk.ui.look.theme import Theme

NTH = ("", "first", "second", "third", "fourth", "fifth")


class DayButton(QAbstractButton):
    """Two letters of a weekday, on or off (Space); ← → go to the next one."""

    def __init__(self, theme: Theme, weekday: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.weekday = weekday
        self.setText(DAYS[weekday][:2])
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(DAYS[weekday])
        self.setToolTip(DAYS[weekday])
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(28), self._theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        on = self.isChecked()
        painter.setBrush(tokens.accent if on else tokens.canvas)
        painter.setPen(tokens.accent if on else tokens.control_border)
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(self._theme.font("grid", bold=on))
        painter.setPen(tokens.on_accent if on else tokens.text)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.focus, 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0, 0, -0.5, -0.5), 4, 4)


def kind(entry: tuple[str, int]) -> tuple[str, bool]:
    return entry[0], entry[1] < 0


def sayable(rule: Rule) -> bool:
    """Whether the line has a field for every part of the rule."""
    if rule.months or rule.positions or rule.year_days or rule.weeks or rule.also:
        return False
    if rule.endless:
        return False
    if rule.freq is Freq.WEEKLY:
        return not rule.month_days and not rule.week_start
    if rule.freq is Freq.DAILY:
        return rule.bare
    if rule.freq is not Freq.MONTHLY:
        return False
    if rule.month_days:
        (number, *more) = rule.month_days
        return not more and not rule.weekdays and (number > 0 or number == -1)
    if rule.weekdays:
        (day, *others) = rule.weekdays
        return not others and day.nth in (1, 2, 3, 4, 5, -1)
    return True


def monthly_of(rule: Rule, start: datetime) -> tuple[str, int]:
    if rule.weekdays:
        return "nth", rule.weekdays[0].nth
    return "date", rule.month_days[0] if rule.month_days else start.day


def monthly_words(entry: tuple[str, int]) -> str:
    kind, number = entry
    if kind == "date":
        return "the last day" if number < 0 else f"the {ordinal(number)}"
    return f"the {'last' if number < 0 else NTH[number]} weekday"


def day_text(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"
