"""Who has no hurry waits while the window is at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event, Thread

import pytest
from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from clinic_desk.ui.runtime import courtesy
from clinic_desk.ui.runtime.courtesy import Courtesy

AGES = 60.0
MOMENT = 0.05


class Other(Thread):
    """Somebody without a hurry."""

    def __init__(self, here: Courtesy) -> None:
        super().__init__(name="without a hurry")
        self._here = here
        self.asked = Event()

    def run(self) -> None:
        self.asked.set()
        self._here.give_way()


@pytest.fixture
def here(qapp: QApplication) -> Iterator[Courtesy]:
    owner = QObject()
    made = Courtesy(owner)
    yield made
    made.stop()
    owner.deleteLater()


def at_work(call: Callable[[], None]) -> None:
    """``call`` in a turn of the event loop that has slept before and will sleep again."""
    loop = QEventLoop()

    def turn() -> None:
        try:
            call()
        finally:
            loop.quit()

    QTimer.singleShot(20, turn)
    loop.exec()


def test_it_waits_until_the_window_has_nothing_to_do(
    here: Courtesy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courtesy, "LONGEST", AGES)
    other, loop, waited = Other(here), QEventLoop(), []

    def turn() -> None:
        other.start()
        other.asked.wait()
        other.join(MOMENT)
        waited.append(other.is_alive())

    def ended() -> None:
        if not other.is_alive():
            loop.quit()

    QTimer.singleShot(20, turn)
    look = QTimer()
    look.timeout.connect(ended)
    QTimer.singleShot(40, lambda: look.start(5))
    loop.exec()
    look.stop()
    assert waited == [True]


def test_nobody_waits_for_good(here: Courtesy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "LONGEST", MOMENT)
    other = Other(here)

    def turn() -> None:
        other.start()
        other.join()

    at_work(turn)
    assert not other.is_alive()


def test_nobody_waits_for_a_window_that_went(
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(courtesy, "LONGEST", AGES)
    owner = QObject()
    gone = Courtesy(owner)
    other = Other(gone)

    def turn() -> None:
        other.start()
        other.asked.wait()
        gone.stop()
        other.join()

    at_work(turn)
    assert not other.is_alive()
    owner.deleteLater()
