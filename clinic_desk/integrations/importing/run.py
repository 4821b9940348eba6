"""Running an import: plan each file, write it batch by batch, hand back what was not taken in.

Each batch is one command through the write gate, so a killed import leaves whole batches, and
starting it again goes on: what is there already counts as merged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfoNotFoundError

from clinic_desk.domain.errors import ClinicDeskError, Fault, Refusal
from clinic_desk.domain.ids import Clock, IdFactory
from clinic_desk.domain.spans import zone as zone_named
from clinic_desk.integrations.importing import rejects
from clinic_desk.integrations.importing.batches import (
    ImportStep,
    Planned,
    batch_command,
    batches,
    is_empty,
    own_numbers,
)
from clinic_desk.integrations.importing.clinic import ClinicMap
from clinic_desk.integrations.importing.csv_source import read_table
from clinic_desk.integrations.importing.identity import People
from clinic_desk.integrations.importing.patients import known_region
from clinic_desk.integrations.importing.plan_diary import (
    DiaryPlan,
    PlannedEvent,
    main_zone,
    plan_diary,
)
from clinic_desk.integrations.importing.plan_patients import (
    NUMBER_IN_USE,
    PatientPlan,
    PlannedPatient,
    number_in_use,
    plan_patients,
)
from clinic_desk.services.commands import Command, ImportBatch, ImportCounts
from clinic_desk.services.import_report import (
    FileReport,
    ImportOptions,
    ImportReport,
    Preview,
    PreviewRow,
    Progress,
    Remark,
)
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.ports import Queries

KINDS = {".csv": "patients", ".txt": "patients", ".tsv": "patients", ".ics": "diary"}
PREVIEW_ROWS = 50


class Gate(Protocol):
    def execute(self, command: Command) -> Outcome: ...


class FileImporter:
    """``services.import_report.Importer`` for files on this computer."""

    def __init__(self, gate: Gate, queries: Queries, clock: Clock, new_id: IdFactory) -> None:
        self._gate = gate
        self._queries = queries
        self._clock = clock
        self._new_id = new_id

    def preview(
        self,
        path: Path,
        options: ImportOptions | None = None,
        together: Sequence[Path] = (),
    ) -> Preview:
        return preview(
            path,
            self._queries,
            now=self._clock.now(),
            new_id=self._new_id,
            options=options,
            together=together,
        )

    def run(
        self,
        paths: Sequence[Path],
        options: ImportOptions | None = None,
        progress: Progress | None = None,
    ) -> ImportReport:
        return import_files(
            paths,
            self._gate,
            self._queries,
            now=self._clock.now(),
            new_id=self._new_id,
            options=options,
            progress=progress,
        )


def import_files(
    paths: Sequence[Path],
    gate: Gate,
    queries: Queries,
    *,
    now: datetime,
    new_id: IdFactory,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Lists before diaries, whatever their order: visits need their patients. A file that cannot
    be read is reported in its own ``error`` and does not stop the others. Raises ``Refusal`` for a
    named column that no list has."""
    options = options or ImportOptions()
    _check_named(paths, options)
    report = ImportReport()
    step = ImportStep(new_id() if options.one_step else "")
    for path in sorted(paths, key=lambda path: _kind(path) == "diary"):
        file = FileReport(path, _kind(path))
        report.files.append(file)
        try:
            _import_file(file, gate, queries, now, new_id, options, progress, step)
        except ClinicDeskError as error:
            file.error = str(error)
            file.fault = isinstance(error, Fault) and error.code == rejects.UNWRITTEN
    report.run = step.run if step.files else ""
    return report


def preview(
    path: Path,
    queries: Queries,
    *,
    now: datetime,
    new_id: IdFactory,
    options: ImportOptions | None = None,
    together: Sequence[Path] = (),
) -> Preview:
    """A diary is judged as if the lists among ``together`` had been taken in before it. Raises
    ``Refusal`` or ``Fault`` when the file cannot be read as a list or a diary."""
    options = options or ImportOptions()
    people = People(queries.patient_identities())
    if _kind(path) == "diary":
        for other in together:
            if _kind(other) == "patients":
                with suppress(ClinicDeskError):  # it says so in its own preview
                    _plan(other, queries, now, new_id, options, people)
    plan, clinic = _plan(path, queries, now, new_id, options, people)
    counts = {"import": 0, "merge": 0, "reject": 0}
    for row in plan.rows:
        counts[row.outcome] += 1
    if isinstance(plan, PatientPlan):
        rows = [
            PreviewRow(row.line, row.source, row.outcome, row.reason or _remarks(row))
            for row in plan.rows
        ]
        headings, mapping = plan.table.headings, plan.mapping
        encoding, delimiter = plan.table.encoding, plan.table.delimiter
    else:
        rows = [
            PreviewRow(row.event.number, _event_cells(row), row.outcome, row.reason)
            for row in plan.rows
        ]
        headings, mapping = ("Start", "Summary", "Doctor", "Record no"), {}
        encoding, delimiter = "utf-8", ""
    rows.sort(key=lambda row: row.outcome != "reject")
    shown = rows[:PREVIEW_ROWS]
    return Preview(
        path,
        _kind(path),
        headings,
        mapping,
        tuple(shown),
        counts,
        encoding,
        delimiter,
        tuple(clinic.created) if clinic else (),
    )


def _import_file(
    file: FileReport,
    gate: Gate,
    queries: Queries,
    now: datetime,
    new_id: IdFactory,
    options: ImportOptions,
    progress: Progress | None,
    step: ImportStep,
) -> None:
    plan, clinic = _plan(file.path, queries, now, new_id, options)
    file.rows = len(plan.rows)
    digest = hashlib.sha256(file.path.read_bytes()).hexdigest()
    records: tuple[object, ...] = tuple(clinic.records) if clinic else ()
    file.created = list(clinic.created) if clinic else []
    if isinstance(plan, PatientPlan):
        file.encoding, file.delimiter = plan.table.encoding, plan.table.delimiter
    reserved = own_numbers(plan)
    done = 0
    stopped = False
    for number, batch in enumerate(batches(plan, options.batch_size)):
        command = batch_command(batch, digest, number, records, reserved)
        records = ()
        counts = _written(gate, step.joined(command, file.path, batch))
        for row in batch:
            _count(file, row, counts)
        done += len(batch)
        if progress is not None and not progress(done, file.rows, f"Importing {file.path.name}"):
            stopped = done < file.rows
            break
    file.finished = not stopped
    _write_rejects(file, plan, options, done)


def _plan(
    path: Path,
    queries: Queries,
    now: datetime,
    new_id: IdFactory,
    options: ImportOptions,
    people: People | None = None,
) -> tuple[PatientPlan | DiaryPlan, ClinicMap | None]:
    kind = _kind(path)
    if not kind:
        raise Refusal(
            "unknown_file", f"{path.name} is neither a patient list (.csv) nor a diary (.ics)."
        )
    if not path.is_file():
        raise Fault("unreadable", f"There is no file {path}.")
    roster = queries.roster()
    _check_options(options)
    people = people or People(queries.patient_identities())
    if kind == "patients":
        today = now.astimezone(zone_named(roster.practice.zone)).date()
        region = roster.practice.phone_country
        patients = plan_patients(path, people, options, region=region, today=today, new_id=new_id)
        if not {"last_name", "first_name", "full_name"} & set(patients.mapping.values()):
            raise Refusal(
                "no_names",
                f"No column of {path.name} was recognised as a name. Say which column is which.",
            )
        return patients, None
    zone = options.zone or main_zone(path, roster.practice.zone)
    clinic = ClinicMap(
        roster, new_id, zone=zone, doctors=options.doctors, create_missing=options.create_missing
    )
    known = queries.import_keys()
    return plan_diary(path, people, clinic, known, zone=zone, now=now, new_id=new_id), clinic


def _check_options(options: ImportOptions) -> None:
    """Raises ``Refusal``: with a zone or country that is none every row would be rejected."""
    try:
        zone_named(options.zone or "UTC")
    except ZoneInfoNotFoundError:
        raise Refusal(
            "bad_zone", f"“{options.zone}” is no time zone; use a name such as Europe/London."
        ) from None
    if options.region and not known_region(options.region):
        raise Refusal(
            "bad_region", f"“{options.region}” is no country; use two letters such as GB."
        )


def _check_named(paths: Sequence[Path], options: ImportOptions) -> None:
    """Raises ``Refusal``: a heading that no list has is a slip, and its field would go missing."""
    if not options.columns:
        return
    known: dict[str, None] = {}
    for path in paths:
        if _kind(path) == "patients":
            try:
                table = read_table(path, encoding=options.encoding, delimiter=options.delimiter)
            except ClinicDeskError:
                return  # it is reported with its file
            known.update(dict.fromkeys(table.headings))
    for heading in options.columns:
        if known and heading not in known:
            there = ", ".join(known)
            raise Refusal("bad_column", f"There is no column “{heading}”; there are: {there}.")


def _written(gate: Gate, command: ImportBatch) -> ImportCounts:
    if is_empty(command):
        return ImportCounts()
    counts = gate.execute(command).value
    if not isinstance(counts, ImportCounts):
        raise TypeError("an import batch answers its counts")
    return counts


def _count(file: FileReport, row: Planned, counts: ImportCounts) -> None:
    if isinstance(row, PlannedPatient) and row.values.get("record_number") in counts.taken_numbers:
        row.outcome, row.code, row.reason = "reject", NUMBER_IN_USE, number_in_use(row.values)
    line = row.line if isinstance(row, PlannedPatient) else row.event.number
    if row.outcome == "reject":
        file.rejected += 1
        file.reasons[row.code] += 1
        return
    file.remarks.extend(Remark(line, code, sentence) for code, sentence in row.remarks)
    if row.outcome == "merge":
        file.merged += 1
        file.details[row.code] += 1
        return
    if isinstance(row, PlannedPatient):
        if row.values.get("record_number") in counts.skipped_keys:
            file.merged += 1
        else:
            file.imported += 1
            file.details["patients"] += 1
        return
    keys = [str(values["import_key"]) for values in row.visits]
    skipped = {*counts.skipped_keys}
    leave = [str(values["id"]) for values in row.time_off]
    if (keys or leave) and skipped.issuperset((*keys, *leave)) and not row.series:
        file.merged += 1
        return
    file.imported += 1
    clashes = sum(key in counts.contested_keys for key in keys)
    file.clashes += clashes
    file.details["visits"] += len(keys)
    file.details["cancelled"] += row.event.cancelled
    file.details["series"] += len(row.series)
    file.details["leave"] += len(row.time_off)
    if clashes:
        file.remarks.append(
            Remark(line, "clash", "Its place was taken; it waits in the clash list.")
        )


def _write_rejects(
    file: FileReport, plan: PatientPlan | DiaryPlan, options: ImportOptions, done: int
) -> None:
    path = rejects.reject_path(file.path, options.reject_dir)
    refused = [row for row in plan.rows[:done] if row.outcome == "reject"]
    if not refused:
        return
    if isinstance(plan, PatientPlan):
        file.reject_file = rejects.write_rows(
            path,
            plan.table.headings,
            [(row.source, row.reason) for row in refused if isinstance(row, PlannedPatient)],
            plan.table.delimiter,
        )
    else:
        file.reject_file = rejects.write_events(
            path,
            plan.diary.header,
            [(row.event.raw, row.reason) for row in refused if isinstance(row, PlannedEvent)],
        )


def _kind(path: Path) -> str:
    return KINDS.get(path.suffix.lower(), "")


def _remarks(row: PlannedPatient) -> str:
    return " ".join(sentence for _, sentence in row.remarks)


def _event_cells(row: PlannedEvent) -> tuple[str, ...]:
    event = row.event
    start = event.start.astimezone(zone_named(event.zone)) if event.start and event.zone else None
    when = f"{start:%a %d %b %Y %H:%M}" if start else ""
    return (when, event.summary, event.doctor, event.record_number)
