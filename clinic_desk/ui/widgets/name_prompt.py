"""Asks for a name without stopping the program."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QWidget

LONGEST = 60


def ask_name(
    parent: QWidget, title: str, done: Callable[[str], None], text: str = ""
) -> QInputDialog:
    """``done`` gets the trimmed name, at most 60 characters; an empty one counts as Esc."""
    card = QInputDialog(parent)
    card.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    card.setWindowTitle(title)
    card.setLabelText("Name")
    card.setTextValue(text)

    def chosen(value: str) -> None:
        name = " ".join(value.split())[:LONGEST]
        if name:
            done(name)

    card.textValueSelected.connect(chosen)
    card.open()
    return card
