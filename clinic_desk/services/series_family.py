"""A series and those that follow it, each the changed end of the one before.

Whoever cancels *this and following*, or all that are still to come, means every visit that the
patient would otherwise come to, and so the later parts as well. A move or an edit stays with the
part it is about, for somebody gave the later one another time or doctor on purpose; what stays is
said.
"""

from __future__ import annotations

from collections.abc import Iterator

from clinic_desk.domain.appointments import Appointment, AppointmentSeries
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.commands import Scope
from clinic_desk.services.series_scope import Tail, tail_of, upcoming
from clinic_desk.services.wording import count_text, day_text
from clinic_desk.services.work import Work


def relatives(work: Work, series_id: Id, scope: Scope) -> list[AppointmentSeries]:
    """The series that follow this one, at once or after another; with ``ALL`` also those it
    follows. None for ``ONLY_THIS``."""
    if scope is Scope.ONLY_THIS:
        return []
    found: dict[Id, AppointmentSeries] = {}
    open_ids = [series_id]
    if scope is Scope.ALL:
        open_ids += _before(work, series_id, found)
    while open_ids:
        for row in work.uow.find(AppointmentSeries, follows_id=open_ids.pop()):
            if row.id != series_id and row.id not in found:
                found[row.id] = row
                open_ids.append(row.id)
    return list(found.values())


def _before(work: Work, series_id: Id, found: dict[Id, AppointmentSeries]) -> list[Id]:
    above: list[Id] = []
    at = work.uow.get(AppointmentSeries, series_id).follows_id
    while at is not None and at != series_id and at not in found:
        rows = work.uow.find(AppointmentSeries, id=at)
        if not rows:
            break  # it was taken back, or never came with an import
        found[at] = rows[0]
        above.append(at)
        at = rows[0].follows_id
    return above


def tails(work: Work, series_id: Id, scope: Scope) -> Iterator[Tail]:
    """Of each relative the part that is still to come, where there is one."""
    for series in relatives(work, series_id, scope):
        visits = [v for v in work.uow.series_occurrences(series.id) if isinstance(v, Appointment)]
        coming = [visit for visit in visits if upcoming(visit, work.now)]
        if coming:
            yield tail_of(series, visits, coming[0], Scope.ALL, work.now)


def told_to_stay(work: Work, series_id: Id, scope: Scope) -> tuple[str, ...]:
    """A warning about the visits of relatives, which a move or an edit leaves alone."""
    coming = [
        (visit, tail)
        for tail in tails(work, series_id, scope)
        for visit in tail.visits
        if upcoming(visit, work.now)
    ]
    if not coming:
        return ()
    first, tail = min(coming, key=lambda one: (one[0].start, one[0].id))
    day = day_text(local_date(first.start, tail.zone), local_date(work.now, tail.zone))
    stays = "stays as it is" if len(coming) == 1 else "stay as they are"
    follow = "follows a rule of its own" if len(coming) == 1 else "follow a rule of their own"
    since = f"on {day}" if len(coming) == 1 else f"from {day} on"
    return (f"{count_text(len(coming), 'visit')} {since} {follow} and {stays}.",)
