"""The report as a table: every figure of the plot, sortable, its sums at the bottom."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from clinic_desk.services.day_views import Report, Unit
from clinic_desk.services.report_text import said
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.unseen import when_seen
from clinic_desk.ui.widgets.reading import ReadingDelegate

Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
PADDING = 20
"""Pixels beside the words of a header, both sides together."""

HANDLE = 16
"""Pixels beside the table that a splitter takes."""

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ReportModel(QAbstractTableModel):
    """Rows of the report in the order chosen; the last row are the sums."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.report: Report | None = None
        self.order: list[int] = []

    def show(self, report: Report) -> None:
        self.beginResetModel()
        self.report = report
        self.order = list(range(len(report.rows)))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        if parent.isValid() or self.report is None:
            return 0
        return len(self.order) + bool(self.report.totals)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() or self.report is None else len(self.report.columns)

    def value(self, row: int, column: int) -> object:
        assert self.report is not None
        line = self.report.totals if row == len(self.order) else self.report.rows[self.order[row]]
        return line[column]

    @plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.report is None or not index.isValid():
            return None
        column = self.report.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            value = self.value(index.row(), index.column())
            return said(value, column.unit, self.report.currency)
        if role == Qt.ItemDataRole.ToolTipRole and column.unit is Unit.TEXT:
            return self.value(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if column.unit is Unit.TEXT else RIGHT
        if role == Qt.ItemDataRole.FontRole:
            return self._theme.font("body", bold=index.row() == len(self.order))
        if role == Qt.ItemDataRole.BackgroundRole and index.row() == len(self.order):
            return self._theme.tokens.off
        return None

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if self.report is None or orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.report.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if column.unit is Unit.TEXT else RIGHT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Nothing known comes last either way. The first column has its own order: that of days,
        of weekdays, of the lists."""
        report = self.report
        if report is None or column >= len(report.columns):
            return
        down = order is Qt.SortOrder.DescendingOrder
        every = range(len(report.rows))
        self.layoutAboutToBeChanged.emit()
        if column <= 0:
            self.order = sorted(every, reverse=down and column == 0)
        else:
            values: dict[int, Any] = {row: report.rows[row][column] for row in every}
            known = [row for row in every if values[row] is not None]
            known.sort(key=lambda row: values[row], reverse=down)
            self.order = known + [row for row in every if values[row] is None]
        self.layoutChanged.emit()

    def place_of(self, row: int) -> int:
        """Where a row of the report is shown now."""
        return self.order.index(row)


class ReportTable(QTableView):
    def __init__(self, theme: Theme, model: ReportModel) -> None:
        super().__init__()
        self._theme = theme
        self._model = model
        self.setModel(model)
        self.setItemDelegate(ReadingDelegate(self))
        self.setAccessibleName("Figures of the report")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setStyleSheet("QTableView::item { padding: 0 6px; }")
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)
        theme.changed.connect(self._dress)
        model.modelReset.connect(self._spread)
        header.sortIndicatorChanged.connect(lambda _section, _order: self._spread())
        self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._spread()

    def wanted_width(self) -> int:
        """Pixels with which every column is seen whole."""
        figures = sum(self._figure_widths())
        extra = self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth() + HANDLE
        return self._least_name() + figures + extra

    def _figure_widths(self) -> list[int]:
        """Room for the words and figures of every column; for the sign of the order only in the one
        that has it, so that large letters need no bar."""
        header = self.horizontalHeader()
        words = QFontMetrics(self._theme.font("body", bold=True))
        every = range(1, self._model.columnCount())
        widths = []
        for column in every:
            named = header.sectionSizeHint(column)
            if column != header.sortIndicatorSection():
                name = str(self._model.headerData(column, Qt.Orientation.Horizontal))
                named = min(named, words.horizontalAdvance(name) + PADDING)
            widths.append(max(self.sizeHintForColumn(column), named) + 4)
        return widths

    def _least_name(self) -> int:
        wide = max(self.sizeHintForColumn(0) + 14, self._theme.px(110))
        return min(self._theme.px(240), wide)

    def _spread(self) -> None:
        """The names take what the figures leave."""
        if not self._model.columnCount():
            return
        widths = self._figure_widths()
        for column, wide in enumerate(widths, start=1):
            self.setColumnWidth(column, wide)
        rest = self.viewport().width() - sum(widths)
        self.setColumnWidth(0, max(self._least_name(), rest))

    @when_seen
    def _dress(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(30))
        self._spread()
