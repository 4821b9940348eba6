"""The paper lifeboat: written when something changed, kept when the disk refuses."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partialmethod
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Fault
from clinic_desk.services.commands import CancelAppointment
from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow, lifeboat
from clinic_desk.ui.paper.lifeboat import FILES, Lifeboat, write
from clinic_desk.ui.paper.parts import Look
from tests.fakes.front_desk import TUESDAY, FrontDesk, open_desk
from tests.fakes.small_disk import SmallDisk
from tests.ui.test_shell_window import Clinic, opened

LOOK = Look(family="Inter")
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes its time; what never comes still fails."""
    monkeypatch.setattr(QtBot, "waitUntil", partialmethod(QtBot.waitUntil, timeout=60_000))


@pytest.fixture
def clinic(tmp_path: Path, qapp: QApplication) -> Iterator[Clinic]:
    assert qapp is not None
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


def text(path: Path) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages)


def booked(front: FrontDesk, day: date) -> list[Cell]:
    """Visits that a day sheet holds."""
    gone = (Status.CANCELLED, Status.DECLINED, Status.HELD, Status.RELEASED)
    return [cell for cell in front.store.queries.cells(day, day) if cell.status not in gone]


def test_both_days_are_there_whole_and_for_nobody_else(clinic: Clinic, tmp_path: Path) -> None:
    folder = tmp_path / "lifeboat"
    made = write(clinic.queries, folder, LOOK, TUESDAY, None)
    assert made.anew == FILES
    for name, day in zip(FILES, (TODAY, TODAY + timedelta(days=1)), strict=True):
        told = text(folder / name)
        cells = booked(clinic.front, day)
        assert cells
        for cell in cells:
            assert "".join(cell.listed_name.split()) in told
        assert f"{day.day}Nov2026" in told
        assert "asthebookstoodonTue24Nov202610:42" in told
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)


def test_only_what_changed_is_written_anew(clinic: Clinic, tmp_path: Path) -> None:
    folder, queries = tmp_path / "lifeboat", clinic.queries
    first = write(queries, folder, LOOK, TUESDAY, None)
    later = TUESDAY + timedelta(minutes=5)
    second = write(queries, folder, LOOK, later, first)
    assert second.anew == ()
    cell = next(c for c in booked(clinic.front, TODAY) if c.start > TUESDAY and c.patient_id)
    clinic.front.desk.execute(CancelAppointment(appointment_id=cell.id, reason="Ill"))
    third = write(queries, folder, LOOK, later, second)
    assert third.anew == ("today.pdf",)
    assert text(folder / "today.pdf").count("".join(cell.listed_name.split())) == sum(
        other.listed_name == cell.listed_name for other in booked(clinic.front, TODAY)
    )
    (folder / "tomorrow.pdf").unlink()
    fourth = write(queries, folder, LOOK, later, third)
    assert fourth.anew == ("tomorrow.pdf",)
    midnight = write(queries, folder, LOOK, TUESDAY + timedelta(days=1), fourth)
    assert midnight.anew == FILES
    assert "25Nov2026" in text(folder / "today.pdf")


def test_initials_where_the_desk_wants_no_names(clinic: Clinic, tmp_path: Path) -> None:
    folder = tmp_path / "lifeboat"
    write(clinic.queries, folder, Look(family="Inter", names=False), TUESDAY, None)
    told = text(folder / "today.pdf")
    doctors = " ".join(row.name for row in clinic.queries.roster().doctors.values())
    cells = [
        c
        for c in booked(clinic.front, TODAY)
        if len(c.last_name) > 4 and c.last_name not in doctors
    ]
    assert cells
    assert not [c.last_name for c in cells if c.last_name in told]


def test_a_full_disk_keeps_the_old_sheets(clinic: Clinic, tmp_path: Path) -> None:
    disk = SmallDisk(tmp_path / "disk")
    if not disk.mounted:  # no file system of its own here: a file stands where the folder would
        folder = tmp_path / "lifeboat"
        folder.write_text("in the way")
        with pytest.raises(Fault, match="tried again"):
            write(clinic.queries, folder, LOOK, TUESDAY, None)
        assert folder.read_text() == "in the way"
        return
    try:
        folder = disk.folder / "lifeboat"
        first = write(clinic.queries, folder, LOOK, TUESDAY, None)
        before = {name: (folder / name).read_bytes() for name in FILES}
        disk.fill()
        initials = Look(family="Inter", names=False)
        with pytest.raises(Fault, match="tried again"):
            write(clinic.queries, folder, initials, TUESDAY, first)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        disk.make_room()
        assert write(clinic.queries, folder, initials, TUESDAY, first).anew == FILES
    finally:
        disk.close()


def test_the_window_writes_says_trouble_once_and_goes_on(
    window: MainWindow, clinic: Clinic, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "lifeboat"
    folder.write_text("a file stands where the folder would be")
    boat = lifeboat.begin(window)
    assert lifeboat.begin(window) is boat
    qtbot.waitUntil(lambda: boat.failed)
    shown = window.centre.message
    qtbot.waitUntil(shown.isVisible)
    assert shown.message is not None
    assert "paper lifeboat could not be written" in shown.message.sentence
    assert "Paper lifeboat not written" in window.status.accessibleName()
    shown.clear()
    told: list[object] = []
    boat.troubled.connect(told.append)
    again: list[object] = []
    boat.wrote.connect(again.append)
    boat.look()
    qtbot.waitUntil(lambda: not boat.busy)
    assert boat.failed
    assert told == []  # once is enough
    folder.unlink()
    boat.look()
    qtbot.waitUntil(lambda: not boat.failed)
    assert "Paper lifeboat" not in window.status.accessibleName()
    assert (folder / "today.pdf").is_file()
    window.settings.put("paper.names", "initials")  # what shapes the sheets is followed at once
    qtbot.waitUntil(lambda: len(again) == 2)


def test_zero_minutes_write_nothing(clinic: Clinic, window: MainWindow, tmp_path: Path) -> None:
    window.settings.put("lifeboat.minutes", 0)
    boat = lifeboat.begin(window)
    boat.look()
    assert not boat.busy
    assert not (tmp_path / "lifeboat").exists()


class Manager(QObject):
    """Stands in for the computer's file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.urls.append(url)


def test_the_menu_opens_the_folder_or_says_why_not(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    manager = Manager()
    QDesktopServices.setUrlHandler("file", manager, "take")
    try:
        window.settings.put("lifeboat.minutes", 0)
        window.actions_["file.lifeboat"].trigger()
        shown = window.centre.message
        qtbot.waitUntil(shown.isVisible)
        assert shown.message is not None
        assert "switched off" in shown.message.sentence
        window.settings.put("lifeboat.minutes", 10)
        window.actions_["file.lifeboat"].trigger()
        qtbot.waitUntil(lambda: bool(manager.urls))  # once it is written
        assert manager.urls == [QUrl.fromLocalFile(str(tmp_path / "lifeboat"))]
        assert (tmp_path / "lifeboat" / "tomorrow.pdf").is_file()
        window.actions_["file.lifeboat"].trigger()
        qtbot.waitUntil(lambda: len(manager.urls) == 2)
    finally:
        QDesktopServices.unsetUrlHandler("file")


def test_it_stops_with_its_window(clinic: Clinic, qtbot: QtBot) -> None:
    made = opened(clinic, qtbot)
    boat = lifeboat.begin(made)
    qtbot.waitUntil(lambda: not boat.busy)
    made.close()
    assert isinstance(boat, Lifeboat)
    assert not boat.active
    shut(made)
    QApplication.processEvents()
