"""A table of rules that is edited in place: types by rules, or doctors by their daily limit.

What is typed in a cell stays as typed until it is saved, right or wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix

Index = QModelIndex | QPersistentModelIndex
Cell = tuple[Id, str]
"""(a row's id, a column's name)."""
CHECKED, UNCHECKED = "yes", "no"


@dataclass(frozen=True, slots=True)
class Column:
    """``write`` shows a value in a cell, ``read`` takes what was typed (raising ``Refusal``).
    A ``tick`` is on or off."""

    name: str
    title: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    tick: bool = False
    explained: str = ""


class RuleModel(QAbstractTableModel):
    typed = Signal()

    def __init__(self, theme: Theme, columns: Sequence[Column]) -> None:
        super().__init__()
        self._theme = theme
        self.columns = list(columns)
        self.rows: list[tuple[Id, str]] = []
        self.saved: dict[Cell, Any] = {}
        self.texts: dict[Cell, str] = {}
        self.faults: dict[Cell, str] = {}
        self.check: Callable[[Cell, Any], None] | None = None
        """Raises ``Refusal`` for a value that a row cannot have."""

    def offer(self, rows: Sequence[tuple[Id, str]]) -> None:
        if list(rows) != self.rows:
            self.beginResetModel()
            self.rows = list(rows)
            self.endResetModel()

    def cell(self, index: Index) -> Cell:
        return self.rows[index.row()][0], self.columns[index.column()].name

    def text(self, cell: Cell) -> str:
        column = next(one for one in self.columns if one.name == cell[1])
        if cell in self.texts:
            return self.texts[cell]
        return column.write(self.saved[cell]) if cell in self.saved else ""

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(self, at: int, way: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802
        if role == Qt.ItemDataRole.DisplayRole:
            across = way is Qt.Orientation.Horizontal
            return self.columns[at].title if across else self.rows[at][1]
        if role == Qt.ItemDataRole.ToolTipRole:
            across = way is Qt.Orientation.Horizontal
            return self.columns[at].explained if across else self.rows[at][1]
        if role == Qt.ItemDataRole.TextAlignmentRole and way is Qt.Orientation.Vertical:
            return Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.columns[index.column()].tick:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable

    @plain_tips
    def data(self, index: Index, role: int = 0) -> Any:
        cell = self.cell(index)
        column = self.columns[index.column()]
        if column.tick and role == Qt.ItemDataRole.CheckStateRole:
            on = self.text(cell) == CHECKED
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DisplayRole and not column.tick:
            return self.text(cell) or "no limit"
        if role == Qt.ItemDataRole.EditRole and not column.tick:
            return self.text(cell)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.faults.get(cell) or column.explained
        if role == Qt.ItemDataRole.ForegroundRole:
            tokens = self._theme.tokens
            faint = not self.text(cell) and not column.tick
            return tokens.refuse if cell in self.faults else tokens.text3 if faint else tokens.text
        if role == Qt.ItemDataRole.BackgroundRole and cell in self.faults:
            return mix(self._theme.tokens.refuse, self._theme.tokens.canvas, 0.14)
        if role == Qt.ItemDataRole.FontRole:
            return self._theme.font("body", bold=cell in self.texts)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            fault = self.faults.get(cell, "")
            parts = (self.rows[index.row()][1], column.title, self.text(cell), fault)
            return ", ".join(part for part in parts if part)
        return None

    def setData(self, index: Index, value: Any, role: int = 0) -> bool:  # noqa: N802
        column = self.columns[index.column()]
        if column.tick:
            text = CHECKED if Qt.CheckState(value) is Qt.CheckState.Checked else UNCHECKED
        elif role == Qt.ItemDataRole.EditRole:
            text = str(value).strip()
        else:
            return False
        self.type_in(self.cell(index), text)
        return True

    def type_in(self, cell: Cell, text: str) -> None:
        column = next(one for one in self.columns if one.name == cell[1])
        if text == self.text(cell):
            return
        self.faults.pop(cell, None)
        if cell in self.saved and text == column.write(self.saved[cell]):
            self.texts.pop(cell, None)
        else:
            self.texts[cell] = text
            try:
                value = column.read(text)
                if self.check is not None:
                    self.check(cell, value)
            except Refusal as refusal:
                self.faults[cell] = refusal.sentence
        self.repaint()
        self.typed.emit()

    def repaint(self) -> None:
        if self.rows:
            last = self.index(len(self.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


class RuleTable(QTableView):
    """A field of a form. Its value maps (row, column) to what is meant, for changed cells alone.
    ``looked_at`` carries the cell under the cursor."""

    edited = Signal()
    looked_at = Signal(object)

    def __init__(self, theme: Theme, columns: Sequence[Column], name: str) -> None:
        super().__init__()
        self._theme = theme
        self.rules = RuleModel(theme, columns)
        self.rules.typed.connect(self.edited)
        self.setModel(self.rules)
        self.setAccessibleName(name)
        self.setItemDelegate(_Delegate(theme, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setStyleSheet("QTableView::item { padding: 0 5px; }")
        self.setCornerButtonEnabled(False)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        wrapped = left.value | Qt.TextFlag.TextWordWrap.value
        across.setDefaultAlignment(Qt.AlignmentFlag(wrapped))
        across.setHighlightSections(False)
        across.setSectionsClickable(False)
        down.setSectionsClickable(False)
        down.setHighlightSections(False)
        down.setTextElideMode(Qt.TextElideMode.ElideRight)
        theme.changed.connect(self._dress)
        self._dress()

    # as a field

    @property
    def check(self) -> Callable[[Cell, Any], None] | None:
        return self.rules.check

    @check.setter
    def check(self, judge: Callable[[Cell, Any], None]) -> None:
        self.rules.check = judge

    def complaint(self) -> str:
        """About the cell under the cursor, else the first that has one."""
        faults = self.rules.faults
        here = self.rules.cell(self.currentIndex()) if self.currentIndex().isValid() else None
        cell = here if here in faults else next(iter(faults), None)
        return f"{self._named(cell)}: {faults[cell]}" if cell is not None else ""

    def offer(self, rows: Sequence[tuple[Id, str]]) -> None:
        self.rules.offer(rows)
        self._dress()

    def value(self) -> dict[Cell, Any]:
        found: dict[Cell, Any] = {}
        self.rules.faults = {}
        first: Refusal | None = None
        columns = {one.name: one for one in self.rules.columns}
        for cell, text in self.rules.texts.items():
            try:
                found[cell] = columns[cell[1]].read(text)
                if self.rules.check is not None:
                    self.rules.check(cell, found[cell])
            except Refusal as refusal:
                self.rules.faults[cell] = refusal.sentence
                if first is None:
                    first = Refusal(refusal.code, f"{self._named(cell)}: {refusal.sentence}")
                    self.go_to(cell)
        self.rules.repaint()
        if first is not None:
            raise first
        return found

    def put(self, value: Mapping[Cell, Any]) -> None:
        """What is saved; what was typed is dropped."""
        self.rules.saved, self.rules.texts, self.rules.faults = dict(value), {}, {}
        self.rules.repaint()

    def raw(self) -> dict[Cell, str]:
        return dict(self.rules.texts)

    def fault(self, cell: Cell, sentence: str) -> None:
        self.rules.faults[cell] = sentence
        self.rules.repaint()
        self.go_to(cell)

    def go_to(self, cell: Cell) -> None:
        index = self.index_of(cell)
        if index is not None:
            self.setCurrentIndex(index)

    def index_of(self, cell: Cell) -> QModelIndex | None:
        ids = [row_id for row_id, _ in self.rules.rows]
        names = [one.name for one in self.rules.columns]
        if cell[0] not in ids or cell[1] not in names:
            return None
        return self.rules.index(ids.index(cell[0]), names.index(cell[1]))

    def _named(self, cell: Cell) -> str:
        return dict(self.rules.rows).get(cell[0], "")

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and index.isValid():
            if not self.rules.columns[index.column()].tick:
                self.rules.type_in(self.rules.cell(index), "")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            if self.rules.columns[index.column()].tick:
                super().keyPressEvent(event)
            elif self.state() is not QAbstractItemView.State.EditingState:
                self.edit(index)  # else it is the cell's field that passes the key on
        elif event.key() == Qt.Key.Key_Escape or event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, on: bool) -> bool:  # noqa: N802
        """A tick has no field whose Tab leads on: what is typed after it would land in the table
        below."""
        index = self.currentIndex()
        column = index.column() + (1 if on else -1)
        ticked = index.isValid() and self.rules.columns[index.column()].tick
        if ticked and 0 <= column < len(self.rules.columns):
            self.setCurrentIndex(index.siblingAtColumn(column))
            return True
        return super().focusNextPrevChild(on)

    def currentChanged(self, now: Index, before: Index) -> None:  # noqa: N802
        super().currentChanged(now, before)
        if now.isValid():
            self.looked_at.emit(self.rules.cell(now))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        if self.currentIndex().isValid() and not self.selectionModel().hasSelection():
            self.setCurrentIndex(self.currentIndex())  # so that it is seen

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(600, self.height())

    def _dress(self) -> None:
        theme = self._theme
        line = theme.px(34)
        self.verticalHeader().setDefaultSectionSize(line)
        self.verticalHeader().setFixedWidth(theme.px(170))
        head = theme.px(44)
        self.horizontalHeader().setFixedHeight(head)
        # as high as its rows: the page scrolls, not the table in it
        self.setFixedHeight(head + line * len(self.rules.rows) + 4)


class _Delegate(QStyledItemDelegate):
    """A cell's field fills the cell; what stands in it is told when something else is clicked."""

    def __init__(self, theme: Theme, table: RuleTable) -> None:
        super().__init__(table)
        self._theme, self._table = theme, table

    def createEditor(  # noqa: N802
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: Index,
    ) -> QWidget:
        line = QLineEdit(parent)
        row, column = self._table.rules.rows[index.row()], self._table.rules.columns[index.column()]
        line.setAccessibleName(f"{column.title}, {row[1]}")
        line.setStyleSheet("QLineEdit { min-height: 0; max-height: 999px; }")
        cell = self._table.rules.cell(index)
        # typed text counts at once, so that Ctrl+S in the cell saves it
        line.textEdited.connect(lambda text: self._typed(line, cell, text.strip()))
        _mark(line, cell in self._table.rules.faults)
        return line

    def _typed(self, line: QLineEdit, cell: Cell, text: str) -> None:
        self._table.rules.type_in(cell, text)
        _mark(line, cell in self._table.rules.faults)

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        """Not while it says the same: the cursor in it would be moved."""
        text = self._table.rules.text(self._table.rules.cell(index))
        if isinstance(editor, QLineEdit) and editor.text().strip() != text:
            editor.setText(text)


def _mark(line: QLineEdit, wrong: bool) -> None:
    line.setProperty("invalid", "true" if wrong else "false")
    line.style().unpolish(line)
    line.style().polish(line)
