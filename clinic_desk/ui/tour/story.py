"""What the tour does at the desk: a caller is booked, moved, moved back, looked up, and so on.

After each step the store is asked, not the window: what counts is what was written.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import Qt

from clinic_desk.services.views import PatientHit
from clinic_desk.ui.booking.dialog import BookingDialog
from clinic_desk.ui.patients.search import PatientSearch
from clinic_desk.ui.runtime.formatting import short_day
from clinic_desk.ui.tour import (
    callers,
    door,
    filing,
    looks,
    people,
    planning,
    rules,
    screens,
    visits,
)
from clinic_desk.ui.tour.scene import CTRL, SHIFT, Scene


class Story(Scene):
    """One telling, in order; each step raises ``TourFailed`` when it did not work."""

    def tell(self) -> None:
        door.log_in(self)
        self.open_day()
        patient = self.book_by_keyboard()
        self.show_the_booked_day()
        self.drag_to_a_colleague()
        self.undo_and_redo()
        visits.refused_with_ways_out(self)
        visits.moved_by_keys(self)
        visits.card_with_history(self)
        visits.cancelled_with_reason(self)
        visits.parked_on_the_shelf(self)
        planning.waiting(self)
        self.search(patient)
        people.caller(self, patient)
        people.record(self, patient)
        people.paper(self)
        people.curtain(self)
        people.past(self)
        door.locked(self)
        callers.new_patient(self)
        callers.duplicate(self, patient)
        callers.openings_and_why_not(self)
        looks.week(self)
        looks.month(self)
        looks.agenda(self)
        looks.rooms(self)
        screens.flow(self)
        screens.doctor(self)
        screens.figures(self)
        screens.messages(self)
        rules.set_up(self)
        rules.settings(self)
        door.accounts(self)
        rules.absence(self)
        planning.repeated(self)
        looks.dark(self)
        looks.keys(self)
        looks.small_screen(self)
        with tempfile.TemporaryDirectory(prefix="clinic-desk-") as folder:
            filing.import_and_clashes(self, patient, Path(folder) / "former program")
        if self.everything:
            screens.everywhere(self)
        self.prove()

    def open_day(self) -> None:
        self.driver.step("Open the demo clinic")
        self.driver.wait(lambda: self.grid_or_none() is not None, "the day is on the screen")
        grid = self.grid()
        self.driver.wait(lambda: grid.arrangement.by_id, "the day shows visits")
        day = grid.columns[0].day
        doctors = [column.doctor_id for column in grid.columns]
        stored = [cell.id for cell in self.queries.calendar(day, day, doctors).cells]
        self.driver.did(f"opened the program on {short_day(day)}")
        words = f"all {len(stored)} visits that the store has for {len(doctors)} doctors are drawn"
        self.driver.wait(lambda: set(grid.arrangement.by_id) == set(stored), words)
        self.driver.checked(words)
        self.driver.picture("day")

    def book_by_keyboard(self) -> PatientHit:
        self.driver.step("Book a visit for a caller by keyboard")
        patient = self.caller()
        known = {cell.id for cell in self.queries.patient(patient.id).visits}
        self.grid().setFocus()
        self.driver.key(Qt.Key.Key_N, CTRL)
        dialog = self.shown(BookingDialog, "the booking dialog opens")
        name = f"{patient.last_name} {patient.first_name}"
        self.driver.type(name)
        self.driver.did(f"pressed Ctrl+N, typed “{name}”")
        self.driver.wait(lambda: dialog.who.popup.isVisible(), "the patients found are listed")
        self.driver.picture("booking-search", near=dialog)
        self.driver.key(Qt.Key.Key_Return)
        self.driver.wait(lambda: dialog.draft.patient is not None, "the patient is taken")
        self.driver.wait(lambda: dialog.draft.start is not None, "the first opening is selected")
        self.driver.wait(lambda: dialog.hold.hold_id, "the selected opening is held")
        self.driver.picture("booking-opening-held", near=dialog)
        self.driver.key(Qt.Key.Key_Return)
        self.driver.key(Qt.Key.Key_Return)
        self.driver.did("pressed Enter three times: the patient, the opening, book")
        self.driver.wait(lambda: not dialog.isVisible(), "the visit is booked and the dialog gone")
        fresh = [c for c in self.queries.patient(patient.id).visits if c.id not in known]
        self.driver.require(len(fresh) == 1, "the store has one new visit of this patient")
        (cell,) = fresh
        self.visit_id, self.place = cell.id, (cell.start, cell.doctor_id)
        self.driver.checked(f"it is {self.words(cell)}, code {cell.confirmation_code}")
        return patient

    def show_the_booked_day(self) -> None:
        day = self.day_of(self.place[0])
        self.driver.step(f"Go to {short_day(day)}, the day of the visit")
        self.go_to(day)
        self.driver.wait(lambda: self.block() is not None, "the visit is drawn on its day")
        self.grid().focus_cell(self.visit_id)
        self.driver.checked("the visit is drawn on its day")
        self.driver.picture("booked")

    def drag_to_a_colleague(self) -> None:
        self.driver.step("Drag the visit to another doctor and time")
        grid = self.grid()
        cell = self.stored()
        column, slot = self.free_place(cell)
        grid.ensure_visible(column, slot.start, slot.end)
        grid.ensure_visible(self.column_of(cell), cell.start, cell.end)
        self.in_view(cell)
        start, end = self.grip(grid, cell, column, slot)
        self.driver.drag(
            grid.viewport(), start, end, before_drop=lambda: self.ghost("drag-verdict")
        )
        wanted = (slot.start, slot.doctor_id)
        self.driver.did(f"dragged it to {self.place_words(wanted)}")
        self.driver.wait(lambda: self.stored_place() == wanted, "the store has the visit there")
        self.driver.checked("the store has the visit at the new place, and nowhere else")
        self.driver.wait(lambda: self.drawn_at(wanted), "the visit is drawn at the new place")
        self.driver.picture("moved")

    def undo_and_redo(self) -> None:
        moved = self.stored_place()
        self.driver.step("Take the move back, and bring it again")
        self.driver.key(Qt.Key.Key_Z, CTRL)
        self.driver.did("pressed Ctrl+Z")
        self.driver.wait(lambda: self.stored_place() == self.place, "the visit is back")
        self.driver.checked("the store has the visit back at its first place")
        self.driver.wait(lambda: self.drawn_at(self.place), "the visit is drawn where it was")
        self.driver.picture("undone")
        self.driver.key(Qt.Key.Key_Z, CTRL | SHIFT)
        self.driver.did("pressed Ctrl+Shift+Z")
        self.driver.wait(lambda: self.stored_place() == moved, "the move is brought again")
        self.driver.checked("the store has the visit at the place it was dragged to")

    def search(self, patient: PatientHit) -> None:
        self.driver.step("Look a patient up by a part of the name")
        self.driver.key(Qt.Key.Key_F, CTRL)
        typed = f"{patient.first_name[:4]} {patient.last_name[:4]}".lower()
        self.driver.type(typed)
        self.driver.did(f"pressed Ctrl+F, typed “{typed}”")
        found = [hit.id for hit in self.queries.search_patients(typed)]
        self.driver.require(patient.id in found, f"the search finds {patient.listed_name}")
        search = self.shown(PatientSearch, "the search is on the screen")
        self.driver.wait(
            lambda: search.searcher.settled and search.popup.isVisible(), "the search answers"
        )
        self.driver.picture("search")
        self.driver.key(Qt.Key.Key_Escape)
        self.driver.key(Qt.Key.Key_Escape)
        self.grid().setFocus()

    def prove(self) -> None:
        self.driver.step("Prove the store")
        findings = self.maintenance.verify()
        self.driver.require(
            not findings,
            "every visit can be rebuilt from its events, and no two share a place"
            if not findings
            else "; ".join(finding.sentence for finding in findings[:3]),
        )
