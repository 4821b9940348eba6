"""The frozen sides of a grid: the times at its edges."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.ids import Clock
from clinic_desk.ui.calendar.grid_layout import GridLayout
from clinic_desk.ui.calendar.paint_overlay import Window
from clinic_desk.ui.calendar.paint_tools import Texts
from clinic_desk.ui.look.theme import Theme

HEADER = 56
GUTTER = 56


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
                painter.drawText(QPointF(at, round(y + theme.px(14))), tick.label)
            self._now(painter, grid, window, head, width)
        painter.restore()
        side = 0.0 if self._far else width - 1
        painter.fillRect(QRectF(side, 0, 1, height), tokens.grid_major)
        painter.fillRect(QRectF(0, head - 1, width, 1), tokens.grid_major)
        painter.end()

    def _pill_y(self, grid: GridLayout, window: Window, head: float) -> float | None:
        """Where the present time stands; None on other days."""
        now = self._view.clock.now()
        for axis in grid.axes:
            if axis.offset <= axis.minute_of(now) < axis.offset + axis.minutes:
                return head + axis.minute_of(now) * grid.per_minute - window.y
        return None

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
