"""The lists of the billing page: rows to walk and to act on with single keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from clinic_desk.ui.billing.model import InvoiceModel, TotalModel
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.key_text import key_text

KEYS = frozenset({"Return", "Enter", "P", "G", "V", "Del", "I", "T", "E", "O", "B", "/"})


class _Table(QTableView):
    """``key_pressed`` carries a key of the page as portable text. ``shares``: how the width is
    divided among the columns."""

    key_pressed = Signal(str)
    shares: Sequence[int] = ()

    def __init__(self, theme: Theme, model: QAbstractItemModel, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item { padding: 0 5px; }")
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
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
        whole, width = sum(self.shares), self.viewport().width()
        for column, share in enumerate(self.shares):
            self.setColumnWidth(column, round(width * share / whole))

    def _dress(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(32))
        self._spread()


class InvoiceTable(_Table):
    shares = (13, 18, 12, 11, 15, 14, 9, 9)

    def __init__(self, theme: Theme, model: InvoiceModel) -> None:
        super().__init__(theme, model, "Invoices")


class TotalTable(_Table):
    shares = (16, 18, 10, 13, 13, 13, 13)

    def __init__(self, theme: Theme, model: TotalModel) -> None:
        super().__init__(theme, model, "Totals per day and doctor")
