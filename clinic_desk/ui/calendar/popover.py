"""Small windows beside the grid: the visits behind "+7 more", and a question of one line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.ids import Id
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme


class Popup(QFrame):
    """A popup with our frame; Esc and a click outside close it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("calendarPopover")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        tokens = theme.tokens
        self.setStyleSheet(
            f"#calendarPopover {{ background: {tokens.canvas.name()};"
            f" border: 1px solid {tokens.control_border.name()}; border-radius: 6px; }}"
        )
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 10, 12, 10)

    def show_at(self, global_pos: QPoint) -> None:
        self.adjustSize()
        screen = self.screen().availableGeometry()
        x = max(screen.left(), min(global_pos.x(), screen.right() - self.width()))
        y = max(screen.top(), min(global_pos.y(), screen.bottom() - self.height()))
        self.move(x, y)
        self.show()


class VisitList(Popup):
    """All visits of a crowded place. Arrows walk, Enter opens, dragging a row out lifts it."""

    opened = Signal(str)
    lifted = Signal(str, QPoint)

    def __init__(
        self, theme: Theme, parent: QWidget, title: str, rows: Sequence[tuple[Id, str, str]]
    ) -> None:
        """``rows`` are (id, icon, text)."""
        super().__init__(theme, parent)
        label = Label(title)
        label.setFont(theme.font("body", bold=True))
        self.column.addWidget(label)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setMinimumWidth(theme.px(320))
        self.list.setIconSize(QSize(16, 16))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        for row_id, icon, text in rows:
            item = QListWidgetItem(theme.qicon(icon), text)
            item.setData(Qt.ItemDataRole.UserRole, row_id)
            item.setToolTip(as_text(text))
            self.list.addItem(item)
        self.list.setFixedHeight(min(320, 30 * max(1, len(rows)) + 6))
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(self._open)
        self.list.viewport().installEventFilter(self)
        self.column.addWidget(self.list)
        self._pressed: QPoint | None = None
        self.list.setFocus()

    def _open(self, item: QListWidgetItem) -> None:
        self.close()
        self.opened.emit(item.data(Qt.ItemDataRole.UserRole))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QMouseEvent) and watched is self.list.viewport():
            here = event.position().toPoint()
            if event.type() is QEvent.Type.MouseButtonPress:
                self._pressed = here
            elif event.type() is QEvent.Type.MouseMove and self._pressed is not None:
                far = (here - self._pressed).manhattanLength()
                item = self.list.itemAt(self._pressed)
                if far >= QApplication.startDragDistance() and item is not None:
                    self._pressed = None
                    row_id = item.data(Qt.ItemDataRole.UserRole)
                    spot = event.globalPosition().toPoint()
                    self.close()
                    self.lifted.emit(row_id, spot)
                    return True
            elif event.type() is QEvent.Type.MouseButtonRelease:
                self._pressed = None
        return super().eventFilter(watched, event)
