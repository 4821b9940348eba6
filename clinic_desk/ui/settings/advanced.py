"""Where the clinic's data lie, which program this is, and whether the data are sound."""

from __future__ import annotations

import platform
from pathlib import Path

import PySide6
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
)

from clinic_desk import __version__
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.ports import Maintenance
from clinic_desk.services.views import Finding, StoreInfo
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import since_text
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.page import Panel

FACTS = ("Data folder", "File", "Size", "Contents", "Last backup", "Program", "Metrics")


class AdvancedPanel(Panel):
    def __init__(self, context: Context, maintenance: Maintenance | None) -> None:
        super().__init__()
        self._context = context
        self._maintenance = maintenance
        self.facts = QFormLayout()
        self.facts.setHorizontalSpacing(24)
        self.facts.setVerticalSpacing(8)
        self._values: dict[str, QLabel] = {}
        for name in FACTS:
            value = Label()
            value.setWordWrap(True)
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setAccessibleName(name)
            label = Label(name)
            label.setProperty("role", "muted")
            self.facts.addRow(label, value)
            self._values[name] = value
        self._values["Program"].setText(
            f"Clinic Desk {__version__}, Python {platform.python_version()}, "
            f"Qt for Python {PySide6.__version__}"
        )
        self.check = QPushButton("Check the data")
        self.check.setToolTip("Reads everything and compares it with its history; changes nothing")
        self.check.clicked.connect(lambda _on=False: self.verify())
        self.backup = QPushButton("Back up now")
        self.backup.clicked.connect(lambda _on=False: self.back_up())
        self.folder = QPushButton("Open the folder")
        self.folder.clicked.connect(lambda _on=False: self._open_folder())
        for button in (self.check, self.backup):
            button.setEnabled(maintenance is not None)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.check, self.backup, self.folder):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.answer = Label()
        self.answer.setWordWrap(True)
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.list = QPlainTextEdit()
        self.list.setReadOnly(True)
        self.list.setAccessibleName("What the check found")
        self.list.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 16)
        column.setSpacing(16)
        column.addLayout(self.facts)
        column.addLayout(buttons)
        column.addWidget(self.answer)
        column.addWidget(self.list, 1)
        column.addStretch(1)

    def open(self, what: object = None) -> None:  # noqa: ARG002
        self._context.operations.ask(
            lambda queries: queries.info(),
            done=self._show,
            failed=self._failed,
            key="settings-info",
        )
        made = self._context.diagnosis
        self._values["Metrics"].setText("")
        if made is not None:
            self._context.operations.ask(
                lambda _queries: made().metrics(),
                done=lambda text: self._values["Metrics"].setText(text),
                failed=lambda _error: self._values["Metrics"].setText("unknown"),
                key="settings-metrics",
            )

    def verify(self) -> None:
        """Reads every row and replays its history, off the main thread."""
        maintenance = self._maintenance
        if maintenance is None:
            return
        self.check.setEnabled(False)
        self.list.hide()
        self._say("Checking… You can go on working.")

        def done(findings: list[Finding]) -> None:
            self.check.setEnabled(True)
            if not findings:
                self._say("Everything is in order: the file, the visits and their history agree.")
                return
            count = "One difference" if len(findings) == 1 else f"{len(findings)} differences"
            self._say(f"{count} found. Make a backup and show this list to whoever looks after it.")
            self.list.setPlainText("\n".join(item.sentence for item in findings))
            self.list.show()

        self._context.operations.ask(
            lambda _queries: maintenance.verify(), done=done, failed=self._failed
        )

    def back_up(self) -> None:
        maintenance = self._maintenance
        if maintenance is None:
            return
        self.backup.setEnabled(False)
        self._say("Backing up…")

        def done(path: str) -> None:
            self.backup.setEnabled(True)
            self._say(f"Backed up and checked: {path}")
            self.open()

        self._context.operations.ask(
            lambda _queries: maintenance.backup(), done=done, failed=self._failed
        )

    def _failed(self, error: ClinicDeskError) -> None:
        self.check.setEnabled(self._maintenance is not None)
        self.backup.setEnabled(self._maintenance is not None)
        self._say(message_for(error).sentence)

    def _say(self, sentence: str) -> None:
        self.answer.setText(sentence)
        announce(self.answer, sentence)

    def _show(self, info: StoreInfo) -> None:
        path = Path(info.path)
        counts = info.counts
        now = self._context.clock.now()
        backup = "none yet"
        if info.last_backup is not None:
            age = since_text(info.last_backup, now)
            backup = age if age == "just now" else f"{age} ago"
        shown = ", ".join(f"{counts[name]:,} {word}" for name, word in _COUNTED if name in counts)
        self._values["Data folder"].setText(str(path.parent))
        self._values["File"].setText(
            f"{path.name}, form {info.schema_revision}, SQLite {info.sqlite_version}"
        )
        self._values["Size"].setText(f"{info.size_bytes / 1_000_000:.1f} MB")
        self._values["Contents"].setText(shown or "nothing yet")
        self._values["Last backup"].setText(backup)

    def _open_folder(self) -> None:
        folder = self._values["Data folder"].text()
        if folder and not QDesktopServices.openUrl(QUrl.fromLocalFile(folder)):
            self._say(f"This computer has no program that shows folders. The folder is {folder}.")


_COUNTED = (
    ("appointment", "visits"),
    ("patient", "patients"),
    ("doctor", "doctors"),
    ("event", "lines of history"),
)
