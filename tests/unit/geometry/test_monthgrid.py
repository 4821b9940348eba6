from __future__ import annotations

from datetime import date

import pytest

from clinic_desk.ui.geometry.monthgrid import (
    BarPart,
    MonthGrid,
    bar_parts,
    chips_that_fit,
    heat,
    month_days,
    months_later,
    week_number,
)


def test_november_2026_begins_in_october() -> None:
    days = month_days(2026, 11)
    assert len(days) == 42
    assert days[0] == date(2026, 10, 26)
    assert days[-1] == date(2026, 12, 6)
    assert month_days(2026, 11, 6)[0] == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("start", "first_weekday", "number"),
    [
        (date(2026, 11, 23), 0, 48),
        (date(2025, 12, 29), 0, 1),
        (date(2026, 12, 28), 0, 53),
        (date(2025, 12, 28), 6, 1),
        (date(2026, 1, 4), 6, 2),
    ],
)
def test_week_numbers(start: date, first_weekday: int, number: int) -> None:
    assert week_number(start, first_weekday) == number


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_months_later(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected


def test_cells_cover_the_area_without_gaps() -> None:
    grid = MonthGrid(1003, 611)
    assert sum(w * h for w, h in (grid.rect(i)[2:] for i in range(42))) == 1003 * 611
    for index in range(42):
        left, top, width, height = grid.rect(index)
        assert grid.index_at(left, top) == index
        assert grid.index_at(left + width - 1, top + height - 1) == index
    assert grid.index_at(1003, 5) is None


def test_mirrored_weeks_begin_at_the_right() -> None:
    grid = MonthGrid(700, 600, mirrored=True)
    assert grid.rect(0)[0] == 600
    assert grid.index_at(650, 10) == 0


def test_chips() -> None:
    assert chips_that_fit(118, 5) == (5, 0)
    assert chips_that_fit(118, 12) == (4, 8)
    assert chips_that_fit(20, 3) == (0, 3)


@pytest.mark.parametrize(
    ("share", "level"),
    [(0, 0), (0.1, 1), (0.5, 2), (0.74, 2), (0.75, 3), (0.94, 3), (0.95, 4), (1.2, 4)],
)
def test_heat(share: float, level: int) -> None:
    assert heat(share) == level


def test_bars_are_cut_at_weeks_and_keep_their_line_within_one():
    parts = bar_parts([(2, 9), (3, 3), (4, 6), (-5, 0)])
    assert parts == [
        BarPart(3, 0, 0, 0),
        BarPart(0, 2, 6, 0),
        BarPart(1, 3, 3, 1),
        BarPart(2, 4, 6, 1),
        BarPart(0, 7, 9, 0),
    ]


def test_the_longer_of_two_bars_stands_higher():
    assert [(p.bar, p.line) for p in bar_parts([(1, 2), (1, 5), (2, 3)])] == [
        (1, 0),
        (0, 1),
        (2, 2),
    ]


def test_a_bar_outside_the_month_is_not_drawn():
    assert bar_parts([(-9, -1), (42, 50)]) == []
