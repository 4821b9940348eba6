"""Which lane of a doctor and of a room a wish takes, moving neighbours when that helps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from clinic_desk.domain import availability
from clinic_desk.domain.appointments import Appointment, SlotState
from clinic_desk.domain.availability.model import Busy, Snapshot
from clinic_desk.domain.conflicts import (
    LaneChoice,
    Taken,
    free_lane,
    lane_above,
    overlapping,
    recolour,
)
from clinic_desk.domain.errors import SlotTaken, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.services.commands import AUTO
from clinic_desk.services.wish import Place, Wish
from clinic_desk.services.wording import doctor_text, span_text, time_text
from clinic_desk.services.work import Work


def make_room(work: Work, chosen: Place) -> None:
    """Gives the neighbours their new lanes before the newcomer is written."""
    pairs = _neighbours(work, chosen)
    if pairs:
        work.uow.replace_together(pairs, "relaned")


def put(
    work: Work,
    chosen: Place,
    before: Appointment,
    after: Appointment,
    action: str,
    metadata: Mapping[str, object],
) -> Appointment:
    """Writes a row at its new place, the neighbours' lanes with it: one of them may need the lane
    that the row itself is leaving."""
    pairs = _neighbours(work, chosen)
    if not pairs:
        return work.uow.replace(before, after, action, metadata)
    written = work.uow.replace_together(
        [*pairs, (before, after)], "relaned", stories={before.id: (action, metadata)}
    )
    return written[-1]


def _neighbours(work: Work, chosen: Place) -> list[tuple[Appointment, Appointment]]:
    changes: dict[Id, dict[str, int]] = {}
    for row_id, lane in chosen.moved.items():
        changes.setdefault(row_id, {})["lane"] = lane
    for row_id, lane in chosen.room_moved.items():
        changes.setdefault(row_id, {})["room_lane"] = lane
    rows = {row_id: work.uow.get(Appointment, row_id) for row_id in changes}
    return [
        (
            row,
            replace(
                row,
                lane=changes[row.id].get("lane", row.lane),
                room_lane=changes[row.id].get("room_lane", row.room_lane),
            ),
        )
        for row in rows.values()
    ]


def lift(work: Work, row: Appointment) -> Appointment:
    """Takes a row off its place for the length of this transaction, so that rows can change
    places without meeting on the way."""
    if row.slot_state is SlotState.CONTESTED:
        return row
    return work.uow.replace(row, replace(row, slot_state=SlotState.CONTESTED), "lifted")


def room_kept(work: Work, before: Appointment, after: Appointment) -> Id | None:
    """The visit's room, or any that will do when its new type does not take place in it."""
    if before.type_id == after.type_id or after.type_id is None:
        return before.room_id
    allowed = work.type_with(after.type_id, after.doctor_id).allowed_room_ids
    return AUTO if allowed and before.room_id not in allowed else before.room_id


def taken_rows(rows: Iterable[Busy], *, room: bool = False) -> list[Taken]:
    return [
        Taken(b.id, b.blocked_start, b.blocked_end, b.room_lane if room else b.lane) for b in rows
    ]


def doctor_lane(
    work: Work, wish: Wish, near: Snapshot, start: datetime, end: datetime
) -> LaneChoice:
    capacity = max(1, availability.capacity(work.roster, wish.doctor_id, wish.start, wish.end))
    rows = [b for b in near.busy if b.doctor_id == wish.doctor_id and b.id not in wish.ignore]
    choice = _lane(work, wish, taken_rows(rows), start, end, capacity, room=None)
    if choice is not None:
        return choice
    if wish.overbook:
        return LaneChoice(
            lane_above(taken_rows(rows), epoch(start), epoch(end), capacity), above=True
        )
    clash = overlapping(taken_rows(rows), epoch(start), epoch(end))[0]
    busy = next(b for b in rows if b.id == clash.id)
    zone_name, home = work.zone_of(str(wish.location_id)), work.roster.practice.zone
    booked = span_text(busy.start, busy.end, zone_name, home, busy.label)
    raise SlotTaken(
        f"{doctor_text(work.doctor(wish.doctor_id))} is booked {booked}.",
        clashing_id=busy.id,
        ways_out=(
            WayOut("Overbook", "overbook", {"doctor_id": wish.doctor_id, "start": wish.start}),
        ),
    )


def room_lane(
    work: Work, wish: Wish, near: Snapshot, room_id: Id | None, start: datetime, end: datetime
) -> LaneChoice:
    if room_id is None:
        return LaneChoice(0)
    room = work.roster.rooms[room_id]
    rows = [b for b in near.busy if b.room_id == room_id and b.id not in wish.ignore]
    taken = taken_rows(rows, room=True)
    choice = _lane(work, wish, taken, start, end, room.capacity, room=room_id)
    if choice is not None:
        return choice
    until = from_epoch(max(b.blocked_end for b in rows))
    zone_name, home = work.zone_of(room.location_id), work.roster.practice.zone
    raise SlotTaken(
        f"{room.name} is used until {time_text(until, zone_name, home)}.",
        subject="room",
        clashing_id=rows[0].id,
        ways_out=(WayOut("Choose another room", "use_room", {"room_id": AUTO}),),
    )


def _lane(
    work: Work,
    wish: Wish,
    taken: list[Taken],
    start: datetime,
    end: datetime,
    capacity: int,
    *,
    room: Id | None,
) -> LaneChoice | None:
    low, high = epoch(start), epoch(end)
    lane = free_lane(taken, low, high, capacity)
    if lane is not None:
        return LaneChoice(lane)
    if capacity == 1:
        return None
    return recolour(_cluster(work, wish, taken, room), low, high, capacity)


def _cluster(work: Work, wish: Wish, taken: list[Taken], room: Id | None) -> list[Taken]:
    """The rows connected to those known, read until no new one is found."""
    rows = taken
    while rows:
        low, high = min(r.start for r in rows), max(r.end for r in rows)
        found = work.uow.busy(
            from_epoch(low),
            from_epoch(high),
            doctor_ids=() if room else (wish.doctor_id,),
            room_ids=(room,) if room else (),
        )
        wider = taken_rows(
            (b for b in found if b.kind != "external" and b.id not in wish.ignore),
            room=room is not None,
        )
        if len(wider) <= len(rows):
            return wider
        rows = wider
    return rows
