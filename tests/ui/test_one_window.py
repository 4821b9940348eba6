"""One window per store and person: the second start shows the first one's window."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from clinic_desk.ui.runtime.one_window import LONGEST, OneWindow

pytestmark = pytest.mark.usefixtures("qapp")

HOLDER = """
import sys
from pathlib import Path
from clinic_desk.ui.runtime.one_window import OneWindow
seat = OneWindow(Path(sys.argv[1]))
print(seat.take(), flush=True)
sys.stdin.read()
"""

KNOCKER = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from clinic_desk.ui.runtime.one_window import OneWindow
app = QCoreApplication([])
other = OneWindow(Path(sys.argv[1]))
print(other.take(), other.knock(json.loads(sys.argv[2]), patience=60), flush=True)
"""


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[OneWindow]:
    made = OneWindow(tmp_path)
    yield made
    made.leave()


def started(code: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_second_program_is_shown_the_first_ones_window(
    seat: OneWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    wishes: list[Mapping[str, str]] = []
    assert seat.take()
    seat.open_door(wishes.append)
    second = started(KNOCKER, str(tmp_path), json.dumps({"view": "flow"}))
    try:
        qtbot.waitUntil(lambda: bool(wishes))
        qtbot.waitUntil(lambda: second.poll() is not None)
        assert said(second) == "False True"
    finally:
        second.kill()
        second.communicate()
    assert wishes == [{"view": "flow"}]


def test_a_second_start_waits_while_the_first_is_still_opening(
    seat: OneWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    wishes: list[Mapping[str, str]] = []
    assert seat.take()
    second = started(KNOCKER, str(tmp_path), "{}")
    try:
        assert second.poll() is None
        seat.open_door(wishes.append)
        qtbot.waitUntil(lambda: bool(wishes))
        qtbot.waitUntil(lambda: second.poll() is not None)
    finally:
        second.kill()
        second.communicate()


def test_a_window_that_was_killed_holds_nobody_up(tmp_path: Path, seat: OneWindow) -> None:
    first = started(HOLDER, str(tmp_path))
    assert said(first) == "True"
    assert not seat.take()
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert seat.take()


def test_another_folder_has_a_window_of_its_own(tmp_path: Path, seat: OneWindow) -> None:
    assert seat.take()
    (tmp_path / "other").mkdir()
    other = OneWindow(tmp_path / "other")
    assert other.take()
    other.leave()


def test_who_left_makes_room(tmp_path: Path, seat: OneWindow) -> None:
    assert seat.take()
    assert not OneWindow(tmp_path).take()
    seat.leave()
    again = OneWindow(tmp_path)
    assert again.take()
    again.leave()


def test_nobody_at_home_is_said_and_not_waited_for(tmp_path: Path) -> None:
    assert not OneWindow(tmp_path).knock({}, patience=0)


@pytest.mark.parametrize(
    "rubbish", [b"hello\n", b"[1]\n", b"\xff\xfe\n", b"x" * (LONGEST + 1)], ids=repr
)
def test_rubbish_at_the_door_opens_nothing(
    rubbish: bytes, seat: OneWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    wishes: list[Mapping[str, str]] = []
    assert seat.take()
    seat.open_door(wishes.append)
    visitor = QLocalSocket()
    visitor.connectToServer(seat.name)
    qtbot.waitUntil(lambda: visitor.state() is QLocalSocket.LocalSocketState.ConnectedState)
    visitor.write(rubbish)
    qtbot.waitUntil(lambda: visitor.state() is QLocalSocket.LocalSocketState.UnconnectedState)
    assert not wishes


def test_only_this_person_can_knock(seat: OneWindow) -> None:
    assert seat.take()
    seat.open_door(lambda _wish: None)
    assert seat._server is not None
    assert Path(seat._server.fullServerName()).stat().st_mode & 0o077 == 0
