"""The list itself: rows to walk, sort and act on with single keys."""

from __future__ import annotations

from PySide6.QtCore import Qt

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.waitlist.model import WaitModel
from clinic_desk.ui.widgets.key_table import KeyTable

WIDTHS = (176, 140, 150, 120, 220, 92, 84, 140, 180)
NARROW = (128, 136, 84, 86, 104, 92, 66, 110, 80)
"""Pixels of the columns where there is room, and where there is as little as beside the form."""


class WaitTable(KeyTable):
    keys = frozenset({"Return", "Enter", "F", "B", "O", "Del", "N", "/", "Shift+F10", "Menu"})

    def __init__(self, theme: Theme, model: WaitModel) -> None:
        super().__init__(theme, model, "Waiting list")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)

    def spread(self) -> None:
        least, most = (self.theme.px(sum(widths)) for widths in (NARROW, WIDTHS))
        ease = min(1.0, max(0.0, (self.viewport().width() - least) / (most - least)))
        for column, (narrow, wide) in enumerate(zip(NARROW, WIDTHS, strict=True)):
            self.setColumnWidth(column, self.theme.px(round(narrow + ease * (wide - narrow))))
