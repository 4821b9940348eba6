"""Change my password or PIN: the one that counts now, the new one twice."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.services.staff_ports import LoggedIn, StaffTile
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.accounts import Asking
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.widgets.accounts.code_card import CodeCard
from clinic_desk.ui.widgets.accounts.new_secret import NewSecret
from clinic_desk.ui.widgets.accounts.secret import SecretField
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, field_label, push
from clinic_desk.ui.widgets.forms.card import CardDialog

SIZE = QSize(520, 430)


class OwnSecretDialog(CardDialog):
    """``changed`` carries the ``LoggedIn`` whose session goes on; ``print_requested`` a recovery
    code."""

    changed = Signal(object)
    print_requested = Signal(str)

    def __init__(
        self, theme: Theme, asking: Asking, staff_id: str, session_id: str, parent: QWidget
    ) -> None:
        super().__init__(theme, "Change my password or PIN", parent)
        self._asking, self._staff_id, self._session = asking, staff_id, session_id
        self._busy = False
        self.old = SecretField(theme, "The one that counts now", self)
        self.secret = NewSecret(theme, self)
        self.fault = InkLabel(theme, "", role="grid", ink="refuse", wrap=True)
        self.fault.hide()
        self.code = CodeCard(theme, self, button="&Done")
        self.code.hide()
        self.fields = QWidget(self)
        self._old_label = field_label("The one that counts n&ow", self.old, theme, self)
        self.save = push("&Change it", self, "primary")
        self.stay = push("Cancel", self)
        self.fresh = push("New &recovery code…", self)
        self.fresh.setToolTip("Printed once; the one before counts no more")
        for widget in (self._old_label, self.old, self.fault, self.secret, self.code):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.footer_row.addWidget(self.fresh)
        self.footer_row.addStretch(1)
        self.footer_row.addWidget(self.stay)
        self.footer_row.addWidget(self.save)
        self.keep_size(SIZE)
        self.old.returnPressed.connect(self.secret.setFocus)
        self.old.edited.connect(self.fault.hide)
        self.secret.entered.connect(self.change)
        self.save.clicked.connect(self.change)
        self.stay.clicked.connect(self.reject)
        self.fresh.clicked.connect(self.new_code)
        self.code.kept.connect(self.reject)
        self.code.print_requested.connect(self.print_requested)
        self.finished.connect(lambda _result: self._forget())
        self.old.setFocus(Qt.FocusReason.OtherFocusReason)

    def of(self, person: StaffTile) -> None:
        """Whose it is, as soon as that is known."""
        self.secret.belong_to(person.name, person.log_in)
        self.secret.choose(person.kind)
        self.subtitle_label.setText(person.name)

    def change(self) -> None:
        if self._busy or not self._typed():
            return
        read = self.secret.read()
        if read is None:
            return
        new, kind = read
        old, staff_id, session = self.old.secret(), self._staff_id, self._session
        self._set_busy(True)
        self._asking.work(
            lambda accounts: accounts.change_secret(staff_id, old, new, kind, keep=session),
            done=self._changed,
            failed=self._failed,
        )

    def new_code(self) -> None:
        if self._busy or not self._typed():
            return
        old, staff_id = self.old.secret(), self._staff_id
        self._set_busy(True)
        self._asking.work(
            lambda accounts: accounts.new_recovery_code(staff_id, old),
            done=self._coded,
            failed=self._failed,
        )

    def _typed(self) -> bool:
        if self.old.text():
            return True
        self._say("Type the one that counts now first.")
        return False

    def _changed(self, entered: LoggedIn) -> None:
        self._set_busy(False)
        self.changed.emit(entered)
        self.accept()

    def _coded(self, code: str) -> None:
        self._set_busy(False)
        for widget in (self._old_label, self.old, self.fault, self.secret, self.footer):
            widget.hide()
        self.code.show()
        self.code.show_code(code)

    def _failed(self, error: ClinicDeskError) -> None:
        self._set_busy(False)
        sentence = message_for(error).sentence
        weak = isinstance(error, Refusal) and error.code not in (
            "wrong_secret", "wait", "inactive", "no_recovery", "must_change",
        )  # fmt: skip
        if weak:
            self.secret.say(sentence)
        else:
            self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.fault.setText(sentence)
        self.fault.show()
        self.old.setFocus(Qt.FocusReason.OtherFocusReason)
        self.old.selectAll()
        announce(self, sentence, urgent=True)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for button in (self.save, self.fresh):
            button.setEnabled(not busy)

    def _forget(self) -> None:
        """Nothing that was typed stays in the memory of a closed dialog."""
        self.old.wipe()
        self.secret.wipe()
        self.code.forget()
