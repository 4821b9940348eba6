"""Reading for planning: the waiting list, what time off hits, whom to call, what is held.

One statement for each question, whatever the number of rows. ``SqlQueries`` is made of this.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.ids import Clock, Id
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.services.views import Cell, PatientHit
from clinic_desk.store.cells import SHOWN, CellMaker, cell_rows
from clinic_desk.store.direct import fetch
from clinic_desk.store.mapping import Mapper, mapper
from clinic_desk.store.occupancy import REACH, marks
from clinic_desk.store.rosters import RosterCache

if TYPE_CHECKING:
    # loaded with the first question: the calendar asks none of these
    from clinic_desk.domain.waitlist import WaitlistEntry, WaitlistOffer, WaitStatus
    from clinic_desk.services.planning_views import PatientContact, TimeOffFacts, WaitlistCard

MOST_ENTRIES = 5000
"""Entries of the waiting list read at once, the newest; those who wait are never so many."""

_CARDS = """
 p.id, p.record_number, p.last_name, p.first_name, p.birth_date, p.mobile, p.phone, p.email,
 p.alert, p.usual_doctor_id, v.start_at, v.doctor_id, v.type_id
FROM waitlist_entry w JOIN patient p ON p.id = w.patient_id
LEFT JOIN appointment v ON v.rowid = (SELECT x.rowid FROM appointment x
 WHERE x.patient_id = p.id AND x.start_at <= ? AND x.deleted_at IS NULL
 AND x.status NOT IN ('released', 'held', 'cancelled', 'declined')
 ORDER BY x.start_at DESC LIMIT 1)
WHERE w.deleted_at IS NULL AND """


@cache
def _entry() -> Mapper[WaitlistEntry]:
    from clinic_desk.domain.waitlist import WaitlistEntry

    return mapper(WaitlistEntry)


@cache
def _offer() -> Mapper[WaitlistOffer]:
    from clinic_desk.domain.waitlist import WaitlistOffer

    return mapper(WaitlistOffer)


_TIME_OFF = """
SELECT t.id, count(a.id), coalesce((SELECT name FROM actor WHERE actor.id = t.decided_by), '')
FROM time_off_request t LEFT JOIN appointment a ON a.doctor_id = t.doctor_id
 AND a.start_at > t.start_at - ? AND a.start_at < t.end_at AND a.end_at > t.start_at
 AND a.end_at > ? AND a.status IN ('pending', 'scheduled', 'confirmed')
 AND a.slot_state = 'placed' AND a.deleted_at IS NULL
WHERE t.deleted_at IS NULL GROUP BY t.id
"""


class PlanningReading(ABC):
    """The part of ``services.ports.Queries`` that planning asks."""

    _clock: Clock
    _rosters: RosterCache

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _maker(self, connection: Connection, roster: Roster) -> CellMaker: ...

    def waitlist(self, statuses: Sequence[WaitStatus] | None = None) -> tuple[WaitlistCard, ...]:
        """Those who wait, or of the given statuses."""
        if statuses is None:
            from clinic_desk.domain.waitlist import WaitStatus

            statuses = (WaitStatus.WAITING,)
        which = f"status IN ({marks(statuses)}) AND deleted_at IS NULL"
        if not statuses:
            return ()
        return self._cards(which, [str(status) for status in statuses])

    def waitlist_entry(self, entry_id: Id) -> WaitlistCard:
        """Raises ``NotFound``."""
        found = self._cards("id = ?", [entry_id])
        if not found:
            raise NotFound("entry of the waiting list", entry_id)
        return found[0]

    def waitlist_offers(
        self, doctor_id: Id, start: datetime, end: datetime
    ) -> tuple[WaitlistOffer, ...]:
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"{_offer().select} WHERE doctor_id = ? AND start_at < ? AND end_at > ?"
                " AND deleted_at IS NULL ORDER BY created_at, id",
                (doctor_id, epoch(end), epoch(start)),
            )
        return tuple(map(_offer().from_row, rows))

    def time_off_facts(self, now: datetime) -> Mapping[Id, TimeOffFacts]:
        from clinic_desk.services.planning_views import TimeOffFacts

        with self._reading() as connection:
            rows = fetch(connection, _TIME_OFF, (REACH, epoch(now)))
        return {row[0]: TimeOffFacts(row[1], row[2]) for row in rows}

    def contacts(self, patient_ids: Sequence[Id]) -> Mapping[Id, PatientContact]:
        if not patient_ids:
            return {}
        from clinic_desk.services.planning_views import PatientContact

        with self._reading() as connection:
            rows = fetch(
                connection,
                "SELECT id, last_name, first_name, mobile, phone, email, language FROM patient"
                f" WHERE id IN ({marks(patient_ids)})",
                patient_ids,
            )
        return {row[0]: PatientContact(*row) for row in rows}

    def holds(self, desk_id: Id = "") -> tuple[Cell, ...]:
        where = f"{SHOWN} AND a.status = 'held' AND a.hold_until > ?"
        values: list[object] = [epoch(self._clock.now())]
        if desk_id:
            where += " AND a.held_by_desk = ?"
            values.append(desk_id)
        with self._reading() as connection:
            rows = cell_rows(connection, where, values)
            maker = self._maker(connection, self._rosters.get(connection))
        return tuple(map(maker.make, rows))

    def _cards(self, which: str, values: list[Any]) -> tuple[WaitlistCard, ...]:
        """``which`` are the entries, as a condition on the table alone; the longest waiting
        first."""
        from clinic_desk.services.planning_views import WaitlistCard

        entries, offer_rows = _entry(), _offer()
        width = len(entries.columns)
        fields = ", ".join(f"w.{name}" for name in entries.columns)
        chosen = f"SELECT id FROM waitlist_entry WHERE {which}"
        given_up = f"SELECT appointment_id FROM waitlist_entry WHERE {which}"
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            rows = fetch(
                connection,
                f"SELECT {fields},{_CARDS} w.id IN ({chosen}) ORDER BY w.created_at DESC, w.id DESC"
                f" LIMIT {MOST_ENTRIES}",
                [epoch(self._clock.now()), *values],
            )
            rows.reverse()
            if not rows:
                return ()
            offers: dict[Id, list[WaitlistOffer]] = defaultdict(list)
            for row in fetch(
                connection,
                f"{offer_rows.select} WHERE entry_id IN ({chosen}) AND deleted_at IS NULL"
                " ORDER BY created_at, id",
                values,
            ):
                offer = offer_rows.from_row(row)
                offers[offer.entry_id].append(offer)
            visits: dict[Id, Cell] = {}
            at = entries.position["appointment_id"]
            if any(row[at] for row in rows):
                maker = self._maker(connection, roster)
                where = f"a.id IN ({given_up}) AND a.deleted_at IS NULL"
                visits = {r[0]: maker.make(r) for r in cell_rows(connection, where, values)}
        cards = []
        for row in rows:
            entry = entries.from_row(row[:width])
            kind = roster.types.get(entry.type_id)
            doctor = roster.doctors.get(entry.doctor_id or "")
            cards.append(
                WaitlistCard(
                    entry=entry,
                    patient=_hit(row[width:]),
                    type_name=kind.name if kind is not None else "",
                    doctor_name=doctor.name if doctor is not None else "",
                    since=entry.created_at or from_epoch(0),
                    offers=tuple(offers.get(entry.id, ())),
                    given_up=visits.get(entry.appointment_id or ""),
                )
            )
        return tuple(cards)


def _hit(r: Sequence[Any]) -> PatientHit:
    return PatientHit(
        r[0],
        r[1],
        r[2],
        r[3],
        date.fromisoformat(r[4]) if r[4] else None,
        r[5] or r[6],
        r[7],
        r[8],
        r[9],
        None if r[10] is None else from_epoch(r[10]),
        r[11],
        r[12],
    )
