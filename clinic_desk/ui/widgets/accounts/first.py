"""The first manager's account: name, log-in name, password or PIN, and the code that is printed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.staff import suggested_log_in
from clinic_desk.services.staff_ports import LoggedIn
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.accounts import Asking
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.widgets.accounts.code_card import CodeCard
from clinic_desk.ui.widgets.accounts.new_secret import NewSecret
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, field_label, push

FIELD = 440


class FirstManager(QWidget):
    """``made`` carries the ``LoggedIn`` as soon as the account stands, ``finished`` when its code
    has been kept, ``edited`` while the names are typed. The names can be put back (``put``); the
    secret is never kept anywhere."""

    edited = Signal()
    made = Signal(object)
    finished = Signal()
    print_requested = Signal(str)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, button: str = "&Make the account"
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._asking: Asking | None = None
        self._busy = False
        self._own_handle = False
        self.done = False
        """The account stands."""
        self.name, self.handle = QLineEdit(self), QLineEdit(self)
        self.name.setPlaceholderText("Such as Maria Keller")
        self.handle.setPlaceholderText("Such as maria")
        self.handle.setToolTip("Short, without spaces; also for the command line")
        self.secret = NewSecret(theme, self)
        self.fault = InkLabel(theme, "", role="grid", ink="refuse", wrap=True)
        self.fault.hide()
        self.make = push(button, self, "primary")
        self.code = CodeCard(theme, self)
        self._fields = QWidget(self)
        column = QVBoxLayout(self._fields)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for words, field in (("Your n&ame", self.name), ("Lo&g-in name", self.handle)):
            column.addWidget(field_label(words, field, theme, self))
            column.addWidget(field)
        column.addWidget(self.fault)
        column.addSpacing(6)
        column.addWidget(self.secret)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.make)
        column.addSpacing(6)
        column.addLayout(foot)
        column.addStretch(1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._fields)
        self._pages.addWidget(self.code)
        self.name.textEdited.connect(self._named)
        self.handle.textEdited.connect(self._own)
        self.name.returnPressed.connect(self.handle.setFocus)
        self.handle.returnPressed.connect(self.secret.setFocus)
        self.secret.entered.connect(self.set_up)
        self.make.clicked.connect(self.set_up)
        self.code.kept.connect(self._kept)
        self.code.print_requested.connect(self.print_requested)
        self.setFocusProxy(self.name)
        theme.changed.connect(self._dress)
        self._dress()

    def work_with(self, asking: Asking) -> None:
        self._asking = asking

    @property
    def showing_code(self) -> bool:
        """The account stands, and its recovery code is on display."""
        return self.done and bool(self.code.code.text())

    def focus_empty(self) -> None:
        """The first field that waits for something."""
        fields = (self.name, self.handle, self.secret.first, self.secret.again)
        first = next((field for field in fields if not field.text()), self.name)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter belongs to the fields here, or to the button that has the keyboard."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        focus = self.focusWidget()
        if isinstance(focus, QPushButton) and not event.isAutoRepeat():
            focus.click()
        event.accept()

    # what is kept of it while it is not made

    def raws(self) -> dict[str, Any]:
        return {"name": self.name.text(), "log_in": self.handle.text()}

    def put(self, raws: object) -> None:
        if isinstance(raws, dict):
            self.name.setText(str(raws.get("name", "")))
            self.handle.setText(str(raws.get("log_in", "")))
            self._own_handle = self.handle.text() != suggested_log_in(self.name.text(), ())
            self.secret.belong_to(self.name.text(), self.handle.text())

    # making it

    def set_up(self) -> None:
        if self._busy or self.done or self._asking is None:
            return
        self._clear()
        for field, words in ((self.name, "Type your name."), (self.handle, "Type a log-in name.")):
            if not field.text().strip():
                self._say(words, field)
                return
        read = self.secret.read()
        if read is None:
            return
        self._set_busy(True)
        self._ask(self._asking, self.name.text(), self.handle.text(), *read)

    def _ask(
        self, asking: Asking, name: str, log_in: str, secret: Secret, kind: SecretKind
    ) -> None:
        asking.work(
            lambda accounts: accounts.first_manager(name, log_in, secret, kind),
            done=self._made,
            failed=self._failed,
        )

    def _made(self, logged_in: LoggedIn) -> None:
        self._set_busy(False)
        self.done = True
        self.secret.wipe()
        self._pages.setCurrentWidget(self.code)
        self.code.show_code(logged_in.recovery_code)
        announce(self, "Your account is made. Keep the recovery code.")
        self.made.emit(logged_in)

    def _kept(self) -> None:
        self.code.forget()
        self.finished.emit()

    def _failed(self, error: ClinicDeskError) -> None:
        self._set_busy(False)
        field = error.field if isinstance(error, Refusal) else None
        sentence = message_for(error).sentence
        if field == "secret":
            self.secret.say(sentence)
        else:
            self._say(sentence, self.handle if field == "log_in" else self.name)

    def _say(self, sentence: str, field: QLineEdit) -> None:
        self.fault.setText(sentence)
        self.fault.show()
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, sentence, urgent=True)

    def _clear(self) -> None:
        self.fault.hide()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.make.setEnabled(not busy)
        self._fields.setCursor(Qt.CursorShape.BusyCursor if busy else Qt.CursorShape.ArrowCursor)

    def _named(self) -> None:
        self._clear()
        if not self._own_handle:
            self.handle.setText(suggested_log_in(self.name.text(), ()))
        self._tell()

    def _own(self) -> None:
        self._clear()
        self._own_handle = bool(self.handle.text())
        self._tell()

    def _tell(self) -> None:
        self.secret.belong_to(self.name.text(), self.handle.text())
        self.edited.emit()

    def _dress(self) -> None:
        self._fields.setMaximumWidth(self._theme.px(FIELD))
        self.code.setMaximumWidth(self._theme.px(640))
