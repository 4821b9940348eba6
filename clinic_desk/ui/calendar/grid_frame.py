"""The frozen frame of a grid: heads of the columns above, times at the side."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from clinic_desk.domain.ids import Clock
from clinic_desk.domain.spans import local_date
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_layout import GridLayout
from clinic_desk.ui.calendar.paint_overlay import Window, minutes_behind, visible_columns
from clinic_desk.ui.calendar.paint_tools import Texts, badge
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import DoctorColour
from clinic_desk.ui.models.words import WEEKDAYS, day_words

HEADER = 56
GUTTER = 56
FULL_HEAD = 160
NARROW_HEAD = 110
"""Widths at which a head drops its bar, then its load, at scale 1."""


class Framed(Protocol):
    """What the frame reads from its grid."""

    theme: Theme
    texts: Texts
    clock: Clock

    @property
    def arrangement(self) -> GridLayout: ...

    @property
    def window_part(self) -> Window: ...

    @property
    def slot_minutes(self) -> int: ...


class HeaderStrip(QWidget):
    """``column_clicked`` and ``menu_requested`` carry the column's index."""

    column_clicked = Signal(int)
    menu_requested = Signal(int, QPoint)

    def __init__(self, view: Framed, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, HEADER)

    def index_at(self, x: float) -> int | None:
        return self._view.arrangement.layout.index_at(x + self._view.window_part.x)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        view, tokens = self._view, self._view.theme.tokens
        painter.fillRect(self.rect(), tokens.window)
        grid, window = view.arrangement, view.window_part
        now = view.clock.now()
        height = float(self.height())
        for index in visible_columns(grid, window):
            left = grid.layout.left(index) - window.x
            area = QRectF(left, 0, grid.layout.width_of(index), height - 1)
            column = grid.columns[index]
            if column.sub_lane:
                self._lane_head(painter, area, column, index, now)
            else:
                self._head(painter, area, column, index, now)
        painter.fillRect(QRectF(0, height - 1, self.width(), 1), tokens.grid_major)
        painter.end()

    def _colour(self, column: Column) -> DoctorColour:
        theme = self._view.theme
        return theme.doctor_colour(column.colour or "indigo", column.pattern)  # type: ignore[arg-type]

    def _head(
        self, painter: QPainter, area: QRectF, column: Column, index: int, now: datetime
    ) -> None:
        theme, texts, tokens = self._view.theme, self._view.texts, self._view.theme.tokens
        painter.fillRect(QRectF(area.left(), 0, 1, area.height()), tokens.grid_minor)
        today = local_date(now, column.zone)
        by_date = column.by_date
        left, right = area.left() + 12, area.right() - 10
        room = area.width() / theme.scale
        full, narrow = room >= FULL_HEAD, room < NARROW_HEAD
        if narrow:
            left, right = area.left() + 6, area.right() - 5
        first, second = theme.px(25), theme.px(45)
        chips = self._chips(column, index, now, today, narrow)
        bold, small = theme.font("body", bold=True), theme.font("caption")
        if by_date:
            bold = theme.font("title", bold=True)
            if column.day == today:
                painter.fillRect(
                    QRectF(area.left(), area.bottom() - 2, area.width(), 2), tokens.accent
                )
        else:
            wide = max(28.0, texts.width(column.code, theme.font("caption", bold=True)) + 10)
            box = QRectF(left, first - theme.px(15), wide, theme.px(20))
            badge(painter, box, column.code, self._colour(column), theme.font("caption", bold=True))
            left += wide + 8
        limit = right
        if by_date and full:
            limit = self._load(painter, column, right, first, bar=64) - 8
        chip_line = first if full or by_date else second
        for text, colour in chips:
            if chip_line == first:
                limit = self._chip(painter, text, colour, limit, first) - 6
        wordings = (column.title, column.short_title, column.short_title.split(" ")[-1])
        fitting = (w for w in wordings if texts.width(w, bold) <= limit - left)
        title = next(fitting, wordings[0] if full else wordings[-1])
        painter.setFont(bold)
        painter.setPen(tokens.accent if by_date and column.day == today else tokens.text)
        painter.drawText(QPointF(left, first), texts.elided(title, bold, limit - left))
        start = area.left() + (6 if narrow else 12)
        limit = right
        crowded = chips and chip_line == second and narrow
        if not by_date and not crowded:
            limit = self._load(painter, column, right, second, bar=40 if full else 0) - 8
        subtitle = column.subtitle if room >= 140 else column.subtitle.split(" · ")[0]
        if chips and chip_line == second:
            text, colour = chips[0]
            shown = texts.elided(text, small, limit - start - 12)
            self._chip(painter, shown, colour, start + texts.width(shown, small) + 12, second)
            return
        painter.setFont(small)
        painter.setPen(tokens.text2)
        painter.drawText(QPointF(start, second), texts.elided(subtitle, small, limit - start))

    def _chips(
        self, column: Column, index: int, now: datetime, today: date, narrow: bool
    ) -> list[tuple[str, str]]:
        found = []
        if column.doctor_id and not column.open_bands:
            found.append((column.closed_label or "Off", "text2"))
        if column.day == today:
            behind = minutes_behind(self._view.arrangement.cells[index], now)
            if behind and column.doctor_id:
                found.append((f"−{behind}′" if narrow else f"−{behind} min", "warn"))
        if column.day == today and column.by_date:
            found.append(("Today", "accent"))
        return found

    def _chip(
        self, painter: QPainter, text: str, colour: str, right: float, baseline: float
    ) -> float:
        """Draws a boxed word that ends at ``right``; returns its left edge."""
        theme, font = self._view.theme, self._view.theme.font("caption")
        ink = getattr(theme.tokens, colour)
        width = self._view.texts.width(text, font) + 12
        box = QRectF(right - width, baseline - theme.px(12), width, theme.px(16))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(ink, 1))
        painter.setBrush(theme.tokens.canvas)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()
        return box.left()

    def _load(
        self, painter: QPainter, column: Column, right: float, baseline: float, bar: int
    ) -> float:
        """ "14/20" with its bar; returns the left edge, ``right`` when there is no capacity."""
        load = column.load
        if not load.capacity:
            return right
        theme, font = self._view.theme, self._view.theme.font("caption")
        text = f"{load.booked}/{load.capacity}"
        width = self._view.texts.width(text, font)
        painter.setFont(font)
        painter.setPen(theme.tokens.text2)
        painter.drawText(QPointF(right - width, baseline), text)
        left = right - width
        if bar:
            left -= bar + 8
            track = QRectF(left, round(baseline - theme.px(6)), bar, 4)
            painter.fillRect(track, theme.tokens.grid_minor)
            track.setWidth(bar * min(1.0, load.booked / load.capacity))
            painter.fillRect(track, self._colour(column).stripe)
        return left

    def _lane_head(
        self, painter: QPainter, area: QRectF, column: Column, index: int, now: datetime
    ) -> None:
        """A lane of a week: the day above its group, the badge above the lane."""
        theme, texts, tokens = self._view.theme, self._view.texts, self._view.theme.tokens
        grid, window = self._view.arrangement, self._view.window_part
        today = local_date(now, column.zone)
        first = index == 0 or grid.columns[index - 1].group != column.group
        if first or index == visible_columns(grid, window)[0]:
            last = index
            while last + 1 < len(grid.columns) and grid.columns[last + 1].group == column.group:
                last += 1
            edge = grid.layout.left(last) + grid.layout.width_of(last) - window.x
            if first:
                painter.fillRect(QRectF(area.left(), 0, 1, area.height()), tokens.grid_major)
            left = max(area.left(), 0.0) + 8
            font = theme.font("body", bold=True)
            is_today = column.day == today
            painter.setFont(font)
            painter.setPen(tokens.accent if is_today else tokens.text)
            label = f"{WEEKDAYS[column.day.weekday()]} {column.day.day}"
            shown = texts.elided(label, font, edge - left - 4)
            painter.drawText(QPointF(left, theme.px(22)), shown)
            if is_today:
                painter.fillRect(
                    QRectF(area.left(), area.bottom() - 2, edge - area.left(), 2), tokens.accent
                )
        colour, font = self._colour(column), theme.font("caption", bold=True)
        if area.width() >= 24:
            wide = min(area.width() - 4, max(24.0, texts.width(column.code, font) + 8))
            box = QRectF(area.left() + (area.width() - wide) / 2, area.bottom() - 22, wide, 16)
            badge(painter, box, texts.elided(column.code, font, wide), colour, font)
        else:
            painter.fillRect(
                QRectF(area.left() + 1, area.bottom() - 8, area.width() - 2, 5), colour.stripe
            )

    def event(self, event) -> bool:  # type: ignore[no-untyped-def]
        if isinstance(event, QHelpEvent):
            index = self.index_at(event.pos().x())
            if index is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), head_words(self._view.arrangement, index))
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        index = self.index_at(event.position().x())
        if index is not None and event.button() is Qt.MouseButton.LeftButton:
            self.column_clicked.emit(index)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        index = self.index_at(event.pos().x())
        if index is not None:
            self.menu_requested.emit(index, event.globalPos())


def head_words(grid: GridLayout, index: int) -> str:
    """A head in one sentence: full name, room, day and load."""
    column = grid.columns[index]
    load = column.load
    count = f"{load.booked} of {load.capacity} booked" if load.capacity else "no working hours"
    day = day_words(column.day)
    return " · ".join(part for part in (column.title, column.subtitle, day, count) if part)


class GutterStrip(QWidget):
    """The times at one side; ``far`` mirrors it for the other edge."""

    def __init__(self, view: Framed, parent: QWidget, *, far: bool = False) -> None:
        super().__init__(parent)
        self._view = view
        self._far = far
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        view, theme = self._view, self._view.theme
        tokens, texts = theme.tokens, view.texts
        grid, window = view.arrangement, view.window_part
        painter.fillRect(self.rect(), tokens.window)
        width, height = float(self.width()), float(self.height())
        head = theme.px(HEADER)
        caption, plain = theme.font("caption"), theme.font("grid")
        if not self._far:
            painter.setFont(caption)
            painter.setPen(tokens.text2)
            painter.drawText(
                QRectF(0, 0, width - 8, head - 12),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                f"{view.slot_minutes} min",
            )
        painter.save()
        painter.setClipRect(QRectF(0, head, width, height - head))
        if grid.axes:
            axis = grid.axes[0]
            every = 30 if grid.per_minute * 30 >= 20 else 60
            for tick in axis.ticks(every):
                y = head + tick.minute * grid.per_minute - window.y
                if y < head - 20 or y > height:
                    continue
                font = plain if tick.hour else caption
                painter.setFont(font)
                painter.setPen(tokens.text2 if tick.hour else tokens.text3)
                at = 8.0 if self._far else width - 8 - texts.width(tick.label, font)
                painter.drawText(QPointF(at, round(y + theme.px(14))), tick.label)
            self._now(painter, grid, window, head, width)
        painter.restore()
        side = 0.0 if self._far else width - 1
        painter.fillRect(QRectF(side, 0, 1, height), tokens.grid_major)
        painter.fillRect(QRectF(0, head - 1, width, 1), tokens.grid_major)
        painter.end()

    def _now(
        self, painter: QPainter, grid: GridLayout, window: Window, head: float, width: float
    ) -> None:
        now = self._view.clock.now()
        axis = next(
            (a for a in grid.axes if a.offset <= a.minute_of(now) < a.offset + a.minutes), None
        )
        if axis is None:
            return
        theme, tokens = self._view.theme, self._view.theme.tokens
        y = round(head + axis.minute_of(now) * grid.per_minute - window.y)
        painter.fillRect(QRectF(0, y - 1, width, 2), tokens.now)
        font = theme.font("caption", bold=True)
        pill = QRectF(6, y - theme.px(9), width - 14, theme.px(18))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.now)
        painter.drawRoundedRect(pill, 3, 3)
        painter.setPen(tokens.canvas)
        painter.setFont(font)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, axis.wall(axis.minute_of(now)))
