"""The last backup when the program ends, and the way back when the clinic cannot be opened."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.app import paths
from clinic_desk.app.container import Container, build
from clinic_desk.app.rescuing import check_present, rescuer
from clinic_desk.domain.errors import Fault
from clinic_desk.services.backup_ports import AUTO, EXIT, BackupPlan
from clinic_desk.store.backups import StoreBackups
from clinic_desk.ui.application import run_opening
from clinic_desk.ui.backup.leaving import Leaving
from clinic_desk.ui.backup.rescue import REASON, RescueDialog, can_help
from clinic_desk.ui.look.theme import Theme
from tests.fakes.front_desk import FrontDesk, _demo_file, open_desk
from tests.ui.test_shell_application import RESOURCES, Watch, close_when_loaded

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key


@pytest.fixture(autouse=True)
def _patient(long_waits: None) -> None:
    """A busy machine takes its time."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copyfile(_demo_file(), tmp_path / "clinic.db")
    return tmp_path


@pytest.fixture(autouse=True)
def _undressed(qapp: QApplication) -> Iterator[None]:
    yield
    qapp.setStyleSheet("")
    qapp.setQuitOnLastWindowClosed(True)


@pytest.fixture
def front(tmp_path: Path) -> Iterator[FrontDesk]:
    folder = tmp_path / "clinic"
    folder.mkdir()
    made = open_desk(folder, Theme.for_tests())
    yield made
    made.close()


def copies(folder: Path) -> list[Path]:
    return sorted((folder / "backups").glob("*.clinicdesk"))


def damage(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    content[:8192] = os.urandom(8192)
    path.write_bytes(bytes(content))
    return bytes(content)


def rescued(folder: Path) -> StoreBackups:
    return rescuer(paths.DataFolder(folder))


class TestLeaving:
    def test_the_program_ends_with_a_backup_and_needs_none_twice(
        self,
        data: Path,
        qtbot: QtBot,
    ) -> None:
        def open_clinic() -> Container:
            return build(data)

        for _ in range(2):
            watch = Watch(close_when_loaded)
            assert run_opening(open_clinic, RESOURCES, []) == 0
            del watch
        (made,) = [path for path in copies(data) if path.stem.endswith(f"-{EXIT}")]
        assert rescued(data).described(str(made)).counts["patient"] > 0

    def test_it_goes_without_when_somebody_wants_to(self, front: FrontDesk, qtbot: QtBot) -> None:
        held, ended = Held(front.store.maintenance.backups), threading.Event()
        leaving = Leaving(Theme.for_tests(), held, BackupPlan(), ended.set)
        qtbot.addWidget(leaving.card)
        leaving.start()
        qtbot.waitUntil(lambda: leaving.card.isVisible() and held.inside.is_set())
        assert "last backup" in leaving.card.words.text()
        held.soon()
        qtbot.keyClick(leaving.card, KEY.Key_Escape)
        assert ended.is_set()
        assert copies(front.store.path.parent) == []

    def test_what_failed_can_be_read_before_it_ends(
        self, front: FrontDesk, qtbot: QtBot, tmp_path: Path
    ) -> None:
        ended = threading.Event()
        plan = BackupPlan(second=str(tmp_path / "not there"))
        leaving = Leaving(Theme.for_tests(), front.store.maintenance.backups, plan, ended.set)
        qtbot.addWidget(leaving.card)
        leaving.start()
        qtbot.waitUntil(lambda: "second place" in leaving.card.more.text())
        assert not ended.is_set()
        assert len(copies(front.store.path.parent)) == 1
        leaving.card.close()
        assert ended.is_set()


class Held:
    """The store's backups, which wait in the middle until they may go."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.inside, self._go = threading.Event(), threading.Event()

    def soon(self) -> None:
        """As soon as it was asked to stop."""
        threading.Timer(0.2, self._go.set).start()

    def make(self, plan: BackupPlan, why: str, progress: Any) -> Any:
        self.inside.set()
        self._go.wait(60)
        return self._real.make(plan, why, progress)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class TestRescue:
    def test_a_damaged_clinic_is_restored_before_the_window_comes(
        self,
        data: Path,
        qtbot: QtBot,
    ) -> None:
        """From the file that cannot be opened to the day on the screen, by pressing buttons."""
        clinic = build(data)
        made = clinic.maintenance.backups.make(BackupPlan(), AUTO)
        clinic.close()
        broken = damage(data / "clinic.db")
        told: list[str] = []

        def look(shown: list[object]) -> bool:
            for widget in shown:
                if isinstance(widget, RescueDialog):
                    if widget.card is not None and widget.card.isVisible():
                        if widget.card.confirm.isEnabled():
                            told.append(widget.card.loss.text())
                            qtbot.mouseClick(widget.card.confirm, LEFT)
                    elif widget.restore_button.isEnabled() and not told:
                        told.append(widget.words.text())
                        qtbot.mouseClick(widget.restore_button, LEFT)
            return close_when_loaded(shown)

        watch = Watch(look)
        opening = lambda: build(data)  # noqa: E731 - said once
        assert run_opening(opening, RESOURCES, [], rescue=lambda: rescued(data)) == 0
        del watch
        assert "file" in told[0]
        assert "cannot be read" in told[1]
        (kept,) = (data / "backups").glob("*.damaged")
        assert kept.read_bytes() == broken
        again = build(data)
        assert again.maintenance.verify() == []
        assert again.queries.info().counts["patient"] == made.copy.counts["patient"]
        again.close()

    def test_quitting_leaves_everything_as_it_is(
        self,
        data: Path,
        qtbot: QtBot,
    ) -> None:
        broken = damage(data / "clinic.db")

        def look(shown: list[object]) -> bool:
            for widget in shown:
                if isinstance(widget, RescueDialog) and widget.none.isVisible():
                    assert not widget.restore_button.isEnabled()
                    qtbot.keyClick(widget, KEY.Key_Escape)
                    return True
            return False

        watch = Watch(look)
        assert run_opening(lambda: build(data), RESOURCES, [], rescue=lambda: rescued(data)) == 1
        del watch
        assert (data / "clinic.db").read_bytes() == broken

    def test_what_can_be_repaired_is(self, front: FrontDesk, qtbot: QtBot) -> None:
        folder = front.store.path.parent
        front.store.close()
        from sqlcipher3 import dbapi2

        connection = dbapi2.connect(str(folder / "clinic.db"), isolation_level=None)
        connection.execute("DROP TRIGGER guard_doctor_insert")
        connection.close()
        with pytest.raises(Fault) as fault:
            build(folder)
        assert can_help(fault.value)
        dialog = RescueDialog(Theme.for_tests(), fault.value, rescued(folder))
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: dialog.repair_button.isEnabled())
        qtbot.mouseClick(dialog.repair_button, LEFT)
        qtbot.waitUntil(lambda: dialog.ending.value == "again")
        dialog.runner.close()
        clinic = build(folder)
        assert clinic.maintenance.verify() == []
        clinic.close()

    def test_what_cannot_be_repaired_says_so_and_stays(
        self, front: FrontDesk, qtbot: QtBot
    ) -> None:
        folder = front.store.path.parent
        made = front.store.maintenance.backups.make(BackupPlan(), AUTO)
        front.store.close()
        damage(folder / "clinic.db")
        dialog = RescueDialog(Theme.for_tests(), Fault("corrupt", "Damaged."), rescued(folder))
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: dialog.repair_button.isEnabled())
        qtbot.mouseClick(dialog.repair_button, LEFT)
        qtbot.waitUntil(lambda: made.copy.name in dialog.answer.text())
        qtbot.waitUntil(lambda: dialog.restore_button.isEnabled())
        qtbot.keyClick(dialog.table, KEY.Key_Return)
        qtbot.waitUntil(lambda: dialog.card is not None and dialog.card.isVisible())
        assert dialog.card is not None
        assert dialog.card.reason.text() == REASON
        qtbot.keyClick(dialog.card, KEY.Key_Escape)
        qtbot.waitUntil(lambda: dialog.card is None)
        dialog.runner.close()

    def test_a_clinic_whose_file_is_gone_is_not_begun_anew(self, front: FrontDesk) -> None:
        folder = paths.DataFolder(front.store.path.parent)
        check_present(folder)
        front.store.maintenance.backups.make(BackupPlan(), AUTO)
        front.store.close()
        folder.database.unlink()
        with pytest.raises(Fault) as fault:
            check_present(folder)
        assert can_help(fault.value)
        assert not folder.database.exists()


def test_nothing_else_opens_the_way_back() -> None:
    for code in ("newer_file", "read_only", "disk_full", "busy", "no_key", "locked_store"):
        assert not can_help(Fault(code, "x"))
    assert not can_help(ValueError())
