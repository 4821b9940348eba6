"""The time that was or is offered, by the groups of a report: what utilisation is a part of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.availability.offered import Offer, offers
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import shifts
from clinic_desk.services.day_views import GroupBy
from clinic_desk.services.report_ports import Key, Part

_DAY = 1440
_EPOCH = date(1970, 1, 1)


def offered_minutes(
    roster: Roster, part: Part, doctor_ids: Iterable[Id], stopped: Callable[[], bool]
) -> Counter[Key]:
    """Minutes by group; places side by side count each. By type there is one sum, under None:
    every type may use the same time. A room counts, as often as it has places, while a doctor of
    the list works at its site."""
    found: Counter[Key] = Counter()
    by_site: dict[Id, list[tuple[int, int]]] = defaultdict(list)
    for doctor_id in doctor_ids:
        if stopped():
            return found
        for offer in offers(roster, doctor_id, part.first, part.last):
            if part.location_ids and offer.location_id not in part.location_ids:
                continue
            minutes = (offer.end - offer.start) * offer.places
            if part.group is GroupBy.DOCTOR:
                found[doctor_id] += minutes
            elif part.group is GroupBy.SITE:
                found[offer.location_id] += minutes
            elif part.group is GroupBy.TYPE:
                found[None] += minutes
            elif part.group is GroupBy.ROOM:
                by_site[offer.location_id].append((offer.start, offer.end))
            else:
                _by_time(roster, part, offer, found)
    for room in roster.rooms.values():
        spans = by_site.get(room.location_id)
        if spans:
            found[room.id] += _union(spans) * max(1, room.capacity)
    return found


def _by_time(roster: Roster, part: Part, offer: Offer, found: Counter[Key]) -> None:
    zone = roster.locations[offer.location_id].zone
    step = 60 if part.group is GroupBy.WEEKDAY_HOUR else _DAY
    for begin, end, shift in shifts(part.first, part.last, zone):
        low, high = max(offer.start, begin // 60), min(offer.end, end // 60)
        at, until = low + shift // 60, high + shift // 60
        while at < until:
            then = min(until, (at // step + 1) * step)
            found[_key(part.group, at)] += (then - at) * offer.places
            at = then


def _key(group: GroupBy, minute: int) -> Key:
    """Of a minute of the wall clock."""
    day = _EPOCH + timedelta(days=minute // _DAY)
    if group is GroupBy.WEEKDAY_HOUR:
        return day.weekday(), minute % _DAY // 60
    if group is GroupBy.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if group is GroupBy.MONTH else day


def _union(spans: list[tuple[int, int]]) -> int:
    total, reached = 0, -1
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total
