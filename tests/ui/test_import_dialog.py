"""The import dialog: files dropped on it, its end by Close, Esc and title bar, a second import."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QPushButton

from clinic_desk.app.clock import Uuid7
from clinic_desk.integrations.importing.run import FileImporter
from clinic_desk.ui.importing.dialog import ImportDialog
from tests.fakes.front_desk import FrontDesk
from tests.fakes.ui_ground import front_desk

__all__ = ["front_desk"]

LIST = "Record no,First name,Last name\nX{0},Imogen,Ashdown{0}\nX{0}b,,\n"


def a_list(folder: Path, number: int) -> Path:
    path = folder / f"list{number}.csv"
    path.write_text(LIST.format(number), "utf-8")
    return path


def opened(front_desk: FrontDesk) -> tuple[QMainWindow, ImportDialog]:
    window = QMainWindow()
    window.show()
    importer = FileImporter(front_desk.desk, front_desk.store.queries, front_desk.clock, Uuid7())
    dialog = ImportDialog(front_desk.context, importer, window)
    dialog.show()
    return window, dialog


def button(dialog: ImportDialog, text: str) -> QPushButton:
    found = [b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") == text]
    return found[0]


@pytest.mark.parametrize("way", ["Close", "Esc", "title bar"])
def test_it_can_be_closed_in_every_way_and_used_again(
    front_desk: FrontDesk, tmp_path: Path, way: str
) -> None:
    window, dialog = opened(front_desk)
    before = front_desk.store.queries.info().counts["patient"]
    for number in (1, 2):
        assert dialog.files.count() == 0
        dialog.add_files([a_list(tmp_path, number)])
        front_desk.settle(lambda: dialog.preview_rows() == 2)
        QTest.mouseClick(button(dialog, "Import"), Qt.MouseButton.LeftButton)
        front_desk.settle(lambda: dialog.report is not None)
        assert front_desk.store.queries.info().counts["patient"] == before + number
        if way == "Close":
            QTest.mouseClick(button(dialog, "Close"), Qt.MouseButton.LeftButton)
        elif way == "Esc":
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
        else:
            dialog.close()
        assert not dialog.isVisible()
        dialog.show()
    dialog.reject()
    window.deleteLater()


def test_what_was_only_looked_at_stays_on_the_list(front_desk: FrontDesk, tmp_path: Path) -> None:
    window, dialog = opened(front_desk)
    dialog.add_files([a_list(tmp_path, 1)])
    front_desk.settle(lambda: dialog.preview_rows() == 2)
    dialog.reject()
    dialog.show()
    assert dialog.files.count() == 1
    dialog.add_files([a_list(tmp_path, 2)])
    front_desk.settle(lambda: dialog.preview_rows() == 2)
    dialog.reject()
    window.deleteLater()
