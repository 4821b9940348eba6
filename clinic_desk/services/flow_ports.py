"""What the day's flow needs from the store."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    # what the first day does not ask for is not loaded for it
    from clinic_desk.domain.ids import Id
    from clinic_desk.services.day_views import FlowDay
    from clinic_desk.services.views import Cell


class FlowQueries(Protocol):
    def flow_day(self, day: date) -> FlowDay:
        """Every visit that starts on ``day`` of its own site, holds left out."""
        ...

    def awaiting(self, doctor_id: Id, since: datetime) -> tuple[Cell, ...]:
        """What awaits that doctor's acceptance and starts at ``since`` (aware UTC) or later, by
        start."""
        ...
