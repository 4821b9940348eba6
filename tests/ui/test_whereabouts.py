"""A window tells where it is without telling about whom, and goes back there."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from clinic_desk.ui.main_window import MainWindow, whereabouts

pytestmark = pytest.mark.usefixtures("long_waits")


def place(told: list[Any]) -> dict[str, str]:
    answer: dict[str, str] = json.loads(told[-1]["back"])
    return answer


def test_page_and_day_are_told_and_come_back(window: MainWindow, qtbot: QtBot) -> None:
    told: list[Any] = []
    whereabouts.follow(window, told.append)
    first = window.day
    assert place(told) == {"page": "", "day": first.isoformat()}
    window.go_to(first + timedelta(days=9))
    qtbot.waitUntil(lambda: place(told)["day"] == (first + timedelta(days=9)).isoformat())
    window.show_page("waitlist")
    qtbot.waitUntil(lambda: place(told)["page"] == "waitlist")
    said = told[-1]["back"]
    window.show_calendar()
    window.go_to(first)
    qtbot.waitUntil(lambda: place(told) == {"page": "", "day": first.isoformat()})
    whereabouts.go_back(window, said)
    qtbot.waitUntil(lambda: place(told)["page"] == "waitlist")
    assert window.day == first + timedelta(days=9)


@pytest.mark.parametrize("said", ["", "{", "[]", '{"page": "flow"}', '{"page": 3, "day": "x"}'])
def test_what_cannot_be_read_moves_nothing(said: str, window: MainWindow) -> None:
    before = (window.day, window.centre.page)
    whereabouts.go_back(window, said)
    assert (window.day, window.centre.page) == before


def test_a_second_start_brings_the_wished_page(window: MainWindow, qtbot: QtBot) -> None:
    window.showMinimized()
    whereabouts.come_forward(window, {"view": "waitlist", "doctor": ""})
    qtbot.waitUntil(lambda: window.centre.page == "waitlist")
    assert not window.isMinimized()
    whereabouts.come_forward(window, {"view": "nonsense"})
    assert window.centre.page == "waitlist"


def test_a_second_start_leaves_a_window_as_large_as_it_was(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.showMaximized()
    window.showMinimized()
    whereabouts.come_forward(window, {})
    qtbot.waitUntil(lambda: window.isVisible() and not window.isMinimized())
    assert window.isMaximized()


def test_a_fall_is_told_with_the_place_of_the_report(window: MainWindow, tmp_path: Path) -> None:
    whereabouts.tell_of_fall(window, tmp_path)
    assert str(tmp_path) in window.centre.message._text.text()
