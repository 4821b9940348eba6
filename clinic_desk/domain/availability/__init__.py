"""Availability, a pure function of data passed in: find, explain, rank (domain.md section 3).

``model`` is the contract. The rest, from the ground up: ``bits`` (a range as one integer),
``wall`` (clocks), ``hours`` (when doctors work), ``index`` (a snapshot's rows, arranged once),
``needs`` (buffers, lanes, rooms), ``asking`` (a request made ready), ``openings`` and ``finding``
(*find*), ``case``, ``ways``, ``away`` and ``explaining`` (*explain*), ``ranking`` (*rank*),
``days`` (the calendar), ``phrases`` (the words).
"""

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
from clinic_desk.domain.availability.ranking import rank

__all__ = [
    "Index",
    "bands",
    "buffers",
    "capacity",
    "choose_room",
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
    "windows",
]
