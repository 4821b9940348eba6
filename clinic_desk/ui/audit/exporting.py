"""The entries of a filter as a table for others: every row with its seal, told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from clinic_desk.services.audit import KIND_WORDS, told
from clinic_desk.services.audit_views import AuditWish
from clinic_desk.services.ports import Queries
from clinic_desk.ui.audit import telling

BLOCK = 500
MOST_TOLD = 20_000
"""Entries whose changes are written out; in a longer list they would take minutes."""

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
    queries: Queries, wish: AuditWish, teller: telling.EntryTeller, count: list[int]
) -> Iterator[Row]:
    """The heading, the entries newest first, and the fingerprint of the trail. ``count`` gets how
    many entries they were."""
    numbers = queries.audit_index(wish)
    count[:] = [len(numbers)]
    yield HEADINGS
    whole = len(numbers) <= MOST_TOLD
    for at in range(0, len(numbers), BLOCK):
        part = numbers[at : at + BLOCK]
        for line in queries.audit_lines(part):
            changes, seal = "", ""
            if whole:
                entry = queries.audit_entry(line.seq)
                changes = "; ".join(one.text.strip() for one in teller.changes(entry))
                seal = entry.hash
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
                seal,
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
