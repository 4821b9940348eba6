"""The tour's chapters about what does not fit into one visit: the waiting list, and visits that
repeat."""

from __future__ import annotations

from PySide6.QtCore import Qt

from clinic_desk.domain.appointments import FINAL
from clinic_desk.services.views import Cell, PatientHit
from clinic_desk.ui.booking.dialog import BookingDialog
from clinic_desk.ui.series.page import SeriesPage
from clinic_desk.ui.tour.driver import TourFailed
from clinic_desk.ui.tour.scene import ALT, CTRL, Scene
from clinic_desk.ui.waitlist.offer_bar import OfferBar
from clinic_desk.ui.waitlist.page import WaitlistPage
from clinic_desk.ui.widgets.forms.reason import ReasonDialog


def waiting(scene: Scene) -> None:
    """Somebody waits; a visit is cancelled; the place is offered and booked with one key."""
    driver, queries = scene.driver, scene.queries
    driver.step("Keep a caller on the waiting list, and offer them what gets free")
    patient = _who_fits(scene)
    dialog = _open_for(scene, patient)
    driver.key(Qt.Key.Key_W, ALT)
    driver.wait(dialog.wait_fields.when.hasFocus, "the line of the waiting list opens")
    driver.still()
    driver.picture("waiting-line", near=dialog)
    driver.key(Qt.Key.Key_Return)
    driver.did("pressed Alt+W and Enter in the booking window")
    driver.wait(lambda: not dialog.isVisible(), "the caller waits")
    waits = [card for card in queries.waitlist() if card.patient.id == patient.id]
    driver.require(len(waits) == 1, f"the store has {patient.listed_name} on the waiting list")
    scene.grid().setFocus()
    scene.command("waiting list", "the list")
    scene.shown(WaitlistPage, "the list is on the screen")
    driver.still()
    driver.picture("waiting-list")
    driver.key(Qt.Key.Key_Escape)
    scene.gone(WaitlistPage, "Esc goes back to the calendar")
    _offered(scene, patient)


def _who_fits(scene: Scene) -> PatientHit:
    """Somebody who usually comes for the same kind of visit to the same doctor as the one whose
    visit will be cancelled, and who has nothing ahead."""
    visit, now = scene.stored(), scene.clock.now()
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for hit in scene.queries.search_patients(letter, 40):
            name = f"{hit.last_name} {hit.first_name}"
            plain = name.isascii() and hit.first_name and not hit.alert
            same = hit.last_type_id == visit.type_id and hit.last_doctor_id == visit.doctor_id
            if not plain or not same or hit.usual_doctor_id not in (None, visit.doctor_id):
                continue
            if any(cell.start > now for cell in scene.queries.patient(hit.id).visits):
                continue
            if len(scene.queries.search_patients(name)) == 1:
                return hit
    raise TourFailed("nobody of the clinic would take the place")


def _offered(scene: Scene, patient: PatientHit) -> None:
    driver, queries = scene.driver, scene.queries
    scene.take_visit()
    freed = scene.stored()
    driver.key(Qt.Key.Key_Delete)
    scene.shown(ReasonDialog, "the reason is asked for")
    driver.key(Qt.Key.Key_1, ALT)
    driver.key(Qt.Key.Key_Return)
    driver.wait(lambda: scene.stored().status in FINAL, "the visit is cancelled")
    scene.gone(ReasonDialog, "the question is gone")
    bar = scene.shown(OfferBar, "the freed time is offered at once")
    words = f"{patient.listed_name} is offered what {freed.listed_name} gave up"
    driver.wait(lambda: patient.id in {match.card.patient.id for match in bar.people}, words)
    driver.checked(words)
    driver.still()
    driver.picture("freed-slot")
    driver.key(Qt.Key.Key_Z, CTRL)
    driver.wait(lambda: scene.stored().status not in FINAL, "Ctrl+Z brings the visit back")
    scene.gone(OfferBar, "and the offer is gone with it")
    driver.checked("with the cancellation taken back the offer is gone")
    driver.key(Qt.Key.Key_Z, CTRL)
    driver.wait(
        lambda: not any(c.patient.id == patient.id for c in queries.waitlist()),
        "Ctrl+Z once more takes the entry off the list",
    )


def repeated(scene: Scene) -> None:
    """Six visits, a week apart, in one step and back."""
    driver, queries = scene.driver, scene.queries
    driver.step("Book a visit that repeats")
    patient = scene.caller()
    known = {cell.id for cell in queries.patient(patient.id).visits}
    dialog = _open_for(scene, patient)
    driver.key(Qt.Key.Key_P, ALT)
    driver.wait(
        lambda: (
            dialog.repeating.on
            and not dialog.repeating.previewing.busy
            and dialog.repeating.previewing.shown is not None
            and dialog.hold.settled
        ),
        "each date has its verdict",
    )
    driver.still()
    driver.picture("repeat", near=dialog)
    rows = dialog.repeat_part.list.rows.rows
    if any(row.tone == "refuse" for row in rows):
        dialog.repeating.take_nearest()
        driver.wait(lambda: not dialog.repeating.previewing.busy, "the dates are judged again")
    driver.key(Qt.Key.Key_Return, CTRL)
    driver.did("pressed Alt+P, then Ctrl+Enter")
    driver.wait(lambda: not dialog.isVisible(), "the series is booked")
    made = [c for c in queries.patient(patient.id).visits if c.id not in known]
    if not made:
        raise TourFailed("no visit was made")
    driver.require(
        len(made) == len(rows) and len({c.series_id for c in made}) == 1,
        f"the store has {len(made)} visits of one series",
    )
    _series_page(scene, made[0])
    driver.key(Qt.Key.Key_Z, CTRL)
    driver.wait(
        lambda: all(c.id in known for c in queries.patient(patient.id).visits),
        "one Ctrl+Z takes all of them back",
    )
    driver.checked("one Ctrl+Z takes all of them back")


def _series_page(scene: Scene, visit: Cell) -> None:
    driver = scene.driver
    scene.go_to(scene.day_at(visit.start))
    grid = scene.grid()
    driver.wait(lambda: visit.id in scene.grid().arrangement.by_id, "the first visit is drawn")
    grid.setFocus()
    grid.focus_cell(visit.id)
    driver.wait(lambda: grid.current_cell() is not None, "it is chosen")
    driver.key(Qt.Key.Key_E)
    page = scene.shown(SeriesPage, "E leads to the series")
    driver.wait(lambda: not page.previewing.busy and page.list.rows.rows, "its dates are listed")
    driver.still()
    driver.picture("series")
    driver.key(Qt.Key.Key_Escape)
    scene.gone(SeriesPage, "Esc goes back to the calendar")
    scene.grid().setFocus()


def _open_for(scene: Scene, patient: PatientHit) -> BookingDialog:
    driver = scene.driver
    scene.grid().setFocus()
    driver.key(Qt.Key.Key_N, CTRL)
    dialog = scene.shown(BookingDialog, "the booking dialog opens")
    driver.type(f"{patient.last_name} {patient.first_name}")
    driver.wait(
        lambda: dialog.who.popup.isVisible() and dialog.searcher.settled, "the search answers"
    )
    driver.key(Qt.Key.Key_Return)
    driver.wait(lambda: dialog.draft.patient is not None, "the patient is taken")
    driver.wait(lambda: dialog.draft.start is not None, "the first opening is selected")
    driver.wait(lambda: dialog.hold.hold_id, "the selected opening is held")
    return dialog
