"""What a courier is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinic_desk.services.billing_gateway import BillingLink
    from clinic_desk.services.message_ports import Transport, Transports
    from clinic_desk.services.webhook import WebhookLink

RAN_OUT = (
    "The program ended each time while this was being sent; nobody knows whether it arrived. "
    "Ask the patient before it is sent again."
)
NOBODY_KNOWS = "The message had been handed over by then, so it may have arrived."
GONE = "The message is not there any more."
BUG = "Something went wrong inside the program while this was being sent."
TOO_LATE_AGAIN = "It would be too late to try again."


@dataclass(frozen=True, slots=True)
class Drained:
    """How many messages came to what. ``unknown``: the other side may have them; each of those is
    also counted as retried or failed; ``written``: of the sent ones, those into a folder;
    ``effects``: of the sent ones, what was told to another program and is no message; ``stuck``:
    services of which it was noted that they cannot be used."""

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    retried: int = 0
    unknown: int = 0
    written: int = 0
    effects: int = 0
    stuck: int = 0

    def __add__(self, other: Drained) -> Drained:
        return Drained(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def total(self) -> int:
        return self.sent + self.failed + self.skipped + self.retried


ONE = {
    "sent": Drained(sent=1),
    "retry": Drained(retried=1),
    "failed": Drained(failed=1),
    "skipped": Drained(skipped=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The ways out that this process has; None: it leaves that to others. ``desktop`` shows
    notices on this computer's screen."""

    transports: Callable[[], Transports] | None = None
    billing: Callable[[], BillingLink] | None = None
    webhook: Callable[[], WebhookLink] | None = None
    desktop: Transport | None = None


@dataclass(slots=True)
class Made:
    """A transport, and the settings it was made from. ``refused``: why there is none."""

    settings: dict[str, object]
    transport: Transport | None = None
    refused: str = ""
