"""Asked once, at the drop or at *Save*: this visit of a series, those that follow, or all?"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.services.commands import Scope
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme


class SeriesScopePopover(QFrame):
    """``chosen`` carries a ``Scope``, and ``include_changed`` then tells whether the visits that
    were changed by hand go along; ``cancelled`` comes for Cancel, Esc and a click outside. Exactly
    one of the two is emitted."""

    chosen = Signal(object)
    cancelled = Signal()

    def __init__(self, theme: Theme, sentence: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("series-scope")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(sentence)
        self._answered = False
        title = Label(sentence)
        title.setFont(theme.font("body", bold=True))
        self.only = QPushButton("Only this")
        self.only.setProperty("kind", "primary")
        self.following = QPushButton("This and following")
        self.all = QPushButton("All to come")
        self.include = QCheckBox()
        self.include.hide()
        self.include_changed = False
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("kind", "ghost")
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self._buttons:
            button.setAutoDefault(True)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addLayout(row)
        layout.addWidget(self.include)
        self.only.clicked.connect(lambda: self._choose(Scope.ONLY_THIS))
        self.following.clicked.connect(lambda: self._choose(Scope.FOLLOWING))
        self.all.clicked.connect(lambda: self._choose(Scope.ALL))
        self.cancel.clicked.connect(self.close)

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.only, self.following, self.all, self.cancel

    def offer_include(self, text: str) -> None:
        """Some were changed by hand: a box for them, below the buttons, which stay where they
        are."""
        if not self._answered:
            self.include.setText(text)
            self.include.show()
            self.adjustSize()

    def ask_at(self, global_pos: QPoint) -> None:
        """Shows itself inside the screen, near a global position, with the first button focused."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        x = max(screen.left() + 8, min(global_pos.x(), screen.right() - self.width() - 8))
        y = max(screen.top() + 8, min(global_pos.y(), screen.bottom() - self.height() - 8))
        self.move(x, y)
        self.show()
        self.only.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        buttons = self._buttons
        at = next((i for i, b in enumerate(buttons) if b.hasFocus()), 0)
        count = len(buttons)
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() == Qt.Key.Key_Space and self.include.hasFocus():
            self.include.toggle()
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            buttons[(at + 1) % count].setFocus()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            buttons[(at - 1) % count].setFocus()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            buttons[at].click()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        if not self._answered:
            self._answered = True
            self.cancelled.emit()

    def _choose(self, scope: Scope) -> None:
        self._answered = True
        self.include_changed = self.include.isVisible() and self.include.isChecked()
        self.close()
        self.chosen.emit(scope)
