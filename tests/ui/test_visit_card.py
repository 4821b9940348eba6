"""The card of a visit: everything of ux.md 1.4 in it, hovered, pinned, and worked by keyboard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from clinic_desk.domain.appointments import Status
from clinic_desk.ui.calendar.visit_card import beside
from clinic_desk.ui.calendar.visit_words import NOTE_LIMIT, card_lines, name_with_age
from tests.fakes import calendar_data as data
from tests.ui.test_calendar_page import gate, key, page, queries

__all__ = ["gate", "page", "queries"]


def cell(**changes):
    found = next(c for c in data.picture_cells() if c.id == "a014")
    return replace(found, **changes) if changes else found


def words(**changes):
    return [text for _icon, text in card_lines(cell(**changes), data.roster(), data.NOW)]


def test_everything_in_its_order():
    told = words(phone="+44 20 7946 0420", note="Records requested", flags=frozenset({"new"}))
    assert told[0] == "08:30–09:00 · 30 min"
    assert told[1] == "Follow-up"
    assert told[2] == "Dr James Carter · Room 2"
    assert told[3].startswith("Completed")
    assert told[4] == "+44 20 7946 0420"
    assert told[5] == "new patient"
    assert told[6] == "Records requested"
    assert told[7] == "Booked by M. Keller, Sun 15 Nov 10:42"
    assert name_with_age(cell(), data.NOW, data.ZONE) == "Yılmaz, Emre · 24 y"


def test_a_long_note_is_cut_at_two_hundred():
    note = next(text for text in words(note="x" * 400) if text.startswith("x"))
    assert len(note) == NOTE_LIMIT == 200
    assert note.endswith("…")


def test_the_reason_of_a_red_corner_and_of_a_cancelling():
    assert any("must be moved" in text for text in words(flags=frozenset({"must_move"})))
    assert any("Feels better" in text for text in words(cancel_reason="Feels better"))


def test_since_when_and_the_wait():
    told = words(status=Status.ARRIVED, status_since=data.at("10:30"))
    assert any("waiting 12 min" in text for text in told)


@pytest.fixture
def pinned(page, qtbot):
    page.grid().focus_cell("a001")
    key(qtbot, page.grid(), Qt.Key.Key_Space)
    assert page.card.pinned
    return page.card


def test_tab_reaches_the_buttons_and_escape_gives_the_focus_back(qtbot, page, pinned):
    key(qtbot, page.grid(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is pinned.open_button
    key(qtbot, pinned.open_button, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is pinned.copy_button
    key(qtbot, pinned.copy_button, Qt.Key.Key_Escape)
    assert not pinned.isVisible()
    assert page.grid().hasFocus()
    assert page.current_cell().id == "a001"


def test_the_buttons_open_and_copy(qtbot, page, pinned):
    with qtbot.waitSignal(page.status_text):
        key(qtbot, pinned.copy_button, Qt.Key.Key_Space)
    assert QApplication.clipboard().text() == "+44 20 7946 0335"
    with qtbot.waitSignal(page.open_requested) as opened:
        key(qtbot, pinned.open_button, Qt.Key.Key_Space)
    assert opened.args == ["a001"]
    assert not pinned.isVisible()


def test_all_is_visible_and_told(page, pinned):
    assert page.rect().contains(pinned.geometry())
    for label in pinned.findChildren(QLabel):
        if label.text():
            assert pinned.rect().contains(label.geometry().translated(label.mapTo(pinned, QPoint())
                - label.pos()))  # fmt: skip
    assert "interpreter" in pinned.accessibleDescription()
    assert "Consultation" in pinned.accessibleDescription()


def test_no_phone_no_copying(qtbot, page):
    page.grid().focus_cell("a000")
    key(qtbot, page.grid(), Qt.Key.Key_I)
    assert page.card.copy_button.isHidden()


def test_a_hovered_card_has_no_buttons_and_stays_while_it_is_hovered(qtbot, page):
    grid = page.grid()
    qtbot.mouseMove(grid.viewport(), grid.cell_rect("a004").center() + QPoint(9, 0))
    qtbot.waitUntil(page.card.isVisible)
    assert not page.card.open_button.isVisible()
    assert not page.card.hasFocus()
    key(qtbot, grid, Qt.Key.Key_Escape)
    assert not page.card.isVisible()


def test_no_card_while_names_are_private(qtbot, page):
    page.grid().set_private(True)
    qtbot.mouseMove(page.grid().viewport(), page.grid().cell_rect("a004").center() - QPoint(9, 0))
    QTest.qWait(450)
    assert not page.card.isVisible()


def hover(page, spot):
    """The pointer at ``spot``, pixels of the page, wherever that is delivered."""
    under = page.childAt(spot)
    QTest.mouseMove(under, under.mapFrom(page, spot))
    QApplication.processEvents()


def in_page(page, row_id):
    area = page.grid().cell_rect(row_id)
    return page.grid().viewport().mapTo(page, area.center())


@pytest.fixture
def hovered(page, qtbot):
    """The card of a visit on which the pointer rests; it covers others."""
    away = page.grid().viewport().mapTo(page, QPoint(9, 9))
    hover(page, away)
    hover(page, in_page(page, "a004"))
    qtbot.waitUntil(page.card.isVisible)
    yield page.card
    # the next test's pointer must come from elsewhere, for a move to nowhere is none
    page.card.dismiss()
    hover(page, away)


def beneath(page, card):
    """A visit of the grid whose middle lies under the card."""
    for row_id in page.grid().arrangement.by_id:
        area = page.grid().cell_rect(row_id)
        if area is None or row_id == card.cell.id:
            continue
        if card.geometry().adjusted(4, 4, -4, -4).contains(in_page(page, row_id)):
            return row_id
    raise AssertionError("the card covers no visit")


def test_a_press_goes_through_the_card_to_the_visit_beneath(page, qtbot, hovered):
    row_id = beneath(page, hovered)
    spot = in_page(page, row_id)
    under = page.childAt(spot)
    assert under is page.grid().viewport()
    QTest.mousePress(under, Qt.MouseButton.LeftButton, pos=under.mapFrom(page, spot))
    assert not hovered.isVisible()
    assert page.current_cell().id == row_id
    QTest.mouseRelease(under, Qt.MouseButton.LeftButton, pos=under.mapFrom(page, spot))


def test_the_pointer_may_move_onto_the_card_and_rest_there(page, qtbot, hovered):
    hover(page, hovered.geometry().center())
    qtbot.wait(400)
    assert hovered.isVisible()
    assert page.childAt(hovered.geometry().center()) is not page.grid().viewport()
    hover(page, hovered.geometry().center() + QPoint(0, 5))
    qtbot.wait(250)
    assert hovered.isVisible()
    QApplication.sendEvent(hovered, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not hovered.isVisible())


def test_the_card_goes_when_the_pointer_goes_elsewhere(page, qtbot, hovered):
    left = page.grid().viewport().mapTo(page, QPoint(3, 3))
    hover(page, left)
    qtbot.waitUntil(lambda: not hovered.isVisible())


def test_coming_from_elsewhere_the_card_does_not_hold_the_pointer(page, qtbot, hovered):
    spot = in_page(page, beneath(page, hovered))
    hover(page, page.grid().viewport().mapTo(page, QPoint(3, 3)))
    hovered._leaving.setInterval(0)
    qtbot.waitUntil(lambda: not hovered.isVisible())
    hover(page, spot)
    qtbot.waitUntil(hovered.isVisible)
    assert hovered.cell.id != "a004"


def test_the_card_stands_where_it_covers_least():
    room, size = QRect(0, 0, 1000, 800), QSize(300, 200)
    own = QRect(400, 300, 150, 60)
    assert beside(own, size, room, [own]) == QPoint(own.right() + 8, own.top())
    neighbour = QRect(560, 200, 150, 400)
    at = beside(own, size, room, [own, neighbour])
    assert not QRect(at, size).intersects(neighbour)
    assert not QRect(at, size).intersects(own)


def test_a_turn_of_the_wheel_takes_the_card_away(page, qtbot, hovered):
    view = page.grid().viewport()
    spot = QPointF(view.mapFrom(page, in_page(page, "a004")))
    wheel = QWheelEvent(
        spot, QPointF(view.mapToGlobal(spot.toPoint())), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(view, wheel)
    assert not hovered.isVisible()
