"""Whether the screen is locked: what speaks, rings or opens by itself asks here first.

One for the whole program, as there is one pair of eyes before the screen.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Lock(QObject):
    """``changed`` carries whether it is locked. ``page`` is the one thing that may speak then."""

    changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.on = False
        self.page: QObject | None = None

    def close(self, page: QObject) -> None:
        was, self.on, self.page = self.on, True, page
        if not was:
            self.changed.emit(True)

    def open(self) -> None:
        if self.on:
            self.on, self.page = False, None
            self.changed.emit(False)

    def silent(self, source: QObject) -> bool:
        """Whether this one has nothing to say now."""
        if not self.on:
            return False
        above: QObject | None = source
        while above is not None:
            if above is self.page:
                return False
            above = above.parent()
        return True


LOCK = Lock()
"""The one lock of the program."""
