"""Lets held slots go when their time is over, whatever page is shown."""

from __future__ import annotations

import logging
from datetime import datetime

from PySide6.QtCore import QObject, QTimer

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services import caller_holds
from clinic_desk.services.commands import ReleaseExpiredHolds
from clinic_desk.services.outcome import Changes
from clinic_desk.ui.runtime.context import Context

log = logging.getLogger(__name__)

SOON, LATE = 250, 60_000
"""Milliseconds: what has just run out is asked about again, and a long wait is looked at anew, for
the clock may be set meanwhile."""


class HoldWatch(QObject):
    """A timer to the next end of a hold of any desk. Every desk may let go of what has run out,
    and the first to do so spares the others."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._end: datetime | None = None
        self._releasing = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._due)
        context.operations.changed.connect(self._on_changes)

    @property
    def next_end(self) -> datetime | None:
        """When it will look again; aware UTC."""
        return self._end

    def look(self) -> None:
        """Asks when the next hold ends."""
        self._context.operations.ask(caller_holds.next_end, done=self._arm, key="hold-watch")

    def stop(self) -> None:
        self._timer.stop()

    def _on_changes(self, changes: Changes) -> None:
        if changes.kinds & {"appointment", "external"}:
            self.look()

    def _arm(self, end: datetime | None) -> None:
        if self._end is not None and self._context.clock.now() >= self._end:
            self._due()  # what has run out is held no more, and so is not named any more
            return
        self._end = end
        if end is None:
            self._timer.stop()
            return
        rest = (end - self._context.clock.now()).total_seconds()
        self._timer.start(max(SOON, min(LATE, round(rest * 1000) + 20)))

    def _due(self) -> None:
        if self._end is None or self._releasing:
            return
        if self._context.clock.now() < self._end:
            self._arm(self._end)
            return
        self._releasing, self._end = True, None

        def over() -> None:
            self._releasing = False
            self.look()

        def failed(error: ClinicDeskError) -> None:
            # the next command of any desk lets go of them too, and so does the next minute
            self._releasing = False
            log.warning("holds were not released: %s", type(error).__name__)

        self._context.operations.run(
            ReleaseExpiredHolds(initiator="hold-watch"),
            done=lambda _outcome: over(),
            refused=failed,
        )
