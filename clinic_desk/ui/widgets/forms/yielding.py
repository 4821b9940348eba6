"""Fields that share Ctrl+Z with the program: theirs while there is typing to take back.

Qt's own fields keep the key even when they have nothing to undo, so that "Ctrl+Z takes a save
back" would be true everywhere but in the field where somebody has just saved.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget


class YieldingLine(QLineEdit):
    def event(self, event: QEvent) -> bool:
        if _meant_elsewhere(event, self.isUndoAvailable(), self.isRedoAvailable()):
            event.ignore()
            return True
        return super().event(event)


class YieldingText(QPlainTextEdit):
    def event(self, event: QEvent) -> bool:
        page = self.document()
        if _meant_elsewhere(event, page.isUndoAvailable(), page.isRedoAvailable()):
            event.ignore()
            return True
        return super().event(event)


def forget_typing(field: QWidget) -> None:
    """What stands there is saved: taking it back is the program's from now on."""
    for line in (field, *field.findChildren(QLineEdit)):
        if isinstance(line, QLineEdit) and (line.isUndoAvailable() or line.isRedoAvailable()):
            start, length, place = (
                line.selectionStart(), len(line.selectedText()), line.cursorPosition()
            )  # fmt: skip
            line.setText(line.text())
            line.setCursorPosition(place)
            if length:
                line.setSelection(start, length)
    if isinstance(field, QPlainTextEdit):
        field.document().clearUndoRedoStacks()


def _meant_elsewhere(event: QEvent, undo: bool, redo: bool) -> bool:
    if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    keys = QKeySequence.StandardKey
    return (event.matches(keys.Undo) and not undo) or (event.matches(keys.Redo) and not redo)
