"""Work on backups, on a thread of its own: one job after the other, with progress."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from clinic_desk.domain.errors import ClinicDeskError, Fault, Refusal
from clinic_desk.ui.runtime.reporting import report

if TYPE_CHECKING:
    from clinic_desk.services.ports import Progress

T = TypeVar("T")
log = logging.getLogger(__name__)

TOLD_EVERY = 0.05
"""Seconds between two words of progress."""


@dataclass(eq=False, slots=True)
class Job:
    """One piece of work; ``cancel`` asks it to stop, and drops it when it has not begun."""

    what: str
    work: Callable[[Progress], Any]
    done: Callable[[Any], None]
    failed: Callable[[ClinicDeskError], None]
    quiet: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        self.stopped.set()


class Runner(QObject):
    """``progressed`` carries done, total and a sentence of the job at work, ``changed`` comes when
    a job is given or ends. Answers arrive on the thread of the runner."""

    progressed = Signal(int, int, str)
    changed = Signal()
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._pending: list[Job] = []
        self._gone = threading.Event()
        # a window that goes without being closed takes its runner along
        self.destroyed.connect(self._gone.set)
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def job(self) -> Job | None:
        """The first of those that somebody asked for and that has not ended."""
        return next((job for job in self._pending if not job.quiet), None)

    @property
    def busy(self) -> bool:
        return self.job is not None

    @property
    def idle(self) -> bool:
        """Nothing is at work, quiet or not."""
        return not self._pending

    def run(
        self,
        what: str,
        work: Callable[[Progress], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[ClinicDeskError], None],
        quiet: bool = False,
    ) -> Job:
        """``what`` is told while it works; a ``quiet`` job is not told. After ``close`` nothing is
        begun."""
        job = Job(what, work, done, failed, quiet)
        if self._closed:
            return job
        self._pending.append(job)
        with self._lock:
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="backup", daemon=True)
                self._thread.start()
        self.changed.emit()
        return job

    def stop(self) -> None:
        """Asks the job that is told of to stop."""
        if self.job is not None:
            self.job.cancel()

    def close(self, seconds: float = 30.0) -> None:
        """Drops what waits, stops what works, and waits for that so long."""
        self._closed = True
        with self._lock:
            self._waiting.clear()
            thread = self._thread
        for job in self._pending:
            job.cancel()
        if thread is not None:
            thread.join(seconds)

    def _post(self, call: Callable[[], None]) -> None:
        if not self._gone.is_set():
            with suppress(RuntimeError):  # it went in this very moment
                self._posted.emit(call)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                job = self._waiting.popleft()
            try:
                if job.stopped.is_set():
                    raise Refusal("stopped", "Stopped before it began.")
                answer = job.work(self._progress(job))
            except ClinicDeskError as error:
                self._post_end(job, job.failed, error)
            except Exception as error:
                report(log, "bug in the work on backups", error)
                sentence = "Something went wrong inside the program. Nothing was changed."
                self._post_end(job, job.failed, Fault("bug", sentence))
            else:
                self._post_end(job, job.done, answer)

    def _post_end(self, job: Job, tell: Callable[[Any], None], answer: Any) -> None:
        def on_main() -> None:
            self._pending.remove(job)
            self.changed.emit()
            tell(answer)

        self._post(on_main)

    def _progress(self, job: Job) -> Progress:
        last = 0.0

        def heard(done: int, total: int, sentence: str) -> bool:
            nonlocal last
            now = time.monotonic()
            if not job.quiet and (now - last >= TOLD_EVERY or done >= total):
                last = now
                self._post(lambda: self.progressed.emit(done, total, sentence))
            return not (job.stopped.is_set() or self._gone.is_set())

        return heard

    def _deliver(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()
