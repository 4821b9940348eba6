"""A sentence with its ways out, inside the page; it never stops anybody."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import WayOut
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.runtime.wording import Message, Tone, message_for
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.worded import WordedButton

_ICONS = {Tone.OK: "check", Tone.INFO: "info", Tone.WARN: "warn", Tone.REFUSE: "refuse"}
LEAST_SENTENCE = 320
"""Pixels that a long sentence has beside its buttons, or they stand below it."""


class MessageBar(QWidget):
    """``chosen`` carries the ``WayOut`` whose button was pressed. ``dismissed``: closed by a
    person, with none of them."""

    chosen = Signal(object)
    closed = Signal()
    dismissed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.message: Message | None = None
        self._icon = Label(self)
        self._icon.setFixedWidth(20)
        self._text = Label(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = QToolButton(self)
        self._close.setAccessibleName("Close this message")
        self._close.setToolTip("Close (Esc)")
        self._close.setFixedSize(24, 24)
        self._close.clicked.connect(self._dismiss)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 4)
        column.setSpacing(4)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._below = QHBoxLayout()
        self._below.setContentsMargins(28, 0, 0, 2)
        self._below.setSpacing(8)
        self._below.addStretch(1)
        column.addLayout(self._row, 1)
        column.addLayout(self._below)
        self._row.addWidget(self._icon)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self._close)
        self._buttons: list[QPushButton] = []
        self.setMinimumHeight(40)
        self.hide()
        theme.changed.connect(self._dress)

    def show_error(self, error: BaseException) -> None:
        self.show_message(message_for(error))

    def show_message(self, message: Message) -> None:
        self.message = message
        self._text.setText(message.sentence)
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        for way in message.ways_out:
            button = WordedButton(way.label, self)
            button.setProperty("density", "compact")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, way=way: self._choose(way))
            self._buttons.append(button)
        self._place_buttons()
        self._dress()
        self.show()
        announce(self, message.sentence, urgent=message.tone is Tone.REFUSE)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._place_buttons()

    def _place_buttons(self) -> None:
        """Beside the sentence, or below it where they would squeeze it into a narrow column."""
        taken = sum(button.sizeHint().width() + 8 for button in self._buttons)
        said = self._text.fontMetrics().horizontalAdvance(self._text.text())
        room = self.width() - taken - 80
        below = bool(self._buttons) and room < min(said, self._theme.px(LEAST_SENTENCE))
        for place, button in enumerate(self._buttons):
            row, at = (self._below, place) if below else (self._row, 2 + place)
            if row.indexOf(button) != at:
                self._row.removeWidget(button)
                self._below.removeWidget(button)
                row.insertWidget(at, button)

    def clear(self) -> None:
        self.message = None
        if self.isVisible():
            self.hide()
            self.closed.emit()
        else:
            self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self._dismiss()
            return
        chosen = next((button for button in self._buttons if button.hasFocus()), None)
        if chosen is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # a key that is held down since before the sentence came decides nothing
            if not event.isAutoRepeat():
                chosen.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        if self.message is None:
            return
        tokens = self._theme.tokens
        ink = self._ink()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(mix(ink, tokens.canvas, 0.5))
        painter.setBrush(mix(ink, tokens.canvas, 0.08))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)

    def _ink(self) -> QColor:
        tokens = self._theme.tokens
        tone = self.message.tone if self.message else Tone.INFO
        return {
            Tone.OK: tokens.ok,
            Tone.INFO: tokens.accent,
            Tone.WARN: tokens.warn,
            Tone.REFUSE: tokens.refuse,
        }[tone]

    def _dress(self) -> None:
        self._close.setIcon(self._theme.qicon("close"))
        if self.message is not None:
            self._icon.setPixmap(self._theme.icon(_ICONS[self.message.tone], 16, self._ink()))
        self.update()

    def _dismiss(self) -> None:
        self.clear()
        self.dismissed.emit()

    def _choose(self, way: WayOut) -> None:
        self.clear()
        self.chosen.emit(way)
