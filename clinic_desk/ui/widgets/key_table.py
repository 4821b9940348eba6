"""A list of a page: rows to walk, and to act on with single keys."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.unseen import when_seen
from clinic_desk.ui.widgets.key_text import key_text
from clinic_desk.ui.widgets.reading import ReadingDelegate


class KeyTable(QTableView):
    """``key_pressed`` carries a key of the page (one of ``keys``) as portable text; while the list
    has the keyboard, its letters and / are its own. ``spread`` divides the width."""

    key_pressed = Signal(str)
    keys: frozenset[str] = frozenset()
    padding = "padding-left: 5px"

    def __init__(self, theme: Theme, model: QAbstractItemModel, name: str) -> None:
        super().__init__()
        self.theme = theme
        self.setModel(model)
        self.setItemDelegate(ReadingDelegate(self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setStyleSheet(f"QTableView::item {{ {self.padding}; }}")
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self._dress)
        self._dress()

    def spread(self) -> None:
        """The view has another width, or letters another size."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        text = key_text(event)
        if text in self.keys:
            self.key_pressed.emit(text)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        own = isinstance(event, QKeyEvent) and key_text(event) in self.keys
        if own and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Letters are actions here; the filter row searches."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.spread()

    @when_seen
    def _dress(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.theme.px(32))
        self.spread()
