"""What the pages of the window ask for, answered in one place for all of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from clinic_desk.domain.ids import Id
from clinic_desk.ui.runtime import page_table
from clinic_desk.ui.runtime.alive import while_alive
from clinic_desk.ui.runtime.page_table import has_page

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from clinic_desk.services.ports import Maintenance
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.models.shortcuts import Shortcuts
    from clinic_desk.ui.runtime.settings import Settings
    from clinic_desk.ui.widgets.page import Page
    from clinic_desk.ui.wizard.page import WizardPage


@runtime_checkable
class Furnished(Protocol):
    """A page that works on the window's own things: the settings."""

    def furnish(
        self, settings: Settings, shortcuts: Shortcuts, maintenance: Maintenance | None
    ) -> None: ...


@runtime_checkable
class Queueing(Protocol):
    """A page on which somebody without a booking can join the queue."""

    walk_in_requested: SignalInstance


@runtime_checkable
class Scheduling(Protocol):
    """A page that leads to the calendar of one doctor: view, doctor's id, day."""

    schedule_requested: SignalInstance


@runtime_checkable
class Correcting(Protocol):
    """A page that leads to the form of a patient: their id."""

    correct_requested: SignalInstance


def open_page(window: MainWindow, name: str, what: object = None) -> bool:
    """``name`` of ``page_table.PAGES``, "settings:hours" for a section of the settings, "print"
    with what is to be printed (("patient", id), ("visit", id) and so on), or "export". False when
    there is no such page, or the one on display has unsaved work."""
    page, _, section = name.partition(":")
    if window.context.actor.permissions is not None:
        from clinic_desk.ui.main_window.barring import page_barred

        if why := page_barred(window.context.actor, name):
            window.telling.warn(why)
            return False
    if page == "print":
        from clinic_desk.ui.main_window.printing import open_for

        open_for(window, what)
        return True
    if page == "export":
        window.doors.export_visits(what)
        return True
    if not has_page(page):
        window.telling.warn(f"There is no page “{page}” in this program.")
        return False
    wanted = (section, what) if section and what is not None else section or what
    if page == "past" and wanted is None:
        wanted = window.day
    return window.centre.show_page(page, wanted)


def close_page(window: MainWindow) -> None:
    """Back to the calendar, where its cursor was left."""
    if window.show_calendar():
        window.page.focus_grid()


def wire(window: MainWindow, page: Page) -> None:
    """Once per page, when it has been built."""
    if isinstance(page, Furnished):
        page.furnish(window.settings, window.shortcuts, window.maintenance)
    if page.alone or page.wide:
        for changed in (window.centre.page_changed, window.context.theme.changed):
            aside = while_alive(window, lambda: window.panes.stand_aside(wants_room(window)))
            changed.connect(aside)
    if page_table.PAGES["wizard"].endswith(f":{type(page).__name__}"):
        from clinic_desk.ui.main_window import first_steps

        first_steps.wire(window, cast("WizardPage", page))
    if page_table.PAGES["patient"].endswith(f":{type(page).__name__}"):
        from clinic_desk.ui.main_window import patient_page

        patient_page.wire(window, page)
    if page_table.PAGES["backup"].endswith(f":{type(page).__name__}"):
        from clinic_desk.ui.main_window import backing

        backing.wire(window, page)
    if isinstance(page, Queueing):
        page.walk_in_requested.connect(window.doors.walk_in)
    if isinstance(page, Correcting):
        page.correct_requested.connect(window.doors.edit_patient)
    if isinstance(page, Scheduling):
        page.schedule_requested.connect(
            lambda view, doctor_id, day: _show_schedule(window, view, doctor_id, day)
        )
    page.toast_requested.connect(window.telling.toast)
    page.visit_requested.connect(window.doors.visit)
    page.patient_requested.connect(window.doors.patient)
    page.page_requested.connect(lambda name, what: open_page(window, name, what))
    page.finder_requested.connect(window.visits.find)
    page.show_day_requested.connect(lambda wanted: _show_day(window, wanted))
    page.close_requested.connect(lambda: close_page(window))


def wants_room(window: MainWindow) -> bool:
    """Whether the page on display has the window's width to itself."""
    shown = window.centre.shown_page
    return shown is not None and shown.wants_room()


def _show_day(window: MainWindow, wanted: tuple[date, Id | None]) -> None:
    day, doctor_id = wanted
    if doctor_id is not None and doctor_id in window.choices.hidden:
        window.choices.show_column(doctor_id, True)
    window.go_to(day)
    window.page.focus_grid()


def _show_schedule(window: MainWindow, view: str, doctor_id: Id, day: date) -> None:
    """The calendar with that doctor alone; "Show all doctors" brings the others back."""
    window.choices.set_view(view)
    window.choose_only(doctor_id)
    window.go_to(day)
    window.page.focus_grid()
