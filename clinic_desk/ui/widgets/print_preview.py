"""One sheet, looked at before it is printed; for secrets on paper, of which nothing is kept."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QWidget

PART = 0.8
"""Of the window below, in either direction."""


class PrintPreview(QPrintPreviewDialog):
    """Opens over ``above`` and goes when it is closed. ``draw`` paints the sheet, each time that
    the paper or its direction is changed."""

    def __init__(self, title: str, draw: Callable[[QPrinter], None], above: QWidget) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName("Clinic Desk")
        super().__init__(printer, above)
        self._lent = printer
        """Qt only borrows it: kept here, it lives as long as the dialog does."""
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.paintRequested.connect(draw)
        self.resize(above.window().size() * PART)
        self.open()
