"""The shelf: cards, keys, dragging in and out, and its life across a restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.services.commands import MoveAppointment, ParkAppointment, UnparkAppointment
from clinic_desk.ui.calendar.shelf_cards import (
    AGE_ROLE,
    DETAIL_ROLE,
    ORIGIN_ROLE,
    ORIGINS_ROLE,
    age_text,
)
from clinic_desk.ui.calendar.shelf_panel import WIDTH, ShelfPanel
from clinic_desk.ui.calendar.shelf_rail import WIDTH as RAIL
from clinic_desk.ui.geometry.gesture_machine import Means, State
from clinic_desk.ui.look.theme import Theme
from tests.fakes.drag_stage import DAY, NOW, Stage, at, visit

Key = Qt.Key


@pytest.fixture
def stage(tmp_path: Path, qtbot: QtBot) -> Iterator[Stage]:
    stage = Stage(tmp_path, Theme.for_tests())
    qtbot.addWidget(stage)
    stage.show()
    stage.activateWindow()
    stage.settle(lambda: stage.ready)
    yield stage
    stage.shut()


def park(stage: Stage, *rows: str) -> None:
    for row in rows:
        stage.gate.execute(ParkAppointment(appointment_id=row))
    stage.shelf.reload()
    stage.load()
    stage.settle(lambda: stage.shelf.model.rowCount() == len(rows))


def card_spot(stage: Stage, row: int) -> QPoint:
    return stage.shelf.list.visualRect(stage.shelf.model.index(row)).center()


def test_a_card_says_who_how_long_and_from_where(stage: Stage) -> None:
    park(stage, "lee")
    stage.clock.advance(minutes=4)
    index = stage.shelf.model.index(0)
    assert index.data() == "Lee, Ana"
    assert index.data(DETAIL_ROLE) == "Follow-up · 30 min"
    stage.settle(lambda: index.data(ORIGIN_ROLE))
    assert index.data(ORIGIN_ROLE) == "Dr Wu · from Tue 09:30"
    # where there is little room the time stays: the badge tells the doctor as well
    forms = index.data(ORIGINS_ROLE)
    assert forms == ("Dr Wu · from Tue 09:30", "from Tue 09:30", "Tue 09:30", "Tue 09:30")
    assert index.data(AGE_ROLE) == "4 min"
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Lee, Ana, Follow-up · 30 min, Dr Wu · from Tue 09:30, parked 4 min ago"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "now"), (1, "1 min"), (59, "59 min"), (60, "1 h"), (47 * 60, "47 h"), (3 * 1440, "3 d")],
)
def test_age(minutes: int, words: str) -> None:
    assert age_text(NOW, NOW + timedelta(minutes=minutes)) == words


def test_the_origin_stays_held(stage: Stage) -> None:
    park(stage, "lee")
    stage.drag(stage.hold("rossi"), stage.spot("wu", "09:30") + QPoint(0, 8))
    stage.rest()
    assert stage.control.desk.card.isVisible()
    assert stage.row("rossi").doctor_id == "roy"


def test_drag_a_card_out_onto_the_grid(stage: Stage) -> None:
    park(stage, "lee", "hall")
    view = stage.shelf.list.viewport()
    start = card_spot(stage, 1)
    goal = stage.grid.viewport().mapToGlobal(stage.spot("iyer", "14:00"))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start - QPoint(20, 0))
    assert stage.control.gesture.carrying
    assert stage.control.gesture.state is State.OVER_SHELF
    QTest.mouseMove(view, view.mapFromGlobal(goal))
    assert stage.control.gesture.state is State.OVER_GRID
    assert stage.control.scene.picture.ghosts[0].head == "14:00–14:30"
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=view.mapFromGlobal(goal))
    stage.rest()
    command = stage.last_command()
    assert isinstance(command, MoveAppointment)
    assert (stage.row("hall").doctor_id, stage.row("hall").start) == ("iyer", at("14:00"))
    stage.settle(lambda: stage.shelf.model.rowCount() == 1)


def test_escape_closes_the_refusal_of_a_card_from_the_shelf(stage: Stage) -> None:
    park(stage, "lee")
    stage.shelf.focus_cards()
    view = stage.shelf.list.viewport()
    start = card_spot(stage, 0)
    goal = stage.grid.viewport().mapToGlobal(stage.spot("roy", "11:30"))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start - QPoint(20, 0))
    QTest.mouseMove(view, view.mapFromGlobal(goal))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=view.mapFromGlobal(goal))
    stage.rest()
    assert stage.control.desk.card.isVisible()
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Key.Key_Escape)
    assert not stage.control.desk.card.isVisible()


def test_a_card_dropped_back_on_the_shelf_stays(stage: Stage) -> None:
    park(stage, "lee")
    view = stage.shelf.list.viewport()
    start = card_spot(stage, 0)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start + QPoint(0, 120))
    assert stage.control.label_text == "Already on the shelf"
    before = len(stage.gate.commands)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(0, 120))
    stage.rest()
    assert len(stage.gate.commands) == before


def test_a_card_can_go_back_to_its_own_time_on_the_grid(stage: Stage) -> None:
    park(stage, "lee")
    stage.control.place_card(stage.shelf.model.index(0).data(Qt.ItemDataRole.UserRole + 1))
    stage.key(Key.Key_Return)
    stage.rest()
    stage.settle(lambda: stage.shelf.model.rowCount() == 0)
    assert stage.row("lee").start == at("09:30")


def test_enter_is_place_mode(stage: Stage) -> None:
    park(stage, "lee", "hall")
    stage.shelf.focus_cards()
    QTest.keyClick(stage.shelf.list, Key.Key_Down)
    QTest.keyClick(stage.shelf.list, Key.Key_Return)
    assert stage.control.gesture.means is Means.KEYS
    assert stage.grid.hasFocus()
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Return):
        stage.key(key)
    stage.rest()
    assert (stage.row("hall").doctor_id, stage.row("hall").start) == ("iyer", at("11:00"))


def test_place_mode_on_another_day_starts_in_the_doctors_column(stage: Stage) -> None:
    park(stage, "hall")
    thursday = DAY + timedelta(days=2)
    stage.show_day(thursday)
    stage.settle(lambda: stage.grid.columns[0].day == thursday)
    stage.shelf.focus_cards()
    QTest.keyClick(stage.shelf.list, Key.Key_Return)
    ghost = stage.control.scene.picture.ghosts[0]
    assert ghost.head == "11:00–11:30"
    for key in (Key.Key_Down, Key.Key_Return):
        stage.key(key)
    stage.rest()
    assert stage.row("hall").start == at("11:15", thursday)


def test_delete_returns_to_the_origin(stage: Stage) -> None:
    park(stage, "lee")
    stage.shelf.focus_cards()
    QTest.keyClick(stage.shelf.list, Key.Key_Delete)
    stage.settle(lambda: stage.shelf.model.rowCount() == 0)
    assert stage.last_command() == UnparkAppointment(appointment_id="lee")
    assert stage.row("lee").start == at("09:30")
    assert stage.toasts


def test_collapses_to_a_rail_with_the_count(stage: Stage) -> None:
    park(stage, "lee", "hall")
    assert stage.shelf.width() == WIDTH
    stage.shelf.toggle()
    QApplication.processEvents()
    assert stage.shelf.width() == RAIL
    texts = [w.accessibleName() for w in stage.shelf.findChildren(QWidget) if w.isVisible()]
    assert "Open the shelf, 2 parked" in texts
    stage.drag(stage.hold("rossi"), stage.onto(stage.shelf))
    stage.settle(lambda: stage.shelf.model.rowCount() == 3)
    stage.shelf.toggle()
    assert stage.shelf.width() == WIDTH


def test_survives_a_restart(stage: Stage, qtbot: QtBot) -> None:
    park(stage, "lee")
    other = ShelfPanel(stage.context)
    qtbot.addWidget(other)
    stage.settle(lambda: other.model.rowCount() == 1)
    assert other.model.index(0).data() == "Lee, Ana"


def test_warns_from_thirty(stage: Stage) -> None:
    rows = [
        visit(f"v{n}", "iyer", f"{9 + n // 4:02}:{n % 4 * 15:02}", 15, patient="park",
              day=at("09:00").date() + timedelta(days=2 + n // 12))
        for n in range(12)
    ]  # fmt: skip
    with stage.store.unit_of_work(stage.actor) as work:
        for week in range(3):
            for row in rows:
                shift = timedelta(days=7 * week)
                fresh = visit(
                    f"{row.id}-{week}", "iyer", f"{row.start:%H:%M}", 15, patient="park",
                    day=(row.start + shift).date(),
                )  # fmt: skip
                work.add(fresh, "created")
        work.commit()
    ids = [f"v{n}-{week}" for week in range(3) for n in range(12)]
    park(stage, *ids[:29])
    warning = stage.shelf.warning
    assert not warning.isVisible()
    stage.gate.execute(ParkAppointment(appointment_id=ids[29]))
    stage.shelf.reload()
    stage.settle(lambda: stage.shelf.model.rowCount() == 30)
    assert warning.isVisible()
    assert warning.text().startswith("30 visits are parked.")


def test_an_empty_shelf_says_what_it_is_for(stage: Stage) -> None:
    assert "Nothing parked" in stage.shelf.empty.text()
    assert stage.shelf.empty.isVisible()
    park(stage, "lee")
    assert not stage.shelf.empty.isVisible()
