"""A menu whose entries stay as they are written: in a mirrored window Qt puts the dots of "Move…"
before the word, and "30 min" becomes "min 30"."""

from __future__ import annotations

from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QStyleOptionMenuItem

from clinic_desk.ui.widgets.worded import FSI, PDI


class WordedMenu(QMenu):
    def initStyleOption(self, option: QStyleOptionMenuItem, action: QAction) -> None:  # noqa: N802
        super().initStyleOption(option, action)
        if self.isRightToLeft() and option.text:
            words, tab, keys = option.text.partition("\t")
            option.text = f"{FSI}{words}{PDI}{tab}{keys}"


def submenu(menu: QMenu, title: str, icon: QIcon | None = None) -> QMenu:
    """As ``addMenu``, with entries of the same kind."""
    made = WordedMenu(title, menu)
    if icon is not None:
        made.setIcon(icon)
    menu.addMenu(made)
    return made
