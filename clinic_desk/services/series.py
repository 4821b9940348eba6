"""Visits that repeat: booked at once, and changed together.

Every occurrence is a visit of its own, with its own confirmation code and history. A date on
which the visit cannot be is left out and listed, unless somebody decided about it; a decision
that does not stand refuses the whole, so that nothing else is booked in its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from clinic_desk.domain.appointments import (
    SHORTEST,
    Appointment,
    AppointmentSeries,
    Status,
    check_length,
)
from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.recurrence import (
    check_new,
    describe,
    instant,
    local_text,
    parse,
    parse_local,
    remarks,
    shifted,
)
from clinic_desk.domain.series import excluded_of, texts, words_of
from clinic_desk.services.booking import check_texts, make_visit, whom
from clinic_desk.services.commands import (
    AUTO,
    BookAppointment,
    CancelAppointment,
    ReleaseHold,
    Scope,
)
from clinic_desk.services.holds import release
from clinic_desk.services.moving import move_all
from clinic_desk.services.placing import location_at
from clinic_desk.services.series_commands import BookSeries, ChangeSeries, Choice, SeriesMade
from clinic_desk.services.series_family import told_to_stay
from clinic_desk.services.series_plan import Arrangement, arranged
from clinic_desk.services.series_scope import Tail, find_tail, home, rehome, settle
from clinic_desk.services.series_steps import changes_of, going, step_of
from clinic_desk.services.status import cancel
from clinic_desk.services.wording import count_text, patient_text, plain, when_text
from clinic_desk.services.work import Done, Work


def book_series(work: Work, command: BookSeries) -> Done:
    """Value: ``SeriesMade``."""
    kind = work.type_with(command.type_id, command.doctor_id)
    local = parse_local(command.local_start)
    zone_name = work.zone_of(_site(work, command, local))
    rule = parse(command.rule, zone_name)
    found = check_new(rule, local)
    minutes = command.minutes or max(SHORTEST, kind.duration)
    first = instant(found[0], zone_name)
    check_length(first, first + timedelta(minutes=minutes))
    title, reason, notes = plain(command.title), plain(command.reason), plain(command.notes)
    check_texts(title=title, reason=reason, notes=notes)
    choices = decided(command.choices, found)
    patient, told = whom(work, command.patient_id, command.new_patient)
    series = work.uow.add(
        AppointmentSeries(
            id=work.new_id(),
            rule=str(rule),
            local_start=local_text(found[0]),
            zone=zone_name,
            duration=minutes,
            doctor_id=command.doctor_id,
            patient_id=patient.id,
            type_id=work.kept_type(command.type_id),
            excluded=texts(day for day, choice in choices.items() if choice.skip),
            location_id=command.location_id,
            room_id=_fixed(command.room_id),
            title=title.strip(),
            reason=reason,
            notes=notes,
        ),
        "booked",
    )
    maker = _Maker(work, series, patient, command.type_id, choices, command.room_id, command.mode)
    maker.remind = (command.remind_before, command.remind_channels)
    maker.hold(command.hold_id, found)
    maker.make(found)
    if not maker.made:
        raise _none(maker, len(found))
    maker.leave_out()
    number = count_text(len(maker.made), "visit")
    label = f"Book {number} of {patient.listed_name}"
    if command.new_patient is not None:
        label = f"Add {patient.listed_name} and book {number}"
    return Done(
        value=SeriesMade(series.id, tuple(row.id for row in maker.made), tuple(maker.left_out)),
        label=label,
        sentence=f"Booked {number}: {describe(rule, found[0])}",
        warnings=(*told, *maker.warnings, *remarks(rule, found), *_left(maker.left_out)),
    )


def change_series(work: Work, command: ChangeSeries) -> Done:
    """Value: ``SeriesMade`` of the series that now holds."""
    row = work.appointment(command.appointment_id, command.expected_revision)
    if row.series_id is None:
        raise Refusal("no_series", "This visit belongs to no series; change the visit itself.")
    if command.scope is Scope.ONLY_THIS:
        raise Refusal("only_this", "Only this visit: move or edit the visit itself.", field="scope")
    stay = told_to_stay(work, row.series_id, command.scope)
    tail = find_tail(work, row, command.scope)
    plan, choices = planned(tail, command, work.now)
    series = tail.series
    changes = changes_of(work, series, command)
    holder = settle(work, tail, plan.rule, plan.start, plan.excluded, changes)
    homes = {v.id: home(holder, day) for v, day in (*plan.moved, *plan.staying)}
    homes |= {v.id: home(holder, day) for v, day in plan.dropped if day is not None}
    rehome(work, [v for v, _ in (*plan.staying, *plan.dropped)], homes)
    for visit, _ in plan.dropped:
        cancel(work, CancelAppointment(appointment_id=visit.id, reason=command.reason))
    steps = {}
    for v, day in plan.moved:
        goes = going(v, day, holder, command, plan.apart.get(v.id))
        steps[v.id] = step_of(v, goes, choices.get(day), homes[v.id])
    rehome(work, [visit for visit, _ in plan.moved if steps[visit.id] is None], homes)
    moves = [step for step in steps.values() if step is not None]
    warnings = move_all(work, moves)[1] if moves else ()
    patient = work.patient(series.patient_id or row.patient_id)
    assert patient is not None  # only holds have none, and they repeat not
    room_id = command.room_id if command.room_id != AUTO else series.room_id or AUTO
    type_id = holder.type_id or row.type_id
    if plan.fresh and type_id is None:
        raise Refusal(
            "missing", "Choose the type of the visits that are to be added.", field="type_id"
        )
    maker = _Maker(work, holder, patient, type_id or "", choices, room_id, row.mode)
    maker.make(plan.fresh)
    if not (plan.moved or plan.staying or maker.made):
        if maker.left_out:
            raise _none(maker, len(plan.fresh))
        raise Refusal(
            "nothing_left",
            "No visit would be left of this series; cancel the visits instead.",
            field="rule",
        )
    holder = maker.leave_out()
    kept = [v.id for v, _ in (*plan.moved, *plan.staying)]
    return Done(
        value=SeriesMade(
            holder.id, (*kept, *(made.id for made in maker.made)), tuple(maker.left_out)
        ),
        label=f"Change series of {patient_text(patient)}",
        sentence=f"Series changed: {words_of(holder)}",
        warnings=(*warnings, *maker.warnings, *_left(maker.left_out), *stay),
    )


def planned(
    tail: Tail, command: ChangeSeries, now: datetime
) -> tuple[Arrangement, dict[datetime, Choice]]:
    """What the command makes of the visits, and the decisions by their date. Raises ``Refusal``
    naming the field at fault."""
    start = parse_local(command.local_start) if command.local_start is not None else tail.start
    places: Mapping[datetime, datetime] | None = None
    rule = tail.rule if command.rule is None else parse(command.rule, tail.zone)
    if command.rule is None or (rule == tail.rule and start == tail.start):
        shift = shifted(tail.rule, tail.start, tail.start, start)
        rule, start, places = shift.rule, shift.start, shift.places
    else:
        start = check_new(rule, start, known=tail.rule)[0]
    choices = decided(command.choices, None)
    plan = arranged(
        tail,
        rule,
        start,
        now=now,
        include_changed=command.include_changed,
        skipped=[day for day, choice in choices.items() if choice.skip],
        chosen=[day for day, choice in choices.items() if not choice.skip],
        places=places,
    )
    return plan, choices


def decided(choices: Iterable[Choice], found: Sequence[datetime] | None) -> dict[datetime, Choice]:
    """The choices by their date. Raises ``Refusal`` for a date that the rule has not."""
    made: dict[datetime, Choice] = {}
    for choice in choices:
        day = parse_local(choice.local_start, "choices")
        if found is not None and day not in found:
            raise Refusal(
                "no_such_date",
                f"The rule has no visit on {day.day} {day:%b %Y %H:%M}; look at the dates again.",
                field="choices",
            )
        made[day] = choice
    return made


@dataclass(slots=True)
class _Maker:
    """Makes the visits of dates, one after the other, so that each sees where the earlier ones
    went."""

    work: Work
    series: AppointmentSeries
    patient: Patient
    type_id: Id
    choices: Mapping[datetime, Choice]
    room_id: Id | None
    mode: Mode | None
    made: list[Appointment] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)
    held: Appointment | None = None
    remind: tuple[int | None, tuple[str, ...]] = (None, ())

    def hold(self, hold_id: Id | None, found: Sequence[datetime]) -> None:
        """The held place becomes the visit that wants it; else it is free for all of them."""
        for held in self.work.uow.find(Appointment, id=hold_id) if hold_id is not None else ():
            if held.status is not Status.HELD:
                continue
            if any(self._order(day).start == held.start for day in found):
                self.held = held
            else:
                release(self.work, ReleaseHold(hold_id=held.id))

    def make(self, days: Iterable[datetime]) -> None:
        for day in days:
            choice = self.choices.get(day)
            if choice is not None and choice.skip:
                continue
            order = self._order(day)
            at = instant(day, self.series.zone)
            try:
                with self.work.uow.savepoint():
                    row, place = make_visit(self.work, order, self.patient, self.series.id, at)
            except Refusal as refusal:
                if choice is not None:
                    raise self._decided_badly(order.start, refusal) from refusal
                self.left_out.append((local_text(day), refusal.sentence))
                self.refusals.append(refusal)
                continue
            self.made.append(row)
            self.warnings.update(dict.fromkeys(place.warnings))

    def leave_out(self) -> AppointmentSeries:
        """Keeps with the series which dates were not made."""
        if self.left_out:
            days = [*excluded_of(self.series), *(parse_local(text) for text, _ in self.left_out)]
            after = replace(self.series, excluded=texts(days))
            why = {"left_out": [f"{day}: {sentence}" for day, sentence in self.left_out]}
            self.series = self.work.uow.replace(self.series, after, "dates_left_out", why)
        return self.series

    def _order(self, day: datetime) -> BookAppointment:
        series, choice = self.series, self.choices.get(day)
        start = instant(day, series.zone)
        order = BookAppointment(
            doctor_id=series.doctor_id,
            type_id=self.type_id,
            start=start,
            end=start + timedelta(minutes=series.duration),
            location_id=series.location_id,
            room_id=self.room_id,
            title=series.title,
            reason=series.reason,
            notes=series.notes,
            mode=self.mode,
            remind_before=self.remind[0],
            remind_channels=self.remind[1],
        )
        if choice is not None:
            start = choice.start or start
            order = replace(
                order,
                start=start,
                end=choice.end or start + timedelta(minutes=series.duration),
                doctor_id=choice.doctor_id or series.doctor_id,
                room_id=self.room_id if choice.room_id == AUTO else choice.room_id,
                overbook_reason=choice.overbook_reason,
                override_reason=choice.override_reason,
                outside_hours=choice.outside_hours,
                allow_patient_overlap=choice.allow_patient_overlap,
            )
        if self.held is not None and order.start == self.held.start:
            order = replace(order, hold_id=self.held.id)
        return order

    def _decided_badly(self, start: datetime, refusal: Refusal) -> Refusal:
        when = when_text(start, self.series.zone, self.work.now)
        return Refusal(
            refusal.code,
            f"{when} does not stand: {refusal.sentence}",
            field="choices",
            ways_out=refusal.ways_out,
        )


def _site(work: Work, command: BookSeries, local: datetime) -> Id:
    """Whose wall clock the rule is read on."""
    if command.location_id is not None:
        return command.location_id
    room = work.roster.rooms.get(str(command.room_id))
    if room is not None:
        return room.location_id
    near = instant(local, work.roster.practice.zone)
    return location_at(work, command.doctor_id, near, command.type_id)


def _fixed(room_id: Id | None) -> Id | None:
    return None if room_id == AUTO else room_id


def _none(maker: _Maker, number: int) -> Refusal:
    if not maker.refusals:
        return Refusal(
            "nothing_chosen", "Every date is left out; choose at least one.", field="choices"
        )
    first = maker.refusals[0]
    head = "The visit" if number == 1 else f"Not one of the {number} visits"
    return Refusal(
        first.code,
        f"{head} {'cannot' if number == 1 else 'can'} be booked. {first.sentence}",
        field=first.field,
        ways_out=first.ways_out,
    )


def _left(left_out: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    if not left_out:
        return ()
    days = ", ".join(f"{day.day} {day:%b}" for day in (parse_local(t) for t, _ in left_out[:6]))
    more = f" and {len(left_out) - 6} more" if len(left_out) > 6 else ""
    return (f"{count_text(len(left_out), 'date')} left out: {days}{more}.",)
