"""What a form is made of: fields that keep what was typed, right or wrong, until it is read.

A field never swallows or bends what somebody types. ``raw`` is what stands there, ``value`` what
it means; a field that cannot mean anything raises ``Refusal`` with a sentence for the person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QWidget,
)

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.money import read_price, typed_text
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.yielding import YieldingLine, YieldingText
from clinic_desk.ui.widgets.worded import WordedCheck, WordedCombo

LONGEST_FIELD = 440
"""Pixels; a field that holds a short text is no longer on a wide screen."""


class Field(Protocol):
    """``edited`` is emitted when a person changed something, never by ``put``."""

    edited: Any

    def value(self) -> Any:
        """Raises ``Refusal`` when what stands there means nothing."""

    def put(self, value: Any) -> None: ...

    def raw(self) -> Any:
        """Compared to tell whether anything was changed."""


class TextField(YieldingLine):
    """One line. ``ghost`` is shown while it is empty."""

    edited = Signal()

    def __init__(self, ghost: str = "", *, widest: int = LONGEST_FIELD) -> None:
        super().__init__()
        self.setPlaceholderText(ghost)
        self.setMaximumWidth(widest)
        self.textEdited.connect(self.edited)

    def value(self) -> str:
        return self.text().strip()

    def put(self, value: str) -> None:
        if value != self.text():
            self.setText(value)
            self.setCursorPosition(0)

    def raw(self) -> str:
        return self.text()


class LongTextField(YieldingText):
    """Some lines; Tab goes on to the next field."""

    edited = Signal()

    def __init__(self, theme: Theme, lines: int = 3) -> None:
        super().__init__()
        self._theme, self._lines = theme, lines
        self._showing = False
        self.setTabChangesFocus(True)
        self.setMaximumWidth(LONGEST_FIELD)
        self.textChanged.connect(self._on_text)
        theme.changed.connect(self._dress)
        self._dress()

    def value(self) -> str:
        return self.toPlainText().strip()

    def put(self, value: str) -> None:
        if value != self.toPlainText():
            self._showing = True
            self.setPlainText(value)
            self._showing = False

    def raw(self) -> str:
        return self.toPlainText()

    def _on_text(self) -> None:
        if not self._showing:
            self.edited.emit()

    def _dress(self) -> None:
        self.setFixedHeight(self._theme.px(18 * self._lines + 14))


class _StepLine(YieldingLine):
    """Up and Down count; the wheel leaves it alone."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not event.modifiers():
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Up else -1)
        else:
            super().keyPressEvent(event)


class NumberField(QWidget):
    """A whole number as typed, with its unit behind it. Any number is taken, for the rule that
    refuses it has the better sentence; ``none`` says what an empty field means (without it an
    empty one is refused)."""

    edited = Signal()

    def __init__(
        self, theme: Theme, unit: str = "", *, none: str = "", step: int = 1, width: int = 84
    ) -> None:
        super().__init__()
        self._theme, self._none, self._step, self._width = theme, none, step, width
        self.line = _StepLine()
        self.line.setPlaceholderText(none)
        self.line.textEdited.connect(self.edited)
        self.line.stepped.connect(self._count)
        self.unit = Label(unit)
        self.unit.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line)
        row.addWidget(self.unit)
        row.addStretch(1)
        self.setFocusProxy(self.line)
        theme.changed.connect(self._dress)
        self._dress()

    def value(self) -> int | None:
        text = self.line.text().strip().replace("\u2212", "-").replace(" ", "")
        if not text:
            if self._none:
                return None
            raise Refusal("missing", "Type a number here.")
        try:
            number = int(text)
        except ValueError:
            raise Refusal("bad_number", f"“{text[:40]}” is no whole number.") from None
        if abs(number) > 10**9:
            raise Refusal("bad_number", "That number is too large; check its zeros.")
        return number

    def put(self, value: int | None) -> None:
        self.line.setText("" if value is None else str(value))

    def raw(self) -> str:
        return self.line.text().strip()

    def _count(self, by: int) -> None:
        try:
            number = self.value()
        except Refusal:
            return
        # from 30 in steps of 5 to 35; from 32 to 35 as well
        steps, rest = divmod(number or 0, self._step)
        upward = by > 0 or rest
        fresh = (steps + (1 if by > 0 else 0 if rest else -1)) * self._step
        self.put(max(0, fresh) if upward or fresh >= 0 else 0)
        self.edited.emit()

    def _dress(self) -> None:
        self.line.setFixedWidth(self._theme.px(self._width))


class PriceField(QWidget):
    """A price with comma or point in the practice's currency; its value is minor units."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.currency, self.region = "EUR", "en_GB"
        self.line = YieldingLine()
        self.line.textEdited.connect(self.edited)
        self.unit = Label(self.currency)
        self.unit.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line)
        row.addWidget(self.unit)
        row.addStretch(1)
        self.setFocusProxy(self.line)
        theme.changed.connect(self._dress)
        self._dress()

    def set_money(self, currency: str, region: str) -> None:
        """``region`` is the practice's locale, such as en_GB."""
        self.currency, self.region = currency, region
        self.unit.setText(currency)

    def value(self) -> int:
        return read_price(self.line.text(), self.currency, self.region)

    def put(self, value: int) -> None:
        self.line.setText(typed_text(value, self.currency, self.region))

    def raw(self) -> str:
        return self.line.text().strip()

    def _dress(self) -> None:
        self.line.setFixedWidth(self._theme.px(110))


class ChoiceField(WordedCombo):
    """One of a few. The wheel scrolls the page unless the list has the focus."""

    edited = Signal()

    def __init__(self, choices: Sequence[tuple[Any, str]] = (), *, widest: int = 320) -> None:
        super().__init__()
        self.setMaximumWidth(widest)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(16)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.offer(choices)
        self.activated.connect(lambda _row: self.edited.emit())

    def offer(self, choices: Sequence[tuple[Any, str]]) -> None:
        """What stands there is kept when it is still among the choices."""
        now = self.currentData()
        self.clear()
        for value, words in choices:
            self.addItem(words, value)
        self.put(now)

    def value(self) -> Any:
        return self.currentData()

    def put(self, value: Any) -> None:
        place = next((n for n in range(self.count()) if self.itemData(n) == value), 0)
        self.setCurrentIndex(place)

    def raw(self) -> Any:
        return self.currentData()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SwitchField(WordedCheck):
    edited = Signal()

    def __init__(self, words: str = "") -> None:
        super().__init__(words)
        self.clicked.connect(lambda _on: self.edited.emit())

    def value(self) -> bool:
        return self.isChecked()

    def put(self, value: bool) -> None:
        self.setChecked(value)

    def raw(self) -> bool:
        return self.isChecked()


class ManyField(QWidget):
    """Any number of a few; its value is the chosen ones in their order. ``none`` is said while
    nothing is chosen."""

    edited = Signal()

    def __init__(self, none: str = "") -> None:
        super().__init__()
        self._boxes: dict[Any, WordedCheck] = {}
        self._none = Label(none)
        self._none.setProperty("role", "muted")
        self._flow = FlowLayout(self, 8)
        self._none.setMinimumHeight(28)
        self._name: Callable[[str], str] = str
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._flow.addWidget(self._none)

    @property
    def boxes(self) -> list[WordedCheck]:
        return list(self._boxes.values())

    def offer(self, choices: Sequence[tuple[Any, str]]) -> None:
        if [(key, box.text()) for key, box in self._boxes.items()] == list(choices):
            return
        chosen = set(self.value())
        for box in self._boxes.values():
            self._flow.removeWidget(box)
            box.hide()
            box.deleteLater()
        self._flow.removeWidget(self._none)
        self._boxes = {}
        for key, words in choices:
            box = WordedCheck(words.replace("&", "&&"), self)
            box.setAccessibleName(f"{self.accessibleName()}: {words}".strip(": "))
            box.setChecked(key in chosen)
            box.setMinimumHeight(28)
            box.clicked.connect(self._on_click)
            self._boxes[key] = box
            self._flow.addWidget(box)
        self._flow.addWidget(self._none)
        if self._boxes:
            self.setFocusProxy(self.boxes[0])
        self._tell()

    def value(self) -> tuple[Any, ...]:
        return tuple(key for key, box in self._boxes.items() if box.isChecked())

    def put(self, value: Sequence[Any]) -> None:
        for key, box in self._boxes.items():
            box.setChecked(key in value)
        self._tell()

    def raw(self) -> tuple[Any, ...]:
        return self.value()

    def _on_click(self) -> None:
        self._tell()
        self.edited.emit()

    def _tell(self) -> None:
        self._none.setVisible(bool(self._none.text()) and not self.value())
        self.updateGeometry()
