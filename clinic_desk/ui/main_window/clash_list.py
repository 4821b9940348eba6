"""Visits that lost their place (an import's overlaps): each is placed by hand, none is lost."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.outcome import Changes
from clinic_desk.services.views import Cell
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import length_text, local_day, short_day, span_text
from clinic_desk.ui.widgets.empty_state import EmptyState

_HEADS = ("Wanted", "Time", "Length", "Patient", "Visit", "Doctor", "Phone")
_CELL = Qt.ItemDataRole.UserRole


class ClashList(QWidget):
    """``place_requested``, ``find_requested`` and ``open_requested`` carry the ``Cell``."""

    place_requested = Signal(object)
    find_requested = Signal(object)
    open_requested = Signal(str)
    close_requested = Signal()
    failed = Signal(object)
    count_changed = Signal(int)

    def __init__(
        self, context: Context, roster: RosterSource, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._roster = roster
        self._stale = True
        title = QLabel("Clash list")
        title.setProperty("role", "date")
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._place = self._button("Place in the calendar", "Pick it up; the next click places it")
        self._place.setProperty("kind", "primary")
        self._find = self._button("Find an opening", "Search a free time for this patient")
        self._open = self._button("Open", "Everything about this visit")
        close = QPushButton("Close")
        close.clicked.connect(self.close_requested)
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 16, 12)
        head.setSpacing(8)
        head.addWidget(title)
        head.addWidget(self._count, 1)
        for button in (self._place, self._find, self._open, close):
            head.addWidget(button)
        self.table = QTableWidget(0, len(_HEADS))
        self.table.setHorizontalHeaderLabels(_HEADS)
        self.table.setAccessibleName("Visits to be placed by hand")
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(32)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.table.itemActivated.connect(lambda _item: self._emit(self.place_requested))
        self.table.itemSelectionChanged.connect(self._enable)
        self._empty = EmptyState(context.theme)
        self._empty.explain(
            "check",
            "Nothing clashes",
            "When an import brings two visits for one place, the second waits here "
            "until you give it another time.",
        )
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._stack, 1)
        self._place.clicked.connect(lambda: self._emit(self.place_requested))
        self._find.clicked.connect(lambda: self._emit(self.find_requested))
        self._open.clicked.connect(self._open_current)
        context.operations.changed.connect(self._on_changes)
        self.reload()

    def current(self) -> Cell | None:
        item = self.table.item(self.table.currentRow(), 0)
        cell = item.data(_CELL) if item is not None else None
        return cell if isinstance(cell, Cell) else None

    def reload(self) -> None:
        self._stale = False
        self._context.operations.ask(
            lambda queries: queries.clashes(), done=self._take, failed=self._cannot, key="clashes"
        )

    def showEvent(self, event: object) -> None:  # noqa: N802, ARG002
        if self._stale:
            self.reload()

    def _take(self, cells: tuple[Cell, ...]) -> None:
        row = self.table.currentRow()
        self.table.setRowCount(len(cells))
        for line, cell in enumerate(sorted(cells, key=lambda c: (c.start, c.id))):
            for place, text in enumerate(self._texts(cell)):
                item = QTableWidgetItem(text)
                item.setData(_CELL, cell)
                item.setToolTip(text)
                self.table.setItem(line, place, item)
        for column in (0, 1, 2, 4, 5, 6):
            self.table.resizeColumnToContents(column)
        count = len(cells)
        self._count.setText(f"{count} to be placed by hand" if count else "")
        self._stack.setCurrentIndex(1 if count else 0)
        if count:
            self.table.selectRow(min(max(row, 0), count - 1))
        self._enable()
        self.count_changed.emit(count)

    def _texts(self, cell: Cell) -> tuple[str, ...]:
        zone = self._roster.zone_at(cell.location_id)
        roster = self._roster.roster
        doctor = roster.doctors.get(cell.doctor_id) if roster else None
        return (
            short_day(local_day(cell.start, zone)),
            span_text(cell.start, cell.end, zone),
            length_text(cell.end - cell.start),
            cell.listed_name or "No name",
            cell.type_name,
            doctor.name if doctor else "",
            cell.phone,
        )

    def _cannot(self, error: ClinicDeskError) -> None:
        self._stale = True
        self.failed.emit(error)

    def _on_changes(self, changes: Changes) -> None:
        if changes.kinds & {"appointment", "external", "doctor"}:
            if self.isVisible():
                self.reload()
            else:
                self._stale = True

    def _enable(self) -> None:
        chosen = self.current() is not None
        for button in (self._place, self._find, self._open):
            button.setEnabled(chosen)

    def _emit(self, signal: object) -> None:
        cell = self.current()
        if cell is not None:
            signal.emit(cell)  # type: ignore[attr-defined]

    def _open_current(self) -> None:
        cell = self.current()
        if cell is not None:
            self.open_requested.emit(cell.id)

    def _button(self, text: str, hint: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(hint)
        button.setEnabled(False)
        return button
