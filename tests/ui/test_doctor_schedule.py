"""Day and week of one doctor inside the doctor's view, by key, by mouse and by hand of others."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.services.commands import ChangeStatus
from clinic_desk.ui.doctor.page import DoctorPage
from clinic_desk.ui.main_window import MainWindow
from tests.ui.test_doctor_page import (
    LEFT,
    PATIENCE,
    TODAY,
    becomes,
    chosen_id,
    clinic,
    in_menu,
    key,
    page_of,
    stored,
    told,
    window,
)
from tests.ui.test_shell_window import Clinic

__all__ = ["clinic", "window"]
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def drawn(page: DoctorPage, first: date, days: int, qtbot: QtBot) -> None:
    wanted = (page.source.doctor_id, first, first + timedelta(days=days - 1))
    qtbot.waitUntil(lambda: page.schedule.loaded == wanted, timeout=PATIENCE)
    qtbot.waitUntil(page.schedule.grid.hasFocus, timeout=PATIENCE)


def test_the_day_is_drawn_and_worked_by_the_same_keys(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    inside = chosen_id(page)
    key(Key.Key_G)
    drawn(page, TODAY, 1, qtbot)
    assert window.centre.page == "doctor"
    assert page.schedule.isVisible()
    assert not page.agenda.isVisible()
    assert page.next_panel.isVisible()
    assert {c.doctor_id for c in page.schedule.grid.columns} == {page.source.doctor_id}
    qtbot.waitUntil(
        lambda: page.schedule.grid.selected_ids == [inside] or chosen_id(page) == inside
    )
    key(Key.Key_D)
    becomes(clinic, qtbot, inside, Status.COMPLETED)
    key(Key.Key_R)
    following = page.deeds.ahead
    row_id = next(i for i, status in following.items() if status is Status.IN_PROGRESS)
    assert row_id != inside
    becomes(clinic, qtbot, row_id, Status.IN_PROGRESS)
    qtbot.waitUntil(lambda: page.schedule.grid.selected_ids == [row_id], timeout=PATIENCE)
    key(Key.Key_V)
    qtbot.waitUntil(page.agenda.hasFocus, timeout=PATIENCE)
    assert page.view_buttons["agenda"].isChecked()
    assert not page.view_buttons["day"].isChecked()


def test_a_visit_of_the_week_is_chosen_and_opened(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    QTest.mouseClick(page.view_buttons["week"], LEFT)
    page.take_keyboard()
    monday = TODAY - timedelta(days=TODAY.weekday())
    drawn(page, monday, 7, qtbot)
    assert not page.scroller.isVisible()
    assert len(page.schedule.grid.columns) == 7
    data = page.schedule.grid.slice
    assert data is not None
    later = next(c for c in data.cells if c.start.date() == TODAY + timedelta(days=1))
    grid = page.schedule.grid
    assert grid.focus_cell(later.id)
    grid.select([])
    area = grid.cell_rect(later.id)
    assert area is not None
    QTest.mouseClick(grid.viewport(), LEFT, pos=area.center())
    qtbot.waitUntil(
        lambda: page.source.desk is not None and page.source.desk.day == TODAY + timedelta(days=1),
        timeout=PATIENCE,
    )
    qtbot.waitUntil(lambda: chosen_id(page) == later.id, timeout=PATIENCE)
    asked: list[str] = []
    page.visit_requested.connect(asked.append)
    key(Key.Key_Return)
    assert asked == [later.id]
    key(Key.Key_R)  # nobody is called in a day too early
    assert "not that day yet" in told(page)
    assert stored(clinic, later.id).status is later.status


def test_another_week_and_another_day(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    key(Key.Key_W)
    monday = TODAY - timedelta(days=TODAY.weekday())
    drawn(page, monday, 7, qtbot)
    key(Key.Key_PageDown, CTRL)
    drawn(page, monday + timedelta(days=7), 7, qtbot)
    key(Key.Key_G)
    drawn(page, TODAY + timedelta(days=7), 1, qtbot)
    QTest.mouseClick(page.today_button, LEFT)
    drawn(page, TODAY, 1, qtbot)


def test_free_time_says_where_it_is_booked_and_a_menu_has_the_deeds(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    key(Key.Key_G)
    drawn(page, TODAY, 1, qtbot)
    grid = page.schedule.grid
    empty = next(
        QPoint(x, y)
        for y in range(10, grid.viewport().height() - 10, 10)
        for x in (20, grid.viewport().width() // 2)
        if grid.hit(QPoint(x, y)).kind == "empty"
    )
    QTest.mouseDClick(grid.viewport(), LEFT, pos=empty)
    assert told(page).strip().startswith("This time is free. C opens the calendar")
    chosen = chosen_id(page)
    assert grid.focus_cell(chosen)
    key(Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = in_menu(page, qtbot)
    assert any("Open the visit" in action.text() for action in menu.actions())
    menu.close()


def test_what_another_desk_does_is_drawn(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    key(Key.Key_G)
    drawn(page, TODAY, 1, qtbot)
    desk = page.source.desk
    assert desk is not None
    coming = next(c for c in desk.cells if c.status is Status.CONFIRMED)
    clinic.front.other_desk().execute(ChangeStatus(appointment_id=coming.id, to=Status.NO_SHOW))
    window.context.operations.announce_external()

    def there() -> bool:
        cell = page.schedule.grid.arrangement.cell_of(coming.id)
        return cell is not None and cell.status is Status.NO_SHOW

    qtbot.waitUntil(there, timeout=PATIENCE)


def test_another_size_of_type_keeps_the_time_in_sight(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    key(Key.Key_G)
    drawn(page, TODAY, 1, qtbot)
    grid = page.schedule.grid

    def top() -> float:
        return grid.verticalScrollBar().value() / grid.arrangement.per_minute

    before, fine = top(), grid.arrangement.per_minute
    assert before > 6 * 60
    window.context.theme.scale = 1.5
    qtbot.waitUntil(lambda: grid.arrangement.per_minute > 1.4 * fine, timeout=PATIENCE)
    qtbot.waitUntil(lambda: abs(top() - before) < 2, timeout=PATIENCE)
