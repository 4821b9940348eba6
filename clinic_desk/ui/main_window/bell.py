"""The bell of the toolbar, with how many notices nobody has read."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from clinic_desk.ui.look.theme import Theme

MOST = 99


class Bell(QPushButton):
    """``tell`` how many are unread; none: the bell alone."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.unread = 0
        self._hint = ""
        self.setProperty("kind", "ghost")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        self.tell(0)

    def tell(self, unread: int) -> None:
        self.unread = unread
        told = "1 unread notice" if unread == 1 else f"{unread or 'No'} unread notices"
        self.setAccessibleName(f"Notices: {told.lower()}")
        self.setToolTip(f"{told}{self._hint}")
        self.update()

    def set_hint(self, key: str) -> None:
        self._hint = f" ({key})" if key else ""
        self.tell(self.unread)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(32), self._theme.px(32))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        theme, tokens = self._theme, self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.px(16)
        spot = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        painter.drawPixmap(spot.topLeft(), theme.icon("bell", side))
        if not self.unread:
            return
        text = str(self.unread) if self.unread <= MOST else f"{MOST}+"
        font = theme.font("caption", bold=True)
        high = theme.px(14)
        wide = max(high, QFontMetrics(font).horizontalAdvance(text) + theme.px(6))
        mark = QRect(spot.center().x() + 1, spot.top() - theme.px(6), wide, high)
        mark.moveRight(min(mark.right(), self.width() - 1))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.refuse)
        painter.drawRoundedRect(mark, 3, 3)
        painter.setPen(tokens.canvas)
        painter.setFont(font)
        painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, text)
