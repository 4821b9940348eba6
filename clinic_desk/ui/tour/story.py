"""What the tour does at the desk: a caller is booked, moved, moved back, looked up.

After each step the store is asked, not the window: what counts is what was written.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.domain.availability import find
from clinic_desk.domain.availability.model import Request, Slot
from clinic_desk.domain.ids import Clock, Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.ports import Maintenance, Queries
from clinic_desk.services.views import Cell, PatientHit
from clinic_desk.ui.booking.dialog import BookingDialog
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.runtime.formatting import clock_text, short_day
from clinic_desk.ui.tour.driver import Driver, TourFailed
from clinic_desk.ui.widgets.command_palette import CommandPalette
from clinic_desk.ui.widgets.date_jump import DateJump

W = TypeVar("W", bound=QWidget)
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LONGEST_NAME = 18
"""Letters; a longer one is cut off in the pictures, which then show less than they could."""
BUSY = 20
"""Colours in the middle of the window; an empty page has two or three."""


class Story:
    """One telling, in order; each step raises ``TourFailed`` when it did not work."""

    def __init__(
        self,
        driver: Driver,
        window: QWidget,
        queries: Queries,
        maintenance: Maintenance,
        clock: Clock,
    ) -> None:
        self.driver = driver
        self.window = window
        self.queries = queries
        self.maintenance = maintenance
        self.clock = clock
        self.visit_id: Id = ""
        self.place: tuple[datetime, Id] = (clock.now(), "")

    def tell(self) -> None:
        self.open_day()
        patient = self.book_by_keyboard()
        self.show_the_booked_day()
        self.drag_to_a_colleague()
        self.undo_and_redo()
        self.search(patient)
        self.find_an_opening()
        self.other_views()
        self.dark()
        self.prove()

    # ---------------------------------------------------------------------------------- the steps

    def open_day(self) -> None:
        self.driver.step("Open the demo clinic")
        self.driver.wait(lambda: self._grid_or_none() is not None, "the day is on the screen")
        grid = self.grid()
        self.driver.wait(lambda: grid.arrangement.by_id, "the day shows visits")
        day = grid.columns[0].day
        doctors = [column.doctor_id for column in grid.columns]
        stored = [cell.id for cell in self.queries.calendar(day, day, doctors).cells]
        shown = set(grid.arrangement.by_id)
        self.driver.did(f"opened the program on {short_day(day)}")
        self.driver.require(
            shown == set(stored),
            f"all {len(stored)} visits that the store has for {len(doctors)} doctors are drawn",
        )
        self.driver.picture("day")

    def book_by_keyboard(self) -> PatientHit:
        self.driver.step("Book a visit for a caller by keyboard")
        patient = self._caller()
        known = {cell.id for cell in self.queries.patient(patient.id).visits}
        self.grid().setFocus()
        self.driver.key(Qt.Key.Key_N, CTRL)
        dialog = self._shown(BookingDialog, "the booking dialog opens")
        name = f"{patient.last_name} {patient.first_name}"
        self.driver.type(name)
        self.driver.did(f"pressed Ctrl+N, typed “{name}”")
        self.driver.wait(lambda: dialog.who.popup.isVisible(), "the patients found are listed")
        self.driver.picture("booking-search")
        self.driver.key(Qt.Key.Key_Return)
        self.driver.wait(lambda: dialog.draft.patient is not None, "the patient is taken")
        self.driver.wait(lambda: dialog.draft.start is not None, "the first opening is selected")
        self.driver.wait(lambda: dialog.hold.hold_id, "the selected opening is held")
        self.driver.pause(200)
        self.driver.picture("booking-opening-held")
        self.driver.key(Qt.Key.Key_Return)
        self.driver.key(Qt.Key.Key_Return)
        self.driver.did("pressed Enter three times: the patient, the opening, book")
        self.driver.wait(lambda: not dialog.isVisible(), "the visit is booked and the dialog gone")
        fresh = [c for c in self.queries.patient(patient.id).visits if c.id not in known]
        self.driver.require(len(fresh) == 1, "the store has one new visit of this patient")
        (cell,) = fresh
        self.visit_id, self.place = cell.id, (cell.start, cell.doctor_id)
        self.driver.checked(f"it is {self._words(cell)}, code {cell.confirmation_code}")
        return patient

    def show_the_booked_day(self) -> None:
        day = self._day_of(self.place[0])
        self.driver.step(f"Go to {short_day(day)}, the day of the visit")
        self._go_to(day)
        self.driver.wait(lambda: self._block() is not None, "the visit is drawn on its day")
        self.grid().focus_cell(self.visit_id)
        self.driver.checked("the visit is drawn on its day")
        self.driver.picture("booked")

    def drag_to_a_colleague(self) -> None:
        self.driver.step("Drag the visit to another doctor and time")
        grid = self.grid()
        cell = self._stored()
        column, slot = self._free_place(cell)
        grid.ensure_visible(column, slot.start, slot.end)
        grid.ensure_visible(self._column_of(cell), cell.start, cell.end)
        self.driver.pause(50)
        start, end = self._grip(grid, cell, column, slot)
        self.driver.drag(
            grid.viewport(), start, end, before_drop=lambda: self._ghost("drag-verdict")
        )
        wanted = (slot.start, slot.doctor_id)
        self.driver.did(f"dragged it to {self._place_words(wanted)}")
        self.driver.wait(lambda: self._stored_place() == wanted, "the store has the visit there")
        self.driver.checked("the store has the visit at the new place, and nowhere else")
        self.driver.wait(lambda: self._drawn_at(wanted), "the visit is drawn at the new place")
        self.driver.pause(250)
        self.driver.picture("moved")

    def undo_and_redo(self) -> None:
        moved = self._stored_place()
        self.driver.step("Take the move back, and bring it again")
        self.driver.key(Qt.Key.Key_Z, CTRL)
        self.driver.did("pressed Ctrl+Z")
        self.driver.wait(lambda: self._stored_place() == self.place, "the visit is back")
        self.driver.checked("the store has the visit back at its first place")
        self.driver.wait(lambda: self._drawn_at(self.place), "the visit is drawn where it was")
        self.driver.pause(250)
        self.driver.picture("undone")
        self.driver.key(Qt.Key.Key_Z, CTRL | SHIFT)
        self.driver.did("pressed Ctrl+Shift+Z")
        self.driver.wait(lambda: self._stored_place() == moved, "the move is brought again")
        self.driver.checked("the store has the visit at the place it was dragged to")

    def search(self, patient: PatientHit) -> None:
        self.driver.step("Look a patient up by a part of the name")
        self.driver.key(Qt.Key.Key_F, CTRL)
        typed = f"{patient.first_name[:4]} {patient.last_name[:4]}".lower()
        self.driver.type(typed)
        self.driver.did(f"pressed Ctrl+F, typed “{typed}”")
        found = [hit.id for hit in self.queries.search_patients(typed)]
        self.driver.require(patient.id in found, f"the search finds {patient.listed_name}")
        self.driver.pause(600)
        self.driver.picture("search")
        self.driver.key(Qt.Key.Key_Escape)
        self.driver.key(Qt.Key.Key_Escape)
        self.grid().setFocus()

    def find_an_opening(self) -> None:
        self.driver.step("Ask for the next openings")
        self.driver.key(Qt.Key.Key_J, CTRL)
        self.driver.did("pressed Ctrl+J")
        self.driver.pause(300)
        self.driver.wait(lambda: self.driver.variety() > BUSY, "openings are listed")
        self.driver.pause(600)
        self.driver.picture("openings")
        self.driver.key(Qt.Key.Key_Escape)
        self.driver.pause(100)

    def other_views(self) -> None:
        for key, name in (
            (Qt.Key.Key_2, "week"),
            (Qt.Key.Key_3, "month"),
            (Qt.Key.Key_4, "agenda"),
        ):
            self.driver.step(f"Look at the {name}")
            before = self.window.grab().toImage()
            self.driver.key(key, CTRL)
            self.driver.did(f"pressed Ctrl+{chr(key.value)}")
            self.driver.pause(300)
            self.driver.wait(
                partial(self._shows_another_page, before),
                f"the {name} is on the screen and has something on it",
            )
            self.driver.pause(300)
            self.driver.checked(f"the {name} is on the screen and has something on it")
            self.driver.picture(name)
        self.driver.key(Qt.Key.Key_1, CTRL)
        self.driver.wait(lambda: self._grid_or_none() is not None, "the day is back")

    def dark(self) -> None:
        self.driver.step("The same day at night: the dark theme, through the command palette")
        self.driver.key(Qt.Key.Key_K, CTRL)
        palette = self._shown(CommandPalette, "the command palette opens")
        self.driver.type("dark")
        self.driver.pause(200)
        self.driver.picture("palette")
        self.driver.key(Qt.Key.Key_Return)
        self.driver.wait(lambda: not palette.isVisible(), "the palette is gone")
        self.driver.did("pressed Ctrl+K, typed “dark”, pressed Enter")
        self.driver.pause(400)
        colour = self.window.grab().toImage().pixelColor(4, self.window.height() - 4)
        self.driver.require(colour.lightness() < 90, "the window is dark")
        self.driver.picture("day-dark")

    def prove(self) -> None:
        self.driver.step("Prove the store")
        findings = self.maintenance.verify()
        self.driver.require(
            not findings,
            "every visit can be rebuilt from its events, and no two share a place"
            if not findings
            else "; ".join(finding.sentence for finding in findings[:3]),
        )

    # --------------------------------------------------------------------------------- what helps

    def grid(self) -> TimeGridView:
        grid = self._grid_or_none()
        if grid is None:
            raise TourFailed("no day or week is on the screen")
        return grid

    def _grid_or_none(self) -> TimeGridView | None:
        shown = [g for g in self.window.findChildren(TimeGridView) if g.isVisible() and g.columns]
        return shown[0] if shown else None

    def _shows_another_page(self, before: QImage) -> bool:
        return self.window.grab().toImage() != before and self.driver.variety() > BUSY

    def _shown(self, kind: type[W], words: str) -> W:
        found: list[W] = []

        def look() -> bool:
            tops = [self.window, *QApplication.topLevelWidgets()]
            everything = [w for top in tops for w in (top, *top.findChildren(kind))]
            found[:] = [w for w in everything if isinstance(w, kind) and w.isVisible()]
            return bool(found)

        self.driver.wait(look, words)
        return found[0]

    def _caller(self) -> PatientHit:
        """Somebody without alert and without a visit ahead, whose name any keyboard can type."""
        now = self.clock.now()
        for letter in "abcdefghijklmnopqrstuvwxyz":
            for hit in self.queries.search_patients(letter, 40):
                plain = f"{hit.last_name}{hit.first_name}".isascii()
                alone = f"{hit.last_name} {hit.first_name}"
                short = len(hit.listed_name) <= LONGEST_NAME
                if not plain or not short or hit.alert or not hit.first_name:
                    continue
                if any(cell.start > now for cell in self.queries.patient(hit.id).visits):
                    continue
                if len(self.queries.search_patients(alone)) == 1:
                    return hit
        raise TourFailed("the clinic has no patient without a visit ahead")

    def _go_to(self, day: date) -> None:
        self.driver.key(Qt.Key.Key_G, CTRL)
        jump = self._shown(DateJump, "the date field opens")
        typed = f"{day.day}.{day.month}.{day.year}"
        self.driver.type(typed)
        self.driver.key(Qt.Key.Key_Return)
        self.driver.wait(lambda: not jump.isVisible(), f"“{typed}” is understood")
        self.driver.did(f"pressed Ctrl+G, typed “{typed}”, pressed Enter")
        self.driver.wait(lambda: self.grid().columns[0].day == day, "the day changes")

    def _stored(self) -> Cell:
        return self.queries.appointment(self.visit_id).cell

    def _stored_place(self) -> tuple[datetime, Id]:
        cell = self._stored()
        return cell.start, cell.doctor_id

    def _block(self) -> Cell | None:
        block = self.grid().arrangement.by_id.get(self.visit_id)
        return block.cell if block else None

    def _drawn_at(self, place: tuple[datetime, Id]) -> bool:
        cell = self._block()
        return cell is not None and (cell.start, cell.doctor_id) == place

    def _column_of(self, cell: Cell) -> Column:
        for column in self.grid().columns:
            if column.doctor_id == cell.doctor_id and not column.room_id:
                return column
        raise TourFailed("the doctor of the visit has no column")

    def _free_place(self, cell: Cell) -> tuple[Column, Slot]:
        """A start that the engine offers to another doctor on the same day, later than the visit
        where there is one, and so near that both fit into the view."""
        day = self._day_of(cell.start)
        snapshot = self.queries.snapshot(day, day)
        grid = self.grid()
        length = int((cell.end - cell.start).total_seconds() // 60)
        reach = timedelta(minutes=grid.viewport().height() / grid.arrangement.per_minute * 0.7)
        colleagues = [c for c in grid.columns if c.doctor_id not in ("", cell.doctor_id)]
        for column in sorted(colleagues, key=lambda c: grid.columns.index(c)):
            request = Request(
                type_id=cell.type_id,
                first=day,
                last=day,
                now=self.clock.now(),
                doctor_ids=(column.doctor_id,),
                patient_id=cell.patient_id,
                duration=length,
                ignore_ids=frozenset({cell.id}),
            )
            near = [
                slot
                for slot in find(snapshot, request)
                if slot.start.minute % 15 == 0 and abs(slot.start - cell.start) < reach
            ]
            if near:
                return column, min(near, key=lambda slot: (slot.start < cell.start, slot.start))
        raise TourFailed("no colleague has a free time on that day")

    def _grip(
        self, grid: TimeGridView, cell: Cell, column: Column, slot: Slot
    ) -> tuple[QPoint, QPoint]:
        """Where to press and where to let go, so that the top of the visit lands on the slot."""
        block = grid.cell_rect(cell.id)
        if block is None:
            raise TourFailed("the visit is not in view")
        press = block.center()
        target = grid.span_rect(column, slot.start, slot.end)
        release = QPoint(target.center().x(), target.top() + press.y() - block.top())
        inside = grid.viewport().rect()
        if not (inside.contains(press) and inside.contains(release)):
            raise TourFailed("the visit and its new place do not fit into the view together")
        return press, release

    def _ghost(self, name: str) -> None:
        self.driver.pause(150)
        self.driver.picture(name)

    def _day_of(self, instant: datetime) -> date:
        return local_date(instant, self.grid().columns[0].zone)

    def _words(self, cell: Cell) -> str:
        return f"{cell.type_name.lower()} on {self._place_words((cell.start, cell.doctor_id))}"

    def _place_words(self, place: tuple[datetime, Id]) -> str:
        start, doctor_id = place
        at = clock_text(start, self.grid().columns[0].zone)
        doctor = self.queries.roster().doctors[doctor_id]
        return f"{short_day(self._day_of(start))} {at}, {doctor.name}"
