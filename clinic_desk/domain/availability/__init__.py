"""Availability, a pure function of data passed in: find, explain, rank (domain.md section 3).

``model`` is the contract. The rest, from the ground up: ``bits`` (a range as one integer),
``wall`` (clocks), ``offers`` (types and doctors' overrides), ``recurring`` (the weeks of a
template), ``travel`` (between sites), ``stretches`` and ``hours`` (when doctors work), ``index`` (a
snapshot's rows, arranged once), ``needs`` (buffers, lanes, rooms), ``asking`` (a request made
ready), ``daily`` (visits per day), ``standing``, ``openings`` and ``finding`` (*find*), ``case``,
``ways``, ``away``, ``limits`` and ``explaining`` (*explain*), ``ranking`` (*rank*), ``days`` (the
calendar), ``phrases`` (the words).
"""

from clinic_desk.domain.availability.daily import sight
from clinic_desk.domain.availability.days import bands, day_load, windows
from clinic_desk.domain.availability.explaining import explain
from clinic_desk.domain.availability.finding import find, find_first, find_starts
from clinic_desk.domain.availability.index import Index, index
from clinic_desk.domain.availability.needs import (
    buffers,
    capacity,
    choose_room,
    free_lane,
    place_at,
    rooms_wanted,
)
from clinic_desk.domain.availability.offers import choosable_types
from clinic_desk.domain.availability.ranking import rank
from clinic_desk.domain.availability.recurring import counts_on

__all__ = [
    "Index",
    "bands",
    "buffers",
    "capacity",
    "choosable_types",
    "choose_room",
    "counts_on",
    "day_load",
    "explain",
    "find",
    "find_first",
    "find_starts",
    "free_lane",
    "index",
    "place_at",
    "rank",
    "rooms_wanted",
    "sight",
    "windows",
]
