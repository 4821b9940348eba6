"""The tour's chapters about people on the phone: one who is new, one who only seems new, and one
who wants a certain time."""

from __future__ import annotations

from PySide6.QtCore import Qt

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Verdict
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.booking.dialog import BookingDialog
from clinic_desk.ui.booking.finder import FinderPage
from clinic_desk.ui.runtime.formatting import clock_text
from clinic_desk.ui.tour.driver import TourFailed
from clinic_desk.ui.tour.scene import CTRL, Scene

NEWCOMER = ("Quill", "Tamsin", "07700900555")


def new_patient(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Book a caller who is not on file yet")
    before = scene.queries.info().counts["patient"]
    last, first, phone = NEWCOMER
    dialog = _type_name(scene, f"{last} {first}")
    driver.key(Qt.Key.Key_Return)
    driver.wait(lambda: dialog.who.adding, "the fields of a new patient open")
    driver.type(phone)
    driver.wait(lambda: dialog.draft.start is not None, "openings are listed meanwhile")
    driver.wait(lambda: dialog.hold.hold_id, "the selected opening is held")
    driver.picture("new-patient", near=dialog)
    for _ in range(3):
        driver.key(Qt.Key.Key_Return)
    driver.did(f"typed “{last} {first}”, Enter, the phone number, Enter, Enter, Enter")
    driver.wait(lambda: not dialog.isVisible(), "the visit is booked")
    driver.require(
        scene.queries.info().counts["patient"] == before + 1, "the store has one patient more"
    )
    (hit,) = scene.queries.search_patients(f"{last} {first}")
    visits = scene.queries.patient(hit.id).visits
    driver.require(len(visits) == 1, f"{hit.listed_name} has one visit")
    scene.grid().setFocus()


def duplicate(scene: Scene, patient: PatientHit) -> None:
    driver = scene.driver
    driver.step("Somebody like this is on file already")
    before = scene.queries.info().counts["patient"]
    dialog = _type_name(scene, f"{patient.last_name} {patient.first_name}")
    driver.key(Qt.Key.Key_Up)
    driver.key(Qt.Key.Key_Return)
    driver.wait(lambda: dialog.who.adding, "the fields of a new patient open")
    driver.type("".join(c for c in patient.phone if c.isdigit() or c == "+"))
    driver.key(Qt.Key.Key_Return)
    driver.did("chose “Add” all the same, typed the phone number that is on file, Enter")
    panel = dialog.caller.panel
    driver.wait(panel.isVisible, "the two are shown side by side")
    driver.picture("duplicate", near=dialog)
    driver.key(Qt.Key.Key_Return)
    driver.wait(lambda: dialog.draft.patient is not None, "Enter uses the one on file")
    chosen = dialog.draft.patient
    driver.require(
        chosen is not None and chosen.id == patient.id, f"{patient.listed_name} is taken"
    )
    driver.key(Qt.Key.Key_Escape)
    driver.wait(lambda: not dialog.isVisible(), "Esc leaves the booking as a draft")
    driver.require(scene.queries.info().counts["patient"] == before, "the store has nobody twice")
    scene.grid().setFocus()


def openings_and_why_not(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Ask for the next openings, and why a certain time is not among them")
    driver.key(Qt.Key.Key_J, CTRL)
    page = scene.shown(FinderPage, "the finder opens")
    driver.did("pressed Ctrl+J")
    driver.wait(lambda: page.current is not None and not page.searching, "openings are listed")
    driver.checked(f"the finder lists {len(page.rows.found())} openings")
    driver.wait(lambda: page.hold.settled and page.hold.hold_id, "the selected one is held")
    driver.picture("openings")
    ranked = page.current
    if ranked is None:
        raise TourFailed("no opening is chosen")
    doctor_id = ranked.slot.doctor_id
    zone = page.source.zone_at(ranked.slot.location_id)
    day = local_date(ranked.slot.start, zone)
    taken = [
        cell
        for cell in scene.queries.calendar(day, day, [doctor_id]).cells
        if cell.status in (Status.SCHEDULED, Status.CONFIRMED) and cell.start > scene.clock.now()
    ]
    if not taken:
        raise TourFailed("the doctor of the first opening has nobody else on that day")
    asked = clock_text(taken[0].start, zone)
    driver.key(Qt.Key.Key_Y)
    driver.type(asked)
    driver.key(Qt.Key.Key_Return)
    driver.did(f"pressed Y, typed “{asked}”, pressed Enter")
    driver.wait(lambda: page.panel.answer is not None, "the panel answers")
    answer = page.panel.answer
    driver.require(
        answer is not None
        and answer.explanation.verdict is Verdict.REFUSE
        and answer.explanation.start == taken[0].start,
        f"the answer is: {page.panel.speech()}",
    )
    driver.picture("why-not")
    driver.key(Qt.Key.Key_Escape)
    driver.key(Qt.Key.Key_Escape)
    driver.wait(lambda: not page.isVisible(), "Esc goes back to the calendar")


def _type_name(scene: Scene, name: str) -> BookingDialog:
    scene.grid().setFocus()
    scene.driver.key(Qt.Key.Key_N, CTRL)
    dialog = scene.shown(BookingDialog, "the booking dialog opens")
    scene.driver.type(name)
    scene.driver.wait(
        lambda: dialog.who.popup.isVisible() and dialog.searcher.settled, "the search answers"
    )
    return dialog
