"""How many visits of a series were changed by hand: asked before a change of several."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from clinic_desk.domain.appointments import FINAL
from clinic_desk.services.planning_views import SeriesView
from clinic_desk.services.series_preview import series_view
from clinic_desk.services.views import Cell
from clinic_desk.ui.models import words
from clinic_desk.ui.runtime.context import Context


def changed_to_come(view: SeriesView, now: datetime, besides: str = "", since: str = "") -> int:
    """Without the visit ``besides`` that is being changed itself; with ``since`` only that visit
    and those that follow it by their place in the rule."""
    first = view.places.get(since, "")
    return sum(
        1
        for cell in view.visits
        if cell.id in view.changed_ids
        and cell.id != besides
        and view.places.get(cell.id, "") >= first
        and cell.start >= now
        and cell.status not in FINAL
    )


def include_words(count: int) -> str:
    """ "Also the 2 visits that were changed by hand"."""
    if count == 1:
        return "Also the visit that was changed by hand"
    return f"Also the {words.plural(count, 'visit')} that were changed by hand"


def ask_changed(context: Context, cell: Cell, then: Callable[[int], None], key: str) -> None:
    """``then`` gets the number when there is one; nothing comes when none was changed, or when the
    series cannot be read."""
    series_id, now = cell.series_id, context.clock.now()
    if series_id is None:
        return

    def count(found: int) -> None:
        if found:
            then(found)

    context.operations.ask(
        lambda queries: changed_to_come(series_view(queries, series_id), now, cell.id),
        done=count,
        failed=lambda _error: None,
        key=key,
    )
