"""The facts about one wanted start, from which *explain* makes its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from clinic_desk.domain.availability.asking import Ask
from clinic_desk.domain.availability.daily import Daily, is_limited, limits
from clinic_desk.domain.availability.finding import find_in
from clinic_desk.domain.availability.index import Index, chosen, deepest
from clinic_desk.domain.availability.model import Busy, Request, Slot
from clinic_desk.domain.availability.needs import buffers_of, capacity_of, rooms_for
from clinic_desk.domain.availability.phrases import clock, day_of, range_text
from clinic_desk.domain.availability.stretches import Cut, Window
from clinic_desk.domain.catalogue import AppointmentType
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch

_ONE_DAY = timedelta(days=1)
LOOK_AHEAD = 13
"""Days after the asked one in which the next free start is looked for."""
OTHERS = 16
"""At most so many colleagues are looked at for "Other doctor"."""


class Case:
    """One doctor, one start. Times are epoch seconds; ``low``/``high`` include the buffers.

    Wishes of the request (weekdays, earliest, latest, step, the asked days) are not rules and are
    left out of account."""

    def __init__(
        self,
        ix: Index,
        request: Request,
        doctor_id: Id,
        start: datetime,
        end: datetime | None,
        room_id: Id | None,
    ) -> None:
        self.ix, self.hours, self.doctor_id = ix, ix.hours, doctor_id
        self.room_id = room_id if room_id is not None else request.room_id
        minutes = request.duration
        if end is not None:
            minutes = int((end - start).total_seconds() // 60)
        self.request = replace(
            request,
            duration=minutes,
            doctor_ids=(doctor_id,),
            weekdays=frozenset(),
            earliest=None,
            latest=None,
            together=False,
            room_id=None,
        )
        self.fixed = minutes is not None
        self.ask = Ask(ix, self.request).of(doctor_id)
        self.kind: AppointmentType | None = self.ask.kind
        self.start = epoch(start)
        self.end = epoch(end) if end is not None else self.start + self.ask.duration * 60
        self.owner = ix.hours.owner(doctor_id, self.start // 60)
        windows = self.windows()
        holding = [w for w in windows if self.inside(w)]
        allowed = [w for w in holding if self.ask.allowed_here(w.location_id)]
        self.location_id = self._location(allowed or holding)
        self.here = [w for w in windows if w.location_id == self.location_id]
        self.elsewhere = [w for w in windows if w.location_id != self.location_id]
        self.window = next((w for w in self.here if self.inside(w)), None)
        location = ix.hours.locations.get(self.location_id or "")
        self.zone = location.zone if location is not None else ix.practice.zone
        self.place = location.name if location is not None else ix.practice.name
        self.day = day_of(self.start, self.zone)
        self.before, self.after = buffers_of(self.kind, self.owner, self.location_id or "")
        self.low, self.high = self.start - self.before * 60, self.end + self.after * 60
        self.capacity = capacity_of(self.owner)

    def clock(self, seconds: int) -> str:
        """On the site's clock, and on the clinic's own where that shows another time."""
        return clock(seconds, self.zone, self.ix.practice.zone)

    def range(self, start: int, end: int, note: str = "") -> str:
        """A stretch on the same clocks, ``note`` in the bracket."""
        return range_text(start, end, self.zone, self.ix.practice.zone, note)

    def windows(self) -> list[Window]:
        """Around the start, whatever the zone."""
        day = day_of(self.start, "UTC")
        return self.hours.windows(
            self.doctor_id,
            day - _ONE_DAY,
            day + _ONE_DAY,
            self.ask.type_id,
            self.ask.exception_step,
        )

    def inside(self, window: Window) -> bool:
        return window.start * 60 <= self.start and self.end <= window.end * 60

    def _location(self, holding: Sequence[Window]) -> Id | None:
        if self.request.location_id is not None:
            return self.request.location_id
        room = self.ix.rooms.get(self.room_id or "")
        if room is not None and (
            not holding or any(w.location_id == room.location_id for w in holding)
        ):
            return room.location_id
        if holding:
            return holding[0].location_id
        if self.owner is not None:
            return self.owner.location_id
        return next(iter(self.hours.first_location(self.doctor_id)), None)

    def rows(self) -> Sequence[Busy]:
        """Visits and holds of the doctor that meet the blocked range."""
        return chosen(self.ix.doctor(self.doctor_id).between(self.low, self.high), self.ask.counts)

    def external(self) -> Sequence[Busy]:
        found = self.ix.external(self.doctor_id).between(self.low, self.high)
        return chosen(found, self.ask.counts)

    def patient_rows(self) -> Sequence[Busy]:
        """The patient's rows of the local day and of the visit itself."""
        if self.request.patient_id is None:
            return []
        start, end, _plain = self.hours.local.day(self.zone, self.day)
        low, high = min(start * 60, self.low), max(end * 60, self.high)
        found = self.ix.patient(self.request.patient_id).between(low, high)
        return chosen(found, self.ask.counts)

    def cuts(self) -> list[Cut]:
        """Blocked times that count for this type and location and meet the blocked range."""
        return [
            c
            for c in self.hours.cuts(self.doctor_id, self.ask.type_id)
            if c.start * 60 < self.high
            and self.low < c.end * 60
            and (c.location_id is None or c.location_id == self.location_id)
        ]

    def too_near(self) -> list[Busy]:
        """What the doctor has at other sites and cannot get to or from in time."""
        travel = self.ix.travel
        if not travel.longest or self.location_id is None:
            return []
        wide = travel.longest * 60
        rows = self.ix.doctor(self.doctor_id).near(self.start - wide, self.end + wide)
        counted = chosen(rows, self.ask.counts)
        return travel.too_near(counted, self.location_id, self.start, self.end)

    def limits(self) -> list[Daily]:
        """The limits of visits per day that apply to the doctor's day."""
        if not is_limited(self.ask, self.doctor_id):
            return []
        return limits(self.ask, self.doctor_id, self.zone, self.day)

    def candidates(self) -> tuple[Id, ...]:
        return rooms_for(self.ix, self.kind, self.owner, self.location_id or "")

    def room_rows(self, room_id: Id) -> Sequence[Busy]:
        return chosen(self.ix.room(room_id).between(self.low, self.high), self.ask.counts)

    def room_has_place(self, room_id: Id) -> bool:
        rows = self.room_rows(room_id)
        return deepest(rows, self.low, self.high) < self.ix.rooms[room_id].capacity

    def chosen_room(self) -> Id | None:
        return next((r for r in self.candidates() if self.room_has_place(r)), None)

    def other_room(self, than: Id | None) -> Id | None:
        """A free room of the same location to use instead."""
        near = [r.id for r in self.ix.rooms_at.get(self.location_id or "", ()) if not r.virtual]
        rooms = dict.fromkeys([*self.candidates(), *near])
        return next(
            (r for r in rooms if r != than and self.ask.room_allowed(r) and self.room_has_place(r)),
            None,
        )

    def room_stands(self) -> bool:
        """Whether the wanted room, if one is wanted, is here, allowed and has a place."""
        if self.room_id is None:
            return True
        room = self.ix.rooms.get(self.room_id)
        here = room is not None and room.location_id == self.location_id
        return here and self.ask.room_allowed(self.room_id) and self.room_has_place(self.room_id)

    def stands(self) -> bool:
        """Whether everything but the type's notice and horizon allows this start."""
        if self.window is None or not self.ask.offers(self.doctor_id):
            return False
        if not self.ask.allowed_here(self.window.location_id) or self.cuts() or self.external():
            return False
        if deepest(self.rows(), self.low, self.high) >= self.capacity or self.too_near():
            return False
        if any(limit.full for limit in self.limits()):
            return False
        if not self.candidates():
            return not self.ask.needs_room
        return self.chosen_room() is not None

    def other_doctor(self) -> Case | None:
        """The first colleague who could take the visit at this very start."""
        doctors = sorted(
            (d for d in self.hours.doctors.values() if d.id != self.doctor_id and d.active),
            key=lambda d: (d.position, d.name),
        )
        start = from_epoch(self.start)
        end = from_epoch(self.end) if self.fixed else None
        offering = [d for d in doctors if self.ask.offers(d.id)]
        for doctor in offering[:OTHERS]:
            if self._plainly_busy(doctor.id):
                continue
            other = Case(self.ix, self.request, doctor.id, start, end, None)
            if other.stands():
                return other
        return None

    def _plainly_busy(self, doctor_id: Id) -> bool:
        """Busy at that very time and alone at work: seen without a case of their own."""
        rows = chosen(self.ix.doctor(doctor_id).between(self.start, self.end), self.ask.counts)
        return bool(rows) and capacity_of(self.hours.owner(doctor_id, self.start // 60)) == 1

    def _ever_here(self) -> bool:
        return self.ask.allowed_here(self.location_id or "") and bool(
            not self.ask.needs_room or self.candidates()
        )

    def next_free(self) -> Slot | None:
        """The doctor's nearest later start, on this day or within the snapshot's next days; at any
        site when the type never takes place at the wanted one."""
        site = self.request.location_id
        if site is not None and not self._ever_here():
            site = None
        asked = replace(
            self.request,
            location_id=site,
            first=self.day,
            last=min(self.ix.last, self.day + LOOK_AHEAD * _ONE_DAY),
        )
        ask = Ask(self.ix, asked)
        for first, last in ((self.day, self.day), (self.day + _ONE_DAY, asked.last)):
            if first <= last:
                slots = find_in(ask, first, last, later_than=self.start, count=1)
                if slots:
                    return slots[0]
        return None
