"""A coach mark: a small card beside what it speaks of, with an arrow, never in anybody's way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, push

ARROW = 9
"""Pixels from the card to the tip of its arrow."""
WIDTH = 320


class CoachMark(QWidget):
    """Lies in ``host`` beside ``target``, below it or above, and follows both. It takes no focus:
    keys go where they would go. ``skipped``: the person knows how."""

    skipped = Signal()

    def __init__(
        self, theme: Theme, host: QWidget, target: QWidget, step: str, sentence: str
    ) -> None:
        super().__init__(host)
        self._theme, self._host, self._target = theme, host, target
        self._tip = QPoint()
        self._below = True
        self.step = InkLabel(theme, step, role="caption", ink="text2")
        self.sentence = InkLabel(theme, sentence, wrap=True)
        self.skip = push("Skip the &guide", self, "link")
        self.skip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.skip.clicked.connect(self.skipped)
        head = QHBoxLayout()
        head.addWidget(self.step, 1)
        head.addWidget(self.skip)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8 + ARROW, 10, 12 + ARROW)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.sentence)
        self.setFixedWidth(theme.px(WIDTH))
        host.installEventFilter(self)
        target.installEventFilter(self)
        theme.changed.connect(self.update)
        self.show()
        self._place()
        announce(self, f"{step}. {sentence}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        spot = QRect(self._target.mapTo(self._host, QPoint(0, 0)), self._target.size())
        room = self._host.rect().adjusted(8, 8, -8, -8)
        self._below = spot.bottom() + self.height() <= room.bottom()
        y = spot.bottom() - 2 if self._below else spot.top() - self.height() + 2
        x = min(
            max(spot.center().x() - self.width() // 2, room.left()), room.right() - self.width()
        )
        self.move(x, max(room.top(), y))
        self._tip = QPoint(min(max(spot.center().x() - x, 24), self.width() - 24), 0)
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.accent, 1.5))
        painter.setBrush(tokens.canvas)
        card = QRectF(self.rect()).adjusted(1, ARROW + 1, -1, -ARROW - 1)
        painter.drawRoundedRect(card, 6, 6)
        edge, tip = (card.top(), 1.0) if self._below else (card.bottom(), self.height() - 1.0)
        x = float(self._tip.x())
        points = [QPointF(x - ARROW, edge), QPointF(x, tip), QPointF(x + ARROW, edge)]
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(QPen(tokens.canvas, 3))
        inset = 1.0 if self._below else -1.0
        painter.drawLine(
            QPointF(x - ARROW + 1.5, edge + inset), QPointF(x + ARROW - 1.5, edge + inset)
        )
