"""The absence planner: what an absence hits, and a proposed new place for each of those visits.

Accepting is moving: ``accept_command`` and ``accept_all_command`` make the commands. All of them
and the approval carry ``undo_run(request_id)``, so that one undo takes the whole plan back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from clinic_desk.domain.appointments import SlotState
from clinic_desk.domain.availability.model import RankedSlot, Roster, Slot
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date, zone
from clinic_desk.domain.templates import TimeOffRequest, TimeOffStatus
from clinic_desk.services import moving
from clinic_desk.services.absence_commands import PLAN_RUN, AcceptProposals
from clinic_desk.services.absence_search import Case, Search, approved
from clinic_desk.services.absence_words import why, why_none, zone_name
from clinic_desk.services.closure_ranges import Closure, grouped, of_plan, working
from clinic_desk.services.commands import (
    CancelAppointment,
    MoveAppointment,
    ParkAppointment,
    ParkTogether,
)
from clinic_desk.services.planning_views import (
    AbsencePlan,
    Accepted,
    PlanWishes,
    Proposal,
    TimeOffCard,
    TimeOffFacts,
)
from clinic_desk.services.ports import Queries
from clinic_desk.services.roster_commands import DecideTimeOff, Together
from clinic_desk.services.time_off import (
    EVERYBODY,
    KIND_WORDS,
    TO_MOVE,
    absence_of,
    doctor_zone,
    span_text,
)
from clinic_desk.services.views import Cell
from clinic_desk.services.waitlist_commands import AddToWaitlist
from clinic_desk.services.wording import count_text, doctor_text
from clinic_desk.services.work import Done, Work

STRIP_WEEKS = 4
A_WEEK = 7
YIELD_EVERY = 4
"""Visits looked at between two signs of progress."""

Cancelled = Callable[[], bool]


def undo_run(request_id: Id) -> str:
    """What the steps of one plan have in common."""
    return f"{PLAN_RUN}{request_id}"


# What it hits


def time_off(queries: Queries, now: datetime) -> tuple[TimeOffCard, ...]:
    """Every request, the newest dates first; those that wait for a decision before the others."""
    roster = queries.roster()
    facts = queries.time_off_facts(now)
    cards = []
    for request in roster.time_off:
        known = facts.get(request.id, TimeOffFacts())
        doctor = roster.doctors.get(request.doctor_id)
        name = doctor.name if doctor is not None else ""
        cards.append(TimeOffCard(request, name, known.hits, known.decided_by))
    waiting = TimeOffStatus.REQUESTED
    cards.sort(key=lambda c: (c.request.status is not waiting, -c.request.start.timestamp()))
    return tuple(cards)


def hits(
    queries: Queries, request: TimeOffRequest, now: datetime | None = None
) -> tuple[Cell, ...]:
    """Visits of the doctor that meet the time and still have to happen, by start; with ``now``
    not those that are over."""
    roster = queries.roster()
    blocked = next((row for row in roster.exceptions if row.id == request.id), None)
    closure = of_plan(roster.holidays, request.id) if request.doctor_id == EVERYBODY else None
    if closure is not None:
        return _closed_on(queries, roster, closure, now)
    names = {place.zone for place in roster.locations.values()} | {roster.practice.zone}
    first = min(local_date(request.start, name) for name in names)
    last = max(local_date(request.end, name) for name in names)
    return tuple(
        cell
        for cell in queries.cells(first, last, (request.doctor_id,))
        if cell.status in TO_MOVE
        and cell.slot_state is SlotState.PLACED
        and cell.start < request.end
        and request.start < cell.end
        and (now is None or cell.end > now)
        and (blocked is None or blocked.type_id in (None, cell.type_id))
        and (blocked is None or blocked.location_id in (None, cell.location_id))
    )


def _closed_on(
    queries: Queries, roster: Roster, closure: Closure, now: datetime | None
) -> tuple[Cell, ...]:
    """Visits of all doctors where it is closed; a site that works all the same keeps its own."""
    at_work = working(roster.holidays)
    found = []
    for run in grouped(closure.rows):  # a plan of several may be spread over a year
        for cell in queries.cells(run.first, run.last, list(roster.doctors)):
            if cell.status not in TO_MOVE or cell.slot_state is not SlotState.PLACED:
                continue
            here = run.hits(cell, zone_name(roster, cell.location_id), at_work)
            if here and (now is None or cell.end > now):
                found.append(cell)
    return tuple(found)


# The plan


def plan(
    queries: Queries,
    request_id: Id,
    wishes: PlanWishes,
    now: datetime,
    taken: Iterable[Slot] = (),
) -> AbsencePlan:
    """The finished plan. ``taken`` are places that nobody may be proposed. Raises ``NotFound``
    for a request that was withdrawn."""
    return [*plan_stream(queries, request_id, wishes, now, taken)][-1]


def plan_stream(
    queries: Queries,
    request_id: Id,
    wishes: PlanWishes,
    now: datetime,
    taken: Iterable[Slot] = (),
    cancelled: Cancelled = lambda: False,
) -> Iterator[AbsencePlan]:
    """The plan as it grows: first the visits without a proposal, then some more looked at, in the
    end the ``finished`` one. Runs on a reader thread and stops when ``cancelled()``."""
    today = queries.roster()
    request = absence_of(today, request_id)
    if request is None:
        raise NotFound("request for time off", request_id)
    roster = approved(today, request_id)
    visits = hits(queries, request, now)
    loads, away = strip(queries, roster, request)
    looking = AbsencePlan(
        request=request,
        proposals=tuple(Proposal(visit, None, "looking …") for visit in visits),
        loads=loads,
        away=away,
        finished=not visits,
    )
    yield looking
    if not visits:
        return
    search = _search(queries, roster, visits, wishes, now, taken)
    cases: list[Case] = []
    for visit in visits:
        if cancelled():
            return
        cases.append(search.look(visit))
        if len(cases) % YIELD_EVERY == 0:
            yield replace(looking, searched=len(cases))
    search.settle([case for case in cases if "parked" not in case.visit.flags])
    proposals = []
    for case in cases:
        if cancelled():
            return
        proposals.append(_proposal(roster, case, search, wishes, now))
    yield replace(looking, proposals=tuple(proposals), searched=len(cases), finished=True)


def _search(
    queries: Queries,
    roster: Roster,
    visits: Sequence[Cell],
    wishes: PlanWishes,
    now: datetime,
    taken: Iterable[Slot],
) -> Search:
    days = [local_date(visit.start, zone_name(roster, visit.location_id)) for visit in visits]
    today = local_date(now, roster.practice.zone)
    first = max(min(days), today - timedelta(days=1))
    snapshot = queries.snapshot(first, max(days) + timedelta(days=wishes.days))
    return Search(replace(snapshot, roster=roster), wishes, now, taken)


def strip(
    queries: Queries, roster: Roster, request: TimeOffRequest
) -> tuple[dict[date, tuple[int, int]], dict[date, str]]:
    """Loads and absences (see ``AbsencePlan``) of four weeks of the
    doctor's days, from the Monday on before the absence begins."""
    name = doctor_zone(roster, request.doctor_id)
    start = local_date(request.start, name)
    first = start - timedelta(days=start.weekday())
    last = first + timedelta(weeks=STRIP_WEEKS, days=-1)
    loads: dict[date, tuple[int, int]] = {}
    away: dict[date, str] = {}
    everybody = request.doctor_id == EVERYBODY
    ids = tuple(roster.doctors) if everybody else (request.doctor_id,)
    for one in queries.loads(first, last, ids):
        booked, capacity = loads.get(one.day, (0, 0))
        loads[one.day] = (booked + one.load.booked, capacity + one.load.capacity)
        if one.away and not everybody:
            away[one.day] = one.away
    core = timedelta(hours=3)
    for day in loads:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone(name))
        if request.start <= noon - core and noon + core <= request.end:
            away.setdefault(day, "closed" if everybody else KIND_WORDS[request.kind])
    return loads, away


def _proposal(
    roster: Roster, case: Case, search: Search, wishes: PlanWishes, now: datetime
) -> Proposal:
    others = tuple(
        RankedSlot(slot, -one.cost, why(roster, case, one, slot))
        for one, slot in search.others(case)
    )
    visit = case.visit
    if "parked" in visit.flags:
        return Proposal(visit, None, "on the shelf", others)
    if case.chosen is None or case.slot is None:
        return Proposal(visit, None, why_none(roster, case, wishes, now), others)
    words = why(roster, case, case.chosen, case.slot)
    proposed = RankedSlot(case.slot, -case.chosen.cost, words)
    later = case.slot.start - visit.start
    caution = (
        case.slot.doctor_id != visit.doctor_id
        or case.slot.location_id != visit.location_id
        or later > timedelta(days=A_WEEK, hours=12)
    )
    return Proposal(visit, proposed, words, others, caution)


# Accepting


def approve_command(request: TimeOffRequest, note: str = "", initiator: str = "") -> DecideTimeOff:
    """The approval as the first step of its plan."""
    return DecideTimeOff(
        request_id=request.id,
        approve=True,
        note=note,
        expected_revision=request.revision,
        undo_run=undo_run(request.id),
        initiator=initiator,
    )


def accept_command(
    proposal: Proposal, request_id: Id, slot: Slot | None = None, initiator: str = ""
) -> MoveAppointment:
    """Moves the visit to the proposed place, or to another one that was chosen."""
    if slot is None:
        if proposal.proposed is None:
            raise Refusal("nothing_proposed", "Choose a time for this visit first.")
        slot = proposal.proposed.slot
    return MoveAppointment(
        appointment_id=proposal.visit.id,
        expected_revision=proposal.visit.revision,
        start=slot.start,
        end=slot.end,
        doctor_id=slot.doctor_id,
        location_id=slot.location_id,
        room_id=slot.room_id,
        asked_by="clinic",
        undo_run=undo_run(request_id),
        initiator=initiator,
    )


def accept_all_command(
    proposals: Iterable[Proposal], request_id: Id, initiator: str = ""
) -> AcceptProposals:
    """Every proposal that has a place, as one step."""
    moves = tuple(
        accept_command(one, request_id, initiator=initiator)
        for one in proposals
        if one.proposed is not None
    )
    return AcceptProposals(moves=moves, undo_run=undo_run(request_id), initiator=initiator)


def shelf_command(visits: Iterable[Cell], request_id: Id, initiator: str = "") -> ParkTogether:
    """To the shelf, to be placed by hand."""
    return ParkTogether(
        parkings=tuple(ParkAppointment(appointment_id=visit.id) for visit in visits),
        undo_run=undo_run(request_id),
        initiator=initiator,
    )


def waitlist_command(
    visit: Cell, request: TimeOffRequest, roster: Roster, initiator: str = ""
) -> Together:
    """On the waiting list instead, the visit cancelled: it cannot take place."""
    doctor = roster.doctors.get(request.doctor_id)
    who = doctor_text(doctor) if doctor is not None else "The doctor"
    name = doctor_zone(roster, request.doctor_id)
    away = f"{who} is away {span_text(request, name)}"
    if request.doctor_id == EVERYBODY:
        away = f"Closed {span_text(request, name)}: {request.reason}"
    values: dict[str, object] = {
        "patient_id": visit.patient_id,
        "type_id": visit.type_id,
        "minutes": int((visit.end - visit.start).total_seconds() // 60),
        "location_id": visit.location_id,
        "urgency": "soon",
        "note": away,
    }
    return Together(
        commands=(
            AddToWaitlist(values=values),
            CancelAppointment(
                appointment_id=visit.id, reason=away, expected_revision=visit.revision
            ),
        ),
        label=f"Put {visit.listed_name} on the waiting list",
        undo_run=undo_run(request.id),
        initiator=initiator,
    )


def accept(work: Work, command: AcceptProposals) -> Done:
    """Value: ``Accepted``."""
    if not command.moves:
        raise Refusal("nothing_chosen", "There is no proposal to accept.")
    moved: list[Id] = []
    failed: list[tuple[Id, str]] = []
    first: Refusal | None = None
    for order in command.moves:
        try:
            with work.uow.savepoint():
                moving.move(work, order)
        except Refusal as refusal:
            first = first or refusal
            failed.append((order.appointment_id, refusal.sentence))
        else:
            moved.append(order.appointment_id)
    if not moved and first is not None:
        raise first
    words = f"Move {count_text(len(moved), 'visit')} to new times"
    sentence = f"Moved {count_text(len(moved), 'visit')}"
    if failed:
        verb = "is" if len(failed) == 1 else "are"
        sentence += f"; {len(failed)} {verb} still to be placed"
    return Done(
        value=Accepted(tuple(moved), tuple(failed)),
        label=words,
        sentence=sentence,
        warnings=tuple(dict.fromkeys(text for _, text in failed)),
    )
