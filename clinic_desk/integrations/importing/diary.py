"""An iCalendar diary → visits, series, leave; or the reason why an event is none of them.

Events are cut out of the text first and parsed one by one, so that a broken one costs itself
only and can be handed back word for word. Floating times are read in the clinic's zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from dateutil.rrule import rrulestr
from icalendar import Event

from clinic_desk.domain.appointments import LONGEST, SHORTEST
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.spans import zone as zone_named
from clinic_desk.integrations.importing.csv_source import is_garbled, read_text

MOST_OCCURRENCES = 100
WIDEST_INTERVAL = 52
FIRST_YEAR, LAST_YEAR = 1900, 2999
LONGEST_SERIES = timedelta(days=366 * 5)


@dataclass(slots=True)
class DiaryEvent:
    """One VEVENT. ``kind``: visit, series, moved (an occurrence of a series that was changed),
    leave, or "" with a ``problem``. Instants are aware UTC; ``local_start`` is wall-clock ISO text
    in ``zone``. ``occurrences`` pairs each original start with itself (series only)."""

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
        if "RANGE" in source["RECURRENCE-ID"].params:
            _problem(
                event,
                "change of all following visits",
                "The event changes a whole rest of a series; enter these visits one by one.",
            )
            return
        event.kind = "moved"
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
    if "RRULE" in source or "RDATE" in source or "RECURRENCE-ID" in source:
        _problem(
            event,
            "repeating leave",
            "Leave that repeats is not taken in; enter each stretch as an event of its own.",
        )


def _series(event: DiaryEvent, source: Any, local: datetime, clinic_zone: str) -> None:
    """Occurrences in wall-clock time: 09:00 stays 09:00 across a clock change."""
    rule = source["RRULE"].to_ical().decode() if "RRULE" in source else ""
    event.rule = rule
    naive = local.replace(tzinfo=None)
    excluded = {day.replace(tzinfo=None) for day in _listed("EXDATE", source, local, clinic_zone)}
    event.excluded = tuple(sorted(day.isoformat(timespec="minutes") for day in excluded))
    found: set[datetime] = set()
    # RFC 5545, 3.8.5.2: a list of dates adds to the rule, and the event's own start is one too.
    if "RDATE" in source:
        found = {day.replace(tzinfo=None) for day in _listed("RDATE", source, local, clinic_zone)}
        found.add(naive)
    if rule:
        for occurrence in rrulestr(_naive_rule(rule, local), dtstart=naive):
            found.add(occurrence)
            if len(found) > MOST_OCCURRENCES or occurrence > naive + LONGEST_SERIES:
                break
    if len(found) > MOST_OCCURRENCES or (found and max(found) > naive + LONGEST_SERIES):
        _problem(
            event,
            "series too long",
            f"The series has more than {MOST_OCCURRENCES} visits or ends in more than five years; "
            "shorten its rule.",
        )
        return
    event.occurrences = [
        day.replace(tzinfo=local.tzinfo).astimezone(UTC) for day in sorted(found - excluded)
    ]
    if not found:
        _problem(event, "series without visits", "The series' rule leads to no visit at all.")
        return
    event.kind = "series"


def _naive_rule(rule: str, local: datetime) -> str:
    """The rule with its UNTIL on the wall clock, as the occurrences are; a bare day counts in
    full. Raises ``ValueError`` for rules that would be misread or searched for ever."""
    words = dict(part.split("=", 1) for part in rule.split(";") if "=" in part)
    if words.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise ValueError(f"a series repeats by day, week, month or year, not {words.get('FREQ')}")
    if {"BYHOUR", "BYMINUTE", "BYSECOND"} & words.keys():
        raise ValueError("a series has one time of the day")
    if not 1 <= int(words.get("INTERVAL", "1")) <= WIDEST_INTERVAL:
        raise ValueError(f"the interval of a series is 1 to {WIDEST_INTERVAL}")
    days = words.get("BYDAY", "").split(",")
    if len({len(day) > 2 for day in days}) > 1:
        # dateutil finds nothing for "3MO,WE" and searches to the year 9999 (architecture.md 5).
        raise ValueError("numbered weekdays beside plain ones; make two series of it")

    def on_the_wall(match: re.Match[str]) -> str:
        day, clock, utc = match.groups()
        if not clock:
            return f"UNTIL={day}T235959"
        if not utc:
            return match.group(0)
        moment = datetime.strptime(day + clock, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return f"UNTIL={moment.astimezone(local.tzinfo):%Y%m%dT%H%M%S}"

    return re.sub(r"UNTIL=(\d{8})(T\d{6})?(Z)?", on_the_wall, rule)


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
