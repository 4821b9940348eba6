"""What every test stands on: offscreen Qt, a home of its own, no network, nothing left behind."""

from __future__ import annotations

import gc
import ipaddress
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

# Before anything can import Qt or ask for the user's folders.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_temporary = tempfile.gettempdir()
_home = Path(tempfile.mkdtemp(prefix="clinic-desk-tests-"))
for _name, _folder in (
    ("HOME", ""),
    ("XDG_DATA_HOME", "data"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_CACHE_HOME", "cache"),
    ("XDG_STATE_HOME", "state"),
):
    (_home / _folder).mkdir(exist_ok=True)
    os.environ[_name] = str(_home / _folder)

# Folders that the whole run fills once (``tests/fakes/once.py``): those of the process that hands
# out the work, which its workers inherit and which ends last.
os.environ.setdefault("CLINIC_DESK_TESTS_SHARED", str(_home / "shared"))

# No test touches a person's keyring: new clinics are plain, but where a test brings its own.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

# Whatever a test, or a program that it ends, leaves in the temporary folder goes with the home.
# The folders of ``tmp_path`` stay where they are: pytest keeps the last three for a look.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _temporary)
os.environ["TMPDIR"] = tempfile.tempdir = str(_home)

#: Seconds a thread started by a test may need to end after it.
GRACE = float(os.environ.get("CLINIC_DESK_TEST_GRACE", "30"))

#: Milliseconds that ``qtbot`` waits for a condition: only a test that fails waits so long, and a
#: busy machine is no failure.
PATIENCE = 60_000

#: Qt messages that do not fail a test: a pattern, and the reason it is none of our doing.
ACCEPTED_QT_MESSAGES = (
    (
        r"^This plugin does not support .*",
        "the offscreen platform has no window manager to raise, activate or move a window",
    ),
    (
        r"^Qt.*XDG_RUNTIME_DIR.*|^QStandardPaths: XDG_RUNTIME_DIR not set.*",
        "a build server has no login session",
    ),
    (
        r"^propagateSizeHints.*|^.*plugin does not support propagateSizeHints.*",
        "the offscreen platform ignores a window's smallest size",
    ),
)


def pytest_configure(config: pytest.Config) -> None:
    for pattern, _reason in ACCEPTED_QT_MESSAGES:
        config.addinivalue_line("qt_log_ignore", pattern)


#: Folders whose tests drive a window, with answers that come from other threads and processes.
DRIVES_A_WINDOW = ("ui", "x11", "end_to_end")


#: A worker takes whole files. One of these that was begun last would keep the other waiting.
LONG_FILES = (
    "test_tour.py",
    "test_clinic_day.py",
    "test_matrix.py",
    "test_wizard.py",
    "test_absence_planner.py",
    "test_curtain.py",
    "test_shell_window.py",
    "test_paper_sheets.py",
    "test_settings_page.py",
    "test_against_reference.py",
    "test_backup_killed.py",
    "test_statistics.py",
    "test_settings_words.py",
    "test_rules_through_the_window.py",
    "test_undo_import.py",
    "test_money_walk.py",
)


def _longest_first(items: list[pytest.Item]) -> None:
    """For workers that take files in this order (``--no-loadscope-reorder``)."""
    rank = {name: place for place, name in enumerate(LONG_FILES)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A window's test that fails runs a second time; both runs stand in the summary (``R``).

    What loses a race once in ten thousand runs is still a fault, and is told; it does not hide
    what the other four thousand tests have to say. The long runs (``make soak``) allow none.
    """
    if os.environ.get("PYTEST_XDIST_WORKER"):
        _longest_first(items)
    if os.environ.get("CLINIC_DESK_SOAK"):
        return
    here = Path(__file__).parent
    for item in items:
        inside = item.path.is_relative_to(here) and item.path.relative_to(here).parts
        if inside and inside[0] in DRIVES_A_WINDOW:
            item.add_marker(pytest.mark.flaky(reruns=1))


# deadline: two cores are shared by the workers, a slow example says nothing about the code.
settings.register_profile(
    "short",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("long" if os.environ.get("CLINIC_DESK_SOAK") else "short")


# Hypothesis strews in constants that it reads out of whichever of our modules are loaded: the same
# test would draw other examples in a worker that ran other tests before. The long runs may.
if hasattr(providers, "_get_local_constants") and not os.environ.get("CLINIC_DESK_SOAK"):
    providers._get_local_constants = lambda: providers._local_constants


class NetworkRefused(RuntimeError):
    """A test tried to leave this machine."""


def _refuse_strangers(address: object) -> None:
    if not isinstance(address, tuple):
        return  # a path: a local socket
    host = str(address[0])
    if host in ("localhost", ""):
        return
    try:
        local = ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        local = False
    if not local:
        raise NetworkRefused(f"A test may only talk to this machine, not to {host}.")


class _GuardedSocket(socket.socket):
    def connect(self, address: Any) -> None:
        _refuse_strangers(address)
        super().connect(address)

    def connect_ex(self, address: Any) -> int:
        _refuse_strangers(address)
        return super().connect_ex(address)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", _GuardedSocket)


def _running() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.is_alive()}


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    """Threads, shown windows and active timers that a test started and did not end fail it.

    What a fixture of a wider scope started before the test is not counted.
    """
    threads_before = _running()
    windows_before = _shown_windows()
    timers_before = _active_timers()
    yield
    until = time.monotonic() + GRACE
    stray = _running() - threads_before
    while stray and time.monotonic() < until:
        _settle()
        time.sleep(0.01)
        stray = _running() - threads_before
    # xdist's own channel threads come and go at their own pace.
    names = sorted(thread.name for thread in stray if "execnet" not in thread.name.lower())
    assert not names, f"threads still running after the test: {', '.join(names)}"
    _settle()
    shown = [name for key, name in _shown_windows().items() if key not in windows_before]
    assert not shown, f"windows still shown after the test: {', '.join(shown)}"
    timers = [name for key, name in _active_timers().items() if key not in timers_before]
    assert not timers, f"timers still running after the test: {', '.join(timers)}"


@pytest.fixture
def qtbot(qtbot: Any) -> Any:
    """Waits for a condition as long as a machine may take that does ten other things."""
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitExposed", "waitActive"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=PATIENCE))
    return qtbot


@contextmanager
def _dressed_as_before() -> Iterator[None]:
    """Colours, style sheet, font and direction belong to the whole program: what a test puts on is
    taken off, or the next test's pictures are taken in the dark. Where nothing was put on, nothing
    is dressed anew: that takes a window its time."""
    before = _worn()
    yield
    now = _worn()
    if now is None:
        return
    sheet, palette, font, direction = before or _new_program()
    application = _qt_application()
    if now[0] != sheet:
        application.setStyleSheet(sheet)
    if now[1] != palette:
        application.setPalette(palette)
    if now[2] != font:
        application.setFont(font)
    if now[3] != direction:
        application.setLayoutDirection(direction)


def _worn() -> tuple[str, Any, Any, Any] | None:
    """Style sheet, palette, font and direction; None where no window can be."""
    application = _qt_application()
    if application is None or not hasattr(application, "styleSheet"):
        return None
    return (
        application.styleSheet(), application.palette(), application.font(),
        application.layoutDirection(),
    )  # fmt: skip


def _new_program() -> tuple[str, Any, Any, Any]:
    """What a program wears that has just been started."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QFontDatabase

    palette = _qt_application().style().standardPalette()
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    return "", palette, font, Qt.LayoutDirection.LeftToRight


@pytest.fixture(autouse=True, scope="module")
def _the_program_as_it_was_before_the_file() -> Iterator[None]:
    """For windows that serve a whole file."""
    with _dressed_as_before():
        yield


@pytest.fixture(autouse=True)
def _the_program_as_it_was() -> Iterator[None]:
    with _dressed_as_before():
        yield


@pytest.fixture(autouse=True)
def _garbage_on_the_main_thread(_the_program_as_it_was: None) -> Iterator[None]:
    """As in the program (``ui.runtime.collecting``): a thread of a test that collects would destroy
    the widgets of an earlier one, and now and then the process. What was there before the first
    window is not looked at again, so that a look after every test takes a few milliseconds."""
    qt = "PySide6.QtWidgets" in sys.modules
    if qt and gc.isenabled():
        if not gc.get_freeze_count():
            gc.collect()
            gc.freeze()
        gc.disable()
    yield
    if "PySide6.QtWidgets" in sys.modules:
        _settle()
        gc.collect()
        _empty_dead_windows()
        gc.collect()
        gc.freeze()  # what outlives a test is not looked at again after each of the next ones
        gc.disable()


def _empty_dead_windows() -> None:
    """PySide keeps what was connected to a signal as a lambda after the widget has died, and with
    it the whole window, 5 MB of it: some hundred windows later a look takes longer than a test.
    Nor does a theme go; the pictures that it keeps, seventy for a window, would all be looked at
    for timers."""
    from shiboken6 import Object, isValid

    for thing in gc.get_objects():
        kind = type(thing)
        # other libraries have themes of their own
        if not str(kind.__module__).startswith("clinic_desk.") or not issubclass(kind, Object):
            continue
        kept = getattr(thing, "__dict__", {})
        if kind.__name__ == "Theme":
            for pictures in ("_atlas", "_fonts"):
                kept.get(pictures, {}).clear()
        elif not isValid(thing):
            kept.clear()


def _qt_application() -> Any:
    widgets = sys.modules.get("PySide6.QtWidgets")  # pure tests never load Qt
    return None if widgets is None else widgets.QApplication.instance()


def _settle() -> None:
    application = _qt_application()
    if application is not None:
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        application.processEvents()


def _shown_windows() -> dict[int, str]:
    application = _qt_application()
    if application is None:
        return {}
    return {
        id(widget): f"{type(widget).__name__} {widget.windowTitle()!r}"
        for widget in application.topLevelWidgets()
        if widget.isVisible()
    }


def _active_timers() -> dict[int, str]:
    """Every running timer that Python holds, with or without an owner."""
    if _qt_application() is None:
        return {}
    import shiboken6
    from PySide6.QtCore import QTimer

    return {
        id(timer): f"{timer.objectName() or type(timer.parent()).__name__}, {timer.interval()} ms"
        for timer in shiboken6.getAllValidWrappers()
        if isinstance(timer, QTimer) and timer.isActive()
    }


def pytest_unconfigure() -> None:
    """In the workers and in the process that hands out the work, which runs no test itself."""
    gc.collect()
    shutil.rmtree(_home, ignore_errors=True)
