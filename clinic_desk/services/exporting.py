"""Handing visits on as a file: what can be asked for, and who does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from clinic_desk.domain.ids import Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWish:
    """Whose visits: a doctor's, a patient's, one series, or everybody's. Visits that start in
    [first, last), aware UTC; None is open. A series that is met is exported whole."""

    doctor_id: Id | None = None
    patient_id: Id | None = None
    series_id: Id | None = None
    first: datetime | None = None
    last: datetime | None = None


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
