"""The card of a visit tells what its patient waits for, and leads there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.services.waitlist_commands import AddToWaitlist, WithdrawFromWaitlist
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.waitlist.page import WaitlistPage
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import Clinic, cells, opened


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    qtbot.waitUntil(lambda: made.waiting.offers is not None)
    yield made
    shut(made)
    QApplication.processEvents()


def test_each_entry_is_a_line_that_opens_it(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    front = clinic.front
    cell = next(c for c in cells(window) if c.patient_id is not None)
    kinds = [k for k in window.roster.types_for(None) if k.doctor_id is None][:3]
    made = [
        str(
            front.desk.execute(
                AddToWaitlist(
                    values={"patient_id": cell.patient_id, "type_id": kind.id, "latest": 720}
                )
            ).value
        )
        for kind in kinds
    ]
    window.doors.visit(cell.id)
    card = window.doors.appointment
    qtbot.waitUntil(lambda: card.isVisible() and len(card.waiting_lines.buttons) == 2)
    first, last = card.waiting_lines.buttons
    assert first.text() == f"Waits for {kinds[0].name}, any doctor, mornings, since today"
    assert last.text().endswith("; and 1 more")
    front.desk.execute(WithdrawFromWaitlist(entry_id=made[2], reason="Booked elsewhere"))
    front.operations.announce_external()
    qtbot.waitUntil(lambda: not card.waiting_lines.buttons[1].text().endswith("more"))
    QTest.mouseClick(card.waiting_lines.buttons[1], Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    page = window.centre.shown_page
    assert isinstance(page, WaitlistPage)
    qtbot.waitUntil(lambda: page.current is not None and page.current.entry.id == made[1])


def test_who_waits_for_nothing_has_no_line(window: MainWindow, qtbot: QtBot) -> None:
    cell = next(c for c in cells(window) if c.patient_id is not None)
    window.doors.visit(cell.id)
    card = window.doors.appointment
    qtbot.waitUntil(card.isVisible)
    qtbot.waitUntil(lambda: not window.context.operations._pending)
    assert card.waiting_lines.isHidden()
