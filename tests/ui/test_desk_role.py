"""At a receptionist's desk: what is not for it is disabled and says why, before it is pressed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.permissions import DEFAULTS, Role
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.planning.absence import AbsencePage
from clinic_desk.ui.planning.time_off import TimeOffPage
from clinic_desk.ui.roster.panel import RecordPanel
from clinic_desk.ui.runtime.allowed import INSISTING, hold_back
from clinic_desk.ui.settings.page import SettingsPage
from clinic_desk.ui.wizard.page import WizardPage
from tests.fakes.absences import ask_leave, request_of
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import Clinic, opened

PATIENCE = 60_000
Key = Qt.Key


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    front = open_desk(tmp_path, Theme.for_tests())
    actor = replace(
        front.context.actor, role=Role.RECEPTIONIST, permissions=DEFAULTS[Role.RECEPTIONIST]
    )
    front.context = replace(front.context, actor=actor)
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


def test_time_off_is_a_doctors_to_ask_for_and_a_managers_to_decide(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    request_id = ask_leave(clinic.front)
    assert window.show_page("time_off", request_id)
    page = window.centre.shown_page
    assert isinstance(page, TimeOffPage)
    qtbot.waitUntil(
        lambda: (card := page.list.current()) is not None and card.request.id == request_id,
        timeout=PATIENCE,
    )
    for actions, words in (
        (("approve", "decline"), "decide on"),
        (("change", "withdraw"), "ask for"),
    ):
        for action in actions:
            button = page.bar.buttons[action]
            assert not button.isEnabled()
            assert f"A receptionist may not {words} time off" in button.toolTip()
    page.list.setFocus()
    QTest.keyClick(page.list, Key.Key_A)
    qtbot.waitUntil(lambda: "Ask a manager" in window.toast.text, timeout=PATIENCE)
    row = request_of(clinic.front, request_id)
    assert row is not None
    assert row.status is TimeOffStatus.REQUESTED
    assert window.show_page("absence", request_id)
    planner = window.centre.shown_page
    assert isinstance(planner, AbsencePage)
    assert not planner.approve_button.isEnabled()
    assert "may not decide" in planner.approve_button.toolTip()


@pytest.mark.parametrize("name", ["types", "doctors", "sites", "practice", "policies"])
def test_the_clinics_sections_are_for_reading(window: MainWindow, qtbot: QtBot, name: str) -> None:
    assert window.show_page(f"settings:{name}")
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    panel = page.panel(name)
    assert isinstance(panel, RecordPanel)
    qtbot.waitUntil(lambda: panel.record is not None and panel.form.isVisible(), timeout=PATIENCE)
    assert "Ask a manager" in panel.message.sentence
    assert "may not edit" in panel.form.toolTip()
    for row in panel.form.rows.values():
        assert not row.target.isEnabled()
    assert not panel.bar.save.isEnabled()
    if panel.side is not None:
        ids = [row.id for row in panel.side.list.rows() if row.id]
        panel.choose(ids[1])
        qtbot.waitUntil(
            lambda: panel.record is not None and panel.record.id == ids[1], timeout=PATIENCE
        )
        for button in panel.side.findChildren(QPushButton):
            assert not button.isEnabled()
            assert "may not edit" in button.toolTip()


def test_ways_past_a_rule_are_held_back(clinic: Clinic, qtbot: QtBot) -> None:
    ways = [WayOut("Go", action) for action in (*INSISTING, "place_at")]
    buttons = [QPushButton(way.label) for way in ways]
    for button in buttons:
        qtbot.addWidget(button)
    actor = clinic.front.context.actor
    hold_back(actor, buttons, ways)
    for way, button in zip(ways, buttons, strict=True):
        needs = INSISTING.get(way.action)
        may = needs is None or actor.may(needs)
        assert button.isEnabled() is may
        assert bool(button.toolTip()) is not may
    assert not all(button.isEnabled() for button in buttons)


def test_captions_stand_at_the_reading_start(tmp_path: Path, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLabel, QWidget

    from clinic_desk.ui.widgets.reading import lean_to_start

    root = QWidget()
    qtbot.addWidget(root)
    start, end = QLabel("Name", root), QLabel("30 min", root)
    end.setAlignment(Qt.AlignmentFlag.AlignRight)
    lean_to_start(root)
    assert start.alignment() & Qt.AlignmentFlag.AlignLeft
    root.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    before = end.alignment()
    lean_to_start(root)
    lean_to_start(root)
    across = start.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask
    assert across == Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
    assert end.alignment() == before


def test_the_set_up_is_for_reading(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    before = clinic.front.store.queries.roster()
    assert window.show_page("wizard")
    page = window.centre.shown_page
    assert isinstance(page, WizardPage)
    qtbot.waitUntil(lambda: page.roster is not None, timeout=PATIENCE)
    assert page.message.message is not None
    assert "Ask a manager" in page.message.message.sentence
    for number, step in enumerate(page.steps):
        qtbot.waitUntil(lambda step=step: page.current is step, timeout=PATIENCE)
        assert not step.isEnabled()
        assert "may not edit" in step.toolTip()
        if number < len(page.steps) - 1:
            QTest.mouseClick(page.next, Qt.MouseButton.LeftButton)
    QTest.mouseClick(page.back, Qt.MouseButton.LeftButton)
    assert page.current is page.steps[-2]
    QTest.mouseClick(page.next, Qt.MouseButton.LeftButton)
    QTest.mouseClick(page.next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.centre.page == "calendar", timeout=PATIENCE)
    assert clinic.front.store.queries.roster() == before
    assert clinic.front.store.queries.setting("setup.done", "clinic") is not True
