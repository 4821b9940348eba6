"""What each name that a key, a button or a menu stands for does on the doctor's view."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.domain.spans import at_local
from clinic_desk.services.planning_views import TimeOffCard
from clinic_desk.services.views import Cell

if TYPE_CHECKING:
    from clinic_desk.ui.doctor.page import DoctorPage


class Hands(QObject):
    """Deeds that write are ``DoctorDeeds``'; what lies outside the page it asks for by signal."""

    def __init__(self, page: DoctorPage) -> None:
        super().__init__(page)
        self._page = page

    def act(self, action: str) -> None:
        page = self._page
        cell, deeds = page.chosen(), page.deeds
        match action:
            case "start":
                deeds.start(cell)
            case "done":
                deeds.done(cell)
            case "back":
                deeds.back(cell)
            case "arrived" | "no_show" if cell is not None:
                deeds.go(cell, Status(action))
            case "accept" | "decline" | "propose":
                self._to_answer(action, cell)
            case "open" if cell is not None:
                self._page.visit_requested.emit(cell.id)
            case "patient" if cell is not None and cell.patient_id:
                self._page.patient_requested.emit(cell.patient_id)
            case "menu" if cell is not None and page.view != "agenda":
                area = page.schedule.grid.cursor_rect()
                if area is not None:
                    at = area.center().toPoint()
                    page.menu_at(page.schedule.grid.viewport().mapToGlobal(at))
            case "menu" if cell is not None:
                rect = self._page.agenda.visualRect(self._page.agenda.currentIndex())
                self._page.menu_at(self._page.agenda.viewport().mapToGlobal(rect.bottomLeft()))
            case "late":
                deeds.ask_late()
            case "block":
                deeds.block()
            case "time_off":
                if why := deeds.why_not("ask_time_off"):
                    deeds.warn(why)
                else:
                    self._page.page_requested.emit("time_off", self._own_time())
            case "hours":
                self._edit_hours()
            case "next":
                following = deeds.following()
                if following is not None:
                    self._page.choose(following.id)
            case "agenda" | "day" | "week":
                page.viewing.show(action)
            case "calendar":
                view = "week" if page.view == "week" else "day"
                page.schedule_requested.emit(view, page.source.doctor_id, page.day())
            case "day_before" | "day_after":
                days = 7 if page.view == "week" else 1
                step = timedelta(days=days if action == "day_after" else -days)
                self._page.go_to(self._page.day() + step)
            case "today":
                self._page.go_to(None)

    def _to_answer(self, action: str, cell: Cell | None) -> None:
        """The chosen visit, or the keyboard to those that wait for an answer."""
        if cell is not None and self._page.deeds.status(cell) is Status.PENDING:
            self.answer(action, cell)
        elif action == "decline" and cell is not None:
            self._page.deeds.decline(cell)
        elif action == "propose" and cell is not None:
            self._page.finder_requested.emit(cell.id)
        elif not self._page.requests.take_keyboard():
            self._page.deeds.warn("Nothing awaits your answer.")

    def answer(self, action: str, what: object) -> None:
        if isinstance(what, TimeOffCard):
            if action == "withdraw":
                self._page.deeds.withdraw(what)
            else:
                self._page.page_requested.emit("time_off", what.request.id)
        elif isinstance(what, Cell):
            match action:
                case "accept":
                    self._page.deeds.accept(what)
                case "decline":
                    self._page.deeds.decline(what)
                case "propose":
                    self._page.finder_requested.emit(what.id)
                case "open":
                    self._page.visit_requested.emit(what.id)
                case "patient" if what.patient_id:
                    self._page.patient_requested.emit(what.patient_id)

    def from_panel(self, action: str, row_id: Id) -> None:
        desk = self._page.source.desk
        cell = desk.find(row_id) if desk is not None else None
        if cell is None:
            return
        if action == "start":
            self._page.deeds.start(cell)
        elif action == "done":
            self._page.deeds.done(cell)
        else:
            self.answer(action, cell)

    def _edit_hours(self) -> None:
        if self._page.context.actor.may(Permission.EDIT_ROSTER):
            self._page.page_requested.emit("settings:hours", self._page.source.doctor_id)
        else:
            actor = self._page.context.actor
            self._page.deeds.warn(may_not(actor.role, Permission.EDIT_ROSTER))

    def _own_time(self) -> tuple[Id, datetime, datetime]:
        """The day after the one on display, whole."""
        day, zone = self._page.day() + timedelta(days=1), self._page.zone()
        return self._page.source.doctor_id, at_local(day, 0, zone), at_local(day, 24 * 60, zone)
