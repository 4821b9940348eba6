"""What a frame may cost: cold pictures in slices, plans made off the main thread."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication

from clinic_desk.ui.calendar.columns import day_columns, week_columns
from clinic_desk.ui.calendar.grid_plan import GridPlan
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.look.theme import Theme
from tests.fakes import calendar_data as data
from tests.fakes.counting import steps
from tests.ui.test_calendar_page import gate, page, queries

__all__ = ["gate", "page", "queries"]
MONDAY = data.TUESDAY - timedelta(days=1)
DAYS = [MONDAY + timedelta(days=i) for i in range(5)]


@pytest.fixture
def view(qtbot):
    grid = TimeGridView(Theme.for_tests(), data.Clock())
    qtbot.addWidget(grid)
    grid.resize(1864, 1008)
    grid.show()
    qtbot.waitExposed(grid)
    crowd = data.crowd(20, 40)
    grid.set_content(crowd, day_columns(crowd, data.TUESDAY))
    grid.grab()
    return grid


def test_a_cold_picture_is_painted_in_slices_until_it_is_complete(qtbot, view):
    whole = view.viewport().grab().toImage()
    view.surface.tiles.clear()
    view.surface.budget = 0.0
    painted = view.surface.tiles.painted
    view.viewport().repaint()
    assert view.surface.late
    assert view.surface.tiles.painted == painted + 1
    qtbot.waitUntil(lambda: not view.surface.late)
    assert view.viewport().grab().toImage() == whole


def test_the_last_picture_stands_in_until_the_new_one_is_there(view):
    """After a zoom nothing is blank: the old picture is stretched."""
    view.surface.budget = 0.0
    view.set_zoom(30)
    image = view.viewport().grab().toImage()
    assert view.surface.late
    block = view.arrangement.by_id["15-0-3"]
    spot = view.cell_rect(block.cell.id).center()
    colours = {image.pixel(spot.x() + dx, spot.y()) for dx in range(-30, 30)}
    assert len(colours) > 3, "words of the old picture"


def test_without_an_old_picture_blocks_are_plain_shapes(view):
    view.surface.budget = 0.0
    view.surface.tiles.clear()
    view.surface.stand_in.forget()
    image = view.viewport().grab().toImage()
    cell = view.arrangement.by_id["15-0-3"].cell
    spot = view.cell_rect(cell.id).center()
    assert image.pixelColor(spot) == view.surface.blocks.colour(cell.doctor_id).fill


def test_a_plan_made_elsewhere_is_used_as_it_is(view):
    content = data.crowd(6, 40, MONDAY, 5)
    plan = GridPlan(week_columns(content, DAYS), content.cells, view.measure(week=True))
    view.set_content(content, plan.columns, week=True, plan=plan)
    assert view.arrangement.plan is plan
    view.resize(1500, 900)
    QApplication.processEvents()
    assert view.arrangement.plan is plan
    view.set_zoom(5)
    assert view.arrangement.plan is not plan


def test_the_pages_plan_comes_from_the_reader(qtbot, page, monkeypatch):
    """The main thread plans nothing when a day is turned."""
    plans = []
    monkeypatch.setattr(
        "clinic_desk.ui.calendar.grid_canvas.GridPlan", lambda *_args: plans.append(1)
    )
    monkeypatch.setattr(
        "clinic_desk.ui.calendar.grid_view.GridPlan", lambda *_args: plans.append(1)
    )
    with qtbot.waitSignal(page.loaded):
        page.step(1)
    assert plans == []
    assert page.grid().columns[0].day == page.day


def test_what_a_replaced_visit_costs_the_main_thread(view):
    """Ten times the visits are no ten times the work: the plan was made elsewhere, and what is not
    in sight is not painted. (How long it takes: `make bench`.)"""
    few, many = data.crowd(6, 13, MONDAY, 5), data.crowd(6, 134, MONDAY, 5)
    assert (len(few.cells), len(many.cells)) == (390, 4020)
    made = []
    for content in (few, many):
        columns = week_columns(content, DAYS)
        plan = GridPlan(columns, content.cells, view.measure(week=True))
        made.append(steps(lambda: view.set_content(content, columns, week=True, plan=plan)))  # noqa: B023
    more = (made[1] - made[0]) / (4020 - 390)
    assert more < 1.5, "calls for one visit more; 0.55 when this was written"
