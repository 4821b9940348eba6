"""Changing what is written about a visit, or about the visits of a series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from clinic_desk.domain.appointments import FINAL, STATUS_WORDS, Appointment, Status
from clinic_desk.domain.availability.model import MovingVisit
from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.series import changed_one_by_one
from clinic_desk.services import reminding
from clinic_desk.services.booking import check_bookable, check_texts, past_rules
from clinic_desk.services.commands import EditAppointment, Scope
from clinic_desk.services.lanes import make_room, room_kept
from clinic_desk.services.placing import last_word, place
from clinic_desk.services.pricing import repriced
from clinic_desk.services.series_family import told_to_stay
from clinic_desk.services.series_scope import find_tail, home, rehome, settle, upcoming
from clinic_desk.services.wish import Wish
from clinic_desk.services.wording import count_text, plain, when_text
from clinic_desk.services.work import Done, Work

EDITABLE = frozenset(
    {"title", "reason", "notes", "mode", "type_id", "room_id", "patient_id", *reminding.KEYS}
)
TEXTS = frozenset({"title", "reason", "notes"})


def edit(work: Work, command: EditAppointment) -> Done:
    """Changes texts, mode, type, room or patient; the last three are judged like a move."""
    before = work.appointment(command.appointment_id, command.expected_revision)
    unknown = set(command.values) - EDITABLE
    if unknown:
        raise Refusal("unknown_field", f"A visit has no field called {', '.join(sorted(unknown))}.")
    if before.status in (Status.HELD, Status.RELEASED):
        raise Refusal("not_a_visit", "This is a held slot; book it before writing on it.")
    values = _checked(work, command.values)
    check_texts(override_reason=command.override_reason)
    patient = work.patient(cast("Id | None", values.get("patient_id", before.patient_id)))
    if patient is not None and patient.id != before.patient_id:
        check_bookable(patient)
    if command.scope is Scope.ONLY_THIS or before.series_id is None:
        after, warnings = _edit_one(work, before, values, {}, command.override_reason)
        number = int(after != before)
    else:
        stay = told_to_stay(work, before.series_id, command.scope)
        number, warnings = _edit_series(work, before, values, command)
        warnings = (*warnings, *stay)
    if not number:
        return Done(value=before.id)
    name = patient.listed_name if patient is not None else "visit"
    if number == 1:
        label, sentence = f"Edit visit of {name}", "Visit saved"
    else:
        label = f"Edit {count_text(number, 'visit')} of {name}"
        sentence = f"{count_text(number, 'visit')} of the series saved"
    return Done(value=before.id, label=label, sentence=sentence, warnings=warnings)


def _checked(work: Work, given: Mapping[str, object]) -> dict[str, object]:
    values = dict(given)
    texts: dict[str, str] = {key: plain(values[key]) for key in TEXTS if key in values}
    check_texts(**texts)
    values.update(texts)
    if values.get("type_id") is not None:
        values["type_id"] = work.kept_type(cast("Id", values["type_id"]))
    if "mode" in values:
        values["mode"] = _mode(values["mode"])
    return values


def _mode(value: object) -> Mode:
    try:
        return Mode(str(value))
    except ValueError:
        raise Refusal(
            "bad_mode", f"A visit is {' or '.join(Mode)}, not {value}.", field="mode"
        ) from None


def _edit_series(
    work: Work, row: Appointment, values: Mapping[str, object], command: EditAppointment
) -> tuple[int, tuple[str, ...]]:
    """All or nothing. A visit with a place of its own keeps what is said of it, and one with a
    text of its own keeps that text, unless they are to be included; the asked one never does."""
    tail = find_tail(work, row, command.scope)
    fields = {key: values[key] for key in reminding.without(values) - {"mode"}}
    told = tail.series
    holder = told
    if any(getattr(told, key) != value for key, value in fields.items()):
        holder = settle(work, tail, tail.rule, tail.start, tail.excluded, fields)
    homes = {visit.id: home(holder, tail.local(visit)) for visit in tail.visits}
    warnings: dict[str, None] = {}
    number = 0
    for visit in tail.visits:
        own = visit.id != row.id and not command.include_changed
        if visit.id != row.id and not upcoming(visit, work.now):
            continue
        if own and changed_one_by_one(visit, told):
            continue
        theirs = {
            key: value
            for key, value in values.items()
            if not (own and key in TEXTS and getattr(visit, key) not in ("", getattr(told, key)))
        }
        try:
            after, said = _edit_one(
                work, visit, theirs, homes.pop(visit.id), command.override_reason
            )
        except Refusal as refusal:
            if visit.id == row.id:
                raise
            when = when_text(visit.start, tail.zone, work.now)
            raise Refusal(
                refusal.code,
                f"No visit of the series was changed. {when}: {refusal.sentence}",
                ways_out=refusal.ways_out,
            ) from refusal
        number += after != visit
        warnings.update(dict.fromkeys(said))
    rehome(work, [visit for visit in tail.visits if visit.id in homes], homes)
    return number, tuple(warnings)


def _edit_one(
    work: Work,
    before: Appointment,
    values: Mapping[str, object],
    becomes: Mapping[str, object],
    override: str,
) -> tuple[Appointment, tuple[str, ...]]:
    """The row as it stands afterwards, and the warnings. ``becomes`` are fields that no rule
    judges: which date of which series it is. ``override``: the reason given for going past the
    visits per day of the new type, kept in the history."""
    values = reminding.as_fields(before, values)
    after = replace(before, **{k: v for k, v in values.items() if k != "room_id"}, **becomes)  # type: ignore[arg-type]
    warnings: tuple[str, ...] = ()
    wish: Wish | None = None
    story: dict[str, object] = {}
    touches_place = any(
        key in values and values[key] != getattr(before, key)
        for key in ("type_id", "room_id", "patient_id")
    )
    if touches_place:
        if before.status in FINAL:
            raise Refusal(
                "locked",
                f"This visit is already {STATUS_WORDS[before.status]}; "
                "only its texts can still be changed.",
            )
        retyped = after.type_id != before.type_id
        wish = Wish(
            doctor_id=after.doctor_id,
            start=after.start,
            end=after.end,
            type_id=after.type_id,
            location_id=after.location_id,
            room_id=cast("Id | None", values.get("room_id", room_kept(work, before, after))),
            patient_id=after.patient_id,
            ignore=frozenset({before.id}),
            keep_room=before.room_id,
            overbook=bool(before.overbook_reason),
            outside_hours=True,
            patient_overlap="patient_id" not in values,
            policy=False,
            past=True,
            retired_type=not retyped,
            override=bool(override.strip()),
            moving=MovingVisit(
                before.reschedule_count, before.start, before.doctor_id, type_id=before.type_id
            ),
        )
        chosen = place(work, wish)
        story = past_rules(chosen, override)
        warnings = chosen.warnings if "room_id" in values or "patient_id" in values else ()
        make_room(work, chosen)
        after = chosen.on(after)
    after = repriced(work, before, after)
    if after == before:
        return before, ()
    if wish is not None:
        with last_word(work, wish):
            after = work.uow.replace(before, after, "edited", story)
    else:
        after = work.uow.replace(before, after, "edited")
    return after, warnings
