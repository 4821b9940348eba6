"""What an import is asked to do and what it says it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

PATIENT_FIELDS: dict[str, str] = {
    "record_number": "Record number",
    "first_name": "First name",
    "last_name": "Last name",
    "full_name": "Full name",
    "birth_date": "Date of birth",
    "mobile": "Mobile",
    "phone": "Phone",
    "email": "E-mail",
    "language": "Language",
    "consent_sms": "SMS consent",
    "notes": "Notes",
    "emergency_contact": "Emergency contact",
    "alert": "Alert",
}
"""Fields a column can be mapped to, with the words the dialog shows."""

Progress = Callable[[int, int, str], bool]
"""(rows done, rows in all, what is being done) → False asks to stop after this batch."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """``columns`` maps a source heading to a patient field and overrides the guess ("" leaves the
    column out). ``encoding`` and ``delimiter`` override what was recognised. ``region`` is the
    ISO country in which numbers without a country code are read, ``zone`` the IANA zone of diary
    times that name none; empty means the practice's. ``doctors`` maps a diary's doctor name to a
    doctor id. ``reject_dir`` is where reject files go (default: beside the source). ``one_step``:
    all of it is one undo step of this run of the program."""

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    region: str = ""
    zone: str = ""
    doctors: Mapping[str, str] = field(default_factory=dict)
    create_missing: bool = True
    reject_dir: Path | None = None
    batch_size: int = 250
    one_step: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a row that was taken in all the same, for a person to look at."""

    row: int
    code: str
    sentence: str


@dataclass(slots=True)
class FileReport:
    """Counts of one file: ``imported`` + ``merged`` + ``rejected`` = ``rows`` when it finished.

    ``clashes`` are imported visits that wait in the clash list because their place was taken.
    """

    path: Path
    kind: str
    rows: int = 0
    imported: int = 0
    merged: int = 0
    rejected: int = 0
    clashes: int = 0
    details: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    reject_file: Path | None = None
    encoding: str = ""
    delimiter: str = ""
    finished: bool = False
    error: str = ""
    fault: bool = False
    """The machine's reason, not the file's: what was rejected could not be written down."""

    @property
    def adds_up(self) -> bool:
        return self.imported + self.merged + self.rejected == self.rows

    def as_json(self) -> dict[str, object]:
        return {
            "file": str(self.path),
            "kind": self.kind,
            "rows": self.rows,
            "imported": self.imported,
            "merged": self.merged,
            "rejected": self.rejected,
            "clashes": self.clashes,
            "details": dict(self.details),
            "reject_reasons": dict(self.reasons),
            "remarks": dict(Counter(remark.code for remark in self.remarks)),
            "created": self.created,
            "reject_file": str(self.reject_file) if self.reject_file else None,
            "encoding": self.encoding,
            "finished": self.finished,
            "error": self.error,
        }


@dataclass(slots=True)
class ImportReport:
    """``run`` names the undo step (``commands.Undo``); empty when nothing was written, or when
    none was asked for."""

    files: list[FileReport] = field(default_factory=list)
    run: str = ""

    def total(self, name: str) -> int:
        return sum(int(getattr(file, name)) for file in self.files)

    @property
    def finished(self) -> bool:
        return all(file.finished for file in self.files)

    def as_json(self) -> dict[str, object]:
        return {
            "rows": self.total("rows"),
            "imported": self.total("imported"),
            "merged": self.total("merged"),
            "rejected": self.total("rejected"),
            "clashes": self.total("clashes"),
            "finished": self.finished,
            "files": [file.as_json() for file in self.files],
        }

    def sentences(self) -> list[str]:
        lines = []
        for file in self.files:
            if file.error:
                lines.append(f"{file.path.name}: {file.error}")
                continue
            done = file.imported + file.merged + file.rejected
            read = f"{file.rows} rows read" if file.finished else f"{done} of {file.rows} rows read"
            clash = f" ({file.clashes} wait in the clash list)" if file.clashes else ""
            lines.append(
                f"{file.path.name}: {read}: {file.imported} imported{clash}, "
                f"{file.merged} merged, {file.rejected} rejected."
            )
            lines.extend(
                f"    rejected {count}: {reason}" for reason, count in file.reasons.most_common()
            )
            codes = Counter(remark.code for remark in file.remarks)
            lines.extend(f"    remark {count}: {code}" for code, count in codes.most_common())
            lines.extend(f"    created: {name}" for name in file.created)
            if file.reject_file:
                lines.append(f"    to correct and import again: {file.reject_file}")
            if not file.finished:
                lines.append("    stopped before the end; start it again to go on.")
        return lines


@dataclass(frozen=True, slots=True)
class PreviewRow:
    line: int
    cells: tuple[str, ...]
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do: counts over all rows, and the first rows with their verdict, the
    rejected ones first. ``mapping`` is heading → field (lists only)."""

    path: Path
    kind: str
    headings: tuple[str, ...]
    mapping: dict[str, str]
    rows: tuple[PreviewRow, ...]
    counts: dict[str, int]
    encoding: str = ""
    delimiter: str = ""
    created: tuple[str, ...] = ()


class Importer(Protocol):
    """What the import dialog and the command line need; implemented by an adapter."""

    def preview(
        self,
        path: Path,
        options: ImportOptions | None = None,
        together: Sequence[Path] = (),
    ) -> Preview:
        """Reads and judges the whole file, writes nothing. A diary is judged as if the patient
        lists among ``together`` had been taken in. Raises ``Refusal`` or ``Fault``."""
        ...

    def run(
        self,
        paths: Sequence[Path],
        options: ImportOptions | None = None,
        progress: Progress | None = None,
    ) -> ImportReport: ...
