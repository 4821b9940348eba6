"""The section about encryption in the real window, on a real clinic, with a keyring in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.app import store_keys
from clinic_desk.services.backup_ports import MANUAL, BackupPlan
from clinic_desk.services.encryption import UNNOTED_NOTICE
from clinic_desk.services.recovery_key import typed
from clinic_desk.services.secrets import SENTENCES, KeyringState
from clinic_desk.store import keys
from clinic_desk.store.keys import StoreKey
from clinic_desk.ui.backup.page import BackupPage
from clinic_desk.ui.settings.encryption import EncryptionPanel
from tests.fakes.first_start import FirstStart
from tests.fakes.keeper import MemoryKeeper

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeeper]:
    """Missing at first, so that the clinic begins plain."""
    made = MemoryKeeper()
    made.standing = KeyringState.MISSING
    monkeypatch.setattr(store_keys, "keeper", lambda: made)
    yield made
    keys.forget()


@pytest.fixture
def start(tmp_path: Path, qtbot: QtBot, keeper: MemoryKeeper) -> Iterator[FirstStart]:
    made = FirstStart(tmp_path / "data", owned=True)
    made.window.resize(1366, 768)
    made.window.show()
    qtbot.waitExposed(made.window)
    yield made
    made.close()


@pytest.fixture
def panel(start: FirstStart, qtbot: QtBot) -> EncryptionPanel:
    assert start.window.show_page("settings", "encryption")
    found = start.window.centre.shown_page.panel("encryption")
    assert isinstance(found, EncryptionPanel)
    qtbot.waitUntil(lambda: found.title.text() != "")
    return found


def press(qtbot: QtBot, button: QAbstractButton) -> None:
    qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled())
    qtbot.mouseClick(button, LEFT)


def answer(qtbot: QtBot, panel: EncryptionPanel, words: str) -> None:
    def found() -> list[QPushButton]:
        return [one for one in panel.message.buttons() if one.text().replace("&", "") == words]

    qtbot.waitUntil(lambda: bool(found()) and found()[0].isVisible())
    qtbot.mouseClick(found()[0], LEFT)


def ended(qtbot: QtBot, panel: EncryptionPanel, title: str) -> None:
    """The work is over and was done; what went wrong is told at once."""
    qtbot.waitUntil(lambda: panel.title.text() == title or bool(panel.message.sentence))
    assert not panel.message.sentence


def database(start: FirstStart) -> Path:
    return start.container.data.database


def test_encrypted_with_the_key_on_paper_and_back_again(
    panel: EncryptionPanel, start: FirstStart, keeper: MemoryKeeper, qtbot: QtBot
) -> None:
    status = start.window.status
    qtbot.waitUntil(lambda: "Not encrypted" in status.accessibleName())
    assert SENTENCES[KeyringState.MISSING] in panel.sentence.text()
    assert not panel.encrypt.isEnabled()
    assert panel.encrypt.toolTip() == SENTENCES[KeyringState.MISSING]
    start.container.maintenance.backup()

    keeper.standing = KeyringState.USABLE
    panel.open()
    press(qtbot, panel.encrypt)
    qtbot.waitUntil(panel.card.isVisible)
    key = panel.card.key
    assert key is not None
    made = StoreKey(typed(" ".join(key.groups)))
    assert keeper.kept == {f"store:{made.id}": made.secret()}
    assert keys.is_plain(database(start))  # nothing yet
    press(qtbot, panel.card.done)
    ended(qtbot, panel, "Encrypted")
    assert keys.id_in(database(start)) == made.id
    assert panel.card.key is None
    assert panel.show_key.isEnabled()
    qtbot.waitUntil(lambda: "ncrypted" not in status.accessibleName())
    assert not panel.unnoted.isVisible()
    assert "1 backup was made before" in panel.copies.text()
    press(qtbot, panel.seal)
    qtbot.waitUntil(lambda: panel.seal.isHidden() and panel.decrypt.isEnabled())
    (copy,) = start.container.data.backups.glob("*.clinicdesk")
    assert keys.id_in(copy) == made.id

    press(qtbot, panel.decrypt)
    answer(qtbot, panel, "Keep it encrypted")
    assert keys.id_in(database(start)) == made.id
    press(qtbot, panel.decrypt)
    answer(qtbot, panel, "Take it off")
    ended(qtbot, panel, "Not encrypted")
    qtbot.waitUntil(panel.encrypt.isEnabled)
    assert keys.is_plain(database(start))
    assert start.container.maintenance.verify() == []


def test_cancelled_nothing_is_encrypted_and_no_group_stays_in_the_window(
    panel: EncryptionPanel, start: FirstStart, keeper: MemoryKeeper, qtbot: QtBot
) -> None:
    keeper.standing = KeyringState.USABLE
    panel.open()
    press(qtbot, panel.encrypt)
    qtbot.waitUntil(panel.card.isVisible)
    key = panel.card.key
    assert key is not None
    press(qtbot, panel.card.drop)
    qtbot.waitUntil(panel.encrypt.isEnabled)
    assert keys.is_plain(database(start))
    left = [label.text() for label in panel.findChildren(QLabel)]
    assert not set(left) & set(key.groups)


def test_a_keyring_that_fails_while_the_key_is_made_is_one_sentence(
    panel: EncryptionPanel, start: FirstStart, keeper: MemoryKeeper, qtbot: QtBot
) -> None:
    keeper.standing = KeyringState.USABLE
    panel.open()
    qtbot.waitUntil(panel.encrypt.isEnabled)
    keeper.standing = KeyringState.FAILING
    press(qtbot, panel.encrypt)
    qtbot.waitUntil(lambda: panel.message.sentence == SENTENCES[KeyringState.FAILING])
    assert panel.card.isHidden()
    assert keys.is_plain(database(start))


def test_the_key_comes_back_into_the_keyring_and_the_paper_is_noted(
    panel: EncryptionPanel, start: FirstStart, keeper: MemoryKeeper, qtbot: QtBot
) -> None:
    keeper.standing = KeyringState.USABLE
    assert start.window.context.encryption is not None
    encryption = start.window.context.encryption()
    encryption.encrypt(encryption.prepare().key_id)
    kept = dict(keeper.kept)
    keeper.kept.clear()
    panel.open()
    qtbot.waitUntil(lambda: panel.unnoted.isVisible())
    start.window.telling.read_backup_age()
    status = start.window.status
    qtbot.waitUntil(lambda: "Recovery key not printed" in status.accessibleName())
    assert panel.unnoted.text() == UNNOTED_NOTICE
    press(qtbot, panel.keep)
    qtbot.waitUntil(panel.keep.isHidden)
    assert keeper.kept == kept
    press(qtbot, panel.show_key)
    qtbot.waitUntil(panel.card.isVisible)
    press(qtbot, panel.card.done)
    qtbot.waitUntil(panel.unnoted.isHidden)
    qtbot.waitUntil(lambda: "Recovery key" not in status.accessibleName())


def test_copies_that_anybody_can_read_are_told_on_both_pages_and_sealed_at_both_places(
    panel: EncryptionPanel,
    start: FirstStart,
    keeper: MemoryKeeper,
    tmp_path: Path,
    qtbot: QtBot,
    long_waits: None,
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    window, container = start.window, start.container
    window.settings.put("backup.second", str(share))
    made = container.maintenance.backups.make(BackupPlan(second=str(share)), MANUAL)
    assert made.trouble == ""
    keeper.standing = KeyringState.USABLE
    assert window.context.encryption is not None
    encryption = window.context.encryption()
    encryption.encrypt(encryption.prepare().key_id)
    panel.open()
    qtbot.waitUntil(lambda: "2 backups were made before" in panel.copies.text())
    assert "1 of them lies at the second place" in panel.copies.text()

    assert window.show_page("backup")
    page = window.centre.shown_page
    assert isinstance(page, BackupPage)
    qtbot.waitUntil(lambda: "2 copies are not encrypted" in page.readable.words.text())
    places = [page.model.words(copy)[3] for copy in page.model.copies]
    assert sorted(places) == ["Second place, not encrypted", "This computer, not encrypted"]
    press(qtbot, page.readable.seal)
    qtbot.waitUntil(page.readable.isHidden)
    assert page.message.message is None
    files = [*share.rglob("*.clinicdesk"), *container.data.backups.glob("*.clinicdesk")]
    assert [keys.is_plain(one) for one in files] == [False, False]


def test_there_and_back_by_keyboard_alone(
    panel: EncryptionPanel,
    start: FirstStart,
    keeper: MemoryKeeper,
    qtbot: QtBot,
    long_waits: None,
) -> None:
    def has_it(button: QAbstractButton) -> bool:
        return QApplication.focusWidget() is button and button.isEnabled()

    def type_(key: Qt.Key, back: bool = False) -> None:
        there = QApplication.focusWidget()
        assert there is not None
        shift = Qt.KeyboardModifier.ShiftModifier if back else Qt.KeyboardModifier.NoModifier
        qtbot.keyClick(there, key, shift)

    keeper.standing = KeyringState.USABLE
    panel.open()
    qtbot.waitUntil(panel.encrypt.isEnabled)
    start.window.activateWindow()
    assert panel.focus_on("")
    qtbot.waitUntil(lambda: has_it(panel.encrypt))
    type_(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: has_it(panel.card.print))
    type_(Qt.Key.Key_Tab)
    assert has_it(panel.card.done)
    type_(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: panel.title.text() == "Encrypted" and has_it(panel.show_key))
    type_(Qt.Key.Key_Tab)
    assert has_it(panel.decrypt)
    type_(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(panel.message.buttons()) and has_it(panel.message.buttons()[0]))
    type_(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not panel.message.sentence and has_it(panel.show_key))
    panel.decrypt.setFocus()
    type_(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(panel.message.buttons()) and has_it(panel.message.buttons()[0]))
    type_(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not panel.message.sentence and has_it(panel.show_key))
    panel.decrypt.setFocus()
    type_(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(panel.message.buttons()) and has_it(panel.message.buttons()[0]))
    type_(Qt.Key.Key_Tab)
    assert has_it(panel.message.buttons()[1])
    type_(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: panel.title.text() == "Not encrypted" and has_it(panel.encrypt))
    assert keys.is_plain(database(start))


def test_the_groups_stand_from_left_to_right_in_every_window(
    panel: EncryptionPanel,
    start: FirstStart,
    keeper: MemoryKeeper,
    qtbot: QtBot,
    long_waits: None,
) -> None:
    start.window.settings.put("look.direction", "rtl")
    keeper.standing = KeyringState.USABLE
    panel.open()
    press(qtbot, panel.encrypt)
    qtbot.waitUntil(lambda: panel.card.isVisible() and len(panel.card._cells) == 13)
    first, second = (one.mapToGlobal(one.rect().center()).x() for one in panel.card._cells[:2])
    qtbot.waitUntil(lambda: panel.card._cells[0].width() > 0)
    assert panel.card.layoutDirection() is Qt.LayoutDirection.RightToLeft
    table = panel.card._cells[0].parentWidget()
    assert table is not None
    assert table.layoutDirection() is Qt.LayoutDirection.LeftToRight
    assert first < second


def test_the_words_in_the_status_bar_lead_to_the_section(start: FirstStart, qtbot: QtBot) -> None:
    status = start.window.status
    qtbot.waitUntil(lambda: not status.protection_place.isEmpty())
    qtbot.mouseClick(status, LEFT, pos=status.protection_place.center())
    qtbot.waitUntil(lambda: start.window.centre.page == "settings")
    found = start.window.centre.shown_page.panel("encryption")
    assert isinstance(found, EncryptionPanel)
    qtbot.waitUntil(found.isVisible)


def test_every_button_of_the_key_has_a_letter_of_its_own(
    panel: EncryptionPanel, start: FirstStart, keeper: MemoryKeeper, qtbot: QtBot
) -> None:
    keeper.standing = KeyringState.USABLE
    panel.open()
    press(qtbot, panel.encrypt)
    qtbot.waitUntil(panel.card.isVisible)
    letters = [
        one.text()[one.text().index("&") + 1].lower()
        for one in panel.card.findChildren(QPushButton)
        if "&" in one.text()
    ]
    assert sorted(letters) == sorted(set(letters))
    assert "p" in letters
