"""Cutting what was planned into batches, each one command, all of them one undo step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from clinic_desk.domain.ids import Id
from clinic_desk.integrations.importing.plan_diary import DiaryPlan, PlannedEvent
from clinic_desk.integrations.importing.plan_patients import PatientPlan, PlannedPatient
from clinic_desk.services.commands import ImportBatch

FILES_NAMED = 3
"""In the name of the undo step."""

Planned = PlannedPatient | PlannedEvent
_OWN_NUMBER = re.compile(r"P\d{6,}")


class ImportStep:
    """The one undo step that the batches of an import make, with the label it has so far."""

    def __init__(self, run: Id) -> None:
        self.run = run
        self.files: list[str] = []
        self._rows = 0

    def joined(self, command: ImportBatch, path: Path, batch: Sequence[Planned]) -> ImportBatch:
        """The batch as a part of this step."""
        if not self.run or is_empty(command):
            return command
        if path.name not in self.files:
            self.files.append(path.name)
        self._rows += sum(row.outcome == "import" or _merges(row) for row in batch)
        names = ", ".join(self.files[:FILES_NAMED])
        more = len(self.files) - FILES_NAMED
        names += f" and {more} more" if more > 0 else ""
        rows = "1 row" if self._rows == 1 else f"{self._rows:,} rows"
        return replace(command, run=self.run, label=f"Import {names}: {rows}")


def batches(plan: PatientPlan | DiaryPlan, size: int) -> Iterator[Sequence[Planned]]:
    for at in range(0, len(plan.rows), size):
        yield plan.rows[at : at + size]


def own_numbers(plan: PatientPlan | DiaryPlan) -> frozenset[str]:
    """The file's record numbers that look like those the program gives itself, rejected rows
    included: they are corrected and come again."""
    if not isinstance(plan, PatientPlan):
        return frozenset()
    return frozenset(
        value.strip()
        for row in plan.rows
        for value in row.source
        if _OWN_NUMBER.fullmatch(value.strip())
    )


def batch_command(
    batch: Sequence[Planned],
    digest: str,
    number: int,
    records: tuple[object, ...],
    reserved: frozenset[str],
) -> ImportBatch:
    patients = [row for row in batch if isinstance(row, PlannedPatient)]
    events = [row for row in batch if isinstance(row, PlannedEvent)]
    return ImportBatch(
        initiator="import",
        file_digest=digest,
        batch=number,
        records=records,
        reserved_numbers=reserved,
        patients=tuple(row.values for row in patients if row.outcome == "import"),
        merges=tuple((row.person_id, row.values) for row in patients if row.merges),
        series=tuple(values for row in events for values in row.series),
        appointments=tuple(values for row in events for values in row.visits),
        time_off=tuple(values for row in events for values in row.time_off),
    )


def _merges(row: Planned) -> bool:
    return isinstance(row, PlannedPatient) and row.merges


def is_empty(command: ImportBatch) -> bool:
    return not (
        command.patients
        or command.merges
        or command.series
        or command.appointments
        or command.time_off
        or command.records
    )
