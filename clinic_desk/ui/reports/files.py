"""A report to a file: where to, the note in the history, the writing off the main thread."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from clinic_desk.services.day_views import Report
from clinic_desk.services.exporting import Exporter
from clinic_desk.services.report_commands import NoteExport
from clinic_desk.ui.reports import paper
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import long_day

KINDS = {"csv": "CSV table (*.csv)", "xlsx": "Excel workbook (*.xlsx)", "pdf": "PDF (*.pdf)"}


class Files(QObject):
    """``saved`` carries the sentence for the toast, ``failed`` the ``ClinicDeskError``."""

    saved = Signal(str)
    failed = Signal(object)

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self.dialog: QFileDialog | None = None

    def ask(self, report: Report, kind: str) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        start = str(Path(folder) / file_name(report, kind))
        dialog = QFileDialog(self._page, f"Export {report.title.lower()}", start, KINDS[kind])
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.fileSelected.connect(lambda text: self.write(report, kind, Path(text)))
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()

    def write(self, report: Report, kind: str, path: Path) -> None:
        """Whoever may not export is told so, and nothing is written."""
        make = self._context.exporter
        if make is None:
            return
        path = path if path.suffix.lower() == f".{kind}" else path.with_name(f"{path.name}.{kind}")
        note = NoteExport(
            title=report.title,
            first=report.wish.first,
            last=report.wish.last,
            kind=kind,
            rows=len(report.rows),
            initiator="reports-page",
        )
        if kind == "pdf":
            image = paper.picture(report, self._context.theme)
            family = self._context.theme.font("body").family()
            day = long_day(self._context.clock.now().date())
            made = f"made {day} by {self._context.actor.name}"

            def work(exporter: Exporter) -> Path:
                return exporter.file(path, paper.pdf(report, image, family, made))
        else:

            def work(exporter: Exporter) -> Path:
                return exporter.report(path, report)

        self._context.operations.run(
            note,
            done=lambda _outcome: self._write(lambda: work(make())),
            refused=self.failed.emit,
        )

    def _write(self, work: Callable[[], Path]) -> None:
        self._context.operations.ask(
            lambda _queries: work(),
            done=lambda made: self.saved.emit(f"Saved {made}"),
            failed=self.failed.emit,
        )


def file_name(report: Report, kind: str) -> str:
    """ "utilisation-by-doctor-2026-11-01-to-2026-11-30.csv"."""
    plain = re.sub(r"[^\w]+", "-", report.title.lower()).strip("-")[:80]
    return f"{plain}-{report.wish.first}-to-{report.wish.last}.{kind}"
