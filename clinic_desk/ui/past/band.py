"""The band that says, unmistakably, that this is not today's calendar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.widgets.announce import announce

HEIGHT = 36


class PastBand(QWidget):
    """Words on slanted stripes, in both themes and in both reading directions."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._dress)

    def say(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.setAccessibleName(words)
            announce(self, words)
            self.update()

    def _dress(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(240, self._theme.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        theme, tokens = self._theme, self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        painter.fillRect(area, mix(tokens.warn, tokens.canvas, 0.22))
        stripe = QColor(tokens.warn)
        stripe.setAlpha(40)
        painter.setPen(QPen(stripe, 6))
        height = area.height()
        x = -height
        while x < area.width():
            painter.drawLine(int(x), int(height), int(x + height), 0)
            x += 18
        painter.fillRect(QRectF(0, height - 2, area.width(), 2), tokens.warn)
        font = theme.font("title", bold=True)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        room = int(area.width()) - 64
        shown = metrics.elidedText(self.words, Qt.TextElideMode.ElideRight, room)
        width = metrics.horizontalAdvance(shown)
        icon = theme.icon("lock", 16, tokens.text)
        left = (area.width() - width - 26) / 2
        # a quiet ground under the words, so that the stripes never cross a letter
        painter.fillRect(
            QRectF(left - 12, 0, width + 50, height - 2), mix(tokens.warn, tokens.canvas, 0.22)
        )
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        painter.drawPixmap(int(left + width + 10 if mirrored else left), int(height / 2 - 9), icon)
        painter.setPen(tokens.text)
        where = QRectF(left if mirrored else left + 26, 0, width + 4, height - 2)
        painter.drawText(where, int(Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()
