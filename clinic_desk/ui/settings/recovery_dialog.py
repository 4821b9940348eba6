"""The clinic's data is encrypted, and the keyring does not give its key: the paper does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, push

WIDTH, GROUP = 560, 5
LONGEST = 400
"""Characters: a key with generous spaces."""


def offer(theme: Theme, error: Fault, unlock: Callable[[str], str]) -> bool:
    """Whether it is worth opening the clinic once more."""
    dialog = RecoveryDialog(theme, error, unlock)
    try:
        return dialog.exec() == QDialog.DialogCode.Accepted
    finally:
        dialog.deleteLater()


class RecoveryDialog(QDialog):
    """Accepted: the key has been found, or the keyring may be asked again."""

    _ended = Signal(object)

    def __init__(
        self,
        theme: Theme,
        error: Fault,
        unlock: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._unlock = unlock
        self._working = False
        self.setWindowTitle("Clinic Desk")
        title = InkLabel(theme, "The clinic’s data is encrypted", role="title", parent=self)
        self.sentence = InkLabel(theme, error.sentence, wrap=True, parent=self)
        self.field = QLineEdit(self)
        self.field.setMaxLength(LONGEST)
        self.field.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.field.setAccessibleName("Recovery key")
        self.field.setPlaceholderText("13 groups of 5 letters and digits")
        told = "Small letters do not matter, nor what stands between the groups."
        hint = InkLabel(theme, told, role="caption", ink="text2", wrap=True, parent=self)
        self.count = InkLabel(theme, "", role="caption", ink="text2", parent=self)
        self.wrong = InkLabel(theme, "", ink="refuse", wrap=True, parent=self)
        self.wrong.hide()
        self.open_ = push("&Open", self, "primary")
        self.open_.setDefault(True)
        self.open_.clicked.connect(self._try)
        self.again = push("&Ask the keyring again", self)
        self.again.setAutoDefault(False)
        self.again.clicked.connect(self.accept)
        self.quit = push("&Quit", self)
        self.quit.setAutoDefault(False)
        self.quit.clicked.connect(self.reject)
        below = QHBoxLayout()
        below.addWidget(hint, 1)
        below.addWidget(self.count)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.quit)
        buttons.addStretch(1)
        buttons.addWidget(self.again)
        buttons.addWidget(self.open_)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(self.sentence)
        column.addWidget(self.field)
        column.addLayout(below)
        column.addWidget(self.wrong)
        column.addSpacing(4)
        column.addLayout(buttons)
        self.setMinimumWidth(theme.px(WIDTH))
        self.field.textChanged.connect(self._typed)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self._typed("")
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed(self, text: str) -> None:
        letters = sum(c.isalnum() for c in text)
        self.count.setText(f"{letters // GROUP} of 13 groups" if letters else "")
        self.open_.setEnabled(bool(letters) and not self._working)
        self.wrong.hide()

    def _try(self) -> None:
        """The keyring may take its time to keep the key: off the main thread."""
        if self._working:
            return
        text = self.field.text()
        self._work_on(True)

        def work() -> None:
            answer: object
            try:
                answer = self._unlock(text)
            except ClinicDeskError as error:
                answer = error
            except Exception:
                answer = Fault("bug", "Something went wrong inside the program. Nothing was lost.")
            with suppress(RuntimeError):  # the dialog may have gone
                self._ended.emit(answer)

        threading.Thread(target=work, name="recovery-key", daemon=True).start()

    def _on_ended(self, answer: object) -> None:
        self._work_on(False)
        if isinstance(answer, ClinicDeskError):
            sentence = message_for(answer).sentence
            self.wrong.setText(sentence)
            self.wrong.show()
            announce(self, sentence)
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.field.clear()
        self.accept()

    def _work_on(self, on: bool) -> None:
        self._working = on
        for part in (self.field, self.again, self.open_):
            part.setEnabled(not on)
        self.open_.setText("Opening…" if on else "&Open")

    def reject(self) -> None:
        """Not while the key is being kept: it would be done without anybody knowing."""
        if not self._working:
            super().reject()
