"""What the time machine needs from the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    # what the first day does not ask for is not loaded for it
    from clinic_desk.services.past_views import Story


class PastQueries(Protocol):
    def past(
        self, first: date, last: date, *, stopped: Callable[[], bool] = lambda: False
    ) -> Story:
        """What the events tell of these local days (inclusive), of all doctors. ``stopped`` is
        asked now and then; once it is True the answer is cut short and worth nothing."""
        ...
