"""Patients, the roster, settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clinic_desk.domain.catalogue import AppointmentType, Doctor, Location, Practice, Room
from clinic_desk.domain.errors import NotFound, Refusal, Stale
from clinic_desk.domain.people import Patient
from clinic_desk.domain.records import Record
from clinic_desk.domain.templates import (
    AvailabilityException,
    Break,
    ExceptionKind,
    ScheduleTemplate,
)
from clinic_desk.services.commands import (
    AddPatient,
    BlockTime,
    Command,
    EditPatient,
    RemoveBlock,
    SaveRecords,
    SaveSetting,
)
from tests.fakes.world import World, at


def patient(world: World, patient_id: object) -> Patient:
    return world.store.queries.patient(str(patient_id)).patient


def refused(world: World, command: Command) -> Refusal:
    with pytest.raises(Refusal) as caught:
        world.run(command)
    return caught.value


def test_adding_normalises_what_was_typed(world: World) -> None:
    outcome = world.run(
        AddPatient(
            values={
                "first_name": "  Işıl ",
                "last_name": " Yılmaz   Kaya ",
                "mobile": "07700 900123",
                "phone": "+90 212 555 0101",
                "email": " isil@example.com ",
                "birth_date": "1990-05-12",
            }
        )
    )
    row = patient(world, outcome.value)
    assert (row.first_name, row.last_name) == ("Işıl", "Yılmaz Kaya")
    assert (row.mobile, row.mobile_typed) == ("+447700900123", "07700 900123")
    assert row.phone == "+902125550101"
    assert (row.email, row.birth_date) == ("isil@example.com", date(1990, 5, 12))
    assert row.record_number.startswith("P0000")
    assert (outcome.undo_label, outcome.warnings) == ("Add Yılmaz Kaya, Işıl", ())


def test_an_unreadable_phone_is_kept_as_typed(world: World) -> None:
    outcome = world.run(AddPatient(values={"last_name": "Hern", "mobile": "ask the daughter"}))
    row = patient(world, outcome.value)
    assert (row.mobile, row.mobile_typed) == ("", "ask the daughter")
    assert "ask the daughter" in outcome.warnings[0]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"first_name": " "}, "missing", "last_name"),
        ({"last_name": "A", "birth_date": date(2026, 11, 25)}, "bad_birth_date", "birth_date"),
        ({"last_name": "A", "birth_date": date(1850, 1, 1)}, "bad_birth_date", "birth_date"),
        ({"last_name": "A", "birth_date": "31.02.1990"}, "bad_birth_date", "birth_date"),
        ({"last_name": "A", "birth_date": 7}, "bad_birth_date", "birth_date"),
        ({"last_name": "A", "email": "a@b"}, "bad_email", "email"),
        ({"last_name": "A" * 101}, "too_long", "last_name"),
        ({"last_name": "A", "notes": "x" * 5001}, "too_long", "notes"),
        ({"last_name": "A", "shoe_size": 44}, "unknown_field", None),
        ({"last_name": "A", "merged_into": "x"}, "unknown_field", None),
    ],
)
def test_what_a_patient_may_not_be(
    world: World, values: dict[str, object], code: str, field: str | None
) -> None:
    refusal = refused(world, AddPatient(values=values))
    assert (refusal.code, refusal.field) == (code, field)


def test_born_today_is_fine(world: World) -> None:
    values = {"last_name": "Baby", "birth_date": date(2026, 11, 24)}
    assert world.run(AddPatient(values=values)).value


def test_record_numbers_are_unique_and_skip_those_in_use(world: World) -> None:
    world.run(AddPatient(values={"last_name": "A", "record_number": "P000005"}))
    refusal = refused(world, AddPatient(values={"last_name": "B", "record_number": "P000005"}))
    assert (refusal.code, refusal.field) == ("number_taken", "record_number")
    assert "belongs to A" in refusal.sentence
    made = world.run(AddPatient(values={"last_name": "C"})).value
    assert patient(world, made).record_number == "P000006"


def test_editing_compares_the_revision(world: World) -> None:
    ana = world.names["ana"]
    seen = patient(world, ana).revision
    edit = EditPatient(patient_id=ana, values={"alert": "Pacemaker"}, expected_revision=seen)
    outcome = world.run(edit)
    assert patient(world, ana).alert == "Pacemaker"
    assert outcome.undo_label == "Edit Lee, Ana"
    with pytest.raises(Stale):
        world.other_desk().execute(replace(edit, values={"alert": "None"}))
    assert world.run(EditPatient(patient_id=ana, values={"alert": "Pacemaker"})).undo_label == ""
    refusal = refused(world, EditPatient(patient_id=ana, values={"record_number": ""}))
    assert refusal.code == "missing"
    taken = patient(world, world.names["jon"]).record_number
    refusal = refused(world, EditPatient(patient_id=ana, values={"record_number": taken}))
    assert refusal.code == "number_taken"
    world.undo()
    assert patient(world, ana).alert == ""


def test_blocking_names_the_visits_it_hits(world: World) -> None:
    world.book("10:00")
    world.book("11:00", patient="jon")
    block = BlockTime(
        doctor_id=world.names["wu"], start=at("09:00"), end=at("11:15"), reason="Course"
    )
    outcome = world.run(block)
    assert outcome.warnings == ("2 visits already booked then must move.",)
    assert outcome.undo_label == "Block Tue 09:00, Dr Wu"
    world.undo()
    assert not world.store.queries.roster().exceptions
    world.redo()
    with pytest.raises(Refusal):
        world.book("09:30", patient="tom")
    again = world.run(RemoveBlock(exception_id=str(outcome.value)))
    assert again.undo_label == "Unblock Tue 09:00, Dr Wu"
    assert world.book("09:30", patient="tom")
    with pytest.raises(NotFound):
        world.run(RemoveBlock(exception_id=str(outcome.value)))
    assert refused(world, replace(block, end=at("09:00"))).code == "bad_span"


def test_saving_replaces_by_id_and_leaves_equals_alone(world: World) -> None:
    row = world.store.queries.roster().rooms[world.names["room1"]]
    same = world.run(SaveRecords(records=(row,), label="Rename room"))
    assert (same.value, same.undo_label) == (0, "")
    renamed = replace(row, name="Blue room", revision=0, created_by="nobody")
    outcome = world.run(SaveRecords(records=(renamed,), label="Rename room"))
    assert (outcome.value, outcome.undo_label) == (1, "Rename room")
    assert world.store.queries.roster().rooms[row.id].name == "Blue room"
    world.undo()
    assert world.store.queries.roster().rooms[row.id].name == "Room 1"


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (Practice(id="p", name="A", zone="Nowhere/City"), "bad_zone"),
        (Location(id="l", name="A", zone=""), "bad_zone"),
        (Room(id="r", location_id="l", name="A", capacity=0), "bad_capacity"),
        (Room(id="r", location_id="l", name=" "), "missing"),
        (Doctor(id="d", name="A", code="ABCD"), "bad_code"),
        (AppointmentType(id="t", slug="a", name="A", code="A", duration=14), "bad_length"),
        (AppointmentType(id="t", slug="a", name="A", code="A", duration=481), "bad_length"),
        (
            AppointmentType(id="t", slug="a", name="A", code="A", duration=30, buffer_after=-1),
            "bad_buffer",
        ),
        (
            AppointmentType(id="t", slug="a", name="A", code="A", duration=30, min_notice=-1),
            "bad_notice",
        ),
        (
            ScheduleTemplate(
                id="s", doctor_id="d", location_id="l", weekday=0, work_start=600, work_end=600
            ),
            "bad_hours",
        ),
        (
            ScheduleTemplate(
                id="s", doctor_id="d", location_id="l", weekday=7, work_start=0, work_end=600
            ),
            "bad_weekday",
        ),
        (
            ScheduleTemplate(
                id="s", doctor_id="d", location_id="l", weekday=1, work_start=0, work_end=600,
                step=0,
            ),
            "bad_step",
        ),
        (
            ScheduleTemplate(
                id="s", doctor_id="d", location_id="l", weekday=1, work_start=0, work_end=600,
                breaks=(Break(10, 10),),
            ),
            "bad_break",
        ),
        (
            AvailabilityException(
                id="e", doctor_id="d", start=at("10:00"), end=at("10:00"),
                kind=ExceptionKind.AVAILABLE,
            ),
            "bad_span",
        ),
        (Patient(id="x", record_number="1", first_name="A", last_name="B"), "unknown_kind"),
    ],
)  # fmt: skip
def test_bounds_of_the_furniture(world: World, record: Record, code: str) -> None:
    assert refused(world, SaveRecords(records=(record,))).code == code


def test_settings_live_at_the_desk_or_in_the_clinic(world: World) -> None:
    world.run(SaveSetting(key="calendar.zoom", value=10))
    world.run(SaveSetting(key="clinic.greeting", value={"text": "Hello"}, scope="clinic"))
    assert world.store.queries.setting("calendar.zoom") == 10
    assert world.store.queries.setting("clinic.greeting", "clinic") == {"text": "Hello"}
    outcome = world.run(SaveSetting(key="calendar.zoom", value=[1, None, True]))
    assert outcome.undo_label == ""
    assert "setting" in outcome.changes.kinds


@pytest.mark.parametrize(
    ("key", "value", "scope", "code"),
    [
        ("zoom", 1, "desk", "bad_key"),
        ("Calendar.Zoom", 1, "desk", "bad_key"),
        ("mail.password", "x", "desk", "secret"),
        ("calendar.zoom", object(), "desk", "bad_value"),
        ("calendar.zoom", float("nan"), "desk", "bad_value"),
        ("calendar.zoom", "x" * 64_001, "desk", "too_long"),
        ("calendar.zoom", 1, "world", "bad_scope"),
    ],
)
def test_what_a_setting_may_not_be(
    world: World, key: str, value: object, scope: str, code: str
) -> None:
    assert refused(world, SaveSetting(key=key, value=value, scope=scope)).code == code
