"""A change of this and all following visits (RANGE=THISANDFUTURE): the series ends there, and one
with the changed time follows it, as this program keeps such a change itself."""

from __future__ import annotations

from collections.abc import Iterable

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.recurrence import (
    ended_before,
    expand,
    instant,
    local_of,
    local_text,
    parse,
    parse_local,
    shifted,
    starting_at,
)
from clinic_desk.domain.series import texts
from clinic_desk.integrations.importing.diary import DiaryEvent

CODE = "change of all following visits"
_BY_HAND = "enter these visits one by one."


def continue_series(events: Iterable[DiaryEvent]) -> None:
    """Makes a series of each such change, and tells the changed occurrences after it where their
    date is now. A change that no rule can say gets its problem."""
    events = list(events)
    holders = {event.uid: event for event in events if event.kind == "series"}
    changes = [event for event in events if event.kind == "following"]
    for change in sorted(changes, key=lambda event: (event.uid, event.original_start)):
        holder = holders.get(change.uid)
        if holder is None:
            _cannot(change, f"The event changes the rest of a series that is not there; {_BY_HAND}")
            continue
        try:
            _continue(holder, change, events)
        except Refusal:
            _cannot(
                change,
                f"The event changes a whole rest of a series in a way no rule can say; {_BY_HAND}",
            )
            continue
        holders[change.uid] = change


def _continue(holder: DiaryEvent, change: DiaryEvent, events: list[DiaryEvent]) -> None:
    """Raises ``Refusal`` when the rest cannot be a rule of its own."""
    assert change.original_start is not None
    zone = holder.zone
    rule, start = parse(holder.rule, zone), parse_local(holder.local_start)
    cut = local_of(change.original_start, zone)
    rest, ended = starting_at(rule, start, cut), ended_before(rule, start, cut)
    if rest is None or ended is None or cut not in expand(rest[0], rest[1]):
        raise Refusal("no_such_date", "The series has no such date.")
    shift = shifted(rest[0], rest[1], cut, local_of(change.times[0], zone))
    left = [parse_local(text) for text in holder.excluded]
    still_left = {shift.places[day] for day in left if day in shift.places}
    before = [day for day in left if day < cut]
    change.kind, change.piece, change.follows = (
        "series",
        f"{change.original_start:%Y%m%dT%H%M%SZ}",
        holder.series_key,
    )
    change.zone, change.rule = zone, str(shift.rule)
    change.local_start, change.excluded = local_text(shift.start), texts(still_left)
    change.occurrences = [
        instant(day, zone) for day in expand(shift.rule, shift.start) if day not in still_left
    ]
    holder.rule, holder.local_start = str(ended[0]), local_text(ended[1])
    holder.excluded = texts(before)
    holder.occurrences = [at for at in holder.occurrences if at < change.original_start]
    for event in events:
        if event.kind != "moved" or event.uid != change.uid or event.original_start is None:
            continue
        there = shift.places.get(local_of(event.original_start, zone))
        if there is not None:
            event.original_start, event.piece = instant(there, zone), change.piece


def _cannot(change: DiaryEvent, sentence: str) -> None:
    change.kind, change.code, change.problem = "", CODE, sentence
