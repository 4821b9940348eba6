"""Paints the heads of columns: badge, name, room, load, chips; mirrored with the layout."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from clinic_desk.domain.spans import at_local, local_date
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_frame import HEADER, Framed
from clinic_desk.ui.calendar.grid_layout import GridLayout
from clinic_desk.ui.calendar.paint_overlay import minutes_behind, visible_columns
from clinic_desk.ui.calendar.paint_tools import badge
from clinic_desk.ui.look.tokens import DoctorColour
from clinic_desk.ui.models.sites import ahead_words, minutes_apart, zone_city
from clinic_desk.ui.models.words import WEEKDAYS

FULL_HEAD = 160
NARROW_HEAD = 110
"""Widths at which a head drops its bar, then its load, at scale 1."""


def site_runs(grid: GridLayout) -> list[list[int]]:
    """The columns of each site, side by side."""
    runs: list[list[int]] = []
    for index, column in enumerate(grid.columns):
        if index and grid.columns[index - 1].site == column.site:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def clock_note(column: Column) -> str:
    """ "Istanbul time, 3 h ahead"; empty where the site's clock is the clinic's."""
    noon = at_local(column.day, 720, column.zone)
    apart = ahead_words(minutes_apart(noon, column.zone, column.home_zone))
    return f"{zone_city(column.zone)} time, {apart}" if apart else ""


class HeadPainter:
    """Positions are computed as from left to right and turned over inside each head where the
    interface reads from right to left."""

    def __init__(self, view: Framed) -> None:
        self._view = view
        self._area = QRectF()

    def paint(self, painter: QPainter, whole: QRectF, dirty: QRectF | None = None) -> None:
        """All heads, or those that meet ``dirty``."""
        # a mirrored window would write "Room 1" as "1 Room"
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        view, tokens = self._view, self._view.theme.tokens
        painter.fillRect(whole, tokens.window)
        grid, window = view.arrangement, view.window_part
        now = view.clock.now()
        strip = view.head_height - view.theme.px(HEADER)
        if strip:
            self._sites(painter, strip)
            painter.translate(0, strip)
            whole = whole.adjusted(0, 0, 0, -strip)
            dirty = None if dirty is None else dirty.translated(0, -strip)
        height = whole.height()
        for index in visible_columns(grid, window):
            left = grid.layout.left(index) - window.x
            area = QRectF(left, 0, grid.layout.width_of(index), height - 1)
            column = grid.columns[index]
            if dirty is not None and not area.intersects(dirty):
                continue
            self._area = area
            if view.selected_column == column.key:
                painter.fillRect(area, tokens.selected)
                line = QRectF(area.left(), area.bottom() - 2, area.width(), 2)
                painter.fillRect(line, tokens.accent)
            if column.sub_lane:
                self._lane_head(painter, area, column, index, now)
            else:
                self._head(painter, area, column, index, now)
        painter.fillRect(QRectF(0, height - 1, whole.width(), 1), tokens.grid_major)

    def _sites(self, painter: QPainter, high: float) -> None:
        """Each site's name over the visible part of its columns, with its clock where that shows
        another time than the clinic's."""
        view, theme = self._view, self._view.theme
        grid, window, tokens = view.arrangement, view.window_part, theme.tokens
        font, small = theme.font("caption", bold=True), theme.font("caption")
        for indices in site_runs(grid):
            left = min(grid.layout.left(i) for i in indices) - window.x
            right = max(grid.layout.left(i) + grid.layout.width_of(i) for i in indices) - window.x
            area = QRectF(max(left, 0.0), 0, 0, high)
            area.setRight(min(right, window.width))
            if area.width() < 1:
                continue
            self._area = area
            painter.fillRect(area, tokens.off)
            edge = area.right() - 1 if grid.layout.mirrored else area.left()
            painter.fillRect(QRectF(edge, 0, 1, high), tokens.grid_major)
            column = grid.columns[indices[0]]
            painter.setPen(tokens.text)
            name = view.texts.elided(column.site, font, area.width() - 14)
            wide = self._write(painter, name, font, area.left() + 8, theme.px(14))
            clock = view.texts.elided(clock_note(column), small, area.width() - wide - 30)
            painter.setPen(tokens.text2)
            self._write(painter, clock, small, area.left() + 14 + wide, theme.px(14))

    def _box(self, left: float, top: float, width: float, height: float) -> QRectF:
        """A rectangle of the head, turned over where the layout is."""
        if self._view.arrangement.layout.mirrored:
            left = self._area.left() + self._area.right() - left - width
        return QRectF(left, top, width, height)

    def _write(
        self, painter: QPainter, text: str, font: QFont, left: float, baseline: float
    ) -> float:
        """Draws a word that begins at ``left``; returns its width."""
        width = self._view.texts.width(text, font)
        painter.setFont(font)
        painter.drawText(QPointF(self._box(left, 0, width, 0).left(), baseline), text)
        return width

    def _colour(self, column: Column) -> DoctorColour:
        """The doctor's; a neutral one for rooms and sums, which are nobody's."""
        theme, tokens = self._view.theme, self._view.theme.tokens
        if not column.colour:
            return DoctorColour(tokens.text2, tokens.off, tokens.canvas)
        return theme.doctor_colour(column.colour, column.pattern)  # type: ignore[arg-type]

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
            box = self._box(left, first - theme.px(15), wide, theme.px(20))
            badge(painter, box, column.code, self._colour(column), theme.font("caption", bold=True))
            left += wide + 8
        limit = right
        if by_date and full:
            limit = self._load(painter, column, right, first, bar=64) - 8
        chip_line = first if full or by_date else second
        for text, colour in chips:
            if chip_line == first:
                limit = self._chip(painter, text, colour, limit, first) - 6
        wordings = [column.title, column.short_title]
        if column.doctor_id:
            wordings.append(column.short_title.split(" ")[-1])
        fitting = (w for w in wordings if texts.width(w, bold) <= limit - left)
        title = next(fitting, "")
        # a room's badge says which it is: its name goes below where it finds no place beside
        beneath = not title and not column.doctor_id and not by_date
        if not title and not beneath:
            title = wordings[0] if full else wordings[-1]
        painter.setPen(tokens.accent if by_date and column.day == today else tokens.text)
        self._write(painter, texts.elided(title, bold, limit - left), bold, left, first)
        start = area.left() + (6 if narrow else 12)
        limit = right
        crowded = chips and chip_line == second and narrow
        if not by_date and not crowded:
            limit = self._load(painter, column, right, second, bar=40 if full else 0) - 8
        subtitle = column.subtitle if room >= 140 else column.subtitle.split(" · ")[0]
        if subtitle == column.site and not by_date:
            subtitle = ""
        if beneath:
            subtitle = column.title
        if chips and chip_line == second:
            text, colour = chips[0]
            shown = texts.elided(text, small, limit - start - 12)
            self._chip(painter, shown, colour, start + texts.width(shown, small) + 12, second)
            return
        painter.setPen(tokens.text if beneath else tokens.text2)
        self._write(painter, texts.elided(subtitle, small, limit - start), small, start, second)

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
        box = self._box(right - width, baseline - theme.px(12), width, theme.px(16))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(ink, 1))
        painter.setBrush(theme.tokens.canvas)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()
        return right - width

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
        painter.setPen(theme.tokens.text2)
        self._write(painter, text, font, right - width, baseline)
        left = right - width
        if bar:
            left -= bar + 8
            y = round(baseline - theme.px(6))
            painter.fillRect(self._box(left, y, bar, 4), theme.tokens.grid_minor)
            full = bar * min(1.0, load.booked / load.capacity)
            painter.fillRect(self._box(left, y, full, 4), self._colour(column).stripe)
        return left

    def _lane_head(
        self, painter: QPainter, area: QRectF, column: Column, index: int, now: datetime
    ) -> None:
        """A lane of a week: the day above its group, the badge above the lane."""
        theme, texts, tokens = self._view.theme, self._view.texts, self._view.theme.tokens
        grid = self._view.arrangement
        if index == 0 or grid.columns[index - 1].group != column.group:
            edge = area.right() if grid.layout.mirrored else area.left()
            painter.fillRect(QRectF(edge, 0, 1, area.height()), tokens.grid_major)
        if index == self._first_seen(column.group):
            self._lane_day(painter, index, column, column.day == local_date(now, column.zone))
            self._area = area
        colour, font = self._colour(column), theme.font("caption", bold=True)
        if area.width() >= 24:
            wide = min(area.width() - 4, max(24.0, texts.width(column.code, font) + 8))
            high = theme.px(16)
            top = area.bottom() - high - 6
            box = QRectF(area.left() + (area.width() - wide) / 2, top, wide, high)
            badge(painter, box, texts.elided(column.code, font, wide), colour, font)
        else:
            painter.fillRect(
                QRectF(area.left() + 1, area.bottom() - 8, area.width() - 2, 5), colour.stripe
            )

    def _first_seen(self, group: int) -> int | None:
        """The first column of a day that is in sight: it carries the day's name."""
        grid, window = self._view.arrangement, self._view.window_part
        seen = (i for i in visible_columns(grid, window) if grid.columns[i].group == group)
        return next(seen, None)

    def _lane_day(self, painter: QPainter, index: int, column: Column, is_today: bool) -> None:
        """The day's name over the visible part of its lanes."""
        theme, tokens = self._view.theme, self._view.theme.tokens
        grid, window = self._view.arrangement, self._view.window_part
        lanes = [i for i, c in enumerate(grid.columns) if c.group == column.group and i >= index]
        left = min(grid.layout.left(i) for i in lanes) - window.x
        right = max(grid.layout.left(i) + grid.layout.width_of(i) for i in lanes) - window.x
        whole = QRectF(max(left, 0.0), 0, 0, self._area.height())
        whole.setRight(min(right, window.width))
        self._area = whole
        font = theme.font("body", bold=True)
        painter.setPen(tokens.accent if is_today else tokens.text)
        label = f"{WEEKDAYS[column.day.weekday()]} {column.day.day}"
        shown = self._view.texts.elided(label, font, whole.width() - 12)
        self._write(painter, shown, font, whole.left() + 8, theme.px(22))
        if is_today:
            painter.fillRect(QRectF(left, whole.bottom() - 2, right - left, 2), tokens.accent)
