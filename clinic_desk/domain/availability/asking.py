"""A request made ready: its length, who may be asked, and the stretches a start may lie in."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from math import ceil

from clinic_desk.domain.appointments import LONGEST, SHORTEST
from clinic_desk.domain.availability.hours import DEFAULT_STEP
from clinic_desk.domain.availability.index import Index, counting
from clinic_desk.domain.availability.model import Request
from clinic_desk.domain.availability.needs import rooms_for
from clinic_desk.domain.availability.wall import utc_day
from clinic_desk.domain.catalogue import AppointmentType
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, local_date, zone
from clinic_desk.domain.templates import ScheduleTemplate

_EPOCH = date(1970, 1, 1)


class Ask:
    """Minutes and epoch minutes throughout. ``exception_step`` is the type's duration.

    ``of`` makes it the question to one doctor, with the values that hold for them; a question to
    many doctors has the clinic-wide values. ``type_id`` is the id that visits keep."""

    def __init__(
        self,
        ix: Index,
        request: Request,
        own: AppointmentType | None = None,
        root: Ask | None = None,
    ) -> None:
        self.ix = ix
        self._root = root if root is not None else self
        self.request = request
        self.type_id = ix.hours.offers.base(request.type_id)
        base = ix.hours.types.get(self.type_id) if self.type_id is not None else None
        self.name = base.name if base is not None else ""
        self.unknown_type = self.type_id is not None and (
            base is None or not base.active or base.deleted_at is not None
        )
        self.kind = own if own is not None else base
        usual = self.kind.duration if self.kind is not None else DEFAULT_STEP
        self.duration = request.duration if request.duration is not None else usual
        self.exception_step = usual
        self.now = ceil(request.now.timestamp())
        notice = self.kind.min_notice if self.kind is not None and self.notice_binds else 0
        self.earliest = -(-(self.now + notice * 60) // 60)
        self.counts = counting(request, self.now, ix.holds)
        wanted = request.location_id
        self.places = frozenset(
            key for key in ix.hours.locations if wanted in (None, key) and self.allowed_here(key)
        )
        self.needs_room = self.kind is not None and bool(self.kind.allowed_room_ids)
        self._spans: dict[str, dict[date, list[tuple[int, int]]]] = defaultdict(dict)
        self._rooms: dict[tuple[Id | None, Id], tuple[Id, ...]] = {}
        self._today: dict[str, date] = {}
        self._own: dict[Id, Ask] = {}

    def of(self, doctor_id: Id) -> Ask:
        """The question to one doctor: the common one unless the doctor overrides the type."""
        root = self._root
        own = self.ix.hours.offers.override(self.type_id, doctor_id)
        if own is None:
            return root
        known = root._own.get(doctor_id)
        if known is None:
            known = root._own[doctor_id] = Ask(self.ix, self.request, own, root)
        return known

    def rooms(self, owner: ScheduleTemplate | None, location_id: Id) -> tuple[Id, ...]:
        """Rooms that would do for a start in that template's stretch, best first."""
        asked = self.request.room_id
        key = (owner.room_id if owner is not None else None, location_id)
        known = self._rooms.get(key)
        if known is None:
            if asked is None:
                known = rooms_for(self.ix, self.kind, owner, location_id)
            else:
                room = self.ix.rooms.get(asked)
                here = room is not None and room.location_id == location_id
                known = (asked,) if here and self.room_allowed(asked) else ()
            self._rooms[key] = known
        return known

    def room_allowed(self, room_id: Id) -> bool:
        """Whether the type may take place in that room."""
        return not self.needs_room or (
            self.kind is not None and room_id in self.kind.allowed_room_ids
        )

    @property
    def possible(self) -> bool:
        return not self.unknown_type and SHORTEST <= self.duration <= LONGEST

    def offers(self, doctor_id: Id) -> bool:
        """Whether this doctor sees patients and does this type."""
        doctor = self.ix.hours.doctors.get(doctor_id)
        if doctor is None or not doctor.active or doctor.deleted_at is not None:
            return False
        kind = self.of(doctor_id).kind
        return not self.unknown_type and (
            kind is None or (kind.active and kind.doctor_id in (None, doctor_id))
        )

    def allowed_here(self, location_id: Id) -> bool:
        """Whether the type may take place at this location."""
        allowed = self.kind.allowed_location_ids if self.kind is not None else ()
        return not allowed or location_id in allowed

    def doctors(self) -> list[Id]:
        """Those to look at, each once."""
        asked = self.request.doctor_ids or tuple(self.ix.hours.doctors)
        return [d for d in dict.fromkeys(asked) if self.offers(d)]

    @property
    def notice_binds(self) -> bool:
        """Whether less than the type's notice refuses, of a move only from a start that keeps it:
        a caller who is late already must not become a question."""
        left = self._left()
        if left is None or self.kind is None:
            return self.request.policy
        return self.request.policy or epoch(left) >= self.now + self.kind.min_notice * 60

    def horizon_binds(self, zone_name: str) -> bool:
        """The same about max future days."""
        left, last = self._left(), self.last_day(zone_name)
        if left is None or last is None:
            return self.request.policy
        return self.request.policy or local_date(left, zone_name) <= last

    def _left(self) -> datetime | None:
        """The start that a visit would leave for its patient's sake."""
        moving = self.request.moving
        return moving.start if moving is not None and moving.asked_by != "clinic" else None

    def last_day(self, zone_name: str) -> date | None:
        """The last local day that max future days allows, None without that rule."""
        if self.kind is None:
            return None
        today = self._today.get(zone_name)
        if today is None:
            today = self._today[zone_name] = local_date(self.request.now, zone_name)
        return today + timedelta(days=self.kind.max_future_days)

    def days(self, zone_name: str) -> dict[date, list[tuple[int, int]]]:
        """The days that ``spans`` has worked out so far."""
        return self._spans[zone_name]

    def spans(self, zone_name: str, day: date) -> list[tuple[int, int]]:
        """Where a start may lie on a local day; half-open epoch minutes."""
        days = self._spans[zone_name]
        known = days.get(day)
        if known is None:
            known = days[day] = self._make_spans(zone_name, day)
        return known

    def _make_spans(self, zone_name: str, day: date) -> list[tuple[int, int]]:
        request = self.request
        if not request.first <= day <= request.last:
            return []
        if request.weekdays and day.weekday() not in request.weekdays:
            return []
        if self.horizon_binds(zone_name):
            last = self.last_day(zone_name)
            if last is not None and day > last:
                return []
        start, end, plain = self.ix.hours.local.day(zone_name, day)
        pieces = [(start, end)]
        if request.earliest is not None or request.latest is not None:
            low = request.earliest if request.earliest is not None else 0
            high = request.latest if request.latest is not None else 1440
            if plain:
                pieces = [(start + max(0, low), start + min(1440, high))]
            else:
                pieces = wall_pieces(zone_name, day, start, end, low, high)
        return [(max(a, self.earliest), b) for a, b in pieces if max(a, self.earliest) < b]


def wall_pieces(
    zone_name: str, day: date, start: int, end: int, low: int, high: int
) -> list[tuple[int, int]]:
    """The parts of [start, end) whose wall clock shows ``low`` ≤ minute < ``high``, on a day
    with a clock change: an hour that occurs twice is found twice."""
    here = zone(zone_name)

    def offset(minute: int) -> int:
        moment = datetime.fromtimestamp(minute * 60, tz=here).utcoffset()
        return int(moment.total_seconds()) // 60 if moment is not None else 0

    midnight = (day - _EPOCH).days * 1440
    pieces = []
    at = start
    while at < end:
        shift, stop, known = offset(at), end, at
        if offset(end - 1) != shift:
            while stop - known > 1:
                middle = (stop + known) // 2
                if offset(middle) == shift:
                    known = middle
                else:
                    stop = middle
        first, last = max(at, midnight - shift + low), min(stop, midnight - shift + high)
        if first < last:
            pieces.append((first, last))
        at = stop
    return pieces


def local_days(start: int, end: int, first: date, last: date) -> list[date]:
    """The local days, in whatever zone, that [start, end) may touch, within ``first``/``last``."""
    low = max(first, utc_day(start) - timedelta(days=1))
    high = min(last, utc_day(end) + timedelta(days=1))
    return [low + timedelta(days=n) for n in range((high - low).days + 1)]
