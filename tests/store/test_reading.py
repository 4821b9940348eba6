"""What the queries answer, against rows that the unit of work wrote."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import ShelfItem, SlotState, Status
from clinic_desk.domain.availability.model import BandKind
from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.people import Patient
from clinic_desk.domain.templates import (
    AvailabilityException,
    ExceptionKind,
    ExternalBusyTime,
    Holiday,
    TimeOffRequest,
    TimeOffStatus,
)
from clinic_desk.store.upgrade import EXPECTED
from tests.store.clinic import MONDAY, Clinic, moved, visit

DAY = date(2026, 11, 23)


def test_cells_are_frozen_joined_and_sorted(clinic: Clinic) -> None:
    clinic.add(visit("b", 30, patient_id="lee", notes="Second"), visit("a", room_id="room-1"))
    cells = clinic.store.queries.cells(DAY, DAY)
    assert [c.id for c in cells] == ["a", "b"]
    first = cells[0]
    assert (first.listed_name, first.birth_date) == ("Hall, Jane", date(1988, 3, 4))
    assert (first.type_code, first.room_id, first.created_by) == ("FUP", "room-1", "Maria")
    assert first.start == MONDAY
    assert cells[1].note == "Second"
    with pytest.raises(FrozenInstanceError):
        first.lane = 3  # type: ignore[misc]


def test_a_calendar_takes_the_same_statements_for_one_row_and_for_many(clinic: Clinic) -> None:
    traced: list[str] = []
    clinic.add(visit("a"))
    clinic.store.queries.calendar(DAY, DAY)
    with clinic.store._reader.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(traced.append)
    clinic.store.queries.calendar(DAY, DAY)
    few = list(traced)
    clinic.add(*(visit(f"v{i}", 30 + 30 * i) for i in range(12)))
    traced.clear()
    assert len(clinic.store.queries.calendar(DAY, DAY).cells) == 13
    assert any("FROM appointment" in statement for statement in few)
    assert len(traced) == len(few)


@pytest.mark.parametrize(
    ("values", "flag"),
    [
        ({}, "new"),
        ({"notes": "x"}, "note"),
        ({"walk_in": True}, "walk_in"),
        ({"mode": Mode.VIDEO}, "video"),
        ({"mode": Mode.PHONE}, "phone"),
        ({"source": "patient"}, "online"),
        ({"overbook_reason": "Urgent"}, "overbooked"),
    ],
)
def test_flags(clinic: Clinic, values: dict[str, object], flag: str) -> None:
    clinic.add(visit("a", **values))
    (cell,) = clinic.store.queries.cells(DAY, DAY)
    assert flag in cell.flags


def test_a_patient_is_new_until_a_completed_visit(clinic: Clinic) -> None:
    clinic.add(visit("old", -3 * 1440, status=Status.COMPLETED), visit("a"))
    (cell,) = clinic.store.queries.cells(DAY, DAY)
    assert "new" not in cell.flags


def test_late_is_told_by_the_clock(clinic: Clinic) -> None:
    clinic.add(visit("a"))
    clinic.clock.set(MONDAY + timedelta(minutes=4))
    assert "late" not in clinic.store.queries.cells(DAY, DAY)[0].flags
    clinic.clock.set(MONDAY + timedelta(minutes=6))
    assert "late" in clinic.store.queries.cells(DAY, DAY)[0].flags


def test_visits_under_leave_or_a_block_must_move(clinic: Clinic) -> None:
    clinic.add(visit("a"), visit("b", 0, doctor_id="roy", patient_id="lee"), visit("c", 120))
    span = {"start": MONDAY - timedelta(hours=1), "end": MONDAY + timedelta(hours=1)}
    clinic.add(
        TimeOffRequest(id="t", doctor_id="wu", status=TimeOffStatus.APPROVED, **span),
        TimeOffRequest(id="r", doctor_id="roy", status=TimeOffStatus.REQUESTED, **span),
    )
    flags = {c.id: "must_move" in c.flags for c in clinic.store.queries.cells(DAY, DAY)}
    assert flags == {"a": True, "b": False, "c": False}
    clinic.add(AvailabilityException(id="x", doctor_id="roy", kind=ExceptionKind.BLOCKED, **span))
    flags = {c.id: "must_move" in c.flags for c in clinic.store.queries.cells(DAY, DAY)}
    assert flags["b"] is True


def test_what_a_calendar_leaves_out(clinic: Clinic) -> None:
    clinic.add(
        visit("a"),
        visit("gone", 30, status=Status.CANCELLED, cancel_reason="Ill"),
        visit("released", 60, status=Status.RELEASED, patient_id=None),
        visit("contested", 0, patient_id="lee", slot_state=SlotState.CONTESTED),
        visit("late", 1440),
    )
    queries = clinic.store.queries
    assert [c.id for c in queries.cells(DAY, DAY)] == ["a"]
    assert [c.id for c in queries.cells(DAY, DAY, include_cancelled=True)] == ["a", "gone"]
    assert [c.id for c in queries.clashes()] == ["contested"]
    assert queries.cells(DAY, DAY, ["roy"]) == ()
    assert [c.id for c in queries.cells(DAY, DAY + timedelta(days=1))] == ["a", "late"]


def test_local_days_bound_the_range(clinic: Clinic) -> None:
    # 23:30 UTC on the 22nd is 00:30 on the 23rd in Berlin.
    start = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    span = {"start": start, "end": start + timedelta(minutes=30)}
    blocked = {"blocked_start": span["start"], "blocked_end": span["end"]}
    clinic.add(replace(visit("night"), **span, **blocked))
    assert [c.id for c in clinic.store.queries.cells(DAY, DAY)] == ["night"]
    assert clinic.store.queries.cells(DAY - timedelta(days=1), DAY - timedelta(days=1)) == ()


def test_the_calendar_has_backgrounds_loads_and_a_snapshot(clinic: Clinic) -> None:
    clinic.add(
        visit("a", after=10),
        visit("h", 60, status=Status.HELD, patient_id=None, held_by_desk="desk-1",
              hold_until=clinic.clock.now() + timedelta(minutes=3)),
        ExternalBusyTime(id="x", doctor_id="wu", external_id="e", title="Dentist",
                         start=MONDAY + timedelta(hours=3), end=MONDAY + timedelta(hours=4)),
        Holiday(id="closed", day=DAY + timedelta(days=1), name="Founders' Day"),
    )  # fmt: skip
    shown = clinic.store.queries.calendar(DAY, DAY + timedelta(days=1))
    monday, tuesday = shown.days["wu", DAY], shown.days["wu", DAY + timedelta(days=1)]
    kinds = {band.kind for band in monday.bands}
    assert {BandKind.OPEN, BandKind.BREAK, BandKind.EXTERNAL} <= kinds
    assert monday.load.capacity > monday.load.booked >= 1
    assert monday.closed_label == ""
    assert tuesday.closed_label == "Founders' Day"
    busy = {b.id: b for b in shown.snapshot.busy}
    assert busy["a"].label == "J. Hall"
    assert busy["a"].blocked_end - busy["a"].end == 600
    assert (busy["h"].kind, busy["h"].label, busy["h"].holder_desk) == ("hold", "Held", "desk-1")
    assert [busy[key].holder for key in ("a", "h")] == ["", "Maria"]
    assert [b.label for b in shown.snapshot.external] == ["Dentist"]
    loads = clinic.store.queries.loads(DAY, DAY + timedelta(days=1))
    assert {(x.doctor_id, x.day): x.load for x in loads}["wu", DAY] == monday.load
    held = next(c for c in shown.cells if c.id == "h")
    assert (held.held_by, held.held_by_desk) == ("Maria", "desk-1")


def test_a_snapshot_of_one_doctor_knows_who_else_uses_the_rooms(clinic: Clinic) -> None:
    clinic.add(
        visit("a"),
        visit("r", 0, doctor_id="roy", patient_id="lee", room_id="room-1"),
        visit("n", 60, doctor_id="roy", patient_id="lee"),
    )
    for snapshot in (
        clinic.store.queries.snapshot(DAY, DAY, ["wu"]),
        clinic.store.queries.calendar(DAY, DAY, ["wu"]).snapshot,
    ):
        assert sorted(b.id for b in snapshot.busy) == ["a", "r"]


def test_a_long_snapshot_has_the_same_rows_without_names(clinic: Clinic) -> None:
    clinic.add(visit("a"))
    short = clinic.store.queries.snapshot(DAY, DAY).busy
    long = clinic.store.queries.snapshot(DAY, DAY + timedelta(days=60)).busy
    assert [b._replace(label="") for b in short] == list(long)
    assert short[0].label == "J. Hall"


def test_one_appointment_with_its_history(clinic: Clinic) -> None:
    (a,) = clinic.add(visit("a", room_id="room-1", confirmation_code="APT-2026-0007"))
    clinic.change(a, "moved", actor=clinic.jon, **moved(a, 60))
    view = clinic.store.queries.appointment("a")
    assert (view.doctor_name, view.room_name, view.location_name) == ("Dr Wu", "Room 1", "Main")
    assert view.zone == "Europe/Berlin"
    assert view.patient is not None
    assert [(e.action, e.actor_name) for e in view.history] == [
        ("created", "Maria"),
        ("moved", "Jon"),
    ]
    assert view.history[1].changes["start"] == (
        int(MONDAY.timestamp()),
        int(MONDAY.timestamp()) + 3600,
    )
    assert view.values["confirmation_code"] == "APT-2026-0007"
    assert view.cell.updated_by == "Jon"
    assert clinic.store.queries.appointment_by_code(" apt-2026-0007 ") == "a"
    assert clinic.store.queries.appointment_by_code("APT-1") is None
    with pytest.raises(NotFound):
        clinic.store.queries.appointment("nobody")


def test_one_patient_with_visits_newest_first(clinic: Clinic) -> None:
    clinic.add(
        visit("a"), visit("b", 60), visit("m", -1440, status=Status.NO_SHOW), visit("x", 120,
        patient_id="lee"),
    )  # fmt: skip
    view = clinic.store.queries.patient("hall")
    assert [c.id for c in view.visits] == ["b", "a", "m"]
    assert view.no_shows == 1
    with pytest.raises(NotFound):
        clinic.store.queries.patient("nobody")


def test_the_shelf(clinic: Clinic) -> None:
    clinic.add(visit("a"))
    (item,) = clinic.add(ShelfItem(id="s", appointment_id="a", parked_at=clinic.clock.now()))
    (card,) = clinic.store.queries.shelf()
    assert (card.item_id, card.cell.id) == ("s", "a")
    assert "parked" in clinic.store.queries.cells(DAY, DAY)[0].flags
    with pytest.raises(Refusal, match="already on the shelf"):
        clinic.add(ShelfItem(id="s2", appointment_id="a"))
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.remove(item, "unparked")
        work.commit()
    assert clinic.store.queries.shelf() == ()


def test_the_version_changes_with_every_commit_of_anyone(clinic: Clinic) -> None:
    queries = clinic.store.queries
    first = queries.data_version()
    assert queries.data_version() == first
    clinic.add(visit("a"))
    second = queries.data_version()
    clinic.sql("UPDATE counter SET value = value")
    clinic.sql("INSERT INTO counter VALUES ('other', 1)")
    third = queries.data_version()
    assert len({first, second, third}) == 3


def test_the_roster_is_kept_until_someone_changes_it(clinic: Clinic) -> None:
    queries = clinic.store.queries
    first = queries.roster()
    clinic.add(visit("a"))
    assert queries.roster() is first
    clinic.sql("UPDATE doctor SET name = 'Dr Woo' WHERE id = 'wu'")
    assert queries.roster().doctors["wu"].name == "Dr Woo"


def test_identities_and_import_keys(clinic: Clinic) -> None:
    clinic.add(
        Patient(
            id="p",
            record_number="P7",
            first_name="A",
            last_name="B",
            mobile="+90532",
            mobile_typed="0532",
            other_numbers=("X1",),
        ),
        visit("a", import_key="diary-1"),
    )
    who = {i.id: i for i in clinic.store.queries.patient_identities()}["p"]
    assert (who.record_number, who.other_numbers, who.phones) == ("P7", ("X1",), ("+90532", "0532"))
    assert clinic.store.queries.import_keys() == {"diary-1"}


def test_info(clinic: Clinic) -> None:
    clinic.add(visit("a"))
    info = clinic.store.queries.info()
    assert info.counts["appointment"] == 1
    assert info.counts["patient"] == 2
    assert info.schema_revision == EXPECTED
    assert info.size_bytes > 0
    assert info.last_backup is None


def test_an_empty_file_says_that_it_must_be_set_up(empty: Clinic) -> None:
    with pytest.raises(Refusal, match="set up the practice") as refused:
        empty.store.queries.roster()
    assert refused.value.code == "no_practice"
