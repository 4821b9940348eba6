"""A doctor's window says beforehand whose schedule is not theirs to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Verdict
from clinic_desk.domain.permissions import DEFAULTS, Role
from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.calendar.grid_canvas import Hit
from clinic_desk.ui.flow.cards import Card, Station
from clinic_desk.ui.flow.page import FlowPage
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.models.permitted import TAKES
from tests.fakes.drag_stage import Stage
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import Clinic, cells, opened

BARRED = "This changes the schedule of {}; yours is that of {}. Ask the front desk or a manager"


@pytest.fixture
def stage(tmp_path: Path, qtbot: QtBot) -> Iterator[Stage]:
    stage = Stage(tmp_path, Theme.for_tests())
    roy = replace(stage.actor, role=Role.DOCTOR, permissions=DEFAULTS[Role.DOCTOR], doctor_id="roy")
    stage.context.become(roy)
    qtbot.addWidget(stage)
    stage.show()
    stage.activateWindow()
    stage.settle(lambda: stage.ready)
    yield stage
    stage.shut()


def over(stage: Stage, row: str, doctor: str, clock: str) -> str:
    """The sentence at the pointer while the visit is carried there."""
    spot = stage.spot(doctor, clock) + QPoint(0, 8)
    stage.drag(stage.hold(row), spot, drop=False)
    chip = stage.control.scene.picture.chip
    assert chip is not None
    said = chip.sentence if chip.verdict is Verdict.REFUSE else ""
    stage.release(spot)
    stage.rest()
    return said


def test_a_drag_says_at_once_whose_schedule_it_is(stage: Stage) -> None:
    away = over(stage, "rossi", "iyer", "10:30")
    assert away.startswith(BARRED.format("Dr Iyer", "Dr Roy"))
    assert stage.control.desk.card.isVisible()
    assert stage.control.desk.card.sentence.startswith(away.rstrip("."))
    assert not [b for b in stage.control.desk.card.buttons() if b.isEnabled()]
    theirs = over(stage, "hall", "roy", "13:00")
    assert theirs.startswith(BARRED.format("Dr Wu", "Dr Roy"))
    assert stage.gate.commands == []
    assert over(stage, "rossi", "roy", "13:00") == ""
    assert len(stage.gate.commands) == 1


def test_the_shelf_says_at_once_whose_visit_may_not_be_parked(stage: Stage) -> None:
    stage.settle(lambda: stage.shelf._roster.roster is not None)
    spot = stage.onto(stage.shelf)
    stage.drag(stage.hold("hall"), spot, drop=False)
    assert stage.control.label_text == BARRED.format("Dr Wu", "Dr Roy").partition(". ")[0]
    assert not stage.shelf.zone.lit
    stage.release(spot)
    stage.rest()
    assert stage.control.desk.card.isVisible()
    assert stage.control.desk.card.sentence.startswith(BARRED.format("Dr Wu", "Dr Roy"))
    assert stage.gate.commands == []
    stage.drag(stage.hold("rossi"), spot, drop=False)
    assert stage.control.label_text == "Park here"
    assert stage.shelf.zone.lit
    stage.release(spot)
    stage.rest()
    assert len(stage.gate.commands) == 1


def test_only_the_own_column_is_lit(stage: Stage) -> None:
    stage.drag(stage.hold("rossi"), stage.spot("roy", "13:00"), drop=False)
    judge = stage.control.judge
    assert judge is not None
    areas = judge.open_areas(stage.cell("rossi"), 30, ["wu", "roy", "iyer"], stage.day, stage.day)
    assert {area.doctor_id for area in areas} == {"roy"}
    stage.release(stage.spot("roy", "13:00"))
    stage.rest()


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    front = open_desk(tmp_path, Theme.for_tests())
    own = next(iter(front.store.queries.roster().doctors))
    front.context.become(
        replace(
            front.context.actor,
            role=Role.DOCTOR,
            permissions=DEFAULTS[Role.DOCTOR],
            doctor_id=own,
        )
    )
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


def entries(menu: QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            yield from entries(below)
        elif action.objectName():
            yield action


def booked(window: MainWindow, own: bool) -> Cell:
    """A visit in the middle of the day, of this doctor or of another one."""
    mine = window.context.actor.doctor_id
    return next(
        cell
        for cell in cells(window)
        if (cell.doctor_id == mine) is own and cell.status.value == "scheduled"
    )


def menu_on(window: MainWindow, cell: Cell) -> dict[str, QAction]:
    grid = window.page.grid()
    grid.select([cell.id])
    window.page.actions_.show_menu(Hit("block"), grid.mapToGlobal(QPoint(80, 80)))
    menu = window.page.actions_.menu
    assert menu is not None
    found = {action.objectName(): action for action in entries(menu)}
    menu.close()
    return found


def test_the_menu_of_anothers_visit_says_why(window: MainWindow, qtbot: QtBot) -> None:
    found = menu_on(window, booked(window, own=False))
    for name in ("arrived", "cancel", "move", "park"):
        assert not found[name].isEnabled(), name
        assert "This changes the schedule of" in found[name].toolTip()
        assert found[name].statusTip() == found[name].toolTip()
    assert found["activate"].isEnabled()
    assert found["copy"].isEnabled()
    mine = menu_on(window, booked(window, own=True))
    for name in ("arrived", "cancel", "move", "park"):
        assert mine[name].isEnabled(), name


def test_a_key_on_anothers_visit_tells_the_reason(window: MainWindow, qtbot: QtBot) -> None:
    cell = booked(window, own=False)
    before = window.context.operations.queries.info().counts["event"]
    window.page.grid().select([cell.id])
    assert window.page.run_grid_action("arrived")
    qtbot.waitUntil(lambda: "This changes the schedule of" in window.toast.text, timeout=60_000)
    assert window.context.operations.queries.info().counts["event"] == before


def test_free_time_of_another_doctor_is_not_booked(window: MainWindow, qtbot: QtBot) -> None:
    grid = window.page.grid()
    other = next(c for c in grid.columns if c.doctor_id != window.context.actor.doctor_id)
    grid.place_cursor(other, grid.instant_at(other, 0))
    asked: list[object] = []
    window.page.book_requested.connect(asked.append)
    wish = grid.booking_at_cursor()
    assert wish is not None
    grid.book_requested.emit(wish)
    qtbot.waitUntil(lambda: "This changes the schedule of" in window.toast.text, timeout=60_000)
    assert asked == []


def test_every_named_action_is_one_of_the_grid_or_its_menus() -> None:
    from clinic_desk.ui.calendar.keymap import BY_NAME

    own = {"block_details", "extra_hours", "ask_time_off"}
    own |= {"accept", "decline", "edit", "late", "reinstate"}
    assert set(TAKES) - own <= set(BY_NAME)


def test_a_doctor_books_for_their_own_schedule(window: MainWindow, qtbot: QtBot) -> None:
    mine = window.context.actor.doctor_id
    patient = next(cell.patient_id for cell in cells(window) if cell.patient_id)
    window.doors.book(patient)
    dialog = window.doors.booking
    qtbot.waitUntil(
        lambda: dialog.openings.current is not None and dialog.hold.settled, timeout=60_000
    )
    assert {row.slot.doctor_id for row in dialog.rows.rows()} == {mine}
    box = dialog.doctor_box
    rows = box.model()
    assert isinstance(rows, QStandardItemModel)
    for number in range(box.count()):
        assert rows.item(number).isEnabled() is (box.itemData(number) == mine)
    assert not dialog.any_chip.isEnabled()
    assert "another doctor" in dialog.any_chip.toolTip()
    other = next(one.id for one in dialog.source.doctors() if one.id != mine)
    start = window.context.clock.now() + timedelta(hours=3)
    dialog.open_at(other, start)
    qtbot.waitUntil(
        lambda: "This changes the schedule of" in dialog.message.sentence, timeout=60_000
    )
    assert dialog.hold.idle
    dialog.reject()


def test_the_card_of_a_visit_says_why_and_comes_back_for_the_own_one(
    window: MainWindow, qtbot: QtBot
) -> None:
    card = window.doors.appointment
    other, own = booked(window, own=False), booked(window, own=True)
    window.doors.visit(other.id)
    qtbot.waitUntil(
        lambda: card.isVisible() and card.view is not None and card.view.cell.id == other.id,
        timeout=60_000,
    )
    buttons = (card.cancel_visit_button, card.move_button, card.shelf_button)
    fields = (card.reason, card.notes, card.type_box, card.room_box)
    for widget in (*buttons, *fields, card.status_buttons["arrived"]):
        assert not widget.isEnabled()
        assert "This changes the schedule of" in widget.toolTip()
    assert card.patient_button.isEnabled()
    card.reject()
    window.doors.visit(own.id)
    qtbot.waitUntil(
        lambda: card.isVisible() and card.view is not None and card.view.cell.id == own.id,
        timeout=60_000,
    )
    for widget in (*buttons, *fields, card.status_buttons["arrived"]):
        assert widget.isEnabled()
        assert "This changes" not in widget.toolTip()
    card.reject()


def test_the_boards_cards_say_why(window: MainWindow, qtbot: QtBot) -> None:
    assert window.show_page("flow")
    page = window.centre.shown_page
    assert isinstance(page, FlowPage)
    mine = window.context.actor.doctor_id
    before = window.context.operations.queries.info().counts["event"]

    def theirs() -> list[Card]:
        """Cards of other doctors' visits of whom somebody is still expected."""
        cards = page.deeds._flow.columns.get(Station.EXPECTED, ())
        return [
            one
            for one in cards
            if one.cell.doctor_id != mine and one.cell.status is Status.SCHEDULED
        ]

    qtbot.waitUntil(lambda: bool(theirs()), timeout=60_000)
    card = theirs()[0]
    page.deeds.act("arrived", card)
    assert page.message.message is not None
    assert "This changes the schedule of" in page.message.message.sentence
    page.deeds.open_menu(card)
    assert page.deeds.menu is not None
    found = {action.objectName(): action for action in entries(page.deeds.menu)}
    page.deeds.menu.close()
    for name in ("arrived", "cancel", "late", "move"):
        assert not found[name].isEnabled(), name
        assert "This changes the schedule of" in found[name].toolTip()
    drag_says_why(page, card.id, qtbot)
    assert window.context.operations.queries.info().counts["event"] == before


def drag_says_why(page: FlowPage, row_id: str, qtbot: QtBot) -> None:
    """While the card is above the column, and again when it is let go there."""
    page.message.clear()
    surface = page.surface
    surface.select(row_id)
    qtbot.waitUntil(lambda: surface.spot(row_id) is not None, timeout=60_000)
    view = surface.viewport()
    start = surface.card_rect(row_id).topLeft() + QPoint(40, 12)
    goal = QPoint(surface.column_rect(1).center().x(), start.y())
    QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(view, start + QPoint(20, 4))
    QTest.mouseMove(view, goal)
    assert surface.drag is not None
    assert surface.drag.way is not None
    assert not surface.drag.way.possible
    assert "This changes the schedule of" in surface.drag.way.why
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, goal)
    assert page.message.message is not None
    assert "This changes the schedule of" in page.message.message.sentence
