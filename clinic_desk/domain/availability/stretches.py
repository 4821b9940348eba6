"""Stretches of a doctor's time on a line of minutes since the epoch."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import (
    AvailabilityException,
    ScheduleTemplate,
    TimeOffRequest,
)


class Window(NamedTuple):
    """Epoch minutes, half-open. ``day`` is the local day of a template's window, None for an
    ``available`` exception (which may cross midnight)."""

    start: int
    end: int
    location_id: Id
    zone: str
    step: int
    template: ScheduleTemplate | None
    exception: AvailabilityException | None
    day: date | None


class Raw(NamedTuple):
    """A template's whole stretch of one local day, before anything is cut; epoch minutes."""

    start: int
    end: int
    template: ScheduleTemplate


class Cut(NamedTuple):
    """A blocked exception or approved time off, rounded outwards to epoch minutes."""

    start: int
    end: int
    type_id: Id | None
    location_id: Id | None
    row: AvailabilityException | TimeOffRequest


Shape = tuple[int, int, ScheduleTemplate, Id, int]
"""A window in wall minutes: start, end, template, location, step."""


def rank_of(raw: Raw) -> tuple[int, int, Id]:
    return (-raw.template.priority, raw.start, raw.template.id)
