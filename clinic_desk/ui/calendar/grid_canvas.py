"""The ground of the day and week grid: what stands where, zoom, scrolling, one hit test."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from clinic_desk.domain.ids import Clock, Id
from clinic_desk.services.views import CalendarSlice, Cell
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_frame import GUTTER, HEADER, SECOND, SITE_STRIP, GutterStrip
from clinic_desk.ui.calendar.grid_header import HeaderStrip
from clinic_desk.ui.calendar.grid_layout import GridLayout
from clinic_desk.ui.calendar.grid_plan import GridPlan, Measure
from clinic_desk.ui.calendar.grid_surface import GridSurface
from clinic_desk.ui.calendar.paint_over import CLOCK
from clinic_desk.ui.calendar.paint_overlay import Window, block_rect
from clinic_desk.ui.calendar.paint_tools import Texts
from clinic_desk.ui.geometry.timegrid import (
    DEFAULT_ZOOM,
    ZOOM_STEPS,
    ColumnLayout,
    fitting_zoom,
    layout_columns,
    minimum_width,
    pixels_per_minute,
)
from clinic_desk.ui.look.theme import Theme

FAR_GUTTER_FROM = 10
WEEK_LANES = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under a point. ``kind``: block, empty, header, gutter or none; ``edge``: top or
    bottom in a resize zone; ``instant`` unsnapped, aware UTC."""

    kind: str
    cell: Cell | None = None
    edge: str | None = None
    column: Column | None = None
    instant: datetime | None = None
    overflow: tuple[Id, ...] = ()


class GridCanvas(QAbstractScrollArea):
    """Columns, zoom and places of a grid. Positions are viewport pixels: a negative y is the
    header, a negative x the gutter."""

    zoom_changed = Signal(int)
    completed = Signal()

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme, self.clock, self.texts = theme, clock, Texts()
        self.surface = GridSurface(theme, self.texts)
        self.slice: CalendarSlice | None = None
        self.columns: list[Column] = []
        self.selected_column: str | None = None
        self.resize_top = True
        self._zoom = DEFAULT_ZOOM
        self._week = False
        self._plan = GridPlan([], (), Measure(1))
        self.arrangement = GridLayout(self._plan, ColumnLayout((0.0,)), 1.6)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.header = HeaderStrip(self, self)
        self.gutter = GutterStrip(self, self)
        self.far_gutter = GutterStrip(self, self, far=True)
        self.horizontalScrollBar().actionTriggered.connect(self._snap_columns)
        self._margins()

    def complete(self, data: CalendarSlice) -> None:
        """The same picture with a snapshot that knows more; tells ``completed``."""
        self.slice = data
        self.completed.emit()

    @property
    def per_minute(self) -> float:
        """Pixels of a minute at the present zoom and size of type."""
        return pixels_per_minute(self._zoom) * self.theme.scale

    @property
    def head_height(self) -> int:
        """With the strip that names the sites, where there are several."""
        strip = SITE_STRIP if self._plan.sites_named else 0
        return self.theme.px(HEADER) + self.theme.px(strip)

    def measure(self, *, week: bool) -> Measure:
        """What a plan for this grid must know; ask for it before a plan is made elsewhere."""
        return Measure(18 * self.theme.scale / self.per_minute, WEEK_LANES if week else None)

    def _arrange(self, plan: GridPlan | None = None) -> None:
        """Puts everything in its place; ``plan`` is one made elsewhere from the same data."""
        ratio, scale = self.devicePixelRatioF(), self.theme.scale
        cells, measure = self.slice.cells if self.slice else (), self.measure(week=self._week)
        plan = plan or self._plan
        if (
            plan.measure != measure
            or plan.source is not cells
            or [c.key for c in plan.columns] != [c.key for c in self.columns]
        ):
            plan = GridPlan(self.columns, cells, measure)
        self._plan, self.columns = plan, plan.columns
        lanes = 1
        if self.columns and self.columns[0].sub_lane:
            lanes = sum(1 for c in self.columns if c.group == self.columns[0].group)
        self._margins()
        insets = {i: float(self.theme.px(CLOCK)) for i in plan.clocks}
        width = float(self.viewport().width())
        minimum = minimum_width(width, len(self.columns), lanes_per_day=lanes) * scale
        layout = layout_columns(
            len(self.columns),
            width,
            minimum,
            ratio,
            mirrored=self.layoutDirection() is Qt.LayoutDirection.RightToLeft,
            extra=insets,
        )
        bar, before = self.verticalScrollBar(), self.arrangement.per_minute
        minute = bar.value() / before
        self.arrangement = GridLayout(plan, layout, self.per_minute, insets)
        self._ranges()
        if self.per_minute != before:  # another size of type: the time at the upper edge stays
            bar.setValue(round(minute * self.per_minute))

    def _margins(self) -> None:
        gutter, header = self.theme.px(GUTTER), self.head_height
        far = gutter if len(self.columns) >= FAR_GUTTER_FROM else 0
        gutter += self.theme.px(SECOND) if self._plan.far_zone else 0
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left, right = (far, gutter) if mirrored else (gutter, far)
        self.setViewportMargins(left, header, right, 0)
        area = self.viewport().geometry()
        near, other = (self.far_gutter, self.gutter) if mirrored else (self.gutter, self.far_gutter)
        height = header + area.height()
        near.setGeometry(area.left() - left, area.top() - header, left, height)
        other.setGeometry(area.right() + 1, area.top() - header, right, height)
        self.far_gutter.setVisible(far > 0)
        self.header.setGeometry(area.left(), area.top() - header, area.width(), header)

    def _ranges(self) -> None:
        grid, area = self.arrangement, self.viewport().size()
        vertical, across = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setRange(0, max(0, grid.height - area.height()))
        vertical.setPageStep(area.height())
        vertical.setSingleStep(max(8, round(self._zoom * grid.per_minute)))
        across.setRange(0, max(0, round(grid.layout.width) - area.width()))
        across.setPageStep(area.width())
        across.setSingleStep(round(grid.layout.width_of(0)) if self.columns else 40)

    # -- places ----------------------------------------------------------------------------
    def _left(self) -> int:
        """The content x at the viewport's left edge. From right to left the bar counts from the
        other end."""
        bar = self.horizontalScrollBar()
        return bar.maximum() - bar.value() if self.arrangement.layout.mirrored else bar.value()

    def _set_left(self, x: float) -> None:
        bar = self.horizontalScrollBar()
        mirrored = self.arrangement.layout.mirrored
        bar.setValue(round(bar.maximum() - x if mirrored else x))

    @property
    def window_part(self) -> Window:
        size = self.viewport().size()
        return Window(
            self._left(),
            self.verticalScrollBar().value(),
            size.width(),
            size.height(),
        )

    @property
    def slot_minutes(self) -> int:
        return self._zoom

    @property
    def painted_blocks(self) -> int:
        """How many blocks were really drawn since the start (tiles reused draw none)."""
        return self.surface.blocks.painted

    def column_at(self, x: float) -> Column | None:
        index = self.arrangement.layout.index_at(x + self.window_part.x)
        return None if index is None else self.columns[index]

    def instant_at(self, column: Column, y: float) -> datetime:
        """Unsnapped; bounded by the column's day."""
        index = self.arrangement.index_of(column) or 0
        return self.arrangement.instant_at(index, y + self.window_part.y)

    def hit(self, pos: QPoint) -> Hit:
        window, grid = self.window_part, self.arrangement
        column = self.column_at(pos.x())
        if pos.y() < 0:
            return Hit(
                "header" if column and pos.y() >= -self.header.height() else "none", column=column
            )
        if pos.x() < 0 or pos.x() >= window.width:
            return Hit("gutter")
        if column is None or pos.y() >= window.height:
            return Hit("none")
        index, y = grid.layout.index_at(pos.x() + window.x) or 0, pos.y() + window.y
        instant = grid.instant_at(index, y)
        block = grid.block_at(index, pos.x() + window.x - grid.layout.left(index), y)
        if block is None:
            return Hit("empty", column=column, instant=instant)
        edge = grid.edge_at(block, y)
        if edge == "top" and not self.resize_top:
            edge = None
        return Hit("block", block.cell, edge, column, instant, block.overflow)

    def cell_rect(self, cell_id: Id) -> QRect | None:
        rect = block_rect(self.arrangement, self.window_part, cell_id)
        return None if rect is None else rect.toRect()

    def span_rect(self, column: Column, start: datetime, end: datetime) -> QRect:
        """Where a visit would stand alone in that column; empty when the column is not shown."""
        grid, window = self.arrangement, self.window_part
        index = grid.index_of(column)
        if index is None:
            return QRect()
        top, bottom = grid.y_of(index, start), grid.y_of(index, end)
        begin, width = grid.room_of(index)
        left = grid.layout.left(index) - window.x + begin
        return QRectF(
            left + 2, round(top - window.y), width - 7, max(2, round(bottom - top) - 1)
        ).toRect()

    # -- scrolling and zoom ----------------------------------------------------------------
    def scroll_by(self, dx: int, dy: int) -> None:
        self._set_left(self._left() + dx)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + dy)

    def ensure_visible(self, column: Column, start: datetime, end: datetime | None = None) -> None:
        """Scrolls the least that shows the span with one slot of margin."""
        index = self.arrangement.index_of(column)
        if index is None:
            return
        grid, window = self.arrangement, self.window_part
        margin = self._zoom * grid.per_minute
        top = grid.y_of(index, start) - margin
        bottom = grid.y_of(index, end or start + timedelta(minutes=self._zoom)) + margin
        if top < window.y or bottom - top > window.height:
            self.verticalScrollBar().setValue(int(top))
        elif bottom > window.y + window.height:
            self.verticalScrollBar().setValue(round(bottom - window.height))
        left, width = grid.layout.left(index), grid.layout.width_of(index)
        if left < window.x:
            self._set_left(int(left))
        elif left + width > window.x + window.width:
            wanted = grid.layout.snap_scroll(left + width - window.width + width / 2, window.width)
            self._set_left(wanted)

    def scroll_to_opening(self) -> None:
        """A quarter of an hour before the first opening of the shown days."""
        grid = self.arrangement
        clock = grid.plan.gutter.zone if grid.plan.gutter is not None else ""
        spans = list(zip(grid.columns, grid.opened, strict=True))
        opened = [s for column, own in spans for s in own if column.zone == clock]
        opened = opened or [s for _, own in spans for s in own]
        first = min((s[0] for s in opened), default=8 * 60.0)
        self.verticalScrollBar().setValue(round(max(0.0, first - 15) * grid.per_minute))

    def set_zoom(self, minutes: int, anchor: float | None = None) -> None:
        """Keeps the time at ``anchor`` (viewport y; the cursor or the middle when None) fixed."""
        if minutes == self._zoom or minutes not in ZOOM_STEPS:
            return
        if anchor is None:
            anchor = self.anchor()
        minute = (self.window_part.y + anchor) / self.arrangement.per_minute
        self._zoom = minutes
        self._arrange()
        self.verticalScrollBar().setValue(round(minute * self.arrangement.per_minute - anchor))
        self.zoom_changed.emit(minutes)
        self.update_all()

    def anchor(self) -> float:
        """The viewport y that a zoom keeps in place."""
        return self.viewport().height() / 2

    def zoom_step(self, direction: int, anchor: float | None = None) -> None:
        """Finer for a positive direction."""
        index = ZOOM_STEPS.index(self._zoom) - direction
        if 0 <= index < len(ZOOM_STEPS):
            self.set_zoom(ZOOM_STEPS[index], anchor)

    def zoom_fit(self) -> None:
        """The finest zoom that shows the whole working day."""
        grid = self.arrangement
        opened = [span for spans in grid.opened for span in spans]
        if opened:
            length = max(s[1] for s in opened) - min(s[0] for s in opened)
            self.set_zoom(fitting_zoom(round(length * self.theme.scale), self.viewport().height()))
        self.scroll_to_opening()

    def _snap_columns(self, _action: int = 0) -> None:
        bar, layout = self.horizontalScrollBar(), self.arrangement.layout
        at = bar.sliderPosition()
        x = bar.maximum() - at if layout.mirrored else at
        wanted = layout.snap_scroll(x, bar.pageStep())
        bar.setSliderPosition(round(bar.maximum() - wanted if layout.mirrored else wanted))

    def update_all(self) -> None:
        """Repaints viewport and frame."""
        for part in (self.viewport(), self.header, self.gutter, self.far_gutter):
            part.update()

    def frame_mark(self) -> object:
        """Equal as long as nothing has moved: where columns and hours stand, and in what look."""
        grid = self.arrangement
        keys = tuple(column.key for column in grid.columns)
        look = self.surface.blocks.people, self.surface.late
        clock = grid.plan.gutter, grid.plan.far_zone, self.head_height
        return keys, grid.layout, grid.height, grid.per_minute, self.window_part, look, clock

    def update_columns(
        self, changed: Collection[int], before: Sequence[Column], frame: object
    ) -> None:
        """Repaints these columns, and the heads that are not as ``before``; everything when the
        ``frame_mark`` is not ``frame`` any more."""
        if frame != self.frame_mark():
            self.update_all()
            return
        grid, window, height = self.arrangement, self.window_part, self.viewport().height()
        for index in changed:
            left = grid.layout.left(index) - window.x
            strip = QRectF(left - 1, 0, grid.layout.width_of(index) + 2, height)
            self.viewport().update(strip.toAlignedRect())
        for index, (was, column) in enumerate(zip(before, grid.columns, strict=True)):
            if was != column or index in changed:
                self.header.update(self.header.head_rect(index).adjusted(-1, 0, 1, 0))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self.repaint_all()
            self._arrange()

    def repaint_overlay(self, rect: QRect) -> None:
        """Repaints only that part of the viewport; tiles are blitted, not painted."""
        self.viewport().update(rect)

    def repaint_all(self) -> None:
        """Paints every tile anew: words or colours have changed, places have not."""
        self.surface.tiles.clear()
        self.update_all()

    def _restyle(self) -> None:
        self.surface.restyle()
        self._arrange()
        self.update_all()
