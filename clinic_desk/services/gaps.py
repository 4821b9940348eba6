"""What a change of the diary freed.

A gap is the free stretch of one doctor around what was freed, within the working window.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from clinic_desk.domain import availability
from clinic_desk.domain.appointments import OCCUPYING, SHORTEST, SlotState
from clinic_desk.domain.availability.model import Busy, Roster
from clinic_desk.domain.events import Event
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import Span, epoch, from_epoch, local_date
from clinic_desk.domain.waitlist import gap_key
from clinic_desk.services.planning_views import Gap
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import AppointmentView, Cell

_MOVED = frozenset({"moved", "resized"})
_Left = tuple[Id, datetime, datetime, Id | None]
"""(doctor, start, end, type) of a place that a visit no longer takes."""


def gaps_after(
    queries: Queries, freed: Id | Cell | Span | Iterable[Id | Cell], now: datetime,
    doctor_id: Id = "",
) -> tuple[Gap, ...]:  # fmt: skip
    """The stretches that are free now because of a change, by start.

    ``freed`` is the visit's id (a cancelled, declined or missed one frees its place, a moved one
    the place that it left), the cell as it was before, several of them, or the span of a removed
    block (with its ``doctor_id``)."""
    if isinstance(freed, Span):
        return gaps_in(queries, doctor_id, freed.start, freed.end, now)
    if isinstance(freed, str | Cell):
        freed = (freed,)
    found: dict[str, Gap] = {}
    for one in freed:
        place = _left(queries.appointment(one)) if isinstance(one, str) else _place(one)
        if place is not None:
            who, start, end, type_id = place
            for gap in gaps_in(queries, who, start, end, now, type_id):
                found[gap.key] = gap
    return tuple(sorted(found.values(), key=lambda gap: (gap.start, gap.doctor_id)))


def _place(cell: Cell) -> _Left:
    return cell.doctor_id, cell.start, cell.end, cell.type_id


def _left(view: AppointmentView) -> _Left | None:
    """The place that the visit no longer takes; None when it never left one."""
    cell = view.cell
    if cell.status not in OCCUPYING or cell.slot_state is not SlotState.PLACED:
        return _place(cell)
    for event in reversed(view.history):
        if event.action in _MOVED:
            return _from(event, cell.type_id)
    return None


def _from(event: Event, type_id: Id | None) -> _Left | None:
    told = event.metadata
    try:
        return (
            str(told["from_doctor_id"]),
            datetime.fromisoformat(str(told["from_start"])),
            datetime.fromisoformat(str(told["from_end"])),
            type_id,
        )
    except (KeyError, ValueError):
        return None


def gaps_in(
    queries: Queries,
    doctor_id: Id,
    start: datetime,
    end: datetime,
    now: datetime,
    type_id: Id | None = None,
) -> tuple[Gap, ...]:
    """Free stretches of the doctor that meet [start, end), each as long as it goes within its
    working window, none shorter than a visit and none before ``now``. With a type, time that is
    kept for it counts too."""
    if end <= now or start >= end:
        return ()
    roster = queries.roster()
    name = _doctor_zone(roster, doctor_id, start)
    first, last = local_date(start, name), local_date(end - timedelta(seconds=1), name)
    snapshot = queries.snapshot(first, last, (doctor_id,))
    rows = sorted(
        (row for row in (*snapshot.busy, *snapshot.external) if row.doctor_id == doctor_id),
        key=lambda row: row.blocked_start,
    )
    low, high = epoch(start), epoch(end)
    soonest = -(-epoch(now) // 60) * 60
    found: dict[str, Gap] = {}
    for day in _days(first, last):
        for window in availability.windows(roster, doctor_id, day, type_id):
            a, b = max(epoch(window.start), soonest), epoch(window.end)
            for free_start, free_end in _free(rows, a, b, window.max_parallel):
                if free_end <= low or high <= free_start or free_end - free_start < SHORTEST * 60:
                    continue
                begin, stop = from_epoch(free_start), from_epoch(free_end)
                gap = Gap(
                    key=gap_key(doctor_id, begin, stop),
                    doctor_id=doctor_id,
                    start=begin,
                    end=stop,
                    location_id=window.location_id,
                    room_id=window.room_id,
                )
                found[gap.key] = gap
    return tuple(sorted(found.values(), key=lambda gap: gap.start))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _free(rows: Sequence[Busy], start: int, end: int, capacity: int) -> list[tuple[int, int]]:
    """Parts of [start, end) in which fewer than ``capacity`` visits are there; a visit's own time
    counts, its buffers are the engine's to judge."""
    edges: list[tuple[int, int]] = []
    for row in rows:
        if row.start < end and start < row.end:
            edges += [(max(row.start, start), 1), (min(row.end, end), -1)]
    edges.sort()
    found: list[tuple[int, int]] = []
    depth, since = 0, start
    for at, step in edges:
        if depth < capacity and at > since:
            found.append((since, at))
        depth += step
        since = at
    if depth < capacity and end > since:
        found.append((since, end))
    joined: list[tuple[int, int]] = []
    for a, b in found:
        if joined and joined[-1][1] == a:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined


def _doctor_zone(roster: Roster, doctor_id: Id, start: datetime) -> str:
    place = availability.place_at(roster, doctor_id, start, None)
    location = roster.locations.get(place or "")
    return location.zone if location is not None else roster.practice.zone
