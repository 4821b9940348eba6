"""The absence planner in the real window on the real store, driven by real keys and clicks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services.absence import accept_command, approve_command
from clinic_desk.services.commands import BlockTime, BookAppointment
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.planning.absence import AbsencePage
from clinic_desk.ui.planning.plan_rows import PlanRow, RowState
from clinic_desk.ui.planning.time_off import TimeOffPage
from tests.fakes.absences import FIRST, LAST, ask_leave, diary, doctor_id, request_of
from tests.fakes.front_desk import open_desk
from tests.fakes.keyboard import focused
from tests.ui.test_shell_window import CTRL, LEFT, Clinic, opened

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
PATIENCE = 60_000
"""Milliseconds; a machine under load is slow, never wrong."""


@pytest.fixture
def clinic(tmp_path: Path, qtbot: QtBot) -> Iterator[Clinic]:
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


def key(wanted: Qt.Key, mods: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(focused(), wanted, mods)


def planner(window: MainWindow) -> AbsencePage:
    page = window.centre.shown_page
    assert isinstance(page, AbsencePage)
    return page


def rows(window: MainWindow) -> list[PlanRow]:
    book = planner(window).book
    return book.rows if book is not None else []


def row(window: MainWindow, row_id: str) -> PlanRow:
    return next(one for one in rows(window) if one.id == row_id)


def all_looked(window: MainWindow) -> bool:
    return bool(rows(window)) and all(one.looked for one in rows(window))


def approved_planner(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, first: date = FIRST, last: date = LAST
) -> str:
    """A request, approved with the key on its page, which opens the planner by itself."""
    request_id = ask_leave(clinic.front, first=first, last=last)
    assert window.show_page("time_off", request_id)
    page = window.centre.shown_page
    assert isinstance(page, TimeOffPage)
    qtbot.waitUntil(
        lambda: (card := page.list.current()) is not None and card.request.id == request_id,
        timeout=PATIENCE,
    )
    key(Key.Key_A)
    qtbot.waitUntil(lambda: window.centre.page == "absence", timeout=PATIENCE)
    qtbot.waitUntil(lambda: all_looked(window), timeout=PATIENCE)
    assert planner(window).table.hasFocus()
    return request_id


def state_is(window: MainWindow, qtbot: QtBot, row_id: str, state: RowState) -> None:
    qtbot.waitUntil(lambda: row(window, row_id).state is state, timeout=PATIENCE)


def test_forty_visits_planned_and_all_of_it_taken_back_by_one_undo(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    before = diary(clinic.front)
    request_id = approved_planner(clinic, window, qtbot)
    page = planner(window)
    ids = [one.id for one in rows(window)]
    assert len(ids) >= 40
    # Enter accepts and goes on to the next
    first = page.table.current_id()
    wanted = row(window, first).slot
    assert wanted is not None
    key(Key.Key_Return)
    state_is(window, qtbot, first, RowState.MOVED)
    assert clinic.queries.appointment(first).cell.start == wanted.start
    # another opening, chosen with the keys
    second = page.table.current_id()
    assert second != first
    key(Key.Key_O)
    key(Key.Key_Down)
    other = page.panel.choice
    assert other is not None
    assert other != row(window, second).slot
    key(Key.Key_Return)
    state_is(window, qtbot, second, RowState.MOVED)
    now = clinic.queries.appointment(second).cell
    assert (now.start, now.doctor_id) == (other.start, other.doctor_id)
    # the shelf
    third = page.table.current_id()
    key(Key.Key_P)
    state_is(window, qtbot, third, RowState.PARKED)
    assert third in {card.cell.id for card in clinic.queries.shelf()}
    # everything else at once
    qtbot.waitUntil(lambda: not page.counters.stop.isVisible(), timeout=PATIENCE)
    key(Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not page.book or not page.book.acceptable(), timeout=PATIENCE)
    assert page.book is not None
    counts = page.book.counts()
    assert counts.moved + counts.without == len(ids) - 1
    assert counts.moved >= 40
    assert page.counters.counters["moved"].figure.text() == str(counts.moved)
    assert not clinic.maintenance.verify()
    # one undo
    qtbot.waitUntil(lambda: "plan" in window.undoing.state.undo_label.lower()
                    or window.actions_["edit.undo"].isEnabled(), timeout=PATIENCE)  # fmt: skip
    key(Key.Key_Z, CTRL)
    qtbot.waitUntil(
        lambda: all(one.state is RowState.OPEN for one in rows(window)), timeout=PATIENCE
    )
    assert diary(clinic.front) == before
    request = request_of(clinic.front, request_id)
    assert request is not None
    assert request.status is TimeOffStatus.REQUESTED
    qtbot.waitUntil(page.approve_button.isVisible, timeout=PATIENCE)
    assert not page.counters.accept_all.isEnabled()
    assert not clinic.maintenance.verify()


def test_buttons_of_a_row_accept_and_take_back(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    approved_planner(clinic, window, qtbot)
    table = planner(window).table
    target = rows(window)[2]
    before = diary(clinic.front)[target.id]

    def click(action: str) -> None:
        # a row without its proposal yet has no such button, and an undone row asks for it again
        qtbot.waitUntil(
            lambda: not table.action_rect(target.id, action).isEmpty(), timeout=PATIENCE
        )
        spot = table.action_rect(target.id, action)
        QTest.mouseClick(table.viewport(), LEFT, NONE, spot.center())

    click("accept")
    state_is(window, qtbot, target.id, RowState.MOVED)
    click("undo")
    state_is(window, qtbot, target.id, RowState.OPEN)
    assert diary(clinic.front)[target.id][:3] == before[:3]
    qtbot.waitUntil(lambda: row(window, target.id).slot is not None, timeout=PATIENCE)
    click("shelf")
    state_is(window, qtbot, target.id, RowState.PARKED)
    click("undo")
    state_is(window, qtbot, target.id, RowState.OPEN)
    click("tick")
    state_is(window, qtbot, target.id, RowState.MOVED)
    assert not clinic.maintenance.verify()


def test_a_place_taken_meanwhile_is_refused_and_another_one_proposed(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    approved_planner(clinic, window, qtbot)
    page = planner(window)
    target = row(window, page.table.current_id())
    slot = target.slot
    assert slot is not None
    patients = [c for c in clinic.queries.cells(FIRST, FIRST) if c.patient_id]
    stranger = next(c for c in patients if c.patient_id != target.visit.patient_id)
    clinic.front.other_desk().execute(
        BookAppointment(
            patient_id=stranger.patient_id or "",
            doctor_id=slot.doctor_id,
            type_id=target.visit.type_id or "",
            start=slot.start,
            end=slot.end,
            location_id=slot.location_id,
        )
    )
    key(Key.Key_Return)
    qtbot.waitUntil(lambda: page.message.message is not None, timeout=PATIENCE)
    qtbot.waitUntil(
        lambda: (
            (new := row(window, target.id).slot) is not None
            and (new.start, new.doctor_id) != (slot.start, slot.doctor_id)
        ),
        timeout=PATIENCE,
    )
    assert row(window, target.id).state is RowState.OPEN
    assert row(window, target.id).renewed
    assert not clinic.maintenance.verify()


def test_a_place_that_another_desk_takes_is_proposed_anew_by_itself(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    approved_planner(clinic, window, qtbot)
    target = rows(window)[3]
    slot = target.slot
    assert slot is not None
    stranger = next(
        c
        for c in clinic.queries.cells(FIRST, FIRST)
        if c.patient_id not in (None, target.visit.patient_id)
    )
    clinic.front.other_desk().execute(
        BookAppointment(
            patient_id=stranger.patient_id or "",
            doctor_id=slot.doctor_id,
            type_id=target.visit.type_id or "",
            start=slot.start,
            end=slot.end,
            location_id=slot.location_id,
        )
    )
    window.context.operations.announce_external()
    qtbot.waitUntil(lambda: row(window, target.id).renewed, timeout=PATIENCE)
    new = row(window, target.id).slot
    assert new is not None
    assert (new.start, new.doctor_id) != (slot.start, slot.doctor_id)


def test_what_another_desk_moves_is_followed(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    request_id = approved_planner(clinic, window, qtbot)
    target = rows(window)[1]
    assert target.proposal is not None
    clinic.front.other_desk().execute(accept_command(target.proposal, request_id))
    window.context.operations.announce_external()
    state_is(window, qtbot, target.id, RowState.MOVED)


def test_to_the_waiting_list(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    approved_planner(clinic, window, qtbot)
    target = row(window, planner(window).table.current_id())
    key(Key.Key_W)
    state_is(window, qtbot, target.id, RowState.LISTED)
    waiting = [card.entry.patient_id for card in clinic.queries.waitlist()]
    assert target.visit.patient_id in waiting
    assert planner(window).table.current_id() != target.id


def test_a_row_on_the_waiting_list_is_taken_back(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    approved_planner(clinic, window, qtbot)
    table = planner(window).table
    target = row(window, table.current_id())
    key(Key.Key_W)
    state_is(window, qtbot, target.id, RowState.LISTED)
    qtbot.waitUntil(lambda: not table.action_rect(target.id, "undo").isEmpty(), timeout=PATIENCE)
    spot = table.action_rect(target.id, "undo").center()
    QTest.mouseClick(table.viewport(), LEFT, NONE, spot)
    state_is(window, qtbot, target.id, RowState.OPEN)
    assert not clinic.queries.waitlist()
    assert clinic.queries.appointment(target.id).cell.status is target.visit.status
    assert not clinic.maintenance.verify()


def test_in_the_background_new_proposals_are_not_told_over_another_page(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    approved_planner(clinic, window, qtbot)
    page, target = planner(window), rows(window)[3]
    slot = target.slot
    assert slot is not None
    stranger = next(
        c
        for c in clinic.queries.cells(FIRST, FIRST)
        if c.patient_id not in (None, target.visit.patient_id)
    )
    found: list[str] = []
    shown: list[str] = []
    page.work.told.connect(lambda words, _undo: found.append(words))
    page.toast_requested.connect(lambda words, _undo: shown.append(words))
    window.show_calendar()
    qtbot.waitUntil(lambda: not page.isVisible(), timeout=PATIENCE)
    taken = BookAppointment(
        patient_id=stranger.patient_id or "",
        doctor_id=slot.doctor_id,
        type_id=target.visit.type_id or "",
        start=slot.start,
        end=slot.end,
        location_id=slot.location_id,
    )
    window.context.operations.run(taken)
    qtbot.waitUntil(lambda: bool(found), timeout=PATIENCE)
    assert "new proposal" in found[0]
    assert shown == []


def test_what_was_undone_is_not_talked_over_by_its_own_new_proposals(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    approved_planner(clinic, window, qtbot)
    page = planner(window)
    target = rows(window)[3]
    slot = target.slot
    assert slot is not None
    stranger = next(
        c
        for c in clinic.queries.cells(FIRST, FIRST)
        if c.patient_id not in (None, target.visit.patient_id)
    )
    told: list[str] = []
    page.work.told.connect(lambda words, _undo: told.append(words))
    taken = BookAppointment(
        patient_id=stranger.patient_id or "",
        doctor_id=slot.doctor_id,
        type_id=target.visit.type_id or "",
        start=slot.start,
        end=slot.end,
        location_id=slot.location_id,
    )
    window.context.operations.run(taken)
    qtbot.waitUntil(lambda: len(told) == 1, timeout=PATIENCE)
    assert "new proposal" in told[0]
    other = row(window, target.id).slot
    assert other is not None
    qtbot.waitUntil(window.actions_["edit.undo"].isEnabled, timeout=PATIENCE)
    key(Key.Key_Z, CTRL)
    qtbot.waitUntil(
        lambda: (now := row(window, target.id)).looked and now.slot not in (None, other),
        timeout=PATIENCE,
    )
    qtbot.waitUntil(lambda: not page.counters.stop.isVisible(), timeout=PATIENCE)
    assert len(told) == 1


def test_the_rest_goes_to_the_shelf_and_comes_back_with_one_undo(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    before = diary(clinic.front)
    approved_planner(clinic, window, qtbot, first=FIRST, last=FIRST)
    page = planner(window)
    QTest.mouseClick(page.counters.rest, LEFT)
    qtbot.waitUntil(
        lambda: all(one.state is RowState.PARKED for one in rows(window)), timeout=PATIENCE
    )
    page.table.setFocus()
    key(Key.Key_Z, CTRL)
    qtbot.waitUntil(
        lambda: all(one.state is RowState.OPEN for one in rows(window)), timeout=PATIENCE
    )
    assert diary(clinic.front) == before


def test_other_wishes_are_looked_for_at_once(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    request_id = approved_planner(clinic, window, qtbot)
    page = planner(window)
    own = doctor_id(clinic.front, "MR")
    QTest.mouseClick(page.criteria.others, LEFT)
    qtbot.waitUntil(lambda: all_looked(window), timeout=PATIENCE)
    assert {one.slot.doctor_id for one in rows(window) if one.slot is not None} == {own}
    assert request_of(clinic.front, request_id) is not None


def test_no_visit_is_hit(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    request_id = ask_leave(clinic.front, first=date(2027, 1, 11), last=date(2027, 1, 12))
    assert window.show_page("absence", request_id)
    page = planner(window)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty, timeout=PATIENCE)
    key(Key.Key_Escape)
    qtbot.waitUntil(lambda: window.centre.page == "calendar", timeout=PATIENCE)


def test_nothing_moves_before_the_approval(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    before = diary(clinic.front)
    request_id = ask_leave(clinic.front, first=FIRST, last=FIRST)
    assert window.show_page("absence", request_id)
    qtbot.waitUntil(lambda: all_looked(window), timeout=PATIENCE)
    key(Key.Key_Return)
    key(Key.Key_Return, CTRL)
    assert "Approve" in window.toast.text
    page = planner(window)
    QTest.mouseClick(page.approve_button, LEFT)
    qtbot.waitUntil(lambda: page.work.allowed, timeout=PATIENCE)
    assert {k: v[:3] for k, v in diary(clinic.front).items()} == {
        k: v[:3] for k, v in before.items()
    }


def test_the_call_list_copied_and_saved(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    approved_planner(clinic, window, qtbot, first=FIRST, last=FIRST)
    page = planner(window)
    target = page.table.current_id()
    key(Key.Key_Return)
    state_is(window, qtbot, target, RowState.MOVED)
    page.calls.copy()
    name = row(window, target).visit.listed_name
    qtbot.waitUntil(lambda: name in QGuiApplication.clipboard().text(), timeout=PATIENCE)
    page.calls.save_csv(tmp_path / "calls.csv")
    qtbot.waitUntil((tmp_path / "calls.csv").exists, timeout=PATIENCE)
    qtbot.waitUntil(lambda: "calls.csv" in window.toast.text, timeout=PATIENCE)
    lines = (tmp_path / "calls.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == len(rows(window)) + 1
    page.calls.save_pdf(tmp_path / "calls.pdf")
    qtbot.waitUntil(lambda: "calls.pdf" in window.toast.text, timeout=PATIENCE)
    assert (tmp_path / "calls.pdf").read_bytes().startswith(b"%PDF")


def test_blocked_time_is_planned_like_leave(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    cells = clinic.queries.cells(FIRST, FIRST, (doctor_id(clinic.front, "AD"),))
    start, end = cells[0].start, cells[-1].end
    outcome = clinic.desk.execute(
        BlockTime(doctor_id=cells[0].doctor_id, start=start, end=end, reason="Water damage")
    )
    assert window.show_page("absence", str(outcome.value))
    qtbot.waitUntil(lambda: all_looked(window), timeout=PATIENCE)
    page = planner(window)
    assert page.title.text().startswith("Blocked")
    target = page.table.current_id()
    key(Key.Key_Return)
    state_is(window, qtbot, target, RowState.MOVED)
    assert not clinic.maintenance.verify()


def test_a_request_that_is_gone_is_said(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    request_id = ask_leave(clinic.front)
    request = request_of(clinic.front, request_id)
    assert request is not None
    clinic.desk.execute(approve_command(request))
    assert window.show_page("absence", "no-such-request")
    page = planner(window)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty, timeout=PATIENCE)
    assert not page.dates_button.isVisible()


@pytest.mark.parametrize("width", [1366, 1920])
def test_nothing_above_the_table_is_cut_off_after_an_undo(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, width: int
) -> None:
    window.resize(width, 768)
    approved_planner(clinic, window, qtbot)
    page = planner(window)
    first = page.table.current_id()
    key(Key.Key_Return)
    state_is(window, qtbot, first, RowState.MOVED)
    key(Key.Key_Z, CTRL)  # the place and the approval are one step
    qtbot.waitUntil(lambda: page.approve_button.isVisible(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: page.criteria.note.isVisible(), timeout=PATIENCE)
    look_for = page.criteria
    shown = (
        page.approve_button, page.calls_button, page.dates_button, page.chip, look_for.again,
        look_for.same_doctor, look_for.same_time, look_for.others, look_for.weeks,
    )  # fmt: skip
    for widget in shown:
        qtbot.waitUntil(
            lambda w=widget: w.isVisible() and w.width() >= w.sizeHint().width(), timeout=PATIENCE
        )
        assert not widget.visibleRegion().isEmpty()
    # and what is told about it lies on none of the panel's buttons
    qtbot.waitUntil(lambda: window.toast.isVisible(), timeout=PATIENCE)
    for button in (page.panel.accept, *page.panel.small.values()):
        corner = button.mapTo(window.toast.parentWidget(), button.rect().topLeft())
        place = button.rect().translated(corner)
        qtbot.waitUntil(
            lambda place=place: not place.intersects(window.toast.geometry()), timeout=PATIENCE
        )
