"""Messages to patients and notices to the staff: what they are about, how they go, where they
stand (domain.md section 6).

A message is planned in the transaction that gives cause for it, waits in the outbox until it is
due, and is rendered from the visit as it then is. It is no record with a history of its own:
what is planned follows from the visit, and what was sent stands in the list of attempts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record


class Channel(StrEnum):
    DESKTOP = "desktop"
    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


CHANNEL_WORDS: Mapping[Channel, str] = {
    Channel.DESKTOP: "Desktop",
    Channel.EMAIL: "E-mail",
    Channel.SMS: "SMS",
    Channel.WHATSAPP: "WhatsApp",
}


ONE_OF: Mapping[Channel, str] = {
    Channel.DESKTOP: "a notice",
    Channel.EMAIL: "an e-mail",
    Channel.SMS: "an SMS",
    Channel.WHATSAPP: "a WhatsApp message",
}
"""One message of the channel, in a sentence."""


class Purpose(StrEnum):
    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    MOVED = "moved"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    WAITLIST_OFFER = "waitlist_offer"
    PAYMENT = "payment"


PURPOSE_WORDS: Mapping[Purpose, str] = {
    Purpose.CONFIRMATION: "Confirmation",
    Purpose.REMINDER: "Reminder",
    Purpose.MOVED: "Visit moved",
    Purpose.CANCELLED: "Visit cancelled",
    Purpose.NO_SHOW: "After a no-show",
    Purpose.WAITLIST_OFFER: "Waiting-list offer",
    Purpose.PAYMENT: "Payment reminder",
}


class MessageStatus(StrEnum):
    """As stored. *Held* is planned with ``held_until`` to come; *retrying* is planned with
    attempts made."""

    PLANNED = "planned"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"


class Delivery(StrEnum):
    """What the provider says of a message that it took; empty: nothing (yet). ``FOLDER``: written
    into a folder for trying out, and sent to nobody."""

    UNKNOWN = ""
    QUEUED = "queued"
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    FOLDER = "folder"


HOLD = timedelta(minutes=3)
"""A change is held this long, so that a slip that is undone sends nothing."""

MOST_RETRIES = 3
"""After the first attempt; then the message has failed, and a person may send it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message on one channel. ``id`` is also its row in the outbox, where attempts and leases
    are kept. ``key`` names what may be sent once only: visit (or invoice, or offer), occurrence,
    rule and channel. Instants are aware UTC.

    ``due_at``: when it goes; ``held_until``: not before that, by the hold of a change;
    ``useful_until``: from then on it is skipped. ``rule``: a reminder's minutes before the start,
    as text; of a notice about a visit of a series what it goes with (``domain.message_bundles``);
    empty for all others. ``language`` and ``address`` are those of the planning; both are read
    again before it goes. ``knew`` and ``tells`` are what the patient knew of the visit
    before, and knows with it (``state_of``). ``subject`` and ``body`` are empty until it was
    rendered or written by hand (``written_by``). ``reason``: why it was skipped, withdrawn or
    failed, in words."""

    id: Id
    key: str
    purpose: Purpose
    channel: Channel
    due_at: datetime
    planned_at: datetime
    status: MessageStatus = MessageStatus.PLANNED
    rule: str = ""
    appointment_id: Id | None = None
    patient_id: Id | None = None
    doctor_id: Id | None = None
    invoice_id: Id | None = None
    offer_id: Id | None = None
    held_until: datetime | None = None
    useful_until: datetime | None = None
    language: str = ""
    address: str = ""
    knew: str = ""
    tells: str = ""
    subject: str = ""
    body: str = ""
    written_by: Id = ""
    reason: str = ""
    sent_at: datetime | None = None
    provider_id: str = ""
    delivery: Delivery = Delivery.UNKNOWN
    delivered_at: datetime | None = None
    reply: str = ""
    replied_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTemplate(Record):
    """A clinic's own words in the place of the built-in ones of ``resources/messages``.
    ``subject`` is that of an e-mail; of a WhatsApp text it is the provider's number of the words
    that WhatsApp has approved, empty for none. ``language`` is a two-letter code."""

    purpose: Purpose
    channel: Channel
    language: str
    subject: str = ""
    body: str = ""


class ReplyOutcome(StrEnum):
    """What became of an answer. ``ASKED`` and ``UNKNOWN`` wait for a person until ``HANDLED``."""

    CONFIRMED = "confirmed"
    ASKED = "asked"
    UNKNOWN = "unknown"
    HANDLED = "handled"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """What a patient answered. ``provider_id`` is unique: polled twice, kept once. ``note``: why
    it waits for a person, or what was done, in a sentence."""

    id: Id
    channel: Channel
    provider_id: str
    sender: str
    text: str
    received_at: datetime
    outcome: ReplyOutcome
    notification_id: Id | None = None
    patient_id: Id | None = None
    appointment_id: Id | None = None
    handled_at: datetime | None = None
    handled_by: Id = ""
    note: str = ""


def is_lost(one: Notification) -> bool:
    """The provider took it, it did not arrive, the patient has not answered it all the same, and
    nobody has looked after it yet."""
    undelivered = one.status is MessageStatus.SENT and one.delivery is Delivery.UNDELIVERED
    return undelivered and not one.reply and not one.reason
