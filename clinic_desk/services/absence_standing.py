"""How an absence stands now: what it still hits, and what became of the visits it has hit.

A window that shows a plan asks this after every change, its own or another desk's; an undo is a
change like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Roster, Slot
from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.domain.templates import TimeOffRequest
from clinic_desk.services import absence
from clinic_desk.services.absence_search import approved
from clinic_desk.services.absence_words import zone_name
from clinic_desk.services.commands import MoveAppointment, Reinstate
from clinic_desk.services.ports import Queries
from clinic_desk.services.roster_commands import Together
from clinic_desk.services.time_off import absence_of
from clinic_desk.services.views import Cell
from clinic_desk.services.waitlist_commands import WithdrawFromWaitlist


@dataclass(frozen=True, slots=True)
class Standing:
    """``hits`` still have to go, by start, those on the shelf among them; ``others`` are the
    known visits that it no longer hits, as they are now; ``listed`` are those of them whose
    patient waits on the waiting list for that type, each with that entry. ``loads``
    and ``away`` as of ``AbsencePlan``; ``blocked`` when it is no request but blocked time."""

    request: TimeOffRequest
    roster: Roster
    hits: tuple[Cell, ...]
    others: Mapping[Id, Cell] = field(default_factory=dict)
    listed: Mapping[Id, Id] = field(default_factory=dict)
    loads: Mapping[date, tuple[int, int]] = field(default_factory=dict)
    away: Mapping[date, str] = field(default_factory=dict)
    decided_by: str = ""
    blocked: bool = False
    around: frozenset[tuple[object, ...]] = frozenset()
    """What else lies on the days that were asked about, and the rules: other than before means
    that a proposal may be taken."""


def standing(
    queries: Queries,
    request_id: Id,
    known: Iterable[Id],
    now: datetime,
    proposed: Iterable[Slot] = (),
) -> Standing:
    """``known`` are visits that it has hit before, ``proposed`` the places whose surroundings
    ``around`` tells. Raises ``NotFound`` when the request, or the
    blocked time, is no longer there."""
    stored = queries.roster()
    request = absence_of(stored, request_id)
    if request is None:
        raise NotFound("request for time off", request_id)
    hits = absence.hits(queries, request, now)
    still = {cell.id for cell in hits}
    known, others = tuple(known), {}
    for row_id in known:
        if row_id not in still:
            try:
                others[row_id] = queries.appointment(row_id).cell
            except NotFound:
                continue
    cancelled = [cell for cell in others.values() if cell.status is Status.CANCELLED]
    entries = [card.entry for card in queries.waitlist()] if cancelled else []
    entries.sort(key=lambda entry: entry.id)
    waiting = {(entry.patient_id, entry.type_id): entry.id for entry in entries}  # the newest
    roster = approved(stored, request_id)
    loads, away = absence.strip(queries, roster, request)
    facts = queries.time_off_facts(now).get(request_id)
    return Standing(
        request=request,
        roster=stored,
        hits=hits,
        others=others,
        listed={
            cell.id: waiting[cell.patient_id, cell.type_id]
            for cell in cancelled
            if cell.patient_id and cell.type_id and (cell.patient_id, cell.type_id) in waiting
        },
        loads=loads,
        away=away,
        decided_by=facts.decided_by if facts is not None else "",
        blocked=all(row.id != request_id for row in stored.time_off),
        around=_around(queries, stored, proposed, still | set(known)),
    )


def _around(
    queries: Queries, roster: Roster, proposed: Iterable[Slot], own: Set[Id]
) -> frozenset[tuple[object, ...]]:
    places = {
        (slot.doctor_id, local_date(slot.start, zone_name(roster, slot.location_id)))
        for slot in proposed
    }
    if not places:
        return frozenset()
    doctors = tuple(sorted({doctor for doctor, _ in places}))
    days = [day for _, day in places]
    found: set[tuple[object, ...]] = {
        (cell.id, cell.start, cell.end, cell.doctor_id, cell.room_id)
        for cell in queries.cells(min(days), max(days), doctors)
        if cell.id not in own
    }
    for rule in (*roster.templates, *roster.exceptions, *roster.time_off, *roster.holidays):
        found.add((rule.id, rule.revision))
    return frozenset(found)


def take_back_command(was: Cell, now: Cell, request_id: Id, initiator: str = "") -> MoveAppointment:
    """Moves an accepted visit back into the absence, where it was: it has to be planned again.
    Leave does not stand against that, another visit at that time does."""
    return MoveAppointment(
        appointment_id=was.id,
        expected_revision=now.revision,
        start=was.start,
        end=was.end,
        doctor_id=was.doctor_id,
        location_id=was.location_id,
        room_id=was.room_id,
        asked_by="clinic",
        outside_hours=True,
        undo_run=absence.undo_run(request_id),
        initiator=initiator,
    )


def unlist_command(now: Cell, entry_id: Id, request_id: Id, initiator: str = "") -> Together:
    """Takes the patient off the waiting list again and the visit back into the absence."""
    return Together(
        commands=(
            WithdrawFromWaitlist(entry_id=entry_id, reason="The visit stands again"),
            Reinstate(
                appointment_id=now.id,
                reason="Taken off the waiting list",
                expected_revision=now.revision,
            ),
        ),
        label=f"Take {now.listed_name} off the waiting list",
        undo_run=absence.undo_run(request_id),
        initiator=initiator,
    )
