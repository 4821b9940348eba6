"""What stands in one row has room for it: at large letters, in a narrow page, mirrored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import WayOut
from clinic_desk.ui.look import style
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window.selected_card import NEXT, STEP_WORDS, SelectedCard
from clinic_desk.ui.main_window.status_bar import StatusBar
from clinic_desk.ui.models.occurrence_list import OccurrenceList
from clinic_desk.ui.models.occurrences import NEAREST, OTHER, PAST, SKIP, Deed, Row
from clinic_desk.ui.runtime.wording import Message, Tone
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import HintButton, push
from clinic_desk.ui.widgets.forms.rule_line import RuleLine
from clinic_desk.ui.widgets.inline import Inline
from clinic_desk.ui.widgets.message_bar import MessageBar
from clinic_desk.ui.widgets.page import Page
from clinic_desk.ui.widgets.toast import Toast
from tests.fakes.calendar_data import at, cell, roster

CLASH = Row(
    "2026-12-08T09:00", "Tue 8 Dec", "09:00", "refuse", "refuse", "Dr Demir is blocked",
    "Dr Demir is blocked 09:00–10:00",
    tuple(
        Deed(name, label, label)
        for name, label in (
            (NEAREST, "08:15"), (OTHER, "Dr Carter"), (SKIP, "Skip"), (PAST, "Book anyway"),
        )
    ),
)  # fmt: skip
FREE = Row("2026-12-15T09:00", "Tue 15 Dec", "09:00", "check", "ok", "Free", "Free")


@pytest.fixture
def theme() -> Theme:
    return Theme.for_tests()


@pytest.fixture
def mirrored() -> Iterator[None]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def listed(theme: Theme, qtbot: QtBot, width: int) -> OccurrenceList:
    view = OccurrenceList(theme)
    qtbot.addWidget(view)
    view.resize(width, 300)
    view.show_rows([CLASH, FREE])
    view.show()
    qtbot.waitExposed(view)
    return view


def spots(view: OccurrenceList) -> list[QRect]:
    found = [view.spot(CLASH.key, deed.name) for deed in CLASH.deeds]
    return [spot for spot in found if spot is not None]


def test_buttons_that_leave_a_verdict_no_room_stand_below_it(theme: Theme, qtbot: QtBot) -> None:
    view = listed(theme, qtbot, 800)
    one = view.visualRect(view.rows.index(1)).height()
    assert view.visualRect(view.rows.index(0)).height() == one
    theme.scale = 1.5
    qtbot.waitUntil(lambda: view.visualRect(view.rows.index(1)).height() > one)
    high = view.visualRect(view.rows.index(1)).height()
    row = view.visualRect(view.rows.index(0))
    assert row.height() > 1.7 * high
    assert all(spot.top() >= row.top() + high - theme.px(6) for spot in spots(view))
    assert all(row.contains(spot) for spot in spots(view))


@pytest.mark.usefixtures("mirrored")
def test_a_mirrored_row_has_its_buttons_at_the_left(theme: Theme, qtbot: QtBot) -> None:
    view = listed(theme, qtbot, 800)
    row = view.visualRect(view.rows.index(0))
    places = spots(view)
    assert all(spot.right() < row.center().x() + 40 for spot in places)
    assert [spot.left() for spot in places] == sorted((s.left() for s in places), reverse=True)
    view.setCurrentIndex(view.rows.index(0))
    acted: list[str] = []
    view.acted.connect(lambda name, _row: acted.append(name))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=places[2].center())
    assert acted == [SKIP]


def test_the_rule_breaks_into_lines_instead_of_overlapping(theme: Theme, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    line = RuleLine(theme, lambda: date(2026, 11, 24), host)
    line.set_start(datetime.combine(date(2026, 12, 1), time(9)))
    host.show()
    for scale, width in ((1.0, 720), (1.5, 720), (1.5, 480)):
        theme.scale = scale
        line.setGeometry(0, 0, width, 400)
        shown = [w for w in line.chain() if w.isVisible()]
        QApplication.processEvents()
        boxes = [QRect(w.mapTo(line, w.rect().topLeft()), w.size()) for w in shown]
        for number, box in enumerate(boxes):
            assert box.right() < width, (scale, width, shown[number].accessibleName())
            assert not any(box.intersects(other) for other in boxes[number + 1 :])


def test_buttons_of_a_message_stand_below_a_sentence_they_would_squeeze(
    theme: Theme, qtbot: QtBot
) -> None:
    bar = MessageBar(theme)
    qtbot.addWidget(bar)
    bar.resize(1000, 60)
    ways = (WayOut("Nearest for all", "a"), WayOut("Other doctor", "b"), WayOut("Book anyway", "c"))
    sentence = "Dr Demir is blocked 09:00–10:00 (Meeting), and Dr Carter is booked until noon."
    bar.show_message(Message(sentence, Tone.WARN, ways))
    buttons = [b for b in bar.findChildren(QPushButton) if b.isVisible()]
    qtbot.waitUntil(lambda: buttons[0].x() > bar._text.geometry().right())
    bar.resize(480, 110)
    qtbot.waitUntil(lambda: buttons[0].y() >= bar._text.geometry().bottom())
    assert [b.x() for b in buttons] == sorted(b.x() for b in buttons)
    assert bar._text.width() > 320
    bar.resize(1000, 60)
    qtbot.waitUntil(lambda: buttons[0].x() > bar._text.geometry().right())


@pytest.mark.parametrize("words", ["15 min later", "Move…"])
def test_what_a_message_offers_keeps_the_order_of_its_words(
    theme: Theme, qtbot: QtBot, words: str
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    host = QWidget()
    qtbot.addWidget(host)
    bar, empty, toast = MessageBar(theme, host), EmptyState(theme, host), Toast(theme, host)
    bar.show_message(Message("The place is taken.", Tone.WARN, (WayOut(words, "a"),)))
    empty.explain("calendar", "Nothing", "There is nothing.", words)
    toast.show_text("Moved", words)
    for widget in (bar, empty, toast):
        (button,) = (b for b in widget.findChildren(QPushButton) if b.text() == words)
        button.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        button.resize(button.sizeHint())
        pictures = []
        try:
            # a painter takes the program's direction, not the widget's
            for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
                app.setLayoutDirection(direction)
                pictures.append(button.grab().toImage())
        finally:
            app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        assert pictures[0] == pictures[1], type(widget).__name__


def test_the_closing_sign_of_a_page_follows_the_theme(qtbot: QtBot) -> None:
    theme = Theme.for_tests("light")
    page = Page(theme, "Series")
    qtbot.addWidget(page)
    before = page.closer.icon().cacheKey()
    theme.set_theme("dark")
    assert page.closer.icon().cacheKey() != before


CARD = 231
"""Pixels of the sidebar's card in the window as it is opened."""


@pytest.mark.parametrize("status", sorted(NEXT))
def test_the_buttons_of_the_card_are_read_whole(theme: Theme, qtbot: QtBot, status: Status) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style.apply(app, theme)
    card = SelectedCard(theme)
    qtbot.addWidget(card)
    card.setFixedWidth(CARD)
    card.show_cell(cell("a", start="10:00", status=status), roster(), at("10:42"))
    card.show()
    buttons = [b for b in card.findChildren(QPushButton) if b.isVisible()]
    assert STEP_WORDS[NEXT[status]] in [button.text() for button in buttons]
    for button in buttons:
        wanted = 24 if button.property("square") else button.sizeHint().width()
        assert button.width() >= wanted, button.text()


@pytest.mark.parametrize("kind", ["plain", "with its key"])
def test_enter_presses_the_button_that_has_the_keyboard(
    theme: Theme, qtbot: QtBot, kind: str
) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    button = push("Go", page) if kind == "plain" else HintButton(theme, "Go", "Ctrl+S", page)
    pressed: list[bool] = []
    button.clicked.connect(lambda on=False: pressed.append(on))
    qtbot.keyClick(button, Qt.Key.Key_Return)
    qtbot.keyClick(button, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert len(pressed) == 3
    qtbot.keyClick(button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(pressed) == 3


def test_the_last_key_of_a_page_is_told_whole(
    theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, tuple[int, int]] = {}

    def note(painter: QPainter, place: QRect, text: str) -> None:
        told[text] = (painter.fontMetrics().horizontalAdvance(text), place.width())

    monkeypatch.setattr(paint, "elided", note)
    bar = StatusBar(theme, "Front desk 1")
    qtbot.addWidget(bar)
    bar.resize(1366, bar.sizeHint().height())
    bar.show_page(tuple((letter, f"Does {letter}") for letter in "ABCDEFGHIJK"))
    bar.grab()
    assert "Does K" in told
    assert all(wanted <= given for wanted, given in told.values()), told


class Span(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        Inline(self, painter, 8).text("23–29 Nov 2026")


@pytest.mark.usefixtures("mirrored")
def test_a_span_of_days_keeps_its_order_in_a_mirrored_window(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    drawn: list[QImage] = []
    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        app.setLayoutDirection(direction)
        span = Span()
        qtbot.addWidget(span)
        span.resize(200, 32)
        image = span.grab().toImage()
        ink = QRegion()
        for x in range(image.width()):
            for y in range(image.height()):
                if image.pixel(x, y) != image.pixel(0, 0):
                    ink += QRect(x, y, 1, 1)
        drawn.append(image.copy(ink.boundingRect()))
    assert drawn[0].width() > 20
    assert drawn[0] == drawn[1]
