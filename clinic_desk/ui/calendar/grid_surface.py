"""Paints a grid from tiles: one pixmap per column and 512 device pixels of height, kept until
its column's data, the zoom, the theme or the scale change."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from time import perf_counter

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import CalendarSlice
from clinic_desk.ui.calendar.block_words import Moment
from clinic_desk.ui.calendar.columns import patterns
from clinic_desk.ui.calendar.grid_layout import GridLayout
from clinic_desk.ui.calendar.paint_background import BackgroundPainter
from clinic_desk.ui.calendar.paint_blocks import BlockPainter
from clinic_desk.ui.calendar.paint_overlay import OverlayPainter, Window
from clinic_desk.ui.calendar.paint_tools import Texts
from clinic_desk.ui.calendar.stand_in import StandIn
from clinic_desk.ui.calendar.tile_store import TileStore
from clinic_desk.ui.geometry.tiles import BAND, TileSpot, visible_tiles
from clinic_desk.ui.look.theme import Theme

_TICKING = (Status.ARRIVED, Status.SCHEDULED, Status.CONFIRMED)


class GridSurface:
    """Holds the painters and the tiles of one grid. ``budget``: seconds of a frame that may go
    into new tiles; infinite where a picture must be complete at once."""

    budget = 0.02

    def __init__(self, theme: Theme, texts: Texts) -> None:
        self.theme = theme
        self.texts = texts
        self.tiles = TileStore()
        self.ground = BackgroundPainter(theme, texts)
        self.blocks = BlockPainter(theme, texts)
        self.ground.colour_of = self.blocks.colour
        self.overlay = OverlayPainter(theme, texts, self.ground)
        self.stand_in = StandIn(theme)
        self.late = False
        self.dimmed: frozenset[Id] = frozenset()
        self.private = False
        self._versions: dict[str, int] = {}
        self._before: dict[str, int] = {}
        self._serial = 0
        self._styles: dict[tuple[object, ...], int] = {}

    def learn(self, data: CalendarSlice) -> None:
        """Takes the colours of doctors and visit types of new data."""
        roster = data.snapshot.roster
        marks = patterns(roster)
        people = {d.id: (d.colour, marks[d.id]) for d in roster.doctors.values()}
        kinds = {row.id: row.colour for row in roster.types.values() if row.colour}
        if people != self.blocks.people or kinds != self.ground.over.colours:
            self.blocks.people, self.ground.over.colours = people, kinds
            self.blocks.forget()
            self.tiles.clear()

    def compare(self, grid: GridLayout) -> frozenset[int]:
        """Outdates exactly the columns whose visits or hours differ from the last time, and tells
        which."""
        plan = grid.plan
        changed = set()
        now = {column.key: mark for column, mark in zip(plan.columns, plan.marks, strict=True)}
        for index, (key, mark) in enumerate(now.items()):
            if self._before.get(key) != mark:
                self.outdate(key)
                changed.add(index)
        self._before = now
        return frozenset(changed)

    def outdate(self, key: str) -> None:
        self._serial += 1
        self._versions[key] = self._serial

    def minute_passed(self, grid: GridLayout, now: datetime) -> None:
        """Outdates today's columns that show waiting or late minutes."""
        for column, cells in zip(grid.columns, grid.cells, strict=True):
            if column.day != local_date(now, column.zone):
                continue
            if any(c.status in _TICKING and c.start <= now for c in cells) or any(
                c.status is Status.ARRIVED for c in cells
            ):
                self.outdate(column.key)

    def set_dimmed(self, grid: GridLayout, ids: frozenset[Id]) -> None:
        for cell_id in ids ^ self.dimmed:
            block = grid.by_id.get(cell_id)
            if block is not None:
                self.outdate(grid.columns[block.column].key)
        self.dimmed = ids

    def style(self, grid: GridLayout, step: int, ratio: float) -> int:
        """A short number for everything that all tiles of a frame have in common."""
        parts = (grid.per_minute, step, self.theme.name, self.theme.scale, ratio, self.private)
        return self._styles.setdefault(parts, len(self._styles))

    def key(self, grid: GridLayout, spot: TileSpot, index: int, style: int) -> Hashable:
        key = grid.columns[index].key
        offset, version = grid.axes[index].offset, self._versions.get(key, 0)
        inset = grid.insets.get(index, 0.0)
        return (key, spot.band, version, spot.width, spot.height, offset, inset, style)

    def place(self, grid: GridLayout, spot: TileSpot) -> int:
        """The column that stands at a place counted from the left."""
        count = len(grid.columns)
        return count - 1 - spot.column if grid.layout.mirrored else spot.column

    def paint_tiles(
        self,
        painter: QPainter,
        grid: GridLayout,
        window: Window,
        step: int,
        ratio: float,
        now: datetime,
        dirty: QRectF,
    ) -> None:
        """Draws the tiles that meet ``dirty`` (viewport pixels, as the painter's units). New ones
        are painted until the frame's ``budget`` is spent; ``late`` tells that some are missing,
        which the next frame paints."""
        # with a fraction of a device pixel the last row may round into the next tile
        spare = 0.0 if ratio == int(ratio) else 1.0
        view = (
            window.x + dirty.left(),
            window.y + dirty.top(),
            dirty.width() + spare,
            dirty.height() + spare,
        )
        style = self.style(grid, step, ratio)
        origin = round(window.x * ratio), round(window.y * ratio)
        deadline = perf_counter() + self.budget
        missing = 0
        frame: list[tuple[str, TileSpot, QPixmap]] = []
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        for spot in visible_tiles(grid.layout.edges, grid.height, view, ratio):
            index = self.place(grid, spot)
            cold = self.key(grid, spot, index, style) not in self.tiles
            # one tile of each frame is painted whatever the time, so that a picture gets done
            if cold and perf_counter() > deadline and missing + len(frame):
                missing += 1
                self.stand_in.paint(painter, grid, index, spot, origin, ratio)
                continue
            pixmap = self.tile(grid, spot, step, ratio, now, style)
            frame.append((grid.columns[index].key, spot, pixmap))
            painter.drawPixmap(spot.left - origin[0], spot.top - origin[1], pixmap)
        painter.restore()
        self.late = missing > 0
        if not missing and dirty.height() >= window.height and dirty.width() >= window.width:
            self.stand_in.remember(grid, frame, ratio)

    def prebuild(
        self, grid: GridLayout, window: Window, step: int, ratio: float, now: datetime
    ) -> bool:
        """Paints at most one tile of the bands beside the window; True while some are missing."""
        reach, style = BAND / ratio, self.style(grid, step, ratio)
        top = max(0.0, window.y - reach)
        view = (window.x, top, window.width, window.y + window.height + reach - top)
        for spot in visible_tiles(grid.layout.edges, grid.height, view, ratio):
            if self.key(grid, spot, self.place(grid, spot), style) not in self.tiles:
                self.tile(grid, spot, step, ratio, now, style)
                return True
        return False

    def tile(
        self,
        grid: GridLayout,
        spot: TileSpot,
        step: int,
        ratio: float,
        now: datetime,
        style: int,
    ) -> QPixmap:
        index = self.place(grid, spot)

        def paint() -> QPixmap:
            pixmap = QPixmap(spot.width, spot.height)
            painter = QPainter(pixmap)
            painter.translate(0, -spot.top)
            painter.scale(ratio, ratio)
            area = QRectF(0, spot.top / ratio, spot.width / ratio, spot.height / ratio)
            self.paint_column(painter, grid, index, area, step, ratio, now)
            painter.end()
            return pixmap

        return self.tiles.get(self.key(grid, spot, index, style), paint)

    def paint_column(
        self,
        painter: QPainter,
        grid: GridLayout,
        index: int,
        area: QRectF,
        step: int,
        ratio: float,
        now: datetime,
    ) -> None:
        """The still layers of one column inside ``area`` (column coordinates)."""
        column = grid.columns[index]
        self.blocks.mirrored = self.ground.mirrored = grid.layout.mirrored
        self.ground.paint(painter, grid, index, area, step, ratio)
        moment = Moment(
            now, column.day, local_date(now, column.zone), column.zone, self.dimmed, self.private
        )
        for block in grid.in_range(index, area.top() - 2, area.bottom() + 2):
            self.blocks.paint(painter, block, moment, ratio)

    def restyle(self) -> None:
        """After a change of theme or scale: every picture and every width is stale."""
        self.tiles.clear()
        self.stand_in.forget()
        self.texts.clear()
        self.blocks.forget()
