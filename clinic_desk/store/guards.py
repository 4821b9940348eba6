"""Triggers by which the file itself keeps every visit in a place of its own.

They are made from the domain's own tables (``OCCUPYING``, ``TRANSITIONS``), so that the two can
not drift apart. In one lane the occupying rows are disjoint, so only the row with the greatest
blocked start before the new blocked end can clash: that one is probed (architecture.md section
5). The probe holds for statements that touch many rows too: of any two rows the one written last
is judged against the final value of the other.

``OR REPLACE`` would delete rows without asking the other triggers, so a row whose key, rowid,
confirmation code or import key is stored already is refused before SQLite gets there.

The text of the triggers is plain enough for SQLite 3.40, so that other tools can read the file.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from sqlalchemy import Connection

from clinic_desk.domain.appointments import TRANSITIONS
from clinic_desk.domain.errors import Fault
from clinic_desk.store.stored import OCCUPIES

OFF_MACHINE = ("undone", "redone", "stepped_back", "reinstated")
"""Events that let the same command take a visit to a status the machine does not lead to."""

META_KEY = "triggers"
ROSTER_KEY = "roster_version"

ROSTER_TABLES = (
    "practice",
    "location",
    "room",
    "doctor",
    "appointment_type",
    "schedule_template",
    "availability_exception",
    "time_off_request",
    "holiday",
    "travel_time",
)
"""A write to one of these makes the readers load the roster anew."""

AUDIT_SEALED = (
    "seq", "at", "actor_id", "actor_name", "actor_kind", "desk_id", "session_id", "action",
    "subject_kind", "subject_id", "patient_id", "command_id", "first_event", "last_event",
    "events_hash", "detail_hash", "prev_hash", "hash",
)  # fmt: skip
"""Columns of an audit entry that its hash covers."""

NEVER_ERASED = ("appointment", "patient", "appointment_series")


def _occupies(prefix: str) -> str:
    return (
        OCCUPIES.replace("status IN", f"{prefix}.status IN")
        .replace("slot_state =", f"{prefix}.slot_state =")
        .replace("deleted_at IS", f"{prefix}.deleted_at IS")
    )


def _refuse(name: str, condition: str) -> str:
    return f"  SELECT RAISE(ABORT, 'clinic_desk:{name}') WHERE {condition};\n"


def _last_before(lane: str, room: bool, others: str) -> str:
    """Blocked end of the row in that lane which starts last before the new one ends."""
    key = "room_id" if room else "doctor_id"
    partial = f"room_id IS NOT NULL AND {OCCUPIES}" if room else OCCUPIES
    return (
        f"(SELECT blocked_end FROM appointment WHERE {key} = NEW.{key} AND {lane} = NEW.{lane}"
        f" AND blocked_start < NEW.blocked_end AND {partial}{others}"
        " ORDER BY blocked_start DESC LIMIT 1) > NEW.blocked_start"
    )


def _trigger(name: str, moment: str, when: str, body: str) -> str:
    condition = f"WHEN {when}\n" if when else ""
    return f"CREATE TRIGGER {name} {moment}\n{condition}BEGIN\n{body}END"


_LANE_COLUMNS = "lane, blocked_start, blocked_end, status, slot_state, deleted_at"


def _lane_triggers() -> list[str]:
    doctor_new, room_new = _occupies("NEW"), f"NEW.room_id IS NOT NULL AND {_occupies('NEW')}"
    full = "NEW.room_lane >= (SELECT capacity FROM room WHERE id = NEW.room_id)"
    itself = " AND rowid <> OLD.rowid"
    moved = (
        "(NEW.room_id IS NOT OLD.room_id OR NEW.room_lane <> OLD.room_lane"
        " OR NEW.blocked_start <> OLD.blocked_start OR NEW.blocked_end <> OLD.blocked_end"
        f" OR NOT ({_occupies('OLD')}))"
    )
    return [
        _trigger(
            "guard_doctor_insert",
            "BEFORE INSERT ON appointment",
            doctor_new,
            _refuse("doctor_overlap", _last_before("lane", False, "")),
        ),
        _trigger(
            "guard_doctor_update",
            f"BEFORE UPDATE OF doctor_id, {_LANE_COLUMNS} ON appointment",
            doctor_new,
            _refuse("doctor_overlap", _last_before("lane", False, itself)),
        ),
        _trigger(
            "guard_room_insert",
            "BEFORE INSERT ON appointment",
            room_new,
            _refuse("room_full", full)
            + _refuse("room_overlap", _last_before("room_lane", True, "")),
        ),
        _trigger(
            "guard_room_update",
            f"BEFORE UPDATE OF room_id, room_{_LANE_COLUMNS} ON appointment",
            room_new,
            _refuse("room_full", f"{moved} AND {full}")
            + _refuse("room_overlap", _last_before("room_lane", True, itself)),
        ),
    ]


def _capacity_trigger() -> str:
    """A room is not made smaller under visits to come that stand side by side in it; what has
    been is history. The moment of the change is the row's own stamp."""
    beyond = (
        "EXISTS (SELECT 1 FROM appointment WHERE room_id = NEW.id AND room_id IS NOT NULL"
        f" AND room_lane >= NEW.capacity AND end_at > NEW.updated_at AND {OCCUPIES}"
        " AND status <> 'completed')"
    )
    return _trigger(
        "guard_room_capacity",
        "BEFORE UPDATE OF capacity ON room",
        "NEW.capacity < OLD.capacity",
        _refuse("room_in_use", beyond),
    )


def _status_trigger() -> str:
    pairs = " OR ".join(
        f"(OLD.status = '{old}' AND NEW.status IN ("
        + ", ".join(f"'{new}'" for new in sorted(news))
        + "))"
        for old, news in sorted(TRANSITIONS.items())
        if news
    )
    actions = ", ".join(f"'{action}'" for action in OFF_MACHINE)
    audited = (
        "NEW.updated_op <> OLD.updated_op AND EXISTS (SELECT 1 FROM event"
        " WHERE subject_id = NEW.id AND subject_kind = 'appointment'"
        f" AND command_id = NEW.updated_op AND action IN ({actions}))"
    )
    return _trigger(
        "guard_status",
        "BEFORE UPDATE OF status ON appointment",
        "NEW.status <> OLD.status",
        _refuse("illegal_status", f"NOT ({pairs}) AND NOT ({audited})"),
    )


def _identity_triggers() -> list[str]:
    taken = "EXISTS (SELECT 1 FROM {t} WHERE {c} = NEW.{c}{more})"
    made = []
    for table in NEVER_ERASED:
        body = _refuse("row_exists", taken.format(t=table, c="id", more=""))
        body += _refuse("row_exists", taken.format(t=table, c="rowid", more=""))
        if table == "appointment":
            body += _unique("confirmation_code", "code_taken", "")
            body += _unique("import_key", "import_key_taken", "", live=True)
        made.append(_trigger(f"guard_{table}_insert", f"BEFORE INSERT ON {table}", "", body))
        made.append(
            _trigger(
                f"guard_{table}_id",
                f"BEFORE UPDATE ON {table}",
                "NEW.id <> OLD.id OR NEW.rowid <> OLD.rowid",
                "  SELECT RAISE(ABORT, 'clinic_desk:id_fixed');\n",
            )
        )
        made.append(
            _trigger(
                f"guard_{table}_delete",
                f"BEFORE DELETE ON {table}",
                "",
                "  SELECT RAISE(ABORT, 'clinic_desk:hard_delete');\n",
            )
        )
    made.append(
        _trigger(
            "guard_appointment_keys",
            "BEFORE UPDATE OF confirmation_code, import_key, deleted_at ON appointment",
            "",
            _unique("confirmation_code", "code_taken", " AND rowid <> OLD.rowid")
            + _unique("import_key", "import_key_taken", " AND rowid <> OLD.rowid", live=True),
        )
    )
    return made


def _unique(column: str, name: str, more: str, *, live: bool = False) -> str:
    """``live``: a row that was taken back leaves its key to others."""
    new = "NEW.deleted_at IS NULL AND " if live else ""
    more += " AND deleted_at IS NULL" if live else ""
    return _refuse(
        name,
        f"{new}NEW.{column} IS NOT NULL AND EXISTS "
        f"(SELECT 1 FROM appointment WHERE {column} = NEW.{column}{more})",
    )


def _event_triggers() -> list[str]:
    refuse = "  SELECT RAISE(ABORT, 'clinic_desk:append_only');\n"
    exists = "EXISTS (SELECT 1 FROM event WHERE id = NEW.id OR seq = NEW.seq)"
    return [
        _trigger("guard_event_insert", "BEFORE INSERT ON event", exists, refuse),
        _trigger("guard_event_update", "BEFORE UPDATE ON event", "", refuse),
        _trigger("guard_event_delete", "BEFORE DELETE ON event", "", refuse),
    ]


def _audit_triggers() -> list[str]:
    """Entries stay as they are; retention may empty ``detail``, which no hash covers."""
    refuse = "  SELECT RAISE(ABORT, 'clinic_desk:append_only');\n"
    exists = "EXISTS (SELECT 1 FROM audit_entry WHERE seq = NEW.seq)"
    columns = ", ".join(AUDIT_SEALED)
    return [
        _trigger("guard_audit_insert", "BEFORE INSERT ON audit_entry", exists, refuse),
        _trigger("guard_audit_update", f"BEFORE UPDATE OF {columns} ON audit_entry", "", refuse),
        _trigger(
            "guard_audit_detail",
            "BEFORE UPDATE OF detail ON audit_entry",
            "NEW.detail <> ''",
            refuse,
        ),
        _trigger("guard_audit_delete", "BEFORE DELETE ON audit_entry", "", refuse),
        _trigger("guard_audit_shown_update", "BEFORE UPDATE ON audit_shown", "", refuse),
        _trigger(
            "guard_audit_shown_delete",
            "BEFORE DELETE ON audit_shown",
            "EXISTS (SELECT 1 FROM audit_entry WHERE seq = OLD.seq AND detail <> '')",
            refuse,
        ),
    ]


def search_triggers() -> list[str]:
    """Carry changes of ``patient_search`` into the full-text indexes."""
    made = []
    for table, column in (("patient_words", "words"), ("patient_digits", "digits")):
        add = f"  INSERT INTO {table}(rowid, {column}) VALUES (NEW.n, NEW.{column});\n"
        drop = (
            f"  INSERT INTO {table}({table}, rowid, {column})"
            f" VALUES ('delete', OLD.n, OLD.{column});\n"
        )
        on = "ON patient_search"
        made += [
            _trigger(f"{table}_insert", f"AFTER INSERT {on}", "", add),
            _trigger(f"{table}_delete", f"AFTER DELETE {on}", "", drop),
            _trigger(f"{table}_update", f"AFTER UPDATE OF n, {column} {on}", "", drop + add),
        ]
    return made


def _roster_triggers() -> list[str]:
    body = f"  UPDATE meta SET v = CAST(v AS INTEGER) + 1 WHERE k = '{ROSTER_KEY}';\n"
    return [
        _trigger(f"roster_{table}_{verb.lower()}", f"AFTER {verb} ON {table}", "", body)
        for table in ROSTER_TABLES
        for verb in ("INSERT", "UPDATE", "DELETE")
    ]


@lru_cache(maxsize=1)
def statements() -> tuple[str, ...]:
    """Every trigger of this program, as SQL."""
    return (
        *_identity_triggers(),
        *_lane_triggers(),
        _capacity_trigger(),
        _status_trigger(),
        *_event_triggers(),
        *_audit_triggers(),
        *search_triggers(),
        *_roster_triggers(),
    )


def _digest(texts: list[str]) -> str:
    return hashlib.sha256("\n;\n".join(sorted(texts)).encode()).hexdigest()


def expected_hash() -> str:
    return _digest(list(statements()))


def stored_hash(connection: Connection) -> str:
    """Hash of the triggers that the file has."""
    rows = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
    return _digest([row[0] for row in rows])


def drop_all(connection: Connection) -> None:
    """Before tables are rebuilt: SQLite refuses to rename a table while a trigger elsewhere names
    one that is gone for the moment."""
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in names.fetchall():
        quoted = name.replace('"', '""')
        connection.exec_driver_sql(f'DROP TRIGGER "{quoted}"')


def recreate(connection: Connection) -> None:
    """Drops every trigger and makes this program's; inside the caller's transaction."""
    drop_all(connection)
    for statement in statements():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(
        "INSERT INTO meta(k, v) VALUES (?, ?) ON CONFLICT(k) DO UPDATE SET v = excluded.v",
        (META_KEY, expected_hash()),
    )


def check(connection: Connection) -> bool:
    """True when the triggers are this program's, False when an older program of ours made them.

    Raises ``Fault("foreign_triggers")`` for any other set: someone changed the file's own rules.
    """
    found = stored_hash(connection)
    if found == expected_hash():
        return True
    noted = connection.exec_driver_sql("SELECT v FROM meta WHERE k = ?", (META_KEY,)).scalar()
    if found == noted:
        return False
    raise Fault(
        "foreign_triggers",
        "The rules inside the clinic's file were changed by another program, so double bookings "
        "would no longer be refused. Restore the last backup, or ask your support to look at it.",
    )
