"""The year by load: where its days are, what colours them, and how a day is opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.ui.application import shut
from clinic_desk.ui.calendar.month_paint import heat_colour
from clinic_desk.ui.calendar.year_page import YearPage
from clinic_desk.ui.geometry.yeargrid import YearGrid, days_of
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import Clinic, opened

Key = Qt.Key
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("year", [2024, 2026, 2100])
@pytest.mark.parametrize("first_weekday", [0, 5, 6])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("size", [(1050, 620), (1700, 950), (600, 900)])
def test_every_day_has_its_place_in_its_month(
    year: int, first_weekday: int, mirrored: bool, size: tuple[int, int]
) -> None:
    grid = YearGrid(year, float(size[0]), float(size[1]), 44.0, first_weekday, mirrored)
    places = set()
    for day in days_of(year):
        box = grid.day(day)
        month = grid.month(day.month)
        assert grid.at(box.x + box.width / 2, box.y + box.height / 2) == day
        assert month.x - 0.01 <= box.x
        assert box.x + box.width <= month.x + month.width + 0.01
        assert box.y + box.height <= month.y + month.height + 0.01
        places.add((round(box.x), round(box.y)))
        if day.weekday() == first_weekday and not mirrored:
            assert box.x == pytest.approx(month.x)
    assert len(places) == len(days_of(year)) == (366 if year == 2024 else 365)
    assert grid.at(-5, 10) is None
    assert grid.month(12).x + grid.month(12).width <= size[0] + 0.01


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> YearPage:
    QTest.keyClick(
        QApplication.focusWidget() or window, Key.Key_6, Qt.KeyboardModifier.ControlModifier
    )
    qtbot.waitUntil(lambda: isinstance(window.centre.page_named("year"), YearPage))
    made = window.centre.page_named("year")
    assert isinstance(made, YearPage)
    qtbot.waitUntil(lambda: made.loaded and made.view.hasFocus())
    return made


def test_a_day_has_the_colour_and_the_words_of_its_load(page: YearPage, clinic: Clinic) -> None:
    loads = clinic.queries.loads(TODAY, TODAY)
    booked = sum(one.load.booked for one in loads)
    capacity = sum(one.load.capacity for one in loads)
    assert 0 < booked < capacity
    assert page.view.words(TODAY) == (
        f"Tuesday 24 November 2026: {booked / capacity:.0%} booked, "
        f"{booked} of {capacity} half hours"
    )
    day = TODAY - timedelta(days=6)
    fill = page.view.fills[day]
    box = page.view.day_rect(day)
    corner = box.topLeft().toPoint()
    corner += type(corner)(4, 4)
    assert page.view.grab().toImage().pixelColor(corner) == heat_colour("light", fill.share)


def test_keys_walk_and_enter_opens_the_day(
    page: YearPage, window: MainWindow, qtbot: QtBot
) -> None:
    for key, day in (
        (Key.Key_Right, date(2026, 11, 25)),
        (Key.Key_Down, date(2026, 12, 2)),
        (Key.Key_PageUp, date(2026, 11, 2)),
        (Key.Key_Home, date(2026, 11, 1)),
        (Key.Key_End, date(2026, 11, 30)),
        (Key.Key_T, TODAY),
        (Key.Key_Up, date(2026, 11, 17)),
    ):
        QTest.keyClick(page.view, key)
        assert page.view.day == day
    QTest.keyClick(page.view, Key.Key_Return)
    qtbot.waitUntil(lambda: window.day == date(2026, 11, 17) and not page.isVisible())


def test_a_click_opens_the_day_and_another_year_is_counted(
    page: YearPage, window: MainWindow, qtbot: QtBot
) -> None:
    QTest.keyClick(page.view, Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier)
    assert page.view.year == 2027
    qtbot.waitUntil(lambda: page.loaded and page.subtitle.text().startswith("2027 ·"))
    QTest.mouseClick(page.before, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.loaded and page.subtitle.text().startswith("2026 ·"))
    place = page.view.day_rect(date(2026, 3, 5)).center().toPoint()
    QTest.mouseClick(page.view, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: window.day == date(2026, 3, 5) and not page.isVisible())


def test_one_doctor_alone_and_closed_days(page: YearPage, clinic: Clinic, qtbot: QtBot) -> None:
    roster: Any = page.source.roster
    days = {
        one.id: {row.weekday for row in roster.templates if row.doctor_id == one.id}
        for one in page.source.doctors()
    }
    doctor = next(one for one in page.source.doctors() if len(days[one.id]) < 7)
    weekday = next(number for number in range(7) if number not in days[doctor.id])
    page.doctor.setCurrentIndex(page.doctor.findData(doctor.id))
    page.doctor.activated.emit(page.doctor.currentIndex())
    assert not page.loaded
    qtbot.waitUntil(lambda: page.loaded)
    closed = date(2026, 11, 2) + timedelta(days=weekday)
    assert page.view.fills[closed].capacity == 0
    assert "booked" not in page.view.words(closed)
    loads = clinic.queries.loads(TODAY, TODAY, (doctor.id,))
    assert page.view.fills[TODAY].booked == sum(one.load.booked for one in loads)
    asked: list[Any] = []
    page.show_day_requested.connect(asked.append)
    QTest.keyClick(page.view, Key.Key_Return)
    assert asked == [(page.view.day, doctor.id)]
