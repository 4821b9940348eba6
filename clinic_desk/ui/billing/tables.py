"""The lists of the billing page."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QStyle

from clinic_desk.ui.billing.model import InvoiceModel, TotalModel
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.key_table import KeyTable

PADDING = 18
"""Pixels beside the words of a cell, both sides together; they do not grow with the letters."""

BESIDE_ICON = 8
"""Pixels between a sign and the words behind it, with its own margin."""

LEAST_NAME = 84
"""Pixels of a column of names, at usual letters."""

A_NAME = 150
"""Pixels, at usual letters, that a patient's name has before a doctor's is told by the code."""

LOOKED_AT = 60
"""Rows whose words are measured."""


class _Table(KeyTable):
    """Columns are as wide as ``shares`` say; where that would cut a day, a number or a sum, the
    ``yielding`` ones, whose whole words are beside the list and in their tips, give the room."""

    keys = frozenset({"Return", "Enter", "P", "G", "V", "Del", "I", "T", "E", "O", "B", "/"})
    padding = "padding: 0 5px"
    shares: tuple[int, ...] = ()
    yielding: frozenset[int] = frozenset()
    most: ClassVar[dict[int, int]] = {}
    """Pixels at usual letters that a column with long words may ask for."""
    dropped: int | None = None
    """A yielding column that is not shown where there would be little room for all of them."""
    shorter: int = 0
    """One that is told shorter where there is still too little."""

    def __init__(self, theme: Theme, model: QAbstractItemModel, name: str) -> None:
        super().__init__(theme, model, name)
        model.modelReset.connect(self.spread)

    def spread(self) -> None:
        width = self.viewport().width()
        self.shorten(names=True)
        wanted = [self._wanted(column) for column in range(len(self.shares))]
        shares, yielding = list(self.shares), self.yielding
        if self.dropped is not None:
            names = width - sum(n for c, n in enumerate(wanted) if c not in self.yielding)
            hidden = names < len(self.yielding) * self.theme.px(LEAST_NAME)
            self.setColumnHidden(self.dropped, hidden)
            if hidden:
                shares[self.dropped] = 0
                if self.shorter and names < self.theme.px(A_NAME) + wanted[self.shorter]:
                    self.shorten(names=False)
                    wanted[self.shorter] = self._wanted(self.shorter)
                    yielding = yielding - {self.shorter}
        whole = sum(shares)
        # rounded up, they would be a pixel too wide together; the last takes what is left
        widths = [width * share // whole for share in shares]
        lacking = 0
        for column, need in enumerate(wanted):
            if column not in yielding and need > widths[column]:
                lacking += need - widths[column]
                widths[column] = need
        spare = {
            column: widths[column] - need
            for column, need in enumerate(wanted)
            if column not in yielding and widths[column] > need
        }
        for room in (spare, {column: widths[column] for column in yielding}):
            taken = min(lacking, sum(room.values()))
            lacking -= self._take(widths, room, taken)
        for column, wide in enumerate(widths):
            if shares[column]:
                self.setColumnWidth(column, wide)

    def shorten(self, *, names: bool) -> None:
        """Whether the ``shorter`` column tells whole names."""

    @staticmethod
    def _take(widths: list[int], room: dict[int, int], wanted: int) -> int:
        """Takes so many pixels from the columns that have ``room``, each its part."""
        left, rest = wanted, sum(room.values())
        for column, has in room.items():
            part = left * has // rest if rest else 0
            widths[column] -= part
            left -= part
            rest -= has
        return wanted - left

    def _wanted(self, column: int) -> int:
        """Pixels with which the words of a column are seen whole."""
        model = self.model()
        role = Qt.ItemDataRole.DecorationRole
        metrics = QFontMetrics(self.theme.font("body", bold=True))
        words = {str(model.headerData(column, Qt.Orientation.Horizontal) or "")}
        icon = 0
        for row in range(min(model.rowCount(), LOOKED_AT)):
            index = model.index(row, column)
            words.add(str(index.data() or ""))
            if not row and index.data(role) is not None:
                small = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
                icon = max(small, self.iconSize().width()) + BESIDE_ICON
        widest = max(metrics.horizontalAdvance(word) for word in words)
        return min(widest + icon + PADDING, self.theme.px(self.most.get(column, 999)))


class InvoiceTable(_Table):
    shares = (13, 18, 12, 11, 15, 14, 9, 9)
    yielding = frozenset({1, 2, 3})
    dropped = 2
    shorter = 3
    most: ClassVar = {5: 136}

    def __init__(self, theme: Theme, model: InvoiceModel) -> None:
        self._invoices = model
        super().__init__(theme, model, "Invoices")

    def shorten(self, *, names: bool) -> None:
        self._invoices.tell_codes(not names)


class TotalTable(_Table):
    shares = (16, 18, 10, 13, 13, 13, 13)
    yielding = frozenset({1})

    def __init__(self, theme: Theme, model: TotalModel) -> None:
        super().__init__(theme, model, "Totals per day and doctor")
