"""The call list on paper: a table that goes over as many pages as it needs, its head on each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QFont, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPen

from clinic_desk.services.call_list import COLUMNS, cells
from clinic_desk.services.planning_views import CallRow

MARGIN = 14
"""Millimetres on each side of the paper."""

SHARES = (17, 15, 17, 17, 8, 17, 9)
"""Of the width, for the columns; the last one is written on by hand."""

WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
FOOT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
INK, LINE = Qt.GlobalColor.black, Qt.GlobalColor.gray
FAMILY, SIZE, TITLE = "Inter", 9, 14
"""Points."""


def page_layout() -> QPageLayout:
    edges = QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN)
    size = QPageSize(QPageSize.PageSizeId.A4)
    wide = QPageLayout.Orientation.Landscape
    return QPageLayout(size, wide, edges, QPageLayout.Unit.Millimeter)


def draw(device: QPagedPaintDevice, heading: str, rows: Sequence[CallRow]) -> Iterator[int]:
    """Answers how many rows are drawn, after each page. From any thread. Raises ``OSError`` when
    the device takes no page."""
    painter = QPainter()
    if not painter.begin(device):
        raise OSError(heading)
    try:
        sheet = _Sheet(painter, device)
        at, page = 0, 1
        while True:
            at = sheet.page(heading if page == 1 else "", rows, at, page)
            yield at
            if at >= len(rows):
                return
            if not device.newPage():
                raise OSError(heading)
            page += 1
    finally:
        painter.end()


class _Sheet:
    def __init__(self, painter: QPainter, device: QPagedPaintDevice) -> None:
        self._painter = painter
        self._width, self._height = device.width(), device.height()
        self._pad = device.logicalDpiX() / 20
        whole = sum(SHARES)
        self._edges = [self._width * sum(SHARES[:n]) / whole for n in range(len(SHARES) + 1)]

    def page(self, heading: str, rows: Sequence[CallRow], first: int, number: int) -> int:
        """Answers the row after the last one that has found room; one at least does."""
        painter, y = self._painter, 0.0
        if heading:
            painter.setFont(_font(TITLE, bold=True))
            painter.setPen(INK)
            box = self._box(heading, 0, self._width)
            painter.drawText(box, WRAP, heading)
            y = box.height() + 2 * self._pad
        painter.setFont(_font(SIZE, bold=True))
        y = self._row(COLUMNS, y)
        painter.setFont(_font(SIZE))
        room = self._height - painter.fontMetrics().height() - 2 * self._pad
        at = first
        while at < len(rows):
            texts = cells(rows[at])
            if at > first and y + self._high(texts) > room:
                break
            y = self._row(texts, y)
            at += 1
        painter.setPen(INK)
        painter.drawText(QRectF(0, 0, self._width, self._height), FOOT, f"Page {number}")
        return at

    def _row(self, texts: Sequence[str], y: float) -> float:
        painter, high = self._painter, self._high(texts)
        for text, left, right in zip(texts, self._edges, self._edges[1:], strict=False):
            painter.setPen(QPen(LINE, self._pad / 8))
            painter.drawRect(QRectF(left, y, right - left, high))
            painter.setPen(INK)
            inner = QRectF(left, y, right - left, high)
            pad = self._pad
            painter.drawText(inner.adjusted(pad, pad, -pad, -pad), WRAP, text)
        return y + high

    def _high(self, texts: Sequence[str]) -> float:
        widths = [b - a - 2 * self._pad for a, b in zip(self._edges, self._edges[1:], strict=False)]
        boxes = [self._box(text or " ", 0, wide) for text, wide in zip(texts, widths, strict=True)]
        return max(box.height() for box in boxes) + 2 * self._pad

    def _box(self, text: str, left: float, width: float) -> QRectF:
        return self._painter.boundingRect(QRectF(left, 0, width, self._height), WRAP, text)


def _font(points: int, *, bold: bool = False) -> QFont:
    font = QFont(FAMILY, points)
    font.setBold(bold)
    font.setFeature(QFont.Tag("calt"), 0)  # signs drawn by their neighbours cannot be copied
    return font
