"""Absences of several days in the month: one bar, first in the day, on one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clinic_desk.domain.templates import TimeOffRequest, TimeOffStatus
from clinic_desk.ui.calendar.month_data import month_data
from clinic_desk.ui.calendar.month_view import MonthView
from clinic_desk.ui.geometry.monthgrid import month_days
from clinic_desk.ui.look.theme import Theme
from tests.fakes import calendar_data as data

DAYS = month_days(2026, 11)


def leave(number, doctor, first, last, status=TimeOffStatus.APPROVED):
    return TimeOffRequest(
        id=f"t{number}",
        doctor_id=doctor,
        start=data.at("00:00", first),
        end=data.at("23:59", last),
        reason="Leave",
        status=status,
    )


@pytest.fixture
def content():
    queries = data.FakeQueries()
    book = replace(
        data.roster(6),
        time_off=(
            leave(0, "d2", date(2026, 11, 19), date(2026, 11, 26)),
            leave(1, "d1", date(2026, 11, 25), date(2026, 11, 27)),
            leave(2, "d0", date(2026, 11, 24), date(2026, 11, 24)),
            leave(3, "d3", date(2026, 11, 3), date(2026, 11, 4), TimeOffStatus.DECLINED),
        ),
    )
    cells = queries.cells(DAYS[0], DAYS[-1])
    return month_data(book, DAYS, cells, queries.loads(DAYS[0], DAYS[-1]), None)


@pytest.fixture
def month(qtbot, content):
    view = MonthView(Theme.for_tests(), data.Clock())
    qtbot.addWidget(view)
    view.resize(1400, 900)
    view.set_mode("list")
    view.set_content(content, data.TUESDAY)
    view.show()
    qtbot.waitExposed(view)
    view.grab()
    return view


def test_absences_come_first_on_their_own_lines(content):
    lines = content.days[date(2026, 11, 25)].lines
    assert [(chip.text, chip.doctor_id) for chip in lines[:2]] == [("Leave", "d2"), ("Leave", "d1")]
    lines = content.days[date(2026, 11, 27)].lines
    assert lines[0] is None, "the line of the first absence, which is over"
    assert lines[1].doctor_id == "d1"


def test_a_visit_fills_the_gap_that_a_bar_leaves(content):
    day = content.days[data.TUESDAY]
    late = replace(day, chips=tuple(replace(c, line=1) if c.bar >= 0 else c for c in day.chips))
    assert late.lines[0].cell is not None
    assert late.lines[1].cell is None
    assert len([chip for chip in late.lines if chip]) == len(day.chips)


def test_one_bar_per_week_spans_its_days(month):
    runs = month._painter.runs
    assert [text for text, _ in runs] == ["Leave"] * 3
    widths = [month.day_rect(day).width() for day in DAYS[:7]]
    first, second, third = (box for _, box in runs)
    assert first.width() == pytest.approx(sum(widths[3:7]), abs=6)
    assert second.width() == pytest.approx(sum(widths[0:4]), abs=6)
    assert third.width() == pytest.approx(sum(widths[2:5]), abs=6)
    assert third.top() > second.bottom()


def test_a_bar_has_no_seam_between_days(month):
    image = month.grab().toImage()
    _, box = month._painter.runs[1]
    y = round(box.bottom()) - 2
    edge = month.day_rect(date(2026, 11, 25)).left()
    line = image.pixelColor(edge, month.day_rect(date(2026, 11, 25)).bottom() - 3)
    assert image.pixelColor(edge, y) != line


def test_single_days_and_declined_ones_are_no_bars(content):
    assert all(chip.cell is not None for chip in content.days[date(2026, 11, 3)].chips)
    days = [day for day, row in content.days.items() if any(c.doctor_id == "d0" and c.bar >= 0
            for c in row.chips)]  # fmt: skip
    assert days == []
