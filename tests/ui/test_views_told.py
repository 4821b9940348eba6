"""Every place of the window that opens a patient or a visit tells the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.services.guarded import guarded
from clinic_desk.services.patient_merge import merge_view
from clinic_desk.services.viewing import Look, Viewing
from clinic_desk.services.views import Cell
from clinic_desk.services.waitlist_commands import AddToWaitlist
from clinic_desk.ui.main_window import MainWindow
from tests.ui.test_call_panel import caller, ring
from tests.ui.test_shell_window import Clinic, cells

pytestmark = pytest.mark.usefixtures("long_waits")


@dataclass
class Told:
    """Notes what is told instead of writing it."""

    seen: list[tuple[str, str]] = field(default_factory=list)

    def about(self, kind: str, row_id: str | None) -> bool:
        return (kind, str(row_id)) in self.seen


LISTS = {"waitlist": "Waiting list", "billing": "Invoices", "messages": "Messages"}


@pytest.mark.parametrize("page", LISTS)
def test_a_list_that_is_shown_is_told_with_whom_it_names(
    window: MainWindow, clinic: Clinic, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    cell = named(window)
    whose = str(cell.patient_id)
    clinic.desk.execute(AddToWaitlist(values={"patient_id": whose, "type_id": cell.type_id}))
    lists: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(
        window.context.operations,
        "looked_at_list",
        lambda name, ids: lists.append((name, [one for one in ids if one])),
    )
    window.show_page(page)
    qtbot.waitUntil(lambda: any(name == LISTS[page] for name, _ in lists))
    if page == "waitlist":
        qtbot.waitUntil(lambda: any(whose in ids for _, ids in lists))


@pytest.mark.parametrize("page", ["doctor", "past"])
def test_days_outside_the_calendar_are_told_too(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    days: list[tuple[object, ...]] = []
    monkeypatch.setattr(
        window.context.operations, "looked_at_days", lambda *given: days.append(given)
    )
    qtbot.waitUntil(lambda: bool(window.roster.doctors()))
    window.show_page(page, window.roster.doctors()[0].code if page == "doctor" else None)
    qtbot.waitUntil(lambda: bool(days))
    first, last, doctors = days[-1]
    assert str(first) <= str(last)
    assert doctors


@pytest.fixture
def told(window: MainWindow, clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Told:
    made = Told()
    viewing = Viewing(clinic.front.store)

    def looked(_actor: object, kind: str, subject_id: str, _patient: str = "") -> None:
        made.seen.append((kind, subject_id))

    def noted(actor: object, look: Look, again: float = 0) -> bool:
        looked(actor, look.kind, look.subject_id)
        return True

    monkeypatch.setattr(viewing, "_note", noted)
    operations = window.context.operations
    actor = window.context.actor
    operations.queries = guarded(operations.queries, lambda: actor, seen=viewing.seen)
    monkeypatch.setattr(
        operations, "looked", lambda kind, row_id, patient="": looked(actor, kind, row_id, patient)
    )
    return made


def named(window: MainWindow) -> Cell:
    return next(cell for cell in cells(window) if cell.patient_id)


def chosen_on_the_calendar(window: MainWindow, cell: Cell) -> None:
    window.page.select_visit(cell.id)


def card_beside_the_grid(window: MainWindow, cell: Cell) -> None:
    window.page.card.pin(cell, QRect(300, 200, 80, 40))


def card_in_the_time_machine(window: MainWindow, cell: Cell) -> None:
    window.show_page("past")
    page = window.centre.shown_page
    picture = page.picture  # type: ignore[union-attr]
    picture.card.know(window.roster.roster)
    picture.card.pin(cell, QRect(300, 200, 80, 40))


def visit_dialog(window: MainWindow, cell: Cell) -> None:
    window.doors.visit(cell.id)


OPENS_VISITS: dict[str, Callable[[MainWindow, Cell], None]] = {
    "chosen on the calendar": chosen_on_the_calendar,
    "card beside the grid": card_beside_the_grid,
    "card in the time machine": card_in_the_time_machine,
    "visit dialog": visit_dialog,
}


@pytest.mark.parametrize("place", OPENS_VISITS)
def test_a_visit_that_is_opened_is_told(
    window: MainWindow, told: Told, qtbot: QtBot, place: str
) -> None:
    cell = named(window)
    OPENS_VISITS[place](window, cell)
    qtbot.waitUntil(lambda: told.about("appointment", cell.id))


def patient_page(window: MainWindow, cell: Cell) -> None:
    window.show_page("patient", cell.patient_id)


def patient_card(window: MainWindow, cell: Cell) -> None:
    window.doors.patient(cell.patient_id or "")


def editing(window: MainWindow, cell: Cell) -> None:
    window.doors.edit_patient(cell.patient_id or "")


def booking(window: MainWindow, cell: Cell) -> None:
    window.doors.book(cell.patient_id)


def waiting(window: MainWindow, cell: Cell) -> None:
    window.waiting.for_patient(cell.patient_id or "")


OPENS_PATIENTS: dict[str, Callable[[MainWindow, Cell], None]] = {
    "patient’s page": patient_page,
    "patient’s card": patient_card,
    "editing": editing,
    "booking for a patient": booking,
    "waiting list for a patient": waiting,
}


@pytest.mark.parametrize("place", OPENS_PATIENTS)
def test_a_patient_who_is_opened_is_told(
    window: MainWindow, told: Told, qtbot: QtBot, place: str
) -> None:
    cell = named(window)
    OPENS_PATIENTS[place](window, cell)
    qtbot.waitUntil(lambda: told.about("patient", cell.patient_id))
    QApplication.processEvents()


def test_a_caller_who_is_named_is_told(window: MainWindow, told: Told, qtbot: QtBot) -> None:
    cell = caller(window)
    told.seen.clear()
    panel = ring(window, qtbot)
    qtbot.keyClicks(panel.edit, f"{cell.last_name} {cell.first_name}")
    qtbot.keyClick(panel.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: told.about("patient", cell.patient_id))


def test_two_entries_beside_each_other_are_both_told(window: MainWindow, told: Told) -> None:
    one, other = [cell.patient_id for cell in cells(window) if cell.patient_id][:2]
    assert one != other
    merge_view(window.context.operations.queries, one or "", other or "")
    assert told.about("patient", one)
    assert told.about("patient", other)


def test_the_rows_of_lists_are_told_when_they_are_chosen(
    window: MainWindow, clinic: Clinic, told: Told, qtbot: QtBot
) -> None:
    cell = named(window)
    values = {"patient_id": cell.patient_id, "type_id": cell.type_id}
    entry = clinic.desk.execute(AddToWaitlist(values=values)).value
    window.show_page("waitlist", entry)
    qtbot.waitUntil(lambda: told.about("waitlist_entry", entry))
    page: Any
    window.show_page("billing")
    page = window.centre.shown_page
    page.filters.choose()
    page.read()
    qtbot.waitUntil(lambda: page.current is not None)
    qtbot.waitUntil(lambda: told.about("invoice", page.current.invoice.id))


def test_who_has_seen_this_leads_to_the_trail(window: MainWindow, told: Told, qtbot: QtBot) -> None:
    cell = named(window)
    window.page.select_visit(cell.id)
    qtbot.waitUntil(lambda: window.sidebar.card.cell is not None)
    window.actions_["audit.seen"].trigger()
    qtbot.waitUntil(lambda: window.centre.page == "audit")
    page: Any = window.centre.shown_page
    assert page.filters.patient.subject_id == cell.id
    window.show_page("patient", cell.patient_id)
    patient: Any = window.centre.shown_page
    qtbot.waitUntil(lambda: patient.record is not None)
    qtbot.mouseClick(patient.seen_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.centre.page == "audit")
    assert page.filters.patient.patient_id == cell.patient_id
    assert told.about("audit", "trail")


def test_the_trail_opens_by_its_key(window: MainWindow, qtbot: QtBot) -> None:
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_A, both)
    qtbot.waitUntil(lambda: window.centre.page == "audit")
    page: Any = window.centre.shown_page
    qtbot.waitUntil(lambda: str(page.model.index(0, 3).data() or "") != "")
    qtbot.waitUntil(lambda: page.side.entry is not None)
    qtbot.waitUntil(page.table.hasFocus)
    qtbot.keyClick(page.table, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.centre.page == "calendar")
