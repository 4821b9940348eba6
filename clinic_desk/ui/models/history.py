"""A visit's events as sentences: "10:42 Maria moved it from Tue 10:00 to Tue 10:15"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from clinic_desk.domain.appointments import STATUS_WORDS, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.events import Event
from clinic_desk.domain.spans import from_epoch
from clinic_desk.ui.models import words

QUIET = frozenset({"renewed", "relaned", "held"})
"""Events that say nothing to a person reading a visit's history."""

STATUS_DEEDS = {
    "confirmed": "confirmed it",
    "arrived": "checked the patient in",
    "in_progress": "took the patient into the room",
    "completed": "completed it",
    "cancelled": "cancelled it",
    "declined": "declined it",
    "no_show": "marked it as a no-show",
    "scheduled": "accepted it",
    "released": "let the hold go",
}
LEADS = {
    "undone": "took a change back: ",
    "redone": "repeated a change: ",
    "stepped_back": "stepped back: ",
    "reinstated": "reinstated it: ",
}
TEXTS = {
    "notes": "the notes",
    "reason": "the reason",
    "title": "the title",
    "mode": "how they meet",
    "type_id": "the kind of visit",
    "room_id": "the room",
    "patient_id": "the patient",
    "price_minor": "the price",
}
Pair = tuple[object, object]


@dataclass(frozen=True, slots=True)
class Line:
    """``when`` is "10:42" today, "3 Nov 10:42" before; ``text`` starts with who."""

    when: str
    text: str


def lines(events: Sequence[Event], roster: Roster, zone: str, today: date) -> list[Line]:
    """Newest first; bookkeeping events are left out."""
    told = []
    for event in events:
        if event.action in QUIET:
            continue
        done = deed(event, roster, zone)
        if done:
            told.append(Line(_when(event.occurred_at, zone, today), f"{who(event)} {done}"))
    told.reverse()
    return told


def who(event: Event) -> str:
    if event.actor_name:
        return event.actor_name
    return "The import" if event.action == "imported" else "The program"


def _when(instant: datetime, zone: str, today: date) -> str:
    wall = words.local(instant, zone)
    if wall.date() == today:
        return f"{wall:%H:%M}"
    return f"{words.short_date(wall.date(), today)} {wall:%H:%M}"


def _pair(changes: Mapping[str, Pair], *names: str) -> Pair | None:
    for name in names:
        if name in changes:
            return changes[name]
    return None


def deed(event: Event, roster: Roster, zone: str) -> str:
    """What was done to a visit, "moved it from … to …"; empty for bookkeeping."""
    changes = event.changes
    reason = str(event.metadata.get("reason") or "")
    tail = (f": “{reason}”" if reason else "") + _insisted(event.metadata)
    if event.action in ("booked", "created", "copied", "imported"):
        return _made(event, roster, zone) + tail
    if event.action == "parked":
        return "put it on the shelf"
    if event.action == "unparked":
        return "took it off the shelf"
    lead = LEADS.get(event.action, "")
    parts = [part for part in (_moved(changes, roster, zone), _status(changes)) if part]
    if not parts:
        names = [word for key, word in TEXTS.items() if key in changes]
        if names:
            parts.append(f"changed {_joined(names)}")
    if not parts:
        return lead.removesuffix(": ") + tail if lead else ""
    return lead + " and ".join(parts) + tail


def _insisted(metadata: Mapping[str, object]) -> str:
    """What the person went past and why: ", past the rule: … (“her only free day”)"."""
    told = []
    rules = metadata.get("past_rules")
    if isinstance(rules, list) and rules:
        word = "the rule" if len(rules) == 1 else "the rules"
        said = " ".join(str(rule) for rule in rules).rstrip(".")
        told.append(f"past {word}: {said} (“{metadata.get('override_reason', '')}”)")
    for key in ("outside", "twice"):
        rules = metadata.get(key)
        if isinstance(rules, list) and rules:
            why = metadata.get("overlap_reason") if key == "twice" else ""
            said = " ".join(str(rule) for rule in rules).rstrip(".")
            told.append(f"although {said}" + (f" (“{why}”)" if why else ""))
    if metadata.get("asked_by") == "clinic":
        told.append("at the clinic’s wish")
    overbook = metadata.get("overbook_reason")
    if overbook:
        told.append(f"overbooked: “{overbook}”")
    return "".join(f", {part}" for part in told)


def _made(event: Event, roster: Roster, zone: str) -> str:
    verb = {"imported": "took it over from the former program", "copied": "copied it"}.get(
        event.action, "booked it"
    )
    start = _instant(_pair(event.changes, "start", "start_at"))
    doctor = _pair(event.changes, "doctor_id")
    parts = [verb]
    if start is not None:
        parts.append(f"for {words.moment_words(start, zone)}")
    if doctor is not None and str(doctor[1]) in roster.doctors:
        parts.append(f"with {words.doctor_of(roster, str(doctor[1]))}")
    return " ".join(parts)


def _moved(changes: Mapping[str, Pair], roster: Roster, zone: str) -> str:
    start, end = _pair(changes, "start", "start_at"), _pair(changes, "end", "end_at")
    doctor, room = _pair(changes, "doctor_id"), _pair(changes, "room_id")
    parts = []
    if start is not None:
        before, after = _instant((None, start[0])), _instant(start)
        if before is not None and after is not None:
            parts.append(
                f"moved it from {words.moment_words(before, zone)} "
                f"to {words.moment_words(after, zone)}"
            )
    elif end is not None:
        after = _instant(end)
        if after is not None:
            parts.append(f"changed its end to {words.clock_words(after, zone)}")
    if doctor is not None and doctor[0] is not None:
        names = [words.doctor_of(roster, str(one)) for one in doctor]
        verb = "" if parts else "moved it "
        parts.append(f"{verb}from {names[0]} to {names[1]}")
    if room is not None and not parts and room[1] is not None:
        after_room = roster.rooms.get(str(room[1]))
        if after_room is not None:
            parts.append(f"moved it to {after_room.name}")
    return ", ".join(parts)


def _status(changes: Mapping[str, Pair]) -> str:
    pair = _pair(changes, "status")
    if pair is None:
        return ""
    before, after = str(pair[0]), str(pair[1])
    if before == Status.HELD.value and after != Status.RELEASED.value:
        return "booked it"
    deed = STATUS_DEEDS.get(after, "")
    if before in STATUS_WORDS and _rank(before) > _rank(after):
        return f"set it from {STATUS_WORDS[Status(before)]} back to {STATUS_WORDS[Status(after)]}"
    return deed


def _rank(status: str) -> int:
    return list(STATUS_WORDS).index(Status(status)) if status in STATUS_WORDS else 0


def _instant(pair: Pair | None) -> datetime | None:
    """The newer half of a pair in stored form (epoch seconds)."""
    if pair is None or not isinstance(pair[1], int | float):
        return None
    return from_epoch(int(pair[1]))


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
