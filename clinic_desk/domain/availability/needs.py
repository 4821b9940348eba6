"""What a visit needs beside its own length: buffers, a lane, a room.

The booking service stores what these functions say, so the engine and the stored rows agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from clinic_desk.domain.availability.hours import Hours, hours_of
from clinic_desk.domain.availability.index import EXTERNAL, Index, deepest, index
from clinic_desk.domain.availability.model import Busy, Roster, Snapshot
from clinic_desk.domain.availability.wall import utc_day
from clinic_desk.domain.catalogue import AppointmentType, Mode
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch
from clinic_desk.domain.templates import ScheduleTemplate


def buffers(
    roster: Roster, type_id: Id | None, doctor_id: Id, location_id: Id, start: datetime
) -> tuple[int, int]:
    """Minutes to keep free before and after a visit: the larger of the type's and of those of
    the template in whose stretch the visit starts, if that template is of this location."""
    hours = hours_of(roster)
    template = hours.owner(doctor_id, epoch(start) // 60)
    return buffers_of(hours.offers.effective(type_id, doctor_id), template, location_id)


def buffers_of(
    kind: AppointmentType | None, template: ScheduleTemplate | None, location_id: Id
) -> tuple[int, int]:
    before, after = (kind.buffer_before, kind.buffer_after) if kind is not None else (0, 0)
    if template is not None and template.location_id == location_id:
        before = max(before, template.buffer_before)
        after = max(after, template.buffer_after)
    return before, after


def place_at(roster: Roster, doctor_id: Id, start: datetime, type_id: Id | None) -> Id | None:
    """The location where the doctor works at an instant: that of the template in whose stretch it
    lies (breaks and closures not looked at), else of the ``available`` exception that opens it
    for the type; None when neither does."""
    hours = hours_of(roster)
    minute = epoch(start) // 60
    template = hours.owner(doctor_id, minute)
    if template is not None:
        return template.location_id
    day = utc_day(minute)
    near = timedelta(days=1)
    return next(
        (
            window.location_id
            for window in hours.windows(
                doctor_id, day - near, day + near, hours.offers.base(type_id)
            )
            if window.start <= minute < window.end
        ),
        None,
    )


def capacity(roster: Roster, doctor_id: Id, start: datetime, end: datetime) -> int:  # noqa: ARG001
    """How many visits the doctor takes side by side: that of the template in whose stretch the
    visit starts, otherwise one. The end does not matter: a visit keeps the rule it began with."""
    return capacity_of(hours_of(roster).owner(doctor_id, epoch(start) // 60))


def capacity_of(template: ScheduleTemplate | None) -> int:
    return max(1, template.max_parallel) if template is not None else 1


def rooms_wanted(
    roster: Roster, doctor_id: Id, type_id: Id | None, location_id: Id, start: datetime
) -> tuple[Id, ...]:
    """The rooms that *choose_room* goes through, in its order: a caller who has read no more than
    the first of them may trust its answer when it is one of those."""
    hours = hours_of(roster)
    template = hours.owner(doctor_id, epoch(start) // 60)
    return rooms_for(hours, hours.offers.effective(type_id, doctor_id), template, location_id)


def rooms_for(
    ix: Index | Hours,
    kind: AppointmentType | None,
    template: ScheduleTemplate | None,
    location_id: Id,
) -> tuple[Id, ...]:
    """Rooms that would do, best first: the template's, the type's own, then (for a visit in
    person) the location's others in their order. Empty: the visit needs no room, or, if the type
    names its rooms, none of them is here.

    A visit by video goes to a virtual room of the location while it has one, then to the rooms
    named. A type that names its rooms takes place in one of them, whatever its mode."""
    named = [
        template.room_id if template is not None else None,
        kind.default_room_id if kind is not None else None,
    ]
    found = [
        room_id
        for room_id in named
        if room_id is not None
        and room_id in ix.rooms
        and ix.rooms[room_id].location_id == location_id
    ]
    here = ix.rooms_at.get(location_id, ())
    mode = kind.mode if kind is not None else Mode.IN_PERSON
    if mode is Mode.IN_PERSON:
        found += [room.id for room in here if not room.virtual]
    elif mode is Mode.VIDEO:
        found += [room.id for room in here if room.virtual]
        found.sort(key=lambda room_id: not ix.rooms[room_id].virtual)
    if kind is not None and kind.allowed_room_ids:
        allowed = kind.allowed_room_ids
        found = [room_id for room_id in found if room_id in allowed]
        found += [room.id for room in here if room.id in allowed]
    return tuple(dict.fromkeys(found))


def choose_room(
    snapshot: Snapshot,
    doctor_id: Id,
    type_id: Id | None,
    location_id: Id,
    start: datetime,
    end: datetime,
    ignore_ids: frozenset[Id] = frozenset(),
) -> Id | None:
    """The first room that is free for the whole blocked range, or None when the visit needs no
    room or none is free (*explain* tells the two apart)."""
    ix = index(snapshot)
    template = ix.hours.owner(doctor_id, epoch(start) // 60)
    kind = ix.hours.offers.effective(type_id, doctor_id)
    before, after = buffers_of(kind, template, location_id)
    low, high = epoch(start) - before * 60, epoch(end) + after * 60
    for room_id in rooms_for(ix, kind, template, location_id):
        rows = [r for r in ix.room(room_id).between(low, high) if r.id not in ignore_ids]
        if deepest(rows, low, high) < ix.rooms[room_id].capacity:
            return room_id
    return None


def free_lane(
    busy: Snapshot | Iterable[Busy],
    doctor_id: Id,
    blocked_start: datetime | int,
    blocked_end: datetime | int,
    capacity: int,
    ignore_ids: frozenset[Id] = frozenset(),
) -> int | None:
    """The lowest lane below ``capacity`` that is free for the whole range (instants, or epoch
    seconds), or None. With several lanes, None may still leave room once neighbours change
    lanes: the engine counts how many are there at once, not in which lanes they are."""
    rows = busy.busy if isinstance(busy, Snapshot) else busy
    low = blocked_start if isinstance(blocked_start, int) else epoch(blocked_start)
    high = blocked_end if isinstance(blocked_end, int) else epoch(blocked_end)
    used = {
        row.lane
        for row in rows
        if row.doctor_id == doctor_id
        and row.kind != EXTERNAL
        and row.blocked_start < high
        and low < row.blocked_end
        and row.id not in ignore_ids
    }
    return next((lane for lane in range(capacity) if lane not in used), None)


__all__ = ["Hours", "buffers", "capacity", "choose_room", "free_lane", "place_at", "rooms_wanted"]
