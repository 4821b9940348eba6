"""The list of doctors (or rooms): who is shown, and how full their day is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from clinic_desk.domain.ids import Id
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import pattern_of
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.worded_menu import WordedMenu

Index = QModelIndex | QPersistentModelIndex
ROW = 28


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """``booked``/``capacity`` in the units of the availability engine; ``capacity`` 0 means that
    nothing is known or the doctor does not work that day."""

    id: Id
    name: str
    code: str = ""
    colour: str = ""
    pattern: str = "solid"
    booked: int = 0
    capacity: int = 0
    note: str = ""


class ColumnModel(QAbstractListModel):
    """Check state means shown. ``toggled`` carries id and the wanted state; the model itself only
    translates."""

    toggled = Signal(str, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ColumnRow] = []
        self._hidden: frozenset[Id] = frozenset()

    def show(self, rows: Sequence[ColumnRow], hidden: frozenset[Id]) -> None:
        same = [row.id for row in rows] == [row.id for row in self.rows]
        if same:
            self.rows, self._hidden = list(rows), hidden
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows, self._hidden = list(rows), hidden
        self.endResetModel()

    def is_shown(self, row: int) -> bool:
        return self.rows[row].id not in self._hidden

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.CheckStateRole:
            shown = self.is_shown(index.row())
            return Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            load = f", {row.booked} of {row.capacity} booked" if row.capacity else ""
            note = f", {row.note}" if row.note else ""
            return f"{row.name}{load}{note}"
        return None

    def setData(  # noqa: N802
        self, index: Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)
    ) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        shown = Qt.CheckState(value) is Qt.CheckState.Checked
        self.toggled.emit(self.rows[index.row()].id, shown)
        return True


class ColumnDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802, ARG002
        return QSize(100, self._theme.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(row, ColumnRow):
            return
        theme, tokens = self._theme, self._theme.tokens
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        shown = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
        painter.save()

        def side(part: QRect) -> QRect:
            """Mirrored where the interface reads from right to left."""
            return QStyle.visualRect(option.direction, rect, part)

        if state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, tokens.hatch)
        middle = rect.center().y() + 1
        box = QRect(rect.left() + 16, middle - 8, 16, 16)
        self._paint_box(painter, side(box), shown=shown)
        left, right = rect.left() + 40, rect.right() - 15
        if row.code:
            colour = theme.doctor_colour(row.colour, pattern_of(row.pattern))
            spot = side(QRect(left, middle - 8, 24, 16))
            paint.badge(painter, spot, theme, row.code, colour)
            left += 33
        if row.code:
            painter.setFont(theme.font("grid"))
            painter.setPen(tokens.text2)
            figures = f"{row.booked}/{row.capacity}" if row.capacity else (row.note or "–")
            width = max(theme.px(38), painter.fontMetrics().horizontalAdvance(figures))
            box = QRect(right - width, rect.top(), width, rect.height())
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(side(box), flags, figures)
            right -= theme.px(38) if width <= theme.px(38) else width
            if row.capacity:
                bar = QRect(right - 26, middle - 2, 24, 4)
                stripe = theme.doctor_colour(row.colour).stripe
                paint.load_bar(painter, side(bar), theme, row.booked / row.capacity, stripe)
                right -= 32
            else:
                right -= 6
        painter.setFont(theme.font("body"))
        painter.setPen(tokens.text if shown else tokens.text2)
        name = QRect(left, rect.top(), right - left, rect.height())
        paint.elided(painter, side(name), row.name)
        if state & QStyle.StateFlag.State_HasFocus:
            paint.focus_ring(painter, rect.adjusted(8, 1, -8, -1), theme)
        painter.restore()

    def _paint_box(self, painter: QPainter, rect: QRect, *, shown: bool) -> None:
        tokens = self._theme.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.accent if shown else tokens.control_border, 1))
        painter.setBrush(tokens.accent if shown else tokens.canvas)
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if shown:
            tick = self._theme.icon("check", 12, tokens.on_accent)
            painter.drawPixmap(rect.x() + 2, rect.y() + 2, tick)
        painter.restore()


class ColumnList(QListView):
    """Click or Space shows and hides; double click or Enter shows only this one.

    ``only_requested`` carries an id. As high as its rows, and scrolls when there is less room."""

    only_requested = Signal(str)
    all_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.columns = ColumnModel(self)
        self.setModel(self.columns)
        self.setItemDelegate(ColumnDelegate(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setStyleSheet(
            "QListView { background: transparent; border: 0; }"
            "QListView:focus { border: 0; } QListView::item { padding: 0; }"
        )
        self.columns.modelReset.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, max(1, self.columns.rowCount()) * self._theme.px(ROW) + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        rows = min(3, max(1, self.columns.rowCount()))
        return QSize(100, rows * self._theme.px(ROW) + 2)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            self.setCurrentIndex(index)
            self._toggle(index)
            return
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.only_requested.emit(self.columns.rows[index.row()].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and index.isValid():
            self._toggle(index)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.only_requested.emit(self.columns.rows[index.row()].id)
        elif event.key() == Qt.Key.Key_Menu or (
            event.key() == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        ):
            self._menu(index, self.viewport().mapToGlobal(self.visualRect(index).center()))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusIn and not self.currentIndex().isValid():
            self.setCurrentIndex(self.columns.index(0))
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        self._menu(self.indexAt(event.pos()), event.globalPos())

    def _menu(self, index: QModelIndex, at: QPoint) -> None:
        if not index.isValid():
            return
        row = self.columns.rows[index.row()]
        shown = self.columns.is_shown(index.row())
        menu = WordedMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        only = menu.addAction(f"Show only {row.name}")
        only.triggered.connect(lambda: self.only_requested.emit(row.id))
        word = "Hide" if shown else "Show"
        menu.addAction(f"{word} {row.name}").triggered.connect(lambda: self._toggle(index))
        menu.addAction("Show all").triggered.connect(self.all_requested)
        menu.popup(at)

    def _toggle(self, index: QModelIndex) -> None:
        shown = self.columns.is_shown(index.row())
        state = Qt.CheckState.Unchecked if shown else Qt.CheckState.Checked
        self.columns.setData(index, state, int(Qt.ItemDataRole.CheckStateRole))
