"""Writing a diary to a file on this computer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.ids import Clock
from clinic_desk.integrations.exporting.calendar_file import calendar_of
from clinic_desk.services.exporting import Exported, ExportWish
from clinic_desk.services.ports import Queries

if TYPE_CHECKING:
    from clinic_desk.services.day_views import Report


class FileExporter:
    """``services.exporting.Exporter``."""

    def __init__(self, queries: Queries, clock: Clock) -> None:
        self._queries = queries
        self._clock = clock

    def calendar(self, path: Path, wish: ExportWish) -> Exported:
        rows = self._queries.diary(
            wish.first,
            wish.last,
            doctor_id=wish.doctor_id,
            patient_id=wish.patient_id,
            series_id=wish.series_id,
        )
        made = calendar_of(rows, self._queries.roster(), self._clock.now())
        _write(path, made.text)
        return Exported(path, made.visits, made.series)

    def report(self, path: Path, report: Report) -> Path:
        from clinic_desk.integrations.exporting import tables  # not needed for a diary

        makers = {".csv": tables.report_csv, ".xlsx": tables.report_xlsx}
        maker = makers.get(path.suffix.lower())
        if maker is None:
            raise ValueError(f"no report is written as {path.suffix}")
        _write(path, maker(report))
        return path

    def file(self, path: Path, content: bytes) -> Path:
        _write(path, content)
        return path

    def table(self, path: Path, rows: Iterable[Sequence[str | Decimal]]) -> Path:
        from clinic_desk.integrations.exporting import tables  # not needed for a diary

        _write(path, tables.csv_text(rows))
        return path


def _write(path: Path, text: bytes) -> None:
    """Beside the target first, so that a full disk leaves the old file as it was."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise Fault(
            "unwritable", f"{path.name} cannot be written: {error.strerror or error}."
        ) from error
