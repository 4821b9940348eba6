"""Asks for a name without stopping the program."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import KeyHints, push
from clinic_desk.ui.widgets.forms.card import CardDialog

LONGEST = 60
WIDTH = 400


class NamePrompt(CardDialog):
    """One field. ``named`` carries the trimmed name; Enter with an empty field does nothing."""

    named = Signal(str)

    def __init__(self, theme: Theme, title: str, parent: QWidget, text: str = "") -> None:
        super().__init__(theme, title, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(theme.px(WIDTH))
        self.field = QLineEdit(text, self)
        self.field.setMaxLength(LONGEST)
        self.field.setPlaceholderText("Name")
        self.field.setAccessibleName(f"{title}: name")
        self.field.selectAll()
        self.cancel_button = push("Cancel", self)
        self.save_button = push("Save", self, "primary")
        self.cancel_button.clicked.connect(self.reject)
        self.save_button.clicked.connect(self._take)
        self.field.textChanged.connect(self._follow)
        self.body.addWidget(self.field)
        self.footer_row.addWidget(KeyHints(theme, (("Enter", "save"), ("Esc", "leave")), self), 1)
        self.footer_row.addWidget(self.cancel_button)
        self.footer_row.addWidget(self.save_button)
        self._follow()
        self.field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.cancel_button.hasFocus():
                self.reject()
            else:
                self._take()
            return
        super().keyPressEvent(event)

    def _name(self) -> str:
        return " ".join(self.field.text().split())

    def _follow(self) -> None:
        self.save_button.setEnabled(bool(self._name()))

    def _take(self) -> None:
        name = self._name()
        if name:
            self.accept()
            self.named.emit(name)


def ask_name(
    theme: Theme, parent: QWidget, title: str, done: Callable[[str], None], text: str = ""
) -> NamePrompt:
    """``done`` gets the trimmed name, at most 60 characters; Esc asks for nothing."""
    card = NamePrompt(theme, title, parent, text)
    card.named.connect(done)
    card.open()
    return card
