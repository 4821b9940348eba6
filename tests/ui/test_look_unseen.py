"""A switch of the colours costs what is seen; what is hidden has the new ones when it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from clinic_desk.ui.look import style
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.unseen import never_waits, when_seen
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.widgets.forms.bits import InkLabel
from clinic_desk.ui.widgets.toast import Toast


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme.for_tests()
    style.apply(qapp, made)
    yield made
    made.deleteLater()


class Restyled(QObject):
    """How often widgets were told that they have another style: seen ones, hidden ones."""

    def __init__(self) -> None:
        super().__init__()
        self.count: Counter[bool] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.StyleChange and isinstance(watched, QWidget):
            self.count[watched.isVisible()] += 1
        return False


class Page(QWidget):
    """A field, two labels and a button, one of the labels in an ink of its own."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme, self.dressed = theme, 0
        self.field, self.button, self.plain = QLineEdit("x"), QPushButton("Book"), QLabel("Room")
        self.ink = InkLabel(theme, "Later", ink="text2")
        column = QVBoxLayout(self)
        for part in (self.field, self.button, self.plain, self.ink):
            column.addWidget(part)
        theme.changed.connect(self.dress)

    @when_seen
    def dress(self) -> None:
        self.dressed += 1

    def picture(self) -> set[str]:
        image = self.grab().toImage()
        spots = ((x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3))
        return {image.pixelColor(x, y).name() for x, y in spots}


class Two(QWidget):
    """Two pages, of which one is seen, and a dialog."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.front, self.behind, self.box = Page(theme), Page(theme), Page(theme)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.front)
        self.stack.addWidget(self.behind)
        QVBoxLayout(self).addWidget(self.stack)
        self.dialog = QDialog(self)
        QVBoxLayout(self.dialog).addWidget(self.box)


@pytest.fixture
def two(theme: Theme, qtbot: QtBot) -> Two:
    made = Two(theme)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    for hidden in (made.behind, made.front):  # both have been seen
        made.stack.setCurrentWidget(hidden)
        hidden.grab()
    made.dialog.show()
    made.dialog.grab()
    made.dialog.close()
    return made


@pytest.mark.parametrize("hidden", ["behind", "box"])
def test_what_is_shown_after_a_switch_looks_as_what_was_seen_during_it(
    two: Two, theme: Theme, hidden: str
) -> None:
    light = two.front.picture()
    theme.set_theme("dark")
    dark = two.front.picture()
    assert dark.isdisjoint(light)
    if hidden == "box":
        two.dialog.show()
    else:
        two.stack.setCurrentWidget(two.behind)
    page: Page = getattr(two, hidden)
    assert page.picture().isdisjoint(light)
    for one in ("field", "button", "plain", "ink"):
        seen, later = getattr(two.front, one), getattr(page, one)
        assert later.palette() == seen.palette(), one
        assert later.styleSheet() == seen.styleSheet(), one


def test_there_and_back_while_hidden(two: Two, theme: Theme) -> None:
    two.stack.setCurrentWidget(two.behind)
    before = two.behind.picture()
    two.stack.setCurrentWidget(two.front)
    for name in ("dark", "light", "dark", "light"):
        theme.set_theme(name)
    two.stack.setCurrentWidget(two.behind)
    assert two.behind.picture() == before


def test_what_is_still_hidden_on_a_page_that_is_shown_waits_on(two: Two, theme: Theme) -> None:
    two.behind.field.hide()
    light = two.front.picture()
    theme.set_theme("dark")
    two.stack.setCurrentWidget(two.behind)
    watch = Restyled()
    two.behind.field.installEventFilter(watch)
    two.behind.field.show()
    assert watch.count == {True: 1}
    assert two.behind.picture().isdisjoint(light)


def test_a_method_of_a_hidden_widget_runs_once_when_it_is_shown(two: Two, theme: Theme) -> None:
    for name in ("dark", "light", "dark"):
        theme.set_theme(name)
    assert (two.front.dressed, two.behind.dressed) == (3, 0)
    two.stack.setCurrentWidget(two.behind)
    assert two.behind.dressed == 1
    two.box.dress()  # asked for by itself
    assert two.box.dressed == 1
    two.dialog.show()
    assert two.box.dressed == 1


def test_letters_of_another_size_are_for_all_at_once(two: Two, theme: Theme) -> None:
    theme.set_theme("dark")  # the hidden ones wait
    before = two.behind.button.sizeHint()
    theme.scale = 1.5
    assert two.behind.button.sizeHint().height() > before.height()
    assert two.behind.dressed == 1
    assert two.behind.button.palette() == two.front.button.palette()


def test_a_switch_restyles_nothing_in_the_window_that_nobody_sees(
    qapp: QApplication, window: MainWindow
) -> None:
    style.apply(qapp, window.context.theme)
    booking = window.doors.booking  # as it is built while nobody waits
    booking.show()
    booking.close()
    window.show_page("messages")
    window.show_calendar()
    watch = Restyled()
    qapp.installEventFilter(watch)
    try:
        window.context.theme.set_theme("dark")
        hidden, seen = watch.count[False], watch.count[True]
        watch.count.clear()
        booking.show()
    finally:
        qapp.removeEventFilter(watch)
    assert seen > 20
    assert hidden < seen, "hidden widgets were restyled"
    assert watch.count[True] > 50, "the dialog was not restyled when it was shown"
    booking.close()


def test_a_toast_that_comes_after_a_switch_can_be_read(theme: Theme, qtbot: QtBot) -> None:
    """Its ground is the colour of text, so its words have that of the ground."""
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 400)
    host.show()
    qtbot.waitExposed(host)
    toast = Toast(theme, host)
    toast.show_text("Visit saved")
    toast.dismiss()
    theme.set_theme("dark")
    toast.show_text("Visit saved")
    label = toast.findChild(QLabel)
    assert label is not None
    ink = label.palette().color(QPalette.ColorRole.WindowText)
    assert ink.name() == theme.tokens.canvas.name()


def test_an_ink_that_was_set_by_hand_while_hidden_stays(two: Two, theme: Theme) -> None:
    label = two.front.plain

    def ink() -> None:
        palette = label.palette()
        palette.setColor(label.foregroundRole(), theme.tokens.warn)
        label.setPalette(palette)
        never_waits(label)

    ink()
    theme.changed.connect(ink)
    label.hide()
    theme.set_theme("dark")
    label.show()
    shown = label.palette().color(label.foregroundRole())
    assert shown.name() == theme.tokens.warn.name()
    theme.changed.disconnect(ink)
