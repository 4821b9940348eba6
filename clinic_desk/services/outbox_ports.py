"""What the outbox asks of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from clinic_desk.domain.ids import Id

if TYPE_CHECKING:
    from clinic_desk.domain.appointments import Appointment
    from clinic_desk.domain.billing import Invoice
    from clinic_desk.domain.messages import Channel, MessageStatus, Notification
    from clinic_desk.domain.people import Patient
    from clinic_desk.domain.waitlist import WaitlistOffer
    from clinic_desk.services.day_views import OutboxMessage
    from clinic_desk.services.message_ports import Receipt


class Contact(StrEnum):
    """What an attempt says of the service: nothing, that it is there, or that it is not."""

    NONE = "none"
    ANSWERED = "answered"
    FAILED = "failed"


class Begun(StrEnum):
    """``CHANGED``: the message or its visit is not what it was; ``LOST``: somebody else has it, or
    it was withdrawn; ``RESTING``: the service is left alone by now."""

    YES = "yes"
    CHANGED = "changed"
    LOST = "lost"
    RESTING = "resting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What goes, to where."""

    subject: str = field(repr=False)
    body: str = field(repr=False)
    address: str = field(repr=False)
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageGround:
    """A message and what it is about, in one snapshot. ``attempts`` begun so far; ``unsure``: what
    became of the last of them is not known."""

    message: Notification
    attempts: int = 0
    unsure: bool = False
    visit: Appointment | None = None
    patient: Patient | None = None
    invoice: Invoice | None = None
    offer: WaitlistOffer | None = None


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

    def release_messages(self, message_ids: Sequence[Id], holder: Id) -> None: ...

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

    def close_breaker(self, service: str) -> None: ...

    def rest_service(self, service: str, error: str, until: datetime | None) -> None: ...

    def note_cursor(self, service: str, cursor: str) -> None: ...

    def gateway_failures(self, service: str) -> int:
        """Failures of a service since it last answered well."""
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
