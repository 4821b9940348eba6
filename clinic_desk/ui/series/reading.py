"""What the series page shows, read in one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import Scope
from clinic_desk.services.planning_views import SeriesView
from clinic_desk.services.ports import Queries
from clinic_desk.services.series_preview import SeriesDraft, draft_of, series_view
from clinic_desk.services.views import Cell


@dataclass(frozen=True, slots=True)
class Read:
    """The series as it stands, and the part of it that a change from ``anchor`` on is about."""

    view: SeriesView
    draft: SeriesDraft
    anchor: Cell


def read_series(queries: Queries, anchor: Id, scope: Scope, now: datetime) -> Read:
    """Raises ``NotFound``, and ``Refusal`` for a visit of no series."""
    cell = queries.appointment(anchor).cell
    if cell.series_id is None:
        raise Refusal("no_series", "This visit does not repeat. Open one that has the series sign.")
    view = series_view(queries, cell.series_id)
    return Read(view, draft_of(queries, anchor, scope, now), cell)
