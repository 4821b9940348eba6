"""A doctor's window says beforehand which offers, clashes and dates are another doctor's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.services.commands import ImportBatch
from clinic_desk.services.views import Cell
from clinic_desk.ui.booking.clashes import ClashDialog
from clinic_desk.ui.calls.panel import CallPanel
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.main_window.calling import calling_of
from clinic_desk.ui.models.occurrences import SKIP
from clinic_desk.ui.series.page import SeriesPage
from clinic_desk.ui.waitlist.offer_bar import OfferBar
from tests.ui.test_own_schedule import clinic, window
from tests.ui.test_shell_window import cells
from tests.ui.test_waitlist_window import cancel, entry, wait_for

__all__ = ["clinic", "window"]

PATIENCE = 60_000
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key
BOOKED = (Status.SCHEDULED, Status.CONFIRMED)
BARRED = "This changes the schedule of"


def until(qtbot: QtBot, there: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(there()), timeout=PATIENCE)


def events(window: MainWindow) -> int:
    return int(window.context.operations.queries.info().counts["event"])


def says_why(button: QAbstractButton) -> bool:
    told = button.toolTip(), button.accessibleDescription()
    return not button.isEnabled() and all(BARRED in one for one in told)


def later_today(window: MainWindow, own: bool) -> Cell:
    """A follow-up that may still be cancelled, of this doctor or of another one."""
    now, mine = window.context.clock.now(), window.context.actor.doctor_id
    return next(
        cell
        for cell in cells(window)
        if cell.status in BOOKED
        and cell.start > now
        and cell.type_name == "Follow-up"
        and (cell.doctor_id == mine) is own
    )


def offered(window: MainWindow, qtbot: QtBot, own: bool) -> OfferBar:
    cancel(window, qtbot, later_today(window, own))
    until(qtbot, lambda: window.waiting.bar is not None and window.waiting.bar.isVisible())
    bar = window.waiting.bar
    assert bar is not None
    until(qtbot, lambda: bar.person is not None)
    QTest.keyClick(window, Key.Key_F7)
    until(qtbot, bar.hasFocus)
    return bar


def test_a_freed_slot_of_another_doctor_is_not_booked(window: MainWindow, qtbot: QtBot) -> None:
    until(qtbot, lambda: window.waiting.offers is not None)
    (waits,) = wait_for(window, qtbot, 1)
    bar = offered(window, qtbot, own=False)
    before = events(window)
    assert says_why(bar.book_button)
    assert bar.silent_button.isEnabled(), "whom one rang is no schedule"
    QTest.mouseClick(bar.book_button, LEFT)
    assert bar.trouble.isHidden()
    QTest.keyClick(bar, Key.Key_Return)
    assert bar.trouble.isVisible()
    assert BARRED in bar.trouble.text()
    assert not bar.desk.booking
    assert events(window) == before
    assert not entry(window, waits).offers


def test_a_freed_slot_of_ones_own_is_booked(window: MainWindow, qtbot: QtBot) -> None:
    until(qtbot, lambda: window.waiting.offers is not None)
    wait_for(window, qtbot, 1)
    bar = offered(window, qtbot, own=True)
    until(qtbot, bar.book_button.isEnabled)
    assert BARRED not in bar.book_button.toolTip()


def ring(window: MainWindow, qtbot: QtBot, cell: Cell) -> CallPanel:
    """The visit's patient rings, and three offers stand there."""
    QTest.keyClick(window, Key.Key_F2)
    panel = calling_of(window).panel
    until(qtbot, lambda: panel.isVisible() and panel.edit.hasFocus())
    QTest.keyClicks(panel.edit, f"{cell.last_name} {cell.first_name}")
    QTest.keyClick(panel.edit, Key.Key_Return)
    until(qtbot, lambda: panel.hit is not None and panel.hit.id == cell.patient_id)
    until(qtbot, lambda: len(panel.offers.rows) == 3 and not panel.offers.searching)
    until(qtbot, lambda: panel.hasFocus() and panel.known is not None)
    return panel


def of_whom(window: MainWindow, own: bool) -> Cell:
    """A visit of a patient whose usual doctor is this one, or is not."""
    queries, mine = window.context.operations.queries, window.context.actor.doctor_id
    for cell in cells(window):
        if not f"{cell.last_name}{cell.first_name}".isascii():
            continue  # it is typed by keys of any keyboard
        usual = queries.patient(cell.patient_id).patient.usual_doctor_id if cell.patient_id else ""
        if usual and (usual == mine) is own and (cell.doctor_id == mine) is own:
            return cell
    raise AssertionError("the demo has nobody like that")


def test_a_callers_offers_of_another_doctor_are_for_reading(
    window: MainWindow, qtbot: QtBot
) -> None:
    panel = ring(window, qtbot, of_whom(window, own=False))
    mine, before = window.context.actor.doctor_id, events(window)
    assert mine not in {row.slot.doctor_id for row in panel.offers.rows}
    until(qtbot, lambda: all(says_why(button) for button in panel.buttons))
    assert panel.state.text().startswith(BARRED)
    assert says_why(panel.hold_button)
    QTest.mouseClick(panel.buttons[0], LEFT)
    for key in (Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_H):
        panel.message.clear()
        QTest.keyClick(panel, key)
        assert panel.message.message is not None
        assert BARRED in panel.message.message.sentence
    assert not panel.booking.busy
    assert not panel.holds.pending
    assert events(window) == before


def test_a_callers_offers_of_ones_own_are_booked(window: MainWindow, qtbot: QtBot) -> None:
    panel = ring(window, qtbot, of_whom(window, own=True))
    mine = window.context.actor.doctor_id
    assert panel.offers.rows[0].slot.doctor_id == mine
    until(qtbot, panel.buttons[0].isEnabled)
    QTest.keyClick(panel, Key.Key_1)
    until(qtbot, lambda: panel.read_out.text())
    assert "Read out" in panel.read_out.text()


def contested(window: MainWindow, qtbot: QtBot, own: bool) -> str:
    """An imported visit whose place is taken; answers its id."""
    context = window.context
    taken = later_today(window, own)
    row = Appointment(
        id=context.new_id(),
        doctor_id=taken.doctor_id,
        location_id=taken.location_id,
        start=taken.start,
        end=taken.end,
        blocked_start=taken.start,
        blocked_end=taken.end,
        status=Status.SCHEDULED,
    )
    who = next(cell.patient_id for cell in cells(window) if cell.patient_id != taken.patient_id)
    row = replace(
        row, patient_id=who, room_id=taken.room_id, type_id=taken.type_id, import_key=f"x-{row.id}"
    )
    told: list[object] = []
    context.operations.run(
        ImportBatch(appointments=(asdict(row),)), done=told.append, refused=told.append
    )
    until(qtbot, lambda: row.id in {cell.id for cell in context.operations.queries.clashes()})
    return row.id


def choose(dialog: ClashDialog, qtbot: QtBot, visit_id: str) -> None:
    until(qtbot, lambda: visit_id in [cell.id for cell in dialog.rows.visits()])
    QTest.keyClick(dialog.list, Key.Key_Home)
    for _ in range([cell.id for cell in dialog.rows.visits()].index(visit_id)):
        QTest.keyClick(dialog.list, Key.Key_Down)
    until(qtbot, lambda: dialog.current is not None and dialog.current.id == visit_id)


def test_the_clash_list_says_whose_visit_it_is(window: MainWindow, qtbot: QtBot) -> None:
    theirs, own = contested(window, qtbot, own=False), contested(window, qtbot, own=True)
    dialog = ClashDialog(window.context, window)
    dialog.start()
    until(qtbot, lambda: dialog.source.roster is not None)
    choose(dialog, qtbot, theirs)
    before = events(window)
    for button in (dialog.place_button, dialog.original_button, dialog.cancel_button):
        until(qtbot, lambda button=button: says_why(button))
    assert dialog.open_button.isEnabled()
    asked: list[object] = []
    dialog.finder_requested.connect(asked.append)
    for key in (Key.Key_T, Key.Key_Return, Key.Key_Delete):
        dialog.message.clear()
        QTest.keyClick(dialog.list, key)
        assert BARRED in dialog.message.sentence
    assert asked == []
    assert events(window) == before
    choose(dialog, qtbot, own)
    for button in (dialog.place_button, dialog.original_button, dialog.cancel_button):
        assert button.isEnabled()
        assert BARRED not in button.toolTip()
    dialog.reject()


def series_of(window: MainWindow) -> Cell:
    """A visit to come of a series of another doctor."""
    now, mine = window.context.clock.now(), window.context.actor.doctor_id
    queries = window.context.operations.queries
    return next(
        cell
        for cell in queries.cells(now.date(), now.date() + timedelta(days=14))
        if cell.series_id and cell.start > now and cell.status in BOOKED and cell.doctor_id != mine
    )


def opened_series(window: MainWindow, qtbot: QtBot, visit_id: str) -> SeriesPage:
    assert window.show_page("series", visit_id)
    page = window.centre.shown_page
    assert isinstance(page, SeriesPage)
    until(qtbot, lambda: page.list.spot(row_of(page, visit_id), SKIP) is not None)
    return page


def row_of(page: SeriesPage, visit_id: str) -> str:
    return next((row.key for row in page.list.rows.rows if row.visit_id == visit_id), "")


def test_the_dates_of_anothers_series_rest_and_say_why(window: MainWindow, qtbot: QtBot) -> None:
    cell = series_of(window)
    page = opened_series(window, qtbot, cell.id)
    until(qtbot, lambda: page.list.current is not None and page.list.current.visit_id == cell.id)
    row = page.list.current
    assert row is not None
    assert row.deeds
    assert all(BARRED in deed.barred for deed in row.deeds)
    assert BARRED in page.told.text()
    assert BARRED in str(page.list.currentIndex().data(Qt.ItemDataRole.ToolTipRole))
    assert BARRED in row.spoken
    before = events(window)
    spot = page.list.spot(row.key, SKIP)
    assert spot is not None
    QTest.mouseClick(page.list.viewport(), LEFT, pos=spot.center())
    assert page.message.message is not None
    assert BARRED in page.message.message.sentence
    for key in (Key.Key_S, Key.Key_H):
        page.message.clear()
        page.list.setFocus()
        QTest.keyClick(page.list, key)
        assert page.message.message is not None
        assert BARRED in page.message.message.sentence
    assert not page.pending
    assert events(window) == before


def test_the_dates_of_ones_own_series_are_ones_own(window: MainWindow, qtbot: QtBot) -> None:
    cell = series_of(window)
    window.context.become(replace(window.context.actor, doctor_id=cell.doctor_id))
    page = opened_series(window, qtbot, cell.id)
    row = next(row for row in page.list.rows.rows if row.visit_id == cell.id)
    assert [deed.barred for deed in row.deeds] == [""] * len(row.deeds)
    assert page.list.choose(row.key)
    QTest.keyClick(page.list, Key.Key_S)
    queries = window.context.operations.queries
    until(qtbot, lambda: queries.appointment(cell.id).cell.status is Status.CANCELLED)
