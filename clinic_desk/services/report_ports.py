"""What reports need from the store: sums by group over a stretch of local days.

Everything is counted in the database, one statement for each question. Sums of two stretches may
be added, and so may the numbers of visits at each minute of a ``Measure``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from clinic_desk.domain.ids import Id

if TYPE_CHECKING:
    from clinic_desk.services.day_views import GroupBy

Key = date | Id | tuple[int, int] | None
"""Of a group: a day (of a week its Monday, of a month its first), an id (None: no room, no type),
or (weekday 0 Monday … 6, hour 0 … 23)."""

LATE_CANCEL = 24
"""Hours before the start; a cancellation after that is late."""


@dataclass(frozen=True, slots=True)
class Part:
    """Local days of each site, inclusive. Empty tuples: all."""

    first: date
    last: date
    group: GroupBy
    doctor_ids: tuple[Id, ...] = ()
    location_ids: tuple[Id, ...] = ()


class Counts(NamedTuple):
    """Visits that start in the group, by how they went. ``visits`` are all of them; ``late`` those
    cancelled less than ``LATE_CANCEL`` hours before their start; ``minutes`` the planned length of
    those that took or take place."""

    key: Key
    visits: int
    completed: int
    missed: int
    cancelled: int
    declined: int
    late: int
    walk_ins: int
    minutes: int


class Measure(StrEnum):
    """LEAD: whole days from booking to start, imported visits left out. WAITING: whole minutes
    from arrival to start. LATENESS: whole minutes from the planned to the real start, negative
    when early. Rounded down."""

    LEAD = "lead"
    WAITING = "waiting"
    LATENESS = "lateness"


class Spread(NamedTuple):
    """``number`` visits of the group have this value."""

    key: Key
    value: int
    number: int


class Money(NamedTuple):
    """Minor units of one currency. ``other``: visits whose price is in another."""

    key: Key
    booked: int
    completed: int
    lost: int
    other: int


@dataclass(frozen=True, slots=True)
class Named:
    """A doctor, room, type or site as it is called, removed ones included."""

    name: str
    active: bool


class ReportQueries(Protocol):
    def report_names(self) -> Mapping[Id, Named]:
        """In their order in lists."""
        ...

    def visit_counts(self, part: Part) -> tuple[Counts, ...]:
        """Placed visits, holds left out."""
        ...

    def visit_spread(self, part: Part, measure: Measure) -> tuple[Spread, ...]: ...

    def booked_minutes(self, part: Part) -> tuple[tuple[Key, int], ...]:
        """Planned minutes of visits that took or take place; by weekday and hour, each minute
        belongs to the hour that it lies in."""
        ...

    def visit_money(self, part: Part, currency: str) -> tuple[Money, ...]:
        """Of the invoice where there is one, otherwise of the visit's price."""
        ...
