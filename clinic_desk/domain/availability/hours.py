"""When doctors work: domain.md section 3, step 1, on a line of minutes since the epoch.

Decisions where the rules leave room:

- Of two overlapping templates with the same priority the one that starts first wins, then the
  smaller id. A template wins its overlap as a whole, its breaks included: nobody else's window
  shows through a break. Breaks are cut from their own template only.
- What a cut leaves over is a window of its own, so its starts count from its own beginning.
- An ``available`` exception without a location counts where the doctor's templates place them on
  that local day, otherwise at their first location, otherwise at the primary one.
- Approved time off cuts exactly as a blocked exception does.
- What a template reserves for other types is cut like a break, and from its own template only; for
  its own types the window stays whole. A visit of no type finds it closed.
- A holiday on which the clinic works (``closed`` False) closes nothing. One that closes a part of
  the day is cut like a break.
- Second fractions of a minute are rounded inwards for windows and outwards for cuts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from clinic_desk.domain.availability.closing import Closing
from clinic_desk.domain.availability.keeping import Kept
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.availability.offers import Offers
from clinic_desk.domain.availability.recurring import (
    counts_on,
    is_bounded,
    parts_closed,
    rests_on,
)
from clinic_desk.domain.availability.stretches import Cut, Raw, Shape, Window, rank_of
from clinic_desk.domain.availability.travel import Travel
from clinic_desk.domain.availability.wall import (
    LocalTime,
    days_between,
    inwards,
    outwards,
    subtract,
    utc_day,
)
from clinic_desk.domain.catalogue import Location, Room
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import zone
from clinic_desk.domain.templates import (
    AvailabilityException,
    ExceptionKind,
    Holiday,
    ScheduleTemplate,
    TimeOffRequest,
    TimeOffStatus,
)

DEFAULT_STEP = 30
"""Minutes between the starts of an ``available`` exception when no type is asked for."""

_ONE_DAY = timedelta(days=1)


class Hours:
    """A roster, arranged for questions about working time. Build with ``hours_of``."""

    def __init__(self, roster: Roster) -> None:
        self.local = LocalTime()
        self.locations: dict[Id, Location] = {
            key: row for key, row in roster.locations.items() if row.deleted_at is None
        }
        self.doctors = roster.doctors
        self.types = roster.types
        self.offers = Offers(roster.types)
        self.travel = Travel(roster)
        self.rooms = {key: row for key, row in roster.rooms.items() if row.deleted_at is None}
        self.rooms_at: dict[Id, list[Room]] = defaultdict(list)
        for room in self.rooms.values():
            self.rooms_at[room.location_id].append(room)
        self._week: dict[Id, list[list[ScheduleTemplate]]] = {}
        self._zones: dict[Id, set[str]] = defaultdict(set)
        self._bounded: set[Id] = set()
        self._reserving: set[Id] = set()
        for template in roster.templates:
            if template.deleted_at is None and template.location_id in self.locations:
                week = self._week.setdefault(template.doctor_id, [[] for _ in range(7)])
                week[template.weekday].append(template)
                if is_bounded(template):
                    self._bounded.add(template.doctor_id)
                if template.reserved:
                    self._reserving.add(template.doctor_id)
                self._zones[template.doctor_id].add(self.locations[template.location_id].zone)
        live = [t for week in self._week.values() for day in week for t in day]
        self.widest = (
            max((t.buffer_before for t in live), default=0),
            max((t.buffer_after for t in live), default=0),
        )
        self._available: dict[Id, list[AvailabilityException]] = defaultdict(list)
        self._cuts: dict[Id, list[Cut]] = defaultdict(list)
        for row in roster.exceptions:
            if row.deleted_at is not None or row.start >= row.end:
                continue
            if row.kind is ExceptionKind.AVAILABLE:
                self._available[row.doctor_id].append(row)
            else:
                cut = Cut(*outwards(row.start, row.end), row.type_id, row.location_id, row)
                self._cuts[row.doctor_id].append(cut)
        self.requests: dict[Id, list[TimeOffRequest]] = defaultdict(list)
        for request in roster.time_off:
            if request.deleted_at is not None or request.start >= request.end:
                continue
            if request.status is TimeOffStatus.APPROVED:
                cut = Cut(*outwards(request.start, request.end), None, None, request)
                self._cuts[request.doctor_id].append(cut)
            elif request.status is TimeOffStatus.REQUESTED:
                self.requests[request.doctor_id].append(request)
        for cuts in self._cuts.values():
            cuts.sort(key=lambda c: (c.start, c.end, c.row.id))
        self.closing = Closing(roster.holidays)
        self._patterns: dict[tuple[Id | None, ...], list[Shape]] = {}
        self._shapes: dict[Id, list[list[Shape]]] = {}
        self._windows: dict[tuple[Id, Id | None], dict[date, tuple[Window, ...]]] = {}
        self._raw: dict[tuple[Id, date], tuple[Raw, ...]] = {}
        # one booking asks for the same owner several times
        self._last_owner: tuple[Id, int, ScheduleTemplate | None] | None = None

    # -- templates ---------------------------------------------------------------------------

    def templates(self, doctor_id: Id, day: date) -> list[ScheduleTemplate]:
        """Those valid on that local day."""
        week = self._week.get(doctor_id)
        if week is None:
            return []
        found = week[day.weekday()]
        if doctor_id not in self._bounded:
            return found
        return [t for t in found if counts_on(t, day)]

    def resting(self, doctor_id: Id, day: date) -> list[ScheduleTemplate]:
        """Those of the weekday that do not count in that week, but in every second or so."""
        week = self._week.get(doctor_id)
        return [t for t in week[day.weekday()] if rests_on(t, day)] if week is not None else []

    def raw(self, doctor_id: Id, day: date) -> tuple[Raw, ...]:
        """The templates of one local day, each on its own location's clock, nothing cut."""
        known = self._raw.get((doctor_id, day))
        if known is None:
            found = []
            for template in self.templates(doctor_id, day):
                name = self.locations[template.location_id].zone
                start = self.local.minute(name, day, template.work_start)
                end = self.local.minute(name, day, template.work_end)
                if start < end:
                    found.append(Raw(start, end, template))
            known = self._raw[(doctor_id, day)] = tuple(found)
        return known

    def raw_between(self, doctor_id: Id, start: int, end: int) -> list[Raw]:
        """Every template stretch that meets [start, end), best first."""
        first, last = utc_day(start) - _ONE_DAY, utc_day(end) + _ONE_DAY
        found = [
            raw
            for day in days_between(first, last)
            for raw in self.raw(doctor_id, day)
            if raw.start < end and start < raw.end
        ]
        return sorted(found, key=rank_of)

    def owner(self, doctor_id: Id, minute: int) -> ScheduleTemplate | None:
        """The template in whose stretch a minute lies (breaks and closures not looked at)."""
        last = self._last_owner
        if last is None or last[:2] != (doctor_id, minute):
            found = self.raw_between(doctor_id, minute, minute + 1)
            last = self._last_owner = (doctor_id, minute, found[0].template if found else None)
        return last[2]

    def owners(
        self, doctor_id: Id, start: int, end: int
    ) -> list[tuple[int, int, ScheduleTemplate | None]]:
        """[start, end) in pieces, each with its owner."""
        found = self.raw_between(doctor_id, start, end)
        edges = sorted(
            {start, end, *(e for r in found for e in (r.start, r.end) if start < e < end)}
        )
        pieces = []
        for low, high in pairwise(edges):
            best = next((r.template for r in found if r.start <= low < r.end), None)
            pieces.append((low, high, best))
        return pieces

    # -- windows -----------------------------------------------------------------------------

    def template_windows(
        self, doctor_id: Id, days: Iterable[date], type_id: Id | None
    ) -> list[Window]:
        """The weekly windows of local days for a type (``EVERYONE``: for any) after priorities,
        breaks, holidays and what is kept for other types."""
        # types differ only where something is reserved
        kept = type_id if doctor_id in self._reserving else None
        known = self._windows.setdefault((doctor_id, kept), {})
        found: list[Window] = []
        for day in days:
            made = known.get(day)
            if made is None:
                made = known[day] = tuple(self._make(doctor_id, day, kept))
            found += made
        return found

    def _make(self, doctor_id: Id, day: date, type_id: Id | None) -> Iterable[Window]:
        zones = self._zones.get(doctor_id)
        if not zones:
            return ()
        if len(zones) == 1:
            (name,) = zones
            start, _end, plain = self.local.day(name, day)
            if plain:
                shape = self._shape(doctor_id, day, type_id)
                if day in self.closing.days:
                    return self._open([(start + a, start + b, t) for a, b, t, _, _ in shape], day)
                return [
                    Window(start + a, start + b, place, name, step, t, None, day)
                    for a, b, t, place, step in shape
                ]
        near: list[tuple[Raw, bool]] = []
        for offset in (-2, -1, 0, 1, 2) if len(zones) > 1 else (0,):
            near.extend((r, offset == 0) for r in self.raw(doctor_id, day + offset * _ONE_DAY))
        pieces: list[tuple[int, int, ScheduleTemplate]] = []
        taken: list[tuple[int, int]] = []
        for raw, mine in sorted(near, key=lambda pair: rank_of(pair[0])):
            if mine:
                name = self.locations[raw.template.location_id].zone
                parts = [
                    (
                        self.local.minute(name, day, part.start),
                        self.local.minute(name, day, part.end),
                    )
                    for part in parts_closed(raw.template, type_id)
                ]
                cuts = [*taken, *(p for p in parts if p[0] < p[1])]
                pieces.extend((a, b, raw.template) for a, b in subtract(raw.start, raw.end, cuts))
            taken.append((raw.start, raw.end))
        return self._open(sorted(pieces, key=lambda p: p[:2]), day)

    def _shape(self, doctor_id: Id, day: date, type_id: Id | None) -> list[Shape]:
        """The windows of a day without a clock change, in wall minutes; one zone."""
        week = self._shapes.get(doctor_id)
        if week is None:
            if doctor_id in self._bounded or doctor_id in self._reserving:
                return self._pattern(self.templates(doctor_id, day), type_id)
            found = self._week[doctor_id]
            week = self._shapes[doctor_id] = [self._pattern(templates) for templates in found]
        return week[day.weekday()]

    def _pattern(
        self, templates: Sequence[ScheduleTemplate], type_id: Id | None = None
    ) -> list[Shape]:
        """Made once for every set of templates that are valid together, and type."""
        key = (type_id, *[t.id for t in templates])
        known = self._patterns.get(key)
        if known is None:
            known = []
            taken: list[tuple[int, int]] = []
            raws = [Raw(t.work_start, t.work_end, t) for t in templates]
            for raw in sorted((r for r in raws if r.start < r.end), key=rank_of):
                t = raw.template
                cuts = [*taken, *((p.start, p.end) for p in parts_closed(t, type_id))]
                known += [
                    (a, b, t, t.location_id, max(1, t.step))
                    for a, b in subtract(raw.start, raw.end, cuts)
                ]
                taken.append((raw.start, raw.end))
            known.sort(key=lambda piece: piece[:2])
            self._patterns[key] = known
        return known

    def _open(self, pieces: Iterable[tuple[int, int, ScheduleTemplate]], day: date) -> list[Window]:
        found = []
        for start, end, t in pieces:
            name = self.locations[t.location_id].zone
            cuts = [self.closed(row, t.location_id) for row in self.closing.at(t.location_id, day)]
            found += [
                Window(a, b, t.location_id, name, max(1, t.step), t, None, day)
                for a, b in subtract(start, end, cuts)
            ]
        return found

    def closed(self, row: Holiday, location_id: Id) -> tuple[int, int]:
        """The stretch that a closure closes at a site, on the site's own clock."""
        name = self.locations[location_id].zone
        return (
            self.local.minute(name, row.day, row.start_minute),
            self.local.minute(name, row.day, row.until),
        )

    def places(self, doctor_id: Id, row: AvailabilityException) -> list[Id]:
        """The locations at which an ``available`` exception opens."""
        if row.location_id is not None:
            return [row.location_id] if row.location_id in self.locations else []
        found: list[Id] = []
        for key, location in self.locations.items():
            day = row.start.astimezone(zone(location.zone)).date()
            if any(t.location_id == key for t in self.templates(doctor_id, day)):
                found.append(key)
        return found or self.first_location(doctor_id)

    def limited_types(self, doctor_id: Id) -> set[Id]:
        """Types for which alone some ``available`` exception opens."""
        rows = self._available.get(doctor_id, ())
        return {row.type_id for row in rows if row.type_id is not None}

    def first_location(self, doctor_id: Id) -> list[Id]:
        doctor = self.doctors.get(doctor_id)
        known = [key for key in (doctor.location_ids if doctor else ()) if key in self.locations]
        primary = [key for key, row in self.locations.items() if row.primary]
        return (known or primary or list(self.locations))[:1]

    def all_cuts(self, doctor_id: Id) -> Sequence[Cut]:
        """Those that count for one type alone too."""
        return self._cuts.get(doctor_id, ())

    def cuts(self, doctor_id: Id, type_id: Id | None) -> list[Cut]:
        """Blocked exceptions and approved time off that count for a type, by start."""
        return [
            c for c in self._cuts.get(doctor_id, ()) if c.type_id is None or c.type_id == type_id
        ]

    def windows(
        self, doctor_id: Id, first: date, last: date, type_id: Id | None, step: int = DEFAULT_STEP
    ) -> list[Window]:
        """Every window that touches the local days ``first`` … ``last``, sorted by start.

        ``type_id`` as visits keep it, ``EVERYONE`` for working time that is kept for some types
        too. ``step`` is the type's duration, for ``available`` exceptions. A window may reach out
        of the asked days (an exception across midnight): callers bound the starts."""
        found = self.template_windows(doctor_id, days_between(first, last), type_id)
        extra = self._exception_windows(doctor_id, first, last, type_id, step)
        cuts = self.cuts(doctor_id, type_id)
        if not extra and not cuts:
            return found
        found += extra
        if cuts:
            left = []
            for window in found:
                here = [
                    (c.start, c.end)
                    for c in cuts
                    if c.start < window.end
                    and window.start < c.end
                    and (c.location_id is None or c.location_id == window.location_id)
                ]
                if not here:
                    left.append(window)
                    continue
                left += [
                    window._replace(start=a, end=b)
                    for a, b in subtract(window.start, window.end, here)
                ]
            found = left
        found.sort(key=lambda w: (w.start, w.end))
        return found

    def _exception_windows(
        self, doctor_id: Id, first: date, last: date, type_id: Id | None, step: int
    ) -> list[Window]:
        found = []
        for row in self._available.get(doctor_id, ()):
            if row.type_id is not None and row.type_id != type_id:
                continue
            start, end = inwards(row.start, row.end)
            if start >= end:
                continue
            for place in self.places(doctor_id, row):
                name = self.locations[place].zone
                if start < self.local.day(name, last)[1] and self.local.day(name, first)[0] < end:
                    found.append(Window(start, end, place, name, max(1, step), None, row, None))
        return found


_kept = Kept(Hours)


def hours_of(roster: Roster) -> Hours:
    """The arranged form of a roster, kept for as long as the roster itself lives."""
    return _kept(roster)
