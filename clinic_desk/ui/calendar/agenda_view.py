"""The agenda: a native table of the coming days with a filter row, and the fully native twin of
every painted grid. Several rows can change their status at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.appointments import STATUS_WORDS, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.agenda_model import COLUMNS, AgendaModel, Filter
from clinic_desk.ui.calendar.columns import shown_doctors
from clinic_desk.ui.calendar.keymap import Keymap
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import doctor_name
from clinic_desk.ui.widgets.reading import ReadingDelegate
from clinic_desk.ui.widgets.worded import WordedCheck, WordedCombo

OFFERED = (
    Status.SCHEDULED, Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED,
    Status.NO_SHOW, Status.CANCELLED, Status.PENDING, Status.HELD,
)  # fmt: skip
WIDTHS = (150, 220, 150, 150, 130, 90, 190, 200)
NARROW = (104, 150, 134, 112, 90, 70, 134, 60)
"""Pixels of the columns where there is room, and where there is as little as beside both panes."""
TWO_CLOCKS = (48, -12, -10, -10, -8, 14, -22, 0)
"""What the second clock takes, and from whom."""
GRID_ACTIONS = frozenset(
    {
        "confirmed", "arrived", "in_room", "done", "no_show", "step_back", "cancel",
        "next_available", "card", "park", "wait",
    }
)  # fmt: skip


class AgendaTable(QTableView):
    """``action_requested`` carries the name of a grid action for the selected rows."""

    action_requested = Signal(str)
    opened = Signal(str)

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self.keymap = keymap

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        name = self.keymap.name_for(event)
        if name == "activate":
            name = ""
            self.action_requested.emit("activate")
        elif name in GRID_ACTIONS:
            self.action_requested.emit(name)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Letters are actions here; the filter row searches."""


class AgendaView(QWidget):
    """``cancelled_wanted`` tells when the box that shows cancelled visits changes;
    ``export_requested`` carries an ``ExportWish`` of the rows shown and words for them."""

    action_requested = Signal(str)
    cell_opened = Signal(str)
    selection_changed = Signal(object)
    menu_requested = Signal(QPoint)
    cancelled_wanted = Signal(bool)
    export_requested = Signal(object)

    def __init__(self, theme: Theme, keymap: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.model = AgendaModel(theme)
        self.text = QLineEdit()
        self.text.setPlaceholderText("Filter by name, phone, service, note")
        self.text.setClearButtonEnabled(True)
        self.text.setAccessibleName("Filter")
        self.status = WordedCombo()
        self.status.setAccessibleName("Status")
        self.status.addItem("Any status", None)
        for status in OFFERED:
            self.status.addItem(STATUS_WORDS[status].capitalize(), status)
        self.status.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.status.setMinimumContentsLength(12)
        self.status.view().setMinimumWidth(theme.px(200))
        self.doctor = WordedCombo()
        self.doctor.setAccessibleName("Doctor")
        self.doctor.addItem("All doctors", None)
        self.grouping = WordedCombo()
        self.grouping.setAccessibleName("Group by")
        self.grouping.addItem("By date", "date")
        self.grouping.addItem("By doctor", "doctor")
        self.cancelled = WordedCheck("Cancelled too")
        self.export = QToolButton()
        self.export.setAccessibleName("Export the visits shown")
        self.export.setToolTip("Export the visits shown, as a calendar file or a table")
        self.export.clicked.connect(self._export)
        theme.changed.connect(self._dress)
        self._dress()
        self.count = Label()
        self.count.setProperty("role", "muted")
        self.table = AgendaTable(keymap)
        self._build_table()
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        for widget in (self.status, self.doctor, self.grouping, self.cancelled):
            row.addWidget(widget)
        row.addWidget(self.count)
        row.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        self.text.textChanged.connect(self._filter)
        self.status.currentIndexChanged.connect(self._filter)
        self.doctor.currentIndexChanged.connect(self._filter)
        self.grouping.currentIndexChanged.connect(self._group)
        self.cancelled.toggled.connect(self.cancelled_wanted)

    def _build_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Agenda")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setStyleSheet("QTableView::item { padding-left: 5px; }")
        table.setItemDelegate(ReadingDelegate(table))
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self._theme.px(32))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(
            lambda pos: self.menu_requested.emit(table.viewport().mapToGlobal(pos))
        )
        table.action_requested.connect(self._action)
        table.doubleClicked.connect(lambda _index: self._action("activate"))
        table.selectionModel().selectionChanged.connect(self._selected)

    def set_content(self, cells: Sequence[Cell], roster: Roster, now: datetime) -> None:
        """Shows rows; the selection and the place of the cursor stay where they can."""
        chosen = [cell.id for cell in self.selected()]
        scroll = self.table.verticalScrollBar().value()
        current = self.doctor.currentData()
        self.doctor.blockSignals(True)
        self.doctor.clear()
        self.doctor.addItem("All doctors", None)
        for doctor in shown_doctors(roster, None):
            self.doctor.addItem(doctor_name(doctor), doctor.id)
        self.doctor.setCurrentIndex(max(0, self.doctor.findData(current)))
        self.doctor.blockSignals(False)
        self.model.show(cells, roster, now)
        self._fit()
        self._settle()
        self.select(chosen)
        self.table.verticalScrollBar().setValue(scroll)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        least, most = (self._theme.px(sum(widths)) for widths in (NARROW, WIDTHS))
        ease = min(1.0, max(0.0, (self.width() - 16 - least) / (most - least)))
        shift = TWO_CLOCKS if self.model.two_clocks else (0,) * len(NARROW)
        for column, (narrow, wide, more) in enumerate(zip(NARROW, WIDTHS, shift, strict=True)):
            self.table.setColumnWidth(
                column, self._theme.px(round(narrow + ease * (wide - narrow)) + more)
            )

    def select(self, ids: Sequence[Id]) -> None:
        rows = [row for row in (self.model.row_of(i) for i in ids) if row is not None]
        selection = self.table.selectionModel()
        selection.clearSelection()
        flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
        for row in rows:
            selection.select(self.model.index(row, 0), flags)
        if rows:
            selection.setCurrentIndex(
                self.model.index(rows[0], 0), selection.SelectionFlag.NoUpdate
            )

    def selected(self) -> list[Cell]:
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [cell for cell in (self.model.cell(row) for row in rows) if cell is not None]

    def focus(self) -> None:
        """Focus on the table, with a row under the cursor."""
        self.table.setFocus()
        if not self.table.currentIndex().isValid():
            for row in range(self.model.rowCount()):
                if self.model.cell(row) is not None:
                    self.table.setCurrentIndex(self.model.index(row, 0))
                    break

    def _settle(self) -> None:
        self.table.clearSpans()
        for row in self.model.heads():
            self.table.setSpan(row, 0, 1, len(COLUMNS))
        total = self.model.visits
        self.count.setText("1 visit" if total == 1 else f"{total} visits")
        self.export.setEnabled(total > 0)

    def _dress(self) -> None:
        self.export.setIcon(self._theme.qicon("save"))

    def told(self) -> str:
        """What the filters say, empty when they let everything through."""
        parts = [self.text.text().strip()]
        parts += [box.currentText() for box in (self.status, self.doctor) if box.currentData()]
        return ", ".join(part for part in parts if part)

    def shown(self) -> list[Cell]:
        """The visits in the rows, in their order."""
        cells = (self.model.cell(row) for row in range(self.model.rowCount()))
        return [cell for cell in cells if cell is not None]

    def _export(self) -> None:
        from clinic_desk.services.exporting import ExportWish  # seldom needed

        cells = self.shown()
        if cells:
            wish = ExportWish(
                first=min(cell.start for cell in cells),
                last=max(cell.end for cell in cells),
                visit_ids=frozenset(cell.id for cell in cells),
            )
            self.export_requested.emit(
                (wish, f"Agenda: {self.told()}" if self.told() else "Agenda")
            )

    def _filter(self) -> None:
        chosen = [cell.id for cell in self.selected()]
        status = self.status.currentData()
        wanted = Filter(
            self.text.text().strip(),
            Status(status) if status else None,
            self.doctor.currentData(),
        )
        self.model.set_filter(wanted)
        self._settle()
        self.select(chosen)

    def _group(self) -> None:
        chosen = [cell.id for cell in self.selected()]
        self.model.set_grouping(self.grouping.currentData())
        self._settle()
        self.select(chosen)

    def _action(self, name: str) -> None:
        if name != "activate":
            self.action_requested.emit(name)
            return
        cell = self.model.cell(self.table.currentIndex().row())
        if cell is not None:
            self.cell_opened.emit(cell.id)

    def _selected(self) -> None:
        self.selection_changed.emit(self.selected())
