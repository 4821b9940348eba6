"""The list itself: rows to walk, sort and act on with single keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.waitlist.model import WaitModel
from clinic_desk.ui.widgets.key_text import key_text

KEYS = frozenset({"Return", "Enter", "F", "B", "O", "Del", "N", "/", "Shift+F10", "Menu"})
WIDTHS = (176, 140, 150, 120, 220, 92, 84, 140, 180)
NARROW = (128, 136, 84, 86, 104, 92, 66, 110, 80)
"""Pixels of the columns where there is room, and where there is as little as beside the form."""


class WaitTable(QTableView):
    """``key_pressed`` carries a key of the page as portable text."""

    key_pressed = Signal(str)

    def __init__(self, theme: Theme, model: WaitModel) -> None:
        super().__init__()
        self._theme = theme
        self.setModel(model)
        self.setAccessibleName("Waiting list")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item { padding-left: 5px; }")
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)
        theme.changed.connect(self._dress)
        self._dress()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        text = key_text(event)
        if text in KEYS:
            self.key_pressed.emit(text)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """While the list has the keyboard, its letters and / are its own."""
        own = isinstance(event, QKeyEvent) and key_text(event) in KEYS
        if own and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Letters are actions here; the filter row searches."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._spread()

    def _spread(self) -> None:
        least, most = (self._theme.px(sum(widths)) for widths in (NARROW, WIDTHS))
        ease = min(1.0, max(0.0, (self.viewport().width() - least) / (most - least)))
        for column, (narrow, wide) in enumerate(zip(NARROW, WIDTHS, strict=True)):
            self.setColumnWidth(column, self._theme.px(round(narrow + ease * (wide - narrow))))

    def _dress(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(32))
        self._spread()
