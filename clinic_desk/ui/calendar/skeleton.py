"""What a view shows while its first answer is under way: its bare shape, in grey, without words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix

AFTER = 100
"""Milliseconds that an answer may take before the shape appears: a faster one shows at once."""

HEAD, EDGE = 56, 56
COLUMNS, WEEKS, DAYS = 5, 6, 7
BLOCKS = ((0.04, 0.08), (0.15, 0.06), (0.27, 0.12), (0.46, 0.06), (0.60, 0.09), (0.78, 0.07))
"""Place and height of the blocks of a column, as shares of its height."""


class Skeleton(QWidget):
    """Covers ``host``; the mouse goes through it."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self._theme = theme
        self._view = ""
        self._timer = QTimer(self, singleShot=True, interval=AFTER)
        self._timer.timeout.connect(self._appear)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Loading")
        self.hide()
        host.installEventFilter(self)
        theme.changed.connect(self.update)

    def wait(self, view: str) -> None:
        """The first answer for ``view`` (day, week, month, agenda) is awaited from now on."""
        self._view = view
        if self.isVisible():
            self.raise_()
            self.update()
        elif not self._timer.isActive():
            self._timer.start()

    def done(self) -> None:
        self._timer.stop()
        self.hide()

    def _appear(self) -> None:
        host = self.parentWidget()
        if host is not None:
            self.setGeometry(host.rect())
            self.show()
            self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        host = self.parentWidget()
        if watched is host and host is not None and event.type() is QEvent.Type.Resize:
            self.setGeometry(host.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.canvas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(tokens.text3, tokens.canvas, 0.18))
        shapes = {"month": self._month, "agenda": self._agenda}.get(self._view, self._columns)()
        for box in shapes:
            painter.drawRoundedRect(box, 4, 4)
        painter.setBrush(tokens.grid_minor)
        for line in self._lines():
            painter.drawRect(line)

    def _lines(self) -> list[QRectF]:
        width, height = self.width(), self.height()
        if self._view == "agenda":
            return [QRectF(0, HEAD, width, 1)]
        if self._view == "month":
            step = (height - HEAD / 2) / WEEKS
            return [QRectF(0, HEAD / 2 + row * step, width, 1) for row in range(WEEKS)]
        step = (width - EDGE) / COLUMNS
        edges = [QRectF(EDGE + column * step, 0, 1, height) for column in range(COLUMNS)]
        return [QRectF(0, HEAD, width, 1), *edges]

    def _columns(self) -> list[QRectF]:
        step, high = (self.width() - EDGE) / COLUMNS, self.height() - HEAD
        found = []
        for column in range(COLUMNS):
            left = EDGE + column * step
            found.append(QRectF(left + 12, 20, min(96.0, step * 0.6), 14))
            for number, (top, share) in enumerate(BLOCKS):
                if (number + column) % 4:
                    box = QRectF(left + 4, HEAD + top * high, step - 12, share * high)
                    found.append(box)
        return found

    def _month(self) -> list[QRectF]:
        step, high = self.width() / DAYS, (self.height() - HEAD / 2) / WEEKS
        found = []
        for index in range(WEEKS * DAYS):
            row, place = divmod(index, DAYS)
            left, top = place * step + 9, HEAD / 2 + row * high
            found.append(QRectF(left, top + 8, 20, 12))
            found += [
                QRectF(left, top + 30 + line * 18, (step - 18) * share, 8)
                for line, share in enumerate((0.8, 0.55))
                if 30 + line * 18 + 8 < high
            ]
        return found

    def _agenda(self) -> list[QRectF]:
        width = self.width()
        return [
            QRectF(left * width, HEAD + 12 + row * 32, share * width, 10)
            for row in range(max(0, (self.height() - HEAD) // 32))
            for left, share in ((0.02, 0.06), (0.12, 0.16), (0.32, 0.12), (0.50, 0.10))
        ]
