"""A few buttons beside a clicked or swept stretch of time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import push


class DeedCard(QFrame):
    """In nobody's way: a key, a click or a scroll takes it away, and it never has the focus."""

    def __init__(self, theme: Theme, parent: QWidget, labels: Sequence[str]) -> None:
        super().__init__(parent)
        self._theme, self._host = theme, parent
        self.setObjectName("deedCard")
        self.words = Label()
        self.buttons = [push(label, self) for label in labels]
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 6, 6)
        row.setSpacing(6)
        row.addWidget(self.words)
        for button in self.buttons:
            button.setProperty("density", "compact")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        self.hide()
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self.setStyleSheet(
            f"#deedCard {{ background: {tokens.canvas.name()}; border-radius: 6px;"
            f" border: 1px solid {tokens.control_border.name()}; }}"
        )

    def offer(self, words: str, at: QPoint) -> None:
        """``at``: where it stands in its parent, if it fits there."""
        self.words.setText(words)
        self.adjustSize()
        host = self._host
        right, bottom = host.width() - self.width() - 4, host.height() - self.height() - 4
        self.move(max(4, min(at.x(), right)), max(4, min(at.y(), bottom)))
        self.show()
        self.raise_()


class StretchCard(DeedCard):
    """Beside a band that can be changed."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent, ("Edit…", "Remove"))
        self.edit, self.remove = self.buttons


class RangeCard(DeedCard):
    """Beside a swept range: what else it may become than a visit."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent, ("Book", "Block… (B)", "Extra hours…", "Hold (H)"))
        self.book, self.block, self.extra, self.hold = self.buttons
