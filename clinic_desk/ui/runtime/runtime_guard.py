"""Refuses a Qt binding that loses references to ``None``.

PySide6 6.12.0 on Python 3.10 and 3.11 drops one reference to ``None`` in almost every call that
returns nothing; after some 7,000 of them the process aborts in the middle of painting. The wheel
claims to support these versions, so an installation without our lock can end up with it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import PySide6
from PySide6.QtWidgets import QWidget

CALLS = 1_000
#: Other threads move the count a little; the fault moves it by one in every call.
TOLERATED = CALLS // 4


def check(count: Callable[[], int] | None = None) -> str | None:
    """A plain message when references leak, None when all is well.

    Needs a QApplication; takes under a millisecond. ``count`` tells the references to ``None``.
    """
    references = count or (lambda: sys.getrefcount(None))
    widget = QWidget()
    show = widget.setVisible
    before = references()
    for _ in range(CALLS):
        show(False)
    lost = before - references()
    widget.deleteLater()
    if lost <= TOLERATED:
        return None
    python = ".".join(map(str, sys.version_info[:3]))
    return (
        f"This combination of PySide6 {PySide6.__version__} and Python {python} cannot be used: "
        f"it lost {lost} object references in {CALLS:,} calls and would soon end without warning. "
        "Install PySide6-Essentials older than 6.12, or use Python 3.12 or newer."
    )
