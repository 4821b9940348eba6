"""The port to a billing service outside, and what can go wrong there.

Without one the ledger of the clinic itself is all there is, and nothing goes out.
"""

from __future__ import annotations

from typing import Protocol

from clinic_desk.services.day_views import OutboxMessage
from clinic_desk.services.outbox_faults import Rejected, Unreachable

__all__ = ["URL", "BillingGateway", "BillingLink", "Rejected", "Unreachable"]

URL = "billing.url"
"""Clinic setting: where the service is."""


class BillingGateway(Protocol):
    """Tells a service outside what an invoice is now. Sending the same message twice, or an
    older state after a newer one was taken, changes nothing there: the message's id is its
    idempotency key, the invoice's id its place."""

    def deliver(self, message: OutboxMessage) -> None:
        """Returns once the service has it. Blocks, for seconds at most; never on the main thread.
        Raises ``Unreachable`` or ``Rejected``."""
        ...


class BillingLink(Protocol):
    """What the settings page and the sender need of the adapter."""

    def gateway(self, url: str) -> BillingGateway:
        """Raises ``Refusal`` when the address cannot be used."""
        ...

    def has_token(self) -> bool:
        """Raises ``Unreachable`` while the keyring is locked or does not answer."""
        ...

    def keep_token(self, token: str) -> None:
        """In the system's keyring; empty forgets it. Raises ``Refusal`` without a keyring."""
        ...
