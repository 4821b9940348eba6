"""What a billing service outside is told: the whole invoice as it is, whenever it changed.

Each message carries the full state, so the newest says all: one that never left is dropped when a
newer one comes, and an invoice that is void before anybody heard of it is not told of at all.
No name and no reason for a visit leaves the clinic, only ids, numbers and sums.
"""

from __future__ import annotations

from clinic_desk.domain.billing import Invoice, InvoiceStatus
from clinic_desk.services.work import Work

GATEWAY = "billing.gateway"
"""Clinic setting: "ledger" (nothing goes out, the default) or "http"."""

HTTP = "http"
SERVICE = "billing"
TOPICS = "billing."


def tell(work: Work, invoice: Invoice) -> None:
    """Queues the invoice in this transaction, if a service outside is told of invoices."""
    if work.uow.setting(GATEWAY, "clinic") != HTTP:
        return
    known = work.uow.drop_unsent(invoice.id, TOPICS)
    if invoice.status is InvoiceStatus.VOID and not known:
        return
    work.uow.send(f"{TOPICS}{invoice.status.value}", invoice.id, as_told(invoice))


def as_told(invoice: Invoice) -> dict[str, object]:
    return {
        "id": invoice.id,
        "revision": invoice.revision,
        "number": invoice.number,
        "status": invoice.status.value,
        "patient": invoice.patient_id,
        "visit": invoice.appointment_id,
        "issued_at": invoice.issued_at.isoformat() if invoice.issued_at else None,
        "due_on": invoice.due_on.isoformat() if invoice.due_on else None,
        "currency": invoice.currency,
        "total_minor": invoice.total_minor,
        "paid_minor": invoice.paid_minor,
        "lines": [{"text": line.text, "amount_minor": line.amount_minor} for line in invoice.lines],
    }
