"""Selection, swept range and cursor over the tiles of a grid."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QPainter

from clinic_desk.domain.appointments import Status
from clinic_desk.ui.calendar.paint_overlay import block_rect

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.grid_view import TimeGridView


def paint_selection(painter: QPainter, view: TimeGridView) -> None:
    """Selection and focus are visible together (ux.md 1.2); what is carried shows neither at its
    origin, so that its dashed outline can be seen."""
    overlay, grid, window = view.surface.overlay, view.arrangement, view.window_part
    carried = view.surface.dimmed
    for cell_id in view.selected_ids:
        if cell_id in carried:
            continue
        rect = block_rect(grid, window, cell_id)
        if rect is not None:
            in_room = grid.by_id[cell_id].cell.status is Status.IN_PROGRESS
            overlay.selection(painter, rect, in_room=in_room)
    focused = view.hasFocus()
    if view.range is not None:
        overlay.slot(painter, QRectF(view.span_rect(*view.range)), focused=focused)
        return
    area, position = view.cursor_rect(), view.position
    if area is None or position is None:
        return
    if position.cell_id is None:
        overlay.slot(painter, area, focused=focused)
    elif focused and position.cell_id not in carried:
        overlay.focus(painter, area)


def beside_cursor(view: TimeGridView) -> QPoint | None:
    """Where a popover about the cursor's visit or slot begins, global; None without a cursor."""
    cell = view.current_cell()
    area = view.cell_rect(cell.id) if cell else None
    if area is None:
        place = view.cursor
        if place is None:
            return None
        column, start = place
        area = view.span_rect(column, start, start + timedelta(minutes=15))
    return view.viewport().mapToGlobal(area.topLeft() + QPoint(8, 20))
