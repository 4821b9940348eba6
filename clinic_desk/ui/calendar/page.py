"""The calendar page: day, week, month and agenda over one set of doctors and one day.

It asks for the visible range off the main thread, keeps the old picture until the new data is
there, and turns what people do in the views into requests for the window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.outcome import Changes
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar import accessible
from clinic_desk.ui.calendar.gestures import GestureController
from clinic_desk.ui.calendar.gestures_targets import DateTarget
from clinic_desk.ui.calendar.grid_keys import GridKeys
from clinic_desk.ui.calendar.grid_marks import beside_cursor
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.calendar.keymap import Keymap
from clinic_desk.ui.calendar.month_view import MonthView
from clinic_desk.ui.calendar.page_actions import PageActions
from clinic_desk.ui.calendar.page_loader import Loader
from clinic_desk.ui.calendar.period_bar import MonthBar, WeekBar
from clinic_desk.ui.calendar.skeleton import Skeleton
from clinic_desk.ui.calendar.visit_card import CardCloser, VisitCard
from clinic_desk.ui.geometry.monthgrid import months_later
from clinic_desk.ui.models.sites import site_zone
from clinic_desk.ui.models.words import day_words
from clinic_desk.ui.runtime.context import Context

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.agenda_view import AgendaView

VIEWS = ("day", "week", "month", "agenda")
AGENDA_DAYS = 7


class CalendarPage(QWidget):
    """``selection_changed`` carries the one chosen ``Cell``, or None; ``book_requested`` a dict
    with doctor_id, start, end and room_id (end None: the visit type decides), ``open_requested``
    an id, ``cancel_requested`` a list of cells, ``finder_requested`` a dict with what is known and
    ``wait_requested`` one with the ``cell`` or a doctor_id,
    ``key_hints`` a list of (key, words), ``refused`` a ``ClinicDeskError``, ``view_requested`` the
    view that a click asks for, ``only_requested`` and ``hide_requested`` the id of a doctor or
    room, ``order_requested`` the ids of the shown columns in the order that they should have,
    ``plan_offered`` a sentence and the id of the blocked time whose visits must move."""

    status_text = Signal(str)
    selection_changed = Signal(object)
    book_requested = Signal(object)
    open_requested = Signal(str)
    day_changed = Signal(object)
    key_hints = Signal(object)
    finder_requested = Signal(object)
    cancel_requested = Signal(object)
    toast_requested = Signal(str, bool)
    refused = Signal(object)
    view_requested = Signal(str)
    only_requested = Signal(str)
    hide_requested = Signal(str)
    order_requested = Signal(object)
    wait_requested = Signal(object)
    zoom_changed = Signal(int)
    cancelled_changed = Signal(bool)
    loaded = Signal()
    page_requested = Signal(str, object)
    plan_offered = Signal(str, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        accessible.install()
        self.context = context
        theme = context.theme
        self.keymap = Keymap()
        self.view = "day"
        self.group = "doctor"
        self.day = context.clock.now().date()
        self.doctor_ids: list[Id] | None = None
        self.room_ids: list[Id] | None = None
        self.site: Id | None = None
        self.week_doctor: Id | None = None
        self.week_all = False
        self.week_days = 5
        self.cancelled_shown = False
        self._grid = TimeGridView(theme, context.clock)
        self.month = MonthView(theme, context.clock)
        self._agenda: AgendaView | None = None
        self.week_bar = WeekBar(theme)
        self.month_bar = MonthBar(theme)
        self.card = VisitCard(theme, context.clock, self)
        self._closer = CardCloser(self.card, self._grid)
        self.gestures = GestureController(context, self._grid, self)
        self.loader = Loader(self)
        self.actions_ = PageActions(self)
        self.keys = GridKeys(self._grid, self.keymap, self.actions_.perform)
        self._grid.key_handler = self.keys
        self._wanted: Id | None = None
        self._lift: Cell | None = None
        self._unsure = False
        self._answered: set[str] = set()
        self._stack = QStackedWidget()
        self.skeleton = Skeleton(theme, self._stack)
        for widget in (self._grid, self.month):
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.week_bar)
        column.addWidget(self.month_bar)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self._grid)
        self._connect()
        self._show_view()

    def _connect(self) -> None:
        grid, month = self._grid, self.month
        self.refused.connect(lambda _error: self.skeleton.done())
        grid.zoom_changed.connect(self.zoom_changed)
        grid.cursor_changed.connect(lambda: accessible.tell_focus(grid))
        grid.arranged.connect(lambda: accessible.tell_content(grid))
        grid.focused.connect(lambda: accessible.tell_focus(grid))
        month.cursor_changed.connect(lambda _day: accessible.tell_focus(month))
        grid.open_requested.connect(self.open_requested)
        self.actions_.connect_all()
        month.day_opened.connect(self._open_day)
        month.week_opened.connect(self._open_week)
        month.cell_opened.connect(self.open_requested)
        month.lifted.connect(self.gestures.lift_id)
        self.gestures.add_dates(DateTarget(month, month.date_at, day_words, rests=False))
        month.month_requested.connect(self._go)
        month.cursor_changed.connect(self._month_cursor)
        month.mode_changed.connect(self.month_bar.show_mode)
        self.month_bar.mode_chosen.connect(month.set_mode)
        self.week_bar.doctor_chosen.connect(self._choose_week_doctor)
        self.week_bar.days_chosen.connect(self.loader.show_days_of_week)
        self.gestures.day_requested.connect(self.show_day)
        self.gestures.loading = self.loader.turning
        self.gestures.step_requested.connect(self.step)
        self.card.opened.connect(self.open_requested)
        self.card.seen.connect(self.context.operations.looked_at)
        self.card.asked.connect(self.loader.tell_messages)
        self.card.copied.connect(lambda phone: self.status_text.emit(f"Copied {phone}"))
        self.card.closed.connect(lambda inside: self.focus_grid() if inside else None)
        stops = (grid, self.card.open_button, self.card.copy_button, self.card.close_button)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    # -- what the window calls ---------------------------------------------------------------
    def grid(self) -> TimeGridView:
        return self._grid

    @property
    def agenda(self) -> AgendaView:
        """Made when it is first looked at: a start shows a day or a week."""
        if self._agenda is None:
            from clinic_desk.ui.calendar.agenda_view import AgendaView

            made = self._agenda = AgendaView(self.context.theme, self.keymap)
            made.cancelled.setChecked(self.cancelled_shown)
            self._stack.addWidget(made)
            made.cancelled_wanted.connect(self._cancelled_toggled)
            self.actions_.connect_agenda(made)
        return self._agenda

    def show_day(self, day: date) -> None:
        """The day, or the week, month or coming days that it begins."""
        if day != self.day:
            self._go(day)

    def set_view(self, view: str) -> None:
        """One of day, week, month, agenda. Raises ``ValueError`` for another word."""
        if view not in VIEWS:
            raise ValueError(f"no view called {view!r}")
        if view == self.view:
            return
        if view == "week" and self.week_doctor is None and not self.week_all:
            place = self._grid.cursor
            self.week_doctor = (place[0].doctor_id or None) if place is not None else None
        self.view = view
        self.card.dismiss()
        self.gestures.desk.card.dismiss()
        self._show_view()
        self.load()

    def set_zoom(self, minutes: int) -> None:
        self._grid.set_zoom(minutes)

    def zoom_in(self) -> None:
        self._grid.zoom_step(1)

    def zoom_out(self) -> None:
        self._grid.zoom_step(-1)

    def zoom_fit(self) -> None:
        self._grid.zoom_fit()

    def set_doctors(self, ids: Sequence[Id] | None) -> None:
        """The columns in their order; None means all active doctors."""
        wanted = None if ids is None else list(ids)
        if wanted != self.doctor_ids:
            self.doctor_ids = wanted
            if self.week_doctor is not None and wanted is not None:
                self.week_doctor = self.week_doctor if self.week_doctor in wanted else None
            self.load()

    def set_rooms(self, ids: Sequence[Id] | None) -> None:
        wanted = None if ids is None else list(ids)
        if wanted != self.room_ids:
            self.room_ids = wanted
            if self.group == "room":
                self.load()

    def set_site(self, site: Id | None) -> None:
        """One site's columns and visits; None for all."""
        if site != self.site:
            self.site = site
            self.load()

    def set_group(self, group: str) -> None:
        """ "doctor" or "room": what a column of the day is."""
        if group != self.group:
            self.group = group
            self.load()

    def step(self, direction: int) -> None:
        """The next or previous day, week, month or stretch of the agenda."""
        days = {"day": 1, "week": 7, "agenda": AGENDA_DAYS}.get(self.view)
        if days is None:
            self._go(months_later(self.day, direction))
        else:
            self._go(self.day + timedelta(days=days * direction))

    def today(self) -> None:
        roster = self.loader.roster
        now = self.context.clock.now()
        day = local_date(now, site_zone(roster, self.site)) if roster else now.date()
        # before the first answer the clinic's zone is unknown: ``arrived`` looks again
        self._unsure = roster is None
        if self.day == day:
            self.load()
            self.day_changed.emit(day)
        else:
            self._go(day)

    def refresh(self, changes: Changes) -> None:
        """Asks again when the changes touch what is visible."""
        if self.loader.touched(changes):
            self.load()

    def focus_grid(self) -> None:
        """The keyboard goes to the shown view."""
        if self.view == "agenda":
            self.agenda.focus()
        else:
            shown = self.month if self.view == "month" else self._grid
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def current_cell(self) -> Cell | None:
        if self.view == "agenda":
            chosen = self.agenda.selected()
            return chosen[0] if chosen else None
        return self._grid.current_cell()

    def run_grid_action(self, name: str) -> bool:
        """Runs an action of ``keymap.GRID_KEYS`` ("pick" lifts for a placing click). Raises
        ``KeyError`` for an unknown name."""
        if name == "pick":
            return self.actions_.pick()
        return self.keys.run(name)

    def select_visit(self, cell_id: Id) -> None:
        """Puts the cursor on a visit, now or when its day has arrived."""
        self._wanted = cell_id
        self._settle()

    def pick_up(self, cell: Cell) -> None:
        """Lifts a visit that no column shows; the next click places it."""
        self._lift = cell
        self._settle()

    def use_keys(self, own: Mapping[str, Sequence[str]], *, letters: bool = True) -> None:
        """The clinic's own keys; ``letters`` off leaves single letters alone."""
        self.keymap = Keymap(own, letters=letters)
        self.keys.keymap = self.keymap
        if self._agenda is not None:
            self._agenda.table.keymap = self.keymap
        self.actions_.menus.keymap = self.keymap
        self.actions_.tell_keys()

    def show_cancelled(self, shown: bool) -> None:
        """Whether the agenda lists cancelled visits too."""
        self.cancelled_shown = shown
        if self._agenda is not None:
            self._agenda.cancelled.setChecked(shown)

    def _cancelled_toggled(self, shown: bool) -> None:
        self.cancelled_shown = shown
        self.cancelled_changed.emit(shown)
        self.load()

    # -- inside ------------------------------------------------------------------------------
    def load(self) -> None:
        self.loader.load()
        if self._kind in self._answered:
            self.skeleton.done()
        else:
            self.skeleton.wait(self.view)

    @property
    def _kind(self) -> str:
        """Day and week are one grid."""
        return "grid" if self.view in ("day", "week") else self.view

    def _go(self, day: date) -> None:
        self.day = day
        self._unsure = False
        self.card.dismiss()
        self.gestures.desk.card.dismiss()
        self.load()
        self.day_changed.emit(day)

    def _show_view(self) -> None:
        shown: QWidget = self._grid
        if self.view in ("month", "agenda"):
            shown = self.month if self.view == "month" else self.agenda
        had = self._stack.currentWidget()
        focused = had is not None and had.isAncestorOf(self.focusWidget() or self)
        self._stack.setCurrentWidget(shown)
        self.setFocusProxy(self.agenda.table if self.view == "agenda" else shown)
        self.week_bar.setVisible(self.view == "week")
        self.month_bar.setVisible(self.view == "month")
        if focused:
            self.focus_grid()
        self.actions_.tell_keys()

    def _open_day(self, day: date) -> None:
        self.day = day
        self.view_requested.emit("day")
        self.set_view("day")
        self.day_changed.emit(day)
        self.focus_grid()

    def _open_week(self, day: date) -> None:
        self.day = day
        self.view_requested.emit("week")
        self.set_view("week")
        self.day_changed.emit(day)

    def _month_cursor(self, day: date) -> None:
        if day != self.day and (day.year, day.month) == (self.day.year, self.day.month):
            self.day = day
            self.day_changed.emit(day)
        self.status_text.emit(self.month.status_words())

    def _choose_week_doctor(self, doctor_id: Id | None) -> None:
        self.week_doctor, self.week_all = doctor_id, doctor_id is None
        self.load()

    def arrived(self, roster: Roster) -> None:
        """The loader has put new data into the shown view."""
        self.card.know(roster)
        self._answered.add(self._kind)
        self.skeleton.done()
        if self._unsure:
            self._unsure = False
            today = local_date(self.context.clock.now(), site_zone(roster, self.site))
            if today != self.day:
                self._go(today)
                return
        if self.card.isVisible() and self.card.cell is not None:
            block = self._grid.arrangement.by_id.get(self.card.cell.id)
            self.card.refresh(block.cell if block else None)
        self._settle()
        self.loaded.emit()

    def _settle(self) -> None:
        """Does what waits for the data: a visit to select, one to lift."""
        if self._wanted is not None:
            if self.view == "agenda":
                self.agenda.select([self._wanted])
                self._wanted = None
            elif self._grid.focus_cell(self._wanted):
                self._wanted = None
        if self._lift is not None and self._grid.slice is not None and not self.loader.waiting:
            cell, self._lift = self._lift, None
            self.gestures.lift((cell,))

    def card_place(self) -> QPoint:
        """Where a popover belongs: beside the cursor."""
        return beside_cursor(self._grid) or self.mapToGlobal(QPoint(80, 80))
