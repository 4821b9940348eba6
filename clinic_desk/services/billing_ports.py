"""What money asks of the store: parts of ``ports.UnitOfWork`` and ``ports.Queries``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from clinic_desk.domain.billing import Invoice, InvoiceStatus
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record

if TYPE_CHECKING:
    from clinic_desk.services.day_views import InvoiceCard, OutboxMessage

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceWish:
    """Which invoices: of visits on local days, inclusive (None: open). ``statuses`` empty: all.
    ``overdue_on``: owed, and due before that day. ``text``: a part of a number, a patient's name
    or record number."""

    first: date | None = None
    last: date | None = None
    statuses: tuple[InvoiceStatus, ...] = ()
    overdue_on: date | None = None
    doctor_id: Id | None = None
    patient_id: Id | None = None
    appointment_id: Id | None = None
    invoice_id: Id | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceTotal:
    """Sums of one doctor's invoices of one visit day, minor units. ``billed``: issued, void ones
    left out; ``drafted``: still to be issued."""

    day: date
    doctor_id: Id
    currency: str
    count: int
    drafted: int
    billed: int
    paid: int
    open: int


@dataclass(frozen=True, slots=True)
class GatewayState:
    """What is known of one service outside. ``waiting`` messages are still to go, ``set_aside``
    ones are no longer tried by themselves."""

    failures: int = 0
    open_until: datetime | None = None
    last_error: str = ""
    waiting: int = 0
    set_aside: int = 0


class BillingWork(Protocol):
    """The part of ``ports.UnitOfWork``."""

    def before(self, record: R) -> R | None:
        """The row as this unit of work found it; None when it added the row."""
        ...

    def invoices_of(self, appointment_ids: Sequence[Id]) -> list[Invoice]:
        """Of those visits, void ones too, oldest first, by one statement."""
        ...


class BillingQueries(Protocol):
    """The part of ``ports.Queries``."""

    def invoices(self, wish: InvoiceWish, limit: int = 500) -> tuple[InvoiceCard, ...]:
        """The newest visit first; with their payments, two statements in all."""
        ...

    def invoice_totals(self, wish: InvoiceWish) -> tuple[InvoiceTotal, ...]:
        """Per day and doctor, the newest day first, whatever the limit of a list."""
        ...

    def outbox(self, prefix: str, limit: int = 200) -> tuple[OutboxMessage, ...]:
        """Messages that wait or were set aside, oldest first."""
        ...

    def gateway_state(self, service: str, prefix: str) -> GatewayState: ...
