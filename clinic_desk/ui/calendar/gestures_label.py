"""The tag at the pointer while something is carried outside the grid."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.ui.look.theme import Theme


class DragLabel(QWidget):
    """A small tag beside the pointer where the grid cannot paint: "Park here"."""

    def __init__(self, theme: Theme, owner: QWidget) -> None:
        """``owner`` is the widget whose window the tag floats in."""
        super().__init__(owner)
        self._owner = owner
        self._theme = theme
        self._text = ""
        self._verdict = Verdict.OK
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def text(self) -> str:
        return self._text if self.isVisible() else ""

    def show_at(self, global_pos: QPoint, text: str, verdict: Verdict) -> None:
        window = self._owner.window()
        if not text:
            self.hide()
            return
        if self.parentWidget() is not window:
            self.setParent(window)
        self._text, self._verdict = text, verdict
        metrics = QFontMetrics(self._theme.font("grid", bold=True))
        self.resize(metrics.horizontalAdvance(text) + 24, 28)
        at = window.mapFromGlobal(global_pos) + QPoint(14, 16)
        at.setX(min(at.x(), window.width() - self.width() - 4))
        at.setY(min(at.y(), window.height() - self.height() - 4))
        self.move(at)
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        tokens = self._theme.tokens
        grey = self._verdict is Verdict.REFUSE
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(tokens.text3 if grey else tokens.ok, 1.5)
        if grey:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(tokens.off if grey else tokens.ghost_ok)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.setPen(tokens.text)
        painter.setFont(self._theme.font("grid", bold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
