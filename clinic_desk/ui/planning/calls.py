"""The list of people to ring about an absence: looked at, printed, copied, saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMarginsF, QObject, Signal
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QTextDocument
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from clinic_desk.domain.errors import Fault
from clinic_desk.services import call_list
from clinic_desk.services.planning_views import AbsencePlan, CallRow
from clinic_desk.services.ports import Queries
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import plural
from clinic_desk.ui.runtime.operations import Operations

MARGIN = 14
"""Millimetres on each side of the paper."""

Sheet = tuple[str, tuple[CallRow, ...]]


class Calls(QObject):
    """``plan`` answers whom the list is about. ``told`` carries what was done, ``refused`` why a
    file could not be written."""

    told = Signal(str, bool)
    refused = Signal(object)

    def __init__(
        self, operations: Operations, plan: Callable[[], AbsencePlan | None], host: QWidget
    ) -> None:
        super().__init__(host)
        self._operations, self._plan, self._host = operations, plan, host
        self.preview: QPrintPreviewDialog | None = None

    def menu(self, theme: Theme) -> QMenu:
        menu = QMenu(self._host)
        for words, icon, run in (
            ("Print…", "print", self.show_preview),
            ("Save as PDF…", "save", self.ask_pdf),
            ("Copy as text", "copy", self.copy),
            ("Save as CSV…", "list", self.ask_csv),
        ):
            menu.addAction(theme.qicon(icon), words).triggered.connect(lambda _=False, r=run: r())
        return menu

    def _with_sheet(self, use: Callable[[str, tuple[CallRow, ...]], None]) -> None:
        plan = self._plan()
        if plan is None or not plan.proposals:
            self.told.emit("There is nobody to ring.", False)
            return

        def read(queries: Queries) -> Sheet:
            return call_list.title(queries.roster(), plan), call_list.call_list(queries, plan)

        self._operations.ask(
            read,
            done=lambda sheet: use(*sheet),
            failed=self.refused.emit,
            key="absence-calls",
        )

    # -- paper -------------------------------------------------------------------------------

    def show_preview(self) -> None:
        self._with_sheet(self._open_preview)

    def _open_preview(self, heading: str, rows: tuple[CallRow, ...]) -> None:
        printer = _printer()
        printer.setDocName(heading)
        preview = QPrintPreviewDialog(printer, self._host)
        preview.setWindowTitle(heading)
        preview.resize(900, 700)
        preview.paintRequested.connect(lambda at: _document(heading, rows).print_(at))
        self.preview = preview
        preview.open()

    def ask_pdf(self) -> None:
        path = self._ask("Save the call list as PDF", "PDF (*.pdf)", "calls.pdf")
        if path is not None:
            self.save_pdf(path)

    def save_pdf(self, path: Path) -> None:
        def write(heading: str, rows: tuple[CallRow, ...]) -> None:
            printer = _printer()
            printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
            printer.setOutputFileName(str(path))
            printer.setDocName(heading)
            _document(heading, rows).print_(printer)
            if path.exists() and path.stat().st_size:
                self.told.emit(f"Saved the call list as {path.name}", False)
            else:
                self._not_written(path)

        self._with_sheet(write)

    # -- text --------------------------------------------------------------------------------

    def copy(self) -> None:
        def take(heading: str, rows: tuple[CallRow, ...]) -> None:
            QGuiApplication.clipboard().setText(call_list.as_text(heading, rows))
            self.told.emit(f"Copied {plural(len(rows), 'call')}", False)

        self._with_sheet(take)

    def ask_csv(self) -> None:
        path = self._ask("Save the call list as CSV", "CSV (*.csv)", "calls.csv")
        if path is not None:
            self.save_csv(path)

    def save_csv(self, path: Path) -> None:
        def write(_heading: str, rows: tuple[CallRow, ...]) -> None:
            try:
                # with the mark by which spreadsheets know UTF-8
                path.write_text(call_list.as_csv(rows), encoding="utf-8-sig", newline="")
            except OSError:
                self._not_written(path)
            else:
                self.told.emit(f"Saved {plural(len(rows), 'call')} as {path.name}", False)

        self._with_sheet(write)

    def _ask(self, title: str, kinds: str, name: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._host, title, name, kinds)
        return Path(chosen) if chosen else None

    def _not_written(self, path: Path) -> None:
        self.refused.emit(
            Fault(
                "not_written",
                f"{path.name} could not be written there. Choose another folder.",
            )
        )


def _printer() -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(QPageLayout.Orientation.Landscape)
    edges = QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN)
    printer.setPageMargins(edges, QPageLayout.Unit.Millimeter)
    return printer


def _document(heading: str, rows: tuple[CallRow, ...]) -> QTextDocument:
    document = QTextDocument()
    document.setHtml(call_list.as_html(heading, rows))
    return document
