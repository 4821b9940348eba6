"""One account: who it is, what they may do, what they log in with the first time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Role
from clinic_desk.domain.staff import SecretKind, Staff
from clinic_desk.services.commands import Command
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.staff import suggested_log_in
from clinic_desk.services.staff_commands import AddStaff, EditStaff, ResetSecret
from clinic_desk.services.staff_secrets import HashedSecret, Secret
from clinic_desk.ui.runtime.accounts import Asking
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.staff.one_time import OneTime
from clinic_desk.ui.widgets.accounts.words import ROLE_WORDS
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.fields import ChoiceField, TextField
from clinic_desk.ui.widgets.forms.form import Form, FormArea
from clinic_desk.ui.widgets.forms.swatches import SwatchField

SIZE = QSize(640, 470)
KINDS = ((SecretKind.PIN, "A one-time PIN"), (SecretKind.PASSWORD, "A one-time password"))
Doctors = Sequence[tuple[Id | None, str]]


class AccountDialog(CardDialog):
    """``saved`` carries (the account's id, the sentence for the toast)."""

    saved = Signal(str, str)

    def __init__(
        self,
        context: Context,
        asking: Asking,
        doctors: Doctors,
        taken: Collection[str],
        parent: QWidget,
        account: Staff | None = None,
    ) -> None:
        super().__init__(context.theme, "Edit account" if account else "New account", parent)
        self._context, self._asking, self.account = context, asking, account
        self._taken = taken
        self._busy = False
        self._own_log_in = account is not None
        form = self.form = Form(context.theme)
        self.name = TextField("Such as Maria Keller")
        self.log_in = TextField("Such as maria.keller")
        self.role = ChoiceField([(role, ROLE_WORDS[role]) for role in _ROLES])
        self.doctor = ChoiceField([(None, "Nobody"), *doctors])
        self.kind = ChoiceField(KINDS)
        form.add("name", "Name", self.name)
        form.add("log_in", "Log-in name", self.log_in, "For the command line; small letters.")
        form.add("role", "Role", self.role, "What each role may do stands in Settings, Roles.")
        form.add("doctor_id", "Is the doctor", self.doctor, "Whose schedule is their own.")
        form.add("colour", "Colour", SwatchField(context.theme, striped=False))
        if account is None:
            form.add(
                "kind", "To begin with", self.kind,
                "Shown once; with the first log-in they choose their own.",
            )  # fmt: skip
        form.close_rows()
        self.fault = InkLabel(context.theme, "", role="grid", ink="refuse", wrap=True)
        self.fault.hide()
        self.area = FormArea(form)
        self.once = OneTime(context.theme, self)
        self.once.setContentsMargins(20, 12, 20, 8)
        self.once.hide()
        self.save = push("&Save" if account else "&Make the account", self, "primary")
        self.stay = push("Cancel", self)
        self.body.setContentsMargins(0, 4, 0, 8)
        self.body.addWidget(self.area, 1)
        self.body.addWidget(self.once, 1)
        self.body.addWidget(self.fault)
        self.fault.setContentsMargins(20, 0, 20, 0)
        self.footer_row.addStretch(1)
        self.footer_row.addWidget(self.stay)
        self.footer_row.addWidget(self.save)
        self.keep_size(SIZE)
        form.fill(_values(account))
        self.name.edited.connect(self._named)
        self.log_in.edited.connect(self._own)
        self.role.edited.connect(self._follow_role)
        self.save.clicked.connect(self.submit)
        self.stay.clicked.connect(self.reject)
        self.once.done.connect(self.accept)
        self.finished.connect(lambda _result: self.once.forget())
        self._follow_role()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.once.isHidden():
            self.submit()
        else:
            super().keyPressEvent(event)

    def submit(self) -> None:
        if self._busy:
            return
        self.form.clear_faults()
        self.fault.hide()
        values = self.form.read()
        if values is None:
            return
        values["role"] = Role(values["role"])  # a list of choices keeps its word alone
        if values["role"] is not Role.DOCTOR:
            values["doctor_id"] = None
        if self.account is not None:
            self._set_busy(True)
            row = self.account
            self._run(
                EditStaff(staff_id=row.id, values=values, expected_revision=row.revision), None
            )
            return
        self._make(values)

    def _make(self, values: dict[str, Any]) -> None:
        kind = SecretKind(values.pop("kind"))
        name, log_in = values["name"], values["log_in"]
        self._set_busy(True)

        def hashed(made: tuple[Secret, HashedSecret]) -> None:
            secret, kept = made
            self._run(AddStaff(**values, secret=kept), secret)

        prepare(self._asking, kind, name, log_in, hashed, self._failed)

    def _run(self, command: Command, secret: Secret | None) -> None:
        def done(outcome: Outcome) -> None:
            self._set_busy(False)
            self.saved.emit(str(outcome.value or ""), outcome.sentence)
            if secret is None:
                self.accept()
            else:
                self.show_once(self.name.value(), SecretKind(self.kind.value()), secret)

        self._context.operations.run(command, done=done, refused=self._failed)

    def show_once(self, name: str, kind: SecretKind, secret: Secret) -> None:
        self.area.hide()
        self.fault.hide()
        self.footer.hide()
        self.once.show()
        self.once.show_secret(name, kind, secret)

    def _failed(self, error: ClinicDeskError) -> None:
        self._set_busy(False)
        sentence = message_for(error).sentence
        field = error.field if isinstance(error, Refusal) else None
        if not self.form.show_fault(field, sentence):
            self.fault.setText(sentence)
            self.fault.show()
            announce(self, sentence, urgent=True)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.save.setEnabled(not busy)

    def _named(self) -> None:
        if not self._own_log_in:
            self.log_in.put(suggested_log_in(self.name.text(), self._taken))

    def _own(self) -> None:
        self._own_log_in = bool(self.log_in.text())

    def _follow_role(self) -> None:
        doctor = self.role.value() == Role.DOCTOR
        self.doctor.setEnabled(doctor)
        self.doctor.setToolTip("" if doctor else "Only for the role Doctor")


_ROLES = (Role.RECEPTIONIST, Role.DOCTOR, Role.MANAGER)


def _values(account: Staff | None) -> dict[str, Any]:
    if account is None:
        return {
            "name": "", "log_in": "", "role": Role.RECEPTIONIST, "doctor_id": None, "colour": "",
            "kind": SecretKind.PIN,
        }  # fmt: skip
    names = ("name", "log_in", "role", "doctor_id", "colour")
    return {name: getattr(account, name) for name in names}


def prepare(
    asking: Asking, kind: SecretKind, name: str, log_in: str, done: Any, failed: Any
) -> None:
    """A one-time secret and what is kept of it; made on another thread."""

    def job(accounts: Any) -> tuple[Secret, HashedSecret]:
        secret = accounts.one_time(kind)
        return secret, accounts.prepare(secret, kind, name, log_in)

    asking.work(job, done=done, failed=failed)


class ResetDialog(CardDialog):
    """A new one-time secret for somebody else. ``saved`` as above."""

    saved = Signal(str, str)

    def __init__(
        self, context: Context, asking: Asking, account: Staff, kind: SecretKind, parent: QWidget
    ) -> None:
        super().__init__(context.theme, f"New password or PIN for {account.name}", parent)
        self._context, self._asking, self.account = context, asking, account
        self._busy = False
        self.lead = InkLabel(
            context.theme,
            f"{account.name} logs in with it once and then chooses their own. Their sessions end "
            "now, at every desk; what they have typed is kept.",
            ink="text2", wrap=True,
        )  # fmt: skip
        self.kind = ChoiceField(KINDS)
        self.kind.setAccessibleName("To begin with")
        self.kind.put(kind)
        self.fault = InkLabel(context.theme, "", role="grid", ink="refuse", wrap=True)
        self.fault.hide()
        self.once = OneTime(context.theme, self)
        self.once.hide()
        self.save = push("&Make it", self, "primary")
        self.stay = push("Cancel", self)
        for widget in (self.lead, self.kind, self.fault, self.once):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.footer_row.addStretch(1)
        self.footer_row.addWidget(self.stay)
        self.footer_row.addWidget(self.save)
        self.keep_size(QSize(520, 300))
        self.save.clicked.connect(self.submit)
        self.stay.clicked.connect(self.reject)
        self.once.done.connect(self.accept)
        self.finished.connect(lambda _result: self.once.forget())
        self.save.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        if self._busy:
            return
        self._set_busy(True)
        row = self.account
        prepare(
            self._asking,
            SecretKind(self.kind.value()),
            row.name,
            row.log_in,
            self._hashed,
            self._failed,
        )

    def _hashed(self, made: tuple[Secret, HashedSecret]) -> None:
        secret, kept = made

        def done(outcome: Outcome) -> None:
            self._set_busy(False)
            self.saved.emit(self.account.id, outcome.sentence)
            for widget in (self.lead, self.kind, self.fault, self.footer):
                widget.hide()
            self.once.show()
            self.once.show_secret(self.account.name, SecretKind(self.kind.value()), secret)

        self._context.operations.run(
            ResetSecret(staff_id=self.account.id, secret=kept), done=done, refused=self._failed
        )

    def _failed(self, error: ClinicDeskError) -> None:
        self._set_busy(False)
        self.fault.setText(message_for(error).sentence)
        self.fault.show()
        announce(self, self.fault.text(), urgent=True)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.save.setEnabled(not busy)
