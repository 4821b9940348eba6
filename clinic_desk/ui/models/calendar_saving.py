"""Visits to an iCalendar file: where to, and how it went. Nothing blocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.exporting import Exported, ExportWish
from clinic_desk.ui.models import words
from clinic_desk.ui.runtime.context import Context

ENDING = ".ics"


def file_name(*parts: str) -> str:
    """ "Lee, Ana visits" → "lee-ana-visits.ics"."""
    plain = re.sub(r"[^\w]+", "-", " ".join(parts).lower()).strip("-")
    return f"{plain[:80] or 'calendar'}{ENDING}"


def ask_path(parent: QWidget, name: str, chosen: Callable[[Path], None]) -> QFileDialog:
    """Asks where to; ``chosen`` gets a path that ends in .ics."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, "Export visits", str(Path(folder) / name), "iCalendar (*.ics)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(ENDING.lstrip("."))
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
) -> None:
    """On a reader thread."""
    make = context.exporter
    if make is None:
        return
    context.operations.ask(
        lambda _queries: make().calendar(path, wish), done=done, failed=failed, key=None
    )


def told(made: Exported) -> str:
    """What the toast says."""
    series = f", {words.plural(made.series, 'series', 'series')} among them" if made.series else ""
    if not made.visits:
        return f"There are no visits to export; {made.path.name} is an empty calendar"
    return f"Exported {words.plural(made.visits, 'visit')}{series}: {made.path}"
