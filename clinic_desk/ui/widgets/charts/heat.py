"""A heat map: rows by columns, each cell coloured by its value and readable."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from clinic_desk.ui.geometry.plotscale import fitting, part_at, placed
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import contrast, heat_shade
from clinic_desk.ui.widgets.charts.plot import NONE, Plot, Series, plain


class HeatMap(Plot):
    """Read and activated by index, row after row: ``cell(index)`` is its (row, column). Cells of
    which nothing is known are hatched."""

    def __init__(self, theme: Theme, *, compact: bool = False) -> None:
        super().__init__(theme, compact=compact)
        self.rows: tuple[str, ...] = ()
        self.columns: tuple[str, ...] = ()
        self._top_value = 1.0

    def show_map(
        self,
        rows: Sequence[str],
        columns: Sequence[str],
        values: Sequence[Sequence[float | None]],
        *,
        say: Callable[[float], str] = plain,
        top: float | None = None,
        row_names: Sequence[str] = (),
    ) -> None:
        """``values`` row by row. ``top``: the value of the deepest colour, by default the highest.
        ``row_names`` are read out instead of ``rows``. Raises ``ValueError`` when the values do
        not fill the map."""
        if len(values) != len(rows) or any(len(line) != len(columns) for line in values):
            raise ValueError("a value, or None, for each cell")
        self.rows, self.columns = tuple(rows), tuple(columns)
        flat = tuple(value for line in values for value in line)
        said = tuple(row_names) or self.rows
        known = [value for value in flat if value is not None]
        self._top_value = (top if top is not None else max(known, default=0.0)) or 1.0
        names = [f"{row} {column}" for row in said for column in columns]
        self.show_data(names, [Series("", flat)], say=say)

    def cell(self, index: int) -> tuple[int, int]:
        return divmod(index, len(self.columns))

    def frame(self) -> QRectF:
        theme, metrics = self.theme, QFontMetricsF(self.theme.font("caption"))
        side = max((metrics.horizontalAdvance(row) for row in self.rows), default=0.0)
        side += theme.px(10)
        left, right = (2.0, side) if self.isRightToLeft() else (side, 2.0)
        top = metrics.height() + theme.px(6)
        return QRectF(left, top, self.width() - left - right, self.height() - top - 2)

    def mark_rect(self, index: int) -> QRectF:
        frame, (row, column) = self.frame(), self.cell(index)
        high = frame.height() / len(self.rows)
        wide = frame.width() / len(self.columns)
        x = placed(len(self.columns), frame.left(), frame.right(), mirrored=self.isRightToLeft())[
            column
        ]
        return QRectF(x - wide / 2, frame.top() + row * high, wide, high)

    def index_at(self, at: QPointF) -> int:
        frame = self.frame()
        row = part_at(at.y(), len(self.rows), frame.top(), frame.bottom())
        column = part_at(
            at.x(),
            len(self.columns),
            frame.left(),
            frame.right(),
            mirrored=self.isRightToLeft(),
        )
        return NONE if row == NONE or column == NONE else row * len(self.columns) + column

    def step_of_key(self, key: Qt.Key) -> int | None:
        if self.isRightToLeft():
            mirrored = {Qt.Key.Key_Left: Qt.Key.Key_Right, Qt.Key.Key_Right: Qt.Key.Key_Left}
            key = mirrored.get(key, key)
        moves = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        if key in moves and self.index == NONE:
            return 0
        row, column = self.cell(max(0, self.index))
        if key == Qt.Key.Key_Home:
            return row * len(self.columns)
        if key == Qt.Key.Key_End:
            return (row + 1) * len(self.columns) - 1
        if key not in moves:
            return None
        down, along = moves[key]
        row = min(len(self.rows) - 1, max(0, row + down))
        column = min(len(self.columns) - 1, max(0, column + along))
        return row * len(self.columns) + column

    def sizeHint(self) -> QSize:  # noqa: N802
        high = 200 if self.compact else 300
        return QSize(self.theme.px(260 if self.compact else 560), self.theme.px(high))

    def shade(self, value: float) -> QColor:
        """The ground of a cell."""
        return heat_shade(self.theme.name, value / self._top_value)

    def paint_plot(self, painter: QPainter) -> None:
        theme, tokens = self.theme, self.theme.tokens
        frame, font = self.frame(), theme.font("caption")
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for index, value in enumerate(self.series[0].values):
            box = self.mark_rect(index).adjusted(0.5, 0.5, -0.5, -0.5)
            if value is None:
                painter.fillRect(box, tokens.off)
                painter.fillRect(box, QBrush(tokens.hatch, Qt.BrushStyle.BDiagPattern))
                continue
            ground = self.shade(value)
            painter.fillRect(box, ground)
            text = self.say(value)
            if value and metrics.horizontalAdvance(text) + 4 <= box.width() >= theme.px(22):
                inks = (tokens.text, tokens.canvas)
                painter.setPen(max(inks, key=lambda ink: contrast(ink, ground)))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(tokens.text2)
        self._paint_sides(painter, frame, metrics)
        if self.index != NONE:
            painter.setPen(QPen(tokens.text, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.mark_rect(self.index).adjusted(1, 1, -1, -1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _paint_sides(self, painter: QPainter, frame: QRectF, metrics: QFontMetricsF) -> None:
        rtl = self.isRightToLeft()
        high = frame.height() / len(self.rows)
        for place, row in enumerate(self.rows):
            top = frame.top() + place * high
            left = frame.right() + 4 if rtl else 0.0
            wide = (self.width() - frame.right() if rtl else frame.left()) - self.theme.px(6)
            side = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
            flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
            painter.drawText(QRectF(left, top, wide, high), int(flags), row)
        middles = placed(len(self.columns), frame.left(), frame.right(), mirrored=rtl)
        widths = [metrics.horizontalAdvance(column) for column in self.columns]
        every = fitting(widths, frame.width() / len(self.columns), self.theme.px(4))
        for place in range(0, len(self.columns), every):
            wide = widths[place] + 4
            box = QRectF(middles[place] - wide / 2, 0, wide, frame.top() - self.theme.px(2))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.columns[place])
