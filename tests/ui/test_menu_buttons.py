"""A button with an icon that opens a menu has room for its words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QWidget

from clinic_desk.ui.look import style
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import push


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
