"""Choosing a password or PIN: which of the two, typed twice, and how well it will hold."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.staff_secrets import Secret, check_secret
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.accounts.secret import SecretField
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, field_label

LINES = 2
"""Of the words below the first field: room is kept for them, so that typing moves nothing."""

GOOD, STRONG = 12, 18
"""Letters of a password from which it is called good, and strong."""


def strength(text: str, kind: SecretKind, name: str, log_in: str) -> tuple[str, str]:
    """(colour, words) for what is typed so far; nothing for nothing."""
    if not text:
        return "text3", ""
    try:
        check_secret(Secret(text), kind, name, log_in)
    except Refusal as refusal:
        return "text2", refusal.sentence
    if kind is SecretKind.PIN:
        if len(text) < 6:
            return "warn", "Will do; six digits are a hundred times harder to guess."
        return "ok", "Good."
    if len(text) < GOOD:
        return "warn", "Will do; longer is better than more complicated."
    return "ok", "Strong." if len(text) >= STRONG else "Good."


class NewSecret(QWidget):
    """``edited`` while something is typed, ``entered`` Enter in the last field. ``read`` gives the
    secret and its kind; what is wrong with it is said at its field."""

    edited = Signal()
    entered = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, kind: SecretKind = SecretKind.PASSWORD
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.name = self.log_in = ""
        """Whose it is: their own name is no secret."""
        self.kinds = QButtonGroup(self)
        self.password, self.pin = QRadioButton("Pass&word"), QRadioButton("P&IN")
        self.password.setToolTip("Letters, digits, spaces: at least 8 of them")
        self.pin.setToolTip("4 to 12 digits")
        row = QHBoxLayout()
        row.setSpacing(16)
        for number, button in enumerate((self.password, self.pin)):
            self.kinds.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)
        (self.pin if kind is SecretKind.PIN else self.password).setChecked(True)
        self.first = SecretField(theme, "New password or PIN", self)
        self.again = SecretField(theme, "The same once more", self)
        self.words = InkLabel(theme, "", role="grid", ink="text2", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.fault = InkLabel(theme, "", role="grid", ink="refuse", wrap=True)
        self.fault.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(field_label("&New one", self.first, theme, self))
        column.addWidget(self.first)
        column.addWidget(self.words)
        column.addWidget(field_label("Once &more", self.again, theme, self))
        column.addWidget(self.again)
        column.addWidget(self.fault)
        self.first.edited.connect(self._on_edit)
        self.again.edited.connect(self._on_edit)
        self.kinds.idToggled.connect(lambda _number, _on: self._on_edit())
        self.first.caps_changed.connect(lambda _on: self._tell())
        self.first.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self.entered)
        self.setFocusProxy(self.first)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def kind(self) -> SecretKind:
        return SecretKind.PIN if self.pin.isChecked() else SecretKind.PASSWORD

    def belong_to(self, name: str, log_in: str) -> None:
        self.name, self.log_in = name, log_in
        self._tell()

    def choose(self, kind: SecretKind) -> None:
        (self.pin if kind is SecretKind.PIN else self.password).setChecked(True)

    def wipe(self) -> None:
        self.first.wipe()
        self.again.wipe()
        self._clear_fault()

    def read(self) -> tuple[Secret, SecretKind] | None:
        """None when there is something wrong, which then stands at its field."""
        self._clear_fault()
        try:
            check_secret(self.first.secret(), self.kind, self.name, self.log_in)
        except Refusal as refusal:
            self.say(refusal.sentence)
            return None
        if self.again.text() != self.first.text():
            differ = "The two are not the same; type the second one again."
            self.say(differ, self.again)
            self.again.selectAll()
            return None
        return self.first.secret(), self.kind

    def say(self, sentence: str, field: SecretField | None = None) -> None:
        """What is wrong, below the field where it is mended, which gets the keyboard."""
        wrong = field or self.first
        if wrong is self.first:  # in the place of the words about it
            self.words.set_ink("refuse")
            self.words.setText(sentence)
        else:
            self.fault.setText(sentence)
            self.fault.show()
        self._mark(wrong, True)
        wrong.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, sentence, urgent=True)

    def _clear_fault(self) -> None:
        self.fault.hide()
        self.fault.setText("")
        for field in (self.first, self.again):
            self._mark(field, False)
        self._tell()

    @staticmethod
    def _mark(field: SecretField, wrong: bool) -> None:
        if bool(field.property("invalid")) != wrong:
            field.setProperty("invalid", wrong)
            field.style().unpolish(field)
            field.style().polish(field)

    def _on_edit(self) -> None:
        self._clear_fault()
        self.edited.emit()

    def _tell(self) -> None:
        ink, words = strength(self.first.text(), self.kind, self.name, self.log_in)
        if self.first.caps:
            words = f"Caps Lock is on. {words}".rstrip()
        self.words.set_ink(ink)
        self.words.setText(words)

    def _dress(self) -> None:
        line = QFontMetrics(self._theme.font("grid")).lineSpacing()
        self.words.setMinimumHeight(LINES * line)
