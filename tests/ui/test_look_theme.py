"""Fonts, icons, the stylesheet, and switching live."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.ui.look import style
from clinic_desk.ui.look.theme import Theme

NAMES = [
    "status-pending",
    "status-scheduled",
    "status-confirmed",
    "status-arrived",
    "status-in_progress",
    "status-completed",
    "status-no_show",
    "status-cancelled",
    "status-held",
    "late",
    "flag-new",
    "flag-alert",
    "flag-interpreter",
    "flag-unpaid",
    "flag-series",
    "flag-note",
    "flag-online",
    "flag-unsynced",
    "flag-walk_in",
    "flag-video",
    "flag-phone",
    "search",
    "plus",
    "chevron-left",
    "chevron-right",
    "chevron-down",
    "menu",
    "close",
    "bell",
    "user",
    "clock",
    "calendar",
    "lock",
    "shelf",
    "undo",
    "print",
    "hourglass",
    "check",
    "warn",
    "refuse",
    "copy",
    "phone",
    "door",
    "grip",
    "settings",
    "star",
]


@pytest.fixture
def plain_app(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    qapp.setStyleSheet("")


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme.for_tests()


def ink_share(image: QImage) -> float:
    """The share of pixels that are drawn on."""
    drawn = sum(
        image.pixelColor(x, y).alpha() > 40
        for x in range(image.width())
        for y in range(image.height())
    )
    return drawn / (image.width() * image.height())


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_of_the_contract_is_drawn(theme: Theme, name: str) -> None:
    image = theme.icon(name, 16, ratio=2).toImage()
    assert (image.width(), image.devicePixelRatio()) == (32, 2)
    assert ink_share(image) > 0.02


def test_an_unknown_icon_is_refused_by_name(theme: Theme) -> None:
    with pytest.raises(KeyError, match="no icon named 'unicorn'"):
        theme.icon("unicorn")


def test_icons_are_drawn_once_and_anew_after_a_switch(theme: Theme) -> None:
    first = theme.icon("search")
    assert theme.icon("search") is first
    theme.set_theme("dark")
    assert theme.icon("search") is not first


def test_status_icons_differ_by_shape_not_only_by_colour(theme: Theme) -> None:
    """The same ink for all: what is left is the shape."""
    black = QColor("#000000")
    names = [
        f"status-{status.value}"
        for status in Status
        if status not in (Status.RELEASED, Status.DECLINED)
    ]
    pictures = {name: theme.icon(name, 14, black, ratio=1).toImage() for name in names}
    for one in names:
        for other in names:
            if one < other:
                assert pictures[one] != pictures[other], (one, other)


def test_status_icons_take_the_status_colour(theme: Theme) -> None:
    image = theme.icon("status-in_progress", 14, ratio=1).toImage()
    wanted = theme.status_colour(Status.IN_PROGRESS)
    assert image.pixelColor(5, 7).name() == wanted.name()


def test_the_shipped_font_is_used_with_tabular_figures(theme: Theme) -> None:
    font = theme.font("body")
    assert QFontInfo(font).family() == "Inter"
    metrics = QFontMetrics(font)
    widths = {metrics.horizontalAdvance(digit * 10) for digit in "0123456789"}
    assert len(widths) == 1
    bold = theme.font("body", bold=True)
    assert QFontMetrics(bold).horizontalAdvance("Demir") > metrics.horizontalAdvance("Demir")


def test_roles_have_their_sizes_and_grow_with_the_scale(theme: Theme) -> None:
    sizes = {role: theme.font(role).pixelSize() for role in ("caption", "grid", "body")}
    assert sizes == {"caption": 11, "grid": 12, "body": 13}
    assert theme.font("title").pixelSize() == 15
    assert theme.font("date").pixelSize() == 20
    heard: list[float] = []
    theme.changed.connect(lambda: heard.append(theme.scale))
    theme.scale = 1.5
    assert theme.font("date").pixelSize() == 30
    theme.scale = 9
    assert theme.scale == 1.5
    assert heard == [1.5]


def test_switching_tells_once_and_only_when_something_changes(theme: Theme) -> None:
    heard: list[str] = []
    theme.changed.connect(lambda: heard.append(theme.name))
    theme.set_theme("light")
    theme.set_theme("dark")
    theme.set_theme("dark")
    assert heard == ["dark"]
    assert theme.tokens.canvas.name() == "#1e2227"


def test_the_system_scheme_is_light_when_the_system_does_not_say(qapp: QApplication) -> None:
    theme = Theme(Theme.for_tests().assets, "system")
    assert theme.name == ("dark" if "Dark" in str(qapp.styleHints().colorScheme()) else "light")


def test_the_stylesheet_has_no_unfilled_mark(theme: Theme) -> None:
    for name in ("light", "dark"):
        theme.set_theme(name)  # type: ignore[arg-type]
        text = style.stylesheet(theme, lambda icon, colour: f"/x/{icon}{colour.name()}.png")
        assert "@" not in text
        assert text.count("{") == text.count("}")
        assert not re.search(r"[^{]\bNone\b", text)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_tick_is_seen_where_nobody_may_change_it(
    plain_app: QApplication, qtbot: QtBot, name: str
) -> None:
    theme = Theme.for_tests()
    theme.set_theme(name)  # type: ignore[arg-type]
    style.apply(plain_app, theme)
    window = QWidget()
    qtbot.addWidget(window)
    box = QCheckBox("", window)
    box.setEnabled(False)
    window.show()
    qtbot.waitExposed(window)

    def lightness() -> list[int]:
        image = box.grab().toImage()
        return [
            image.pixelColor(x, y).lightness()
            for x in range(image.width())
            for y in range(image.height())
        ]

    bare = lightness()
    box.setChecked(True)
    far = max(abs(one - other) for one, other in zip(bare, lightness(), strict=True))
    assert far > 90, "the tick is not told from its ground"


def test_controls_are_dressed_and_redressed(plain_app: QApplication, qtbot: QtBot) -> None:
    theme = Theme.for_tests()
    style.apply(plain_app, theme)
    window = QWidget()
    qtbot.addWidget(window)
    button, field, box = QPushButton("Book", window), QLineEdit(window), QCheckBox("Any", window)
    button.setProperty("kind", "primary")
    field.move(0, 50)
    box.move(0, 100)
    box.setChecked(True)
    window.resize(300, 200)
    window.show()
    qtbot.waitExposed(window)
    field.setFocus()
    assert button.sizeHint().height() == 32
    assert field.sizeHint().height() == 32
    light = button.grab().toImage().pixelColor(4, 16).name()
    assert light == theme.tokens.accent.name()
    theme.set_theme("dark")
    assert button.grab().toImage().pixelColor(4, 16).name() == theme.tokens.accent.name()
    tick = box.grab().toImage()
    inks = {tick.pixelColor(x, y).name() for x in range(4, 18) for y in range(4, 20)}
    assert theme.tokens.accent.name() in inks
    # the tick itself, from a file that must still be there
    assert any(QColor(ink).lightness() < 90 for ink in inks)


def test_the_focus_ring_is_two_pixels(plain_app: QApplication, qtbot: QtBot) -> None:
    theme = Theme.for_tests()
    style.apply(plain_app, theme)
    window = QWidget()
    qtbot.addWidget(window)
    field = QLineEdit(window)
    window.show()
    qtbot.waitExposed(window)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    image = field.grab().toImage()
    middle = image.width() // 2
    ring = [image.pixelColor(middle, y).name() for y in (0, 1)]
    assert ring == [theme.tokens.focus.name()] * 2
    assert image.pixelColor(middle, 3).name() == theme.tokens.canvas.name()
