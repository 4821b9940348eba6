"""Where the window is, in words that a start after a fall understands: a page and a day.

Nobody's name and no id is in it: a patient's page comes back as the calendar.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from clinic_desk.ui.runtime.page_table import PAGES

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow

NAMELESS = frozenset(PAGES) - {"patient", "series", "absence", "wizard"}
"""Pages that are whole without being told whom they are about."""


def where(window: MainWindow) -> dict[str, str]:
    page = window.centre.page
    said = {"page": page if page in NAMELESS else "", "day": window.day.isoformat()}
    return {"back": json.dumps(said)}


def follow(window: MainWindow, note: Callable[[Mapping[str, str]], None]) -> None:
    """``note`` hears where the window is, now and whenever that changes."""

    def tell(*_: object) -> None:
        note(where(window))

    window.centre.page_changed.connect(tell)
    window.page.day_changed.connect(tell)
    tell()


def go_back(window: MainWindow, said: str) -> None:
    """To what ``where`` answered once; what cannot be read any more is left alone."""
    try:
        place = json.loads(said)
        day = date.fromisoformat(place["day"])
        page = str(place["page"])
    except (ValueError, KeyError, TypeError):
        return
    window.go_to(day)
    if page in NAMELESS:
        window.show_page(page)


def come_forward(window: MainWindow, wish: Mapping[str, str]) -> None:
    """Somebody started the program once more: here is its window, with the page wished for."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    if wish.get("view") in PAGES:
        window.show_page(wish["view"], wish.get("doctor") or None)


def tell_of_fall(window: MainWindow, reports: Path) -> None:
    window.telling.warn(
        "Clinic Desk ended unexpectedly and was started again. What was saved is safe. A report "
        f"without patients’ data is in {reports}."
    )
