"""The tour: the real program, driven offscreen, with pictures and a transcript.

The same code makes the pictures of the README and the user guide, and tries out the packaged
program.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinic_desk.ui.application import Clinic

__all__ = ["run_tour"]

SIZE = (1920, 1080)


def run_tour(open_clinic: Callable[[], Clinic], out: Path, *, everything: bool = False) -> int:
    """Drives the program on the clinic that ``open_clinic`` gives, which it changes; the caller
    closes it. Writes numbered pictures and ``transcript.txt`` to ``out``, replacing those of an
    earlier tour; ``everything``: every screen as well, small and large, by day and by night.
    Answers 0, or 1 when a step did not have its effect."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import qInstallMessageHandler

    from clinic_desk.ui import application
    from clinic_desk.ui.front_door import FrontDoor
    from clinic_desk.ui.look import style
    from clinic_desk.ui.look.assets import Assets
    from clinic_desk.ui.look.theme import Theme
    from clinic_desk.ui.runtime import runtime_guard
    from clinic_desk.ui.runtime.collecting import Collecting
    from clinic_desk.ui.runtime.starting import Read
    from clinic_desk.ui.tour.driver import Driver, TourFailed
    from clinic_desk.ui.tour.story import Story

    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("[0-9][0-9]-*.png"), out / "transcript.txt"]:
        old.unlink(missing_ok=True)
    app = application.application(["clinic-desk"])
    collecting = Collecting(app)
    qInstallMessageHandler(_qt_says)
    unusable = runtime_guard.check()
    if unusable is not None:
        print(unusable, file=sys.stderr)
        return 1
    clinic = open_clinic()
    theme = Theme(Assets(clinic.resources))
    style.apply(app, theme)
    house = FrontDoor(
        clinic, lambda seat, values, roster: application.build_window(seat, theme, values, roster),
        Read.of(clinic),
    )  # fmt: skip
    window = house.open()
    theme.reduced_motion = True  # a picture taken in the middle of a movement shows nothing
    collecting.start()
    operations = window.context.operations
    driver = Driver(window, out, lambda line: print(line, flush=True), lambda: operations.asking)
    try:
        window.resize(*SIZE)
        window.show()
        window.activateWindow()
        asked = window.context.operations.queries  # as who is logged in may read
        story = Story(driver, window, asked, clinic.maintenance, clinic.clock)
        story.everything = everything
        story.tell()
    except TourFailed as failure:
        driver.failed(str(failure))
        driver.picture("failed")
        return 1
    finally:
        house.end(application.shut)
        collecting.stop()
        qInstallMessageHandler(None)
    print(f"\n{len(driver.pictures)} pictures and transcript.txt are in {out}", flush=True)
    return 0


def _qt_says(_kind: object, _context: object, message: str) -> None:
    """The offscreen platform tells of each thing that only a window manager can do."""
    if not message.startswith("This plugin does not support"):
        print(message, file=sys.stderr)
