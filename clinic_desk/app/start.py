"""Starting the window: ``run``, ``demo`` and ``tour``."""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desk.app import crash, display, logs, paths
from clinic_desk.app.cli import Answer
from clinic_desk.app.progress import Meter
from clinic_desk.domain.errors import Fault
from clinic_desk.ui.runtime.one_window import OneWindow
from clinic_desk.ui.runtime.unread_sources import leave_unread

if TYPE_CHECKING:
    from clinic_desk.app.container import Container
    from clinic_desk.ui.front_door import FrontDoor

MORNING = datetime(2026, 11, 24, 10, 24, tzinfo=UTC)
"""When the tour begins: a Tuesday at 10:24 in the demo clinic."""


def run(options: argparse.Namespace) -> int:
    return _window(options, with_demo=False)


def demo(options: argparse.Namespace) -> Answer | int:
    if not options.no_window:
        return _window(options, with_demo=True)
    from clinic_desk.app import demo_store

    with Meter("Making the demo clinic") as meter:
        made = demo_store.make(
            options.data, meter, abroad=options.abroad, messages=True, accounts=True
        )
    word = "Made a demo clinic in" if made else "There is a clinic already in"
    return Answer({}, [f"{word} {paths.data_folder(options.data).root}"])


def _window(options: argparse.Namespace, *, with_demo: bool) -> int:
    """The clinic is opened (made, upgraded) on another thread, while the window says so."""
    leave_unread()  # before the store's modules, of which there are as many as of the window's
    _need_display()
    folder = paths.data_folder(options.data)
    folder.create()
    seat = OneWindow(folder.root)
    if not options.another_window and not seat.take():
        return _shown(seat, options)
    logs.set_up(folder.logs, verbose=options.verbose)
    watch = crash.Watch(folder.logs)
    # What is loaded until the day is on the screen stays: looking it through for garbage, again
    # and again while it grows, is a tenth of the start. ``run_opening`` goes on with it.
    gc.disable()
    from clinic_desk.app import first_run, rescuing
    from clinic_desk.app.container import build, ends_before
    from clinic_desk.ui.application import run_opening

    opened: list[Container] = []

    def open_clinic() -> Container:
        if with_demo:
            from clinic_desk.app import demo_store

            with Meter("Making the demo clinic") as meter:
                demo_store.make(
                    options.data, meter, abroad=options.abroad, messages=True, accounts=True
                )
        rescuing.check_present(folder)
        container = build(options.data)
        first_run.set_up(container)
        opened.append(container)
        return container

    def settled(door: FrontDoor) -> None:
        from clinic_desk.app.metrics import Metrics

        _settled(door, seat, watch, options)
        meters = Metrics(opened[-1])
        ends_before.append(meters.stop)
        meters.start()

    try:
        return run_opening(
            open_clinic,
            paths.resources(),
            sys.argv[:1],
            view=_view(options),
            doctor=options.doctor,
            back=options.back,
            ready=settled,
            rescue=lambda: rescuing.rescuer(folder),
            unlock=lambda text: _unlock(folder.database, text),
        )
    finally:
        gc.enable()
        watch.end()
        logs.tear_down()
        seat.leave()


def _unlock(database: Path, text: str) -> str:
    """With the recovery key that somebody typed; see ``app.encryption.unlock``."""
    from clinic_desk.app.encryption import unlock
    from clinic_desk.app.store_keys import keeper

    return unlock(database, text, keeper())


def _view(options: argparse.Namespace) -> str:
    return options.view or ("doctor" if options.doctor else "")


def _shown(seat: OneWindow, options: argparse.Namespace) -> int:
    """The window that is there comes to the front; raises ``Fault("running")`` when it does not
    answer."""
    if seat.knock({"view": _view(options), "doctor": options.doctor}):
        return 0
    raise Fault(
        "running",
        "Clinic Desk is running on this clinic already, but its window does not answer. Close it, "
        "or end the program with the system's task manager, and start again.",
    )


def _settled(
    door: FrontDoor, seat: OneWindow, watch: crash.Watch, options: argparse.Namespace
) -> None:
    """What a window needs once nobody waits for it any more, whoever's it is: a door for a second
    start, and somebody who starts it again should it fall."""
    from clinic_desk.ui.main_window import whereabouts

    folder = paths.data_folder(options.data)
    if not options.another_window:
        seat.open_door(lambda wish: whereabouts.come_forward(door.on_screen, wish))
    again = [options.command, "--data", str(folder.root)]
    if options.another_window:
        again.append("--another-window")
    watch.guard(again, folder.logs)
    whereabouts.follow(door.on_screen, watch.note)
    door.fresh.connect(lambda window: whereabouts.follow(window, watch.note))
    reports = crash.collect(folder.logs)
    if reports or options.back:
        whereabouts.tell_of_fall(door.on_screen, folder.logs / crash.REPORTS)


def tour(options: argparse.Namespace) -> int:
    """In a clinic of its own, which is thrown away; ``--data`` names another folder to make it in
    and keep."""
    from clinic_desk.app import demo_store, identity
    from clinic_desk.app.clock import ShiftedClock, Uuid7
    from clinic_desk.app.container import build

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    scratch = Path(tempfile.mkdtemp(prefix="clinic-desk-"))
    data = scratch if options.data is None else Path(options.data)
    opened: list[Container] = []
    clock = ShiftedClock(MORNING)

    def factory() -> Container:
        with Meter("Making the demo clinic") as meter:
            # the tour fills its own waiting list
            demo_store.make(data, meter, clock, waiting=False, messages=True, accounts=True)
        named = paths.data_folder(data).identity
        identity.settle(named, Uuid7(), desk="Front desk 1", person="Maria")
        container = build(data, clock=clock)
        opened.append(container)
        logs.set_up(container.data.logs, verbose=options.verbose)
        return container

    try:
        from clinic_desk.ui.tour import run_tour

        return run_tour(factory, options.out, everything=options.everything)
    finally:
        for container in opened:
            container.close()
        logs.tear_down()
        shutil.rmtree(scratch, ignore_errors=True)


def _need_display() -> None:
    """Raises ``Fault("no_display")`` where Qt would end the process without a word."""
    if not display.reachable():
        raise Fault(
            "no_display",
            "There is no display here, so the window cannot open. "
            "“clinic-desk tour” shows the program without one.",
        )
