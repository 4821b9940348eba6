"""The tour's chapters about one visit: refused, moved by keys, its card, cancelled, parked."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability import find
from clinic_desk.domain.availability.model import Request, Slot
from clinic_desk.services.views import Cell
from clinic_desk.ui.booking.appointment import AppointmentDialog
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.gestures_message import RefusalCard
from clinic_desk.ui.tour.driver import TourFailed
from clinic_desk.ui.tour.scene import ALT, CTRL, Scene
from clinic_desk.ui.widgets.forms.reason import ReasonDialog


def refused_with_ways_out(scene: Scene) -> None:
    driver, grid, cell = scene.driver, scene.grid(), scene.stored()
    driver.step("Drag it onto a time that is taken")
    scene.settled()
    before = scene.stored_place()
    column, taken = _taken_place(scene, cell)
    grid.ensure_visible(column, taken.start, taken.end)
    grid.ensure_visible(scene.column_of(cell), cell.start, cell.end)
    scene.in_view(cell)
    start, end = scene.grip(grid, cell, column, taken)
    driver.drag(grid.viewport(), start, end, before_drop=lambda: scene.ghost("drag-refused"))
    driver.did(f"dragged it to {scene.place_words((taken.start, taken.doctor_id))}")
    card = scene.shown(RefusalCard, "the refusal is explained")
    driver.require(scene.stored_place() == before, "the store has the visit where it was")
    driver.require(bool(card.buttons()), f"it says “{card.sentence}” and offers ways out")
    driver.picture("refused-with-ways-out", near=card)
    way = card.buttons()[0]
    driver.did(f"pressed “{way.text()}”")
    driver.click(way)
    driver.wait(lambda: scene.stored_place() != before, "the way out places the visit")
    driver.checked(f"the way out placed it: {scene.place_words(scene.stored_place())}")
    _take_back(scene, before)


def moved_by_keys(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Move it by keyboard alone")
    before = scene.stored_place()
    scene.take_visit()
    driver.key(Qt.Key.Key_M)
    driver.key(Qt.Key.Key_Down)
    driver.key(Qt.Key.Key_N)
    driver.picture("move-mode")
    driver.require(scene.stored_place() == before, "nothing is written while it is carried")
    driver.key(Qt.Key.Key_Return)
    driver.did("pressed M, ↓, N for the next free place, Enter")
    driver.wait(lambda: scene.stored_place() != before, "the visit is moved")
    driver.checked(f"the store has it at {scene.place_words(scene.stored_place())}")
    _take_back(scene, before)


def card_with_history(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Confirm it, and open its card")
    scene.take_visit()
    driver.key(Qt.Key.Key_F)
    driver.wait(lambda: scene.stored().status is Status.CONFIRMED, "the visit is confirmed")
    driver.checked("pressed F: the store has the visit confirmed")
    driver.key(Qt.Key.Key_Return)
    card = scene.shown(AppointmentDialog, "the appointment card opens")
    driver.wait(lambda: card.history.count() > 0, "the card tells its history")
    told = scene.queries.appointment(scene.visit_id).history
    driver.require(
        len(told) >= card.history.count(),
        f"the card tells {card.history.count()} lines from {len(told)} events in the store",
    )
    driver.picture("appointment-card", near=card)
    driver.key(Qt.Key.Key_Escape)
    driver.wait(lambda: not card.isVisible(), "Esc closes the card")


def cancelled_with_reason(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Cancel it with a reason, and take that back")
    scene.take_visit()
    driver.key(Qt.Key.Key_Delete)
    ask = scene.shown(ReasonDialog, "the reason is asked for")
    driver.key(Qt.Key.Key_1, ALT)
    driver.picture("cancel", near=ask)
    driver.require(scene.stored().status is not Status.CANCELLED, "nothing is cancelled yet")
    driver.key(Qt.Key.Key_Return)
    driver.did("pressed Delete, Alt+1 for the reason, Enter")
    driver.wait(lambda: scene.stored().status is Status.CANCELLED, "the visit is cancelled")
    reason = scene.queries.appointment(scene.visit_id).values.get("cancel_reason")
    driver.require(reason == "Patient cancelled", "the store has it cancelled, with the reason")
    scene.gone(ReasonDialog, "the question is gone")
    driver.key(Qt.Key.Key_Z, CTRL)
    driver.wait(lambda: scene.stored().status is Status.CONFIRMED, "Ctrl+Z brings it back")
    driver.checked("pressed Ctrl+Z: the store has it confirmed again")
    scene.settled()


def parked_on_the_shelf(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Park it on the shelf")
    scene.take_visit()
    driver.key(Qt.Key.Key_P)
    driver.wait(lambda: scene.visit_id in _parked(scene), "the visit is on the shelf")
    driver.checked("pressed P: the store has it on the shelf, its old place softly held")
    driver.picture("shelf")
    driver.key(Qt.Key.Key_Z, CTRL)
    driver.wait(lambda: scene.visit_id not in _parked(scene), "Ctrl+Z takes it off the shelf")
    driver.checked("pressed Ctrl+Z: it is off the shelf and where it was")


def _parked(scene: Scene) -> set[str]:
    return {card.cell.id for card in scene.queries.shelf()}


def _take_back(scene: Scene, place: tuple[object, str]) -> None:
    scene.driver.key(Qt.Key.Key_Z, CTRL)
    scene.driver.wait(lambda: scene.stored_place() == place, "Ctrl+Z puts it back")
    scene.settled()
    scene.driver.checked("pressed Ctrl+Z: the store has it where it was")


def _taken_place(scene: Scene, cell: Cell) -> tuple[Column, Slot]:
    """A colleague's visit near ours, where the engine offers nothing."""
    grid, day = scene.grid(), scene.day_of(cell.start)
    snapshot = scene.queries.snapshot(day, day)
    shown = [block.cell for block in grid.arrangement.by_id.values()]
    place = {column.doctor_id: index for index, column in enumerate(grid.columns)}
    ours = place[cell.doctor_id]

    def distance(other: Cell) -> tuple[int, timedelta]:
        return abs(place[other.doctor_id] - ours), abs(other.start - cell.start)

    for theirs in sorted(shown, key=distance):
        if theirs.doctor_id == cell.doctor_id or theirs.status is not Status.CONFIRMED:
            continue
        request = Request(
            type_id=cell.type_id,
            first=day,
            last=day,
            now=scene.clock.now(),
            doctor_ids=(theirs.doctor_id,),
            patient_id=cell.patient_id,
            ignore_ids=frozenset({cell.id}),
        )
        free = [slot.start for slot in find(snapshot, request)]
        if free and theirs.start not in free:
            length = cell.end - cell.start
            slot = Slot(theirs.start, theirs.start + length, theirs.doctor_id, "", None, 1)
            return scene.column_of(theirs), slot
    raise TourFailed("no colleague has a visit on that day")
