"""Sends what is due: messages to people, invoices to the billing service, events to the webhook.

One ``Courier`` works for one process; a window has it called from one thread for each service, the
command line from one thread alone. What is claimed, tried and settled stands in the store, so any
number of processes may do this to one clinic at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, cast

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Clock, Id, IdFactory
from clinic_desk.domain.messages import MOST_RETRIES, Channel, Delivery, MessageStatus
from clinic_desk.services import outbox
from clinic_desk.services.billing_messages import SERVICE as BILLING
from clinic_desk.services.bug_lines import note_bug
from clinic_desk.services.command import Command
from clinic_desk.services.couriers_effects import Effects
from clinic_desk.services.couriers_owed import Owed
from clinic_desk.services.couriers_tries import Told, along_of, due_of, note_attempt
from clinic_desk.services.couriers_values import (
    BUG,
    GONE,
    NOBODY_KNOWS,
    ONE,
    RAN_OUT,
    TOO_LATE_AGAIN,
    Drained,
    Made,
    Outside,
)
from clinic_desk.services.outbox import Gate, Jitter
from clinic_desk.services.outbox_commands import (
    BeginMessage,
    ClaimMessages,
    EndMessage,
    ReleaseMessages,
    RestService,
    SettleMessage,
)
from clinic_desk.services.outbox_faults import Rejected, Unreachable, Unsettled
from clinic_desk.services.outbox_ports import Begun, Contact, MessageGround
from clinic_desk.services.webhook import SERVICE as WEBHOOK

if TYPE_CHECKING:
    from clinic_desk.services.day_views import OutboxMessage
    from clinic_desk.services.message_ports import Receipt, Transport
    from clinic_desk.services.message_sending import Ready, Ways
    from clinic_desk.services.ports import Queries

log = logging.getLogger(__name__)

__all__ = ["NOBODY_KNOWS", "RAN_OUT", "Courier", "Drained", "Outside"]

BATCH = 16
"""Messages claimed at once; each gets a lease of its own when it begins."""

FIRST_PAUSE = 60.0
"""Seconds before the second attempt to reach somebody."""

TOLD_AGAIN = timedelta(minutes=1)
"""After which it is said once more that a service cannot be used."""

TRIES = 4
"""How often a message is looked at anew because it was changed meanwhile."""


class Courier:
    """``gate`` executes commands on the program's own behalf, ``queries`` read without a person.
    ``stopping`` is looked at before each message."""

    def __init__(
        self,
        gate: Gate,
        queries: Queries,
        clock: Clock,
        jitter: Jitter,
        new_id: IdFactory,
        outside: Outside,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._gate = gate
        self.queries = queries
        self._clock = clock
        self._jitter = jitter
        self._outside = outside
        self._stopping = stopping
        self._turn = Lock()
        self._made: dict[Channel, Made] = {}
        self._stuck: dict[str, tuple[str, datetime]] = {}
        self._owed = Owed(self._carry_out)
        self.give_way: Callable[[], None] = lambda: None
        """Called before anything but what tells how a message ended, which cannot wait."""
        self.holder: Id = new_id()
        """Every courier is a holder of its own."""

    def services(self) -> tuple[str, ...]:
        """Those for which something is due that this process can send."""
        self._owed.pay_if_possible()
        due = self.queries.services_due(self._clock.now())
        return tuple(name for name in due if self._has(name))

    def run_once(self, limit: int = 1000) -> Drained:
        """Everything that is due, one service after the other, ``limit`` of each at most."""
        done = Drained()
        for service in self.services():
            done += self.drain(service, limit)
        return done

    def drain(self, service: str, limit: int = 1000) -> Drained:
        """What is due for one service. Blocks; never on a thread that draws."""
        if service in Channel.__members__.values():
            return self._messages(Channel(service), limit)
        return Effects(self, self._outside, self._clock, self._jitter, self._stopping).drain(
            service, limit
        )

    def transport(self, channel: Channel) -> Transport | None:
        """The channel's way out by the settings of now; None where there is none."""
        if channel is Channel.DESKTOP:
            return self._outside.desktop
        if self._outside.transports is None:
            return None
        prefix = f"messages.{channel}."
        found = self.queries.clinic_settings(prefix)
        settings = {name.removeprefix(prefix): value for name, value in found.items()}
        made = self._made.get(channel)
        if made is not None and made.settings == settings:
            return made.transport
        made = Made(settings)
        try:
            made.transport = self._outside.transports().of(channel, settings)
        except Refusal as refusal:
            made.refused = refusal.sentence
        self._made[channel] = made
        return made.transport

    def _ready(self, channel: Channel) -> Transport:
        """Raises ``Unsettled`` while the channel's own settings or its password are at fault."""
        transport = self.transport(channel)
        if transport is None:
            raise Unsettled(self._made[channel].refused if channel in self._made else "")
        transport.ready()
        if self._stuck.pop(str(channel), None) is not None:
            self.execute(RestService(service=str(channel)))
        return transport

    def stuck(self, service: str, sentence: str) -> Drained:
        """What is due for it waits, and counts no try; the store says why, anew each minute."""
        now = self._clock.now()
        said, when = self._stuck.get(service, ("", now))
        if not sentence or (said == sentence and timedelta() <= now - when < TOLD_AGAIN):
            return Drained()
        if said != sentence:
            log.warning("%s cannot go: %s", service, sentence)
        self._stuck[service] = (sentence, now)
        late = cast("int", self.execute(RestService(service=service, error=sentence)))
        return Drained(failed=late, stuck=1)

    def is_stuck(self, service: str) -> bool:
        """It was found so within the last minute, and nobody has put it right since."""
        told = self._stuck.get(service)
        if told is None or not timedelta() <= self._clock.now() - told[1] < TOLD_AGAIN:
            return False
        return self.queries.gateway_state(service, f"{service}.").last_error == told[0]

    # Messages to people

    def _messages(self, channel: Channel, limit: int) -> Drained:
        from clinic_desk.services.message_ways import ways_of

        done = Drained()
        while done.total < limit and not self._stopping():
            try:
                transport = self._ready(channel)
            except Unsettled as error:
                return done + self.stuck(str(channel), error.sentence)
            claimed = self.claim(
                str(channel), f"message.{channel}", min(BATCH, limit - done.total), by_due=True
            )
            if not claimed:
                break
            ways = ways_of(self.queries)
            for number, row in enumerate(claimed):
                try:
                    outcome = None if self._stopping() else self._one(channel, transport, row, ways)
                except Unsettled as error:
                    self.release(claimed[number:])
                    return done + self.stuck(str(channel), error.sentence)
                if outcome is None:
                    self.release(claimed[number:])
                    break
                done += outcome
        return done

    def _one(
        self, channel: Channel, transport: Transport, row: OutboxMessage, ways: Ways
    ) -> Drained | None:
        """None: the service is to be left alone."""
        from clinic_desk.services.message_sending import Broken, Skip, prepare

        self.give_way()
        for _ in range(TRIES):
            ground = self.queries.message_ground(row.id)
            if ground is None:
                self.execute(
                    SettleMessage(
                        service=str(channel), message_id=row.id, holder=self.holder, error=GONE,
                        contact=Contact.NONE,
                    )
                )  # fmt: skip
                return Drained(failed=1)
            try:
                made = prepare(ground, ways, self._clock.now())
            except Exception as error:
                # one message that trips the program up must not stop the others
                note_bug(log, f"message {row.id} cannot be written", error)
                made = Broken(BUG)
            if isinstance(made, Skip):
                return self._end(channel, ground, MessageStatus.SKIPPED, "skipped", made.reason)
            if ground.attempts > MOST_RETRIES:
                return self._end(channel, ground, MessageStatus.FAILED, "failed", RAN_OUT)
            if isinstance(made, Broken):
                return self._end(channel, ground, MessageStatus.FAILED, "failed", made.reason)
            until = self._clock.now() + outbox.LEASE
            begun = self.execute(
                BeginMessage(
                    service=str(channel),
                    seen=ground.message,
                    holder=self.holder,
                    until=until,
                    words=made.words,
                    visit_revision=made.visit_revision,
                    others=tuple(one.seen for one in ground.bundled),
                    along=tuple(one.message.id for one in made.along),
                )
            )
            if begun is Begun.RESTING:
                return None
            if begun is Begun.LOST:
                return Drained()
            if begun is Begun.YES:
                return self._send(channel, transport, ground, made, until)
        self.release([row])
        return Drained()

    def _send(
        self,
        channel: Channel,
        transport: Transport,
        ground: MessageGround,
        made: Ready,
        until: datetime,
    ) -> Drained:
        attempt = ground.attempts + 1
        began = monotonic()
        late = (self._clock.now() - due_of(ground)).total_seconds()
        told = Told(attempt, late, lambda: monotonic() - began, made.along)
        if self._clock.now() >= until:
            # the computer slept in between: by now somebody else may have it
            error = Unreachable("The computer slept just before it was sent.")
            return self._again(channel, ground, error, told)
        try:
            receipt = transport.send(made.envelope)
        except Unsettled:
            one = ground.message
            self.execute(ReleaseMessages(message_ids=(one.id,), holder=self.holder, begun=True))
            note_attempt(channel, one, attempt - 1, "waits", told)
            raise
        except Unreachable as error:
            return self._again(channel, ground, error, told)
        except (Rejected, Refusal) as error:
            return self._end(
                channel, ground, MessageStatus.FAILED, "failed", error.sentence, told,
                contact=Contact.ANSWERED,
            )  # fmt: skip
        except Exception as error:
            note_bug(log, f"message {ground.message.id} was not sent", error)
            return self._end(channel, ground, MessageStatus.FAILED, "failed", BUG, told)
        return self._end(
            channel, ground, MessageStatus.SENT, "sent", "", told, contact=Contact.ANSWERED,
            receipt=receipt,
        )  # fmt: skip

    def _again(
        self, channel: Channel, ground: MessageGround, error: Unreachable, told: Told
    ) -> Drained:
        """Nobody answered, or not so that one could know."""
        now = self._clock.now()
        rest = outbox.pause_after(told.attempt, self._jitter(), FIRST_PAUSE)
        next_try = now + max(rest, error.after or timedelta())
        until = ground.message.useful_until
        sentence = f"{error.sentence} {NOBODY_KNOWS}" if error.unknown else error.sentence
        final = told.attempt > MOST_RETRIES
        if not final and until is not None and next_try >= until:
            final, sentence = True, f"{sentence} {TOO_LATE_AGAIN}"
        return self._end(
            channel,
            ground,
            MessageStatus.FAILED if final else MessageStatus.PLANNED,
            "unknown" if error.unknown else "failed" if final else "retry",
            sentence,
            told,
            contact=Contact.FAILED,
            next_try_at=None if final else next_try,
            breaker_until=now + error.after if error.after else None,
        )

    def _end(
        self,
        channel: Channel,
        ground: MessageGround,
        status: MessageStatus,
        outcome: str,
        error: str,
        told: Told | None = None,
        *,
        contact: Contact = Contact.NONE,
        next_try_at: datetime | None = None,
        breaker_until: datetime | None = None,
        receipt: Receipt | None = None,
    ) -> Drained:
        message = ground.message
        self.settle(
            EndMessage(
                service=str(channel),
                message_id=message.id,
                holder=self.holder,
                attempt=told.attempt if told is not None else 0,
                status=status,
                outcome=outcome,
                error=error,
                next_try_at=next_try_at,
                breaker_until=breaker_until,
                contact=contact,
                receipt=receipt,
                tells=message.tells if receipt is not None else None,
                along=along_of(ground, told, status),
            )
        )
        retry = told.attempt - 1 if told is not None else ground.attempts
        note_attempt(channel, message, retry, outcome, told)
        if outcome == "unknown":
            kind = "failed" if status is MessageStatus.FAILED else "retry"
            return ONE[kind] + Drained(unknown=1)
        written = receipt is not None and receipt.delivery is Delivery.FOLDER
        return ONE[outcome] + Drained(written=int(written))

    # The store

    def _has(self, service: str) -> bool:
        if service == BILLING:
            return self._outside.billing is not None
        if service == WEBHOOK:
            return self._outside.webhook is not None
        if service == Channel.DESKTOP:
            return self._outside.desktop is not None
        return self._outside.transports is not None and service in Channel.__members__.values()

    def claim(
        self, service: str, topics: str, limit: int, *, by_due: bool = False
    ) -> Sequence[OutboxMessage]:
        self._owed.pay()
        found = self.execute(
            ClaimMessages(
                service=service,
                topics=(topics,),
                holder=self.holder,
                until=self._clock.now() + outbox.LEASE,
                limit=limit,
                by_due=by_due,
            )
        )
        return cast("tuple[OutboxMessage, ...]", found)

    def settle(self, command: EndMessage | SettleMessage) -> None:
        """Raises the store's ``Fault``; then it is written before anything else is taken up."""
        self._owed.settle(command)

    def release(self, rows: Sequence[OutboxMessage], *, begun: bool = False) -> None:
        ids = tuple(row.id for row in rows)
        self.execute(ReleaseMessages(message_ids=ids, holder=self.holder, begun=begun))

    def execute(self, command: Command) -> object:
        """On the program's own behalf, one at a time, whichever thread asks. Answers the outcome's
        value."""
        self.give_way()
        return self._carry_out(command)

    def _carry_out(self, command: Command) -> object:
        with self._turn:
            return self._gate.execute(command).value
