"""``clinic-desk --view doctor``: the whole program, from its command line to its end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.app import cli
from clinic_desk.app.container import build
from clinic_desk.ui.doctor.page import DoctorPage
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.main_window.locking import locking_of
from tests.fakes.log_in import PIN, _peopled
from tests.ui.test_shell_application import Watch


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copyfile(_peopled(), tmp_path / "clinic.db")
    return tmp_path


@pytest.fixture(autouse=True)
def _undressed(qapp: QApplication) -> Iterator[None]:
    yield
    qapp.setStyleSheet("")
    qapp.setQuitOnLastWindowClosed(True)


def started(data: Path, *words: str) -> list[tuple[str, str]]:
    """Runs the program until its doctor's view has a day; the page's name and the doctor's code
    that it showed."""
    seen: list[tuple[str, str]] = []
    typed: list[MainWindow] = []

    def log_in(window: MainWindow) -> None:
        """Whoever is chosen first types the PIN, as soon as the field has the keyboard."""
        locking = locking_of(window)
        handle = window.windowHandle()
        if locking is None or not locking.on or window in typed or handle is None:
            return
        if locking.page.person is not None and locking.page.secret.hasFocus():
            typed.append(window)
            for letter in PIN:
                QTest.keyClick(handle, letter)
            QTest.keyClick(handle, Qt.Key.Key_Return)

    def look(shown: list[object]) -> bool:
        for window in shown:
            if not isinstance(window, MainWindow):
                continue
            log_in(window)
            page = window.centre.shown_page
            roster = window.roster.roster
            if isinstance(page, DoctorPage) and page.source.desk is not None and roster:
                doctor = roster.doctors[page.source.desk.doctor_id]
                seen.append((window.centre.page, doctor.code))
                window.close()
                return True
        return False

    watch = Watch(look)
    assert cli.run([*words, "--data", str(data)]) == cli.OK
    del watch
    return seen


def test_it_begins_with_that_doctor_and_remembers_who_it_was(data: Path, qtbot: QtBot) -> None:
    assert started(data, "--view", "doctor", "--doctor", "jc") == [("doctor", "JC")]
    clinic = build(data)
    doctors = {row.code: row.id for row in clinic.queries.roster().doctors.values()}
    assert clinic.queries.setting("doctor.mine", "desk") == doctors["JC"]
    clinic.close()
    assert started(data, "run", "--view=doctor") == [("doctor", "JC")]


def test_a_doctor_alone_means_the_doctors_view(data: Path, qtbot: QtBot) -> None:
    assert started(data, "run", "--doctor", "PV") == [("doctor", "PV")]


def test_an_unknown_view_is_not_understood(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--view", "moon", "--data", str(data)]) == cli.USAGE
    assert "doctor" in capsys.readouterr().err
