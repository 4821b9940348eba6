"""Writing rejected rows so that a person can correct them and import them again."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from pathlib import Path

from clinic_desk.domain.errors import Fault

REASON_HEADING = "Reason"
UNWRITTEN = "reject_file"
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
) -> Path:
    """Same columns plus the reason, UTF-8 with a byte-order mark so that spreadsheets read it.

    Answers where they were written. A row with the wrong number of columns is written as it is, so
    that it stays rejected until a person has put its cells right. Raises ``Fault`` when the file
    cannot be written."""
    kept = [at for at, heading in enumerate(headings) if heading != REASON_HEADING]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([*(headings[at] for at in kept), REASON_HEADING])
    for values, reason in rows:
        whole = len(values) == len(headings)
        cells = [values[at] for at in kept] if whole else values
        writer.writerow([*(guarded(value) for value in cells), reason])
    return _placed(path, out.getvalue().encode("utf-8-sig", errors="backslashreplace"))


def write_events(path: Path, header: str, events: Sequence[tuple[str, str]]) -> Path:
    """The rejected events word for word, each with its reason as a property of its own."""
    parts = [header]
    for raw, reason in events:
        lines = [line for line in raw.split("\n") if not line.startswith(_REASON)]
        body = "\n".join(lines).rstrip().removesuffix("END:VEVENT").rstrip("\n")
        parts.append(f"{body}\n{_REASON}{_escaped(reason)}\nEND:VEVENT\n")
    parts.append("END:VCALENDAR\n")
    text = "".join(parts).replace("\n", "\r\n")
    return _placed(path, text.encode("utf-8", errors="backslashreplace"))


def _placed(path: Path, data: bytes) -> Path:
    """Writes beside what is there already, never over it: somebody may be correcting it in place.
    A file that says the same serves again. Raises ``Fault`` when nothing can be written."""
    try:
        for number in itertools.count(1):
            free = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
            if not free.exists():
                free.write_bytes(data)
                return free
            if free.read_bytes() == data:
                return free
    except OSError as error:
        raise _fault(path, error) from error
    raise AssertionError("counting never ends")


def _escaped(text: str) -> str:
    for char in "\\;,":
        text = text.replace(char, f"\\{char}")
    return text.replace("\n", "\\n")


def _fault(path: Path, error: OSError) -> Fault:
    return Fault(
        UNWRITTEN,
        f"The reject file {path} cannot be written ({error.strerror}). Choose another folder.",
    )
