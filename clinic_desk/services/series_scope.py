"""Which visits of a series a change is about, and the series rows after it.

A change of *this and following*, or of all that are still to come, ends the series before the
first visit it is about and lets a new one follow, so that the rule of each series tells where its
visits are. Where nothing stays behind, the series itself changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clinic_desk.domain import series as rows
from clinic_desk.domain.appointments import Appointment, AppointmentSeries, Status
from clinic_desk.domain.ids import Id
from clinic_desk.domain.recurrence import (
    Freq,
    Rule,
    ended_before,
    expand,
    instant,
    local_of,
    local_text,
    starting_at,
)
from clinic_desk.services.commands import Scope
from clinic_desk.services.work import Work

ENDED = frozenset({Status.CANCELLED, Status.DECLINED})


@dataclass(frozen=True, slots=True)
class Tail:
    """A series from ``cut`` (its own wall clock) on. ``rule`` and ``start`` are those of this
    part, ``visits`` its rows by their place in the rule, whatever became of them."""

    series: AppointmentSeries
    whole: Rule
    cut: datetime
    rule: Rule
    start: datetime
    visits: tuple[Appointment, ...]

    @property
    def zone(self) -> str:
        return self.series.zone

    @property
    def excluded(self) -> tuple[datetime, ...]:
        return tuple(day for day in rows.excluded_of(self.series) if day >= self.cut)

    def local(self, visit: Appointment) -> datetime:
        return rows.local_start_of(visit, self.series)

    def instant(self, local: datetime) -> datetime:
        return instant(local, self.series.zone)


def upcoming(visit: Appointment, now: datetime) -> bool:
    """Whether a change of the series may touch it: to come, in its place, and not under way."""
    return visit.status in rows.UPCOMING and visit.start >= now and visit.occupies


def tail_of(
    series: AppointmentSeries,
    visits: Sequence[Appointment],
    row: Appointment,
    scope: Scope,
    now: datetime,
) -> Tail:
    """The part of the series that a change from ``row`` on is about. With ``ALL`` it begins at
    the first visit that is still to come."""
    start = rows.start_of(series)
    # what was cancelled when the rule ended, or became another one, is no date of it any more
    dates = set(expand(rows.rule_of(series) or Rule(Freq.DAILY, count=1), start))
    visits = [
        visit
        for visit in visits
        if visit.id == row.id
        or visit.status not in ENDED
        or rows.local_start_of(visit, series) in dates
    ]
    whole = rows.whole_rule(series, visits)
    cut = rows.local_start_of(row, series)
    if scope is Scope.ALL:
        to_come = [
            rows.local_start_of(v, series)
            for v in visits
            if upcoming(v, now) and (v.series_start or v.start) >= now
        ]
        cut = min([cut, *to_come])
    rest = starting_at(whole, start, cut)
    assert rest is not None  # the row's own place is in the whole rule
    theirs = [visit for visit in visits if rows.local_start_of(visit, series) >= cut]
    theirs.sort(key=lambda visit: (rows.local_start_of(visit, series), visit.id))
    return Tail(series, whole, cut, rest[0], rest[1], tuple(theirs))


def find_tail(work: Work, row: Appointment, scope: Scope) -> Tail:
    """Raises ``NotFound`` when the series is gone."""
    assert row.series_id is not None
    series = work.uow.get(AppointmentSeries, row.series_id)
    visits = [v for v in work.uow.series_occurrences(series.id) if isinstance(v, Appointment)]
    return tail_of(series, visits, row, scope, work.now)


def settle(
    work: Work,
    tail: Tail,
    rule: Rule,
    start: datetime,
    excluded: Sequence[datetime],
    changes: Mapping[str, object],
) -> AppointmentSeries:
    """Writes what holds from the cut on, and answers that row: the series itself when nothing
    stays behind, else one that follows it."""
    series = tail.series
    after = replace(
        series,
        rule=str(rule),
        local_start=local_text(start),
        excluded=rows.texts(excluded),
        **changes,  # type: ignore[arg-type]  # fields of the series, named by the callers
    )
    first = rows.start_of(series)
    ended = ended_before(tail.whole, first, tail.cut)
    if ended is None:
        return after if after == series else work.uow.replace(series, after, "series_changed")
    before = replace(
        series,
        rule=str(ended[0]),
        local_start=local_text(ended[1]),
        excluded=rows.texts(day for day in rows.excluded_of(series) if day < tail.cut),
    )
    work.uow.replace(series, before, "series_ended")
    later = work.uow.find(AppointmentSeries, follows_id=series.id)
    fresh = replace(
        after,
        id=work.new_id(),
        follows_id=series.id,
        import_key=None,
        revision=0,
        created_at=None,
        created_by="",
        updated_at=None,
        updated_by="",
        created_op="",
        updated_op="",
    )
    fresh = work.uow.add(fresh, "series_continued", {"follows": series.id})
    for row in later:
        work.uow.replace(row, replace(row, follows_id=fresh.id), "series_changed")
    return fresh


def end_rule(work: Work, tail: Tail, gone: Iterable[Id]) -> None:
    """The rule ends before the cut, because the visits ``gone`` are cancelled; those that stay
    after it are listed beside it. A series of which nothing is left is its first date alone, left
    out (``rows.is_over``)."""
    series, left = tail.series, set(gone)
    stay = {tail.local(v) for v in tail.visits if v.status not in ENDED and v.id not in left}
    days = sorted(stay)
    ended = ended_before(tail.whole, rows.start_of(series), tail.cut)
    first = rows.start_of(series)
    rule, start = ended or (Rule(Freq.DAILY, count=1), days[0] if days else first)
    beside = sorted({*rule.also, *days} - {start})
    left_out = {day for day in rows.excluded_of(series) if day < tail.cut}
    if ended is None and not days:
        left_out = {first}
    after = replace(
        series,
        rule=str(replace(rule, also=tuple(beside))),
        local_start=local_text(start),
        excluded=rows.texts(left_out),
    )
    if after != series:
        work.uow.replace(series, after, "series_ended")


def rejoin(work: Work, visit: Appointment) -> None:
    """A cancelled visit that comes back is told of by its series again, if the rule has ended or
    changed meanwhile."""
    if visit.series_id is None:
        return
    series = work.uow.get(AppointmentSeries, visit.series_id)
    rule, day = rows.rule_of(series), rows.local_start_of(visit, series)
    if rule is None:
        return
    after = series
    if rows.is_over(series):  # it begins anew with this visit
        begun = replace(rule, freq=Freq.DAILY, count=1)
        after = replace(series, rule=str(begun), local_start=local_text(day), excluded=())
    elif day not in expand(rule, rows.start_of(series)):
        listed = replace(rule, also=tuple(sorted({*rule.also, day})))
        after = replace(series, rule=str(listed))
    if after != series:
        work.uow.replace(series, after, "series_changed")


def along(visit: Appointment, local: datetime, there: datetime, zone_name: str) -> datetime:
    """Where a visit that was changed by hand goes when its date of the rule does: as far, by the
    wall clock, from where it is."""
    return instant(local_of(visit.start, zone_name) + (there - local), zone_name)


def rehome(
    work: Work, visits: Sequence[Appointment], homes: Mapping[Id, Mapping[str, object]]
) -> None:
    """Visits that stay where they are, told which series and which date of its rule they are."""
    for visit in visits:
        home = homes.get(visit.id)
        if home is None:
            continue
        after = replace(visit, **home)  # type: ignore[arg-type]  # series_id and series_start
        if after != visit:
            work.uow.replace(visit, after, "series_changed")


def home(series: AppointmentSeries, local: datetime) -> dict[str, object]:
    """A visit's fields that say which date of which series it is."""
    return {"series_id": series.id, "series_start": instant(local, series.zone)}
