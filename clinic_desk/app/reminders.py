""" "clinic-desk reminders": the service of the window without one, for a scheduler (--once) or as
a service of the system (--daemon). Nobody logs in: it acts on the program's own behalf, as the
window does behind its log-in page."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from types import FrameType

from clinic_desk.app.answers import clinic
from clinic_desk.app.cli import INTERRUPTED, OK, REFUSED, Answer
from clinic_desk.app.container import ends_before
from clinic_desk.app.metrics import REMINDERS, Metrics
from clinic_desk.domain.errors import Fault
from clinic_desk.domain.ids import Clock
from clinic_desk.domain.messages import CHANNEL_WORDS
from clinic_desk.services.couriers import Courier, Drained
from clinic_desk.services.couriers_upkeep import Upkeep
from clinic_desk.services.ports import Queries
from clinic_desk.services.webhook import SERVICE, TOPICS

log = logging.getLogger(__name__)

SWEEP = 30.0
"""Seconds between two looks, whatever is due: a sleep or a clock that was set is noticed then."""

SHARE = 256
"""Messages of one service that are sent before the next one's turn."""

AGAIN = 10.0
"""Seconds after a fault of the store before the next try."""


def send(options: argparse.Namespace) -> Answer:
    """Ends with ``REFUSED`` when a message has failed that somebody must look after, or cannot go
    as the clinic has set its way up."""
    stop = Event()
    with clinic(options) as container, stopped_by_signals(stop):
        courier = container.courier(stopping=stop.is_set)
        upkeep = Upkeep(courier, container.clock, stop.is_set)
        if options.daemon:
            print("clinic-desk: sending what is due; end it with Ctrl+C", file=sys.stderr)
            meters = Metrics(container, name=REMINDERS)
            ends_before.append(meters.stop)
            meters.start()
            done = serve(courier, upkeep, container.clock, stop)
        else:
            done = once(courier, upkeep, stop)
        faults = at_fault(container.store.queries) if done.stuck else []
    code = ends_with(done, faults, daemon=options.daemon, stopped=stop.is_set())
    data: dict[str, object] = {name: getattr(done, name) for name in Drained.__dataclass_fields__}
    return Answer(data | {"at_fault": faults}, [told(done), *faults], code)


def ends_with(done: Drained, faults: list[str], *, daemon: bool, stopped: bool) -> int:
    """A service that was told to end has done its work; what failed is in the list of messages.
    Who sends once and was stopped may have left something."""
    if daemon:
        return OK
    if stopped:
        return INTERRUPTED
    return REFUSED if done.failed or faults else OK


def once(courier: Courier, upkeep: Upkeep, stop: Event) -> Drained:
    """Until nothing more is due."""
    upkeep.turn()
    done = Drained()
    while not stop.is_set():
        part = courier.run_once(SHARE)
        done += part
        if not part.total:
            break
    return done


def serve(courier: Courier, upkeep: Upkeep, clock: Clock, stop: Event) -> Drained:
    """Until it is stopped. A store that is busy or away is tried again later."""
    done = Drained()
    while not stop.is_set():
        try:
            done += once(courier, upkeep, stop)
            pause = _until(courier.queries.next_outbox_due(clock.now()), clock)
        except Fault as fault:
            log.warning("the store cannot be used: %s", fault.code)
            pause = AGAIN
        stop.wait(pause)
    return done


def told(done: Drained) -> str:
    """ "Sent 3 messages; 1 failed." """
    went = done.sent - done.written - done.effects
    sent = f"Sent {went} message{'' if went == 1 else 's'}"
    rest = [
        f"{number} {word}"
        for number, word in (
            (done.written, "written to a folder"),
            (done.effects, "told to another program"),
            (done.failed, "failed"),
            (done.retried, "to be tried again"),
            (done.skipped, "not needed any more"),
        )
        if number
    ]
    return f"{'; '.join([sent, *rest])}."


def at_fault(queries: Queries) -> list[str]:
    """ "SMS cannot go: …", of the ways for which something waits."""
    found = [
        f"{CHANNEL_WORDS[one.channel]} cannot go: {one.fault}"
        for one in queries.channel_states()
        if one.on and one.waiting and one.fault
    ]
    events = queries.gateway_state(SERVICE, TOPICS)
    if events.waiting and events.last_error and not events.failures:
        found.append(f"The webhook cannot go: {events.last_error}")
    return found


def _until(due: datetime | None, clock: Clock) -> float:
    if due is None:
        return SWEEP
    return min(max((due - clock.now()).total_seconds(), 0.05), SWEEP)


@contextmanager
def stopped_by_signals(stop: Event) -> Iterator[None]:
    """SIGTERM, Ctrl+C and a terminal that is closed end it after the message that is on its way."""

    def told_to_end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    names = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        names.append(signal.SIGHUP)  # "nohup" has it ignored
    before = [(name, signal.signal(name, told_to_end)) for name in names]
    try:
        yield
    finally:
        for name, handler in before:
            signal.signal(name, handler)
