"""The page of the backups: how old the last good one is, the plan, both places, every copy, and
what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.backup_commands import NoteBackup
from clinic_desk.services.backup_ports import (
    MANUAL,
    BackupOverview,
    CheckedCopy,
    MadeBackup,
    Repair,
    SecondPlace,
)
from clinic_desk.services.encryption import SealedBackups
from clinic_desk.ui.backup.copies import CopiesModel, CopiesTable
from clinic_desk.ui.backup.places import HerePanel, SecondPanel
from clinic_desk.ui.backup.readable import ReadableLine, seal, sealed_words
from clinic_desk.ui.backup.restore_card import RestoreCard
from clinic_desk.ui.backup.restoring import Restoring, kept_words
from clinic_desk.ui.backup.watch import BackupWatch
from clinic_desk.ui.backup.work_line import WorkLine
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.allowed import shut, why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.settings import Settings
from clinic_desk.ui.runtime.wording import Message, Tone, message_for
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.widgets.page import Page


class BackupPage(Page):
    """``furnish_backups`` gives it the window's own watch; until then nothing is offered."""

    key_hints = (
        ("Ctrl+S", "Back up now"), ("Enter", "Restore…"), ("F5", "Look again"),
        ("Esc", "Back to the calendar"),
    )  # fmt: skip
    wide = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Backup", parent)
        self.context = context
        theme = context.theme
        self.watch: BackupWatch | None = None
        self.settings: Settings | None = None
        self.seen: BackupOverview | None = None
        self.restoring: Restoring | None = None
        self._chosen = ""
        self._looking = self._again = False
        self.source = RosterSource(context.operations, self)
        self.now_button = push(" &Back up now", self, "primary")
        self.repair_button = push("Check and re&pair", self)
        self.here = HerePanel(theme, self)
        self.second = SecondPanel(theme, self)
        self.readable = ReadableLine(theme, self)
        self.line = WorkLine(theme, self)
        self.model = CopiesModel(theme)
        self.table = CopiesTable(theme, self.model)
        self.none = InkLabel(theme, "There is no backup yet.", ink="text2", parent=self)
        self.verify_button = push("&Verify", self)
        self.restore_button = push("&Restore…", self)
        self.other_button = push("Restore another &file…", self)
        self._lay_out()
        self._connect()
        why = why_not(context.actor, Permission.BACKUP)
        self._may = not why
        if why:
            shut((self.now_button, self.restore_button, self.other_button), why)
            shut((self.repair_button,), why)
        may_set = why_not(context.actor, Permission.EDIT_SETTINGS)
        if may_set:
            shut((self.here.change, self.second.choose), may_set)
            shut((self.readable.seal, self.readable.delete), may_set)
        self._may_seal = not may_set
        self.setFocusProxy(self.table)

    def _lay_out(self) -> None:
        self.buttons.addWidget(self.repair_button)
        self.buttons.addWidget(self.now_button)
        places = QHBoxLayout()
        places.setSpacing(12)
        places.addWidget(self.here, 1)
        places.addWidget(self.second, 1)
        self.body.addLayout(places)
        self.body.addWidget(self.readable)
        self.body.addWidget(self.line)
        self.body.addWidget(self.none)
        self.body.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.restore_button, self.verify_button, self.other_button):
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.now_button.setIcon(self.theme.qicon("backup", self.theme.tokens.on_accent))

    def _connect(self) -> None:
        self.now_button.clicked.connect(self.back_up)
        self.repair_button.clicked.connect(self.repair)
        self.verify_button.clicked.connect(self.verify)
        self.restore_button.clicked.connect(self.restore)
        self.other_button.clicked.connect(self.choose_file)
        self.table.chosen.connect(self.restore)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self.here.change.clicked.connect(lambda: self.page_requested.emit("settings", "backup"))
        self.readable.seal.clicked.connect(self.seal)
        self.readable.delete.clicked.connect(
            lambda: self.page_requested.emit("settings", "encryption")
        )
        self.here.folder.clicked.connect(self._open_folder)
        self.second.choose.clicked.connect(self.choose_second)
        self.second.test.clicked.connect(self.test_second)
        self.line.stop_pressed.connect(self._stop)
        self.source.changed.connect(self._show)

    def furnish_backups(self, watch: BackupWatch, settings: Settings) -> None:
        """Once, by the window."""
        self.watch, self.settings = watch, settings
        self.restoring = Restoring(self.context, watch, lambda: self.source.zone, self)
        self.restoring.restored.connect(self._restored)
        self.restoring.failed.connect(self._failed)
        self.restoring.begun.connect(self._follow)
        watch.told.connect(self._told)
        watch.made.connect(lambda _made: self.look())
        watch.runner.progressed.connect(self.line.show_progress)
        watch.runner.changed.connect(self._follow)
        settings.changed.connect(self._on_setting)
        self._follow()

    def _stop(self) -> None:
        if self.watch is not None:
            self.watch.runner.stop()

    @property
    def card(self) -> RestoreCard | None:
        """The question that is on the screen."""
        return self.restoring.card if self.restoring is not None else None

    # looking

    def open(self, what: object = None) -> None:  # noqa: ARG002
        self.message.clear()
        self.look()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def look(self) -> None:
        """Reads the folders anew; the second place may take its time."""
        watch = self.watch
        if watch is None:
            return
        if self._looking:
            self._again = True
            return
        self._looking = True
        plan = watch.plan

        def done(seen: BackupOverview) -> None:
            self._looked()
            self.seen = seen
            self._show()

        def failed(error: ClinicDeskError) -> None:
            self._looked()
            self.message.show_message(message_for(error))

        watch.runner.run(
            "", lambda _progress: watch.backups.overview(plan), done=done, failed=failed, quiet=True
        )

    def _looked(self) -> None:
        self._looking = False
        if self._again:
            self._again = False
            self.look()

    def _told(self) -> None:
        if self.watch is not None and self.seen is not None:
            self._show_places()

    def _show(self) -> None:
        if self.seen is None:
            return
        kept = self.table.copy()
        copies = sorted(
            (*self.seen.copies, *self.seen.second.copies),
            key=lambda copy: (copy.made_at, copy.place == "here"),
            reverse=True,
        )
        now, zone = self.context.clock.now(), self.source.zone
        self.model.show(copies, now, zone, sealed=self.seen.sealed)
        self.readable.tell(self.seen.readable)
        self.none.setVisible(not copies)
        self.table.setVisible(bool(copies))
        chosen = kept.path if kept is not None else ""
        if any(copy.path == self._chosen for copy in copies):  # it may not have been read yet
            chosen, self._chosen = self._chosen, ""
        self.table.choose(chosen)
        self._show_places()
        self._follow()

    def _show_places(self) -> None:
        if self.watch is None or self.seen is None:
            return
        now, zone = self.context.clock.now(), self.source.zone
        self.here.tell(self.seen, self.watch, now, zone)
        self.second.tell(self.seen.second, self.watch.second_trouble, now)
        self.subtitle.setText(self.here.head.text())

    def _follow(self) -> None:
        busy = self.watch is None or self.watch.runner.busy
        job = self.watch.runner.job if self.watch is not None else None
        self.line.follow(job.what if busy and job is not None else "")
        copy = self.table.copy()
        for button in (self.now_button, self.other_button, self.repair_button):
            button.setEnabled(not busy and self._may)
        self.restore_button.setEnabled(not busy and copy is not None and self._may)
        self.verify_button.setEnabled(not busy and copy is not None)
        self.readable.follow(not busy and self._may_seal)
        self.second.test.setEnabled(not busy and bool(self.watch and self.watch.plan.second))

    def _on_setting(self, key: str) -> None:
        if key.startswith("backup.") and self.isVisible():
            self.look()

    # doing

    def back_up(self) -> None:
        """Asks the gate first, then makes a copy at both places."""
        watch = self.watch
        if watch is None or watch.runner.busy or not self._may:
            return

        def done(made: MadeBackup) -> None:
            self._chosen = made.copy.path
            if made.trouble:
                self._warn(f"Backed up on this computer. {made.trouble}")
            else:
                self.toast_requested.emit("Backed up and checked.", False)
            self.look()

        def begin() -> None:
            self.message.clear()  # of the try before this one
            watch.back_up(MANUAL, done, self._failed)
            self._follow()

        self.context.operations.run(
            NoteBackup(), done=lambda _outcome: begin(), refused=self._failed
        )

    def verify(self) -> None:
        watch, copy = self.watch, self.table.copy()
        if watch is None or copy is None or watch.runner.busy:
            return

        def done(checked: CheckedCopy) -> None:
            self._chosen = copy.path
            self.look()
            if not checked.findings:
                self.toast_requested.emit(
                    "The backup is whole: its visits and their history agree.", False
                )
            else:
                more = len(checked.findings) - 1
                rest = f" And {more:,} more." if more else ""
                self._warn(f"{checked.findings[0]}{rest}")

        watch.runner.run(
            "Checking the backup…",
            lambda progress: watch.backups.check(copy, progress),
            done=done,
            failed=self._failed,
        )
        self._follow()

    def restore(self) -> None:
        """Reads what the selected copy would change, and asks."""
        copy = self.table.copy()
        if self.restoring is not None and copy is not None and self._may:
            self.restoring.of(copy)

    def choose_file(self) -> None:
        if self.restoring is not None and self._may:
            self.restoring.choose_file()

    def _restored(self, kept: str) -> None:
        self.toast_requested.emit(kept_words(kept), False)
        self._chosen = kept
        self.look()

    def repair(self) -> None:
        watch = self.watch
        if watch is None or watch.runner.busy or not self._may:
            return

        def done(found: tuple[Repair, ...]) -> None:
            bad = [one.sentence for one in found if one.state == "bad"]
            mended = [one.sentence for one in found if one.state == "repaired"]
            self._follow()
            if bad:
                self.message.show_message(Message(" ".join(bad), Tone.REFUSE))
            elif mended:
                self.context.operations.announce_external()
                self.message.show_message(Message(" ".join(mended), Tone.WARN))
            else:
                self.toast_requested.emit("Nothing needed to be repaired.", False)
            self.look()

        watch.runner.run(
            "Checking the clinic’s file…", watch.backups.repair, done=done, failed=self._failed
        )
        self._follow()

    def seal(self) -> None:
        """Encrypts the copies that anybody can read, at both places."""
        watch, encryption = self.watch, self.context.encryption
        if watch is None or encryption is None or watch.runner.busy or not self._may_seal:
            return

        def done(sealed: SealedBackups) -> None:
            told, amiss = sealed_words(sealed)
            if amiss:
                self._warn(told)
            else:
                self.toast_requested.emit(told, False)
            self.look()

        self.table.setFocus(Qt.FocusReason.OtherFocusReason)  # the button that was pressed goes
        seal(watch.runner, encryption, done, self._failed)
        self._follow()

    # the second place

    def choose_second(self) -> None:
        dialog = QFileDialog(self, "Second place of the backups")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.use_second)
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.open()

    def use_second(self, folder: str) -> None:
        if self.settings is not None:
            self.settings.put("backup.second", folder, f"Second place {folder}")
            self.test_second()

    def test_second(self) -> None:
        watch = self.watch
        if watch is None or not watch.plan.second:
            return
        folder = watch.plan.second

        def done(place: SecondPlace) -> None:
            self.second.tell_test(place)
            announce(self.second.told, self.second.told.text())
            self._follow()

        watch.runner.run(
            "Testing the second place…",
            lambda _progress: watch.backups.test(folder),
            done=done,
            failed=self._failed,
        )
        self._follow()

    def _open_folder(self) -> None:
        folder = self.seen.folder if self.seen is not None else ""
        if folder and not QDesktopServices.openUrl(QUrl.fromLocalFile(folder)):
            self._warn(f"The folder cannot be shown here. It is {folder}.")

    def _failed(self, error: ClinicDeskError) -> None:
        self._follow()
        if isinstance(error, Refusal) and error.code == "stopped":
            self.toast_requested.emit(error.sentence, False)
        else:
            self.message.show_message(message_for(error))
        self.look()

    def _warn(self, sentence: str) -> None:
        self.message.show_message(Message(sentence, Tone.WARN))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_F5:
            self.look()
        elif event.matches(QKeySequence.StandardKey.Save):
            self.back_up()
        else:
            super().keyPressEvent(event)
