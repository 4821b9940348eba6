"""What goes outside and is no message to a person: invoices to the billing service, events of
visits to the webhook."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.domain.ids import Clock, Id
from clinic_desk.services import attempts, outbox
from clinic_desk.services.attempts import AttemptNote
from clinic_desk.services.billing_gateway import URL as BILLING_URL
from clinic_desk.services.billing_messages import GATEWAY, HTTP
from clinic_desk.services.billing_messages import SERVICE as BILLING
from clinic_desk.services.bug_lines import note_bug
from clinic_desk.services.couriers_values import BUG, ONE, Drained, Outside
from clinic_desk.services.outbox import Deliverer, Jitter
from clinic_desk.services.outbox_commands import EndMessage, SettleMessage
from clinic_desk.services.outbox_faults import Unsettled
from clinic_desk.services.outbox_ports import Contact
from clinic_desk.services.webhook import SERVICE as WEBHOOK
from clinic_desk.services.webhook import is_on as webhook_is_on

if TYPE_CHECKING:
    from clinic_desk.services.command import Command
    from clinic_desk.services.day_views import OutboxMessage
    from clinic_desk.services.ports import Queries

log = logging.getLogger(__name__)


class Claims(Protocol):
    """The courier on whose behalf they go."""

    holder: Id
    queries: Queries

    def execute(self, command: Command) -> object: ...

    def claim(
        self, service: str, topics: str, limit: int, *, by_due: bool = False
    ) -> Sequence[OutboxMessage]: ...

    def settle(self, command: EndMessage | SettleMessage) -> None: ...

    def release(self, rows: Sequence[OutboxMessage], *, begun: bool = False) -> None: ...

    def stuck(self, service: str, sentence: str) -> Drained: ...

    def is_stuck(self, service: str) -> bool: ...


class Effects:
    """Of one courier. ``outside`` reaches the services, ``stopping`` ends a drain between two
    messages."""

    def __init__(
        self,
        courier: Claims,
        outside: Outside,
        clock: Clock,
        jitter: Jitter,
        stopping: Callable[[], bool],
    ) -> None:
        self._courier = courier
        self._outside = outside
        self._clock = clock
        self._jitter = jitter
        self._stopping = stopping

    def drain(self, service: str, limit: int) -> Drained:
        """At most ``limit`` of what is due to "billing" or "webhook". Settings at fault hold the
        service up and count no try."""
        done = Drained()
        try:
            deliverer = self._deliverer(service)
        except (Fault, Refusal) as error:
            return self._courier.stuck(service, error.sentence)
        if deliverer is None or self._courier.is_stuck(service):
            return done
        while done.total < limit and not self._stopping():
            claimed = self._courier.claim(
                service, f"{service}.", min(outbox.BATCH, limit - done.total)
            )
            if not claimed:
                break
            for number, row in enumerate(claimed):
                if self._stopping():
                    self._courier.release(claimed[number:], begun=True)
                    break
                try:
                    done += self._tell(service, deliverer, row)
                except Unsettled as error:
                    self._courier.release(claimed[number + 1 :], begun=True)
                    return done + self._courier.stuck(service, error.sentence)
        return done

    def _tell(self, service: str, deliverer: Deliverer, row: OutboxMessage) -> Drained:
        began = monotonic()
        try:
            settled = outbox.attempt(
                service, deliverer, row, self._courier.holder, self._clock, self._jitter
            )
        except Unsettled:
            self._courier.release([row], begun=True)
            _note(service, row, "waits", monotonic() - began)
            raise
        except Exception as error:
            note_bug(log, f"{service} {row.id} was not told", error)
            settled = SettleMessage(
                service=service, message_id=row.id, holder=self._courier.holder, error=BUG,
                contact=Contact.NONE,
            )  # fmt: skip
        self._courier.settle(settled)
        again = settled.next_try_at is not None
        outcome = "sent" if not settled.error else "retry" if again else "failed"
        _note(service, row, outcome, monotonic() - began)
        return ONE[outcome] + Drained(effects=int(outcome == "sent"))

    def _deliverer(self, service: str) -> Deliverer | None:
        if service == BILLING and self._outside.billing is not None:
            url = str(self._courier.queries.setting(BILLING_URL, "clinic") or "")
            if self._courier.queries.setting(GATEWAY, "clinic") == HTTP and url:
                return self._outside.billing().gateway(url)
        if service == WEBHOOK and self._outside.webhook is not None:
            settings = self._courier.queries.clinic_settings("webhook.")
            if webhook_is_on(settings):
                return self._outside.webhook().publisher(str(settings["webhook.url"]))
        return None


def _note(service: str, row: OutboxMessage, outcome: str, seconds: float) -> None:
    attempts.note(
        AttemptNote(
            task_name=f"send_{service}",
            notification_id=row.id,
            appointment_id=row.subject_id if service == WEBHOOK else None,
            channel=service,
            retry=max(0, row.attempts - 1),
            outcome=outcome,
            seconds=seconds,
        )
    )
