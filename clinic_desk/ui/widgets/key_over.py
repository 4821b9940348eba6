"""The key that reaches a field, shown inside it while it is empty and not in use."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets import paint

_FOLLOWED = (
    QEvent.Type.Resize,
    QEvent.Type.FocusIn,
    QEvent.Type.FocusOut,
    QEvent.Type.LayoutDirectionChange,
)
_ICON = 34
_AROUND = 56
"""Pixels that the field needs for its icon and margins."""


class KeyOver(QWidget):
    """Lies over the end of ``field`` and lets every click through."""

    def __init__(self, theme: Theme, field: QLineEdit, keys: str) -> None:
        super().__init__(field)
        self._theme = theme
        self._field = field
        self._keys = keys
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        field.installEventFilter(self)
        field.textChanged.connect(self._follow)
        theme.changed.connect(self._follow)
        self._follow()

    def set_keys(self, keys: str) -> None:
        """Empty shows none."""
        self._keys = keys
        self._follow()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in _FOLLOWED:
            self._follow()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        paint.key_cap(QPainter(self), self.rect(), self._theme, self._keys)

    def _follow(self) -> None:
        width = paint.key_cap_width(self._theme, self._keys)
        mirrored = self._field.layoutDirection() is Qt.LayoutDirection.RightToLeft
        # Latin letters begin at the left in either direction, and then the icon is at the right
        x = self._field.width() - width - (_ICON if mirrored else 8)
        self.setGeometry(QRect(x, (self._field.height() - 18) // 2, width, 18))
        hint = self._field.fontMetrics().horizontalAdvance(self._field.placeholderText())
        fits = hint + width + _AROUND <= self._field.width()
        self.setVisible(
            bool(self._keys) and fits and not self._field.text() and not self._field.hasFocus()
        )
