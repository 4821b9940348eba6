"""The fold "Repeat" of the booking dialog: the rule, and below it what becomes of each date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.occurrence_list import OccurrenceList
from clinic_desk.ui.widgets.forms.bits import ElidedInk, InkLabel, push
from clinic_desk.ui.widgets.forms.rule_line import RuleLine

LOW, HIGH = 226, 348
"""Its height: as much as a small screen has room for, and as is of use on a large one."""


class RepeatPart(QWidget):
    def __init__(self, theme: Theme, today: Callable[[], date], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rule = RuleLine(theme, today, self)
        self.list = OccurrenceList(theme, self)
        self.notes = InkLabel(theme, "", role="grid", ink="warn", wrap=True, parent=self)
        self.notes.hide()
        self.told = ElidedInk(theme, "", role="grid", ink="text2", parent=self)
        self.solve = push("Nearest for all (A)", self)
        self.solve.setProperty("density", "compact")
        self.solve.setToolTip("Take the nearest free time for every date that clashes")
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.told, 1)
        foot.addWidget(self.solve)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(6)
        column.addWidget(self.rule)
        column.addWidget(self.list, 1)
        column.addWidget(self.notes)
        column.addLayout(foot)
        self.solve.hide()

    def height_in(self, room: int) -> int:
        """Pixels at scale 1, for so many that the screen has left."""
        return max(LOW, min(HIGH, room))

    def fit(self, height: int) -> None:
        self.setFixedHeight(self._theme.px(height))
