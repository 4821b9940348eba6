"""The frozen sides of a grid: the times at its edges."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.ids import Clock
from clinic_desk.ui.calendar.grid_layout import GridLayout
from clinic_desk.ui.calendar.paint_overlay import Window
from clinic_desk.ui.calendar.paint_tools import Texts
from clinic_desk.ui.geometry.timegrid import DayAxis
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.sites import zone_city
from clinic_desk.ui.models.words import clock_words

HEADER = 56
GUTTER = 56
SECOND = 50
"""What the clinic's own clock takes beside that of the site."""

SITE_STRIP = 20
"""Height of the sites' names over the heads."""


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

    @property
    def head_height(self) -> int: ...

    @property
    def selected_column(self) -> str | None: ...


class GutterStrip(QWidget):
    """The times at one side; ``far`` mirrors it for the other edge."""

    def __init__(self, view: Framed, parent: QWidget, *, far: bool = False) -> None:
        super().__init__(parent)
        self._view = view
        self._far = far
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        # every place is reckoned here, and a mirrored painter would make "30:" of ":30"
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        view, theme = self._view, self._view.theme
        tokens, texts = theme.tokens, view.texts
        grid, window = view.arrangement, view.window_part
        painter.fillRect(self.rect(), tokens.window)
        width, height = float(self.width()), float(self.height())
        head = view.head_height
        far_zone = "" if self._far else grid.plan.far_zone
        second = theme.px(SECOND) if far_zone else 0
        caption, plain = theme.font("caption"), theme.font("grid")
        if not self._far:
            painter.setFont(caption)
            painter.setPen(tokens.text2)
            painter.drawText(
                QRectF(0, 0, width - 8, head - 12),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                f"{view.slot_minutes} min",
            )
        axis = self.axis()
        if far_zone and axis is not None:
            self._cities(painter, far_zone, axis.zone, head, second, width)
        elif axis is not None and axis != grid.plan.gutter:
            self._city(painter, axis.zone, 0.0, width, head, tokens.text2)
        painter.save()
        painter.setClipRect(QRectF(0, head, width, height - head))
        if axis is not None:
            every = 30 if grid.per_minute * 30 >= 20 else 60
            pill = self._pill_y(grid, window, head)
            for tick in axis.ticks(every):
                y = head + tick.minute * grid.per_minute - window.y
                if y < head - 20 or y > height:
                    continue
                if pill is not None and abs(y + theme.px(9) - pill) < theme.px(14):
                    continue
                font = plain if tick.hour else caption
                painter.setFont(font)
                painter.setPen(tokens.text2 if tick.hour else tokens.text3)
                at = 8.0 if self._far else width - 8 - texts.width(tick.label, font)
                if self._mirrored and second:
                    at = 8.0
                painter.drawText(QPointF(at, round(y + theme.px(14))), tick.label)
            if far_zone:
                self._second(painter, replace(axis, zone=far_zone), head, second, pill)
            self._now(painter, grid, window, head, width - second, second, axis)
        painter.restore()
        side = 0.0 if self._far else width - 1
        painter.fillRect(QRectF(side, 0, 1, height), tokens.grid_major)
        painter.fillRect(QRectF(0, head - 1, width, 1), tokens.grid_major)
        painter.end()

    def axis(self) -> DayAxis | None:
        """The clock of the column beside this strip; the gutter's own while that column shows its
        hours itself. None where the columns have no hours in common."""
        grid, window = self._view.arrangement, self._view.window_part
        gutter, layout = grid.plan.gutter, grid.layout
        if gutter is None or not grid.plan.clocks:
            return gutter
        at_right = self._far is not self._mirrored
        index = layout.index_at(window.x + (window.width - 2 if at_right else 1))
        if index is None:
            return gutter
        if not self._far and index in grid.plan.clocks:
            start = layout.left(index) - window.x
            hidden = start + layout.width_of(index) - window.width if at_right else -start
            if hidden < grid.insets.get(index, 0.0) / 2:
                return gutter
        return replace(gutter, zone=grid.columns[index].zone)

    @property
    def _mirrored(self) -> bool:
        return self._view.arrangement.layout.mirrored

    def _outer(self, second: float, width: float) -> float:
        """Where the second clock begins: on the side away from the columns."""
        return width - second if self._mirrored else 0.0

    def _cities(
        self, painter: QPainter, far: str, near: str, head: float, second: float, width: float
    ) -> None:
        """Whose clock is whose, at the foot of the head."""
        tokens, inner = self._view.theme.tokens, 0.0 if self._mirrored else second
        self._city(painter, far, self._outer(second, width), second, head, tokens.text3)
        self._city(painter, near, inner, width - second, head, tokens.text2)

    def _city(
        self, painter: QPainter, name: str, begin: float, room: float, head: float, ink: QColor
    ) -> None:
        texts, font = self._view.texts, self._view.theme.font("caption")
        shown = texts.elided(zone_city(name), font, room - 6)
        painter.setFont(font)
        painter.setPen(ink)
        at = QPointF(begin + room - 5 - texts.width(shown, font), head - 6)
        painter.drawText(at, shown)

    def _second(
        self,
        painter: QPainter,
        axis: DayAxis,
        head: float,
        second: float,
        pill: float | None,
    ) -> None:
        """The full hours of the clinic's own clock."""
        view, theme = self._view, self._view.theme
        grid, window, texts = view.arrangement, view.window_part, view.texts
        font, width = theme.font("caption"), float(self.width())
        left = self._outer(second, width)
        painter.setFont(font)
        painter.setPen(theme.tokens.text3)
        for tick in axis.ticks(60):
            y = head + tick.minute * grid.per_minute - window.y
            hidden = pill is not None and abs(y + theme.px(9) - pill) < theme.px(14)
            if hidden or y < head - 20 or y > self.height():
                continue
            at = left + second - 6 - texts.width(tick.label, font)
            painter.drawText(QPointF(at, round(y + theme.px(14))), tick.label)
        edge = left if self._mirrored else second - 1
        painter.fillRect(QRectF(edge, head, 1, self.height()), theme.tokens.grid_minor)

    def _pill_y(self, grid: GridLayout, window: Window, head: float) -> float | None:
        """Where the present time stands; None on other days."""
        now = self._view.clock.now()
        for axis in grid.axes:
            if axis.offset <= axis.minute_of(now) < axis.offset + axis.minutes:
                return head + axis.minute_of(now) * grid.per_minute - window.y
        return None

    def _now(
        self,
        painter: QPainter,
        grid: GridLayout,
        window: Window,
        head: float,
        width: float,
        second: float,
        beside: DayAxis | None,
    ) -> None:
        now = self._view.clock.now()
        axis = next(
            (a for a in grid.axes if a.offset <= a.minute_of(now) < a.offset + a.minutes), None
        )
        if axis is None:
            return
        theme, tokens = self._view.theme, self._view.theme.tokens
        y = round(head + axis.minute_of(now) * grid.per_minute - window.y)
        painter.fillRect(QRectF(0, y - 1, width + second, 2), tokens.now)
        font = theme.font("caption", bold=True)
        inner = 0.0 if self._mirrored else second
        pill = QRectF(inner + 6, y - theme.px(9), width - 14, theme.px(18))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.now)
        painter.drawRoundedRect(pill, 3, 3)
        painter.setPen(tokens.canvas)
        painter.setFont(font)
        clock = beside or axis
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, clock.wall(clock.minute_of(now)))
        if second and grid.plan.far_zone:
            there = clock_words(now, grid.plan.far_zone)
            box = QRectF(self._outer(second, width + second), y - theme.px(9), second - 6, 0)
            box.setHeight(theme.px(18))
            painter.fillRect(box.adjusted(4, 0, 0, 0), tokens.window)
            painter.setPen(tokens.now)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, there
            )
