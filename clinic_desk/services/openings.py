"""Finding an opening: the first ones at once, more as the days are read.

The diary is read in chunks of days, small ones first, so that the openings of the coming days
are on screen while the weeks after them are still being looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from clinic_desk.domain import availability
from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import (
    Explanation,
    Preferences,
    RankedSlot,
    Request,
    Roster,
    Slot,
)
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date, zone
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import Openings, PatientView
from clinic_desk.services.when import When
from clinic_desk.services.wording import LONG_DAYS, MONTHS, doctor_text, joined, time_text

CHUNKS = (2, 5, 7, 14)
"""Days per read; the last size repeats."""

DEFAULT_WEEKS = 4
MOST_DAYS = 3660
"""How far ahead is searched, whatever is asked."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the caller can do. ``doctor_ids`` empty means any. ``minute`` asks for one exact local
    start. ``together`` asks for one start that all the doctors can do at once. ``own_desk`` and
    ``ignore_ids`` let the dialog's own hold count as free. Days are local, inclusive; None
    ``last`` means four weeks from ``first``, None ``first`` means today."""

    type_id: Id | None
    doctor_ids: tuple[Id, ...] = ()
    location_id: Id | None = None
    room_id: Id | None = None
    length: int | None = None
    weekdays: frozenset[int] = field(default_factory=frozenset)
    earliest: int | None = None
    latest: int | None = None
    minute: int | None = None
    first: date | None = None
    last: date | None = None
    together: bool = False
    patient_id: Id | None = None
    own_desk: Id = ""
    ignore_ids: frozenset[Id] = field(default_factory=frozenset)

    def saying(self, when: When) -> Criteria:
        """These criteria, narrowed by what was typed."""
        return replace(
            self,
            first=when.first or self.first,
            last=when.last if when.first or when.last else self.last,
            weekdays=when.weekdays or self.weekdays,
            earliest=when.earliest if when.earliest is not None else self.earliest,
            latest=when.latest if when.latest is not None else self.latest,
            minute=when.minute if when.minute is not None else self.minute,
            length=when.length or self.length,
        )


def stream(
    queries: Queries,
    criteria: Criteria,
    now: datetime,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Openings]:
    """Chunk by chunk, each ranked within its day and the days in order; the last one is
    ``finished``. Runs on a reader thread and stops between chunks when ``cancelled()``."""
    roster = queries.roster()
    preferences = preferences_of(queries, criteria.patient_id)
    first, last = _range(roster, criteria, now)
    day, sizes = first, list(CHUNKS)
    soonest: datetime | None = None
    while day <= last:
        if cancelled():
            return
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        until = min(last, day + timedelta(days=size - 1))
        ranked = _chunk(queries, criteria, now, day, until, preferences, soonest)
        if soonest is None and ranked:
            soonest = min(one.slot.start for one in ranked)
        yield Openings(ranked=ranked, finished=until >= last, searched_until=until)
        day = until + timedelta(days=1)
    if first > last:
        yield Openings(ranked=(), finished=True, searched_until=last)


def first_openings(
    queries: Queries, criteria: Criteria, now: datetime, count: int = 10
) -> list[RankedSlot]:
    """The soonest ``count`` openings, in time order."""
    found: list[RankedSlot] = []
    for openings in stream(queries, criteria, now):
        found.extend(sorted(openings.ranked, key=lambda ranked: ranked.slot))
        if len(found) >= count:
            break
    return found[:count]


def why_not(
    queries: Queries,
    criteria: Criteria,
    now: datetime,
    doctor_id: Id,
    start: datetime,
    *,
    end: datetime | None = None,
    room_id: Id | None = None,
) -> Explanation:
    """Every reason about one start, with the nearest that works within ten days."""
    roster = queries.roster()
    zone_name = _zone(roster, criteria.location_id)
    day = local_date(start, zone_name)
    last = day + timedelta(days=10)
    snapshot = queries.snapshot(day, last)
    request = _request(criteria, now, day, last)
    return availability.explain(snapshot, request, doctor_id, start, end=end, room_id=room_id)


def preferences_of(queries: Queries, patient_id: Id | None) -> Preferences:
    """A patient's habits: the usual doctor, else the one seen most; weekday and time when more
    than half of the last visits agree."""
    if patient_id is None:
        return Preferences()
    return habits(queries.patient(patient_id), queries.roster())


def habits(view: PatientView, roster: Roster) -> Preferences:
    kept = [v for v in view.visits if v.status not in (Status.CANCELLED, Status.DECLINED)]
    kept = sorted(kept, key=lambda visit: visit.start)[-8:]
    usual = view.patient.usual_doctor_id
    if usual is None and kept:
        usual = Counter(visit.doctor_id for visit in kept).most_common(1)[0][0]
    local = [v.start.astimezone(zone(_zone(roster, v.location_id))) for v in kept]
    return Preferences(
        usual_doctor_id=usual,
        usual_weekday=_majority([moment.weekday() for moment in local]),
        usual_minute=_majority([moment.hour * 60 for moment in local]),
    )


def offer_text(slots: Sequence[Slot], roster: Roster) -> str:
    """What the receptionist reads out: "Tue 24 Nov at 10:15 or 11:00 with Dr Demir; …"."""
    days: dict[tuple[date, Id], list[str]] = {}
    for slot in slots:
        zone_name = _zone(roster, slot.location_id)
        key = (local_date(slot.start, zone_name), slot.doctor_id)
        told = time_text(slot.start, zone_name, roster.practice.zone)
        days.setdefault(key, []).append(told)
    lines = []
    for (day, doctor_id), times in days.items():
        doctor = roster.doctors.get(doctor_id)
        who = f" with {doctor_text(doctor)}" if doctor is not None else ""
        lines.append(f"{_spoken_day(day)} at {joined(times, 'or')}{who}")
    return "; ".join(lines)


def _spoken_day(day: date) -> str:
    return f"{LONG_DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def _majority(values: Sequence[int]) -> int | None:
    if len(values) < 2:
        return None
    value, times = Counter(values).most_common(1)[0]
    return value if times * 2 > len(values) else None


def _range(roster: Roster, criteria: Criteria, now: datetime) -> tuple[date, date]:
    today = local_date(now, _zone(roster, criteria.location_id))
    first = max(criteria.first or today, today)
    last = criteria.last or first + timedelta(weeks=DEFAULT_WEEKS) - timedelta(days=1)
    return first, min(last, today + timedelta(days=MOST_DAYS))


def _zone(roster: Roster, location_id: Id | None) -> str:
    location = roster.locations.get(location_id) if location_id else None
    return location.zone if location is not None else roster.practice.zone


def _request(criteria: Criteria, now: datetime, first: date, last: date) -> Request:
    earliest, latest = criteria.earliest, criteria.latest
    if criteria.minute is not None:
        earliest, latest = criteria.minute, criteria.minute + 1
    return Request(
        type_id=criteria.type_id,
        first=first,
        last=last,
        now=now,
        doctor_ids=criteria.doctor_ids,
        location_id=criteria.location_id,
        room_id=criteria.room_id,
        patient_id=criteria.patient_id,
        duration=criteria.length,
        ignore_ids=criteria.ignore_ids,
        own_desk=criteria.own_desk,
        weekdays=criteria.weekdays,
        earliest=earliest,
        latest=latest,
        together=criteria.together,
    )


def _chunk(
    queries: Queries,
    criteria: Criteria,
    now: datetime,
    first: date,
    last: date,
    preferences: Preferences,
    soonest: datetime | None,
) -> tuple[RankedSlot, ...]:
    snapshot = queries.snapshot(first, last)
    slots = availability.find(snapshot, _request(criteria, now, first, last))
    by_day: dict[date, list[Slot]] = {}
    for slot in slots:
        zone_name = _zone(snapshot.roster, slot.location_id)
        by_day.setdefault(local_date(slot.start, zone_name), []).append(slot)
    if soonest is None and slots:
        soonest = min(slot.start for slot in slots)
    return tuple(
        ranked
        for day in sorted(by_day)
        for ranked in availability.rank(
            by_day[day], snapshot, preferences, criteria.type_id, soonest
        )
    )
