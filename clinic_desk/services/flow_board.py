"""The day's flow as the board, the doctor's view and the wall screen read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from clinic_desk.domain.availability.hours import hours_of
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.flow_forecast import (
    MISSING_AFTER,
    WORTH_A_CALL,
    Forecast,
    PlannedVisit,
    Said,
    forecast,
)
from clinic_desk.services.day_views import FlowDay
from clinic_desk.services.views import Cell

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries


@dataclass(frozen=True, slots=True)
class Board:
    """One day with the roster it belongs to, and what it looked like at ``now`` (aware UTC)."""

    flow: FlowDay
    roster: Roster
    forecast: Forecast
    now: datetime


def read(
    queries: Queries,
    day: date,
    now: datetime,
    *,
    missing_after: int = MISSING_AFTER,
    worth_a_call: int = WORTH_A_CALL,
) -> Board:
    """For ``operations.ask``. ``day`` is the local day of each site."""
    flow, roster = queries.flow_day(day), queries.roster()
    found = predicted(flow, roster, now, missing_after=missing_after, worth_a_call=worth_a_call)
    return Board(flow, roster, found, now)


def predicted(
    flow: FlowDay,
    roster: Roster,
    now: datetime,
    *,
    missing_after: int = MISSING_AFTER,
    worth_a_call: int = WORTH_A_CALL,
) -> Forecast:
    """The forecast of a day that has been read. Reads nothing: any thread, any minute."""
    hours = hours_of(roster)
    doctors = {cell.doctor_id for cell in flow.cells}
    lanes = {
        doctor_id: max(
            (template.max_parallel for template in hours.templates(doctor_id, flow.day)),
            default=1,
        )
        for doctor_id in doctors
    }
    said = {
        doctor_id: Said(row.minutes, row.updated_at)
        for doctor_id, row in flow.delays.items()
        if row.updated_at is not None
    }
    return forecast(
        (planned(flow, cell) for cell in flow.cells),
        now,
        lanes=lanes,
        said=said,
        missing_after=missing_after,
        worth_a_call=worth_a_call,
    )


def planned(flow: FlowDay, cell: Cell) -> PlannedVisit:
    stamps = flow.stamps[cell.id]
    return PlannedVisit(
        id=cell.id,
        doctor_id=cell.doctor_id,
        start=cell.start,
        end=cell.end,
        status=cell.status,
        started=stamps.started,
        completed=stamps.completed,
        before=cell.start - cell.blocked_start,
        after=cell.blocked_end - cell.end,
    )
