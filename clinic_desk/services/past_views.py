"""Read models of the time machine. Instants are aware UTC; all of it may cross threads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from clinic_desk.domain.events import Event
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import CalendarSlice


@dataclass(frozen=True, slots=True)
class PastChange:
    """One event that altered the days looked at. ``moment``: from when it counts, never before
    that of the event written before it, whatever a clock that was put back says. ``name``: the
    patient, listed; of a hold whom it is for. ``doctor_id`` and ``start``: whose time it is after
    the change; before it, for what left these days."""

    event: Event
    moment: datetime
    desk: str
    name: str
    doctor_id: Id
    start: datetime | None
    end: datetime | None


class Story(Protocol):
    """All that the events tell of some local days, read once; a moment is then only reckoned."""

    first: date
    last: date
    born: datetime | None
    """When the clinic was set up; None where that was never told of."""
    changes: tuple[PastChange, ...]
    """What altered these days, oldest first."""
    gone: frozenset[Id]
    """Visits of ``changes`` that have no card any more: their making was taken back."""

    def at(self, moment: datetime, *, include_cancelled: bool = False) -> CalendarSlice:
        """The calendar of these days as it stood then: what was written at or before ``moment``
        counts. Nothing in it can be judged by. Raises
        ``Refusal("before_clinic")`` when there was no clinic yet."""
        ...
