"""Counters, gauges and histograms in Prometheus' text format: to a file, and to whoever asks on
this computer.

Switched on by settings of the desk (``metrics.file``, ``metrics.serve``, ``metrics.port``), which
one thread looks at every few seconds; while both are off, the library is not even loaded and
nothing is counted. No label tells of a patient, a visit or a person: they name services, channels,
outcomes and commands, of which there are a fixed number.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from clinic_desk import __version__
from clinic_desk.app.metrics_file import MetricsFile, Named
from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.services import attempts, desk
from clinic_desk.services.attempts import AttemptNote

if TYPE_CHECKING:
    from clinic_desk.app.container import Container
    from clinic_desk.app.metrics_door import Door

log = logging.getLogger(__name__)

FILE, REMINDERS = "clinic-desk.prom", "clinic-desk-reminders.prom"
"""In the folder of the logs, where a collector of text files may read them: what the window has
counted, and what ``clinic-desk reminders --daemon`` has. One file would go back and forth."""

LOOK, WRITE = 2.0, 15.0
"""Seconds between two looks at the settings, and between two writings of the file."""

PORT = 9464
HERE = "127.0.0.1"

SEND_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40)
COMMAND_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)


class Meters:
    """What is counted while metrics are on. ``begin`` listens, ``end`` stops listening."""

    def __init__(self, container: Container) -> None:
        from prometheus_client import (
            CollectorRegistry,
            Counter,
            Histogram,
            disable_created_metrics,
        )

        without: Callable[[], object] = disable_created_metrics
        without()  # a gauge more for each counter, that nobody asks for
        self._container = container
        self.registry = CollectorRegistry()
        self.process = "window"
        own: Any = {"registry": self.registry, "namespace": "clinic_desk"}
        self._attempts = Counter(
            "send_attempts", "Attempts to send, by what became of them",
            ("task", "channel", "outcome"), **own,
        )  # fmt: skip
        self._retries = Counter("send_retries", "Attempts after the first", ("channel",), **own)
        self._doubts = Counter(
            "send_doubts", "Attempts after which nobody knows whether it arrived",
            ("channel",), **own,
        )  # fmt: skip
        self._seconds = Histogram(
            "send_seconds", "How long the other side took", ("channel",),
            buckets=SEND_SECONDS, **own,
        )  # fmt: skip
        self._late = Histogram(
            "send_late_seconds", "Between the time at which it was due and the attempt",
            ("channel",), buckets=(1, 5, 15, 60, 300, 900, 3600, 21600, 86400), **own,
        )  # fmt: skip
        self._commands = Histogram(
            "command_seconds", "How long commands took", ("command", "result"),
            buckets=COMMAND_SECONDS, **own,
        )  # fmt: skip
        self.registry.register(self)

    def begin(self) -> None:
        attempts.listeners.append(self._attempt)
        desk.measured.append(self._command)

    def end(self) -> None:
        with suppress(ValueError):
            attempts.listeners.remove(self._attempt)
        with suppress(ValueError):
            desk.measured.remove(self._command)

    def text(self) -> bytes:
        """As Prometheus reads it. Asks the store; never on the main thread."""
        from prometheus_client import generate_latest

        found: bytes = generate_latest(Named(self.registry, self.process))
        return found

    def _attempt(self, note: AttemptNote) -> None:
        self._attempts.labels(note.task_name, note.channel, note.outcome).inc()
        if note.retry:
            self._retries.labels(note.channel).inc()
        if note.outcome == "unknown":
            self._doubts.labels(note.channel).inc()
        if note.outcome != "skipped":
            self._seconds.labels(note.channel).observe(note.seconds)
        self._late.labels(note.channel).observe(max(0.0, note.late))

    def _command(self, name: str, seconds: float, result: str) -> None:
        self._commands.labels(name, result).observe(seconds)

    def describe(self) -> Iterator[Any]:
        """Of the standing values, which are asked for when somebody reads them."""
        return iter(())

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily as Gauge

        def gauge(name: str, words: str, value: float) -> Any:
            return Gauge(f"clinic_desk_{name}", words, value=value)

        program = Gauge("clinic_desk_info", "The program", labels=["version"])
        program.add_metric([__version__], 1)
        yield program
        try:
            found = list(self._standing())
        except ClinicDeskError:
            yield gauge("store_up", "Whether the clinic's file answers", 0)
            return
        yield gauge("store_up", "Whether the clinic's file answers", 1)
        for name, words, value in found:
            yield gauge(name, words, value)
        yield from self._services(Gauge)

    def _standing(self) -> Iterator[tuple[str, str, float]]:
        from clinic_desk.services.message_ports import MessageWish

        queries = self._container.store.queries
        now = self._container.clock.now()
        with suppress(Refusal):  # nobody has set the clinic up yet
            counts = queries.message_counts(MessageWish())
            for name in ("planned", "held", "retrying", "due", "failed"):
                yield f"messages_{name}", f"Messages {name} now", getattr(counts, name)
            yield "answers_open", "Answers of patients that wait for a person", counts.answers
        info = queries.info()
        yield "store_bytes", "Size of the clinic's file", info.size_bytes
        for name in ("appointment", "patient", "event"):
            yield f"rows_{name}", f"Rows of {name}", info.counts.get(name, 0)
        if info.last_backup is not None:
            age = (now - info.last_backup).total_seconds()
            yield "backup_age_seconds", "Since the last good backup", max(0.0, age)

    def _services(self, family: Any) -> Iterator[Any]:
        from clinic_desk.store.standing import outbox_standing

        try:
            found = outbox_standing(self._container.store.queries, self._container.clock.now())
        except ClinicDeskError:
            return
        for field, words in (
            ("waiting", "What waits to go out"),
            ("due", "What is due now"),
            ("oldest", "Seconds since the oldest of it was due"),
            ("set_aside", "What waits for a person"),
            ("failures", "Failures in a row"),
            ("resting", "1 while the breaker is open"),
        ):
            made = family(f"clinic_desk_outbox_{field}", words, labels=["service"])
            for one in found:
                made.add_metric([one.service], float(getattr(one, field)))
            yield made


running: list[Metrics] = []
"""What follows the settings in this process."""


class Metrics:
    """Follows the settings of this desk while the program runs. ``sentence`` says how it stands,
    for people."""

    def __init__(
        self, container: Container, look: float = LOOK, write: float = WRITE, name: str = FILE
    ) -> None:
        self._container = container
        kind = "window" if name == FILE else "reminders"
        self._place = MetricsFile(container.data.logs, name, kind)
        self._look, self._write = look, write
        self._stopping = Event()
        self._lock = Lock()
        self._meters: Meters | None = None
        self._door: Door | None = None
        self._asked_port = 0
        self._wrong = ""
        self._unwritten = ""
        self._sentence = ""
        self._thread: Thread | None = None

    @property
    def file(self) -> Path:
        return self._place.path

    @property
    def sentence(self) -> str:
        with self._lock:
            return self._sentence

    @property
    def port(self) -> int:
        """Of the door that is open; 0: none is."""
        door = self._door
        return door.port if door is not None else 0

    def start(self) -> None:
        running.append(self)
        self._thread = Thread(target=self._run, name="metrics", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """The last values are written; waits for a second at most."""
        self._stopping.set()
        if self in running:
            running.remove(self)
        if self._thread is not None:
            self._thread.join(1.0)

    def _run(self) -> None:
        rest = 0.0
        while True:
            try:
                files = self._follow()
                if files and (rest <= 0 or self._stopping.is_set()):
                    self._write_file()
                    rest = self._write
                elif not files:
                    rest = 0.0
            except ClinicDeskError:  # the store is away: it may come back
                log.warning("metrics: the clinic's file does not answer")
            except Exception:
                log.exception("metrics")
            if self._stopping.wait(self._look):
                break
            rest -= self._look
        self._close()
        self._place.leave()

    def _follow(self) -> bool:
        """Does what the settings say now; answers whether the file is to be written."""
        ask: Callable[..., object | None] = self._container.store.queries.setting
        files = ask("metrics.file", "desk") is True
        serve = ask("metrics.serve", "desk") is True
        port = ask("metrics.port", "desk")
        chosen = port if type(port) is int and 1024 <= port <= 65535 else PORT
        if files or serve:
            self._on()
        else:
            self._close()
        if serve:
            self._open(chosen)
        else:
            self._shut()
        if not files:
            self._unwritten = ""
            with suppress(OSError):
                self.file.unlink(missing_ok=True)
            self._place.leave()
        self._say(files=files, serve=serve)
        return files

    def _on(self) -> None:
        if self._meters is None:
            self._meters = Meters(self._container)
            self._meters.process = self._place.process
            self._meters.begin()

    def _open(self, port: int) -> None:
        if self._asked_port == port and self._door is not None:
            return
        before = self._wrong
        self._shut()
        assert self._meters is not None
        from clinic_desk.app.metrics_door import Door

        self._asked_port = port
        try:
            self._door = Door(port, self._meters.text)
            self._wrong = ""
        except OSError:
            self._wrong = (
                f"Port {port} of this computer is taken by another program; "
                "choose another one in Settings › Name and role."
            )
            if self._wrong != before:
                log.warning("metrics: port %d is taken", port)

    def _shut(self) -> None:
        if self._door is not None:
            self._door.close()
        self._door, self._asked_port, self._wrong = None, 0, ""

    def _close(self) -> None:
        self._shut()
        if self._meters is not None:
            self._meters.end()
            self._meters = None

    def _write_file(self) -> None:
        """Whole or not at all: a reader never meets half a file. What is in the way is told of
        once in the log, and tried again with the next writing."""
        assert self._meters is not None
        from prometheus_client import write_to_textfile

        before, self._unwritten = self._unwritten, ""
        try:
            self._place.take()
            self._meters.process = self._place.process
            write_to_textfile(str(self.file), Named(self._meters.registry, self._place.process))
        except OSError as error:
            self._unwritten = error.strerror or str(error) or type(error).__name__
            if self._unwritten != before:
                log.warning("metrics: the file cannot be written: %s", self._unwritten)
        if self._unwritten != before:
            self._say(files=True, serve=self._asked_port > 0)

    def _say(self, *, files: bool, serve: bool) -> None:
        parts = []
        if files and self._unwritten:
            parts.append(f"{self.file} cannot be written ({self._unwritten}).")
        elif files:
            parts.append(f"Written to {self.file} every {WRITE:.0f} seconds.")
        if serve:
            parts.append(self._wrong or f"Served at http://{HERE}:{self.port}/metrics.")
        with self._lock:
            self._sentence = " ".join(parts) or "Off."
