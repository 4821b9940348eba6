"""The caller's panel (F2), driven by real keys and clicks on the real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.services.commands import BookAppointment
from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.calls.panel import CallPanel
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.main_window.calling import calling_of
from clinic_desk.ui.patients.editing import QuickAddDialog
from tests.fakes.front_desk import FrontDesk, open_desk
from tests.ui.test_shell_window import Clinic, opened

LEFT = Qt.MouseButton.LeftButton
KEY = Qt.Key


@pytest.fixture
def front(tmp_path: Path, qtbot: QtBot) -> Iterator[FrontDesk]:
    front = open_desk(tmp_path, Theme.for_tests())
    yield front
    front.close()


@pytest.fixture
def window(front: FrontDesk, qtbot: QtBot) -> Iterator[MainWindow]:
    window = opened(Clinic(front), qtbot)
    yield window
    shut(window)


def caller(window: MainWindow) -> Cell:
    """Somebody of today who comes again, so that there is a next visit."""
    data = window.page.grid().slice
    assert data is not None
    now = window.context.clock.now()
    queries = window.context.operations.queries
    for cell in data.cells:
        if cell.patient_id is None:
            continue
        view = queries.patient(cell.patient_id)
        coming = [v for v in view.visits if v.end > now and v.status is Status.SCHEDULED]
        if coming and view.patient.usual_doctor_id:
            return cell
    raise AssertionError("the demo has nobody who comes again")


def ring(window: MainWindow, qtbot: QtBot) -> CallPanel:
    qtbot.keyClick(window, KEY.Key_F2)
    panel = calling_of(window).panel
    qtbot.waitUntil(lambda: panel.isVisible() and panel.edit.hasFocus())
    return panel


def name(window: MainWindow, qtbot: QtBot, cell: Cell) -> CallPanel:
    panel = ring(window, qtbot)
    qtbot.keyClicks(panel.edit, f"{cell.last_name} {cell.first_name}")
    qtbot.keyClick(panel.edit, KEY.Key_Return)
    qtbot.waitUntil(lambda: panel.hit is not None and panel.hit.id == cell.patient_id)
    qtbot.waitUntil(lambda: len(panel.offers.rows) == 3 and not panel.offers.searching)
    return panel


def visits(window: MainWindow, cell: Cell) -> dict[str, Cell]:
    view = window.context.operations.queries.patient(cell.patient_id or "")
    return {visit.id: visit for visit in view.visits if visit.status is not Status.HELD}


def held(window: MainWindow) -> int:
    return len(window.context.operations.queries.holds())


def test_a_name_and_enter_show_what_is_known_and_three_offers(
    window: MainWindow, qtbot: QtBot
) -> None:
    cell = caller(window)
    panel = name(window, qtbot, cell)
    view = window.context.operations.queries.patient(cell.patient_id or "")
    assert panel.name.text() == view.patient.listed_name
    for caption in ("Next visit", "Last visit", "Own doctor", "No-shows", "Balance"):
        assert panel.facts.values[caption].text()
    assert panel.known is not None
    assert panel.known.next is not None
    now = window.context.clock.now()
    assert panel.known.next.start == min(
        v.start for v in view.visits
        if v.end > now and v.status not in (Status.CANCELLED, Status.DECLINED, Status.HELD)
    )  # fmt: skip
    assert [button.isVisible() for button in panel.buttons] == [True] * 3
    assert panel.hasFocus()
    assert panel.offers.rows[0].slot.doctor_id == panel.doctor_id()


@pytest.mark.parametrize("figure", [1, 2, 3])
def test_a_figure_books_that_offer(window: MainWindow, qtbot: QtBot, figure: int) -> None:
    cell = caller(window)
    before = visits(window, cell)
    panel = name(window, qtbot, cell)
    wanted = panel.offers.rows[figure - 1].slot
    qtbot.keyClick(panel, str(figure))
    qtbot.waitUntil(lambda: panel.read_out.text().startswith("Read out:"))
    made = [v for key, v in visits(window, cell).items() if key not in before]
    assert [(v.start, v.doctor_id) for v in made] == [(wanted.start, wanted.doctor_id)]
    code = made[0].confirmation_code
    assert code
    assert code in panel.read_out.text()
    assert code in window.toast.text
    qtbot.mouseClick(window.toast._button, LEFT)  # Undo
    qtbot.waitUntil(lambda: set(visits(window, cell)) == set(before))


def test_what_was_read_out_is_gone_with_the_visit(window: MainWindow, qtbot: QtBot) -> None:
    cell = caller(window)
    panel = name(window, qtbot, cell)
    said = panel.facts.values["Next visit"].text()
    qtbot.keyClick(panel, "3")
    qtbot.waitUntil(lambda: panel.read_out.text().startswith("Read out:"))
    qtbot.waitUntil(lambda: panel.facts.values["Next visit"].text() != said)
    assert panel.read_out.isVisible()
    qtbot.keyClick(window, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: panel.facts.values["Next visit"].text() == said)
    qtbot.waitUntil(lambda: not panel.read_out.isVisible())


def test_a_click_books_too(window: MainWindow, qtbot: QtBot) -> None:
    cell = caller(window)
    panel = name(window, qtbot, cell)
    wanted = panel.offers.rows[1].slot
    qtbot.mouseClick(panel.buttons[1], LEFT)
    qtbot.waitUntil(lambda: panel.read_out.text().startswith("Read out:"))
    assert any(v.start == wanted.start for v in visits(window, cell).values())


def test_figures_in_the_field_are_a_number_and_book_nothing(
    window: MainWindow, qtbot: QtBot
) -> None:
    panel = ring(window, qtbot)
    qtbot.keyClicks(panel.edit, "123")
    assert panel.edit.text() == "123"
    assert panel.hit is None
    assert not panel.booking.busy


def test_letters_typed_in_the_field_stay_letters(window: MainWindow, qtbot: QtBot) -> None:
    cell = caller(window)
    panel = name(window, qtbot, cell)
    panel = ring(window, qtbot)
    qtbot.keyClicks(panel.edit, "nmxpw")
    assert panel.edit.text() == "nmxpw"
    assert panel.hit is None, "another name is another caller"
    assert panel.isVisible()


def test_what_nobody_could_read_yet_is_not_booked(window: MainWindow, qtbot: QtBot) -> None:
    cell = caller(window)
    before = set(visits(window, cell))
    panel = ring(window, qtbot)
    qtbot.keyClicks(panel.edit, f"{cell.last_name} {cell.first_name}")
    qtbot.keyClick(panel.edit, KEY.Key_Return)
    qtbot.keyClick(QApplication.focusWidget(), KEY.Key_1)
    qtbot.waitUntil(lambda: len(panel.offers.rows) == 3 and not panel.offers.searching)
    assert not panel.booking.busy
    assert set(visits(window, cell)) == before


def test_the_three_are_held_kept_and_let_go(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    before = held(window)
    panel = name(window, qtbot, caller(window))
    qtbot.keyClick(panel, KEY.Key_H)
    qtbot.waitUntil(lambda: len(panel.holds.ids) == 3)
    assert held(window) == before + 3
    assert all(button.held.startswith("held") for button in panel.buttons)
    front.clock.advance(seconds=120)
    qtbot.keyClick(panel, KEY.Key_F4)
    qtbot.waitUntil(lambda: panel.holds.seconds > 120)
    assert "held longer" in panel.message.message.sentence
    qtbot.keyClick(panel, KEY.Key_Escape)
    qtbot.waitUntil(lambda: held(window) == before)
    assert not panel.isVisible()


def test_a_held_offer_becomes_the_visit_and_the_others_are_let_go(
    window: MainWindow, qtbot: QtBot
) -> None:
    cell, before = caller(window), held(window)
    panel = name(window, qtbot, cell)
    qtbot.mouseClick(panel.hold_button, LEFT)
    qtbot.waitUntil(lambda: len(panel.holds.ids) == 3)
    hold = panel.holds.hold_of(panel.offers.rows[1])
    qtbot.keyClick(panel, KEY.Key_2)
    qtbot.waitUntil(lambda: panel.read_out.text().startswith("Read out:"))
    assert hold in visits(window, cell), "the held row is the visit"
    qtbot.waitUntil(lambda: held(window) == before)


def test_an_offer_that_is_gone_meanwhile_is_refused_in_words(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    cell = caller(window)
    panel = name(window, qtbot, cell)
    row = panel.offers.rows[0]
    queries = window.context.operations.queries
    other = next(
        one for one in queries.patient_identities() if one.id != cell.patient_id and one.first_name
    )
    panel._again.setInterval(3_600_000)  # the other desk's booking is not seen here yet
    front.other_desk().execute(
        BookAppointment(
            patient_id=other.id, doctor_id=row.slot.doctor_id, type_id=panel.type_id() or "",
            start=row.slot.start, end=row.slot.end, location_id=row.slot.location_id,
        )
    )  # fmt: skip
    before = set(visits(window, cell))
    qtbot.keyClick(panel, KEY.Key_1)
    qtbot.waitUntil(lambda: panel.message.message is not None)
    assert len(panel.message.message.sentence) > 20
    assert set(visits(window, cell)) == before


def test_the_offers_are_copied_as_text(window: MainWindow, qtbot: QtBot) -> None:
    panel = name(window, qtbot, caller(window))
    qtbot.keyClick(panel, KEY.Key_C)
    text = QGuiApplication.clipboard().text()
    assert " at " in text
    assert "Dr " in text
    assert text in panel.message.message.sentence


def test_another_type_is_taken_by_key(window: MainWindow, qtbot: QtBot) -> None:
    panel = name(window, qtbot, caller(window))
    before, times = panel.type_id(), {row.slot for row in panel.offers.rows}
    qtbot.keyClick(panel, KEY.Key_T)
    assert panel.type_id() not in (None, before)
    qtbot.waitUntil(lambda: len(panel.offers.rows) == 3 and not panel.offers.searching)
    qtbot.keyClick(panel, KEY.Key_T, Qt.KeyboardModifier.ShiftModifier)
    assert panel.type_id() == before
    qtbot.waitUntil(lambda: len(panel.offers.rows) == 3 and not panel.offers.searching)
    assert {row.slot for row in panel.offers.rows} == times
    assert panel.hasFocus()


def test_an_unknown_number_is_a_new_patient(window: MainWindow, qtbot: QtBot) -> None:
    panel = ring(window, qtbot)
    qtbot.keyClicks(panel.edit, "0161 496 7777")
    qtbot.keyClick(panel.edit, KEY.Key_Return)
    card: list[QuickAddDialog] = []

    def shown() -> bool:
        card[:] = [one for one in window.findChildren(QuickAddDialog) if one.isVisible()]
        return bool(card)

    qtbot.waitUntil(shown)
    qtbot.waitUntil(card[0].isActiveWindow)
    assert "496" in card[0].fields.lines["mobile"].text()
    qtbot.keyClicks(card[0].fields.lines["last_name"], "Ringer")
    qtbot.keyClicks(card[0].fields.lines["first_name"], "Rita")
    qtbot.keyClick(card[0], KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: panel.hit is not None and panel.hit.last_name == "Ringer")
    assert panel.facts.values["Next visit"].text() == "none"
    qtbot.waitUntil(lambda: len(panel.offers.rows) == 3)


def test_further_keys_open_what_they_say(window: MainWindow, qtbot: QtBot) -> None:
    cell = caller(window)
    panel = name(window, qtbot, cell)
    qtbot.keyClick(panel, KEY.Key_N)
    qtbot.waitUntil(lambda: window.doors.booking.isVisible())
    qtbot.waitUntil(lambda: window.doors.booking.draft.patient is not None)
    assert window.doors.booking.draft.patient.id == cell.patient_id
    window.doors.booking.reject()
    panel.setFocus()
    qtbot.keyClick(panel, KEY.Key_W)
    qtbot.waitUntil(lambda: window.waiting._quick is not None and window.waiting.quick.isVisible())
    window.waiting.quick.close()
    panel.setFocus()
    qtbot.keyClick(panel, KEY.Key_P)
    qtbot.waitUntil(lambda: window.centre.page == "patient")
    assert not panel.isVisible()


def test_the_next_visit_is_moved_or_cancelled(window: MainWindow, qtbot: QtBot) -> None:
    cell = caller(window)
    panel = name(window, qtbot, cell)
    following = panel.known.next
    qtbot.keyClick(panel, KEY.Key_Delete)
    from clinic_desk.ui.widgets.forms.reason import ReasonDialog

    def asked() -> list[ReasonDialog]:
        return [one for one in window.findChildren(ReasonDialog) if one.isVisible()]

    qtbot.waitUntil(lambda: bool(asked()))
    asked()[0].reject()
    qtbot.waitUntil(lambda: not asked())
    panel.setFocus()
    qtbot.keyClick(panel, KEY.Key_M)
    qtbot.waitUntil(lambda: window.centre.page == "finder")
    assert not panel.isVisible()
    qtbot.waitUntil(lambda: window.centre.finder.visit is not None)
    assert window.centre.finder.visit.cell.id == following.id


def test_escape_in_the_field_leaves_and_the_calendar_has_the_keyboard(
    window: MainWindow, qtbot: QtBot
) -> None:
    panel = ring(window, qtbot)
    qtbot.keyClicks(panel.edit, "abc")
    qtbot.keyClick(panel.edit, KEY.Key_Escape)
    assert not panel.isVisible()
    assert window.page.isAncestorOf(QApplication.focusWidget())
    panel = ring(window, qtbot)
    assert panel.edit.text() == ""
