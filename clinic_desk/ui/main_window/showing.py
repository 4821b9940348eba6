"""Which columns and loads are on display, following roster, choices and day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.services.views import DayLoad
from clinic_desk.ui.main_window.choices import active_doctors
from clinic_desk.ui.main_window.site_choice import mark_sites
from clinic_desk.ui.runtime.formatting import week_text

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow


class Showing(QObject):
    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._loading = QTimer(self, singleShot=True, interval=120)
        self._loading.timeout.connect(self._ask_loads)
        self._known: tuple[date, date, tuple[DayLoad, ...]] | None = None

    def stop(self) -> None:
        self._loading.stop()

    def apply_columns(self) -> None:
        """Hand the wanted columns to the page, or say why there are none."""
        roster = self._window.roster.roster
        if roster is None:
            return
        for group in ("doctor", "room"):
            self._window.actions_[f"group.{group}"].setChecked(group == self._window.choices.group)
        mark_sites(self._window, roster)
        site = self._window.choices.site_in(roster)
        self._window.page.set_site(site.id if site is not None else None)
        self._window.sidebar.month.set_today(self._window.today())
        if self._window.choices.group == "doctor":
            shown = self._window.choices.doctors(roster)
            self._window.page.set_doctors(shown)
        else:
            shown = self._window.choices.rooms(roster)
            self._window.page.set_rooms(shown)
        self._window.page.set_group(self._window.choices.group)
        if self._window.centre.page not in ("calendar", "empty"):
            return
        actor = self._window.context.actor
        if not actor.may(Permission.READ):
            self._window.centre.show_empty(
                "The calendar is closed to you", may_not(actor.role, Permission.READ), ""
            )
        elif shown:
            self._window.centre.show_calendar()
        elif self._window.choices.group == "doctor" and not active_doctors(roster):
            self._window.centre.show_empty(
                "No doctors yet",
                "Set the clinic up in a few steps; a diary to import brings its doctors along.",
                "Set up the clinic…",
            )
        else:
            word = "doctors" if self._window.choices.group == "doctor" else "rooms"
            self._window.centre.show_empty(
                f"No {word} selected", "Choose who is shown in the list on the left.", "Show all"
            )

    def on_roster(self) -> None:
        window, roster = self._window, self._window.roster.roster
        if roster is not None:
            window.setWindowTitle(f"{roster.practice.name} · Clinic Desk")
            window.sidebar.show_roster(roster)
            self.apply_columns()
            window.sidebar.month.set_today(window.today())
            self.show_date()

    def show_date(self) -> None:
        window, roster = self._window, self._window.roster.roster
        first_weekday = roster.practice.first_weekday if roster else 0
        rule = window.settings.get("calendar.week_numbers")
        window.toolbar.show_day(window.day, window.choices.view, first_weekday, rule)
        window.panes.mark_days(window.day, window.choices.view, first_weekday)

    def week_text(self, day: date) -> str:
        """ "W48" by the clinic's rule; empty when it wants none."""
        roster = self._window.roster.roster
        first_weekday = roster.practice.first_weekday if roster else 0
        return week_text(day, self._window.settings.get("calendar.week_numbers"), first_weekday)

    def show_week_numbers(self) -> None:
        window, rule = self._window, self._window.settings.get("calendar.week_numbers")
        window.sidebar.month.set_week_rule(rule)
        window.page.month.week_rule = rule
        window.page.month.viewport().update()
        self.show_date()

    def reload_loads(self) -> None:
        """Something has changed. Soon: many changes in a row ask once."""
        self._known = None
        self._loading.start()

    def show_day_loads(self) -> None:
        """Of another day or month; nothing is asked while what is known covers it."""
        first, last = self._days()
        if self._known is not None and self._known[0] <= first and last <= self._known[1]:
            self._window.sidebar.show_loads(self._known[2], self._window.day)
        else:
            self._loading.start()

    def _days(self) -> tuple[date, date]:
        day, month = self._window.day, self._window.sidebar.month
        return min(month.first, day), max(month.last, day)

    def _ask_loads(self) -> None:
        window = self._window
        first, last = self._days()

        def done(loads: tuple[DayLoad, ...]) -> None:
            self._known = (first, last, loads)
            window.sidebar.show_loads(loads, window.day)

        window.context.operations.ask(
            lambda queries: queries.loads(first, last), done=done, key="window-loads"
        )
