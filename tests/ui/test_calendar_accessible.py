"""The painted grid as assistive technology meets it: asked in the process, and through a real
AT-SPI client on a real bus."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from clinic_desk.ui.calendar import accessible
from clinic_desk.ui.calendar.accessible_words import CURSOR, GridVoice, MonthVoice
from clinic_desk.ui.calendar.columns import day_columns
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.calendar.month_data import month_data
from clinic_desk.ui.calendar.month_view import MonthView
from clinic_desk.ui.look.theme import Theme
from tests.fakes import calendar_data as data

Text = QAccessible.Text


@pytest.fixture
def view(qtbot):
    accessible.install()
    grid = TimeGridView(Theme.for_tests(), data.Clock())
    qtbot.addWidget(grid)
    grid.resize(1400, 900)
    grid.show()
    qtbot.waitExposed(grid)
    picture = data.picture_day()
    grid.set_content(picture, day_columns(picture, data.TUESDAY))
    QApplication.processEvents()
    return grid


def test_the_grid_is_a_list_of_its_visits(view):
    whole = QAccessible.queryAccessibleInterface(view)
    assert whole.role() == QAccessible.Role.List
    assert whole.text(Text.Name) == "Calendar, Tue 24 Nov, 6 columns"
    assert whole.childCount() == 69
    first = whole.child(0)
    assert first.role() == QAccessible.Role.ListItem
    assert first.text(Text.Name) == (
        "08:00 to 08:30, Greta Hoffmann, follow-up, Dr Demir, completed"
    )
    assert first.text(Text.Description) == "column 1 of 6, 1 of 14"
    assert whole.indexOfChild(first) == 0
    assert whole.child(69) is None


def test_names_tell_the_wait_and_the_flags(view):
    voice = GridVoice(view)
    assert voice.name("a005") == (
        "10:45 to 11:15, Zofia Kowalczyk, urgent, Dr Demir, arrived, waiting 9 minutes, walk-in"
    )
    held = next(c.id for c in view.slice.cells if c.held_by)
    assert voice.name(held) == "11:15 to 11:45, held, follow-up, Dr Vogel, by M. Keller"


def test_states_follow_focus_and_selection(view):
    view.setFocus()
    view.focus_cell("a004")
    whole = QAccessible.queryAccessibleInterface(view)
    chosen = whole.focusChild()
    assert "Ana Lee" in chosen.text(Text.Name)
    assert chosen.state().selected
    assert chosen.state().focused
    assert not whole.child(0).state().selected


def test_the_empty_cell_under_the_cursor_is_a_child_too(view):
    view.setFocus()
    view.place_cursor(view.columns[0], data.at("14:30"))
    whole = QAccessible.queryAccessibleInterface(view)
    assert whole.childCount() == 70
    last = whole.child(69)
    assert last.text(Text.Name) == "14:30 free, Dr Demir"
    assert last.text(Text.Description) == "column 1 of 6"
    view.place_cursor(view.columns[0], data.at("19:00"))
    assert GridVoice(view).name(CURSOR) == "19:00 closed, Dr Demir"


def test_rectangles_are_where_the_blocks_are(view):
    whole = QAccessible.queryAccessibleInterface(view)
    rect = view.cell_rect("a004")
    spot = view.viewport().mapToGlobal(rect.center())
    assert "Ana Lee" in whole.childAt(spot.x(), spot.y()).text(Text.Name)
    assert whole.childAt(spot.x(), spot.y()).rect().size() == rect.size()


def test_an_item_outlives_its_visit_without_harm(view):
    whole = QAccessible.queryAccessibleInterface(view)
    item = whole.child(0)
    view.set_cursor(None)
    empty = data.slice_of([])
    view.set_content(empty, day_columns(empty, data.TUESDAY))
    assert whole.childCount() == 0
    assert not item.isValid()
    assert item.text(Text.Name) == ""
    assert item.state().invalid


def test_the_month_is_a_list_of_days(qtbot):
    accessible.install()
    month = MonthView(Theme.for_tests(), data.Clock())
    qtbot.addWidget(month)
    month.resize(1000, 700)
    month.show()
    queries = data.FakeQueries()
    days = MonthView.days_of(data.TUESDAY)
    loads = queries.loads(days[0], days[-1])
    month.set_content(month_data(queries.roster(), days, [], loads, None), data.TUESDAY)
    whole = QAccessible.queryAccessibleInterface(month)
    assert whole.text(Text.Name) == "Month, November 2026"
    assert whole.childCount() == 42
    voice = MonthVoice(month)
    words = voice.name(date(2026, 11, 26).isoformat())
    assert words.startswith("Thursday 26 November, ")
    assert "Dr Petra Vogel on leave" in words
    assert voice.place(date(2026, 11, 26).isoformat()) == "week 5 of 6, day 4 of 7"


NEEDED = ("Xvfb", "dbus-run-session")


def test_a_real_client_reads_visits_and_hears_the_focus():
    """Xvfb, a private session bus, the accessibility bus, our grid in one process and a client in
    another: window, list, items, description, and a focus event for each cursor move."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    launcher = Path("/usr/libexec/at-spi-bus-launcher")
    assert not missing, f"install {', '.join(missing)} to run this test"
    assert launcher.exists(), "install at-spi2-core to run this test"
    here = Path(__file__).with_name("atspi_session.py")
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "QT_QPA_PLATFORM": "xcb"}
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, str(here)],
        capture_output=True,
        text=True,
        timeout=240,
        env=environment,
        cwd=root,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    heard = json.loads(done.stdout.strip().splitlines()[-1])
    assert heard["list"] == "Calendar, Tue 24 Nov, 6 columns"
    assert heard["children"] == 69
    assert heard["first"] == "08:00 to 08:30, Greta Hoffmann, follow-up, Dr Demir, completed"
    assert heard["place"] == "column 1 of 6, 1 of 14"
    assert heard["focused"], "no focus event arrived"
    assert any("Ana Lee" in name for name in heard["focused"])
    assert any("14:30 free, Dr Demir" in name for name in heard["focused"])
