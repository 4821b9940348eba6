"""What a visit costs and who has paid, on its card: the invoice in a line, payments by its side."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.appointments import OCCUPYING, Status
from clinic_desk.domain.billing import InvoiceStatus, PaymentMethod
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.billing_commands import BillVisit, RecordPayment
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.command import Command
from clinic_desk.services.day_views import InvoiceCard
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.views import AppointmentView
from clinic_desk.ui.models import invoices, words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.allowed import shut, why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.widgets.forms.bits import ElidedInk, push
from clinic_desk.ui.widgets.pay_form import PayForm

INITIATOR = "visit-money"
MATTERS = frozenset({"invoice", "payment", "appointment", "setting", "external", "outbox_message"})


class VisitMoney(QWidget):
    """Reads for itself. ``told`` carries a sentence, ``opened`` the visit whose invoice is wanted;
    ``paying`` whether the form for the amount is open, which needs room.

    What was paid is not undone but given back: the books forget nothing."""

    told = Signal(str)
    opened = Signal(str)
    paying = Signal(bool)

    def __init__(self, context: Context, source: RosterSource, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._source = context, source
        self._visit: AppointmentView | None = None
        self.card: InvoiceCard | None = None
        self._busy = False
        theme = context.theme
        self.line = ElidedInk(theme, "", parent=self)
        self.pay_button = push("Take pa&yment…", self)
        self.back_button = push("&Give back…", self)
        self.bill_button = push("&Bill it", self)
        self.open_button = push("In&voice", self)
        self.buttons = (self.pay_button, self.back_button, self.bill_button, self.open_button)
        self.form = PayForm(theme, self)
        self.form.hide()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button in self.buttons:
            button.setProperty("density", "compact")
            button.hide()
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.line)
        column.addLayout(row)
        column.addWidget(self.form)
        self.pay_button.setToolTip("The whole open sum is there already; Enter takes it")
        self.back_button.setToolTip("Money back to the patient; the payment stays in the books")
        self.bill_button.setToolTip("Makes an invoice for this visit, which has none")
        self.open_button.setToolTip("Show the invoice on the page of billing")
        self.pay_button.clicked.connect(lambda: self._start(back=False))
        self.back_button.clicked.connect(lambda: self._start(back=True))
        self.bill_button.clicked.connect(self._bill)
        self.open_button.clicked.connect(self._open)
        self.form.given.connect(self._give)
        self.form.left.connect(self.leave)
        context.operations.changed.connect(self._on_changes)

    # reading

    def show_for(self, view: AppointmentView) -> None:
        """The card shows that visit, perhaps once more."""
        other = self._visit is None or self._visit.cell.id != view.cell.id
        self._visit = view
        if other:
            self.leave(focus=False)
            self.card = None
            self._show(())
        self._read()

    def _read(self) -> None:
        if self._visit is None:
            return
        wanted = self._visit.cell.id

        def take(found: tuple[InvoiceCard, ...]) -> None:
            if self._visit is not None and self._visit.cell.id == wanted:
                self._show(found)

        # books that cannot be read now are no reason to cover the visit with a message
        self._context.operations.ask(
            lambda queries: queries.invoices(InvoiceWish(appointment_id=wanted)),
            done=take,
            failed=lambda _error: None,
            key=f"visit-money:{id(self)}",
        )

    def _show(self, found: tuple[InvoiceCard, ...]) -> None:
        before, self.card = self.card, invoices.current(found)
        card = self.card
        if card is not None:
            today = words.local(self._context.clock.now(), self._source.zone).date()
            self.line.setText(invoices.line(card, today, self._locale))
            late = invoices.state_words(card, today).startswith("overdue")
            self.line.set_ink("warn" if late or card.to_return else "text")
        else:
            may = self._context.actor.may(Permission.BILLING)
            self.line.setText("no invoice" if may else "not told to this role")
            self.line.set_ink("text2")
        owed = invoices.payable(card)
        self.pay_button.setVisible(owed > 0)
        self.back_button.setVisible(card is not None and card.invoice.paid_minor > 0)
        self.bill_button.setVisible(self._billable)
        self.open_button.setVisible(card is not None)
        why = why_not(self._context.actor, Permission.BILLING)
        for button in self.buttons[:-1]:
            button.setEnabled(not why)
        if why:
            shut(self.buttons[:-1], why)
        changed = before is None or card is None or before.invoice != card.invoice
        if not self.form.isHidden() and changed and not self._busy:
            self.leave()  # what was offered is no longer what is owed

    @property
    def _billable(self) -> bool:
        """A visit that takes place and costs something, whose books are empty."""
        view = self._visit
        live = self.card is not None and self.card.invoice.status is not InvoiceStatus.VOID
        if view is None or live:
            return False
        price = view.values.get("price_minor")
        takes_place = view.cell.status in OCCUPYING and view.cell.status is not Status.HELD
        return takes_place and isinstance(price, int) and price > 0

    @property
    def _locale(self) -> str:
        roster = self._source.roster
        return roster.practice.locale if roster is not None else "en_GB"

    def _on_changes(self, changes: Changes) -> None:
        if self.window().isVisible() and changes.kinds & MATTERS:
            self._read()

    # deeds

    def _start(self, *, back: bool) -> None:
        card = self.card
        if card is None:
            return
        minor = card.invoice.paid_minor if back else invoices.payable(card)
        if minor:
            self.form.ask(minor, card.invoice.currency, self._locale, back=back)
            self.paying.emit(True)
            self.form.show()
            self.form.start()

    def leave(self, *, focus: bool = True) -> None:
        """The form is folded; the keyboard goes back to where it was opened."""
        if self.form.isHidden():
            return
        self.form.hide()
        self.paying.emit(False)
        if focus:
            stops = (self.pay_button, self.back_button, self.open_button)
            first = next((one for one in stops if not one.isHidden() and one.isEnabled()), self)
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give(self, minor: int, method: str, note: str) -> None:
        if self.card is not None:
            one = self.card.invoice
            self._run(
                RecordPayment(
                    invoice_id=one.id,
                    amount_minor=minor,
                    method=PaymentMethod(method),
                    note=note,
                    expected_revision=one.revision,
                    initiator=INITIATOR,
                )
            )

    def _bill(self) -> None:
        if self._visit is not None:
            self._run(BillVisit(appointment_id=self._visit.cell.id, initiator=INITIATOR))

    def _open(self) -> None:
        if self._visit is not None:
            self.opened.emit(self._visit.cell.id)

    def _run(self, command: Command) -> None:
        """One at a time: a second Enter while the first is written takes no second payment."""
        if self._busy:
            return
        self._busy = True

        def done(outcome: Outcome) -> None:
            self._busy = False
            self.leave()
            self.told.emit(outcome.sentence)
            self._read()

        def refused(error: ClinicDeskError) -> None:
            self._busy = False
            if self.form.isHidden():
                self.told.emit(message_for(error).sentence)
            else:
                self.form.refuse(error)

        self._context.operations.run(command, done=done, refused=refused)
