"""The real program, from its own entry point, until the day's visits are usable.

Nothing of the program is changed: a timer on its event loop looks, tells the time and ends it. In
a clinic without accounts the day is usable when the grid has drawn tiles of a day that holds
visits. In one with accounts it is the log-in page that a person waits for: it has to take keys,
and the day has to be loaded behind it; what is left then, from Enter on, is ``bench_unlock``.
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

    def usable(window: Any) -> bool:
        from clinic_desk.ui.login.page import LogInPage

        shown = [one for one in window.findChildren(LogInPage) if one.isVisible()]
        page = getattr(window, "page", None)
        if shown and page is not None:
            data = page.grid().slice
            keys = shown[0].secret.hasFocus() or QApplication.focusWidget() is shown[0].secret
            return bool(keys and data is not None and data.cells)
        return painted(window)

    def painted(window: Any) -> bool:
        page = getattr(window, "page", None)
        grid = page.grid() if page is not None else None
        if grid is None or grid.slice is None or not grid.slice.cells:
            return False
        return bool(len(grid.surface.tiles))

    def look() -> None:
        for window in QApplication.topLevelWidgets():
            if usable(window):
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
