"""Toast, message bar, palette, date jump, key overlay: with real keys and clicks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from clinic_desk.domain.errors import Fault, Refusal, SlotTaken, Stale, WayOut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.wording import Message, Tone, message_for
from clinic_desk.ui.widgets import toast as toast_module
from clinic_desk.ui.widgets.command_palette import CommandPalette
from clinic_desk.ui.widgets.date_jump import DateJump
from clinic_desk.ui.widgets.entries import Entry
from clinic_desk.ui.widgets.key_text import KeyGroup
from clinic_desk.ui.widgets.message_bar import MessageBar
from clinic_desk.ui.widgets.shortcut_overlay import ShortcutOverlay
from clinic_desk.ui.widgets.toast import Toast

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def theme(qtbot: QtBot) -> Theme:
    return Theme.for_tests()


@pytest.fixture
def host(qtbot: QtBot) -> Iterator[QWidget]:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(1000, 700)
    before = QLineEdit(widget)
    before.setObjectName("before")
    before.setFocus()
    widget.show()
    qtbot.waitExposed(widget)
    yield widget
    widget.close()


class TestToast:
    def test_it_sits_at_the_lower_right_and_undoes(
        self, theme: Theme, host: QWidget, qtbot: QtBot
    ) -> None:
        toast = Toast(theme, host)
        toast.show_text("Moved to Tue 10:15, Dr Wu", "Undo")
        assert toast.height() == 48
        assert toast.geometry().right() == host.width() - 17
        assert toast.geometry().bottom() == host.height() - 17
        button = toast.findChild(QPushButton)
        assert button is not None
        with qtbot.waitSignal(toast.action_requested):
            qtbot.mouseClick(button, LEFT)
        assert not toast.isVisible()

    def test_it_goes_by_itself_but_not_under_the_pointer(
        self, theme: Theme, host: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(toast_module, "STAY", 250)
        toast = Toast(theme, host)
        toast.show_text("Saved")
        QApplication.sendEvent(toast, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
        qtbot.wait(400)
        assert toast.text == "Saved"
        with qtbot.waitSignal(toast.closed):
            QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
        assert toast.text == ""

    def test_what_ends_behind_a_lock_page_does_not_come_back(
        self, theme: Theme, host: QWidget, qtbot: QtBot
    ) -> None:
        toast = Toast(theme, host)
        toast.show_text("Restored")
        host.hide()
        toast.dismiss()
        host.show()
        qtbot.waitExposed(host)
        assert not toast.isVisible()
        toast.show_text("Saved")
        assert toast.text == "Saved"

    def test_a_long_sentence_stays_inside_a_narrow_window(
        self, theme: Theme, host: QWidget
    ) -> None:
        host.resize(420, 300)
        toast = Toast(theme, host)
        toast.show_text("A very long sentence about a very long name " * 4, "Undo")
        assert toast.geometry().left() >= 16
        assert toast.geometry().right() < 420
        toast.dismiss()


class TestMessages:
    def test_each_family_of_error_has_its_sentence_and_buttons(self) -> None:
        taken = SlotTaken(
            "Dr Wu is booked 10:00–10:30 (J. Hall)",
            ways_out=(WayOut("Next free 10:45", "place_at"),),
        )
        assert message_for(taken).sentence == "Dr Wu is booked 10:00–10:30 (J. Hall)."
        assert message_for(taken).tone is Tone.REFUSE
        assert [way.label for way in message_for(taken).ways_out] == ["Next free 10:45"]
        assert message_for(Refusal("x", "No.", field="end")).field == "end"
        assert message_for(Stale("Maria moved this at 10:42")).tone is Tone.WARN
        assert [w.action for w in message_for(Fault("disk_full", "Full.")).ways_out] == ["retry"]
        assert message_for(Fault("bug", "Oops.")).ways_out == ()
        secret = message_for(RuntimeError("Ana Lee has a rash"))
        assert "Ana" not in secret.sentence

    def test_the_bar_offers_the_ways_out_and_closes(
        self, theme: Theme, host: QWidget, qtbot: QtBot
    ) -> None:
        bar = MessageBar(theme, host)
        ways = (WayOut("Next free 10:45", "place_at", {"n": 1}), WayOut("Other doctor", "other"))
        bar.show_message(Message("Dr Wu is booked.", Tone.REFUSE, ways))
        bar.resize(900, 40)
        buttons = {b.text(): b for b in bar.findChildren(QPushButton)}
        with qtbot.waitSignal(bar.chosen) as caught:
            qtbot.mouseClick(buttons["Other doctor"], LEFT)
        assert caught.args == [ways[1]]
        assert not bar.isVisible()
        bar.show_error(Refusal("x", "Not today"))
        close = bar.findChild(QToolButton)
        assert close is not None
        with qtbot.waitSignal(bar.closed):
            qtbot.mouseClick(close, LEFT)
        bar.show_error(Refusal("x", "Not today"))
        with qtbot.waitSignal(bar.closed):
            qtbot.keyClick(bar, Qt.Key.Key_Escape)

    @pytest.mark.parametrize("tone", list(Tone))
    def test_every_tone_can_be_painted(self, theme: Theme, host: QWidget, tone: Tone) -> None:
        bar = MessageBar(theme, host)
        bar.show_message(Message("So it is.", tone))
        bar.resize(600, 40)
        image = bar.grab().toImage()
        assert image.pixelColor(300, 4).name() != theme.tokens.window.name()


class TestPalette:
    def entries(self, ran: list[str]) -> list[Entry]:
        names = ["New booking", "Find an opening", "Dark", "Back up now", "Dr Ayla Demir"]
        return [Entry(name, lambda name=name: ran.append(name)) for name in names]

    def test_typing_narrows_and_enter_runs(self, theme: Theme, host: QWidget, qtbot: QtBot) -> None:
        ran: list[str] = []
        palette = CommandPalette(theme, host)
        palette.open_with(self.entries(ran))
        assert palette.model.rowCount() == 5
        qtbot.keyClicks(palette.field, "open")
        assert palette.model.entry(0).title == "Find an opening"  # type: ignore[union-attr]
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
        assert ran == ["Find an opening"]
        assert not palette.isVisible()
        before = host.findChild(QLineEdit, "before")
        assert before is not None
        assert before.hasFocus()

    def test_arrows_go_round(self, theme: Theme, host: QWidget, qtbot: QtBot) -> None:
        ran: list[str] = []
        palette = CommandPalette(theme, host)
        palette.open_with(self.entries(ran))
        qtbot.keyClick(palette.field, Qt.Key.Key_Up)
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
        assert ran == ["Dr Ayla Demir"]

    def test_late_answers_come_in_and_stale_ones_do_not(
        self, theme: Theme, host: QWidget, qtbot: QtBot
    ) -> None:
        asked = []
        palette = CommandPalette(theme, host)
        palette.open_with(self.entries([]), search=lambda text, found: asked.append((text, found)))
        qtbot.keyClicks(palette.field, "le")
        qtbot.waitUntil(lambda: len(asked) == 1)
        qtbot.keyClicks(palette.field, "e")
        qtbot.waitUntil(lambda: len(asked) == 2)
        asked[0][1]([Entry("Lemon, Old", lambda: None)])
        titles = [palette.model.entry(row).title for row in range(palette.model.rowCount())]  # type: ignore[union-attr]
        assert "Lemon, Old" not in titles
        asked[1][1]([Entry("Lee, Ana", lambda: None)])
        titles = [palette.model.entry(row).title for row in range(palette.model.rowCount())]  # type: ignore[union-attr]
        assert titles[0] == "Lee, Ana"

    def test_nothing_fits_is_said_and_esc_closes(
        self, theme: Theme, host: QWidget, qtbot: QtBot
    ) -> None:
        palette = CommandPalette(theme, host)
        palette.open_with(self.entries([]))
        qtbot.keyClicks(palette.field, "qqqq")
        assert palette.model.rowCount() == 0
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
        assert palette.isVisible()
        qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
        assert not palette.isVisible()

    def test_a_click_beside_the_card_closes(
        self, theme: Theme, host: QWidget, qtbot: QtBot
    ) -> None:
        palette = CommandPalette(theme, host)
        palette.open_with(self.entries([]))
        qtbot.mouseClick(palette, LEFT, pos=QPoint(5, 5))
        assert not palette.isVisible()


class TestDateJump:
    def parse(self, text: str) -> date | None:
        return date(2026, 12, 4) if text == "fri" else None

    def test_the_date_is_shown_while_typing(
        self, theme: Theme, host: QWidget, qtbot: QtBot
    ) -> None:
        jump = DateJump(theme, host, self.parse)
        jump.open_at(date(2026, 11, 24))
        assert "Tuesday 24 November 2026" in jump.answer.text()
        qtbot.keyClicks(jump.field, "fr")
        assert "Not a date yet" in jump.answer.text()
        qtbot.keyClick(jump.field, Qt.Key.Key_Return)
        assert jump.isVisible()
        qtbot.keyClicks(jump.field, "i")
        assert jump.answer.text() == "→ Friday 4 December 2026 · W49"
        with qtbot.waitSignal(jump.chosen) as caught:
            qtbot.keyClick(jump.field, Qt.Key.Key_Return)
        assert caught.args == [date(2026, 12, 4)]
        assert not jump.isVisible()


def test_the_key_overlay_shows_finds_and_closes(theme: Theme, host: QWidget, qtbot: QtBot) -> None:
    overlay = ShortcutOverlay(theme, host)
    groups = (
        KeyGroup("File", (("Ctrl+N", "New booking"),)),
        KeyGroup("Grid", (("M", "Move"), ("S", "Change the length"))),
    )
    overlay.open_with(groups)
    assert overlay.shown_rows() == 3
    qtbot.keyClicks(overlay.field, "length")
    assert overlay.shown_rows() == 1
    qtbot.keyClick(overlay.field, Qt.Key.Key_Tab)
    assert overlay.field.hasFocus()  # the only stop: Tab stays inside
    qtbot.keyClick(overlay.field, Qt.Key.Key_Escape)
    assert not overlay.isVisible()
