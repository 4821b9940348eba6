"""Backups that anybody can read though the clinic is encrypted, and the way to put that right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.backup_ports import BackupCopy
from clinic_desk.services.encryption import Encryption, SealedBackups
from clinic_desk.services.wording import count_text
from clinic_desk.ui.backup.runner import Runner
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import InkLabel, push


class ReadableLine(QWidget):
    """Hidden while every copy is encrypted, and in a clinic that is not."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = InkLabel(theme, "", ink="warn", wrap=True, parent=self)
        self.seal = push("&Encrypt them", self)
        self.delete = push("&Delete them instead…", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.seal)
        row.addWidget(self.delete)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def tell(self, copies: Sequence[BackupCopy]) -> None:
        number = len(copies)
        if number:
            verb = "is" if number == 1 else "are"
            self.words.setText(
                f"{count_text(number, 'copy', 'copies')} {verb} not encrypted: whoever gets hold "
                f"of {'it' if number == 1 else 'them'} can read the patients’ data."
            )
        self.setVisible(bool(number))

    def follow(self, free: bool) -> None:
        for button in (self.seal, self.delete):
            button.setEnabled(free)


def seal(
    runner: Runner,
    encryption: Callable[[], Encryption],
    done: Callable[[SealedBackups], None],
    failed: Callable[[ClinicDeskError], None],
) -> None:
    """Those of both places, with progress; the runner can stop it."""
    runner.run(
        "Encrypting backups…",
        lambda progress: encryption().seal_backups(progress),
        done=done,
        failed=failed,
    )


def sealed_words(sealed: SealedBackups) -> tuple[str, bool]:
    """What came of it, and whether something was left as it was."""
    told = f"{count_text(sealed.done, 'copy', 'copies')} encrypted."
    if sealed.failed:
        told += f" {', '.join(sealed.failed)} could not be read and stays as it was."
    if sealed.trouble:
        told += f" {sealed.trouble}"
    return told, bool(sealed.failed or sealed.trouble)
