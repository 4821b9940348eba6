"""What messages ask of the outer rings: the store, the templates, and the channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import (
    Channel,
    Delivery,
    InboundMessage,
    MessageStatus,
    MessageTemplate,
    Notification,
    Purpose,
)

if TYPE_CHECKING:
    from clinic_desk.domain.appointments import Appointment


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWish:
    """Which messages: due on local days of the practice, inclusive (None: open). Empty tuples:
    all. ``needing``: failed ones, those being retried, and open answers alone. ``held``: planned
    and still held. ``text``: a part of a patient's name, of an address or of the words."""

    first: date | None = None
    last: date | None = None
    statuses: tuple[MessageStatus, ...] = ()
    channels: tuple[Channel, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    doctor_ids: tuple[Id, ...] = ()
    patient_id: Id | None = None
    appointment_id: Id | None = None
    message_id: Id | None = None
    needing: bool = False
    held: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCard:
    """A message as the list shows it. ``attempts`` made; ``next_try_at`` while it waits;
    ``patient_name`` "Surname, First"; ``visit_start`` aware UTC, in ``zone`` for people."""

    message: Notification
    attempts: int = 0
    next_try_at: datetime | None = None
    patient_name: str = ""
    visit_start: datetime | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """``outcome`` as in the log line: sent, retry, failed, skipped, unknown."""

    at: datetime
    retry: int
    outcome: str
    detail: str
    desk_id: Id = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCounts:
    """Of the messages that a wish without statuses would find, and all that need somebody."""

    planned: int = 0
    held: int = 0
    retrying: int = 0
    sent: int = 0
    failed: int = 0
    skipped: int = 0
    withdrawn: int = 0
    answers: int = 0
    due: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How one channel stands: in use or not, and what its circuit breaker says."""

    channel: Channel
    on: bool
    failures: int = 0
    open_until: datetime | None = None
    last_error: str = ""
    waiting: int = 0
    last_sent_at: datetime | None = None


class MessageWork(Protocol):
    """The part of ``ports.UnitOfWork``."""

    def messages_of(
        self,
        *,
        appointment_ids: Sequence[Id] = (),
        invoice_ids: Sequence[Id] = (),
        offer_ids: Sequence[Id] = (),
        message_ids: Sequence[Id] = (),
    ) -> list[Notification]:
        """By one statement, oldest first."""
        ...

    def plan_message(self, message: Notification) -> None:
        """Writes the message and its place in the outbox. One of the same key that was withdrawn
        or skipped takes the new values and waits again; one that was sent stays as it is."""
        ...

    def change_message(self, before: Notification, after: Notification) -> None:
        """Status, words, times; its place in the outbox follows (withdrawn: no longer tried)."""
        ...

    def visits_to_come(
        self, after: tuple[datetime, Id] | None, limit: int, *, patient_id: Id | None = None
    ) -> list[Appointment]:
        """Visits that start from now on, after (start, id), in that order."""
        ...

    def keep_answer(self, answer: InboundMessage) -> bool:
        """False when the provider's id is known already: nothing was kept."""
        ...

    def message_of_provider(self, channel: Channel, provider_id: str) -> Notification | None: ...

    def last_message_to(self, channel: Channel, address: str) -> Notification | None:
        """The newest that was sent to the address and asked for an answer."""
        ...


class MessageQueries(Protocol):
    """The part of ``ports.Queries``."""

    def messages(
        self, wish: MessageWish, limit: int = 500, offset: int = 0
    ) -> tuple[MessageCard, ...]:
        """In the order of their due times, the latest first."""
        ...

    def message_counts(self, wish: MessageWish) -> MessageCounts: ...

    def message_attempts(self, message_id: Id) -> tuple[Attempt, ...]:
        """Oldest first."""
        ...

    def open_answers(self, limit: int = 200) -> tuple[InboundMessage, ...]: ...

    def message_templates(self) -> tuple[MessageTemplate, ...]:
        """The clinic's own."""
        ...

    def channel_states(self) -> tuple[ChannelState, ...]: ...

    def next_message_due(self, now: datetime) -> datetime | None:
        """When something in the outbox is due next, whatever it is for; None: nothing waits."""
        ...


# The channels


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPart:
    """The visit as an entry of the patient's own calendar. ``uid`` stays the same for the visit's
    whole life, ``sequence`` grows with every change."""

    uid: str
    sequence: int
    cancelled: bool
    start: datetime
    end: datetime
    zone: str
    summary: str
    location: str = ""
    organizer: str = ""
    attendee: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A rendered message, ready to go. ``key`` is its idempotency key; an e-mail's Message-ID is
    made of it, so that a second copy can be told."""

    id: Id
    key: str
    channel: Channel
    address: str = field(repr=False)
    subject: str = field(default="", repr=False)
    body: str = field(default="", repr=False)
    language: str = "en"
    calendar: CalendarPart | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The provider took it. ``parts``: of how many SMS it consists, 0 unknown."""

    provider_id: str = ""
    delivery: Delivery = Delivery.UNKNOWN
    parts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer as the provider hands it over. ``provider_id`` is unique there."""

    channel: Channel
    provider_id: str
    sender: str = field(repr=False)
    text: str = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """``cursor`` is where the next poll goes on."""

    deliveries: tuple[tuple[Channel, str, Delivery, datetime], ...] = ()
    answers: tuple[Answered, ...] = ()
    cursor: str = ""


class Transport(Protocol):
    """One channel's way out. Every call blocks for seconds at most; never on the main thread."""

    def send(self, envelope: Envelope) -> Receipt:
        """Raises ``Unreachable`` (again later; with ``after`` from the provider) or ``Rejected``
        (never; the sentence says why), of ``services.outbox_faults``."""
        ...

    def poll(self, since: str, sent: Sequence[str]) -> Polled:
        """What became of the provider ids ``sent`` and who answered since the cursor; an empty
        ``Polled`` where the provider offers neither. Raises ``Unreachable``."""
        ...

    def test(self, address: str) -> str:
        """Tries the settings by a message to the address; answers a sentence for people. Raises
        ``Unreachable`` or ``Rejected``."""
        ...


class Transports(Protocol):
    """Makes the transports from the clinic's settings and the keyring."""

    def of(self, channel: Channel, settings: dict[str, object]) -> Transport:
        """``settings``: the clinic's settings under "messages.<channel>." without that prefix.
        Raises ``Refusal`` with ``field`` when they cannot be used."""
        ...

    def has_secret(self, channel: Channel) -> bool:
        """Raises ``Unreachable`` while the keyring is locked or does not answer."""
        ...

    def keep_secret(self, channel: Channel, secret: str) -> None:
        """In the system's keyring; empty forgets it. Raises ``Refusal`` without a keyring."""
        ...
