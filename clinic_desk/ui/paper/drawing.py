"""Marks on a device: a picture for the preview, a PDF, a printer. From any thread."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPdfWriter, QPen

from clinic_desk.ui.paper.marks import ENLARGED, Box, Face, Page, Sheet, make_font, page_layout

_SIDES = {
    "start": Qt.AlignmentFlag.AlignLeft,
    "centre": Qt.AlignmentFlag.AlignHCenter,
    "end": Qt.AlignmentFlag.AlignRight,
}
_OTHER = {"start": "end", "end": "start", "centre": "centre"}


def paint(painter: QPainter, sheet: Sheet, page: Page) -> None:
    """In points: scale the painter before."""
    fonts: dict[Face, QFont] = {}
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in page.marks:
        left = sheet.width - mark.x - mark.width if sheet.mirrored else mark.x
        if isinstance(mark, Box):
            rect = QRectF(left, mark.y, mark.width, mark.height)
            if mark.fill:
                painter.fillRect(rect, QColor(mark.fill))
            if mark.edge:
                painter.setPen(QPen(QColor(mark.edge), mark.line))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(rect)
            continue
        font = fonts.get(mark.face)
        if font is None:
            font = fonts[mark.face] = make_font(sheet.family, sheet.type_size, mark.face)
        if font.strikeOut() != mark.struck:
            font = QFont(font)
            font.setStrikeOut(mark.struck)
        align = _OTHER[mark.align] if sheet.mirrored else mark.align
        height = font.pixelSize() * 1.28
        painter.save()
        painter.translate(left, mark.y)
        painter.scale(1 / ENLARGED, 1 / ENLARGED)
        painter.setFont(font)
        painter.setPen(QColor(mark.ink))
        flags = _SIDES[align] | Qt.AlignmentFlag.AlignVCenter
        absolute = Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextDontClip
        room = QRectF(0, 0, mark.width * ENLARGED, height)
        # the typeface's own space is read back from a PDF as a tab
        text = mark.text.replace(" ", "\N{NO-BREAK SPACE}")
        painter.drawText(room, int(flags | absolute) | int(Qt.TextFlag.TextSingleLine), text)
        painter.restore()


def picture(sheet: Sheet, number: int, width: int, ratio: float = 1.0) -> QImage:
    """Page ``number`` (from 0), ``width`` logical pixels wide."""
    scale = width / sheet.width
    size = QSize(round(width * ratio), round(sheet.height * scale * ratio))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.scale(scale * ratio, scale * ratio)
    paint(painter, sheet, sheet.pages[number])
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def pdf(sheet: Sheet) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(sheet.title)
    writer.setCreator("Clinic Desk")
    writer.setResolution(RESOLUTION)
    writer.setPageLayout(page_layout(sheet.size, sheet.turned))
    painter = QPainter(writer)
    painter.scale(RESOLUTION / 72, RESOLUTION / 72)
    for number, page in enumerate(sheet.pages):
        if number:
            writer.newPage()
        paint(painter, sheet, page)
    painter.end()
    buffer.close()
    return bytes(data.data())


RESOLUTION = 720
"""Dots per inch of a PDF: text stays text; this is the grain of its places."""
