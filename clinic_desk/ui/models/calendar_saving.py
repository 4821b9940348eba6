"""Visits to a file, as a calendar or as a table: where to, and how it went. Nothing blocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.exporting import Exported, ExportWish
from clinic_desk.services.paper_commands import NoteHandedOn
from clinic_desk.ui.models import words
from clinic_desk.ui.models.handing_on import hand_on
from clinic_desk.ui.runtime.context import Context

ENDING = ".ics"
KINDS = {".ics": "iCalendar (*.ics)", ".csv": "Table (*.csv)"}


def file_name(*parts: str, ending: str = ENDING) -> str:
    """ "Lee, Ana visits" → "lee-ana-visits.ics"."""
    plain = re.sub(r"[^\w]+", "-", " ".join(parts).lower()).strip("-")
    return f"{plain[:80] or 'calendar'}{ending}"


def ask_path(parent: QWidget, name: str, chosen: Callable[[Path], None]) -> QFileDialog:
    """Asks where to; ``chosen`` gets a path with the ending of ``name``."""
    ending = Path(name).suffix
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, "Export", str(Path(folder) / name), KINDS[ending])
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(ending.lstrip("."))
    dialog.fileSelected.connect(lambda text: chosen(Path(text)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def write(
    context: Context,
    path: Path,
    wish: ExportWish,
    *,
    done: Callable[[Exported], None],
    failed: Callable[[ClinicDeskError], None],
    title: str = "Visits",
) -> None:
    """As a table when the path ends in .csv, else as a calendar. Noted in the history under
    ``title``."""
    make = context.exporter
    if make is None:
        return
    table = path.suffix.lower() == ".csv"
    one = next(iter(wish.visit_ids)) if wish.visit_ids and len(wish.visit_ids) == 1 else ""
    note = NoteHandedOn(
        title=title,
        kind="csv" if table else "ics",
        subject=one or wish.patient_id or wish.series_id or wish.doctor_id or "",
        rows=len(wish.visit_ids or ()),
        initiator="export",
    )
    hand_on(
        context.operations,
        note,
        lambda _queries: make().visits(path, wish) if table else make().calendar(path, wish),
        done=done,
        failed=failed,
    )


def told(made: Exported) -> str:
    """What the toast says."""
    series = f", {words.plural(made.series, 'series', 'series')} among them" if made.series else ""
    if not made.visits:
        what = "a table without rows" if made.path.suffix == ".csv" else "an empty calendar"
        return f"There are no visits to export; {made.path.name} is {what}"
    return f"Exported {words.plural(made.visits, 'visit')}{series}: {made.path}"
