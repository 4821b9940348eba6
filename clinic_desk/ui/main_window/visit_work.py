"""What is done to a chosen visit from the sidebar, the search and the lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.views import AppointmentView, Cell
from clinic_desk.ui.main_window.choices import SavedView
from clinic_desk.ui.main_window.selected_card import STEPS
from clinic_desk.ui.runtime.formatting import local_day

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.models.finding import Wanted

GRID_ACTIONS = {
    "shelf": "park",
    "copy": "copy",
    "cancel": "cancel",
    "step_back": "step_back",
    "open": "activate",
    "move": "pick",
}
"""The card's words and the grid's names for the same things."""


class VisitWork(QObject):
    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def from_card(self, action: str) -> None:
        cell = self._window.sidebar.card.cell
        if cell is None:
            return
        if action == "open":
            self._window.doors.visit(cell.id)
            return
        if action == "seen":
            from clinic_desk.ui.main_window.tracing import who_has_seen

            who_has_seen(self._window)
            return
        self._window.page.focus_grid()
        self._window.page.run_grid_action(GRID_ACTIONS[action])

    def set_status(self, to: Status) -> None:
        cell = self._window.sidebar.card.cell
        if cell is None or self._window.page.actions_.barred(STEPS[to], (cell,)):
            return

        def done(outcome: Outcome) -> None:
            self._window.telling.toast(outcome.sentence or outcome.undo_label, True)

        from clinic_desk.services.commands import ChangeStatus  # no part of the start

        self._window.context.operations.run(
            ChangeStatus(appointment_id=cell.id, to=to, expected_revision=cell.revision),
            done=done,
            refused=self._window.telling.refused,
        )

    def show(self, appointment_id: Id) -> None:
        """Go to a visit's day and select it."""

        self._with_view(appointment_id, lambda view: self.show_cell(view.cell))

    def _with_view(self, appointment_id: Id, go: Callable[[AppointmentView], None]) -> None:
        self._window.context.operations.ask(
            lambda queries: queries.appointment(appointment_id),
            done=go,
            failed=self._window.telling.refused,
            key="window-visit",
        )

    def show_cell(self, cell: Cell) -> None:
        window = self._window
        if cell.doctor_id in window.choices.hidden:
            window.choices.show_column(cell.doctor_id, True)
        window.go_to(local_day(cell.start, window.roster.zone_at(cell.location_id)))
        window.page.select_visit(cell.id)

    def cancel(self, cells: list[Cell]) -> None:
        """Ask for the reason, once for all of them."""
        if not cells:
            return
        from clinic_desk.ui.booking.cancelling import ask_cancel, ask_cancel_several

        window = self._window

        def done(outcome: Outcome) -> None:
            window.telling.toast(outcome.sentence or outcome.undo_label, bool(outcome.undo_label))

        if len(cells) > 1:
            ask_cancel_several(window.context, window, cells, done=done)
            return
        zone = window.roster.zone_at(cells[0].location_id)
        ask_cancel(window.context, window, cells[0], zone=zone, done=done)

    # finding another time

    def find(self, wanted: Wanted | str | None = None) -> None:
        """``wanted`` may be the id of a visit that needs another place."""
        if isinstance(wanted, str):
            self._with_view(wanted, self.find_for)
        elif self._window.centre.show_finder():
            self._window.centre.finder.start(wanted)
        else:
            self._window.centre.when_left(lambda: self.find(wanted))

    def find_from_grid(self, known: dict[str, Any]) -> None:
        """``known`` as the calendar page tells it: a visit to move, or a doctor."""
        visit, doctor = known.get("appointment_id"), known.get("doctor_id")
        if isinstance(visit, str):
            self._with_view(visit, self.find_for)
        elif isinstance(doctor, str):
            from clinic_desk.ui.models.finding import Wanted  # comes with the finder

            self.find(Wanted(doctor_ids=(doctor,)))
        else:
            self.find(None)

    def find_another(self, cell: Cell, day: date | None) -> None:
        """Another place for a visit, from the day on that was wanted for it."""
        window = self._window
        today = local_day(window.context.clock.now(), window.roster.zone_at(cell.location_id))
        ahead = (day - today).days if day is not None else 0
        words = f"in {ahead} days" if ahead > 0 else ""
        self._with_view(cell.id, lambda view: self.find_for(view, words))

    def find_for(self, view: AppointmentView, when: str = "") -> None:
        if self._window.centre.show_finder():
            self._window.centre.finder.start_for_visit(view, when)
        else:
            self._window.centre.when_left(lambda: self.find_for(view, when))

    # picking up

    def pick_up(self, appointment_id: Id) -> None:
        self._with_view(appointment_id, lambda view: self.place(view.cell))

    def pick_up_copy(self, appointment_id: Id) -> None:
        def lift(view: AppointmentView) -> None:
            self.show_cell(view.cell)
            self._window.page.gestures.lift((view.cell,), copy=True)

        self._with_view(appointment_id, lift)

    def place(self, cell: Cell) -> None:
        """Pick a visit up that is on no grid; the next click places it."""
        window = self._window
        window.go_to(local_day(cell.start, window.roster.zone_at(cell.location_id)))
        window.page.pick_up(cell)

    def bring_grid(self, again: Callable[[], None]) -> bool:
        """Day or week in view, for what the keys are about to carry; ``again`` follows when a page
        with unsaved work has been left."""
        window = self._window
        if not window.show_calendar():
            window.centre.when_left(again)
            return False
        if window.page.view not in ("day", "week"):
            window.choices.set_view("day")
        return window.centre.page == "calendar"

    def view_deleted(self, view: SavedView) -> None:
        self._window.telling.toast(f"Deleted the saved view “{view.name}”", undo=True)
