"""One doctor's day as the doctor's view shows it: agenda, who is next, what awaits an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Load
from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.flow_forecast import MISSING_AFTER, TO_START
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services import absence, flow_board
from clinic_desk.services.flow_board import Board
from clinic_desk.services.planning_views import TimeOffCard
from clinic_desk.services.views import Cell

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries

OPEN_REQUESTS = frozenset({TimeOffStatus.REQUESTED, TimeOffStatus.APPROVED})
ON_HAND = TO_START - {Status.PENDING}
"""Who may be called in."""

OFF = frozenset({Status.CANCELLED, Status.DECLINED, Status.NO_SHOW})


@dataclass(frozen=True, slots=True)
class DoctorDesk:
    """``board`` is that of the ``day`` on display (a local day), of the whole clinic; ``cells``
    are the doctor's own visits of it, by start. ``today`` is what the clock says. ``queue``: whom
    to call in next, in that order, empty on any other day. ``awaiting`` and ``time_off`` begin
    today. ``load`` is that of ``day``."""

    doctor_id: Id
    day: date
    today: date
    board: Board
    cells: tuple[Cell, ...]
    queue: tuple[Cell, ...]
    awaiting: tuple[Cell, ...]
    time_off: tuple[TimeOffCard, ...]
    load: Load

    @property
    def behind(self) -> int:
        """Minutes the doctor is behind now."""
        return self.board.forecast.lateness.get(self.doctor_id, 0) if self.day == self.today else 0

    @property
    def said(self) -> int:
        """Minutes the doctor said to be late; 0: nothing."""
        row = self.board.flow.delays.get(self.doctor_id)
        return row.minutes if row is not None else 0

    @property
    def in_room(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.status is Status.IN_PROGRESS)

    def find(self, row_id: Id) -> Cell | None:
        return next((c for c in (*self.cells, *self.awaiting) if c.id == row_id), None)


def read(
    queries: Queries,
    doctor_id: Id,
    now: datetime,
    day: date | None = None,
    *,
    missing_after: int = MISSING_AFTER,
) -> DoctorDesk:
    """For ``operations.ask``. ``now`` is aware UTC; ``day`` None is today. Raises ``NotFound`` for
    a doctor whom nobody knows."""
    roster = queries.roster()
    if doctor_id not in roster.doctors:
        raise NotFound("doctor", doctor_id)
    today = local_date(now, roster.practice.zone)
    shown = day or today
    board = flow_board.read(queries, shown, now, missing_after=missing_after)
    cells = tuple(cell for cell in board.flow.cells if cell.doctor_id == doctor_id)
    time_off = tuple(
        card
        for card in reversed(absence.time_off(queries, now))
        if card.request.doctor_id == doctor_id
        and card.request.status in OPEN_REQUESTS
        and card.request.end > now
    )
    loads = (row.load for row in queries.loads(shown, shown) if row.doctor_id == doctor_id)
    return DoctorDesk(
        doctor_id,
        shown,
        today,
        board,
        cells,
        queue_of(board, cells) if shown == today else (),
        queries.awaiting(doctor_id, now),
        time_off,
        next(loads, Load()),
    )


def queue_of(board: Board, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Whom to call in, by their likely start; who may be a no-show comes last."""
    missing, starts = set(board.forecast.missing), board.forecast.starts
    waiting = [cell for cell in cells if cell.status in ON_HAND]
    return tuple(
        sorted(
            waiting,
            key=lambda c: (
                c.id in missing,
                starts.get(c.id, c.start),
                c.status is not Status.ARRIVED,
                c.start,
                c.id,
            ),
        )
    )
