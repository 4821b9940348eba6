"""Backgrounds and loads of doctors' days, by the pure functions of the availability engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from clinic_desk.domain.availability.model import Band, BandKind, Busy, Roster
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import DayLoad, DoctorDay

_AWAY = (BandKind.TIME_OFF, BandKind.HOLIDAY, BandKind.BLOCKED)
_WORDS = {BandKind.TIME_OFF: "leave", BandKind.HOLIDAY: "closed", BandKind.BLOCKED: "blocked"}
_CHUNK = 86400


class Days:
    """Keeps the bands of days without external busy times while the roster stays the same."""

    def __init__(self) -> None:
        self._roster: Roster | None = None
        self._bands: dict[tuple[Id, date], tuple[Band, ...]] = {}

    def doctor_days(
        self,
        roster: Roster,
        doctor_ids: Sequence[Id],
        first: date,
        last: date,
        busy: Sequence[Busy],
        external: Sequence[Busy],
    ) -> Mapping[tuple[Id, date], DoctorDay]:
        from clinic_desk.domain.availability import day_load

        own, outside = _by_day(busy), _by_doctor(external)
        found: dict[tuple[Id, date], DoctorDay] = {}
        for doctor_id in doctor_ids:
            if doctor_id not in roster.doctors:
                continue
            for day in _days(first, last):
                made = self.bands(roster, doctor_id, day, outside.get(doctor_id, ()))
                load = day_load(roster, doctor_id, day, _near(own, doctor_id, day))
                found[doctor_id, day] = DoctorDay(doctor_id, day, made, load, closed_label(made))
        return found

    def loads(
        self,
        roster: Roster,
        doctor_ids: Sequence[Id],
        first: date,
        last: date,
        busy: Sequence[Busy],
        external: Sequence[Busy],
    ) -> tuple[DayLoad, ...]:
        days = self.doctor_days(roster, doctor_ids, first, last, busy, external)
        return tuple(
            DayLoad(doctor_id, day, item.load, away_word(item.bands))
            for (doctor_id, day), item in days.items()
        )

    def bands(
        self, roster: Roster, doctor_id: Id, day: date, external: Sequence[Busy]
    ) -> tuple[Band, ...]:
        from clinic_desk.domain.availability import bands

        if external:
            return bands(roster, doctor_id, day, external)
        if self._roster is not roster:
            self._roster, self._bands = roster, {}
        kept = self._bands
        made = kept.get((doctor_id, day))
        if made is None:
            made = kept[doctor_id, day] = bands(roster, doctor_id, day)
        return made


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


def _by_day(rows: Sequence[Busy]) -> Mapping[tuple[Id, int], list[Busy]]:
    """Rows by doctor and UTC day of their start."""
    found: dict[tuple[Id, int], list[Busy]] = defaultdict(list)
    for row in rows:
        found[row.doctor_id, row.start // _CHUNK].append(row)
    return found


def _near(rows: Mapping[tuple[Id, int], list[Busy]], doctor_id: Id, day: date) -> list[Busy]:
    """Rows that may meet the local day in any zone: UTC days around it."""
    middle = day.toordinal() - date(1970, 1, 1).toordinal()
    return [row for shift in (-1, 0, 1) for row in rows.get((doctor_id, middle + shift), ())]
