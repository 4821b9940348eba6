"""Garbage that holds widgets is collected on the main thread, whatever other threads do."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.ui.runtime import collecting as module
from clinic_desk.ui.runtime.collecting import Collecting, tracked


@pytest.fixture
def collecting(qtbot: QtBot) -> Iterator[Collecting]:
    gc.enable()
    host = QWidget()
    qtbot.addWidget(host)
    made = Collecting(host)
    yield made
    made.stop()


def forgotten(where: list[str]) -> None:
    """A widget in a cycle, which nobody holds any more."""
    widget = QWidget()
    widget.myself = widget  # type: ignore[attr-defined]
    widget.destroyed.connect(
        lambda: where.append(threading.current_thread().name), Qt.ConnectionType.DirectConnection
    )


def busy_thread() -> None:
    """Makes more objects than any threshold."""

    def work() -> None:
        assert len([[number] for number in range(200_000)]) == 200_000

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    thread.join()


def test_a_busy_thread_destroys_no_widget(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "YOUNG", 0)
    where: list[str] = []
    forgotten(where)
    busy_thread()
    assert where == []
    collecting.look()
    assert where == [threading.main_thread().name]


def test_it_looks_by_itself_once_it_has_been_started(
    qtbot: QtBot, collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "YOUNG", 1)
    where: list[str] = []
    collecting.start()
    forgotten(where)
    qtbot.waitUntil(lambda: bool(where))
    assert where == [threading.main_thread().name]


@pytest.mark.parametrize(
    ("count", "ages"),
    [((1999, 11, 11), []), ((5000, 3, 3), [0]), ((5000, 10, 3), [1]), ((5000, 10, 10), [2])],
)
def test_the_younger_the_oftener(
    collecting: Collecting,
    monkeypatch: pytest.MonkeyPatch,
    count: tuple[int, int, int],
    ages: list[int],
) -> None:
    done: list[int] = []
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(gc, "get_count", lambda: count)
    monkeypatch.setattr(gc, "collect", lambda age=2: done.append(age))
    collecting.look()
    assert done == ages


def test_everything_is_looked_through_when_much_has_been_added(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(gc, "get_count", lambda: (5000, 10, 10))
    monkeypatch.setattr(gc, "get_objects", lambda _age: [None] * 60_000)
    monkeypatch.setattr(gc, "collect", lambda age=2: done.append(age))
    for _ in range(5):
        collecting.look()
    assert done == [2, 1, 1, 2, 1], "a quarter of sixty thousand is three times five thousand"


def test_afterwards_python_collects_again(collecting: Collecting) -> None:
    assert not gc.isenabled()
    collecting.stop()
    assert gc.isenabled()


def test_counting_what_there_is_breaks_no_tuple_of_another_thread() -> None:
    """A list of all objects owns the tuple that somebody is just building, too."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0001)
    over = threading.Event()
    broken: list[SystemError] = []
    many = [[number] for number in range(100_000)]

    def build() -> None:
        while not over.is_set():
            try:
                tuple(number for number in range(300))
            except SystemError as error:
                broken.append(error)

    other = threading.Thread(target=build)
    other.start()
    try:
        counts = [tracked() for _ in range(60)]
    finally:
        over.set()
        other.join()
        sys.setswitchinterval(before)
    assert min(counts) > len(many)
    assert not broken
