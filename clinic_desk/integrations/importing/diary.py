"""An iCalendar diary → visits, series, leave; or the reason why an event is none of them.

Events are cut out of the text first and parsed one by one, so that a broken one costs itself
only and can be handed back word for word. Floating times are read in the clinic's zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from icalendar import Event

from clinic_desk.domain.appointments import LONGEST, SHORTEST
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.recurrence import MOST, Freq, Rule, expand, instant, parse
from clinic_desk.domain.series import texts
from clinic_desk.domain.spans import zone as zone_named
from clinic_desk.integrations.importing.csv_source import is_garbled, read_text
from clinic_desk.integrations.importing.ours import SERIES, VISIT, read_ours

FIRST_YEAR, LAST_YEAR = 1900, 2999
LONGEST_SERIES = timedelta(days=366 * 5)


@dataclass(slots=True)
class DiaryEvent:
    """One VEVENT. ``kind``: visit, series, moved (an occurrence of a series that was changed),
    following (this and all that follow were), leave, or "" with a ``problem``. Instants are aware
    UTC; ``local_start`` is wall-clock ISO text in ``zone``.
    ``occurrences`` are the instants of a series' visits."""

    number: int
    raw: str
    kind: str = ""
    code: str = ""
    problem: str = ""
    uid: str = ""
    summary: str = ""
    doctor: str = ""
    record_number: str = ""
    patient_name: str = ""
    type_name: str = ""
    start: datetime | None = None
    end: datetime | None = None
    zone: str = ""
    local_start: str = ""
    original_start: datetime | None = None
    rule: str = ""
    excluded: tuple[str, ...] = ()
    occurrences: list[datetime] = field(default_factory=list)
    cancelled: bool = False
    floating: bool = False
    description: str = ""
    location: str = ""
    stretches: list[tuple[datetime, datetime]] = field(default_factory=list)
    """Of leave: each time away."""
    piece: str = ""
    """Which part of a series that was cut by changes of all following visits."""
    follows: str = ""
    """The ``series_key`` of the part before."""
    remarks: list[tuple[str, str]] = field(default_factory=list)
    visit_fields: dict[str, Any] = field(default_factory=dict)
    series_fields: dict[str, Any] = field(default_factory=dict)
    """What this program itself wrote about them (``ours``)."""

    @property
    def series_key(self) -> str:
        return f"{self.uid}/{self.piece}" if self.piece else self.uid

    @property
    def times(self) -> tuple[datetime, datetime]:
        """Start and end; only for events without a problem."""
        if self.start is None or self.end is None:
            raise ValueError("an event with a problem has no times")
        return self.start, self.end

    @property
    def minutes(self) -> int:
        if self.start is None or self.end is None:
            return 0
        return int((self.end - self.start).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Diary:
    """``header`` is everything before the first event, for the reject file."""

    header: str
    events: tuple[DiaryEvent, ...]


def read_diary(path: Path, *, zone: str) -> Diary:
    """``zone``: IANA name for floating times and all-day spans. Raises ``Refusal`` for a file that
    is no calendar, ``Fault`` when it cannot be read."""
    text, _ = read_text(path)
    if "BEGIN:VCALENDAR" not in text[:2000].upper():
        raise Refusal("not_a_calendar", f"{path.name} is not an iCalendar file.")
    header, raws = _cut(text)
    return Diary(header, tuple(_read(raw, number, zone) for number, raw in raws))


def lines_of(text: str) -> list[str]:
    """Lines end with CR or LF alone (RFC 5545): a form feed or a U+2028 is part of the text."""
    return re.split(r"\r\n|\n|\r", text)


def _cut(text: str) -> tuple[str, list[tuple[int, str]]]:
    raws: list[tuple[int, str]] = []
    header: list[str] = []
    block: list[str] | None = None
    started = 0
    for number, line in enumerate(lines_of(text), start=1):
        word = line.rstrip().upper()  # a line that begins with a space goes on with the one before
        if word == "BEGIN:VEVENT":
            if block is not None:  # the one before never ended: it is an event all the same
                raws.append((started, "\n".join(block) + "\n"))
            block, started = [line], number
        elif block is not None:
            block.append(line)
            if word == "END:VEVENT":
                raws.append((started, "\n".join(block) + "\n"))
                block = None
        elif not raws and word != "END:VCALENDAR":
            header.append(line)
    if block is not None:
        raws.append((started, "\n".join(block) + "\n"))
    return "\n".join(header) + "\n", raws


def _read(raw: str, number: int, clinic_zone: str) -> DiaryEvent:
    event = DiaryEvent(number=number, raw=raw)
    if not raw.rstrip().upper().endswith("END:VEVENT"):
        return _problem(event, "broken event", "The event never ends (no END:VEVENT).")
    try:
        source: Any = Event.from_ical(raw)
    except (ValueError, IndexError, KeyError, OSError) as error:
        return _problem(event, "broken event", f"The event cannot be read ({error}).")
    if is_garbled(raw):
        return _problem(
            event,
            "broken event",
            "The event holds characters that cannot be read in this file's encoding.",
        )
    event.uid = str(source.get("UID", "")).strip()
    event.summary = str(source.get("SUMMARY", "")).strip()
    event.description = str(source.get("DESCRIPTION", "")).strip()
    event.location = str(source.get("LOCATION", "")).strip()
    event.doctor = _doctor(source)
    event.record_number = str(source.get("X-RECORD-NO", "")).strip()
    event.cancelled = str(source.get("STATUS", "")).upper() == "CANCELLED"
    event.patient_name, _, event.type_name = (p.strip() for p in event.summary.rpartition(" - "))
    if not event.patient_name:
        event.patient_name, event.type_name = event.summary, ""
    event.visit_fields = read_ours(source, VISIT)
    event.series_fields = read_ours(source, SERIES)
    own_type = event.visit_fields.get("type", "")
    if own_type and event.summary.endswith(own_type):
        event.type_name = own_type
        event.patient_name = event.summary.removesuffix(own_type).strip().removesuffix("-").strip()
    try:
        if "RECURRENCE-ID" in source:
            # Known before anything else may be found wrong: the series leaves this place empty
            # even when the event itself must be corrected first.
            event.original_start = _original(source, clinic_zone)
        if "DTSTART" not in source:
            return _problem(event, "event without a start", "The event has no start.")
        _times(event, source, clinic_zone)
    except (ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
        return _problem(event, "broken event", f"The event's times cannot be read ({error}).")
    except ZoneInfoNotFoundError as error:
        return _problem(event, "unknown zone", f"The time zone {error.args[0]} is not known.")
    except Refusal as refusal:
        return _problem(event, "rule that cannot be kept", refusal.sentence)
    return event


def _doctor(source: Any) -> str:
    categories = source.get("CATEGORIES")
    if categories is None:
        return ""
    values = getattr(categories, "cats", None) or [categories]
    return str(values[0]).strip()


def _times(event: DiaryEvent, source: Any, clinic_zone: str) -> None:
    first = source.decoded("DTSTART")
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        _problem(event, "impossible date", f"The event is of the year {first.year}.")
        return
    last = source.decoded("DTEND") if "DTEND" in source else None
    if last is None and "DURATION" in source:
        last = first + source.decoded("DURATION")
    if not isinstance(first, datetime):
        _all_day(event, source, first, last, clinic_zone)
        return
    local, event.zone, event.floating = _in_zone(first, source["DTSTART"], clinic_zone)
    event.start = local.astimezone(UTC)
    event.local_start = local.replace(tzinfo=None).isoformat(timespec="minutes")
    if not isinstance(last, datetime):
        _problem(event, "event without an end", "The event has neither an end nor a length.")
        return
    end_local, _, _ = _in_zone(last, source.get("DTEND", source["DTSTART"]), clinic_zone)
    event.end = end_local.astimezone(UTC)
    if event.end <= event.start:
        _problem(event, "event that ends before it starts", "The event ends before it starts.")
        return
    if not SHORTEST <= event.minutes <= LONGEST:
        _problem(
            event,
            "length out of bounds",
            f"A visit lasts {SHORTEST} to {LONGEST} minutes; this event lasts {event.minutes}.",
        )
        return
    if "RECURRENCE-ID" in source:
        following = "RANGE" in source["RECURRENCE-ID"].params
        event.kind = "following" if following else "moved"
    elif "RRULE" in source or "RDATE" in source:
        _series(event, source, local, clinic_zone)
    else:
        event.kind = "visit"


def _original(source: Any, clinic_zone: str) -> datetime | None:
    """The start that a changed occurrence had; None when the file names only its day."""
    value = source.decoded("RECURRENCE-ID")
    if not isinstance(value, datetime):
        raise ValueError("RECURRENCE-ID names no time")
    return _in_zone(value, source["RECURRENCE-ID"], clinic_zone)[0].astimezone(UTC)


def _in_zone(value: datetime, prop: Any, clinic_zone: str) -> tuple[datetime, str, bool]:
    """The local time, its IANA zone, and whether the source named none."""
    named = str(prop.params.get("TZID", "")) if hasattr(prop, "params") else ""
    if value.tzinfo is None and not named:
        return value.replace(tzinfo=zone_named(clinic_zone)), clinic_zone, True
    if value.tzinfo is not None and named.upper() in ("", "UTC"):
        return value.astimezone(zone_named(clinic_zone)), clinic_zone, False
    # The parser knows more names than IANA's ("Turkey Standard Time"); its zone says which it is.
    known = getattr(value.tzinfo, "key", None) or named
    return value.replace(tzinfo=zone_named(known)), known, False


def _all_day(event: DiaryEvent, source: Any, first: date, last: object, clinic_zone: str) -> None:
    zone = zone_named(clinic_zone)
    until = last if isinstance(last, date) and last > first else first + timedelta(days=1)
    event.zone = clinic_zone
    event.start = datetime.combine(first, time(), tzinfo=zone).astimezone(UTC)
    event.end = datetime.combine(until, time(), tzinfo=zone).astimezone(UTC)
    event.kind = "leave"
    event.stretches = [(event.start, event.end)]
    if "RECURRENCE-ID" in source:
        _problem(
            event,
            "changed leave",
            "The event changes one date of leave that repeats; enter this stretch as an event of "
            "its own.",
        )
    elif "RRULE" in source or "RDATE" in source:
        local = datetime.combine(first, time(), tzinfo=zone)
        _series(event, source, local, clinic_zone)
        if event.problem:
            return
        event.kind = "leave"
        length = until - first
        days = [moment.astimezone(zone).date() for moment in event.occurrences]
        event.stretches = [
            (
                datetime.combine(day, time(), tzinfo=zone).astimezone(UTC),
                datetime.combine(day + length, time(), tzinfo=zone).astimezone(UTC),
            )
            for day in days
        ]


def _series(event: DiaryEvent, source: Any, local: datetime, clinic_zone: str) -> None:
    """Occurrences in wall-clock time: 09:00 stays 09:00 across a clock change. Raises ``Refusal``
    for a rule that cannot be kept."""
    naive = local.replace(tzinfo=None)
    excluded = {day.replace(tzinfo=None) for day in _listed("EXDATE", source, local, clinic_zone)}
    listed = {day.replace(tzinfo=None) for day in _listed("RDATE", source, local, clinic_zone)}
    if isinstance(source.get("RRULE"), list):
        raise Refusal("bad_rule", "The event has several rules; make a series of each.")
    # RFC 5545, 3.8.5.2: a list of dates adds to the rule, and the event's own start is one too.
    rule = Rule(Freq.DAILY, count=1)
    if "RRULE" in source:
        rule = parse(source["RRULE"].to_ical().decode(), event.zone)
        if listed and naive not in expand(rule, naive):
            listed.add(naive)
    found = expand(rule, naive, MOST + 1)
    if rule.endless and found:
        # A series ends; what goes on for ever in the former program is taken in as far as it may.
        found = tuple(day for day in found[:MOST] if day <= naive + LONGEST_SERIES)
        rule = replace(rule, count=len(found))
        event.remarks.append(
            (
                "endless series",
                f"The series has no end; its first {len(found)} visits were taken in, up to "
                f"{found[-1].day} {found[-1]:%b %Y}.",
            )
        )
    listed -= set(found)
    rule = replace(rule, also=tuple(sorted(listed)))
    found = tuple(sorted({*found, *listed}))
    if len(found) > MOST:
        _problem(
            event,
            "series too long",
            f"The series has more than {MOST} visits; shorten its rule.",
        )
        return
    event.rule = str(rule)
    event.excluded = texts(day for day in excluded if day in found)
    event.occurrences = [instant(day, event.zone) for day in found if day not in excluded]
    if not found:
        _problem(event, "series without visits", "The series' rule leads to no visit at all.")
        return
    event.kind = "series"


def _listed(name: str, source: Any, local: datetime, clinic_zone: str) -> Iterator[datetime]:
    """The moments of EXDATE or RDATE, on the clock of the series; a bare day means its visit."""
    listed = source.get(name)
    for prop in listed if isinstance(listed, list) else [listed] if listed else []:
        for item in prop.dts:
            value = item.dt[0] if isinstance(item.dt, tuple) else item.dt
            if not isinstance(value, datetime):
                yield datetime.combine(value, local.time(), tzinfo=local.tzinfo)
            else:
                yield _in_zone(value, prop, clinic_zone)[0].astimezone(local.tzinfo)


def _problem(event: DiaryEvent, code: str, sentence: str) -> DiaryEvent:
    event.kind, event.code, event.problem = "", code, sentence
    return event
