"""When will it be my turn: each doctor's lateness rolled forward through what is still to come.

A doctor sees as many patients side by side as the weekly hours say (usually one). What is planned
is seen in its order, never before its planned start; a gap or a break in the plan takes up
lateness, because nothing is planned in it. The buffers around a visit are kept. Who is not here
yet although it is time holds nobody up: those who are here and due go first, and who is missing
longer than ``MISSING_AFTER`` gets no place at all. What the doctor says ("I'm running late") holds
for what comes next, until a visit started after it was said: from then on the stamps tell.

Plain data in, plain data out: no clock, no store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id

MISSING_AFTER = 15
"""Minutes after the planned start from which a patient who is not here may be a no-show."""

WORTH_A_CALL = 10
"""Minutes that a start must slip before a patient is worth ringing."""

TO_COME = frozenset({Status.PENDING, Status.SCHEDULED, Status.CONFIRMED})
TO_START = TO_COME | {Status.ARRIVED}

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """What the forecast knows of a visit. Instants are aware UTC; ``before`` and ``after`` are its
    buffers."""

    id: Id
    doctor_id: Id
    start: datetime
    end: datetime
    status: Status
    started: datetime | None = None
    completed: datetime | None = None
    before: timedelta = _NOTHING
    after: timedelta = _NOTHING

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Said:
    """What a doctor said at ``at`` (aware UTC): what comes next starts ``minutes`` late."""

    minutes: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Forecast:
    """``starts``: the likely start of each visit still to start, by visit id. ``lateness``:
    minutes each doctor is behind now (0: on time), by doctor id. ``call``: visits whose patients
    may still be told to come later, the most delayed first. ``missing``: visits whose patients
    have not come for so long that they may be no-shows, the longest first."""

    starts: Mapping[Id, datetime]
    lateness: Mapping[Id, int]
    call: tuple[Id, ...] = ()
    missing: tuple[Id, ...] = ()
    ends: Mapping[Id, datetime] = field(default_factory=dict)
    """The likely end of each visit that is in a room or still to start."""


def forecast(
    visits: Iterable[PlannedVisit],
    now: datetime,
    *,
    lanes: Mapping[Id, int] | None = None,
    said: Mapping[Id, Said] | None = None,
    missing_after: int = MISSING_AFTER,
    worth_a_call: int = WORTH_A_CALL,
) -> Forecast:
    """``visits`` are those of one day. ``lanes``: how many patients a doctor sees at once, by
    doctor id; 1 where it is not said. ``now`` is aware UTC; ``missing_after`` and
    ``worth_a_call`` are minutes."""
    rows = list(visits)
    by_doctor: dict[Id, list[PlannedVisit]] = defaultdict(list)
    for row in rows:
        by_doctor[row.doctor_id].append(row)
    starts: dict[Id, datetime] = {}
    ends: dict[Id, datetime] = {}
    lateness: dict[Id, int] = {}
    patience = timedelta(minutes=missing_after)
    for doctor_id, own in by_doctor.items():
        word = (said or {}).get(doctor_id)
        roll = _Roll(own, now, max(1, (lanes or {}).get(doctor_id, 1)), word, patience)
        starts |= roll.starts
        ends |= roll.ends
        lateness[doctor_id] = roll.lateness
    gone = [row for row in rows if row.status in TO_COME and row.start + patience <= now]
    slips = [
        (starts[row.id] - row.start, row)
        for row in rows
        if row.status in TO_COME and row.start > now
    ]
    worth = timedelta(minutes=max(1, worth_a_call))
    call = sorted(
        ((slip, row) for slip, row in slips if slip >= worth),
        key=lambda pair: (-pair[0], pair[1].start, pair[1].id),
    )
    return Forecast(
        starts,
        lateness,
        tuple(row.id for _slip, row in call),
        tuple(row.id for row in sorted(gone, key=lambda row: (row.start, row.id))),
        ends,
    )


class _Roll:
    """One doctor's day from ``now`` on."""

    def __init__(
        self,
        rows: Sequence[PlannedVisit],
        now: datetime,
        lanes: int,
        said: Said | None,
        patience: timedelta,
    ) -> None:
        self.starts: dict[Id, datetime] = {}
        self.ends: dict[Id, datetime] = {}
        self._now, self._patience = now, patience
        queue = sorted((row for row in rows if row.status in TO_START), key=self._turn)
        present = [row for row in queue if not self._missing(row)]
        floor = _floor(rows, queue, said, now)
        free = self._free(rows, lanes)
        turn = max(now, floor)
        for row in queue:
            at = min(free)
            missing = self._missing(row)
            ready = at if missing or at <= now else at + row.before
            # nobody is called in before those whose turn it is
            start = turn = max(row.start, turn, ready)
            self.starts[row.id] = start
            self.ends[row.id] = start + row.length
            if not missing:
                free.remove(at)
                free.append(start + row.length + row.after)
        self.lateness = self._behind(rows, present)

    def _missing(self, row: PlannedVisit) -> bool:
        return row.status is not Status.ARRIVED and row.start + self._patience <= self._now

    def _turn(self, row: PlannedVisit) -> tuple[datetime, bool, datetime, Id]:
        here = row.status is Status.ARRIVED
        return (row.start if here else max(row.start, self._now), not here, row.start, row.id)

    def _free(self, rows: Sequence[PlannedVisit], lanes: int) -> list[datetime]:
        """From when on each place of the doctor is free."""
        taken = []
        for row in rows:
            if row.status is Status.IN_PROGRESS:
                end = max(self._now, (row.started or row.start) + row.length)
                self.ends[row.id] = end
                taken.append(end + row.after)
            elif row.completed is not None and row.completed + row.after > self._now:
                taken.append(row.completed + row.after)
        taken.sort()
        # with more in the room than it should hold, the first to leave makes no place
        places = taken[-lanes:]
        return places + [self._now] * (lanes - len(places))

    def _behind(self, rows: Sequence[PlannedVisit], present: Sequence[PlannedVisit]) -> int:
        """How late what comes next will start; with nothing to come, how long the last one runs
        over."""
        if present:
            following = min(present, key=lambda row: (self.starts[row.id], self._turn(row)))
            return _minutes(self.starts[following.id] - following.start)
        over = [self.ends[row.id] - row.end for row in rows if row.status is Status.IN_PROGRESS]
        return max(map(_minutes, over), default=0)


def _floor(
    rows: Sequence[PlannedVisit],
    queue: Sequence[PlannedVisit],
    said: Said | None,
    now: datetime,
) -> datetime:
    """Before then nothing starts, by what the doctor said."""
    if said is None or said.minutes <= 0 or not queue:
        return now
    if any(row.started is not None and row.started >= said.at for row in rows):
        return now
    due = [row for row in queue if row.status is Status.ARRIVED or row.start >= said.at]
    following = min(row.start for row in due or queue)
    return max(now, following + timedelta(minutes=said.minutes))


def _minutes(span: timedelta) -> int:
    return max(0, int(span.total_seconds() // 60))
