"""Who changed what: the list beside the grid, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.services.past_views import PastChange
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.row_painting import paint_ground
from clinic_desk.ui.past import telling

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 30
EDGE, GAP = 12, 2


@dataclass(frozen=True, slots=True)
class Row:
    """One change in words."""

    change: PastChange
    when: str
    subject: str
    who: str
    deed: str

    @property
    def sentence(self) -> str:
        return f"{self.when}, {self.subject}: {self.who} {self.deed}"


class ChangeModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []

    def show(self, changes: Sequence[PastChange], roster: Roster, zone: str, now: datetime) -> None:
        """``changes`` oldest first."""
        today = words.local(now, zone).date()
        self.beginResetModel()
        self.rows = [
            Row(
                change,
                telling.when(change.moment, zone, today),
                telling.subject(change, roster),
                telling.who(change),
                telling.deed(change, roster, zone),
            )
            for change in reversed(changes)
        ]
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        return row.sentence if role in spoken else None

    def find(self, visit_id: Id) -> int:
        """The newest change of that visit; −1 when it has none here."""
        found = (n for n, r in enumerate(self.rows) if r.change.event.subject_id == visit_id)
        return next(found, -1)


class ChangeDelegate(QStyledItemDelegate):
    """Whose time and when, then who did it, then what, as many lines as it needs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def _lines(self, width: int, row: Row) -> tuple[int, int]:
        """Heights of one line of the head, and of the deed at that width."""
        theme = self._theme
        head = QFontMetrics(theme.font("body", bold=True)).height()
        room = QRect(0, 0, max(40, width - 2 * EDGE), 4000)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeading)
        deed = QFontMetrics(theme.font("grid")).boundingRect(room, flags, row.deed)
        return head, deed.height()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        row = index.data(ROW_ROLE)
        view = option.widget
        width = view.viewport().width() if isinstance(view, QAbstractItemView) else 320
        if not isinstance(row, Row):
            return QSize(width, 0)
        head, deed = self._lines(width, row)
        caption = QFontMetrics(self._theme.font("caption")).height()
        return QSize(width, 6 + head + GAP + deed + GAP + caption + 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return
        theme, tokens, rect = self._theme, self._theme.tokens, option.rect
        painter.save()
        paint_ground(painter, option, theme)
        head, deed = self._lines(rect.width(), row)
        area = rect.adjusted(EDGE, 6, -EDGE, 0)
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        # a sentence keeps its own direction, and so its quotation marks
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        start = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        far = Qt.AlignmentFlag.AlignLeft if mirrored else Qt.AlignmentFlag.AlignRight
        absolute, middle = Qt.AlignmentFlag.AlignAbsolute, Qt.AlignmentFlag.AlignVCenter
        top = QRect(area.left(), area.top(), area.width(), head)
        painter.setFont(theme.font("grid"))
        painter.setPen(tokens.text2)
        clock = QFontMetrics(painter.font()).horizontalAdvance(row.when) + 8
        painter.drawText(top, int(far | absolute | middle), row.when)
        bold = theme.font("body", bold=True)
        painter.setFont(bold)
        painter.setPen(tokens.text)
        room = top.width() - clock
        shown = QFontMetrics(bold).elidedText(row.subject, Qt.TextElideMode.ElideRight, room)
        left = top.left() + clock if mirrored else top.left()
        painter.drawText(QRect(left, top.top(), room, head), int(start | absolute | middle), shown)
        painter.setFont(theme.font("grid"))
        below = QRect(area.left(), top.bottom() + 1 + GAP, area.width(), deed)
        wrap = Qt.TextFlag.TextWordWrap
        painter.drawText(below, int(start | absolute) | int(wrap), row.deed)
        small = theme.font("caption")
        painter.setFont(small)
        painter.setPen(tokens.text2)
        metrics = QFontMetrics(small)
        last = QRect(area.left(), below.bottom() + 1 + GAP, area.width(), metrics.height())
        who = metrics.elidedText(row.who, Qt.TextElideMode.ElideRight, last.width())
        painter.drawText(last, int(start | absolute | middle), who)
        painter.restore()


class ChangeList(QListView):
    """``pointed`` carries the change that was clicked, walked to or chosen by Enter; ``opened``
    the one whose visit is asked for."""

    pointed = Signal(object)
    opened = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = ChangeModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(ChangeDelegate(theme, self))
        self.setAccessibleName("Who changed what")
        self.setObjectName("pastChanges")
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(False)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.clicked.connect(lambda index: self._tell(self.pointed, index))
        self.doubleClicked.connect(lambda index: self._tell(self.opened, index))
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    def current(self) -> PastChange | None:
        row = self.currentIndex().data(ROW_ROLE)
        return row.change if isinstance(row, Row) else None

    def point_at(self, row: int) -> None:
        index = self.rows.index(row, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def _tell(self, signal: Any, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, Row):
            signal.emit(row.change)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        before = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            opening = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            self._tell(self.opened if opening else self.pointed, self.currentIndex())
            return
        if event.key() in _WALK:
            super().keyPressEvent(event)
            if self.currentIndex().row() != before:
                self._tell(self.pointed, self.currentIndex())
            return
        # a letter is the page's: this list is no place to type a name
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


_WALK = frozenset(
    {
        Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)  # fmt: skip
