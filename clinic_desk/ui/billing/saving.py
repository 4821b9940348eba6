"""Asks where a table of invoices is to be written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_path(parent: QWidget, name: str, chosen: Callable[[Path], None]) -> QFileDialog:
    """``chosen`` gets a path that ends in .csv."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, "Export invoices", str(Path(folder) / name), "Table (*.csv)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    dialog.fileSelected.connect(lambda text: chosen(Path(text)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
