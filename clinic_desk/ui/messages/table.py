"""The list of messages: groups under headings, ticks at the start, a badge, a state in words."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFrame,
    QStyle,
    QStyleOptionViewItem,
)

from clinic_desk.services.message_ports import MessageCard
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.messages.model import (
    CHANNEL,
    CHECK,
    COLUMNS,
    DOCTOR,
    DUE,
    PATIENT,
    ROW_ROLE,
    STATE,
    TEXT,
    WHAT,
    Heading,
    MessageModel,
    More,
    id_of,
)
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.forms.bits import badge_rect
from clinic_desk.ui.widgets.key_table import KeyTable
from clinic_desk.ui.widgets.reading import ReadingDelegate

Index = QModelIndex | QPersistentModelIndex
CHECK_WIDTH = 34
CHANNEL_WORDS_WIDTH = "WhatsApp"
PADDING = 20
BESIDE_ICON = 26
LEAST_TEXT, LEAST_NAME = 90, 150
"""Pixels, at usual letters, below which the words of a message say nothing: they are beside the
list anyhow, and names go before them."""

LOOKED_AT = 60
"""Rows whose words are measured."""


class MessageTable(KeyTable):
    """``more_wanted`` carries the key of the group of which more is to be read. ``scrolled``:
    other rows are on the screen."""

    keys = frozenset(
        {"Return", "Enter", "R", "E", "N", "O", "B", "Del", "/", "Space", "Ctrl+A", "1", "2", "3",
         "4", "5", "6", "7"}
    )  # fmt: skip
    more_wanted = Signal(str)
    scrolled = Signal()

    def __init__(self, theme: Theme, model: MessageModel) -> None:
        self.messages = model
        super().__init__(theme, model, "Messages")
        self.setItemDelegate(RowDelegate(self, theme))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("messageTable")
        self.setStyleSheet("#messageTable { border: 0; } QTableView::item { padding: 0 5px; }")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.all_box = QCheckBox(self.horizontalHeader())
        self.all_box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.all_box.setToolTip("Choose all that are listed (Ctrl+A)")
        self.all_box.setAccessibleName("Choose all messages that are listed")
        self.all_box.clicked.connect(model.tick_all)
        self.verticalScrollBar().valueChanged.connect(lambda _at: self._on_scroll())
        model.modelReset.connect(self._on_reset)
        model.checks_changed.connect(self.tell_ticks)
        self.horizontalHeader().sectionResized.connect(lambda *_sizes: self._place_box())

    # rows

    def _on_reset(self) -> None:
        """Headings and "more" take the whole width."""
        self.clearSpans()
        for at, row in enumerate(self.messages.rows):
            if isinstance(row, Heading | More):
                self.setSpan(at, 0, 1, len(COLUMNS))
        self.spread()
        self.tell_ticks()

    def tell_ticks(self) -> None:
        cards = len(self.messages.cards())
        ticked = len(self.messages.checked)
        self.all_box.setEnabled(cards > 0)
        self.all_box.setChecked(0 < cards == ticked)

    def visible_rows(self) -> range:
        """Rows on the screen, a few beyond both ends included."""
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        end = len(self.messages.rows)
        first = 0 if first < 0 else first
        last = end - 1 if last < 0 else last
        return range(max(0, first - 5), min(end, last + 6))

    def _on_scroll(self) -> None:
        self.scrolled.emit()
        rows = self.messages.rows
        # whoever reaches the end of the list wants to go on; a group in the middle is asked for
        if rows and isinstance(rows[-1], More) and len(rows) - 1 in self.visible_rows():
            self.more_wanted.emit(rows[-1].group.key)

    def moveCursor(  # noqa: N802
        self, action: KeyTable.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Over headings, which are not for choosing; by whole rows, so that the list never goes
        sideways. Home and End lead to the first and the last one."""
        rows, moves = self.messages.rows, self.CursorAction
        if action in (moves.MoveLeft, moves.MoveRight):
            return self.currentIndex()
        if action in (moves.MoveHome, moves.MoveEnd):
            at = 0 if action is moves.MoveHome else len(rows) - 1
        else:
            at = super().moveCursor(action, modifiers).row()
        step = -1 if action in (moves.MoveUp, moves.MovePageUp, moves.MovePrevious) else 1
        while 0 <= at < len(rows) and isinstance(rows[at], Heading):
            at += step
        if not 0 <= at < len(rows):
            return self.currentIndex()
        return self.messages.index(at, DUE)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        row = self.currentIndex().data(ROW_ROLE)
        pressed = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if pressed and isinstance(row, More):
            self.more_wanted.emit(row.group.key)
            return
        super().keyPressEvent(event)

    def choose(self, row_id: str) -> bool:
        """The row becomes the current one, without being scrolled to."""
        at = self.messages.row_of(row_id)
        if at < 0:
            return False
        flags = self.selectionModel().SelectionFlag
        index = self.messages.index(at, DUE)
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        return True

    # widths

    def spread(self) -> None:
        width = self.viewport().width()
        metrics = QFontMetrics(self.theme.font("body"))
        bold = QFontMetrics(self.theme.font("body", bold=True))
        px = self.theme.px
        wanted = {
            CHECK: px(CHECK_WIDTH),
            DUE: self._widest(DUE, bold, "00:00", px(150)) + PADDING,
            CHANNEL: metrics.horizontalAdvance(CHANNEL_WORDS_WIDTH) + BESIDE_ICON + PADDING,
            DOCTOR: px(38) + PADDING // 2,
            WHAT: self._widest(WHAT, metrics, "Reminder 24 h", px(150)) + PADDING,
            STATE: self._widest(STATE, metrics, "Delivered", px(190)) + BESIDE_ICON + PADDING,
        }
        name = self._widest(PATIENT, bold, "Patient", px(220)) + PADDING
        least = min(name, px(LEAST_NAME))
        left = width - sum(wanted.values())
        texts = left >= least + px(LEAST_TEXT)
        channels = texts or left >= least
        if not channels:
            left += wanted[CHANNEL]
        self.setColumnHidden(TEXT, not texts)
        self.setColumnHidden(CHANNEL, not channels)
        wanted[PATIENT] = min(name, left - px(LEAST_TEXT)) if texts else max(px(60), left)
        wanted[TEXT] = max(0, left - wanted[PATIENT])
        for column, wide in wanted.items():
            self.setColumnWidth(column, wide)
        self._place_box()

    def _widest(self, column: int, metrics: QFontMetrics, least: str, most: int) -> int:
        told = {least}
        for at in self.visible_rows()[:LOOKED_AT]:
            row: Any = self.messages.rows[at]
            if id_of(row):
                told.add(self.messages.text(row, column))
        return min(most, max(metrics.horizontalAdvance(one) for one in told))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._place_box()
        self.scrolled.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._place_box()

    def _place_box(self) -> None:
        if not hasattr(self, "all_box"):
            return
        header = self.horizontalHeader()
        size = self.all_box.sizeHint()
        wide = min(size.width(), header.sectionSize(CHECK) - 8)
        place = QRect(8, (header.height() - size.height()) // 2, wide, size.height())
        # it is the first one, and the header is never scrolled
        self.all_box.setGeometry(
            QStyle.visualRect(header.layoutDirection(), header.viewport().rect(), place)
        )


class RowDelegate(ReadingDelegate):
    """Headings over the whole width, "more" as a link, the doctor's badge; else as usual."""

    def __init__(self, table: MessageTable, theme: Theme) -> None:
        super().__init__(table)
        self._table, self._theme = table, theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, Heading | More):
            self._line(painter, option, row)
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen and index.column() == STATE:
            painter.fillRect(option.rect, self._theme.tokens.canvas)
            painter.fillRect(option.rect, self._theme.tokens.selected)
        super().paint(painter, option, index)
        if index.column() == DOCTOR and isinstance(row, MessageCard):
            self._badge(painter, option, row)
        tokens = self._theme.tokens
        if index.column() == CHECK and chosen and self._table.hasFocus():
            mark = QRect(option.rect.left(), option.rect.top(), 3, option.rect.height())
            if option.direction is Qt.LayoutDirection.RightToLeft:
                mark.moveRight(option.rect.right())
            painter.fillRect(mark, tokens.accent)
        bottom = QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1)
        painter.fillRect(bottom, tokens.grid_minor)

    def _badge(self, painter: QPainter, option: QStyleOptionViewItem, row: MessageCard) -> None:
        roster = self._table.messages.roster
        doctor = roster.doctors.get(row.message.doctor_id or "") if roster is not None else None
        if doctor is None:
            return
        theme = self._theme
        left = option.rect.left() + 4
        if option.direction is Qt.LayoutDirection.RightToLeft:
            left = option.rect.right() - 4 - theme.px(24)
        place = badge_rect(theme, left, option.rect.center().y())
        paint.badge(painter, place, theme, doctor.code, theme.doctor_colour(doctor.colour))

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        super().initStyleOption(option, index)
        if index.column() == DOCTOR:
            option.text = ""
        # one mark for the whole row is enough
        option.state &= ~QStyle.StateFlag.State_HasFocus
        if index.column() == STATE:  # a state keeps its colour where it is chosen
            option.state &= ~QStyle.StateFlag.State_Selected

    def _line(self, painter: QPainter, option: QStyleOptionViewItem, row: Heading | More) -> None:
        theme, tokens = self._theme, self._theme.tokens
        rect = option.rect
        painter.save()
        painter.setLayoutDirection(option.direction)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, tokens.canvas)
        painter.fillRect(rect, tokens.selected if selected else tokens.window)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.grid_major)
        inner = rect.adjusted(theme.px(12), 0, -theme.px(12), 0)
        if isinstance(row, More):
            painter.setFont(theme.font("body"))
            painter.setPen(tokens.accent)
            told = f"Show more · {row.left:,} left"
            paint.line(painter, inner, told, Qt.AlignmentFlag.AlignVCenter)
            painter.restore()
            return
        bold = theme.font("grid", bold=True)
        painter.setFont(bold)
        painter.setPen(getattr(tokens, row.group.ink))
        paint.line(painter, inner, row.group.title, Qt.AlignmentFlag.AlignVCenter)
        wide = QFontMetrics(bold).horizontalAdvance(row.group.title) + 8
        beside = inner.adjusted(wide, 0, 0, 0)
        if option.direction is Qt.LayoutDirection.RightToLeft:
            beside = inner.adjusted(0, 0, -wide, 0)
        painter.setFont(theme.font("grid"))
        painter.setPen(tokens.text2)
        paint.line(painter, beside, f"{row.group.count:,}", Qt.AlignmentFlag.AlignVCenter)
        painter.restore()
