"""A series and its visits: what its rule says, and which visits stand apart from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from clinic_desk.domain.appointments import Appointment, AppointmentSeries, Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.recurrence import (
    Freq,
    Rule,
    describe,
    expand,
    local_of,
    local_text,
    parse,
    parse_local,
)

UPCOMING = frozenset({Status.PENDING, Status.SCHEDULED, Status.CONFIRMED})
"""A visit of a series in one of these is still to come, when its time is."""


def changed_one_by_one(visit: Appointment, series: AppointmentSeries) -> bool:
    """Whether a person gave this visit a time, length, doctor, type, site or room of its own.

    Read from the rows alone, so that a visit that is put back belongs to its series again. What
    the series leaves open (a room chosen automatically, a doctor's two sites) is nobody's act."""
    return (
        visit.start != visit.series_start
        or visit.minutes != series.duration
        or visit.doctor_id != series.doctor_id
        or (series.type_id is not None and visit.type_id != series.type_id)
        or (series.location_id is not None and visit.location_id != series.location_id)
        or (series.room_id is not None and visit.room_id != series.room_id)
        or (series.patient_id is not None and visit.patient_id != series.patient_id)
    )


def start_of(series: AppointmentSeries) -> datetime:
    """The first wall-clock time (naive)."""
    return parse_local(series.local_start)


def rule_of(series: AppointmentSeries) -> Rule | None:
    """None for a rule of an older import that cannot be read any more."""
    try:
        return parse(series.rule, series.zone)
    except Refusal:
        return None


def local_start_of(visit: Appointment, series: AppointmentSeries) -> datetime:
    """The rule's own wall-clock time of a visit."""
    return local_of(visit.series_start or visit.start, series.zone)


def whole_rule(series: AppointmentSeries, visits: Iterable[Appointment]) -> Rule:
    """The rule with every visit in it: what an older import took in beside the rule is listed."""
    start = start_of(series)
    rule = rule_of(series) or Rule(Freq.DAILY, count=1)
    known = set(expand(rule, start))
    theirs = {local_start_of(visit, series) for visit in visits}
    beside = theirs - known
    return replace(rule, also=tuple(sorted({*rule.also, *beside}))) if beside else rule


def is_over(series: AppointmentSeries) -> bool:
    """Whether the rule has no date any more: all that were to come are cancelled."""
    rule = rule_of(series)
    return rule is not None and set(expand(rule, start_of(series))) <= set(excluded_of(series))


def words_of(series: AppointmentSeries) -> str:
    """The rule in a sentence."""
    rule = rule_of(series)
    if is_over(series):
        return "No date is left"
    return describe(rule, start_of(series)) if rule is not None else "On listed dates"


def excluded_of(series: AppointmentSeries) -> tuple[datetime, ...]:
    return tuple(parse_local(text) for text in series.excluded)


def texts(days: Sequence[datetime] | Iterable[datetime]) -> tuple[str, ...]:
    """Sorted, as ``AppointmentSeries.excluded`` keeps them."""
    return tuple(local_text(day) for day in sorted(set(days)))
