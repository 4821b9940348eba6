"""The patient's page in the real window, on the real store, with real keys and clicks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.permissions import Permission, Role
from clinic_desk.domain.waitlist import WaitStatus
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.commands import AddPatient, Command, EditPatient, ImportBatch
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.patient_record import record_of
from clinic_desk.services.patient_views import PatientRecord
from clinic_desk.services.views import Cell
from clinic_desk.services.waitlist_commands import AddToWaitlist
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.patients import page as page_module
from clinic_desk.ui.patients.duplicates import DuplicatesPage
from clinic_desk.ui.patients.merging import MergeDialog
from clinic_desk.ui.patients.page import PatientPage
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import CTRL, SHIFT, Clinic, cells, opened, press

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier


pytestmark = pytest.mark.usefixtures("long_waits")


@pytest.fixture
def ana(clinic: Clinic) -> str:
    return str(clinic.front.store.queries.search_patients("lee ana")[0].id)


def run(clinic: Clinic, command: Command) -> Outcome:
    return clinic.front.desk.execute(command)


def add(clinic: Clinic, **values: object) -> str:
    given = {"last_name": "Lee", "first_name": "Anna", "birth_date": "1988-03-14", **values}
    return str(run(clinic, AddPatient(values=given)).value)


def record(clinic: Clinic, patient_id: str) -> PatientRecord:
    return record_of(clinic.front.store.queries, patient_id)


def shown(window: MainWindow, qtbot: QtBot, patient_id: str) -> PatientPage:
    """The page, when it tells of that patient and its list has the keyboard."""

    def there() -> bool:
        page = window.centre.shown_page
        return (
            isinstance(page, PatientPage)
            and page.record is not None
            and page.record.patient.id == patient_id
            and page.stack.currentWidget() is page.record_view
        )

    qtbot.waitUntil(there)
    page = window.centre.shown_page
    assert isinstance(page, PatientPage)
    return page


def open_page(window: MainWindow, qtbot: QtBot, patient_id: str) -> PatientPage:
    assert window.show_page("patient", patient_id)
    page = shown(window, qtbot, patient_id)
    if page.rows.visits():
        focus(qtbot, page.visits)
    return page


def focus(qtbot: QtBot, widget: QWidget) -> None:
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)


def key(qtbot: QtBot, widget: QWidget, which: Qt.Key, mods: Any = None) -> None:
    qtbot.waitUntil(widget.isVisible)
    qtbot.keyClick(widget, which, mods or Qt.KeyboardModifier.NoModifier)


def choose(qtbot: QtBot, page: PatientPage, right: Callable[[Cell], bool]) -> Cell:
    """Walks down the list with the arrow key to the first such visit."""
    key(qtbot, page.visits, Key.Key_Home)
    for _ in range(page.rows.rowCount()):
        cell = page.current_visit()
        assert cell is not None
        if right(cell):
            return cell
        key(qtbot, page.visits, Key.Key_Down)
    raise AssertionError("no such visit in the list")


def coming(cell: Cell) -> bool:
    return cell.status is Status.SCHEDULED


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, LEFT)


# the ways in


def test_the_key_opens_the_page_of_the_chosen_visits_patient_then_asks_whose(
    window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    cell = next(one for one in cells(window) if one.patient_id == ana)
    window.page.select_visit(cell.id)
    qtbot.waitUntil(lambda: window.sidebar.card.cell == cell)
    press(qtbot, window, Key.Key_P, CTRL | SHIFT)
    page = shown(window, qtbot, ana)
    qtbot.waitUntil(page.visits.hasFocus)
    assert page.head.name.text() == "Lee, Ana"
    press(qtbot, window, Key.Key_P, CTRL | SHIFT)
    qtbot.waitUntil(page.finder.edit.hasFocus)
    found = window.context.operations.queries.search_patients("ma", 20)
    other = next(one for one in found if one.id != ana)
    qtbot.keyClicks(page.finder.edit, other.record_number)
    qtbot.keyClick(page.finder.edit, Key.Key_Return)
    shown(window, qtbot, other.id)
    press(qtbot, window, Key.Key_P, CTRL | SHIFT)
    qtbot.waitUntil(page.finder.edit.hasFocus)
    qtbot.keyClick(page.finder.edit, Key.Key_Escape)
    shown(window, qtbot, other.id)


def test_without_a_visit_the_page_asks_and_says_when_nobody_is_found(
    window: MainWindow, qtbot: QtBot
) -> None:
    press(qtbot, window, Key.Key_P, CTRL | SHIFT)
    page = window.centre.shown_page
    assert isinstance(page, PatientPage)
    qtbot.waitUntil(page.finder.edit.hasFocus)
    qtbot.keyClicks(page.finder.edit, "xqzzy")
    qtbot.waitUntil(lambda: "Nobody on file" in page.finder.note.text())
    qtbot.keyClick(page.finder.edit, Key.Key_Return)
    qtbot.keyClick(page.finder.edit, Key.Key_Escape)
    qtbot.waitUntil(lambda: window.centre.page == "calendar")


def test_search_and_card_lead_to_the_page(window: MainWindow, qtbot: QtBot, ana: str) -> None:
    press(qtbot, window, Key.Key_F, CTRL)
    qtbot.waitUntil(window.search.edit.hasFocus)
    qtbot.keyClicks(window.search.edit, "lee ana")
    qtbot.keyClick(window.search.edit, Key.Key_Return, ALT)
    shown(window, qtbot, ana)
    press(qtbot, window, Key.Key_Escape)
    qtbot.waitUntil(lambda: window.centre.page == "calendar")
    window.doors.patient(ana)
    card = window.doors.patient_card
    qtbot.waitUntil(lambda: card.isVisible() and card.view is not None)
    qtbot.keyClick(card.list, Key.Key_P)
    shown(window, qtbot, ana)
    assert not card.isVisible()


# visits


def test_a_visit_is_opened_moved_and_found_another_time(
    window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    page = open_page(window, qtbot, ana)
    cell = choose(qtbot, page, coming)
    key(qtbot, page.visits, Key.Key_Return)
    qtbot.waitUntil(lambda: window.doors.appointment.isVisible())
    window.doors.appointment.reject()
    qtbot.waitUntil(lambda: not window.doors.appointment.isVisible())
    window.activateWindow()
    focus(qtbot, page.visits)
    key(qtbot, page.visits, Key.Key_R)
    qtbot.waitUntil(lambda: window.centre.page == "finder")
    page = open_page(window, qtbot, ana)
    choose(qtbot, page, lambda one: one.id == cell.id)
    click(page.move_button)
    qtbot.waitUntil(lambda: window.centre.page == "calendar")
    qtbot.waitUntil(lambda: window.page.gestures.active)


def test_a_visit_is_cancelled_with_a_reason_by_key_and_undone(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    page = open_page(window, qtbot, ana)
    cell = choose(qtbot, page, coming)
    key(qtbot, page.visits, Key.Key_Delete)

    def asked() -> list[ReasonDialog]:
        return [one for one in window.findChildren(ReasonDialog) if one.isVisible()]

    qtbot.waitUntil(lambda: bool(asked()))
    dialog = asked()[0]
    qtbot.keyClick(dialog.reason, Key.Key_Return)
    assert dialog.isVisible()  # a reason is required
    qtbot.keyClicks(dialog.reason, "Feels better")
    qtbot.keyClick(dialog.reason, Key.Key_Return)
    queries = clinic.front.store.queries
    qtbot.waitUntil(lambda: queries.appointment(cell.id).cell.status is Status.CANCELLED)

    def row() -> Cell | None:
        return next((one for one in page.rows.visits() if one.id == cell.id), None)

    qtbot.waitUntil(lambda: row() is not None and row().status is Status.CANCELLED)  # type: ignore[union-attr]
    press(qtbot, window, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: row() is not None and row().status is Status.SCHEDULED)  # type: ignore[union-attr]


def test_what_is_over_cannot_be_moved_and_says_why(
    window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    page = open_page(window, qtbot, ana)
    choose(qtbot, page, lambda one: one.status is Status.COMPLETED)
    assert not page.find_button.isEnabled()
    assert "over or under way" in page.find_button.toolTip()
    key(qtbot, page.visits, Key.Key_Delete)
    qtbot.waitUntil(page.message.isVisible)
    assert page.message.message is not None
    assert "cannot be cancelled" in page.message.message.sentence


def test_book_again_asks_for_the_same_kind_with_the_same_doctor(
    window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    page = open_page(window, qtbot, ana)
    cell = choose(qtbot, page, lambda one: one.type_name == "Consultation")
    key(qtbot, page.visits, Key.Key_A)
    dialog = window.doors.booking
    qtbot.waitUntil(
        lambda: (
            dialog.isVisible()
            and dialog.draft.patient is not None
            and dialog.draft.patient.id == ana
            and not dialog.caller.asking
        )
    )
    assert dialog.draft.type_id == cell.type_id
    assert dialog.draft.doctor_ids == (cell.doctor_id,)
    dialog.reject()


def test_the_search_narrows_the_visits_and_escape_widens_them(
    window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    page = open_page(window, qtbot, ana)
    whole = len(page.rows.visits())
    key(qtbot, page.visits, Key.Key_Slash)
    qtbot.waitUntil(page.search.hasFocus)
    qtbot.keyClicks(page.search, "consultation")
    kept = page.rows.visits()
    assert 0 < len(kept) < whole
    assert {cell.type_name for cell in kept} == {"Consultation"}
    qtbot.keyClicks(page.search, " nonsense")
    assert page.lists.currentWidget() is page.no_visits
    qtbot.keyClick(page.search, Key.Key_Escape)
    assert len(page.rows.visits()) == whole
    qtbot.waitUntil(page.visits.hasFocus)


def test_a_number_is_copied_by_a_click(window: MainWindow, qtbot: QtBot, ana: str) -> None:
    page = open_page(window, qtbot, ana)
    click(page.head.lines["email"].button)
    assert QApplication.clipboard().text() == "ana.lee@example.com"
    assert isinstance(page.head.lines["mobile"].button, QToolButton)
    click(page.head.lines["mobile"].button)
    assert QApplication.clipboard().text().startswith("+44")


# what is on file


def test_an_edit_by_keys_stands_in_the_history_with_before_and_after(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    page = open_page(window, qtbot, ana)
    key(qtbot, page.visits, Key.Key_E)
    qtbot.waitUntil(lambda: page.deeds._edit is not None and page.deeds._edit.isVisible())
    edit = page.deeds._edit
    assert edit is not None
    assert edit.fields.preferences is not None
    line = edit.fields.lines["email"]
    line.clear()
    qtbot.keyClicks(line, "ana at home")
    qtbot.keyClick(line, Key.Key_Return)
    assert edit.isVisible()
    assert "looks like name@example.org" in edit.fields.faults["email"].text()
    line.clear()
    qtbot.keyClicks(line, "ana@example.org")
    qtbot.keyClicks(edit.fields.preferences.zone, "Mars/Base")
    qtbot.keyClick(line, Key.Key_Return)
    assert edit.isVisible()
    assert "Europe/London" in edit.fields.faults["zone"].text()
    edit.fields.preferences.zone.clear()
    box = edit.fields.preferences.consents["consent_email"]
    qtbot.keyClick(box, Key.Key_Down)
    qtbot.keyClick(line, Key.Key_Return)
    qtbot.waitUntil(lambda: not edit.isVisible())
    qtbot.waitUntil(lambda: page.head.lines["email"].text.text() == "ana@example.org")
    kept = record(clinic, ana).patient
    assert (kept.email, kept.consent_email) == ("ana@example.org", True)
    window.activateWindow()
    focus(qtbot, page.visits)
    key(qtbot, page.visits, Key.Key_H)
    qtbot.waitUntil(lambda: bool(page.timeline.lines))
    text = page.timeline.lines[0].text
    assert "the e-mail from “ana.lee@example.com” to “ana@example.org”" in text
    assert "the consent to e-mail from not asked to yes" in text


def test_a_payment_is_taken_on_the_page(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    page = open_page(window, qtbot, ana)
    bill = next(iter(page.side.bills.buttons))
    button = page.side.bills.buttons[bill]
    focus(qtbot, button)
    key(qtbot, button, Key.Key_P)
    form = page.side.pay
    qtbot.waitUntil(form.amount.hasFocus)
    form.amount.clear()
    qtbot.keyClicks(form.amount, "ten")
    qtbot.keyClick(form.amount, Key.Key_Return)
    qtbot.waitUntil(lambda: "no price" in form.message.sentence)
    form.amount.clear()
    qtbot.keyClicks(form.amount, "10")
    qtbot.keyClick(form.amount, Key.Key_Return)

    def paid() -> int:
        (card,) = clinic.front.store.queries.invoices(InvoiceWish(invoice_id=bill))
        return card.invoice.paid_minor

    qtbot.waitUntil(lambda: paid() == 1000)
    qtbot.waitUntil(lambda: "part-paid" in page.side.bills.buttons[bill].said)
    qtbot.waitUntil(lambda: "open" in page.side.bills_head.title.text())
    key(qtbot, page.side.bills.buttons[bill], Key.Key_Return)
    qtbot.waitUntil(lambda: window.centre.page == "billing")


def test_a_wish_is_withdrawn_with_a_reason_or_opened(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    kind = next(one.type_id for one in cells(window) if one.type_id)
    entry = str(run(clinic, AddToWaitlist(values={"patient_id": ana, "type_id": kind})).value)
    page = open_page(window, qtbot, ana)
    key(qtbot, page.side.waits.buttons[entry], Key.Key_Delete)
    dialog = page.deeds.reason_dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    qtbot.keyClick(dialog.reason, Key.Key_1, ALT)
    qtbot.keyClick(dialog.reason, Key.Key_Return)
    queries = clinic.front.store.queries
    qtbot.waitUntil(lambda: queries.waitlist_entry(entry).entry.status is WaitStatus.WITHDRAWN)
    qtbot.waitUntil(lambda: "withdrawn" in page.side.waits.buttons[entry].said)
    click(page.side.waits.buttons[entry])
    qtbot.waitUntil(lambda: window.centre.page == "waitlist")


def test_a_patient_without_anything_says_so(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    nobody = str(run(clinic, AddPatient(values={"last_name": "Nobody"})).value)
    page = open_page(window, qtbot, nobody)
    assert page.lists.currentWidget() is page.no_visits
    assert page.side.notes.text() == "No notes."
    assert "No message was sent" in page.side.no_messages.text()
    assert page.side.no_bills.text() == "No invoice yet."
    assert not page.cancel_button.isEnabled()
    assert page.head.about.text().startswith("no birth date · No. ")


# merging


def test_the_share_of_no_shows_is_read_whole_on_a_small_screen(
    window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    page = open_page(window, qtbot, ana)
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: window.width() == 1366)
    tiles = page.side.tiles
    for tile, text in zip(tiles, ("148", "13 · 25%", "12", "10 min"), strict=True):
        tile.tell(text, "")
    room = page.side.viewport()
    qtbot.waitUntil(lambda: 0 < sum(tile.width() for tile in tiles) <= room.width())
    cut = [one.text() for one in (t.figure for t in tiles) if one.sizeHint().width() > one.width()]
    assert cut == []


def merging(qtbot: QtBot, page: PatientPage) -> MergeDialog:
    qtbot.waitUntil(lambda: page.deeds._merging is not None and page.deeds._merging.isVisible())
    dialog = page.deeds._merging
    assert dialog is not None
    return dialog


def test_two_entries_are_merged_by_keys_undone_and_separated(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    other = add(clinic, email="anna@example.org", alert="Latex")
    numbers = [record(clinic, one).patient.record_number for one in (ana, other)]
    page = open_page(window, qtbot, ana)
    key(qtbot, page.visits, Key.Key_G)
    dialog = merging(qtbot, page)
    qtbot.waitUntil(lambda: other in dialog.twins.buttons)
    qtbot.keyClick(dialog.finder.edit, Key.Key_Down)
    qtbot.waitUntil(dialog.twins.buttons[other].hasFocus)
    qtbot.keyClick(dialog.twins.buttons[other], Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.view is not None and dialog.table.hasFocus())
    rows = {one.name: n for n, one in enumerate(dialog.table.rows.choices)}
    assert dialog.table.currentIndex().row() == rows["first_name"]
    qtbot.keyClick(dialog.table, Key.Key_Left)  # Ana, not Anna
    while dialog.table.currentIndex().row() != rows["email"]:
        qtbot.keyClick(dialog.table, Key.Key_Down)
    qtbot.keyClick(dialog.table, Key.Key_Right)
    assert "from No." in dialog.over.text()
    qtbot.keyClick(dialog.table, Key.Key_Return)  # Enter alone decides nothing
    assert dialog.isVisible()
    qtbot.keyClick(dialog.table, Key.Key_Return, CTRL)
    qtbot.keyClick(dialog.table, Key.Key_Return, CTRL)  # twice is once
    qtbot.waitUntil(lambda: not dialog.isVisible())
    qtbot.waitUntil(lambda: other in page.side.merged.buttons)
    kept = record(clinic, ana).patient
    assert (kept.first_name, kept.email) == ("Ana", "anna@example.org")
    assert kept.alert == "Penicillin allergy; Latex"
    assert kept.other_numbers == (numbers[1],)
    # what is opened by the old entry is the kept one
    window.show_page("patient", other)
    qtbot.waitUntil(lambda: page.message.isVisible())
    assert page.message.message is not None
    assert numbers[1] in page.message.message.sentence
    assert page.record is not None
    assert page.record.patient.id == ana
    window.doors.patient(other)  # by its card too
    card = window.doors.patient_card
    qtbot.waitUntil(lambda: card.isVisible() and card.view is not None)
    assert card.view is not None
    assert card.view.patient.id == ana
    card.reject()
    qtbot.waitUntil(lambda: not card.isVisible())
    window.activateWindow()
    # one undo
    qtbot.waitUntil(lambda: window.actions_["edit.undo"].isEnabled())
    press(qtbot, window, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: record(clinic, other).patient.id == other)
    qtbot.waitUntil(lambda: not page.side.merged.buttons)
    press(qtbot, window, Key.Key_Z, CTRL | SHIFT)
    qtbot.waitUntil(lambda: other in page.side.merged.buttons)
    # later: taken apart, with a reason
    key(qtbot, page.side.merged.buttons[other], Key.Key_Return)
    asked = page.deeds.reason_dialog
    assert asked is not None
    qtbot.waitUntil(asked.isVisible)
    qtbot.keyClicks(asked.reason, "Cousins")
    qtbot.keyClick(asked.reason, Key.Key_Return)
    qtbot.waitUntil(lambda: record(clinic, other).patient.id == other)
    qtbot.waitUntil(lambda: not page.side.merged.buttons)
    assert record(clinic, ana).patient.alert == "Penicillin allergy"
    page.show_list("history")
    qtbot.waitUntil(
        lambda: bool(page.timeline.lines) and "“Cousins”" in page.timeline.lines[0].text
    )


def cell_spot(dialog: MergeDialog, name: str, column: int) -> QPoint:
    row = next(n for n, one in enumerate(dialog.table.rows.choices) if one.name == name)
    index = dialog.table.rows.index(row, column)
    dialog.table.scrollTo(index)
    return dialog.table.visualRect(index).center()


def test_sides_are_chosen_by_the_mouse_and_swapped(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    other = add(clinic, first_name="Annabel")
    page = open_page(window, qtbot, ana)
    qtbot.waitUntil(lambda: other in page.side.twins.buttons)
    click(page.side.twins.buttons[other])
    dialog = merging(qtbot, page)
    qtbot.waitUntil(lambda: dialog.view is not None)
    rows = dialog.table.rows
    first = next(n for n, one in enumerate(rows.choices) if one.name == "first_name")
    assert rows.choices[first].value == "Annabel"  # the longer one
    for column, value in ((1, "Ana"), (2, "Annabel"), (1, "Ana")):
        spot = cell_spot(dialog, "first_name", column)
        QTest.mouseClick(dialog.table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, spot)
        assert rows.choices[first].value == value
    click(dialog.swap_button)
    assert rows.choices[first].value == "Ana"
    click(dialog.merge_button)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    shown(window, qtbot, other)  # the other one stayed
    assert record(clinic, ana).patient.id == other
    assert record(clinic, other).patient.first_name == "Ana"


def test_a_change_by_another_desk_is_not_written_over(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    other = add(clinic)
    page = open_page(window, qtbot, ana)
    page.deeds.merge(other)
    dialog = merging(qtbot, page)
    qtbot.waitUntil(lambda: dialog.view is not None)
    desk = clinic.front.other_desk()
    desk.execute(EditPatient(patient_id=other, values={"email": "new@example.org"}))
    qtbot.keyClick(dialog.table, Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: bool(dialog.message.sentence))
    assert dialog.isVisible()
    again = next(one for one in dialog.message.buttons() if one.text() == "Compare again")
    click(again)
    qtbot.waitUntil(
        lambda: dialog.view is not None and dialog.view.other.email == "new@example.org"
    )
    qtbot.keyClick(dialog.table, Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: record(clinic, other).patient.id == ana)


def test_two_birth_dates_are_warned_of(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    other = add(clinic, birth_date="1955-01-02")
    page = open_page(window, qtbot, ana)
    page.deeds.merge(other)
    dialog = merging(qtbot, page)
    qtbot.waitUntil(lambda: "14 Mar 1988 and 2 Jan 1955" in dialog.message.sentence)
    assert dialog.merge_button.isEnabled()
    qtbot.keyClick(dialog.table, Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.isVisible())


def test_oneself_is_no_second_entry(window: MainWindow, qtbot: QtBot, ana: str) -> None:
    page = open_page(window, qtbot, ana)
    number = page.record.patient.record_number if page.record is not None else ""
    click(page.merge_button)
    dialog = merging(qtbot, page)
    qtbot.waitUntil(lambda: "Nobody on file" in dialog.twins_title.text())
    qtbot.keyClicks(dialog.finder.edit, number)
    qtbot.keyClick(dialog.finder.edit, Key.Key_Return)
    qtbot.waitUntil(lambda: "that very entry" in dialog.message.sentence)
    qtbot.keyClick(dialog.finder.edit, Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.isVisible())


def test_the_clinics_duplicates_are_merged_or_told_apart(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    other = add(clinic)
    one = add(clinic, last_name="Okoye", first_name="Ada", birth_date="1971-01-01")
    two = add(clinic, last_name="Okoye", first_name="Ada", birth_date="1971-01-01")
    window.actions_["page.duplicates"].trigger()
    page = window.centre.shown_page
    assert isinstance(page, DuplicatesPage)
    qtbot.waitUntil(lambda: len(page.model.pairs) == 2)
    qtbot.waitUntil(page.table.hasFocus)
    assert {page.model.pairs[0].one.id, page.model.pairs[0].other.id} == {one, two}
    qtbot.keyClick(page.table, Key.Key_N)
    qtbot.waitUntil(lambda: len(page.model.pairs) == 1)
    assert record(clinic, one).twins == ()
    qtbot.keyClick(page.table, Key.Key_Return)
    qtbot.waitUntil(lambda: page._merging is not None and page._merging.view is not None)
    dialog = page._merging
    assert dialog is not None
    assert dialog.view is not None
    assert dialog.view.kept.id == ana  # who has more visits stays
    qtbot.keyClick(dialog.table, Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not page.model.pairs)
    assert record(clinic, other).patient.id == ana
    assert page.stack.currentWidget() is page.empty


# much, and little


def many_visits(clinic: Clinic, window: MainWindow, count: int) -> str:
    """One patient with that many visits, as an import brings them."""
    patient_id = add(clinic, last_name="Constant", first_name="Connie")
    sample = next(one for one in cells(window) if one.room_id)
    new_id = clinic.front.context.new_id
    base = window.context.clock.now().replace(minute=0, second=0, microsecond=0)
    rows = []
    for number in range(count):
        start = base - timedelta(days=number + 1)
        rows.append(
            {
                "id": new_id(), "import_key": f"many-{number}", "patient_id": patient_id,
                "doctor_id": sample.doctor_id, "location_id": sample.location_id,
                "type_id": sample.type_id, "status": Status.COMPLETED, "start": start,
                "end": start + timedelta(minutes=15), "blocked_start": start,
                "blocked_end": start + timedelta(minutes=15),
            }
        )  # fmt: skip
    for first in range(0, count, 250):
        run(clinic, ImportBatch(batch=first, appointments=tuple(rows[first : first + 250])))
    return patient_id


def test_a_thousand_visits_are_read_beside_the_window_and_walked_by_keys(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[str] = []

    def spied(*given: Any) -> PatientRecord:
        readers.append(threading.current_thread().name)
        return record_of(*given)

    monkeypatch.setattr(page_module, "record_of", spied)
    patient_id = many_visits(clinic, window, 1000)
    page = open_page(window, qtbot, patient_id)
    assert len(page.rows.visits()) == 1000
    assert readers
    assert all(name.startswith("store-reader") for name in readers)
    key(qtbot, page.visits, Key.Key_End)
    assert page.current_visit() == page.rows.visits()[-1]
    key(qtbot, page.visits, Key.Key_H)
    qtbot.waitUntil(lambda: page.timeline.loaded and bool(page.timeline.lines))
    qtbot.waitUntil(page.history.hasFocus)
    # 250 visits of one step of the import are one line, however many pages they are read in
    qtbot.waitUntil(lambda: not page.timeline.more)
    told = [line.title for line in page.timeline.lines]
    assert told == ["250 visits"] * 4 + ["Patient"]


def test_older_entries_are_read_as_the_history_is_walked_down(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    for number in range(150):
        run(clinic, EditPatient(patient_id=ana, values={"language": f"x{number}"}))
    page = open_page(window, qtbot, ana)
    click(page.history_button)
    qtbot.waitUntil(lambda: bool(page.timeline.lines))
    qtbot.waitUntil(page.history.hasFocus)
    assert len(page.timeline.lines) == 60
    key(qtbot, page.history, Key.Key_End)
    qtbot.waitUntil(lambda: len(page.timeline.lines) == 120)
    key(qtbot, page.history, Key.Key_End)
    qtbot.waitUntil(lambda: len(page.timeline.lines) > 150)
    assert not page.timeline.more
    assert "from “x148” to “x149”" in page.timeline.lines[0].text
    assert "from “x0” to “x1”" in page.timeline.lines[148].text


def test_a_desk_that_may_only_read_is_told_why(tmp_path: Path, qtbot: QtBot) -> None:
    front = open_desk(tmp_path, Theme.for_tests())
    read = frozenset({Permission.READ})
    actor = replace(front.context.actor, role=Role.DOCTOR, permissions=read)
    front.context = replace(front.context, actor=actor)
    window = opened(Clinic(front), qtbot)
    try:
        ana = front.store.queries.search_patients("lee ana")[0].id
        page = open_page(window, qtbot, ana)
        choose(qtbot, page, coming)
        for button in (
            page.book_button, page.edit_button, page.merge_button, page.find_button,
            page.cancel_button, page.again_button, page.side.notes_head.link,
            page.side.waits_head.link,
        ):  # fmt: skip
            assert not button.isEnabled()
            assert "may not" in button.toolTip()
        assert page.open_button.isEnabled()
        key(qtbot, page.visits, Key.Key_B)
        qtbot.waitUntil(page.message.isVisible)
        assert page.message.message is not None
        assert "may not book visits" in page.message.message.sentence
        key(qtbot, next(iter(page.side.bills.buttons.values())), Key.Key_P)
        qtbot.waitUntil(
            lambda: (
                page.message.message is not None
                and "take payments" in page.message.message.sentence
            )
        )
        assert page.side.pay.isHidden()
    finally:
        shut(window)
        QApplication.processEvents()
        front.close()
