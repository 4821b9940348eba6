"""The clinic's rules about money: when invoices are due, what a missed visit costs, who is told."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import ClinicDeskError, Refusal, WayOut
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.billing_following import NO_SHOW_FEE, PAYMENT_DAYS, USUAL_DAYS
from clinic_desk.services.billing_gateway import URL
from clinic_desk.services.billing_messages import GATEWAY, HTTP
from clinic_desk.services.commands import Command, SaveSetting
from clinic_desk.services.money import read_price, typed_text
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.ports import Queries
from clinic_desk.services.roster_commands import Together
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.setting_words import INVOICES
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import HintButton, InkLabel, PlainSpin, field_label
from clinic_desk.ui.widgets.forms.counting import count_in
from clinic_desk.ui.widgets.forms.leaving import DISCARD, SAVE, STAY
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.page import SAVED, Panel

LONGEST = 365
WIDEST = 720
"""Pixels of the form at usual letters."""

Values = tuple[int, int, str, str]


class BillingPanel(Panel):
    counts = SAVED

    def __init__(self, context: Context) -> None:
        super().__init__()
        theme = context.theme
        self.context = context
        self.source = RosterSource(context.operations, self)
        self._saved: Values = (USUAL_DAYS, 0, "", "")
        self._busy = self._leaving = False
        self.days = PlainSpin(self)
        self.days.setRange(0, LONGEST)
        count_in(self.days, "days")
        self.days.setAccessibleName("Days until an invoice is due")
        self.fee = QLineEdit(self)
        self.fee.setPlaceholderText("none")
        self.fee.setMaxLength(24)
        self.fee.setAccessibleName("No-show fee; empty for none")
        self.unit = InkLabel(theme, "", ink="text2", parent=self)
        self.gateway = QComboBox(self)
        self.gateway.setAccessibleName("Who is told of invoices")
        for value, told in INVOICES.row("gateway").choices:
            self.gateway.addItem(told, value)
        self.url = QLineEdit(self)
        self.url.setPlaceholderText("https://billing.example.org/api")
        self.url.setAccessibleName("Address of the billing service")
        self.token = QLineEdit(self)
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText("kept in this computer’s keyring")
        self.token.setAccessibleName("Token of the billing service")
        self.message = InlineMessage(theme, self)
        self.message.chosen.connect(self._on_way_out)
        self.message.dismissed.connect(self.back_to_cursor)
        self.save_button = HintButton(theme, "Save", "Ctrl+S", self)
        self.save_button.setShortcut("Ctrl+S")
        self.save_button.clicked.connect(self.save)
        self._lay_out()
        may = context.actor.may(Permission.EDIT_SETTINGS)
        for field in (self.days, self.fee, self.gateway, self.url, self.token):
            field.setEnabled(may)
        self.gateway.currentIndexChanged.connect(lambda _row: self._show_service())
        self.source.changed.connect(self.read)
        self.save_button.setEnabled(may)
        self._show_service()

    def _lay_out(self) -> None:
        theme = self.context.theme
        fee = QHBoxLayout()
        fee.setSpacing(8)
        fee.addWidget(self.fee, 1)
        fee.addWidget(self.unit)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow(field_label("An invoice is &due after", self.days, theme, self), self.days)
        form.addRow(field_label("&No-show fee", self.fee, theme, self), fee)
        told = "Empty: the invoice of a missed visit becomes void."
        form.addRow("", InkLabel(theme, told, ink="text2", wrap=True, parent=self))
        form.addRow(field_label("&Invoices are told to", self.gateway, theme, self), self.gateway)
        form.addRow(field_label("&Address", self.url, theme, self), self.url)
        form.addRow(field_label("&Token", self.token, theme, self), self.token)
        buttons = QHBoxLayout()
        buttons.addWidget(self.save_button)
        buttons.addStretch(1)
        self._inner = QWidget(self)
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(20, 12, 20, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.message)
        column.addLayout(buttons)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._inner, 1)
        row.addStretch()
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self._inner.setMaximumWidth(self.context.theme.px(WIDEST))

    def sought(self) -> Mapping[str, QWidget]:
        return {
            "days": self.days,
            "fee": self.fee,
            "gateway": self.gateway,
            "url": self.url,
            "token": self.token,
        }

    def focus_on(self, name: str) -> bool:
        """Address and token are asked for when there is a service: else to that choice."""
        if name in ("url", "token") and not self.url.isEnabled():
            name = "gateway"
        return super().focus_on(name)

    def open(self, what: object = None) -> None:  # noqa: ARG002
        self.read()

    def leave(self) -> bool:
        """Asks what becomes of what was changed and not saved."""
        if not self.dirty or not self.save_button.isEnabled():
            return True
        self.note_cursor(self.message)
        ways = (SAVE, DISCARD, STAY)
        self.message.say(Tone.WARN, "Billing: the changes are not saved yet.", ways)
        buttons = self.message.buttons()
        if buttons:
            buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
        return False

    def _on_way_out(self, way: WayOut) -> None:
        self.back_to_cursor()
        self._leaving = way == SAVE
        if way == SAVE:
            self.save()
        elif way == DISCARD:
            self.token.clear()
            self._take(self._saved)
            self.leave_allowed.emit()

    def read(self) -> None:
        if self.source.roster is None or self._busy or (self._saved[2] and self.dirty):
            return

        def question(queries: Queries) -> Values:
            days, fee = (
                queries.setting(PAYMENT_DAYS, "clinic"),
                queries.setting(NO_SHOW_FEE, "clinic"),
            )
            return (
                days if type(days) is int else USUAL_DAYS,
                fee if type(fee) is int else 0,
                HTTP if queries.setting(GATEWAY, "clinic") == HTTP else "ledger",
                str(queries.setting(URL, "clinic") or ""),
            )

        self.context.operations.ask(question, done=self._take, key=f"billing-panel:{id(self)}")

    def _take(self, values: Values) -> None:
        roster = self.source.roster
        if roster is None:
            return
        self._saved = values
        days, fee, gateway, url = values
        practice = roster.practice
        self.unit.setText(practice.currency)
        self.days.setValue(days)
        self.fee.setText(typed_text(fee, practice.currency, practice.locale) if fee else "")
        self.gateway.setCurrentIndex(max(0, self.gateway.findData(gateway)))
        self.url.setText(url)
        self._show_service()

    def _show_service(self) -> None:
        on = self.gateway.currentData() == HTTP and self.gateway.isEnabled()
        self.url.setEnabled(on)
        self.token.setEnabled(on)

    def values(self) -> Values:
        """Raises ``Refusal`` when the fee cannot be read."""
        fee, roster = 0, self.source.roster
        if self.fee.text().strip() and roster is not None:
            practice = roster.practice
            fee = read_price(self.fee.text(), practice.currency, practice.locale, field="fee")
        gateway = str(self.gateway.currentData())
        return self.days.value(), fee, gateway, self.url.text().strip()

    @property
    def dirty(self) -> bool:
        if self.token.text():
            return True
        if not self._saved[2]:  # not read yet: what stands in the fields was typed by nobody
            return False
        try:
            return self.values() != self._saved
        except Refusal:
            return True

    def save(self) -> None:
        if self._busy:
            return
        try:
            values = self.values()
        except ClinicDeskError as error:
            self.message.say_error(error)
            return
        link, token = self.context.billing, self.token.text()
        if values[2] != HTTP:
            self._write(values)
            return

        def prepare(_queries: Queries) -> None:
            """Says what is wrong with the address; the keyring may take its time."""
            if link is None:
                raise Refusal("no_gateway", "This program cannot reach a billing service.")
            link().gateway(values[3])
            if token:
                link().keep_token(token)

        def failed(error: ClinicDeskError) -> None:
            self._busy = False
            self.message.say_error(error)

        self._busy = True
        self.context.operations.ask(prepare, done=lambda _none: self._write(values), failed=failed)

    def _write(self, values: Values) -> None:
        self._busy = False
        keys = (PAYMENT_DAYS, NO_SHOW_FEE, GATEWAY, URL)
        label = "Save the billing settings"
        commands: tuple[Command, ...] = tuple(
            SaveSetting(key=key, scope="clinic", value=value, label=label)
            for key, value, was in zip(keys, values, self._saved, strict=True)
            if value != was
        )
        self.message.clear()
        self.token.clear()
        if not commands:
            return
        self._busy = True

        def done(_outcome: Outcome) -> None:
            self._busy, self._saved = False, values
            self.toast_requested.emit("Billing settings saved", True)
            if self._leaving:
                self._leaving = False
                self.leave_allowed.emit()

        def refused(error: ClinicDeskError) -> None:
            self._busy = False
            self.message.say_error(error)

        self.context.operations.run(
            Together(commands=commands, label=label), done=done, refused=refused
        )
