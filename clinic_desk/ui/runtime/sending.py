"""Sends what is due while a window is open, off the main thread.

A timer is armed for the next due time; a sweep sees what a sleep or a clock that was set has let
pass. Each service has a thread of its own, so that one that hangs holds up no other. What is sent,
and by whom, is decided in the store (``services.couriers``): any number of windows and programs
may do this at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from clinic_desk.services.couriers import Courier, Drained
from clinic_desk.services.couriers_upkeep import Upkeep
from clinic_desk.services.message_ports import Envelope, Polled, Receipt
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.courtesy import Courtesy
from clinic_desk.ui.runtime.operations import COURIERS
from clinic_desk.ui.runtime.reporting import report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clinic_desk.services.outcome import Changes

log = logging.getLogger(__name__)

SWEEP = 30_000
"""Milliseconds between two looks, whatever is due."""

SOON = 400
"""Milliseconds after a change of the store: several changes are one look."""

SHARE = 64
"""Messages of one service that are sent before it is looked at anew."""

FINISH = 5_000
"""Milliseconds that the end of the program waits for what is due."""

LAST = 4_000
"""Milliseconds more for what is under way by then: its answer is known, or nobody ever knows."""

UPKEEP = "upkeep"


class Screen:
    """The desktop channel: hands notices to whoever shows them. See ``message_ports.Transport``."""

    def __init__(self, show: Callable[[Envelope], None]) -> None:
        self._show = show

    def ready(self) -> None:
        """Always."""

    def send(self, envelope: Envelope) -> Receipt:
        self._show(envelope)
        return Receipt()

    def poll(self, since: str, sent: Sequence[str]) -> Polled:  # noqa: ARG002
        return Polled()

    def test(self, address: str) -> str:  # noqa: ARG002
        return "Notices are shown on this computer."


class Sender(QObject):
    """``start`` it with the window, ``stop`` it when the window goes. ``sent`` after messages were
    settled; ``notice`` carries the ``Envelope`` of a notice for this screen; ``idle`` when nothing
    is under way any more."""

    sent = Signal()
    notice = Signal(object)
    idle = Signal()
    _posted = Signal(object)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._stopping = Event()
        self._courtesy = Courtesy(self)
        self._courier: Courier | None = None
        self._upkeep: Upkeep | None = None
        self._busy: set[str] = set()
        self._looking = self._again = False
        self._resting = False
        self.keeps_up = True
        """Asks for answers, too."""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self.look)
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        if context.courier is not None:
            context.operations.changed.connect(self._changed)

    @property
    def busy(self) -> bool:
        return self._looking or bool(self._busy)

    def start(self) -> None:
        if self._context.courier is not None:
            self._timer.start(SWEEP)

    def rest(self) -> None:
        """It looks no more by itself; ``Finish`` may have what is due sent."""
        self._resting = True
        self._timer.stop()
        self._soon.stop()

    def stop(self) -> None:
        """Nothing more is taken up; what is under way ends by itself and is noted."""
        self._timer.stop()
        self._soon.stop()
        self._stopping.set()
        self._courtesy.stop()

    def look(self) -> None:
        """Asks, on a thread of its own, what is due, and has it sent."""
        if self._context.courier is None or self._stopping.is_set():
            return
        if self._looking:
            self._again = True
            return
        self._looking = True
        self._work("look", self._ask, self._found)

    def _ask(self) -> tuple[tuple[str, ...], datetime | None]:
        courier = self._made()
        return courier.services(), courier.queries.next_outbox_due(self._context.clock.now())

    def _made(self) -> Courier:
        if self._courier is None:
            make = self._context.courier
            assert make is not None
            courier = make(Screen(self.notice.emit), self._stopping.is_set)
            courier.give_way = self._courtesy.give_way
            self._upkeep = Upkeep(courier, self._context.clock, self._stopping.is_set)
            self._courier = courier
        return self._courier

    def _found(self, found: tuple[tuple[str, ...], datetime | None] | None) -> None:
        self._looking = False
        services, following = found or ((), None)
        for service in (*services, UPKEEP) if self.keeps_up else services:
            if service not in self._busy and not self._stopping.is_set():
                self._busy.add(service)
                self._work(service, partial(self._send, service), self._settled(service))
        if not self._stopping.is_set() and not self._resting:
            self._timer.start(self._wait(following))
            if self._again:
                self._again = False
                self._soon.start()

    def _wait(self, following: datetime | None) -> int:
        if following is None:
            return SWEEP
        ahead = (following - self._context.clock.now()).total_seconds() * 1000
        return int(min(max(ahead + 5, SOON), SWEEP))

    def _send(self, service: str) -> Drained:
        courier = self._made()
        if service == UPKEEP:
            assert self._upkeep is not None
            return Drained(skipped=self._upkeep.turn())
        return courier.drain(service, SHARE)

    def _settled(self, service: str) -> Callable[[Drained | None], None]:
        def settled(drained: Drained | None) -> None:
            self._busy.discard(service)
            if drained is not None and (drained.total or drained.stuck):
                self.sent.emit()
                if service != UPKEEP and drained.total:
                    self.look()
            if not self.busy:
                self.idle.emit()

        return settled

    def _changed(self, changes: Changes) -> None:
        sent = changes.initiator == COURIERS
        if not (sent or self._stopping.is_set() or self._resting or self._soon.isActive()):
            self._soon.start()

    def _work(self, name: str, job: Callable[[], object], done: Callable[..., None]) -> None:
        # a thread that the end of the program need not wait for: a lease outlives it
        def run() -> None:
            result: object = None
            try:
                result = job()
            except Exception as error:
                report(log, f"sending {name}", error)
            try:
                self._posted.emit((done, result))
            except RuntimeError:
                log.debug("the window went while %s was at work", name)

        Thread(target=run, name=f"courier-{name}", daemon=True).start()

    @Slot(object)
    def _deliver(self, what: tuple[Callable[[object], None], object]) -> None:
        done, result = what
        done(result)


class Finish(QObject):
    """The last messages before the program ends: what is due is sent for five seconds at most, and
    for ``last`` milliseconds more the answer to what is under way is waited for. ``over`` comes
    once, at once when nothing waits; ``waiting`` when it takes a moment."""

    waiting = Signal()
    over = Signal()

    def __init__(
        self, sender: Sender, parent: QObject, limit: int = FINISH, last: int = LAST
    ) -> None:
        super().__init__(parent)
        self._sender = sender
        self._limit, self._last = limit, last
        self._since = QElapsedTimer()
        self._poll = QTimer(self, interval=50)
        self._poll.timeout.connect(self._watch)

    def start(self) -> None:
        self._since.start()
        self._sender.keeps_up = False
        self._sender.look()
        self._poll.start()

    def _watch(self) -> None:
        waited = self._since.elapsed()
        if self._sender.busy and waited < self._limit + self._last:
            if waited >= self._limit:
                self._sender.stop()
            if waited > 4 * self._poll.interval():
                self.waiting.emit()
            return
        self.cut()

    def cut(self) -> None:
        """Now: what is under way is not waited for."""
        if self._poll.isActive():
            self._poll.stop()
            self._sender.stop()
            self.over.emit()
