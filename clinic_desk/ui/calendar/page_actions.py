"""What keys, menus and the pointer ask for on the calendar page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtWidgets import QMenu

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import ExceptionKind
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.column_actions import ColumnActions
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_canvas import Hit
from clinic_desk.ui.calendar.keymap import BY_NAME
from clinic_desk.ui.calendar.menus import MenuMaker
from clinic_desk.ui.calendar.popover import VisitList
from clinic_desk.ui.calendar.room_doctor import doctor_for
from clinic_desk.ui.calendar.time_actions import TimeActions
from clinic_desk.ui.calendar.visit_actions import STATUS_ACTIONS, VisitActions, nobody_works
from clinic_desk.ui.calendar.visit_card import rect_in
from clinic_desk.ui.calendar.visit_words import crowd, crowd_words, short_line
from clinic_desk.ui.models.sites import both_clocks, both_spans
from clinic_desk.ui.models.words import day_words, doctor_of
from clinic_desk.ui.runtime.allowed import shut_entries
from clinic_desk.ui.widgets.announce import announce

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.agenda_view import AgendaView
    from clinic_desk.ui.calendar.page import CalendarPage

NEXT_STEPS = {
    Status.SCHEDULED: ("arrived", "Arrived"),
    Status.CONFIRMED: ("arrived", "Arrived"),
    Status.ARRIVED: ("in_room", "In room"),
    Status.IN_PROGRESS: ("done", "Done"),
}
"""The status key that the status bar shows for a visit: what usually comes next."""


class PageActions(QObject):
    """Owns the menus and performs the grid's named actions."""

    def __init__(self, page: CalendarPage) -> None:
        super().__init__(page)
        self._page = self.page = page
        self.visits = VisitActions(page.context.operations, self)
        self.heads = ColumnActions(self)
        self.times = TimeActions(self)
        self.menus = MenuMaker(page.context.theme, page.keymap, page.run_grid_action)
        self.menu: QMenu | None = None

    def connect_all(self) -> None:
        page, grid = self._page, self._page.grid()
        self.visits.done.connect(self._said)
        self.visits.blocked.connect(self.times.tell)
        self.visits.failed.connect(page.refused)
        grid.selection_changed.connect(self._selected)
        grid.cursor_changed.connect(self._cursor_moved)
        grid.arranged.connect(self._cursor_told)
        grid.hold_ended.connect(self.visits.release_expired)
        grid.hovered.connect(self._hovered)
        grid.menu_requested.connect(self.show_menu)
        grid.overflow_requested.connect(self._overflow)
        grid.book_requested.connect(self._book)
        page.card.series_wanted.connect(self.show_series)
        self.heads.connect_all()
        self.times.connect_all()
        gestures = page.gestures
        gestures.menu_requested.connect(self.show_menu)
        gestures.toast_requested.connect(page.toast_requested)
        gestures.active_changed.connect(lambda active: page.card.dismiss() if active else None)

    def connect_agenda(self, agenda: AgendaView) -> None:
        agenda.action_requested.connect(self._page.run_grid_action)
        agenda.cell_opened.connect(self._page.open_requested)
        agenda.selection_changed.connect(self._selected)
        agenda.menu_requested.connect(self._agenda_menu)
        agenda.export_requested.connect(lambda it: self._page.page_requested.emit("export", it))

    def chosen(self) -> list[Cell]:
        """The selected visits of the shown view, the focused one when none is selected."""
        page, grid = self._page, self._page.grid()
        if page.view == "agenda":
            return page.agenda.selected()
        if page.view == "month":
            return []
        current = grid.current_cell()
        return grid.selected_cells() or ([current] if current is not None else [])

    def why_not(self, name: str, cells: Sequence[Cell], doctor_id: Id = "") -> str:
        """Why this person would be refused; empty when they would not."""
        page = self._page
        data, actor = page.grid().slice, page.context.actor
        if actor.permissions is None or data is None:
            return ""
        from clinic_desk.ui.models.permitted import why_not  # no part of the start

        return why_not(actor, name, data.snapshot.roster.doctors, cells, doctor_id)

    def barred(self, name: str, cells: Sequence[Cell], doctor_id: Id = "") -> bool:
        """Whether it is not for this person; says why."""
        if why := self.why_not(name, cells, doctor_id):
            self.tell(why)
        return bool(why)

    def perform(self, name: str) -> bool:
        """One named action; False when it had nothing to act on."""
        page, cells = self._page, self.chosen()
        if cells and self.barred(name, cells):
            return True
        if name in STATUS_ACTIONS:
            return self.visits.change_status(name, cells)
        if name == "step_back":
            return self.visits.step_back(cells)
        if name == "cancel":
            holds = [cell for cell in cells if cell.status is Status.HELD]
            if holds:
                self.visits.let_go(holds)
            if visits := [cell for cell in cells if cell.status is not Status.HELD]:
                page.cancel_requested.emit(visits)
            return bool(cells) or self.times.remove_at_cursor()
        if name == "activate":
            return self._activate(cells)
        if name == "series":
            return self.show_series(next(iter(cells), None))
        if name == "card":
            return self._pin(cells)
        if name == "next_available":
            page.finder_requested.emit(self._finding(cells))
            return True
        if name == "wait":
            page.wait_requested.emit(self._finding(cells) | {"cell": next(iter(cells), None)})
            return True
        if name in ("day_before", "day_after"):
            page.show_day(page.day + timedelta(days=1 if name == "day_after" else -1))
            return True
        if name == "menu":
            return self._menu_at_cursor()
        if name in ("hold", "block"):
            span = self._free_span()
            if span is None:
                return False
            return self._ask_block(*span) if name == "block" else self._hold(*span)
        if BY_NAME[name].gesture:
            return self._gesture(name)
        return False

    def show_series(self, cell: Cell | None) -> bool:
        """The page about its series; says so when it has none."""
        if cell is None:
            return False
        if cell.series_id is None:
            self._page.status_text.emit("This visit does not repeat.")
        else:
            self._page.page_requested.emit("series", cell.id)
        return True

    def _activate(self, cells: Sequence[Cell]) -> bool:
        page, grid = self._page, self._page.grid()
        block = grid.current_block()
        if grid.range is None and block is not None and block.overflow and page.view == "week":
            self._overflow(block.overflow, page.card_place())
            return True
        if grid.range is None and cells:
            page.open_requested.emit(cells[0].id)
            return True
        wish = grid.booking_at_cursor()
        if wish is None or page.view == "agenda":
            return False
        return self._book(wish)

    def _book(self, wish: Mapping[str, Any]) -> bool:
        """Asks the window to book; says why not where nobody works."""
        page, place = self._page, self._page.grid().cursor
        if wish["doctor_id"] is None and place is not None:
            self.tell(nobody_works(place[0], wish["start"]))
            return False
        if self.barred("activate", (), wish["doctor_id"] or ""):
            return False
        page.book_requested.emit(wish)
        return True

    def _pin(self, cells: Sequence[Cell]) -> bool:
        page, grid = self._page, self._page.grid()
        if not cells:
            return False
        area = grid.cell_rect(cells[0].id) if page.view != "agenda" else None
        if area is None:
            page.open_requested.emit(cells[0].id)
            return True
        grid.select([cell.id for cell in cells])
        page.card.pin(cells[0], rect_in(page, grid.viewport(), area))
        return True

    def _free_span(self) -> tuple[Column, datetime, datetime | None] | None:
        grid = self._page.grid()
        if self._page.view in ("month", "agenda"):
            return None
        if grid.range is not None:
            return grid.range
        place = grid.cursor
        return None if place is None else (place[0], place[1], None)

    def doctor_at(self, column: Column, start: datetime, end: datetime | None) -> Doctor | None:
        """Whose time it is; says so when it is nobody's."""
        data = self._page.grid().slice
        doctor = doctor_for(data, column, start, end) if data is not None else None
        if doctor is None:
            self.tell(nobody_works(column, start))
        return doctor

    def _hold(self, column: Column, start: datetime, end: datetime | None) -> bool:
        doctor = self.doctor_at(column, start, end)
        if doctor is not None and not self.barred("hold", (), doctor.id):
            self.visits.hold(column, doctor, start, end)
        return doctor is not None

    def _ask_block(self, column: Column, start: datetime, end: datetime | None) -> bool:
        until = end or start + timedelta(minutes=self._page.grid().slot_minutes)
        return self.times.ask_time(column, start, until, ExceptionKind.BLOCKED) is not None

    def _finding(self, cells: Sequence[Cell]) -> dict[str, object]:
        """What the finder may begin with."""
        place = self._page.grid().cursor
        if cells:
            cell = cells[0]
            return {
                "appointment_id": cell.id,
                "patient_id": cell.patient_id,
                "doctor_id": cell.doctor_id,
                "type_id": cell.type_id,
                "duration": int((cell.end - cell.start).total_seconds() // 60),
                "after": cell.start,
            }
        return {
            "doctor_id": place[0].doctor_id or None if place else None,
            "after": place[1] if place else None,
        }

    def _gesture(self, name: str) -> bool:
        modes = self._page.gestures.modes
        steps = {
            "nudge_up": (0, -1), "nudge_down": (0, 1),
            "nudge_left": (-1, 0), "nudge_right": (1, 0),
        }  # fmt: skip
        if name in steps:
            modes.nudge(*steps[name])
            return True
        calls = {
            "move": modes.start_move, "copy_mode": modes.start_copy,
            "resize": modes.start_resize, "park": modes.park, "copy": modes.copy,
            "cut": modes.cut, "paste": modes.paste,
        }  # fmt: skip
        return calls[name]()

    def pick(self) -> bool:
        """Lifts the chosen visits; the next click places them, the same again puts them back."""
        cells = self.chosen()
        return bool(cells) and self._page.gestures.lift(cells)

    # -- telling -----------------------------------------------------------------------------
    def tell(self, sentence: str) -> None:
        """Something that there is nothing to undo about."""
        self._page.toast_requested.emit(sentence, False)
        announce(self._page.grid(), sentence)

    def _said(self, sentence: str) -> None:
        self._page.toast_requested.emit(sentence, True)
        announce(self._page.grid(), sentence)

    def _selected(self, cells: list[Cell]) -> None:
        page = self._page
        page.selection_changed.emit(cells[0] if len(cells) == 1 else None)
        if len(cells) > 1:
            page.status_text.emit(f"{len(cells)} visits selected")
        self.tell_keys()

    def _cursor_moved(self) -> None:
        page = self._page
        if page.card.pinned:
            page.card.dismiss()
        self._cursor_told()

    def _cursor_told(self) -> None:
        """The line of the status bar about the cursor's place."""
        page, grid = self._page, self._page.grid()
        cell, place, data = grid.current_cell(), grid.cursor, grid.slice
        if data is None or place is None:
            return
        block = grid.current_block()
        if block is not None and block.overflow:
            page.status_text.emit(crowd_words(block, place[0]))
        elif cell is not None:
            page.status_text.emit(f"Selected: {short_line(cell, data.snapshot.roster)}")
        else:
            column, start = place
            when = both_clocks(start, column.zone, column.home_zone)
            if grid.range is not None:
                _, start, end = grid.range
                when = both_spans(start, end, column.zone, column.home_zone)
            doctor = doctor_of(data.snapshot.roster, column.doctor_id) if column.doctor_id else ""
            who = doctor or column.title
            page.status_text.emit(f"{day_words(column.day)} {when} · {who}")
        self.tell_keys()

    def tell_keys(self) -> None:
        """The keys that help now, for the status bar."""
        page, keymap = self._page, self._page.keymap
        if page.view == "month":
            page.key_hints.emit(
                [("Enter", "Open day"), ("L", "Load / list"), ("PgDn", "Next month")]
            )
            return
        if page.view == "agenda":
            rows = (("activate", "Open"), ("arrived", "Arrived"), ("cancel", "Cancel"))
            page.key_hints.emit([(keymap.shown(n), w) for n, w in rows if keymap.shown(n)])
            return
        names: tuple[str, ...] = ("activate", "hold", "next_available")
        words = {"activate": "Book", "hold": "Hold", "next_available": "Next available"}
        if chosen := self.chosen():
            step, word = NEXT_STEPS.get(chosen[0].status, ("activate", "Open"))
            names = ("move", step, "next_available")
            words = {"move": "Move", step: word, "next_available": "Next available"}
            if chosen[0].status is Status.HELD:
                names, words = ("cancel",), {"cancel": "Let go"}
        hints = [(keymap.shown(name), words[name]) for name in names if keymap.shown(name)]
        page.key_hints.emit([*hints, ("F1", "Keys")])

    # -- pointer -----------------------------------------------------------------------------
    def _hovered(self, cell: Cell | None, pos: QPoint) -> None:
        page, grid = self._page, self._page.grid()
        if page.gestures.active or grid.surface.private:
            page.card.rest(None, None)
            return
        area = grid.cell_rect(cell.id) if cell is not None else None
        place = rect_in(page, grid.viewport(), area) if area is not None else None
        # a pointer that has left the grid is reported at no place
        at = page.mapFromGlobal(pos) if not pos.isNull() else None
        page.card.rest(cell, place, at, self._visit_places)

    def _visit_places(self) -> list[QRect]:
        """The heads and every visit in sight, in the page's pixels."""
        page, grid = self._page, self._page.grid()
        view, heads = grid.viewport(), grid.header
        areas = (grid.cell_rect(row_id) for row_id in grid.arrangement.by_id)
        shown = (area & view.rect() for area in areas if area is not None)
        visits = [rect_in(page, view, area) for area in shown if not area.isEmpty()]
        return [rect_in(page, heads, heads.rect()), *visits]

    def show_menu(self, hit: Hit, global_pos: QPoint) -> None:
        page = self._page
        page.card.dismiss()
        cells = self.chosen()
        if hit.kind == "block" and cells:
            self.menu = self.menus.for_visits(page, cells, gestures=True)
            self._shut_entries(cells)
        elif hit.kind == "empty":
            self.menu = self.menus.for_time(page, gestures=True)
            self.times.fill_menu(self.menu, hit)
            if hit.column is not None:
                self.heads.add_submenu(self.menu, hit.column)
            self._shut_entries((), hit.column.doctor_id if hit.column is not None else "")
        else:
            return
        self.menu.popup(global_pos)

    def _shut_entries(self, cells: Sequence[Cell], doctor_id: Id = "") -> None:
        if self.menu is not None:
            shut_entries(self.menu, lambda name: self.why_not(name, cells, doctor_id))

    def _menu_at_cursor(self) -> bool:
        page, grid = self._page, self._page.grid()
        if page.view == "agenda":
            self._agenda_menu(page.agenda.table.mapToGlobal(QPoint(80, 60)))
            return True
        spot = page.card_place()
        self.show_menu(grid.hit(grid.viewport().mapFromGlobal(spot)), spot)
        return True

    def _agenda_menu(self, global_pos: QPoint) -> None:
        cells = self.chosen()
        if cells:
            self.menu = self.menus.for_visits(self._page, cells, gestures=False)
            self._shut_entries(cells)
            self.menu.popup(global_pos)

    def _overflow(self, ids: tuple[Id, ...], global_pos: QPoint) -> None:
        page = self._page
        if (found := crowd(page.grid(), ids)) is None:
            return
        popover = VisitList(page.context.theme, page, *found)
        popover.opened.connect(page.open_requested)
        popover.lifted.connect(page.gestures.lift_id)
        popover.show_at(global_pos)
