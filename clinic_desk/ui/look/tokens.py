"""Colours of both themes (ux.md section 5 and the mock's notes). Values, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor

from clinic_desk.domain.appointments import Status

ThemeName = Literal["light", "dark"]
Pattern = Literal["solid", "dashed", "double"]
PATTERNS: tuple[Pattern, ...] = ("solid", "dashed", "double")


def pattern_of(name: str) -> Pattern:
    """Solid for any word that is no pattern."""
    return next((known for known in PATTERNS if known == name), "solid")


@dataclass(frozen=True, slots=True)
class Tokens:
    """``hatch``, ``scrim`` and ``selected`` carry alpha and are laid over another colour; all
    others are opaque. ``grid_minor`` and ``grid_major`` are decorative (below 3:1)."""

    canvas: QColor
    window: QColor
    off: QColor
    grid_minor: QColor
    grid_major: QColor
    text: QColor
    text2: QColor
    text3: QColor
    control_border: QColor
    accent: QColor
    on_accent: QColor
    focus: QColor
    now: QColor
    ok: QColor
    warn: QColor
    refuse: QColor
    ghost_ok: QColor
    ghost_warn: QColor
    ghost_refuse: QColor
    hatch: QColor
    scrim: QColor
    selected: QColor
    accent_hover: QColor
    accent_pressed: QColor
    late: QColor
    held: QColor


@dataclass(frozen=True, slots=True)
class DoctorColour:
    """``stripe`` identifies, ``fill`` is the block's tint, ``badge_text`` is read on the stripe.
    ``pattern`` tells the stripes of doctors 9–24 apart."""

    stripe: QColor
    fill: QColor
    badge_text: QColor
    pattern: Pattern = "solid"


def mix(upper: QColor, lower: QColor, share: float) -> QColor:
    """``upper`` at ``share`` (0–1) over an opaque ``lower``."""
    return QColor(
        round(upper.red() * share + lower.red() * (1 - share)),
        round(upper.green() * share + lower.green() * (1 - share)),
        round(upper.blue() * share + lower.blue() * (1 - share)),
    )


def over(upper: QColor, lower: QColor) -> QColor:
    """What the eye sees of a colour with alpha on an opaque ground."""
    return mix(QColor(upper.red(), upper.green(), upper.blue()), lower, upper.alphaF())


def faded(colour: QColor, share: float) -> QColor:
    clear = QColor(colour)
    clear.setAlphaF(share)
    return clear


def contrast(one: QColor, other: QColor) -> float:
    """WCAG contrast ratio of two opaque colours, 1–21."""

    def luminance(colour: QColor) -> float:
        def channel(value: float) -> float:
            return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

        return (
            0.2126 * channel(colour.redF())
            + 0.7152 * channel(colour.greenF())
            + 0.0722 * channel(colour.blueF())
        )

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


LIGHT = Tokens(
    canvas=QColor("#FFFFFF"),
    window=QColor("#F5F6F8"),
    off=QColor("#ECEFF3"),
    grid_minor=QColor("#E1E5EA"),
    grid_major=QColor("#B9C1CB"),
    text=QColor("#1B1F24"),
    text2=QColor("#4A5360"),
    text3=QColor("#5F6875"),
    control_border=QColor("#7A8594"),
    accent=QColor("#1257A8"),
    on_accent=QColor("#FFFFFF"),
    focus=QColor("#0B57D0"),
    now=QColor("#C4161C"),
    ok=QColor("#067647"),
    warn=QColor("#8A5A00"),
    refuse=QColor("#B42318"),
    ghost_ok=QColor("#D2E6DE"),
    ghost_warn=mix(QColor("#8A5A00"), QColor("#FFFFFF"), 0.18),
    ghost_refuse=QColor("#F2D7D5"),
    hatch=faded(QColor("#4A5360"), 0.16),
    scrim=faded(QColor("#1B1F24"), 0.38),
    selected=faded(QColor("#1257A8"), 0.12),
    accent_hover=QColor("#0F4C93"),
    accent_pressed=QColor("#0C3F7B"),
    late=QColor("#A8330F"),
    held=QColor("#7A5C00"),
)

DARK = Tokens(
    canvas=QColor("#1E2227"),
    window=QColor("#16191D"),
    off=QColor("#171A1E"),
    grid_minor=QColor("#2C3239"),
    grid_major=QColor("#4A525C"),
    text=QColor("#E8EBEF"),
    text2=QColor("#B4BCC6"),
    text3=QColor("#98A1AD"),
    control_border=QColor("#7D8896"),
    accent=QColor("#7FB4FF"),
    on_accent=QColor("#16191D"),
    focus=QColor("#A8C7FA"),
    now=QColor("#FF7A70"),
    ok=QColor("#5DD39E"),
    warn=QColor("#F2C14E"),
    refuse=QColor("#FF8A80"),
    ghost_ok=QColor("#29423C"),
    ghost_warn=mix(QColor("#F2C14E"), QColor("#1E2227"), 0.18),
    ghost_refuse=QColor("#463537"),
    hatch=faded(QColor("#B4BCC6"), 0.15),
    scrim=faded(QColor("#000000"), 0.50),
    selected=faded(QColor("#7FB4FF"), 0.16),
    accent_hover=QColor("#9AC4FF"),
    accent_pressed=QColor("#B5D3FF"),
    late=QColor("#FFAB8A"),
    held=QColor("#E0C060"),
)

TOKENS: Mapping[ThemeName, Tokens] = {"light": LIGHT, "dark": DARK}

_STATUS: Mapping[ThemeName, Mapping[Status, QColor]] = {
    "light": {
        Status.PENDING: QColor("#0B6B74"),
        Status.SCHEDULED: QColor("#5F6875"),
        Status.CONFIRMED: QColor("#1257A8"),
        Status.ARRIVED: QColor("#8A5A00"),
        Status.IN_PROGRESS: QColor("#7A2E9E"),
        Status.COMPLETED: QColor("#067647"),
        Status.NO_SHOW: QColor("#B42318"),
        Status.HELD: QColor("#7A5C00"),
    },
    "dark": {
        Status.PENDING: QColor("#6FD3DC"),
        Status.SCHEDULED: QColor("#98A1AD"),
        Status.CONFIRMED: QColor("#7FB4FF"),
        Status.ARRIVED: QColor("#F2C14E"),
        Status.IN_PROGRESS: QColor("#D9A6FF"),
        Status.COMPLETED: QColor("#5DD39E"),
        Status.NO_SHOW: QColor("#FF8A80"),
        Status.HELD: QColor("#E0C060"),
    },
}


def status_colour(name: ThemeName, status: Status) -> QColor:
    """Cancelled, declined and released visits are grey: they ask nothing of anybody."""
    return _STATUS[name].get(status, TOKENS[name].text3)


DOCTOR_COLOURS: Mapping[str, tuple[str, str, str, str]] = {
    "crimson": ("#B02A41", "#F4E1E4", "#C47F77", "#46383A"),
    "clay": ("#BE716A", "#F6EBEA", "#F6B09E", "#524444"),
    "bark": ("#474408", "#E5E5DC", "#8C9830", "#383E29"),
    "lime": ("#7F8E1A", "#EDEFDF", "#E1D54F", "#4D4D31"),
    "teal": ("#12968F", "#DEF0EF", "#73F8E1", "#325554"),
    "indigo": ("#465AA5", "#E5E8F2", "#5390EE", "#2B3C57"),
    "orchid": ("#B26AC8", "#F4EAF7", "#D6B2FD", "#4A455A"),
    "plum": ("#783B63", "#ECE4E9", "#C391BC", "#463D4B"),
}
"""name → (light stripe, light fill, dark stripe, dark fill)."""

_WHITE_BADGE = frozenset({"crimson", "bark", "indigo", "plum"})


def doctor_colour(theme: ThemeName, name: str, pattern: Pattern = "solid") -> DoctorColour:
    """An unknown colour name is drawn in indigo rather than refused: an imported roster may
    carry any word."""
    known = name if name in DOCTOR_COLOURS else "indigo"
    stripe, fill, dark_stripe, dark_fill = DOCTOR_COLOURS[known]
    if theme == "dark":
        return DoctorColour(QColor(dark_stripe), QColor(dark_fill), QColor("#1E2227"), pattern)
    badge = "#FFFFFF" if known in _WHITE_BADGE else "#1B1F24"
    return DoctorColour(QColor(stripe), QColor(fill), QColor(badge), pattern)


HEAT: Mapping[ThemeName, tuple[str, ...]] = {
    "light": ("#FFFFFF", "#DCE9F7", "#A9CBEE", "#5E9BD8", "#1257A8"),
    "dark": ("#1E2227", "#1257A8", "#5E9BD8", "#A9CBEE", "#DCE9F7"),
}
"""The scale of loads, empty to full."""


def heat_shade(theme: ThemeName, share: float) -> QColor:
    """A colour of the scale of loads for 0 … 1, between its steps as well."""
    steps = HEAT[theme]
    place = min(1.0, max(0.0, share)) * (len(steps) - 1)
    low = min(int(place), len(steps) - 2)
    return mix(QColor(steps[low + 1]), QColor(steps[low]), place - low)
