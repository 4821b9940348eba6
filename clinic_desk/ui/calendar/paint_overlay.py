"""The layers that change with the moment and are never kept in tiles: labels that stick to the
top, countdowns of holds, selection and focus, the now-line. Viewport coordinates."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.grid_layout import GridLayout
from clinic_desk.ui.calendar.paint_background import BackgroundPainter
from clinic_desk.ui.calendar.paint_tools import ROOMY_HOLD, Texts
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import faded

LAST_MINUTE = 60
BEHIND_FROM = 10
STICKING = frozenset({"closed", "away", "elsewhere", "reserved", "limited"})


@dataclass(frozen=True, slots=True)
class Window:
    """What part of the content is visible (logical content pixels)."""

    x: float
    y: float
    width: float
    height: float


def seconds_left(cell: Cell, now: datetime) -> int:
    """Seconds until a hold runs out; 0 when it has."""
    if cell.hold_until is None:
        return 0
    return max(0, round((cell.hold_until - now).total_seconds()))


def minutes_behind(cells: Collection[Cell], now: datetime) -> int:
    """How far a doctor runs late: someone still in the room past the end of the visit, or
    waiting past the start of it. 0 below ten minutes."""
    worst = 0.0
    for cell in cells:
        if cell.status is Status.IN_PROGRESS:
            worst = max(worst, (now - cell.end).total_seconds() / 60)
        elif cell.status is Status.ARRIVED:
            worst = max(worst, (now - cell.start).total_seconds() / 60)
    return int(worst) if worst >= BEHIND_FROM else 0


class OverlayPainter:
    def __init__(self, theme: Theme, texts: Texts, ground: BackgroundPainter) -> None:
        self.theme = theme
        self.texts = texts
        self.ground = ground

    def sticky_labels(
        self, painter: QPainter, grid: GridLayout, window: Window, ratio: float
    ) -> None:
        """The label of a closed stretch or an absence whose own place is scrolled away."""
        for index in visible_columns(grid, window):
            begin, width = grid.room_of(index)
            if width < 48:
                continue
            for stretch in grid.stretches[index]:
                top, bottom = stretch.start * grid.per_minute, stretch.end * grid.per_minute
                if top + 4 >= window.y or bottom < window.y + 26:
                    continue
                if stretch.kind not in STICKING:
                    continue
                if grid.in_range(index, window.y, window.y + 22):
                    continue
                painter.save()
                painter.translate(grid.layout.left(index) - window.x + begin, 0)
                if stretch.kind == "away":
                    self.ground.away_label(painter, stretch.label, 3, width, ratio, 40)
                elif stretch.kind != "closed":
                    self.ground.over.label(painter, stretch, 0, width)
                else:
                    self.ground.plain_label(painter, stretch.label, 0, width)
                painter.restore()

    def countdowns(
        self, painter: QPainter, grid: GridLayout, window: Window, now: datetime
    ) -> None:
        font = self.theme.font("grid", bold=True)
        for block in grid.holds:
            index = block.column
            if block.width >= 34:
                left = seconds_left(block.cell, now)
                text = f"{left // 60}:{left % 60:02}"
                if left <= LAST_MINUTE and block.width >= 180:
                    text = f"expires {text}"
                right = grid.layout.left(index) - window.x + block.x + block.width
                # in a narrow one the countdown has the corner to itself
                right -= self.theme.px(14) + 10 if block.width >= ROOMY_HOLD else 6
                top = block.y - window.y + (4 if block.height >= 44 else 3)
                soon = left <= LAST_MINUTE
                painter.setPen(self.theme.tokens.refuse if soon else self.theme.tokens.text)
                painter.setFont(font)
                width = self.texts.width(text, font)
                at = right - width
                if grid.layout.mirrored:
                    side = grid.layout.left(index) - window.x + block.x
                    at = 2 * side + block.width - at - width
                painter.drawText(QPointF(at, top + self.theme.px(12)), text)

    def selection(self, painter: QPainter, rect: QRectF, *, in_room: bool) -> None:
        tokens = self.theme.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(tokens.accent, 2))
        painter.setBrush(faded(tokens.accent, 0.06))
        grow = 0.0 if in_room else -1.0
        painter.drawRoundedRect(rect.adjusted(-grow, -grow, grow, grow), 3, 3)
        painter.restore()

    def focus(self, painter: QPainter, rect: QRectF) -> None:
        """2 px of focus colour outside, with a 1 px gap of canvas between."""
        tokens = self.theme.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tokens.canvas, 1))
        painter.drawRoundedRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5), 3, 3)
        painter.setPen(QPen(tokens.focus, 2))
        painter.drawRoundedRect(rect.adjusted(-2, -2, 2, 2), 4, 4)
        painter.restore()

    def slot(self, painter: QPainter, rect: QRectF, *, focused: bool) -> None:
        """The cursor on empty time."""
        tokens = self.theme.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(tokens.selected)
        painter.setPen(
            QPen(tokens.focus if focused else tokens.control_border, 2 if focused else 1)
        )
        inset = 1.0 if focused else 0.5
        painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), 3, 3)
        painter.restore()

    def now_line(
        self, painter: QPainter, grid: GridLayout, window: Window, now: datetime, ratio: float
    ) -> None:
        """1 px over today's columns, and how far each doctor runs behind."""
        tokens = self.theme.tokens
        for index in visible_columns(grid, window):
            axis = grid.axes[index]
            minute = axis.minute_of(now)
            if not axis.offset <= minute < axis.offset + axis.minutes:
                continue
            y = round((minute * grid.per_minute - window.y) * ratio) / ratio
            left, width = grid.layout.left(index) - window.x, grid.layout.width_of(index)
            begin, wide = grid.room_of(index)
            line = QRectF(left + begin, y, wide, max(1.0, round(ratio)) / ratio)
            painter.fillRect(line, tokens.now)
            behind = minutes_behind(grid.cells[index], now)
            if behind and width >= 90 and grid.columns[index].doctor_id:
                self._behind(painter, QRectF(left, y + 3, width, self.theme.px(16)), behind, ratio)

    def _behind(self, painter: QPainter, line: QRectF, minutes: int, ratio: float) -> None:
        """At the far end of the column's ``line``; the left one where it is mirrored."""
        tokens, theme, font = self.theme.tokens, self.theme, self.theme.font("caption", bold=True)
        mirrored = self.ground.mirrored
        text = f"{minutes} min behind" if line.width() >= theme.px(160) else f"{minutes}′"
        long, top = self.texts.width(text, font), line.top()
        wide = long + 25
        left = line.left() + 8 if mirrored else line.right() - 8 - wide
        box = QRectF(left, top, wide, line.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(tokens.canvas)
        painter.setPen(QPen(tokens.warn, 1))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        icon = theme.icon("clock", 12, tokens.warn, ratio=ratio)
        at = box.right() - 17 if mirrored else box.left() + 5
        painter.drawPixmap(QPointF(at, top + (box.height() - 12) / 2), icon)
        painter.setPen(tokens.warn)
        painter.setFont(font)
        at = box.right() - 20 - long if mirrored else box.left() + 20
        painter.drawText(QPointF(at, top + theme.px(12)), text)
        painter.restore()


def visible_columns(grid: GridLayout, window: Window) -> list[int]:
    """Indices of the columns that meet the window."""
    layout = grid.layout
    return [
        i
        for i in range(len(grid.columns))
        if layout.left(i) < window.x + window.width
        and layout.left(i) + layout.width_of(i) > window.x
    ]


def block_rect(grid: GridLayout, window: Window, cell_id: Id) -> QRectF | None:
    """A visit's rectangle in the viewport; None when no column shows it."""
    block = grid.by_id.get(cell_id)
    if block is None:
        return None
    left = grid.layout.left(block.column) + block.x - window.x
    return QRectF(left, block.y - window.y, block.width, block.height)
