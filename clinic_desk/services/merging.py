"""Two entries of one person: made one, and taken apart again.

Visits are not judged anew when they go over: they stand where they stood. What was moved is
written into the event of the entry that went, which is what taking apart reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from clinic_desk.domain.appointments import Appointment, AppointmentSeries
from clinic_desk.domain.billing import Invoice
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.records import Record
from clinic_desk.domain.waitlist import WaitlistEntry, WaitStatus
from clinic_desk.services.day_commands import MergePatients, SeparatePatients
from clinic_desk.services.patient_commands import TellApart
from clinic_desk.services.patients import cleaned
from clinic_desk.services.wording import count_text, plain
from clinic_desk.services.work import Done, Work, check_revision

MERGED, SEPARATED = "merged", "separated"
CARRIED: tuple[tuple[str, type[Any]], ...] = (
    ("appointment", Appointment),
    ("appointment_series", AppointmentSeries),
    ("invoice", Invoice),
    ("waitlist_entry", WaitlistEntry),
)
"""What belongs to a patient and goes along: name of the table, class."""

CHOSEN = frozenset(f.name for f in fields(Patient)) - {f.name for f in fields(Record)} - {
    "merged_into", "other_numbers", "record_number", "active",
}  # fmt: skip
"""Fields of which one of the two values is chosen."""

REASON_LIMIT = 500
DEEPEST = 32
"""Merges of merges that are followed; nobody makes so many."""

SAME_TYPE = "Merged with another entry that waits for the same"


def merge(work: Work, command: MergePatients) -> Done:
    """Value: ``kept_id``. Raises ``Refusal`` when both are the same entry, or one was merged."""
    if command.kept_id == command.other_id:
        raise Refusal("same_patient", "These are one and the same entry; choose another one.")
    kept = work.uow.get(Patient, command.kept_id)
    other = work.uow.get(Patient, command.other_id)
    check_revision(work, kept, command.expected_revision, "record")
    check_revision(work, other, command.other_revision, "record")
    for one in (kept, other):
        if one.merged_into is not None:
            raise Refusal(
                "merged_already",
                f"The entry {one.record_number} of {one.listed_name} was merged before; "
                "open the entry it was merged into.",
            )
    strange = set(command.values) - CHOSEN
    if strange:
        raise Refusal("unknown_field", f"These cannot be chosen: {', '.join(sorted(strange))}.")
    moved = _carry(work, other.id, kept.id, MERGED)
    withdrawn = _withdraw_twins(work, kept.id)
    values, warnings = _chosen(work, command.values, other)
    numbers = dict.fromkeys((*kept.other_numbers, other.record_number, *other.other_numbers))
    numbers.pop(kept.record_number, None)
    after = replace(
        kept, **values, other_numbers=tuple(numbers), active=kept.active or other.active
    )
    written = [name for name in values if getattr(kept, name) != getattr(after, name)]
    work.uow.replace(kept, after, MERGED, {"other_id": other.id, "number": other.record_number})
    work.uow.replace(
        other,
        replace(other, merged_into=kept.id, active=False),
        MERGED,
        {
            "kept_id": kept.id,
            "number": kept.record_number,
            "was_active": other.active,
            "moved": moved,
            "withdrawn": withdrawn,
            "values": {name: _told(getattr(after, name)) for name in written},
            "before": {name: _told(getattr(kept, name)) for name in written},
        },
    )
    visits = len(moved.get("appointment", ()))
    what = f" with {count_text(visits, 'visit')}" if visits else ""
    return Done(
        value=kept.id,
        label=f"Merge {other.record_number} into {kept.record_number}",
        sentence=f"{other.listed_name} ({other.record_number}) is now part of "
        f"{kept.record_number}{what}",
        warnings=warnings,
    )


def separate(work: Work, command: SeparatePatients) -> Done:
    """Value: ``other_id``. Raises ``Refusal`` when that entry was not merged."""
    other = work.uow.get(Patient, command.other_id)
    if other.merged_into is None:
        raise Refusal(
            "not_merged", f"The entry {other.record_number} stands for itself; nothing to separate."
        )
    chain = _owners(work, other.merged_into)
    kept = chain[0]
    holders = {one.id for one in chain}
    told = _story(work, other)
    moved: Mapping[str, Sequence[Id]] = told.get("moved", {})
    back = 0
    for table, kind in CARRIED:
        for row_id in moved.get(table, ()):
            row = work.uow.get(kind, row_id)
            if row.patient_id in holders:
                work.uow.replace(row, replace(row, patient_id=other.id), SEPARATED)
                back += table == "appointment"
    for row_id in told.get("withdrawn", ()):
        entry = work.uow.get(WaitlistEntry, row_id)
        if entry.status is WaitStatus.WITHDRAWN and entry.withdrawn_reason == SAME_TYPE:
            again = replace(entry, status=WaitStatus.WAITING, withdrawn_reason="")
            work.uow.replace(entry, again, SEPARATED)
    values: Mapping[str, object] = told.get("values", {})
    before: Mapping[str, object] = told.get("before", {})
    given = {
        name: before[name] for name in before if _told(getattr(kept, name)) == values.get(name)
    }
    restored = _read(given)
    reason = plain(command.reason).strip()
    if len(reason) > REASON_LIMIT:
        raise Refusal("too_long", f"The reason may have {REASON_LIMIT} characters.", field="reason")
    story = {"reason": reason} if reason else {}
    for further in chain[1:]:
        work.uow.replace(further, replace(further, other_numbers=_without(further, other)),
                         SEPARATED, {"other_id": other.id, "number": other.record_number, **story},
                         )  # fmt: skip
    work.uow.replace(
        kept,
        replace(kept, **restored, other_numbers=_without(kept, other)),
        SEPARATED,
        {"other_id": other.id, "number": other.record_number, **story},
    )
    work.uow.replace(
        other,
        replace(other, merged_into=None, active=bool(told.get("was_active", True))),
        SEPARATED,
        {"kept_id": kept.id, "number": kept.record_number, **story},
    )
    what = f" with {count_text(back, 'visit')}" if back else ""
    return Done(
        value=other.id,
        label=f"Separate {other.record_number} from {kept.record_number}",
        sentence=f"{other.listed_name} ({other.record_number}) stands for itself again{what}",
    )


def tell_apart(work: Work, command: TellApart) -> Done:
    """Value: ``one_id``. Raises ``Refusal`` for one and the same entry."""
    if command.one_id == command.other_id:
        raise Refusal("same_patient", "These are one and the same entry.")
    one, other = work.uow.get(Patient, command.one_id), work.uow.get(Patient, command.other_id)
    first, second = sorted((one.id, other.id))
    work.uow.save_setting(f"apart:{first}:{second}", "clinic", True, undoable=True)
    return Done(
        value=one.id,
        label=f"Tell {one.record_number} and {other.record_number} apart",
        sentence=f"{one.listed_name} ({one.record_number}) and {other.record_number} "
        "are two persons",
    )


def value_of(patient: Patient, name: str) -> object:
    """A field as it is chosen: phones that could not be read stand as they were typed."""
    value: object = getattr(patient, name)
    if name in ("mobile", "phone"):
        return value or getattr(patient, f"{name}_typed")
    return value


def _chosen(
    work: Work, given: Mapping[str, object], other: Patient
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What stands in the other entry is taken as it stands there, however it came in (an import
    keeps longer names than a person may type); all else is judged like anything typed."""
    typed = {name: value for name, value in given.items() if value != value_of(other, name)}
    values, warnings = cleaned(work, typed)
    for name in given.keys() - typed.keys():
        values[name] = getattr(other, name)
        if name in ("mobile", "phone"):
            values[f"{name}_typed"] = getattr(other, f"{name}_typed")
    return values, warnings


def _owners(work: Work, kept_id: Id) -> list[Patient]:
    """The entry, and those that it was merged into in its turn."""
    chain = [work.uow.get(Patient, kept_id)]
    while (further := chain[-1].merged_into) is not None and len(chain) < DEEPEST:
        chain.append(work.uow.get(Patient, further))
    return chain


def _without(patient: Patient, gone: Patient) -> tuple[str, ...]:
    """Its further numbers but those of an entry that stands for itself again."""
    numbers = (gone.record_number, *gone.other_numbers)
    return tuple(number for number in patient.other_numbers if number not in numbers)


def _carry(work: Work, from_id: Id, to_id: Id, action: str) -> dict[str, list[Id]]:
    moved: dict[str, list[Id]] = {}
    for table, kind in CARRIED:
        for row in work.uow.find(kind, patient_id=from_id):
            work.uow.replace(row, replace(row, patient_id=to_id), action)
            moved.setdefault(table, []).append(row.id)
    return moved


def _withdraw_twins(work: Work, patient_id: Id) -> list[Id]:
    """One patient waits once for one type: the entry that waits longest stays."""
    waiting = work.uow.find(WaitlistEntry, patient_id=patient_id, status=str(WaitStatus.WAITING))
    seen: set[Id] = set()
    withdrawn = []
    for entry in sorted(waiting, key=lambda one: one.id):
        if entry.type_id in seen:
            after = replace(entry, status=WaitStatus.WITHDRAWN, withdrawn_reason=SAME_TYPE)
            work.uow.replace(entry, after, "withdrawn", {"reason": SAME_TYPE})
            withdrawn.append(entry.id)
        seen.add(entry.type_id)
    return withdrawn


def _story(work: Work, other: Patient) -> Mapping[str, Any]:
    """What the merge of this entry wrote down."""
    for event in reversed(work.uow.history(other.id)):
        if event.action == MERGED and "kept_id" in event.metadata:
            return event.metadata
    return {}


def _told(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _read(given: Mapping[str, object]) -> dict[str, Any]:
    restored: dict[str, Any] = dict(given)
    if isinstance(restored.get("birth_date"), str):
        restored["birth_date"] = date.fromisoformat(restored["birth_date"])
    if "channels" in restored:
        restored["channels"] = tuple(restored["channels"])
    return restored
