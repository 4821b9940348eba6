"""The table of all keys: what, which keys, where they work."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt

from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.shortcuts import Shortcut, Shortcuts
from clinic_desk.ui.runtime.formatting import left_to_right
from clinic_desk.ui.runtime.fuzzy import plain
from clinic_desk.ui.widgets.headed_model import HeadedModel, Index
from clinic_desk.ui.widgets.key_text import shown_key

HEADS = ("Action", "Keys", "Where")


class ShortcutModel(HeadedModel):
    """Rows of ``Shortcuts`` that fit what is searched for: words of the action, or a key."""

    headings = HEADS

    def __init__(self, theme: Theme, shortcuts: Shortcuts, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shortcuts = shortcuts
        self._rows: list[Shortcut] = list(shortcuts.rows)
        shortcuts.changed.connect(self.said_anew)

    def show(self, text: str) -> None:
        words = plain(text).split()
        self.beginResetModel()
        self._rows = [row for row in self._shortcuts.rows if self._fits(row, words)]
        self.endResetModel()

    def _fits(self, row: Shortcut, words: list[str]) -> bool:
        called = plain(f"{row.text} {row.group} {row.words} {self.keys_text(row)}")
        return all(word in called for word in words)

    def shortcut(self, line: int) -> Shortcut | None:
        return self._rows[line] if 0 <= line < len(self._rows) else None

    def line_of(self, row: Shortcut) -> int:
        return self._rows.index(row) if row in self._rows else -1

    def keys_text(self, row: Shortcut) -> str:
        return " or ".join(shown_key(key) for key in self._shortcuts.keys(row))

    def listed(self) -> int:
        return len(self._rows)

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        row = self.shortcut(index.row())
        if row is None:
            return None
        own = self._shortcuts.is_own(row)
        keys = self.keys_text(row)
        if role == Qt.ItemDataRole.DisplayRole:
            changed = f"{keys or 'none'}  (changed)" if own else keys
            return left_to_right((row.text, changed, row.group)[index.column()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = "changed" if own else ""
            parts = (row.text, keys or "no key", row.group, said)
            return ", ".join(part for part in parts if part)
        if role == Qt.ItemDataRole.FontRole and index.column() == 1:
            return self._theme.font("body", bold=own)
        if role == Qt.ItemDataRole.ToolTipRole and row.fixed:
            return "These keys cannot be changed."
        return None
