"""Transports that do as they are told, and couriers that use them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.messages import Channel
from clinic_desk.services.billing_gateway import BillingLink
from clinic_desk.services.couriers import Courier, Outside
from clinic_desk.services.desk import Desk
from clinic_desk.services.message_ports import Envelope, Polled, Receipt, Transport
from clinic_desk.services.outbox_faults import Unsettled
from clinic_desk.services.webhook import WebhookLink
from tests.fakes.world import World

PROGRAM = Actor("program", "", "desk-p", "run-p", kind="program")
HALF = 0.5


class FakeTransport:
    """``plan`` holds what the next messages meet: an exception that is raised, or a call that is
    made; nothing: they are taken."""

    def __init__(self) -> None:
        self.plan: deque[Exception | Callable[[Envelope], None]] = deque()
        self.sent: list[Envelope] = []
        self.tried: list[Envelope] = []
        self.polled: deque[Polled] = deque()
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.fault = ""
        """Why nothing can go as it is set up."""

    def ready(self) -> None:
        if self.fault:
            raise Unsettled(self.fault)

    def send(self, envelope: Envelope) -> Receipt:
        self.tried.append(envelope)
        step = self.plan.popleft() if self.plan else None
        if isinstance(step, Exception):
            raise step
        if step is not None:
            step(envelope)
        self.sent.append(envelope)
        return Receipt(provider_id=f"p-{len(self.sent)}")

    def poll(self, since: str, sent: Sequence[str]) -> Polled:
        self.asked.append((since, tuple(sent)))
        return self.polled.popleft() if self.polled else Polled()

    def test(self, address: str) -> str:
        return f"Sent to {address}"


class FakeTransports:
    """One transport for all channels; ``refused`` says why there is none."""

    def __init__(self, transport: FakeTransport) -> None:
        self.transport = transport
        self.refused = ""
        self.made = 0

    def of(self, channel: Channel, settings: dict[str, object]) -> Transport:
        self.made += 1
        if self.refused:
            raise Refusal("bad_settings", self.refused, field="host")
        return self.transport

    def has_secret(self, channel: Channel) -> bool:
        return True

    def keep_secret(self, channel: Channel, secret: str) -> None:
        raise NotImplementedError(channel, secret)


def courier(
    world: World,
    transports: FakeTransports | None = None,
    *,
    billing: Callable[[], BillingLink] | None = None,
    webhook: Callable[[], WebhookLink] | None = None,
    desktop: Transport | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Courier:
    """On the program's own behalf, with half of every pause."""
    desk = Desk(world.store, world.clock, world.ids, PROGRAM)
    outside = Outside(
        transports=None if transports is None else lambda: transports,
        billing=billing,
        webhook=webhook,
        desktop=desktop,
    )
    return Courier(
        desk, world.store.queries, world.clock, lambda: HALF, world.ids, outside, stopping
    )
