"""What a courier does beside sending: plans anew what the clinic has decided anew, and asks the
providers what became of messages and who answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.domain.ids import Clock
from clinic_desk.domain.messages import Channel
from clinic_desk.services.bug_lines import note_bug
from clinic_desk.services.message_commands import NoteAnswers, NoteDeliveries, PlanMessages
from clinic_desk.services.message_planning import REPLAN
from clinic_desk.services.outbox_commands import NoteCursor

if TYPE_CHECKING:
    from clinic_desk.services.command import Command
    from clinic_desk.services.message_ports import Polled, Transport
    from clinic_desk.services.ports import Queries

log = logging.getLogger(__name__)

POLL_EVERY = timedelta(seconds=60)
"""The pause between two questions to the provider of one channel."""

WATCHED = timedelta(days=3)
"""How long after it was due a message is asked after."""

POLLED = (Channel.SMS, Channel.WHATSAPP, Channel.EMAIL)


class Sends(Protocol):
    """The courier whose ways out are asked for news."""

    queries: Queries

    def transport(self, channel: Channel) -> Transport | None: ...
    def execute(self, command: Command) -> object: ...


class Upkeep:
    """Of one courier; ``turn`` is called now and then, on any one thread."""

    def __init__(
        self, courier: Sends, clock: Clock, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self._courier = courier
        self._clock = clock
        self._stopping = stopping
        self._polled: dict[Channel, datetime] = {}

    def turn(self) -> int:
        """How many deliveries and answers came in."""
        self.plan_anew()
        return sum(self.poll(channel) for channel in POLLED if not self._stopping())

    def plan_anew(self) -> None:
        """In batches, until all messages follow the clinic's settings of now."""
        while self._courier.queries.setting(REPLAN, "clinic") and not self._stopping():
            self._courier.execute(PlanMessages())

    def poll(self, channel: Channel) -> int:
        """How many deliveries and answers came in; none while ``POLL_EVERY`` is not over, or when
        the provider cannot be asked."""
        now = self._clock.now()
        last = self._polled.get(channel)
        if last is not None and timedelta() <= now - last < POLL_EVERY:
            return 0
        self._polled[channel] = now
        queries = self._courier.queries
        if queries.setting(f"messages.{channel}.on", "clinic") is not True:
            return 0
        try:
            transport = self._courier.transport(channel)
            if transport is None:
                return 0
            since = queries.poll_cursor(str(channel))
            found = transport.poll(since, queries.awaiting_delivery(channel, now - WATCHED))
        except (Fault, Refusal) as error:
            log.info("no news from %s: %s", channel, error.code)
            return 0
        except Exception as error:
            # an answer that trips the program up must not keep the others' news from coming
            note_bug(log, f"news from {channel} cannot be read", error)
            return 0
        return self._keep(channel, found, since)

    def _keep(self, channel: Channel, found: Polled, since: str) -> int:
        if found.deliveries:
            reasons = tuple(found.reasons.items())
            self._courier.execute(NoteDeliveries(deliveries=found.deliveries, reasons=reasons))
        if found.answers:
            self._courier.execute(NoteAnswers(answers=found.answers))
        if found.cursor and found.cursor != since:
            self._courier.execute(NoteCursor(service=str(channel), cursor=found.cursor))
        return len(found.deliveries) + len(found.answers)
