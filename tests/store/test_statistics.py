"""Every figure of every report, against plain Python over the raw rows of random clinics."""

from __future__ import annotations

import random
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clinic_desk.domain.catalogue import AppointmentType, Doctor, Location, Room
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.spans import shifts
from clinic_desk.domain.templates import (
    AvailabilityException,
    Break,
    ExceptionKind,
    Holiday,
    ScheduleTemplate,
)
from clinic_desk.services import reporting
from clinic_desk.services.day_views import GroupBy, Preset, Report, ReportWish
from clinic_desk.services.reporting import Progress
from clinic_desk.store import direct, tallies
from tests.store.clinic import Clinic, visit
from tests.store.raw import insert, open_raw, raw_values

ZONES = {"site": "Europe/Berlin", "west": "America/New_York"}
FIRST, LAST = date(2026, 10, 12), date(2026, 11, 15)
"""Both zones leave summer time within, on different days."""

TAKES = {"pending", "scheduled", "confirmed", "arrived", "in_progress", "completed"}
STATUSES = (*sorted(TAKES), "completed", "completed", "cancelled", "declined", "no_show")
DOCTORS, ROOMS, TYPES = ("wu", "roy", "kim"), ("room-1", "room-2", "room-w"), ("fup", "long")


@dataclass
class Ground:
    clinic: Clinic
    rows: list[dict[str, Any]] = field(default_factory=list)
    bills: dict[str, dict[str, Any]] = field(default_factory=dict)


def furnish(clinic: Clinic) -> None:
    clinic.add(
        Location(id="west", name="West", zone=ZONES["west"], position=1),
        Room(id="room-w", location_id="west", name="West 1"),
        Doctor(id="kim", name="Dr Kim", code="KI", location_ids=("west", "site"), position=2),
        AppointmentType(id="long", slug="long", name="Long", code="LNG", duration=90),
        *(
            ScheduleTemplate(
                id=f"kim-{weekday}", doctor_id="kim", location_id="west", weekday=weekday,
                work_start=600, work_end=1140, breaks=(Break(750, 765, "Tea"),),
                max_parallel=2 if weekday == 2 else 1,
            )
            for weekday in range(6)
        ),
        Holiday(id="shut", name="Shut", day=date(2026, 10, 15), location_id="site"),
        AvailabilityException(
            id="night", doctor_id="kim", location_id="west", kind=ExceptionKind.AVAILABLE,
            start=datetime(2026, 11, 1, 2, 0, tzinfo=UTC),
            end=datetime(2026, 11, 1, 8, 20, tzinfo=UTC), reason="On call",
        ),
        AvailabilityException(
            id="away", doctor_id="wu", kind=ExceptionKind.BLOCKED,
            start=datetime(2026, 10, 20, 7, 10, tzinfo=UTC),
            end=datetime(2026, 10, 21, 12, 0, tzinfo=UTC), reason="Course",
        ),
    )  # fmt: skip


def random_row(chance: random.Random, number: int) -> dict[str, Any]:
    place = chance.choice(tuple(ZONES))
    status = chance.choice(STATUSES)
    begin = datetime(2026, 10, 8, tzinfo=UTC) + timedelta(minutes=5 * chance.randrange(40 * 288))
    start = int(begin.timestamp())
    minutes = chance.choice((15, 30, 45, 95, 240))
    arrived = started = completed = cancelled = None
    if status in ("arrived", "in_progress", "completed", "no_show") and chance.random() < 0.9:
        arrived = start - chance.randrange(-1200, 3000)
    if status in ("in_progress", "completed"):
        started = max(arrived or 0, start + chance.randrange(-900, 3600))
        completed = started + 600
    if status == "cancelled":
        cancelled = start - chance.randrange(0, 90 * 3600)
    row = raw_values(
        visit(f"v{number}", 0, minutes),
        status=status, start_at=start, end_at=start + minutes * 60, blocked_start=start,
        blocked_end=start + minutes * 60, lane=number, room_lane=number, location_id=place,
        doctor_id=chance.choice(DOCTORS), room_id=chance.choice((*ROOMS, None)),
        type_id=chance.choice((*TYPES, None)), created_at=start - chance.randrange(40 * 86400),
        arrived_at=arrived, started_at=started, completed_at=completed, cancelled_at=cancelled,
        cancel_reason="ill" if status == "cancelled" else "",
        source=chance.choice(("front_desk", "import", "patient")),
        price_minor=chance.choice((0, 4500, 12000)), currency=chance.choice(("", "EUR", "USD")),
        walk_in=int(chance.random() < 0.1), series_id=None, confirmation_code=None,
    )  # fmt: skip
    if chance.random() < 0.04:
        row["deleted_at"] = start
    if chance.random() < 0.04:
        row["slot_state"] = "contested"
    return row


def bill_of(chance: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    status = chance.choice(("draft", "issued", "part_paid", "paid", "void"))
    numbered = status not in ("draft", "void")
    total = chance.choice((2500, 4500, 9900))
    stamps = {name: row[name] for name in ("created_at", "updated_at", "created_op", "updated_op")}
    return {
        "id": f"i-{row['id']}", "revision": 1, "created_by": "", "updated_by": "", **stamps,
        "patient_id": row["patient_id"], "appointment_id": row["id"],
        "doctor_id": row["doctor_id"], "visit_day": "2026-10-12", "lines": "[]",
        "total_minor": total, "currency": chance.choice(("EUR", "USD")), "status": status,
        "number": f"INV-{row['id']}" if numbered else None,
        "issued_at": row["start_at"] if numbered else None, "paid_minor": 0,
        "void_reason": "wrong" if status == "void" else "",
    }  # fmt: skip


@pytest.fixture(params=[1, 2, 3])
def ground(clinic: Clinic, request: pytest.FixtureRequest) -> Ground:
    chance = random.Random(request.param)
    furnish(clinic)
    made = Ground(clinic)
    connection = open_raw(clinic.path)
    # rooms and doctors are filled at random here; the guards have tests of their own
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'appointment'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("BEGIN")
    for number in range(700):
        row = random_row(chance, number)
        insert(connection, row)
        made.rows.append(row)
        if chance.random() < 0.4:
            bill = bill_of(chance, row)
            marks = ", ".join("?" * len(bill))
            connection.execute(
                f"INSERT INTO invoice ({', '.join(bill)}) VALUES ({marks})", tuple(bill.values())
            )
            if bill["status"] != "void":
                made.bills[row["id"]] = bill
    connection.execute("COMMIT")
    connection.close()
    return made


# -- the reference: one row after the other, with the zones of the standard library ---------------


def wall(row: dict[str, Any]) -> datetime:
    zone = ZoneInfo(ZONES[row["location_id"]])
    return datetime.fromtimestamp(row["start_at"], zone).replace(tzinfo=None)


def chosen(ground: Ground, wish: ReportWish) -> list[dict[str, Any]]:
    return [
        row
        for row in ground.rows
        if row.get("deleted_at") is None
        and row["slot_state"] == "placed"
        and wish.first <= wall(row).date() <= wish.last
        and (not wish.doctor_ids or row["doctor_id"] in wish.doctor_ids)
        and (not wish.location_ids or row["location_id"] in wish.location_ids)
    ]


def time_key(group: GroupBy, at: datetime) -> Any:
    if group is GroupBy.WEEKDAY_HOUR:
        return at.weekday(), at.hour
    if group is GroupBy.WEEK:
        return at.date() - timedelta(days=at.weekday())
    return at.date().replace(day=1) if group is GroupBy.MONTH else at.date()


FIELDS = {
    GroupBy.DOCTOR: "doctor_id",
    GroupBy.ROOM: "room_id",
    GroupBy.TYPE: "type_id",
    GroupBy.SITE: "location_id",
}


def key_of(group: GroupBy, row: dict[str, Any]) -> Any:
    return row[FIELDS[group]] if group in FIELDS else time_key(group, wall(row))


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def counted(rows: list[dict[str, Any]]) -> dict[str, int]:
    states = [row["status"] for row in rows]
    return {
        "all": len(rows),
        "came": states.count("completed"),
        "missed": states.count("no_show"),
        "cancelled": states.count("cancelled"),
        "declined": states.count("declined"),
        "walk": sum(
            row["walk_in"] for row in rows if row["status"] not in ("cancelled", "declined")
        ),
        "late": sum(
            row["status"] == "cancelled" and row["start_at"] - row["cancelled_at"] < 86400
            for row in rows
        ),
        "minutes": sum(
            (row["end_at"] - row["start_at"]) // 60 for row in rows if row["status"] in TAKES
        ),
    }


def load(rows: list[dict[str, Any]], _ground: Ground) -> tuple[Any, ...]:
    n = counted(rows)
    visits = n["all"] - n["cancelled"] - n["declined"]
    open_ = visits - n["came"] - n["missed"]
    return (visits, n["came"], open_, n["missed"], n["walk"], n["cancelled"], n["minutes"])


def week_heat(rows: list[dict[str, Any]], _ground: Ground) -> tuple[Any, ...]:
    n = counted(rows)
    return n["all"] - n["cancelled"] - n["declined"], n["missed"], n["cancelled"]


def no_shows(rows: list[dict[str, Any]], _ground: Ground) -> tuple[Any, ...]:
    n = counted(rows)
    return n["came"], n["missed"], ratio(n["missed"], n["came"] + n["missed"])


def cancellations(rows: list[dict[str, Any]], _ground: Ground) -> tuple[Any, ...]:
    n = counted(rows)
    booked = n["all"] - n["declined"]
    return booked, n["cancelled"], n["late"], ratio(n["cancelled"], booked)


def spread(values: list[int], belongs: Callable[[int], bool]) -> tuple[Any, ...]:
    if not values:
        return 0, None, None, None, None
    part = len([value for value in values if belongs(value)]) / len(values)
    return (len(values), statistics.fmean(values), statistics.median(values), max(values), part)


def lead(rows: list[dict[str, Any]], _ground: Ground) -> tuple[Any, ...]:
    values = [
        (row["start_at"] - row["created_at"]) // 86400
        for row in rows
        if row["status"] in TAKES | {"no_show"} and row["source"] != "import"
    ]
    return spread(values, lambda value: value == 0)


def waiting(rows: list[dict[str, Any]], _ground: Ground) -> tuple[Any, ...]:
    values = [
        max(0, row["started_at"] - row["arrived_at"]) // 60
        for row in rows
        if row["arrived_at"] is not None and row["started_at"] is not None
    ]
    return spread(values, lambda value: value > 15)


def punctuality(rows: list[dict[str, Any]], _ground: Ground) -> tuple[Any, ...]:
    values = [
        (row["started_at"] - row["start_at"]) // 60 for row in rows if row["started_at"] is not None
    ]
    return spread(values, lambda value: value <= 5)


def revenue(rows: list[dict[str, Any]], ground: Ground) -> tuple[Any, ...]:
    booked = completed = lost = 0
    for row in rows:
        bill = ground.bills.get(row["id"])
        currency = (bill or row)["currency"] or "EUR"
        if currency != "EUR":
            continue
        amount = bill["total_minor"] if bill else row["price_minor"]
        if row["status"] in TAKES:
            booked += amount
        if row["status"] == "completed":
            completed += amount
        if row["status"] == "no_show":
            charged = bill is not None and bill["status"] in ("issued", "part_paid", "paid")
            fee = bill["total_minor"] if bill and charged else 0
            lost += max(0, row["price_minor"] - fee)
    return booked, completed, booked - completed, lost


REFERENCE: dict[Preset, Callable[[list[dict[str, Any]], Ground], tuple[Any, ...]]] = {
    Preset.LOAD: load,
    Preset.WEEK_HEAT: week_heat,
    Preset.NO_SHOWS: no_shows,
    Preset.CANCELLATIONS: cancellations,
    Preset.LEAD_TIME: lead,
    Preset.WAITING: waiting,
    Preset.PUNCTUALITY: punctuality,
    Preset.REVENUE: revenue,
}

FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"doctor_ids": ("wu", "kim")},
    {"location_ids": ("west",)},
    {"doctor_ids": ("kim",), "location_ids": ("site",), "first": date(2026, 10, 25)},
)


def same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return len(one) == len(other) and all(
        a == b if a is None or b is None or isinstance(a, str) else a == pytest.approx(b)
        for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("preset", sorted(REFERENCE))
def test_every_figure_is_that_of_the_rows(ground: Ground, preset: Preset) -> None:
    groups = [GroupBy.WEEKDAY_HOUR] if preset is Preset.WEEK_HEAT else list(GroupBy)
    figures = 0
    for group in groups:
        for narrowed in FILTERS:
            wish = replace(ReportWish(preset, FIRST, LAST, group), **narrowed)
            report = reporting.report(ground.clinic.store.queries, wish)
            rows = chosen(ground, wish)
            by_key = defaultdict(list)
            for row in rows:
                by_key[key_of(group, row)].append(row)
            assert len(report.rows) == len(report.keys)
            found = dict(zip(report.keys, report.rows, strict=True))
            for key, told in found.items():
                expected = REFERENCE[preset](by_key.get(key, []), ground)
                assert same(told[1:], expected), (group, key, told, expected)
                figures += len(expected)
            for key in by_key.keys() - found.keys():
                # what is left out has nothing to tell
                assert not any(REFERENCE[preset](by_key[key], ground)), (group, key)
            if report.totals:
                assert same(report.totals[1:], REFERENCE[preset](rows, ground))
    assert figures > 200


# -- utilisation: minute by minute ----------------------------------------------------------------


def open_minutes() -> Iterator[tuple[str, str, datetime, int]]:
    """Doctor, site, wall clock and places of every minute on offer, from what ``settle`` and
    ``furnish`` say of the clinic, without the program's own rules."""
    for doctor in ("wu", "roy"):
        day = FIRST
        while day <= LAST:
            if day.weekday() < 5 and day != date(2026, 10, 15):
                for minute in range(480, 1020):
                    at = datetime.combine(day, time()) + timedelta(minutes=minute)
                    real = at.replace(tzinfo=ZoneInfo(ZONES["site"])).astimezone(UTC)
                    away = (
                        datetime(2026, 10, 20, 7, 10, tzinfo=UTC)
                        <= real
                        < datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
                    )
                    if not 720 <= minute < 780 and not (doctor == "wu" and away):
                        yield doctor, "site", at, 1
            day += timedelta(days=1)
    day = FIRST
    while day <= LAST:
        if day.weekday() < 6:
            for minute in range(600, 1140):
                at = datetime.combine(day, time()) + timedelta(minutes=minute)
                if not 750 <= minute < 765:
                    yield "kim", "west", at, 2 if day.weekday() == 2 else 1
        day += timedelta(days=1)
    night = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
    for minute in range(380):
        real = (night + timedelta(minutes=minute)).astimezone(ZoneInfo(ZONES["west"]))
        yield "kim", "west", real.replace(tzinfo=None), 1


@pytest.mark.parametrize("group", sorted(set(GroupBy) - {GroupBy.ROOM, GroupBy.TYPE}))
def test_utilisation_is_booked_by_offered_to_the_minute(ground: Ground, group: GroupBy) -> None:
    narrow: tuple[dict[str, Any], ...] = ({}, {"doctor_ids": ("kim",)}, {"location_ids": ("site",)})
    for narrowed in narrow:
        wish = replace(ReportWish(Preset.UTILISATION, FIRST, LAST, group), **narrowed)
        offered: dict[Any, int] = defaultdict(int)
        for doctor, site, at, places in open_minutes():
            if wish.doctor_ids and doctor not in wish.doctor_ids:
                continue
            if wish.location_ids and site not in wish.location_ids:
                continue
            key = {GroupBy.DOCTOR: doctor, GroupBy.SITE: site}.get(group) or time_key(group, at)
            offered[key] += places
        booked: dict[Any, int] = defaultdict(int)
        for row in chosen(ground, wish):
            if row["status"] not in TAKES:
                continue
            length = (row["end_at"] - row["start_at"]) // 60
            if group is not GroupBy.WEEKDAY_HOUR:
                booked[key_of(group, row)] += length
            else:
                # the wall clock of the start runs on, as on the day's sheet
                for minute in range(length):
                    at = wall(row) + timedelta(minutes=minute)
                    booked[at.weekday(), at.hour] += 1
        report = reporting.report(ground.clinic.store.queries, wish)
        for key, told in zip(report.keys, report.rows, strict=True):
            expected = (booked[key], offered[key], ratio(booked[key], offered[key]))
            assert same(told[1:], expected), (group, key, told, expected)
        assert set(offered) | set(booked) <= set(report.keys)
        total = (sum(booked.values()), sum(offered.values()))
        assert same(report.totals[1:], (*total, ratio(*total)))


def test_a_room_is_on_offer_while_a_doctor_works_at_its_site(ground: Ground) -> None:
    wish = ReportWish(Preset.UTILISATION, FIRST, LAST, GroupBy.ROOM)
    minutes = defaultdict(set)
    for _doctor, site, at, _places in open_minutes():
        minutes[site].add(at)
    # the hour that the night of 1 November has twice, as far as it is on offer
    minutes_west = len(minutes["west"]) + 60
    report = reporting.report(ground.clinic.store.queries, wish)
    found = {key: told[2] for key, told in zip(report.keys, report.rows, strict=True)}
    assert found == {
        "room-1": len(minutes["site"]),
        "room-2": 2 * len(minutes["site"]),
        "room-w": minutes_west,
    }
    by_type = reporting.report(
        ground.clinic.store.queries, ReportWish(Preset.UTILISATION, FIRST, LAST, GroupBy.TYPE)
    )
    assert {told[2] for told in by_type.rows} == {by_type.totals[2]}


# -- how it is asked ------------------------------------------------------------------------------


def test_a_month_costs_few_statements_whatever_the_number_of_visits(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    fetch = direct.fetch

    def counting(connection: Any, sql: str, values: Any = ()) -> list[Any]:
        asked.append(sql)
        return fetch(connection, sql, values)

    monkeypatch.setattr(tallies, "fetch", counting)
    for preset in Preset:
        for group in GroupBy:
            asked.clear()
            wish = ReportWish(preset, date(2026, 11, 1), date(2026, 11, 30), group)
            reporting.report(ground.clinic.store.queries, wish)
            # the sites' zones, the visits, the names
            assert len(asked) == 3, (preset, group)


def test_a_report_tells_how_far_it_is_and_stops_when_asked(ground: Ground) -> None:
    wish = ReportWish(Preset.LOAD, date(2026, 1, 10), date(2026, 12, 5), GroupBy.MONTH)
    queries = ground.clinic.store.queries
    told = list(reporting.stream(queries, wish))
    assert told[:-1] == [Progress(done, 12) for done in range(12)]
    assert isinstance(told[-1], Report)
    assert [row[0] for row in told[-1].rows][:2] == ["Jan 2026", "Feb 2026"]
    seen = 0

    def stopped() -> bool:
        return seen >= 3

    for _one in reporting.stream(queries, wish, stopped):
        seen += 1
    assert seen == 3


def test_a_period_that_is_none_is_refused_at_its_field(clinic: Clinic) -> None:
    for first, last, field_name in (
        (date(2026, 3, 2), date(2026, 3, 1), "last"),
        (date(1990, 1, 1), date(2026, 1, 1), "first"),
    ):
        with pytest.raises(Refusal) as refusal:
            reporting.report(clinic.store.queries, ReportWish(Preset.LOAD, first, last))
        assert refusal.value.field == field_name


def test_an_empty_clinic_has_a_report_without_rows(clinic: Clinic) -> None:
    report = reporting.report(clinic.store.queries, ReportWish(Preset.NO_SHOWS, FIRST, LAST))
    assert report.rows == ()
    assert report.totals == ()
    assert report.notes


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
    ],
)
def test_a_zone_is_cut_where_its_clock_changes(name: str) -> None:
    local = ZoneInfo(name)
    found = shifts(date(2026, 1, 1), date(2026, 12, 31), name)
    assert datetime.fromtimestamp(found[0][0], local).strftime("%d %H:%M") == "01 00:00"
    assert datetime.fromtimestamp(found[-1][1], local).strftime("%d %H:%M") == "01 00:00"
    for (_start, end, _shift), (start, _end, _next) in pairwise(found):
        assert end == start
    for start, end, shift in found:
        for at in (start, (start + end) // 2, end - 1):
            offset = datetime.fromtimestamp(at, local).utcoffset()
            assert offset is not None
            assert offset.total_seconds() == shift
