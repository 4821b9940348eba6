"""A labelled field that says below itself what is wrong with it, and keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QWidget,
)

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.yielding import YieldingLine


class TypedField(YieldingLine):
    """``committed`` when what was typed differs from what was shown last: on Enter and on leaving
    the field. ``step`` (keys ↑ ↓) answers the text after so many steps."""

    committed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.step: Callable[[str, int], str] | None = None
        self.setMaxLength(20_000)
        self.editingFinished.connect(self.commit)

    def show_value(self, text: str) -> None:
        self._shown = text
        self.setText(text)
        self.setCursorPosition(0)

    @property
    def pending(self) -> bool:
        """Whether there is something typed that is not taken over."""
        return self.text() != self._shown

    def commit(self) -> None:
        if self.pending:
            self.committed.emit(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        if self.step is not None and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.setText(self.step(self.text(), 1 if key == Qt.Key.Key_Up else -1))
            self.commit()
            return
        if key == Qt.Key.Key_Escape and self.pending:
            self.show_value(self._shown)
            self.committed.emit(self._shown)
            return
        super().keyPressEvent(event)


class FieldGrid(QGridLayout):
    """Rows of label and field, each with its sentence below. Fields are known by their names."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._host = host
        self.fields: dict[str, QWidget] = {}
        self.labels: dict[str, QLabel] = {}
        self._errors: dict[str, QLabel] = {}
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(8)
        self.setVerticalSpacing(4)
        self.setColumnStretch(1, 1)

    def add(self, name: str, label: str, field: QWidget, *more: tuple[str, str, QWidget]) -> None:
        """One line: a label, its field, and further fields with a word between."""
        row = self.rowCount()
        text = Label(label, self._host)
        text.setProperty("role", "caption")
        text.setBuddy(field)
        text.setMinimumWidth(self._theme.px(76))
        self.labels[name] = text
        self.addWidget(text, row, 0)
        across = QHBoxLayout()
        across.setSpacing(8)
        self._place(across, name, label, field)
        for other, word, widget in more:
            between = Label(word, self._host)
            between.setProperty("role", "caption")
            between.setBuddy(widget)
            self.labels[other] = between
            across.addWidget(between)
            self._place(across, other, widget.accessibleName() or word, widget)
        self.addLayout(across, row, 1)
        error = Label(self._host)
        error.setProperty("role", "error")
        error.setWordWrap(True)
        error.setTextFormat(Qt.TextFormat.PlainText)
        error.hide()
        self.addWidget(error, row + 1, 0, 1, 2)
        for each in (name, *(other for other, _, _ in more)):
            self._errors[each] = error

    def _place(self, row: QHBoxLayout, name: str, label: str, field: QWidget) -> None:
        field.setMinimumWidth(self._theme.px(48))
        field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row.addWidget(field, 1)
        self.fields[name] = field
        if not field.accessibleName():
            field.setAccessibleName(label.replace("&", ""))

    def show_row(self, name: str, shown: bool) -> None:
        self.fields[name].setVisible(shown)
        self.labels[name].setVisible(shown)
        if not shown:
            self.clear(name)

    def refuse(self, name: str, sentence: str) -> bool:
        """The sentence at its field, which keeps what was typed; False when there is no such."""
        field = self.fields.get(name)
        if field is None:
            return False
        error = self._errors[name]
        error.setText(sentence)
        error.show()
        _mark(field, True)
        field.setAccessibleDescription(sentence)
        announce(field, sentence, urgent=True)
        return True

    def clear(self, name: str = "") -> None:
        """The complaint of one field, or of all."""
        for each in [name] if name else list(self.fields):
            self._errors[each].hide()
            self._errors[each].clear()
            field = self.fields[each]
            if field.property("invalid"):
                _mark(field, False)
                field.setAccessibleDescription("")

    @property
    def refused(self) -> str:
        """The name of the first field with a complaint, empty when there is none."""
        return next((n for n, field in self.fields.items() if field.property("invalid")), "")

    def sentence(self, name: str) -> str:
        return self._errors[name].text()


def _mark(field: QWidget, wrong: bool) -> None:
    field.setProperty("invalid", wrong)
    for one in (field, *field.findChildren(QWidget)):
        one.style().unpolish(one)
        one.style().polish(one)


def choose(box: QComboBox, data: object) -> None:
    """Without its signals; the first entry when the value is not among them."""
    blocked = box.blockSignals(True)
    box.setCurrentIndex(max(0, box.findData(data)))
    box.blockSignals(blocked)
