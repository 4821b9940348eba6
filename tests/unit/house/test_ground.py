"""The ground under the tests holds: what a careless test leaves behind fails that test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

CARELESS = """
import os, socket, threading, time
import pytest
from PySide6.QtCore import QEvent, Qt, QTimer, qWarning
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QLabel

kept = []

def test_clean(qtbot):
    label = QLabel("ok")
    qtbot.addWidget(label)
    label.show()
    ended = threading.Thread(target=time.sleep, args=(0.05,))
    ended.start()

def test_network(qapp):
    with socket.socket() as stranger:
        stranger.settimeout(0.2)
        stranger.connect(("192.0.2.1", 80))

def test_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()

def test_thread():
    thread = threading.Thread(target=threading.Event().wait, name="forgotten", daemon=True)
    thread.start()

def test_window(qapp):
    label = QLabel("left open")
    kept.append(label)
    label.show()

def test_timer(qapp):
    timer = QTimer()
    timer.start(60_000)
    kept.append(timer)

def test_warning(qapp):
    qWarning("a Qt warning nobody expected")

def test_accepted_message(qapp):
    qWarning("This plugin does not support raise()")

def test_dress(qapp):
    qapp.setStyleSheet("QLabel { color: red; }")
    qapp.setFont(QFont("Courier", 40))
    palette = qapp.palette()
    palette.setColor(QPalette.ColorRole.Window, Qt.GlobalColor.black)
    qapp.setPalette(palette)
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

def test_undressed(qapp):
    assert qapp.styleSheet() == ""
    assert qapp.font().pointSize() != 40
    assert qapp.palette().color(QPalette.ColorRole.Window) != Qt.GlobalColor.black
    assert qapp.layoutDirection() is Qt.LayoutDirection.LeftToRight

class Restyled(QLabel):
    times = 0

    def changeEvent(self, event):
        if event.type() is QEvent.Type.StyleChange:
            Restyled.times += 1

@pytest.fixture(scope="module")
def file_window(qapp):
    qapp.setStyleSheet("QLabel { color: blue; }")
    label = Restyled("for the whole file")
    yield label
    label.deleteLater()

def test_first_on_it(file_window):
    Restyled.times = 0

def test_second_on_it(qapp, file_window):
    assert qapp.styleSheet() == "QLabel { color: blue; }"
    assert Restyled.times == 0

def test_home():
    assert "clinic-desk-tests-" in os.environ["HOME"]
"""

LATER = """
def test_next_file(qapp):
    assert qapp.styleSheet() == ""
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("careless")
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "test_careless.py").write_text(CARELESS)
    (folder / "test_later.py").write_text(LATER)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", "-n", "0", str(folder)],
        cwd=folder,
        env={**os.environ, "CLINIC_DESK_TEST_GRACE": "4"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    found: dict[str, str] = {}
    for name, result in re.findall(r"::(test_\w+) (PASSED|FAILED|ERROR)", done.stdout):
        found[name] = "passed" if result == "PASSED" and found.get(name) is None else "failed"
    assert len(found) == (CARELESS + LATER).count("def test_"), done.stdout + done.stderr
    return found


@pytest.mark.parametrize(
    "name",
    [
        "clean", "loopback", "accepted_message", "home", "undressed", "second_on_it", "next_file",
    ],
)  # fmt: skip
def test_careful_work_passes(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[f"test_{name}"] == "passed"


@pytest.mark.parametrize("name", ["network", "thread", "window", "timer", "warning"])
def test_what_is_left_behind_fails(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[f"test_{name}"] == "failed"


def test_only_one_sqlite_is_loaded() -> None:
    """Python's own SQLite and that of the store in one process do not know of each other's locks:
    closing the one takes the shared memory from under the other, and the process dies of it."""
    own = re.compile(r"^\s*(import sqlite3|from sqlite3)\b", re.MULTILINE)
    sources = [
        path
        for part in ("clinic_desk", "migrations", "tests")
        for path in (ROOT / part).rglob("*.py")
    ]
    assert [path.name for path in sources if own.search(path.read_text("utf-8"))] == []


def test_no_test_looks_at_the_clock_on_the_wall_to_judge() -> None:
    """How long something takes is for `make bench`; a test counts, or waits for a condition."""
    judged = re.compile(r"\b(perf_counter|process_time|thread_time)\b")
    sources = [path for path in (ROOT / "tests").rglob("*.py") if "benchmarks" not in path.parts]
    found = [path.name for path in sources if judged.search(path.read_text("utf-8"))]
    assert found == [Path(__file__).name]
