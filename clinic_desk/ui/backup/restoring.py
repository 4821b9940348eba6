"""Restoring from the page: read what would change, ask, ask the gate, put back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.services.backup_commands import ApproveRestore
from clinic_desk.services.backup_ports import BackupCopy, RestorePreview
from clinic_desk.ui.backup.restore_card import RestoreCard
from clinic_desk.ui.backup.watch import BackupWatch
from clinic_desk.ui.runtime.context import Context

FILTER = "Backups (*.clinicdesk);;All files (*)"
DAMAGED = frozenset({"corrupt", "not_a_database"})
"""Codes of faults after which only a backup helps."""


class Restoring(QObject):
    """``restored`` carries where what was there is kept, ``failed`` an error, ``begun`` comes when
    something is being done. ``zone`` is the clinic's."""

    restored = Signal(str)
    failed = Signal(object)
    begun = Signal()

    def __init__(
        self, context: Context, watch: BackupWatch, zone: Callable[[], str], page: QWidget
    ) -> None:
        super().__init__(page)
        self._context, self._watch, self._zone, self._page = context, watch, zone, page
        self.card: RestoreCard | None = None

    def choose_file(self) -> None:
        dialog = QFileDialog(self._page, "Restore a backup", "", FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.from_file)
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.open()

    def from_file(self, path: str) -> None:
        """Any file that somebody chose."""
        backups = self._watch.backups
        self._read(lambda: backups.described(path))

    def of(self, copy: BackupCopy) -> None:
        self._read(lambda: copy)

    def _read(self, which: Callable[[], BackupCopy]) -> None:
        watch = self._watch
        if watch.runner.busy:
            return
        watch.runner.run(
            "Reading the backup…",
            lambda progress: watch.backups.preview(which(), progress),
            done=self._ask,
            failed=self.failed.emit,
        )
        self.begun.emit()

    def _ask(self, preview: RestorePreview) -> None:
        context = self._context
        card = RestoreCard(
            context.theme, preview, context.clock.now(), self._zone(), self._page.window()
        )
        card.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.card = card
        copy = preview.copy

        def given(reason: str) -> None:
            context.operations.run(
                ApproveRestore(backup=copy.name, reason=reason),
                done=lambda _outcome: self._put_back(copy, reason, card),
                refused=lambda error: refused(error, reason),
            )

        def refused(error: ClinicDeskError, reason: str) -> None:
            if isinstance(error, Fault) and error.code in DAMAGED:
                # nothing can be written there any more; the restore itself asks for the permission
                self._put_back(copy, reason, card)
            else:
                card.refuse(error)

        def ended(_result: int) -> None:
            self.card = None

        card.given.connect(given)
        card.finished.connect(ended)
        card.open()

    def _put_back(self, copy: BackupCopy, reason: str, card: RestoreCard) -> None:
        watch, actor = self._watch, self._context.actor
        card.accept()

        def done(kept: str) -> None:
            self._context.operations.announce_external()
            self.restored.emit(kept)
            watch.look()

        watch.runner.run(
            "Restoring the backup…",
            lambda progress: watch.backups.restore(copy, reason, actor, progress),
            done=done,
            failed=self.failed.emit,
        )
        self.begun.emit()


def kept_words(kept: str) -> str:
    """The sentence of a restore that came about."""
    said = f" What was here before is kept as {Path(kept).name}." if kept else ""
    return f"Restored.{said}"
