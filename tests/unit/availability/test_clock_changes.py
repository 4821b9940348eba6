"""Starts over the clock changes, worked out by hand (domain.md section 3, step 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic_desk.domain.availability import bands, find, find_starts, windows
from clinic_desk.domain.availability.model import Request, Snapshot
from clinic_desk.domain.catalogue import Location
from clinic_desk.domain.templates import Break
from tests.unit.availability.small import minute, roster, template


def starts(
    zone: str, day: date, opens: str, closes: str, *, step: int = 30, breaks: tuple[Break, ...] = ()
) -> list[str]:
    """The starts of a 30-minute visit as UTC text."""
    locations = {"main": Location(id="main", name="Main", zone=zone, primary=True)}
    made = roster(
        locations=locations,
        rooms={},
        templates=(template("wu", opens, closes, weekday=day.weekday(), step=step, breaks=breaks),),
    )
    shot = Snapshot(made, (), (), day, day)
    asked = Request(
        type_id="fup", first=day, last=day, now=datetime(2000, 1, 1, tzinfo=UTC), policy=False
    )
    return [f"{slot.start:%d %H:%M}" for slot in find(shot, asked)]


def test_berlin_spring_has_an_hour_less() -> None:
    day = date(2026, 3, 29)
    assert starts("Europe/Berlin", day, "01:00", "04:00") == [
        "29 00:00",
        "29 00:30",
        "29 01:00",
        "29 01:30",
    ]
    assert len(starts("Europe/Berlin", day, "00:00", "24:00")) == 46


def test_berlin_spring_reads_a_wall_time_in_the_gap_with_the_offset_before_it() -> None:
    day = date(2026, 3, 29)
    assert starts("Europe/Berlin", day, "02:30", "04:30") == ["29 01:30", "29 02:00"]
    assert starts("Europe/Berlin", day, "02:00", "03:00") == [], "the gap leaves it empty"


def test_berlin_autumn_has_an_hour_more_and_begins_with_the_first_occurrence() -> None:
    day = date(2026, 10, 25)
    assert starts("Europe/Berlin", day, "02:30", "03:30") == [
        "25 00:30",
        "25 01:00",
        "25 01:30",
        "25 02:00",
    ]
    assert len(starts("Europe/Berlin", day, "00:00", "24:00")) == 50


def test_new_york_both_ways() -> None:
    assert len(starts("America/New_York", date(2026, 3, 8), "00:00", "24:00")) == 46
    assert len(starts("America/New_York", date(2026, 11, 1), "00:00", "24:00")) == 50
    assert starts("America/New_York", date(2026, 11, 1), "01:00", "02:00") == [
        "01 05:00",
        "01 05:30",
        "01 06:00",
        "01 06:30",
    ]


def test_lord_howe_shifts_by_half_an_hour() -> None:
    spring = date(2026, 10, 4)
    assert len(starts("Australia/Lord_Howe", spring, "00:00", "24:00")) == 47
    # 02:00–02:30 does not exist: 02:15 read with +10:30 is 15:45 UTC, shown there as 02:45.
    assert starts("Australia/Lord_Howe", spring, "02:15", "03:15", step=15) == ["03 15:45"]
    autumn = date(2026, 4, 5)
    assert len(starts("Australia/Lord_Howe", autumn, "00:00", "24:00")) == 49
    assert starts("Australia/Lord_Howe", autumn, "01:30", "02:00") == ["04 14:30", "04 15:00"]


def test_sao_paulo_changes_at_midnight() -> None:
    # 00:00 does not exist on 4 November 2018; read with -03:00 it is 03:00 UTC, shown as 01:00.
    spring = date(2018, 11, 4)
    assert starts("America/Sao_Paulo", spring, "00:00", "02:00") == ["04 03:00", "04 03:30"]
    assert starts("America/Sao_Paulo", spring, "00:00", "01:00") == []
    assert len(starts("America/Sao_Paulo", spring, "00:00", "24:00")) == 46
    # On 17 February 2018 the hour from 23:00 occurs twice.
    autumn = date(2018, 2, 17)
    assert len(starts("America/Sao_Paulo", autumn, "00:00", "24:00")) == 50
    assert starts("America/Sao_Paulo", autumn, "23:00", "24:00") == [
        "18 01:00",
        "18 01:30",
        "18 02:00",
        "18 02:30",
    ]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 7, 1)])
def test_a_zone_without_changes_has_the_same_day_always(day: date) -> None:
    assert len(starts("Asia/Kolkata", day, "00:00", "24:00")) == 48


def test_a_break_in_the_repeated_hour_lasts_from_its_first_occurrence() -> None:
    breaks = (Break(minute("02:00"), minute("03:00")),)
    assert starts("Europe/Berlin", date(2026, 10, 25), "01:00", "04:00", breaks=breaks) == [
        "24 23:00",
        "24 23:30",
        "25 02:00",
        "25 02:30",
    ]


def test_steps_are_counted_in_elapsed_time() -> None:
    found = starts("Europe/Berlin", date(2026, 3, 29), "00:40", "04:40", step=50)
    assert found == ["28 23:40", "29 00:30", "29 01:20", "29 02:10"]


def test_earliest_and_latest_are_read_on_the_wall_of_that_day() -> None:
    day = date(2026, 10, 25)
    made = roster(rooms={}, templates=(template("wu", "00:00", "24:00", weekday=6, step=30),))
    shot = Snapshot(made, (), (), day, day)
    asked = Request(
        type_id="fup",
        first=day,
        last=day,
        now=datetime(2026, 10, 20, tzinfo=UTC),
        earliest=minute("02:30"),
        latest=minute("03:30"),
    )
    assert [f"{s.start:%H:%M}" for s in find(shot, asked)] == ["00:30", "01:30", "02:00"]


def test_one_doctor_at_two_sites_in_two_zones_in_one_day() -> None:
    day = date(2026, 11, 25)
    locations = {
        "main": Location(id="main", name="Main", zone="Europe/London", primary=True),
        "north": Location(id="north", name="North", zone="Europe/Berlin"),
    }
    made = roster(
        locations=locations,
        rooms={},
        templates=(
            template("wu", "09:00", "12:00", weekday=2, priority=1, step=60),
            template("wu", "12:00", "17:00", weekday=2, location_id="north", step=60),
        ),
    )
    shot = Snapshot(made, (), (), day, day)
    asked = Request(type_id="fup", first=day, last=day, now=datetime(2026, 11, 20, tzinfo=UTC))
    found = [(f"{s.start:%H:%M}", s.location_id) for s in find(shot, asked)]
    # North opens at 11:00 UTC, but London has the higher priority until 12:00 UTC.
    assert found == [
        ("09:00", "main"),
        ("10:00", "main"),
        ("11:00", "main"),
        ("12:00", "north"),
        ("13:00", "north"),
        ("14:00", "north"),
        ("15:00", "north"),
    ]
    assert [w.location_id for w in windows(made, "wu", day)] == ["main", "north"]


def test_the_last_allowed_day_is_that_of_the_location() -> None:
    types = dict(roster().types)
    types["fup"] = replace(types["fup"], max_future_days=1)
    zone = "Pacific/Auckland"
    made = roster(
        locations={"main": Location(id="main", name="Main", zone=zone, primary=True)},
        rooms={},
        types=types,
        templates=tuple(template("wu", "00:00", "24:00", weekday=n, step=720) for n in range(7)),
    )
    first = date(2026, 6, 1)
    shot = Snapshot(made, (), (), first, first + timedelta(days=6))
    asked = Request(
        type_id="fup",
        first=first,
        last=first + timedelta(days=6),
        now=datetime(2026, 6, 2, 13, 0, tzinfo=UTC),
    )
    days = {day for _doctor, day in find_starts(shot, asked)}
    assert days == {date(2026, 6, 3), date(2026, 6, 4)}, "it is 3 June in Auckland already"


def test_bands_of_a_short_day_end_with_it() -> None:
    day = date(2026, 3, 29)
    made = roster(templates=(template("wu", "00:00", "24:00", weekday=6),))
    (band,) = bands(made, "wu", day)
    assert band.end - band.start == timedelta(hours=23)
