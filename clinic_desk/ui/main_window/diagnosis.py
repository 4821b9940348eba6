"""The diagnostic report: shown whole before it is copied or saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
)

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.widgets.announce import announce

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow

INTRO = (
    "For whoever helps you. It tells versions, counts and states, and nothing that anybody typed: "
    "no patient, no doctor, no address, no key."
)
FILE = "clinic-desk-report.txt"


class DiagnosisDialog(QDialog):
    """``ready`` is set once the text is there; until then it cannot be copied."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Diagnostic report")
        self.resize(720, 520)
        self.ready = False
        said = Label(INTRO)
        said.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Diagnostic report")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        # a log line reads from left to right in every window
        self.text.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText("Looking…")
        self.answer = Label()
        self.answer.setWordWrap(True)
        self.copy_button = QPushButton("&Copy")
        self.save_button = QPushButton("&Save as…")
        buttons = QDialogButtonBox()
        buttons.addButton(QPushButton("C&lose"), QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(lambda _on=False: self._copy())
        self.save_button.clicked.connect(lambda _on=False: self._save())
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        for part in (said, self.text, self.answer, buttons):
            column.addWidget(part)
        made = window.context.diagnosis
        if made is None:
            self._say("There is nothing here that could be told.")
            return
        window.context.operations.ask(
            lambda _queries: made().report(), done=self._show, failed=self._failed, key="diagnosis"
        )

    def _show(self, text: str) -> None:
        self.ready = True
        self.text.setPlainText(text)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(True)
        self.copy_button.setDefault(True)
        self.copy_button.setFocus()

    def _failed(self, error: ClinicDeskError) -> None:
        self._say(message_for(error).sentence)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self._say("Copied. Paste it into an e-mail or a ticket.")

    def _save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the report", FILE, "Text (*.txt)")
        if not chosen:
            return
        try:
            Path(chosen).write_text(self.text.toPlainText(), "utf-8")
        except OSError as error:
            self._say(f"It could not be saved there ({error.strerror}). Choose another folder.")
        else:
            self._say(f"Saved as {chosen}.")

    def _say(self, sentence: str) -> None:
        self.answer.setText(sentence)
        announce(self.answer, sentence)


def show(window: MainWindow) -> None:
    DiagnosisDialog(window).open()
