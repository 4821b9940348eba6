"""What the day's flow needs from the store."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    # what the first day does not ask for is not loaded for it
    from clinic_desk.services.day_views import FlowDay


class FlowQueries(Protocol):
    def flow_day(self, day: date) -> FlowDay:
        """Every visit that starts on ``day`` of its own site, holds left out."""
        ...
