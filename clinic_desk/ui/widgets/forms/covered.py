"""A text about somebody that is nobody's name: three dots behind the curtain."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent

from clinic_desk.ui.runtime.privacy import COVERED, CURTAIN
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.forms.bits import InkLabel


class Covered(InkLabel):
    """Notes, an alert, an emergency contact: only what is painted changes."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if not CURTAIN.on:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self._theme.tokens.text2)
        painter.setLayoutDirection(self.layoutDirection())
        paint.elided(painter, self.contentsRect(), COVERED)
