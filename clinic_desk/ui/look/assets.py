"""Files shipped with the program that the interface shows: fonts and icons."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

from PySide6.QtGui import QFontDatabase

log = logging.getLogger(__name__)


class Assets:
    """Reads below ``root``, the resources folder that ``app.paths`` found."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def font_family(self) -> str:
        """Registers the shipped fonts once per process; needs a QGuiApplication."""
        return _register(self.root / "fonts")

    def svg(self, name: str) -> str:
        """The text of an icon. Raises ``KeyError`` for a name that is not in the set."""
        return _svg(self.root / "icons", name)

    def icon_names(self) -> frozenset[str]:
        return frozenset(path.stem for path in (self.root / "icons").glob("*.svg"))


@cache
def _register(folder: Path) -> str:
    families: list[str] = []
    for path in sorted(folder.glob("*.otf")):
        number = QFontDatabase.addApplicationFont(str(path))
        if number < 0:
            log.warning("font %s could not be read; the system font is used", path.name)
        else:
            families += QFontDatabase.applicationFontFamilies(number)
    if "Inter" in families:
        return "Inter"
    return families[0] if families else ""


@cache
def _svg(folder: Path, name: str) -> str:
    try:
        return (folder / f"{name}.svg").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeyError(f"no icon named {name!r}") from None
