"""Sending what waits: claimed under a lease, settled one by one, tried again later and later.

A message is claimed in one transaction and settled in another; between them it is sent. Whoever
dies in between leaves it claimed until the lease ends; then it is sent again under the same
idempotency key. What billing and the webhook send goes this way; messages to people take one step
more (``services.message_sending``), and ``services.couriers`` sends them all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, cast

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Clock, Id
from clinic_desk.domain.messages import Channel
from clinic_desk.services.command import Command
from clinic_desk.services.day_views import OutboxMessage
from clinic_desk.services.outbox_commands import (
    ClaimMessages,
    CloseBreaker,
    ForgetEvents,
    NoteCursor,
    ReleaseMessages,
    RestService,
    RetryEvents,
    RetryMessage,
    SettleMessage,
)
from clinic_desk.services.outbox_faults import Rejected, Unreachable, Unsettled
from clinic_desk.services.outbox_ports import Contact
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.wording import count_text
from clinic_desk.services.work import Done, Work

LEASE = timedelta(minutes=3)
"""Longer than a batch of messages can take that all run into their time limit."""

BATCH = 8
FIRST_PAUSE, LONGEST_PAUSE = 15.0, 3600.0
"""Seconds before the second attempt, and at most between two."""

TOO_LATE_NOW = "It could not go in time."

MOST_ATTEMPTS = 10
"""Bad answers, not silence, after which a message is put aside."""

Jitter = Callable[[], float]
"""0 … 1."""


class Deliverer(Protocol):
    """Tells a service outside of one message."""

    def deliver(self, message: OutboxMessage) -> None:
        """Returns once the service has it. Blocks, for seconds at most. Raises ``Unreachable`` or
        ``Rejected``."""
        ...


class Gate(Protocol):
    """The write gate (``services.desk.Desk``). Raises what the command does."""

    def execute(self, command: Command) -> Outcome: ...


def claim(work: Work, command: ClaimMessages) -> Done:
    found = work.uow.claim_messages(
        command.service,
        command.topics,
        command.holder,
        command.until,
        command.limit,
        by_due=command.by_due,
    )
    return Done(value=found)


def release(work: Work, command: ReleaseMessages) -> Done:
    work.uow.release_messages(command.message_ids, command.holder, begun=command.begun)
    return Done()


def settle(work: Work, command: SettleMessage) -> Done:
    """Value: the message's id, None when it is somebody else's by now."""
    ours = work.uow.settle_message(
        command.service,
        command.message_id,
        command.holder,
        command.error,
        command.next_try_at,
        command.breaker_until,
        command.contact,
    )
    return Done(value=command.message_id if ours else None)


def note_cursor(work: Work, command: NoteCursor) -> Done:
    work.uow.note_cursor(command.service, command.cursor)
    return Done()


def rest(work: Work, command: RestService) -> Done:
    work.uow.rest_service(command.service, command.error)
    if not command.error or command.service not in list(Channel):
        return Done(value=0)
    return Done(value=work.uow.fail_overdue(command.service, f"{TOO_LATE_NOW} {command.error}"))


def close_breaker(work: Work, command: CloseBreaker) -> Done:
    work.uow.service_answers(command.service)
    return Done()


def retry(work: Work, command: RetryMessage) -> Done:
    """Value: whether it is tried again."""
    again = work.uow.retry_message(command.message_id, command.topics)
    told = "It is sent again now" if again else "A newer message says it all; this one is closed"
    return Done(value=again, sentence=told)


def retry_events(work: Work, _command: RetryEvents) -> Done:
    """Value: how many are tried again."""
    number = work.uow.retry_set_aside("webhook.")
    return Done(value=number, sentence=f"{count_text(number, 'event')} sent again")


def forget_events(work: Work, _command: ForgetEvents) -> Done:
    """Value: how many are given up."""
    number = work.uow.forget_set_aside("webhook.")
    return Done(value=number, sentence=f"{count_text(number, 'event')} given up")


def pause_after(attempts: int, jitter: float, first: float = FIRST_PAUSE) -> timedelta:
    """Doubled with each attempt; half of it is chance, so that desks do not call together."""
    whole = min(LONGEST_PAUSE, first * 2.0 ** min(attempts - 1, 20))
    return timedelta(seconds=round(whole * (0.5 + jitter / 2)))


def claiming(service: str, topics: str, holder: Id, clock: Clock) -> ClaimMessages:
    return ClaimMessages(
        service=service, topics=(topics,), holder=holder, until=clock.now() + LEASE, limit=BATCH
    )


def attempt(
    service: str,
    gateway: Deliverer,
    message: OutboxMessage,
    holder: Id,
    clock: Clock,
    jitter: Jitter,
) -> SettleMessage:
    """Sends the message and answers what is to be noted about it. Blocks; off the main thread.
    Raises ``Unsettled`` when it is to wait and no try counts."""
    try:
        gateway.deliver(message)
    except Unsettled:
        raise
    except Unreachable as error:
        aside = error.counts and message.attempts >= MOST_ATTEMPTS
        rest = max(pause_after(message.attempts, jitter()), error.after or timedelta())
        return SettleMessage(
            service=service,
            message_id=message.id,
            holder=holder,
            error=error.sentence,
            next_try_at=None if aside else clock.now() + rest,
            breaker_until=clock.now() + error.after if error.after and not aside else None,
            contact=Contact.ANSWERED if aside else Contact.FAILED,
        )
    except (Rejected, Refusal) as error:
        return SettleMessage(
            service=service, message_id=message.id, holder=holder, error=error.sentence
        )
    return SettleMessage(service=service, message_id=message.id, holder=holder)


def drain(
    gate: Gate,
    gateway: Deliverer,
    service: str,
    topics: str,
    holder: Id,
    clock: Clock,
    jitter: Jitter,
) -> int:
    """Sends everything that is due to one service; answers how many messages were settled."""
    number = 0
    while True:
        outcome = gate.execute(claiming(service, topics, holder, clock))
        messages = cast("tuple[OutboxMessage, ...]", outcome.value)
        if not messages:
            return number
        for message in messages:
            gate.execute(attempt(service, gateway, message, holder, clock, jitter))
            number += 1
