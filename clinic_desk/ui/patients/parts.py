"""Small painted parts of the patient's page: figures, rows that can be opened, section titles."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.forms.bits import ElidedInk, InkLabel, push
from clinic_desk.ui.widgets.key_text import key_text


class Tile(QFrame):
    """A figure and what it counts."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.figure = ElidedInk(theme, "–", role="title", bold=True, parent=self)
        self.words = ElidedInk(theme, "", role="caption", ink="text2", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 4, 6)
        column.setSpacing(1)
        column.addWidget(self.figure)
        column.addWidget(self.words)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def tell(self, figure: str, words: str, tip: str = "") -> None:
        self.figure.setText(figure)
        self.words.setText(words)
        for label in (self.figure, self.words):
            label.setToolTip(tip or f"{figure} {words}")
        self.setAccessibleName(tip or f"{figure} {words}")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(self._theme.tokens.grid_major)
        p.setBrush(self._theme.tokens.canvas)
        p.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


class SectionHead(QWidget):
    """A title, and perhaps one thing to do about the section."""

    def __init__(self, theme: Theme, title: str, parent: QWidget, link: str = "") -> None:
        super().__init__(parent)
        self.title = InkLabel(theme, title, role="grid", bold=True, ink="text2", parent=self)
        self.link = push(link, self, "link")
        self.link.setVisible(bool(link))
        self.link.setAccessibleName(f"{link.replace('&', '')}, {title.lower()}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title, 1)
        row.addWidget(self.link)


class RowButton(QAbstractButton):
    """Two lines that open something: Enter, Space or a click. ``acted`` carries one of ``keys``;
    ``menu_requested`` asks for what else can be done."""

    acted = Signal(str)
    menu_requested = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget, *, keys: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(parent)
        self.theme, self.keys = theme, keys
        self._title = self._below = self._end = self._tag = ""
        self._tag_ink = "text2"
        self.stripe: QColor | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def tell(
        self, title: str, below: str = "", end: str = "", tag: str = "", tag_ink: str = "text2"
    ) -> None:
        self._title, self._below, self._end = title, below, end
        self._tag, self._tag_ink = tag, tag_ink
        said = ", ".join(part for part in (title, below, tag, end) if part)
        self.setAccessibleName(said)
        self.setToolTip(as_text(said))
        self.updateGeometry()
        self.update()

    @property
    def said(self) -> str:
        return self.accessibleName()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(120, self.theme.px(46 if self._below else 32))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        theme, tokens = self.theme, self.theme.tokens
        p = QPainter(self)
        p.setLayoutDirection(self.layoutDirection())
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        p.setPen(tokens.grid_major)
        p.setBrush(tokens.window if self.underMouse() else tokens.canvas)
        p.drawRoundedRect(box, 4, 4)
        if self.stripe is not None:
            p.fillRect(self._place(1, 1, 4, self.height() - 2), self.stripe)
        left, right = 12, self.width() - 10
        line = self.height() // 2 if self._below else self.height()
        bold, plain = theme.font("grid", bold=True), theme.font("grid")
        top = 3 if self._below else 0
        if self._end:
            width = QFontMetrics(bold).horizontalAdvance(self._end) + 2
            p.setFont(bold)
            p.setPen(tokens.text)
            end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            paint.line(p, self._place(right - width, top, width, line - top), self._end, end)
            right -= width + 10
        if self._tag:
            ink: QColor = getattr(tokens, self._tag_ink)
            width = QFontMetrics(theme.font("caption")).horizontalAdvance(self._tag) + 10
            height = theme.px(16)
            tag = self._place(right - width, top + (line - top - height) // 2, width, height)
            p.setPen(QPen(ink if self._tag_ink != "text2" else tokens.grid_major, 1))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(QRectF(tag), 3, 3)
            p.setFont(theme.font("caption"))
            p.setPen(ink)
            p.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), self._tag)
            right -= width + 10
        p.setFont(bold)
        p.setPen(tokens.text)
        paint.elided(
            p, self._place(left, top, max(0, right - left), line - top), CURTAIN.said(self._title)
        )
        if self._below:
            p.setFont(plain)
            p.setPen(tokens.text2)
            room = self.width() - 10 - left
            paint.elided(p, self._place(left, line - 1, room, line - 4), CURTAIN.said(self._below))
        if self.hasFocus():
            paint.focus_ring(p, self.rect(), theme)

    def _place(self, left: int, top: int, width: int, height: int) -> QRect:
        rect = QRect(left, top, width, height)
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        text = key_text(event)
        if text in self.keys:
            self.acted.emit(text)
        elif text in ("Return", "Enter"):
            self.click()
        elif text in ("Shift+F10", "Menu"):
            self.menu_requested.emit()
        elif text in ("Up", "Down"):
            self.focusNextPrevChild(text == "Down")
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        own = isinstance(event, QKeyEvent) and key_text(event) in self.keys
        if own and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def contextMenuEvent(self, event: object) -> None:  # noqa: ARG002, N802
        self.menu_requested.emit()
