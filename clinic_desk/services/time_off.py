"""Time off: asked for, changed, decided, taken away.

The days are those of the doctor's own site. An approved request cuts the doctor's hours as a
blocked exception does; the visits in it stay where they are until somebody moves them, and are
counted. Sick days may be entered afterwards, so the past is not refused.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from clinic_desk.domain.appointments import REASON_LIMIT, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import NotFound, Refusal, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import Span, at_local, local_day_bounds, zone
from clinic_desk.domain.templates import (
    ExceptionKind,
    TimeOffKind,
    TimeOffRequest,
    TimeOffStatus,
)
from clinic_desk.services.closure_ranges import of_plan
from clinic_desk.services.roster_commands import (
    ChangeTimeOff,
    DecideTimeOff,
    RequestTimeOff,
    WithdrawTimeOff,
)
from clinic_desk.services.wording import count_text, day_text, doctor_text, plain
from clinic_desk.services.work import Done, Work, check_revision

LONGEST = timedelta(days=366)
"""Longer absences are entered as a change of the weekly hours."""

TO_MOVE = frozenset({Status.PENDING, Status.SCHEDULED, Status.CONFIRMED})
"""Visits that an absence hits. Who has arrived already is spoken to at the desk."""

EVERYBODY = ""
"""The doctor of a closure that is read as time off."""

KIND_WORDS: dict[TimeOffKind, str] = {
    TimeOffKind.LEAVE: "leave",
    TimeOffKind.SICK: "sick leave",
    TimeOffKind.COURSE: "course",
    TimeOffKind.OTHER: "time off",
}


def doctor_zone(roster: Roster, doctor_id: Id) -> str:
    """The zone of the doctor's first site, of the primary site, or of the practice."""
    doctor = roster.doctors.get(doctor_id)
    places = [roster.locations[key] for key in (doctor.location_ids if doctor else ())
              if key in roster.locations]  # fmt: skip
    places += [place for place in roster.locations.values() if place.primary]
    return places[0].zone if places else roster.practice.zone


def absence_of(roster: Roster, row_id: Id) -> TimeOffRequest | None:
    """The request of that id, or the blocked stretch or closure of that id read as approved time
    off (a closure is that of ``EVERYBODY``); None when none is there."""
    for request in roster.time_off:
        if request.id == row_id:
            return request
    for row in roster.exceptions:
        if row.id == row_id and row.kind is ExceptionKind.BLOCKED:
            return TimeOffRequest(
                id=row.id,
                revision=row.revision,
                doctor_id=row.doctor_id,
                start=row.start,
                end=row.end,
                reason=row.reason,
                status=TimeOffStatus.APPROVED,
                kind=TimeOffKind.OTHER,
            )
    closure = of_plan(roster.holidays, row_id)
    if closure is None:
        return None
    name, (begin, over) = doctor_zone(roster, EVERYBODY), closure.time
    start, end = at_local(closure.first, begin, name), at_local(closure.last, over, name)
    return TimeOffRequest(
        id=row_id,
        revision=sum(row.revision for row in closure.rows),
        doctor_id=EVERYBODY,
        start=start,
        end=end,
        reason=closure.name,
        status=TimeOffStatus.APPROVED,
        kind=TimeOffKind.OTHER,
    )


def closed_words(roster: Roster, request: TimeOffRequest) -> str:
    """ "Elm Park is closed"; the clinic where the closure is for every site."""
    closure = of_plan(roster.holidays, request.id)
    place = roster.locations.get(closure.location_id or "") if closure is not None else None
    return f"{place.name if place is not None else 'the clinic'} is closed"


def whole_days(roster: Roster, doctor_id: Id, first: date, last: date) -> Span:
    """From midnight to midnight of those local days, both inclusive, where the doctor works.
    Raises ``Refusal`` with ``field`` "end" when they are the wrong way round."""
    if last < first:
        raise Refusal("bad_span", "The last day must not come before the first.", field="end")
    return local_day_bounds(first, last, doctor_zone(roster, doctor_id))


def span_text(request: TimeOffRequest, zone_name: str, today: date | None = None) -> str:
    """ "Tue 24 Nov 15:00 – Fri 27 Nov 18:00"; whole days without times, one day once."""
    first = request.start.astimezone(zone(zone_name))
    last = request.end.astimezone(zone(zone_name))
    whole = not (first.hour or first.minute or last.hour or last.minute)
    if whole:
        final = (last - timedelta(days=1)).date()
        if final <= first.date():
            return day_text(first.date(), today)
        return f"{day_text(first.date(), today)} – {day_text(final, today)}"
    begin = f"{day_text(first.date(), today)} {first:%H:%M}"
    final, clock = last.date(), f"{last:%H:%M}"
    if clock == "00:00":
        final, clock = final - timedelta(days=1), "24:00"
    if first.date() == final:
        return f"{begin}–{clock}"
    return f"{begin} – {day_text(final, today)} {clock}"


def request(work: Work, command: RequestTimeOff) -> Done:
    """Value: the request's id."""
    doctor = work.doctor(command.doctor_id)
    if not doctor.active:
        raise Refusal(
            "doctor_inactive",
            f"{doctor_text(doctor)} no longer sees patients here; choose another doctor.",
            field="doctor_id",
        )
    row = TimeOffRequest(
        id=work.new_id(),
        doctor_id=doctor.id,
        start=command.start,
        end=command.end,
        kind=command.kind,
        reason=_text(command.reason, "reason"),
    )
    _check(work, row)
    row = work.uow.add(row, "requested")
    what = f"{_name(work, row)}, {_span(work, row)}"
    return Done(
        value=row.id,
        label=f"Ask for {what}",
        sentence=f"Asked for {what}",
        warnings=_hit_warning(_hits(work, row)),
    )


def change(work: Work, command: ChangeTimeOff) -> Done:
    """Value: the request's id."""
    before = _row(work, command.request_id, command.expected_revision)
    after = replace(
        before,
        start=command.start,
        end=command.end,
        kind=command.kind,
        reason=_text(command.reason, "reason"),
    )
    if after == before:
        return Done(value=before.id)
    _check(work, after)
    after = work.uow.replace(before, after, "edited")
    what = f"{_name(work, after)}, {_span(work, after)}"
    return Done(
        value=after.id,
        label=f"Change {_name(work, before)} to {_span(work, after)}",
        sentence=f"Changed to {what}",
        warnings=_hit_warning(_hits(work, after)),
    )


def decide(work: Work, command: DecideTimeOff) -> Done:
    """Value: the number of visits that an approval hits, 0 for a refusal."""
    before = _row(work, command.request_id, command.expected_revision)
    status = TimeOffStatus.APPROVED if command.approve else TimeOffStatus.DECLINED
    note = _text(command.note, "note")
    hit = _hits(work, before) if command.approve else 0
    if before.status is status and before.decision_note == note:
        return Done(value=hit)
    after = replace(
        before,
        status=status,
        decision_note=note,
        decided_by=work.actor.staff_id or None,
        decided_at=work.now,
    )
    if command.approve:
        _check(work, after)
    work.uow.replace(before, after, str(status))
    verb = "Approve" if command.approve else "Decline"
    what = f"{_name(work, after)}, {_span(work, after)}"
    return Done(
        value=hit,
        label=f"{verb} {what}",
        sentence=f"{verb}d {what}",
        warnings=_hit_warning(hit),
    )


def withdraw(work: Work, command: WithdrawTimeOff) -> Done:
    """Value: the request's id."""
    row = _row(work, command.request_id, command.expected_revision)
    work.uow.remove(row, "withdrawn")
    what = f"{_name(work, row)}, {_span(work, row)}"
    return Done(value=row.id, label=f"Withdraw {what}", sentence=f"Withdrawn: {what}")


def _row(work: Work, row_id: Id, expected: int | None) -> TimeOffRequest:
    try:
        row = work.uow.get(TimeOffRequest, row_id)
    except NotFound:
        raise NotFound("request for time off", row_id) from None
    check_revision(work, row, expected, "request")
    return row


def _check(work: Work, row: TimeOffRequest) -> None:
    """Raises ``Refusal`` whose ``field`` says what is wrong with the dates."""
    if row.end <= row.start:
        raise Refusal("bad_span", "The end must come after the start.", field="end")
    if row.end - row.start > LONGEST:
        raise Refusal(
            "too_long",
            f"Time off lasts up to a year; this would be {(row.end - row.start).days} days. "
            "For longer, end the doctor's weekly hours instead.",
            field="end",
        )
    if row.status is TimeOffStatus.DECLINED:
        return
    for other in work.uow.find(TimeOffRequest, doctor_id=row.doctor_id):
        if other.id == row.id or other.status is TimeOffStatus.DECLINED:
            continue
        if other.start < row.end and row.start < other.end:
            raise Refusal(
                "overlap",
                f"{doctor_text(work.doctor(row.doctor_id))} already has "
                f"{KIND_WORDS[other.kind]} {_span(work, other)} ({other.status}). "
                "Change that request, or choose other dates.",
                field="start",
                ways_out=(WayOut("Show that request", "show", {"request_id": other.id}),),
            )


def _hits(work: Work, row: TimeOffRequest) -> int:
    return sum(
        visit.status in TO_MOVE and visit.end > work.now
        for visit in work.uow.visits(row.doctor_id, row.start, row.end)
    )


def _hit_warning(number: int) -> tuple[str, ...]:
    if not number:
        return ()
    return (f"{count_text(number, 'visit')} already booked then must move.",)


def _name(work: Work, row: TimeOffRequest) -> str:
    return f"{KIND_WORDS[row.kind]} of {doctor_text(work.doctor(row.doctor_id))}"


def _span(work: Work, row: TimeOffRequest) -> str:
    name = doctor_zone(work.roster, row.doctor_id)
    return span_text(row, name, work.now.astimezone(zone(name)).date())


def _text(given: str, field: str) -> str:
    text = plain(given).strip()
    if len(text) > REASON_LIMIT:
        raise Refusal(
            "too_long",
            f"The {field} may have {REASON_LIMIT:,} characters; this one has {len(text):,}.",
            field=field,
        )
    return text
