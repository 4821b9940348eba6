"""Making a demo clinic in a folder: all of it or none, however the making ends."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from clinic_desk.app import demo, paths
from clinic_desk.app.clock import SystemClock, Uuid7
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Clock
from clinic_desk.services.ports import Progress
from clinic_desk.store.opening import open_store


def make(data: Path | None, progress: Progress | None = None, clock: Clock | None = None) -> bool:
    """False when the folder already holds a clinic, which is then left alone.

    The clinic is made in a folder of its own and moved into place when it is complete. Raises
    ``Refusal("stopped")`` when the progress asked to stop, ``Fault`` for the machine's reasons."""
    folder = paths.data_folder(data)
    folder.create()
    if folder.database.exists():
        return False
    making = folder.root / f"making-{os.getpid()}"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    try:
        clock, new_id = clock or SystemClock(), Uuid7()
        store = open_store(making / folder.database.name, paths.migrations(), clock, new_id)
        try:
            complete = demo.create(store, clock, new_id, progress)
        finally:
            store.close()
        if not complete:
            raise Refusal("stopped", "The demo clinic was not finished, so nothing of it is kept.")
        (making / folder.database.name).rename(folder.database)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return True
