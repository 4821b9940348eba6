"""The clinic's furniture and its working times: wholesale saving, and blocking time.

Visits are never touched by a change of the roster: those that are booked keep their time, price
and currency, and what the change means for them is said in a warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clinic_desk.domain.appointments import REASON_LIMIT
from clinic_desk.domain.availability.model import Busy, Roster
from clinic_desk.domain.catalogue import (
    AppointmentType,
    Doctor,
    Location,
    Practice,
    Room,
    effective_type,
)
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import epoch
from clinic_desk.domain.templates import (
    AvailabilityException,
    ExceptionKind,
    Holiday,
    ScheduleTemplate,
)
from clinic_desk.services.commands import BlockTime, RemoveBlock, SaveRecords
from clinic_desk.services.doctor_sites import check_sites, with_sites
from clinic_desk.services.fields import check_span, text_of
from clinic_desk.services.roster_checks import checked
from clinic_desk.services.roster_commands import OpenTime
from clinic_desk.services.roster_rules import After, check_together
from clinic_desk.services.roster_uses import (
    everyone,
    first_of,
    lower_lanes,
    outside_warnings,
    to_come,
)
from clinic_desk.services.type_overrides import following
from clinic_desk.services.wording import count_text, doctor_text, when_text
from clinic_desk.services.work import Done, Work, check_revision

NOUNS: dict[type[Record], str] = {
    Practice: "practice",
    Location: "site",
    Room: "room",
    Doctor: "doctor",
    AppointmentType: "visit type",
    ScheduleTemplate: "part of the week",
    Holiday: "closure",
}
"""What a stale row is called; "row" otherwise."""

REFERRED_TO: tuple[type[Record], ...] = (Practice, Location, Doctor, Room, AppointmentType)

Pair = tuple[Record | None, Record]


def save_records(work: Work, command: SaveRecords) -> Done:
    """Value: the number of rows written. Rows equal to what is stored are left alone."""
    pairs = _pairs(work, command.records)
    pairs.extend(_primary(work, pairs))
    pairs = _with_overrides(work, pairs)
    if not pairs:
        return Done(value=0)
    before = None if _first_practice(work) else work.roster
    after_all = After(work, [after for _, after in pairs])
    check_together(after_all)
    check_sites(after_all)
    pairs, told = _with_sites(after_all, pairs)
    for stored, after in sorted(pairs, key=lambda pair: _place_of(pair[1])):
        if stored is None:
            work.uow.add(after, "created")
        else:
            if isinstance(stored, Room) and isinstance(after, Room):
                lower_lanes(work, after)
            work.uow.replace(stored, after, "edited")
    return Done(
        value=len(pairs),
        label=command.label,
        sentence=command.label,
        warnings=(*told, *_warnings(work, before, pairs)) if before is not None else (),
    )


def _with_sites(after_all: After, pairs: list[Pair]) -> tuple[list[Pair], tuple[str, ...]]:
    """Weekly hours at a site that is not among the doctor's make it one of them."""
    hours = [row for _, row in pairs if isinstance(row, ScheduleTemplate)]
    doctors, told = with_sites(after_all, hours)
    more: dict[Id, Record] = {row.id: row for row in doctors}
    written = [(before, more.pop(row.id, row)) for before, row in pairs]
    stored = after_all.stored(Doctor)
    return written + [(stored[row_id], row) for row_id, row in more.items()], told


def _with_overrides(work: Work, pairs: list[Pair]) -> list[Pair]:
    """Doctors' overrides go along with the clinic-wide types that change, whoever changes them."""
    changed = [
        (before, after)
        for before, after in pairs
        if isinstance(before, AppointmentType)
        and isinstance(after, AppointmentType)
        and before.doctor_id is None
    ]
    if not changed:
        return pairs
    stored = {row.id: row for row in work.uow.find(AppointmentType)}
    wanted = {after.id: after for _, after in pairs if isinstance(after, AppointmentType)}
    along: dict[Id, AppointmentType] = {}
    for before, after in changed:
        for own in following(stored, before, after, wanted):
            along[own.id] = own
    written: list[Pair] = [
        (before, along.pop(after.id, after) if isinstance(after, AppointmentType) else after)
        for before, after in pairs
    ]
    return written + [(stored[own.id], own) for own in along.values()]


def _place_of(row: Record) -> int:
    """What others refer to is written before them, whatever order the rows came in."""
    kind = type(row)
    return REFERRED_TO.index(kind) if kind in REFERRED_TO else len(REFERRED_TO)


def _pairs(work: Work, records: Sequence[object]) -> list[Pair]:
    """What is to be written, each with what is stored. Raises ``Refusal`` or ``Stale``."""
    pairs: list[Pair] = []
    seen: set[Id] = set()
    for record in records:
        if not isinstance(record, Record):
            raise Refusal("unknown_kind", f"{type(record).__name__} is not part of the roster.")
        fresh = checked(record)
        known = work.uow.find(type(record), id=record.id) if record.id else []
        if isinstance(record, Practice) and not known and not _first_practice(work):
            raise Refusal(
                "one_practice", "This file already holds a practice; change that one instead."
            )
        if record.id and record.id in seen:
            raise Refusal("chosen_twice", "One row is in the list twice; save it once.")
        seen.add(record.id)
        if not known:
            pairs.append((None, fresh if fresh.id else replace(fresh, id=work.new_id())))
            continue
        before = known[0]
        after = _with_bookkeeping(before, fresh)
        if after == before:
            continue
        if record.revision:
            noun = NOUNS.get(type(record), "row")
            check_revision(work, before, record.revision, noun)
        pairs.append((before, after))
    return pairs


def _first_practice(work: Work) -> bool:
    return not work.uow.find(Practice)


def _primary(work: Work, pairs: list[Pair]) -> list[Pair]:
    """Exactly one site is the primary one: the first there is, or the one chosen last, which
    takes it from the other. The pairs themselves may be changed."""
    if not any(isinstance(after, Location) for _, after in pairs):
        return []
    chosen = [after for _, after in pairs if isinstance(after, Location) and after.primary]
    if len(chosen) > 1:
        raise Refusal(
            "one_primary",
            f"Only one site is the primary one, not both {chosen[0].name} and {chosen[1].name}.",
            field="primary",
        )
    written = {after.id for _, after in pairs}
    others = [row for row in work.uow.find(Location) if row.id not in written and row.primary]
    if chosen:
        return [(row, replace(row, primary=False)) for row in others]
    if others:
        return []
    for place, (before, after) in enumerate(pairs):
        if isinstance(before, Location) and before.primary:
            raise Refusal(
                "one_primary",
                f"{before.name} is the primary site; make another site the primary one instead.",
                field="primary",
            )
        if isinstance(after, Location):
            pairs[place] = (before, replace(after, primary=True))
            break
    return []


def _with_bookkeeping(before: Record, record: Record) -> Record:
    return replace(
        record,
        revision=before.revision,
        created_at=before.created_at,
        created_by=before.created_by,
        updated_at=before.updated_at,
        updated_by=before.updated_by,
        created_op=before.created_op,
        updated_op=before.updated_op,
        deleted_at=before.deleted_at,
    )


def _warnings(work: Work, before: Roster, pairs: Sequence[Pair]) -> tuple[str, ...]:
    """What the change means for visits that are booked already."""
    told: list[str] = []
    doctors: dict[Id, None] = {}
    for stored, after in pairs:
        match after:
            case Practice() if isinstance(stored, Practice) and stored.currency != after.currency:
                # a clinic that is just being set up has neither prices nor visits
                if any(row.price_minor for row in before.types.values()) or everyone(work):
                    told.append(
                        f"Visits booked so far keep their prices in {stored.currency}; the prices "
                        f"of the visit types count as {after.currency} from now on, so check them."
                    )
            case Doctor() if isinstance(stored, Doctor) and stored.active and not after.active:
                told.extend(_stay(work, to_come(work, doctor_ids=(after.id,)), doctor_text(after)))
            case AppointmentType() if (
                isinstance(stored, AppointmentType) and stored.active and not after.active
            ):
                rows = [row for row in everyone(work) if _is_of(before, row, after)]
                told.extend(_stay(work, rows, f"“{after.name}”"))
            case ScheduleTemplate():
                doctors[after.doctor_id] = None
                if isinstance(stored, ScheduleTemplate):
                    doctors[stored.doctor_id] = None
            case AvailabilityException():
                doctors[after.doctor_id] = None
            case Holiday() | Location():
                doctors.update(dict.fromkeys(before.doctors))
            case _:
                pass
    told.extend(outside_warnings(work, before, doctors))
    return tuple(told)


def _is_of(roster: Roster, row: Busy, kind: AppointmentType) -> bool:
    """Whether a booked visit's rules come from that row of the types."""
    own = effective_type(roster.types, row.type_id, row.doctor_id)
    return own is not None and own.id == kind.id


def _stay(work: Work, rows: list[Busy], whose: str) -> list[str]:
    if not rows:
        return []
    stays = "stays" if len(rows) == 1 else "stay"
    return [f"{whose}: {first_of(work, rows, whom=False)} {stays} as booked, until moved."]


def block_time(work: Work, command: BlockTime) -> Done:
    """Value: the exception's id. Visits already there stay, and are named in a warning."""
    doctor = work.doctor(command.doctor_id)
    row = add_exception(work, command, ExceptionKind.BLOCKED)
    start, end = epoch(row.start), epoch(row.end)
    hit = [
        busy
        for busy in work.uow.busy(row.start, row.end, doctor_ids=(doctor.id,))
        if busy.kind == "appointment"
        and busy.start < end
        and start < busy.end
        and row.type_id in (None, busy.type_id)
        and row.location_id in (None, busy.location_id)
    ]
    warnings = (f"{count_text(len(hit), 'visit')} already booked then must move.",) if hit else ()
    when = when_text(row.start, exception_zone(work, row), work.now)
    what = f"{when}, {doctor_text(doctor)}{limits_text(work, row)}"
    return Done(value=row.id, label=f"Block {what}", sentence=f"Blocked {what}", warnings=warnings)


def add_exception(
    work: Work, command: BlockTime | OpenTime, kind: ExceptionKind
) -> AvailabilityException:
    """The stored row. Raises ``Refusal`` for a span, doctor, type or site that cannot be."""
    check_span(command.start, command.end)
    row = AvailabilityException(
        id=work.new_id(),
        doctor_id=command.doctor_id,
        start=command.start,
        end=command.end,
        kind=kind,
        type_id=command.type_id,
        location_id=command.location_id,
        reason=text_of(command.reason, "reason", REASON_LIMIT),
    )
    check_together(After(work, [row]))
    return work.uow.add(row, "created")


def limits_text(work: Work, row: AvailabilityException) -> str:
    """ ", Acupuncture only, at Elm Park only", or nothing."""
    kind = work.roster.types.get(row.type_id or "")
    place = work.roster.locations.get(row.location_id or "")
    parts = [f", {kind.name} only" if kind else "", f", {place.name} only" if place else ""]
    return "".join(parts)


def exception_zone(work: Work, row: AvailabilityException) -> str:
    """On whose clock a one-off change is told: that of its site."""
    return work.zone_of(row.location_id or "")


def remove_block(work: Work, command: RemoveBlock) -> Done:
    """Value: the exception's id. Extra hours are taken back likewise."""
    row = work.uow.get(AvailabilityException, command.exception_id)
    before = work.roster
    work.uow.remove(row, "removed")
    when = when_text(row.start, exception_zone(work, row), work.now)
    who = doctor_text(work.doctor(row.doctor_id))
    if row.kind is ExceptionKind.BLOCKED:
        return Done(
            value=row.id, label=f"Unblock {when}, {who}", sentence=f"Free again: {when}, {who}"
        )
    return Done(
        value=row.id,
        label=f"Remove extra hours {when}, {who}",
        sentence=f"Extra hours removed: {when}, {who}",
        warnings=outside_warnings(work, before, (row.doctor_id,)),
    )
