"""Reading for the patient's page: facts, timeline, merged entries, likely second entries."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import from_epoch
from clinic_desk.store.direct import fetch, fetch_one
from clinic_desk.store.history import event_of
from clinic_desk.store.mapping import mapper
from clinic_desk.store.occupancy import REACH, marks

if TYPE_CHECKING:
    # loaded with the first question: the calendar asks none of these
    from clinic_desk.services.likeness import Traits
    from clinic_desk.services.patient_views import (
        Holdings,
        MergedEntry,
        PatientFacts,
        Timeline,
        Twin,
        TwinPair,
        TwinSide,
    )
    from clinic_desk.services.planning_views import WaitlistCard

_PATIENT = mapper(Patient)
_COLUMNS = ", ".join(f"p.{name}" for name in _PATIENT.columns)
LAST_WAITS = 12
SHORTEST_NUMBER = 6
"""Digits of a phone number below which two that are the same mean nothing."""

NO_NUMBER = '"none"'
"""Looked for among digits: finds nothing."""

TAIL = 9
MOST_CANDIDATES = 3000
MOST_PAIRS = 20_000

_FACTS = f"""
SELECT count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE status = 'no_show'),
 count(*) FILTER (WHERE status IN ('cancelled', 'declined')),
 min(start_at) FILTER (WHERE status NOT IN ('cancelled', 'declined')),
 (SELECT avg(started_at - arrived_at) FROM (SELECT started_at, arrived_at FROM appointment
  WHERE patient_id = ? AND arrived_at IS NOT NULL AND started_at >= arrived_at
  AND deleted_at IS NULL ORDER BY start_at DESC LIMIT {LAST_WAITS}))
FROM appointment WHERE patient_id = ? AND deleted_at IS NULL
 AND status NOT IN ('held', 'released')
"""

_TIMELINE = """
WITH RECURSIVE person(id) AS (
 SELECT ? UNION
 SELECT p.id FROM person JOIN event e ON e.subject_id = person.id AND e.action = 'merged'
  AND e.subject_kind = 'patient'
 JOIN patient p ON p.id = json_extract(e.metadata, '$.other_id') AND p.merged_into = person.id),
bill(id) AS (SELECT id FROM invoice WHERE patient_id IN (SELECT id FROM person)),
subject(id) AS (
 SELECT id FROM person UNION ALL SELECT id FROM bill
 UNION ALL SELECT id FROM appointment WHERE patient_id IN (SELECT id FROM person)
 UNION ALL SELECT y.id FROM payment y WHERE y.invoice_id IN (SELECT id FROM bill)
 UNION ALL SELECT id FROM waitlist_entry WHERE patient_id IN (SELECT id FROM person))
SELECT e.seq, e.id, e.subject_kind, e.subject_id, e.action, e.occurred_at, e.actor_id,
 e.actor_name, e.actor_kind, e.desk_id, e.command_id, e.changes, e.metadata
FROM subject s CROSS JOIN event e ON e.subject_id = s.id
WHERE e.seq < ? AND e.action NOT IN ('renewed', 'relaned', 'held', 'drafted', 'followed')
 AND (e.subject_kind = 'patient' OR e.action NOT IN ('merged', 'separated'))
 AND (e.subject_kind <> 'invoice' OR e.action IN ('issued', 'voided'))
ORDER BY e.seq DESC LIMIT ?
"""

_MERGED = f"""
SELECT {_COLUMNS}, max(e.occurred_at), e.actor_name
FROM event e JOIN patient p ON p.id = json_extract(e.metadata, '$.other_id')
WHERE e.subject_id = ? AND e.subject_kind = 'patient' AND e.action = 'merged'
 AND p.merged_into = ? AND p.deleted_at IS NULL
GROUP BY p.id ORDER BY max(e.occurred_at) DESC, p.id
"""

_HOLDINGS = """
SELECT patient_id, sum(what = 1), sum(what = 2), sum(what = 3), sum(what = 4) FROM (
 SELECT patient_id, 1 AS what FROM appointment WHERE patient_id IN ({0}) AND deleted_at IS NULL
  AND status NOT IN ('held', 'released')
 UNION ALL SELECT patient_id, 2 FROM appointment_series WHERE patient_id IN ({0})
  AND deleted_at IS NULL
 UNION ALL SELECT patient_id, 3 FROM invoice WHERE patient_id IN ({0}) AND deleted_at IS NULL
 UNION ALL SELECT patient_id, 4 FROM waitlist_entry WHERE patient_id IN ({0})
  AND deleted_at IS NULL AND status = 'waiting') GROUP BY patient_id
"""

_TOOK_PLACE = "('pending', 'scheduled', 'confirmed', 'arrived', 'in_progress', 'completed')"
_SHARED = f"""
SELECT a.start_at FROM appointment a JOIN appointment b ON b.patient_id = ?
 AND b.start_at > a.start_at - {REACH} AND b.start_at < a.end_at AND b.end_at > a.start_at
 AND b.status IN {_TOOK_PLACE} AND b.deleted_at IS NULL
WHERE a.patient_id = ? AND a.status IN {_TOOK_PLACE} AND a.deleted_at IS NULL
GROUP BY a.id ORDER BY a.start_at DESC LIMIT 5
"""

_APART = """
NOT EXISTS (SELECT 1 FROM setting t WHERE t.scope = 'clinic' AND t.desk_id = '' AND t.value = 'true'
 AND t.name = 'apart:' || min({0}, {1}) || ':' || max({0}, {1}))
"""

_LIKELY = f"""
SELECT {_COLUMNS} FROM patient_search s JOIN patient p ON p.id = s.patient_id
WHERE p.id <> ? AND s.n IN (
 SELECT x.n FROM patient_search x JOIN patient q ON q.id = x.patient_id WHERE q.birth_date = ?
 UNION SELECT n FROM patient_search WHERE surname IN (?, ?)
 UNION SELECT rowid FROM patient_digits WHERE patient_digits MATCH ?)
 AND {_APART.format("p.id", "?")} LIMIT {MOST_CANDIDATES}
"""

_SIDE = (
    "{0}.id, {0}.record_number, {0}.last_name, {0}.first_name, {0}.birth_date, {0}.mobile,"
    " {0}.phone, {0}.email"
)
# the stored words of a patient begin with the surname, then the first names, all folded
_PAIRS = f"""
WITH folded AS (SELECT p.id, p.birth_date, p.mobile, p.phone, p.email, s.surname,
  substr(s.words, length(s.surname) + 2) || ' ' AS rest
  FROM patient_search s JOIN patient p ON p.id = s.patient_id),
live AS MATERIALIZED (SELECT id, birth_date, mobile, phone, email, surname,
  substr(surname, 1, 2) AS start, substr(rest, 1, instr(rest, ' ') - 1) AS first FROM folded),
tel AS MATERIALIZED (SELECT mobile AS value, id FROM live WHERE mobile <> ''
  UNION SELECT phone, id FROM live WHERE phone <> ''
  UNION SELECT lower(email), id FROM live WHERE email <> ''
  UNION SELECT surname || ',' || first, id FROM live),
pair AS (
 SELECT x.id AS a, y.id AS b FROM tel x JOIN tel y ON x.value = y.value AND x.id < y.id
 UNION SELECT x.id, y.id FROM live x JOIN live y ON x.birth_date = y.birth_date AND x.id < y.id
  AND (x.start = y.start OR x.first = y.first OR substr(y.first, 1, 2) = x.start)
 LIMIT {MOST_PAIRS})
SELECT {_SIDE.format("p")}, {_SIDE.format("q")}
FROM pair JOIN patient p ON p.id = pair.a JOIN patient q ON q.id = pair.b
WHERE {_APART.format("p.id", "q.id")}
"""


class PatientReading(ABC):
    """See ``services.patient_ports.PatientQueries``."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _cards(self, which: str, values: list[Any]) -> tuple[WaitlistCard, ...]: ...

    def patient_rows(self, patient_ids: Sequence[Id]) -> Mapping[Id, Patient]:
        if not patient_ids:
            return {}
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"{_PATIENT.select} WHERE id IN ({marks(patient_ids)}) AND deleted_at IS NULL",
                patient_ids,
            )
        return {one.id: one for one in map(_PATIENT.from_row, rows)}

    def patient_facts(self, patient_id: Id) -> PatientFacts:
        from clinic_desk.services.patient_views import PatientFacts

        with self._reading() as connection:
            row = fetch_one(connection, _FACTS, (patient_id, patient_id))
        assert row is not None
        wait = None if row[4] is None else round(row[4] / 60)
        since = None if row[3] is None else from_epoch(row[3])
        return PatientFacts(row[0], row[1], row[2], wait, since)

    def patient_timeline(self, patient_id: Id, before: int = 0, limit: int = 60) -> Timeline:
        from clinic_desk.services.patient_views import Timeline

        newest = before or 1 << 62
        with self._reading() as connection:
            rows = fetch(connection, _TIMELINE, (patient_id, newest, limit + 1))
        more = len(rows) > limit
        kept = rows[:limit]
        return Timeline(tuple(event_of(row[1:]) for row in kept), kept[-1][0] if more else 0)

    def merged_entries(self, patient_id: Id) -> tuple[MergedEntry, ...]:
        from clinic_desk.services.patient_views import MergedEntry

        with self._reading() as connection:
            rows = fetch(connection, _MERGED, (patient_id, patient_id))
        return tuple(
            MergedEntry(_PATIENT.from_row(row[:-2]), from_epoch(row[-2]), row[-1]) for row in rows
        )

    def patient_waits(self, patient_id: Id) -> tuple[WaitlistCard, ...]:
        return tuple(reversed(self._cards("patient_id = ? AND deleted_at IS NULL", [patient_id])))

    def holdings(self, patient_ids: Sequence[Id]) -> Mapping[Id, Holdings]:
        if not patient_ids:
            return {}
        with self._reading() as connection:
            return _holdings(connection, patient_ids)

    def shared_times(self, one_id: Id, other_id: Id) -> tuple[datetime, ...]:
        with self._reading() as connection:
            rows = fetch(connection, _SHARED, (other_id, one_id))
        return tuple(from_epoch(row[0]) for row in rows)

    def likely_twins(self, patient_id: Id, limit: int = 12) -> tuple[Twin, ...]:
        from clinic_desk.services.likeness import likeness
        from clinic_desk.services.patient_views import Holdings, Twin
        from clinic_desk.store.folding import words

        with self._reading() as connection:
            row = fetch_one(connection, _PATIENT.select_one, (patient_id,))
            if row is None or row[_PATIENT.position["deleted_at"]] is not None:
                raise NotFound("patient", patient_id)
            own = _PATIENT.from_row(row)
            mine = traits_of(own)
            surname, first = (" ".join(words(n)) or "\x00" for n in (own.last_name, own.first_name))
            numbers = " OR ".join(f'"{tail}"' for tail in sorted(mine.phones)) or NO_NUMBER
            born = own.birth_date.isoformat() if own.birth_date is not None else None
            rows = fetch(
                connection, _LIKELY,
                (own.id, born, surname, first, numbers, own.id, own.id),
            )  # fmt: skip
            found = []
            for other in map(_PATIENT.from_row, rows):
                told = likeness(mine, traits_of(other))
                if told.score > 0:
                    found.append((told, other))
            found.sort(key=lambda one: (-one[0].strong, -one[0].score, one[1].id))
            found = found[:limit]
            held = _holdings(connection, [other.id for _told, other in found]) if found else {}
        return tuple(
            Twin(other, told.why, told.strong, held.get(other.id, Holdings()))
            for told, other in found
        )

    def possible_duplicates(self, limit: int = 500) -> tuple[TwinPair, ...]:
        from clinic_desk.services.likeness import likeness
        from clinic_desk.services.patient_views import Holdings, TwinPair

        with self._reading() as connection:
            found = []
            for row in fetch(connection, _PAIRS):
                told = likeness(_traits(*row[2:8]), _traits(*row[10:16]))
                if told.strong:
                    found.append((told, row))
            found.sort(key=lambda one: (-one[0].score, one[1][2], one[1][3], one[1][0]))
            found = found[:limit]
            ids = sorted({row[n] for _told, row in found for n in (0, 8)})
            held = _holdings(connection, ids) if ids else {}
        none = Holdings()
        return tuple(
            TwinPair(
                _side(row[:8], held.get(row[0], none).visits),
                _side(row[8:], held.get(row[8], none).visits),
                told.why,
            )
            for told, row in found
        )


def traits_of(patient: Patient) -> Traits:
    return _traits(
        patient.last_name,
        patient.first_name,
        patient.birth_date.isoformat() if patient.birth_date else None,
        patient.mobile or patient.mobile_typed,
        patient.phone or patient.phone_typed,
        patient.email,
    )


def _traits(last: str, first: str, born: str | None, mobile: str, phone: str, email: str) -> Traits:
    from clinic_desk.services.likeness import Traits
    from clinic_desk.store.folding import phone_tail, words

    tails = (phone_tail(number)[-TAIL:] for number in (mobile, phone))
    return Traits(
        " ".join(words(last)),
        " ".join(words(first)),
        date.fromisoformat(born) if born else None,
        frozenset(tail for tail in tails if len(tail) >= SHORTEST_NUMBER),
        email.casefold(),
    )


def _side(row: Sequence[Any], visits: int) -> TwinSide:
    from clinic_desk.services.patient_views import TwinSide

    name = ", ".join(part for part in (row[2], row[3]) if part)
    born = date.fromisoformat(row[4]) if row[4] else None
    return TwinSide(row[0], row[1], name, born, row[5] or row[6], visits)


def _holdings(connection: Connection, patient_ids: Sequence[Id]) -> dict[Id, Holdings]:
    from clinic_desk.services.patient_views import Holdings

    listed = json.dumps(list(patient_ids))
    sql = _HOLDINGS.format("SELECT value FROM json_each(?1)")
    return {row[0]: Holdings(*row[1:]) for row in fetch(connection, sql, (listed,))}
