"""The layers under the visits: hours, grid lines, breaks, time off, outside appointments and
buffers. Coordinates: x from the column's left, y from the top of the content."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from clinic_desk.domain.ids import Id
from clinic_desk.ui.calendar.grid_layout import LEFT_MARGIN, GridLayout
from clinic_desk.ui.calendar.hours import Stretch
from clinic_desk.ui.calendar.paint_over import OVER, OverPainter
from clinic_desk.ui.calendar.paint_tools import Texts, dots, hatch
from clinic_desk.ui.geometry.timegrid import FREE_STRIP, DayAxis
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import DoctorColour, faded, mix

SLOT_LINE_FROM = 14


class BackgroundPainter:
    """Paints one column's ground inside a clip area; ``colour_of`` tells a doctor's colour."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        self.theme = theme
        self.texts = texts
        self.over = OverPainter(theme, texts)
        self.mirrored = False
        self.colour_of: Callable[[Id], DoctorColour] = lambda _id: theme.doctor_colour("indigo")

    def paint(
        self, painter: QPainter, grid: GridLayout, index: int, area: QRectF, step: int, ratio: float
    ) -> None:
        """``step`` is the slot length in minutes; ``area`` bounds what is drawn."""
        tokens, per_minute = self.theme.tokens, grid.per_minute
        self.over.mirrored = self.mirrored
        painter.fillRect(area, tokens.off)
        begin, width = grid.room_of(index)
        whole = grid.layout.width_of(index)
        if width < whole:
            left = width if self.mirrored else 0.0
            clock = QRectF(left, area.top(), whole - width, area.height())
            self.over.clock(painter, grid.axes[index], per_minute, clock, area)
        painter.save()
        painter.translate(begin, 0)
        room = QRectF(0, area.top(), width, area.height()) & area.translated(-begin, 0)
        self._hours(painter, grid, index, room, step, ratio)
        painter.restore()
        self._buffers(painter, grid, index, area)

    def _hours(
        self, painter: QPainter, grid: GridLayout, index: int, area: QRectF, step: int, ratio: float
    ) -> None:
        """Everything between the column's own clock and its visits."""
        tokens, per_minute = self.theme.tokens, grid.per_minute
        width = grid.room_of(index)[1]
        for start, end in grid.opened[index]:
            opened = QRectF(0, round(start * per_minute), width, 0)
            opened.setBottom(round(end * per_minute))
            painter.fillRect(opened.intersected(area), tokens.canvas)
        marked = grid.stretches[index]
        for stretch in marked:
            if stretch.kind == "break":
                painter.fillRect(self._rect(stretch, width, per_minute) & area, tokens.off)
            elif stretch.kind in OVER:
                self.over.ground(painter, stretch, self._rect(stretch, width, per_minute) & area)
        self._lines(painter, grid, index, area, step, ratio)
        for stretch in marked:
            self._stretch(painter, stretch, grid, index, area, ratio)

    def _rect(self, stretch: Stretch, width: float, per_minute: float) -> QRectF:
        top = round(stretch.start * per_minute)
        return QRectF(0, top, width, round(stretch.end * per_minute) - top)

    def _lines(
        self, painter: QPainter, grid: GridLayout, index: int, area: QRectF, step: int, ratio: float
    ) -> None:
        tokens = self.theme.tokens
        axis, width = grid.axes[index], grid.room_of(index)[1]
        column = grid.columns[index]
        slot = grid.per_minute * step
        hair = max(1.0, round(ratio)) / ratio
        minor, major = [], []
        first = max(0, int((area.top() / grid.per_minute - axis.offset) // step))
        last = int((area.bottom() / grid.per_minute - axis.offset) // step) + 1
        for number in range(first, min(last, axis.minutes // step) + 1):
            elapsed = number * step
            y = round(round((elapsed + axis.offset) * grid.per_minute) * ratio) / ratio
            if elapsed % 60 == 0:
                major.append(QRectF(0, y, width, hair))
            elif slot >= SLOT_LINE_FROM or elapsed % 30 == 0:
                minor.append(QRectF(0, y, width, hair))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.grid_minor)
        painter.drawRects(minor)
        painter.setBrush(tokens.grid_major)
        painter.drawRects(major)
        first_of_day = index == 0 or grid.columns[index - 1].group != column.group
        strong = not column.sub_lane or first_of_day
        painter.fillRect(
            QRectF(0, area.top(), hair, area.height()),
            tokens.grid_major if strong and column.sub_lane else tokens.grid_minor,
        )

    def _stretch(
        self,
        painter: QPainter,
        stretch: Stretch,
        grid: GridLayout,
        index: int,
        area: QRectF,
        ratio: float,
    ) -> None:
        tokens, width = self.theme.tokens, grid.room_of(index)[1]
        whole = self._rect(stretch, width, grid.per_minute)
        if not whole.intersects(area.adjusted(0, -24, 0, 24)):
            return
        if stretch.kind == "away":
            ground = whole.adjusted(1, 0, -1, 0) & area
            painter.fillRect(ground, tokens.off)
            hatch(painter, ground, tokens.hatch)
            self.away_label(painter, stretch.label, whole.top() + 4, width, ratio, whole.height())
        elif stretch.kind == "external":
            self._external(painter, stretch, whole, area, grid.axes[index], ratio)
        elif stretch.kind in OVER:
            self.over.paint(painter, stretch, whole, area)
        elif whole.height() >= 16 and width >= 48:
            self.plain_label(painter, stretch.label, whole.top(), width)

    def plain_label(self, painter: QPainter, text: str, top: float, width: float) -> None:
        font = self.theme.font("caption")
        shown = self.texts.elided(text, font, width - 12)
        painter.setFont(font)
        painter.setPen(self.theme.tokens.text2)
        left = self._at(8, self.texts.width(shown, font), 0, width)
        painter.drawText(QPointF(left, top + self.theme.px(15)), shown)

    def _at(self, inset: float, wide: float, left: float, width: float) -> float:
        """Where something ``wide`` begins that stands ``inset`` from the leading edge of the
        stretch from ``left``, ``width`` wide: from its right edge where it is mirrored."""
        return left + (width - inset - wide if self.mirrored else inset)

    def away_label(
        self, painter: QPainter, text: str, top: float, width: float, ratio: float, room: float
    ) -> None:
        """The boxed label of an absence."""
        height = self.theme.px(18)
        if room < height + 4 or width < 40:
            return
        tokens, font = self.theme.tokens, self.theme.font("caption")
        shown = self.texts.elided(text, font, width - 40)
        long = self.texts.width(shown, font)
        box = QRectF(self._at(7.5, long + 27, 0, width), top + 0.5, long + 27, height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(tokens.grid_major, 1))
        painter.setBrush(tokens.canvas)
        painter.drawRoundedRect(box, 3, 3)
        icon = self.theme.icon("calendar", 12, tokens.text2, ratio=ratio)
        at = QPointF(self._at(12, 12, 0, width), top + (height - 12) / 2 + 0.5)
        painter.drawPixmap(at, icon)
        painter.setFont(font)
        painter.setPen(tokens.text)
        baseline = top + height / 2 + self.texts.metrics(font).capHeight() / 2 + 0.5
        painter.drawText(QPointF(self._at(28, long, 0, width), round(baseline)), shown)
        painter.restore()

    def _external(
        self,
        painter: QPainter,
        stretch: Stretch,
        whole: QRectF,
        area: QRectF,
        axis: DayAxis,
        ratio: float,
    ) -> None:
        tokens, theme = self.theme.tokens, self.theme
        near, far = LEFT_MARGIN, FREE_STRIP + 1
        if self.mirrored:
            near, far = far, near
        box = whole.adjusted(near, 0, -far, -1)
        painter.fillRect(box & area, tokens.off)
        dots(painter, box.adjusted(1, 1, -1, -1) & area, tokens.grid_major)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        pen = QPen(tokens.grid_major, 1)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.restore()
        if box.width() < 40 or box.height() < 16:
            return
        bold, plain = theme.font("grid", bold=True), theme.font("grid")
        line = theme.px(16)
        title = self.texts.elided(stretch.label, bold, box.width() - 30)
        text_width = max(self.texts.width(title, bold) + 18, 0)
        if stretch.band is not None and box.height() >= 36:
            when = f"{axis.wall(stretch.start)}–{axis.wall(stretch.end)}"
            if stretch.label == "Busy":
                when = f"{when} · own calendar"
            when = self.texts.elided(when, plain, box.width() - 14)
            text_width = max(text_width, self.texts.width(when, plain))
            rows = 2
        else:
            when, rows = "", 1
        left, wide = box.left(), box.width()
        ground = QRectF(
            self._at(4, text_width + 8, left, wide), box.top() + 3, text_width + 8, rows * line + 2
        )
        painter.fillRect(ground & area, tokens.off)
        icon = theme.icon("lock", 12, tokens.text2, ratio=ratio)
        painter.drawPixmap(QPointF(self._at(7, 12, left, wide), box.top() + 5), icon)
        painter.setPen(tokens.text)
        painter.setFont(bold)
        at = self._at(23, self.texts.width(title, bold), left, wide)
        painter.drawText(QPointF(at, box.top() + theme.px(15)), title)
        if when:
            painter.setFont(plain)
            at = self._at(8, self.texts.width(when, plain), left, wide)
            painter.drawText(QPointF(at, box.top() + theme.px(15) + line), when)

    def _buffers(self, painter: QPainter, grid: GridLayout, index: int, area: QRectF) -> None:
        for block in grid.blocks[index]:
            cell = block.cell
            if cell.blocked_start == cell.start and cell.blocked_end == cell.end:
                continue
            if block.overflow:
                continue
            top = round(grid.y_of(index, cell.blocked_start))
            bottom = round(grid.y_of(index, cell.blocked_end))
            before = QRectF(block.x, top, block.width, block.y - top)
            real_bottom = block.y + block.real_height + 1
            after = QRectF(block.x, real_bottom, block.width, bottom - real_bottom)
            colour = self.colour_of(cell.doctor_id)
            self.buffer(painter, before & area, colour, before.bottom())
            self.buffer(painter, after & area, colour, after.top())

    def buffer(
        self,
        painter: QPainter,
        band: QRectF,
        colour: DoctorColour,
        edge: float,
    ) -> None:
        """A buffer band with its dashed edge toward the visit at ``edge``."""
        if band.height() < 1:
            return
        tokens = self.theme.tokens
        painter.fillRect(band, mix(colour.stripe, tokens.canvas, 0.12))
        hatch(painter, band, faded(colour.stripe, 0.42))
        pen = QPen(colour.stripe, 1)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        y = edge - 0.5 if edge >= band.bottom() else edge + 0.5
        painter.drawLine(QLineF(band.left(), y, band.right(), y))
