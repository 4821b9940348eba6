"""One row of a form: a label, its field, and what is said about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.forms.fields import Field

if TYPE_CHECKING:
    from clinic_desk.ui.widgets.forms.form import Form


class FormRow:
    """A label, its field, a word of help and the error line; ``own`` tells that the value is not
    the one the form is compared with."""

    def __init__(self, form: Form, name: str, label: str, field: QWidget, explained: str) -> None:
        self.name, self.words, self.widget = name, label, field
        self.line = -1
        self.field = cast(Field, field)
        self._theme = form.theme
        self._form = form
        self.label = Label(label.replace("&", "&&"), form)
        self.label.setWordWrap(True)
        self.label.setProperty("role", "field")
        target = field.focusProxy() or field
        self.label.setBuddy(target)
        for one in {field, target}:
            if not one.accessibleName():
                one.setAccessibleName(label)
            if explained:
                one.setAccessibleDescription(explained)
        self.error = InkLabel(form.theme, "", role="grid", ink="refuse", wrap=True)
        self.error.hide()
        self.mark = InkLabel(form.theme, "", role="caption", ink="accent", bold=True)
        self.same = push("Same as clinic", form, "link")
        self.same.setAccessibleName(f"{label}: same as clinic")
        self.same.clicked.connect(lambda: form.follow(self))
        self.mark.hide()
        self.same.hide()
        across = QHBoxLayout()
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(12)
        across.addWidget(field, 100)
        across.addStretch(1)  # a field that has its full width stays at the left
        self.tail = QWidget(form)
        beside = QHBoxLayout(self.tail)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(8)
        beside.addWidget(self.mark)
        beside.addWidget(self.same)
        self.tail.hide()
        across.addWidget(self.tail, 0, Qt.AlignmentFlag.AlignTop)
        self.box = QVBoxLayout()
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(3)
        self.box.addLayout(across)
        self.box.addWidget(self.error)
        self.help: QLabel | None = None
        if explained:
            self.help = Label(explained)
            self.help.setProperty("role", "caption")
            self.help.setWordWrap(True)
            self.box.addWidget(self.help)

    @property
    def target(self) -> QWidget:
        """What takes the keys."""
        return self.widget.focusProxy() or self.widget

    def raw_text(self) -> str:
        """What is written in it, in words."""
        target = self.target
        return target.text() if isinstance(target, QLineEdit) else str(self.field.raw())

    def fault(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        face = self.target
        face.setProperty("invalid", "true" if sentence else "false")
        face.style().unpolish(face)
        face.style().polish(face)

    def show(self, visible: bool) -> None:
        for one in (self.label, self.widget, self.help):
            if one is not None:
                one.setVisible(visible)
        if not visible:
            self.error.hide()
        self._form.fit_row(self)

    def compared(self, own: bool | None) -> None:
        """None: nothing to compare with; else whether the value differs from it."""
        self.mark.setText("Own value" if own else "As the clinic")
        self.mark.set_ink("accent" if own else "text3")
        self.mark.setVisible(own is not None)
        self.tail.setVisible(own is not None)
        self.same.setVisible(own is True)
