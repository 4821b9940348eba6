"""One setting in a line: what it is called, whose it is, its control, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QBoxLayout,
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import over
from clinic_desk.ui.runtime.declared import CLINIC, Control, Declared
from clinic_desk.ui.runtime.settings import Settings
from clinic_desk.ui.widgets.forms.counting import count_in
from clinic_desk.ui.widgets.forms.yielding import YieldingLine, forget_typing
from clinic_desk.ui.widgets.worded import WordedCombo

CONTROL = 232
"""Pixels of a control at normal text size."""

NARROW = 520
"""A row narrower than that, at normal text size, has two lines."""


class Tag(Label):
    """A word in a frame: whose a setting is, when it counts."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(text)
        self._theme = theme
        self.setProperty("role", "caption")
        self.setContentsMargins(6, 1, 6, 1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.tokens.grid_major)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.end()
        super().paintEvent(event)


def scope_words(scope: str) -> str:
    return "Whole clinic" if scope == CLINIC else "This desk"


class SettingRow(QWidget):
    """Shows a declared setting and puts what is chosen. ``told`` carries the sentence of a change.
    ``lit`` marks the row that a search has led to."""

    told = Signal(str)

    def __init__(self, theme: Theme, settings: Settings, item: Declared, allowed: bool) -> None:
        super().__init__()
        self._theme = theme
        self._settings = settings
        self.item = item
        self._lit = False
        self._showing = False
        name = Label(item.label)
        name.setWordWrap(True)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(name)
        sentence = item.help
        if not allowed:
            sentence = f"{sentence} Only a practice manager may change this.".strip()
        if sentence:
            explained = Label(sentence)
            explained.setProperty("role", "muted")
            explained.setWordWrap(True)
            text.addWidget(explained)
        tags = [scope_words(item.scope)]
        if item.restart:
            tags.append("From the next start")
            tag = Tag(theme, tags[1])
            text.addWidget(tag, 0, Qt.AlignmentFlag.AlignLeft)
        self.control, self._show = self._made()
        self.control.setAccessibleName(item.label)
        self.control.setAccessibleDescription(" · ".join([*tags, sentence]).strip(" ·"))
        self.control.setEnabled(allowed)
        self.control.installEventFilter(self)
        name.setBuddy(self.control)
        self.reset = QPushButton()
        self.reset.setProperty("kind", "ghost")
        self.reset.setProperty("square", "true")
        self.reset.clicked.connect(self._reset)
        asked = QHBoxLayout()
        asked.setSpacing(12)
        asked.addWidget(self.control, 0, Qt.AlignmentFlag.AlignVCenter)
        asked.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignVCenter)
        asked.addStretch(1)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(12, 10, 12, 10)
        self._row.setSpacing(8)
        self._row.addLayout(text, 1)
        self._row.addLayout(asked)
        self._allowed = allowed
        settings.changed.connect(self._on_change)
        theme.changed.connect(self._dress)
        self._dress()

    def light(self, lit: bool) -> None:
        self._lit = lit
        self.update()

    def focus(self) -> None:
        self.control.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        # the wheel scrolls the page; it must not change a setting on the way
        if event.type() is QEvent.Type.Wheel and not self.control.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Where there is little room, as with large type, the control goes below its name."""
        narrow = self.width() < self._theme.px(NARROW)
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter, tokens = QPainter(self), self._theme.tokens
        if self._lit:
            painter.fillRect(self.rect(), over(tokens.selected, tokens.canvas))
        line = self.rect()
        line.setTop(line.bottom())
        painter.fillRect(line, tokens.grid_minor)

    # the control

    def _made(self) -> tuple[QWidget, Callable[[Any], None]]:
        """The control and what shows a value in it."""
        if self.item.control is Control.SWITCH:
            box = QCheckBox()
            box.toggled.connect(self._chosen)
            return box, box.setChecked
        if self.item.control is Control.CHOICE:
            return self._choice()
        if self.item.control is Control.NUMBER:
            spin = QSpinBox()
            spin.setLineEdit(YieldingLine())
            spin.setRange(self.item.low, self.item.high)
            if self.item.unit:
                count_in(spin, self.item.unit)
            spin.setKeyboardTracking(False)
            spin.lineEdit().setTextMargins(6, 0, 6, 0)
            spin.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
            spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            spin.valueChanged.connect(self._chosen)
            return spin, spin.setValue
        edit = YieldingLine()
        edit.setMaxLength(60)
        edit.editingFinished.connect(lambda: self._chosen(edit.text().strip()))
        return edit, edit.setText

    def _choice(self) -> tuple[QWidget, Callable[[Any], None]]:
        box = WordedCombo()
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for value, words in self.item.choices:
            box.addItem(words, value)
        box.activated.connect(lambda row: self._chosen(self.item.choices[row][0]))
        return box, lambda value: box.setCurrentIndex(box.findData(value))

    def _chosen(self, value: Any) -> None:
        if self._showing or value == self._settings.get(self.item.key):
            return
        if not self.item.fits(value):
            self._fill()
            return
        label = f"{self.item.label}: {self.item.value_words(value)}"
        self._settings.put(self.item.key, value, label)
        forget_typing(self.control)
        self.told.emit(label)

    def _reset(self) -> None:
        self.focus()
        self._chosen(self.item.default)

    def _on_change(self, key: str) -> None:
        if key == self.item.key:
            self._fill()

    def _fill(self) -> None:
        self._showing = True
        value = self._settings.get(self.item.key)
        self._show(value)
        self._showing = False
        usual = self.item.value_words(self.item.default)
        self.reset.setToolTip(f"Back to the usual: {usual}")
        self.reset.setAccessibleName(f"Reset {self.item.label} to {usual}")
        own = value != self.item.default
        self.reset.setEnabled(own and self._allowed)
        # kept in its place, so that the controls stay in one line
        self.reset.setIcon(self._theme.qicon("undo") if own else QIcon())

    def _dress(self) -> None:
        theme = self._theme
        self.control.setFixedWidth(theme.px(CONTROL))  # all begin in one line
        self.reset.setFixedWidth(theme.px(32))
        self._fill()
        self.update()
