"""The look in force: tokens, colours, fonts and icons, and the news when it changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from clinic_desk.domain.appointments import Status
from clinic_desk.ui.look import tokens as values
from clinic_desk.ui.look.assets import Assets
from clinic_desk.ui.look.tokens import DoctorColour, Pattern, ThemeName, Tokens
from clinic_desk.ui.look.unseen import colours_alone

Choice = Literal["light", "dark", "system"]
Role = Literal["caption", "grid", "body", "title", "date"]

SIZES: dict[str, int] = {"caption": 11, "grid": 12, "body": 13, "title": 15, "date": 20}
"""Pixels at scale 1."""

_STROKE = re.compile(r'stroke-width="2"')

__all__ = ["DoctorColour", "Theme", "Tokens"]


class Theme(QObject):
    """``changed`` comes after every switch of theme or scale; repaint and drop cached pictures.

    ``scale`` is the user's factor for type (0.9–1.5); ``reduced_motion`` asks for no animation.
    """

    changed = Signal()

    def __init__(
        self, assets: Assets, choice: Choice = "system", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.assets = assets
        self._choice: Choice = choice
        self._scale = 1.0
        self._use_system_font = False
        self._reduced_motion = False
        self._family = assets.font_family()
        self._fonts: dict[tuple[str, bool], QFont] = {}
        self._atlas: dict[tuple[ThemeName, str, int, int, float], QPixmap] = {}
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._scheme_changed)
        self.name: ThemeName = self._resolved()

    @classmethod
    def for_tests(cls, name: ThemeName = "light") -> Theme:
        """The theme of a source tree, independent of the system's scheme."""
        return cls(Assets(Path(__file__).parents[3] / "resources"), name)

    @property
    def tokens(self) -> Tokens:
        return values.TOKENS[self.name]

    @property
    def choice(self) -> Choice:
        return self._choice

    @property
    def scale(self) -> float:
        return self._scale

    @scale.setter
    def scale(self, factor: float) -> None:
        bounded = min(1.5, max(0.9, factor))
        if bounded != self._scale:
            self._scale = bounded
            self._fonts.clear()
            self.changed.emit()

    @property
    def reduced_motion(self) -> bool:
        """True when the person, or a system that can say so, asks for stillness."""
        return self._reduced_motion or _system_is_still()

    @reduced_motion.setter
    def reduced_motion(self, still: bool) -> None:
        self._reduced_motion = still

    @property
    def system_font(self) -> bool:
        return self._use_system_font

    @system_font.setter
    def system_font(self, wanted: bool) -> None:
        if wanted != self._use_system_font:
            self._use_system_font = wanted
            self._fonts.clear()
            self.changed.emit()

    def set_theme(self, choice: Choice) -> None:
        """Live switch; "system" follows the desktop's colour scheme from now on."""
        self._choice = choice
        self._scheme_changed()

    def px(self, pixels: int) -> int:
        """A length that grows with the type."""
        return round(pixels * self._scale)

    def status_colour(self, status: Status) -> QColor:
        return values.status_colour(self.name, status)

    def doctor_colour(self, name: str, pattern: Pattern = "solid") -> DoctorColour:
        return values.doctor_colour(self.name, name, pattern)

    def font(self, role: Role, *, bold: bool = False) -> QFont:
        """Shared instances: copy before changing one."""
        key = (role, bold)
        font = self._fonts.get(key)
        if font is None:
            font = QFont()
            if self._family and not self._use_system_font:
                font.setFamilies([self._family, *QFont().families()])
            font.setPixelSize(max(9, round(SIZES[role] * self._scale)))
            font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            font.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[key] = font
        return font

    def icon(
        self,
        name: str,
        size: int = 16,
        colour: QColor | None = None,
        *,
        ratio: float | None = None,
    ) -> QPixmap:
        """An icon of ``size`` logical pixels, drawn once per (theme, name, size, colour, ratio).

        Without ``colour``: status icons, the verdict marks (check, warn, refuse) and "late" take
        their own colour, all others the text colour. ``ratio`` is the device pixel ratio, by
        default the one of the densest screen. Raises ``KeyError`` for an unknown name.
        """
        ink = colour if colour is not None else self._own_colour(name)
        if ratio is None:
            screens = QGuiApplication.screens()
            ratio = max((screen.devicePixelRatio() for screen in screens), default=1.0)
        key = (self.name, name, size, ink.rgba(), ratio)
        drawn = self._atlas.get(key)
        if drawn is None:
            drawn = self._draw(name, size, ink, ratio)
            self._atlas[key] = drawn
        return drawn

    def qicon(
        self, name: str, colour: QColor | None = None, *, sizes: Sequence[int] = (16,)
    ) -> QIcon:
        """Normal and disabled, in the size of buttons and menus; fields of text take up to 24."""
        result = QIcon()
        for size in sizes:
            result.addPixmap(self.icon(name, size, colour), QIcon.Mode.Normal)
            faint = self.tokens.control_border
            result.addPixmap(self.icon(name, size, faint), QIcon.Mode.Disabled)
        return result

    def _draw(self, name: str, size: int, ink: QColor, ratio: float) -> QPixmap:
        # 1.4 px on a 12 px flag, 1.5 px on 16 px and below, growing with larger icons
        line = 2.8 if name.startswith("flag-") else 1.5 * 24 / min(size, 16)
        source = _STROKE.sub(f'stroke-width="{line:.2f}"', self.assets.svg(name))
        source = source.replace("currentColor", ink.name())
        source = source.replace("@paper", self.tokens.canvas.name())
        side = max(1, round(size * ratio))
        pixmap = QPixmap(QSize(side, side))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setOpacity(ink.alphaF())
        QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, side, side))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _own_colour(self, name: str) -> QColor:
        tokens = self.tokens
        if name.startswith("status-"):
            return self.status_colour(Status(name.removeprefix("status-")))
        special = {
            "late": tokens.late,
            "check": tokens.ok,
            "warn": tokens.warn,
            "refuse": tokens.refuse,
        }
        return special.get(name, tokens.text)

    def _resolved(self) -> ThemeName:
        if self._choice != "system":
            return self._choice
        dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return "dark" if dark else "light"

    def _scheme_changed(self) -> None:
        name = self._resolved()
        if name != self.name:
            self.name = name
            with colours_alone():
                self.changed.emit()


def _system_is_still() -> bool:
    """Qt tells the system's wish from 6.12 on; before that the own switch has to do."""
    hints = getattr(QGuiApplication.styleHints(), "accessibility", None)
    wish = getattr(hints() if callable(hints) else None, "motionPreference", None)
    return callable(wish) and "Reduce" in str(wish())
