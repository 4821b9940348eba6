"""Beside the list: one invoice in full, its payments, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from clinic_desk.domain.billing import InvoiceLine, InvoiceStatus, LineKind, PaymentMethod
from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services.billing_commands import EditInvoice, IssueInvoice, RecordPayment
from clinic_desk.services.command import Command
from clinic_desk.services.day_views import InvoiceCard
from clinic_desk.services.money import price_text, read_price
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.wording import day_text
from clinic_desk.ui.models import words
from clinic_desk.ui.models.invoices import payable, state_words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import clock_text, local_day
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.forms.bits import ElidedInk, InkLabel, Rule, push
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.pay_form import METHODS, PayForm

INITIATOR = "billing-page"
SIDE = 360
"""Pixels at usual letters; what stands in a row here has room from 40 less on."""


class InvoiceSide(QWidget):
    """``done`` carries the sentence of a step that was written; ``left`` hands the keyboard back
    to the list."""

    done = Signal(str)
    left = Signal()

    def __init__(self, context: Context, source: RosterSource, today: Callable[[], date]) -> None:
        super().__init__()
        self._context, self._source, self._today = context, source, today
        theme = context.theme
        self.card: InvoiceCard | None = None
        self._busy = False
        self._shown: Id = ""
        self._day = date.min
        self.name = ElidedInk(theme, "", role="title", bold=True, parent=self)
        self.about = InkLabel(theme, "", ink="text2", wrap=True, parent=self)
        self.state = InkLabel(theme, "", bold=True, wrap=True, parent=self)
        self.warning = InlineMessage(theme, self)
        self.table = QFormLayout()
        self.table.setHorizontalSpacing(16)
        self.table.setVerticalSpacing(4)
        self.table.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.pay = PayForm(theme, self)
        self.pay.given.connect(self._give)
        self.pay.left.connect(self.left)
        self.line = QWidget(self)
        self.line_text = QLineEdit(self.line)
        self.line_text.setPlaceholderText("Another line, or a discount")
        self.line_text.setAccessibleName("Text of another line")
        self.line_text.setMaxLength(200)
        self.line_amount = QLineEdit(self.line)
        self.line_amount.setPlaceholderText("5.00 or -5.00")
        self.line_amount.setAccessibleName("Amount of another line, negative for a discount")
        self.line_amount.setMaxLength(24)
        self.line_amount.returnPressed.connect(self.add_line)
        self.line_text.returnPressed.connect(self.line_amount.setFocus)
        self.add_button = push("&Add line", self.line)
        self.add_button.clicked.connect(self.add_line)
        self.drop_button = push("Remove the last", self.line)
        self.drop_button.clicked.connect(self.drop_line)
        self.issue_button = push("Issue &now", self.line)
        self.issue_button.clicked.connect(self.issue)
        self.line_message = InlineMessage(theme, self.line)
        self._lay_out()
        self.show_card(None)
        CURTAIN.changed.connect(self._on_curtain)
        theme.changed.connect(self._dress)
        self._dress()

    def _lay_out(self) -> None:
        theme = self._context.theme
        typed = QHBoxLayout()
        typed.setSpacing(8)
        typed.addWidget(self.line_text, 2)
        typed.addWidget(self.line_amount, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.add_button, self.drop_button, self.issue_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        lines = QVBoxLayout(self.line)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        lines.addLayout(typed)
        lines.addWidget(self.line_message)
        lines.addLayout(buttons)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        for widget in (self.name, self.about, self.state, self.warning, Rule(theme)):
            column.addWidget(widget)
        column.addLayout(self.table)
        column.addWidget(self.line)
        column.addWidget(Rule(theme))
        column.addWidget(self.pay)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    # showing

    def show_card(self, card: InvoiceCard | None) -> None:
        """What is typed into the form stays while the same invoice with the same sums is read
        again."""
        before, self.card = self.card, card
        self.setVisible(card is not None)
        if card is None:
            return
        one = card.invoice
        if before is None or before.invoice.id != one.id:
            self._context.operations.looked("invoice", one.id, one.patient_id)
        today = self._today()
        if before == card and self._day == today:
            return
        self._day = today
        self.name.setText(f"{one.number or 'Draft'} · {card.patient_name}")
        zone = self._source.zone
        day, when = day_text(one.visit_day, self._today()), clock_text(card.visit_start, zone)
        roster = self._source.roster
        doctor = words.doctor_of(roster, one.doctor_id) if roster is not None else ""
        number = CURTAIN.hidden(card.record_number)
        self.about.setText(f"{card.type_name}, {day} {when}, {doctor} · {number}")
        state = state_words(card, self._today())
        self.state.setText(state[:1].upper() + state[1:])
        self._warn(card)
        self._list(card)
        draft = one.status is InvoiceStatus.DRAFT
        self.line.setVisible(draft)
        self.drop_button.setEnabled(any(line.kind is LineKind.OTHER for line in one.lines))
        if self._shown != one.id:
            self.line_text.clear()
            self.line_amount.clear()
            self.line_message.clear()
        same = before is not None and before.invoice.revision == one.revision
        if not (self._shown == one.id and same):
            self.offer(back=False)
        self._shown = one.id

    def _dress(self) -> None:
        self.setMinimumWidth(self._context.theme.px(SIDE - 40))

    def _on_curtain(self) -> None:
        card, self.card = self.card, None
        self.show_card(card)

    def _warn(self, card: InvoiceCard) -> None:
        if card.to_return:
            told = self.price(card.to_return)
            self.warning.say_error(
                Refusal(
                    "to_return",
                    f"The visit does not take place, and {told} was paid. Press G to give it back.",
                )
            )
        else:
            self.warning.clear()

    def _list(self, card: InvoiceCard) -> None:
        one, theme = card.invoice, self._context.theme
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        while self.table.rowCount():
            self.table.removeRow(0)

        def row(text: str, value: str, *, bold: bool = False, ink: str = "text") -> None:
            label = InkLabel(theme, text, bold=bold, ink=ink, wrap=True)
            figure = InkLabel(theme, value, bold=bold, ink=ink)
            # at the end of the line: a label alone would go by the letters of its own text
            edge = Qt.AlignmentFlag.AlignLeft if mirrored else Qt.AlignmentFlag.AlignRight
            figure.setAlignment(edge | Qt.AlignmentFlag.AlignAbsolute)
            self.table.addRow(label, figure)

        for line in one.lines:
            row(line.text, self.price(line.amount_minor))
        row("Total", self.price(one.total_minor), bold=True)
        zone, today = self._source.zone, self._today()
        method = {m.value: word for m, word in METHODS}
        for payment in card.payments:
            day = day_text(local_day(payment.received_at, zone), today)
            verb = "Given back" if payment.amount_minor < 0 else "Paid"
            note = f" · {payment.note}" if payment.note else ""
            told = f"{verb} {day}, {method[payment.method.value].lower()}{note}"
            row(told, self.price(payment.amount_minor), ink="text2")
        if one.open_minor:
            row("Open", self.price(one.open_minor), bold=True)
        if one.due_on is not None and one.open_minor:
            row("Due", day_text(one.due_on, today), ink="text2")
        if one.void_reason:
            row(f"Void: {one.void_reason}", "", ink="text2")

    def price(self, minor: int) -> str:
        card, roster = self.card, self._source.roster
        locale = roster.practice.locale if roster is not None else "en_GB"
        return price_text(minor, card.invoice.currency if card is not None else "EUR", locale)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange and self.card is not None:
            self._list(self.card)

    @property
    def payable(self) -> int:
        """Minor units that can be taken; of a draft all of it."""
        return payable(self.card)

    @property
    def returnable(self) -> int:
        return self.card.invoice.paid_minor if self.card is not None else 0

    def offer(self, *, back: bool) -> None:
        card, roster = self.card, self._source.roster
        if card is None:
            return
        minor = self.returnable if back else self.payable
        self.pay.setVisible(minor > 0)
        locale = roster.practice.locale if roster is not None else "en_GB"
        self.pay.ask(minor, card.invoice.currency, locale, back=back)

    def start_paying(self, *, back: bool = False) -> bool:
        """The keyboard goes to the amount; False when there is nothing to take or give."""
        self.offer(back=back)
        if not (self.returnable if back else self.payable):
            self.offer(back=False)
            return False
        self.pay.start()
        return True

    # deeds

    def _give(self, minor: int, method: str, note: str) -> None:
        card = self.card
        if card is not None:
            self._run(
                RecordPayment(
                    invoice_id=card.invoice.id,
                    amount_minor=minor,
                    method=PaymentMethod(method),
                    note=note,
                    expected_revision=card.invoice.revision,
                    initiator=INITIATOR,
                ),
                self.pay.refuse,
            )

    def issue(self) -> None:
        if self.card is not None:
            one = self.card.invoice
            self._run(
                IssueInvoice(
                    invoice_id=one.id, expected_revision=one.revision, initiator=INITIATOR
                ),
                self.line_message.say_error,
            )

    def add_line(self) -> None:
        card, roster = self.card, self._source.roster
        if card is None or roster is None:
            return
        typed = self.line_amount.text().strip()
        off = typed.startswith(("-", "−"))
        try:
            minor = read_price(
                typed.lstrip("-−"), card.invoice.currency, roster.practice.locale, field="lines"
            )
            if not minor:
                raise Refusal("no_amount", "Type the amount of the line.", field="lines")
        except Refusal as refusal:
            self.line_message.say_error(refusal)
            self.line_amount.setFocus()
            return
        line = InvoiceLine(self.line_text.text(), -minor if off else minor, LineKind.OTHER)
        self._edit((*card.invoice.lines, line))

    def drop_line(self) -> None:
        if self.card is None:
            return
        lines = list(self.card.invoice.lines)
        last = max((n for n, x in enumerate(lines) if x.kind is LineKind.OTHER), default=None)
        if last is not None:
            del lines[last]
            self._edit(tuple(lines))

    def _edit(self, lines: tuple[InvoiceLine, ...]) -> None:
        card = self.card
        assert card is not None

        def saved() -> None:
            self.line_text.clear()
            self.line_amount.clear()
            self.line_message.clear()
            self.line_text.setFocus()

        self._run(
            EditInvoice(
                invoice_id=card.invoice.id,
                lines=lines,
                expected_revision=card.invoice.revision,
                initiator=INITIATOR,
            ),
            self.line_message.say_error,
            saved,
        )

    def _run(
        self,
        command: Command,
        refused: Callable[[Exception], None],
        then: Callable[[], None] | None = None,
    ) -> None:
        """One at a time: a second Enter while the first is written takes no second payment."""
        if self._busy:
            return
        self._busy = True

        def done(outcome: Outcome) -> None:
            self._busy = False
            if then is not None:
                then()
            else:
                self.left.emit()
            self.done.emit(outcome.sentence)

        def no(error: ClinicDeskError) -> None:
            self._busy = False
            refused(error)

        self._context.operations.run(command, done=done, refused=no)
