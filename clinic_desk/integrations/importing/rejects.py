"""Writing rejected rows so that a person can correct them and import them again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from clinic_desk.domain.errors import Fault

REASON_HEADING = "Reason"
_REASON = "X-CLINIC-DESK-REASON:"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def reject_path(source: Path, folder: Path | None) -> Path:
    return (folder or source.parent) / f"{source.stem}.rejected{source.suffix.lower() or '.csv'}"


def guarded(value: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it; the import
    takes it away again."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def write_rows(
    path: Path,
    headings: Sequence[str],
    rows: Sequence[tuple[Sequence[str], str]],
    delimiter: str,
) -> None:
    """Same columns plus the reason, UTF-8 with a byte-order mark so that spreadsheets read it.

    A row with the wrong number of columns is written as it is, so that it stays rejected until a
    person has put its cells right. Raises ``Fault`` when the file cannot be written."""
    kept = [at for at, heading in enumerate(headings) if heading != REASON_HEADING]
    try:
        with path.open("w", encoding="utf-8-sig", newline="", errors="backslashreplace") as out:
            writer = csv.writer(out, delimiter=delimiter)
            writer.writerow([*(headings[at] for at in kept), REASON_HEADING])
            for values, reason in rows:
                whole = len(values) == len(headings)
                cells = [values[at] for at in kept] if whole else values
                writer.writerow([*(guarded(value) for value in cells), reason])
    except OSError as error:
        raise _fault(path, error) from error


def write_events(path: Path, header: str, events: Sequence[tuple[str, str]]) -> None:
    """The rejected events word for word, each with its reason as a property of its own."""
    try:
        with path.open("w", encoding="utf-8", newline="\r\n", errors="backslashreplace") as out:
            out.write(header)
            for raw, reason in events:
                lines = [line for line in raw.split("\n") if not line.startswith(_REASON)]
                body = "\n".join(lines).rstrip().removesuffix("END:VEVENT").rstrip("\n")
                out.write(f"{body}\n{_REASON}{_escaped(reason)}\nEND:VEVENT\n")
            out.write("END:VCALENDAR\n")
    except OSError as error:
        raise _fault(path, error) from error


def _escaped(text: str) -> str:
    for char in "\\;,":
        text = text.replace(char, f"\\{char}")
    return text.replace("\n", "\\n")


def _fault(path: Path, error: OSError) -> Fault:
    return Fault(
        "reject_file",
        f"The reject file {path} cannot be written ({error.strerror}). Choose another folder.",
    )
