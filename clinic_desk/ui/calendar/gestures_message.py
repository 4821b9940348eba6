"""A refusal at the drop: one sentence and buttons that are ways out (never "are you sure?")."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import WayOut
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.worded import WordedButton

WIDTH = 420
MOST_IN_ROW = 5
"""More ways out than there ever are."""


class RefusalCard(QFrame):
    """``chosen(way, reason)`` carries the ``WayOut`` of the pressed button and, when the way needs
    one, the reason that was typed. ``closed`` comes when it goes without a choice: it stays until
    the next action or Esc. Tab reaches the buttons from the grid."""

    chosen = Signal(object, str)
    closed = Signal()

    NEEDS_REASON = frozenset({"overbook", "override", "allow_patient_overlap", "book_anyway"})

    def __init__(self, theme: Theme, view: QWidget) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self.setObjectName("refusal-card")
        self.setAutoFillBackground(True)
        self.setVisible(False)
        self._mark = Label()
        self._sentence = Label()
        self._sentence.setWordWrap(True)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.setAccessibleName("Close this message")
        self._close.clicked.connect(self.dismiss)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._sentence, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._buttons = QGridLayout()
        self._shown: list[QPushButton] = []
        self._buttons.setSpacing(8)
        self._buttons.setColumnStretch(MOST_IN_ROW, 1)
        self._reason = QLineEdit()
        self._reason.setVisible(False)
        self._reason.setMaxLength(2000)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._reason)
        layout.addLayout(self._buttons)
        self._way: WayOut | None = None
        self._reason.returnPressed.connect(self._with_reason)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def buttons(self) -> list[QPushButton]:
        return list(self._shown)

    @property
    def reason_field(self) -> QLineEdit:
        return self._reason

    def say(self, sentence: str, ways: Sequence[WayOut], at: QPoint) -> None:
        """Shows the message near ``at`` (pixels of the view), inside the view."""
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self._reason.setVisible(False)
        self._way = None
        self._offer(ways)
        self._settle(at)

    def reword(self, sentence: str) -> None:
        """A better sentence for the message that is shown."""
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self._settle(self.pos())

    def offer(self, sentence: str, ways: Sequence[WayOut]) -> None:
        """Replaces sentence and buttons in place (the doctors who are free, say)."""
        self.say(sentence, ways, self.pos())
        first = self.buttons()
        if first:
            first[0].setFocus()

    def dismiss(self) -> None:
        if self.isVisible():
            focused = self.isAncestorOf(self.focusWidget() or self)
            self.hide()
            if focused:
                self._view.setFocus()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            self._view.setFocus()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # a line of text has answered to Enter and passes it on; the grid would open the visit
            super().keyPressEvent(event)

    def _offer(self, ways: Sequence[WayOut]) -> None:
        while self._buttons.count():
            self._buttons.takeAt(0)
        for old in self._shown:
            old.hide()
            old.deleteLater()
        self._shown = []
        previous: QWidget = self._view
        for number, way in enumerate(ways):
            button = WordedButton(way.label, self)
            button.setAutoDefault(True)
            if number == 0:
                button.setProperty("kind", "primary")
            button.clicked.connect(lambda _=False, w=way: self._press(w))
            button.show()
            self._shown.append(button)
            QWidget.setTabOrder(previous, button)
            previous = button

    def _settle(self, at: QPoint) -> None:
        width = self._arrange(max(240, self._view.width() - 32))
        self.setFixedWidth(width)
        self.show()
        layout = self.layout()
        if layout is not None:
            layout.invalidate()
            layout.activate()
            self.resize(width, layout.totalHeightForWidth(width))
        room = self._view.rect()
        if isinstance(self._view, QAbstractScrollArea):
            # a scroll bar lies above everything in its area
            room = self._view.viewport().geometry()
        x = max(8, min(at.x(), room.right() + 1 - self.width() - 8))
        y = max(8, min(at.y(), room.bottom() + 1 - self.height() - 8))
        self.move(x, y)
        self.raise_()

    def _arrange(self, room: int) -> int:
        """The buttons in one row, or in two where the row would be wider than ``room`` pixels;
        answers the width of the card."""
        wanted = sum(button.sizeHint().width() + 8 for button in self._shown) + 24
        in_row = MOST_IN_ROW if wanted <= room else 2
        for number, button in enumerate(self._shown):
            self._buttons.addWidget(button, number // in_row, number % in_row)
        return min(max(WIDTH, wanted), room) if in_row == MOST_IN_ROW else min(WIDTH, room)

    def _press(self, way: WayOut) -> None:
        if way.action in self.NEEDS_REASON:
            self._way = way
            words = "Why is this visit squeezed in?" if way.action == "overbook" else "Why?"
            self._reason.setPlaceholderText(words)
            self._reason.setAccessibleName(words)
            self._reason.clear()
            self._reason.setVisible(True)
            self._offer((WayOut(way.label.rstrip(" …"), "confirm_reason"),))
            self._settle(self.pos())
            self._reason.setFocus()
            return
        if way.action == "confirm_reason":
            self._with_reason()
            return
        self._answer(way, "")

    def _with_reason(self) -> None:
        reason = self._reason.text().strip()
        if not reason:
            what = "A squeeze-in" if self._way and self._way.action == "overbook" else "This"
            self._sentence.setText(f"{what} needs a reason; it is kept with the visit.")
            self._reason.setFocus()
        elif self._way is not None:
            self._answer(self._way, reason)

    def _answer(self, way: WayOut, reason: str) -> None:
        self.hide()
        self._view.setFocus()
        self.chosen.emit(way, reason)

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self._mark.setPixmap(self._theme.icon("refuse", 16, tokens.refuse))
        self._close.setIcon(self._theme.qicon("close"))
        self._sentence.setFont(self._theme.font("body"))
        self.setStyleSheet(
            f"QFrame#refusal-card {{ background: {tokens.canvas.name()};"
            f" border: 1px solid {tokens.refuse.name()}; border-radius: 6px; }}"
        )
