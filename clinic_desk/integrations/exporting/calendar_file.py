"""Visits as VEVENTs (RFC 5545): a series is one event with its rule, and each visit that is not
as the series says is an event of its own in its place (RECURRENCE-ID).

What iCalendar has no word for (status, room, texts) stands in ``X-CLINIC-DESK-VISIT`` and
``X-CLINIC-DESK-SERIES`` as JSON, so that this program reads the same visits back. A UID is the
one that the visit was imported with, or its id: it stays the same for ever, and SEQUENCE grows
with every change.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar, Event, vRecur

from clinic_desk import __version__
from clinic_desk.domain.appointments import Appointment, AppointmentSeries, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.people import Patient
from clinic_desk.domain.recurrence import expand, instant
from clinic_desk.domain.series import is_over, local_start_of, start_of, whole_rule
from clinic_desk.domain.spans import zone
from clinic_desk.services.planning_views import DiaryRows

VISIT = "X-CLINIC-DESK-VISIT"
SERIES = "X-CLINIC-DESK-SERIES"
STAMPS = ("confirmed_at", "arrived_at", "started_at", "completed_at", "cancelled_at")
_STATUS = {
    Status.PENDING: "TENTATIVE",
    Status.CANCELLED: "CANCELLED",
    Status.DECLINED: "CANCELLED",
}


@dataclass(frozen=True, slots=True)
class CalendarText:
    text: bytes
    visits: int
    series: int


def calendar_of(rows: DiaryRows, roster: Roster, now: datetime) -> CalendarText:
    """``now`` stamps the events."""
    writer = _Writer(rows, roster, now)
    calendar = Calendar()
    calendar.add("prodid", f"-//Clinic Desk//{__version__}//EN")
    calendar.add("version", "2.0")
    for event in writer.events():
        calendar.add_component(event)
    if writer.moments:
        year = timedelta(days=366)
        calendar.add_missing_timezones(
            first_date=(min(writer.moments) - year).date(),
            last_date=(max(writer.moments) + year).date(),
        )
    return CalendarText(calendar.to_ical(), writer.visits, len(rows.series))


class _Writer:
    def __init__(self, rows: DiaryRows, roster: Roster, now: datetime) -> None:
        self.rows, self.roster, self.now = rows, roster, now
        self.moments: list[datetime] = []
        self.visits = 0

    def events(self) -> Iterable[Event]:
        for series in sorted(self.rows.series.values(), key=_in_order(self.rows)):
            yield from self._series(series, self.rows.series_visits.get(series.id, ()))
        for visit in self.rows.visits:
            if visit.series_id not in self.rows.series:
                yield self._single(visit)

    def _series(self, series: AppointmentSeries, visits: Sequence[Appointment]) -> Iterable[Event]:
        live = [v for v in visits if v.status not in (Status.CANCELLED, Status.DECLINED)]
        rule = whole_rule(series, live)
        first = start_of(series)
        dates = set(expand(rule, first, 1000))
        theirs: dict[datetime, Appointment] = {}
        beside = []
        gone = {v.id for v in visits} - {v.id for v in live}
        for visit in sorted(visits, key=lambda v: v.id in gone):  # one date may be booked anew
            day = local_start_of(visit, series)
            if day in dates and day not in theirs:
                theirs[day] = visit
            else:
                beside.append(visit)
        alike = [self._told(v) for d, v in theirs.items() if self._plain(v, d, series)]
        common = Counter(json.dumps(told, sort_keys=True) for told in alike).most_common(1)
        told = json.loads(common[0][0]) if common else {}
        master = self._event(_uid(series), series.revision)
        local = zone(series.zone)
        start = first.replace(tzinfo=local)
        self._times(master, start, start + timedelta(minutes=series.duration))
        self._who(master, series.patient_id, series.type_id, series.doctor_id)
        master.add("rrule", vRecur.from_ical(str(replace(rule, also=()))))
        if rule.also:
            master.add("rdate", [day.replace(tzinfo=local) for day in rule.also])
        left = sorted(dates - theirs.keys())
        if left:
            master.add("exdate", [day.replace(tzinfo=local) for day in left])
        self._say(master, told)
        master.add(SERIES, json.dumps(self._of_series(series), ensure_ascii=False, sort_keys=True))
        yield master
        for day, visit in sorted(theirs.items()):
            self.visits += 1
            if self._plain(visit, day, series) and self._told(visit) == told:
                continue
            event = self._visit(visit, _uid(series))
            event.add("recurrence-id", day.replace(tzinfo=local))
            yield event
        for visit in beside:
            yield self._single(visit, series)

    def _plain(self, visit: Appointment, day: datetime, series: AppointmentSeries) -> bool:
        """Whether the visit is what the rule says, as far as its event can say it."""
        return (
            visit.start == instant(day, series.zone)
            and visit.minutes == series.duration
            and (visit.doctor_id, visit.patient_id, visit.type_id)
            == (series.doctor_id, series.patient_id, series.type_id)
        )

    def _single(self, visit: Appointment, series: AppointmentSeries | None = None) -> Event:
        """``series``: of a cancelled visit, on a date that its series no longer has."""
        self.visits += 1
        of: dict[str, Any] = {}
        if series is not None and visit.series_start is not None:
            of = {"of": _uid(series), "of_start": visit.series_start.isoformat()}
        key = visit.import_key or ""
        # that of a date of a series is its series' and the date
        uid = key if visit.series_id is None or "/" not in key else ""
        return self._visit(visit, uid or f"{visit.id}@clinic-desk", of)

    def _visit(self, visit: Appointment, uid: str, more: Mapping[str, Any] | None = None) -> Event:
        event = self._event(uid, visit.revision)
        local = zone(self._zone(visit))
        self._times(event, visit.start.astimezone(local), visit.end.astimezone(local))
        self._who(event, visit.patient_id, visit.type_id, visit.doctor_id)
        self._say(event, {**self._told(visit), **(more or {})})
        return event

    def _event(self, uid: str, revision: int) -> Event:
        event = Event()
        event.add("uid", uid)
        event.add("dtstamp", self.now)
        event.add("sequence", max(0, revision - 1))
        return event

    def _times(self, event: Event, start: datetime, end: datetime) -> None:
        event.add("dtstart", start)
        event.add("dtend", end)
        self.moments += [start, end]

    def _who(
        self, event: Event, patient_id: str | None, type_id: str | None, doctor_id: str
    ) -> None:
        patient = self.rows.patients.get(patient_id or "")
        kind = self.roster.types.get(type_id or "")
        doctor = self.roster.doctors.get(doctor_id)
        names = [_name(patient), kind.name if kind is not None else ""]
        event.add("summary", " - ".join(name for name in names if name))
        event.add("categories", [doctor.name if doctor is not None else ""])
        if patient is not None:
            event.add("x-record-no", patient.record_number)

    def _say(self, event: Event, told: Mapping[str, Any]) -> None:
        if not told:
            return
        status = Status(told["status"])
        event.add("status", _STATUS.get(status, "CONFIRMED"))
        if told["location"]:
            event.add("location", told["location"])
        if told["notes"]:
            event.add("description", told["notes"])
        rest = {k: v for k, v in told.items() if k not in ("location", "notes") and v}
        event.add(VISIT, json.dumps(rest, ensure_ascii=False, sort_keys=True))

    def _told(self, visit: Appointment) -> dict[str, Any]:
        """What the visit says beside who and when. Minutes for buffers."""
        kind = self.roster.types.get(visit.type_id or "")
        told: dict[str, Any] = {
            "location": self._location(visit.location_id),
            "notes": visit.notes,
            "type": kind.name if kind is not None else "",
            "status": visit.status.value,
            "room": self._room(visit.room_id),
            "title": visit.title,
            "reason": visit.reason,
            "mode": visit.mode.value,
            "before": int((visit.start - visit.blocked_start).total_seconds() // 60),
            "after": int((visit.blocked_end - visit.end).total_seconds() // 60),
            "price_minor": visit.price_minor,
            "currency": visit.currency,
            "cancel_reason": visit.cancel_reason,
            "overbook_reason": visit.overbook_reason,
            "reschedule_count": visit.reschedule_count,
        }
        for name in STAMPS:
            moment = getattr(visit, name)
            if moment is not None:
                told[name] = moment.isoformat()
        return told

    def _of_series(self, series: AppointmentSeries) -> dict[str, Any]:
        follows = self.rows.series.get(series.follows_id or "")
        told = {
            "title": series.title,
            "reason": series.reason,
            "notes": series.notes,
            "location": self._location(series.location_id),
            "room": self._room(series.room_id),
            "follows": _uid(follows) if follows is not None else "",
            "over": is_over(series),
        }
        return {key: value for key, value in told.items() if value}

    def _zone(self, visit: Appointment) -> str:
        place = self.roster.locations.get(visit.location_id)
        return place.zone if place is not None else self.roster.practice.zone

    def _location(self, key: str | None) -> str:
        place = self.roster.locations.get(key or "")
        return place.name if place is not None else ""

    def _room(self, key: str | None) -> str:
        room = self.roster.rooms.get(key or "")
        return room.name if room is not None else ""


def _uid(series: AppointmentSeries) -> str:
    return series.import_key or f"{series.id}@clinic-desk"


def _in_order(rows: DiaryRows) -> Any:
    """A series before the one that follows it."""

    def depth(series: AppointmentSeries) -> tuple[int, str, str]:
        number, at = 0, series
        while at.follows_id is not None and at.follows_id in rows.series and number < 100:
            at, number = rows.series[at.follows_id], number + 1
        return number, series.local_start, series.id

    return depth


def _name(patient: Patient | None) -> str:
    if patient is None:
        return ""
    return " ".join(part for part in (patient.first_name, patient.last_name) if part)
