"""Lines over time; a line is broken where nothing is known."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from clinic_desk.ui.widgets.charts.axes import UprightPlot

_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


class LinePlot(UprightPlot):
    """Lines differ by colour and by dashes. The last value of a compact plot carries a dot."""

    def points(self, place: int) -> list[QPointF | None]:
        """Of one line, in the widget's pixels."""
        return [
            None if value is None else QPointF(x, self.height_of(value))
            for x, value in zip(self.middles(), self.series[place].values, strict=True)
        ]

    def mark_rect(self, index: int) -> QRectF:
        heights = [
            self.height_of(one.values[index] or 0.0)
            for one in self.series
            if one.values[index] is not None
        ]
        top = min(heights, default=self.frame().bottom())
        return QRectF(self.middles()[index] - 4, top - 4, 8, 8)

    def paint_values(self, painter: QPainter) -> None:
        tokens, frame = self.theme.tokens, self.frame()
        if self.index >= 0:
            x = self.middles()[self.index]
            painter.setPen(QPen(tokens.control_border, 1))
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        for place in range(len(self.series)):
            points, path, drawing = self.points(place), QPainterPath(), False
            for point in points:
                if point is None:
                    drawing = False
                elif drawing:
                    path.lineTo(point)
                else:
                    path.moveTo(point)
                    drawing = True
            ink = self.colour_of(place)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink, 2, _STYLES[place % len(_STYLES)]))
            painter.drawPath(path)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            known = [index for index, point in enumerate(points) if point is not None]
            for index in known:
                point = points[index]
                alone = (index == 0 or points[index - 1] is None) and (
                    index + 1 == len(points) or points[index + 1] is None
                )
                last = self.compact and index == known[-1]
                few = not self.compact and self.count <= 31
                if point is not None and (alone or last or few or index == self.index):
                    size = 4.0 if index == self.index or last else 3.0
                    painter.drawEllipse(point, size, size)
