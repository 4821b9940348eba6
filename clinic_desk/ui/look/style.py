"""Ordinary controls in our colours: Fusion, a palette, and one stylesheet.

The stylesheet is a template in ``resources/styles``: ``@token`` is a colour, ``@{13}`` a length
that grows with the user's scale, ``@icon:name`` a file drawn from the icon set.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import Tokens, mix, over
from clinic_desk.ui.look.unseen import Unseen

_MARK = re.compile(r"@(?:\{(\d+)\}|(icon|icon_on_accent):([\w-]+)|(\w+))")


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the program and keep it dressed through every change of the theme."""
    app.setStyle(QStyleFactory.create("Fusion"))
    _Dresser(theme).dress()


def palette(tokens: Tokens) -> QPalette:
    result = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.canvas,
        role.AlternateBase: tokens.window,
        role.Text: tokens.text,
        role.Button: tokens.canvas,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.on_accent,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.ToolTipBase: tokens.canvas,
        role.ToolTipText: tokens.text,
        role.PlaceholderText: tokens.text3,
        role.Mid: tokens.grid_major,
        role.Midlight: tokens.grid_minor,
        role.Light: tokens.canvas,
        role.Dark: tokens.control_border,
        role.Shadow: tokens.text,
        role.Accent: tokens.accent,
    }
    for name, colour in pairs.items():
        result.setColor(name, colour)
    for name in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, name, tokens.text3)
    return result


def colours(tokens: Tokens) -> dict[str, QColor]:
    """Every colour name that the stylesheet may use, opaque."""
    named = {name: getattr(tokens, name) for name in Tokens.__slots__}
    return named | {
        "hover": over(tokens.hatch, tokens.canvas)
        if tokens.canvas.lightness() < 128
        else mix(tokens.text, tokens.canvas, 0.05),
        "pressed": mix(tokens.text, tokens.canvas, 0.12),
        "selected_solid": over(tokens.selected, tokens.canvas),
        "scroll": mix(tokens.text3, tokens.window, 0.55),
        "focus_on_accent": tokens.text,
    }


def stylesheet(theme: Theme, icon_path: Callable[[str, QColor], str]) -> str:
    """Fill the template. Raises ``KeyError`` for a name that no token has."""
    known = colours(theme.tokens)
    template = (theme.assets.root / "styles" / "controls.qss").read_text(encoding="utf-8")

    def fill(match: re.Match[str]) -> str:
        length, kind, icon, name = match.groups()
        if length:
            return str(theme.px(int(length)))
        if icon:
            on_accent = kind == "icon_on_accent"
            return icon_path(icon, theme.tokens.on_accent if on_accent else theme.tokens.text)
        return known[name].name()

    return _MARK.sub(fill, template)


class _Dresser(QObject):
    """Goes with its theme: a function that was connected instead would keep it for ever."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._theme = theme
        self._icons = _IconFiles(theme)
        self._unseen = Unseen(self)
        theme.changed.connect(self.dress)

    def dress(self) -> None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            return
        # Replacing a stylesheet, Qt polishes every widget once for each widget it lies in; taking
        # one off and putting one on polishes each once. Half the time, or less.
        with self._unseen.held_back(app):
            app.setStyleSheet("")
            app.setFont(self._theme.font("body"))
            app.setPalette(palette(self._theme.tokens))
            app.setStyleSheet(stylesheet(self._theme, self._icons.path))


class _IconFiles:
    """Stylesheets take pictures from files only, so the few they need are written out."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._kept = tempfile.TemporaryDirectory(prefix="clinic-desk-icons-")
        self._folder = Path(self._kept.name)

    def path(self, name: str, colour: QColor) -> str:
        stem = f"{name}-{colour.name()[1:]}"
        for ratio, suffix in ((1.0, ""), (2.0, "@2x")):
            target = self._folder / f"{stem}{suffix}.png"
            if not target.exists():
                self._theme.icon(name, 16, colour, ratio=ratio).save(str(target))
        return (self._folder / f"{stem}.png").as_posix()
