"""The entries of a filter as a table for others: every row with its seal, told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.audit import KIND_WORDS, told
from clinic_desk.services.audit_views import AuditWish
from clinic_desk.services.ports import Queries
from clinic_desk.ui.audit import telling

BLOCK = 500
"""Entries that are read by one question, and after which the progress is told."""

STOPPED = "stopped"

HEADINGS = (
    "Entry", "When (UTC)", "When here", "Who", "Desk", "Kind", "What", "About", "Patient id",
    "Subject id", "Before and after", "Seal",
)  # fmt: skip
USUAL_REASONS = (
    "Inspection by the authority", "A patient asked who saw their data",
    "Looking into an incident", "Yearly review",
)  # fmt: skip
Row = Sequence[str | Decimal]


def rows_of(
    queries: Queries,
    wish: AuditWish,
    teller: telling.EntryTeller,
    count: list[int],
    heard: Callable[[int, int], bool] = lambda _done, _total: True,
) -> Iterator[Row]:
    """The heading, the entries newest first, and the fingerprint of the trail. ``count`` gets how
    many entries they were; ``heard`` is told how far it is, and stops it by False, which raises
    ``Refusal("stopped")``."""
    numbers = queries.audit_index(wish)
    count[:] = [len(numbers)]
    yield HEADINGS
    for at in range(0, len(numbers), BLOCK):
        if not heard(at, len(numbers)):
            raise Refusal(STOPPED, "The export was stopped; no file was written.")
        for entry in queries.audit_entries(numbers[at : at + BLOCK]):
            line = entry.line
            changes = "; ".join(one.text.strip() for one in teller.changes(entry))
            kind, words = told(line.action)
            yield (
                Decimal(line.seq),
                f"{line.at:%Y-%m-%dT%H:%M:%SZ}",
                telling.when(line, teller.zone, teller.today),
                telling.who(line),
                line.desk,
                KIND_WORDS[kind],
                words,
                telling.about(line, teller.today),
                line.patient_id,
                line.subject_id,
                changes,
                entry.hash,
            )
    yield ("Fingerprint of the trail", queries.audit_head())


def ask_path(parent: QWidget, name: str, chosen: Callable[[Path], None]) -> QFileDialog:
    """``chosen`` gets a path that ends in .csv."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(
        parent, "Export the audit trail", str(Path(folder) / name), "Table (*.csv)"
    )
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    dialog.fileSelected.connect(lambda text: chosen(Path(text)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
