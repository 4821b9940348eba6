"""Starting the window: ``run``, ``demo`` and ``tour``."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from clinic_desk.app import logs
from clinic_desk.app.cli import Answer
from clinic_desk.app.progress import Meter
from clinic_desk.domain.errors import Fault


def run(options: argparse.Namespace) -> int:
    from clinic_desk.app import first_run
    from clinic_desk.app.container import build

    _need_display()
    container = build(options.data)
    try:
        logs.set_up(container.data.logs, verbose=options.verbose)
        first_run.set_up(container)
        from clinic_desk.ui.application import run as open_window

        return int(open_window(container, sys.argv))
    finally:
        container.close()


def demo(options: argparse.Namespace) -> Answer | int:
    from clinic_desk.app import demo_store, paths

    if not options.no_window:
        _need_display()
    with Meter("Making the demo clinic") as meter:
        made = demo_store.make(options.data, meter)
    if options.no_window:
        folder = paths.data_folder(options.data).root
        word = "Made a demo clinic in" if made else "There is a clinic already in"
        return Answer({}, [f"{word} {folder}"])
    return run(options)


def tour(options: argparse.Namespace) -> int:
    """In a clinic of its own, which is thrown away; ``--data`` names another folder to make it in
    and keep."""
    from clinic_desk.app import demo_store
    from clinic_desk.app.container import Container, build

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    scratch = Path(tempfile.mkdtemp(prefix="clinic-desk-"))
    data = scratch if options.data is None else Path(options.data)
    opened: list[Container] = []

    def factory() -> Container:
        with Meter("Making the demo clinic") as meter:
            demo_store.make(data, meter)
        container = build(data)
        opened.append(container)
        logs.set_up(container.data.logs, verbose=options.verbose)
        return container

    try:
        from clinic_desk.ui.tour import run_tour

        return int(run_tour(factory, options.out))
    finally:
        for container in opened:
            container.close()
        logs.tear_down()
        shutil.rmtree(scratch, ignore_errors=True)


def _need_display() -> None:
    """Raises ``Fault("no_display")`` where Qt would end the process without a word."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return
    raise Fault(
        "no_display",
        "There is no display here, so the window cannot open. "
        "“clinic-desk tour” shows the program without one.",
    )
