"""The table of the absence planner: was → proposed → why, with what can be done about each."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QToolTip,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.planning.plan_paint import Column, RowPainter, tick_box
from clinic_desk.ui.planning.plan_rows import PlanBook, PlanRow, RowState, day_and_clock
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.headed_model import HeadedModel, Index

HEADS = ("", "Patient", "Visit", "Was", "Proposed", "Why this one", "")
WIDE = 1000
"""Pixels from which each fact has a column of its own; narrower rows have two lines."""


class PlanModel(HeadedModel):
    """Words of each cell for the tables of assistive technology; the rows for the painter."""

    headings = HEADS

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[PlanRow] = []
        self.roster: Roster | None = None
        self.year = 0

    def show(self, book: PlanBook, roster: Roster, year: int) -> None:
        """``year`` is this year: dates of others say theirs."""
        same = [row.id for row in self.rows] == [row.id for row in book.rows]
        self.roster, self.year = roster, year
        if same:
            self.rows = list(book.rows)
            self.said_anew()
            return
        self.beginResetModel()
        self.rows = list(book.rows)
        self.endResetModel()

    def listed(self) -> int:
        return len(self.rows)

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid() or self.roster is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(self.rows[index.row()], Column(index.column()))
        return None

    def _words(self, row: PlanRow, column: Column) -> str:
        assert self.roster is not None
        if column is Column.TICK:
            return "accepted" if row.state is RowState.MOVED else "not accepted"
        if column is Column.PATIENT:
            return CURTAIN.name(row.visit)
        if column is Column.VISIT:
            return self.visit_words(row)
        if column is Column.WAS:
            day, clock = day_and_clock(
                self.roster, row.visit.start, row.visit.location_id, self.year
            )
            return f"{day} {clock}"
        if column is Column.PROPOSED:
            return self.place_words(row)
        if column is Column.WHY:
            return row.why()
        return ""

    def visit_words(self, row: PlanRow) -> str:
        """ "Consultation · 45 min"."""
        minutes = round((row.visit.end - row.visit.start).total_seconds() / 60)
        return f"{row.visit.type_name or 'Visit'} · {minutes} min"

    def place_words(self, row: PlanRow) -> str:
        """ "Tue 1 Dec 08:00, Dr Petra Vogel", or what there is instead of a place."""
        assert self.roster is not None
        if row.state is RowState.PARKED:
            return "on the shelf"
        if row.state is RowState.LISTED:
            return "on the waiting list"
        place = row.now if row.state is RowState.MOVED else row.slot
        if place is None:
            return "no slot found" if row.looked else ""
        day, clock = day_and_clock(self.roster, place.start, place.location_id, self.year)
        doctor = self.roster.doctors.get(place.doctor_id)
        return f"{day} {clock}, {doctor.name}" if doctor is not None else f"{day} {clock}"


NOT_YET = "Approve the time off first; then its visits move."


class _Head(QHeaderView):
    """The head of the first column is the box that accepts everything."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.ticked, self.able = False, False
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(10)

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:  # noqa: N802
        painter.save()
        super().paintSection(painter, rect, index)
        painter.restore()
        if index == int(Column.TICK):
            tick_box(painter, self._theme, rect, on=self.ticked, able=self.able)


class PlanTable(QTableView):
    """``acted`` carries what was asked (accept, other, shelf, undo) and the visit's id; ``chosen``
    the id of the row that has the cursor; ``all_asked`` the box in the head."""

    acted = Signal(str, str)
    chosen = Signal(str)
    all_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows = PlanModel(self)
        self.setModel(self.rows)
        self.painter = RowPainter(theme, self)
        self.setItemDelegate(self.painter)
        self.head = _Head(theme, self)
        self.setHorizontalHeader(self.head)
        self.head.sectionClicked.connect(self._head_clicked)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setProperty("frameless", True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setAccessibleName("Visits that the absence hits")
        self.selectionModel().currentRowChanged.connect(self._row_changed)
        theme.changed.connect(self._dress)
        self._dress()

    def show_book(self, book: PlanBook, roster: Roster, year: int, *, allowed: bool = True) -> None:
        """Keeps the cursor on its visit. ``allowed``: the absence stands, visits may be moved."""
        self.painter.allowed = self.head.able = allowed
        kept, place = self.current_id(), self.currentIndex().row()
        self.rows.show(book, roster, year)
        counts = book.counts()
        self.head.ticked = counts.all > 0 and counts.moved == counts.all
        self.head.viewport().update()
        if kept and not self.choose(kept) and self.rows.rows:
            self._go(min(max(0, place), len(self.rows.rows) - 1))

    def current_id(self) -> Id:
        row = self.currentIndex().row()
        return self.rows.rows[row].id if 0 <= row < len(self.rows.rows) else ""

    def choose(self, row_id: Id) -> bool:
        """The cursor onto a visit; False when it is not in the table."""
        for place, row in enumerate(self.rows.rows):
            if row.id == row_id:
                if self.currentIndex().row() != place:
                    self._go(place)
                return True
        return False

    def _go(self, place: int) -> None:
        self.setCurrentIndex(self.rows.index(place, int(Column.PATIENT)))

    def action_rect(self, row_id: Id, action: str) -> QRect:
        """Where a button of a row is, in the viewport's pixels; empty when it has none."""
        for place, row in enumerate(self.rows.rows):
            if row.id == row_id:
                return self._spots(place).get(action, QRect())
        return QRect()

    def _spots(self, place: int) -> dict[str, QRect]:
        row = self.rows.rows[place]
        cell = self.visualRect(self.rows.index(place, int(Column.ACTIONS)))
        spots = self.painter.spots(row, cell)
        tick = self.visualRect(self.rows.index(place, int(Column.TICK)))
        if row.state is RowState.MOVED:
            spots["untick"] = tick
        elif row.slot is not None:
            spots["tick"] = tick
        return spots

    def _at(self, event: QMouseEvent) -> tuple[str, Id]:
        here = event.position().toPoint()
        index = self.indexAt(here)
        if not index.isValid():
            return "", ""
        row_id = self.rows.rows[index.row()].id
        for action, rect in self._spots(index.row()).items():
            if rect.contains(here):
                return action, row_id
        return "", row_id

    def _able(self, action: str) -> bool:
        return self.painter.able({"tick": "accept", "untick": "undo"}.get(action, action))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        action, row_id = self._at(event)
        hot = (action, row_id) if action else ("", "")
        if hot != self.painter.hot:
            self.painter.hot = hot
            self.viewport().update()
        able = bool(action) and self._able(action)
        shape = Qt.CursorShape.PointingHandCursor if able else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        action, row_id = self._at(event)
        if action:
            plain = {"tick": "accept", "untick": "undo"}.get(action, action)
            self.acted.emit(plain, row_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Only what walks; all other keys are the page's."""
        walks = (
            Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
            Qt.Key.Key_Home, Qt.Key.Key_End,
        )  # fmt: skip
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.rows.rows:
            self._go(0 if event.key() == Qt.Key.Key_Home else len(self.rows.rows) - 1)
        elif event.key() in walks:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Space and self.current_id():
            row = self.rows.rows[self.currentIndex().row()]
            self.acted.emit("undo" if row.state is RowState.MOVED else "accept", row.id)
        else:
            event.ignore()

    def viewportEvent(self, event: Any) -> bool:  # noqa: N802
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            words = str(index.data() or "") if index.isValid() else ""
            spots = self._spots(index.row()) if index.isValid() else {}
            hit = next((name for name, rect in spots.items() if rect.contains(event.pos())), "")
            if hit and not self._able(hit):
                words = NOT_YET
            QToolTip.showText(event.globalPos(), as_text(words), self)
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Names and reasons share what the fixed columns leave."""
        px, width = self._theme.px, self.viewport().width()
        narrow = self.painter.narrow = width < px(WIDE)
        for column in (Column.VISIT, Column.WHY):
            self.setColumnHidden(int(column), narrow)
        self.verticalHeader().setDefaultSectionSize(px(46 if narrow else 36))
        if narrow:
            widths = {Column.TICK: px(36), Column.WAS: px(98), Column.ACTIONS: px(138)}
            shares = {Column.PATIENT: 0.44, Column.PROPOSED: 0.56}
        else:
            widths = {
                Column.TICK: px(40),
                Column.WAS: px(172),
                Column.PROPOSED: px(178),
                Column.ACTIONS: px(200),
            }
            shares = {Column.PATIENT: 0.32, Column.VISIT: 0.32, Column.WHY: 0.36}
        rest = max(px(240), width - sum(widths.values()))
        for column, share in shares.items():
            widths[column] = int(rest * share)
        for column, size in widths.items():
            self.setColumnWidth(int(column), size)

    def _row_changed(self, current: Index, _before: Index) -> None:
        self.viewport().update()
        row = current.row()
        self.chosen.emit(self.rows.rows[row].id if 0 <= row < len(self.rows.rows) else "")

    def _head_clicked(self, section: int) -> None:
        if section == int(Column.TICK):
            self.all_asked.emit()

    def _dress(self) -> None:
        self._fit()
        self.viewport().update()
