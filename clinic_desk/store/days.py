"""Backgrounds and loads of doctors' days, by the pure functions of the availability engine."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from clinic_desk.domain.availability.model import Band, BandKind, Busy, Load, Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, local_day_bounds
from clinic_desk.services.views import DayLoad, DoctorDay

_AWAY = (BandKind.TIME_OFF, BandKind.HOLIDAY, BandKind.BLOCKED)
_WORDS = {BandKind.TIME_OFF: "leave", BandKind.HOLIDAY: "closed", BandKind.BLOCKED: "blocked"}
Taken = tuple[Id, int, int]
"""A visit that counts as booked: doctor, start and end in epoch seconds."""

Offer = tuple[tuple[tuple[int, int], ...], int]
"""A day's stretches that can be booked (epoch seconds), and the units they hold."""


class Days:
    """Keeps the bands of days without external busy times, and what they offer, while the roster
    stays the same."""

    def __init__(self) -> None:
        self._roster: Roster | None = None
        self._bands: dict[tuple[Id, date], tuple[Band, ...]] = {}
        self._offers: dict[tuple[Id, date], Offer] = {}

    def doctor_days(
        self,
        roster: Roster,
        doctor_ids: Sequence[Id],
        first: date,
        last: date,
        taken: Iterable[Taken],
        external: Sequence[Busy],
    ) -> Mapping[tuple[Id, date], DoctorDay]:
        outside = _by_doctor(external)
        loads = self._counted(roster, doctor_ids, first, last, taken)
        found: dict[tuple[Id, date], DoctorDay] = {}
        for (doctor_id, day), load in loads.items():
            made = self.bands(roster, doctor_id, day, outside.get(doctor_id, ()))
            found[doctor_id, day] = DoctorDay(doctor_id, day, made, load, closed_label(made))
        return found

    def loads(
        self,
        roster: Roster,
        doctor_ids: Sequence[Id],
        first: date,
        last: date,
        taken: Iterable[Taken],
        external: Sequence[Busy],
    ) -> tuple[DayLoad, ...]:
        outside = _by_doctor(external)
        loads = self._counted(roster, doctor_ids, first, last, taken)
        return tuple(
            DayLoad(
                doctor_id,
                day,
                load,
                away_word(self.bands(roster, doctor_id, day, outside.get(doctor_id, ()))),
            )
            for (doctor_id, day), load in loads.items()
        )

    def bands(
        self, roster: Roster, doctor_id: Id, day: date, external: Sequence[Busy]
    ) -> tuple[Band, ...]:
        from clinic_desk.domain.availability import bands

        if external:
            return bands(roster, doctor_id, day, external)
        self._know(roster)
        kept = self._bands
        made = kept.get((doctor_id, day))
        if made is None:
            made = kept[doctor_id, day] = bands(roster, doctor_id, day)
        return made

    def _counted(
        self,
        roster: Roster,
        doctor_ids: Sequence[Id],
        first: date,
        last: date,
        taken: Iterable[Taken],
    ) -> dict[tuple[Id, date], Load]:
        """The load of every day, as ``day_load`` counts it, in one pass over the visits."""
        from clinic_desk.domain.availability.days import offered, units_of

        self._know(roster)
        kept, days = self._offers, _days(first, last)
        own = _spans_by_doctor(taken)
        found = {}
        for doctor_id in dict.fromkeys(doctor_ids):
            if doctor_id not in roster.doctors:
                continue
            spans = own.get(doctor_id, ())
            begins = [span[0] for span in spans]
            reach = max((end - start for start, end in spans), default=0)
            for day in days:
                offer = kept.get((doctor_id, day))
                if offer is None:
                    offer = kept[doctor_id, day] = offered(roster, doctor_id, day)
                booked = 0
                for low, high in offer[0]:
                    near = slice(bisect_left(begins, low - reach), bisect_left(begins, high))
                    for start, end in spans[near]:
                        if end > low:
                            booked += min(end, high) - max(start, low)
                found[doctor_id, day] = Load(units_of(booked), offer[1])
        return found

    def _know(self, roster: Roster) -> None:
        if self._roster is not roster:
            self._roster, self._bands, self._offers = roster, {}, {}


def bounds(roster: Roster, first: date, last: date) -> tuple[int, int]:
    """Epoch seconds of the local days in whichever zone begins first and ends last."""
    zones = {place.zone for place in roster.locations.values()} | {roster.practice.zone}
    spans = [local_day_bounds(first, last, name) for name in zones]
    return min(epoch(s.start) for s in spans), max(epoch(s.end) for s in spans)


def taken_of(busy: Iterable[Busy]) -> list[Taken]:
    """What counts as booked of busy rows: visits, neither holds nor external times."""
    return [
        (row.doctor_id, row.start, row.end)
        for row in busy
        if row.hold_until is None and row.kind != "external"
    ]


def closed_label(bands: Sequence[Band]) -> str:
    """What to write over a day without working hours; empty when there are some."""
    if any(band.kind is BandKind.OPEN for band in bands):
        return ""
    for kind in _AWAY:
        for band in bands:
            if band.kind is kind:
                return band.label or _WORDS[kind].capitalize()
    return "Not working"


def away_word(bands: Sequence[Band]) -> str:
    """The word of a hatched day: all of it is leave, closed or blocked; else empty."""
    if any(band.kind is BandKind.OPEN for band in bands):
        return ""
    for kind in _AWAY:
        for band in bands:
            if band.kind is kind:
                return band.label.lower() if band.label else _WORDS[kind]
    return ""


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def _by_doctor(rows: Sequence[Busy]) -> Mapping[Id, list[Busy]]:
    found: dict[Id, list[Busy]] = defaultdict(list)
    for row in rows:
        found[row.doctor_id].append(row)
    return found


def _spans_by_doctor(taken: Iterable[Taken]) -> Mapping[Id, list[tuple[int, int]]]:
    """Start and end of each doctor's visits, by start."""
    found: dict[Id, list[tuple[int, int]]] = defaultdict(list)
    for doctor_id, start, end in taken:
        found[doctor_id].append((start, end))
    for spans in found.values():
        spans.sort()
    return found
