"""What a doctor offers over a range of days, for statistics: stretches, not starts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from clinic_desk.domain.availability.hours import hours_of
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.availability.needs import capacity_of
from clinic_desk.domain.availability.recurring import EVERYONE
from clinic_desk.domain.availability.wall import subtract
from clinic_desk.domain.ids import Id

_ONE_DAY = timedelta(days=1)


class Offer(NamedTuple):
    """Epoch minutes, half-open. ``places``: visits that may run side by side."""

    start: int
    end: int
    location_id: Id
    places: int


def offers(roster: Roster, doctor_id: Id, first: date, last: date) -> tuple[Offer, ...]:
    """The doctor's open time on the local days ``first`` … ``last`` of each site, breaks, leave,
    blocks and closures cut out; time that two windows cover counts once. What is kept for some
    types counts, windows for one type alone do not."""
    hours = hours_of(roster)
    covered: list[tuple[int, int]] = []
    found: list[Offer] = []
    for window in hours.windows(doctor_id, first - _ONE_DAY, last + _ONE_DAY, EVERYONE):
        start, _end, _plain = hours.local.day(window.zone, first)
        _start, end, _plain = hours.local.day(window.zone, last)
        low, high = max(window.start, start), min(window.end, end)
        near = [span for span in covered[-8:] if span[1] > low]
        for a, b in subtract(low, high, near) if low < high else ():
            covered.append((a, b))
            found.append(Offer(a, b, window.location_id, capacity_of(window.template)))
    return tuple(found)
