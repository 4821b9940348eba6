"""What a new rule makes of the visits of a series: which go where, which end, which are new.

A pure function of the rows, for the command and for its preview alike. An old date and a new one
are the same visit when both rules have as many and each pair is less than a week apart (a series
that moves within its week); else when they are on one day; else when they share a week (or, for
monthly series, a month) that neither has given away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.ids import Id
from clinic_desk.domain.recurrence import Freq, Rule, expand
from clinic_desk.domain.series import changed_one_by_one
from clinic_desk.services.series_scope import ENDED, Tail, along, upcoming


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Visits with their new place in the rule (naive wall clock of the series). ``moved`` go
    there, ``staying`` keep their time and are only told which date they are; ``dropped`` are
    cancelled, ``fresh`` dates have no visit yet, ``excluded`` ones get none. ``apart`` are those
    of ``moved`` that were changed by hand and go along as they are, with the start of each."""

    rule: Rule
    start: datetime
    moved: tuple[tuple[Appointment, datetime], ...]
    staying: tuple[tuple[Appointment, datetime], ...]
    dropped: tuple[tuple[Appointment, datetime | None], ...]
    fresh: tuple[datetime, ...]
    excluded: tuple[datetime, ...]
    apart: Mapping[Id, datetime] = field(default_factory=dict)


def arranged(
    tail: Tail,
    rule: Rule,
    start: datetime,
    *,
    now: datetime,
    include_changed: bool = False,
    skipped: Iterable[datetime] = (),
    chosen: Iterable[datetime] = (),
    places: Mapping[datetime, datetime] | None = None,
) -> Arrangement:
    """``skipped`` are new dates left out on purpose, ``chosen`` those that somebody placed by
    hand. ``places`` says which old date becomes which new one, where that is known."""
    new = expand(rule, start)
    old = sorted({tail.local(visit) for visit in tail.visits} | set(tail.excluded))
    went = dict(places) if places is not None else matched(old, new, rule)
    left, wanted = set(skipped), set(chosen)
    moved, staying = [], []
    dropped: list[tuple[Appointment, datetime | None]] = []
    also: set[datetime] = set()
    taken: set[datetime] = set()
    apart: dict[Id, datetime] = {}
    for visit in tail.visits:
        here = tail.local(visit)
        there = went.get(here)
        by_hand = changed_one_by_one(visit, tail.series)
        may_move = upcoming(visit, now) and (include_changed or not by_hand)
        if may_move and (there is None or there in left):
            dropped.append((visit, there))
        elif may_move and there is not None:
            moved.append((visit, there))
            if by_hand and places is not None:
                apart[visit.id] = along(visit, here, there, tail.zone)
        elif there is not None:
            staying.append((visit, there))
        elif visit.status not in ENDED:
            # It stays as it is, so the rule must go on telling of it.
            also.add(here)
            staying.append((visit, here))
        if there is not None:
            taken.add(there)
    excluded = {there for day in tail.excluded if (there := went.get(day)) in new} - wanted - taken
    fresh = [day for day in new if day not in taken and day not in excluded and day not in left]
    excluded |= {day for day in left if day in new and day not in taken}
    if also:
        rule = replace(rule, also=tuple(sorted({*rule.also, *also})))
    return Arrangement(
        rule,
        start,
        tuple(moved),
        tuple(staying),
        tuple(dropped),
        tuple(fresh),
        tuple(sorted(excluded)),
        apart,
    )


def matched(
    old: Sequence[datetime], new: Sequence[datetime], rule: Rule
) -> dict[datetime, datetime]:
    """Old date → the new one that is the same visit."""
    reach = timedelta(days=min(7, rule.interval) if rule.freq is Freq.DAILY else 7)
    if len(old) == len(new) and all(abs(b - a) < reach for a, b in zip(old, new, strict=True)):
        return dict(zip(old, new, strict=True))
    found: dict[datetime, datetime] = {}
    for key in _keys(rule.freq):
        free: dict[object, list[datetime]] = {}
        given = set(found.values())
        for day in new:
            if day not in given:
                free.setdefault(key(day), []).append(day)
        for day in old:
            if day not in found and free.get(key(day)):
                found[day] = free[key(day)].pop(0)
    return found


def _keys(freq: Freq) -> list[Callable[[datetime], object]]:
    keys: list[Callable[[datetime], object]] = [lambda day: day.date()]
    if freq is Freq.WEEKLY:
        keys.append(lambda day: day.isocalendar()[:2])
    elif freq is not Freq.DAILY:
        keys.append(lambda day: (day.year, day.month))
    return keys
