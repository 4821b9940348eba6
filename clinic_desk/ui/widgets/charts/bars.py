"""Bars: upright over time (several series are stacked), or a row for each of a list of names."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from clinic_desk.ui.geometry.plotscale import part_at
from clinic_desk.ui.widgets.charts.axes import UprightPlot
from clinic_desk.ui.widgets.charts.plot import Plot


class BarPlot(UprightPlot):
    """One series: a bar for each label, the ``strong`` ones in full colour when there are any.
    Several: stacked on one another, the first at the bottom."""

    def highest(self) -> float:
        sums = [sum(one.values[index] or 0.0 for one in self.series) for index in range(self.count)]
        return max([*sums, self.goal or 0.0], default=0.0)

    def bar_rect(self, index: int, place: int = 0) -> QRectF:
        """One part of a bar, in the widget's pixels; empty where nothing is known."""
        frame, middle = self.frame(), self.middles()[index]
        pitch = frame.width() / self.count
        gap = min(self.theme.px(8), pitch * 0.25)
        wide = min(max(1.0, pitch - gap), self.theme.px(72))
        below = sum(one.values[index] or 0.0 for one in self.series[:place])
        value = self.series[place].values[index] or 0.0
        top, bottom = self.height_of(below + value), self.height_of(below)
        if value > 0:
            top = min(top, bottom - 1)
        return QRectF(middle - wide / 2, top, wide, bottom - top)

    def mark_rect(self, index: int) -> QRectF:
        box = self.bar_rect(index, 0)
        for place in range(1, len(self.series)):
            box = box.united(self.bar_rect(index, place))
        return box

    def paint_values(self, painter: QPainter) -> None:
        tokens = self.theme.tokens
        for index in range(self.count):
            read = index == self.index
            for place in range(len(self.series)):
                box = self.bar_rect(index, place)
                if box.height() <= 0:
                    continue
                ink = self.colour_of(place)
                if self.strong and index not in self.strong and len(self.series) == 1 and not read:
                    ink = self.faint(ink)
                painter.fillRect(box, ink)
                if place and box.width() > 3:
                    # told apart without colour as well
                    painter.fillRect(
                        QRectF(box.left(), box.bottom() - 1, box.width(), 1), tokens.canvas
                    )
            if read:
                painter.setPen(QPen(tokens.text, 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.mark_rect(index).adjusted(-1, -1, 1, 0))


class RowPlot(Plot):
    """A bar for each name, below one another, with its value in words at the end. It asks for the
    height that all rows need: put it into a scroll area where there can be many."""

    row = 24

    def sizeHint(self) -> QSize:  # noqa: N802
        wide = self.theme.px(220 if self.compact else 420)
        return QSize(wide, self.count * self._pitch() + self._top() + self.theme.px(8))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.theme.px(160), self.sizeHint().height())

    def _pitch(self) -> int:
        return self.theme.px(20 if self.compact else self.row)

    def _top(self) -> int:
        return self.theme.px(24) if self._has_legend() else self.theme.px(4)

    def _has_legend(self) -> bool:
        return len(self.series) > 1

    def highest(self) -> float:
        return max((self._sum(index) for index in range(self.count)), default=0.0)

    def _sum(self, index: int) -> float:
        return sum(one.values[index] or 0.0 for one in self.series)

    def _said(self, index: int) -> str:
        values = [one.values[index] for one in self.series]
        if all(value is None for value in values):
            return "–"
        return self.say(sum(value or 0.0 for value in values))

    def _sides(self) -> tuple[float, float]:
        """Width of the names and of the values."""
        metrics = QFontMetricsF(self.theme.font("caption"))
        bold = QFontMetricsF(self.theme.font("caption", bold=True))
        names = max((metrics.horizontalAdvance(text) for text in self.labels), default=0.0)
        said = max((bold.horizontalAdvance(self._said(i)) for i in range(self.count)), default=0.0)
        return min(names, self.width() * 0.4) + self.theme.px(10), said + self.theme.px(12)

    def track(self, index: int) -> QRectF:
        """The full length a bar can have, in the widget's pixels."""
        names, said = self._sides()
        high = self.theme.px(8 if self.compact else 14)
        top = self._top() + index * self._pitch() + (self._pitch() - high) / 2
        left, right = names + self.theme.px(4), said + self.theme.px(4)
        if self.isRightToLeft():
            left, right = right, left
        return QRectF(left, top, max(8.0, self.width() - left - right), high)

    def mark_rect(self, index: int) -> QRectF:
        return self.track(index)

    def index_at(self, at: QPointF) -> int:
        top = float(self._top())
        return part_at(at.y(), self.count, top, top + self.count * self._pitch())

    def paint_plot(self, painter: QPainter) -> None:
        theme, tokens = self.theme, self.theme.tokens
        rtl, highest = self.isRightToLeft(), self.highest() or 1.0
        metrics = QFontMetricsF(theme.font("caption"))
        near = Qt.AlignmentFlag.AlignLeft if not rtl else Qt.AlignmentFlag.AlignRight
        far = Qt.AlignmentFlag.AlignRight if not rtl else Qt.AlignmentFlag.AlignLeft
        centre = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        for index, label in enumerate(self.labels):
            track = self.track(index)
            painter.fillRect(track, tokens.grid_minor)
            at = track.right() if rtl else track.left()
            for place, one in enumerate(self.series):
                wide = (one.values[index] or 0.0) / highest * track.width()
                left = at - wide if rtl else at
                painter.fillRect(
                    QRectF(left, track.top(), wide, track.height()), self.colour_of(place)
                )
                at = left if rtl else at + wide
            top = self._top() + index * self._pitch()
            before = QRectF(0, top, track.left() - theme.px(8), self._pitch())
            after = QRectF(track.right() + theme.px(8), top, 0, self._pitch())
            after.setRight(self.width() - theme.px(4))
            before.setLeft(theme.px(4))
            names, values = (after, before) if rtl else (before, after)
            painter.setFont(theme.font("caption"))
            painter.setPen(tokens.text if index == self.index else tokens.text2)
            shown = metrics.elidedText(label, Qt.TextElideMode.ElideRight, names.width())
            painter.drawText(names, int(near | centre), shown)
            painter.setFont(theme.font("caption", bold=True))
            painter.setPen(tokens.text)
            painter.drawText(values, int(far | centre), self._said(index))
            if index == self.index:
                painter.setPen(QPen(tokens.text, 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(track)
        if self._has_legend():
            self._paint_legend(painter)

    def _paint_legend(self, painter: QPainter) -> None:
        theme = self.theme
        painter.setFont(theme.font("caption"))
        metrics = QFontMetricsF(painter.font())
        rtl, box = self.isRightToLeft(), float(theme.px(10))
        at = self.width() - theme.px(4) if rtl else float(theme.px(4))
        for place, one in enumerate(self.series):
            wide = metrics.horizontalAdvance(one.name) + 2
            left = at - box if rtl else at
            top = theme.px(4) + (metrics.height() - box) / 2
            painter.fillRect(QRectF(left, top, box, box), self.colour_of(place))
            painter.setPen(theme.tokens.text2)
            text = QRectF(
                left - 5 - wide if rtl else left + box + 5, theme.px(4), wide, metrics.height()
            )
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, one.name)
            step = box + 5 + wide + theme.px(14)
            at = at - step if rtl else at + step
