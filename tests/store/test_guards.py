"""The file's own rules, met with raw SQL that goes around the program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from clinic_desk.domain.appointments import OCCUPYING, TRANSITIONS, Status
from clinic_desk.store.guards import OFF_MACHINE
from tests.store.clinic import Clinic
from tests.store.raw import insert, open_raw, raw_visit

REFUSED = dbapi2.IntegrityError
PLACES = pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ({}, {}, "doctor_overlap"),
        ({"room_id": "room-1"}, {"room_id": "room-1", "doctor_id": "roy"}, "room_overlap"),
    ],
    ids=["doctor", "room"],
)
VERBS = pytest.mark.parametrize(
    ("verb", "tail"),
    [
        ("INSERT", ""),
        ("INSERT OR IGNORE", ""),
        ("INSERT OR REPLACE", ""),
        ("INSERT OR FAIL", ""),
        ("INSERT OR ROLLBACK", ""),
        ("REPLACE", ""),
        ("INSERT", "ON CONFLICT DO NOTHING"),
        ("INSERT", "ON CONFLICT (id) DO UPDATE SET start_at = excluded.start_at"),
    ],
)


@pytest.fixture
def raw(clinic: Clinic) -> Iterator[Any]:
    connection = open_raw(clinic.path)
    yield connection
    connection.close()


def ids(raw: Any) -> list[str]:
    return [row[0] for row in raw.execute("SELECT id FROM appointment ORDER BY id")]


@VERBS
@PLACES
def test_no_insert_takes_an_occupied_place(
    raw: Any, first: dict[str, Any], second: dict[str, Any], message: str, verb: str, tail: str
) -> None:
    insert(raw, raw_visit("a", 0, **first))
    for at, minutes in ((0, 30), (-15, 30), (15, 30), (-15, 60), (10, 15), (29, 15)):
        with pytest.raises(REFUSED, match=f"clinic_desk:{message}"):
            insert(raw, raw_visit("b", at, minutes, **second), verb, tail)
    assert ids(raw) == ["a"]


@PLACES
def test_neighbours_that_touch_stand(
    raw: Any, first: dict[str, Any], second: dict[str, Any], message: str
) -> None:
    del message
    insert(raw, raw_visit("a", 0, **first))
    insert(raw, raw_visit("b", 30, **second))
    insert(raw, raw_visit("c", -30, **second))
    assert ids(raw) == ["a", "b", "c"]


def test_buffers_count(raw: Any) -> None:
    insert(raw, raw_visit("a", 0, after=10))
    with pytest.raises(REFUSED, match="doctor_overlap"):
        insert(raw, raw_visit("b", 35))
    with pytest.raises(REFUSED, match="doctor_overlap"):
        insert(raw, raw_visit("b", 45, before=10))
    insert(raw, raw_visit("b", 45, before=5))


@pytest.mark.parametrize("verb", ["UPDATE", "UPDATE OR IGNORE", "UPDATE OR REPLACE"])
@pytest.mark.parametrize(
    ("start", "change", "message"),
    [
        ({"at": 60}, "start_at = start_at - 3600, end_at = end_at - 3600, blocked_start = "
         "blocked_start - 3600, blocked_end = blocked_end - 3600", "doctor_overlap"),
        ({"at": -30}, "blocked_end = blocked_end + 60", "doctor_overlap"),
        ({"at": 30}, "blocked_start = blocked_start - 60", "doctor_overlap"),
        ({"doctor_id": "roy"}, "doctor_id = 'wu'", "doctor_overlap"),
        ({"lane": 1}, "lane = 0", "doctor_overlap"),
        ({"slot_state": "contested"}, "slot_state = 'placed'", "doctor_overlap"),
        ({"doctor_id": "roy"}, "room_id = 'room-1'", "room_overlap"),
        ({"doctor_id": "roy", "room_id": "room-1", "at": 30},
         "blocked_start = blocked_start - 60", "room_overlap"),
        ({"doctor_id": "roy", "room_id": "room-2", "room_lane": 1}, "room_lane = 0",
         "room_overlap"),
    ],
)  # fmt: skip
def test_no_update_takes_an_occupied_place(
    raw: Any, start: dict[str, Any], change: str, message: str, verb: str
) -> None:
    insert(raw, raw_visit("a", 0, room_id="room-1"))
    insert(raw, raw_visit("c", 0, doctor_id="roy", lane=1, room_id="room-2"))
    before = raw_visit("b", **{"at": 0, **start})
    insert(raw, before)
    with pytest.raises(REFUSED, match=f"clinic_desk:{message}"):
        raw.execute(f"{verb} appointment SET {change} WHERE id = 'b'")
    assert raw.execute("SELECT start_at FROM appointment WHERE id = 'b'").fetchone() == (
        before["start_at"],
    )


def test_undeleting_and_reviving_need_the_place(raw: Any) -> None:
    insert(raw, raw_visit("gone"))
    raw.execute("UPDATE appointment SET deleted_at = 1 WHERE id = 'gone'")
    insert(raw, raw_visit("b"))
    with pytest.raises(REFUSED, match="doctor_overlap"):
        raw.execute("UPDATE appointment SET deleted_at = NULL WHERE id = 'gone'")


@pytest.mark.parametrize("status", sorted(set(Status) - OCCUPYING))
def test_freed_statuses_occupy_nothing(raw: Any, status: Status) -> None:
    insert(raw, raw_visit("a", status=status, cancel_reason="Ill"))
    insert(raw, raw_visit("b"))
    assert ids(raw) == ["a", "b"]


@pytest.mark.parametrize("status", sorted(OCCUPYING))
def test_occupying_statuses_occupy(raw: Any, status: Status) -> None:
    insert(raw, raw_visit("a", status=status) | ({"hold_until": 9} if status == "held" else {}))
    with pytest.raises(REFUSED, match="doctor_overlap"):
        insert(raw, raw_visit("b"))


def test_a_shift_of_many_rows_is_judged_row_by_row_and_never_accepts_an_overlap(raw: Any) -> None:
    for i in range(6):
        insert(raw, raw_visit(f"v{i}", 60 * i))
    shift = (
        "UPDATE appointment SET start_at = start_at + {0}, end_at = end_at + {0},"
        " blocked_start = blocked_start + {0}, blocked_end = blocked_end + {0}"
    )
    raw.execute(shift.format(900))
    with pytest.raises(REFUSED, match="doctor_overlap"):
        raw.execute(shift.format(900) + " WHERE id = 'v0'") and raw.execute(
            shift.format(1800) + " WHERE id = 'v0'"
        )


def test_a_room_is_never_fuller_than_its_capacity(raw: Any) -> None:
    insert(raw, raw_visit("a", room_id="room-2", room_lane=0))
    insert(raw, raw_visit("b", doctor_id="roy", room_id="room-2", room_lane=1))
    with pytest.raises(REFUSED, match="room_full"):
        insert(raw, raw_visit("c", lane=1, room_id="room-2", room_lane=2))
    with pytest.raises(REFUSED, match="room_full"):
        raw.execute("UPDATE appointment SET room_id = 'room-1' WHERE id = 'b'")


def test_a_room_is_not_made_smaller_under_its_visits(raw: Any) -> None:
    insert(raw, raw_visit("b", room_id="room-2", room_lane=1))
    with pytest.raises(REFUSED, match="room_in_use"):
        raw.execute("UPDATE OR REPLACE room SET capacity = 1 WHERE id = 'room-2'")
    raw.execute("UPDATE appointment SET room_lane = 0 WHERE id = 'b'")
    raw.execute("UPDATE room SET capacity = 1 WHERE id = 'room-2'")


def test_what_has_been_does_not_keep_a_room_large(raw: Any) -> None:
    insert(raw, raw_visit("b", room_id="room-2", room_lane=1))
    smaller = "UPDATE room SET capacity = 1, updated_at = (SELECT end_at{} FROM appointment)"
    with pytest.raises(REFUSED, match="room_in_use"):
        raw.execute(smaller.format(" - 1"))
    raw.execute(smaller.format(""))


def test_a_row_left_above_a_lowered_capacity_may_be_noted_but_not_moved(raw: Any) -> None:
    insert(raw, raw_visit("b", room_id="room-2", room_lane=1, status="completed"))
    raw.execute("UPDATE room SET capacity = 1 WHERE id = 'room-2'")
    raw.execute("UPDATE appointment SET notes = 'x' WHERE id = 'b'")
    with pytest.raises(REFUSED, match="room_full"):
        raw.execute("UPDATE appointment SET blocked_end = blocked_end + 60 WHERE id = 'b'")


@pytest.mark.parametrize("old", sorted(Status))
@pytest.mark.parametrize("new", sorted(Status))
def test_the_status_machine_is_the_domains(raw: Any, old: Status, new: Status) -> None:
    hold = {"hold_until": 9}
    insert(raw, raw_visit("a", status=old, cancel_reason="Ill") | (hold if old == "held" else {}))
    until = "9" if new == "held" else "NULL"
    change = f"UPDATE OR REPLACE appointment SET status = '{new}', hold_until = {until}"
    if new == old or new in TRANSITIONS[old]:
        raw.execute(change)
    else:
        with pytest.raises(REFUSED, match="clinic_desk:illegal_status"):
            raw.execute(change)


@pytest.mark.parametrize("action", [*OFF_MACHINE, "changed"])
def test_only_an_audited_command_leaves_the_machine_and_only_once(raw: Any, action: str) -> None:
    insert(raw, raw_visit("a", status="no_show"))
    raw.execute(
        "INSERT INTO event (id, subject_kind, subject_id, action, occurred_at, actor_id,"
        " actor_name, actor_kind, desk_id, command_id, changes, metadata)"
        " VALUES ('e', 'appointment', 'a', ?, 0, '', '', '', '', 'op-2', '{}', '{}')",
        (action,),
    )
    back = "UPDATE appointment SET status = 'scheduled', updated_op = 'op-2' WHERE id = 'a'"
    if action not in OFF_MACHINE:
        with pytest.raises(REFUSED, match="illegal_status"):
            raw.execute(back)
        return
    with pytest.raises(REFUSED, match="illegal_status"):
        raw.execute(back.replace("op-2", "op-3"))
    raw.execute(back)
    raw.execute("UPDATE appointment SET status = 'no_show' WHERE id = 'a'")
    with pytest.raises(REFUSED, match="illegal_status"):
        raw.execute(back)


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"start_at": 1_800_000_000, "end_at": 1_799_999_000}, "ck_appointment_"),
        ({"end_at": 0}, "ck_appointment_"),
        ({"blocked_start": 1_900_000_000}, "ck_appointment_blocked"),
        ({"blocked_end": 0}, "ck_appointment_blocked"),
        ({"blocked_start": 0}, "ck_appointment_buffers"),
        ({"status": "asleep"}, "ck_appointment_status"),
        ({"slot_state": "lost"}, "ck_appointment_slot_state"),
        ({"mode": "letter"}, "ck_appointment_mode"),
        ({"source": "rumour"}, "ck_appointment_source"),
        ({"lane": -1}, "ck_appointment_lane"),
        ({"room_lane": -1}, "ck_appointment_room_lane"),
        ({"hold_until": 5}, "ck_appointment_hold_until"),
        ({"status": "held"}, "ck_appointment_hold_until"),
        ({"patient_id": None}, "ck_appointment_patient"),
        ({"status": "cancelled", "cancel_reason": " "}, "ck_appointment_cancel_reason"),
        ({"status": "cancelled", "cancel_reason": "x" * 2001}, "ck_appointment_cancel_reason"),
        ({"reason": "x" * 2001}, "ck_appointment_reason"),
        ({"notes": "x" * 5001}, "ck_appointment_notes"),
        ({"walk_in": 2}, "ck_appointment_walk_in"),
        ({"revision": 0}, "ck_appointment_revision"),
        ({"start_at": "nine"}, "cannot store TEXT value in INTEGER column"),
        ({"doctor_id": None}, "NOT NULL"),
        ({"doctor_id": "nobody"}, "FOREIGN KEY"),
        ({"room_id": "nowhere"}, "FOREIGN KEY"),
    ],
)
def test_checks(raw: Any, columns: dict[str, Any], name: str) -> None:
    with pytest.raises(REFUSED, match=name):
        insert(raw, raw_visit("a") | columns, "INSERT OR REPLACE")
    assert ids(raw) == []


@pytest.mark.parametrize(
    ("minutes", "stands"), [(14, False), (15, True), (480, True), (481, False)]
)
def test_lengths(raw: Any, minutes: int, stands: bool) -> None:
    held = raw_visit("h", 1000, minutes, status="held", patient_id=None) | {"hold_until": 9}
    for row in (raw_visit("a", 0, minutes), held):
        if stands:
            insert(raw, row)
        else:
            with pytest.raises(REFUSED, match="ck_appointment_length"):
                insert(raw, row)


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_replace_cannot_delete_a_row_on_the_way(raw: Any, verb: str) -> None:
    a = raw_visit("a", 0, confirmation_code="APT-2026-0001", import_key="k")
    insert(raw, a)
    with pytest.raises(REFUSED, match="row_exists"):
        insert(raw, raw_visit("a", 300), verb)
    with pytest.raises(REFUSED, match="row_exists"):
        insert(raw, {"rowid": 1, **raw_visit("b", 300)}, verb)
    with pytest.raises(REFUSED, match="code_taken"):
        insert(raw, raw_visit("b", 300, confirmation_code="APT-2026-0001"), verb)
    with pytest.raises(REFUSED, match="import_key_taken"):
        insert(raw, raw_visit("b", 300, import_key="k"), verb)
    insert(raw, raw_visit("b", 300))
    for change, name in (
        ("confirmation_code = 'APT-2026-0001'", "code_taken"),
        ("import_key = 'k'", "import_key_taken"),
        ("id = 'a'", "id_fixed"),
        ("rowid = 1", "id_fixed"),
    ):
        with pytest.raises(REFUSED, match=name):
            raw.execute(f"UPDATE OR REPLACE appointment SET {change} WHERE id = 'b'")
    assert ids(raw) == ["a", "b"]


@pytest.mark.parametrize("table", ["appointment", "patient"])
def test_nothing_is_erased(raw: Any, table: str) -> None:
    insert(raw, raw_visit("a"))
    with pytest.raises(REFUSED, match="hard_delete"):
        raw.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET action = 'x'",
        "DELETE FROM event",
        "UPDATE OR IGNORE event SET changes = '{}'",
        "INSERT OR REPLACE INTO event SELECT * FROM event LIMIT 1",
        "REPLACE INTO event (seq, id, subject_kind, subject_id, action, occurred_at, actor_id,"
        " actor_name, actor_kind, desk_id, command_id, changes, metadata)"
        " VALUES (1, 'other', '', '', '', 0, '', '', '', '', '', '{}', '{}')",
    ],
)
def test_history_is_append_only(raw: Any, statement: str) -> None:
    before = raw.execute("SELECT * FROM event").fetchall()
    with pytest.raises(REFUSED, match="append_only"):
        raw.execute(statement)
    assert raw.execute("SELECT * FROM event").fetchall() == before
