"""The doctor's day or week as the calendar draws it, inside the doctor's view: walked, read and
worked by the view's own keys. What is moved or booked is moved in the calendar."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import CalendarSlice, Cell
from clinic_desk.ui.calendar.columns import day_columns, week_columns
from clinic_desk.ui.calendar.grid_keys import GridKeys
from clinic_desk.ui.calendar.grid_plan import GridPlan
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.calendar.keymap import BY_NAME, MOVE, Keymap
from clinic_desk.ui.doctor.keys import action_of
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.privacy import CURTAIN

DAY, WEEK = "day", "week"
Shown = tuple[CalendarSlice, GridPlan, bool]


class DoctorSchedule(QWidget):
    """``acted`` carries the name of what a key asks for; ``chosen`` a visit that the person goes
    to, ``opened`` one whose card is wanted, ``free_pressed`` that free time was to be used."""

    acted = Signal(str)
    chosen = Signal(object)
    opened = Signal(str)
    menu_requested = Signal(object)
    free_pressed = Signal()
    failed = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.letters = True
        self.view = DAY
        self.loaded: tuple[Id, date, date] | None = None
        self._wanted: Id = ""
        self._quiet = False
        self.grid = TimeGridView(context.theme, context.clock)
        self.grid.setAccessibleName("Schedule")
        self.keys = GridKeys(self.grid, Keymap(), self._perform)
        self.grid.key_handler = self._key
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.grid)
        self.setFocusProxy(self.grid)
        self.grid.open_requested.connect(self.opened)
        self.grid.book_requested.connect(lambda _wish: self.free_pressed.emit())
        self.grid.menu_requested.connect(lambda _hit, at: self.menu_requested.emit(at))
        self.grid.selection_changed.connect(self._on_selection)

    def read(self, doctor_id: Id, day: date, first_weekday: int) -> None:
        """Shows that day, or the week it lies in; a newer question drops the older one."""
        week = self.view == WEEK
        first = day - timedelta(days=(day.weekday() - first_weekday) % 7) if week else day
        last = first + timedelta(days=6 if week else 0)
        measure = self.grid.measure(week=week)

        def ask(queries: Queries) -> Shown:
            data = queries.calendar(first, last, [doctor_id], rooms=False)
            days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
            columns = (
                week_columns(data, days, [doctor_id]) if week
                else day_columns(data, first, [doctor_id])
            )  # fmt: skip
            return data, GridPlan(columns, data.cells, measure), week

        def done(found: Shown) -> None:
            data, plan, was_week = found
            self._quiet = True
            self.grid.set_private(CURTAIN.on)
            self.grid.set_content(data, plan.columns, week=was_week, plan=plan)
            self._quiet = False
            self.loaded = (doctor_id, first, last)
            self.select(self._wanted)

        self._context.operations.ask(
            ask, done=done, failed=self._failed, key=f"doctor-schedule:{id(self)}"
        )

    def _failed(self, error: ClinicDeskError) -> None:
        self.failed.emit(error)

    def select(self, row_id: Id) -> None:
        """Puts the cursor on a visit, now or when its day is there; tells nobody."""
        self._wanted = row_id
        current = self.grid.current_cell()
        if row_id and (current is None or current.id != row_id):
            self._quiet = True
            self.grid.focus_cell(row_id)
            self._quiet = False

    def _on_selection(self, cells: list[Cell]) -> None:
        if not self._quiet and len(cells) == 1:
            self._wanted = cells[0].id
            self.chosen.emit(cells[0])

    def _key(self, event: QKeyEvent) -> bool:
        name = self.keys.keymap.name_for(event)
        if name is not None and BY_NAME[name].group == MOVE:
            return self.keys(event)
        action = action_of(event, letters=self.letters)
        if action == "open" and self.grid.current_cell() is None:
            self.free_pressed.emit()
        elif action:
            self.acted.emit(action)
        return bool(action)

    def _perform(self, name: str) -> bool:
        if name in ("day_before", "day_after"):
            self.acted.emit(name)
            return True
        return False
