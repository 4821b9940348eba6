"""A desk with the real store, the real write gate and the demo clinic, at a fixed moment."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QApplication

from clinic_desk.app import demo
from clinic_desk.app.clock import Uuid7
from clinic_desk.domain.events import Actor
from clinic_desk.services.desk import Desk
from clinic_desk.store.opening import ClinicStore, open_store
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Operations
from tests.fakes.clock import FixedClock
from tests.fakes.once import once

MIGRATIONS = Path(__file__).parents[2] / "migrations"
TUESDAY = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)
"""Tuesday 24 November 2026, 10:42 in London."""


def _demo_file(*, abroad: bool = False) -> Path:
    """Made once per run; every test works on its own copy."""

    def make(folder: Path) -> None:
        clock = FixedClock(TUESDAY)
        store = open_store(folder / "clinic.db", MIGRATIONS, clock, Uuid7())
        demo.create(store, clock, Uuid7(), abroad=abroad)
        store.close()

    return once("demo-abroad" if abroad else "demo", make) / "clinic.db"


@dataclass(slots=True)
class FrontDesk:
    store: ClinicStore
    clock: FixedClock
    desk: Desk
    operations: Operations
    context: Context

    def other_desk(self) -> Desk:
        """Maria at another computer, on the same file."""
        new_id = Uuid7()
        actor = Actor(
            staff_id=new_id(), name="Maria", desk_id=new_id(), session_id=new_id(), kind="staff"
        )
        return Desk(self.store, self.clock, new_id, actor)

    def settle(self, until: Callable[[], object], seconds: float = 60.0) -> None:
        """Let the window live until something is so; fails the test when it never is."""
        end = time.monotonic() + seconds
        while not until():
            QApplication.processEvents()
            time.sleep(0.002)
            assert time.monotonic() < end, "it never came"
        QApplication.processEvents()

    def close(self) -> None:
        self.operations.shutdown()
        QApplication.processEvents()
        self.store.close()


def open_desk(
    folder: Path, theme: Theme, now: datetime = TUESDAY, *, abroad: bool = False
) -> FrontDesk:
    """The demo clinic in ``folder``; close it after use."""
    path = folder / "clinic.db"
    shutil.copyfile(_demo_file(abroad=abroad), path)
    clock, new_id = FixedClock(now), Uuid7()
    actor = Actor(
        staff_id=new_id(), name="M. Keller", desk_id=new_id(), session_id=new_id(), kind="staff"
    )
    store = open_store(path, MIGRATIONS, clock, new_id, desk_id=actor.desk_id)
    desk = Desk(store, clock, new_id, actor)
    operations = Operations(desk, store.queries)
    context = Context(operations, clock, actor, new_id, theme)
    return FrontDesk(store, clock, desk, operations, context)
