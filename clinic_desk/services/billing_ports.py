"""What money and the outbox ask of the store: parts of ``ports.UnitOfWork`` and
``ports.Queries``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from clinic_desk.domain.billing import Invoice, InvoiceStatus
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record

if TYPE_CHECKING:
    from clinic_desk.domain.messages import Channel, MessageStatus, Notification
    from clinic_desk.services.day_views import InvoiceCard, OutboxMessage
    from clinic_desk.services.message_ports import Receipt
    from clinic_desk.services.outbox_ports import Begun, Contact, MessageGround, Words

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
    ones are no longer tried by themselves, the newest of them by ``refusal``."""

    failures: int = 0
    open_until: datetime | None = None
    last_error: str = ""
    waiting: int = 0
    set_aside: int = 0
    refusal: str = ""


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


class OutboxWork(Protocol):
    """The part of ``ports.UnitOfWork``."""

    def drop_unsent(self, subject_id: Id, prefix: str) -> bool:
        """Takes back messages under topics with that prefix which were never tried. Answers
        whether the other side may have heard of the subject."""
        ...

    def turned_back(self) -> frozenset[Id]:
        """Subjects of messages that this undo withdrew, or this redo let go again, before anybody
        had heard of them."""
        ...

    def claim_messages(
        self,
        service: str,
        topics: Sequence[str],
        holder: Id,
        until: datetime,
        limit: int,
        *,
        by_due: bool = False,
    ) -> tuple[OutboxMessage, ...]:
        """See ``outbox_commands.ClaimMessages``."""
        ...

    def release_messages(
        self, message_ids: Sequence[Id], holder: Id, *, begun: bool = False
    ) -> None:
        """See ``outbox_commands.ReleaseMessages``."""
        ...

    def settle_message(
        self,
        service: str,
        message_id: Id,
        holder: Id,
        error: str,
        next_try_at: datetime | None,
        breaker_until: datetime | None,
        contact: Contact,
    ) -> bool:
        """See ``outbox_commands.SettleMessage``. Once done, a message stays done. False: it is
        somebody else's by now, and only what is known of the service was noted."""
        ...

    def retry_message(self, message_id: Id, prefix: str) -> bool:
        """Lets a message that was set aside be tried now; False when a newer one about the same
        subject says more, and this one is closed instead. Raises ``NotFound``."""
        ...

    def retry_set_aside(self, prefix: str) -> int:
        """All of them under topics with that prefix; how many."""
        ...

    def forget_set_aside(self, prefix: str) -> int:
        """They will not be tried again and need nobody; how many."""
        ...

    def service_answers(self, service: str) -> None:
        """Its breaker is closed, its failures are forgotten, and what is to be tried again has its
        turn now."""
        ...

    def rest_service(self, service: str, error: str) -> None:
        """It cannot be used as it is set up; empty: it can again."""
        ...

    def fail_overdue(self, service: str, reason: str) -> int:
        """What waits for that channel and is of no use any more has failed for that reason; how
        many."""
        ...

    def note_cursor(self, service: str, cursor: str) -> None: ...

    def gateway_failures(self, service: str) -> int:
        """Failures of a service since it last answered well."""
        ...

    def hold_back_due(self, reason: str) -> int:
        """Messages to people that are due will not go by themselves; how many."""
        ...

    def message_now(self, message_id: Id) -> Notification | None: ...

    def begin_message(
        self, service: str, message_id: Id, holder: Id, until: datetime, words: Words
    ) -> Begun:
        """See ``outbox_commands.BeginMessage``. Its attempt is noted as one of unknown outcome
        until ``end_attempt``."""
        ...

    def end_attempt(self, message_id: Id, retry: int, outcome: str, detail: str) -> None: ...

    def mark_message(
        self,
        message_id: Id,
        status: MessageStatus,
        reason: str,
        *,
        receipt: Receipt | None = None,
        tells: str | None = None,
    ) -> None:
        """Where a message stands; one that was sent stays so."""
        ...


class OutboxQueries(Protocol):
    """The part of ``ports.Queries``."""

    def services_due(self, now: datetime) -> Mapping[str, int]:
        """Topic up to its first point, or the channel of messages ("billing", "webhook", "email")
        → how many rows are due."""
        ...

    def poll_cursor(self, service: str) -> str:
        """Where the next question for deliveries and answers goes on; empty: at the beginning."""
        ...

    def message_ground(self, message_id: Id) -> MessageGround | None:
        """None: there is no such message. One snapshot; five statements at most."""
        ...

    def clinic_settings(self, prefix: str) -> Mapping[str, object]:
        """The clinic's settings whose names begin so, with their whole names."""
        ...

    def next_outbox_due(self, now: datetime) -> datetime | None:
        """When to look for due messages again: something becomes due, a lease or a service's rest
        ends; None: nothing waits. Always after ``now``; what is due already is not meant."""
        ...

    def awaiting_delivery(
        self, channel: Channel, since: datetime, limit: int = 200
    ) -> tuple[str, ...]:
        """The providers' ids of messages due since then of which nobody knows yet whether they
        arrived, the newest first."""
        ...

    def outbox(self, prefix: str, limit: int = 200) -> tuple[OutboxMessage, ...]:
        """Messages that wait or were set aside, oldest first."""
        ...

    def gateway_state(self, service: str, prefix: str) -> GatewayState: ...
