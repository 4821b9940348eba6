"""The recovery code on paper: one sheet, looked at before it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from clinic_desk.ui.main_window.window import MainWindow

MARGIN = 0.08
"""Of the sheet's width, at each side."""

LINES = (
    ("head", "{clinic}"),
    ("title", "Recovery code of {name}"),
    ("code", "{code}"),
    ("body", "Choose “Lost your password?” on the log-in page, type this code, and choose a new "
     "password or PIN. The code works once; the program then shows the next one."),
    ("body", "Whoever has this sheet can log in as {name}. Keep it where you keep other keys, and "
     "not beside the computer."),
)  # fmt: skip
SIZES = {"head": 11, "title": 18, "code": 22, "body": 11}
"""Points."""


def print_code(window: MainWindow, above: QWidget, name: str, code: str) -> None:
    """The preview lies over ``above``; nothing of the sheet is kept anywhere."""
    from clinic_desk.ui.widgets.print_preview import PrintPreview

    roster = window.roster.roster
    clinic = roster.practice.name if roster is not None else "Clinic Desk"
    PrintPreview(
        "Print the recovery code",
        lambda printer: draw(printer, clinic=clinic, name=name, code=code),
        above,
    )


def draw(printer: QPrinter, *, clinic: str, name: str, code: str) -> None:
    painter = QPainter(printer)
    try:
        sheet = painter.viewport()
        left = round(sheet.width() * MARGIN)
        room = QRect(left, left, sheet.width() - 2 * left, sheet.height() - 2 * left)
        for kind, words in LINES:
            font = QFont("Inter", SIZES[kind])
            font.setBold(kind in ("title", "code"))
            font.setFeature(QFont.Tag("calt"), 0)  # or hyphens cannot be copied from a PDF
            painter.setFont(font)
            text = words.format(clinic=clinic, name=name, code=code)
            flags = int(Qt.TextFlag.TextWordWrap)
            used = painter.boundingRect(room, flags, text)
            painter.drawText(room, flags, text)
            room.setTop(used.bottom() + painter.fontMetrics().height())
    finally:
        painter.end()
