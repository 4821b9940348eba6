"""A doctor's override of a clinic-wide type: what of it is its own, and how the rest follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from clinic_desk.domain.catalogue import AppointmentType
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record

KEPT = frozenset(field.name for field in fields(Record)) | {"doctor_id", "active"}
"""Never taken over from the clinic-wide type: whether the doctor offers it is told by itself."""
FOLLOWED = tuple(f.name for f in fields(AppointmentType) if f.name not in KEPT)


def overrides_of(
    types: Mapping[Id, AppointmentType], kind: AppointmentType
) -> tuple[AppointmentType, ...]:
    """The doctors' rows that change a clinic-wide type, in their order."""
    if kind.doctor_id is not None:
        return ()
    return tuple(
        row
        for row in types.values()
        if row.doctor_id is not None and row.slug == kind.slug and row.deleted_at is None
    )


def own_fields(clinic: AppointmentType, own: AppointmentType) -> tuple[str, ...]:
    """The names of the fields in which an override differs; empty when it says nothing."""
    names = [name for name in FOLLOWED if getattr(own, name) != getattr(clinic, name)]
    return (*names, "active") if own.active != clinic.active else tuple(names)


def following(
    types: Mapping[Id, AppointmentType],
    before: AppointmentType,
    after: AppointmentType,
    wanted: Mapping[Id, AppointmentType],
) -> tuple[AppointmentType, ...]:
    """The overrides that must be saved along when a clinic-wide type changes: each field that was
    the clinic's stays the clinic's, each own one stays as it is. ``types`` are those stored,
    ``wanted`` what is to be written; what is changed there on purpose counts as own."""
    changed = [name for name in FOLLOWED if getattr(before, name) != getattr(after, name)]
    found = []
    for own in overrides_of(types, before):
        now = wanted.get(own.id, own)
        taken = {
            name: getattr(after, name)
            for name in changed
            if getattr(now, name) == getattr(own, name) == getattr(before, name)
        }
        if taken:
            found.append(replace(now, **taken))
    return tuple(found)
