"""Public holidays of a year, proposed as closures: each one accepted or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clinic_desk.domain.appointments import OCCUPYING, Status
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.domain.templates import Holiday
from clinic_desk.services.commands import SaveRecords
from clinic_desk.services.holiday_ports import PublicHolidays
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import Cell
from clinic_desk.services.wording import day_text


class Decision(StrEnum):
    UNDECIDED = "undecided"
    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class HolidayProposal:
    """A public holiday and what the clinic does on it. ``row`` is the closure that says so (one
    made by hand for that day counts), ``visits`` those booked on the day and not cancelled."""

    day: date
    name: str
    source: str
    decision: Decision
    row: Holiday | None = None
    visits: tuple[Cell, ...] = ()


def proposals(
    queries: Queries,
    port: PublicHolidays,
    country: str,
    subdivision: str,
    year: int,
    location_id: Id | None = None,
) -> tuple[HolidayProposal, ...]:
    """Every public holiday of a year by date; for one site with ``location_id``, for the whole
    clinic without. A site that closes with the whole clinic is shown as closed. Raises
    ``Refusal`` for a country, part or year that is not known."""
    roster = queries.roster()
    found = port.of(country, subdivision, year, roster.practice.locale)
    if not found:
        return ()
    rows = [
        row
        for row in roster.holidays
        if row.location_id in (None, location_id) and (row.whole_day or row.source)
    ]
    booked = _booked(queries, found[0][0], found[-1][0], location_id)
    made = []
    for day, name, source in found:
        row = _row(rows, day, source, location_id)
        decision = Decision.UNDECIDED
        if row is not None:
            decision = Decision.CLOSED if row.closed else Decision.OPEN
        made.append(HolidayProposal(day, name, source, decision, row, booked.get(day, ())))
    return tuple(made)


def _row(rows: list[Holiday], day: date, source: str, location_id: Id | None) -> Holiday | None:
    """The site's own answer before the whole clinic's; the one proposed so before others."""
    here = [row for row in rows if row.day == day]
    here.sort(key=lambda row: (row.location_id != location_id, row.source != source, row.id))
    return here[0] if here else None


def _booked(
    queries: Queries, first: date, last: date, location_id: Id | None
) -> Mapping[date, tuple[Cell, ...]]:
    """Visits by the local day of their site, one read for the whole year."""
    roster = queries.roster()
    days: dict[date, list[Cell]] = {}
    for cell in queries.cells(first, last, list(roster.doctors)):
        if cell.status not in OCCUPYING or cell.status is Status.HELD:
            continue
        if location_id not in (None, cell.location_id):
            continue
        place = roster.locations.get(cell.location_id)
        zone = place.zone if place is not None else roster.practice.zone
        days.setdefault(local_date(cell.start, zone), []).append(cell)
    return {day: tuple(cells) for day, cells in days.items()}


def decide(proposal: HolidayProposal, closed: bool, location_id: Id | None = None) -> SaveRecords:
    """The command that accepts a proposal (the clinic, or the site, is closed) or declines it; an
    earlier decision for the same place is changed."""
    row = proposal.row
    own = row is not None and row.location_id == location_id
    record = Holiday(
        id=row.id if row is not None and own else "",
        revision=row.revision if row is not None and own else 0,
        day=proposal.day,
        name=row.name if row is not None and own else proposal.name,
        location_id=location_id,
        source=proposal.source,
        closed=closed,
    )
    verb = "Close on" if closed else "Work on"
    return SaveRecords(
        records=(record,),
        label=f"{verb} {proposal.name}, {day_text(proposal.day)} {proposal.day.year}",
    )
