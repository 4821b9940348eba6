"""The way to the patient's page, and what the page asks the window for."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from clinic_desk.domain.ids import Id
    from clinic_desk.services.views import Cell
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.patients.page import PatientPage
    from clinic_desk.ui.widgets.page import Page

NAME = "patient"


def open_patient(window: MainWindow) -> None:
    """Ctrl+Shift+P: the page of the chosen visit's patient, else of the patient who was shown
    last; once more, or with neither, the page asks whose."""
    if window.centre.page == NAME:
        window.show_page(NAME)
        return
    cell = window.sidebar.card.cell if window.centre.page == "calendar" else None
    chosen = cell.patient_id if cell is not None else None
    window.show_page(NAME, chosen or window.doors.last_patient)


def wire(window: MainWindow, built: Page) -> None:
    """Once, when the page has been built."""
    page = cast("PatientPage", built)
    page.book_requested.connect(window.doors.book)
    page.again_requested.connect(lambda cell: _again(window, cell))
    page.cancel_requested.connect(lambda cell: window.visits.cancel([cell]))
    page.move_requested.connect(window.visits.pick_up)
    page.wait_requested.connect(window.waiting.for_patient)
    page.print_requested.connect(lambda patient_id: _print(window, patient_id))
    page.shown.connect(lambda patient_id: _remember(window, patient_id))


def _again(window: MainWindow, cell: Cell) -> None:
    minutes = int((cell.end - cell.start).total_seconds() // 60)
    kind = window.roster.type_with(cell.type_id, cell.doctor_id)
    own = kind is None or kind.duration != minutes
    window.doors.booking.open_again(
        cell.patient_id or "", cell.doctor_id, cell.type_id, minutes if own else None
    )


def _remember(window: MainWindow, patient_id: Id) -> None:
    window.doors.last_patient = patient_id


def _print(window: MainWindow, patient_id: Id) -> None:
    from clinic_desk.ui.main_window.printing import open_for  # no part of the page's first look

    open_for(window, ("patient", patient_id))
