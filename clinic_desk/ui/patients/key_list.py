"""A list of the patient's page: rows of unlike height to walk, letters act."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QWidget

from clinic_desk.ui.widgets.key_text import key_text


class KeyList(QListView):
    """``key_pressed`` carries one of ``keys`` as portable text; headings, which cannot be chosen,
    are stepped over."""

    key_pressed = Signal(str)

    def __init__(
        self, model: QAbstractItemModel, name: str, keys: frozenset[str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.keys = keys
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setProperty("frameless", True)

    def dress_rows(self, delegate: QStyledItemDelegate) -> None:
        self.setItemDelegate(delegate)

    def choose(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        index = self.model().index(row, 0)
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect)
        if index.isValid():
            self.scrollTo(index)

    def moveCursor(  # noqa: N802
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Headings are no stops; the page keys and the ends come to rest on a row."""
        move = QAbstractItemView.CursorAction
        found = super().moveCursor(action, modifiers)
        down = action in (move.MoveDown, move.MovePageDown, move.MoveHome, move.MoveNext)
        step = 1 if down else -1
        model = self.model()
        row = found.row()
        while 0 <= row < model.rowCount():
            index = model.index(row, 0)
            if index.flags() & Qt.ItemFlag.ItemIsSelectable:
                return index
            row += step
        return self.currentIndex()

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
        """Letters are actions here."""
