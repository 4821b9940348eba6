"""The recovery key on paper: one sheet, looked at before it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QWidget

from clinic_desk.services.encryption import RecoveryKey

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

MARGIN = 0.08
"""Of the sheet's width, at each side."""

IN_A_ROW = 5
"""Groups in one line, on paper and on the screen."""

HEAD, TITLE, CODE, BODY = ("head", 11), ("title", 18), ("code", 17), ("body", 11)
"""Kinds of lines with their size in points."""


def rows(groups: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(groups[i : i + IN_A_ROW] for i in range(0, len(groups), IN_A_ROW))


def print_key(above: QWidget, key: RecoveryKey) -> None:
    """The preview lies over ``above``; nothing of the sheet is kept anywhere."""
    from clinic_desk.ui.widgets.print_preview import PrintPreview

    PrintPreview("Print the recovery key", lambda printer: draw(printer, key), above)


def lines_of(key: RecoveryKey) -> list[tuple[tuple[str, int], str]]:
    """(kind, words) from top to bottom. Groups are numbered: a mistake in one is told by it."""
    made = [
        (HEAD, "Clinic Desk"),
        (TITLE, "Recovery key of the clinic’s data"),
        (BODY, f"Number {key.short_id}"),
    ]
    first = 1
    for row in rows(key.groups):
        made.append((CODE, "   ".join(row)))
        made.append((BODY, f"groups {first} to {first + len(row) - 1}"))
        first += len(row)
    made += [
        (
            BODY,
            "When Clinic Desk says that the data is encrypted and its key is not on the computer, "
            "type these groups. Small letters and missing hyphens do not matter.",
        ),
        (
            BODY,
            "Whoever has this sheet and the clinic’s file can read all of it. Keep the sheet where "
            "you keep other keys, never beside the computer. Without sheet and keyring nobody can "
            "open the data, not even who made the program.",
        ),
    ]
    return made


def draw(printer: QPrinter, key: RecoveryKey) -> None:
    painter = QPainter(printer)
    try:
        sheet = painter.viewport()
        left = round(sheet.width() * MARGIN)
        room = QRect(left, left, sheet.width() - 2 * left, sheet.height() - 2 * left)
        for (kind, size), words in lines_of(key):
            font = QFont("Inter", size)
            font.setBold(kind in ("title", "code"))
            font.setFeature(QFont.Tag("calt"), 0)  # or hyphens cannot be copied from a PDF
            painter.setFont(font)
            flags = int(Qt.TextFlag.TextWordWrap)
            used = painter.boundingRect(room, flags, words)
            painter.drawText(room, flags, words)
            below = painter.fontMetrics().height()
            room.setTop(used.bottom() + (below // 4 if kind == "code" else below))
    finally:
        painter.end()
