"""A field that takes the next combination of keys, whatever it would do elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.key_text import key_text

_MODIFIERS = frozenset(
    {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr,
     Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_unknown}
)  # fmt: skip


class KeyCatcher(QWidget):
    """``caught`` carries the portable text of a combination, ``given_up`` comes for Esc,
    ``lost`` when the keyboard went elsewhere. Listens while it has the keyboard."""

    caught = Signal(str)
    given_up = Signal()
    lost = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Press the new keys")

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(180), self._theme.px(32))

    def event(self, event: QEvent) -> bool:
        # before shortcuts and Tab see the key
        if isinstance(event, QKeyEvent):
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress:
                self._take(event)
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self.lost.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter, tokens = QPainter(self), self._theme.tokens
        painter.fillRect(self.rect(), tokens.canvas)
        paint.focus_ring(painter, self.rect(), self._theme)
        painter.setFont(self._theme.font("body"))
        painter.setPen(tokens.text3)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Press the keys…")

    def _take(self, event: QKeyEvent) -> None:
        if event.key() in _MODIFIERS:
            return
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.given_up.emit()
            return
        self.caught.emit(key_text(event))
