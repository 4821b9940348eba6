"""Handing visits on as a file: what can be asked for, and who does it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from clinic_desk.domain.ids import Id

if TYPE_CHECKING:
    from clinic_desk.services.day_views import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWish:
    """Whose visits: a doctor's, a patient's, one series, or everybody's. Visits that start in
    [first, last), aware UTC; None is open. A series that is met is exported whole. ``visit_ids``
    keeps these visits alone, each by itself; ``matching`` those of patients whom a search for the
    words finds."""

    doctor_id: Id | None = None
    patient_id: Id | None = None
    series_id: Id | None = None
    first: datetime | None = None
    last: datetime | None = None
    visit_ids: frozenset[Id] | None = None
    matching: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """``visits`` that the file tells of, ``series`` among them."""

    path: Path
    visits: int
    series: int


class Exporter(Protocol):
    def calendar(self, path: Path, wish: ExportWish) -> Exported:
        """Writes an iCalendar file, whole or not at all. Raises ``Fault`` when the disk refuses."""
        ...

    def visits(self, path: Path, wish: ExportWish) -> Exported:
        """Writes the visits as CSV, one in a row. Raises ``Fault``."""
        ...

    def patients(self, path: Path, matching: str) -> int:
        """Writes the patients whom a search finds as CSV; answers how many. Raises ``Fault``."""
        ...

    def report(self, path: Path, report: Report) -> Path:
        """Writes a report as its path's ending says, .csv or .xlsx. Raises ``Fault`` when the disk
        refuses, ``ValueError`` for another ending."""
        ...

    def file(self, path: Path, content: bytes) -> Path:
        """Writes a finished file, whole or not at all. Raises ``Fault`` when the disk refuses."""
        ...

    def table(self, path: Path, rows: Iterable[Sequence[str | Decimal]]) -> Path:
        """Writes rows as CSV; no text of theirs is run as a formula. Raises ``Fault``."""
        ...
