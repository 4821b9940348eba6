"""The list of entries: a number for every row at once, the lines of those in sight."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from clinic_desk.services.audit_views import AuditLine
from clinic_desk.ui.audit import telling
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.headed_model import HeadedModel

Index = QModelIndex | QPersistentModelIndex
BLOCK = 100
"""Rows read by one question."""

KEPT = 40
"""Blocks kept; the ones not looked at for longest go first."""

LINE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
READING = "…"


class AuditModel(HeadedModel):
    """``wanted`` carries the number of a block whose lines are to be read and given to ``put``."""

    headings = ("When", "Who", "Desk", "What", "About")
    wanted = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.numbers: Sequence[int] = ()
        self.zone = "UTC"
        self.today = date.min
        self._blocks: OrderedDict[int, dict[int, AuditLine]] = OrderedDict()
        self._asked: set[int] = set()
        CURTAIN.changed.connect(self.said_anew)

    def listed(self) -> int:
        return len(self.numbers)

    def show(self, numbers: Sequence[int], zone: str, today: date) -> None:
        """What was read of entries stays: they never change but for a detail that goes."""
        known = {line.seq: line for block in self._blocks.values() for line in block.values()}
        self.beginResetModel()
        self.numbers, self.zone, self.today = numbers, zone, today
        self._blocks.clear()
        self._asked.clear()
        for block in range(-(-min(len(numbers), KEPT * BLOCK) // BLOCK)):
            mine = {n: known[n] for n in self.of_block(block) if n in known}
            if len(mine) == len(self.of_block(block)):
                self._blocks[block] = mine
        self.endResetModel()

    def of_block(self, block: int) -> Sequence[int]:
        """The numbers of its entries."""
        return self.numbers[block * BLOCK : (block + 1) * BLOCK]

    def put(self, block: int, lines: Sequence[AuditLine]) -> None:
        self._asked.discard(block)
        self._blocks[block] = {line.seq: line for line in lines}
        while len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)
        first = block * BLOCK
        last = min(first + BLOCK, len(self.numbers)) - 1
        if first <= last:
            end = len(self.headings) - 1
            self.dataChanged.emit(self.index(first, 0), self.index(last, end))

    def forget_asking(self, block: int) -> None:
        """The question failed; the block may be asked for again."""
        self._asked.discard(block)

    def line(self, row: int) -> AuditLine | None:
        """None while it is being read, which this asks for."""
        if not 0 <= row < len(self.numbers):
            return None
        block = row // BLOCK
        known = self._blocks.get(block)
        if known is None:
            if block not in self._asked:
                self._asked.add(block)
                self.wanted.emit(block)
            return None
        self._blocks.move_to_end(block)
        return known.get(self.numbers[row])

    def row_of(self, number: int) -> int:
        """-1 where it is not listed. Numbers fall from row to row."""
        low, high = 0, len(self.numbers)
        while low < high:
            middle = (low + high) // 2
            if self.numbers[middle] > number:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self.numbers) and self.numbers[low] == number else -1

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            LINE_ROLE,
        ):
            return None
        line = self.line(index.row())
        if role == LINE_ROLE:
            return line
        if line is None:
            return READING if index.column() == 0 else ""
        return self._words(line, index.column())

    def _words(self, line: AuditLine, column: int) -> str:
        match column:
            case 0:
                return telling.when(line, self.zone, self.today)
            case 1:
                return telling.who(line)
            case 2:
                return line.desk
            case 3:
                return telling.what(line)
        return CURTAIN.said(telling.about(line, self.today))
