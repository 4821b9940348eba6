"""The two lanes of background work (architecture.md, habit 6).

Writes run one after another on one thread; questions run on a small pool. Answers come back on
the main thread as plain data. Nothing here blocks.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date
from functools import partial
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from clinic_desk.domain.errors import ClinicDeskError, Fault, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services.command import Command
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.ui.runtime.reporting import report

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries
    from clinic_desk.services.views import Cell

VIEWS_AFTER = 700
"""Milliseconds after which the audit trail is told of lists and days that were looked at."""

VIEWS_WAIT = 0.25
"""Seconds that the answer about a patient or visit waits at most until the trail knows of the look.
Only a writer that is busy for longer keeps it behind."""

WRITTEN_LOOK = 0.05
"""Seconds between two looks whether somebody still waits for the writes under way."""

READER = "store-reader"

POST = frozenset({"notification", "outbox_message"})
COURIERS = "couriers"
"""Initiator of what was sent, by whichever process."""

T = TypeVar("T")
log = logging.getLogger(__name__)

LOGGED_OUT = "logged_out"
"""The code of a refusal because the session has ended."""


class Gate(Protocol):
    """The write gate bound to this desk and person (``services.desk.Desk``)."""

    def execute(self, command: Command) -> Outcome: ...


class Views(Protocol):
    """Tells the audit trail who looked at what (``services.viewing``). Safe from any thread;
    ``awake`` is called when there is something to write, ``at_once`` when it is to be written
    now."""

    awake: Callable[[], None]
    at_once: Callable[[], None]

    @property
    def waits(self) -> bool: ...
    def looked(self, kind: str, subject_id: Id, patient_id: Id = "") -> None: ...
    def days(self, first: date, last: date, doctors: Iterable[Id]) -> None: ...
    def listed(self, name: str, patient_ids: Iterable[Id]) -> None: ...
    def flush(self, *, everything: bool = True) -> None: ...


class Ticket:
    """A question under way; ``cancel`` drops its answer and asks a stream to stop."""

    def __init__(self) -> None:
        self._flag = Flag()

    def cancel(self) -> None:
        self._flag.set()

    @property
    def cancelled(self) -> bool:
        return self._flag.is_set()


class Operations(QObject):
    """Runs commands and questions off the main thread.

    ``changed`` carries the ``Changes`` of every committed command of this window, and
    ``Changes(kinds={"external"})`` when another process has committed (``kinds=POST`` when that
    was no more than what became of messages). ``busy_changed`` tells the number of writes not yet
    acknowledged. ``logged_out`` carries the ``Refusal`` of a command or a
    question for which nobody is logged in any more; whoever asked is told as well.
    """

    changed = Signal(object)
    committed = Signal(object)
    busy_changed = Signal(int)
    logged_out = Signal(object)
    _posted = Signal(object)

    def __init__(
        self,
        gate: Gate,
        queries: Queries,
        parent: QObject | None = None,
        views: Views | None = None,
    ) -> None:
        super().__init__(parent)
        self._gate = gate
        self.queries = queries
        self._views = views
        self._telling = QTimer(self, singleShot=True, interval=VIEWS_AFTER)
        self._telling.timeout.connect(self._tell_due)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(2, thread_name_prefix=READER)
        self._flush: Future[None] | None = None
        self._pending = 0
        self._closed = False
        self._latest: dict[str, Ticket] = {}
        self._under_way: set[Future[Any]] = set()
        self._when_quiet: list[Callable[[], None]] = []
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        if views is not None:
            views.awake = lambda: self._posted.emit(self._telling.start)
            views.at_once = self._tell_at_once

    def run(
        self,
        command: Command,
        *,
        done: Callable[[Outcome], None] | None = None,
        refused: Callable[[ClinicDeskError], None] | None = None,
    ) -> None:
        """Execute a command; ``changed`` is emitted before ``done``. ``refused`` receives a
        ``Refusal`` or a ``Fault``; a bug arrives as ``Fault("bug")`` and is logged. After
        ``shutdown`` nothing is executed."""
        if self._closed:
            return
        self._pending += 1
        self.busy_changed.emit(self._pending)

        def finish(future: Future[Outcome]) -> None:
            def on_main() -> None:
                self._pending -= 1
                self.busy_changed.emit(self._pending)
                error = future.exception()
                if error is None:
                    outcome = future.result()
                    self.committed.emit(outcome)
                    self.changed.emit(outcome.changes)
                    if done is not None:
                        done(outcome)
                elif refused is not None:
                    refused(self._told(error))
                else:
                    self._told(error)
                    log.warning("unanswered refusal: %s", type(error).__name__)

            self._posted.emit(on_main)

        self._watch(self._writer.submit(self._gate.execute, command), finish)

    def ask(
        self,
        question: Callable[[Queries], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[ClinicDeskError], None] | None = None,
        key: str | None = None,
    ) -> Ticket:
        """Answer a question on a reader thread. A newer question with the same ``key`` drops the
        older one's answer."""
        ticket = self._ticket(key)
        if self._closed:
            return ticket

        def finish(future: Future[T]) -> None:
            def on_main() -> None:
                if ticket.cancelled or future.cancelled():
                    return
                error = future.exception()
                if error is None:
                    done(future.result())
                elif failed is not None:
                    failed(self._told(error))
                else:
                    self._told(error)

            self._posted.emit(on_main)

        def work() -> T:
            if ticket.cancelled:
                raise Fault("dropped", "A newer question came.")
            return question(self.queries)

        self._watch(self._readers.submit(work), finish)
        return ticket

    def stream(
        self,
        question: Callable[[Queries, Ticket], Iterator[T]],
        *,
        piece: Callable[[T], None],
        finished: Callable[[], None] | None = None,
        failed: Callable[[ClinicDeskError], None] | None = None,
        key: str | None = None,
    ) -> Ticket:
        """Like ``ask``, for an iterator: each item arrives as soon as it is there."""
        ticket = self._ticket(key)
        if self._closed:
            return ticket

        def post(call: Callable[[], None]) -> None:
            self._posted.emit(lambda: None if ticket.cancelled else call())

        def work() -> None:
            try:
                for item in question(self.queries, ticket):
                    if ticket.cancelled:
                        return
                    post(partial(piece, item))
            except Exception as error:
                spoken = _spoken(error)
                if failed is not None:
                    post(lambda: failed(spoken))
                return
            if finished is not None:
                post(finished)

        self._watch(self._readers.submit(work))
        return ticket

    @property
    def asking(self) -> bool:
        """Something is under way, or its answer was not delivered yet."""
        return bool(self._under_way)

    def when_quiet(self, call: Callable[[], None]) -> None:
        """On the main thread, once nothing is under way and every answer was delivered: who had
        asked for something is not waited for by anybody. Never after ``shutdown``."""
        self._when_quiet.append(call)
        self._posted.emit(self._look_whether_quiet)

    def _watch(self, future: Future[T], finish: Callable[[Future[T]], None] | None = None) -> None:
        self._under_way.add(future)
        if finish is not None:
            future.add_done_callback(finish)
        # behind what it had to deliver
        future.add_done_callback(lambda done: self._posted.emit(partial(self._over, done)))

    def _over(self, future: Future[Any]) -> None:
        self._under_way.discard(future)
        self._look_whether_quiet()

    def _look_whether_quiet(self) -> None:
        if not self._under_way:
            calls, self._when_quiet = self._when_quiet, []
            for call in calls:
                call()

    def announce_external(self) -> None:
        self.changed.emit(Changes(kinds=frozenset({"external"})))

    def announce_post(self) -> None:
        """Messages have gone their way, here or elsewhere; nothing else was written."""
        self.changed.emit(Changes(kinds=POST, initiator=COURIERS))

    def looked(self, kind: str, subject_id: Id, patient_id: Id = "") -> None:
        """Something was shown that had been read before: a visit's card, a person's line. What is
        asked for by ``ask`` tells itself."""
        if self._views is not None:
            self._views.looked(kind, subject_id, patient_id)

    def looked_at(self, cell: Cell) -> None:
        """The card of a visit was shown."""
        self.looked("appointment", cell.id, cell.patient_id or "")

    def looked_at_days(self, first: date, last: date, doctors: Iterable[Id]) -> None:
        """The visits of these days were shown."""
        if self._views is not None:
            self._views.days(first, last, doctors)

    def looked_at_list(self, name: str, patient_ids: Iterable[Id | None]) -> None:
        """Lines of these patients were shown; ``name`` as people call the list."""
        if self._views is not None:
            self._views.listed(name, [one for one in patient_ids if one])

    def tell_views(self) -> None:
        """Has everything that was looked at written now: the screen is locked, or another person
        comes."""
        self._telling.stop()
        self._tell(everything=True)

    def _tell_at_once(self) -> None:
        """Before the answer is shown, where the thread that read it can wait. One look behind
        another that has not begun to be written is written with it."""
        views, waiting = self._views, self._flush
        if views is None or self._closed:
            return
        if waiting is None or waiting.running() or waiting.done():
            try:
                waiting = self._flush = self._writer.submit(views.flush, everything=False)
                waiting.add_done_callback(self._tell_again)
            except RuntimeError:  # shut down meanwhile, which writes everything
                return
        if threading.current_thread().name.startswith(READER):
            wait((waiting,), timeout=VIEWS_WAIT)

    def _tell_due(self) -> None:
        self._tell(everything=False)

    def _tell(self, *, everything: bool) -> None:
        views = self._views
        if views is None or self._closed or not views.waits:
            return

        self._writer.submit(views.flush, everything=everything).add_done_callback(self._tell_again)

    def _tell_again(self, _: Future[None]) -> None:
        """What the store did not take, and what is still to come."""
        if self._views is not None and self._views.waits:
            self._posted.emit(self._telling.start)

    def written(self, going_on: Callable[[], bool]) -> None:
        """Waits, off the main thread, until what was given to ``run`` so far is in the store, or
        ``going_on``, which is asked now and then, says no."""
        try:
            last = self._writer.submit(lambda: None)
        except RuntimeError:  # shut down, which has waited
            return
        while wait((last,), timeout=WRITTEN_LOOK).not_done and going_on():
            continue

    def shutdown(self) -> None:
        """Waits for writes under way; drops questions, and answers not yet delivered."""
        self.tell_views()
        self._closed = True
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True, cancel_futures=True)

    def _told(self, error: BaseException) -> ClinicDeskError:
        spoken = _spoken(error)
        if isinstance(spoken, Refusal) and spoken.code == LOGGED_OUT:
            self.logged_out.emit(spoken)
        return spoken

    def _ticket(self, key: str | None) -> Ticket:
        ticket = Ticket()
        if key is not None:
            older = self._latest.get(key)
            if older is not None:
                older.cancel()
            self._latest[key] = ticket
        return ticket

    @Slot(object)
    def _deliver(self, call: Any) -> None:
        if not self._closed:
            call()


def _spoken(error: BaseException) -> ClinicDeskError:
    if isinstance(error, ClinicDeskError):
        return error
    report(log, "bug in a background operation", error)
    return Fault("bug", "Something went wrong inside the program. Nothing was changed.")
