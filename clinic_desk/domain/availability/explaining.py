"""*explain*: every rule's answer about one start, in words to say on the phone (ux.md 2.4).

A start that *find* offers is OK in every rule; so is a start between two of its steps, because
staff may place a visit anywhere: the step is told, never refused. Without ``policy`` the type's
notice and horizon warn instead of refusing, but for a move away from a start that keeps them. What
only a person may override ("Overbook", "Book outside hours", "Book anyway") is offered as a way
out; whether they may is the service's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from clinic_desk.domain.appointments import LONGEST, SHORTEST, WALK_IN_GRACE
from clinic_desk.domain.availability import phrases as say
from clinic_desk.domain.availability.away import away_reasons
from clinic_desk.domain.availability.case import Case
from clinic_desk.domain.availability.index import deepest, index
from clinic_desk.domain.availability.limits import (
    BOOK_ANYWAY,
    BY_CLINIC,
    OVERRIDE,
    limit_reasons,
    moving_reasons,
    travel_reasons,
)
from clinic_desk.domain.availability.model import (
    Busy,
    Explanation,
    Reason,
    Request,
    Snapshot,
    Verdict,
)
from clinic_desk.domain.availability.ways import Ways
from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import from_epoch

OK, WARN, REFUSE = Verdict.OK, Verdict.WARN, Verdict.REFUSE


def explain(
    snapshot: Snapshot,
    request: Request,
    doctor_id: Id,
    start: datetime,
    *,
    end: datetime | None = None,
    room_id: Id | None = None,
) -> Explanation:
    """Why a start (aware UTC) is or is not offered, passed rules included.

    ``end`` None takes the request's or the type's length. ``room_id`` None judges the room that
    would be chosen. ``next_free`` is filled unless everything passed. Rows outside the snapshot's
    days are not known, so a start there is judged by the roster alone."""
    case = Case(index(snapshot), request, doctor_id, start, end, room_id)
    teller = _Teller(case)
    reasons = tuple(teller.reasons())
    return Explanation(
        start=start,
        end=from_epoch(case.end),
        doctor_id=doctor_id,
        room_id=teller.room_id,
        reasons=reasons,
        next_free=teller.ways.next_free if any(not r.passed for r in reasons) else None,
        location_id=case.location_id,
    )


class _Teller:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.ways = Ways(case)
        self.doctor = say.doctor_text(case.hours.doctors.get(case.doctor_id))
        self.room_id = case.room_id if case.room_id is not None else case.chosen_room()
        rows = case.rows()
        self.rows = rows
        self.visits = [r for r in rows if r.hold_until is None]

    def reasons(self) -> Iterator[Reason]:
        yield self._past()
        yield from away_reasons(self.case, self.ways, self.doctor)
        yield self._doctor()
        yield from travel_reasons(self.case, self.ways, self.doctor)
        yield self._room()
        yield from self._patient()
        yield from self._offered()
        yield self._external()
        yield self._held()
        yield self._notice()
        yield self._horizon()
        yield from limit_reasons(self.case, self.ways, self.doctor)
        yield from moving_reasons(self.case)
        yield from self._length()
        yield from self._step()

    def clock(self, seconds: int) -> str:
        return self.case.clock(seconds)

    def range(self, row: Busy, note: str = "") -> str:
        return self.case.range(row.start, row.end, note)

    def _past(self) -> Reason:
        at, now = self.case.start, self.case.ask.now
        if at >= now:
            return Reason("past", OK, f"{self.clock(at)} is still to come.")
        if at >= now - int(WALK_IN_GRACE.total_seconds()):
            words = f"{self.clock(at)} has just passed; only a walk-in may still start then."
            return Reason("past", WARN, words, ways_out=self.ways.free())
        day = say.day_of(at, self.case.zone)
        today = day == say.day_of(now, self.case.zone)
        words = f"{self.clock(at)} today" if today else f"{say.long(day)} {self.clock(at)}"
        return Reason("past", REFUSE, f"{words} has already passed.", ways_out=self.ways.free())

    # -- the doctor ----------------------------------------------------------------------------

    def _doctor(self) -> Reason:
        case = self.case
        depth = deepest(self.visits, case.low, case.high)
        if depth < case.capacity:
            left = case.capacity - depth
            words = f"{self.doctor} is free {case.range(case.start, case.end)}."
            detail = f"{left} of {case.capacity} places side by side are left."
            return Reason("doctor_busy", OK, words, detail if case.capacity > 1 else "")
        meeting = [r for r in self.visits if r.start < case.end and case.start < r.end]
        if meeting:
            first = meeting[0]
            words = f"{self.doctor} is booked {self.range(first, first.label)}."
            others = [self.range(r, r.label) for r in meeting[1:]]
            detail = f"Also {say.listed(others)}." if others else ""
            ways = (*self.ways.free(), *self.ways.colleague(), self.ways.overbook())
            return Reason("doctor_busy", REFUSE, words, detail, first.id, ways)
        return self._buffer()

    def _buffer(self) -> Reason:
        """Only the buffers meet: say how long and from when, and place it right there."""
        case = self.case
        before = [r for r in self.visits if r.end <= case.start]
        after = [r for r in self.visits if r.start >= case.end]
        if before:
            row = max(before, key=lambda r: r.blocked_end)
            at = row.blocked_end + case.before * 60
            gap = (at - row.end) // 60
            words = f"Needs {gap} min cleaning after {self.clock(row.end)}."
        else:
            row = min(after or self.visits, key=lambda r: r.blocked_start)
            at = row.blocked_start - (case.after * 60 + case.end - case.start)
            gap = (row.start - row.blocked_start) // 60 + case.after
            words = f"Needs {gap} min cleaning before {self.clock(row.start)}."
        ways = (*self.ways.exactly(at), *self.ways.free(), self.ways.overbook())
        detail = f"{self.doctor} is booked {self.range(row, row.label)}."
        return Reason("buffer", REFUSE, words, detail, row.id, ways)

    def _external(self) -> Reason:
        found = self.case.external()
        if not found:
            return Reason("external_busy", OK, f"{self.doctor}’s own calendar is free then.")
        row = found[0]
        words = f"“Busy” in {self.doctor}’s own calendar {self.range(row)}."
        return Reason("external_busy", REFUSE, words, "", row.id, self._ways_past(overbook=True))

    def _held(self) -> Reason:
        case = self.case
        holds = [r for r in self.rows if r.hold_until is not None]
        full = deepest(self.rows, case.low, case.high) >= case.capacity
        if not (holds and full) or deepest(self.visits, case.low, case.high) >= case.capacity:
            return Reason("held", OK, "Nobody else holds this slot.")
        row = holds[0]
        who = row.holder or "another desk"
        words = f"Slot held by {who} for {say.remaining((row.hold_until or 0) - case.ask.now)}."
        return Reason("held", REFUSE, words, "", row.id, self._ways_past(overbook=True))

    def _ways_past(self, *, overbook: bool) -> tuple[WayOut, ...]:
        ways = (*self.ways.free(), *self.ways.colleague())
        return (*ways, self.ways.overbook()) if overbook else ways

    # -- room and patient ----------------------------------------------------------------------

    def _room(self) -> Reason:
        case, ix = self.case, self.case.ix
        wanted = case.room_id
        if wanted is None:
            if self.room_id is not None:
                return Reason("room_busy", OK, f"{ix.rooms[self.room_id].name} is free.")
            names = case.candidates()
            if not names and case.ask.needs_room:
                return self._no_room()
            if not names:
                return Reason("room_busy", OK, "No room is needed.")
            wanted = names[0]
        room = ix.rooms.get(wanted)
        if room is None:
            return Reason("room_busy", REFUSE, "This room is no longer there; choose another.")
        if room.location_id != case.location_id:
            at = ix.hours.locations.get(room.location_id)
            words = f"{room.name} is at {at.name if at else 'another site'}, not at {case.place}."
            return Reason("location", REFUSE, words, ways_out=self.ways.room(wanted))
        if not case.ask.room_allowed(wanted):
            words = f"{case.ask.name} does not take place in {room.name}."
            detail = f"It takes place in {self._rooms_of_type()}."
            ways = (*self.ways.room(wanted), *self.ways.free())
            return Reason("room", REFUSE, words, detail, ways_out=ways)
        rows = case.room_rows(wanted)
        if deepest(rows, case.low, case.high) < room.capacity:
            return Reason("room_busy", OK, f"{room.name} is free.")
        last = max(rows, key=lambda r: r.blocked_end)
        who = say.doctor_text(ix.hours.doctors.get(last.doctor_id))
        verb = "held for" if last.hold_until is not None else "used by"
        words = f"{room.name} is {verb} {who} until {self.clock(last.blocked_end)}."
        detail = "" if case.room_id is not None else f"No other room at {case.place} is free."
        ways = (*self.ways.room(wanted), *self.ways.free())
        return Reason("room_busy", REFUSE, words, detail, last.id, ways)

    def _no_room(self) -> Reason:
        case = self.case
        words = f"{case.ask.name} takes place in {self._rooms_of_type()}, not at {case.place}."
        return Reason("room", REFUSE, words, ways_out=self._ways_past(overbook=False))

    def _rooms_of_type(self) -> str:
        case = self.case
        found = [
            f"{room.name} ({place.name})" if (several and place is not None) else room.name
            for several in (len(case.hours.locations) > 1,)
            for key in (case.kind.allowed_room_ids if case.kind is not None else ())
            if (room := case.ix.rooms.get(key)) is not None
            for place in (case.hours.locations.get(room.location_id),)
        ]
        return say.listed(found, "or") if found else "a room that is no longer there"

    def _patient(self) -> Iterator[Reason]:
        case = self.case
        if case.request.patient_id is None:
            return
        rows = case.patient_rows()
        same = [r for r in rows if r.start < case.end and case.start < r.end]
        if same:
            words = f"{same[0].label or 'The patient'} already has {self._other(same[0])} that day."
            ways = (self.ways.show(same[0].id), *self.ways.free(), self.ways.both())
            strict = case.ix.practice.one_visit_at_a_time
            yield Reason("patient_busy", REFUSE if strict else WARN, words, "", same[0].id, ways)
        elif rows:
            words = f"{rows[0].label or 'The patient'} also has {self._other(rows[0])} that day."
            yield Reason("patient_busy", OK, words, "", rows[0].id)
        else:
            yield Reason("patient_busy", OK, "The patient has nothing else that day.")

    def _other(self, row: Busy) -> str:
        who = say.doctor_text(self.case.hours.doctors.get(row.doctor_id))
        return f"{who} {self.clock(row.start)}"

    # -- the type ------------------------------------------------------------------------------

    def _offered(self) -> Iterator[Reason]:
        case = self.case
        kind, doctor = case.kind, case.hours.doctors.get(case.doctor_id)
        if doctor is None or not doctor.active or doctor.deleted_at is not None:
            words = f"{self.doctor} no longer sees patients here."
            yield Reason("not_offered", REFUSE, words, ways_out=self.ways.colleague())
        elif case.ask.unknown_type:
            name = case.ask.name or "This type of visit"
            yield Reason(
                "not_offered", REFUSE, f"{name} is no longer offered; choose another type."
            )
        elif kind is not None and not case.ask.offers(case.doctor_id):
            words = f"{self.doctor} does not offer {case.ask.name}."
            if kind.doctor_id not in (None, case.doctor_id):
                only = say.doctor_text(case.hours.doctors.get(kind.doctor_id))
                words = f"{case.ask.name} is offered by {only} only."
            yield Reason("not_offered", REFUSE, words, ways_out=self.ways.colleague())
        elif kind is not None:
            yield Reason("not_offered", OK, f"{self.doctor} offers {case.ask.name}.")
        if kind is None or case.location_id is None:
            return
        if case.ask.allowed_here(case.location_id):
            yield Reason("location", OK, f"{case.ask.name} is offered at {case.place}.")
            return
        names = [
            row.name
            for key in kind.allowed_location_ids
            if (row := case.hours.locations.get(key)) is not None
        ]
        words = f"{case.ask.name} is not offered at {case.place}."
        detail = f"It is offered at {say.listed(names)}." if names else ""
        yield Reason("location", REFUSE, words, detail, ways_out=self.ways.free())

    def _notice(self) -> Reason:
        case = self.case
        kind = case.kind
        if kind is None or kind.min_notice <= 0:
            return Reason("notice", OK, "No notice is needed.")
        earliest = case.ask.now + kind.min_notice * 60
        if case.start >= earliest:
            return Reason("notice", OK, f"{say.notice_text(kind.min_notice)} is kept.")
        minute = -(-earliest // 60) * 60
        day = say.day_of(minute, case.zone)
        when = self.clock(minute) if day == case.day else f"{say.long(day)} {self.clock(minute)}"
        words = f"{case.ask.name} needs {say.notice_text(kind.min_notice)}: from {when}."
        return self._policy("notice", words, case.ask.notice_binds, self.ways.free())

    def _horizon(self) -> Reason:
        case = self.case
        last = case.ask.last_day(case.zone)
        if case.kind is None or last is None or case.day <= last:
            return Reason("horizon", OK, "It is not too far ahead.")
        days = case.kind.max_future_days
        words = (
            f"{case.ask.name} can be booked up to {say.length_text(days * 1440)} ahead, "
            f"until {say.long(last)}."
        )
        return self._policy("horizon", words, case.ask.horizon_binds(case.zone))

    def _policy(self, code: str, words: str, binds: bool, ways: tuple[WayOut, ...] = ()) -> Reason:
        if not binds:
            return Reason(code, WARN, words, ways_out=ways)
        moving = self.case.request.moving is not None
        insist = (OVERRIDE, BY_CLINIC) if moving else (BOOK_ANYWAY,)
        return Reason(code, REFUSE, words, ways_out=(*ways, *insist))

    def _length(self) -> Iterator[Reason]:
        minutes = (self.case.end - self.case.start) // 60
        if SHORTEST <= minutes <= LONGEST:
            yield Reason("length", OK, f"It lasts {say.length_text(minutes)}.")
            return
        words = f"A visit lasts between {SHORTEST} and {LONGEST} minutes; this one has {minutes}."
        yield Reason("length", REFUSE, words)

    def _step(self) -> Iterator[Reason]:
        window = self.case.window
        if window is None:
            return
        step = self.case.request.step or window.step
        first = self.clock(window.start * 60)
        words = f"Starts are offered every {step} minutes from {first}."
        if (self.case.start - window.start * 60) % (step * 60):
            words = f"{words} {self.clock(self.case.start)} lies between two of them."
        yield Reason("step", OK, words)
