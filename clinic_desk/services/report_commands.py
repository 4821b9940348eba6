"""That a report left the program as a file is told in the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.command import Command

EXPORT_KEY = "reports.last_export"
"""A setting of the clinic; each change of it is an event with who and when."""

FORMATS = ("csv", "xlsx", "pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteExport(Command, by="report_notes:note", needs=Permission.REPORTS):
    """``title`` and the period of the report that is about to be written as ``kind``. Value:
    the key of the note."""

    title: str
    first: date
    last: date
    kind: str
    rows: int

    def takes(self) -> Iterator[Permission]:
        yield from (Permission.REPORTS, Permission.EXPORT)


def check(kind: str) -> None:
    """Raises ``Refusal`` for what is no kind of file."""
    if kind not in FORMATS:
        raise Refusal("bad_format", f"A report is written as {', '.join(FORMATS)}.", field="kind")
