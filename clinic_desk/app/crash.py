"""What happens when the program itself falls: a report without patient data, and a new start.

While a window is open, Python's fault handler has a file of its own in the log folder. A program
that ends as it should removes it; one that falls (an access violation, an abort) leaves the stacks
of its threads there: names of functions and lines, never values. ``collect`` makes reports of what
was left. ``Guard`` is a small process without a window that waits for the end of the program, and
when it fell starts it again where it was. A program that is killed from outside did not fall: it
stays ended.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import re
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from clinic_desk import __version__

if TYPE_CHECKING:
    import subprocess

log = logging.getLogger(__name__)

REPORTS = "reports"
KEPT = 20
"""Reports kept; the oldest go first."""

LAST_LINES = 40
"""Log lines in a report."""

OFTEN, WITHIN = 3, timedelta(minutes=10)
"""A program that fell so often within so long is not started again by itself."""

AT_LEAST = 0o600


class Watch:
    """The fault handler's file of this process; ``end`` when all went well."""

    def __init__(self, logs: Path) -> None:
        self._path = logs / f"fault-{os.getpid()}.txt"
        self._file: IO[bytes] | None = None
        self._guard: Guard | None = None
        try:
            logs.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("wb")
            faulthandler.enable(file=self._file)
        except OSError as error:
            log.warning("no fault file: %s", error.strerror)

    def guard(self, again: Sequence[str], logs: Path) -> None:
        """Starts the guard, on a thread: making a process takes its time. ``again`` is the command
        by which the program starts again."""
        if self._file is None:
            return
        self._guard = Guard(again, logs)
        threading.Thread(target=self._guard.start, name="guard", daemon=True).start()

    def note(self, where: Mapping[str, str]) -> None:
        """Where the window is, for a start after a fall: pages and days, nobody's name."""
        if self._guard is not None:
            self._guard.tell({"where": dict(where)})

    def end(self) -> None:
        if self._guard is not None:
            self._guard.tell({"over": True})
            self._guard.close()
        if self._file is not None:
            if sys.__stderr__ is not None:
                with suppress(ValueError, OSError):  # a stream without a descriptor
                    faulthandler.enable(file=sys.__stderr__)
            else:
                faulthandler.disable()
            self._file.close()
            self._path.unlink(missing_ok=True)
            self._file = None


class Guard:
    """This side of the guarding process: a pipe whose end tells that this process has ended."""

    def __init__(self, again: Sequence[str], logs: Path) -> None:
        self._again, self._logs = list(again), logs
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._early: list[bytes] = []
        self._over = False

    def start(self) -> None:
        import subprocess  # no part of the start

        try:
            process = subprocess.Popen(
                [*program(), GUARD, str(self._logs), str(os.getpid()), json.dumps(self._again)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            log.warning("no guard: %s", error.strerror)
            return
        with self._lock:
            self._process = process
            for line in self._early:
                self._write(line)
            self._early.clear()
            over = self._over
        if over:
            self.close()

    def tell(self, word: Mapping[str, object]) -> None:
        line = json.dumps(word).encode() + b"\n"
        with self._lock:
            if self._process is None:
                self._early = [line] if "over" not in word else [*self._early, line]
            else:
                self._write(line)

    def close(self) -> None:
        with self._lock:
            self._over = True
            process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
            process.wait()  # it has been told that all is over, and ends at once

    def _write(self, line: bytes) -> None:
        stdin = None if self._process is None else self._process.stdin
        if stdin is not None:
            with suppress(OSError):  # the guard was killed: then nobody restarts the program
                stdin.write(line)
                stdin.flush()


GUARD = "--guard"
"""First word of the guarding process's command line; for this program alone."""


def program() -> list[str]:
    """The command that starts this program, without its words."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "clinic_desk"]


def guard(words: Sequence[str]) -> int:
    """The guarding process: reads until the program has ended; starts it again when it fell."""
    import subprocess

    logs, pid, again = Path(words[0]), int(words[1]), json.loads(words[2])
    where: dict[str, str] = {}
    for line in sys.stdin.buffer:
        said = json.loads(line)
        if "over" in said:
            return 0
        where = said.get("where", where)
    fault = logs / f"fault-{pid}.txt"
    if not fault.exists() or not fault.stat().st_size:
        return 0  # killed from outside, and nobody's fault
    collect(logs, ended=pid)
    if _too_often(logs, datetime.now(UTC)):
        return 1
    back = [word for name, value in where.items() for word in (f"--{name}", value) if value]
    subprocess.Popen(
        [*program(), *again, *back],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return 0


def _too_often(logs: Path, now: datetime) -> bool:
    made = sorted((logs / REPORTS).glob("fault-*.txt"), key=lambda path: path.stat().st_mtime)
    recent = [path for path in made if now.timestamp() - path.stat().st_mtime < WITHIN.seconds]
    return len(recent) >= OFTEN


def collect(logs: Path, *, ended: int = 0) -> list[Path]:
    """Makes a report of each fault that an ended program left, and answers them; ``ended`` is a
    process that is known to have ended."""
    from clinic_desk.store.processes import running  # no part of the start

    made = []
    for left in sorted(logs.glob("fault-*.txt")):
        pid = int(re.sub(r"\D", "", left.stem) or 0)
        if pid == os.getpid() or (pid != ended and running(pid)):
            continue
        with suppress(OSError):
            stacks = left.read_text("utf-8", "replace")
            if stacks.strip():
                made.append(_report(logs, stacks))
            left.unlink(missing_ok=True)
    return made


def _report(logs: Path, stacks: str) -> Path:
    """A file for whoever looks after the program: versions, stacks, the last log lines. The log
    has no patient's data in it to begin with (``app.logs``)."""
    import platform

    now = datetime.now(UTC)
    folder = logs / REPORTS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"fault-{now:%Y%m%dT%H%M%S%f}Z.txt"
    home = str(Path.home())
    lines = [
        f"Clinic Desk {__version__} fell at {now:%Y-%m-%d %H:%M:%S} UTC.",
        f"Python {platform.python_version()}, {_qt()}, {platform.system()} {platform.release()}",
        "",
        stacks.replace(home, "~").strip(),
        "",
        f"The last {LAST_LINES} lines of the log:",
        *(line.replace(home, "~") for line in _tail(logs / "clinic-desk.log")),
    ]
    target.write_text("\n".join(lines) + "\n", "utf-8")
    target.chmod(AT_LEAST)
    for old in sorted(folder.glob("fault-*.txt"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return target


def _qt() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"PySide {version('PySide6-Essentials')}"
    except PackageNotFoundError:
        return "PySide of the package"


def _tail(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as handle:
            return [line.rstrip("\n") for line in deque(handle, LAST_LINES)]
    except OSError:
        return ["(there is no log)"]
