""" "I'm running late": one press shifts what is expected; bookings stay where they are."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from clinic_desk.ui.doctor.parts import Sheet, quiet
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import InkLabel
from clinic_desk.ui.widgets.worded_menu import WordedMenu

OFFERED = (5, 10, 15, 30)
MORE = (45, 60, 90, 120)
"""Minutes; the longer ones are in the menu alone."""


class LateStrip(Sheet):
    """``said`` carries minutes, 0 for on time again."""

    said = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.minutes = 0
        self.title = InkLabel(theme, "I’m running late", bold=True, parent=self)
        self.note = InkLabel(theme, role="grid", ink="text2", wrap=True, parent=self)
        self.buttons: dict[int, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(8)
        for value in (*OFFERED, 0):
            words = f"{value} min" if value else "On time"
            button = quiet(words, self, f"{words} (L)")
            button.setCheckable(True)
            button.setProperty("density", "compact")
            button.clicked.connect(partial(self._pressed, value))
            row.addWidget(button)
            self.buttons[value] = button
        row.addStretch(1)
        self._row, self._slim = row, False
        self.column.addWidget(self.title)
        self.column.addLayout(row)
        self.column.addWidget(self.note)

    def set_slim(self, slim: bool) -> None:
        """One line, where the page is low: the words below it go into the tips."""
        if slim == self._slim:
            return
        self._slim = slim
        if slim:
            self.column.removeWidget(self.title)
            self._row.insertWidget(0, self.title)
        else:
            self._row.removeWidget(self.title)
            self.column.insertWidget(0, self.title)
        self.note.setVisible(not slim)
        self.setToolTip(self.note.text() if slim else "")

    def _pressed(self, value: int, _on: bool = False) -> None:
        self._mark()  # the day as it is read decides what is checked
        self.said.emit(value)

    def show_said(self, minutes: int) -> None:
        self.minutes = minutes
        self._mark()
        told = (
            f"You said {minutes} min late. Expected starts are shifted at the desk and on the "
            "board; bookings stay where they are."
            if minutes
            else "Shifts the expected starts at the desk and on the board. Bookings stay where "
            "they are."
        )
        self.note.setText(told)
        self.setToolTip(told if self._slim else "")

    def _mark(self) -> None:
        for value, button in self.buttons.items():
            button.setChecked(value == self.minutes)

    def menu(self, parent: QWidget) -> QMenu:
        """The same with a figure for each, for the key."""
        menu = WordedMenu(parent)
        menu.setTitle("I’m running late")
        for place, value in enumerate((*OFFERED, *MORE), 1):
            action = menu.addAction(f"&{place}   {value} minutes", partial(self.said.emit, value))
            action.setCheckable(True)
            action.setChecked(value == self.minutes)
        menu.addSeparator()
        menu.addAction("&0   On time", partial(self.said.emit, 0))
        return menu
