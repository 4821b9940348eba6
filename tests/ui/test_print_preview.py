"""Secrets on paper: the preview over a dialog of the real window, and over the recovery key's."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintPreviewWidget
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.services.encryption import RecoveryKey
from clinic_desk.ui.login.own_secret import OwnSecretDialog
from clinic_desk.ui.settings.recovery_paper import print_key
from clinic_desk.ui.widgets.print_preview import PrintPreview
from tests.fakes.log_in import House, until

KEY = RecoveryKey("0123456789abcdef", tuple(f"A{number:03}" for number in range(14)))


@pytest.fixture
def house(tmp_path: Path, qtbot: QtBot) -> Iterator[House]:
    made = House(tmp_path / "clinic")
    yield made
    made.close()


def laid_out(above: QWidget) -> PrintPreview:
    """The preview, when it has drawn its sheet; nobody but itself keeps it or its printer."""
    gc.collect()
    until(lambda: above.findChildren(PrintPreview), "the preview")
    (preview,) = above.findChildren(PrintPreview)
    (pages,) = preview.findChildren(QPrintPreviewWidget)
    until(lambda: preview.isVisible() and pages.pageCount() == 1, "the sheet")
    drawn: list[int] = []
    preview.paintRequested.connect(lambda target: drawn.append(target.width()))
    upright = preview.printer().width()
    pages.setLandscapeOrientation()
    until(lambda: drawn and drawn[-1] > upright, "the sheet laid on its side")
    return preview


def closed(preview: PrintPreview) -> None:
    gone: list[bool] = []
    preview.destroyed.connect(lambda: gone.append(True))
    preview.close()
    until(lambda: gone, "the end of the preview")


def test_the_recovery_code_is_looked_at_before_it_is_printed(house: House) -> None:
    window = house.come_in("Maria")
    window.actions_["session.secret"].trigger()
    (dialog,) = window.findChildren(OwnSecretDialog)
    until(dialog.old.hasFocus, "the field")
    until(dialog.subtitle_label.text, "whose it is")
    house.type("2580")
    QTest.mouseClick(dialog.fresh, Qt.MouseButton.LeftButton)
    until(lambda: dialog.code.code.text(), "the code")
    QTest.mouseClick(dialog.code.print, Qt.MouseButton.LeftButton)
    closed(laid_out(dialog))
    dialog.close()


def test_so_is_the_recovery_key(qtbot: QtBot) -> None:
    above = QWidget()
    qtbot.addWidget(above)
    above.resize(900, 700)
    above.show()
    print_key(above, KEY)
    closed(laid_out(above))
