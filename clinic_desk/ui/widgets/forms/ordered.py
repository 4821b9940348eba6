"""A list whose rows can be put in another order with the mouse, with keys, and with buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from clinic_desk.ui.look.theme import DoctorColour, Theme
from clinic_desk.ui.look.tokens import over
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.announce import announce

Index = QModelIndex | QPersistentModelIndex
ENTRY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Row:
    """``id`` empty is a heading. Rows of one ``group`` (and ``level``) can change places;
    ``group`` empty stays where it is. ``tag`` is a word at the end ("not active"). A ``fixed`` row
    cannot be removed."""

    id: str
    title: str
    detail: str = ""
    badge: tuple[str, DoctorColour] | None = None
    stripe: str = ""
    group: str = ""
    level: int = 0
    muted: bool = False
    tag: str = ""
    icon: str = ""
    fixed: bool = False


class OrderedList(QListWidget):
    """``chosen`` carries a row's id. ``order_changed`` carries (group, ids in the new order); the
    rows move at once. Alt+Up and Alt+Down move the chosen row, as dragging it does; Delete emits
    ``remove_requested``."""

    chosen = Signal(str)
    order_changed = Signal(str, object)
    remove_requested = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._quiet = False
        self._pressed: QPoint | None = None
        self._dragged = ""
        self._gap: int | None = None
        self.setAccessibleName(name)
        self.setProperty("frameless", "true")
        self.setUniformItemSizes(False)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Delegate(theme, self))
        self.currentItemChanged.connect(self._on_current)
        theme.changed.connect(self.doItemsLayout)

    # contents

    def show_rows(self, rows: Sequence[Row], current: str = "") -> None:
        """The row of that id is the chosen one; nothing is emitted."""
        if self._dragged:
            return  # under somebody's pointer; the next change brings it
        self._quiet = True
        place = self.verticalScrollBar().value()
        known = [row.id for row in self.rows()]
        same = known == [row.id for row in rows]
        if same:
            for number, row in enumerate(rows):
                self._dress_item(self.item(number), row)
        else:
            self.clear()
            for row in rows:
                item = QListWidgetItem()
                self._dress_item(item, row)
                self.addItem(item)
        self._mark(current)
        if not same:
            self.verticalScrollBar().setValue(place)
            item = self.currentItem()
            if item is not None and current not in known:
                self.scrollToItem(item)  # the newest row, wherever it was put
        self._quiet = False

    def rows(self) -> list[Row]:
        return [self.item(n).data(ENTRY) for n in range(self.count())]

    def row_of(self, row_id: str) -> Row | None:
        return next((row for row in self.rows() if row.id == row_id), None)

    @property
    def current(self) -> str:
        item = self.currentItem()
        row: Row | None = item.data(ENTRY) if item is not None else None
        return row.id if row is not None else ""

    def mark(self, row_id: str) -> None:
        """Choose without ``chosen``."""
        self._quiet = True
        self._mark(row_id)
        self._quiet = False

    def _mark(self, row_id: str) -> None:
        for number, row in enumerate(self.rows()):
            if row.id == row_id and row_id:
                self.setCurrentRow(number)
                return
        self.setCurrentRow(-1)

    def _dress_item(self, item: QListWidgetItem, row: Row) -> None:
        item.setData(ENTRY, row)
        item.setText(row.title)
        item.setToolTip("\n".join(part for part in (row.title, row.detail) if part)[:400])
        told = ", ".join(part for part in (row.title, row.detail, row.tag) if part)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, told)
        enabled = Qt.ItemFlag.ItemIsEnabled
        item.setFlags(enabled | Qt.ItemFlag.ItemIsSelectable if row.id else enabled)

    # order

    def move_current(self, by: int) -> bool:
        """One place up (−1) or down (+1) among the rows of its group."""
        row = self.row_of(self.current)
        if row is None or not row.group:
            return False
        ids = [one.id for one in self.rows() if one.group == row.group]
        old = ids.index(row.id)
        new = min(max(old + by, 0), len(ids) - 1)
        if new == old:
            return False
        ids.insert(new, ids.pop(old))
        self._reorder(row.group, ids)
        announce(self, f"{row.title} is now number {new + 1} of {len(ids)}")
        return True

    def _reorder(self, group: str, ids: list[str]) -> None:
        """Rows under a moved row (of a deeper level) go with it."""
        rows, current = self.rows(), self.current
        blocks: dict[str, list[Row]] = {}
        head: str = ""
        level = 0
        for row in rows:
            if row.group == group:
                head, level = row.id, row.level
                blocks[head] = []
            elif head and (row.level <= level or not row.id):
                head = ""
            if head:
                blocks[head].append(row)
        moved = {row.id for block in blocks.values() for row in block}
        result: list[Row] = []
        placed = False
        for row in rows:
            if row.id not in moved or not row.id:
                result.append(row)
            elif not placed:
                placed = True
                for row_id in ids:
                    result.extend(blocks[row_id])
        self._dragged = ""
        self.show_rows(result, current)
        self.order_changed.emit(group, ids)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_current(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Delete and self.current:
            self.remove_requested.emit(self.current)
        elif event.key() == Qt.Key.Key_Escape and self._dragged:
            self._end_drag()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        spot = event.position().toPoint()
        if not self._dragged:
            far = (spot - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            item = self.itemAt(self._pressed)
            row: Row | None = item.data(ENTRY) if item is not None else None
            # a row that was not left for unsaved work is not the current one
            if not far or row is None or not row.group or row.id != self.current:
                return
            self._dragged = row.id
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._gap = self._gap_at(spot)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self._dragged:
            self._pressed = None
            super().mouseReleaseEvent(event)
            return
        dragged, gap = self.row_of(self._dragged), self._gap
        self._end_drag()
        if dragged is None or gap is None:
            return
        ids = [row.id for row in self.rows() if row.group == dragged.group]
        before = [row.id for row in self.rows()[:gap] if row.group == dragged.group]
        fresh = [one for one in before if one != dragged.id]
        fresh = [*fresh, dragged.id, *(one for one in ids if one not in (*fresh, dragged.id))]
        if fresh != ids:
            self._reorder(dragged.group, fresh)

    def _end_drag(self) -> None:
        self._dragged, self._gap, self._pressed = "", None, None
        self.unsetCursor()
        self.viewport().update()

    def _gap_at(self, spot: QPoint) -> int | None:
        """Before which row the dragged one would go; only where its own group is."""
        dragged = self.row_of(self._dragged)
        if dragged is None:
            return None
        rows = self.rows()
        mates = [n for n, row in enumerate(rows) if row.group == dragged.group]
        for place in mates:
            box = self.visualItemRect(self.item(place))
            end = next((n for n in mates if n > place), None)
            last = self.item((end or self._end_of(place)) - 1)
            foot = self.visualItemRect(last).bottom()
            if spot.y() < (box.top() + foot) // 2:
                return place
        return self._end_of(mates[-1])

    def _end_of(self, place: int) -> int:
        rows = self.rows()
        end = place + 1
        while end < len(rows) and rows[end].id and rows[end].level > rows[place].level:
            end += 1
        return end

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if self._dragged and self._gap is not None:
            at = min(self._gap, self.count() - 1)
            box = self.visualItemRect(self.item(at))
            y = box.top() if self._gap == at else box.bottom()
            painter = QPainter(self.viewport())
            painter.setPen(QPen(self._theme.tokens.accent, 2))
            painter.drawLine(8, y, self.viewport().width() - 8, y)

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if not self._quiet and item is not None:
            row: Row = item.data(ENTRY)
            if row.id:
                self.chosen.emit(row.id)


class _Delegate(QStyledItemDelegate):
    """Title with a badge or stripe, a line of detail in small type, a tag at the end."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802, ARG002
        row: Row = index.data(ENTRY)
        if not row.id:
            return QSize(80, self._theme.px(30))
        return QSize(80, self._theme.px(44 if row.detail else 34))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ENTRY)
        theme, tokens = self._theme, self._theme.tokens
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()

        def side(part: QRect) -> QRect:
            return QStyle.visualRect(option.direction, rect, part)

        if not row.id:
            painter.setFont(theme.font("grid", bold=True))
            painter.setPen(tokens.text2)
            paint.elided(painter, side(rect.adjusted(12, 6, -8, 0)), row.title)
            painter.restore()
            return
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, over(tokens.selected, tokens.window))
        left, right = rect.left() + 12 + 24 * row.level, rect.right() - 10
        middle = rect.center().y() + 1
        if row.badge is not None:
            box = QRect(left, middle - theme.px(8), theme.px(26), theme.px(16))
            paint.badge(painter, side(box), theme, *row.badge)
            left += theme.px(34)
        elif row.stripe:
            ink = theme.doctor_colour(row.stripe).stripe
            painter.fillRect(side(QRect(left, rect.top() + 7, 4, rect.height() - 14)), ink)
            left += 12
        elif row.icon:
            painter.drawPixmap(
                side(QRect(left, middle - 8, 16, 16)).topLeft(),
                theme.icon(row.icon, 16, tokens.text2),
            )
            left += 24
        if row.tag:
            painter.setFont(theme.font("caption"))
            painter.setPen(tokens.text3)
            width = QFontMetrics(theme.font("caption")).horizontalAdvance(row.tag) + 2
            box = side(QRect(right - width, rect.top(), width, rect.height()))
            paint.line(painter, box, row.tag, Qt.AlignmentFlag.AlignVCenter)
            right -= width + 8
        painter.setFont(theme.font("body"))
        painter.setPen(tokens.text3 if row.muted else tokens.text)
        whole = QRect(left, rect.top(), max(0, right - left), rect.height())
        if not row.detail:
            paint.elided(painter, side(whole), row.title)
        else:
            half = rect.height() // 2
            paint.elided(
                painter, side(QRect(left, rect.top() + 4, whole.width(), half - 2)), row.title
            )
            painter.setFont(theme.font("grid"))
            painter.setPen(tokens.text3)
            low = QRect(left, rect.top() + half, whole.width(), half - 3)
            paint.elided(painter, side(low), row.detail)
        if state & QStyle.StateFlag.State_HasFocus:
            paint.focus_ring(painter, rect, theme)
        painter.restore()
