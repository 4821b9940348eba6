"""Two entries side by side: for each field a click or ←/→ says whose value is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from clinic_desk.services.patient_merge import FieldChoice, Side, Standing
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import over
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.headed_model import HeadedModel, Index

CHOICE_ROLE = int(Qt.ItemDataRole.UserRole) + 60
LABEL, KEPT, OTHER = range(3)
TAKEN = {KEPT: Side.KEPT, OTHER: Side.OTHER}
ROW = 32
STANDING_WORDS = {
    Standing.SAME: "the same", Standing.ONE: "only one has it", Standing.DIFFERS: "they differ",
}  # fmt: skip


class ChoiceModel(HeadedModel):
    def __init__(self, text: Callable[[str, object], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self.choices: list[FieldChoice] = []
        self.headings = ("Field", "", "")

    def show(self, choices: Sequence[FieldChoice], names: tuple[str, str]) -> None:
        """``names`` head the columns of the kept entry and the other."""
        self.beginResetModel()
        self.choices, self.headings = list(choices), ("Field", *names)
        self.endResetModel()

    def take(self, row: int, side: Side) -> None:
        if 0 <= row < len(self.choices):
            self.choices[row] = self.choices[row].on(side)
            self.dataChanged.emit(self.index(row, 0), self.index(row, OTHER))

    def swapped(self) -> list[FieldChoice]:
        """The same decisions, seen with the other entry as the one that stays."""
        turned = {Side.KEPT: Side.OTHER, Side.OTHER: Side.KEPT, Side.BOTH: Side.BOTH}
        return [
            replace(one, kept=one.other, other=one.kept, side=turned[one.side])
            for one in self.choices
        ]

    @property
    def differing(self) -> int:
        return sum(one.standing is Standing.DIFFERS for one in self.choices)

    def listed(self) -> int:
        return len(self.choices)

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not 0 <= index.row() < len(self.choices):
            return None
        one = self.choices[index.row()]
        if role == CHOICE_ROLE:
            return one
        value = (one.label, one.kept, one.other)[index.column()]
        text = one.label if index.column() == LABEL else self._text(one.name, value)
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            if index.column() == LABEL:
                return self._about(one)
            return text or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            taken = self.taken(one, index.column())
            state = "" if index.column() == LABEL else ", kept" if taken else ", not kept"
            return f"{one.label}, {text or 'nothing'}{state}, {self._about(one)}"
        return None

    @staticmethod
    def _about(one: FieldChoice) -> str:
        why = f"; proposed: {one.why}" if one.why else ""
        return f"{STANDING_WORDS[one.standing]}{why}"

    @staticmethod
    def taken(one: FieldChoice, column: int) -> bool:
        return one.side is Side.BOTH or one.side is TAKEN.get(column)


class _Cell(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QTableView) -> None:
        super().__init__(parent)
        self._theme, self._table = theme, parent

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        return QSize(120, self._theme.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one = index.data(CHOICE_ROLE)
        if not isinstance(one, FieldChoice):
            return
        theme, tokens, rect = self._theme, self._theme.tokens, option.rect
        painter.save()
        painter.setLayoutDirection(option.direction)
        painter.fillRect(rect, tokens.canvas)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.grid_minor)

        def place(left: int, width: int) -> QRect:
            box = QRect(rect.left() + left, rect.top(), width, rect.height())
            return QStyle.visualRect(option.direction, rect, box)

        icon = theme.px(14)
        same = one.standing is Standing.SAME
        if index.column() == LABEL:
            if one.standing is Standing.DIFFERS:
                spot = place(8, icon).topLeft()
                spot.setY(rect.center().y() - icon // 2)
                painter.drawPixmap(spot, theme.icon("warn", icon))
            painter.setFont(theme.font("grid", bold=one.standing is Standing.DIFFERS))
            painter.setPen(tokens.text2)
            left = 8 + icon + 8
            paint.elided(painter, place(left, rect.width() - left - 4), one.label)
        else:
            taken = ChoiceModel.taken(one, index.column()) and not same
            text = CURTAIN.hidden(str(index.data() or ""))
            if taken:
                painter.fillRect(rect.adjusted(2, 2, -2, -3), over(tokens.selected, tokens.canvas))
                painter.setPen(QPen(tokens.accent, 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(rect.adjusted(2, 2, -3, -4))
                spot = place(10, icon).topLeft()
                spot.setY(rect.center().y() - icon // 2)
                painter.drawPixmap(spot, theme.icon("check", icon, tokens.accent))
            painter.setFont(theme.font("body", bold=taken))
            painter.setPen(tokens.text if taken else tokens.text2)
            left = 10 + icon + 8
            paint.elided(painter, place(left, rect.width() - left - 8), text or "–")
        row = self._table.currentIndex().row()
        if row == index.row() and option.widget is not None and option.widget.hasFocus():
            painter.setPen(QPen(tokens.focus, 2))
            top, bottom = rect.top() + 1, rect.bottom() - 1
            painter.drawLine(rect.left(), top, rect.right(), top)
            painter.drawLine(rect.left(), bottom, rect.right(), bottom)
        painter.restore()


class ChoiceTable(QTableView):
    """↑ ↓ the field, ← → whose value, B or Space both, a click on a value takes it."""

    def __init__(self, theme: Theme, text: Callable[[str, object], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows = ChoiceModel(text, self)
        self.setModel(self.rows)
        self.setItemDelegate(_Cell(theme, self))
        self.setAccessibleName("Fields of the two entries")
        self.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(LABEL, QHeaderView.ResizeMode.Fixed)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in (KEPT, OTHER):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        theme.changed.connect(self._fit)
        self._fit()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._on_click)
        self.rows.dataChanged.connect(lambda *_: self.viewport().update())

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(ROW))
        self.setColumnWidth(LABEL, self._theme.px(140))

    def start(self) -> None:
        """The keyboard on the first field where there is something to decide."""
        rows = self.rows.choices
        first = next((n for n, one in enumerate(rows) if one.standing is Standing.DIFFERS), 0)
        self.setCurrentIndex(self.rows.index(first, KEPT))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_click(self, index: QModelIndex) -> None:
        if index.column() in TAKEN:
            self.rows.take(index.row(), TAKEN[index.column()])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        row, key = self.currentIndex().row(), event.key()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
            return
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            first = (key == Qt.Key.Key_Left) is not mirrored
            self.rows.take(row, Side.KEPT if first else Side.OTHER)
        elif key in (Qt.Key.Key_B, Qt.Key.Key_Space):
            self.rows.take(row, Side.BOTH)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End):
            last = self.rows.rowCount() - 1
            step = {Qt.Key.Key_Up: row - 1, Qt.Key.Key_Down: row + 1, Qt.Key.Key_Home: 0}
            wanted = max(0, min(last, step.get(Qt.Key(key), last)))
            self.setCurrentIndex(self.rows.index(wanted, KEPT))
            self.viewport().update()
        else:
            event.ignore()
