"""What the series page shows, read in one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.recurrence import expand, parse_local
from clinic_desk.domain.series import rule_of, start_of
from clinic_desk.services.commands import Scope
from clinic_desk.services.planning_views import SeriesView
from clinic_desk.services.ports import Queries
from clinic_desk.services.series_preview import SeriesDraft, draft_of, series_view
from clinic_desk.services.series_scope import ENDED
from clinic_desk.services.views import Cell


@dataclass(frozen=True, slots=True)
class Read:
    """The series as it stands, and the part of it that a change from ``anchor`` on is about."""

    view: SeriesView
    draft: SeriesDraft
    anchor: Cell
    earlier: Id | None = None
    later: Id | None = None
    """A visit of the series that this one follows, and of the one that follows it."""


def read_series(queries: Queries, anchor: Id, scope: Scope, now: datetime) -> Read:
    """Raises ``NotFound``, and ``Refusal`` for a visit of no series."""
    cell = queries.appointment(anchor).cell
    if cell.series_id is None:
        raise Refusal("no_series", "This visit does not repeat. Open one that has the series sign.")
    view = series_view(queries, cell.series_id)
    cell = _standing(view, cell)
    beside = queries.series_beside(cell.series_id or "")
    return Read(view, draft_of(queries, cell.id, scope, now), cell, *beside)


def _standing(view: SeriesView, cell: Cell) -> Cell:
    """The visit, or when it was cancelled and its rule has no such date any more, the last one
    before it that stands."""
    series = view.series
    rule = rule_of(series)
    if cell.status not in ENDED or rule is None:
        return cell
    if parse_local(view.places[cell.id]) in expand(rule, start_of(series)):
        return cell
    alive = [one for one in view.visits if one.status not in ENDED]
    before = [one for one in alive if one.start <= cell.start]
    return before[-1] if before else alive[0] if alive else cell
