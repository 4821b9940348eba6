"""The list of the dates of a series, with its inline buttons, by click and by one key each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.models.occurrences import KEYS, Deed, Row
from clinic_desk.ui.models.row_painting import Ink, paint_ground, paint_tag
from clinic_desk.ui.widgets import paint

Index = QModelIndex | QPersistentModelIndex
HEIGHT = 30
LEAST_TOLD = 96
"""Pixels of a verdict, or its buttons stand on a line of their own."""
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class OccurrenceRows(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []

    def show(self, rows: Sequence[Row]) -> None:
        if [r.key for r in rows] == [r.key for r in self.rows]:
            self.rows = list(rows)
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.whole
        return None


class OccurrencePainter(QStyledItemDelegate):
    """Date, time, verdict in icon and words, buttons with their keys at the end."""

    def __init__(self, theme: Theme, view: OccurrenceList) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view
        self.hot: tuple[str, str] = ("", "")

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        row = index.data(ROW_ROLE)
        high = self._theme.px(HEIGHT)
        two = isinstance(row, Row) and self._in_two(row, self._view.viewport().width())
        return QSize(200, 2 * high - self._theme.px(4) if two else high)

    def _in_two(self, row: Row, width: int) -> bool:
        """Whether the buttons stand below the date, for beside it they would leave the verdict no
        room."""
        theme = self._theme
        metrics = QFontMetrics(theme.font("grid"))
        buttons = sum(self._wide(deed, metrics) + theme.px(6) for deed in row.deeds)
        bold = QFontMetrics(theme.font("grid", bold=True)).horizontalAdvance
        date = bold("Wed 28 Nov 2026") + bold("00:00") + theme.px(56)
        return len(row.deeds) > 1 and date + theme.px(LEAST_TOLD) + buttons > width

    def _wide(self, deed: Deed, metrics: QFontMetrics) -> int:
        wide = metrics.horizontalAdvance(deed.label) + self._theme.px(16)
        return wide + paint.key_cap_width(self._theme, KEYS[deed.name]) + 4

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return
        theme, tokens = self._theme, self._theme.tokens
        painter.save()
        paint_ground(painter, option, theme, framed=self._view.hasFocus())
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        spots = self.spots(row, option.rect)
        for deed in row.deeds:
            self._button(painter, spots[deed.name], deed, row, selected=selected)
        area = option.rect.adjusted(theme.px(10), 0, -theme.px(8), 0)
        mirrored = self._view.isRightToLeft()
        if self._in_two(row, option.rect.width()):
            area.setHeight(theme.px(HEIGHT))
        elif spots and mirrored:
            area.setRight(option.rect.right() - self._end(spots, option.rect) - theme.px(8))
        elif spots:
            area.setRight(min(rect.left() for rect in spots.values()) - theme.px(8))
        if row.mark:
            width = QFontMetrics(theme.font("caption")).horizontalAdvance(row.mark) + 10
            tag = QRect(area.right() - width, area.top(), width, area.height())
            tag = self._turned(tag, option.rect)
            paint_tag(painter, tag, theme, row.mark, tokens.warn)
            area.setRight(area.right() - width - 8)
        bold, plain = theme.font("grid", bold=True), theme.font("grid")
        struck = QFont(theme.font("grid"))  # the theme lends its own
        struck.setStrikeOut(row.struck)
        ink = Ink(painter, area, option.rect)
        wide = QFontMetrics(bold).horizontalAdvance
        quiet = tokens.text3 if row.struck else tokens.text
        ink.text(row.day, struck, quiet, width=wide("Wed 28 Nov 2026"), gap=theme.px(6))
        ink.text(row.clock, struck if row.struck else bold, quiet, width=wide("00:00"), gap=10)
        side = theme.px(16)
        colour = getattr(tokens, row.tone)
        ink.icon(theme.icon(row.icon, side, colour), side, theme.px(6))
        told = tokens.refuse if row.tone == "refuse" else tokens.text2
        ink.text(row.told, plain, told)
        painter.restore()

    def spots(self, row: Row, rect: QRect) -> dict[str, QRect]:
        """Where the buttons are, in their order at the end where reading ends."""
        theme = self._theme
        metrics = QFontMetrics(theme.font("grid"))
        high, right = theme.px(22), rect.right() - theme.px(8)
        middle = rect.center().y()
        if self._in_two(row, rect.width()):
            middle = rect.bottom() - theme.px(HEIGHT) // 2
        found = {}
        for deed in reversed(row.deeds):
            width = self._wide(deed, metrics)
            spot = QRect(right - width, middle - high // 2 + 1, width, high)
            found[deed.name] = self._turned(spot, rect)
            right -= width + theme.px(6)
        return found

    def _turned(self, box: QRect, rect: QRect) -> QRect:
        """As the view reads."""
        return QStyle.visualRect(self._view.layoutDirection(), rect, box)

    @staticmethod
    def _end(spots: dict[str, QRect], rect: QRect) -> int:
        """Pixels that the buttons of a mirrored row take."""
        return max(spot.right() for spot in spots.values()) - rect.left()

    def _button(
        self, painter: QPainter, rect: QRect, deed: Deed, row: Row, *, selected: bool
    ) -> None:
        theme, tokens = self._theme, self._theme.tokens
        hot = self.hot == (row.key, deed.name) and not deed.barred
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = tokens.off if deed.barred else tokens.canvas
        painter.setBrush(mix(tokens.text, tokens.canvas, 0.08) if hot else ground)
        framed = selected and not deed.barred
        painter.setPen(QPen(tokens.accent if framed else tokens.control_border, 1))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(theme.font("grid"))
        painter.setPen(tokens.text3 if deed.barred else tokens.text)
        cap = paint.key_cap_width(theme, KEYS[deed.name])
        words = self._turned(rect.adjusted(theme.px(8), 0, -cap - theme.px(8), 0), rect)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), deed.label)
        where = QRect(
            rect.right() - cap - theme.px(4), rect.center().y() - theme.px(8) + 1, cap, theme.px(16)
        )
        paint.key_cap(painter, self._turned(where, rect), theme, KEYS[deed.name])


class OccurrenceList(QListView):
    """``acted`` carries the name of a deed and the key of its row; ``barred`` the reason when the
    deed is not this person's; ``all_asked`` the wish to have
    the nearest place for every date that clashes; ``went_on`` Enter; ``row_changed`` the row that
    has the cursor, or None."""

    acted = Signal(str, object)
    barred = Signal(str)
    all_asked = Signal()
    went_on = Signal()
    row_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._waiting = False
        self._ahead: list[tuple[str, str]] = []
        self.rows = OccurrenceRows(self)
        self.setModel(self.rows)
        self.painter = OccurrencePainter(theme, self)
        self.setItemDelegate(self.painter)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName("Dates of the series")
        self.selectionModel().currentChanged.connect(lambda: self.row_changed.emit(self.current))
        theme.changed.connect(self._dress)

    @property
    def current(self) -> Row | None:
        found = self.currentIndex().data(ROW_ROLE)
        return found if isinstance(found, Row) else None

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Keeps the cursor on its date, and the scrolled place."""
        kept = self.current
        self.rows.show(rows)
        if kept is not None and self.current is None:
            self.choose(kept.key) or self.choose_visit(kept.visit_id)
        if self.current is None and rows:
            self._go(0)
        self.row_changed.emit(self.current)

    def choose(self, key: str) -> bool:
        return self._find(lambda row: row.key == key)

    def choose_visit(self, visit_id: str) -> bool:
        return bool(visit_id) and self._find(lambda row: row.visit_id == visit_id)

    def to_clash(self) -> bool:
        """The cursor onto the next date that clashes, from here on and then from the top; False
        when all stand."""
        here = max(0, self.currentIndex().row())
        count = len(self.rows.rows)
        for step in range(count):
            place = (here + step) % count
            if self.rows.rows[place].tone == "refuse":
                self._go(place)
                return True
        return False

    def _find(self, fits: Any) -> bool:
        for place, row in enumerate(self.rows.rows):
            if fits(row):
                self._go(place)
                return True
        return False

    def _go(self, place: int) -> None:
        self.setCurrentIndex(self.rows.index(place))
        self.scrollTo(self.rows.index(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.went_on.emit()
            return
        letter = event.text().upper()
        row = self.current
        if letter and not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            if self._waiting and letter.isalnum():
                self._ahead.append((row.key if row is not None else "", letter))
                return
            if self._press(letter) or letter.isalnum():
                return  # no search by letters among dates
        super().keyPressEvent(event)

    def _press(self, letter: str) -> bool:
        row = self.current
        if letter == "A":
            self.all_asked.emit()
            return True
        for deed in row.deeds if row is not None else ():
            if KEYS[deed.name] == letter:
                self._do(deed.name, row)
                return True
        return False

    def _do(self, name: str, row: Row | None) -> None:
        why = next((d.barred for d in (row.deeds if row else ()) if d.name == name), "")
        if why:
            self.barred.emit(why)
        else:
            self.acted.emit(name, row)

    def wait(self, waiting: bool) -> None:
        """While it waits, the rows are about to be others: what is typed is kept with its row, and
        done when they are there."""
        self._waiting = waiting
        while self._ahead and not self._waiting:
            key, letter = self._ahead.pop(0)
            if self.choose(key):
                self._press(letter)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mousePressEvent(event)
        found = self._deed_at(event)
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            row, name = found
            self._do(name, row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        found = self._deed_at(event)
        hot = (found[0].key, found[1]) if found is not None else ("", "")
        if hot != self.painter.hot:
            self.painter.hot = hot
            shape = Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self.painter.hot = ("", "")
        self.viewport().update()
        super().leaveEvent(event)

    def spot(self, key: str, name: str) -> QRect | None:
        """Where a button is in the viewport."""
        for place, row in enumerate(self.rows.rows):
            if row.key == key:
                return self.painter.spots(row, self.visualRect(self.rows.index(place))).get(name)
        return None

    def _deed_at(self, event: QMouseEvent) -> tuple[Row, str] | None:
        at = event.position().toPoint()
        index = self.indexAt(at)
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return None
        for name, rect in self.painter.spots(row, self.visualRect(index)).items():
            if rect.contains(at):
                return row, name
        return None

    def _dress(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
