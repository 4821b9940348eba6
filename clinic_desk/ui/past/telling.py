"""A change of the past in words: who, from which desk, and what was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from clinic_desk.domain.availability.model import Roster
from clinic_desk.services.past_views import PastChange
from clinic_desk.ui.models import history, words
from clinic_desk.ui.runtime.privacy import CURTAIN

Pair = tuple[object, object]

SUBJECTS = {
    "availability_exception": "Working time",
    "time_off_request": "Time off",
    "holiday": "Closure",
}
TEXTS = {"notes": "the notes", "reason": "the reason", "title": "the title"}


def who(change: PastChange) -> str:
    """ "Maria · Front desk 1"."""
    return " · ".join(part for part in (history.who(change.event), change.desk) if part)


def subject(change: PastChange, roster: Roster) -> str:
    """Whose time it is about: the patient, or the doctor's own."""
    kind = change.event.subject_kind
    if kind == "appointment":
        held = "Held time" if change.event.action in ("held", "released") else "No patient"
        return CURTAIN.listed(change.name) or held
    name = words.doctor_of(roster, change.doctor_id) if change.doctor_id else ""
    return " · ".join(part for part in (SUBJECTS.get(kind, "Clinic"), name) if part)


def deed(change: PastChange, roster: Roster, zone: str) -> str:
    """What was done, for after a name: "moved it from Tue 24 Nov 10:00 to Tue 24 Nov 10:15"."""
    return CURTAIN.said(_deed(change, roster, zone))


def _deed(change: PastChange, roster: Roster, zone: str) -> str:
    kind = change.event.subject_kind
    if kind == "holiday":
        return _closure(change)
    if kind in ("availability_exception", "time_off_request"):
        return _own_time(change, zone)
    changes = change.event.changes
    if "deleted_at" in changes:
        back = changes["deleted_at"][1] is None
        return f"{'brought back' if back else 'took back'} the booking{_at(change, roster, zone)}"
    if change.event.action == "held":
        return f"held the time{_at(change, roster, zone)}"
    told = history.deed(change.event, roster, zone)
    more = _details(changes, roster)
    if more and (not told or "changed " in told):
        lead = told.partition("changed ")[0] if told else ""
        return lead + more
    return told or "changed it"


def _at(change: PastChange, roster: Roster, zone: str) -> str:
    if change.start is None:
        return ""
    return (
        f" for {words.moment_words(change.start, zone)} "
        f"with {words.doctor_of(roster, change.doctor_id)}"
    )


def _details(changes: Mapping[str, Pair], roster: Roster) -> str:
    """What was edited, before and after."""
    parts = []
    for field, what, rows in (
        ("type_id", "the kind of visit", roster.types),
        ("room_id", "the room", roster.rooms),
    ):
        if field in changes:
            names = [getattr(rows.get(str(one or "")), "name", "none") for one in changes[field]]
            parts.append(f"{what} from {names[0]} to {names[1]}")
    for field, what in TEXTS.items():
        if field in changes:
            before, after = (
                CURTAIN.hidden(" ".join(str(one or "").split())) for one in changes[field]
            )
            if not before:
                parts.append(f"{what} to “{after}”")
            elif not after:
                parts.append(f"{what} from “{before}” to nothing")
            else:
                parts.append(f"{what} from “{before}” to “{after}”")
    if "patient_id" in changes:
        parts.append("the patient")
    return f"changed {' and '.join(parts)}" if parts else ""


def _own_time(change: PastChange, zone: str) -> str:
    event, span = change.event, _span(change, zone)
    changes = event.changes
    if event.subject_kind == "time_off_request":
        if "deleted_at" in changes:
            back = changes["deleted_at"][1] is None
            return f"{'brought back' if back else 'took back'} the time off, {span}"
        decided = changes.get("status", (None, None))
        if decided[0] is not None and decided[1] in ("approved", "declined"):
            return f"{decided[1]} the time off, {span}"
        if decided[1] == "approved":
            return f"entered time off, {span}{_quoted(changes)}"
        if "start" in changes and changes["start"][0] is None:
            return f"asked for time off, {span}{_quoted(changes)}"
        return f"changed the time off, now {span}"
    if "deleted_at" in changes:
        back = changes["deleted_at"][1] is None
        return f"{'brought back' if back else 'took away'} the time set apart, {span}"
    if "kind" in changes and changes["kind"][0] is None:
        verb = "blocked" if changes["kind"][1] == "blocked" else "opened extra time,"
        return f"{verb} {span}{_quoted(changes)}"
    return f"changed the time set apart, now {span}"


def _quoted(changes: Mapping[str, Pair]) -> str:
    reason = str(changes.get("reason", ("", ""))[1] or "")
    return f": “{reason}”" if reason else ""


def _span(change: PastChange, zone: str) -> str:
    if change.start is None or change.end is None:
        return ""
    first, last = words.local(change.start, zone), words.local(change.end, zone)
    if first.date() == last.date():
        return f"{words.day_words(first.date())} {first:%H:%M}–{last:%H:%M}"
    return f"{words.moment_words(change.start, zone)} to {words.moment_words(change.end, zone)}"


def _closure(change: PastChange) -> str:
    changes = change.event.changes
    if "deleted_at" in changes:
        return "brought the closure back" if changes["deleted_at"][1] is None else "opened the day"
    name = str(changes.get("name", ("", ""))[1] or "")
    closed = changes.get("closed")
    if "day" in changes:
        verb = "noted a public holiday that is worked on" if closed is None else "closed the day"
    elif closed is not None:
        verb = "closed the day" if closed[1] else "opened the day"
    else:
        verb = "changed the closure"
    return verb + (f": “{name}”" if name else "")


def when(moment: datetime, zone: str, today: date) -> str:
    """ "14:05:12" today, "24 Nov 14:05" before."""
    wall = words.local(moment, zone)
    if wall.date() == today:
        return f"{wall:%H:%M:%S}" if wall.second else f"{wall:%H:%M}"
    return f"{words.short_date(wall.date(), today)} {wall:%H:%M}"
