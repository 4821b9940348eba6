"""Start, slow start, failed start, end: the whole program in this process."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from clinic_desk.app import paths
from clinic_desk.app.container import Container, build
from clinic_desk.domain.errors import Fault
from clinic_desk.ui.application import run, run_opening
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.widgets.opening_card import OpeningCard
from tests.fakes.front_desk import _demo_file

RESOURCES = paths.resources()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copyfile(_demo_file(), tmp_path / "clinic.db")
    return tmp_path


@pytest.fixture(autouse=True)
def _undressed(qapp: QApplication) -> Iterator[None]:
    yield
    qapp.setStyleSheet("")
    qapp.setQuitOnLastWindowClosed(True)


class Watch(QObject):
    """Looks at the top-level windows every 20 ms, for as long as the program runs."""

    def __init__(self, look: Callable[[list[object]], bool]) -> None:
        super().__init__()
        self._look = look
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(20)

    def _tick(self) -> None:
        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        if self._look(list(shown)):
            self._timer.stop()


def close_when_loaded(shown: list[object]) -> bool:
    for widget in shown:
        if isinstance(widget, MainWindow) and widget.page.grid().slice is not None:
            widget.close()
            return True
    return False


def test_it_opens_the_clinic_off_the_main_thread_and_ends_cleanly(data: Path, qtbot: QtBot) -> None:
    threads: list[str] = []
    opened: list[Container] = []

    def open_clinic() -> Container:
        threads.append(threading.current_thread().name)
        opened.append(build(data))
        return opened[0]

    watch = Watch(close_when_loaded)
    assert run_opening(open_clinic, RESOURCES, []) == 0
    assert threads == ["opening"]
    del watch
    # the file was let go: it can be opened again and is whole
    again = build(data)
    assert again.maintenance.verify() == []
    again.close()


def test_an_open_clinic_stays_open_for_its_owner(data: Path, qtbot: QtBot) -> None:
    clinic = build(data)
    watch = Watch(close_when_loaded)
    assert run(clinic, []) == 0
    del watch
    assert clinic.queries.roster().doctors
    clinic.close()


def test_a_slow_start_says_what_it_does(data: Path, qtbot: QtBot) -> None:
    seen: list[str] = []
    go = threading.Event()

    def open_clinic() -> Container:
        go.wait(60)
        return build(data)

    def look(shown: list[object]) -> bool:
        for widget in shown:
            if isinstance(widget, OpeningCard):
                seen.append(widget.accessibleName())
                go.set()
        return close_when_loaded(shown)

    watch = Watch(look)
    assert run_opening(open_clinic, RESOURCES, []) == 0
    del watch
    assert "Opening the clinic" in seen


def test_a_file_that_cannot_be_opened_is_told_in_one_sentence(qtbot: QtBot) -> None:
    told: list[str] = []

    def open_clinic() -> Container:
        raise Fault("newer", "This clinic was opened by a newer program. Update this one.")

    def look(shown: list[object]) -> bool:
        for widget in shown:
            if isinstance(widget, QMessageBox):
                told.append(widget.informativeText())
                widget.accept()
                return True
        return False

    watch = Watch(look)
    assert run_opening(open_clinic, RESOURCES, []) == 1
    del watch
    assert told == ["This clinic was opened by a newer program. Update this one."]
