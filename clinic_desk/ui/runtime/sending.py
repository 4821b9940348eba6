"""Sends what waits for the billing service, while a window is open, off the main thread.

Claimed and settled on the store's thread, sent on one of its own: a service that hangs holds up
nobody. Several desks may do this; the lease in the store lets one at a time.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import cast

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services import outbox
from clinic_desk.services.billing_commands import SettleMessage
from clinic_desk.services.billing_gateway import URL, BillingGateway
from clinic_desk.services.billing_messages import GATEWAY, HTTP, SERVICE, TOPICS
from clinic_desk.services.day_views import OutboxMessage
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.ports import Queries
from clinic_desk.ui.runtime.context import Context

EVERY = 20_000
"""Milliseconds between two looks."""


class Sender(QObject):
    """``start`` and ``stop`` it with the window. ``sent`` after each message that was settled."""

    sent = Signal()
    _settled = Signal(object)

    def __init__(
        self, context: Context, parent: QObject, jitter: Callable[[], float] = random.random
    ) -> None:
        super().__init__(parent)
        self._context, self._jitter = context, jitter
        self._queue: deque[OutboxMessage] = deque()
        self._gateway: BillingGateway | None = None
        self._busy = False
        self._pool: ThreadPoolExecutor | None = None
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self.look)
        self._settled.connect(self._note, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        if self._context.billing is not None:
            self._timer.start()

    def stop(self) -> None:
        """What is under way ends by itself; its lease lets it be sent again if need be."""
        self._timer.stop()
        self._queue.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def look(self) -> None:
        """Asks whether there is anything to send, and sends it."""
        if self._busy or self._context.billing is None:
            return
        self._busy = True

        def question(queries: Queries) -> str:
            if queries.setting(GATEWAY, "clinic") != HTTP:
                return ""
            if not queries.gateway_state(SERVICE, TOPICS).waiting:
                return ""
            return str(queries.setting(URL, "clinic") or "")

        self._context.operations.ask(question, done=self._claim, failed=self._rest)

    def _rest(self, _error: ClinicDeskError | None = None) -> None:
        self._busy = False

    def _claim(self, url: str) -> None:
        link = self._context.billing
        if not url or link is None:
            self._busy = False
            return
        try:
            self._gateway = link().gateway(url)
        except ClinicDeskError as error:
            self._rest(error)
            return
        # every window is a holder of its own
        holder = f"{self._context.actor.desk_id}:{self._context.actor.session_id}"
        self._context.operations.run(
            outbox.claiming(SERVICE, TOPICS, holder, self._context.clock),
            done=self._claimed,
            refused=self._rest,
        )

    def _claimed(self, outcome: Outcome) -> None:
        self._queue.extend(cast("tuple[OutboxMessage, ...]", outcome.value))
        self._next()

    def _next(self) -> None:
        gateway = self._gateway
        if not self._queue or gateway is None:
            self._busy = False
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="billing-sender")
        message = self._queue.popleft()
        clock, jitter = self._context.clock, self._jitter
        self._pool.submit(
            outbox.attempt, SERVICE, gateway, message, clock, jitter
        ).add_done_callback(self._settled.emit)

    @Slot(object)
    def _note(self, future: Future[SettleMessage]) -> None:
        if future.cancelled() or future.exception() is not None:
            self._queue.clear()
            self._rest()
            return

        def done(_outcome: Outcome) -> None:
            self.sent.emit()
            self._next()

        self._context.operations.run(future.result(), done=done, refused=self._rest)
