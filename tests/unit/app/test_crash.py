"""Reports of a fallen program: made once, without what a home folder tells, and not for ever."""

from __future__ import annotations

import faulthandler
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinic_desk.app import crash

NOBODY = 2**22 + 7
"""A process number that Linux never gives."""


@pytest.fixture(autouse=True)
def _fault_handler_as_before() -> Iterator[None]:
    enabled = faulthandler.is_enabled()
    yield
    if enabled and sys.__stderr__ is not None:
        faulthandler.enable(file=sys.__stderr__)


def left(logs: Path, pid: int, text: str) -> Path:
    logs.mkdir(exist_ok=True)
    path = logs / f"fault-{pid}.txt"
    path.write_text(text, "utf-8")
    return path


def test_what_a_fallen_program_left_becomes_one_report(tmp_path: Path) -> None:
    (tmp_path / "clinic-desk.log").write_text("one\n" * 100 + f"at {Path.home()}/x\n", "utf-8")
    left(tmp_path, NOBODY, f"Fatal Python error: Aborted\n  File {Path.home()}/a.py\n")
    (report,) = crash.collect(tmp_path)
    text = report.read_text("utf-8")
    assert "Fatal Python error: Aborted" in text
    assert str(Path.home()) not in text
    assert text.count("one\n") == crash.LAST_LINES - 1
    assert report.stat().st_mode & 0o077 == 0
    assert crash.collect(tmp_path) == []


def test_a_program_that_was_killed_leaves_no_report(tmp_path: Path) -> None:
    empty = left(tmp_path, NOBODY, "")
    assert crash.collect(tmp_path) == []
    assert not empty.exists()


def test_a_program_that_runs_is_let_be(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        path = left(tmp_path, other.pid, "still writing")
        assert crash.collect(tmp_path) == []
        assert path.exists()
    finally:
        other.kill()
        other.communicate()
    assert len(crash.collect(tmp_path)) == 1


def test_an_end_as_it_should_be_leaves_nothing(tmp_path: Path) -> None:
    watch = crash.Watch(tmp_path / "logs")
    (file,) = (tmp_path / "logs").glob("fault-*.txt")
    assert file.name == f"fault-{os.getpid()}.txt"
    watch.end()
    assert list((tmp_path / "logs").iterdir()) == []


def test_reports_do_not_pile_up(tmp_path: Path) -> None:
    for number in range(crash.KEPT + 5):
        left(tmp_path, NOBODY + number, "Aborted")
    crash.collect(tmp_path)
    assert len(list((tmp_path / crash.REPORTS).iterdir())) == crash.KEPT


@pytest.mark.parametrize(("falls", "again"), [(1, True), (2, True), (3, False), (4, False)])
def test_a_program_that_falls_again_and_again_is_left_alone(
    falls: int, again: bool, tmp_path: Path
) -> None:
    for number in range(falls):
        left(tmp_path, NOBODY + number, "Aborted")
    crash.collect(tmp_path)
    assert crash._too_often(tmp_path, datetime.now(UTC)) is not again
    later = datetime.now(UTC) + crash.WITHIN
    assert not crash._too_often(tmp_path, later)


def test_the_guard_of_a_program_that_says_goodbye_does_nothing(tmp_path: Path) -> None:
    watch = crash.Watch(tmp_path / "logs")
    watch.guard(["run"], tmp_path / "logs")
    watch.note({"back": "{}"})
    watch.end()
    assert not (tmp_path / "logs" / crash.REPORTS).exists()


def test_values_are_no_part_of_what_the_fault_handler_writes(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from clinic_desk.app.crash import Watch\n"
        "def look(patient):\n"
        "    watch = Watch(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGABRT)\n"
        "look('Ana Secretname')\n"
    )
    fallen = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert fallen.returncode == -signal.SIGABRT
    (report,) = crash.collect(tmp_path)
    text = report.read_text("utf-8")
    assert " in look" in text
    assert "Secretname" not in text
