"""The narrow line below the log-in page: is the store well, how old is the backup, which keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets import paint


class Footer(QWidget):
    """Painted as one line; the keys go first where there is little room."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._well, self._store, self._backup, self._desk = True, "", "", ""
        self._keys: Sequence[tuple[str, str]] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._dress)
        self._dress()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(400, self._theme.px(24))

    def show_facts(self, store: str, backup: str, *, well: bool) -> None:
        self._store, self._backup, self._well = store, backup, well
        self._tell()

    def show_desk(self, desk: str) -> None:
        self._desk = desk
        self._tell()

    def show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        self._keys = keys
        self._tell()

    def copy(self, other: Footer) -> None:
        """The facts of another one; the keys are its own."""
        self._well, self._store = other._well, other._store
        self._backup, self._desk = other._backup, other._desk
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleName(
            ". ".join(part for part in (self._store, self._backup, self._desk) if part)
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens, theme = self._theme.tokens, self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(QRect(0, 0, self.width(), 1), tokens.grid_major)
        painter.setFont(theme.font("caption"))
        metrics = QFontMetrics(painter.font())
        middle = self.height() // 2 + 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.ok if self._well else tokens.refuse)
        painter.drawEllipse(self._side(QRect(13, middle - 4, 8, 8)))
        x = self._put(painter, 26, self._store)
        if self._backup:
            x += 21
            painter.fillRect(self._side(QRect(x - 11, 6, 1, self.height() - 12)), tokens.grid_major)
            icon = self._side(QRect(x, middle - 6, 12, 12)).topLeft()
            painter.drawPixmap(icon, theme.icon("database", 12, tokens.text2))
            x = self._put(painter, x + 17, self._backup)
        right = self.width() - 16
        if self._desk:
            right -= metrics.horizontalAdvance(self._desk)
            self._put(painter, right, self._desk)
            right -= 24
        for key, words in reversed(self._keys):
            cap = paint.key_cap_width(theme, key)
            width = cap + 5 + metrics.horizontalAdvance(words) + 14
            if right - width < x + 20:
                break
            right -= width
            paint.key_cap(
                painter, self._side(QRect(right, self.height() // 2 - 7, cap, 16)), theme, key
            )
            self._put(painter, right + cap + 5, words)

    def _put(self, painter: QPainter, x: int, text: str) -> int:
        painter.setPen(self._theme.tokens.text2)
        painter.setFont(self._theme.font("caption"))
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + 2
        paint.elided(painter, self._side(QRect(x, 1, width, self.height())), text)
        return x + width

    def _side(self, part: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), part)

    def _dress(self) -> None:
        self.setFixedHeight(self._theme.px(24))
        self.update()
