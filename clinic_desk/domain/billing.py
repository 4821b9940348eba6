"""Invoices and payments. Money is a whole number of minor units with an ISO 4217 code.

An invoice follows its visit: draft while the visit is to come, issued under a number when the
visit is completed, void when it is cancelled. Numbers are given when an invoice is issued, one
after the other in each year, and never again: an issued invoice that was wrong is void, and keeps
its number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record

NOTE_LIMIT = 500


class InvoiceStatus(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    PART_PAID = "part_paid"
    PAID = "paid"
    VOID = "void"


INVOICE_WORDS: dict[InvoiceStatus, str] = {
    InvoiceStatus.DRAFT: "draft",
    InvoiceStatus.ISSUED: "open",
    InvoiceStatus.PART_PAID: "part-paid",
    InvoiceStatus.PAID: "paid",
    InvoiceStatus.VOID: "void",
}

OWED: frozenset[InvoiceStatus] = frozenset({InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID})


class LineKind(StrEnum):
    VISIT = "visit"
    NO_SHOW_FEE = "no_show_fee"
    OTHER = "other"


class PaymentMethod(StrEnum):
    CASH = "cash"
    CARD = "card"
    TRANSFER = "transfer"
    INSURANCE = "insurance"


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """``amount_minor`` may be negative (a discount); the total may not."""

    text: str
    amount_minor: int
    kind: LineKind = LineKind.VISIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Record):
    """``number`` ("INV-2026-0001") is empty while draft. ``paid_minor`` is the sum of its live
    payments. ``doctor_id`` and ``visit_day`` (the visit's local day) are what totals are made by.
    A visit has at most one invoice that is not void."""

    patient_id: Id
    appointment_id: Id
    doctor_id: Id
    visit_day: date
    lines: tuple[InvoiceLine, ...]
    total_minor: int
    currency: str
    status: InvoiceStatus = InvoiceStatus.DRAFT
    number: str | None = None
    issued_at: datetime | None = None
    due_on: date | None = None
    paid_minor: int = 0
    void_reason: str = ""

    @property
    def open_minor(self) -> int:
        """What is still owed; nothing on a draft or a void one."""
        return self.total_minor - self.paid_minor if self.status in OWED else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Record):
    """Money received (or, negative, given back) for one invoice."""

    invoice_id: Id
    amount_minor: int
    method: PaymentMethod
    received_at: datetime
    note: str = ""


def total(lines: Iterable[InvoiceLine]) -> int:
    return sum(line.amount_minor for line in lines)


def status_after(total_minor: int, paid_minor: int) -> InvoiceStatus:
    """Of an issued invoice with these sums."""
    if paid_minor >= total_minor:
        return InvoiceStatus.PAID
    return InvoiceStatus.PART_PAID if paid_minor > 0 else InvoiceStatus.ISSUED
