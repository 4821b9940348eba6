"""Agenda, day or week: which of them the doctor's view shows, and how they keep in step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import Cell
from clinic_desk.ui.models.sites import site_zone

if TYPE_CHECKING:
    from clinic_desk.ui.doctor.page import DoctorPage

FREE = "This time is free. C opens the calendar, where visits are booked and moved; B blocks it."


class Viewing(QObject):
    """Day and week are the calendar's grid; a visit chosen there is the chosen visit of the
    view."""

    def __init__(self, page: DoctorPage) -> None:
        super().__init__(page)
        self._page = page
        schedule = page.schedule
        schedule.acted.connect(page.act)
        schedule.chosen.connect(self._on_chosen)
        schedule.opened.connect(page.visit_requested)
        schedule.menu_requested.connect(page.menu_at)
        schedule.failed.connect(page.refused)
        schedule.free_pressed.connect(lambda: page.deeds.warn(FREE))
        for name, button in page.view_buttons.items():
            button.clicked.connect(lambda _on=False, name=name: page.act(name))

    def show(self, view: str) -> None:
        """ "agenda", or "day" or "week" as the calendar draws them."""
        page = self._page
        page.lay_view(view)
        page.schedule.view = "week" if view == "week" else "day"
        page.show_desk()
        page.take_keyboard()

    def draw(self) -> None:
        """The day that was read, in the view that is shown."""
        page = self._page
        desk = page.source.desk
        if desk is None:
            return
        if page.view == "agenda":
            page.days.setCurrentWidget(page.agenda if desk.cells else page.empty)
            return
        page.days.setCurrentWidget(page.schedule)
        chosen = page.chosen()
        page.schedule.select(chosen.id if chosen is not None else "")
        roster = desk.board.roster
        page.schedule.read(desk.doctor_id, desk.day, roster.practice.first_weekday)

    def _on_chosen(self, cell: Cell) -> None:
        """The panels follow, and with a visit of another day the day."""
        page = self._page
        roster = page.roster.roster
        if roster is None:
            return
        day = local_date(cell.start, site_zone(roster, cell.location_id))
        if day != page.day():
            page.go_to(day, cell.id)
        else:
            page.agenda.select(cell.id)
