"""Who offers what: clinic-wide types, types of one doctor, and a doctor's overrides.

A doctor's override (``catalogue.effective_type``) is asked for by the clinic-wide type's id. A
type that is no longer offered by the clinic is offered by nobody, overrides or not.
"""

from __future__ import annotations

from collections.abc import Mapping

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import AppointmentType
from clinic_desk.domain.ids import Id


class Offers:
    """The types of a roster, with what each doctor makes of them looked up at once."""

    def __init__(self, types: Mapping[Id, AppointmentType]) -> None:
        self._types = types
        wide: dict[str, list[Id]] = {}
        for key, row in types.items():
            if row.doctor_id is None and row.deleted_at is None:
                wide.setdefault(row.slug, []).append(key)
        self._base: dict[Id, Id] = {}
        self._own: dict[tuple[Id, Id], AppointmentType] = {}
        for key, row in types.items():
            if row.doctor_id is None or row.deleted_at is not None:
                continue
            for base in wide.get(row.slug, ()):
                self._base.setdefault(key, base)
                self._own.setdefault((row.doctor_id, base), row)
        self.changed = frozenset(base for _doctor, base in self._own)

    def base(self, type_id: Id | None) -> Id | None:
        """The id that visits keep: of an override, the clinic-wide type's."""
        return self._base.get(type_id, type_id) if type_id is not None else None

    def is_override(self, type_id: Id) -> bool:
        return type_id in self._base

    def override(self, base: Id | None, doctor_id: Id) -> AppointmentType | None:
        """The doctor's own row of a clinic-wide type, None when they do as the clinic does."""
        if base is None or base not in self.changed:
            return None
        return self._own.get((doctor_id, base))

    def effective(self, type_id: Id | None, doctor_id: Id | None) -> AppointmentType | None:
        """The row whose values hold for the doctor, None for an unknown type."""
        base = self.base(type_id)
        if base is None:
            return None
        own = self.override(base, doctor_id) if doctor_id is not None else None
        return own if own is not None else self._types.get(base)


def choosable_types(roster: Roster, doctor_id: Id | None = None) -> list[AppointmentType]:
    """The types that a person may choose from, in their order: active, and never an override.

    With a doctor, those that this doctor offers, as the clinic-wide rows whose ids visits keep;
    ``catalogue.effective_type`` tells the doctor's own length and price."""
    offers = Offers(roster.types)
    found = []
    for key, kind in roster.types.items():
        if not kind.active or kind.deleted_at is not None or offers.is_override(key):
            continue
        if doctor_id is not None:
            own = offers.effective(key, doctor_id)
            if kind.doctor_id not in (None, doctor_id) or own is None or not own.active:
                continue
        found.append(kind)
    return sorted(found, key=lambda t: (t.position, t.name))
