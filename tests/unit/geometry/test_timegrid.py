from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from clinic_desk.ui.geometry.timegrid import (
    DayAxis,
    aligned,
    fitting_zoom,
    layout_columns,
    minimum_width,
    pixels_per_minute,
)

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("day", "zone", "minutes"),
    [
        (date(2026, 11, 24), BERLIN, 1440),
        (date(2026, 3, 29), BERLIN, 1380),
        (date(2026, 10, 25), BERLIN, 1500),
        (date(2026, 10, 4), "Australia/Lord_Howe", 1410),
        (date(2026, 4, 5), "Australia/Lord_Howe", 1470),
        (date(2018, 11, 4), "America/Sao_Paulo", 1380),
    ],
)
def test_a_day_is_as_long_as_its_clock_says(day: date, zone: str, minutes: int) -> None:
    assert DayAxis.of(day, zone).minutes == minutes


@pytest.mark.parametrize(("zoom", "hour"), [(5, 240), (10, 132), (15, 96), (30, 48)])
def test_zoom_heights(zoom: int, hour: float) -> None:
    assert pixels_per_minute(zoom) * 60 == pytest.approx(hour)


def test_noon_stands_on_one_line_around_a_clock_change() -> None:
    week = aligned([DayAxis.of(date(2026, 3, d), BERLIN) for d in (27, 28, 29, 30)])
    noons = [
        a.minute_of(datetime(2026, 3, a.day.day, 11 if a.day.day < 29 else 10, tzinfo=UTC))
        for a in week
    ]
    assert noons == [720, 720, 720, 720]
    assert [a.offset for a in week] == [0, 0, 60, 0]


def test_autumn_pushes_the_other_days_down_so_that_nothing_is_negative() -> None:
    week = aligned([DayAxis.of(date(2026, 10, d), BERLIN) for d in (24, 25, 26)])
    assert [a.offset for a in week] == [60, 0, 60]


def test_elapsed_minutes_keep_a_visit_as_tall_across_the_change() -> None:
    axis = DayAxis.of(date(2026, 3, 29), BERLIN)
    start = datetime(2026, 3, 29, 0, 45, tzinfo=UTC)
    end = datetime(2026, 3, 29, 1, 15, tzinfo=UTC)
    assert axis.minute_of(end) - axis.minute_of(start) == 30
    assert axis.wall(axis.minute_of(start)) == "01:45"
    assert axis.wall(axis.minute_of(end)) == "03:15"


def test_ticks_skip_the_hour_that_does_not_exist() -> None:
    hours = [t.label for t in DayAxis.of(date(2026, 3, 29), BERLIN).ticks(60)]
    assert hours[:4] == ["00:00", "01:00", "03:00", "04:00"]
    twice = [t.label for t in DayAxis.of(date(2026, 10, 25), BERLIN).ticks(60)]
    assert twice[:5] == ["00:00", "01:00", "02:00", "02:00", "03:00"]


def test_snapping() -> None:
    axis = DayAxis.of(date(2026, 11, 24), BERLIN)
    at = datetime(2026, 11, 24, 9, 8, tzinfo=UTC)
    assert axis.snapped(at, 15).minute == 15
    assert axis.snapped(at, 15, down=True).minute == 0
    assert axis.snapped(at, 5).minute == 10
    assert axis.snapped(datetime(2026, 11, 25, 9, tzinfo=UTC), 15) == axis.instant_of(1440)


def test_an_instant_comes_back_from_its_minute() -> None:
    for day in (date(2026, 3, 29), date(2026, 10, 25)):
        axis = DayAxis.of(day, BERLIN)
        for minute in range(0, axis.minutes, 7):
            assert axis.minute_of(axis.instant_of(minute)) == minute


def test_working_day_fits_a_laptop_at_thirty_minutes() -> None:
    assert fitting_zoom(600, 500) == 30
    assert fitting_zoom(600, 1000) == 15
    assert fitting_zoom(600, 2500) == 5


def test_columns_fill_and_overflow() -> None:
    filled = layout_columns(6, 1000, 96)
    assert filled.width == 1000
    assert filled.index_at(0) == 0
    assert filled.index_at(999.5) == 5
    assert filled.index_at(1000) is None
    wide = layout_columns(20, 1000, 96)
    assert wide.width == 1920
    assert wide.snap_scroll(100, 1000) == 96
    assert wide.snap_scroll(900, 1000) == 920


def test_mirrored_columns_begin_at_the_right() -> None:
    layout = layout_columns(4, 400, 96, mirrored=True)
    assert layout.left(0) == 300
    assert layout.index_at(350) == 0
    assert layout.index_at(10) == 3


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75, 2.0])
def test_column_edges_lie_on_device_pixels(ratio: float) -> None:
    layout = layout_columns(7, 1003, 96, ratio)
    for edge in layout.edges:
        assert edge * ratio == pytest.approx(round(edge * ratio), abs=1e-6)


def test_twenty_doctors_at_1920_are_compact() -> None:
    assert minimum_width(1864, 20) == 64
    assert minimum_width(1864, 6) == 96
