"""The list of people to ring about an absence: looked at, printed, copied, saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPdfWriter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QProgressBar, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.services import call_list
from clinic_desk.services.paper_commands import NoteHandedOn
from clinic_desk.services.planning_views import AbsencePlan, CallRow
from clinic_desk.services.ports import Queries
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import plural
from clinic_desk.ui.planning.call_sheet import draw, page_layout
from clinic_desk.ui.runtime.operations import Operations, Ticket
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.worded_menu import WordedMenu

DOTS = 300
"""Per inch, of a PDF."""

ROWS = 50
"""Calls written to a CSV between two signs of progress."""

Sheet = tuple[str, tuple[CallRow, ...]]
Share = tuple[int, int]
"""So many calls of so many."""

Write = Callable[[str, tuple[CallRow, ...], Path], Iterator[Share]]


class Calls(QObject):
    """``plan`` answers whom the list is about. ``print_requested`` carries (heading, rows) for the
    print dialog. ``told`` carries what was done, ``refused`` why a
    file could not be written. Files are written off the main thread, under another name until
    they are whole; ``progress`` carries how much of how much, twice 0 when that is over."""

    print_requested = Signal(object)
    told = Signal(str, bool)
    refused = Signal(object)
    progress = Signal(int, int)

    def __init__(
        self, operations: Operations, plan: Callable[[], AbsencePlan | None], host: QWidget
    ) -> None:
        super().__init__(host)
        self._operations, self._plan, self._host = operations, plan, host
        self._writing: Ticket | None = None

    def menu(self, theme: Theme) -> QMenu:
        menu = WordedMenu(self._host)
        for words, icon, run in (
            ("Print…", "print", self.print_list),
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

    def print_list(self) -> None:
        self._with_sheet(lambda heading, rows: self.print_requested.emit((heading, rows)))

    def ask_pdf(self) -> None:
        path = self._ask("Save the call list as PDF", "PDF (*.pdf)", "calls.pdf")
        if path is not None:
            self.save_pdf(path)

    def save_pdf(self, path: Path) -> None:
        self._save(path, _pdf, f"Saved the call list as {path.name}")

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
        self._save(path, _csv, f"Saved the call list as {path.name}")

    # -- files -------------------------------------------------------------------------------

    def stop(self) -> None:
        """Writes no further; what stood under that name before still does."""
        if self._writing is not None:
            self._writing.cancel()
            self._end()
            self.told.emit("Stopped; no file was written.", False)

    def _save(self, path: Path, write: Write, words: str) -> None:
        plan = self._plan()
        if plan is None or not plan.proposals:
            self.told.emit("There is nobody to ring.", False)
            return
        if self._writing is not None:
            return

        def work(queries: Queries, ticket: Ticket) -> Iterator[Share]:
            heading = call_list.title(queries.roster(), plan)
            rows = call_list.call_list(queries, plan)
            fresh = path.with_name(f"{path.name}.part")
            try:
                for share in write(heading, rows, fresh):
                    if ticket.cancelled:
                        return
                    yield share
                if not ticket.cancelled:
                    fresh.replace(path)
            except OSError:
                raise _not_written(path) from None
            finally:
                fresh.unlink(missing_ok=True)

        def done() -> None:
            self._end()
            self.told.emit(words, False)

        def failed(error: ClinicDeskError) -> None:
            self._end()
            self.refused.emit(error)

        kind = "csv" if write is _csv else "pdf"
        self._note("Call list of an absence", kind, len(plan.proposals))
        self.progress.emit(0, len(plan.proposals))
        self._writing = self._operations.stream(
            work, piece=lambda share: self.progress.emit(*share), finished=done, failed=failed
        )

    def _note(self, title: str, kind: str, rows: int) -> None:
        """Patients' data that leaves is told in the history."""
        note = NoteHandedOn(title=title, kind=kind, rows=rows, initiator="absence-calls")
        self._operations.run(note, refused=self.refused.emit)

    def _end(self) -> None:
        self._writing = None
        self.progress.emit(0, 0)

    def _ask(self, title: str, kinds: str, name: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._host, title, name, kinds)
        return Path(chosen) if chosen else None


class CallsBusy(QWidget):
    """While a file is written: how far it is, and a button that stops it."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self.words = Label()
        self.words.setProperty("role", "caption")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(90)
        self.bar.setAccessibleName("The call list is written")
        self.stop = push("Stop", self)
        self.stop.setProperty("density", "compact")
        self.stop.setToolTip("Write no further; no file is left behind")
        self.stop.clicked.connect(calls.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.words, self.bar, self.stop):
            row.addWidget(widget)
        calls.progress.connect(self._show)
        self.hide()

    def _show(self, done: int, number: int) -> None:
        self.setVisible(number > 0)
        self.bar.setRange(0, max(1, number))
        self.bar.setValue(done)
        self.words.setText(f"{done} of {plural(number, 'call')} written")


def below(button: QWidget, menu: QMenu) -> None:
    """Opens a menu at the lower edge of its button, where the button's words begin."""
    corner = button.rect().bottomLeft()
    if button.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        corner = button.rect().bottomRight() - QPoint(menu.sizeHint().width(), 0)
    menu.popup(button.mapToGlobal(corner))
    menu.setActiveAction(menu.actions()[0])


def _not_written(path: Path) -> Fault:
    return Fault("not_written", f"{path.name} could not be written there. Choose another folder.")


def _csv(_heading: str, rows: tuple[CallRow, ...], path: Path) -> Iterator[Share]:
    # with the mark by which spreadsheets know UTF-8
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        for number, part in enumerate(call_list.as_csv(rows).splitlines(keepends=True)):
            file.write(part)
            if number % ROWS == 0:
                yield number, len(rows)


def _pdf(heading: str, rows: tuple[CallRow, ...], path: Path) -> Iterator[Share]:
    """Raises ``OSError`` when the file cannot be written."""
    path.touch()
    writer = QPdfWriter(str(path))
    writer.setResolution(DOTS)
    writer.setTitle(heading)
    writer.setCreator("Clinic Desk")
    writer.setPageLayout(page_layout())
    for number in draw(writer, heading, rows):
        yield number, len(rows)
    if not path.stat().st_size:
        raise OSError(path)
