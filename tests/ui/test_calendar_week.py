"""Weeks of several doctors: lanes up to six, counts above; "+n" and crowded hours by mouse, key
and for assistive technology."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible

from clinic_desk.services.commands import ChangeStatus
from clinic_desk.ui.calendar.columns import week_columns
from clinic_desk.ui.calendar.grid_plan import GridPlan, Measure
from clinic_desk.ui.calendar.popover import VisitList
from tests.fakes import calendar_data as data
from tests.ui.test_calendar_page import MONDAY, gate, key, page, settled

__all__ = ["gate", "page"]
DAYS = [MONDAY + timedelta(days=i) for i in range(5)]


@pytest.fixture
def queries():
    return data.FakeQueries(list(data.crowd(20, 12, MONDAY, 5).cells), count=20)


@pytest.fixture
def week(qtbot, page):
    page.week_all = True
    settled(qtbot, page, lambda: page.set_view("week"))
    page.focus_grid()
    return page.grid()


def popover(page):
    found = [w for w in page.findChildren(VisitList) if w.isVisible()]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("count", "columns"), [(1, 5), (2, 10), (6, 30), (7, 5), (50, 5)])
def test_lanes_up_to_six_then_counts(count, columns):
    content = data.crowd(count, 4, MONDAY, 5)
    found = week_columns(content, DAYS)
    assert len(found) == columns
    assert found[0].density is (count > 6)
    assert found[0].sub_lane is (1 < count <= 6)


def test_a_crowded_hour_counts_what_begins_in_it():
    content = data.crowd(20, 12, MONDAY, 5)
    plan = GridPlan(week_columns(content, DAYS), content.cells, Measure(11, 4))
    crowds = plan.crowds[0]
    assert [(c.start, c.end, len(c.cells)) for c in crowds] == [
        (480, 540, 80),
        (540, 600, 80),
        (600, 660, 80),
    ]
    assert all(0.9 < c.share <= 1 for c in crowds)
    assert sum(len(c.cells) for day in plan.crowds for c in day) == len(content.cells)


def test_enter_lists_the_visits_of_an_hour(qtbot, page, week):
    column = week.columns[1]
    week.place_cursor(column, data.at("09:15", column.day))
    assert page.current_cell() is None
    assert week.selected_ids == []
    key(qtbot, week, Qt.Key.Key_Return)
    shown = popover(page)
    assert shown.list.count() == 80
    assert "09:00" in shown.list.item(0).text()
    with qtbot.waitSignal(page.open_requested) as opened:
        qtbot.keyClick(shown.list, Qt.Key.Key_Return)
    assert week.arrangement.cell_of(opened.args[0]).start == data.at("09:00", column.day)


def test_a_click_lists_them_too_and_status_keys_change_nothing(qtbot, page, week, gate):
    block = week.arrangement.blocks[2][0]
    week.ensure_visible(week.columns[2], block.start, block.end)
    spot = week.cell_rect(block.cell.id).center()
    qtbot.mouseClick(week.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    popover(page).close()
    key(qtbot, week, Qt.Key.Key_A)
    assert not any(isinstance(c, ChangeStatus) for c in gate.executed)


def test_arrows_walk_hours_and_empty_time(qtbot, week):
    column = week.columns[0]
    week.place_cursor(column, data.at("08:00", column.day))
    first = week.current_block()
    assert first.overflow
    key(qtbot, week, Qt.Key.Key_Down)
    assert week.current_block().start == data.at("09:00", column.day)
    key(qtbot, week, Qt.Key.Key_Up)
    assert week.current_block() == first
    key(qtbot, week, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert week.current_block().start == data.at("09:00", column.day)


def test_an_hour_is_read_as_a_whole_and_its_visits_one_by_one(page, week):
    column = week.columns[0]
    week.place_cursor(column, data.at("08:00", column.day))
    whole = QAccessible.queryAccessibleInterface(week)
    names = [
        whole.child(i).text(QAccessible.Text.Name) for i in range(len(week.arrangement.cells[0]))
    ]
    assert names[0] == "80 visits 08:00–09:00, Mon 23 Nov, 100% full, Enter lists them"
    assert all("Dr" in name for name in names[1:])


def test_a_visit_from_a_search_is_selected_inside_its_hour(page, week):
    wanted = week.arrangement.cells[3][5]
    assert week.focus_cell(wanted.id)
    assert [c.id for c in week.selected_cells()] == [wanted.id]


def test_booking_in_a_crowded_week_takes_a_free_doctor(qtbot, page, week):
    column = week.columns[1]
    week.place_cursor(column, data.at("15:00", column.day))
    with qtbot.waitSignal(page.book_requested) as asked:
        key(qtbot, week, Qt.Key.Key_Return)
    assert asked.args[0]["doctor_id"] == "d0"
    assert asked.args[0]["start"] == data.at("15:00", column.day)


def test_four_thousand_are_all_there_and_scroll_without_painting(qtbot, page):
    content = data.crowd(20, 40, MONDAY, 5)
    grid = page.grid()
    grid.set_content(content, week_columns(content, DAYS), week=True)
    assert set(grid.arrangement.by_id) == {c.id for c in content.cells}
    grid.viewport().grab()
    bar = grid.verticalScrollBar()
    for value in (bar.maximum(), 0):
        bar.setValue(value)
        grid.viewport().grab()
    painted = grid.painted_blocks
    for value in (bar.maximum(), bar.maximum() // 2, 0):
        bar.setValue(value)
        grid.viewport().grab()
    assert grid.painted_blocks == painted
