"""``clinic-desk import``: files of a former program."""

from __future__ import annotations

import argparse
from pathlib import Path

from clinic_desk.app import first_run
from clinic_desk.app.answers import clinic
from clinic_desk.app.cli import FAULT, OK, REFUSED, Answer
from clinic_desk.app.container import Container
from clinic_desk.app.progress import Meter
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.import_report import PATIENT_FIELDS, ImportOptions


def import_(options: argparse.Namespace) -> Answer:
    """Exit code 1 when a row was rejected or a file could not be read to its end, 3 when what was
    rejected could not be written down."""
    missing = [path for path in options.files if not path.is_file()]
    if missing:
        raise Refusal("no_file", f"There is no file {missing[0]}.")
    asked = ImportOptions(
        columns=_columns(options.column),
        encoding=options.encoding,
        delimiter=options.delimiter,
        region=options.region,
        zone=options.zone,
        reject_dir=options.rejects,
    )
    with clinic(options, must_exist=False, person=True, takes=Permission.IMPORT) as container:
        first_run.set_up(container)
        if options.dry_run:
            return _preview(container, options.files, asked)
        with Meter("Importing") as meter:
            report = container.importer.run(options.files, asked, meter)
    wrong = report.total("rejected") or any(file.error for file in report.files)
    code = REFUSED if wrong or not report.finished else OK
    if any(file.fault for file in report.files):
        code = FAULT
    return Answer(report.as_json(), report.sentences(), code)


def _preview(container: Container, files: list[Path], asked: ImportOptions) -> Answer:
    data, lines = [], []
    for path in files:
        preview = container.importer.preview(path, asked)
        data.append(
            {
                "file": str(path),
                "kind": preview.kind,
                "counts": preview.counts,
                "columns": preview.mapping,
                "encoding": preview.encoding,
                "created": list(preview.created),
            }
        )
        counts = ", ".join(f"{number} to {word}" for word, number in preview.counts.items())
        lines.append(f"{path.name}: {counts}. Nothing was written.")
        lines += [f"    column {a} is read as {b or 'nothing'}" for a, b in preview.mapping.items()]
        lines += [
            f"    line {row.line}: {row.reason}" for row in preview.rows if row.outcome == "reject"
        ]
    return Answer({"files": data}, lines)


def _columns(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        heading, equals, field = pair.rpartition("=")
        if not equals or (field and field not in PATIENT_FIELDS):
            known = ", ".join(PATIENT_FIELDS)
            raise Refusal("bad_column", f"“{pair}” is not HEADING=FIELD with a field of: {known}.")
        columns[heading] = field
    return columns
