"""The preview: the file's first rows under their headings, each with its verdict in words."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from clinic_desk.services.import_report import Preview, PreviewRow
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme

WORDS = {"import": "Import", "merge": "Already there", "reject": "Reject"}
_LONGEST_CELL = 200


class PreviewModel(QAbstractTableModel):
    """Columns: verdict, reason, then the file's own."""

    LEADING = ("Verdict", "Reason or remark")

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[PreviewRow, ...] = ()
        self._headings: tuple[str, ...] = ()

    def show(self, preview: Preview | None) -> None:
        self.beginResetModel()
        self._rows = preview.rows if preview else ()
        self._headings = preview.headings if preview else ()
        self.endResetModel()

    def rowCount(  # noqa: N802 - Qt's name
        self,
        parent: QModelIndex | QPersistentModelIndex = QModelIndex(),  # noqa: B008 - Qt's own
    ) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(  # noqa: N802 - Qt's name
        self,
        parent: QModelIndex | QPersistentModelIndex = QModelIndex(),  # noqa: B008 - Qt's own
    ) -> int:
        return 0 if parent.isValid() else len(self.LEADING) + len(self._headings)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(self._rows[section].line)
        if section < len(self.LEADING):
            return self.LEADING[section]
        return self._headings[section - len(self.LEADING)]

    @plain_tips
    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 0:
            tokens = self._theme.tokens
            return {"reject": tokens.refuse, "merge": tokens.text2}.get(row.outcome, tokens.ok)
        return None

    def _text(self, row: PreviewRow, column: int) -> str:
        if column == 0:
            return WORDS[row.outcome]
        if column == 1:
            return row.reason
        at = column - len(self.LEADING)
        return row.cells[at][:_LONGEST_CELL].replace("\n", " ⏎ ") if at < len(row.cells) else ""
