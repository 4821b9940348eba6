"""What the parts of the doctor's view share: a painted frame, and buttons that leave the keyboard
where it is when they are clicked."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import push


class Sheet(QFrame):
    """A rounded frame on the page, with a stripe of a doctor's colour where one is given."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.stripe: QColor | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 12, 14, 12)
        self.column.setSpacing(6)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens = self.theme.tokens
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        p.setPen(QPen(tokens.grid_major, 1))
        p.setBrush(tokens.canvas)
        p.drawRoundedRect(box, 6, 6)
        if self.stripe is not None:
            p.setClipRect(self._stripe())
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(self.stripe)
            p.drawRoundedRect(box, 6, 6)
            p.setClipping(False)
        if self.hasFocus():
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.setPen(QPen(tokens.focus, 2))
            p.drawRoundedRect(box, 6, 6)

    def _stripe(self) -> QRectF:
        wide = self.theme.px(5)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        return QRectF(self.width() - 1 - wide if mirrored else 1, 0, wide, self.height())


def quiet(text: str, parent: QWidget, tip: str, kind: str = "") -> QPushButton:
    """A button that Tab reaches and a click does not take the keyboard to."""
    button = push(text, parent, kind)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(as_text(tip))
    return button
