"""A card over the window: outside it everything is dimmed and waits."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from clinic_desk.ui.look.theme import Theme


class Overlay(QWidget):
    """Covers ``host``. Esc and a click beside the card close it, and the focus goes back to where
    it was."""

    closed = Signal()

    def __init__(self, theme: Theme, host: QWidget, width: int, *, top: int | None = None) -> None:
        super().__init__(host)
        self.theme = theme
        self._host = host
        self._width = width
        self._top = top
        self._back: QWidget | None = None
        self.card = QFrame(self)
        self.card.setObjectName("overlayCard")
        self.hide()
        theme.changed.connect(self.dress)
        self.dress()
        host.installEventFilter(self)

    def open_card(self) -> None:
        self._back = QApplication.focusWidget()
        self._fit()
        self.show()
        self.raise_()

    def cover(self) -> None:
        """Take the host's size before the card is filled for it."""
        self.setGeometry(self._host.rect())

    def dismiss(self) -> None:
        if not self.isVisible():
            return
        self.hide()
        if self._back is not None and self._back.isVisible():
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        self._back = None
        self.closed.emit()

    def dress(self) -> None:
        tokens = self.theme.tokens
        self.card.setStyleSheet(
            f"#overlayCard {{ background: {tokens.canvas.name()}; border-radius: 6px;"
            f" border: 1px solid {tokens.grid_major.name()}; }}"
        )
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._host and event.type() is QEvent.Type.Resize and self.isVisible():
            self._fit()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            return
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self.card.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        QPainter(self).fillRect(self.rect(), self.theme.tokens.scrim)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab stays inside the card."""
        stops = [
            child
            for child in self.card.findChildren(QWidget)
            if child.isVisible()
            and child.isEnabled()
            and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if stops:
            now = QApplication.focusWidget()
            place = stops.index(now) if now in stops else -1
            step = 1 if forward else -1
            stops[(place + step) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _fit(self) -> None:
        self.cover()
        width = min(self.theme.px(self._width), self.width() - 32)
        self.card.setFixedWidth(width)
        layout = self.card.layout()
        if layout is not None:
            layout.activate()
        room = self.height() - 32
        height = min(max(self.card.sizeHint().height(), 48), room)
        self.card.setFixedHeight(height)
        y = self._top if self._top is not None else (self.height() - height) // 2
        self.card.move((self.width() - width) // 2, max(16, min(y, self.height() - height - 16)))
