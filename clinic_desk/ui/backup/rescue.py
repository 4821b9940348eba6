"""When the clinic cannot be opened: what is wrong, and the ways back that need nothing but its
folder. Nobody has logged in and nobody can: what is done here is told in the audit trail at the
next log-in."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt, QTimeZone
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.services.backup_ports import (
    BackupCopy,
    BackupOverview,
    Backups,
    Repair,
    RestorePreview,
)
from clinic_desk.ui.backup.copies import CopiesModel, CopiesTable
from clinic_desk.ui.backup.restore_card import RestoreCard
from clinic_desk.ui.backup.runner import Runner
from clinic_desk.ui.backup.work_line import WorkLine
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.widgets.forms.bits import InkLabel, push

CODES = frozenset(
    {"corrupt", "not_a_database", "foreign_triggers", "clinic_missing", "disk_error", "bad_backup"}
)
"""Faults after which a backup or a repair can help."""

REASON = "The clinic’s file was damaged"
SIZE = (900, 520)
FILTER = "Backups (*.clinicdesk);;All files (*)"


class Ending(Enum):
    """How the dialog was left."""

    QUIT = "quit"
    AGAIN = "again"


def can_help(error: BaseException) -> bool:
    return isinstance(error, Fault) and error.code in CODES


def offer(theme: Theme, error: ClinicDeskError, backups: Backups) -> bool:
    """Whether the clinic should be opened again: it was restored or repaired."""
    dialog = RescueDialog(theme, error, backups)
    try:
        dialog.exec()
        return dialog.ending is Ending.AGAIN
    finally:
        dialog.runner.close()
        dialog.deleteLater()


class RescueDialog(QDialog):
    def __init__(
        self,
        theme: Theme,
        error: ClinicDeskError,
        backups: Backups,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._backups = theme, backups
        self.ending = Ending.QUIT
        self.card: RestoreCard | None = None
        self.runner = Runner(self)
        self.setWindowTitle("Clinic Desk")
        self.resize(theme.px(SIZE[0]), theme.px(SIZE[1]))
        self.head = InkLabel(
            theme, "The clinic could not be opened", role="title", bold=True, parent=self
        )
        self.words = InkLabel(theme, message_for(error).sentence, wrap=True, parent=self)
        self.answer = InkLabel(theme, wrap=True, parent=self)
        self.answer.hide()
        self.line = WorkLine(theme, self)
        self.line.stop_pressed.connect(self.runner.stop)
        self.model = CopiesModel(theme)
        self.table = CopiesTable(theme, self.model)
        self.none = InkLabel(
            theme,
            "No backup was found on this computer or at the second place. If there is one on a "
            "stick or another computer, choose its file.",
            ink="text2", wrap=True, parent=self,
        )  # fmt: skip
        self.none.hide()
        self.restore_button = push("&Restore this backup…", self, "primary")
        self.other_button = push("Restore another &file…", self)
        self.repair_button = push("&Try to repair", self)
        self.quit_button = push("&Quit", self)
        self._lay_out()
        self._connect()
        self._zone = _computer_zone()
        self.look()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.restore_button)
        row.addWidget(self.other_button)
        row.addWidget(self.repair_button)
        row.addStretch(1)
        row.addWidget(self.quit_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        for widget in (self.head, self.words, self.answer, self.line, self.none):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        column.addLayout(row)

    def _connect(self) -> None:
        self.restore_button.clicked.connect(self.restore)
        self.other_button.clicked.connect(self.choose_file)
        self.repair_button.clicked.connect(self.repair)
        self.quit_button.clicked.connect(self.reject)
        self.table.chosen.connect(self.restore)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self.runner.progressed.connect(self.line.show_progress)
        self.runner.changed.connect(self._follow)

    def look(self) -> None:
        """The copies of both places; the second may take its time."""
        backups = self._backups

        def done(seen: BackupOverview) -> None:
            copies = sorted(
                (*seen.copies, *seen.second.copies), key=lambda copy: copy.made_at, reverse=True
            )
            self.model.show(copies, self._backups.now(), self._zone)
            self.none.setVisible(not copies)
            self.table.setVisible(bool(copies))
            self.table.choose("")
            if seen.second.trouble:
                self._say(seen.second.trouble)
            self._follow()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

        self.runner.run(
            "Looking for backups…",
            lambda _progress: backups.overview(backups.plan()),
            done=done,
            failed=self._failed,
        )
        self._follow()

    def choose_file(self) -> None:
        dialog = QFileDialog(self, "Restore a backup", "", FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.restore_file)
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.open()

    def restore_file(self, path: str) -> None:
        backups = self._backups
        self.runner.run(
            "Reading the backup…",
            lambda progress: backups.preview(backups.described(path), progress),
            done=self._ask,
            failed=self._failed,
        )
        self._follow()

    def restore(self) -> None:
        copy, backups = self.table.copy(), self._backups
        if copy is None or self.runner.busy:
            return
        self.runner.run(
            "Reading the backup…",
            lambda progress: backups.preview(copy, progress),
            done=self._ask,
            failed=self._failed,
        )
        self._follow()

    def _ask(self, preview: RestorePreview) -> None:
        card = RestoreCard(
            self._theme, preview, self._backups.now(), self._zone, self, reason=REASON
        )
        card.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.card = card

        def given(reason: str) -> None:
            card.accept()
            self._put_back(preview.copy, reason)

        def ended(_result: int) -> None:
            self.card = None

        card.given.connect(given)
        card.finished.connect(ended)
        card.open()

    def _put_back(self, copy: BackupCopy, reason: str) -> None:
        backups = self._backups
        self.runner.run(
            "Restoring the backup…",
            lambda progress: backups.restore(copy, reason, None, progress),
            done=lambda _kept: self._again(),
            failed=self._failed,
        )
        self._follow()

    def repair(self) -> None:
        if self.runner.busy:
            return

        def done(found: tuple[Repair, ...]) -> None:
            bad = [one.sentence for one in found if one.state == "bad"]
            if bad:
                self._say(" ".join(bad))
                self.look()
            else:
                self._again()

        self.runner.run(
            "Checking the clinic’s file…", self._backups.repair, done=done, failed=self._failed
        )
        self._follow()

    def _again(self) -> None:
        self.ending = Ending.AGAIN
        self.accept()

    def _failed(self, error: ClinicDeskError) -> None:
        self._say(message_for(error).sentence)
        self._follow()

    def _say(self, sentence: str) -> None:
        self.answer.setText(sentence)
        self.answer.show()

    def _follow(self) -> None:
        busy, job = self.runner.busy, self.runner.job
        self.line.follow(job.what if busy and job is not None else "")
        for button in (self.other_button, self.repair_button, self.quit_button):
            button.setEnabled(not busy)
        self.restore_button.setEnabled(not busy and self.table.copy() is not None)

    def reject(self) -> None:
        """Not in the middle of the work: what is being restored is finished first."""
        if not self.runner.busy:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if self.runner.busy:
            event.ignore()
        else:
            super().closeEvent(event)


def _computer_zone() -> str:
    """The clinic's own zone is in the file that cannot be read."""
    found = bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace")
    return found or "UTC"
