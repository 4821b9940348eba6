"""What messages ask of the outer rings: the store, the templates, and the channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import Channel, Delivery, MessageStatus, Notification, Purpose
from clinic_desk.services.message_storing import MessageQueries as MessageQueries
from clinic_desk.services.message_storing import MessageWork as MessageWork


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWish:
    """Which messages: due on local days of the practice, inclusive (None: open). Empty tuples:
    all. ``needing``: those alone that failed, are being retried, or did not arrive lately.
    ``held``: planned and still held. ``waiting``: planned, neither held nor tried yet.
    ``soonest``: the next due first. ``text``: a part of a patient's name or number, of an address
    or of the words."""

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
    waiting: bool = False
    soonest: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCard:
    """A message as the list shows it. ``attempts`` made, the last at ``tried_at``, which went
    wrong by ``error`` unless that is empty; ``next_try_at`` while it waits; ``patient_name``
    "Surname, First"; ``visit_start`` aware UTC, in ``zone`` for people. ``waits``: why its channel
    sends nothing now; empty: it does. ``more``: of how many further visits of its series it
    tells."""

    message: Notification
    attempts: int = 0
    next_try_at: datetime | None = None
    patient_name: str = ""
    visit_start: datetime | None = None
    visit_status: Status | None = None
    zone: str = ""
    error: str = ""
    tried_at: datetime | None = None
    waits: str = ""
    more: int = 0


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
    """Of the messages that a wish without statuses would find. ``planned`` without the held,
    with those being retried; ``undelivered`` are sent ones that did not arrive and that nobody has
    looked after; ``answers``: all that wait for somebody."""

    planned: int = 0
    held: int = 0
    retrying: int = 0
    sent: int = 0
    failed: int = 0
    skipped: int = 0
    withdrawn: int = 0
    answers: int = 0
    due: int = 0
    undelivered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How one channel stands: in use or not, and what its circuit breaker says. ``waiting``: due
    and not sent; ``last_sent_at``: of the last month. ``folder``: for trying out, into a folder
    instead of to patients. ``fault``: why nothing can go as it is set up; empty: it can."""

    channel: Channel
    on: bool
    failures: int = 0
    open_until: datetime | None = None
    last_error: str = ""
    waiting: int = 0
    last_sent_at: datetime | None = None
    folder: bool = False

    @property
    def fault(self) -> str:
        return "" if self.failures else self.last_error


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
    made of it, so that a second copy can be told. ``unsure``: an earlier attempt may have reached
    the provider; it is asked, where it can be, before anything is sent again. ``earlier``: the
    words of that attempt; ``others``: the provider's ids of other messages to the address.
    ``approved``: the number of words that the provider knows, with the ``values`` in them; they go
    instead of ``body``, which tells how they read. ``more_visits``: those of a series beside the
    first."""

    id: Id
    key: str
    channel: Channel
    address: str = field(repr=False)
    subject: str = field(default="", repr=False)
    body: str = field(default="", repr=False)
    language: str = "en"
    calendar: CalendarPart | None = field(default=None, repr=False)
    more_visits: tuple[CalendarPart, ...] = field(default=(), repr=False)
    unsure: bool = False
    earlier: str = field(default="", repr=False)
    others: frozenset[str] = frozenset()
    approved: str = ""
    values: tuple[str, ...] = field(default=(), repr=False)


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
    """``cursor`` is where the next poll goes on. ``reasons``: by the provider's ids, why those did
    not arrive, in sentences for people."""

    deliveries: tuple[tuple[Channel, str, Delivery, datetime], ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[Answered, ...] = ()
    cursor: str = ""


class Transport(Protocol):
    """One channel's way out. Every call blocks for seconds at most; never on the main thread."""

    def ready(self) -> None:
        """Raises ``Unsettled`` when nothing can go from this computer as it is set up: its keyring
        has no password, or the provider has just refused what it has."""
        ...

    def send(self, envelope: Envelope) -> Receipt:
        """Raises ``Unreachable`` (again later; with ``after`` from the provider), ``Unsettled``
        (when the settings are right) or ``Rejected`` (never; the sentence says why), of
        ``services.outbox_faults``."""
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
