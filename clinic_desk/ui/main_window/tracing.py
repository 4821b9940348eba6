""" "Who has seen this?": from whatever is chosen to the audit trail, filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from clinic_desk.ui.main_window.pages import open_page
from clinic_desk.ui.models import words

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.patients.page import PatientPage


def who_has_seen(window: MainWindow) -> None:
    """Of the patient on display, or of the visit that is chosen on the calendar."""
    if window.centre.page == "patient":
        page = cast("PatientPage", window.centre.shown_page)
        if page.record is not None:
            patient = page.record.patient
            open_page(window, "audit", ("seen", patient.listed_name, patient.id))
            return
    cell = window.sidebar.card.cell if window.centre.page == "calendar" else None
    if cell is None:
        window.telling.warn("Choose a visit on the calendar or open a patient’s page first.")
        return
    zone = window.roster.zone_at(cell.location_id)
    name = ", ".join(part for part in (cell.last_name, cell.first_name) if part)
    when = words.moment_words(cell.start, zone)
    told = f"{name} · {when}" if name else f"Visit {when}"
    open_page(window, "audit", ("visit", told, cell.id))
