"""The tour's chapters about people: who rings, everything about one patient, paper, the curtain,
and the calendar as it stood."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.calls.panel import CallPanel
from clinic_desk.ui.paper.dialog import PrintDialog
from clinic_desk.ui.past.page import PastPage
from clinic_desk.ui.patients.page import PatientPage
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.tour.driver import TourFailed
from clinic_desk.ui.tour.scene import CTRL, SHIFT, Scene

CHANGES_BACK = 3
"""So many changes the time machine goes back."""


def caller(scene: Scene, patient: PatientHit) -> None:
    """Booked with one figure, and taken back."""
    driver = scene.driver
    driver.step("Somebody rings: what is known, and three offers")
    before = _visits(scene, patient)
    driver.key(Qt.Key.Key_F2)
    panel = scene.shown(CallPanel, "the caller's panel is on the screen")
    driver.wait(lambda: panel.edit.hasFocus(), "its field has the keyboard")
    driver.type(f"{patient.last_name} {patient.first_name}")
    driver.key(Qt.Key.Key_Return)
    driver.did("pressed F2, typed the name, pressed Enter")
    driver.wait(
        lambda: panel.hit is not None and panel.offers.rows and not panel.offers.searching,
        "three offers are made",
    )
    driver.still()
    driver.picture("caller")
    driver.key(Qt.Key.Key_1)
    driver.wait(
        lambda: len(_visits(scene, patient) - before) == 1,
        "1 books the first offer",
    )
    driver.checked("the store has one visit more of the caller, booked with one figure")
    driver.wait(lambda: panel.read_out.text() != "", "the sentence to read out is there")
    driver.key(Qt.Key.Key_Escape)
    scene.gone(CallPanel, "Esc closes the panel")
    driver.key(Qt.Key.Key_Z, CTRL)
    driver.wait(lambda: not _visits(scene, patient) - before, "Ctrl+Z takes the booking back")
    driver.checked("with Ctrl+Z the caller's booking is gone")


def record(scene: Scene, patient: PatientHit) -> None:
    driver = scene.driver
    driver.step("Everything about one patient on one page")
    scene.window.show_page("patient", patient.id)
    page = scene.shown(PatientPage, "the patient's page is on the screen")
    driver.wait(
        lambda: page.record is not None and page.shown_id == patient.id, "it is this patient's"
    )
    driver.still()
    driver.picture("patient")
    driver.key(Qt.Key.Key_H)
    driver.did("pressed H: the history in words")
    driver.still()
    driver.picture("patient-history")
    driver.key(Qt.Key.Key_Escape)
    scene.gone(PatientPage, "Esc goes back to the calendar")


def paper(scene: Scene) -> None:
    driver = scene.driver
    driver.step("The day on paper")
    scene.grid().setFocus()
    driver.key(Qt.Key.Key_P, CTRL)
    dialog = scene.shown(PrintDialog, "the print dialog is on the screen")
    driver.still()
    driver.picture("print", near=dialog)
    driver.key(Qt.Key.Key_Escape)
    scene.gone(PrintDialog, "Esc closes it")


def curtain(scene: Scene) -> None:
    """One key turns names into initials and back."""
    driver = scene.driver
    driver.step("The curtain: initials instead of names")
    grid = scene.grid()
    grid.setFocus()
    before = scene.window.grab().toImage()
    driver.key(Qt.Key.Key_F12)
    driver.did("pressed F12")
    driver.wait(lambda: CURTAIN.on, "the curtain is drawn")
    driver.wait(lambda: scene.window.grab().toImage() != before, "the names are gone")
    driver.still()
    driver.picture("curtain")
    driver.key(Qt.Key.Key_F12)
    driver.wait(lambda: not CURTAIN.on, "F12 opens it again")


def past(scene: Scene) -> None:
    driver = scene.driver
    driver.step("The time machine: the day as it stood before")
    driver.key(Qt.Key.Key_H, CTRL | SHIFT)
    page = scene.shown(PastPage, "the time machine is on the screen")
    driver.still()
    for _ in range(CHANGES_BACK):
        driver.key(Qt.Key.Key_BracketLeft)
        driver.still()
    driver.did(f"pressed [ {CHANGES_BACK} times: back by as many changes")
    driver.picture("past")
    if scene.visible(QDialog):
        raise TourFailed("a dialog lies over the time machine")
    driver.require(page.isVisible(), "the past is looked at, and nothing of it can be changed")
    driver.key(Qt.Key.Key_Escape)
    scene.gone(PastPage, "Esc goes back to the calendar")


def _visits(scene: Scene, patient: PatientHit) -> set[Id]:
    """Without what is only held."""
    visits = scene.queries.patient(patient.id).visits
    return {cell.id for cell in visits if cell.status not in (Status.HELD, Status.RELEASED)}
