"""Who has the keyboard. A window that closes gives it back a moment later."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QApplication, QWidget

PATIENCE = 60.0
"""Seconds; a machine under load is slow, never wrong."""


def focused() -> QWidget:
    """The widget with the focus, as soon as one has it."""
    end = time.monotonic() + PATIENCE
    while (found := QApplication.focusWidget()) is None:
        QApplication.processEvents()
        time.sleep(0.002)
        assert time.monotonic() < end, "nothing has the focus"
    return found
