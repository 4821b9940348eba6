"""Commands about money.

Drafts, issuing and voiding by cancellation are no commands: an invoice follows its visit
(``services.billing.follow``, called by the gate for every visit that a command wrote).
"""

from __future__ import annotations

from dataclasses import dataclass

from clinic_desk.domain.billing import InvoiceLine, PaymentMethod
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class EditInvoice(Command, by="billing:edit", needs=Permission.BILLING):
    """Replaces the lines of a draft. Refused for any other."""

    invoice_id: Id
    lines: tuple[InvoiceLine, ...]
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueInvoice(Command, by="billing:issue", needs=Permission.BILLING):
    """Gives a draft its number before the visit is completed (paid in advance)."""

    invoice_id: Id
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPayment(Command, by="billing:pay", needs=Permission.BILLING):
    """Value: the payment's id. More than is owed is refused; a draft is issued first, in the same
    step. A negative amount gives money back, no more than was paid."""

    invoice_id: Id
    amount_minor: int
    method: PaymentMethod = PaymentMethod.CARD
    note: str = ""
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidInvoice(Command, by="billing:void", needs=Permission.BILLING):
    """Its number stays used. Refused while money is on it: give it back first."""

    invoice_id: Id
    reason: str
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillVisit(Command, by="billing:bill", needs=Permission.BILLING):
    """An invoice for a visit that has none (an imported one, or one whose invoice was made void):
    a draft, issued at once when the visit is completed. Value: the invoice's id."""

    appointment_id: Id
