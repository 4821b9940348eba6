"""A diary → what would happen to each of its events. Nothing is written here."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

from clinic_desk.domain.appointments import NOTES_LIMIT, Source, Status
from clinic_desk.domain.ids import Id, IdFactory
from clinic_desk.domain.spans import zone as zone_named
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.integrations.importing.clinic import ClinicMap
from clinic_desk.integrations.importing.csv_source import read_text
from clinic_desk.integrations.importing.diary import Diary, DiaryEvent, read_diary
from clinic_desk.integrations.importing.following import continue_series
from clinic_desk.integrations.importing.identity import People
from clinic_desk.integrations.importing.patients import name_key
from clinic_desk.services.views import PatientIdentity

_READ_ELSEWHERE = frozenset(
    {"type", "room", "before", "after", "location", "follows", "notes", "of", "of_start"}
)


@dataclass(slots=True)
class PlannedEvent:
    """``outcome``: import, merge or reject. An import carries visits, a series or leave."""

    event: DiaryEvent
    outcome: str
    code: str = ""
    reason: str = ""
    visits: list[dict[str, object]] = field(default_factory=list)
    series: list[dict[str, object]] = field(default_factory=list)
    time_off: list[dict[str, object]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class DiaryPlan:
    diary: Diary
    zone: str
    rows: list[PlannedEvent]


def main_zone(path: Path, fallback: str) -> str:
    """The zone that most of a diary's events name: its floating times are meant in it."""
    text, _ = read_text(path)
    named = Counter(
        (match.group(1) or match.group(2))
        for match in re.finditer(r'^DTSTART;.*?TZID=(?:"([^"\r\n]*)"|([^:;\r\n]*))', text, re.M)
    )
    for name, _ in named.most_common():
        try:
            zone_named(name)
        except ZoneInfoNotFoundError:
            continue
        return name
    return fallback


def plan_diary(
    path: Path,
    people: People,
    clinic: ClinicMap,
    known_keys: frozenset[str],
    *,
    zone: str,
    now: datetime,
    new_id: IdFactory,
) -> DiaryPlan:
    """``zone`` is the IANA zone of floating times. Past visits count as completed: the file says
    only which were cancelled."""
    diary = read_diary(path, zone=zone)
    continue_series(diary.events)
    clinic.learn(diary.events)
    planner = _Planner(people, clinic, known_keys, now, new_id, diary.events)
    # A changed occurrence may stand before its series: the series is written first all the same.
    ordered = sorted(diary.events, key=lambda event: (event.kind != "series", event.piece))
    return DiaryPlan(diary, zone, [planner.event(event) for event in ordered])


class _Planner:
    def __init__(
        self,
        people: People,
        clinic: ClinicMap,
        known_keys: frozenset[str],
        now: datetime,
        new_id: IdFactory,
        events: tuple[DiaryEvent, ...],
    ) -> None:
        self._people = people
        self._clinic = clinic
        self._known = set(known_keys)
        self._now = now
        self._new_id = new_id
        self._series: dict[str, Id] = {}
        self._contents: dict[str, tuple[object, ...]] = {}
        self._moved: dict[str, set[datetime]] = defaultdict(set)
        for event in events:
            if event.original_start is not None and event.kind != "series":
                self._moved[event.series_key].add(event.original_start)

    def event(self, event: DiaryEvent) -> PlannedEvent:
        if event.problem:
            return PlannedEvent(event, "reject", event.code, event.problem)
        doctor_id = self._clinic.doctor(event.doctor)
        if doctor_id is None:
            name = event.doctor or "no doctor"
            return PlannedEvent(
                event, "reject", "unknown doctor", f"The clinic has no doctor called {name}."
            )
        if event.kind == "leave":
            return self._leave(event, doctor_id)
        key = _key(event)
        contents = (event.kind, event.start, event.end, event.doctor, event.record_number)
        if self._contents.setdefault(key, contents) != contents:
            return PlannedEvent(
                event,
                "reject",
                "identifier used twice",
                "Another event of this file has the same UID but not the same visit. "
                "Give this one a UID of its own.",
            )
        if key in self._known:
            return PlannedEvent(event, "merge", "already there")
        if len(event.description) > NOTES_LIMIT:
            return PlannedEvent(
                event,
                "reject",
                "note too long",
                f"The description has {len(event.description)} characters; at most {NOTES_LIMIT} "
                "are kept. Shorten it.",
            )
        patient, code, reason = self._patient(event)
        if patient is None:
            return PlannedEvent(event, "reject", code, reason)
        self._known.add(key)
        planned = PlannedEvent(event, "import", remarks=list(event.remarks))
        if event.floating:
            planned.remarks.append(("floating time", f"Read in the zone {event.zone}."))
        if event.kind == "series":
            self._plan_series(planned, patient, doctor_id, key)
        else:
            series_id = self._series.get(event.series_key) if event.kind == "moved" else None
            start, end = event.times
            planned.visits.append(
                self._visit(
                    event,
                    patient,
                    doctor_id,
                    start,
                    end,
                    key,
                    series_id,
                    event.original_start,
                )
            )
        return planned

    def _leave(self, event: DiaryEvent, doctor_id: Id) -> PlannedEvent:
        status = TimeOffStatus.DECLINED if event.cancelled else TimeOffStatus.APPROVED
        planned = PlannedEvent(event, "import", remarks=list(event.remarks))
        for start, end in event.stretches:
            leave = (doctor_id, start, end, status)
            if leave in self._clinic.time_off:
                continue
            self._clinic.time_off.add(leave)
            planned.time_off.append(
                {
                    "id": self._new_id(),
                    "doctor_id": doctor_id,
                    "start": start,
                    "end": end,
                    "reason": leave_words(event),
                    "status": status,
                    "decided_at": self._now,
                }
            )
        return planned if planned.time_off else PlannedEvent(event, "merge", "already there")

    def _patient(self, event: DiaryEvent) -> tuple[PatientIdentity | None, str, str]:
        wanted = name_key(event.patient_name, "")
        if event.record_number:
            person = self._people.numbered(event.record_number)
            if person is None:
                return (
                    None,
                    "patient not in the clinic's list",
                    f"No patient has record number {event.record_number}. "
                    "Import the corrected patient list first, then this file again.",
                )
            # Diaries write "Imogen Ashdown" and "Ashdown, Imogen" alike.
            known = name_key(person.first_name, person.last_name)
            if not wanted or sorted(known.split()) == sorted(wanted.split()):
                return person, "", ""
            return (
                None,
                "record number of another person",
                f"Record number {event.record_number} belongs to a patient of another name.",
            )
        named = self._people.named(wanted)
        if len(named) == 1 and event.type_name:
            return named[0], "", ""
        return (
            None,
            "patient cannot be told",
            "The event names no record number and no patient who could be told for certain. "
            "Add X-RECORD-NO and import it again.",
        )

    def _plan_series(
        self, planned: PlannedEvent, patient: PatientIdentity, doctor_id: Id, key: str
    ) -> None:
        event = planned.event
        first, last = event.times
        series_id = self._new_id()
        self._series[event.series_key] = series_id
        planned.series.append(
            {
                "id": series_id,
                "rule": event.rule,
                "local_start": event.local_start,
                "zone": event.zone,
                "duration": event.minutes,
                "doctor_id": doctor_id,
                "patient_id": patient.id,
                "type_id": self._clinic.type(event.type_name, doctor_id),
                "excluded": event.excluded,
                "import_key": key,
                **self._said_of_series(event),
            }
        )
        length = last - first
        for start in event.occurrences:
            if start in self._moved[event.series_key]:
                continue
            planned.visits.append(
                self._visit(
                    event,
                    patient,
                    doctor_id,
                    start,
                    start + length,
                    f"{key}/{start:%Y%m%dT%H%M%SZ}",
                    series_id,
                    start,
                )
            )

    def _said_of_series(self, event: DiaryEvent) -> dict[str, object]:
        said = event.series_fields
        site = self._clinic.site(said.get("location", ""))
        kept: dict[str, object] = {
            key: said[key] for key in ("title", "reason", "notes") if key in said
        }
        kept["location_id"] = site
        if said.get("over") is True:  # its one date is left out; the visits are cancelled
            kept["excluded"] = (event.local_start,)
        if said.get("room"):
            place = site or self._clinic.site(event.location)
            kept["room_id"] = self._clinic.room(said["room"], place or "")
        follows = self._series.get(event.follows or said.get("follows", ""))
        if follows is not None:
            kept["follows_id"] = follows
        return kept

    def _visit(
        self,
        event: DiaryEvent,
        patient: PatientIdentity,
        doctor_id: Id,
        start: datetime,
        end: datetime,
        key: str,
        series_id: Id | None,
        series_start: datetime | None,
    ) -> dict[str, object]:
        values: dict[str, object] = {
            "id": self._new_id(),
            "patient_id": patient.id,
            "doctor_id": doctor_id,
            "location_id": self._clinic.site(event.location) or self._clinic.location_of(doctor_id),
            "type_id": self._clinic.type(event.type_name, doctor_id),
            "start": start,
            "end": end,
            # What was booked side by side in the former program stays so: today's buffers are
            # rules for new visits.
            "blocked_start": start,
            "blocked_end": end,
            "status": Status.SCHEDULED,
            "source": Source.IMPORT,
            "notes": event.description,
            "doctor_zone": event.zone,
            "series_id": series_id,
            "series_start": series_start,
            "import_key": key,
        }
        values.update(self._state(event, end))
        values.update(self._said_of_visit(event, start, end, str(values["location_id"])))
        return values

    def _said_of_visit(
        self, event: DiaryEvent, start: datetime, end: datetime, location_id: Id
    ) -> dict[str, object]:
        """What this program itself once wrote about the visit, instead of what is guessed."""
        said = dict(event.visit_fields)
        if not said:
            return {}
        if event.cancelled and said.get("status") not in (Status.CANCELLED, Status.DECLINED):
            # Another program has cancelled it since.
            for key in ("status", "cancel_reason", "cancelled_at"):
                said.pop(key, None)
        kept: dict[str, object] = {
            key: value for key, value in said.items() if key not in _READ_ELSEWHERE
        }
        if said.get("of") in self._series and "of_start" in said:
            kept |= {"series_id": self._series[said["of"]], "series_start": said["of_start"]}
        kept["blocked_start"] = start - timedelta(minutes=said.get("before", 0))
        kept["blocked_end"] = end + timedelta(minutes=said.get("after", 0))
        kept["room_id"] = self._clinic.room(said.get("room", ""), location_id)
        if "status" in said and said["status"] is not Status.CANCELLED:
            kept["cancel_reason"] = ""
            kept.setdefault("cancelled_at", None)
        return kept

    def _state(self, event: DiaryEvent, end: datetime) -> Mapping[str, object]:
        if event.cancelled:
            return {
                "status": Status.CANCELLED,
                "cancelled_at": self._now,
                "cancel_reason": "Cancelled in the former program",
            }
        return {"status": Status.COMPLETED} if end <= self._now else {}


def _key(event: DiaryEvent) -> str:
    uid = event.uid or hashlib.sha256(event.raw.encode()).hexdigest()[:32]
    if event.original_start is not None:
        return f"{uid}/{event.original_start:%Y%m%dT%H%M%SZ}"
    return uid


def leave_words(event: DiaryEvent) -> str:
    """What the leave is for: a summary without the doctor's own name, who is known anyway."""
    bare = event.summary.replace(event.doctor, "") if event.doctor else event.summary
    return bare.strip(" -–·:,")[:500] or "Leave"
