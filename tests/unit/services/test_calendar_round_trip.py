"""A diary handed on as iCalendar and taken into an empty clinic is the same diary."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from clinic_desk.domain.appointments import Appointment, AppointmentSeries, Status
from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.domain.series import changed_one_by_one
from clinic_desk.integrations.exporting import FileExporter
from clinic_desk.integrations.importing import FileImporter
from clinic_desk.services.commands import (
    CancelAppointment,
    ChangeStatus,
    EditAppointment,
    MoveAppointment,
    Scope,
)
from clinic_desk.services.exporting import ExportWish
from clinic_desk.services.series_commands import BookSeries, ChangeSeries, Choice
from tests.fakes.world import TODAY, World, actor, at, open_world

KEPT = (
    "start", "end", "blocked_start", "blocked_end", "doctor_id", "location_id", "room_id",
    "patient_id", "type_id", "series_start", "status", "mode", "title", "reason", "notes",
    "cancel_reason", "price_minor", "currency", "reschedule_count", "overbook_reason",
    "confirmed_at", "cancelled_at",
)  # fmt: skip
OF_SERIES = (
    "rule", "local_start", "zone", "duration", "doctor_id", "patient_id", "type_id", "location_id",
    "room_id", "title", "reason", "notes",
)  # fmt: skip


def picture(world: World) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Visits and series without their ids, in a fixed order."""
    with world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
        series = {row.id: row for row in work.find(AppointmentSeries)}
        visits = [v for v in work.find(Appointment) if v.status is not Status.RELEASED]

    def short(row: AppointmentSeries) -> str:
        return f"{row.local_start} {row.rule} {row.patient_id} {row.doctor_id}"

    told = []
    for row in visits:
        owner = series.get(row.series_id or "")
        told.append(
            {
                **{name: getattr(row, name) for name in KEPT},
                "series": short(owner) if owner is not None else "",
                "apart": owner is not None and changed_one_by_one(row, owner),
            }
        )
    rules = [
        {
            **{name: getattr(row, name) for name in OF_SERIES},
            "excluded": sorted(row.excluded),
            "follows": short(series[row.follows_id]) if row.follows_id else "",
        }
        for row in series.values()
    ]
    told.sort(key=lambda v: (v["start"], v["doctor_id"], v["status"], v["patient_id"]))
    return told, sorted(rules, key=lambda r: (r["local_start"], r["rule"], str(r["patient_id"])))


def handed_on(world: World, path: Path, **wish: Any) -> int:
    return FileExporter(world.store.queries, world.clock).calendar(path, ExportWish(**wish)).visits


def taken_in(world: World, path: Path) -> None:
    importer = FileImporter(world.desk, world.store.queries, world.clock, world.ids)
    report = importer.run([path])
    assert [(file.error, dict(file.reasons)) for file in report.files] == [("", {})]


def booked(world: World, rule: str, start: str, **more: Any) -> Any:
    fields: dict[str, Any] = {
        "patient_id": world.names["ana"],
        "doctor_id": world.names["wu"],
        "type_id": world.names["follow-up"],
    }
    for key in ("patient", "doctor", "type"):
        if key in more:
            fields[f"{key}_id"] = world.names[more.pop(key)]
    return world.run(BookSeries(rule=rule, local_start=start, **{**fields, **more})).value


@pytest.fixture
def empty(clinic_template: tuple[Path, dict[str, str]], tmp_path: Path) -> Any:
    folder = tmp_path / "empty"
    folder.mkdir()
    made = open_world(*clinic_template, folder)
    yield made
    made.store.close()


def test_a_series_with_all_that_can_happen_to_it(
    world: World, empty: World, tmp_path: Path
) -> None:
    value = booked(
        world, "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=8", "2027-03-16T09:00", notes="a; b, c\nd", title="T",
        choices=(Choice(local_start="2027-03-18T09:00", skip=True),),
    )  # fmt: skip
    ids = value.visit_ids
    world.run(CancelAppointment(appointment_id=ids[1], reason="“ill”; at home, in bed"))
    row = world.row(ids[2])
    world.run(
        MoveAppointment(
            appointment_id=row.id, expected_revision=None, start=row.start + timedelta(hours=5),
            end=row.end + timedelta(hours=5),
        )
    )  # fmt: skip
    world.run(EditAppointment(appointment_id=ids[3], values={"notes": "its own"}))
    world.run(ChangeStatus(appointment_id=ids[0], to=Status.CONFIRMED))
    world.run(
        ChangeSeries(appointment_id=ids[5], scope=Scope.FOLLOWING, local_start="2027-04-07T14:00")
    )
    booked(world, "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270512", "2026-12-25T11:00", patient="jon",
           doctor="berg", type="needle")  # fmt: skip
    world.book("15:00", patient="eve", doctor="berg", type="bergs", title="single")
    over = booked(world, "FREQ=WEEKLY;COUNT=3", "2027-06-01T10:00", patient="eve")
    world.run(
        CancelAppointment(appointment_id=over.visit_ids[1], reason="moved away", scope=Scope.ALL)
    )
    path = tmp_path / "diary.ics"
    assert handed_on(world, path) == len(picture(world)[0])
    taken_in(empty, path)
    assert picture(empty) == picture(world)
    assert empty.proven()
    again = tmp_path / "again.ics"
    handed_on(empty, again)
    events = [
        {str(e["UID"]) for e in Calendar.from_ical(p.read_bytes()).walk("VEVENT")}
        for p in (path, again)
    ]
    assert events[0] == events[1]


def test_the_file_says_it_as_other_programs_expect(world: World, tmp_path: Path) -> None:
    value = booked(world, "FREQ=WEEKLY;COUNT=4", "2027-03-16T09:00",
                   choices=(Choice(local_start="2027-03-23T09:00", skip=True),))  # fmt: skip
    row = world.row(value.visit_ids[1])
    world.run(
        MoveAppointment(
            appointment_id=row.id, expected_revision=None, start=row.start + timedelta(hours=5),
            end=row.end + timedelta(hours=5),
        )
    )  # fmt: skip
    path = tmp_path / "one.ics"
    handed_on(world, path, series_id=value.series_id)
    text = path.read_bytes().decode()
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/London" in text
    assert "DTSTART;TZID=Europe/London:20270316T090000" in text
    assert "RRULE:FREQ=WEEKLY;COUNT=4" in text
    assert "EXDATE;TZID=Europe/London:20270323T090000" in text
    assert "RECURRENCE-ID;TZID=Europe/London:20270330T090000" in text
    assert "DTSTART;TZID=Europe/London:20270330T140000" in text
    assert text.count("BEGIN:VEVENT") == 2
    assert text.count(f"UID:{value.series_id}@clinic-desk") == 2


def test_a_choice_of_visits(world: World, tmp_path: Path) -> None:
    world.book("10:00")
    world.book("11:00", doctor="berg", patient="jon")
    world.book("10:00", day=date(2026, 12, 1), patient="eve")
    path = tmp_path / "some.ics"
    assert handed_on(world, path) == 3
    assert handed_on(world, path, doctor_id=world.names["wu"]) == 2
    assert handed_on(world, path, patient_id=world.names["jon"]) == 1
    assert handed_on(world, path, last=at("00:00", TODAY + timedelta(days=1))) == 2


def test_a_file_that_cannot_be_written_leaves_the_old_one(world: World, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be written"):
        handed_on(world, tmp_path / "nowhere" / "x.ics")


RULES = (
    "FREQ=DAILY;INTERVAL=2;COUNT=5", "FREQ=WEEKLY;COUNT=6", "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=9",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=6", "FREQ=MONTHLY;BYDAY=2TU;COUNT=4",
    "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4", "FREQ=WEEKLY;UNTIL=20270420",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_any_diary_makes_the_round_trip(
    world: World, empty: World, tmp_path: Path, seed: int
) -> None:
    """Random series, changed at random; every change undone must prove clean as well."""
    rnd = random.Random(seed)
    series = []
    for _ in range(2):
        start = (
            f"2027-03-{rnd.randint(1, 26):02}T{rnd.randint(8, 15):02}:{rnd.choice(('00', '30'))}"
        )
        try:
            series.append(
                booked(
                    world, rnd.choice(RULES), start, patient=rnd.choice(("ana", "jon")),
                    doctor=rnd.choice(("wu", "berg")),
                )
            )  # fmt: skip
        except Refusal:
            continue
    for _ in range(5):
        rows = [
            row for value in series for row_id in value.visit_ids
            if (row := world.row(row_id)).status is Status.SCHEDULED
        ]  # fmt: skip
        if not rows:
            break
        row = rnd.choice(rows)
        by = timedelta(days=rnd.choice((0, 0, 1, 2)), minutes=30 * rnd.randint(-4, 4))
        scope = rnd.choice(tuple(Scope))
        wide = rnd.random() < 0.3
        orders: list[Any] = [
            MoveAppointment(
                appointment_id=row.id, expected_revision=None, start=row.start + by,
                end=row.end + by, scope=scope, include_changed=wide, outside_hours=True,
            ),
            CancelAppointment(appointment_id=row.id, reason="x", scope=scope),
            EditAppointment(appointment_id=row.id, values={"title": f"t{seed}"}, scope=scope),
            ChangeSeries(
                appointment_id=row.id, scope=rnd.choice((Scope.ALL, Scope.FOLLOWING)),
                rule=rnd.choice(RULES), include_changed=wide,
            ),
        ]  # fmt: skip
        try:
            world.run(rnd.choice(orders))
        except Refusal:
            continue
        assert world.proven()
        if rnd.random() < 0.4:
            before = picture(world)
            world.undo()
            assert world.proven()
            world.redo()
            assert picture(world) == before
    path = tmp_path / "diary.ics"
    handed_on(world, path)
    taken_in(empty, path)
    assert picture(empty) == picture(world)
    assert empty.proven()
