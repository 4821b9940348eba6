"""The main window assembles the parts and connects them; it decides nothing about visits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.services.outcome import Changes
from clinic_desk.ui.actions import ActionSet
from clinic_desk.ui.calendar.page import CalendarPage
from clinic_desk.ui.calendar.shelf_panel import ShelfPanel
from clinic_desk.ui.main_window.cards import Cards
from clinic_desk.ui.main_window.centre import Centre
from clinic_desk.ui.main_window.choices import VIEWS, Choices
from clinic_desk.ui.main_window.doors import Doors
from clinic_desk.ui.main_window.handlers import handlers
from clinic_desk.ui.main_window.linking import link
from clinic_desk.ui.main_window.pages import close_page, open_page
from clinic_desk.ui.main_window.panes import Panes
from clinic_desk.ui.main_window.searching import Searching
from clinic_desk.ui.main_window.showing import Showing
from clinic_desk.ui.main_window.sidebar import Sidebar
from clinic_desk.ui.main_window.status_bar import StatusBar
from clinic_desk.ui.main_window.telling import Telling
from clinic_desk.ui.main_window.toolbar import Toolbar
from clinic_desk.ui.main_window.undoing import Undoing
from clinic_desk.ui.main_window.visit_work import VisitWork
from clinic_desk.ui.main_window.waiting_work import WaitingWork
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.patients.search import PatientSearch
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import local_day
from clinic_desk.ui.runtime.freshness import Freshness, Sending
from clinic_desk.ui.runtime.settings import Settings
from clinic_desk.ui.widgets.sealed import Sealed
from clinic_desk.ui.widgets.toast import Toast

if TYPE_CHECKING:
    from clinic_desk.services.import_report import Importer
    from clinic_desk.services.ports import Maintenance
    from clinic_desk.ui.models.shortcuts import Shortcuts

ROSTER_OR_LOAD = frozenset(
    {"appointment", "external", "schedule_template", "availability_exception", "time_off_request",
     "holiday", "doctor", "external_busy_time", "shelf_item"}
)  # fmt: skip

FINDER_KEYS = (("Enter", "Book"), ("H", "Hold"), ("Y", "Why not?"), ("Esc", "Back"))
"""What the status bar offers while the finder is shown."""


class MainWindow(QMainWindow):
    """``closed`` comes once, when the window has gone. ``maintenance`` and ``importer`` may be
    missing: what needs them is then not offered. ``roster`` is one read just now; without it the
    window asks for it. ``manager_made`` carries the ``LoggedIn`` of the clinic's first account."""

    closed = Signal()
    manager_made = Signal(object)

    def __init__(
        self,
        context: Context,
        settings: Settings,
        *,
        maintenance: Maintenance | None = None,
        importer: Callable[[], Importer] | None = None,
        roster: Roster | None = None,
    ) -> None:
        super().__init__()
        self.context, self.settings = context, settings
        self.setWindowTitle("Clinic Desk")
        self.setMinimumSize(960, 600)
        self.roster = RosterSource(context.operations, self, roster)
        self.choices = Choices(settings, self)
        theme, today = context.theme, self.today()
        self.day: date = today
        self.search = PatientSearch(context)
        self.toolbar = Toolbar(theme, context.actor.name, context.actor.desk_name, self.search)
        self.sidebar = Sidebar(theme, self.choices, today)
        self.centre = Centre(context)
        self.shelf = ShelfPanel(context)
        self.status = StatusBar(theme, context.actor.desk_name)
        host = self._lay_out()
        self.toast = Toast(theme, host, bottom=40)
        self.cards = Cards(self, host)
        self.searching = Searching(context, self.roster, self.choices, self.today, self)
        self.panes = Panes(self)
        self.showing = Showing(self)
        self.telling = Telling(self)
        self.doors = Doors(context, importer, self)
        self.visits = VisitWork(self)
        self.searching.week = self.showing.week_text
        self.maintenance = maintenance
        self.actions_ = ActionSet(self, theme, handlers(self))
        self.undoing = Undoing(
            context, self.actions_["edit.undo"], self.actions_["edit.redo"], self
        )
        self.toolbar.set_menu(self.actions_.menu(self.toolbar))
        self.freshness = Freshness(context.operations, context.clock, self)
        self.waiting = WaitingWork(self)
        self.sending = Sending(context, self)
        link(self)
        self._restore()

    @property
    def page(self) -> CalendarPage:
        return self.centre.calendar

    def today(self) -> date:
        """The date at the site that is shown; the clinic's where several are."""
        return local_day(self.context.clock.now(), self.choices.zone(self.roster))

    @cached_property
    def shortcuts(self) -> Shortcuts:
        """Made when first asked for: a desk that has the usual keys starts without."""
        from clinic_desk.ui.main_window.keys import made_shortcuts

        return made_shortcuts(self)

    # what the handlers and links call

    def show_calendar(self) -> bool:
        """False when the page on display has unsaved work and stays."""
        if not self.centre.show_calendar():
            self.centre.when_left(lambda: close_page(self))
            return False
        self.showing.apply_columns()
        return True

    def show_page(self, name: str, what: object = None) -> bool:
        """A page of ``page_table``, or "settings:hours"; False when it could not be shown."""
        return open_page(self, name, what)

    def show_week(self, day: date) -> None:
        self.choices.set_view("week")
        self.go_to(day)

    def set_view(self, view: str) -> None:
        """A view of the calendar, or a page that stands among them."""
        if view not in VIEWS:
            self.show_page(view)
            return
        if not self.show_calendar():
            self.centre.when_left(lambda: self.set_view(view))
            return
        self.choices.set_view(view)
        self.page.focus_grid()

    def go_to(self, day: date) -> None:
        if self.show_calendar():
            self.page.show_day(day)
        else:
            self.centre.when_left(lambda: self.go_to(day))

    def on_day(self, day: date) -> None:
        """The page shows another day: toolbar and sidebar follow."""
        self.day = day
        self.showing.show_date()
        self.showing.show_day_loads()

    def on_view(self, view: str) -> None:
        self.page.set_view(view)
        self.on_page(self.centre.page)
        self.showing.show_date()

    def on_page(self, page: str) -> None:
        calendar = page in ("calendar", "empty")
        self.toolbar.show_view(self.choices.view if calendar else page)
        for view in ("day", "week", "month", "agenda"):
            self.actions_[f"view.{view}"].setChecked(calendar and view == self.choices.view)
        self.panes.narrow_shelf(not calendar)
        shown = self.centre.shown_page
        keys = shown.key_hints if shown is not None else FINDER_KEYS
        self.status.show_page(() if calendar else keys)

    def on_changes(self, changes: Changes) -> None:
        self.page.refresh(changes)
        if changes.kinds & ROSTER_OR_LOAD:
            self.showing.reload_loads()

    def on_minute(self) -> None:
        self.sidebar.card.set_now(self.context.clock.now())
        self.sidebar.month.set_today(self.today())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.page.focus_grid()
        self.freshness.start()
        self.sending.start()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if not self.centre.may_leave():
            self.centre.when_left(self.close)
            event.ignore()
            return
        self.freshness.stop()
        self.sending.rest()
        self.showing.stop()
        self.doors.stop()
        self.waiting.stop()
        self.settings.put("window.maximised", self.isMaximized())
        if not self.isMaximized():
            self.settings.put("window.size", [self.width(), self.height()])
        super().closeEvent(event)
        self.closed.emit()

    # building

    def _lay_out(self) -> QWidget:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.sidebar)
        middle.addWidget(self.centre, 1)
        middle.addWidget(self.shelf)
        whole = Sealed()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        self.setCentralWidget(whole)
        return whole

    def _restore(self) -> None:
        width, height = self.settings.get("window.size")[:2]
        self.resize(max(960, int(width)), max(600, int(height)))
        self.panes.restore()
        self.toolbar.show_zoom(self.choices.zoom)
        self.page.set_zoom(self.choices.zoom)
        self.page.set_group(self.choices.group)
        self.on_view(self.choices.view)
        # a roster that is there already says whose day to ask for, so it is asked for once
        self.showing.on_roster()
        self.page.today()
        self.showing.show_date()

    def choose_only(self, doctor_id: Id) -> None:
        self.choices.set_group("doctor")
        self.sidebar.show_only(doctor_id)
        self.show_calendar()
