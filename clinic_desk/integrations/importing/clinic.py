"""The diary's doctors and kinds of visit, matched to the clinic's own or made from the diary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import AppointmentType, Doctor, Location
from clinic_desk.domain.ids import Id, IdFactory
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import zone as zone_named
from clinic_desk.domain.templates import Break, ScheduleTemplate
from clinic_desk.integrations.importing.columns import heading_key
from clinic_desk.integrations.importing.diary import DiaryEvent

COLOURS = ("teal", "indigo", "orchid", "lime", "clay", "plum", "crimson", "bark")
_TITLES = {"dr", "prof", "doc", "doktor", "uzm", "op", "med", "mr", "mrs", "ms"}
_FEWEST = 3
"""A weekday with fewer visits than this in the whole diary is no working day."""


class ClinicMap:
    """Finds a diary's names in the roster; ``records`` are the rows to create for those it has
    not, and ``created`` says so in words."""

    def __init__(
        self,
        roster: Roster,
        new_id: IdFactory,
        *,
        zone: str,
        doctors: Mapping[str, Id],
        create_missing: bool,
    ) -> None:
        self.records: list[Record] = []
        self.created: list[str] = []
        self.time_off = {
            (leave.doctor_id, leave.start, leave.end, leave.status) for leave in roster.time_off
        }
        self._roster = roster
        self._new_id = new_id
        self._zone = zone
        self._create = create_missing
        self._doctors = {person_key(doctor.name): doctor for doctor in roster.doctors.values()}
        self._asked = dict(doctors)
        self._types = {
            heading_key(kind.name): kind for kind in roster.types.values() if kind.doctor_id is None
        }
        self._own_types = [kind for kind in roster.types.values() if kind.doctor_id is not None]
        self._location: Id = ""

    def doctor(self, name: str) -> Id | None:
        asked = self._asked.get(name)
        if asked:
            return asked
        known = self._doctors.get(person_key(name))
        return known.id if known is not None else None

    def type(self, name: str, doctor_id: Id | None = None) -> Id | None:
        """A doctor's own type of that name comes before the clinic's."""
        for kind in self._roster.types.values():
            own = kind.doctor_id is not None and kind.doctor_id == doctor_id
            if own and heading_key(kind.name) == heading_key(name):
                return kind.id
        known = self._type(name)
        return known.id if known is not None else None

    def site(self, name: str) -> Id | None:
        """The location of exactly that name."""
        places = self._roster.locations.values()
        return next((place.id for place in places if name and place.name == name), None)

    def room(self, name: str, location_id: Id) -> Id | None:
        """The room of exactly that name at the location."""
        rooms = (room for room in self._roster.rooms.values() if room.location_id == location_id)
        return next((room.id for room in rooms if name and room.name == name), None)

    def location_of(self, doctor_id: Id) -> Id:
        doctor = self._roster.doctors.get(doctor_id)
        if doctor is not None and doctor.location_ids:
            return doctor.location_ids[0]
        return self._default_location()

    def learn(self, events: Iterable[DiaryEvent]) -> None:
        """Creates the doctors and kinds of visit that the clinic lacks."""
        if not self._create:
            return
        by_doctor: dict[str, list[DiaryEvent]] = defaultdict(list)
        by_type: dict[str, Counter[int]] = defaultdict(Counter)
        for event in events:
            if person_key(event.doctor) and self.doctor(event.doctor) is None:
                by_doctor[event.doctor].append(event)
            if event.kind in ("visit", "series", "moved", "following") and heading_key(
                event.type_name
            ):
                by_type[event.type_name][event.minutes] += 1
        for name, theirs in by_doctor.items():
            self._add_doctor(name, theirs)
        for name, lengths in by_type.items():
            own = any(heading_key(kind.name) == heading_key(name) for kind in self._own_types)
            if self._type(name) is None and not own:
                self._add_type(name, lengths.most_common(1)[0][0])

    def _type(self, name: str) -> AppointmentType | None:
        key = heading_key(name)
        if not key:
            return None
        if key in self._types:
            return self._types[key]
        close = [kind for other, kind in self._types.items() if key in other or other in key]
        return close[0] if len(close) == 1 else None

    def _default_location(self) -> Id:
        if not self._location:
            places = sorted(
                self._roster.locations.values(), key=lambda place: (not place.primary, place.id)
            )
            if places:
                self._location = places[0].id
            else:
                location = Location(
                    id=self._new_id(),
                    name=self._roster.practice.name or "Clinic",
                    zone=self._zone,
                    primary=True,
                )
                self._location = location.id
                self.records.append(location)
                self.created.append(f"location {location.name}, zone {self._zone}")
        return self._location

    def _add_doctor(self, name: str, events: list[DiaryEvent]) -> None:
        words = name.split()
        title = " ".join(word for word in words if person_key(word) == "")
        bare = " ".join(word for word in words if person_key(word) != "") or name
        taken = len(self._doctors)
        doctor = Doctor(
            id=self._new_id(),
            name=" ".join(words),
            title=title,
            code=self._code(bare),
            colour=COLOURS[taken % len(COLOURS)],
            location_ids=(self._default_location(),),
            position=taken,
        )
        self._doctors[person_key(name)] = doctor
        self.records.append(doctor)
        hours = _hours(events)
        self.records.extend(
            ScheduleTemplate(
                id=self._new_id(),
                doctor_id=doctor.id,
                location_id=self._default_location(),
                weekday=weekday,
                work_start=start,
                work_end=end,
                breaks=breaks,
            )
            for weekday, (start, end, breaks) in sorted(hours.items())
        )
        self.created.append(f"doctor {name}, with weekly hours as the diary shows them")

    def _code(self, name: str) -> str:
        used = {doctor.code for doctor in self._doctors.values()}
        letters = "".join(word[0] for word in name.split() if word[:1].isalpha()).upper()
        plain = "".join(char for char in name.upper() if char.isalpha())
        options = [letters[:2], letters[:3], *(letters[:1] + char for char in plain[1:])]
        options += [f"D{number}" for number in range(1, 100)]
        return next((code for code in options if len(code) > 1 and code not in used), letters[:3])

    def _add_type(self, name: str, minutes: int) -> None:
        key = heading_key(name)
        kind = AppointmentType(
            id=self._new_id(),
            slug=key.replace(" ", "-"),
            name=name,
            code="".join(char for char in name.upper() if char.isalpha())[:3],
            duration=minutes,
            position=len(self._types),
        )
        self._types[key] = kind
        self.records.append(kind)
        self.created.append(f"visit type {name}, {minutes} minutes")


def person_key(name: str) -> str:
    """A name without titles, folded: "Dr. Aylin DEMİR" and "Aylin Demir" are one."""
    return " ".join(word for word in heading_key(name).split() if word not in _TITLES)


def _hours(events: list[DiaryEvent]) -> dict[int, tuple[int, int, tuple[Break, ...]]]:
    """Weekday → first start, last end (to the half hour outwards), and the midday gap of half an
    hour or more that no visit ever touches."""
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for event in events:
        if event.kind not in ("visit", "series") or event.start is None or event.end is None:
            continue
        zone = zone_named(event.zone)
        start, end = event.start.astimezone(zone), event.end.astimezone(zone)
        if start.date() == end.date():
            spans[start.weekday()].append((_minute(start), _minute(end)))
    hours = {}
    for weekday, found in spans.items():
        if len(found) < _FEWEST:
            continue
        first = min(start for start, _ in found) // 30 * 30
        last = -(-max(end for _, end in found) // 30) * 30
        hours[weekday] = (first, last, _midday(found))
    return hours


def _midday(spans: list[tuple[int, int]]) -> tuple[Break, ...]:
    reached, best = 11 * 60 + 30, (0, 0)
    for start, end in sorted(spans):
        if start > reached and reached < 14 * 60 + 30:
            gap = (reached, min(start, 14 * 60 + 30))
            best = max(best, gap, key=lambda pair: pair[1] - pair[0])
        reached = max(reached, end)
    return (Break(best[0], best[1]),) if best[1] - best[0] >= 30 else ()


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
