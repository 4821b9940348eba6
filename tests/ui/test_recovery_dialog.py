"""An encrypted clinic whose key the keyring does not give: the real start, and the paper."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.app import paths, store_keys
from clinic_desk.app.container import Container, build
from clinic_desk.app.encryption import unlock
from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.services.recovery_key import printed
from clinic_desk.services.secrets import KeyringState
from clinic_desk.store import keys
from clinic_desk.store.keys import StoreKey
from clinic_desk.ui.application import run_opening
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.settings.recovery_dialog import RecoveryDialog
from clinic_desk.ui.widgets.opening_card import OpeningCard
from tests.fakes.front_desk import _demo_file
from tests.fakes.keeper import MemoryKeeper
from tests.ui.test_shell_application import _undressed, close_when_loaded  # noqa: F401

Key = Qt.Key
NO_KEY = Fault("no_key", "The file clinic.db is encrypted.")


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeeper]:
    made = MemoryKeeper()
    monkeypatch.setattr(store_keys, "keeper", lambda: made)
    yield made
    keys.forget()


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[Callable[[Callable[[str], str]], RecoveryDialog]]:
    made: list[RecoveryDialog] = []

    def show(unlock: Callable[[str], str]) -> RecoveryDialog:
        made.append(RecoveryDialog(Theme.for_tests(), NO_KEY, unlock))
        made[0].show()
        qtbot.waitExposed(made[0])
        return made[0]

    yield show
    for one in made:
        one.close()
        one.deleteLater()


Showing = Callable[[Callable[[str], str]], RecoveryDialog]


def test_what_is_typed_wrongly_is_told_and_can_be_mended(dialog: Showing, qtbot: QtBot) -> None:
    raw = bytes(range(32))
    taken: list[bytes] = []

    def take(text: str) -> str:
        from clinic_desk.services.recovery_key import typed

        taken.append(typed(text))
        return "Open."

    shown = dialog(take)
    assert shown.sentence.text() == NO_KEY.sentence
    assert not shown.open_.isEnabled()
    text = printed(raw)
    qtbot.keyClicks(shown.field, text[:-1])
    assert shown.count.text() == "12 of 13 groups"
    qtbot.keyClick(shown.field, Key.Key_Return)
    qtbot.waitUntil(shown.wrong.isVisible)
    assert "Group 13 has 4 characters" in shown.wrong.text()
    qtbot.waitUntil(shown.field.isEnabled)
    qtbot.keyClicks(shown.field, text[-1])
    assert shown.wrong.isHidden()
    with qtbot.waitSignal(shown.accepted):
        qtbot.keyClick(shown.field, Key.Key_Return)
    assert taken == [raw]
    assert shown.field.text() == ""  # nothing of it stays


def test_while_the_key_is_kept_the_dialog_stays(dialog: Showing, qtbot: QtBot) -> None:
    go_on = threading.Event()

    def slow(_text: str) -> str:
        go_on.wait(60)
        raise Refusal("other_recovery_key", "Another clinic's.")

    shown = dialog(slow)
    qtbot.keyClicks(shown.field, "abc")
    qtbot.mouseClick(shown.open_, Qt.MouseButton.LeftButton)
    assert not shown.again.isEnabled()
    qtbot.keyClick(shown, Key.Key_Escape)
    assert shown.isVisible()
    go_on.set()
    qtbot.waitUntil(lambda: shown.wrong.text() == "Another clinic's.")
    qtbot.keyClick(shown, Key.Key_Escape)
    assert not shown.isVisible()


@pytest.mark.parametrize("trouble", ["lost", "locked", "quit", "slow"])
def test_the_real_start_asks_and_goes_on(
    keeper: MemoryKeeper, tmp_path: Path, qtbot: QtBot, trouble: str
) -> None:
    shutil.copyfile(_demo_file(), tmp_path / "clinic.db")
    container = build(tmp_path)
    key_id = container.encryption.prepare().key_id
    container.encryption.encrypt(key_id)
    container.close()
    database = container.data.database
    kept = dict(keeper.kept)
    text = printed(StoreKey.told(kept[f"store:{key_id}"]).raw())
    keys.forget()
    if trouble == "locked":
        keeper.standing = KeyringState.LOCKED
    else:
        keeper.kept.clear()
    seen: list[str] = []
    cards: list[OpeningCard] = []
    go = threading.Event()

    def opening() -> Container:
        if trouble == "slow":  # until the card is on the screen, each time
            assert go.wait(60)
            go.clear()
        return build(tmp_path)

    def look() -> None:
        """Every few milliseconds: presses what is there."""
        for top in QApplication.topLevelWidgets():
            if isinstance(top, OpeningCard) and top.isVisible() and top not in cards:
                cards.append(top)
                go.set()
                return
            if isinstance(top, RecoveryDialog) and top.isVisible() and top.field.isEnabled():
                seen.append(top.sentence.text())
                if trouble == "quit":
                    top.quit.click()
                elif trouble == "locked":
                    keeper.standing = KeyringState.USABLE
                    top.again.click()
                else:
                    top.field.setText(text)
                    QTest.keyClick(top.field, Key.Key_Return)
                return
        if close_when_loaded(QApplication.topLevelWidgets()):
            seen.append("window")
            hands.stop()

    hands = QTimer(interval=20)
    hands.timeout.connect(look)
    hands.start()
    code = run_opening(
        opening,
        paths.resources(),
        ["clinic-desk"],
        unlock=lambda typed: unlock(database, typed, keeper),
    )
    hands.stop()
    if trouble == "quit":
        assert (code, len(seen)) == (1, 1)
        return
    assert code == 0
    assert seen[-1] == "window"
    assert ("locked" in seen[0]) is (trouble == "locked")
    assert keeper.kept == kept
    if trouble == "slow":
        assert len(cards) == 2, "a slow opening says so each time"
