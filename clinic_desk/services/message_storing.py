"""What messages ask of the store. Apart from the rest of ``message_ports``: the ports of the store
are loaded with every start, and the values they speak of are not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from clinic_desk.domain.ids import Id

if TYPE_CHECKING:
    from clinic_desk.domain.appointments import Appointment
    from clinic_desk.domain.messages import (
        Channel,
        InboundMessage,
        MessageTemplate,
        Notification,
    )
    from clinic_desk.services.message_ports import (
        Attempt,
        ChannelState,
        MessageCard,
        MessageCounts,
        MessageWish,
    )


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
        """In the order of their due times, the latest first (``wish.soonest``: the next)."""
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
