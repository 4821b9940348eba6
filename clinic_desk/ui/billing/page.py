"""Invoices: who owes what, what was paid, and the totals per day and doctor."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.billing_commands import VoidInvoice
from clinic_desk.services.billing_messages import SERVICE, TOPICS
from clinic_desk.services.billing_ports import GatewayState, InvoiceTotal, InvoiceWish
from clinic_desk.services.billing_table import invoice_rows
from clinic_desk.services.day_views import InvoiceCard, OutboxMessage
from clinic_desk.services.outbox_commands import RetryMessage
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.paper_commands import NoteHandedOn
from clinic_desk.services.ports import Queries
from clinic_desk.ui.billing.filters import FilterRow
from clinic_desk.ui.billing.model import CARD_ROLE, InvoiceModel, TotalModel
from clinic_desk.ui.billing.saving import ask_path
from clinic_desk.ui.billing.side import INITIATOR, SIDE, InvoiceSide
from clinic_desk.ui.billing.tables import InvoiceTable, TotalTable
from clinic_desk.ui.models import words
from clinic_desk.ui.models.handing_on import hand_on
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from clinic_desk.ui.widgets.page import Page

MATTERS = {"invoice", "payment", "appointment", "patient", "external", "setting", "outbox_message"}
USUAL_REASONS = ("Billed by mistake", "Wrong patient", "Wrong amount", "No charge")
MOST = 500
MOST_EXPORTED = 100_000

Answer = tuple[
    tuple[InvoiceCard, ...], tuple[InvoiceTotal, ...], GatewayState, tuple[OutboxMessage, ...]
]


class BillingPage(Page):
    """``open`` takes an invoice's id, ("visit", id), ("patient", id), or the name of a state."""

    key_hints = (
        ("P", "Take payment"), ("G", "Give back"), ("V", "Void"), ("T", "Totals"), ("/", "Filter"),
        ("Esc", "Back to the calendar"),
    )  # fmt: skip
    alone = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Billing", parent)
        self.context = context
        theme = context.theme
        self.source = RosterSource(context.operations, self)
        self.model, self.totals = InvoiceModel(theme), TotalModel(theme)
        self._only: InvoiceWish | None = None
        self._wanted: Id = ""
        self._loaded = False
        self._aside: tuple[OutboxMessage, ...] = ()
        self.reason_dialog: ReasonDialog | None = None
        self.filters = FilterRow(theme, self.source)
        self.filters.choose(span="today")
        self.table = InvoiceTable(theme, self.model)
        self.total_table = TotalTable(theme, self.totals)
        self.empty = EmptyState(theme)
        self.side = InvoiceSide(context, self.source, self.today)
        self.gateway = InkLabel(theme, "", ink="text2", wrap=True, parent=self)
        self.retry_button = push("Send &again", self)
        self.pay_button = push("Take &payment", self, "primary")
        self.void_button = push("&Void…", self)
        self.totals_button = push("&Totals", self)
        self.totals_button.setCheckable(True)
        self.export_button = push("&Export…", self)
        self.export_button.setVisible(context.exporter is not None)
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(self.read)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for button in (self.totals_button, self.export_button, self.void_button, self.pay_button):
            self.buttons.addWidget(button)
        self.stack = QStackedWidget()
        for widget in (self.table, self.total_table, self.empty):
            self.stack.addWidget(widget)
        told = QHBoxLayout()
        told.setContentsMargins(0, 0, 0, 8)
        told.addWidget(self.gateway, 1)
        told.addWidget(self.retry_button)
        left = QWidget()
        rows = QVBoxLayout(left)
        rows.setContentsMargins(16, 12, 16, 0)
        rows.setSpacing(10)
        rows.addWidget(self.filters)
        rows.addWidget(self.stack, 1)
        rows.addLayout(told)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.side)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setSizes([900, self.theme.px(SIDE)])
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.splitter, 1)
        self.gateway.hide()
        self.retry_button.hide()
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.source.changed.connect(self._on_roster)
        self.context.operations.changed.connect(self._on_changes)
        self.filters.changed.connect(self._on_filter)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.doubleClicked.connect(lambda _index: self.pay())
        for table in (self.table, self.total_table):
            table.key_pressed.connect(self._key)
        self.total_table.doubleClicked.connect(lambda _index: self._show_totals(False))
        self.pay_button.clicked.connect(lambda: self.pay())
        self.void_button.clicked.connect(self.void)
        self.totals_button.toggled.connect(self._show_totals)
        self.export_button.clicked.connect(self.export)
        self.retry_button.clicked.connect(self.retry)
        self.empty.action_requested.connect(self._widen)
        self.side.left.connect(self.table.setFocus)
        self.side.done.connect(self._done)

    # reading

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.source.zone).date()

    def open(self, what: object = None) -> None:
        self._only = None
        match what:
            case ("visit", str(visit)):
                self._only = InvoiceWish(appointment_id=visit)
            case ("patient", str(patient)):
                self._only = InvoiceWish(patient_id=patient)
            case "open" | "overdue" | "paid" | "draft" | "void":
                self.filters.choose(str(what))
            case str(invoice) if invoice:
                self._wanted, self._only = invoice, InvoiceWish(invoice_id=invoice)
        if self._only is not None:
            self.filters.choose()
        self.table.setFocus()
        self.read()

    def read(self) -> None:
        self._pause.stop()
        wish = self._only or self.filters.wish(self.today())

        def question(queries: Queries) -> Answer:
            return (
                queries.invoices(wish, MOST),
                queries.invoice_totals(wish),
                queries.gateway_state(SERVICE, TOPICS),
                queries.outbox(TOPICS),
            )

        self.context.operations.ask(
            question, done=self._take, failed=self._failed, key=f"billing:{id(self)}"
        )

    def _take(self, answer: Answer) -> None:
        cards, totals, state, waiting = answer
        self.tell_listed(self.context.operations, "Invoices", [c.invoice.patient_id for c in cards])
        roster = self.source.roster
        self._loaded = True
        if roster is None:
            return  # its coming reads again
        before, place = self.current, self.table.currentIndex().row()
        wanted = self._wanted or (before.invoice.id if before is not None else "")
        with QSignalBlocker(self.table.selectionModel()):
            self.model.show(cards, roster, self.today())
        self.totals.show(totals, roster, self.today())
        row = self.model.row_of(wanted)
        self._wanted = ""
        if row < 0 and cards:
            row = max(0, min(place, len(cards) - 1))
        if row >= 0:
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().setCurrentIndex(
                self.model.index(row, 0), flags.ClearAndSelect | flags.Rows
            )
        self._on_row()
        self._tell(sum(one.count for one in totals))
        self._tell_gateway(state, waiting)

    def _tell(self, total: int) -> None:
        shown = len(self.model.cards)
        told = f"{shown:,} of {total:,}" if shown != total else words.plural(total, "invoice")
        self.filters.count.setText(told)
        parts = []
        for one in self.totals.sums:
            price = self.totals.price
            parts.append(
                f"billed {price(one.billed, one.currency)} · paid {price(one.paid, one.currency)}"
                f" · open {price(one.open, one.currency)}"
            )
        text = "; ".join(parts)
        self.subtitle.setText(text[:1].upper() + text[1:])
        left = self.filters.left()
        if shown:
            chosen = self.total_table if self.totals_button.isChecked() else self.table
            self.stack.setCurrentWidget(chosen)
            if left:
                chosen.setFocus()
            return
        self.stack.setCurrentWidget(self.empty)
        if self.filters.on and self._only is None:
            self.empty.explain(
                "search", "No such invoices", "Choose another period or state.", "Show all"
            )
        else:
            self.empty.explain(
                "info",
                "No invoices yet",
                "A visit whose type has a price gets its draft when it is booked, and its number "
                "when it is completed.",
            )

    def _tell_gateway(self, state: GatewayState, waiting: tuple[OutboxMessage, ...]) -> None:
        self._aside = tuple(message for message in waiting if message.set_aside)
        parts = []
        if state.waiting:
            count = words.plural(state.waiting, "message")
            parts.append(f"{count} on the way to the billing service.")
        if self._aside:
            count, last = words.plural(state.set_aside, "message"), self._aside[-1]
            number = str(last.payload.get("number") or "a draft")
            parts.append(f"{count} could not be sent ({number}): {last.last_error}")
        if state.last_error and state.waiting:
            parts.append(f"Last answer: {state.last_error}")
        self.gateway.setText(" ".join(parts))
        self.gateway.setVisible(bool(parts))
        self.retry_button.setVisible(bool(self._aside))

    def _failed(self, error: ClinicDeskError) -> None:
        self.message.show_error(error)

    def _on_changes(self, changes: Changes) -> None:
        if changes.kinds & MATTERS and self.isVisible():
            self._pause.start()

    def _on_roster(self) -> None:
        if self._loaded and self.isVisible():
            self.read()

    def _on_filter(self) -> None:
        self._only = None
        self.read()

    def _widen(self) -> None:
        self.filters.choose()
        self._only = None
        self.read()

    @property
    def current(self) -> InvoiceCard | None:
        card = self.table.currentIndex().data(CARD_ROLE)
        return card if isinstance(card, InvoiceCard) else None

    def _on_row(self, _now: QModelIndex | None = None, _before: QModelIndex | None = None) -> None:
        card = self.current
        self.side.show_card(card)
        self.pay_button.setEnabled(self.side.payable > 0)
        self.void_button.setEnabled(card is not None and card.invoice.status != "void")

    # deeds

    def pay(self, *, back: bool = False) -> None:
        card = self.current
        if card is None or self.side.start_paying(back=back):
            return
        name = card.invoice.number or "this draft"
        told = f"Nothing was paid on {name}." if back else f"Nothing is owed on {name}."
        self.toast_requested.emit(told, False)

    def void(self) -> None:
        card = self.current
        if card is None or card.invoice.status == "void":
            return
        name = card.invoice.number or "The draft"
        dialog = ReasonDialog(
            self.theme,
            "Void the invoice",
            f"{name} of {card.patient_name}: its number stays in the books.",
            USUAL_REASONS,
            "Void it",
            self,
            limit=500,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.reason_dialog = dialog

        def done(outcome: Outcome) -> None:
            dialog.hide()
            dialog.deleteLater()
            self._done(outcome.sentence)
            self.table.setFocus()

        def given(reason: str, _scope: object) -> None:
            self.context.operations.run(
                VoidInvoice(
                    invoice_id=card.invoice.id,
                    reason=reason,
                    expected_revision=card.invoice.revision,
                    initiator=INITIATOR,
                ),
                done=done,
                refused=dialog.refuse,
            )

        dialog.given.connect(given)
        dialog.open()

    def retry(self) -> None:
        """Everything that was set aside is sent once more."""
        for message in self._aside:
            self.context.operations.run(
                RetryMessage(message_id=message.id, initiator=INITIATOR),
                done=lambda outcome: self._done(outcome.sentence),
                refused=self._failed,
            )

    def export(self) -> None:
        ask_path(self, f"invoices-{self.today().isoformat()}.csv", self.export_to)

    def export_to(self, path: Path) -> None:
        """What the filters show, every row of it, on a reader thread."""
        make, roster = self.context.exporter, self.source.roster
        if make is None or roster is None:
            return
        wish = self._only or self.filters.wish(self.today())
        names = {row.id: row.name for row in roster.doctors.values()}

        def question(queries: Queries) -> int:
            cards = queries.invoices(wish, MOST_EXPORTED)
            make().table(path, invoice_rows(cards, names))
            return len(cards)

        def done(number: int) -> None:
            told = words.plural(number, "invoice")
            self.toast_requested.emit(f"Exported {told}: {path}", False)

        note = NoteHandedOn(title="Invoices", kind="csv", initiator=INITIATOR)
        hand_on(self.context.operations, note, question, done=done, failed=self._failed)

    def _done(self, sentence: str) -> None:
        self.toast_requested.emit(sentence, False)
        self.read()

    def _show_totals(self, on: bool) -> None:
        with QSignalBlocker(self.totals_button):
            self.totals_button.setChecked(on)
        if self.model.cards:
            self.stack.setCurrentWidget(self.total_table if on else self.table)
            (self.total_table if on else self.table).setFocus()

    def _key(self, text: str) -> None:
        card = self.current
        match text:
            case "/":
                self.filters.text.setFocus()
            case "P" | "Return" | "Enter":
                self.pay()
            case "G":
                self.pay(back=True)
            case "V" | "Del":
                self.void()
            case "I" if card is not None and card.invoice.status == "draft":
                self.side.issue()
            case "T":
                self._show_totals(not self.totals_button.isChecked())
            case "E":
                self.export()
            case "O" if card is not None:
                self.patient_requested.emit(card.invoice.patient_id)
            case "B" if card is not None:
                self.visit_requested.emit(card.invoice.appointment_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and not self.table.hasFocus():
            self._show_totals(False)
            self.table.setFocus()
        else:
            super().keyPressEvent(event)
