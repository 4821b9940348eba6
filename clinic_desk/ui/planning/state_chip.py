"""A small frame that says how a request stands: waiting, approved, declined."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets import paint

ICONS = {
    TimeOffStatus.REQUESTED: "hourglass",
    TimeOffStatus.APPROVED: "check",
    TimeOffStatus.DECLINED: "refuse",
}


def state_ink(theme: Theme, status: TimeOffStatus) -> QColor:
    tokens = theme.tokens
    return {
        TimeOffStatus.REQUESTED: tokens.warn,
        TimeOffStatus.APPROVED: tokens.ok,
        TimeOffStatus.DECLINED: tokens.refuse,
    }[status]


def paint_state(
    painter: QPainter, theme: Theme, rect: QRect, status: TimeOffStatus, words: str
) -> None:
    """Icon, frame and words; the colour repeats what they say."""
    ink, side = state_ink(theme, status), theme.px(12)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, 1))
    painter.setBrush(theme.tokens.canvas)
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    at = QPoint(rect.left() + 7, rect.center().y() - side // 2 + 1)
    painter.drawPixmap(at, theme.icon(ICONS[status], side, ink))
    painter.setPen(ink)
    painter.setFont(theme.font("grid"))
    paint.elided(painter, rect.adjusted(side + 12, 0, -6, 0), words)
    painter.restore()


class StateChip(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._status = TimeOffStatus.REQUESTED
        self.words = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.changed.connect(self.updateGeometry)

    def show_state(self, status: TimeOffStatus, words: str) -> None:
        self._status, self.words = status, words
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        metrics = QFontMetrics(self._theme.font("grid"))
        width = metrics.horizontalAdvance(self.words) + self._theme.px(12) + 20
        return QSize(width, self._theme.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        paint_state(QPainter(self), self._theme, self.rect(), self._status, self.words)
