"""The computer asks the program to end, or sleeps: a last backup in time, a locked window."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from clinic_desk.services.backup_ports import EXIT, BackupPlan
from clinic_desk.ui.application import shut
from clinic_desk.ui.main_window import MainWindow, ending
from clinic_desk.ui.main_window.ending import Endings, Terminated
from clinic_desk.ui.runtime.system_bus import SystemBus
from tests.fakes.log_in import House, until
from tests.fakes.login_manager import OURS, THEIRS, LoginManager
from tests.fakes.secret_service import session
from tests.ui.test_backup_page import add
from tests.ui.test_shell_window import Clinic, opened

pytestmark = pytest.mark.usefixtures("long_waits")


@pytest.fixture
def desk(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    made.settings.put("backup.minutes", 0)
    yield made
    shut(made)
    QApplication.processEvents()


@pytest.fixture
def endings(desk: MainWindow) -> Iterator[tuple[Endings, list[str]]]:
    told: list[str] = []
    made = Endings(lambda: desk, lambda: told.append("quit"))
    yield made, told
    made.stop()


def last_copies(clinic: Clinic) -> list[Path]:
    folder = clinic.front.store.path.parent / "backups"
    return sorted(folder.glob(f"*-{EXIT}*.clinicdesk"))


def test_a_log_off_waits_for_the_last_backup(
    endings: tuple[Endings, list[str]], clinic: Clinic
) -> None:
    add(clinic, "Of today")
    made, told = endings
    made.log_off()  # returns when the desktop may go on
    (copy,) = last_copies(clinic)
    assert copy.stat().st_size
    assert told == []  # it may change its mind
    made.log_off()
    assert last_copies(clinic) == [copy]


def test_a_terminated_program_makes_it_and_ends(
    endings: tuple[Endings, list[str]], clinic: Clinic, qtbot: QtBot
) -> None:
    _made, told = endings
    add(clinic, "Of today")
    os.kill(os.getpid(), signal.SIGTERM)
    qtbot.waitUntil(lambda: told == ["quit"])
    assert len(last_copies(clinic)) == 1


ASKING = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from clinic_desk.ui.main_window.ending import end

class Asking(QWidget):
    def closeEvent(self, event):
        event.ignore()

app = QApplication(sys.argv)
window = Asking()
window.show()
QTimer.singleShot(0, lambda: end(app))
code = app.exec()
print("ended", window.isVisible())
sys.exit(code)
"""


def test_no_question_of_a_window_keeps_a_terminated_program() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", ASKING],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "ended True\n"), done.stderr


def test_it_is_not_waited_for_longer_than_the_limit(
    endings: tuple[Endings, list[str]],
    desk: MainWindow,
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A copy that hangs holds up nobody's log-off, also where its window was closed already."""
    monkeypatch.setattr(ending, "LOG_OFF", 50)
    add(clinic, "Of today")
    assert desk.maintenance is not None
    real = type(desk.maintenance.backups)
    free, closed = threading.Event(), threading.Event()

    def hang(_self: Any, _plan: BackupPlan, _why: str, progress: Any) -> Any:
        while progress(0, 1, "Copying…"):
            free.wait(0.01)
        raise AssertionError("told to stop")

    monkeypatch.setattr(real, "make", hang)
    waiting = ending.leave(desk, closed.set)
    assert waiting is not None
    assert not closed.is_set()
    made, _told = endings
    made.log_off()
    assert closed.is_set()
    assert waiting.over
    made.log_off()
    assert last_copies(clinic) == []


def test_the_last_backup_waits_for_what_the_window_still_writes(
    desk: MainWindow, clinic: Clinic, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing, a window saves its size: a copy made before that lacked it, and the next end of the
    program needed another."""
    go, looked, closed = threading.Event(), list[bool](), threading.Event()
    gate, copies = type(clinic.desk), type(clinic.front.store.maintenance.backups)
    execute, unsaved = gate.execute, copies.unsaved

    def slowly(self: Any, command: Any) -> Any:
        go.wait(60)
        return execute(self, command)

    def look(self: Any) -> bool:
        looked.append(go.is_set())
        return unsaved(self)

    monkeypatch.setattr(gate, "execute", slowly)
    monkeypatch.setattr(copies, "unsaved", look)
    desk.settings.put("window.size", [1111, 777])
    assert ending.leave(desk, closed.set) is not None
    threading.Timer(0.2, go.set).start()
    qtbot.waitUntil(closed.is_set)
    assert looked == [True]
    assert len(last_copies(clinic)) == 1
    assert not clinic.front.store.maintenance.backups.unsaved()


def test_whoever_answered_signals_before_does_so_again() -> None:
    numbers = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    made = Terminated()
    assert not {signal.getsignal(number) for number in numbers} & set(before)
    made.stop()
    assert [signal.getsignal(number) for number in numbers] == before


def test_ctrl_c_asks_for_the_end_and_a_second_one_ends_at_once(qtbot: QtBot) -> None:
    before = signal.getsignal(signal.SIGINT)
    made, asked = Terminated(), []
    made.asked.connect(lambda: asked.append(True))
    try:
        os.kill(os.getpid(), signal.SIGINT)
        qtbot.waitUntil(lambda: asked == [True])
        assert signal.getsignal(signal.SIGINT) is before
    finally:
        made.stop()


def test_who_ruled_out_the_end_of_the_terminal_is_not_ended_by_it() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        made = Terminated()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        made.stop()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[tuple[QDBusConnection, str]]:
    with session(tmp_path / "bus") as made:
        connection = QDBusConnection.connectToBus(made.address, str(tmp_path))
        assert connection.isConnected()
        yield connection, made.address
        QDBusConnection.disconnectFromBus(str(tmp_path))


class Counting(QObject):
    def __init__(self, bus: SystemBus) -> None:
        super().__init__()
        self.count = 0
        self.why: list[str] = []
        bus.away.connect(self._away)

    def _away(self, why: str) -> None:
        self.count += 1
        self.why.append(why)


@pytest.mark.alone
def test_sleep_and_the_lock_of_our_own_session_are_heard(
    bus: tuple[QDBusConnection, str], qtbot: QtBot
) -> None:
    connection, address = bus
    manager, heard = LoginManager(address), SystemBus()
    counting = Counting(heard)
    try:
        assert heard.listen(connection)
        qtbot.waitUntil(lambda: heard.session == OURS)
        assert manager.asked == [os.environ.get("XDG_SESSION_ID") or "auto"]
        manager.sleep(True)
        qtbot.waitUntil(lambda: counting.count == 1)
        manager.lock(THEIRS)  # another person's; what follows it on the same bus comes after it
        manager.lock()
        qtbot.waitUntil(lambda: counting.count >= 2)
        manager.sleep(False)
        qtbot.waitUntil(lambda: counting.count >= 3)
        assert counting.why == ["sleep", "key", "sleep"]
    finally:
        manager.close()


@pytest.mark.alone
def test_without_a_session_of_ours_sleep_is_heard_all_the_same(
    bus: tuple[QDBusConnection, str], qtbot: QtBot
) -> None:
    connection, address = bus
    manager, heard = LoginManager(address, no_session=True), SystemBus()
    counting = Counting(heard)
    try:
        assert heard.listen(connection)
        qtbot.waitUntil(lambda: bool(manager.asked) and heard._asked is None)
        assert heard.session == ""
        manager.sleep(True)
        qtbot.waitUntil(lambda: counting.count == 1)
    finally:
        manager.close()


@pytest.mark.alone
def test_a_bus_without_such_a_service_is_as_good_as_none(
    bus: tuple[QDBusConnection, str], qtbot: QtBot
) -> None:
    heard = SystemBus()
    assert heard.listen(bus[0])
    qtbot.waitUntil(lambda: heard._asked is None)
    assert heard.session == ""


@pytest.mark.alone
def test_the_window_is_locked_when_the_computer_sleeps_or_its_screen_is_locked(
    bus: tuple[QDBusConnection, str], tmp_path: Path, qtbot: QtBot
) -> None:
    connection, address = bus
    house, manager = House(tmp_path / "clinic"), LoginManager(address)
    made = Endings(lambda: house.window, lambda: None)
    try:
        assert made.bus.listen(connection)
        qtbot.waitUntil(lambda: made.bus.session == OURS)
        for tell, words in (
            (lambda: manager.sleep(True), "Locked while the computer slept."),
            (manager.lock, "Locked. "),
        ):
            house.come_in()
            tell()
            until(lambda: house.locking.on, "the lock")
            said = [label.text() for label in house.locking.page.findChildren(QLabel)]
            assert any(one.startswith(words) for one in said), said
    finally:
        made.stop()
        manager.close()
        house.close()
