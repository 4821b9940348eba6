"""The week of a template: on which days it counts, and which parts of it are for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import Break, Reserved, ScheduleTemplate

FIRST_MONDAY = date(1970, 1, 5)
"""The week that others are counted from when a template names none."""

EVERYONE: Id = "*"
"""Asked for instead of a type: working time as it is, whoever it is kept for."""


def is_bounded(template: ScheduleTemplate) -> bool:
    """Whether it counts in some weeks only."""
    return (
        template.valid_from is not None
        or template.valid_until is not None
        or template.every_weeks > 1
    )


def counts_on(template: ScheduleTemplate, day: date) -> bool:
    """Whether a template counts on a local day of its weekday: validity and every n weeks.

    Weeks begin on Monday and are counted on the calendar, so that neither the turn of a year nor
    a clock change shifts them. Without an anchor the week of ``valid_from`` is the first one."""
    return is_valid(template, day) and _its_week(template, day)


def rests_on(template: ScheduleTemplate, day: date) -> bool:
    """Whether it would count on that day if it were not for the weeks between."""
    return is_valid(template, day) and not _its_week(template, day)


def is_valid(template: ScheduleTemplate, day: date) -> bool:
    return (template.valid_from is None or template.valid_from <= day) and (
        template.valid_until is None or day <= template.valid_until
    )


def _its_week(template: ScheduleTemplate, day: date) -> bool:
    if template.every_weeks <= 1:
        return True
    anchor = template.anchor or template.valid_from or FIRST_MONDAY
    return (_monday(day) - _monday(anchor)).days // 7 % template.every_weeks == 0


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def parts_closed(template: ScheduleTemplate, type_id: Id | None) -> list[Break | Reserved]:
    """What is cut out of a template's stretch for a type: its breaks and what is kept for others.
    None stands for a visit of no type, which nothing is kept for."""
    parts: list[Break | Reserved] = [b for b in template.breaks if b.start < b.end]
    if template.reserved and type_id != EVERYONE:
        parts += reserved_from(template.reserved, type_id)
    return parts


def reserved_from(reserved: Sequence[Reserved], type_id: Id | None) -> list[Reserved]:
    """The parts that are not for this type."""
    return [r for r in reserved if r.start < r.end and type_id not in r.type_ids]
