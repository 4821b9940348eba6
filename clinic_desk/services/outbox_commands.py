"""Commands about what waits for services outside (``services.outbox``, ``services.couriers``).

All but ``RetryMessage`` and ``CloseBreaker`` are asked for by the program itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.command import Command
from clinic_desk.services.outbox_ports import Contact

if TYPE_CHECKING:
    from clinic_desk.domain.messages import MessageStatus, Notification
    from clinic_desk.services.message_ports import Receipt
    from clinic_desk.services.outbox_ports import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMessages(Command, by="outbox:claim"):
    """Value: ``tuple[OutboxMessage, ...]`` that are due now under one of the topics (a prefix),
    one at most of each subject, none that another process has, none of a service whose breaker is
    open. The lease lasts until ``until``. ``by_due``: messages to people go by their due times, and
    each attempt counts when it begins (``BeginMessage``); all others go in the order in which they
    were written, and count now."""

    service: str
    topics: tuple[str, ...]
    holder: Id
    until: datetime
    limit: int = 20
    by_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseMessages(Command, by="outbox:release"):
    """Claimed, and given back untried. ``begun``: an attempt had begun, and nothing was handed
    over: it does not count."""

    message_ids: tuple[Id, ...]
    holder: Id
    begun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleMessage(Command, by="outbox:settle"):
    """What became of one message. ``error`` empty: done. Else it is tried again at
    ``next_try_at``; None sets it aside for a person (withdrawn, its error kept). Value: the
    message's id, None when another process has it by now: then nothing was changed of it."""

    service: str
    message_id: Id
    holder: Id
    error: str = ""
    next_try_at: datetime | None = None
    breaker_until: datetime | None = None
    contact: Contact = Contact.ANSWERED


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginMessage(Command, by="message_sending:begin"):
    """Right before a message to somebody goes: keeps its words, counts the attempt, makes the
    lease last until ``until``. ``seen`` is the message as it was when the words were made, and
    ``visit_revision`` its visit; ``others`` likewise those of its bundle, of which ``along`` go
    with it. Value: a ``Begun``."""

    service: str
    seen: Notification
    holder: Id
    until: datetime
    words: Words
    visit_revision: int | None = None
    others: tuple[tuple[Notification, int | None], ...] = ()
    along: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMessage(Command, by="message_sending:end"):
    """What became of a message to somebody; ``attempt`` from 1, 0 when none was begun. ``tells``:
    what the patient knows with it; ``along``: the notices that went with it or failed with it, and
    what the patient knows with each. Value: the ``status`` that is stored now, None when another
    process has the message."""

    service: str
    message_id: Id
    holder: Id
    attempt: int
    status: MessageStatus
    outcome: str
    error: str = ""
    next_try_at: datetime | None = None
    breaker_until: datetime | None = None
    contact: Contact = Contact.ANSWERED
    receipt: Receipt | None = None
    tells: str | None = None
    along: tuple[tuple[Id, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCursor(Command, by="outbox:note_cursor"):
    """Where the next question for deliveries and answers goes on."""

    service: str
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestService(Command, by="outbox:rest"):
    """A service cannot be used at all as it is set up; ``error`` says why, empty takes it back.
    Messages to people that it was to take, and that are of no use any more by now, have failed
    with it. Value: how many."""

    service: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseBreaker(Command, by="outbox:close_breaker", needs=Permission.EDIT_SETTINGS):
    """A person has put a service right: what waits for it is tried at once."""

    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryEvents(Command, by="outbox:retry_events", needs=Permission.EDIT_SETTINGS):
    """A person has all events that the webhook's address refused tried once more. Value: how
    many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetEvents(Command, by="outbox:forget_events", needs=Permission.EDIT_SETTINGS):
    """A person gives up the events that the webhook's address refused. Value: how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryMessage(Command, by="outbox:retry", needs=Permission.BILLING):
    """A person has a message that was set aside tried once more, now. ``topics`` is the prefix of
    its topic."""

    message_id: Id
    topics: str = "billing."

    def takes(self) -> Iterator[Permission]:
        yield Permission.BILLING if self.topics == "billing." else Permission.EDIT_SETTINGS
