"""Money: invoices follow their visits; people edit drafts, take payments, give back, make void."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.billing import (
    NOTE_LIMIT,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Payment,
    status_after,
    total,
)
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services import billing_following as following
from clinic_desk.services.billing_commands import (
    BillVisit,
    EditInvoice,
    IssueInvoice,
    RecordPayment,
    VoidInvoice,
)
from clinic_desk.services.billing_following import Standing
from clinic_desk.services.billing_messages import tell
from clinic_desk.services.money import LARGEST, price_text
from clinic_desk.services.wording import patient_text, plain
from clinic_desk.services.work import Done, Work, check_revision

MOST_LINES = 50
LINE_LIMIT = 200


def follow(work: Work, visits: Sequence[Appointment]) -> None:
    """Called by the gate after every handler with the visits that it wrote."""
    pairs = []
    for after in visits:
        before = work.uow.before(after)
        if following.matters(before, after):
            pairs.append((before, after))
    if not pairs:
        return
    told: dict[Id, list[Invoice]] = defaultdict(list)
    known = [after.id for before, after in pairs if before is not None]
    if known:
        for invoice in work.uow.invoices_of(known):
            told[invoice.appointment_id].append(invoice)
    for before, after in pairs:
        following.follow_one(work, before, after, told[after.id])


# What people do


def edit(work: Work, command: EditInvoice) -> Done:
    """Value: the invoice's id."""
    invoice = _invoice(work, command.invoice_id, command.expected_revision)
    if invoice.status is not InvoiceStatus.DRAFT:
        raise Refusal(
            "issued",
            f"Invoice {_name(invoice)} has been issued and cannot be changed. "
            "Void it and bill the visit again.",
        )
    lines = _lines(command.lines)
    if lines != invoice.lines:
        changed = replace(invoice, lines=lines, total_minor=total(lines))
        invoice = work.uow.replace(invoice, changed, "edited", undoable=False)
    told = money(work, invoice.total_minor, invoice)
    return Done(value=invoice.id, sentence=f"Draft saved: {told}")


def issue(work: Work, command: IssueInvoice) -> Done:
    """Value: the invoice's id."""
    invoice = _invoice(work, command.invoice_id, command.expected_revision)
    if invoice.status is not InvoiceStatus.DRAFT:
        raise Refusal("issued", f"Invoice {_name(invoice)} has its number already.")
    issued = following.issue(work, invoice)
    told = money(work, issued.total_minor, issued)
    return Done(value=issued.id, sentence=f"Issued {issued.number} over {told}")


def pay(work: Work, command: RecordPayment) -> Done:
    """Value: the payment's id."""
    invoice = _invoice(work, command.invoice_id, command.expected_revision)
    amount, note = command.amount_minor, plain(command.note).strip()
    if len(note) > NOTE_LIMIT:
        raise Refusal("too_long", f"The note may have {NOTE_LIMIT} characters.", field="note")
    if invoice.status is InvoiceStatus.VOID:
        raise Refusal("void", f"Invoice {_name(invoice)} is void; no money is booked on it.")
    if amount == 0:
        raise Refusal("no_amount", "Type how much money it is.", field="amount_minor")
    _check_amount(work, invoice, amount)
    if invoice.status is InvoiceStatus.DRAFT:
        invoice = following.issue(work, invoice)
    payment = Payment(
        id=work.new_id(),
        invoice_id=invoice.id,
        amount_minor=amount,
        method=command.method,
        received_at=work.now,
        note=note,
    )
    payment = work.uow.add(payment, "received" if amount > 0 else "given_back", undoable=False)
    paid = invoice.paid_minor + amount
    after = replace(invoice, paid_minor=paid, status=status_after(invoice.total_minor, paid))
    metadata = {"amount_minor": amount, "method": command.method.value}
    after = work.uow.replace(
        invoice, after, "paid" if amount > 0 else "given_back", metadata, undoable=False
    )
    gone = amount < 0 and not paid and _off(work, after)
    if gone:
        after = following.void(work, after, "The visit did not take place; money was given back")
    else:
        tell(work, after)
    return Done(value=payment.id, sentence=_told(work, after, amount))


def void(work: Work, command: VoidInvoice) -> Done:
    """Value: the invoice's id."""
    invoice = _invoice(work, command.invoice_id, command.expected_revision)
    reason = plain(command.reason).strip()
    if invoice.status is InvoiceStatus.VOID:
        raise Refusal("void", f"Invoice {_name(invoice)} is void already.")
    if not reason:
        raise Refusal(
            "reason_required", "Voiding needs a reason; it stays in the books.", field="reason"
        )
    if len(reason) > NOTE_LIMIT:
        raise Refusal("too_long", f"The reason may have {NOTE_LIMIT} characters.", field="reason")
    if invoice.paid_minor:
        told = money(work, invoice.paid_minor, invoice)
        raise Refusal(
            "money_on_it", f"{told} was paid on {_name(invoice)}. Give it back first, then void it."
        )
    gone = following.void(work, invoice, reason)
    return Done(value=gone.id, sentence=f"{_name(gone)} is void")


def bill(work: Work, command: BillVisit) -> Done:
    """Value: the new invoice's id."""
    visit = work.appointment(command.appointment_id)
    standing = following.standing(visit)
    if standing not in (Standing.TO_COME, Standing.DONE):
        raise Refusal("no_visit", "This visit does not take place, so there is nothing to bill.")
    for other in work.uow.invoices_of([visit.id]):
        if other.status is not InvoiceStatus.VOID:
            raise Refusal("billed", f"This visit has an invoice already: {_name(other)}.")
    made = following.draft(work, visit, imported=True)
    if made is None:
        raise Refusal("free", "This visit has no price. Give its type a price first.")
    if standing is Standing.DONE:
        made = following.issue(work, made)
    return Done(
        value=made.id, sentence=f"{_name(made).capitalize()}: {money(work, made.total_minor, made)}"
    )


# Helpers


def money(work: Work, minor: int, invoice: Invoice) -> str:
    return price_text(minor, invoice.currency, work.roster.practice.locale)


def _told(work: Work, invoice: Invoice, amount: int) -> str:
    who = patient_text(work.patient(invoice.patient_id))
    if amount < 0:
        return f"{money(work, -amount, invoice)} given back to {who}"
    rest = invoice.open_minor
    state = f"{money(work, rest, invoice)} still open" if rest else f"{invoice.number} is paid"
    return f"{money(work, amount, invoice)} from {who}: {state}"


def _check_amount(work: Work, invoice: Invoice, amount: int) -> None:
    owed = invoice.total_minor - invoice.paid_minor
    if amount > owed:
        told = f"Only {money(work, owed, invoice)} is owed" if owed else "Nothing is owed any more"
        raise Refusal(
            "too_much", f"{told} on {_name(invoice)}; take no more.", field="amount_minor"
        )
    if -amount > invoice.paid_minor:
        paid = invoice.paid_minor
        told = f"Only {money(work, paid, invoice)} was paid" if paid else "Nothing was paid"
        raise Refusal(
            "too_much", f"{told} on {_name(invoice)}; no more can be given back.",
            field="amount_minor",
        )  # fmt: skip


def _off(work: Work, invoice: Invoice) -> bool:
    """Whether the visit does not take place."""
    try:
        visit = work.uow.get(Appointment, invoice.appointment_id)
    except NotFound:
        return True
    return following.standing(visit) in (Standing.GONE, Standing.OFF)


def _invoice(work: Work, invoice_id: Id, expected_revision: int | None) -> Invoice:
    invoice = work.uow.get(Invoice, invoice_id)
    check_revision(work, invoice, expected_revision, "invoice")
    return invoice


def _name(invoice: Invoice) -> str:
    return invoice.number or "the draft"


def _lines(given: Sequence[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    if not given:
        raise Refusal("no_lines", "An invoice has at least one line.", field="lines")
    if len(given) > MOST_LINES:
        raise Refusal("too_many", f"An invoice has {MOST_LINES} lines at most.", field="lines")
    lines = []
    for number, line in enumerate(given, 1):
        text = " ".join(plain(line.text).split())
        if not text:
            raise Refusal("no_text", f"Line {number} needs a text.", field="lines")
        if len(text) > LINE_LIMIT:
            raise Refusal(
                "too_long", f"Line {number} may have {LINE_LIMIT} characters.", field="lines"
            )
        if abs(line.amount_minor) > LARGEST:
            raise Refusal(
                "bad_price", f"The amount of line {number} is too high; check its zeros.",
                field="lines",
            )  # fmt: skip
        lines.append(replace(line, text=text))
    if not 0 <= total(lines) <= LARGEST:
        raise Refusal(
            "bad_total", "The discounts are more than the rest; the total cannot be below zero.",
            field="lines",
        )  # fmt: skip
    return tuple(lines)
