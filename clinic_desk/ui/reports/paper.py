"""A report as a PDF: its plot, its table with the sums, its notes."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPoint, QSize, QUrl
from PySide6.QtGui import (
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)
from PySide6.QtWidgets import QWidget

from clinic_desk.services.day_views import Report, Unit
from clinic_desk.services.report_text import period_text, said
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.reports import plots
from clinic_desk.ui.widgets.charts import RowPlot

SIZE = QSize(960, 340)
"""Of the picture, in pixels at scale 1."""

_PICTURE = QUrl("report:plot")


def picture(report: Report, theme: Theme) -> QImage:
    """The plot as it is printed: on white, whatever the theme of the window. On the main
    thread."""
    paper = Theme(theme.assets, "light")
    plot = plots.make(report, paper)
    rows = isinstance(plot, RowPlot)
    size = QSize(SIZE.width(), min(1100, plot.sizeHint().height())) if rows else SIZE
    plot.resize(size)
    image = QImage(size * 2, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2)
    image.fill(paper.tokens.canvas)
    painter = QPainter(image)
    plot.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
    painter.end()
    plot.deleteLater()
    return image


def pdf(report: Report, image: QImage, family: str, made: str) -> bytes:
    """``made`` says when and by whom. From any thread."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(report.title)
    writer.setCreator("Clinic Desk")
    writer.setResolution(96)
    wide = len(report.columns) > 5
    turn = QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait
    margins = QMarginsF(14, 14, 14, 14)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), turn, margins, QPageLayout.Unit.Millimeter)
    )
    document = QTextDocument()
    font = QFont(family)
    font.setPixelSize(12)
    # signs drawn by their neighbours ("1 Nov – 30 Nov") have no letter in a PDF to be copied
    font.setFeature(QFont.Tag("calt"), 0)
    document.setDefaultFont(font)
    document.setPageSize(writer.pageLayout().paintRectPixels(96).size().toSizeF())
    document.addResource(QTextDocument.ResourceType.ImageResource.value, _PICTURE, image)
    across = int(document.pageSize().width()) - 8
    document.setHtml(_html(report, min(across, SIZE.width()), made))
    document.print_(writer)
    buffer.close()
    return bytes(data.data())


def _html(report: Report, across: int, made: str) -> str:
    head = "".join(
        f'<th align="{_side(column.unit)}">{escape(column.name)}</th>' for column in report.columns
    )
    body = "".join(f"<tr>{_cells(report, row, 'td')}</tr>" for row in report.rows)
    total = f'<tr bgcolor="#ECEFF3">{_cells(report, report.totals, "th")}</tr>'
    notes = "".join(f"<p><small>{escape(note)}</small></p>" for note in report.notes)
    period = period_text(report.wish.first, report.wish.last)
    return (
        f"<h2>{escape(report.title)}</h2><p>{escape(period)} · {escape(made)}</p>"
        f'<p><img src="{_PICTURE.toString()}" width="{across}"></p>'
        '<table width="100%" cellspacing="0" cellpadding="3" border="0">'
        f"<thead><tr>{head}</tr></thead>{body}{total if report.totals else ''}</table>{notes}"
    )


def _cells(report: Report, row: tuple[object, ...], tag: str) -> str:
    return "".join(
        f'<{tag} align="{_side(column.unit)}">'
        f"{escape(said(value, column.unit, report.currency))}</{tag}>"
        for value, column in zip(row, report.columns, strict=True)
    )


def _side(unit: Unit) -> str:
    return "left" if unit is Unit.TEXT else "right"
