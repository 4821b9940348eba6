"""A doctor's badge, a load bar, and the chip that tells a verdict."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.ui.look.theme import DoctorColour, Theme
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.announce import announce


class Badge(QWidget):
    """24×16 in rows, 28×20 in headers."""

    def __init__(
        self,
        theme: Theme,
        code: str = "",
        colour: DoctorColour | None = None,
        *,
        header: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._code = code
        self._colour = colour
        self.setFixedSize(QSize(28, 20) if header else QSize(24, 16))
        self.setAccessibleName(code)

    def show_doctor(self, code: str, colour: DoctorColour) -> None:
        self._code, self._colour = code, colour
        self.setAccessibleName(code)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        if self._colour is not None:
            paint.badge(QPainter(self), self.rect(), self._theme, self._code, self._colour)


class LoadBar(QWidget):
    """Booked of capacity as a 24×4 bar; the figures stand beside it, never in it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self._colour = theme.tokens.text3
        self.setFixedSize(24, 4)

    def show_load(self, booked: int, capacity: int, colour: QColor) -> None:
        self._share = booked / capacity if capacity else 0.0
        self._colour = colour
        self.setAccessibleName(f"{booked} of {capacity} booked")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        paint.load_bar(QPainter(self), self.rect(), self._theme, self._share, self._colour)


class VerdictChip(QWidget):
    """A verdict told by fill, icon, outline and words at once: solid for yes, double for a
    warning, dashed for no."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._verdict = Verdict.OK
        self._text = ""
        theme.changed.connect(self.update)

    def show_verdict(self, verdict: Verdict, text: str) -> None:
        changed = (verdict, text) != (self._verdict, self._text)
        self._verdict, self._text = verdict, text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.resize(self.sizeHint())
        self.update()
        if changed:
            announce(self, text, urgent=verdict is Verdict.REFUSE)

    def sizeHint(self) -> QSize:  # noqa: N802
        metrics = QFontMetrics(self._theme.font("grid", bold=True))
        return QSize(metrics.horizontalAdvance(self._text) + 40, self._theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        tokens = self._theme.tokens
        fill, ink, icon = {
            Verdict.OK: (tokens.ghost_ok, tokens.ok, "check"),
            Verdict.WARN: (tokens.ghost_warn, tokens.warn, "warn"),
            Verdict.REFUSE: (tokens.ghost_refuse, tokens.refuse, "refuse"),
        }[self._verdict]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        pen = QPen(ink, 1.5)
        if self._verdict is Verdict.REFUSE:
            pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.setBrush(fill)
        painter.drawRoundedRect(edge, 3, 3)
        if self._verdict is Verdict.WARN:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(edge.adjusted(3, 3, -3, -3), 2, 2)
        painter.drawPixmap(9, (self.height() - 14) // 2, self._theme.icon(icon, 14, ink))
        painter.setPen(tokens.text)
        painter.setFont(self._theme.font("grid", bold=True))
        box = QRect(29, 0, self.width() - 37, self.height())
        paint.elided(painter, box, self._text)
