"""What is said between the outbox and the store (``billing_ports.OutboxWork``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinic_desk.domain.appointments import Appointment
    from clinic_desk.domain.billing import Invoice
    from clinic_desk.domain.messages import Notification
    from clinic_desk.domain.people import Patient
    from clinic_desk.domain.waitlist import WaitlistOffer


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


@dataclass(frozen=True, slots=True)
class Along:
    """A notice that goes with another one, and its visit."""

    message: Notification
    visit: Appointment | None = None

    @property
    def seen(self) -> tuple[Notification, int | None]:
        """What must still be so when it goes."""
        return self.message, None if self.visit is None else self.visit.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageGround:
    """A message and what it is about, in one snapshot. ``attempts`` begun so far; ``unsure``: what
    became of one of them is not known, and then ``others`` are the provider's ids of other messages
    to the same address; ``beside``: visits at once that the doctor has in the time that it
    offers; ``bundled``: what else belongs to its bundle."""

    message: Notification
    attempts: int = 0
    unsure: bool = False
    others: frozenset[str] = frozenset()
    visit: Appointment | None = None
    patient: Patient | None = None
    invoice: Invoice | None = None
    offer: WaitlistOffer | None = None
    beside: int = 0
    bundled: tuple[Along, ...] = ()
