"""The printers of this computer, and a sheet on one of them. Off the main thread: a print server
may take its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from clinic_desk.domain.errors import Fault
from clinic_desk.ui.paper.drawing import paint
from clinic_desk.ui.paper.marks import Sheet, page_layout

NONE_HERE = "No printer is set up on this computer; save the sheet as PDF instead."


@dataclass(frozen=True, slots=True)
class Printers:
    """``names`` with the system's own printer first."""

    names: Callable[[], list[str]]
    put: Callable[[Sheet, str, int, str], None]


def names() -> list[str]:
    first = QPrinterInfo.defaultPrinterName()
    found = QPrinterInfo.availablePrinterNames()
    return sorted(found, key=lambda name: (name != first, name.casefold()))


def put(sheet: Sheet, name: str, copies: int, job: str) -> None:
    """``job`` is what the print queue calls it: no patient's name. Raises ``Fault``."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPrinterName(name)
    if printer.printerName() != name or not printer.isValid():
        raise Fault("no_printer", f"The printer {name} is not there any more. Choose another one.")
    printer.setCopyCount(copies)
    draw(sheet, printer, job)


def draw(sheet: Sheet, printer: QPrinter, job: str) -> None:
    """Raises ``Fault`` when the printer does not take it."""
    printer.setDocName(job)
    printer.setCreator("Clinic Desk")
    printer.setPageLayout(page_layout(sheet.size, sheet.turned))
    printer.setFullPage(True)
    painter = QPainter()
    if not painter.begin(printer):
        raise Fault(
            "not_printed",
            f"{printer.printerName() or 'The printer'} did not take the sheet. Look whether it is "
            "on, or save the sheet as PDF.",
        )
    whole = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
    scale = min(whole.width() / sheet.width, whole.height() / sheet.height)
    painter.scale(scale, scale)
    for number, page in enumerate(sheet.pages):
        if number and not printer.newPage():
            painter.end()
            raise Fault("not_printed", "The printer stopped in the middle. Print it again.")
        paint(painter, sheet, page)
    painter.end()


HERE = Printers(names, put)

__all__ = ["HERE", "NONE_HERE", "Printers", "draw", "names", "put"]
