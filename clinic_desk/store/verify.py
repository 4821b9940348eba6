"""Proof that the file is what its history says.

Each check names every difference it finds. The replay knows nothing of the tables' triggers: it
starts each row from zeros, applies its events in order and compares every column.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from clinic_desk.domain.appointments import OCCUPYING, Appointment
from clinic_desk.domain.spans import from_epoch
from clinic_desk.services.ports import Progress
from clinic_desk.services.views import Finding
from clinic_desk.store import guards
from clinic_desk.store.audit_chain import Witness
from clinic_desk.store.audit_check import check_audit
from clinic_desk.store.billing_check import check_billing
from clinic_desk.store.folding import search_row
from clinic_desk.store.mapping import TABLES, Mapper, Stored, class_of, mapper
from clinic_desk.store.message_check import check_messages
from clinic_desk.store.replay import Replay
from clinic_desk.store.searchable import patients
from clinic_desk.store.series_check import check_series

_STEPS = (
    "integrity", "triggers", "foreign_keys", "overlaps", "replay", "series", "billing", "messages",
    "full_text",
    "audit",
)  # fmt: skip
_CHUNK = 5000

Check = Callable[[Connection], Iterable[Finding]]


def verify(
    connection: Connection,
    progress: Progress | None = None,
    witnesses: tuple[Witness, ...] = (),
) -> list[Finding]:
    """Runs all checks; ``progress`` answers False to stop after the present one. ``witnesses`` are
    heads of the audit trail noted outside of the file."""
    checks: dict[str, Check] = {**_CHECKS, "audit": partial(check_audit, witnesses=witnesses)}
    found: list[Finding] = []
    for i, name in enumerate(_STEPS):
        if progress is not None and not progress(i, len(_STEPS), _SENTENCES[name]):
            return found
        found += _finished(name, checks[name], connection)
    if progress is not None:
        progress(len(_STEPS), len(_STEPS), "Checked.")
    return found


def _finished(name: str, check: Check, connection: Connection) -> list[Finding]:
    """What a check found; of a file so damaged that it stumbles, what it found until then."""
    found: list[Finding] = []
    try:
        found.extend(check(connection))
    except (DBAPIError, ValueError, LookupError, TypeError) as error:
        sentence = (
            "This check came to something in the file that cannot be read "
            f"({type(error).__name__}), and could not be finished."
        )
        found.append(Finding(name, "file", sentence))
    return found


def _integrity(connection: Connection) -> Iterator[Finding]:
    for (text,) in connection.exec_driver_sql("PRAGMA integrity_check(100)").fetchall():
        if text != "ok":
            yield Finding("integrity", "file", f"SQLite reports: {text}")


def _triggers(connection: Connection) -> Iterator[Finding]:
    wanted = {_name_of(sql): sql for sql in guards.statements()}
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    ).fetchall()
    present = {row[0]: row[1] for row in rows}
    for name in sorted(wanted.keys() - present.keys()):
        yield Finding("triggers", name, f"The rule {name} is missing from the file.")
    for name in sorted(present.keys() - wanted.keys()):
        yield Finding("triggers", name, f"The file has a rule {name} that is not this program's.")
    for name in sorted(wanted.keys() & present.keys()):
        if wanted[name] != present[name]:
            yield Finding("triggers", name, f"The rule {name} was changed.")


def _name_of(sql: str) -> str:
    return sql.split(None, 3)[2]


def _foreign_keys(connection: Connection) -> Iterator[Finding]:
    for table, rowid, parent, _ in connection.exec_driver_sql(
        "PRAGMA foreign_key_check"
    ).fetchall():
        row = connection.exec_driver_sql(
            f'SELECT * FROM "{table}" WHERE rowid = ?', (rowid,)
        ).fetchone()
        subject = str(row[0]) if row is not None else str(rowid)
        yield Finding(
            "foreign_keys", subject, f"The {table} {subject} refers to a {parent} that is gone."
        )


def _overlaps(connection: Connection) -> Iterator[Finding]:
    """A sweep over all occupying rows in memory; the guards' probe is not used."""
    statuses = ", ".join(f"'{status}'" for status in sorted(OCCUPYING))
    occupying = f"status IN ({statuses}) AND slot_state = 'placed' AND deleted_at IS NULL"
    for subject, column, lane in (
        ("doctor", "doctor_id", "lane"),
        ("room", "room_id", "room_lane"),
    ):
        rows = connection.exec_driver_sql(
            f"SELECT {column}, {lane}, blocked_start, blocked_end, id FROM appointment"
            f" WHERE {occupying} AND {column} IS NOT NULL ORDER BY 1, 2, 3, 4"
        )
        key: tuple[Any, Any] | None = None
        until, holder = 0, ""
        for place, number, start, end, row_id in rows:
            if (place, number) != key:
                key, until, holder = (place, number), end, row_id
                continue
            if start < until:
                yield Finding(
                    "overlaps",
                    row_id,
                    f"The appointments {holder} and {row_id} use the same {subject} lane at "
                    f"{from_epoch(start):%Y-%m-%d %H:%M} UTC.",
                )
            if end > until:
                until, holder = end, row_id
    rows = connection.exec_driver_sql(
        f"SELECT a.id, a.room_lane, r.capacity FROM appointment a JOIN room r ON r.id = a.room_id"
        f" WHERE {occupying.replace('deleted_at', 'a.deleted_at')} AND a.room_lane >= r.capacity"
        # what was over when the room was made smaller is history
        " AND a.status <> 'completed' AND a.end_at > r.updated_at"
    )
    for row_id, lane_number, capacity in rows:
        yield Finding(
            "overlaps",
            row_id,
            f"The appointment {row_id} takes place {lane_number + 1} in a room for {capacity}.",
        )


def _replay(connection: Connection) -> Iterator[Finding]:
    for table in TABLES:
        yield from _replay_table(connection, table)


def _replay_table(connection: Connection, table: str) -> Iterator[Finding]:
    m = mapper(class_of(table))
    what = table.replace("_", " ")
    after = ""
    while True:
        rows = connection.exec_driver_sql(
            f"{m.select} WHERE id > ? ORDER BY id LIMIT {_CHUNK}", (after,)
        ).fetchall()
        if not rows:
            break
        rebuilt = replayed(connection, after, rows[-1][0], m)
        for row in rows:
            told = rebuilt.pop(row[0], None)
            if told is None:
                yield Finding("replay", row[0], f"The {what} {row[0]} has no history.")
                continue
            for i, name in enumerate(m.fields):
                if told[name] != row[i]:
                    yield Finding("replay", row[0], _differs(what, row, name, row[i], told[name]))
        for row_id in sorted(rebuilt):
            yield Finding("replay", row_id, f"The {what} {row_id} is told of but is gone.")
        after = rows[-1][0]
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT subject_id FROM event"
        " WHERE subject_kind = ? AND subject_id > ? ORDER BY 1",
        (table, after),
    ).fetchall()
    for (row_id,) in rows:
        yield Finding("replay", row_id, f"The {what} {row_id} is told of but is gone.")


def _differs(what: str, row: Sequence[Stored], name: str, kept: Stored, told: Stored) -> str:
    """Values only where they are nobody's: what is found is sent to whoever looks after the
    program."""
    if what == "appointment" and name not in PRIVATE:
        return f"The appointment {row[0]} has {name} = {kept!r}, but its history says {told!r}."
    return f"The {what} {row[0]} has another {name} than its history says."


PRIVATE = frozenset({"title", "reason", "notes", "cancel_reason", "overbook_reason"})


def replayed(
    connection: Connection, after: str, last: str, kind: Mapper[Any] | None = None
) -> dict[str, Mapping[str, Stored]]:
    """Rows of one kind (appointments) with ids in (after, last], rebuilt from their events alone,
    stored form."""
    m = kind or mapper(Appointment)
    replay = Replay(m)
    rows = connection.exec_driver_sql(
        "SELECT subject_id, occurred_at, actor_id, command_id, changes FROM event"
        " WHERE subject_kind = ? AND subject_id > ? AND subject_id <= ?"
        " ORDER BY subject_id, seq",
        (m.table, after, last),
    )
    for row_id, when, actor, command, changes in rows:
        replay.tell(row_id, when, actor, command, json.loads(changes))
    return dict(replay.rows)


def _full_text(connection: Connection) -> Iterator[Finding]:
    rows = connection.exec_driver_sql(
        "SELECT patient_id, surname, words, digits FROM patient_search"
    )
    stored = {row[0]: tuple(row[1:]) for row in rows.fetchall()}
    for patient in patients(connection):
        wanted = search_row(patient)
        kept = stored.pop(patient.id, None)
        if wanted != kept:
            what = "cannot be found" if kept is None else "is found by outdated words"
            if wanted is None:
                what = "is found although it was removed"
            yield Finding("full_text", patient.id, f"The patient {patient.id} {what}.")
    for patient_id in sorted(stored):
        yield Finding("full_text", patient_id, f"The search lists an unknown patient {patient_id}.")


def check_indexes(connection: Connection) -> list[Finding]:
    """Compares both full-text indexes with their text. SQLite does this by an INSERT, so it needs
    a connection that may write; nothing is changed."""
    found = []
    for table in ("patient_words", "patient_digits"):
        try:
            connection.exec_driver_sql(
                f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)"
            )
        except DBAPIError:
            found.append(
                Finding(
                    "full_text",
                    table,
                    f"The search index {table} does not match its text. Rebuild it.",
                )
            )
    return found


_CHECKS: dict[str, Check] = {
    "integrity": _integrity,
    "triggers": _triggers,
    "foreign_keys": _foreign_keys,
    "overlaps": _overlaps,
    "replay": _replay,
    "series": check_series,
    "billing": check_billing,
    "messages": check_messages,
    "full_text": _full_text,
}
_SENTENCES = {
    "integrity": "Checking the file…",
    "triggers": "Checking the file's rules…",
    "foreign_keys": "Checking links between rows…",
    "overlaps": "Looking for double bookings…",
    "series": "Checking the dates of series…",
    "billing": "Adding up the invoices…",
    "messages": "Checking the messages that wait…",
    "replay": "Rebuilding every row from its history…",
    "full_text": "Checking the search index…",
    "audit": "Proving the audit trail…",
}
