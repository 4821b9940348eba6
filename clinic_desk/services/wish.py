"""A place somebody wants, and the place that they get."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from clinic_desk.domain.appointments import Appointment, SlotState
from clinic_desk.domain.availability.model import MovingVisit, Reason, Verdict
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import AUTO


@dataclass(frozen=True, slots=True)
class Wish:
    """A place somebody wants. ``ignore`` are rows that make room (the visit itself, the holds of
    the dialog). ``past`` says whether a start before now is accepted, ``retired_type``
    whether the visit keeps a type that is no longer offered. ``override``: a reason was given to
    go past the clinic's own limits (notice, visits per day, times a visit may be moved); ``limits``
    False leaves those of the day and of moving out of account without one. ``moving`` is
    the visit that moves, None for a new one; ``ahead``: the start may not even just have passed.
    ``others_time`` False: ``outside_hours`` does not go past what is kept for other types."""

    doctor_id: Id
    start: datetime
    end: datetime
    type_id: Id | None
    location_id: Id | None = None
    room_id: Id | None = AUTO
    patient_id: Id | None = None
    ignore: frozenset[Id] = field(default_factory=frozenset)
    keep_room: Id | None = None
    overbook: bool = False
    outside_hours: bool = False
    patient_overlap: bool = False
    policy: bool = True
    past: bool = False
    retired_type: bool = False
    override: bool = False
    limits: bool = True
    moving: MovingVisit | None = None
    ahead: bool = False
    others_time: bool = True

    def lets(self, reason: Reason) -> bool:
        """Whether the reason is only a warning to this wish."""
        return reason.verdict is Verdict.WARN and not (self.ahead and reason.code == "past")


@dataclass(frozen=True, slots=True)
class Place:
    """A wish that stands. ``moved`` and ``room_moved`` are neighbours' new lanes;
    ``overbooked`` says that it needed the right to squeeze in; ``past_rules`` are the sentences of
    the rules that only the given reason went past, ``outside`` those about working time and
    ``twice`` those about the patient's other visit that did not count."""

    doctor_id: Id
    location_id: Id
    room_id: Id | None
    start: datetime
    end: datetime
    blocked_start: datetime
    blocked_end: datetime
    lane: int
    room_lane: int
    zone: str
    warnings: tuple[str, ...] = ()
    overbooked: bool = False
    past_rules: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    moved: dict[Id, int] = field(default_factory=dict)
    room_moved: dict[Id, int] = field(default_factory=dict)

    def on(self, row: Appointment) -> Appointment:
        """The row at this place."""
        return replace(row, **self.fields())

    def fields(self) -> dict[str, Any]:
        """What a row at this place holds of it, by field."""
        return {
            "doctor_id": self.doctor_id,
            "location_id": self.location_id,
            "room_id": self.room_id,
            "start": self.start,
            "end": self.end,
            "blocked_start": self.blocked_start,
            "blocked_end": self.blocked_end,
            "lane": self.lane,
            "room_lane": self.room_lane,
            "doctor_zone": self.zone,
            "slot_state": SlotState.PLACED,
        }


def sentences(reasons: Iterable[Reason], codes: Set[str]) -> tuple[str, ...]:
    """What the reasons of those codes say."""
    return tuple(reason.sentence for reason in reasons if reason.code in codes)
