"""The real program, from its own entry point, until the day's visits are painted.

Nothing of the program is changed: a timer on its event loop looks whether the grid has drawn tiles
of a day that holds visits, tells the time and ends it.
"""

from __future__ import annotations

import sys
import time
from typing import Any

LOOK_EVERY = 2
"""Milliseconds; the answer is late by at most this."""

if __name__ == "__main__":
    began = int(sys.argv[1])
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    loop = QApplication.exec

    def painted(window: Any) -> bool:
        page = getattr(window, "page", None)
        grid = page.grid() if page is not None else None
        if grid is None or grid.slice is None or not grid.slice.cells:
            return False
        return bool(len(grid.surface.tiles))

    def look() -> None:
        for window in QApplication.topLevelWidgets():
            if painted(window):
                print((time.monotonic_ns() - began) / 1e6, flush=True)
                timer.stop()
                window.close()

    def watched(*_given: Any) -> int:
        timer.start(LOOK_EVERY)
        return loop()

    QApplication.exec = watched  # type: ignore[method-assign]
    timer = QTimer()
    timer.timeout.connect(look)
    from clinic_desk.__main__ import main

    sys.exit(main(["run", "--data", sys.argv[2]]))
