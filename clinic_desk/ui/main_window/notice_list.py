"""The notices under the bell: the newest first, each a click or Enter away from what it is
about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.services.notices import Notice, NoticeKind
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import messages
from clinic_desk.ui.runtime.formatting import local_day, phone_text
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.reading import FSI

WIDTH, HEIGHT = 380, 420
ICONS = {
    NoticeKind.FAILED: ("close", "refuse"),
    NoticeKind.ASKED: ("sms", "warn"),
    NoticeKind.UNKNOWN: ("sms", "warn"),
    NoticeKind.DESK: ("bell", "text2"),
}


class NoticeList(QWidget):
    """``opened`` carries the ``Notice`` that was chosen, ``all_wanted`` leads to the messages;
    ``gone`` when it was closed: everything on it counts as read."""

    opened = Signal(object)
    all_wanted = Signal()
    gone = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme = theme
        self.notices: tuple[Notice, ...] = ()
        self.title = InkLabel(theme, "Notices", bold=True, parent=self)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Notices")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet("QListWidget::item { padding: 5px 4px; }")
        self.none = InkLabel(
            theme,
            "Nothing waits for you. Messages that fail, answers of patients and notices to the "
            "desks are listed here.",
            ink="text2", wrap=True, parent=self,
        )  # fmt: skip
        self.all_button = push("&All messages", self)
        self.all_button.clicked.connect(self._all)
        self.list.itemActivated.connect(self._open)
        self.list.itemClicked.connect(self._open)
        self.list.installEventFilter(self)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.all_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self.none)

    def tell(
        self, notices: Sequence[Notice], read_until: datetime, now: datetime, zone: str
    ) -> None:
        """``read_until``: what is newer is bold."""
        row = self.list.currentRow()
        self.notices = tuple(notices)
        self.list.clear()
        today = local_day(now, zone)
        for one in notices:
            number = phone_text(one.who) if one.who.startswith("+") else one.who
            who = CURTAIN.listed(one.who) if "," in one.who else CURTAIN.hidden(number)
            at = messages.time_text(one.at, zone, today)
            text = one.text if one.kind is NoticeKind.DESK else CURTAIN.said(one.text)
            if one.kind in (NoticeKind.ASKED, NoticeKind.UNKNOWN):
                text = CURTAIN.hidden(f"“{' '.join(one.text.split())}”")
            first = " · ".join(part for part in (at, one.title) if part)
            second = " · ".join(part for part in (who, text) if part)
            item = QListWidgetItem(f"{FSI}{first}\n{FSI}{second}")
            icon, ink = ICONS[one.kind]
            item.setIcon(self._theme.qicon(icon, getattr(self._theme.tokens, ink)))
            item.setToolTip(as_text(second))
            unread = one.at > read_until
            item.setData(Qt.ItemDataRole.FontRole, self._theme.font("body", bold=unread))
            said = "unread, " if unread else ""
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{said}{first}, {second}")
            self.list.addItem(item)
        self.list.setVisible(bool(notices))
        self.none.setVisible(not notices)
        if notices:
            self.list.setCurrentRow(max(0, min(row, len(notices) - 1)))

    def open_below(self, anchor: QWidget) -> None:
        """Within the screen, its end under the anchor's."""
        self.setFixedWidth(self._theme.px(WIDTH))
        self.setFixedHeight(self._theme.px(HEIGHT if self.notices else 130))
        corner = anchor.mapToGlobal(QPoint(anchor.width(), anchor.height() + 2))
        left = corner.x() - self.width()
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            left = anchor.mapToGlobal(QPoint(0, 0)).x()
        room = anchor.screen().availableGeometry()
        left = max(room.left(), min(left, room.right() - self.width()))
        self.move(left, corner.y())
        self.show()
        target = self.list if self.notices else self.all_button
        target.setFocus(Qt.FocusReason.PopupFocusReason)

    def _open(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        if self.isVisible() and 0 <= row < len(self.notices):
            chosen = self.notices[row]
            self.close()
            self.opened.emit(chosen)

    def _all(self) -> None:
        self.close()
        self.all_wanted.emit()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self.gone.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if (
            watched is self.list
            and isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            item = self.list.currentItem()
            if item is not None and not event.isAutoRepeat():
                self._open(item)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.window)
        painter.setPen(self._theme.tokens.control_border)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
