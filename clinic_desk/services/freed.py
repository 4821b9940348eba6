"""What a command that has just been executed freed, and whom of the waiting list to ring for it.

Read from the history that the command wrote, so that every way of freeing a place counts the same:
cancelled, declined, missed, moved away, shortened, given up for an earlier visit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic_desk.domain.appointments import OCCUPYING, Status
from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.events import Event
from clinic_desk.domain.ids import Id
from clinic_desk.services.gaps import gaps_in
from clinic_desk.services.planning_views import Gap, WaitlistMatch
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import AppointmentView
from clinic_desk.services.waiting import matches, open_matches

MOST = 60
"""Visits of one command that are looked at; nobody rings for more at once."""

_PLACES = frozenset({"moved", "resized"})
_TAKEN = frozenset(str(status) for status in OCCUPYING if status is not Status.HELD)


@dataclass(frozen=True, slots=True)
class Freed:
    """News of one command: the rows that it wrote, and the spans of blocks (doctor, start, end)
    that it took away."""

    command_id: Id
    ids: tuple[Id, ...] = ()
    spans: tuple[tuple[Id, datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Offering:
    """A freed stretch with those who may be rung for it, best first; never empty."""

    gap: Gap
    matches: tuple[WaitlistMatch, ...]


def freed_by(queries: Queries, news: Freed, now: datetime) -> tuple[Gap, ...]:
    """The free stretches around what the command freed, by start. What an undo took back is no
    news: somebody only corrects themselves."""
    found: dict[str, Gap] = {}
    places = [*news.spans]
    kinds: list[Id | None] = [None] * len(places)
    for row_id in news.ids[:MOST]:
        try:
            view = queries.appointment(row_id)
        except NotFound:
            continue
        for event in view.history:
            if event.command_id == news.command_id and event.action != "undone":
                for place in _left(view, event):
                    places.append(place)
                    kinds.append(view.cell.type_id)
    for (doctor_id, start, end), type_id in zip(places, kinds, strict=True):
        for gap in gaps_in(queries, doctor_id, start, end, now, type_id):
            found[gap.key] = gap
    return tuple(sorted(found.values(), key=lambda gap: (gap.start, gap.doctor_id)))


def _left(view: AppointmentView, event: Event) -> list[tuple[Id, datetime, datetime]]:
    cell = view.cell
    before, after = event.changes.get("status", (None, None))
    if str(before) in _TAKEN and str(after) not in _TAKEN:
        return [(cell.doctor_id, cell.start, cell.end)]
    if event.action not in _PLACES:
        return []
    told = event.metadata
    try:
        return [
            (
                str(told["from_doctor_id"]),
                datetime.fromisoformat(str(told["from_start"])),
                datetime.fromisoformat(str(told["from_end"])),
            )
        ]
    except (KeyError, ValueError):
        return []


def survey(
    queries: Queries, known: Sequence[Gap], news: Iterable[Freed], now: datetime
) -> tuple[Offering, ...]:
    """What may be offered: the gaps ``known`` before as far as they are still free, then those
    that the news freed. A gap that nobody fits, or that everybody has been asked about, is none."""
    gaps: dict[str, Gap] = {}
    for gap in known:
        for rest in gaps_in(queries, gap.doctor_id, gap.start, gap.end, now):
            gaps.setdefault(rest.key, rest)
    for one in news:
        for gap in freed_by(queries, one, now):
            gaps.setdefault(gap.key, gap)
    found = []
    for gap in gaps.values():
        fitting = open_matches(matches(queries, gap, now))
        if fitting:
            found.append(Offering(gap, fitting))
    return tuple(found)
