"""Keeps the day's board true: reads it when something was written, and with every minute."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from clinic_desk.domain.ids import Id
from clinic_desk.services import flow_board
from clinic_desk.services.flow_board import Board
from clinic_desk.services.outcome import Changes
from clinic_desk.services.ports import Queries
from clinic_desk.ui.flow.cards import Limits
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import local_day

MATTERS = frozenset(
    {
        "appointment", "patient", "doctor_delay", "doctor", "room", "location", "appointment_type",
        "schedule_template", "practice", "external",
    }
)  # fmt: skip
PAUSE = 30
"""Milliseconds: one command may announce itself twice."""


class FlowSource(QObject):
    """``read_done``: ``board`` is newer. ``failed`` carries the error. Reads only while somebody
    ``looks``: each looker calls ``look(self)`` and ``leave(self)``. The day is today's, by the
    clock of the clinic."""

    read_done = Signal()
    failed = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.board: Board | None = None
        self.limits = Limits()
        self._lookers: set[int] = set()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.read)
        self._minute = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._minute.timeout.connect(self._tick)
        context.operations.changed.connect(self._on_changes)

    def look(self, looker: QObject) -> None:
        self._lookers.add(id(looker))
        self._arm()
        self.read()

    def leave(self, looker: QObject) -> None:
        self._lookers.discard(id(looker))
        if not self._lookers:
            self._minute.stop()
            self._pause.stop()

    def use(self, limits: Limits) -> None:
        if limits != self.limits:
            self.limits = limits
            if self._lookers:
                self.read()

    def day(self) -> date:
        """Today, by the clock of the clinic as it was read last."""
        zone = self.board.roster.practice.zone if self.board is not None else "UTC"
        return local_day(self._context.clock.now(), zone)

    def read(self) -> None:
        self._pause.stop()
        now, limits = self._context.clock.now(), self.limits

        def look(queries: Queries) -> Board:
            zone = queries.roster().practice.zone
            return flow_board.read(
                queries,
                local_day(now, zone),
                now,
                missing_after=limits.missing,
                worth_a_call=limits.call,
            )

        self._context.operations.ask(
            look, done=self._take, failed=self.failed.emit, key=f"flow:{id(self)}"
        )

    def _take(self, board: Board) -> None:
        self.board = board
        if self._lookers:
            day = self.day()
            self._context.operations.looked_at_days(day, day, self.doctors())
        self.read_done.emit()

    def _on_changes(self, changes: Changes) -> None:
        if self._lookers and changes.kinds & MATTERS:
            self._pause.start()

    def _tick(self) -> None:
        self._arm()
        self.read()

    def _arm(self) -> None:
        now = self._context.clock.now()
        into = now.second * 1000 + now.microsecond // 1000
        self._minute.start(60_000 - into + 5)

    def doctors(self) -> tuple[Id, ...]:
        """Who has visits today, in the order of the columns of the calendar."""
        if self.board is None:
            return ()
        roster = self.board.roster
        found = {cell.doctor_id for cell in self.board.flow.cells}
        rows = [row for row in roster.doctors.values() if row.id in found]
        return tuple(r.id for r in sorted(rows, key=lambda r: (r.position, r.name, r.id)))
