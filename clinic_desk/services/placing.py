"""Where a visit goes: the one judge of every booking, move, hold and reinstatement.

The engine's *explain* says which rules stand against the place; the person's overrides turn some
of them into warnings. Decisions where domain.md leaves room:

- The type's notice and horizon refuse a booking (walk-ins are exempt), and a move from a start
  that keeps them, unless it carries ``override_reason`` or the clinic asks for it; a visit that is
  inside the notice already is only warned about.
- ``overbook_reason`` overrides the doctor's own busy times, buffers, the way between sites, holds
  and external calendar, and does without a room when none is free (a room never takes more than it
  holds); never leave, closures or the patient's other visit.
- ``outside_hours`` overrides working hours, breaks, what is kept for other types, blocked time,
  leave and closures.
- A room that the type does not take place in is never given, but a visit may stay in one.
- Visits per day, *patient may reschedule* and *max reschedules* refuse bookings and moves alike,
  walk-ins included, unless the command carries ``override_reason``: they protect the day, not the
  calendar, and a move fills a day as a booking does.
- The slot step shapes what is offered, not what staff may choose.
- A place that a visit occupied all along is never "in the past" for it (resizing its end).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from clinic_desk.domain import availability
from clinic_desk.domain.appointments import check_length
from clinic_desk.domain.availability.model import (
    Explanation,
    Reason,
    Request,
    Slot,
    Snapshot,
    Verdict,
)
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.domain.errors import NotFound, Refusal, SlotTaken, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.commands import AUTO
from clinic_desk.services.lanes import doctor_lane, room_lane
from clinic_desk.services.wish import Place, Wish, sentences
from clinic_desk.services.wording import doctor_text, when_text
from clinic_desk.services.work import Work

HOURS = frozenset({"hours", "break", "reserved", "closed", "time_off", "exception"})
DOCTOR = frozenset({"doctor_busy", "buffer", "travel", "held", "external_busy"})
POLICY = frozenset({"notice", "horizon"})
LIMITS = frozenset({"day_limit", "may_not_move", "max_reschedules"})
ANY_MOVE = LIMITS - {"day_limit"}
LOOK_AHEAD_DAYS = 10
"""How far *next free* looks when a place is refused."""
LAST_YEAR = 2999
LIKELY_ROOMS = 2
"""The rooms tried before a visit's other rooms are read: the doctor's own, the type's own."""


def place(work: Work, wish: Wish) -> Place:
    """The place the wish gets. Raises ``Refusal`` or ``SlotTaken`` with the ways out."""
    check_length(wish.start, wish.end)
    if wish.start.second or wish.start.microsecond or wish.end.second or wish.end.microsecond:
        raise Refusal("bad_span", "A visit starts and ends on whole minutes.", field="start")
    if wish.start.year > LAST_YEAR:
        raise Refusal(
            "bad_span",
            f"A visit lies before the year {LAST_YEAR + 1}; check the date.",
            field="start",
        )
    if not work.doctor(wish.doctor_id).active:
        raise Refusal(
            "doctor_inactive",
            f"{doctor_text(work.doctor(wish.doctor_id))} no longer sees patients here; "
            "choose another doctor.",
            field="doctor_id",
        )
    wish = replace(wish, location_id=_location(work, wish))
    assert wish.location_id is not None
    before, after = availability.buffers(
        work.roster, wish.type_id, wish.doctor_id, wish.location_id, wish.start
    )
    blocked_start = wish.start - timedelta(minutes=before)
    blocked_end = wish.end + timedelta(minutes=after)
    near, room_id = _near(work, wish, blocked_start, blocked_end)
    ignored: list[Reason] = []
    warnings, squeezed = _judge(work, wish, _around(work, wish, near), room_id, ignored)
    lane = doctor_lane(work, wish, near, blocked_start, blocked_end)
    room = room_lane(work, wish, near, room_id, blocked_start, blocked_end)
    return Place(
        doctor_id=wish.doctor_id,
        location_id=wish.location_id,
        room_id=room_id,
        start=wish.start,
        end=wish.end,
        blocked_start=blocked_start,
        blocked_end=blocked_end,
        lane=lane.lane,
        room_lane=room.lane,
        zone=work.zone_of(wish.location_id),
        warnings=tuple(warnings),
        overbooked=squeezed or lane.above,
        past_rules=sentences(ignored, POLICY | LIMITS) if wish.override else (),
        outside=sentences(ignored, HOURS),
        twice=sentences(ignored, frozenset({"patient_busy"})),
        moved=lane.moved,
        room_moved=room.moved,
    )


@contextmanager
def last_word(work: Work, wish: Wish) -> Iterator[None]:
    """Around the write: what the store's own guard refuses is told in the same words."""
    try:
        yield
    except SlotTaken as error:
        wide = _explain(work, wish, _wide(work, wish), wish.room_id)
        sentence, ways = error.sentence, list(error.ways_out)
        if wide.worst is not None and wide.worst.verdict is Verdict.REFUSE:
            sentence = wide.worst.sentence
        ways.extend(_free_ways(work, wide.next_free, ways))
        raise SlotTaken(
            sentence, subject=error.subject, clashing_id=error.clashing_id, ways_out=ways
        ) from error


def location_at(work: Work, doctor_id: Id, start: datetime, type_id: Id | None) -> Id:
    """Where a doctor is at an instant: the template that covers it or else the ``available``
    exception, as the engine sees them; else the type's default, the doctor's first location, the
    clinic's primary one."""
    roster = work.roster
    there = availability.place_at(roster, doctor_id, start, type_id)
    if there is not None:
        return there
    kind = effective_type(roster.types, type_id, doctor_id)
    doctor = work.doctor(doctor_id)
    if kind is not None and kind.default_location_id is not None:
        return kind.default_location_id
    if doctor.location_ids:
        return doctor.location_ids[0]
    primary = [row.id for row in roster.locations.values() if row.primary]
    if primary or roster.locations:
        return (primary or list(roster.locations))[0]
    raise Refusal("no_location", "The clinic has no location yet; add one in the settings first.")


def _location(work: Work, wish: Wish) -> Id:
    if wish.location_id is not None:
        if wish.location_id not in work.roster.locations:
            raise NotFound("location", wish.location_id)
        return wish.location_id
    if wish.room_id not in (AUTO, None):
        room = work.roster.rooms.get(str(wish.room_id))
        if room is not None:
            return room.location_id
    return location_at(work, wish.doctor_id, wish.start, wish.type_id)


def _request(work: Work, wish: Wish, first: datetime, last: datetime) -> Request:
    zone_name = work.zone_of(str(wish.location_id))
    return Request(
        type_id=wish.type_id,
        first=local_date(first, zone_name),
        last=local_date(last, zone_name),
        now=work.now,
        doctor_ids=(wish.doctor_id,),
        location_id=wish.location_id,
        patient_id=wish.patient_id,
        duration=int((wish.end - wish.start).total_seconds() // 60),
        ignore_ids=wish.ignore,
        policy=wish.policy,
        moving=wish.moving,
    )


def _snapshot(
    work: Work, wish: Wish, first: datetime, last: datetime, rooms: Iterable[Id] | None = None
) -> Snapshot:
    """With the rows of those rooms; None: of every room of the location."""
    if rooms is None:
        rooms = [r.id for r in work.roster.rooms.values() if r.location_id == wish.location_id]
    rows = work.uow.busy(
        first,
        last,
        doctor_ids=(wish.doctor_id,),
        room_ids=rooms,
        patient_id=wish.patient_id,
    )
    zone_name = work.zone_of(str(wish.location_id))
    return Snapshot(
        roster=work.roster,
        busy=tuple(row for row in rows if row.kind != "external"),
        external=tuple(row for row in rows if row.kind == "external"),
        first=local_date(first, zone_name),
        last=local_date(last, zone_name),
    )


def _near(work: Work, wish: Wish, start: datetime, end: datetime) -> tuple[Snapshot, Id | None]:
    """Only what meets the wanted range, and the room: a booking that stands reads a handful of
    rows. The best rooms are read first, and all the others only when none of those is free."""
    known = _rooms_to_read(work, wish)
    near = _snapshot(work, wish, start, end, known)
    room_id = _room(near, wish)
    if known is not None and wish.room_id == AUTO and room_id not in known:
        near = _snapshot(work, wish, start, end)
        room_id = _room(near, wish)
    return near, room_id


def _around(work: Work, wish: Wish, near: Snapshot) -> Snapshot:
    """``near`` and what else the doctor does, as far as some rule looks: the way to another site,
    the visits of the day. Read only where there is such a rule; the lanes need ``near`` alone."""
    seen = availability.sight(
        work.roster, wish.type_id, wish.doctor_id, str(wish.location_id), wish.start, wish.end
    )
    if seen is None:
        return near
    known = {row.id for row in near.busy}
    rows = work.uow.busy(*seen, doctor_ids=(wish.doctor_id,))
    more = [row for row in rows if row.kind != "external" and row.id not in known]
    return replace(near, busy=(*near.busy, *more)) if more else near


def _rooms_to_read(work: Work, wish: Wish) -> tuple[Id, ...] | None:
    if wish.room_id is None:
        return None
    if wish.room_id != AUTO:
        return (wish.room_id,)
    wanted = availability.rooms_wanted(
        work.roster, wish.doctor_id, wish.type_id, str(wish.location_id), wish.start
    )
    first = wanted[:LIKELY_ROOMS]
    return first if wish.keep_room is None else (*first, wish.keep_room)


def _wide(work: Work, wish: Wish) -> Snapshot:
    """The days in which the next free place is looked for, with every room, and the colleagues at
    that time; read only for a refusal."""
    day = timedelta(days=1)
    last = wish.end + LOOK_AHEAD_DAYS * day
    snapshot = _snapshot(work, wish, wish.start - day, last, work.roster.rooms)
    colleagues = [row.id for row in work.roster.doctors.values() if row.id != wish.doctor_id]
    # a colleague's own limits look at the whole day
    reach = day if any(_is_limited(work, wish, key) for key in colleagues) else day / 8
    nearby = work.uow.busy(wish.start - reach, wish.end + reach, doctor_ids=colleagues)
    known = {row.id for row in (*snapshot.busy, *snapshot.external)}
    more = [row for row in nearby if row.id not in known]
    return replace(
        snapshot,
        busy=(*snapshot.busy, *(row for row in more if row.kind != "external")),
        external=(*snapshot.external, *(row for row in more if row.kind == "external")),
    )


def _is_limited(work: Work, wish: Wish, doctor_id: Id) -> bool:
    kind = effective_type(work.roster.types, wish.type_id, doctor_id)
    limited = kind is not None and kind.max_per_day is not None
    return limited or work.doctor(doctor_id).max_per_day is not None


def _explain(work: Work, wish: Wish, snapshot: Snapshot, room_id: Id | None) -> Explanation:
    return availability.explain(
        snapshot,
        _request(work, wish, wish.start, wish.end),
        wish.doctor_id,
        wish.start,
        end=wish.end,
        room_id=None if room_id == AUTO else room_id,
    )


def _room(near: Snapshot, wish: Wish) -> Id | None:
    if wish.room_id != AUTO:
        if wish.room_id is not None and wish.room_id not in near.roster.rooms:
            raise NotFound("room", wish.room_id)
        return wish.room_id
    if wish.keep_room is not None and _room_is_free(near, wish, wish.keep_room):
        return wish.keep_room
    return availability.choose_room(
        near,
        wish.doctor_id,
        wish.type_id,
        str(wish.location_id),
        wish.start,
        wish.end,
        wish.ignore,
    )


def _room_is_free(near: Snapshot, wish: Wish, room_id: Id) -> bool:
    room = near.roster.rooms.get(room_id)
    if room is None or room.location_id != wish.location_id:
        return False
    kind = effective_type(near.roster.types, wish.type_id, wish.doctor_id)
    if kind is not None and kind.allowed_room_ids and room_id not in kind.allowed_room_ids:
        return False
    rows = [b for b in near.busy if b.room_id == room_id and b.id not in wish.ignore]
    return len(rows) < room.capacity


def _judge(
    work: Work, wish: Wish, near: Snapshot, room_id: Id | None, ignored: list[Reason]
) -> tuple[list[str], bool]:
    """The warnings, and whether only ``overbook_reason`` made the place possible; ``ignored``
    takes the rules that do not count for this wish."""
    warnings = []
    squeezed = False
    for reason in _explain(work, wish, near, room_id).reasons:
        if reason.passed:
            continue
        if wish.lets(reason) or _overridden(work, wish, reason):
            if reason.code not in ("step", "past"):
                warnings.append(reason.sentence)
            squeezed = squeezed or reason.code in DOCTOR | {"room_busy"}
            ignored.append(reason)
            continue
        raise _refusal(work, wish, reason, room_id)
    return warnings, squeezed


def _overridden(work: Work, wish: Wish, reason: Reason) -> bool:
    code, unroomed = reason.code, wish.room_id is None
    return (
        code == "step"
        or (code in HOURS and wish.outside_hours and (code != "reserved" or wish.others_time))
        or (code in DOCTOR and wish.overbook)
        or (code == "room_busy" and (unroomed or (wish.overbook and wish.room_id == AUTO)))
        or (code == "room" and (unroomed or wish.room_id == wish.keep_room))
        or (code == "patient_busy" and wish.patient_overlap)
        or (code == "past" and wish.past)
        or (code == "not_offered" and wish.retired_type and work.is_retired(wish.type_id))
        or (code in POLICY and wish.override)
        or (code in LIMITS and (wish.override or not wish.limits))
    )


def _refusal(work: Work, wish: Wish, reason: Reason, room_id: Id | None) -> Refusal:
    """The reason again, judged with the coming days in sight so that it can say what is free."""
    wide = _explain(work, wish, _wide(work, wish), room_id)
    told = next((r for r in wide.reasons if r.code == reason.code and not r.passed), reason)
    ways = list(told.ways_out)
    if told.code not in ANY_MOVE:  # every other time would meet the same rule
        ways.extend(_free_ways(work, wide.next_free, ways))
    ways.extend(_override_ways(wish, told, ways))
    if told.code in DOCTOR or told.code in {"room_busy", "patient_busy"}:
        subject = {"room_busy": "room", "patient_busy": "patient"}.get(told.code, "doctor")
        return SlotTaken(told.sentence, subject=subject, clashing_id=told.blocker_id, ways_out=ways)
    sentence = told.sentence
    if told.code in LIMITS and told.detail:
        sentence = f"{sentence} {told.detail}"
    return Refusal(told.code, sentence, field=_field(told.code), ways_out=ways)


def _field(code: str) -> str | None:
    if code in HOURS | POLICY | LIMITS | {"past"}:
        return "start"
    return {
        "length": "duration",
        "location": "location_id",
        "room": "room_id",
        "not_offered": "type_id",
    }.get(code)


def _free_ways(work: Work, slot: Slot | None, known: Iterable[WayOut]) -> list[WayOut]:
    if slot is None or any(way.action == "place_at" for way in known):
        return []
    zone_name, home = work.zone_of(slot.location_id), work.roster.practice.zone
    return [
        WayOut(
            f"Next free {when_text(slot.start, zone_name, work.now, home)}",
            "place_at",
            {
                "start": slot.start,
                "end": slot.end,
                "doctor_id": slot.doctor_id,
                "location_id": slot.location_id,
                "room_id": slot.room_id,
            },
        )
    ]


def _override_ways(wish: Wish, reason: Reason, known: Iterable[WayOut]) -> list[WayOut]:
    """What the person may insist on; ``data`` names the command's field that says so."""
    present = {way.action for way in known}
    if reason.code in DOCTOR:
        extra = WayOut("Overbook", "overbook", {"doctor_id": wish.doctor_id, "start": wish.start})
    elif reason.code in HOURS:
        extra = WayOut("Book anyway", "outside_hours", {"outside_hours": True})
    elif reason.code == "patient_busy":
        extra = WayOut("Book anyway", "allow_patient_overlap", {"allow_patient_overlap": True})
    elif reason.code in POLICY or reason.code == "day_limit":
        extra = WayOut("Book anyway", "override", {"field": "override_reason"})
    else:
        return []
    return [] if extra.action in present else [extra]
