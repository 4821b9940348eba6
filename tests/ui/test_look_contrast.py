"""Every pair of colours that meet on the screen, in both themes (WCAG 1.4.3 and 1.4.11)."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from clinic_desk.domain.appointments import Status
from clinic_desk.ui.look.style import colours
from clinic_desk.ui.look.tokens import (
    DOCTOR_COLOURS,
    TOKENS,
    ThemeName,
    contrast,
    doctor_colour,
    mix,
    over,
    pattern_of,
    status_colour,
)

THEMES: tuple[ThemeName, ...] = ("light", "dark")
GROUNDS = ("canvas", "window", "off")


def test_contrast_is_the_wcag_ratio() -> None:
    assert contrast(QColor("#000000"), QColor("#FFFFFF")) == pytest.approx(21)
    assert contrast(QColor("#FFFFFF"), QColor("#000000")) == pytest.approx(21)
    # known from the standard's own examples
    assert contrast(QColor("#767676"), QColor("#FFFFFF")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", ["text", "text2", "text3", "accent", "ok", "warn", "refuse", "now"])
def test_text_is_readable(theme: ThemeName, ground: str, ink: str) -> None:
    tokens = TOKENS[theme]
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_fills_is_readable(theme: ThemeName) -> None:
    tokens = TOKENS[theme]
    pairs = [
        (tokens.text, tokens.ghost_ok),
        (tokens.text, tokens.ghost_warn),
        (tokens.text, tokens.ghost_refuse),
        (tokens.text, over(tokens.selected, tokens.canvas)),
        (tokens.text, over(tokens.selected, tokens.window)),
        (tokens.text2, over(tokens.selected, tokens.canvas)),
        (tokens.accent, over(tokens.selected, tokens.canvas)),
        (tokens.text, over(tokens.hatch, tokens.canvas)),
        (tokens.on_accent, tokens.accent),
        (tokens.on_accent, tokens.accent_hover),
        (tokens.on_accent, tokens.accent_pressed),
        (tokens.canvas, tokens.text),
        (tokens.text, colours(tokens)["hover"]),
        (tokens.text, colours(tokens)["pressed"]),
    ]
    # message bars: text on 8 % of the tone
    pairs += [
        (tokens.text, mix(tone, tokens.canvas, 0.08)) for tone in (tokens.warn, tokens.refuse)
    ]
    for ink, ground in pairs:
        assert contrast(ink, ground) >= 4.5, (ink.name(), ground.name())


@pytest.mark.parametrize("theme", THEMES)
def test_the_toast_is_readable(theme: ThemeName) -> None:
    """It wears the other theme's accent on this theme's text colour."""
    other = TOKENS["dark" if theme == "light" else "light"]
    assert contrast(other.accent, TOKENS[theme].text) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_controls_and_focus_are_visible(theme: ThemeName, ground: str) -> None:
    tokens = TOKENS[theme]
    for ink in (tokens.control_border, tokens.focus, tokens.accent, tokens.late, tokens.held):
        assert contrast(ink, getattr(tokens, ground)) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("status", list(Status))
def test_status_icons_are_visible_everywhere(theme: ThemeName, status: Status) -> None:
    ink = status_colour(theme, status)
    assert contrast(ink, TOKENS[theme].canvas) >= 4.5
    for name in DOCTOR_COLOURS:
        assert contrast(ink, doctor_colour(theme, name).fill) >= 3, name


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", DOCTOR_COLOURS)
def test_doctor_colours(theme: ThemeName, name: str) -> None:
    tokens, colour = TOKENS[theme], doctor_colour(theme, name)
    assert contrast(colour.stripe, tokens.canvas) >= 3
    assert contrast(colour.stripe, colour.fill) >= 3
    assert contrast(tokens.text, colour.fill) >= 6.8
    assert contrast(colour.badge_text, colour.stripe) >= 4.5


def test_unknown_words_get_a_colour_and_a_pattern() -> None:
    assert doctor_colour("light", "mauve") == doctor_colour("light", "indigo")
    assert pattern_of("dashed") == "dashed"
    assert pattern_of("zigzag") == "solid"


def test_the_values_are_those_of_the_specification() -> None:
    light, dark = TOKENS["light"], TOKENS["dark"]
    assert light.accent.name().upper() == "#1257A8"
    assert dark.accent.name().upper() == "#7FB4FF"
    assert contrast(light.text, light.canvas) == pytest.approx(16.6, abs=0.06)
    assert contrast(dark.text, dark.canvas) == pytest.approx(13.4, abs=0.06)
    assert contrast(light.text3, light.off) == pytest.approx(4.9, abs=0.06)
