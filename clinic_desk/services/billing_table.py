"""Invoices as a table to hand on: one row each, sums as plain decimal numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from clinic_desk.domain.billing import INVOICE_WORDS
from clinic_desk.domain.ids import Id
from clinic_desk.services.day_views import InvoiceCard
from clinic_desk.services.money import digits

HEADINGS = (
    "Number", "Status", "Visit day", "Patient", "Record number", "Doctor", "For", "Issued", "Due",
    "Currency", "Total", "Paid", "Open", "Void because",
)  # fmt: skip

Cell = str | Decimal


def invoice_rows(cards: Iterable[InvoiceCard], doctors: Mapping[Id, str]) -> list[list[Cell]]:
    """``doctors``: names by id. Days are ISO, instants the UTC day."""
    rows: list[list[Cell]] = [list(HEADINGS)]
    for card in cards:
        one = card.invoice

        def sum_of(minor: int, places: int = digits(one.currency)) -> Decimal:
            return Decimal(minor).scaleb(-places)

        rows.append(
            [
                one.number or "",
                INVOICE_WORDS[one.status],
                one.visit_day.isoformat(),
                card.patient_name,
                card.record_number,
                doctors.get(one.doctor_id, ""),
                "; ".join(line.text for line in one.lines),
                one.issued_at.date().isoformat() if one.issued_at else "",
                one.due_on.isoformat() if one.due_on else "",
                one.currency,
                sum_of(one.total_minor),
                sum_of(one.paid_minor),
                sum_of(one.open_minor),
                one.void_reason,
            ]
        )
    return rows
