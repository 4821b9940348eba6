"""A button with an icon that opens a menu has room for its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QStyleOptionMenuItem, QWidget

import clinic_desk.ui
from clinic_desk.ui.look import style
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.worded import FSI, PDI
from clinic_desk.ui.widgets.worded_menu import WordedMenu, submenu


@pytest.mark.parametrize("words", [" &Export", "&Print, save", " Call list"])
def test_the_words_of_a_menu_button_end_before_its_edge(qapp: QApplication, words: str) -> None:
    theme = Theme.for_tests()
    style.apply(qapp, theme)
    window = QWidget()
    row = QHBoxLayout(window)
    button = push(words, window, "primary")
    button.setIcon(theme.qicon("save", theme.tokens.on_accent))
    button.setMenu(QMenu(button))
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its ring would be ink at the edge
    row.addWidget(button)
    row.addStretch(1)
    window.show()
    qapp.processEvents()
    image = button.grab().toImage()
    ground = image.pixelColor(image.width() // 2, 3)
    # the last pixels before the rounded edge have no ink of a letter
    margin = [
        image.pixelColor(x, y)
        for x in range(image.width() - 8, image.width() - 3)
        for y in range(8, image.height() - 8)
    ]
    window.hide()
    window.deleteLater()
    assert all(colour == ground for colour in margin)


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_the_entries_of_a_mirrored_menu_keep_their_order(
    qapp: QApplication, direction: Qt.LayoutDirection
) -> None:
    """Else "Move…" reads "…Move"; the keys beside it, and a menu below it, likewise."""
    style.apply(qapp, Theme.for_tests())
    menu = WordedMenu()
    menu.setLayoutDirection(direction)
    move = menu.addAction("Move…")
    move.setShortcut("Ctrl+M")
    below = submenu(menu, "Runs late…")
    below.addAction("30 min…")
    painted: list[str] = []

    class Menu(WordedMenu):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
            for action in self.actions():
                option = QStyleOptionMenuItem()
                self.initStyleOption(option, action)
                painted.append(option.text)
            super().paintEvent(event)

    whole = Menu()
    whole.setLayoutDirection(direction)
    for action in menu.actions():
        whole.addAction(action)
    whole.popup(QPoint(0, 0))
    qapp.processEvents()
    whole.grab()
    whole.close()
    mirrored = direction is Qt.LayoutDirection.RightToLeft
    first, last = (FSI, PDI) if mirrored else ("", "")
    assert painted[:2] == [f"{first}Move…{last}\tCtrl+M", f"{first}Runs late…{last}"]
    assert isinstance(below, WordedMenu)
    for one in (whole, menu):
        one.deleteLater()


def test_every_menu_of_the_program_is_of_that_kind() -> None:
    found = [
        f"{path.name}: {line.strip()}"
        for path in Path(clinic_desk.ui.__file__).parent.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"(?<![A-Za-z.])QMenu\(|\.addMenu\(", line) and path.name != "worded_menu.py"
    ]
    assert found == []
