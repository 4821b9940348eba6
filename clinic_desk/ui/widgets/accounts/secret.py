"""The field of a password or PIN: dots that can be shown, paste as anywhere, Caps Lock told."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from clinic_desk.services.staff_secrets import Secret
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import FIELD_ICONS, leading_icon

LONGEST = 512
"""Letters that the field takes; what is too long for a secret is refused by its rule, in words."""


class SecretField(QLineEdit):
    """``edited`` when a person changed it; ``caps_changed`` whether Caps Lock seems to be on;
    ``stray`` carries a key that an empty field has no use for (arrows)."""

    edited = Signal()
    caps_changed = Signal(bool)
    stray = Signal(int)

    def __init__(self, theme: Theme, called: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.caps = False
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST)
        self.setAccessibleName(called)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        leading_icon(self, theme, "lock")
        self.eye = QAction(self)
        self.eye.setCheckable(True)
        self.addAction(self.eye, QLineEdit.ActionPosition.TrailingPosition)
        self.eye.toggled.connect(self._show)
        self.textEdited.connect(self.edited)
        theme.changed.connect(self._dress)
        self._show(False)

    def secret(self) -> Secret:
        return Secret(self.text())

    def wipe(self) -> None:
        """Forgets what was typed, and what undo would bring back; the next secret is hidden."""
        self.setText("")  # unlike "clear", it leaves nothing to bring back
        self.eye.setChecked(False)

    # what forms of fields ask

    def value(self) -> str:
        return self.text()

    def put(self, value: str) -> None:
        if value != self.text():
            self.setText(value)

    def raw(self) -> str:
        return self.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        self._look_at_caps(event)
        arrows = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right)
        upright = event.key() in arrows[:2]
        if event.key() in arrows and not event.modifiers() and (upright or not self.text()):
            self.stray.emit(event.key())
            event.accept()
            return
        super().keyPressEvent(event)

    def _look_at_caps(self, event: QKeyEvent) -> None:
        """Qt tells nobody whether Caps Lock is on: a capital without Shift does, and so does a
        small letter with it."""
        if event.key() == Qt.Key.Key_CapsLock:
            self._set_caps(not self.caps)
            return
        letter = event.text()
        if len(letter) != 1 or letter.lower() == letter.upper():
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._set_caps(letter.isupper() != shift)

    def _set_caps(self, on: bool) -> None:
        if on != self.caps:
            self.caps = on
            self.caps_changed.emit(on)

    def _show(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.setEchoMode(mode)
        self.eye.setText("Hide what is typed" if shown else "Show what is typed")
        self.eye.setToolTip(self.eye.text())
        self._dress()

    def _dress(self) -> None:
        name = "eye-off" if self.eye.isChecked() else "eye"
        self.eye.setIcon(self._theme.qicon(name, sizes=FIELD_ICONS))
