"""Import a clinic's former lists and diary: choose, look, import, correct.

Nothing is written before *Import* is pressed. The work runs on a thread of its own; the desk goes
on meanwhile, and *Stop* ends it after the batch under way.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.commands import Undo
from clinic_desk.services.import_report import Importer, ImportOptions, ImportReport, Preview
from clinic_desk.services.outcome import Outcome
from clinic_desk.ui.importing.job import ImportJob
from clinic_desk.ui.importing.mapping_row import MappingRow
from clinic_desk.ui.importing.preview_table import PreviewModel
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.worded import WordedButton

_PATH = Qt.ItemDataRole.UserRole

WELCOME = (
    "Choose a patient list (.csv) or a diary (.ics), or drop files here. "
    "Nothing is written until you press Import."
)


class ImportDialog(QDialog):
    """``clashes_requested`` asks the window to open the clash list. ``running`` tells when an
    import begins and when it has ended. ``report`` is what the last import said, None before and
    while one runs."""

    clashes_requested = Signal()
    running = Signal(bool)

    def __init__(self, context: Context, importer: Importer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import patients and diary")
        self.setAcceptDrops(True)
        self.resize(960, 640)
        self._context = context
        self._job = ImportJob(importer, self)
        self._mappings: dict[Path, dict[str, str]] = {}
        self._running = self._taking_back = False
        self._reject_folder: Path | None = None
        self.report: ImportReport | None = None
        self._build()
        self._connect()
        self._refresh_buttons()

    # ── what a person can do ────────────────────────────────────────────────────────────────

    def add_files(self, paths: list[Path]) -> None:
        known = {self.files.item(row).data(_PATH) for row in range(self.files.count())}
        for path in paths:
            if path in known:
                continue
            item = QListWidgetItem(path.name)
            item.setData(_PATH, path)
            item.setToolTip(as_text(str(path)))
            self.files.addItem(item)
        if paths:
            self.files.setCurrentRow(self.files.count() - 1)
        self._refresh_buttons()

    def start(self) -> None:
        if self._running or not self.files.count():
            return
        self._begin("Reading the files …")
        self.report = None
        self._job.run(self._paths(), self._options(None))

    def take_back(self) -> None:
        """All that the last import wrote, in one step, or nothing of it."""
        run = self.report.run if self.report is not None else ""
        if self._running or not run:
            return
        self._taking_back = True
        self._begin("Taking the import back …")

        def done(_outcome: Outcome) -> None:
            self._ended()
            if self.report is not None:
                self.report.run = ""
            self._say("The import was taken back. The files can be imported again.")

        def refused(error: ClinicDeskError) -> None:
            self._ended()
            self._say(f"{error}\n\nNothing was taken back.")
            self._take_back.show()

        self._context.operations.run(Undo(run=run, initiator="import"), done=done, refused=refused)

    def preview_rows(self) -> int:
        """How many rows the preview shows."""
        return self._model.rowCount()

    # ── building ────────────────────────────────────────────────────────────────────────────

    def _build(self) -> None:
        self.files = QListWidget()
        self.files.setAccessibleName("Files to import")
        self.files.setMaximumWidth(260)
        self._add = WordedButton("Choose &files…")
        self._remove = QPushButton("&Take off the list")
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.files, 1)
        left.addWidget(self._add)
        left.addWidget(self._remove)

        self._summary = Label(WELCOME)
        self._summary.setWordWrap(True)
        self._mapping = MappingRow()
        self._model = PreviewModel(self._context.theme, self)
        self._table = QTableView()
        self._table.setModel(self._model)
        self._table.setAccessibleName("Preview of the file, rejected rows first")
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setWordWrap(False)
        self._table.horizontalHeader().setStretchLastSection(True)
        look = QWidget()
        column = QVBoxLayout(look)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._summary)
        column.addWidget(self._mapping)
        column.addWidget(self._table, 1)

        self._result = QPlainTextEdit()
        self._result.setReadOnly(True)
        self._result.setAccessibleName("Result of the import")
        self._pages = QStackedWidget()
        self._pages.addWidget(look)
        self._pages.addWidget(self._result)

        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.hide()
        self._progress_words = Label()
        self._progress_words.setProperty("role", "muted")
        self._progress_words.hide()
        self._import = QPushButton("&Import")
        self._import.setProperty("kind", "primary")
        self._import.setDefault(True)
        self._stop = QPushButton("&Stop")
        self._folder = QPushButton("Open folder of &rejected rows")
        self._clashes = QPushButton("Open c&lash list")
        self._take_back = QPushButton("Take back this i&mport")
        self._close = QPushButton("&Close")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._folder)
        buttons.addWidget(self._clashes)
        buttons.addWidget(self._take_back)
        buttons.addWidget(self._progress_words)
        buttons.addWidget(self._progress, 1)
        buttons.addStretch()
        for button in (self._stop, self._close, self._import):
            buttons.addWidget(button)

        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addLayout(left)
        middle.addWidget(self._pages, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.setSpacing(16)
        outer.addLayout(middle, 1)
        outer.addLayout(buttons)

    def _connect(self) -> None:
        self._add.clicked.connect(self._choose)
        self._remove.clicked.connect(self._take_off)
        self.files.currentItemChanged.connect(self._look_at_current)
        self._mapping.changed.connect(self._mapping_changed)
        self._import.clicked.connect(self.start)
        self._stop.clicked.connect(self._ask_stop)
        self._close.clicked.connect(self.reject)
        self._folder.clicked.connect(self._open_folder)
        # out of the way first: the list leads on to the finder in the window behind
        self._clashes.clicked.connect(self.reject)
        self._clashes.clicked.connect(self.clashes_requested)
        self._take_back.clicked.connect(self.take_back)
        self._job.previewed.connect(self._show_preview)
        self._job.preview_failed.connect(self._show_unreadable)
        self._job.progressed.connect(self._show_progress)
        self._job.finished.connect(self._show_report)
        self._job.failed.connect(self._show_failure)

    # ── reactions ───────────────────────────────────────────────────────────────────────────

    def _choose(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(
            self,
            "Choose files to import",
            "",
            "Patient lists and diaries (*.csv *.txt *.tsv *.ics);;All files (*)",
        )
        self.add_files([Path(name) for name in names])

    def _take_off(self) -> None:
        item = self.files.takeItem(self.files.currentRow())
        if item is not None:
            self._mappings.pop(item.data(_PATH), None)
        self._refresh_buttons()

    def _look_at_current(self) -> None:
        path = self._current()
        self._pages.setCurrentIndex(0)
        self._model.show(None)
        if path is not None:
            self._summary.setText(f"Reading {path.name} …")
            self._job.preview(path, self._options(path), self._paths())

    def _mapping_changed(self) -> None:
        path = self._current()
        if path is not None:
            self._mappings[path] = self._mapping.mapping()
            self._job.preview(path, self._options(path), self._paths())

    def _show_preview(self, preview: Preview) -> None:
        if preview.path != self._current():
            return
        counts = preview.counts
        total = sum(counts.values())
        text = (
            f"{preview.path.name}: {total} rows. {counts['import']} would be imported, "
            f"{counts['merge']} are already there or the same person, "
            f"{counts['reject']} would be rejected and written to a file to correct."
        )
        if preview.kind == "patients":
            text += f" Read as {preview.encoding}, columns separated by “{preview.delimiter}”."
        if preview.created:
            text += " New: " + "; ".join(preview.created) + "."
        self._summary.setText(text)
        self._mapping.show_guess(preview)
        self._mapping.setVisible(preview.kind == "patients")
        self._model.show(preview)
        self._table.setColumnWidth(0, 100)
        self._table.setColumnWidth(1, 320)

    def _show_unreadable(self, path: Path, sentence: str) -> None:
        if path == self._current():
            self._summary.setText(sentence)

    def _show_progress(self, done: int, total: int, sentence: str) -> None:
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        self._progress_words.setText(f"{sentence}: {done:,} of {total:,}")

    def _show_report(self, report: ImportReport) -> None:
        self._ended()
        self.report = report
        total = (
            f"{report.total('rows')} rows read: {report.total('imported')} imported, "
            f"{report.total('merged')} merged, {report.total('rejected')} rejected."
        )
        self._result.setPlainText("\n".join([total, "", *report.sentences()]))
        self._pages.setCurrentWidget(self._result)
        self._reject_folder = next(
            (file.reject_file.parent for file in report.files if file.reject_file), None
        )
        self._folder.setVisible(self._reject_folder is not None)
        self._clashes.setVisible(report.total("clashes") > 0)
        self._take_back.setVisible(bool(report.run))

    def _show_failure(self, sentence: str) -> None:
        self._ended()
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self._result.setPlainText(sentence)
        self._pages.setCurrentWidget(self._result)

    def _ask_stop(self) -> None:
        if self._taking_back:
            return  # it is one step, and over soon
        self._job.stop()
        self._progress_words.setText("Stopping after this batch …")

    def _open_folder(self) -> None:
        if self._reject_folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._reject_folder)))

    # ── small things ────────────────────────────────────────────────────────────────────────

    def _begin(self, words: str) -> None:
        self._running = True
        self._progress.setRange(0, 0)
        self._progress_words.setText(words)
        self._progress.show()
        self._progress_words.show()
        self._refresh_buttons()
        self.running.emit(True)

    def _ended(self) -> None:
        self._running = self._taking_back = False
        self.running.emit(False)
        self._progress.hide()
        self._progress_words.hide()
        self._refresh_buttons()
        self._context.operations.announce_external()

    def _refresh_buttons(self) -> None:
        some = self.files.count() > 0
        self._import.setEnabled(some and not self._running)
        self._remove.setEnabled(some and not self._running)
        self._add.setEnabled(not self._running)
        self._stop.setVisible(self._running and not self._taking_back)
        self._folder.hide()
        self._clashes.hide()
        self._take_back.hide()

    def _options(self, path: Path | None) -> ImportOptions:
        if path is not None:
            return ImportOptions(columns=self._mappings.get(path, {}))
        merged: dict[str, str] = {}
        for columns in self._mappings.values():
            merged.update(columns)
        return ImportOptions(columns=merged, one_step=True)

    def _paths(self) -> list[Path]:
        return [self.files.item(row).data(_PATH) for row in range(self.files.count())]

    def _current(self) -> Path | None:
        item = self.files.currentItem()
        path = item.data(_PATH) if item is not None else None
        return path if isinstance(path, Path) else None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        self.add_files([Path(url.toLocalFile()) for url in event.mimeData().urls()])

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        if self._running:
            self._ask_stop()
            event.ignore()
            return
        super().closeEvent(event)

    def reject(self) -> None:
        """Close, Esc and the title bar alike; an import under way is stopped first."""
        if self._running:
            self._ask_stop()
            return
        self._job.shutdown()
        if self.report is not None:
            self._begin_anew()
        super().reject()

    def _begin_anew(self) -> None:
        """What was imported is done with: the next import starts with an empty list."""
        self.report = None
        self.files.clear()
        self._mappings.clear()
        self._refresh_buttons()
        self._pages.setCurrentIndex(0)
        self._summary.setText(WELCOME)
