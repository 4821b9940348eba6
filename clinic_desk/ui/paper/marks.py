"""A page as a list of marks in points, and the typeface in which texts are measured.

Layouts make marks; the same marks are painted on a screen, a printer and a PDF, so that the
preview is what comes out. Nothing here needs the main thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QFont, QFontMetricsF, QPageLayout, QPageSize

Face = Literal["title", "head", "bold", "text", "small"]
Align = Literal["start", "centre", "end"]

SCALES: dict[Face, float] = {"title": 1.6, "head": 1.15, "bold": 1.0, "text": 1.0, "small": 0.86}
HEAVY = frozenset({"title", "head", "bold"})

INK, SOFT, FAINT, RULE, SHADE, FILL = (
    "#111418", "#4A525C", "#767F8A", "#B9C0C8", "#EEF0F3", "#FFFFFF",
)  # fmt: skip
"""On white, whatever the theme: paper has no dark side."""

MARGIN = 28.0
"""Points on each side of a sheet, about 10 mm: what most printers can reach."""


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    edge: str = ""
    line: float = 0.5


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text; ``y`` is its top. ``struck`` is crossed out."""

    x: float
    y: float
    width: float
    text: str
    face: Face = "text"
    ink: str = INK
    align: Align = "start"
    struck: bool = False


Mark = Box | Words


@dataclass(slots=True)
class Page:
    """``marks`` in points from the upper left corner of the sheet."""

    marks: list[Mark] = field(default_factory=list)

    def texts(self) -> list[str]:
        return [mark.text for mark in self.marks if isinstance(mark, Words)]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Finished pages. ``width`` and ``height`` in points, ``type_size`` in points; ``mirrored``
    reads from right to left. ``covered`` is the title without anybody's name, empty where the
    title has none."""

    title: str
    width: float
    height: float
    family: str
    type_size: float
    pages: tuple[Page, ...]
    size: str = "A4"
    turned: bool = False
    mirrored: bool = False
    rows: int = 0
    covered: str = ""

    def file_name(self, *, hidden: bool = False) -> str:
        """ "day-sheet-tue-24-nov-2026.pdf"; ``hidden``: with nobody's name in it."""
        title = self.covered if hidden and self.covered else self.title
        plain = re.sub(r"[^\w]+", "-", title.lower()).strip("-")
        return f"{plain[:80] or 'sheet'}.pdf"

    def texts(self) -> list[str]:
        return [text for page in self.pages for text in page.texts()]


SIZES = {
    "A4": QPageSize.PageSizeId.A4,
    "A5": QPageSize.PageSizeId.A5,
    "Letter": QPageSize.PageSizeId.Letter,
}


def page_layout(size: str, turned: bool) -> QPageLayout:
    """Without margins: the sheets keep their own."""
    way = QPageLayout.Orientation.Landscape if turned else QPageLayout.Orientation.Portrait
    layout = QPageLayout(
        QPageSize(SIZES.get(size, QPageSize.PageSizeId.A4)), way, QMarginsF(0, 0, 0, 0)
    )
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout


def paper_points(size: str, turned: bool) -> tuple[float, float]:
    rect = page_layout(size, turned).fullRect(QPageLayout.Unit.Point)
    return rect.width(), rect.height()


class Type:
    """Fonts of one size, and how long texts are in them. One object per thread."""

    def __init__(self, family: str, size: float) -> None:
        self.family, self.size = family, size
        self._metrics: dict[Face, QFontMetricsF] = {}
        self._lengths: dict[tuple[Face, str], float] = {}

    def font(self, face: Face) -> QFont:
        return make_font(self.family, self.size, face)

    def _metric(self, face: Face) -> QFontMetricsF:
        found = self._metrics.get(face)
        if found is None:
            found = self._metrics[face] = QFontMetricsF(self.font(face))
        return found

    def line(self, face: Face = "text") -> float:
        """From one line to the next."""
        return self.size * SCALES[face] * 1.28

    def length(self, text: str, face: Face = "text") -> float:
        key = face, text
        found = self._lengths.get(key)
        if found is None:
            # measured at ten times the size: small fonts are rounded to whole pixels by some
            found = self._lengths[key] = self._metric(face).horizontalAdvance(text) / ENLARGED
        return found

    def wrapped(self, text: str, width: float, face: Face = "text", most: int = 0) -> list[str]:
        """Lines no wider than ``width``, every letter of the text on one of them; a word that is
        too long is broken. ``most`` lines at most, the last ends in "…"."""
        lines: list[str] = []
        for piece in text.split("\n"):
            lines += self._wrapped(piece, width, face)
        if most and len(lines) > most:
            lines = lines[:most]
            lines[-1] = self.elided(f"{lines[-1]}…", width, face)
        return lines

    def _wrapped(self, text: str, width: float, face: Face) -> list[str]:
        if self.length(text, face) <= width:
            return [text] if text else []
        lines, line = [], ""
        for word in (part for part in text.split(" ") if part):
            longer = f"{line} {word}" if line else word
            if self.length(longer, face) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while self.length(line, face) > width and len(line) > 1:
                cut = self._fitting(line, width, face)
                lines.append(line[:cut])
                line = line[cut:]
        return [*lines, line] if line else lines

    def _fitting(self, text: str, width: float, face: Face) -> int:
        """How many letters of a long word stay on the line: up to where it may be parted, if it
        may."""
        low, high = 1, len(text) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self.length(text[:middle], face) <= width:
                low = middle
            else:
                high = middle - 1
        parted = max(text.rfind(sign, 1, low) for sign in "-\N{NO-BREAK SPACE}")
        return parted + 1 if parted > 0 else low

    def elided(self, text: str, width: float, face: Face = "text") -> str:
        if self.length(text, face) <= width:
            return text
        plain = text.rstrip("…")
        while plain and self.length(f"{plain}…", face) > width:
            plain = plain[:-1]
        return f"{plain.rstrip()}…"


ENLARGED = 10.0


def make_font(family: str, size: float, face: Face, enlarged: float = ENLARGED) -> QFont:
    """``size`` in points of the paper; a painter at ``1 / enlarged`` shows it so."""
    font = QFont()
    if family:
        font.setFamilies([family, *QFont().families()])
    font.setPixelSize(max(1, round(size * SCALES[face] * enlarged)))
    font.setWeight(QFont.Weight.DemiBold if face in HEAVY else QFont.Weight.Normal)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # signs drawn by their neighbours ("10:15") and figures of one width have no letter in a PDF
    # and cannot be searched for or copied
    font.setFeature(QFont.Tag("calt"), 0)
    font.setFeature(QFont.Tag("tnum"), 0)
    return font
