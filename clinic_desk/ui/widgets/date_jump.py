"""Ctrl+G: "fri", "+2w", "12.5" and the like, understood while typing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.formatting import long_day, week_text
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.overlay import Overlay

Parse = Callable[[str], date | None]


class DateJump(Overlay):
    """``chosen`` carries the date. ``parse`` reads what was typed, None when it is not a day."""

    chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        host: QWidget,
        parse: Parse,
        week: Callable[[date], str] = week_text,
    ) -> None:
        super().__init__(theme, host, 360, top=72)
        self._week = week
        self._parse = parse
        self._day: date | None = None
        title = Label("Go to date")
        title.setProperty("role", "heading")
        self.field = QLineEdit()
        self.field.setPlaceholderText("fri · +2w · 12.5 · tomorrow")
        self.field.setAccessibleName("Date")
        self.field.textEdited.connect(self._read)
        self.field.returnPressed.connect(self._go)
        self.answer = Label()
        self.answer.setMinimumHeight(24)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self.field)
        column.addWidget(self.answer)

    def open_at(self, day: date) -> None:
        self.field.clear()
        self._day = None
        self.answer.setText(f"Now on {long_day(day)}")
        self.answer.setProperty("role", "muted")
        self._restyle()
        self.open_card()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _read(self) -> None:
        text = self.field.text().strip()
        self._day = self._parse(text) if text else None
        if self._day is not None:
            self.answer.setText(f"→ {long_day(self._day)} · {self._week(self._day)}".rstrip(" ·"))
            self.answer.setProperty("role", "")
        elif text:
            self.answer.setText("Not a date yet. Try “fri”, “+2w” or “12.5”.")
            self.answer.setProperty("role", "muted")
        else:
            self.answer.clear()
        self._restyle()
        announce(self.answer, self.answer.text())

    def _restyle(self) -> None:
        self.answer.style().unpolish(self.answer)
        self.answer.style().polish(self.answer)

    def _go(self) -> None:
        if self._day is not None:
            day = self._day
            self.dismiss()
            self.chosen.emit(day)
        else:
            announce(self.answer, self.answer.text(), urgent=True)
