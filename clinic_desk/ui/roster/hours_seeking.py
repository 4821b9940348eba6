"""Where the settings' search leads to in the weekly hours: each field, brush and button by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from clinic_desk.services.hours_painting import windows
from clinic_desk.ui.roster.hours_brushes import BREAK, ERASE, OPEN, RESERVED
from clinic_desk.ui.roster.hours_surface import CELL_MINUTES, Cell
from clinic_desk.ui.widgets.page import bring_into_view

if TYPE_CHECKING:
    from clinic_desk.ui.roster.hours import HoursPanel

BRUSHES = {"open": OPEN, "break": BREAK, "reserved": RESERVED, "erase": ERASE}
OF_WINDOWS = ("work_start", "work_end")


class WeekSeeking(QObject):
    def __init__(self, panel: HoursPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._sought = ""

    def fields(self) -> dict[str, QWidget]:
        panel = self._panel
        found: dict[str, QWidget] = {
            "doctor": panel.doctor_box, "site": panel.site_box, "plan": panel.plan_box,
            "more": panel.more, "copy_day": panel.copy_day, "copy_week": panel.copy_week,
            "copy_before": panel.copy_before, "break": panel.brushes.reason,
            "reserved": panel.brushes.types, "open": panel.brushes.button(OPEN),
            "erase": panel.brushes.button(ERASE), "week": panel.grid,
        }  # fmt: skip
        for grid in (panel.window_fields.grid, panel.plan_fields.grid):
            found.update(grid.fields)
        return found

    def focus_on(self, name: str) -> bool:
        """False when there is no such field, or it may not be used."""
        panel = self._panel
        if panel.sheet is None:
            self._sought = name if panel.roster is None else ""
            return panel.roster is None
        if panel.stack.currentIndex() != 0:
            return False
        if name in BRUSHES and not panel.why_not:
            panel.brushes.choose(BRUSHES[name])
        if name in OF_WINDOWS:
            self._show_window()
        field = self.fields().get(name)
        if field is None or not field.isVisibleTo(panel) or not field.isEnabledTo(panel):
            return False
        bring_into_view(field)
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def go_on(self) -> None:
        """The rows are there now."""
        if self._sought:
            name, self._sought = self._sought, ""
            self.focus_on(name)

    def _show_window(self) -> None:
        """The cursor on the first hours of the week, unless it stands on some."""
        panel, sheet = self._panel, self._panel.sheet
        if sheet is None or panel.hands.window is not None:
            return
        for day in range(7):
            own = [
                window for window in windows(sheet.layers, sheet.plan, day)
                if window.frame.location_id == sheet.location_id
            ]  # fmt: skip
            if own:
                panel.grid.set_cursor_cell(Cell(day, own[0].start // CELL_MINUTES))
                panel.hands.pick()
                return
