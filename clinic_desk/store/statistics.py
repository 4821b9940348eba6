"""The part of the read side that reports ask; ``store.tallies`` is loaded with the first report."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id

if TYPE_CHECKING:
    # the calendar asks none of these
    from clinic_desk.services.report_ports import (
        Counts,
        Key,
        Measure,
        Money,
        Named,
        Part,
        Spread,
    )


class StatisticsReading(ABC):
    """See ``services.report_ports.ReportQueries``."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    def report_names(self) -> Mapping[Id, Named]:
        from clinic_desk.store import tallies

        with self._reading() as connection:
            return tallies.names(connection)

    def visit_counts(self, part: Part) -> tuple[Counts, ...]:
        from clinic_desk.store import tallies

        with self._reading() as connection:
            return tallies.counts(connection, part)

    def visit_spread(self, part: Part, measure: Measure) -> tuple[Spread, ...]:
        from clinic_desk.store import tallies

        with self._reading() as connection:
            return tallies.spread(connection, part, measure)

    def booked_minutes(self, part: Part) -> tuple[tuple[Key, int], ...]:
        from clinic_desk.store import tallies

        with self._reading() as connection:
            return tallies.booked(connection, part)

    def visit_money(self, part: Part, currency: str) -> tuple[Money, ...]:
        from clinic_desk.store import tallies

        with self._reading() as connection:
            return tallies.money(connection, part, currency)
