"""Makes the backups of the plan while the window is open, and knows how old the last one is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.backup_ports import AUTO, BackupPlan, Backups, MadeBackup
from clinic_desk.services.backup_schedule import Age, age_of, due, pause_after
from clinic_desk.ui.backup.plan import KEYS, plan_of
from clinic_desk.ui.backup.runner import Runner
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.settings import Settings

if TYPE_CHECKING:
    from clinic_desk.services.ports import Progress

EVERY = 30_000
"""Milliseconds between two looks at whether a copy is due."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found: the newest good copy, and the one that it made, if one was due."""

    last: datetime | None
    made: MadeBackup | None = None


class BackupWatch(QObject):
    """``told`` comes when anything is known anew: ``last``, ``failing``, ``second_trouble``.
    ``troubled`` carries the error when backups begin to fail, ``second_failed`` the sentence when
    the second place cannot be used for the first time; ``made`` a ``MadeBackup``."""

    told = Signal()
    made = Signal(object)
    troubled = Signal(object)
    second_failed = Signal(str)

    def __init__(
        self,
        context: Context,
        settings: Settings,
        backups: Backups,
        parent: QObject | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._context, self._settings = context, settings
        self._monotonic = monotonic
        self.backups = backups
        self.runner = Runner(self)
        self.last: datetime | None = None
        self.known = False
        """Whether anybody has looked yet."""
        self.failing: ClinicDeskError | None = None
        self.second_trouble = ""
        self._failures = 0
        self._since = monotonic()
        self._again = 0.0
        self._looking = False
        self._timer = QTimer(self, interval=EVERY)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.look)
        settings.changed.connect(self._obey)

    @property
    def plan(self) -> BackupPlan:
        return plan_of(self._settings)

    @property
    def age(self) -> Age:
        now, days = self._context.clock.now(), self._settings.get("backup.warn_days")
        return age_of(self.plan, self.last, now, days)

    def start(self) -> None:
        self._timer.start()
        self.look()

    def stop(self) -> None:
        self._timer.stop()
        self.runner.close()

    def look(self) -> None:
        """One look now; a look under way is enough, and another person's window that waits in
        the background leaves it to the one on the screen."""
        window = self.parent()
        if self._looking or (isinstance(window, QWidget) and window.isHidden()):
            return
        self._looking = True
        plan, now = self.plan, self._context.clock.now()
        waited = self._monotonic() - self._since
        patient = self._monotonic() < self._again
        actor = self._context.actor

        def work(progress: Progress) -> Look:
            if actor.session_id:  # somebody has logged in
                self.backups.settle(actor)
            last = self.backups.last_good()
            if patient or not due(plan, last, now, waited):
                return Look(last)
            made = self.backups.make(plan, AUTO, progress)
            return Look(made.copy.made_at, made)

        self.runner.run("", work, done=self._looked, failed=self._not_looked, quiet=True)

    def back_up(
        self,
        why: str,
        done: Callable[[MadeBackup], None],
        failed: Callable[[ClinicDeskError], None],
    ) -> None:
        """A copy now, whatever the plan says."""
        plan = self.plan

        def made(copy: MadeBackup) -> None:
            self._is_made(copy)
            done(copy)

        self.runner.run(
            "Backing up…",
            lambda progress: self.backups.make(plan, why, progress),
            done=made,
            failed=failed,
        )

    def _looked(self, look: Look) -> None:
        self._looking = False
        self.known = True
        if look.made is not None:
            self._is_made(look.made)
            return
        if look.last != self.last:
            self._since = self._monotonic()
        self.last = look.last
        self.told.emit()

    def _is_made(self, made: MadeBackup) -> None:
        self.known = True
        self.last = made.copy.made_at
        self._since = self._monotonic()
        self._failures, self._again, self.failing = 0, 0.0, None
        began = bool(made.trouble) and not self.second_trouble
        self.second_trouble = made.trouble
        self.told.emit()
        self.made.emit(made)
        if began:
            self.second_failed.emit(made.trouble)

    def _not_looked(self, error: ClinicDeskError) -> None:
        self._looking = False
        self.known = True
        self._failures += 1
        self._again = self._monotonic() + pause_after(self._failures)
        began, self.failing = self.failing is None, error
        self.told.emit()
        if began:
            self.troubled.emit(error)

    def _obey(self, key: str) -> None:
        if key == "backup.second":
            self.second_trouble = ""
        if key in KEYS and self._timer.isActive():
            self._again = 0.0
            self.look()
