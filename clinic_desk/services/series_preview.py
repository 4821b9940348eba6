"""What would become of each date of a rule, before anything is booked or changed.

The dates are judged by the engine in their order, each knowing where the earlier ones went, over
the busy rows of those days (one question) and, for the dates that clash, of the days around them
(one more). A decision about one date judges that date again, not the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from clinic_desk.domain import availability
from clinic_desk.domain.appointments import SHORTEST, Appointment, AppointmentSeries
from clinic_desk.domain.availability.model import (
    MovingVisit,
    Roster,
)
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.domain.ids import Id
from clinic_desk.domain.recurrence import (
    check_new,
    describe,
    instant,
    local_of,
    local_text,
    parse,
    parse_local,
    remarks,
)
from clinic_desk.domain.series import changed_one_by_one, local_start_of, words_of
from clinic_desk.services.commands import AUTO, Scope
from clinic_desk.services.planning_views import OccurrencePreview, SeriesPreview, SeriesView
from clinic_desk.services.ports import Queries
from clinic_desk.services.series import decided, planned
from clinic_desk.services.series_commands import ChangeSeries, Choice
from clinic_desk.services.series_judging import NEAR_DAYS, Item, Judge, Plan, SeriesDraft
from clinic_desk.services.series_scope import tail_of

__all__ = [
    "SeriesDraft",
    "apply_choice",
    "draft_of",
    "preview",
    "series_view",
    "with_choice",
]


def with_choice(draft: SeriesDraft, choice: Choice) -> SeriesDraft:
    """The draft with this decision in the place of an earlier one about the same date. A choice
    that decides nothing takes the decision back."""
    others = tuple(c for c in draft.choices if c.local_start != choice.local_start)
    decides = choice != Choice(local_start=choice.local_start)
    return replace(draft, choices=(*others, choice) if decides else others)


def preview(queries: Queries, draft: SeriesDraft, now: datetime) -> SeriesPreview:
    """Raises ``Refusal`` naming the field at fault when the rule leads nowhere."""
    return _shown(queries, _plan(queries, draft, now), draft, now, {})


def apply_choice(
    queries: Queries, draft: SeriesDraft, shown: SeriesPreview, choice: Choice, now: datetime
) -> tuple[SeriesDraft, SeriesPreview]:
    """The draft with one more decision, and its preview: only the dates that share a day with the
    decided one, before or after, are judged again."""
    after = with_choice(draft, choice)
    plan = _plan(queries, after, now)
    day = parse_local(choice.local_start)
    touched = {day.date()}
    before = next((o for o in shown.occurrences if o.local_start == choice.local_start), None)
    for moment in (choice.start, before.start if before is not None else None):
        if moment is not None:
            touched.add(local_of(moment, plan.zone).date())
    known = {
        o.local_start: o
        for o in shown.occurrences
        if o.local_start != choice.local_start
        and not touched & {local_of(o.start, plan.zone).date(), parse_local(o.local_start).date()}
    }
    return after, _shown(queries, plan, after, now, known)


def draft_of(queries: Queries, appointment_id: Id, scope: Scope, now: datetime) -> SeriesDraft:
    """The series of a visit as it stands, to be changed from that visit on, or as far as it is
    still to come. Raises ``NotFound``."""
    cell = queries.appointment(appointment_id).cell
    held = queries.series(str(cell.series_id))
    row = next(v for v in held.visits if v.id == appointment_id)
    tail = tail_of(held.series, held.visits, row, scope, now)
    series = held.series
    return SeriesDraft(
        doctor_id=series.doctor_id,
        type_id=series.type_id or row.type_id or "",
        rule=str(tail.rule),
        local_start=local_text(tail.start),
        patient_id=series.patient_id,
        minutes=series.duration,
        location_id=series.location_id,
        room_id=series.room_id or AUTO,
        series_id=series.id,
        appointment_id=appointment_id,
        scope=scope,
    )


def series_view(queries: Queries, series_id: Id) -> SeriesView:
    """Raises ``NotFound``."""
    held = queries.series(series_id)
    changed = {v.id for v in held.visits if changed_one_by_one(v, held.series)}
    words = words_of(held.series)
    places = {v.id: local_text(local_start_of(v, held.series)) for v in held.visits}
    return SeriesView(held.series, words, held.cells, frozenset(changed), held.series.zone, places)


def _plan(queries: Queries, draft: SeriesDraft, now: datetime) -> Plan:
    roster = queries.roster()
    if draft.appointment_id is not None:
        return _plan_change(queries, roster, draft, now)
    local = parse_local(draft.local_start)
    zone_name = _zone(roster, draft, local)
    rule = parse(draft.rule, zone_name)
    found = check_new(rule, local)
    choices = decided(draft.choices, None)
    kind = effective_type(roster.types, draft.type_id, draft.doctor_id)
    minutes = draft.minutes or max(SHORTEST, kind.duration if kind is not None else SHORTEST)
    items = [_item(draft, zone_name, day, minutes, choices.get(day)) for day in found]
    ignore = frozenset({draft.hold_id} if draft.hold_id else ())
    return Plan(rule, found[0], zone_name, tuple(items), ignore, roster)


def _plan_change(queries: Queries, roster: Roster, draft: SeriesDraft, now: datetime) -> Plan:
    assert draft.appointment_id is not None
    series_id = draft.series_id or queries.appointment(draft.appointment_id).cell.series_id
    held = queries.series(str(series_id))
    row = next(v for v in held.visits if v.id == draft.appointment_id)
    tail = tail_of(held.series, held.visits, row, draft.scope, now)
    command = ChangeSeries(
        appointment_id=row.id,
        scope=draft.scope,
        rule=draft.rule or None,
        local_start=draft.local_start,
        include_changed=draft.include_changed,
        choices=draft.choices,
    )
    plan, choices = planned(tail, command, now)
    cells = {cell.id: cell for cell in held.cells}
    minutes = draft.minutes or held.series.duration
    items = []
    for visit, day in plan.moved:
        made = _item(draft, tail.zone, day, minutes, choices.get(day))
        retyped = visit.type_id if visit.type_id != draft.type_id else None
        apart = plan.apart.get(visit.id)
        if apart is not None:
            made, retyped = _apart(made, apart, visit, draft, held.series), None
        moving = MovingVisit(visit.reschedule_count, visit.start, visit.doctor_id, type_id=retyped)
        same = (made.start, made.end, made.doctor_id) == (visit.start, visit.end, visit.doctor_id)
        stays = same and retyped is None and made.room_id in (None, visit.room_id)
        items.append(replace(made, visit=cells.get(visit.id), moving=moving, stays=stays))
    items += [_item(draft, tail.zone, day, minutes, choices.get(day)) for day in plan.fresh]
    for visit, there in (*plan.staying, *plan.dropped):
        items.append(
            Item(
                there or tail.local(visit),
                visit.start,
                visit.end,
                visit.doctor_id,
                visit=cells.get(visit.id),
                changed=changed_one_by_one(visit, held.series),
                stays=True,
                dropped=(visit, there) in plan.dropped,
            )
        )
    left = [day for day in plan.excluded if day in choices]
    items += [_item(draft, tail.zone, day, minutes, choices[day]) for day in left]
    items.sort(key=lambda item: (item.local, item.start))
    ignore = frozenset(v.id for v, _ in (*plan.moved, *plan.dropped))
    return Plan(plan.rule, plan.start, tail.zone, tuple(items), ignore, roster)


def _apart(
    item: Item, start: datetime, visit: Appointment, draft: SeriesDraft, series: AppointmentSeries
) -> Item:
    """Of a visit that was changed by hand and goes along: its own length and doctor, unless the
    change names others."""
    choice = item.choice
    named = draft.minutes not in (None, series.duration)
    other = draft.doctor_id != series.doctor_id
    start = choice.start if choice is not None and choice.start is not None else start
    minutes = draft.minutes if named and draft.minutes is not None else visit.minutes
    return replace(
        item,
        start=start,
        end=(choice.end if choice is not None else None) or start + timedelta(minutes=minutes),
        doctor_id=(choice.doctor_id if choice is not None else None)
        or (draft.doctor_id if other else visit.doctor_id),
        changed=True,
    )


def _item(
    draft: SeriesDraft, zone_name: str, day: datetime, minutes: int, choice: Choice | None
) -> Item:
    start = instant(day, zone_name)
    room_id = None if draft.room_id == AUTO else draft.room_id
    if choice is None:
        return Item(day, start, start + timedelta(minutes=minutes), draft.doctor_id, room_id)
    start = choice.start or start
    return Item(
        day,
        start,
        choice.end or start + timedelta(minutes=minutes),
        choice.doctor_id or draft.doctor_id,
        room_id if choice.room_id == AUTO else choice.room_id,
        choice=choice,
    )


def _zone(roster: Roster, draft: SeriesDraft, local: datetime) -> str:
    """Of the wall clock that the rule is read on: as the booking will find it."""
    place = draft.location_id
    room = roster.rooms.get(str(draft.room_id))
    if place is None and room is not None:
        place = room.location_id
    if place is None:
        near = instant(local, roster.practice.zone)
        place = availability.place_at(roster, draft.doctor_id, near, draft.type_id)
    if place is None:
        kind = effective_type(roster.types, draft.type_id, draft.doctor_id)
        doctor = roster.doctors.get(draft.doctor_id)
        primary = [row.id for row in roster.locations.values() if row.primary]
        place = (
            (kind.default_location_id if kind is not None else None)
            or next(iter(doctor.location_ids if doctor is not None else ()), None)
            or next(iter(primary), None)
        )
    location = roster.locations.get(place or "")
    return location.zone if location is not None else roster.practice.zone


def _shown(
    queries: Queries,
    plan: Plan,
    draft: SeriesDraft,
    now: datetime,
    known: Mapping[str, OccurrencePreview],
) -> SeriesPreview:
    judge = Judge(plan, draft, now)
    asked = [item for item in plan.items if local_text(item.local) not in known]
    judge.read(queries, [day for item in asked for day in judge.days(item, 0)])
    made = []
    for item in plan.items:
        occurrence = known.get(local_text(item.local)) or judge.verdict(item)
        judge.take(item, occurrence)
        made.append(occurrence)
    wanting = [
        i
        for i, (item, occurrence) in enumerate(zip(plan.items, made, strict=True))
        if local_text(item.local) not in known and judge.clashes(occurrence)
    ]
    if wanting:
        judge.read(queries, [day for i in wanting for day in judge.days(plan.items[i], NEAR_DAYS)])
        for i in wanting:
            made[i] = judge.ways(plan.items[i], made[i])
    dates = [item.local for item in plan.items if not item.dropped]
    return SeriesPreview(
        describe(plan.rule, plan.start), tuple(made), remarks(plan.rule, sorted(dates))
    )
