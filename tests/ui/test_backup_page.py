"""The page of the backups, as a person at the desk uses it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.services.backup_ports import AUTO, BackupPlan, CopyState, MadeBackup
from clinic_desk.services.commands import AddPatient
from clinic_desk.services.ports import Progress
from clinic_desk.store.backups import StoreBackups
from clinic_desk.ui.application import shut
from clinic_desk.ui.backup.page import BackupPage
from clinic_desk.ui.backup.plan import size_words
from clinic_desk.ui.backup.runner import Runner
from clinic_desk.ui.backup.watch import BackupWatch
from clinic_desk.ui.main_window import MainWindow, backing
from tests.ui.test_shell_window import Clinic, opened

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key


@pytest.fixture(autouse=True)
def _patient(long_waits: None) -> None:
    """A busy machine takes its time."""


@pytest.fixture
def desk(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    """A manager's window, in which nothing is backed up unless somebody asks."""
    made = opened(clinic, qtbot)
    made.settings.put("backup.minutes", 0)
    yield made
    shut(made)
    QApplication.processEvents()


def page_of(window: MainWindow, qtbot: QtBot) -> BackupPage:
    qtbot.waitUntil(lambda: window.show_page("backup"))
    page = window.centre.page_named("backup")
    assert isinstance(page, BackupPage)
    looked(page, qtbot)
    return page


def looked(page: BackupPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.seen is not None and not page._looking and idle(page))


def idle(page: BackupPage) -> bool:
    return page.watch is not None and page.watch.runner.idle


def backups_of(clinic: Clinic) -> StoreBackups:
    return clinic.front.store.maintenance.backups


def add(clinic: Clinic, name: str) -> None:
    clinic.front.desk.execute(AddPatient(values={"last_name": name, "first_name": "Neo"}))


def patients(clinic: Clinic) -> int:
    return clinic.queries.info().counts["patient"]


def test_by_key_and_back_up_now(desk: MainWindow, clinic: Clinic, qtbot: QtBot) -> None:
    qtbot.keyClick(
        desk, KEY.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    page = page_of(desk, qtbot)
    assert page.here.head.text() == "No good backup yet"
    assert page.none.isVisible()
    assert not page.restore_button.isEnabled()
    qtbot.mouseClick(page.now_button, LEFT)
    qtbot.waitUntil(lambda: page.model.listed() == 1 and page.restore_button.isEnabled())
    assert desk.toast.text == "Backed up and checked."
    (copy,) = page.model.copies
    assert copy.state is CopyState.GOOD
    assert page.model.words(copy)[1:4] == ("just now", "By hand", "This computer")
    assert page.here.head.text() == "Last good backup just now"
    assert "Backup just now" in desk.status.accessibleName()


def test_the_words_in_the_status_bar_lead_to_the_page(
    desk: MainWindow, clinic: Clinic, qtbot: QtBot
) -> None:
    backups_of(clinic).make(BackupPlan(), AUTO)
    desk.telling.read_backup_age()
    qtbot.waitUntil(lambda: "Backup just now" in desk.status.accessibleName())
    qtbot.waitUntil(lambda: bool(desk.status.grab()) and not desk.status._backup_place.isNull())
    where = desk.status._backup_place.center()
    QTest.mouseMove(desk.status, where)
    qtbot.mouseClick(desk.status, LEFT, pos=where)
    qtbot.waitUntil(lambda: desk.centre.page == "backup")
    qtbot.mouseClick(desk.status, LEFT, pos=QPoint(desk.status.width() // 2, where.y()))


@pytest.mark.parametrize(
    ("minutes", "age", "words", "tone"),
    [
        (60, timedelta(minutes=90), "Backup 1 h ago", ""),
        (60, timedelta(hours=3), "Backup 3 h ago (late)", "warn"),
        (60, timedelta(days=3), "Backup 3 days ago (old)", "refuse"),
        (0, timedelta(hours=30), "Backup 1 day ago", ""),
        (60, None, "No backup yet", "refuse"),
    ],
)
def test_the_age_in_words_and_colour(
    desk: MainWindow, clinic: Clinic, minutes: int, age: timedelta | None, words: str, tone: str
) -> None:
    desk.settings.put("backup.minutes", minutes)
    last = None if age is None else clinic.clock.now() - age
    assert backing.age_words(desk, last) == (words, tone)


def test_the_plan_makes_copies_by_itself(desk: MainWindow, clinic: Clinic, qtbot: QtBot) -> None:
    watch = backing.begin(desk)
    assert watch is not None
    assert backing.begin(desk) is watch
    qtbot.waitUntil(lambda: watch.known and watch.runner.idle)
    assert watch.last is None
    desk.settings.put("backup.minutes", 30)
    qtbot.waitUntil(lambda: watch.last == clinic.clock.now())
    first = watch.last
    clinic.clock.advance(minutes=29)
    looks(watch, qtbot)
    assert watch.last == first
    clinic.clock.advance(minutes=2)
    looks(watch, qtbot)
    qtbot.waitUntil(lambda: watch.last == clinic.clock.now())
    assert len(backups_of(clinic).overview(watch.plan).copies) == 2


def looks(watch: BackupWatch, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not watch._looking)
    with qtbot.waitSignal(watch.told):
        watch.look()


def test_a_clock_put_back_and_forward_goes_on_with_the_plan(
    clinic: Clinic, qtbot: QtBot, desk: MainWindow
) -> None:
    passed = [0.0]
    watch = BackupWatch(
        desk.context, desk.settings, backups_of(clinic), desk, monotonic=lambda: passed[0]
    )
    desk.settings.put("backup.minutes", 60)
    looks(watch, qtbot)
    qtbot.waitUntil(lambda: watch.last == clinic.clock.now())
    # an hour back: the last copy lies ahead, and the waiting alone counts
    clinic.clock.advance(hours=-1)
    looks(watch, qtbot)
    assert len(backups_of(clinic).overview(watch.plan).copies) == 1
    passed[0] += 3600
    looks(watch, qtbot)
    qtbot.waitUntil(lambda: len(backups_of(clinic).overview(watch.plan).copies) == 2)
    # a year forward: one copy, and none of the others goes for its age
    clinic.clock.advance(days=365)
    looks(watch, qtbot)
    qtbot.waitUntil(lambda: watch.last == clinic.clock.now())
    assert len(backups_of(clinic).overview(watch.plan).copies) == 3
    watch.stop()


def test_a_failing_backup_is_told_once_and_tried_again(
    clinic: Clinic, qtbot: QtBot, desk: MainWindow
) -> None:
    passed = [0.0]
    broken = Broken(backups_of(clinic))
    watch = BackupWatch(desk.context, desk.settings, broken, desk, monotonic=lambda: passed[0])
    told: list[ClinicDeskError] = []
    watch.troubled.connect(told.append)
    desk.settings.put("backup.minutes", 60)
    for _ in range(3):
        looks(watch, qtbot)
        passed[0] += 10_000
    assert broken.tried == 3
    assert len(told) == 1
    broken.well = True
    looks(watch, qtbot)
    qtbot.waitUntil(lambda: watch.failing is None and watch.last is not None)
    watch.stop()


class Broken:
    """The store's backups, of which none comes about until it is ``well``."""

    def __init__(self, real: StoreBackups) -> None:
        self._real = real
        self.well, self.tried = False, 0

    def make(self, *words: Any) -> MadeBackup:
        self.tried += 1
        if self.well:
            return self._real.make(*words)
        raise Fault("disk_full", "The disk is full.")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def test_restoring_says_what_is_lost_and_goes_on_with_the_restored_clinic(
    desk: MainWindow, clinic: Clinic, qtbot: QtBot
) -> None:
    backups_of(clinic).make(BackupPlan(), AUTO)
    before = patients(clinic)
    clinic.clock.advance(hours=1)
    add(clinic, "Newcomer")
    page = page_of(desk, qtbot)
    qtbot.keyClick(page.table, KEY.Key_Return)
    qtbot.waitUntil(lambda: page.card is not None and page.card.isVisible())
    card = page.card
    assert card is not None
    assert card.preview.rows[0] == ("patients", before + 1, before)
    assert card.loss.text() == "No visit would be lost or changed."
    qtbot.keyClick(card, KEY.Key_Return)
    assert card.isVisible()
    assert "Give a reason" in card.reason.placeholderText()
    qtbot.keyClicks(card.reason, "wrong import")
    qtbot.keyClick(card.reason, KEY.Key_Return)
    qtbot.waitUntil(lambda: desk.toast.text.startswith("Restored."))
    assert patients(clinic) == before
    assert "kept as clinic-" in desk.toast.text

    def safety_copy_is_chosen() -> bool:
        chosen = page.table.copy()
        return chosen is not None and chosen.why == "before-restore"

    qtbot.waitUntil(safety_copy_is_chosen)
    looked(page, qtbot)
    # and the window works on: the one that was lost comes back the same way
    qtbot.mouseClick(page.restore_button, LEFT)
    qtbot.waitUntil(lambda: page.card is not None and page.card.isVisible())
    again = page.card
    assert again is not None
    assert again.preview.rows[0] == ("patients", before, before + 1)
    qtbot.keyClicks(again.reason, "after all")
    qtbot.mouseClick(again.confirm, LEFT)
    qtbot.waitUntil(lambda: patients(clinic) == before + 1)
    looked(page, qtbot)


def test_a_size_keeps_its_order_in_a_window_from_right_to_left() -> None:
    assert [size_words(size) for size in (640_000, 8_900_000, 1_200_000_000)] == [
        "\u2066640 kB\u2069",
        "\u20668.9 MB\u2069",
        "\u20661.2 GB\u2069",
    ]


def test_escape_keeps_everything_as_it_is(desk: MainWindow, clinic: Clinic, qtbot: QtBot) -> None:
    backups_of(clinic).make(BackupPlan(), AUTO)
    page = page_of(desk, qtbot)
    qtbot.mouseClick(page.restore_button, LEFT)
    qtbot.waitUntil(lambda: page.card is not None and page.card.isVisible())
    assert page.card is not None
    qtbot.keyClick(page.card, KEY.Key_Escape)
    qtbot.waitUntil(lambda: page.card is None)
    assert len(backups_of(clinic).overview(BackupPlan()).copies) == 1


def test_a_damaged_copy_is_marked(desk: MainWindow, clinic: Clinic, qtbot: QtBot) -> None:
    made = backups_of(clinic).make(BackupPlan(), AUTO)
    path = Path(made.copy.path)
    data = bytearray(path.read_bytes())
    data[8192:12_288] = os.urandom(4096)
    path.write_bytes(data)
    page = page_of(desk, qtbot)
    assert page.model.words(page.model.copies[0])[5] == "Not yet"
    qtbot.mouseClick(page.verify_button, LEFT)
    qtbot.waitUntil(lambda: page.model.words(page.model.copies[0])[5] == "Damaged")
    assert "damaged" in page.message.message.sentence
    assert page.here.head.text() == "No good backup yet"
    looked(page, qtbot)


def test_a_whole_copy_is_verified(desk: MainWindow, clinic: Clinic, qtbot: QtBot) -> None:
    backups_of(clinic).make(BackupPlan(), AUTO)
    page = page_of(desk, qtbot)
    qtbot.mouseClick(page.verify_button, LEFT)
    qtbot.waitUntil(lambda: desk.toast.text.startswith("The backup is whole"))
    looked(page, qtbot)


def test_the_second_place_is_chosen_tested_and_told_when_it_is_gone(
    desk: MainWindow, clinic: Clinic, qtbot: QtBot, tmp_path: Path
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    page = page_of(desk, qtbot)
    assert page.second.head.text() == "None chosen"
    assert not page.second.test.isEnabled()
    page.use_second(str(share))
    qtbot.waitUntil(lambda: "read back" in page.second.told.text())
    qtbot.mouseClick(page.now_button, LEFT)
    qtbot.waitUntil(lambda: page.model.listed() == 2 and page.now_button.isEnabled())
    looked(page, qtbot)
    for item in share.rglob("*"):
        if item.is_file():
            item.unlink()
    for item in (*share.iterdir(), share):
        item.rmdir()
    qtbot.mouseClick(page.now_button, LEFT)
    shown = page.message
    qtbot.waitUntil(
        lambda: shown.message is not None and "share connected" in shown.message.sentence
    )
    qtbot.waitUntil(lambda: "second place not reached" in desk.status.accessibleName())
    looked(page, qtbot)
    assert page.second.head.text() == "It cannot be used just now"

    share.mkdir()
    qtbot.mouseClick(page.now_button, LEFT)
    qtbot.waitUntil(lambda: page.second.head.text().startswith("Last copy there"))
    assert shown.message is None or not shown.isVisible(), "what was wrong is over"
    looked(page, qtbot)
    ages = [page.model.index(row, 1).data() for row in range(page.model.rowCount())]
    assert all(age[:1] + age[-1:] == "\u2066\u2069" for age in ages), "“3 min ago” in this order"


def test_a_reception_sees_the_copies_and_is_told_why_not(
    desk: MainWindow, clinic: Clinic, qtbot: QtBot
) -> None:
    from dataclasses import replace

    from clinic_desk.domain.permissions import DEFAULTS, Role

    backups_of(clinic).make(BackupPlan(), AUTO)
    actor = replace(
        desk.context.actor, role=Role.RECEPTIONIST, permissions=DEFAULTS[Role.RECEPTIONIST]
    )
    object.__setattr__(desk.context, "actor", actor)
    page = BackupPage(desk.context)
    qtbot.addWidget(page)
    watch = backing.begin(desk)
    assert watch is not None
    page.furnish_backups(watch, desk.settings)
    page.open()
    looked(page, qtbot)
    for button in (page.now_button, page.restore_button, page.other_button, page.repair_button):
        assert not button.isEnabled()
        assert "may not make and restore backups" in button.toolTip()
    assert page.verify_button.isEnabled()


def test_check_and_repair(desk: MainWindow, clinic: Clinic, qtbot: QtBot) -> None:
    page = page_of(desk, qtbot)
    qtbot.mouseClick(page.repair_button, LEFT)
    qtbot.waitUntil(lambda: desk.toast.text == "Nothing needed to be repaired.")
    looked(page, qtbot)


def test_stopping_a_backup(desk: MainWindow, clinic: Clinic, qtbot: QtBot) -> None:
    page = page_of(desk, qtbot)
    assert page.watch is not None
    held = Held(page.watch.backups)
    page.watch.backups = held
    try:
        qtbot.mouseClick(page.now_button, LEFT)
        qtbot.waitUntil(lambda: page.line.isVisible() and held.inside.is_set())
        assert "Backing up" in desk.status.accessibleName()
        qtbot.mouseClick(page.line.stop, LEFT)
    finally:
        held.go.set()
    qtbot.waitUntil(lambda: "stopped" in desk.toast.text)
    looked(page, qtbot)
    assert page.model.listed() == 0


class Held:
    """The store's backups, which wait in the middle until they may ``go``."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.inside, self.go = threading.Event(), threading.Event()

    def make(self, plan: BackupPlan, why: str, progress: Progress | None = None) -> Any:
        self.inside.set()
        self.go.wait(60)
        return self._real.make(plan, why, progress)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def test_the_runner_tells_a_bug_as_a_fault_and_goes_on(qtbot: QtBot) -> None:
    runner = Runner()
    said: list[Any] = []

    def bug(_progress: object) -> None:
        raise ZeroDivisionError("secret words")

    runner.run("a", bug, done=said.append, failed=said.append)
    runner.run("b", lambda _p: 7, done=said.append, failed=said.append)
    qtbot.waitUntil(lambda: len(said) == 2)
    assert isinstance(said[0], Fault)
    assert "secret" not in str(said[0])
    assert said[1] == 7
    runner.close()
