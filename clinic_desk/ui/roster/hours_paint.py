"""How the week grid is drawn: lines, windows, the brush under way, cursor and selection."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen

from clinic_desk.services.wording import DAYS, LONG_DAYS, clock_text
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.roster.hours_surface import CELL_MINUTES, CELLS, Area, Block, WeekSurface
from clinic_desk.ui.widgets import paint


class PaintedWeek(WeekSurface):
    """Everything is painted from the theme's tokens; no stylesheet reaches the viewport."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self.viewport())
        self._lines(painter)
        for block in self.blocks:
            self._block(painter, block)
        self._marks(painter)
        self._gutter(painter)
        self._header(painter)
        self._label(painter)

    def _lines(self, painter: QPainter) -> None:
        tokens, view = self.theme.tokens, self.viewport().rect()
        painter.fillRect(view, tokens.off)
        step = 1 if self.cell_height >= 14 else 4
        for row in range(0, CELLS + 1, step):
            y = self.y_of(row * CELL_MINUTES)
            if self.head <= y <= view.bottom():
                whole = row % 4 == 0
                painter.fillRect(
                    0, y, view.width(), 1, tokens.grid_major if whole else tokens.grid_minor
                )
        for day in range(7):
            left, width = self.column(day)
            x = left + width - 1 if self.isRightToLeft() else left
            painter.fillRect(x, 0, 1, view.height(), tokens.grid_major)

    def _block(self, painter: QPainter, block: Block) -> None:
        rect = self.rect_of(block.weekday, block.start, block.end)
        if not rect.intersects(self.viewport().rect()):
            return
        tokens, step = self.theme.tokens, block.inset * self.theme.px(10)
        left, right = (2, 3 + step) if self.isRightToLeft() else (3 + step, 2)
        box = rect.adjusted(left, 1 if block.first else 0, -right, -1 if block.last else 0)
        if block.dim:
            painter.fillRect(box, mix(tokens.grid_major, tokens.canvas, 0.35))
            painter.setPen(QPen(tokens.control_border, 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0, 0, -1, -1))
            self._words(painter, box, block, tokens.text2, 6)
            return
        fill, ink = block.colour.fill, tokens.text
        if block.kind == "open":
            painter.fillRect(box, fill)
        else:
            painter.fillRect(box, tokens.canvas if block.kind == "break" else fill)
            style = Qt.BrushStyle.BDiagPattern
            shade = tokens.control_border if block.kind == "break" else block.colour.stripe
            painter.fillRect(box, QBrush(mix(shade, tokens.canvas, 0.45), style))
        stripe = QRect(box.left(), box.top(), 4, box.height())
        if self.isRightToLeft():
            stripe.moveRight(box.right())
        painter.fillRect(
            stripe, tokens.control_border if block.kind == "break" else block.colour.stripe
        )
        self._words(painter, box, block, ink, 10)

    def _words(self, painter: QPainter, box: QRect, block: Block, ink: QColor, margin: int) -> None:
        font = self.theme.font("caption")
        painter.setFont(font)
        high = painter.fontMetrics().height()
        top = max(box.top() + 1, self.head + 1)
        if box.bottom() - top < high - 3:
            return
        y, x = top + 1, box.left() + (4 if self.isRightToLeft() else margin)
        wide = box.width() - margin - 4
        plain = block.kind != "open" and not block.dim
        mirrored = self.isRightToLeft()
        lines = [
            part
            for place, line in enumerate(block.lines)
            for part in self._broken(line, wide, bold=place == 0 and not block.dim)
        ]
        for place, line in enumerate(lines):
            if y + high > box.bottom() + 3:
                return
            badge = self.theme.px(30) if block.badge and place == 0 else 0
            row = QRect(x, y, wide, high)
            if badge:
                spot = QRect(x, y, badge - 4, high)
                if self.isRightToLeft():
                    spot.moveRight(row.right())
                    row.setRight(spot.left() - 4)
                else:
                    row.setLeft(x + badge)
                paint.badge(painter, spot, self.theme, block.badge, block.colour)
            painter.setFont(self.theme.font("caption", bold=place == 0 and not block.dim))
            shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, row.width())
            if plain and shown:  # hatching behind small type is hard to read
                back = QRect(row)
                back.setWidth(min(row.width(), painter.fontMetrics().horizontalAdvance(shown) + 3))
                if self.isRightToLeft():
                    back.moveRight(row.right())
                under = block.colour.fill if block.kind == "reserved" else self.theme.tokens.canvas
                painter.fillRect(back, under)
            painter.setPen(ink)
            # times read from left to right everywhere, names as their own letters do
            side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
            painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
            absolute = Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(row, int(side | absolute), shown)
            painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            y += high

    def _broken(self, line: str, width: int, *, bold: bool) -> list[str]:
        """A span of time that is too wide for its column goes on in a second line; of "15 min
        steps" the minutes are enough."""
        metrics = QFontMetrics(self.theme.font("caption", bold=bold))
        start, dash, end = line.partition("–")
        if dash and metrics.horizontalAdvance(line) > width:
            return [start + dash, end]
        if metrics.horizontalAdvance(line) > width:
            return [line.removesuffix(" steps")]
        return [line]

    def _marks(self, painter: QPainter) -> None:
        tokens = self.theme.tokens
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.picked is not None:
            painter.setPen(QPen(tokens.accent, 2))
            painter.drawRect(self.rect_of(*self.picked).adjusted(2, 1, -2, -1))
        if self.painting is not None:
            area, _, colour = self.painting
            shade = QColor(colour)
            shade.setAlpha(90)
            for day in area.days:
                painter.fillRect(self.rect_of(day, area.start, area.end), shade)
            painter.setPen(QPen(colour, 2))
            painter.drawRect(self._area_rect(area))
        elif self.several:
            painter.fillRect(self._area_rect(self.selection), tokens.selected)
            painter.setPen(QPen(tokens.accent, 1))
            painter.drawRect(self._area_rect(self.selection))
        if self.hasFocus():
            rect = self.cell_rect(self.cursor_cell)
            painter.setPen(QPen(tokens.canvas, 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            paint.focus_ring(painter, rect.adjusted(1, 1, -1, -1), self.theme)

    def _area_rect(self, area: Area) -> QRect:
        first = self.rect_of(area.first, area.start, area.end)
        return first.united(self.rect_of(area.last, area.start, area.end)).adjusted(1, 0, -1, -1)

    def _gutter(self, painter: QPainter) -> None:
        tokens, view = self.theme.tokens, self.viewport().rect()
        band = QRect(0, 0, self.gutter, view.height())
        if self.isRightToLeft():
            band.moveRight(view.right())
        painter.fillRect(band, tokens.window)
        painter.setFont(self.theme.font("caption"))
        painter.setPen(tokens.text2)
        every = 60 if self.cell_height >= 8 else 120
        for minute in range(0, 1440, every):
            y = self.y_of(minute)
            if self.head - 8 <= y <= view.bottom():
                row = QRect(band.left() + 4, y - 8, band.width() - 10, 16)
                painter.drawText(
                    row,
                    int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                    clock_text(minute),
                )

    def _header(self, painter: QPainter) -> None:
        tokens, view = self.theme.tokens, self.viewport().rect()
        painter.fillRect(QRect(0, 0, view.width(), self.head), tokens.window)
        painter.fillRect(QRect(0, self.head - 1, view.width(), 1), tokens.grid_major)
        selected = self.selection
        bold = QFontMetrics(self.theme.font("grid", bold=True))
        most = max(bold.horizontalAdvance(name) for name in LONG_DAYS)
        names = LONG_DAYS if most <= self.column_width - 8 else DAYS
        for day in range(7):
            left, width = self.column(day)
            here = day in selected.days
            painter.setFont(self.theme.font("grid", bold=here))
            painter.setPen(tokens.text if here else tokens.text2)
            centre = int(Qt.AlignmentFlag.AlignCenter)
            painter.drawText(QRect(left, 0, width, self.head), centre, names[day])
        corner = QRect(0, 0, self.gutter, self.head - 1)
        if self.isRightToLeft():
            corner.moveRight(view.right())
        painter.fillRect(corner, tokens.window)

    def _label(self, painter: QPainter) -> None:
        """What the brush or the selection covers, in words beside it."""
        tokens = self.theme.tokens
        if self.painting is not None:
            area, words, colour = self.painting
        elif self.several and self.hasFocus():
            area, words, colour = self.selection, self.selection.words, tokens.accent
        else:
            return
        painter.setFont(self.theme.font("grid", bold=True))
        wide = painter.fontMetrics().horizontalAdvance(words) + 16
        high = painter.fontMetrics().height() + 8
        rect = self._area_rect(area)
        view = self.viewport().rect()
        x = min(max(4, rect.left()), view.right() - wide - 4)
        y = rect.bottom() + 6
        if y + high > view.bottom() - 4:
            y = max(self.head + 4, rect.top() - high - 6)
        pill = QRectF(x, min(y, view.bottom() - high - 4), wide, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(tokens.canvas)
        painter.drawRoundedRect(pill, 4, 4)
        painter.setPen(tokens.text)
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), words)
