"""Phone numbers grouped for reading, without making the first picture wait.

Grouping needs metadata that takes longer to load than a day to paint. So the first picture shows
numbers as they are stored; a reader thread loads the metadata, and the next picture groups them.
"""

from __future__ import annotations

from collections.abc import Iterable

from clinic_desk.services.views import Cell
from clinic_desk.ui.runtime.formatting import phone_text

_ready: list[bool] = []


def shown_phone(number: str) -> str:
    """Grouped once ``learn`` has been through, as stored before that."""
    return phone_text(number) if _ready else number


def learn(cells: Iterable[Cell]) -> None:
    """Prepares these numbers; slow the first time: call it off the main thread."""
    for cell in cells:
        if cell.phone:
            phone_text(cell.phone)
    if not _ready:
        _ready.append(True)


def learned() -> bool:
    return bool(_ready)
