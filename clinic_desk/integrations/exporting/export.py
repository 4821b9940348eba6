"""Writing a diary to a file on this computer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.domain.ids import Clock, Id
from clinic_desk.integrations.exporting.calendar_file import calendar_of
from clinic_desk.services.exporting import Exported, ExportWish
from clinic_desk.services.planning_views import DiaryRows
from clinic_desk.services.ports import Queries

if TYPE_CHECKING:
    from clinic_desk.services.day_views import Report

MOST_FOUND = 10_000
"""Patients that one search result holds."""


class FileExporter:
    """``services.exporting.Exporter``."""

    def __init__(self, queries: Queries, clock: Clock) -> None:
        self._queries = queries
        self._clock = clock

    def calendar(self, path: Path, wish: ExportWish) -> Exported:
        rows = self._rows(wish)
        made = calendar_of(rows, self._queries.roster(), self._clock.now())
        _write(path, made.text)
        return Exported(path, made.visits, made.series)

    def visits(self, path: Path, wish: ExportWish) -> Exported:
        from clinic_desk.services.visit_table import visit_rows  # not needed for a diary

        rows = self._rows(wish)
        self.table(path, visit_rows(rows, self._queries.roster()))
        met = {visit.series_id for visit in rows.visits if visit.series_id in rows.series}
        return Exported(path, len(rows.visits), len(met))

    def patients(self, path: Path, matching: str) -> int:
        from clinic_desk.services.visit_table import patient_rows  # not needed for a diary

        hits = self._queries.search_patients(matching, MOST_FOUND)
        self.table(path, patient_rows(hits, self._queries.roster()))
        return len(hits)

    def _rows(self, wish: ExportWish) -> DiaryRows:
        rows = self._queries.diary(
            wish.first,
            wish.last,
            doctor_id=wish.doctor_id,
            patient_id=wish.patient_id,
            series_id=wish.series_id,
        )
        if wish.visit_ids is not None:
            kept = tuple(visit for visit in rows.visits if visit.id in wish.visit_ids)
            rows = replace(rows, visits=kept, series={}, series_visits={})
        if wish.matching:
            found = self._queries.search_patients(wish.matching, MOST_FOUND)
            rows = _of(rows, {hit.id for hit in found})
        return rows

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

        _write_parts(path, tables.csv_parts(rows))
        return path


def _of(rows: DiaryRows, patient_ids: Set[Id]) -> DiaryRows:
    """What is these patients' own."""
    visits = tuple(visit for visit in rows.visits if visit.patient_id in patient_ids)
    series = {key: one for key, one in rows.series.items() if one.patient_id in patient_ids}
    theirs = {key: kept for key, kept in rows.series_visits.items() if key in series}
    return replace(rows, visits=visits, series=series, series_visits=theirs)


def _write(path: Path, text: bytes) -> None:
    _write_parts(path, (text,))


def _write_parts(path: Path, parts: Iterable[bytes]) -> None:
    """Beside the target first, so that a full disk leaves the old file as it was."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except ClinicDeskError:  # what makes the parts was stopped, or failed
        beside.unlink(missing_ok=True)
        raise
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise Fault(
            "unwritable", f"{path.name} cannot be written: {error.strerror or error}."
        ) from error
