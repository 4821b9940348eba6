"""A plot with values upwards and labels beneath: its frame, lines, labels and legend."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from clinic_desk.ui.geometry.plotscale import fitting, part_at, placed
from clinic_desk.ui.widgets.charts.plot import Plot


@lru_cache(maxsize=32)
def _middles(count: int, left: float, right: float, mirrored: bool) -> tuple[float, ...]:
    """Asked for with every bar of a plot."""
    return tuple(placed(count, left, right, mirrored=mirrored))


class UprightPlot(Plot):
    """The value axis is at the reading side; in right-to-left everything is mirrored."""

    def frame(self) -> QRectF:
        """Where values are drawn."""
        theme, line = self.theme, QFontMetricsF(self.theme.font("caption")).height()
        top = theme.px(8) + (line + theme.px(8) if self._has_legend() else 0)
        axis = 0.0 if self.compact else self._axis_width()
        left, right = axis + theme.px(4), float(theme.px(6))
        if self.isRightToLeft():
            left, right = right, left
        bottom = line + theme.px(5)
        return QRectF(left, top, self.width() - left - right, self.height() - top - bottom)

    def middles(self) -> tuple[float, ...]:
        frame = self.frame()
        return _middles(self.count, frame.left(), frame.right(), self.isRightToLeft())

    def height_of(self, value: float) -> float:
        """The y of a value."""
        frame = self.frame()
        return frame.bottom() - value / self.levels()[-1] * frame.height()

    def index_at(self, at: QPointF) -> int:
        frame = self.frame()
        if not frame.top() <= at.y() <= self.height():
            return -1
        return part_at(
            at.x(), self.count, frame.left(), frame.right(), mirrored=self.isRightToLeft()
        )

    def paint_plot(self, painter: QPainter) -> None:
        self._paint_axis(painter)
        self.paint_values(painter)
        self._paint_goal(painter)
        self._paint_labels(painter)
        if self._has_legend():
            self._paint_legend(painter)

    def paint_values(self, painter: QPainter) -> None:
        raise NotImplementedError

    def _has_legend(self) -> bool:
        return len(self.series) > 1 and not self.compact

    def _axis_width(self) -> float:
        metrics = QFontMetricsF(self.theme.font("caption"))
        widest = max(metrics.horizontalAdvance(self.say(level)) for level in self.levels())
        return widest + self.theme.px(8)

    def _paint_axis(self, painter: QPainter) -> None:
        frame, tokens = self.frame(), self.theme.tokens
        painter.setFont(self.theme.font("caption"))
        line = QFontMetricsF(painter.font()).height()
        rtl = self.isRightToLeft()
        for level in self.levels():
            y = round(self.height_of(level)) + 0.5
            painter.setPen(QPen(tokens.grid_major if level == 0 else tokens.grid_minor, 1))
            if level == 0 or not self.compact:
                painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            if self.compact:
                continue
            painter.setPen(tokens.text3)
            wide = self._axis_width() - self.theme.px(2)
            left = frame.right() + self.theme.px(6) if rtl else 0.0
            side = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
            box = QRectF(left, y - line / 2, wide, line)
            flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
            painter.drawText(box, int(flags), self.say(level))

    def _paint_goal(self, painter: QPainter) -> None:
        if self.goal is None:
            return
        frame, y = self.frame(), self.height_of(self.goal)
        painter.setPen(QPen(self.theme.tokens.text2, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))

    def _paint_labels(self, painter: QPainter) -> None:
        frame, tokens = self.frame(), self.theme.tokens
        font, strong = self.theme.font("caption"), self.theme.font("caption", bold=True)
        metrics = QFontMetricsF(font)
        middles = self.middles()
        pitch = frame.width() / self.count
        widths = [metrics.horizontalAdvance(label) for label in self.labels]
        # a plot that names only some of its values has left out the others itself
        every = 1 if "" in self.labels else fitting(widths, pitch, self.theme.px(8))
        top = frame.bottom() + self.theme.px(3)
        for index in range(0, self.count, every):
            wide = widths[index] + 4
            left = min(max(0.0, middles[index] - wide / 2), self.width() - wide)
            painter.setPen(tokens.text if index == self.index else tokens.text2)
            painter.setFont(strong if index in self.strong else font)
            box = QRectF(left, top, wide, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.labels[index])

    def _paint_legend(self, painter: QPainter) -> None:
        theme, font = self.theme, self.theme.font("caption")
        metrics = QFontMetricsF(font)
        rtl, frame = self.isRightToLeft(), self.frame()
        box, gap = float(theme.px(10)), float(theme.px(14))
        at = frame.right() if rtl else frame.left()
        top = float(theme.px(4))
        painter.setFont(font)
        for place, one in enumerate(self.series):
            wide = metrics.horizontalAdvance(one.name)
            square_left = at - box if rtl else at
            square = QRectF(square_left, top + (metrics.height() - box) / 2, box, box)
            painter.fillRect(square, self.colour_of(place))
            painter.setPen(theme.tokens.text2)
            text_left = square_left - 5 - wide if rtl else square_left + box + 5
            area = QRectF(text_left, top, wide + 2, metrics.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, one.name)
            step = box + 5 + wide + gap
            at = at - step if rtl else at + step
