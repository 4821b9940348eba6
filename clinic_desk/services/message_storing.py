"""What messages ask of the store. Apart from the rest of ``message_ports``: the ports of the store
are loaded with every start, and the values they speak of are not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from clinic_desk.domain.ids import Id

if TYPE_CHECKING:
    from clinic_desk.domain.appointments import Appointment
    from clinic_desk.domain.billing import Invoice
    from clinic_desk.domain.events import Actor
    from clinic_desk.domain.messages import (
        Channel,
        InboundMessage,
        MessageStatus,
        MessageTemplate,
        Notification,
    )
    from clinic_desk.domain.people import Patient
    from clinic_desk.domain.waitlist import WaitlistEntry, WaitlistOffer
    from clinic_desk.services.message_ports import (
        Attempt,
        ChannelState,
        MessageCard,
        MessageCounts,
        MessageWish,
        Receipt,
    )
    from clinic_desk.services.outbox_ports import Words


Standing = tuple[str, str]
"""Status and reason of a message."""

Turn = Callable[[Id, Standing, Standing, str], None]
"""Brings a message from the first standing to the second; the text begins every refusal."""


class MessageWork(Protocol):
    """The part of ``ports.UnitOfWork``."""

    def concerns_messages(self) -> bool:
        """Whether messages can follow from what was written so far; one statement at most."""
        ...

    def plans_changed(self) -> bool:
        """Whether something was written that decides about everybody's messages."""
        ...

    def message_settings(self) -> Mapping[str, object]:
        """The clinic's settings "messages.*" as this unit of work found them, by their names."""
        ...

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

    def messages_for(self, patient_ids: Sequence[Id]) -> list[Notification]:
        """What is planned about invoices of these patients, and offers made to them."""
        ...

    def patients_of(self, ids: Iterable[Id]) -> dict[Id, Patient]:
        """By one statement; removed ones too."""
        ...

    def entries_of(self, ids: Iterable[Id]) -> list[WaitlistEntry]:
        """By one statement; removed ones too."""
        ...

    def visit_if_any(self, appointment_id: Id) -> Appointment | None:
        """A removed one too."""
        ...

    def bundle(self, message: Notification) -> list[Notification]:
        """All that go, or went, as one message with it, itself among them; the first to go
        first (``domain.message_bundles``)."""
        ...

    def keep_words(self, message_ids: Sequence[Id], words: Words) -> None:
        """The words in which these go, where they still wait."""
        ...

    def end_with(
        self,
        carrier: Id,
        others: Sequence[tuple[Id, str]],
        status: MessageStatus,
        reason: str,
        receipt: Receipt | None = None,
    ) -> None:
        """What became of the message ``carrier`` became of these, each with what it tells; one
        that waits no more counts only when it went."""
        ...

    def being_sent(self, message_ids: Sequence[Id]) -> frozenset[Id]:
        """Those of them that a process has taken up at this moment."""
        ...

    def plan_message(self, message: Notification) -> None:
        """Writes the message and its place in the outbox. One of the same key that was withdrawn
        or skipped takes the new values and waits again; one that was sent stays as it is."""
        ...

    def change_message(self, before: Notification, after: Notification) -> None:
        """Status, words, times; its place in the outbox follows (withdrawn: no longer tried)."""
        ...

    def plan_messages(self, messages: Sequence[Notification]) -> None:
        """New ones, each of a key that there is not yet."""
        ...

    def change_messages(self, pairs: Sequence[tuple[Notification, Notification]]) -> None:
        """``change_message`` for many (before, after)."""
        ...

    def keep_standing(self, message_id: Id, before: Standing, after: Standing) -> None:
        """As a part of this command's undo step."""
        ...

    def visits_to_come(
        self, after: tuple[datetime, Id] | None, limit: int, *, patient_id: Id | None = None
    ) -> list[Appointment]:
        """Visits that start from now on, after (start, id), in that order."""
        ...

    def mend_messages(self) -> int:
        """Gives what is planned its place in the outbox, where it has none or another, and takes
        the place of what is not planned. Answers how many were wrong."""
        ...

    def visits_left_waiting(self, patient_ids: Sequence[Id] = ()) -> list[Appointment]:
        """Visits that are over or were removed, and of which something is still planned, or was
        skipped for a time to come; those of these patients alone, or of all."""
        ...

    def invoices_to_remind(self, since: date) -> list[Invoice]:
        """Owed ones that were due on that day or later, and all of which something is planned."""
        ...

    def offers_waiting(self) -> list[WaitlistOffer]:
        """Of which something is planned."""
        ...

    def keep_answer(self, answer: InboundMessage) -> bool:
        """False when the provider's id is known already: nothing was kept."""
        ...

    def change_answer(self, answer: InboundMessage) -> None:
        """Its outcome, note, and who dealt with it."""
        ...

    def answer(self, answer_id: Id) -> InboundMessage | None: ...

    def note_undelivered(self, message_id: Id, why: str) -> None:
        """Why the provider could not bring it to the patient, in a sentence."""
        ...

    def message_of_provider(self, channel: Channel, provider_id: str) -> Notification | None: ...

    def asked_lately(
        self, channel: Channel, address: str, since: datetime
    ) -> tuple[Notification, ...]:
        """What was sent to the address about visits, was due since then, and asks for an answer;
        the newest first."""
        ...

    def acting(self, actor: Actor) -> AbstractContextManager[None]:
        """What is written meanwhile was done by somebody else: by the patient who answered."""
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

    def open_answers(
        self, limit: int = 200, wish: MessageWish | None = None
    ) -> tuple[InboundMessage, ...]:
        """Those that wait for somebody, the newest first; of ``wish`` the text, channels, doctors,
        patient, visit or message count, not the days."""
        ...

    def settled_answers(
        self, limit: int = 200, wish: MessageWish | None = None
    ) -> tuple[InboundMessage, ...]:
        """Those that need nobody any more, of the days of ``wish``, the newest first."""
        ...

    def message_templates(self) -> tuple[MessageTemplate, ...]:
        """The clinic's own."""
        ...

    def channel_states(self) -> tuple[ChannelState, ...]: ...

    def next_message_due(self, now: datetime) -> datetime | None:
        """When something in the outbox is due next, whatever it is for; None: nothing waits."""
        ...
