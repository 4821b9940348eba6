"""Reading the audit trail: ``services.audit_views.AuditQueries``."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.store.direct import fetch, fetch_one

if TYPE_CHECKING:
    from pathlib import Path

    from clinic_desk.domain.events import Event
    from clinic_desk.services.audit_views import AuditEntry, AuditLine, AuditPerson, AuditWish
    from clinic_desk.services.ports import Progress
    from clinic_desk.services.views import Finding

MOST_FINDINGS = 200
"""Findings of one proof; a trail with more of them is lost anyway."""

SHOWN_EVENTS = 100
"""Changes of one entry that are read; an import has hundreds."""

_IN = "IN (SELECT value FROM json_each(?))"
_LINES = (
    "SELECT a.seq, a.at, a.actor_id, a.actor_name, a.actor_kind, coalesce(d.name, ''), a.action,"
    " a.subject_kind, a.subject_id, a.patient_id, CASE WHEN a.detail = '' THEN ''"
    " ELSE coalesce(a.detail ->> '$.what', a.detail ->> '$.report', '') END"
    " FROM audit_entry a LEFT JOIN desk d ON d.id = a.desk_id"
)
_OF_PATIENT = (
    "WITH ids(id) AS (SELECT id FROM patient WHERE id = ?1 OR merged_into = ?1),"
    " rows(id) AS (SELECT id FROM ids UNION ALL SELECT id FROM appointment"
    " WHERE patient_id IN (SELECT id FROM ids))"
    " SELECT seq FROM audit_entry WHERE patient_id IN (SELECT id FROM ids)"
    " UNION SELECT s.seq FROM audit_shown s WHERE s.subject_id IN (SELECT id FROM ids)"
    " UNION SELECT a.seq FROM event e JOIN audit_entry a ON a.command_id = e.command_id"
    " WHERE e.subject_id IN (SELECT id FROM rows) AND a.first_event IS NOT NULL"
)
_FACTS = (
    "SELECT seq, detail, detail_hash, session_id, first_event, last_event, hash FROM audit_entry"
)
_PEOPLE = (
    "SELECT id, name, role, log_in FROM staff UNION ALL SELECT a.id, a.name, '', '' FROM actor a"
    " WHERE a.id NOT IN (SELECT id FROM staff)"
)
_NAMED = {
    "patient": "SELECT id, trim(last_name || ', ' || first_name, ', ') FROM patient",
    "staff": "SELECT id, name FROM staff",
    "actor": "SELECT id, name FROM actor",
    "doctor": "SELECT id, name FROM doctor",
    "room": "SELECT id, name FROM room",
    "location": "SELECT id, name FROM location",
    "appointment_type": "SELECT id, name FROM appointment_type",
}
"""Kinds of rows that have names people know."""


class AuditReading:
    """Mixed into the readers."""

    _path: Path

    def _reading(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def audit_index(self, wish: AuditWish) -> Sequence[int]:
        with self._reading() as connection:
            where, values = _conditions(connection, wish)
            if not where:
                newest = fetch_one(connection, "SELECT min(seq), max(seq) FROM audit_entry")
                if newest is None or newest[1] is None:
                    return ()
                return range(newest[1], newest[0] - 1, -1)
            sql = f"SELECT seq FROM audit_entry WHERE {' AND '.join(where)} ORDER BY seq DESC"
            return array("q", (row[0] for row in fetch(connection, sql, values)))

    def audit_lines(self, numbers: Sequence[int]) -> tuple[AuditLine, ...]:
        wanted = json.dumps(list(numbers))
        with self._reading() as connection:
            rows = fetch(connection, f"{_LINES} WHERE a.seq {_IN}", (wanted,))
            made = {line.seq: line for line in _lines(connection, rows)}
        return tuple(made[number] for number in numbers if number in made)

    def audit_entry(self, number: int) -> AuditEntry:
        for entry in self.audit_entries((number,)):
            return entry
        raise NotFound("audit entry", str(number))

    def audit_entries(self, numbers: Sequence[int]) -> tuple[AuditEntry, ...]:
        from clinic_desk.store.history import events_of_entries

        wanted = json.dumps(list(numbers))
        with self._reading() as connection:
            rows = fetch(connection, f"{_LINES} WHERE a.seq {_IN}", (wanted,))
            lines = {line.seq: line for line in _lines(connection, rows)}
            events = events_of_entries(connection, wanted, SHOWN_EVENTS)
            facts = {
                row[0]: row for row in fetch(connection, f"{_FACTS} WHERE seq {_IN}", (wanted,))
            }
            details = {seq: _told(row[1]) for seq, row in facts.items()}
            ids: set[Id] = set()
            for seq, line in lines.items():
                about = _about(line.subject_id, line.patient_id, details[seq])
                ids |= _ids_in(events.get(seq, ()), *about)
            names = _names(connection, ids)
        return tuple(
            _entry(lines[number], facts[number], details[number], events.get(number, ()), names)
            for number in numbers
            if number in lines
        )

    def audit_people(self) -> tuple[AuditPerson, ...]:
        from clinic_desk.services.audit_views import AuditPerson

        with self._reading() as connection:
            rows = fetch(connection, _PEOPLE)
        made = (AuditPerson(*row) for row in rows)
        return tuple(sorted(made, key=lambda one: (one.name.casefold(), one.role, one.id)))

    def audit_desks(self) -> tuple[tuple[Id, str], ...]:
        with self._reading() as connection:
            rows = fetch(connection, "SELECT id, name FROM desk")
        return tuple(sorted(((r[0], r[1]) for r in rows), key=lambda pair: pair[1].casefold()))

    def audit_head(self) -> str:
        from clinic_desk.store.audit_chain import Head, heads

        with self._reading() as connection:
            head, _ = heads(connection, Head(0, ""))
        return "" if head is None else str(head)

    def audit_proof(self, heard: Progress | None = None, head: str = "") -> tuple[Finding, ...]:
        from clinic_desk.store.audit_anchor import Anchor
        from clinic_desk.store.audit_check import check_audit

        witnesses = Anchor(self._path).witnesses(head)  # before the snapshot

        def told(done: int, total: int) -> bool:
            return heard is None or heard(done, total, "Proving the audit trail…")

        with self._reading() as connection:
            return tuple(islice(check_audit(connection, witnesses, told), MOST_FINDINGS))


def _conditions(connection: Connection, wish: AuditWish) -> tuple[list[str], list[object]]:
    from clinic_desk.services.audit import Kind, actions_of
    from clinic_desk.store.audit_places import SEEN_THERE, places_of_patient, places_of_visits

    where: list[str] = []
    values: list[object] = []

    def add(condition: str, *given: object) -> None:
        where.append(condition)
        values.extend(given)

    if wish.patient_id:
        ids, places = _OF_PATIENT.replace("?1", "?"), places_of_patient(connection, wish.patient_id)
        add(f"(seq IN ({ids}) OR {SEEN_THERE})", wish.patient_id, wish.patient_id, places)
    if wish.subject_id:
        places = places_of_visits(connection, [wish.subject_id])
        add(f"(subject_id = ? OR {SEEN_THERE})", wish.subject_id, places)
    if wish.actor_id:
        add("actor_id = ?", wish.actor_id)
    if wish.desk_id:
        add("desk_id = ?", wish.desk_id)
    if wish.first is not None:
        add("at >= ?", epoch(wish.first))
    if wish.last is not None:
        add("at < ?", epoch(wish.last))
    if wish.kind is Kind.CHANGES:  # and whatever a later version calls otherwise
        others = [one for kind in Kind if kind is not Kind.CHANGES for one in actions_of(kind)]
        add(f"action NOT {_IN}", json.dumps(sorted(others)))
    elif wish.kind is not None:
        add(f"action {_IN}", json.dumps(sorted(actions_of(wish.kind))))
    return where, values


def _lines(connection: Connection, rows: Sequence[Any]) -> list[AuditLine]:
    from clinic_desk.services.audit_views import AuditLine

    visits = {
        row[0]: row
        for row in fetch(
            connection,
            "SELECT a.id, a.start_at, l.zone FROM appointment a"
            f" JOIN location l ON l.id = a.location_id WHERE a.id {_IN}",
            (json.dumps([row[8] for row in rows if row[7] == "appointment"]),),
        )
    }
    names = _names(connection, {one for row in rows for one in (row[8], row[9]) if one})
    made = []
    for row in rows:
        visit = visits.get(row[8])
        made.append(
            AuditLine(
                row[0],
                from_epoch(row[1]),
                row[2],
                row[3],
                row[4],
                row[5],
                row[6],
                row[7],
                row[8],
                row[9],
                about=names.get(row[9]) or names.get(row[8], ""),
                visit_start=from_epoch(visit[1]) if visit else None,
                zone=visit[2] if visit else "",
                title=row[10],
            )
        )
    return made


def _about(subject_id: Id, patient_id: Id, told: Mapping[str, object]) -> Iterator[object]:
    """Whatever besides its events an entry may name by its id."""
    yield from (subject_id, patient_id)
    for one in told.values():
        if isinstance(one, list):
            yield from one


def _entry(
    line: AuditLine,
    facts: Sequence[Any],
    told: Mapping[str, object],
    events: tuple[Event, ...],
    names: Mapping[Id, str],
) -> AuditEntry:
    from clinic_desk.services.audit_views import AuditEntry

    _, detail, kept, session, first, last, digest = facts
    count = 0 if first is None else last - first + 1
    return AuditEntry(line, told, bool(kept) and not detail, session, events, count, names, digest)


def _names(connection: Connection, ids: Iterable[Id]) -> dict[Id, str]:
    """One statement, whatever kinds of rows they are."""
    wanted = json.dumps(sorted(ids))
    sql = " UNION ALL ".join(f"{one} WHERE id {_IN}" for one in _NAMED.values())
    return dict(fetch(connection, sql, (wanted,) * len(_NAMED)))


def _told(detail: str) -> dict[str, object]:
    try:
        found = json.loads(detail) if detail else {}
    except ValueError:
        return {}
    return {key: value for key, value in found.items() if key != "_"}


def _ids_in(events: Iterable[Any], *more: object) -> set[Id]:
    """Whatever in the changes may be the id of a row."""
    found = {str(one) for one in more if isinstance(one, str) and one}
    for event in events:
        found.add(event.subject_id)
        for name, pair in event.changes.items():
            if name.endswith(("_id", "_by")):
                found.update(str(one) for one in pair if one)
    return found
