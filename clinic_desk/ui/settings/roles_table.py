"""The matrix of the roles: permissions in words under the headings of their groups, by role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex as ModelIndex
from PySide6.QtCore import QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from clinic_desk.domain.permissions import (
    DEFAULTS,
    GROUPS,
    LOCKED,
    PERMISSION_WORDS,
    Permission,
    Role,
)
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.headed_model import HeadedModel

Index = ModelIndex | QPersistentModelIndex
Chosen = Mapping[Role, frozenset[Permission]]

ROLES = (Role.RECEPTIONIST, Role.DOCTOR, Role.MANAGER)
HEADS = ("May …", "Receptionists", "Doctors", "Managers")
WIDEST = 1000
"""Pixels, so that words and ticks stay neighbours on a wide screen."""

WHY_LOCKED = "Managers keep this, or nobody could give it back."


def sentence_case(permission: Permission) -> str:
    words = PERMISSION_WORDS[permission]
    return words[:1].upper() + words[1:]


class RolesModel(HeadedModel):
    """``toggled`` comes when somebody has ticked. Rows are headings (text) and permissions."""

    headings = HEADS
    toggled = Signal()

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.editable = True
        self.chosen: dict[Role, frozenset[Permission]] = dict(DEFAULTS)
        self.rows: list[str | Permission] = []
        for title, permissions in GROUPS:
            self.rows += [title, *permissions]

    def listed(self) -> int:
        return len(self.rows)

    def take(self, chosen: Chosen) -> None:
        self.chosen = dict(chosen)
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(HEADS) - 1))

    def cell(self, index: Index) -> tuple[Role, Permission] | None:
        """None on a heading, and on the words of a permission."""
        row = self.rows[index.row()] if 0 <= index.row() < len(self.rows) else ""
        if not isinstance(row, Permission) or index.column() < 1:
            return None
        return ROLES[index.column() - 1], row

    def locked(self, role: Role, permission: Permission) -> bool:
        return role is Role.MANAGER and permission in LOCKED

    def toggle(self, index: Index) -> bool:
        """False where there is nothing to tick, or not for this person."""
        found = self.cell(index)
        if found is None or not self.editable or self.locked(*found):
            return False
        role, permission = found
        self.chosen[role] = self.chosen[role] ^ {permission}
        self.dataChanged.emit(index, index)
        self.toggled.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not isinstance(self.rows[index.row()], Permission):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        row = self.rows[index.row()]
        if not isinstance(row, Permission):
            return self._heading(row, index, role)
        found = self.cell(index)
        if found is None:
            wanted = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
            return sentence_case(row) if role in wanted else None
        if role == Qt.ItemDataRole.CheckStateRole:
            on = row in self.chosen[found[0]]
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self._explained(*found)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            may = "yes" if row in self.chosen[found[0]] else "no"
            return f"{HEADS[index.column()]}: {PERMISSION_WORDS[row]}, {may}"
        return None

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if section == 0 and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)

    def _heading(self, title: str, index: Index, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and index.column() == 0:
            return title
        if role == Qt.ItemDataRole.FontRole:
            return self._theme.font("body", bold=True)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.tokens.text2
        return None

    def _explained(self, role: Role, permission: Permission) -> str:
        usual = "yes" if permission in DEFAULTS[role] else "no"
        locked = f" {WHY_LOCKED}" if self.locked(role, permission) else ""
        return f"By default: {usual}.{locked}"


class TickDelegate(QStyledItemDelegate):
    """A tick in the middle; beside it the default, where the choice is another one."""

    def __init__(self, theme: Theme, model: RolesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._model, self._view = theme, model, parent

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802, ARG002
        return QSize(self._theme.px(110), self._theme.px(30))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found = self._model.cell(index)
        if found is None:
            super().paint(painter, option, index)
            return
        role, permission = found
        theme, rect = self._theme, option.rect
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.tokens.selected)
        locked = self._model.locked(role, permission)
        size = theme.px(16)
        box = QRect(0, 0, size, size)
        box.moveCenter(rect.center())
        tick = QStyleOptionButton()
        tick.rect = box
        on = permission in self._model.chosen[role]
        flags = QStyle.StateFlag.State_On if on else QStyle.StateFlag.State_Off
        if self._model.editable and not locked:
            flags |= QStyle.StateFlag.State_Enabled
        tick.state = flags
        self._view.style().drawPrimitive(
            QStyle.PrimitiveElement.PE_IndicatorCheckBox, tick, painter, self._view
        )
        painter.save()
        if locked:
            icon = theme.icon("lock", 14, theme.tokens.text3)
            place = QRect(0, 0, theme.px(14), theme.px(14))
            place.moveCenter(rect.center())
            place.moveLeft(self._beside(rect, box, place.width()))
            painter.drawPixmap(place, icon)
        elif on is not (permission in DEFAULTS[role]):
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.tokens.warn)
            words = "changed"
            width = painter.fontMetrics().horizontalAdvance(words)
            place = QRect(self._beside(rect, box, width), rect.top(), width, rect.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), words)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.tokens.focus)
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _beside(self, rect: QRect, box: QRect, width: int) -> int:
        """At the reading end of the tick."""
        gap = self._theme.px(6)
        mirrored = self._view.layoutDirection() is Qt.LayoutDirection.RightToLeft
        at = box.left() - gap - width if mirrored else box.right() + gap
        return max(rect.left(), min(at, rect.right() - width))


class RolesTable(QTableView):
    """Arrows move, Space or Enter ticks, as does a click. ``refused`` carries why a cell stays."""

    refused = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows = RolesModel(theme, self)
        self.setModel(self.rows)
        self.setItemDelegate(TickDelegate(theme, self.rows, self))
        self.setAccessibleName("What each role may do")
        self.setStyleSheet("QTableView::item { padding: 0 8px; }")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(theme.px(90))
        for line, row in enumerate(self.rows.rows):
            if not isinstance(row, Permission):
                self.setSpan(line, 0, 1, len(HEADS))
        theme.changed.connect(self._dress)
        self._dress()
        self.setCurrentIndex(self.rows.index(1, 1))

    def _dress(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(30))
        self.setMaximumWidth(self._theme.px(WIDEST))
        for column in range(1, len(HEADS)):
            self.setColumnWidth(column, self._theme.px(124))

    def press(self, index: Index) -> None:
        """Ticks the cell, or says why it stays."""
        if self.rows.toggle(index):
            return
        found = self.rows.cell(index)
        if found is not None and self.rows.editable and self.rows.locked(*found):
            self.refused.emit(WHY_LOCKED)
        elif found is not None:
            self.refused.emit("")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index == self.currentIndex():
            self.press(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.press(self.currentIndex())
            return
        super().keyPressEvent(event)
