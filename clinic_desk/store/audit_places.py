"""On which days of whose calendar a visit stood, and since when: so that who looked at these days
meanwhile is known to have seen it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import from_epoch, local_date
from clinic_desk.services.audit import day_key
from clinic_desk.store.direct import fetch

SEEN_THERE = (
    "seq IN (SELECT a.seq FROM json_each(?) p"
    " JOIN audit_shown s ON s.subject_id = p.value ->> 0"
    " JOIN audit_entry a ON a.seq = s.seq"
    " WHERE a.at >= p.value ->> 2 AND a.at < p.value ->> 3"
    " AND EXISTS (SELECT 1 FROM json_each(a.detail, '$.doctors') d"
    " WHERE d.value = p.value ->> 1))"
)
"""One value: the places as JSON rows (day, doctor, from, until), in seconds since the epoch."""

FOR_EVER = 1 << 40
"""Seconds; later than any."""

_EVENTS = (
    "SELECT e.subject_id, e.occurred_at, e.changes ->> '$.start[1]',"
    " e.changes ->> '$.doctor_id[1]', l.zone FROM event e JOIN appointment a ON a.id = e.subject_id"
    " JOIN location l ON l.id = a.location_id"
    " WHERE e.subject_id IN (SELECT value FROM json_each(?)) ORDER BY e.subject_id, e.seq"
)


def places_of_patient(connection: Connection, patient_id: Id) -> str:
    """Of all their visits, those of entries merged into theirs included."""
    rows = fetch(
        connection,
        "SELECT id FROM appointment WHERE patient_id IN"
        " (SELECT id FROM patient WHERE id = ? OR merged_into = ?)",
        (patient_id, patient_id),
    )
    return places_of_visits(connection, [row[0] for row in rows])


def places_of_visits(connection: Connection, ids: Sequence[Id]) -> str:
    """As ``SEEN_THERE`` takes them; none for ids of no visits."""
    rows = fetch(connection, _EVENTS, (json.dumps(list(ids)),)) if ids else []
    return json.dumps(list(_places(rows)))


def _places(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, Id, int, int]]:
    visit = day = doctor = ""
    since, start = 0, None
    for row_id, at, began, whose, zone in rows:
        if row_id != visit:
            if day:
                yield day, doctor, since, FOR_EVER
            visit, day, doctor, start, since = row_id, "", "", None, at
        if began is None and whose is None:
            continue
        if day and at > since:
            yield day, doctor, since, at
        since, start = at, began if began is not None else start
        doctor = whose or doctor
        day = "" if start is None else day_key(local_date(from_epoch(int(start)), zone))
    if day:
        yield day, doctor, since, FOR_EVER
