"""Beside the log-in page: a new secret instead of a one-time one, or of one that was lost."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.services.staff_ports import LoggedIn, StaffTile
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.ui.login.frame import Card, Frame
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.accounts import Asking
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.widgets.accounts.code_card import CodeCard
from clinic_desk.ui.widgets.accounts.new_secret import NewSecret
from clinic_desk.ui.widgets.accounts.words import KIND_WORDS
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, field_label, push

WIDE = 560

ASK = (
    "Ask a manager: in Settings, Staff they give you a new one to begin with. Your visits, drafts "
    "and settings stay as they are."
)
NO_CODE = "No recovery code was made for this account, so a manager is the only way."


class Changing(Frame):
    """``logged_in`` carries the ``LoggedIn`` when the new secret stands (and its new recovery code,
    if there is one, has been kept), ``back`` when the person turns back."""

    logged_in = Signal(object)
    back = Signal()
    print_requested = Signal(str)

    def __init__(
        self,
        theme: Theme,
        asking: Asking,
        person: StaffTile,
        first_try: Secret | None,
        parent: QWidget,
        *,
        keep: str = "",
    ) -> None:
        """``first_try``: the one-time secret that was right; None where it was lost."""
        super().__init__(theme, parent)
        self._asking, self.person, self._first_try = asking, person, first_try
        self._keep = keep
        self._busy = False
        self._entered: LoggedIn | None = None
        self.set_wide(WIDE)
        words = KIND_WORDS[person.kind]
        words = words if words == "PIN" else words.lower()
        lost = first_try is None
        title = f"Lost your {words}?" if lost else "Choose your own password or PIN"
        self.card = Card(theme, self)
        self.title = InkLabel(theme, title, role="title", bold=True)
        self.lead = InkLabel(theme, "", ink="text2", wrap=True)
        self.code = QLineEdit(self)
        self.code.setPlaceholderText("Five groups of five letters and digits")
        self.code.setMaxLength(80)
        self.code_label = field_label("Recovery &code", self.code, theme, self)
        self.fault = InkLabel(theme, "", role="grid", ink="refuse", wrap=True)
        self.secret = NewSecret(theme, self, kind=person.kind)
        self.secret.belong_to(person.name, person.log_in)
        self.turn = push("&Back", self)
        self.enter = push("Change it and &log in", self, "primary")
        self.kept = CodeCard(theme, self)
        self.kept.hide()
        self.fault.hide()
        with_code = lost and person.recovery
        self.code.setVisible(with_code)
        self.code_label.setVisible(with_code)
        self.secret.setVisible(with_code or not lost)
        self.enter.setVisible(with_code or not lost)
        if not lost:
            self.lead.setText(
                f"{person.name}, the {words} you have typed was given to you for once. From now on "
                "you log in with your own, which nobody else knows."
            )
        else:
            self.lead.setText(
                f"{ASK}\nOr type the recovery code that was printed when the account was made."
                if person.recovery
                else f"{ASK}\n{NO_CODE}"
            )
        self._lay_out()
        self.code.textEdited.connect(lambda _text: self.fault.hide())
        self.code.returnPressed.connect(self.secret.setFocus)
        self.secret.entered.connect(self.change)
        self.enter.clicked.connect(self.change)
        self.turn.clicked.connect(self.back)
        self.kept.kept.connect(self._go_in)
        self.kept.print_requested.connect(self.print_requested)

    def begin(self) -> None:
        fields: tuple[QWidget, ...] = (self.code, self.secret.first, self.turn)
        first = next(field for field in fields if field.isVisibleTo(self))
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self._entered is None:
            self.back.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.turn.hasFocus():
            self.turn.click()
        else:
            super().keyPressEvent(event)

    def change(self) -> None:
        if self._busy or self._entered is not None:
            return
        self.fault.hide()
        read = self.secret.read()
        if read is None:
            return
        new, kind = read
        person, old, keep = self.person, self._first_try, self._keep
        code = Secret(self.code.text())
        self._set_busy(True)
        if old is not None:
            self._asking.work(
                lambda accounts: accounts.change_secret(person.id, old, new, kind, keep=keep),
                done=self._done,
                failed=self._failed,
            )
        else:
            self._asking.work(
                lambda accounts: accounts.recover(person.id, code, new, kind),
                done=self._done,
                failed=self._failed,
            )

    def _done(self, entered: LoggedIn) -> None:
        self._set_busy(False)
        self._entered, self._first_try = entered, None
        self.secret.wipe()
        self.code.setText("")
        if not entered.recovery_code:
            self._go_in()
            return
        for widget in (
            self.title, self.lead, self.code, self.code_label, self.secret, self.turn, self.enter,
        ):  # fmt: skip
            widget.hide()
        self.kept.title.setText("Your next recovery code")
        self.kept.show()
        self.kept.show_code(entered.recovery_code)

    def _go_in(self) -> None:
        self.kept.forget()
        if self._entered is not None:
            self.logged_in.emit(self._entered)

    def _failed(self, error: ClinicDeskError) -> None:
        self._set_busy(False)
        sentence = message_for(error).sentence
        at_code = isinstance(error, Refusal) and error.field == "code"
        if at_code or not isinstance(error, Refusal):
            self.fault.setText(sentence)
            self.fault.show()
            self.code.setFocus(Qt.FocusReason.OtherFocusReason)
            announce(self, sentence, urgent=True)
        else:
            self.secret.say(sentence)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.enter.setEnabled(not busy)
        self.turn.setEnabled(not busy)

    def _lay_out(self) -> None:
        column = self.card.column
        column.addWidget(self.title)
        column.addWidget(self.lead)
        column.addWidget(self.code_label)
        column.addWidget(self.code)
        column.addWidget(self.fault)
        column.addWidget(self.secret)
        column.addWidget(self.kept)
        foot = QHBoxLayout()
        foot.addWidget(self.turn)
        foot.addStretch(1)
        foot.addWidget(self.enter)
        column.addLayout(foot)
        self.middle.addSpacing(8)
        self.middle.addWidget(self.card)
        self.middle.addStretch(2)
