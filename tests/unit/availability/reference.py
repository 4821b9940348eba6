"""The rules of domain.md section 3 once more, minute by minute and as plainly as can be.

It shares nothing with the engine but the data classes. Slow on purpose: every question is a loop
over minutes and rows, so that reading it is enough to believe it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinic_desk.domain.availability.model import Busy, Request, Snapshot
from clinic_desk.domain.catalogue import AppointmentType, Mode
from clinic_desk.domain.templates import ExceptionKind, ScheduleTemplate, TimeOffStatus

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def read_wall(day: date, minute: int, zone: str) -> int:
    """RFC 5545 3.3.5: of the instants that show this wall time, the first; if none does, the one
    that the offset before the gap makes of it."""
    as_utc = datetime(day.year, day.month, day.day, tzinfo=UTC) + minute * MINUTE
    wall = as_utc.replace(tzinfo=None)
    before = (as_utc - DAY).astimezone(ZoneInfo(zone)).utcoffset()
    after = (as_utc + DAY).astimezone(ZoneInfo(zone)).utcoffset()
    assert before is not None
    assert after is not None
    shown = [
        as_utc - offset
        for offset in (before, after)
        if (as_utc - offset).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
    ]
    instant = min(shown) if shown else as_utc - before
    return int((instant - EPOCH).total_seconds()) // 60


def local(minute: int, zone: str) -> datetime:
    return (EPOCH + minute * MINUTE).astimezone(ZoneInfo(zone))


@dataclass(frozen=True)
class Stretch:
    """A template on one local day, before anything is cut."""

    start: int
    end: int
    template: ScheduleTemplate
    day: date


@dataclass(frozen=True)
class Opening:
    start: int
    end: int
    location_id: str
    step: int


@dataclass(frozen=True, order=True)
class Offer:
    start: int
    end: int
    doctor_id: str
    location_id: str
    room_id: str | None
    capacity_left: int


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


class Reference:
    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self.s = snapshot
        self.r = request
        self.roster = snapshot.roster
        self.type_id = self.kept_id(request.type_id)
        self.type = self.roster.types.get(self.type_id) if self.type_id else None
        self._stretches: dict[str, list[Stretch]] = {}
        self._winners: dict[tuple[str, int], Stretch | None] = {}

    # -- what is asked for, doctor by doctor ----------------------------------------------------

    def kept_id(self, type_id: str | None) -> str | None:
        """A doctor's own row with the slug of a clinic-wide type stands for that type."""
        asked = self.roster.types.get(type_id or "")
        if asked is not None and asked.doctor_id is not None:
            for key, kind in self.roster.types.items():
                if kind.doctor_id is None and kind.slug == asked.slug:
                    return key
        return type_id

    def kind(self, doctor_id: str) -> AppointmentType | None:
        """The type as this doctor does it."""
        if self.type is None or self.type.doctor_id is not None:
            return self.type
        for kind in self.roster.types.values():
            if kind.doctor_id == doctor_id and kind.slug == self.type.slug:
                return kind
        return self.type

    def minutes(self, doctor_id: str) -> int:
        kind = self.kind(doctor_id)
        return self.r.duration or (kind.duration if kind else 30)

    # -- when the doctor is there ---------------------------------------------------------------

    def stretches(self, doctor_id: str) -> list[Stretch]:
        if doctor_id in self._stretches:
            return self._stretches[doctor_id]
        found = []
        day = self.s.first - 4 * DAY
        while day <= self.s.last + 4 * DAY:
            for t in self.roster.templates:
                if t.doctor_id != doctor_id or not runs_on(t, day):
                    continue
                zone = self.roster.locations[t.location_id].zone
                start = read_wall(day, t.work_start, zone)
                end = read_wall(day, t.work_end, zone)
                if start < end:
                    found.append(Stretch(start, end, t, day))
            day += DAY
        self._stretches[doctor_id] = found
        return found

    def winning(self, doctor_id: str, minute: int) -> Stretch | None:
        """Whose minute it is: the highest priority, then the earlier start, then the smaller id."""
        if (doctor_id, minute) not in self._winners:
            best = None
            for s in self.stretches(doctor_id):
                if s.start <= minute < s.end:
                    key = (-s.template.priority, s.start, s.template.id)
                    if best is None or key < best[0]:
                        best = (key, s)
            self._winners[(doctor_id, minute)] = best[1] if best else None
        return self._winners[(doctor_id, minute)]

    def is_cut(self, doctor_id: str, location_id: str, minute: int) -> bool:
        """Blocked for this type at this place, or on approved leave, in any part of the minute."""
        low, high = minute * 60, minute * 60 + 60
        for e in self.roster.exceptions:
            if (
                e.doctor_id == doctor_id
                and e.kind is ExceptionKind.BLOCKED
                and e.type_id in (None, self.type_id)
                and e.location_id in (None, location_id)
                and seconds(e.start) < high
                and low < seconds(e.end)
            ):
                return True
        for t in self.roster.time_off:
            if (
                t.doctor_id == doctor_id
                and t.status is TimeOffStatus.APPROVED
                and seconds(t.start) < high
                and low < seconds(t.end)
            ):
                return True
        return False

    def is_break(self, stretch: Stretch, minute: int) -> bool:
        zone = self.roster.locations[stretch.template.location_id].zone
        return any(
            read_wall(stretch.day, b.start, zone) <= minute < read_wall(stretch.day, b.end, zone)
            for b in stretch.template.breaks
        )

    def is_kept(self, stretch: Stretch, minute: int) -> bool:
        """Whether the minute is reserved for other types."""
        zone = self.roster.locations[stretch.template.location_id].zone
        return any(
            self.type_id not in r.type_ids
            and read_wall(stretch.day, r.start, zone)
            <= minute
            < read_wall(stretch.day, r.end, zone)
            for r in stretch.template.reserved
        )

    def is_closed(self, stretch: Stretch, minute: int) -> bool:
        """A site that is said to work on a day is not closed by what closes the whole clinic."""
        place = stretch.template.location_id
        zone = self.roster.locations[place].zone
        today = [h for h in self.roster.holidays if h.day == stretch.day]
        own = [h for h in today if h.location_id == place]
        rows = own
        if all(h.closed for h in own):
            rows = [*own, *(h for h in today if h.location_id is None)]
        return any(
            read_wall(h.day, h.start_minute, zone)
            <= minute
            < read_wall(h.day, h.end_minute or 1440, zone)
            for h in rows
            if h.closed
        )

    def openings(self, doctor_id: str) -> list[Opening]:
        found = []
        for s in self.stretches(doctor_id):
            place = s.template.location_id
            minutes = [
                m
                for m in range(s.start, s.end)
                if self.winning(doctor_id, m) is s
                and not self.is_closed(s, m)
                and not self.is_break(s, m)
                and not self.is_kept(s, m)
                and not self.is_cut(doctor_id, place, m)
            ]
            found += [Opening(a, b, place, s.template.step) for a, b in joined(minutes)]
        kind = self.kind(doctor_id)
        step = kind.duration if kind else 30
        for e in self.roster.exceptions:
            if (
                e.doctor_id != doctor_id
                or e.kind is not ExceptionKind.AVAILABLE
                or e.type_id not in (None, self.type_id)
            ):
                continue
            first = -(-seconds(e.start) // 60)
            last = seconds(e.end) // 60
            for place in self.places(doctor_id, e.location_id, e.start):
                minutes = [m for m in range(first, last) if not self.is_cut(doctor_id, place, m)]
                found += [Opening(a, b, place, step) for a, b in joined(minutes)]
        return found

    def places(self, doctor_id: str, named: str | None, start: datetime) -> list[str]:
        if named is not None:
            return [named]
        found = []
        for key, location in self.roster.locations.items():
            day = start.astimezone(ZoneInfo(location.zone)).date()
            for t in self.roster.templates:
                if (
                    t.doctor_id == doctor_id
                    and t.location_id == key
                    and runs_on(t, day)
                    and key not in found
                ):
                    found.append(key)
        return found or list(self.roster.doctors[doctor_id].location_ids[:1])

    # -- who is in the way -----------------------------------------------------------------------

    def counts(self, row: Busy) -> bool:
        if row.id in self.r.ignore_ids:
            return False
        if row.hold_until is not None:
            if row.hold_until <= self.r.now.timestamp():
                return False
            if self.r.own_desk and row.holder_desk == self.r.own_desk:
                return False
        return True

    def most(self, rows: list[Busy], low: int, high: int) -> int:
        """The most rows that are there in one minute of [low, high)."""
        return max(
            sum(1 for r in rows if r.blocked_start < m * 60 + 60 and m * 60 < r.blocked_end)
            for m in range(low, high)
        )

    def room_names(
        self, doctor_id: str, owner: ScheduleTemplate | None, location_id: str
    ) -> list[str]:
        rooms, kind = self.roster.rooms, self.kind(doctor_id)
        allowed = kind.allowed_room_ids if kind is not None else ()
        if self.r.room_id is not None:
            if allowed and self.r.room_id not in allowed:
                return []
            return [self.r.room_id] if rooms[self.r.room_id].location_id == location_id else []
        named = []
        if owner is not None and owner.room_id:
            named.append(owner.room_id)
        if kind is not None and kind.default_room_id:
            named.append(kind.default_room_id)
        virtual = [k for k, room in rooms.items() if room.virtual]
        if kind is None or kind.mode is Mode.IN_PERSON:
            named += [k for k in rooms if k not in virtual]
        elif kind.mode is Mode.VIDEO:
            named = [k for k in named if k in virtual] + virtual + named
        if allowed:
            named = [k for k in (*named, *rooms) if k in allowed]
        return [k for k in named if rooms[k].location_id == location_id]

    def way(self, place: str, other: str) -> int:
        """Minutes from one site to another."""
        if not other or place == other or len(self.roster.locations) < 2:
            return 0
        for t in self.roster.travel:
            if {t.location_id, t.other_location_id} == {place, other}:
                return t.minutes
        return self.roster.practice.travel_minutes

    def cannot_get_there(self, doctor_id: str, place: str, start: int, end: int) -> bool:
        """Somewhere else too shortly before, at the same time, or too soon after."""
        for r in self.s.busy:
            if r.kind == "external" or r.doctor_id != doctor_id or not self.counts(r):
                continue
            way = self.way(place, r.location_id)
            in_time = start * 60 >= r.end + way * 60 or end * 60 + way * 60 <= r.start
            if way and not in_time:
                return True
        return False

    def day_is_full(self, doctor_id: str, zone: str, start: int) -> bool:
        day, kind = local(start, zone).date(), self.kind(doctor_id)
        at_all, of_type = 0, 0
        for r in self.s.busy:
            if r.kind == "external" or r.doctor_id != doctor_id or not self.counts(r):
                continue
            if local(r.start // 60, zone).date() == day:
                at_all += 1
                of_type += self.kept_id(r.type_id) == self.type_id and self.type_id is not None
        moved = self.r.moving
        stays = (
            moved is not None
            and moved.doctor_id == doctor_id
            and moved.start.astimezone(ZoneInfo(zone)).date() == day
        )
        most = self.roster.doctors[doctor_id].max_per_day
        if most is not None and at_all >= most and not stays:
            return True
        if kind is None or kind.max_per_day is None or of_type < kind.max_per_day:
            return False
        return not (stays and moved is not None and moved.type_id in (None, self.type_id))

    def judged(self, doctor_id: str, o: Opening, start: int) -> tuple[Offer, list[str]] | None:
        """The offer and every room that would do, or None. Wishes and the type's own rules about
        how soon and how far are looked at elsewhere."""
        win = self.winning(doctor_id, start)
        owner = win.template if win else None
        kind, duration = self.kind(doctor_id), self.minutes(doctor_id)
        before = kind.buffer_before if kind else 0
        after = kind.buffer_after if kind else 0
        if owner is not None and owner.location_id == o.location_id:
            before = max(before, owner.buffer_before)
            after = max(after, owner.buffer_after)
        low, high = start - before, start + duration + after
        lanes = owner.max_parallel if owner is not None else 1
        visits = [r for r in self.s.busy if r.kind != "external" and self.counts(r)]
        away = [r for r in (*self.s.busy, *self.s.external) if r.kind == "external"]
        away = [r for r in away if self.counts(r) and r.doctor_id == doctor_id]
        if away and self.most(away, low, high):
            return None
        if any(self.is_cut(doctor_id, o.location_id, m) for m in range(low, high)):
            return None
        depth = self.most([r for r in visits if r.doctor_id == doctor_id], low, high)
        if depth >= lanes:
            return None
        if self.cannot_get_there(doctor_id, o.location_id, start, start + duration):
            return None
        if self.day_is_full(doctor_id, self.roster.locations[o.location_id].zone, start):
            return None
        if self.r.patient_id is not None and self.roster.practice.one_visit_at_a_time:
            for m in range(start, start + duration):
                for r in visits:
                    mine = r.patient_id == self.r.patient_id
                    if mine and r.start < m * 60 + 60 and m * 60 < r.end:
                        return None
        rooms = self.room_names(doctor_id, owner, o.location_id)
        named = kind is not None and bool(kind.allowed_room_ids)
        if (self.r.room_id is not None or named) and not rooms:
            return None
        free = [
            k
            for k in rooms
            if self.most([r for r in visits if r.room_id == k], low, high)
            < self.roster.rooms[k].capacity
        ]
        if rooms and not free:
            return None
        room = free[0] if free else None
        end = start + duration
        return Offer(start, end, doctor_id, o.location_id, room, lanes - depth), free

    # -- what may be asked -----------------------------------------------------------------------

    def offers_type(self, doctor_id: str) -> bool:
        doctor = self.roster.doctors[doctor_id]
        if not doctor.active:
            return False
        kind = self.kind(doctor_id)
        if self.type is None or kind is None:
            return True
        return self.type.active and kind.active and kind.doctor_id in (None, doctor_id)

    def allowed_at(self, doctor_id: str, location_id: str) -> bool:
        kind = self.kind(doctor_id)
        if kind is None or not kind.allowed_location_ids:
            return True
        return location_id in kind.allowed_location_ids

    def in_time(self, doctor_id: str, start: int, zone: str) -> bool:
        """Not past, not too soon, not too far."""
        kind = self.kind(doctor_id)
        if start * 60 < self.r.now.timestamp():
            return False
        if kind is None:
            return True
        moved = self.r.moving
        leaves = None if moved is None or moved.asked_by == "clinic" else moved.start
        soonest = self.r.now.timestamp() + kind.min_notice * 60
        kept = leaves is not None and leaves.timestamp() >= soonest
        if (self.r.policy or kept) and start * 60 < soonest:
            return False
        today = self.r.now.astimezone(ZoneInfo(zone)).date()
        furthest = today + kind.max_future_days * DAY
        near = leaves is not None and leaves.astimezone(ZoneInfo(zone)).date() <= furthest
        return not (self.r.policy or near) or local(start, zone).date() <= furthest

    def wished(self, start: int, zone: str) -> bool:
        shown = local(start, zone)
        if not self.r.first <= shown.date() <= self.r.last:
            return False
        if not self.s.first <= shown.date() <= self.s.last:
            return False
        if self.r.weekdays and shown.weekday() not in self.r.weekdays:
            return False
        minute = shown.hour * 60 + shown.minute
        if self.r.earliest is not None and minute < self.r.earliest:
            return False
        return self.r.latest is None or minute < self.r.latest

    def grid(self, doctor_id: str) -> list[tuple[Opening, int]]:
        """Every raw start of a doctor with the window it comes from."""
        found = []
        for o in self.openings(doctor_id):
            start = o.start
            while start + self.minutes(doctor_id) <= o.end:
                found.append((o, start))
                start += self.r.step or o.step
        return found

    def find(self) -> list[Offer]:
        asked = self.r.doctor_ids or tuple(self.roster.doctors)
        found: dict[tuple[int, str, str], tuple[Offer, list[str]]] = {}
        for doctor_id in asked:
            if not self.offers_type(doctor_id):
                continue
            for o, start in self.grid(doctor_id):
                zone = self.roster.locations[o.location_id].zone
                if self.r.location_id not in (None, o.location_id):
                    continue
                if not self.allowed_at(doctor_id, o.location_id) or not self.wished(start, zone):
                    continue
                if not self.in_time(doctor_id, start, zone):
                    continue
                answer = self.judged(doctor_id, o, start)
                if answer is not None:
                    found[(start, doctor_id, o.location_id)] = answer
        if self.r.together and len(set(self.r.doctor_ids)) > 1:
            return self.together(found)
        return sorted(
            (offer for offer, _rooms in found.values()),
            key=lambda x: (x.start, x.doctor_id, x.location_id),
        )

    def together(self, found: dict[tuple[int, str, str], tuple[Offer, list[str]]]) -> list[Offer]:
        """Starts that all can do at one location, if the rooms hold all of them."""
        result = []
        for start, place in sorted({(s, where) for s, _doctor, where in found}):
            doctors = list(dict.fromkeys(self.r.doctor_ids))
            if not all((start, d, place) in found for d in doctors):
                continue
            given: list[Busy] = []
            offers = []
            for d in doctors:
                offer, _rooms = found[(start, d, place)]
                if offer.room_id is not None:
                    room = self.room_beside(d, place, start, given)
                    if room is None:
                        break
                    offer = Offer(start, offer.end, d, place, room, offer.capacity_left)
                offers.append(offer)
            if len(offers) == len(doctors):
                result += sorted(offers, key=lambda x: x.doctor_id)
        return result

    def room_beside(self, doctor_id: str, place: str, start: int, given: list[Busy]) -> str | None:
        """The first room with a place, counting those just given to the others."""
        win = self.winning(doctor_id, start)
        owner = win.template if win else None
        kind, duration = self.kind(doctor_id), self.minutes(doctor_id)
        before = kind.buffer_before if kind else 0
        after = kind.buffer_after if kind else 0
        if owner is not None and owner.location_id == place:
            before = max(before, owner.buffer_before)
            after = max(after, owner.buffer_after)
        low, high = start - before, start + duration + after
        visits = [r for r in self.s.busy if r.kind != "external" and self.counts(r)]
        for name in self.room_names(doctor_id, owner, place):
            rows = [r for r in (*visits, *given) if r.room_id == name]
            if self.most(rows, low, high) < self.roster.rooms[name].capacity:
                given.append(
                    Busy(
                        id=f"given-{doctor_id}",
                        doctor_id=doctor_id,
                        start=start * 60,
                        end=(start + duration) * 60,
                        blocked_start=low * 60,
                        blocked_end=high * 60,
                        room_id=name,
                    )
                )
                return name
        return None


def runs_on(t: ScheduleTemplate, day: date) -> bool:
    """Valid, the right weekday, and the right one of every n weeks; weeks begin on Monday."""
    if t.weekday != day.weekday():
        return False
    if t.valid_from is not None and day < t.valid_from:
        return False
    if t.valid_until is not None and day > t.valid_until:
        return False
    week = (day.toordinal() - 1) // 7
    counted_from = t.anchor or t.valid_from or date(1970, 1, 5)
    return (week - (counted_from.toordinal() - 1) // 7) % max(1, t.every_weeks) == 0


def joined(minutes: list[int]) -> list[tuple[int, int]]:
    """Neighbouring minutes as half-open runs."""
    runs: list[tuple[int, int]] = []
    for m in minutes:
        if runs and runs[-1][1] == m:
            runs[-1] = (runs[-1][0], m + 1)
        else:
            runs.append((m, m + 1))
    return runs
