"""The real program is felled, killed, and started twice: it comes back, stays away, or comes to the
front."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile

from clinic_desk.app import crash, demo_store
from clinic_desk.store.processes import running
from clinic_desk.ui.runtime.one_window import OneWindow

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds; what a test waits for comes within one on a quiet machine."""

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fallen")
    demo_store.make(folder, lambda *_: True, accounts=True)
    return folder


class Programs:
    """Every window that was opened on a folder, also by others, ends with the test."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.seat = OneWindow(data)
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        program = subprocess.Popen(
            [sys.executable, "-m", "clinic_desk", "run", "--data", str(self.data), *words],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.started.append(program)
        return program

    def holder(self) -> int:
        """The process that has the window; 0 when there is none."""
        found, pid, _host, _name = _info(QLockFile(str(next(iter(self._locks()), self.data))))
        return pid if found and running(pid) else 0

    def _locks(self) -> list[Path]:
        return sorted(self.data.glob("window-*.lock"))

    def end(self) -> None:
        for program in self.started:
            program.kill()
            program.wait()
        other = self.holder()
        if other:
            os.kill(other, signal.SIGKILL)
            until(lambda: not self.holder())


def _info(lock: QLockFile) -> tuple[bool, int, str, str]:
    answer = lock.getLockInfo()
    if not isinstance(answer, tuple):
        return False, 0, "", ""
    pid, host, name = answer[-3:]
    return bool(pid), int(pid), str(host), str(name)


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def programs(made: Path) -> Iterator[Programs]:
    opened = Programs(made)
    yield opened
    opened.end()


def guards_of(pid: int) -> list[int]:
    """Guarding processes of a program, told by their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--guard" in words and str(pid).encode() in words:
            found.append(int(process.name))
    return found


def command_line(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")


def test_a_program_that_falls_starts_again_where_it_was(programs: Programs, made: Path) -> None:
    first = programs.start("--view", "flow")
    assert programs.seat.knock({}, patience=PATIENCE)
    until(lambda: guards_of(first.pid))
    # a page that was asked for is known to the guard once the window has shown it
    assert programs.seat.knock({"view": "waitlist"}, patience=PATIENCE)
    first.send_signal(signal.SIGSEGV)
    first.wait(PATIENCE)
    until(lambda: programs.holder() not in (0, first.pid))
    again = programs.holder()
    assert programs.seat.knock({}, patience=PATIENCE)
    words = command_line(again)
    assert json.loads(words[words.index("--back") + 1])["page"] in ("waitlist", "flow")
    (report,) = (made / "logs" / crash.REPORTS).glob("fault-*.txt")
    text = report.read_text("utf-8")
    assert "Segmentation fault" in text
    assert "application.py" in text
    assert report.stat().st_mode & 0o077 == 0
    report.unlink()


def test_a_program_that_is_killed_stays_ended(programs: Programs, made: Path) -> None:
    first = programs.start()
    assert programs.seat.knock({}, patience=PATIENCE)
    until(lambda: guards_of(first.pid))
    first.kill()
    first.wait(PATIENCE)
    until(lambda: not guards_of(first.pid))
    assert not programs.holder()
    assert not list((made / "logs").glob(f"{crash.REPORTS}/fault-*.txt"))
    # and holds nobody up
    second = programs.start()
    assert programs.seat.knock({}, patience=PATIENCE)
    assert programs.holder() == second.pid


def test_a_program_that_is_told_to_end_makes_the_last_backup_first(
    programs: Programs, made: Path
) -> None:
    """As a log-off and a shutdown tell it. The copies of before are of another day's changes."""
    shutil.rmtree(made / "backups", ignore_errors=True)
    first = programs.start()
    assert programs.seat.knock({}, patience=PATIENCE)
    first.terminate()
    assert first.wait(PATIENCE) == 0
    assert list((made / "backups").glob("*-exit*.clinicdesk"))
    until(lambda: not guards_of(first.pid))
    assert not programs.holder()


def test_a_second_start_ends_and_leaves_the_window_to_the_first(programs: Programs) -> None:
    first = programs.start()
    assert programs.seat.knock({}, patience=PATIENCE)
    second = programs.start("--view", "flow")
    assert second.wait(PATIENCE) == 0
    assert first.poll() is None
    assert programs.holder() == first.pid


def test_another_window_is_opened_when_it_is_asked_for(programs: Programs) -> None:
    first = programs.start()
    assert programs.seat.knock({}, patience=PATIENCE)
    second = programs.start("--another-window")
    until(lambda: guards_of(second.pid))  # its start is over
    assert first.poll() is None
    assert programs.holder() == first.pid
