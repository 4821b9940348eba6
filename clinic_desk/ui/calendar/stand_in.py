"""What a column shows while its tiles are still being painted: its last picture, stretched to the
new zoom, or plain shapes without words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap

from clinic_desk.ui.calendar.grid_layout import GridLayout
from clinic_desk.ui.calendar.month_paint import heat_colour
from clinic_desk.ui.geometry.tiles import TileSpot
from clinic_desk.ui.look.theme import Theme


@dataclass(frozen=True, slots=True)
class _Shown:
    """A painted piece of a column; ``first`` and ``last`` are content minutes."""

    first: float
    last: float
    pixmap: QPixmap


class StandIn:
    """Keeps the pieces of the last complete frame by column."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._shown: dict[str, list[_Shown]] = {}

    def remember(
        self, grid: GridLayout, frame: list[tuple[str, TileSpot, QPixmap]], ratio: float
    ) -> None:
        """``frame``: column key, place and picture of all tiles of a complete viewport."""
        minute = grid.per_minute * ratio
        self._shown = {}
        for key, spot, pixmap in frame:
            piece = _Shown(spot.top / minute, (spot.top + spot.height) / minute, pixmap)
            self._shown.setdefault(key, []).append(piece)

    def forget(self) -> None:
        """After a change of theme: the last picture would flash."""
        self._shown.clear()

    def paint(
        self,
        painter: QPainter,
        grid: GridLayout,
        index: int,
        spot: TileSpot,
        origin: tuple[int, int],
        ratio: float,
    ) -> None:
        """Fills the spot; ``painter`` counts device pixels, ``origin`` is the window's corner."""
        target = QRectF(spot.left - origin[0], spot.top - origin[1], spot.width, spot.height)
        painter.save()
        painter.setClipRect(target)
        self._flat(painter, grid, index, spot, target, ratio)
        minute = grid.per_minute * ratio
        for piece in self._shown.get(grid.columns[index].key, ()):
            top = piece.first * minute - origin[1]
            box = QRectF(target.left(), top, spot.width, (piece.last - piece.first) * minute)
            if box.intersects(target):
                painter.drawPixmap(box, piece.pixmap, QRectF(piece.pixmap.rect()))
        painter.restore()

    def _flat(
        self,
        painter: QPainter,
        grid: GridLayout,
        index: int,
        spot: TileSpot,
        target: QRectF,
        ratio: float,
    ) -> None:
        tokens, minute = self._theme.tokens, grid.per_minute * ratio
        painter.fillRect(target, tokens.off)
        begin, room = grid.room_of(index)
        if grid.insets.get(index):
            painter.fillRect(target, tokens.window)
        target = QRectF(target.left() + begin * ratio, target.top(), room * ratio, target.height())
        up = target.top() - spot.top
        for start, end in grid.opened[index]:
            painter.fillRect(
                QRectF(target.left(), start * minute + up, target.width(), (end - start) * minute),
                tokens.canvas,
            )
        column, wide = grid.columns[index], target.width()
        colour = self._theme.doctor_colour(column.colour or "indigo")
        # straight from the plan: the blocks themselves may not have been made yet
        for place in grid.plan.placements[index]:
            y, high = place.start * minute + up, (place.end - place.start) * minute - 1
            if y < target.bottom() and y + high > target.top():
                lane, at, inset, stripe = wide / place.lanes, place.lane, 2.0, 0.0
                if grid.layout.mirrored:
                    at, inset = place.lanes - place.lane - place.span, 4.0
                    stripe = lane * place.span - 10
                left = target.left() + lane * at + inset
                painter.fillRect(QRectF(left, y, lane * place.span - 6, high), colour.fill)
                painter.fillRect(QRectF(left + stripe, y, 4, high), colour.stripe)
        for crowd in grid.plan.crowds[index]:
            y, high = crowd.start * minute + up, (crowd.end - crowd.start) * minute - 1
            fill = heat_colour(self._theme.name, crowd.share)
            painter.fillRect(QRectF(target.left() + 2, y, wide - 6, high), fill)
