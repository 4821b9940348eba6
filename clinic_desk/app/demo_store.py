"""Making a demo clinic in a folder: all of it or none, however the making ends."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from clinic_desk.app import demo, demo_clinic, demo_staff, paths
from clinic_desk.app.clock import SystemClock, Uuid7
from clinic_desk.app.demo_messages import FOLDER, Telling
from clinic_desk.app.demo_money import TurnedClock
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Clock
from clinic_desk.integrations.passwords import Argon2Passwords
from clinic_desk.services.ports import Progress
from clinic_desk.store.opening import open_store

LEFTOVER_SECONDS = 86_400


def make(
    data: Path | None,
    progress: Progress | None = None,
    clock: Clock | None = None,
    *,
    abroad: bool = False,
    waiting: bool = True,
    money: bool = True,
    messages: bool = False,
    accounts: bool = False,
) -> bool:
    """False when the folder already holds a clinic, which is then left alone. ``accounts``: with
    those of ``demo_staff``, so that nobody works there without a log-in. ``messages``: patients are
    told of their visits, into the folder "messages" beside the clinic's file.

    The clinic is made in a folder of its own and moved into place when it is complete. Raises
    ``Refusal("stopped")`` when the progress asked to stop, ``Fault`` for the machine's reasons."""
    folder = paths.data_folder(data)
    folder.create()
    if folder.database.exists():
        return False
    _clear_leftovers(folder.root)
    making = folder.root / f"making-{os.getpid()}"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    try:
        turned, new_id = TurnedClock(clock or SystemClock()), Uuid7()
        store = open_store(making / folder.database.name, paths.migrations(), turned, new_id)
        maker = demo_clinic.made_by(new_id)
        people = demo_staff.People(Argon2Passwords()) if accounts else None
        try:
            complete = demo.create(
                store,
                turned,
                new_id,
                progress,
                abroad=abroad,
                waiting=waiting,
                money=turned if money else None,
                messages=Telling(turned, store.queries, folder.root / FOLDER) if messages else None,
                maker=maker,
            )
            if complete and people is not None:
                people.add(store, turned, new_id, maker)
        finally:
            if people is not None:
                people.close()
            store.close()
        if not complete:
            raise Refusal("stopped", "The demo clinic was not finished, so nothing of it is kept.")
        return _put(making / folder.database.name, folder.database)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _put(made: Path, place: Path) -> bool:
    """Never over a clinic that came there meanwhile: False then."""
    try:
        os.link(made, place)  # fails where there is a file, unlike a rename
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if place.exists():
            return False
        made.rename(place)
    return True


def _clear_leftovers(root: Path) -> None:
    """What a making that was killed left behind."""
    for folder in root.glob("making-*"):
        if time.time() - folder.stat().st_mtime > LEFTOVER_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
